//! Capacity without limit: the number of tasks is Poisson whatever the law of run times
//! (M/G/inf), follows a changing rate as Eick, Massey and Whitt (1993) say, and is billed
//! in whole seconds with a minimum.

mod common;

use common::law::{Sample, exact, sample};
use common::observers::{BilledSeconds, Occupancy, Phases};
use common::*;
use ecsim::engine::random::{CountLaw, Distribution};
use ecsim::plan::{Arrivals, Plan, RateShape};
use ecsim::runner::{built_in_scheduler, in_order, play_with};
use ecsim::simulation;
use ecsim::units::{Cpu, Rate, SimTime, Span};
use ecsim::usage::Item;
use std::num::NonZeroUsize;
use std::sync::atomic::AtomicBool;

/// 0.001 for the whole suite, shared by its rows.
const ALPHA: f64 = 0.001 / 6.0;

/// The rows of M/G/inf by arrivals and mean run time, each on Fargate with exponential run
/// times and on a pool that is never full with run times from nothing to twice the mean.
const M_G_INFINITY: [(&str, f64, f64); 2] = [("MGI-2-50", 2.0, 50.0), ("MGI-0.2-300", 0.2, 300.0)];

fn both_forms(arrivals: f64, mean: f64, reported: f64) -> [Plan; 2] {
    let uniform = Distribution::Uniform {
        low: 0.0,
        high: 2.0 * mean * UNIT,
    };
    let fargate = queue(Servers::Fargate, poisson(arrivals), exponential(mean));
    let pool = queue(Servers::OneInstance(1_000), poisson(arrivals), uniform);
    [fargate, pool].map(|plan| steady(plan, 20.0 * mean, reported * mean))
}

fn occupancy(plan: &Plan, seed: u64) -> Occupancy {
    let mut reader = Occupancy::new(plan.warm_up);
    let outcome = simulation::run(
        plan,
        seed,
        built_in_scheduler(plan),
        simulation::Limits::default(),
        &mut reader,
    );
    reader.finish(outcome.expect("built-in policies do not fail").end);
    reader
}

fn moments(occupancy: &Occupancy) -> (f64, f64) {
    let all: u64 = occupancy.micros.iter().sum();
    let sum = |power: i32| -> f64 {
        let levels = occupancy.micros.iter().enumerate();
        levels
            .map(|(level, micros)| libm::pow(level as f64, f64::from(power)) * *micros as f64)
            .sum::<f64>()
            / all as f64
    };
    let mean = sum(1);
    (mean, sum(2) - mean * mean)
}

/// The least number that is not exceeded in so large a share of all seeds' time.
fn quantiles<const N: usize>(plan: &Plan, seeds: u64, shares: [f64; N]) -> [usize; N] {
    let mut micros: Vec<u64> = Vec::new();
    let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    in_order(
        seeds as usize,
        threads,
        |job| occupancy(plan, job as u64 + 1).micros,
        |_, seen| {
            micros.resize(micros.len().max(seen.len()), 0);
            for (all, one) in micros.iter_mut().zip(&seen) {
                *all += one;
            }
            true
        },
    );
    let all: u64 = micros.iter().sum();
    shares.map(|share| {
        let mut below = 0;
        let reached = micros.iter().position(|level| {
            below += level;
            below as f64 >= share * all as f64
        });
        reached.expect("all time is below the largest number")
    })
}

#[test]
fn the_mean_number_running_is_the_offered_load() {
    for (id, arrivals, mean) in M_G_INFINITY {
        for plan in both_forms(arrivals, mean, 60.0) {
            let found = sample(100, |seed| [("mean", moments(&occupancy(&plan, seed)).0)]);
            found.meets(id, ALPHA);
        }
    }
}

#[test]
#[ignore = "slow: run by .ci/run"]
fn the_95_percent_point_of_the_number_running_is_poissons() {
    for (id, arrivals, mean) in M_G_INFINITY {
        for plan in both_forms(arrivals, mean, 600.0) {
            let [p95] = quantiles(&plan, 100, [0.95]);
            assert_eq!(p95 as f64, exact(id, "p95"), "{id}");
        }
    }
}

