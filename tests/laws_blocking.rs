//! Loss systems: Erlang's B, and tasks of several sizes on one instance (Kaufman 1981,
//! Roberts 1981, and the product form for two resources). The probabilities hold for any
//! law of run times, so every row is played with exponential and with constant ones.

mod common;

use common::law::{Sample, sample};
use common::*;
use ecsim::engine::random::Distribution;
use ecsim::metrics::CapacityLevel;
use ecsim::plan::{Drawn, MemoryDemand, Plan};
use ecsim::runner::{Played, built_in_scheduler, play};
use ecsim::units::{Cpu, GIB, Memory};
use std::sync::atomic::AtomicBool;

/// 0.001 for the whole suite, shared by its rows.
const ALPHA: f64 = 0.001 / 8.0;

const SEEDS: u64 = 100;

/// The laws of run times, each of mean 1.
fn laws() -> [Distribution; 2] {
    [exponential(1.0), constant(1.0)]
}

fn play_one(plan: &Plan, seed: u64) -> Played {
    play(plan, seed, &built_in_scheduler, &AtomicBool::new(false)).expect("the plan is valid")
}

fn refused(played: &Played, class: usize) -> f64 {
    let work = &played.observed.work.entries[class];
    work.rejected as f64 / work.arrived as f64
}

fn mean_level(plan: &Plan, played: &Played, level: CapacityLevel, unit: u64) -> f64 {
    let integral = played.observed.levels.capacity_integral(0, level);
    integral as f64 / played.reported(plan).as_micros() as f64 / unit as f64
}

/// Erlang's loss system. One seed in two plays it on one instance, the other on instances
/// for one task.
fn erlang_b(servers: u32, load: f64, seeds: u64, reported: f64) -> Sample<2> {
    let forms = [
        Servers::OneInstance(servers),
        Servers::OneTaskInstances(servers),
    ];
    let plans = forms.map(|form| {
        let plan = queue(form, poisson(load), exponential(1.0));
        steady(without_waiting(plan), 30.0, reported)
    });
    sample(seeds, |seed| {
        let plan = &plans[seed as usize % 2];
        let played = play_one(plan, seed);
        let running = &played.observed.work.entries[0].running;
        let micros = played.reported(plan).as_micros();
        [
            ("P_block", refused(&played, 0)),
            ("carried", running.mean(micros).expect("time has passed")),
        ]
    })
}

/// Classes by load, vCPUs and GiB on one instance.
fn several_sizes(
    (vcpus, memory): (u64, u64),
    classes: &[(f64, u64, u64)],
    law: &Distribution,
    reported: f64,
) -> Plan {
    let tasks = classes
        .iter()
        .enumerate()
        .map(|(number, (load, cpu, gib))| {
            let name = format!("class-{number}");
            let mut class = entry(&name, poisson(*load), law.clone());
            class.demand.cpu = Drawn::Fixed(Cpu::vcpus(*cpu));
            class.demand.memory = MemoryDemand::Absolute(Drawn::Fixed(Memory::gib(*gib)));
            class
        })
        .collect();
    let mut kind = instance_type(vcpus);
    kind.memory = Memory::gib(memory);
    let plan = plan_on(vec![kind], vec![member(0, 1)], tasks);
    steady(without_waiting(plan), 30.0, reported)
}

const KR_10: [(f64, u64, u64); 2] = [(2.0, 1, 0), (1.0, 2, 0)];

fn two_sizes(law: &Distribution, seeds: u64, reported: f64) -> Sample<3> {
    let plan = several_sizes((10, 1), &KR_10, law, reported);
    sample(seeds, |seed| {
        let played = play_one(&plan, seed);
        let used = mean_level(
            &plan,
            &played,
            CapacityLevel::CpuReserved,
            Cpu::BASE_PER_VCPU,
        );
        [
            ("B0", refused(&played, 0)),
            ("B1", refused(&played, 1)),
            ("mean_used", used),
        ]
    })
}

