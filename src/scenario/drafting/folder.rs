//! A scenario out of a folder of task definitions and descriptions of services.

use super::found::{Definition, Found, Service, search};
use super::scalar;
use crate::catalog::{Architecture, InstanceTypeFacts, REGISTERED_SHARE, smallest_instance_type};
use crate::units::{Cpu, Memory};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

/// A scenario that was drafted.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The scenario, with comments.
    pub text: String,
    /// What the user should know: files that were left out, task definitions that are missing.
    pub notes: Vec<String>,
}

/// The provider of services with the launch type EC2.
const EC2: &str = "ec2";

/// Drafts a scenario out of the files of `folder` and its sub-folders. `path_of` gives the path of
/// a file as the scenario writes it.
///
/// # Errors
/// A message, when the folder cannot be read or has no task definition.
pub fn draft(
    folder: &Path,
    name: &str,
    region: Option<&str>,
    path_of: &dyn Fn(&Path) -> String,
) -> Result<Draft, String> {
    let found = search(folder)?;
    let left_out = found.left_out.iter();
    let mut notes: Vec<String> = left_out
        .map(|(path, why)| format!("`{}` is left out: {why}", path.display()))
        .collect();
    if found.definitions.is_empty() {
        notes.insert(
            0,
            format!("there is no task definition in `{}`", folder.display()),
        );
        return Err(notes.join("\n  "));
    }
    let used: Vec<Option<usize>> = found.services.iter().map(|s| found.used(s)).collect();
    for (service, used) in found.services.iter().zip(&used) {
        if used.is_none() {
            notes.push(format!(
                "the task definition of the service `{}` is missing: aws ecs describe-task-definition --task-definition {} > {1}.json",
                service.name, service.definition
            ));
        }
    }
    let quoted = |path: &Path| serde_json::Value::from(path_of(path)).to_string();
    let mut text = String::new();
    let region = region.or(found.region.as_deref()).unwrap_or("us-east-1");
    let (name, region) = (scalar(name), scalar(region));
    let _ = write!(
        text,
        "\
# Written by `ecsim init` out of `{}`. All keys: docs/scenario.md.
ecsim: 1
name: {name}
region: {region}
until: 30d         # how long a run simulates
seeds: 4           # how often it is repeated with other random numbers
delays: realistic  # tasks and instances take time to start and to stop
cluster:
  capacityProviders:
",
        folder.display()
    );
    text.push_str(&found.providers(&used));
    text.push_str("taskDefinitions:\n");
    for (index, definition) in found.definitions.iter().enumerate() {
        let revision = found.revision_to_write(index, &used);
        let revision = revision.map_or(String::new(), |n| format!(", revision: {n}"));
        let (file, family) = (quoted(&definition.path), &definition.family);
        let _ = writeln!(text, "  - {{ file: {file}{revision} }}   # {family}");
    }
    text.push_str(&found.work(&used, &quoted));
    text.push_str(
        "\
# Compressed sizes decide how long pulls take; these are assumed: set yours.
images:
",
    );
    let images = found.definitions.iter().flat_map(|d| &d.images);
    for image in images.collect::<BTreeSet<_>>() {
        let name = serde_json::Value::from(image.as_str());
        let _ = writeln!(text, "  - {{ name: {name}, size: 200 MiB, layers: 9 }}");
    }
    text.push_str(
        "\
# To compare, give variants: the keys of each are laid over the scenario.
# variants:
#   - name: now
#   - name: other
#     region: eu-west-1
",
    );
    Ok(Draft { text, notes })
}

/// An Auto Scaling group with managed scaling, as an item of `capacityProviders`.
pub(super) fn group(name: &str, instance_type: &str, largest: u64) -> String {
    let name = scalar(name);
    format!(
        "    - name: {name}   # an Auto Scaling group that managed scaling resizes
      autoScalingGroup: {{ instanceTypes: [{instance_type}], minSize: 0, maxSize: {largest} }}
      managedScaling: {{ status: ENABLED, targetCapacity: 100 }}
"
    )
}

impl Found {
    /// The index of the task definition of a service: of its revision, else one without a revision;
    /// for a family alone its latest.
    fn used(&self, service: &Service) -> Option<usize> {
        let (family, revision) = match service.definition.split_once(':') {
            Some((family, revision)) => (family, revision.parse::<u64>().ok()),
            None => (service.definition.as_str(), None),
        };
        let of_family = || {
            let all = self.definitions.iter().enumerate();
            all.filter(move |(_, d)| d.family == family)
        };
        let found = match revision {
            Some(_) => of_family()
                .find(|(_, d)| d.revision == revision)
                .or_else(|| of_family().find(|(_, d)| d.revision.is_none())),
            None => of_family().max_by_key(|(_, d)| d.revision),
        };
        found.map(|(index, _)| index)
    }

    /// The revision that a file without one stands for: that which its service names.
    fn revision_to_write(&self, index: usize, used: &[Option<usize>]) -> Option<u64> {
        if self.definitions[index].revision.is_some() {
            return None;
        }
        let mut services = self.services.iter().zip(used);
        services.find_map(|(service, used)| {
            let (_, revision) = service.definition.split_once(':')?;
            (*used == Some(index)).then(|| revision.parse().ok())?
        })
    }

    /// True when a service runs on instances of no named provider.
    fn is_on_instances(service: &Service) -> bool {
        service.providers.is_empty() && service.launch_type.as_deref() != Some("FARGATE")
    }