mod long {
    use super::*;

    #[test]
    #[ignore = "takes many minutes: run by .ci/long"]
    fn variance_and_99_percent_point_of_the_number_running_are_poissons() {
        for (id, arrivals, mean) in M_G_INFINITY {
            for plan in both_forms(arrivals, mean, 4_000.0) {
                let found = sample(100, |seed| {
                    let (mean, variance) = moments(&occupancy(&plan, seed));
                    [("mean", mean), ("var", variance)]
                });
                found.meets(id, ALPHA);
                let points = quantiles(&plan, 100, [0.95, 0.99]);
                let wanted = ["p95", "p99"].map(|figure| exact(id, figure));
                assert_eq!(points.map(|point| point as f64), wanted, "{id}");
            }
        }
    }
}

/// 0.001 for the figures of batches.
const ALPHA_OF_BATCHES: f64 = 0.001 / 8.0;

/// Arrivals that bring several tasks (M^X/D/inf): the number running is the sum of the batches
/// of the last run time, a compound Poisson number. With rate λ, batch X and run time D its mean
/// is λ E[X] D and its variance λ E[X²] D.
#[test]
fn batches_of_tasks_have_the_moments_of_compound_poisson() {
    let (rate, length) = (0.2, 50.0);
    // Each law with E[X] and E[X²].
    let laws = [
        (CountLaw::Fixed(4), 4.0, 16.0),
        (CountLaw::Poisson { mean: 3.0 }, 3.0, 3.0 + 9.0),
        (CountLaw::Geometric { mean: 4.0 }, 4.0, 12.0 + 16.0),
        (CountLaw::binomial(20, 0.1), 2.0, 1.8 + 4.0),
    ];
    for (law, mean_batch, square_batch) in laws {
        let constant = Distribution::Constant(length * UNIT);
        let mut plan = queue(Servers::Fargate, poisson(rate), constant);
        plan.tasks[0].count = law.clone();
        let plan = steady(plan, 2.0 * length, 400.0 * length);
        let found = sample(100, |seed| {
            let (mean, variance) = moments(&occupancy(&plan, seed));
            [("mean", mean), ("square", variance + mean * mean)]
        });
        let mean = rate * mean_batch * length;
        let square = rate * square_batch * length + mean * mean;
        for (figure, wanted, narrow) in [("mean", mean, 0.01), ("square", square, 0.03)] {
            let found = found.of(figure);
            let half = found.half_width(ALPHA_OF_BATCHES);
            let off = found.mean() - wanted;
            assert!(
                off.abs() <= half,
                "{law:?}, {figure}: off by {off} of ± {half}"
            );
            assert!(
                half <= narrow * wanted,
                "{law:?}, {figure}: ± {half} of {wanted}"
            );
        }
    }
}

/// `limit` counts tasks, not arrivals; the last batch is cut.
#[test]
fn a_limit_counts_the_tasks_of_batches() {
    for law in [CountLaw::Poisson { mean: 0.5 }, CountLaw::binomial(7, 0.9)] {
        let mut plan = billed(60.0, 1_000);
        plan.tasks[0].count = law;
        for seed in 1..=20 {
            assert_eq!(occupancy(&plan, seed).arrived, 1_000);
        }
    }
}

/// An arrival may bring no task: the run goes on to the next, and ends.
#[test]
fn arrivals_without_tasks_are_passed_over() {
    let times = (0..1_000).map(|second| SimTime::ZERO + Span::seconds(second));
    let mut plan = billed(60.0, 1);
    plan.tasks[0].arrivals = Arrivals::at(times);
    plan.tasks[0].count = CountLaw::Poisson { mean: 1e-9 };
    assert_eq!(occupancy(&plan, 1).arrived, 0);
    plan.tasks[0].count = CountLaw::Poisson { mean: 0.5 };
    let arrived = occupancy(&plan, 1).arrived;
    assert!((400..600).contains(&arrived), "{arrived}");
}

