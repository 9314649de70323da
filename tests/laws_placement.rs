//! Several instances, several sizes of tasks, no queue: who is refused how often, and how
//! long each instance is empty, by the exact solution of the Markov chain. These rows tell
//! policies apart and fail when placement, ties or release are wrong.

mod common;

use common::law::{Sample, exact, sample};
use common::observers::Emptiness;
use common::*;
use ecsim::metrics::CapacityLevel;
use ecsim::plan::{Drawn, PlacementRule, Plan, Strategy};
use ecsim::runner::{Played, built_in_scheduler, play_with};
use ecsim::units::Cpu;
use std::sync::atomic::AtomicBool;

/// 0.001 for the whole suite, shared by its rows.
const ALPHA: f64 = 0.001 / 8.0;

const SEEDS: u64 = 100;

/// The four policies and what this program calls them.
const POLICIES: [&str; 4] = ["first", "best", "worst", "random"];

fn rule(policy: &str) -> PlacementRule {
    match policy {
        "first" => PlacementRule::FirstFit,
        "best" => PlacementRule::BestFit(CPU),
        "worst" => PlacementRule::WorstFit(CPU),
        _ => PlacementRule::Ecs(vec![Strategy::Random]),
    }
}

/// Equal instances of so many vCPUs; tasks by arrival rate and vCPUs, with run times of
/// mean 1.
fn cluster(policy: &str, instances: u32, vcpus: u64, classes: &[(f64, u64)]) -> Plan {
    let tasks = classes
        .iter()
        .map(|(rate, size)| {
            let mut class = entry(&format!("size-{size}"), poisson(*rate), exponential(1.0));
            class.demand.cpu = Drawn::Fixed(Cpu::vcpus(*size));
            class
        })
        .collect();
    let plan = plan_on(
        vec![instance_type(vcpus)],
        vec![member(0, instances)],
        tasks,
    );
    placed_by(without_waiting(plan), &rule(policy))
}

fn play_one(plan: &Plan, instances: usize, seed: u64) -> (Played, Vec<f64>) {
    let reader = Emptiness::new(instances, plan.warm_up);
    let never = AtomicBool::new(false);
    let (played, mut emptiness) =
        play_with(plan, seed, &built_in_scheduler, &never, reader).expect("the plan is valid");
    emptiness.finish(played.end);
    let micros = played.reported(plan).as_micros() as f64;
    let empty = emptiness.micros.iter().map(|m| *m as f64 / micros);
    let empty = empty.collect();
    (played, empty)
}

fn refused(played: &Played, class: usize) -> f64 {
    let work = &played.observed.work.entries[class];
    work.rejected as f64 / work.arrived as f64
}

fn used(plan: &Plan, played: &Played) -> f64 {
    let levels = &played.observed.levels;
    let integral = levels.capacity_integral(0, CapacityLevel::CpuReserved);
    let micros = played.reported(plan).as_micros();
    integral as f64 / micros as f64 / Cpu::BASE_PER_VCPU as f64
}

fn two_of_four(policy: &str, seeds: u64, reported: f64) -> Sample<6> {
    let plan = cluster(policy, 2, 4, &[(2.0, 1), (1.0, 2), (0.5, 4)]);
    let plan = steady(plan, 50.0, reported);
    sample(seeds, |seed| {
        let (played, empty) = play_one(&plan, 2, seed);
        [
            ("B0", refused(&played, 0)),
            ("B1", refused(&played, 1)),
            ("B2", refused(&played, 2)),
            ("mean_used", used(&plan, &played)),
            ("P_empty0", empty[0]),
            ("P_empty1", empty[1]),
        ]
    })
}

fn three_of_two(policy: &str, seeds: u64, reported: f64) -> Sample<6> {
    let plan = cluster(policy, 3, 2, &[(2.0, 1), (1.0, 2)]);
    let plan = steady(plan, 50.0, reported);
    sample(seeds, |seed| {
        let (played, empty) = play_one(&plan, 3, seed);
        [
            ("B0", refused(&played, 0)),
            ("B1", refused(&played, 1)),
            ("mean_used", used(&plan, &played)),
            ("P_empty0", empty[0]),
            ("P_empty1", empty[1]),
            ("P_empty2", empty[2]),
        ]
    })
}

#[test]
fn a_quick_look_at_four_policies_on_two_instances() {
    for policy in POLICIES {
        two_of_four(policy, 30, 3_000.0).is_near(&format!("PL-4_4-{policy}"), 0.05);
    }
}

#[test]
fn a_quick_look_at_four_policies_on_three_instances() {
    for policy in POLICIES {
        three_of_two(policy, 30, 3_000.0).is_near(&format!("PL-2_2_2-{policy}"), 0.05);
    }
}

/// The quick look is sharp enough to tell any two policies apart.
#[test]
fn the_rows_of_two_policies_differ_by_more_than_the_quick_look_forgives() {
    for (ids, figures) in [
        ("PL-4_4-", ["B0", "B2", "P_empty0", "P_empty1"]),
        ("PL-2_2_2-", ["B0", "B1", "P_empty0", "P_empty1"]),
    ] {
        for (at, one) in POLICIES.iter().enumerate() {
            for other in &POLICIES[..at] {
                let of = |policy: &str, figure| exact(&format!("{ids}{policy}"), figure);
                let apart = figures
                    .iter()
                    .map(|figure| (of(one, figure) / of(other, figure) - 1.0).abs())
                    .fold(0.0, f64::max);
                assert!(apart > 0.11, "{ids}: {one} and {other}, {apart}");
            }
        }
    }
}

mod comparison {
    use super::*;

    #[test]
    #[ignore = "slow: run by .ci/run"]
    fn first_fit_on_two_instances() {
        two_of_four("first", SEEDS, 32_000.0).meets("PL-4_4-first", ALPHA);
    }

    #[test]
    #[ignore = "slow: run by .ci/run"]
    fn best_fit_on_two_instances() {
        two_of_four("best", SEEDS, 32_000.0).meets("PL-4_4-best", ALPHA);
    }

    #[test]
    #[ignore = "slow: run by .ci/run"]
    fn worst_fit_on_two_instances() {
        two_of_four("worst", SEEDS, 45_000.0).meets("PL-4_4-worst", ALPHA);
    }

    #[test]
    #[ignore = "slow: run by .ci/run"]
    fn random_on_two_instances() {
        two_of_four("random", SEEDS, 32_000.0).meets("PL-4_4-random", ALPHA);
    }

    #[test]
    #[ignore = "slow: run by .ci/run"]
    fn first_fit_on_three_instances() {
        three_of_two("first", SEEDS, 20_000.0).meets("PL-2_2_2-first", ALPHA);
    }

    #[test]
    #[ignore = "slow: run by .ci/run"]
    fn best_fit_on_three_instances() {
        three_of_two("best", SEEDS, 20_000.0).meets("PL-2_2_2-best", ALPHA);
    }

    #[test]
    #[ignore = "slow: run by .ci/run"]
    fn worst_fit_on_three_instances() {
        three_of_two("worst", SEEDS, 30_000.0).meets("PL-2_2_2-worst", ALPHA);
    }

    #[test]
    #[ignore = "slow: run by .ci/run"]
    fn random_on_three_instances() {
        three_of_two("random", SEEDS, 20_000.0).meets("PL-2_2_2-random", ALPHA);
    }
}