fn two_resources(law: &Distribution, seeds: u64, reported: f64) -> Sample<5> {
    let classes = [(1.5, 1, 2), (1.0, 1, 8), (0.5, 4, 8)];
    let plan = several_sizes((8, 32), &classes, law, reported);
    sample(seeds, |seed| {
        let played = play_one(&plan, seed);
        let level = |level, unit| mean_level(&plan, &played, level, unit);
        [
            ("B0", refused(&played, 0)),
            ("B1", refused(&played, 1)),
            ("B2", refused(&played, 2)),
            (
                "mean_cpu",
                level(CapacityLevel::CpuReserved, Cpu::BASE_PER_VCPU),
            ),
            ("mean_mem", level(CapacityLevel::MemoryReserved, GIB)),
        ]
    })
}

#[test]
fn a_quick_look_at_erlang_b() {
    erlang_b(1, 1.0, 30, 5_000.0).is_near("EB-1-1", 0.03);
    erlang_b(5, 4.0, 30, 2_500.0).is_near("EB-5-4", 0.05);
}

#[test]
fn a_quick_look_at_several_sizes() {
    for law in laws() {
        two_sizes(&law, 30, 5_000.0).is_near("KR-10-2", 0.12);
        two_resources(&law, 30, 5_000.0).is_near("L2D-8-32", 0.05);
    }
}

mod comparison {
    use super::*;

    #[test]
    #[ignore = "slow: run by .ci/run"]
    fn erlang_b_with_1_5_10_and_100_servers() {
        erlang_b(1, 1.0, SEEDS, 3_000.0).meets("EB-1-1", ALPHA);
        erlang_b(5, 4.0, SEEDS, 7_000.0).meets("EB-5-4", ALPHA);
        erlang_b(10, 10.0, SEEDS, 3_500.0).meets("EB-10-10", ALPHA);
        erlang_b(100, 110.0, SEEDS, 1_400.0).meets("EB-100-110", ALPHA);
    }

    #[test]
    #[ignore = "slow: run by .ci/run"]
    fn two_sizes_on_10_vcpus() {
        for law in laws() {
            two_sizes(&law, SEEDS, 40_000.0).meets("KR-10-2", ALPHA);
        }
    }

    #[test]
    #[ignore = "slow: run by .ci/run"]
    fn three_sizes_on_16_vcpus() {
        let classes = [(4.0, 1, 0), (2.0, 2, 0), (1.0, 4, 0)];
        for law in laws() {
            let plan = several_sizes((16, 1), &classes, &law, 20_000.0);
            sample(SEEDS, |seed| {
                let played = play_one(&plan, seed);
                let level = CapacityLevel::CpuReserved;
                [
                    ("B0", refused(&played, 0)),
                    ("B1", refused(&played, 1)),
                    ("B2", refused(&played, 2)),
                    (
                        "mean_used",
                        mean_level(&plan, &played, level, Cpu::BASE_PER_VCPU),
                    ),
                ]
            })
            .meets("KR-16-3", ALPHA);
        }
    }

    #[test]
    #[ignore = "slow: run by .ci/run"]
    fn four_sizes_on_64_vcpus() {
        let classes = [(16.0, 1, 0), (8.0, 2, 0), (4.0, 4, 0), (1.0, 8, 0)];
        for law in laws() {
            let plan = several_sizes((64, 1), &classes, &law, 10_000.0);
            sample(SEEDS, |seed| {
                let played = play_one(&plan, seed);
                let level = CapacityLevel::CpuReserved;
                [
                    ("B0", refused(&played, 0)),
                    ("B1", refused(&played, 1)),
                    ("B2", refused(&played, 2)),
                    ("B3", refused(&played, 3)),
                    (
                        "mean_used",
                        mean_level(&plan, &played, level, Cpu::BASE_PER_VCPU),
                    ),
                ]
            })
            .meets("KR-64-4", ALPHA);
        }
    }

    #[test]
    #[ignore = "slow: run by .ci/run"]
    fn cpu_and_memory_on_one_instance() {
        for law in laws() {
            two_resources(&law, SEEDS, 40_000.0).meets("L2D-8-32", ALPHA);
        }
    }
}
