//! The jobs of a case, and its plan built by hand.

use crate::cases::*;
use ecsim::catalog::{Architecture, OperatingSystem};
use ecsim::engine::random::{Distribution, SplitMix64};
use ecsim::plan::{
    Arrivals, Capacity, Cluster, Count, Delays, Demand, Drawn, Fault, FaultKind, FleetMember,
    InstanceType, JobQueue, MemoryDemand, NetworkMode, Occurrence, OnNoCapacity, Plan, Prices,
    Provider, Retry, Target, TaskEntry, Trace, TraceRow, Until,
};
use ecsim::units::{Cpu, Memory, SimTime, Span, Usd};
use std::collections::BTreeMap;

/// A generated job. Times in milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Job {
    pub arrival: u64,
    pub duration: u64,
    pub cpu: u64,
    pub memory: u64,
}

impl Case {
    pub fn jobs(&self) -> Vec<Job> {
        let mut generator = SplitMix64(self.seed);
        let mut draw = |below: u64| generator.next_u64() % below;
        let (shortest, longest) = self.durations;
        let mut arrival = 0;
        let next = |_| {
            arrival += draw(self.longest_gap + 1);
            let duration = shortest + draw(longest - shortest + 1);
            let (cpu, memory) = self.shapes[draw(self.shapes.len() as u64) as usize];
            Job {
                arrival,
                duration,
                cpu,
                memory,
            }
        };
        (0..self.jobs).map(next).collect()
    }

    /// The plan, built by hand.
    pub fn plan(&self) -> Plan {
        let row = |job: Job| TraceRow {
            arrival: SimTime::micros(job.arrival * 1000),
            duration: Span::millis(job.duration),
            cpu: Some(Cpu::units(job.cpu)),
            memory: Some(Memory::mib(job.memory)),
            gpu_millis: None,
            count: 1,
        };
        let rows = self.jobs().into_iter().map(row).collect();
        let kind = |(cpu, memory): Size| InstanceType {
            name: format!("node-{cpu}-{memory}"),
            cpu: Cpu::units(cpu),
            memory: Memory::mib(memory),
            os_memory: Memory::mib(memory),
            gpus: 0,
            task_interfaces: 0,
            architecture: Architecture::X86,
            operating_system: OperatingSystem::Linux,
            price_per_hour: Some(Usd::ZERO),
            spot: None,
            own: true,
            ..InstanceType::new("", Cpu::ZERO, Memory::ZERO)
        };
        let member = |(index, (count, _)): (usize, &(u32, Size))| FleetMember {
            instance_type: index,
            count: Count::Fixed(*count),
            zones: vec![0],
            attributes: BTreeMap::new(),
            root_volume: None,
            ..FleetMember::new(0, 0)
        };
        Plan {
            scenario: self.name.into(),
            variant: "base".into(),
            region: "us-east-1".into(),
            start_unix_seconds: 0,
            until: Until::Drained,
            warm_up: Span::ZERO,
            cluster: Cluster {
                zones: vec!["us-east-1a".into()],
                instance_types: self.fleet.iter().map(|(_, size)| kind(*size)).collect(),
                providers: vec![Provider {
                    name: "nodes".into(),
                    capacity: Capacity::Fleet(self.fleet.iter().enumerate().map(member).collect()),
                }],
            },
            job_queue: JobQueue {
                order: self.order,
                limit: None,
            },
            tasks: vec![TaskEntry {
                name: "jobs".into(),
                definition: "job:1".into(),
                group: "family:job".into(),
                target: Target::Provider(0),
                placement: self.placement.clone(),
                arrivals: Arrivals::Trace(
                    Trace {
                        rows,
                        ..Trace::default()
                    }
                    .into(),
                ),
                count: 1.into(),
                demand: Demand {
                    cpu: Drawn::Fixed(Cpu::units(1)),
                    memory: MemoryDemand::Absolute(Drawn::Fixed(Memory::mib(128))),
                    gpus: 0,
                    host_ports: Vec::new(),
                    network_mode: NetworkMode::Host,
                    architecture: None,
                    operating_system: None,
                    ephemeral_storage: Memory::gib(20),
                    on_fargate: false,
                    memory_is_limit: false,
                    ..Demand::default()
                },
                duration: Distribution::Constant(1.0),
                distinct_instance: false,
                containers: [].into(),
                retry: self.retry(),
                on_no_capacity: if self.loss {
                    OnNoCapacity::Fail
                } else {
                    OnNoCapacity::Queue
                },
                ..TaskEntry::default()
            }],
            delays: match self.start {
                0 => Delays::None,
                start => Delays::Start(Span::millis(start)),
            },
            prices: Prices::default(),
            faults: self.failures.iter().map(fault).collect(),
            ..Plan::default()
        }
    }

    /// Who is struck starts again from zero, as often as it takes.
    pub fn retry(&self) -> Retry {
        match self.failures {
            [] => Retry::default(),
            _ => Retry {
                attempts: None,
                ..Retry::default()
            },
        }
    }
}

pub fn fault(failures: &Failures) -> Fault {
    let at = failures.at.iter();
    Fault {
        name: format!("node-{}", failures.instance),
        kind: FaultKind::InstanceFailure {
            provider: None,
            zone: None,
            instances: Some(vec![failures.instance]),
            repair_crews: None,
            replaced: false,
        },
        occurs: Occurrence::At(at.map(|millis| SimTime::micros(millis * 1000)).collect()),
        lasts: Some(Distribution::Constant(45.0)),
    }
}
