//! Reading the entries of `tasks`: what arrives, where it may run, and whether it can run
//! there at all.

use super::aws;
use super::cluster::{self, ClusterRead};
use super::keys;
use super::law::{self, Quantity};
use super::reader::{Cursor, Record};
use super::taskdef::{TaskDefinition, check_fargate_size};
use super::trace::{self, TraceRead};
use super::{arrivals, study::Shared};
use crate::catalog::{Architecture, OperatingSystem};
use crate::engine::random::Distribution;
use crate::plan::{
    Arrivals, Capacity, Cluster, Count, Demand, Drawn, Field, InstanceType, MemoryDemand,
    NetworkMode, OnNoCapacity, PlacementRule, Provider, SpreadField, Strategy, Target, TaskEntry,
    TraceRow,
};
use crate::units::{Cpu, Memory};

/// What entries are read against.
pub struct Surroundings<'r, 'a> {
    /// The task definitions; `None` for one that has problems of its own.
    pub definitions: &'r [Option<TaskDefinition<'a>>],
    /// The same, by `family:revision`, including those with problems.
    pub names: &'r [(String, u64)],
    /// The region.
    pub region: Option<&'r str>,
    /// What all variants share.
    pub shared: &'r Shared,
}

/// Placement strategies per request (facts/ecs.md 49).
const MOST_STRATEGIES: usize = 5;

/// Reads one entry. The cluster gains a `FARGATE` provider when the launch type asks for
/// one that nobody listed.
pub fn read(
    at: &Cursor<'_>,
    around: &Surroundings<'_, '_>,
    cluster: &mut ClusterRead<'_>,
) -> Option<TaskEntry> {
    let mark = at.context.mark();
    let record = at.record(&keys::TASK_ENTRY)?;
    let name_at = record.get("name")?;
    let name = cluster::name(&name_at);
    if name.as_deref() == Some("all") {
        name_at
            .problem("`all` is a name that figures use themselves")
            .report();
    }
    let definition = record
        .get("taskDefinition")
        .and_then(|at| definition(&at, around));
    let target = target(&record, cluster);
    let placement = placement(&record);
    let count = match record.get("count") {
        Some(at) => at.integer(1, 1_000_000),
        None => Some(1),
    };
    let on_no_capacity = match record.get("onNoCapacity") {
        Some(at) if at.node.as_text() == Some("provisioning") => {
            at.problem("`provisioning` is not modelled yet")
                .expected("`queue` or `fail`")
                .report();
            None
        }
        Some(at) => at.choice(&[("queue", OnNoCapacity::Queue), ("fail", OnNoCapacity::Fail)]),
        None => Some(OnNoCapacity::Queue),
    };
    let overrides = overrides(&record);
    let recorded = record.get("trace");
    let arrivals = match (record.get("arrivals"), &recorded) {
        (Some(at), None) => arrivals::read(&at),
        (None, Some(_)) => None,
        (Some(_), Some(trace)) => {
            trace
                .problem("an entry has either `arrivals` or a `trace`")
                .hint("keep one of them")
                .report();
            None
        }
        (None, None) if record.is_mistyped("arrivals") || record.is_mistyped("trace") => None,
        (None, None) => {
            at.problem("nothing says when these tasks arrive")
                .hint("give `arrivals`, such as `{ poisson: 22/s, limit: 1000 }`, or a `trace`")
                .report();
            None
        }
    };
    let duration = match (record.get("duration"), &recorded) {
        (Some(at), _) => law::read(&at, Quantity::Seconds),
        (None, Some(_)) => Some(Distribution::Constant(0.0)),
        (None, None) if record.is_mistyped("duration") => None,
        (None, None) => {
            at.problem("`duration` is missing")
                .expected(
                    "a duration such as `90s`, or a law such as `{ exponential: { mean: 90s } }`",
                )
                .report();
            None
        }
    };
    let read_trace = recorded.as_ref().and_then(|at| around.shared.trace(at));
    if recorded.is_some() && read_trace.is_none() && at.context.is_clean_since(mark) {
        // The same trace failed for an earlier variant and was reported there.
        return None;
    }
    let (definition, target, overrides) = (definition?, target?, overrides?);
    let group = match record.get("group") {
        Some(at) => at.text()?.to_string(),
        None => format!("family:{}", definition.family),
    };
    let fit = Fit {
        at,
        record: &record,
        definition,
        cluster: &cluster.cluster,
        target,
        region: around.region,
    };
    let demand = fit.demand(overrides, read_trace.as_deref());
    fit.check(&demand, read_trace.as_deref());
    let arrivals = match (&read_trace, &recorded) {
        (Some(read), Some(at)) => {
            let trace = trace::placeable(at, read, |row| fit.row(&demand, row));
            if trace.rows.is_empty() && trace.skipped_rows > 0 {
                at.problem("no row of the trace fits any instance").report();
            }
            Some(Arrivals::Trace(trace))
        }
        _ => arrivals,
    };
    if !at.context.is_clean_since(mark) {
        return None;
    }
    Some(TaskEntry {
        name: name?,
        definition: definition.full_name(),
        group,
        target,
        placement: placement?,
        arrivals: arrivals?,
        count: count? as u32,
        demand,
        duration: duration?,
        on_no_capacity: on_no_capacity?,
    })
}

