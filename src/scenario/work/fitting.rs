//! The resources that tasks request, and the check that some capacity of their target is large
//! enough for them.

use super::constraints::Constraints;
use super::members;
use super::taskdef::TaskDefinition;
use crate::catalog::{Architecture, OperatingSystem};
use crate::engine::random::Distribution;
use crate::plan::{
    Capacity, Cluster, Count, Demand, Drawn, InstanceType, MemoryDemand, NetworkMode, Target,
    TraceRow,
};
use crate::scenario::capacity::fargate::check_fargate_size;
use crate::scenario::keys::tasks::OVERRIDES;
use crate::scenario::laws::law;
use crate::scenario::laws::quantity::Quantity;
use crate::scenario::reading::reader::{Cursor, Record};
use crate::scenario::traces::trace::TraceRead;
use crate::units::{Cpu, Memory, Ratio};
use std::collections::BTreeSet;

/// Sizes that replace those of the task definition; CPU in ECS units, memory in bytes.
#[derive(Clone, Default)]
pub struct Overrides {
    /// CPU in ECS units.
    pub cpu: Option<Distribution>,
    /// Memory in bytes.
    pub memory: Option<Distribution>,
    /// Memory in bytes per vCPU; excludes `memory`.
    pub memory_per_vcpu: Option<Distribution>,
    /// Number of GPUs.
    pub gpus: Option<u32>,
}

