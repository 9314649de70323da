//! Tests of the reader of scenarios. Here are a small catalog and `check`, which compares the
//! printed problems; the tests are in the files below.

use super::lookup::{Catalog, CatalogType};
use super::{Loaded, load_text};
use crate::catalog::{
    Architecture, FargatePrices, FargateSpotPrices, LoadBalancerPrices, OperatingSystem,
    ServicePrices,
};
use crate::units::{Cpu, Memory, Ratio, Usd};

mod actions;
mod arrivals;
mod assumptions;
mod basics;
mod behavior;
mod clock;
mod code_deploy;
mod containers;
mod costs;
mod counts;
mod cpu;
mod deployments;
mod doubles;
mod drafting;
mod expectations;
mod fargate;
mod faults;
mod files;
mod fleets;
mod groups;
mod hostile;
mod images;
mod job_logs;
mod left_out;
mod listener_rules;
mod load;
mod load_balancers;
mod load_traces;
mod managed_instances;
mod members;
mod merging;
mod never;
mod placing;
mod platform_faults;
mod providers;
mod queues;
mod rates;
mod realistic_faults;
mod recognised;
mod scheduled;
mod service_calls;
mod service_files;
mod services;
mod show;
mod spot;
mod step_scaling;
mod strategies;
mod taskdefs;
mod traces;
mod traffic_shift;
mod without_effect;

/// A catalog of three types and one region.
pub(super) struct Small;

impl Catalog for Small {
    fn instance_type(&self, name: &str) -> Option<CatalogType> {
        let (family, size) = name.split_once('.')?;
        let (per_vcpu, gpus, architecture) = match family {
            "m6i" | "m5" | "m5a" | "t3" => (4096, 0, Architecture::X86),
            "c6i" => (2048, 0, Architecture::X86),
            "r6i" => (8192, 0, Architecture::X86),
            "m6g" => (4096, 0, Architecture::Arm),
            "g4dn" => (4096, 1, Architecture::X86),
            "g4ad" => (4096, 0, Architecture::X86),
            _ => return None,
        };
        let vcpu = match size {
            "large" => 2,
            "xlarge" => 4,
            "2xlarge" => 8,
            "4xlarge" => 16,
            _ => return None,
        };
        let memory = per_vcpu * u64::from(vcpu);
        Some(CatalogType {
            vcpu,
            memory: Memory::mib(memory),
            measured_memory: None,
            gpus,
            other_gpus: u32::from(family == "g4ad"),
            task_interfaces: 2,
            trunked_task_interfaces: (gpus == 0).then_some(10),
            architecture,
            operating_system: OperatingSystem::Linux,
        })
    }
    fn nearest_instance_type(&self, name: &str) -> Option<String> {
        super::table::nearest(
            name,
            ["m6i.large", "m6g.large", "m6i.4xlarge", "g4dn.xlarge"],
        )
    }
    fn smallest_instance_type(
        &self,
        cpu: Cpu,
        memory: Memory,
        gpus: u32,
        architecture: Option<Architecture>,
        share: Ratio,
    ) -> Option<String> {
        let largest = crate::catalog::share_registered(Memory::gib(64), share);
        let fits = gpus == 0 && cpu <= Cpu::vcpus(16) && memory <= largest;
        let name = match architecture {
            Some(Architecture::Arm) => "m6g.4xlarge",
            _ => "m6i.4xlarge",
        };
        fits.then(|| name.to_string())
    }
    fn on_demand_price(&self, region: &str, name: &str) -> Option<Usd> {
        (region == "us-east-1" && name != "g4dn.xlarge").then(|| Usd::nanos(96_000_000))
    }
    fn fargate_prices(&self, region: &str, _: Architecture) -> Option<FargatePrices> {
        (region == "us-east-1").then_some(FargatePrices {
            vcpu_hour: Usd::nanos(40_480_000),
            gb_hour: Usd::nanos(4_445_000),
            storage_gb_hour: Some(Usd::nanos(111_000)),
            spot: Some(FargateSpotPrices {
                vcpu_hour: Usd::nanos(12_144_000),
                gb_hour: Usd::nanos(1_334_000),
            }),
        })
    }
    fn service_prices(&self, region: &str) -> Option<ServicePrices> {
        let balancer = LoadBalancerPrices {
            hour: Usd::nanos(22_500_000),
            capacity_unit_hour: Usd::nanos(8_000_000),
        };
        (region == "us-east-1").then_some(ServicePrices {
            gp3_gb_month: Some(Usd::nanos(80_000_000)),
            application_load_balancer: Some(balancer),
            network_load_balancer: Some(balancer),
            sqs_million_requests: Some(Usd::nanos(400_000_000)),
            alarm_month: Some(Usd::nanos(100_000_000)),
        })
    }
    fn priced_regions(&self) -> Vec<&'static str> {
        vec!["us-east-1"]
    }
    fn fargate_cpus(&self) -> Vec<u64> {
        vec![256, 512, 1024, 2048, 4096, 8192, 16384]
    }
    fn fargate_memories(&self, cpu_units: u64) -> Option<Vec<u64>> {
        let steps = |low: u64, high: u64, step: u64| {
            (low..=high)
                .step_by(step as usize)
                .map(|gb| gb * 1024)
                .collect()
        };
        match cpu_units {
            256 => Some(vec![512, 1024, 2048]),
            512 => Some(steps(1, 4, 1)),
            1024 => Some(steps(2, 8, 1)),
            2048 => Some(steps(4, 16, 1)),
            4096 => Some(steps(8, 30, 1)),
            8192 => Some(steps(16, 60, 4)),
            16384 => Some(steps(32, 120, 8)),
            _ => None,
        }
    }
    fn smallest_fargate(&self, cpu: Cpu, memory: Memory) -> Option<(Cpu, Memory)> {
        self.fargate_cpus().into_iter().find_map(|units| {
            let memories = self.fargate_memories(units)?;
            let mib = memories
                .into_iter()
                .find(|mib| Memory::mib(*mib) >= memory)?;
            (Cpu::units(units) >= cpu).then(|| (Cpu::units(units), Memory::mib(mib)))
        })
    }
}