/// The task definition of an entry: `family` means its latest revision (facts/ecs.md 4).
fn definition<'r, 'a>(
    at: &Cursor<'_>,
    around: &'r Surroundings<'_, 'a>,
) -> Option<&'r TaskDefinition<'a>> {
    let text = at.text()?;
    let (family, revision) = match text.split_once(':') {
        Some((family, revision)) => (family, revision.parse::<u64>().ok()),
        None => (text, None),
    };
    let is_exact = text.contains(':');
    let known = around
        .names
        .iter()
        .filter(|(name, number)| name == family && (!is_exact || Some(*number) == revision))
        .max_by_key(|(_, number)| *number);
    let Some((family, revision)) = known else {
        if around.shared.lacks_definitions {
            return None; // It may be in the file that could not be read.
        }
        let names: Vec<String> = around
            .names
            .iter()
            .map(|(name, revision)| match is_exact {
                true => format!("{name}:{revision}"),
                false => name.clone(),
            })
            .collect();
        at.problem(format!("there is no task definition `{text}`"))
            .among(text, names.iter().map(String::as_str))
            .report();
        return None;
    };
    around
        .definitions
        .iter()
        .flatten()
        .find(|d| d.family == *family && d.revision == *revision)
}

fn target(record: &Record<'_>, cluster: &mut ClusterRead<'_>) -> Option<Target> {
    let launch = record.get("launchType");
    let strategy = record.get("capacityProviderStrategy");
    // facts/ecs.md 2.
    if let (Some(launch), Some(_)) = (&launch, &strategy) {
        launch
            .problem("`launchType` and `capacityProviderStrategy` exclude each other")
            .hint("keep one of them")
            .report();
        return None;
    }
    if let Some(at) = strategy {
        return cluster::strategy(&at, &cluster.cluster).map(Target::Provider);
    }
    let is_fargate = match &launch {
        Some(at) => at.choice(&[("EC2", false), ("FARGATE", true)])?,
        None => {
            if let Some(provider) = cluster.default_provider {
                return Some(Target::Provider(provider));
            }
            if cluster
                .at
                .node
                .get("defaultCapacityProviderStrategy")
                .is_some()
            {
                return None; // It has a problem of its own.
            }
            false
        }
    };
    if !is_fargate {
        return Some(Target::AnyInstance);
    }
    let providers = &mut cluster.cluster.providers;
    let known = providers
        .iter()
        .position(|p| matches!(p.capacity, Capacity::Fargate));
    Some(Target::Provider(known.unwrap_or_else(|| {
        providers.push(Provider {
            name: "FARGATE".into(),
            capacity: Capacity::Fargate,
        });
        providers.len() - 1
    })))
}

fn resource(at: &Cursor<'_>) -> Option<Field> {
    at.choice(&[("cpu", Field::Cpu), ("memory", Field::Memory)])
}

