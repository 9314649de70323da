//! Queues that begin empty: the mean wait of the n-th customer and of the first n, by the
//! exact embedded recursion. Very many very short runs, which the library must set up
//! quickly.

mod common;

use common::law::{Sample, sample_in_batches};
use common::observers::Waits;
use common::*;
use ecsim::plan::{Arrivals, Plan};
use ecsim::runner::built_in_scheduler;
use ecsim::simulation;

/// 0.001 for the whole suite, shared by its rows.
const ALPHA: f64 = 0.001 / 2.0;

/// Short runs per job of a thread.
const BATCH: u64 = 500;

fn first(mut plan: Plan, customers: u64) -> Plan {
    if let Arrivals::Poisson { limit, .. } = &mut plan.tasks[0].arrivals {
        *limit = Some(customers);
    }
    plan
}

/// The waits of the first customers, in units of time.
fn waits(plan: &Plan, seed: u64) -> Vec<f64> {
    let mut reader = Waits::default();
    simulation::run(
        plan,
        seed,
        built_in_scheduler(plan),
        simulation::Limits::default(),
        &mut reader,
    )
    .expect("built-in policies do not fail");
    for wait in &mut reader.seconds {
        *wait /= UNIT;
    }
    reader.seconds
}

fn mean(waits: &[f64]) -> f64 {
    waits.iter().sum::<f64>() / waits.len() as f64
}

fn first_25_of_m_m_1(seeds: u64) -> Sample<7> {
    let plan = queue(Servers::OneInstance(1), poisson(0.9), exponential(1.0));
    let plan = first(plan, 25);
    sample_in_batches(seeds, BATCH, |seed| {
        let waits = waits(&plan, seed);
        [
            ("mean_first_n", mean(&waits)),
            ("ED1", waits[0]),
            ("ED2", waits[1]),
            ("ED3", waits[2]),
            ("ED5", waits[4]),
            ("ED10", waits[9]),
            ("ED25", waits[24]),
        ]
    })
}

fn first_50_of_m_m_10(seeds: u64) -> (Sample<2>, Sample<2>) {
    let plan = queue(Servers::OneInstance(10), poisson(8.0), exponential(1.0));
    let plan = first(plan, 50);
    let frequent = sample_in_batches(seeds, BATCH, |seed| {
        let waits = waits(&plan, seed);
        [("mean_first_n", mean(&waits)), ("ED50", waits[49])]
    });
    let twenty = first(plan, 20);
    let rare = sample_in_batches(seeds, BATCH, |seed| {
        let waits = waits(&twenty, seed);
        [("ED11", waits[10]), ("ED20", waits[19])]
    });
    (frequent, rare)
}

#[test]
fn a_quick_look_at_the_first_25_of_m_m_1() {
    first_25_of_m_m_1(20_000).is_near("TR-0.9-25", 0.06);
}

#[test]
fn a_quick_look_at_the_first_50_of_m_m_10() {
    let (frequent, _) = first_50_of_m_m_10(10_000);
    frequent.is_near("TRC-8-10", 0.12);
}

mod comparison {
    use super::*;

    #[test]
    #[ignore = "slow: run by .ci/run"]
    fn the_first_25_of_m_m_1() {
        first_25_of_m_m_1(500_000).meets("TR-0.9-25", ALPHA);
    }

    #[test]
    #[ignore = "slow: run by .ci/run"]
    fn the_first_50_of_m_m_10() {
        let (frequent, rare) = first_50_of_m_m_10(620_000);
        frequent.meets("TRC-8-10", ALPHA);
        rare.holds("TRC-8-10", ALPHA);
    }
}

mod long {
    use super::*;

    #[test]
    #[ignore = "takes many minutes: run by .ci/long"]
    fn the_20th_of_m_m_10() {
        let plan = queue(Servers::OneInstance(10), poisson(8.0), exponential(1.0));
        let plan = first(plan, 20);
        sample_in_batches(5_000_000, BATCH, |seed| [("ED20", waits(&plan, seed)[19])])
            .meets("TRC-8-10", ALPHA);
    }
}