/// A valid scenario; tests change a line of it.
pub(super) const VALID: &str = "\
ecsim: 1
name: shop
until: 7d
cluster:
  capacityProviders:
    - name: ec2
      fleet: [{ instanceType: m6i.large, count: 2 }]
taskDefinitions:
  - family: report
    cpu: 1024
    memory: 2048
    containerDefinitions: [{ name: report, image: shop/report:1 }]
tasks:
  - name: reports
    taskDefinition: report
    arrivals: { poisson: 5/h }
    duration: 90s
delays: none
";

/// The valid scenario with `from` replaced.
pub(super) fn with(from: &str, to: &str) -> String {
    assert!(VALID.contains(from), "{from}");
    VALID.replacen(from, to, 1)
}

/// Everything wrong with a text, as it is printed.
pub(super) fn problems(text: &str, set: &[&str]) -> String {
    let set: Vec<String> = set.iter().map(ToString::to_string).collect();
    match load_text("shop.yaml", text, &set, &Small) {
        Ok(_) => "none".into(),
        Err(problems) => problems.to_string(),
    }
}

/// A study and its warnings.
#[track_caller]
pub(super) fn valid(text: &str, set: &[&str]) -> Loaded {
    let set: Vec<String> = set.iter().map(ToString::to_string).collect();
    match load_text("shop.yaml", text, &set, &Small) {
        Ok(loaded) => loaded,
        Err(problems) => panic!("{problems}"),
    }
}

/// Checks that the text with these `--set` options is refused with exactly these problems.
#[track_caller]
pub(super) fn check_set(text: &str, set: &[&str], expected: &str) {
    let found = problems(text, set);
    assert_eq!(found.trim(), expected.trim(), "\n--- found:\n{found}\n---");
}

/// Checks that the text is refused with exactly these problems.
#[track_caller]
pub(super) fn check(text: &str, expected: &str) {
    let found = problems(text, &[]);
    assert_eq!(found.trim(), expected.trim(), "\n--- found:\n{found}\n---");
}

/// A folder with these files; the scenario is `shop.yaml`.
pub(super) fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    folder
}

/// Reads `shop.yaml` of a folder.
pub(super) fn load_in(folder: &tempfile::TempDir, set: &[&str]) -> Result<Loaded, String> {
    let set: Vec<String> = set.iter().map(ToString::to_string).collect();
    let request = super::Request {
        path: &folder.path().join("shop.yaml"),
        set: &set,
        variants: &[],
        seeds: None,
    };
    super::load(&request, &Small).map_err(|problems| {
        let folder = folder.path().display().to_string();
        problems.to_string().replace(&folder, "DIR")
    })
}

/// Checks that `shop.yaml` of a folder is refused with exactly these problems.
#[track_caller]
pub(super) fn check_in(folder: &tempfile::TempDir, expected: &str) {
    let found = load_in(folder, &[]).err().unwrap_or_else(|| "none".into());
    assert_eq!(found.trim(), expected.trim(), "\n--- found:\n{found}\n---");
}