fn placement(record: &Record<'_>) -> Option<PlacementRule> {
    let strategy = record.get("placementStrategy");
    let policy = record.get("placementPolicy");
    match (strategy, policy) {
        (Some(_), Some(at)) => {
            at.problem("`placementStrategy` and `placementPolicy` exclude each other")
                .hint("keep one of them")
                .report();
            None
        }
        (None, None) => Some(PlacementRule::Ecs(Vec::new())),
        (None, Some(at)) => policy_rule(&at),
        (Some(at), None) => {
            let items = at.list();
            if items.len() > MOST_STRATEGIES {
                at.problem(format!("{} strategies are too many", items.len()))
                    .expected("at most 5")
                    .report();
            }
            let rules: Vec<_> = items.iter().map(strategy_rule).collect();
            let rules: Option<Vec<Strategy>> = rules.into_iter().collect();
            rules.map(PlacementRule::Ecs)
        }
    }
}

fn policy_rule(at: &Cursor<'_>) -> Option<PlacementRule> {
    if let Some(text) = at.node.as_text() {
        let rule = match text {
            "firstFit" => PlacementRule::FirstFit,
            "nextFit" => PlacementRule::NextFit,
            "fewestTasks" => PlacementRule::FewestTasks,
            "dotProduct" => PlacementRule::DotProduct,
            "bestFit" | "worstFit" => {
                at.problem(format!("`{text}` needs to know of which resource"))
                    .expected(format!("`{{ {text}: cpu }}` or `{{ {text}: memory }}`"))
                    .report();
                return None;
            }
            _ => {
                at.problem(format!("`{text}` is not a placement policy"))
                    .among(
                        text,
                        [
                            "firstFit",
                            "nextFit",
                            "bestFit",
                            "worstFit",
                            "fewestTasks",
                            "dotProduct",
                        ],
                    )
                    .report();
                return None;
            }
        };
        return Some(rule);
    }
    match at.one_key(&keys::PLACEMENT_POLICY)? {
        ("bestFit", field) => resource(&field).map(PlacementRule::BestFit),
        (_, field) => resource(&field).map(PlacementRule::WorstFit),
    }
}

/// One strategy (facts/ecs.md 79); the field is read without regard to case.
fn strategy_rule(at: &Cursor<'_>) -> Option<Strategy> {
    let record = at.record(&aws::PLACEMENT_STRATEGY)?;
    let kind = record
        .get("type")?
        .choice(&[("binpack", 0), ("spread", 1), ("random", 2)])?;
    let field_at = record.get("field");
    let text = match &field_at {
        Some(at) => Some(at.text()?),
        None => None,
    };
    let field = text.map(str::to_lowercase).unwrap_or_default();
    let wrong = |expected: &str| {
        let place = field_at.clone().unwrap_or_else(|| at.clone());
        let message = match text {
            Some(text) => format!("`{text}` is not a field of this strategy"),
            None => "`field` is missing".to_string(),
        };
        place.problem(message).expected(expected).report();
        None
    };
    match kind {
        0 => match field.as_str() {
            "cpu" => Some(Strategy::Binpack(Field::Cpu)),
            "memory" => Some(Strategy::Binpack(Field::Memory)),
            _ => wrong("`cpu` or `memory`"),
        },
        1 => match field.as_str() {
            "instanceid" | "host" => Some(Strategy::Spread(SpreadField::InstanceId)),
            _ => match text.and_then(|text| text.strip_prefix("attribute:")) {
                Some(name) if !name.is_empty() => {
                    Some(Strategy::Spread(SpreadField::Attribute(name.to_string())))
                }
                _ => wrong("`instanceId` or `attribute:ecs.availability-zone`"),
            },
        },
        _ if field.is_empty() => Some(Strategy::Random),
        _ => wrong("no field: `random` has none"),
    }
}

/// Sizes that an entry sets itself.
#[derive(Clone, Default)]
struct Overrides {
    cpu: Option<Distribution>,
    memory: Option<Distribution>,
    memory_per_vcpu: Option<Distribution>,
    gpus: Option<u32>,
}

fn overrides(record: &Record<'_>) -> Option<Overrides> {
    let Some(at) = record.get("overrides") else {
        return Some(Overrides::default());
    };
    let record = at.record(&keys::OVERRIDES)?;
    let law = |key, quantity| match record.get(key) {
        Some(at) => law::read(&at, quantity).map(Some),
        None => Some(None),
    };
    let cpu = law("cpu", Quantity::CpuUnits);
    let memory = law("memory", Quantity::Bytes);
    let per_vcpu = law("memoryPerVcpu", Quantity::BytesPerVcpu);
    if let (Some(_), Some(at)) = (record.get("memory"), record.get("memoryPerVcpu")) {
        at.problem("`memory` and `memoryPerVcpu` exclude each other")
            .hint("keep one of them")
            .report();
    }
    let gpus = match record.get("gpus") {
        Some(at) => at.integer(0, 1024).map(Some),
        None => Some(None),
    };
    Some(Overrides {
        cpu: cpu?,
        memory: memory?,
        memory_per_vcpu: per_vcpu?,
        gpus: gpus?.map(|n| n as u32),
    })
}