/// Ten a minute, five more or less in an hour's wave.
fn wave(law: Distribution, periods: u64) -> Plan {
    let per_minute = |rate: f64| Rate::per_second(rate / 60.0).expect("a rate");
    let arrivals = Arrivals::Poisson {
        rate: RateShape::Sinusoidal {
            mean: per_minute(10.0),
            amplitude: per_minute(5.0),
            period: Span::hours(1),
            shift: Span::ZERO,
        },
        limit: None,
    };
    let mut plan = queue(Servers::Fargate, arrivals, law);
    plan.until = ecsim::plan::Until::Elapsed(Span::hours(FIRST_PERIOD + periods));
    plan
}

/// The first period that is looked at: 24 mean run times after the start.
const FIRST_PERIOD: u64 = 4;

fn numbers_at_phases<const N: usize>(plan: &Plan, seed: u64, phases: [f64; N]) -> [f64; N] {
    let offsets = phases.map(|phase| Span::from_seconds_f64(phase * 3_600.0));
    let mut reader = Phases::new(Span::hours(1), FIRST_PERIOD, &offsets);
    let outcome = simulation::run(
        plan,
        seed,
        built_in_scheduler(plan),
        simulation::Limits::default(),
        &mut reader,
    );
    reader.finish(outcome.expect("built-in policies do not fail").end);
    let means = reader.means();
    std::array::from_fn(|at| means[at])
}

/// The numbers running at phases of the wave, with exponential run times.
fn followed_by_exponential(periods: u64) -> Sample<6> {
    let plan = wave(Distribution::Exponential { mean: 600.0 }, periods);
    sample(100, |seed| {
        let [a, b, c, d, e, f] =
            numbers_at_phases(&plan, seed, [0.0, 0.125, 0.25, 0.375, 0.5, 0.75]);
        [
            ("m_exp@0", a),
            ("m_exp@0.125", b),
            ("m_exp@0.25", c),
            ("m_exp@0.375", d),
            ("m_exp@0.5", e),
            ("m_exp@0.75", f),
        ]
    })
}

/// The same with constant run times.
fn followed_by_constant(periods: u64) -> Sample<6> {
    let plan = wave(Distribution::Constant(600.0), periods);
    sample(100, |seed| {
        let [a, b, c, d, e, f] =
            numbers_at_phases(&plan, seed, [0.0, 0.125, 0.25, 0.375, 0.5, 0.75]);
        [
            ("m_det@0", a),
            ("m_det@0.125", b),
            ("m_det@0.25", c),
            ("m_det@0.375", d),
            ("m_det@0.5", e),
            ("m_det@0.75", f),
        ]
    })
}

#[test]
fn a_quick_look_at_a_changing_rate() {
    followed_by_exponential(6).is_near("MTI-10-5", 0.03);
    followed_by_constant(6).is_near("MTI-10-5", 0.03);
}

#[test]
#[ignore = "slow: run by .ci/run"]
fn a_changing_rate_is_followed_with_exponential_run_times() {
    followed_by_exponential(40).meets("MTI-10-5", ALPHA);
}

#[test]
#[ignore = "slow: run by .ci/run"]
fn a_changing_rate_is_followed_with_constant_run_times() {
    followed_by_constant(40).meets("MTI-10-5", ALPHA);
}

/// So many tasks a seed on Fargate, each of one vCPU, one a minute.
fn billed(mean_seconds: f64, tasks: u64) -> Plan {
    let arrivals = Arrivals::Poisson {
        rate: RateShape::Constant(Rate::per_second(1.0 / 60.0).expect("a rate")),
        limit: Some(tasks),
    };
    let law = Distribution::Exponential { mean: mean_seconds };
    queue(Servers::Fargate, arrivals, law)
}

/// Mean and mean square of the billed seconds, and the mean from the ledger.
fn bill(plan: &Plan, seed: u64) -> (f64, f64, f64) {
    let never = AtomicBool::new(false);
    let reader = BilledSeconds::default();
    let (played, seen) =
        play_with(plan, seed, &built_in_scheduler, &never, reader).expect("the plan is valid");
    let metered: u128 = played
        .usage
        .rows
        .iter()
        .filter(|row| {
            matches!(
                played.usage.meters[row.meter as usize].item,
                Item::FargateCpu(_)
            )
        })
        .map(|row| row.quantity)
        .sum();
    let second = u128::from(Cpu::BASE_PER_VCPU) * 1_000_000;
    assert_eq!(metered, seen.sum * second, "the ledger has what was billed");
    let tasks = seen.tasks as f64;
    (
        seen.sum as f64 / tasks,
        seen.squares as f64 / tasks,
        metered as f64 / second as f64 / tasks,
    )
}