    /// The items of `capacityProviders`.
    fn providers(&self, used: &[Option<usize>]) -> String {
        let mut text = String::new();
        let mut named: BTreeSet<&str> = BTreeSet::new();
        for service in &self.services {
            named.extend(service.providers.iter().map(String::as_str));
            if service.launch_type.as_deref() == Some("FARGATE") {
                named.insert("FARGATE");
            }
        }
        if self.services.is_empty() && self.definitions.iter().any(|d| d.on_fargate) {
            named.insert("FARGATE");
        }
        for name in named {
            if name.starts_with("FARGATE") {
                let _ = writeln!(text, "    - name: {}", scalar(name));
                continue;
            }
            let on_it = |service: &Service| service.providers.iter().any(|p| p == name);
            let (instance_type, count) = self.instances(used, &on_it, &|_| false);
            text.push_str(
                "    # Which instance type it has is not in the descriptions: set yours.\n",
            );
            text.push_str(&group(name, &instance_type, (2 * count).max(10)));
        }
        let alone = self.services.is_empty();
        let on_ec2 = self.services.iter().any(Self::is_on_instances);
        let definitions_on_ec2 = alone && self.definitions.iter().any(|d| !d.on_fargate);
        if on_ec2 || definitions_on_ec2 {
            let is_it = |d: &Definition| alone && !d.on_fargate;
            let (instance_type, count) = self.instances(used, &Self::is_on_instances, &is_it);
            let _ = write!(
                text,
                "    # Type and number of instances are not in the descriptions: set yours.
    - name: {EC2}
      fleet: [{{ instanceType: {instance_type}, count: {count} }}]
"
            );
        }
        text
    }

    /// An instance type that holds two of the largest task, and how many of it hold all tasks of
    /// these services and one of each of these definitions.
    fn instances(
        &self,
        used: &[Option<usize>],
        is_it: &dyn Fn(&Service) -> bool,
        counts: &dyn Fn(&Definition) -> bool,
    ) -> (String, u64) {
        let services = self.services.iter().zip(used).filter(|(s, _)| is_it(s));
        let of_services =
            services.filter_map(|(s, used)| Some((&self.definitions[(*used)?], s.tasks.max(1))));
        let alone = self
            .definitions
            .iter()
            .filter(|d| counts(d))
            .map(|d| (d, 1));
        let (mut cpu, mut memory, mut gpus) = (Cpu::units(256), Memory::mib(512), 0);
        let (mut cpus, mut bytes, mut architecture) = (0u64, 0u64, Architecture::X86);
        for (definition, tasks) in of_services.chain(alone) {
            cpu = cpu.max(definition.cpu);
            memory = memory.max(definition.memory);
            gpus = gpus.max(definition.gpus);
            architecture = definition.architecture.unwrap_or(architecture);
            cpus = cpus.saturating_add(definition.cpu.as_base().saturating_mul(tasks));
            bytes = bytes.saturating_add(definition.memory.as_bytes().saturating_mul(tasks));
        }
        let of = |factor: u64| -> Option<InstanceTypeFacts> {
            let cpu = Cpu::base(cpu.as_base() * factor);
            let memory = Memory::bytes(memory.as_bytes() * factor);
            smallest_instance_type(cpu, memory, gpus, Some(architecture), REGISTERED_SHARE)
        };
        let Some(facts) = of(2).or_else(|| of(1)) else {
            return ("m6i.large".into(), 1);
        };
        let registered = facts.registered_memory(REGISTERED_SHARE).as_bytes().max(1);
        let by_cpu = cpus.div_ceil(facts.registered_cpu().as_base().max(1));
        let by_memory = bytes.div_ceil(registered);
        // One more, as tasks do not fill instances without gaps.
        (facts.name.to_string(), by_cpu.max(by_memory) + 1)
    }

    /// `services`, and examples of `tasks` for the task definitions that no service uses.
    fn work(&self, used: &[Option<usize>], quoted: &dyn Fn(&Path) -> String) -> String {
        let mut text = String::from("services:\n");
        let mut last = None;
        for service in &self.services {
            if last != Some(&service.path) {
                let names = self.services.iter().filter(|s| s.path == service.path);
                let names: Vec<&str> = names.map(|s| s.name.as_str()).collect();
                let file = quoted(&service.path);
                let _ = writeln!(text, "  - {{ file: {file} }}   # {}", names.join(", "));
                last = Some(&service.path);
            }
        }
        let unused: Vec<&Definition> = (0..self.definitions.len())
            .filter(|index| !used.contains(&Some(*index)))
            .map(|index| &self.definitions[index])
            .collect();
        if self.services.is_empty() {
            text.push_str("  # No description of a service is in the folder: one task of each definition runs.\n");
            let mut families: Vec<&str> = Vec::new();
            for definition in unused {
                let family = definition.family.as_str();
                if families.contains(&family) {
                    continue; // Another revision.
                }
                families.push(family);
                let launch_type = if definition.on_fargate {
                    "FARGATE"
                } else {
                    "EC2"
                };
                let _ = writeln!(
                    text,
                    "  - {{ serviceName: {family}, taskDefinition: {family}, desiredCount: 1, launchType: {launch_type} }}"
                );
            }
        } else if let Some(example) = unused.first() {
            let names: Vec<&str> = unused.iter().map(|d| d.family.as_str()).collect();
            let launch_type = if example.on_fargate { "FARGATE" } else { "EC2" };
            let _ = write!(
                text,
                "\
# No service uses {}. Tasks that a client starts:
# tasks:
#   - name: {1}
#     taskDefinition: {1}
#     launchType: {launch_type}
#     arrivals: {{ poisson: 10/h }}   # or `schedule`, or `trace` with a job log
#     duration: 5m
",
                names.join(", "),
                example.family
            );
        }
        text
    }
}