/// An entry against what it may run on.
struct Fit<'f, 'a> {
    at: &'f Cursor<'a>,
    record: &'f Record<'a>,
    definition: &'f TaskDefinition<'f>,
    cluster: &'f Cluster,
    target: Target,
    region: Option<&'f str>,
}

/// The most that a task can ask for; `None`: without bound.
#[derive(Clone, Copy)]
struct Largest {
    cpu: Option<Cpu>,
    memory: Option<Memory>,
    gpus: u32,
}

impl Fit<'_, '_> {
    fn is_fargate(&self) -> bool {
        matches!(self.target, Target::Provider(index)
            if matches!(self.cluster.providers.get(index).map(|p| &p.capacity), Some(Capacity::Fargate)))
    }

    fn demand(&self, overrides: Overrides, trace: Option<&TraceRead>) -> Demand {
        let definition = self.definition;
        let on_fargate = self.is_fargate();
        let is_sized_by_trace = trace.is_some_and(|t| t.has_cpu && t.has_memory);
        let has_cpu = overrides.cpu.is_some() || trace.is_some_and(|t| t.has_cpu);
        let has_memory = overrides.memory.is_some()
            || overrides.memory_per_vcpu.is_some()
            || trace.is_some_and(|t| t.has_memory);
        let gpus = overrides.gpus.unwrap_or(definition.gpus);
        let network_mode = match definition.network_mode {
            _ if on_fargate => NetworkMode::Awsvpc,
            Some(mode) => mode,
            None => NetworkMode::Bridge,
        };
        let cpu = match overrides.cpu {
            Some(Distribution::Constant(units)) => Drawn::Fixed(Cpu::units((units + 0.5) as u64)),
            Some(law) => Drawn::From(law),
            None => Drawn::Fixed(definition.cpu),
        };
        let memory = match (overrides.memory, overrides.memory_per_vcpu) {
            (_, Some(law)) => MemoryDemand::PerVcpu(law),
            (Some(Distribution::Constant(bytes)), _) => {
                MemoryDemand::Absolute(Drawn::Fixed(Memory::bytes(bytes as u64)))
            }
            (Some(law), _) => MemoryDemand::Absolute(Drawn::From(law)),
            (None, None) => MemoryDemand::Absolute(Drawn::Fixed(definition.memory)),
        };
        let launch = if on_fargate { "FARGATE" } else { "EC2" };
        if !definition.compatibilities.is_empty() && !definition.compatibilities.contains(&launch) {
            self.at
                .problem(format!(
                    "`{}` does not list `{launch}` in `requiresCompatibilities`",
                    definition.full_name()
                ))
                .hint("add it there, or leave the key out")
                .report();
        }
        if on_fargate {
            let context = self.at.context;
            definition.check_fargate(context, !has_cpu && !has_memory);
            // Fixed overrides are a size that someone chose: it must be valid as it is.
            if let (Drawn::Fixed(cpu), MemoryDemand::Absolute(Drawn::Fixed(memory))) =
                (&cpu, &memory)
                && (has_cpu || has_memory)
                && !is_sized_by_trace
                && trace.is_none()
            {
                let at = self
                    .record
                    .get("overrides")
                    .unwrap_or_else(|| self.at.clone());
                check_fargate_size(&at, &at, context, *cpu, *memory);
            }
        }
        Demand {
            cpu,
            memory,
            gpus,
            host_ports: if network_mode == NetworkMode::Awsvpc {
                Vec::new()
            } else {
                definition.ports.clone()
            },
            network_mode,
            architecture: definition
                .architecture
                .or(on_fargate.then_some(Architecture::X86)),
            operating_system: definition
                .operating_system
                .or(on_fargate.then_some(OperatingSystem::Linux)),
            ephemeral_storage: definition.ephemeral_storage,
            on_fargate,
        }
    }

