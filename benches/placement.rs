//! One release and one placement, by every built-in rule, on instances with 80 % of their memory
//! promised. Each step releases a random task and places the task that was released in the step
//! before. So the load is constant, and free gaps differ in size from the task to be placed.
//!
//! The instances are those of the reference workloads. No task is larger than the mean free
//! capacity of an instance, so that rules that spread find an instance too, not only rules that
//! pack.

use criterion::{Criterion, criterion_group, criterion_main};
use ecsim::catalog::{Architecture, OperatingSystem};
use ecsim::cluster::{
    Cluster, Field, GroupId, InstanceId, MemberOf, PoolId, PoolSpec, ProviderId, Request,
    Requirement, Shape, ZoneId,
};
use ecsim::engine::random::{Purpose, SplitMix64, StreamKey};
use ecsim::policy::placement::{
    Placement, PlacementRule, SpreadField, Strategy, Work, built_in, counted_attributes,
    counted_by_instance, wants_blocks,
};
use ecsim::units::{Cpu, Memory};
use std::collections::BTreeMap;
use std::time::Duration;

const HOST_VCPUS: u64 = 16;
const HOST_GIB: u64 = 64;
const ZONE: &str = "ecs.availability-zone";

/// Every built-in rule, with its name and the number of zones of its cluster.
fn rules() -> Vec<(&'static str, PlacementRule, usize)> {
    use PlacementRule::{BestFit, DotProduct, Ecs, FewestTasks, FirstFit, NextFit, WorstFit};
    let binpack = [Field::Cpu, Field::Memory].map(Strategy::Binpack);
    let spread = |field| Ecs(vec![Strategy::Spread(field)]);
    vec![
        ("binpack(cpu, memory)", Ecs(binpack.into()), 1),
        (
            "spread(zone)",
            spread(SpreadField::Attribute(ZONE.into())),
            3,
        ),
        ("spread(instanceId)", spread(SpreadField::InstanceId), 1),
        ("random", Ecs(vec![Strategy::Random]), 1),
        ("first fit", FirstFit, 1),
        ("next fit", NextFit, 1),
        ("best fit", BestFit(Field::Memory), 1),
        ("worst fit", WorstFit(Field::Memory), 1),
        ("fewest tasks", FewestTasks, 1),
        ("dot product", DotProduct, 1),
    ]
}

/// A loaded cluster, and the policy that places its tasks.
struct Churn {
    cluster: Cluster,
    requirement: Requirement,
    policy: Box<dyn Placement>,
    placed: Vec<(InstanceId, Shape)>,
    /// The task that was released in the last step and is placed in the next.
    to_place: Shape,
    random: SplitMix64,
    streams: StreamKey,
    steps: u64,
}

impl Churn {
    fn new(rule: &PlacementRule, zones: usize, hosts: usize) -> Self {
        let group = GroupId::new(0);
        let mut cluster = Cluster::new(1);
        if wants_blocks(rule) {
            cluster.keep_blocks();
        }
        if let Some(group) = counted_by_instance(rule, group) {
            cluster.keep_count(group);
        }
        let pools: Vec<PoolId> = (0..zones)
            .map(|zone| cluster.add_pool(host_in(zone)))
            .collect();
        for attribute in counted_attributes(rule) {
            cluster.count_by(attribute);
        }
        for host in 0..hosts {
            cluster.register(pools[host % zones]);
        }
        let mut random = SplitMix64(1);
        let mut churn = Self {
            cluster,
            requirement: Requirement {
                pools,
                ports: Vec::new(),
                distinct_instance: false,
                member_of: MemberOf::default(),
                daemon: false,
                group,
            },
            policy: built_in(rule),
            placed: Vec::new(),
            to_place: draw(&mut random),
            random,
            streams: StreamKey::new(1, Purpose::Placement, "bench"),
            steps: 0,
        };
        let goal = Memory::gib(HOST_GIB * hosts as u64 * 8 / 10).as_bytes();
        let mut promised = 0;
        while promised < goal {
            promised += churn.to_place.memory.as_bytes();
            let placed = churn.place();
            churn.placed.push(placed);
            churn.to_place = draw(&mut churn.random);
        }
        churn
    }

    fn step(&mut self) {
        let index = below(&mut self.random, self.placed.len() as u64) as usize;
        let (id, shape) = self.placed[index];
        let requirement = &self.requirement;
        self.cluster.release(id, &Request { shape, requirement });
        self.placed[index] = self.place();
        self.to_place = shape;
    }

    fn place(&mut self) -> (InstanceId, Shape) {
        self.steps += 1;
        let request = Request {
            shape: self.to_place,
            requirement: &self.requirement,
        };
        let work = Work::outside_of_a_run(request, self.streams, self.steps);
        let found = self.policy.place(&work, &self.cluster);
        let id = found.expect("no task is larger than what hosts have free on average");
        self.cluster.promise(id, &request);
        (id, self.to_place)
    }
}

fn host_in(zone: usize) -> PoolSpec {
    PoolSpec {
        provider: ProviderId::new(0),
        zone: ZoneId::new(zone),
        instance_type: 0,
        cpu: Cpu::vcpus(HOST_VCPUS),
        memory: Memory::gib(HOST_GIB),
        gpus: 0,
        task_interfaces: 0,
        architecture: Architecture::X86,
        operating_system: OperatingSystem::Linux,
        attributes: BTreeMap::from([(ZONE.to_string(), format!("zone-{zone}"))]),
        agent_version: None,
        in_group: false,
    }
}

/// 0.25, 0.5 or 1 vCPU with 2 to 8 GiB per vCPU.
fn draw(random: &mut SplitMix64) -> Shape {
    let cpu_units = 256 << below(random, 3);
    let mib_per_vcpu = 2_048 + below(random, 6 * 1_024 + 1);
    Shape {
        cpu: Cpu::units(cpu_units),
        memory: Memory::mib(cpu_units * mib_per_vcpu / 1_024),
        ..Shape::default()
    }
}

fn below(random: &mut SplitMix64, bound: u64) -> u64 {
    random.next_u64() % bound
}

fn place_and_release(criterion: &mut Criterion) {
    for (name, rule, zones) in rules() {
        let mut group = criterion.benchmark_group(name);
        group
            .warm_up_time(Duration::from_millis(800))
            .measurement_time(Duration::from_millis(1_500));
        for hosts in [100, 1_000, 10_000] {
            let mut churn = Churn::new(&rule, zones, hosts);
            group.bench_function(format!("{hosts} hosts"), |bencher| {
                bencher.iter(|| churn.step());
            });
        }
        group.finish();
    }
}

criterion_group!(benches, place_and_release);
criterion_main!(benches);
