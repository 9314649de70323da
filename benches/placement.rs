//! One release and one placement, by every built-in rule, on hosts whose memory is 80 %
//! full. Each step releases a task drawn at random and places the one that was released
//! the step before, so that the load stays and the holes do not fit the tasks.
//!
//! The hosts are those of the workloads. No task is larger than what a host has free on
//! average, so that rules which level the load find room as well as those which pack.

use criterion::{Criterion, criterion_group, criterion_main};
use ecsim::catalog::{Architecture, OperatingSystem};
use ecsim::cluster::{
    Cluster, Field, GroupId, InstanceId, PoolId, PoolSpec, ProviderId, Request, Requirement, Shape,
    ZoneId,
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

/// A loaded cluster and the policy that loads it.
struct Churn {
    cluster: Cluster,
    requirement: Requirement,
    policy: Box<dyn Placement>,
    placed: Vec<(InstanceId, Shape)>,
    /// Released in the last step, placed in the next.
    in_hand: Shape,
    dice: SplitMix64,
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
        if let Some(whose) = counted_by_instance(rule, group) {
            cluster.keep_count(whose);
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
        let mut dice = SplitMix64(1);
        let mut churn = Self {
            cluster,
            requirement: Requirement {
                pools,
                ports: Vec::new(),
                distinct_instance: false,
                daemon: false,
                group,
            },
            policy: built_in(rule),
            placed: Vec::new(),
            in_hand: draw(&mut dice),
            dice,
            streams: StreamKey::new(1, Purpose::Placement, "bench"),
            steps: 0,
        };
        let goal = Memory::gib(HOST_GIB * hosts as u64 * 8 / 10).as_bytes();
        let mut promised = 0;
        while promised < goal {
            promised += churn.in_hand.memory.as_bytes();
            let placed = churn.place();
            churn.placed.push(placed);
            churn.in_hand = draw(&mut churn.dice);
        }
        churn
    }

    fn step(&mut self) {
        let index = below(&mut self.dice, self.placed.len() as u64) as usize;
        let (id, shape) = self.placed[index];
        let requirement = &self.requirement;
        self.cluster.release(id, &Request { shape, requirement });
        self.placed[index] = self.place();
        self.in_hand = shape;
    }

    fn place(&mut self) -> (InstanceId, Shape) {
        self.steps += 1;
        let request = Request {
            shape: self.in_hand,
            requirement: &self.requirement,
        };
        let work = Work::outside_of_a_run(request, self.streams, self.steps);
        let found = self.policy.place(&work, &self.cluster);
        let id = found.expect("no task is larger than what hosts have free on average");
        self.cluster.promise(id, &request);
        (id, self.in_hand)
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
        in_group: false,
    }
}

/// 0.25, 0.5 or 1 vCPU with 2 to 8 GiB per vCPU.
fn draw(dice: &mut SplitMix64) -> Shape {
    let cpu_units = 256 << below(dice, 3);
    let mib_per_vcpu = 2_048 + below(dice, 6 * 1_024 + 1);
    Shape {
        cpu: Cpu::units(cpu_units),
        memory: Memory::mib(cpu_units * mib_per_vcpu / 1_024),
        ..Shape::default()
    }
}

fn below(dice: &mut SplitMix64, bound: u64) -> u64 {
    dice.next_u64() % bound
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