    /// Reports what no place of the target can ever hold.
    fn check(&self, demand: &Demand, trace: Option<&TraceRead>) {
        if self.is_fargate() {
            self.check_fargate_prices(demand);
        } else if !self.check_kinds(demand) {
            return;
        }
        let largest = Largest {
            cpu: match (&demand.cpu, trace) {
                (_, Some(trace)) if trace.has_cpu => None,
                (Drawn::Fixed(cpu), _) => Some(*cpu),
                (Drawn::From(law), _) => {
                    law::largest(law).map(|units| Cpu::units((units + 0.5) as u64))
                }
            },
            memory: None,
            gpus: demand.gpus,
        };
        let memory = match (&demand.memory, trace) {
            (_, Some(trace)) if trace.has_memory => None,
            (MemoryDemand::Absolute(Drawn::Fixed(memory)), _) => Some(*memory),
            (MemoryDemand::Absolute(Drawn::From(law)), _) => {
                law::largest(law).map(Memory::from_bytes_f64)
            }
            (MemoryDemand::PerVcpu(law), _) => law::largest(law)
                .zip(largest.cpu)
                .map(|(bytes, cpu)| Memory::from_bytes_f64(bytes * cpu.as_vcpus_f64())),
        };
        let largest = Largest { memory, ..largest };
        if let Err(why) = self.holds(demand, largest) {
            let draft = self.at.problem(why);
            match self.larger_type(demand, largest) {
                Some(name) => draft.hint(format!("`{name}` would do")),
                None if self.is_fargate() => draft.hint("ask for less, or run it on EC2"),
                None => draft.hint("choose larger instances, or ask for less"),
            }
            .report();
        }
    }

    fn larger_type(&self, demand: &Demand, largest: Largest) -> Option<String> {
        if self.is_fargate() {
            return None;
        }
        self.at.context.catalog.smallest_instance_type(
            largest.cpu.unwrap_or_default(),
            largest.memory.unwrap_or_default(),
            largest.gpus,
            demand.architecture,
        )
    }

    fn check_fargate_prices(&self, demand: &Demand) {
        let (Some(region), Some(architecture)) = (self.region, demand.architecture) else {
            return;
        };
        let prices = self.at.context.catalog.fargate_prices(region, architecture);
        let name = architecture.name();
        match prices {
            None => self
                .at
                .problem(format!(
                    "no price of Fargate on {name} is known in `{region}`"
                ))
                .hint("choose another region or `cpuArchitecture`")
                .report(),
            Some(prices)
                if prices.storage_gb_hour.is_none()
                    && demand.ephemeral_storage > Memory::gib(20) =>
            {
                self.at
                    .problem(format!(
                        "no price of Fargate's storage is known in `{region}`"
                    ))
                    .hint("leave `ephemeralStorage` out")
                    .report();
            }
            Some(_) => {}
        }
    }

    /// The instance types of the target that have at least one instance.
    fn types(&self) -> impl Iterator<Item = &InstanceType> {
        let wanted = match self.target {
            Target::Provider(index) => Some(index),
            Target::AnyInstance => None,
        };
        let providers = self.cluster.providers.iter().enumerate();
        providers
            .filter(move |(index, _)| wanted.is_none_or(|wanted| wanted == *index))
            .filter_map(|(_, provider)| match &provider.capacity {
                Capacity::Fleet(members) => Some(members),
                Capacity::Fargate => None,
            })
            .flatten()
            .filter(|member| member.count != Count::Fixed(0))
            .filter_map(|member| self.cluster.instance_types.get(member.instance_type))
    }

    fn is_of_kind(&self, demand: &Demand, kind: &InstanceType) -> bool {
        demand.architecture.is_none_or(|a| a == kind.architecture)
            && demand
                .operating_system
                .is_none_or(|s| s == kind.operating_system)
    }