/// Reads `overrides`.
pub fn overrides(record: &Record<'_>) -> Option<Overrides> {
    let Some(at) = record.get("overrides") else {
        return Some(Overrides::default());
    };
    let record = at.record(&OVERRIDES)?;
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

/// An entry or a service with the capacity that it may run on.
pub struct Fit<'f, 'a> {
    /// The place of the entry or the service.
    pub at: &'f Cursor<'a>,
    /// The place of `overrides`, if there are any.
    pub sizes_at: Option<Cursor<'a>>,
    /// Its task definition.
    pub definition: &'f TaskDefinition<'f>,
    /// The cluster of its target.
    pub cluster: &'f Cluster,
    /// The capacity that its tasks may run on.
    pub target: Target,
    /// Its placement constraints, with those of the task definition.
    pub constraints: &'f Constraints<'f>,
    /// The task groups of the scenario.
    pub groups: &'f BTreeSet<String>,
    /// The region of the prices; `None` when it has problems.
    pub region: Option<&'f str>,
    /// The share of its memory that an instance type registers if it was not measured.
    pub registered_share: Ratio,
}

/// The largest request of a task; `None`: the law of its size has no upper bound, or each row of a
/// trace has its own size.
#[derive(Clone, Copy)]
pub struct Largest {
    pub cpu: Option<Cpu>,
    pub memory: Option<Memory>,
    pub gpus: u32,
}

impl Fit<'_, '_> {
    /// True when the tasks run on Fargate.
    pub(super) fn is_fargate(&self) -> bool {
        // All providers of a strategy are on EC2 or all on Fargate (facts/ecs.md 42).
        let first = self.target.providers().first().copied();
        first
            .and_then(|index| self.cluster.providers.get(index))
            .is_some_and(|provider| provider.capacity.is_fargate())
    }

    /// The resources that each task requests.
    pub fn demand(&self, overrides: Overrides, trace: Option<&TraceRead>) -> Demand {
        let definition = self.definition;
        let on_fargate = self.is_fargate();
        let is_sized_by_trace = trace.is_some_and(|t| t.has_cpu && t.has_memory);
        let has_cpu = overrides.cpu.is_some() || trace.is_some_and(|t| t.has_cpu);
        let has_memory = overrides.memory.is_some()
            || overrides.memory_per_vcpu.is_some()
            || trace.is_some_and(|t| t.has_memory);
        let gpus = overrides.gpus.unwrap_or(definition.gpus);
        let network_mode = self.network_mode();
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
        let launch = match self.is_managed() {
            _ if on_fargate => "FARGATE",
            true => "MANAGED_INSTANCES",
            false => "EC2",
        };
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
            // Fixed overrides must be a valid size of Fargate. Drawn sizes and those of a trace
            // are raised to one when the task arrives.
            if let (Drawn::Fixed(cpu), MemoryDemand::Absolute(Drawn::Fixed(memory))) =
                (&cpu, &memory)
                && (has_cpu || has_memory)
                && !is_sized_by_trace
                && trace.is_none()
            {
                let at = self.sizes_at.as_ref().unwrap_or(self.at);
                check_fargate_size(at, at, context, *cpu, *memory);
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
            member_of: self.constraints.queries(),
            ephemeral_storage: definition.ephemeral_storage,
            on_fargate,
            cpu_is_limit: has_cpu || definition.task_cpu.is_some(),
            memory_is_limit: has_memory || definition.task_memory.is_some(),
        }
    }

    /// Reports tasks that are larger than every instance, or every Fargate size, of the target.
    pub fn check(&self, demand: &Demand, trace: Option<&TraceRead>) {
        if self.is_fargate() {
            self.check_fargate_prices(demand);
        } else if !self.check_kinds(demand) {
            return;
        } else {
            let capacity = (self.cluster, &self.target);
            members::warn(self.at, self.constraints, capacity, self.groups);
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
                Some(name) => draft.hint(format!("`{name}` is large enough")),
                None if self.is_fargate() => draft.hint("request less, or run the tasks on EC2"),
                None => draft.hint("choose larger instances, or request less"),
            }
            .report();
        }
    }

    /// A type of the catalog that is large enough, for a hint.
    fn larger_type(&self, demand: &Demand, largest: Largest) -> Option<String> {
        if self.is_fargate() {
            return None;
        }
        self.at.context.catalog.smallest_instance_type(
            largest.cpu.unwrap_or_default(),
            largest.memory.unwrap_or_default(),
            largest.gpus,
            demand.architecture.or(self.only_architecture()),
            self.registered_share,
        )
    }

    /// The architecture of the target's instances, where all have the same: what its users run
    /// now fits it, though the task does not ask for it.
    fn only_architecture(&self) -> Option<Architecture> {
        let mut all = self.types().map(|kind| kind.architecture);
        let first = all.next()?;
        all.all(|other| other == first).then_some(first)
    }

    /// A type of the catalog with the architecture that is needed and at least the sizes that
    /// are fixed, for a hint.
    fn type_of_kind(&self, demand: &Demand) -> Option<String> {
        if demand.operating_system == Some(OperatingSystem::Windows) {
            return None; // The catalog has Linux types only.
        }
        let cpu = match demand.cpu {
            Drawn::Fixed(cpu) => cpu,
            Drawn::From(_) => Cpu::ZERO,
        };
        let memory = match demand.memory {
            MemoryDemand::Absolute(Drawn::Fixed(memory)) => memory,
            _ => Memory::ZERO,
        };
        let catalog = self.at.context.catalog;
        catalog.smallest_instance_type(
            cpu,
            memory,
            demand.gpus,
            demand.architecture,
            self.registered_share,
        )
    }

    /// Reports prices of Fargate that are not known and that the tasks need.
    fn check_fargate_prices(&self, demand: &Demand) {
        let (Some(region), Some(architecture)) = (self.region, demand.architecture) else {
            return;
        };
        let catalog = self.at.context.catalog;
        let prices = catalog.fargate_prices(region, architecture);
        let other = match architecture {
            Architecture::X86 => Architecture::Arm,
            Architecture::Arm => Architecture::X86,
        };
        let other = catalog.fargate_prices(region, other);
        let name = architecture.name();
        match prices {
            None => self
                .at
                .problem(format!(
                    "no price of Fargate on {name} is known in `{region}`"
                ))
                .hint(match other {
                    Some(_) => "choose another region or `cpuArchitecture`",
                    None => "choose another region: no price of Fargate is known in this one",
                })
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
            Some(prices) if prices.spot.is_none() && self.may_go_to_fargate_spot() => self
                .at
                .problem(format!(
                    "no price of Fargate Spot on {name} is known in `{region}`"
                ))
                .hint(match other.and_then(|prices| prices.spot) {
                    Some(_) => "choose another `cpuArchitecture` or region, or `FARGATE`",
                    None => "choose another region, or `FARGATE`",
                })
                .report(),
            Some(_) => {}
        }
    }

    fn may_go_to_fargate_spot(&self) -> bool {
        let providers = self.target.providers();
        let mut capacities = providers
            .iter()
            .filter_map(|index| self.cluster.providers.get(*index));
        capacities.any(|provider| matches!(provider.capacity, Capacity::FargateSpot))
    }

    /// The instance types of the target that have at least one instance.
    pub(super) fn types(&self) -> impl Iterator<Item = &InstanceType> {
        let providers = self.cluster.providers_of(&self.target);
        providers
            .flat_map(|(_, provider)| match &provider.capacity {
                Capacity::Fleet(members) => members
                    .iter()
                    .filter(|member| member.count != Count::Fixed(0))
                    .map(|member| member.instance_type)
                    .collect(),
                Capacity::Group(group) if group.max_size > 0 => group.types.clone(),
                Capacity::Group(_) => Vec::new(),
                Capacity::Fargate | Capacity::FargateSpot => Vec::new(),
            })
            .filter_map(|kind| self.cluster.instance_types.get(kind))
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
                    .hint(
                        "give a provider's `fleet` a count, or its `autoScalingGroup` a \
                         `maxSize`, above 0, or set `launchType: FARGATE`",
                    )
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
                .hint(match self.type_of_kind(demand) {
                    Some(name) => format!("use `{name}`, or change `runtimePlatform`"),
                    None => "change `runtimePlatform`, or the instance types".into(),
                })
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

    /// Checks that some instance type, or some Fargate size, of the target is at least as large
    /// as `largest`. The error is a message.
    fn holds(&self, demand: &Demand, largest: Largest) -> Result<(), String> {
        let request = || {
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
                    request()
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
        // ECS assigns GPUs of NVIDIA only.
        let catalog = self.at.context.catalog;
        let has_other = |kind: &&InstanceType| {
            let found = catalog.instance_type(&kind.name);
            !kind.own && found.is_some_and(|found| found.other_gpus > 0)
        };
        let other = self.types().find(has_other).filter(|_| largest.gpus > 0);
        let other = other.map_or(String::new(), |kind| {
            format!(
                "; the GPUs of `{}` are not NVIDIA's: ECS does not assign them",
                kind.name
            )
        });
        Err(format!(
            "a task may need {}, more than any instance here has{best}{other}",
            request()
        ))
    }

    /// Checks that some capacity of the target can hold a task of a row of a trace. The error is
    /// a message.
    pub fn row(&self, demand: &Demand, row: &TraceRow) -> Result<(), String> {
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