#[test]
fn fargate_bills_whole_seconds_and_a_minute_at_least() {
    for (id, mean) in [("BILL-10", 10.0), ("BILL-90", 90.0), ("BILL-600", 600.0)] {
        let plan = billed(mean, 20_000);
        sample(100, |seed| {
            let (_, squares, from_ledger) = bill(&plan, seed);
            [("E", from_ledger), ("E2", squares)]
        })
        .meets(id, ALPHA);
    }
}

/// A fixed time of Poisson arrivals: the cost is compound Poisson. Its variance over the
/// seeds is rate × time × E2, to four standard errors.
#[test]
fn the_cost_of_a_day_is_spread_over_the_seeds_as_a_compound_poisson() {
    for (id, mean) in [("BILL-10", 10.0), ("BILL-90", 90.0), ("BILL-600", 600.0)] {
        let seeds = 2_000;
        let hours = 24.0;
        let mut plan = billed(mean, 1);
        plan.tasks[0].arrivals = Arrivals::Poisson {
            rate: RateShape::Piecewise {
                steps: vec![
                    (Span::ZERO, Rate::per_second(1.0 / 60.0).expect("a rate")),
                    (Span::hours(24), Rate::default()),
                ],
                every: None,
            },
            limit: None,
        };
        let found = sample(seeds, |seed| {
            let mut reader = BilledSeconds::default();
            simulation::run(
                &plan,
                seed,
                built_in_scheduler(&plan),
                simulation::Limits::default(),
                &mut reader,
            )
            .expect("built-in policies do not fail");
            [("E", reader.sum as f64)]
        });
        let arrivals = hours * 60.0;
        let (wanted_mean, wanted) = (arrivals * exact(id, "E"), arrivals * exact(id, "E2"));
        let found = found.of("E");
        let half = found.half_width(ALPHA);
        assert!((found.mean() - wanted_mean).abs() <= half, "{id}: mean");
        let standard_error = wanted * (2.0 / seeds as f64).sqrt();
        let off = found.variance() - wanted;
        assert!(
            off.abs() <= 4.0 * standard_error,
            "{id}: variance {} for {wanted}",
            found.variance()
        );
    }
}

/// Time zero of a wave lies where its shift says.
#[test]
fn a_wave_begins_where_its_shift_says() {
    let mut plan = wave(Distribution::Constant(1.0), 0);
    plan.until = ecsim::plan::Until::Elapsed(Span::hours(1));
    let count = |shift: Span| {
        let mut plan = plan.clone();
        if let Arrivals::Poisson {
            rate: RateShape::Sinusoidal { shift: s, .. },
            ..
        } = &mut plan.tasks[0].arrivals
        {
            *s = shift;
        }
        plan.until = ecsim::plan::Until::Elapsed(Span::seconds(1_800));
        let found = sample(200, |seed| {
            let mut reader = Occupancy::new(Span::ZERO);
            let end = simulation::run(
                &plan,
                seed,
                built_in_scheduler(&plan),
                simulation::Limits::default(),
                &mut reader,
            )
            .expect("built-in policies do not fail")
            .end;
            reader.finish(end);
            [("arrived", reader.arrived as f64)]
        });
        found.of("arrived").mean()
    };
    // Half a wave: 10 × 30 ± 2 × 5 × 60 / (2 pi) arrivals.
    let swing = 2.0 * 5.0 * 60.0 / std::f64::consts::TAU;
    for (shift, wanted) in [(0, 300.0 + swing), (1_800, 300.0 - swing)] {
        let found = count(Span::seconds(shift));
        assert!(
            (found / wanted - 1.0).abs() < 0.03,
            "{shift}: {found}, not {wanted}"
        );
    }
}