    /// Reports a target without instances, or with none of the right kind (facts/ecs.md 76)
    /// or with a network interface for the task (facts/ecs.md 120).
    fn check_kinds(&self, demand: &Demand) -> bool {
        if self.types().next().is_none() {
            let has_problems = self.cluster.providers.is_empty();
            if !has_problems {
                self.at
                    .problem("there is no instance that these tasks could run on")
                    .hint("give a provider's `fleet` a count above 0, or set `launchType: FARGATE`")
                    .report();
            }
            return false;
        }
        if !self.types().any(|kind| self.is_of_kind(demand, kind)) {
            let wanted = [
                demand.architecture.map(Architecture::name),
                demand.operating_system.map(OperatingSystem::name),
            ];
            let wanted: Vec<&str> = wanted.into_iter().flatten().collect();
            self.at
                .problem(format!(
                    "`{}` needs {}, which no instance here has",
                    self.definition.full_name(),
                    wanted.join(" and ")
                ))
                .hint("change `runtimePlatform`, or the instance types")
                .report();
            return false;
        }
        let has_interface =
            |kind: &InstanceType| self.is_of_kind(demand, kind) && kind.task_interfaces > 0;
        if demand.network_mode == NetworkMode::Awsvpc && !self.types().any(has_interface) {
            self.at
                .problem("no instance here has a network interface for an `awsvpc` task")
                .hint(
                    "choose larger instances, `awsvpcTrunking: enabled`, or another `networkMode`",
                )
                .report();
            return false;
        }
        true
    }

    /// Whether some place of the target can hold so much.
    fn holds(&self, demand: &Demand, largest: Largest) -> Result<(), String> {
        let wish = || {
            let mut parts = Vec::new();
            parts.extend(largest.cpu.map(|cpu| cpu.to_string()));
            parts.extend(largest.memory.map(|memory| memory.to_string()));
            match largest.gpus {
                0 => {}
                1 => parts.push("1 GPU".into()),
                gpus => parts.push(format!("{gpus} GPUs")),
            }
            parts.join(", ")
        };
        if self.is_fargate() {
            let size = self.at.context.catalog.smallest_fargate(
                largest.cpu.unwrap_or_default(),
                largest.memory.unwrap_or_default(),
            );
            return if largest.gpus > 0 {
                Err("Fargate has no GPUs".into())
            } else if size.is_none() {
                Err(format!(
                    "a task may need {}, more than Fargate's largest size",
                    wish()
                ))
            } else {
                Ok(())
            };
        }
        let fits = |kind: &InstanceType| {
            self.is_of_kind(demand, kind)
                && (demand.network_mode != NetworkMode::Awsvpc || kind.task_interfaces > 0)
                && largest.cpu.is_none_or(|cpu| cpu <= kind.cpu)
                && largest.memory.is_none_or(|memory| memory <= kind.memory)
                && largest.gpus <= kind.gpus
        };
        if self.types().any(fits) {
            return Ok(());
        }
        let best = self
            .types()
            .filter(|kind| self.is_of_kind(demand, kind))
            .max_by_key(|kind| (kind.gpus >= largest.gpus, kind.memory, kind.cpu));
        let best = best.map_or(String::new(), |kind| {
            let gpus = match kind.gpus {
                0 => String::new(),
                1 => ", 1 GPU".into(),
                gpus => format!(", {gpus} GPUs"),
            };
            format!("; `{}` has {}, {}{gpus}", kind.name, kind.cpu, kind.memory)
        });
        Err(format!(
            "a task may need {}, more than any instance here has{best}",
            wish()
        ))
    }

    /// Whether some place can hold the tasks of a row.
    fn row(&self, demand: &Demand, row: &TraceRow) -> Result<(), String> {
        let fixed_memory = |cpu: Option<Cpu>| match &demand.memory {
            MemoryDemand::Absolute(Drawn::Fixed(memory)) => Some(*memory),
            MemoryDemand::Absolute(Drawn::From(law)) => {
                law::largest(law).map(Memory::from_bytes_f64)
            }
            MemoryDemand::PerVcpu(law) => law::largest(law)
                .zip(cpu)
                .map(|(bytes, cpu)| Memory::from_bytes_f64(bytes * cpu.as_vcpus_f64())),
        };
        let cpu = row.cpu.or(match &demand.cpu {
            Drawn::Fixed(cpu) => Some(*cpu),
            Drawn::From(law) => law::largest(law).map(|units| Cpu::units((units + 0.5) as u64)),
        });
        let largest = Largest {
            cpu,
            memory: row.memory.or_else(|| fixed_memory(cpu)),
            gpus: row
                .gpu_millis
                .map_or(demand.gpus, |millis| millis.div_ceil(1_000)),
        };
        self.holds(demand, largest)
    }
}
