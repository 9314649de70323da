//! Queues with exact solutions, said as clusters: M/M/c, M/M/c/K, M/G/1, M/D/c, D/M/c,
//! E2/M/1. Formulas and figures: Erlang, Pollaczek and Khinchine, the embedded chains.
//!
//! Lengths are units of time (a mean service) per seed. They come from the asymptotic
//! variances of Daley (1968) and Whitt (1989), and for quantiles and variances from short
//! runs of the bare recursion; every interval is about 0.9 of the widest that the rule
//! allows.

mod common;

use common::law::{Sample, sample};
use common::observers::Occupancy;
use common::*;
use ecsim::engine::random::Distribution;
use ecsim::metrics::EntryWork;
use ecsim::plan::{Arrivals, Plan};
use ecsim::runner::{built_in_scheduler, play_with};
use std::sync::atomic::AtomicBool;

/// 0.001 for the whole suite, shared by its rows.
const ALPHA: f64 = 0.001 / 20.0;

/// Seeds of every comparison.
const SEEDS: u64 = 100;

/// What one run says about the only entry.
struct Seen {
    work: EntryWork,
    micros: u64,
    occupancy: Occupancy,
}

impl Seen {
    /// Share of time with so many tasks on capacity.
    fn share_of_time(&self, running: usize) -> f64 {
        let micros = self.occupancy.micros.get(running).copied().unwrap_or(0);
        micros as f64 / self.micros as f64
    }

    fn running(&self) -> f64 {
        self.work
            .running
            .mean(self.micros)
            .expect("time has passed")
    }

    fn waiting(&self) -> f64 {
        self.work
            .waiting
            .mean(self.micros)
            .expect("time has passed")
    }

    fn in_system(&self) -> f64 {
        self.work
            .in_system
            .mean(self.micros)
            .expect("time has passed")
    }

    fn wait(&self) -> f64 {
        self.work.waits.mean().expect("some have been placed") / UNIT
    }

    fn sojourn(&self) -> f64 {
        self.work.sojourns.mean().expect("some have finished") / UNIT
    }

    fn share_waited(&self) -> f64 {
        let waits = &self.work.waits;
        (waits.count - waits.zeros) as f64 / waits.count as f64
    }

    fn share_rejected(&self) -> f64 {
        self.work.rejected as f64 / self.work.arrived as f64
    }
}

fn see(plan: &Plan, seed: u64) -> Seen {
    let reader = Occupancy::new(plan.warm_up);
    let never = AtomicBool::new(false);
    let (mut played, mut occupancy) =
        play_with(plan, seed, &built_in_scheduler, &never, reader).expect("the plan is valid");
    occupancy.finish(played.end);
    Seen {
        micros: played.reported(plan).as_micros(),
        work: played.observed.work.entries.remove(0),
        occupancy,
    }
}

/// Figures of a queue without losses.
fn queue_figures(plan: &Plan, servers: f64, seeds: u64) -> Sample<5> {
    sample(seeds, |seed| {
        let seen = see(plan, seed);
        [
            ("rho", seen.running() / servers),
            ("L", seen.in_system()),
            ("Lq", seen.waiting()),
            ("W", seen.sojourn()),
            ("Wq", seen.wait()),
        ]
    })
}

/// The two-phase hyperexponential with balanced means and mean 1.
fn hyperexponential(squared_variation: f64) -> Distribution {
    let v = squared_variation;
    let p = f64::midpoint(1.0, ((v - 1.0) / (v + 1.0)).sqrt());
    let phase = |p: f64| (p, exponential(0.5 / p));
    Distribution::mixture([phase(p), phase(1.0 - p)])
}

fn erlang(shape: u32, mean: f64) -> Distribution {
    let mean = mean * UNIT;
    Distribution::Erlang { shape, mean }
}

fn lognormal(squared_variation: f64) -> Distribution {
    let variance = libm::log(1.0 + squared_variation);
    Distribution::LogNormal {
        mu: libm::log(UNIT) - variance / 2.0,
        sigma: variance.sqrt(),
    }
}

fn uniform_to_two() -> Distribution {
    Distribution::Uniform {
        low: 0.0,
        high: 2.0 * UNIT,
    }
}

fn gaps(gap: Distribution) -> Arrivals {
    Arrivals::Renewal { gap, limit: None }
}

fn with_queue_limit(mut plan: Plan, limit: u32) -> Plan {
    plan.job_queue.limit = Some(limit);
    plan
}

#[test]
fn a_quick_look_at_m_m_1() {
    let plan = queue(Servers::OneInstance(1), poisson(0.5), exponential(1.0));
    let plan = steady(plan, 200.0, 20_000.0);
    queue_figures(&plan, 1.0, 30).is_near("MM1-0.5", 0.03);
}

#[test]
fn a_quick_look_at_two_servers_as_one_instance_and_as_two() {
    for servers in [Servers::OneInstance(2), Servers::OneTaskInstances(2)] {
        let plan = queue(servers, poisson(1.6), exponential(1.0));
        let plan = steady(plan, 500.0, 20_000.0);
        queue_figures(&plan, 2.0, 30).is_near("MMc-1.6-1-2", 0.05);
    }
}

#[test]
fn a_quick_look_at_constant_service() {
    let plan = queue(Servers::OneInstance(1), poisson(0.8), constant(1.0));
    let plan = steady(plan, 500.0, 20_000.0);
    queue_figures(&plan, 1.0, 30).is_near("MG1-0.8-D", 0.05);
}

/// So many servers as one instance and as instances for one task. Half the seeds of a row
/// play one, half the other.
fn both_forms(servers: u32) -> [Servers; 2] {
    [
        Servers::OneInstance(servers),
        Servers::OneTaskInstances(servers),
    ]
}

/// Servers as one large instance and as instances for one task each give the same numbers,
/// not only the same law, because nothing else about the runs differs.
#[test]
fn the_form_of_the_servers_changes_nothing() {
    for (servers, rate) in [(1, 0.8), (2, 1.6), (10, 8.0), (100, 90.0)] {
        for seed in 1..=5 {
            let play = |form| {
                let plan = queue(form, poisson(rate), exponential(1.0));
                let work = see(&steady(plan, 10.0, 4_000.0 / rate), seed).work;
                (work.waits.sum, work.sojourns.sum, work.in_system.squares)
            };
            let one = play(Servers::OneInstance(servers));
            assert_eq!(one, play(Servers::OneTaskInstances(servers)));
        }
    }
}

mod means {
    use super::*;

    #[test]
    #[ignore = "slow: run by .ci/run"]
    fn m_m_1_at_half_load() {
        let plan = queue(Servers::OneInstance(1), poisson(0.5), exponential(1.0));
        check_m_m_1("MM1-0.5", &steady(plan, 200.0, 180_000.0));
    }

    #[test]
    #[ignore = "slow: run by .ci/run"]
    fn m_m_1_at_80_percent() {
        let plan = queue(Servers::OneTaskInstances(1), poisson(0.8), exponential(1.0));
        check_m_m_1("MM1-0.8", &steady(plan, 1_000.0, 390_000.0));
    }

    fn check_m_m_1(id: &str, plan: &Plan) {
        sample(SEEDS, |seed| {
            let seen = see(plan, seed);
            [
                ("rho", seen.running()),
                ("L", seen.in_system()),
                ("Lq", seen.waiting()),
                ("W", seen.sojourn()),
                ("Wq", seen.wait()),
                ("P_idle", seen.share_of_time(0)),
            ]
        })
        .meets(id, ALPHA);
    }

    #[test]
    #[ignore = "slow: run by .ci/run"]
    fn m_m_2() {
        check_m_m_c("MMc-1.6-1-2", 2, |servers| {
            let plan = queue(servers, poisson(1.6), exponential(1.0));
            steady(plan, 500.0, 245_000.0)
        });
    }

    #[test]
    #[ignore = "slow: run by .ci/run"]
    fn m_m_10() {
        check_m_m_c("MMc-8-1-10", 10, |servers| {
            let plan = queue(servers, poisson(8.0), exponential(1.0));
            steady(plan, 200.0, 104_000.0)
        });
    }

    fn check_m_m_c(id: &str, servers: u32, plan: impl Fn(Servers) -> Plan) {
        let plans = both_forms(servers).map(plan);
        sample(SEEDS, |seed| {
            let seen = see(&plans[seed as usize % 2], seed);
            [
                ("a", seen.running()),
                ("rho", seen.running() / f64::from(servers)),
                ("P_wait", seen.share_waited()),
                ("L", seen.in_system()),
                ("Lq", seen.waiting()),
                ("W", seen.sojourn()),
                ("Wq", seen.wait()),
            ]
        })
        .meets(id, ALPHA);
    }

    #[test]
    #[ignore = "slow: run by .ci/run"]
    fn m_m_1_with_room_for_four_waiting() {
        let plan = queue(Servers::OneInstance(1), poisson(0.9), exponential(1.0));
        let plan = steady(with_queue_limit(plan, 4), 300.0, 80_000.0);
        check_with_losses("MMcK-0.9-1-1-5", &plan);
    }

    #[test]
    #[ignore = "slow: run by .ci/run"]
    fn m_m_10_with_room_for_five_waiting() {
        let plan = queue(
            Servers::OneTaskInstances(10),
            poisson(8.0),
            exponential(1.0),
        );
        let plan = steady(with_queue_limit(plan, 5), 100.0, 16_000.0);
        check_with_losses("MMcK-8-1-10-15", &plan);
    }

    fn check_with_losses(id: &str, plan: &Plan) {
        sample(SEEDS, |seed| {
            let seen = see(plan, seed);
            [
                ("P_block", seen.share_rejected()),
                ("L", seen.in_system()),
                ("Lq", seen.waiting()),
                ("Wq_accepted", seen.wait()),
                ("W_accepted", seen.sojourn()),
            ]
        })
        .meets(id, ALPHA);
    }

    fn m_g_1(arrivals: f64, service: Distribution, warm_up: f64, reported: f64) -> Sample<5> {
        let plan = queue(Servers::OneInstance(1), poisson(arrivals), service);
        queue_figures(&steady(plan, warm_up, reported), 1.0, SEEDS)
    }

    #[test]
    #[ignore = "slow: run by .ci/run"]
    fn m_g_1_with_constant_service() {
        m_g_1(0.8, constant(1.0), 1_000.0, 260_000.0).meets("MG1-0.8-D", ALPHA);
    }

    #[test]
    #[ignore = "slow: run by .ci/run"]
    fn m_g_1_with_erlang_service() {
        m_g_1(0.8, erlang(2, 1.0), 1_000.0, 340_000.0).meets("MG1-0.8-E2", ALPHA);
    }

    #[test]
    #[ignore = "slow: run by .ci/run"]
    fn m_g_1_with_hyperexponential_service() {
        m_g_1(0.8, hyperexponential(4.0), 3_000.0, 1_100_000.0).meets("MG1-0.8-H2:4", ALPHA);
    }

    #[test]
    #[ignore = "slow: run by .ci/run"]
    fn m_g_1_with_lognormal_service() {
        m_g_1(0.7, lognormal(2.25), 1_500.0, 720_000.0).meets("MG1-0.7-LN:2.25", ALPHA);
    }

    #[test]
    #[ignore = "slow: run by .ci/run"]
    fn m_g_1_with_uniform_service() {
        m_g_1(0.8, uniform_to_two(), 1_000.0, 305_000.0).meets("MG1-0.8-U02", ALPHA);
    }

    #[test]
    #[ignore = "slow: run by .ci/run"]
    fn m_d_2() {
        check_m_d_c("MDc-1.6-2", 2, |servers| {
            let plan = queue(servers, poisson(1.6), constant(1.0));
            steady(plan, 500.0, 155_000.0)
        });
    }

    #[test]
    #[ignore = "slow: run by .ci/run"]
    fn m_d_10() {
        check_m_d_c("MDc-8-10", 10, |servers| {
            let plan = queue(servers, poisson(8.0), constant(1.0));
            steady(plan, 200.0, 58_000.0)
        });
    }

    fn check_m_d_c(id: &str, servers: u32, plan: impl Fn(Servers) -> Plan) {
        let plans = both_forms(servers).map(plan);
        sample(SEEDS, |seed| {
            let seen = see(&plans[seed as usize % 2], seed);
            [
                ("rho", seen.running() / f64::from(servers)),
                ("P_all_busy", seen.share_of_time(servers as usize)),
                ("Lq", seen.waiting()),
                ("Wq", seen.wait()),
            ]
        })
        .meets(id, ALPHA);
    }

    #[test]
    #[ignore = "slow: run by .ci/run"]
    fn d_m_1() {
        let plan = queue(
            Servers::OneInstance(1),
            gaps(constant(1.25)),
            exponential(1.0),
        );
        let plan = steady(plan, 1_000.0, 215_000.0);
        sample(SEEDS, |seed| {
            let seen = see(&plan, seed);
            [
                ("sigma", seen.share_waited()),
                ("P_wait", seen.share_waited()),
                ("Wq", seen.wait()),
            ]
        })
        .meets("DMc-0.8-1", ALPHA);
    }

    #[test]
    #[ignore = "slow: run by .ci/run"]
    fn d_m_5() {
        let plans = both_forms(5).map(|servers| {
            let plan = queue(servers, gaps(constant(0.25)), exponential(1.0));
            steady(plan, 200.0, 115_000.0)
        });
        sample(SEEDS, |seed| {
            let seen = see(&plans[seed as usize % 2], seed);
            [("P_wait", seen.share_waited()), ("Wq", seen.wait())]
        })
        .meets("DMc-4-5", ALPHA);
    }

    #[test]
    #[ignore = "slow: run by .ci/run"]
    fn e2_m_1() {
        let arrivals = gaps(erlang(2, 1.25));
        let plan = queue(Servers::OneInstance(1), arrivals, exponential(1.0));
        let plan = steady(plan, 1_000.0, 270_000.0);
        sample(SEEDS, |seed| {
            let seen = see(&plan, seed);
            [("W", seen.sojourn()), ("Wq", seen.wait())]
        })
        .meets("E2M1-0.8", ALPHA);
    }

    /// Kingman's figure is a bound. Allen and Cunneen's is an approximation from two moments:
    /// it is 15 % right for many servers only when the law of service has a light third
    /// moment for its second, as a gamma has.
    #[test]
    #[ignore = "slow: run by .ci/run"]
    fn g_g_c_is_near_allen_and_cunneen_and_below_kingman() {
        let plan = queue(
            Servers::OneInstance(1),
            gaps(erlang(4, 1.0 / 0.9)),
            hyperexponential(2.25),
        );
        let plan = steady(plan, 5_000.0, 100_000.0);
        let found = sample(30, |seed| [("Wq_approx", see(&plan, seed).wait())]);
        found.is_near("AC-0.9-1-0.25-2.25", 0.15);
        let (gap_variance, service_variance) = (0.25 / (0.9 * 0.9), 2.25);
        let bound = 0.9 * (gap_variance + service_variance) / (2.0 * (1.0 - 0.9));
        assert!(found.of("Wq_approx").mean() <= bound);

        let gamma = Distribution::Gamma {
            shape: 0.25,
            scale: 4.0 * UNIT,
        };
        let plan = queue(Servers::OneInstance(10), gaps(erlang(2, 1.0 / 8.0)), gamma);
        let plan = steady(plan, 1_000.0, 60_000.0);
        sample(30, |seed| [("Wq_approx", see(&plan, seed).wait())]).is_near("AC-8-10-0.5-4", 0.15);
    }
}

mod long {
    use super::*;

    #[test]
    #[ignore = "takes many minutes: run by .ci/long"]
    fn quantiles_and_variance_of_m_m_1_at_half_load() {
        let plan = queue(Servers::OneInstance(1), poisson(0.5), exponential(1.0));
        check_m_m_1("MM1-0.5", SEEDS, &steady(plan, 200.0, 560_000.0));
    }

    #[test]
    #[ignore = "takes many minutes: run by .ci/long"]
    fn quantiles_and_variance_of_m_m_1_at_80_percent() {
        let plan = queue(Servers::OneInstance(1), poisson(0.8), exponential(1.0));
        check_m_m_1("MM1-0.8", SEEDS, &steady(plan, 1_000.0, 2_300_000.0));
    }

    #[test]
    #[ignore = "takes many minutes: run by .ci/long"]
    fn everything_of_m_m_1_at_95_percent() {
        let plan = queue(Servers::OneInstance(1), poisson(0.95), exponential(1.0));
        check_m_m_1("MM1-0.95", SEEDS, &steady(plan, 16_000.0, 4_800_000.0));
    }

    fn check_m_m_1(id: &str, seeds: u64, plan: &Plan) {
        sample(seeds, |seed| {
            let seen = see(plan, seed);
            let quantile = |q| seen.work.sojourns.quantile(q).expect("some have finished");
            let wait = |q| seen.work.waits.quantile(q).expect("some have waited");
            let in_system = seen.work.in_system.variance(seen.micros);
            [
                ("rho", seen.running()),
                ("L", seen.in_system()),
                ("Lq", seen.waiting()),
                ("W", seen.sojourn()),
                ("Wq", seen.wait()),
                ("P_idle", seen.share_of_time(0)),
                ("W_p95", quantile(0.95) / UNIT),
                ("W_p99", quantile(0.99) / UNIT),
                ("Wq_p95", wait(0.95) / UNIT),
                ("Wq_p99", wait(0.99) / UNIT),
                ("var_N", in_system.expect("time has passed")),
            ]
        })
        .meets(id, ALPHA);
    }

    #[test]
    #[ignore = "takes many minutes: run by .ci/long"]
    fn quantiles_of_m_m_2() {
        check_m_m_c("MMc-1.6-1-2", 2, |servers| {
            let plan = queue(servers, poisson(1.6), exponential(1.0));
            steady(plan, 500.0, 330_000.0)
        });
    }

    #[test]
    #[ignore = "takes many minutes: run by .ci/long"]
    fn quantiles_of_m_m_10() {
        check_m_m_c("MMc-8-1-10", 10, |servers| {
            let plan = queue(servers, poisson(8.0), exponential(1.0));
            steady(plan, 200.0, 105_000.0)
        });
    }

    #[test]
    #[ignore = "takes many minutes: run by .ci/long"]
    fn everything_of_m_m_100() {
        check_m_m_c("MMc-90-1-100", 100, |servers| {
            let plan = queue(servers, poisson(90.0), exponential(1.0));
            steady(plan, 50.0, 88_000.0)
        });
    }

    fn check_m_m_c(id: &str, servers: u32, plan: impl Fn(Servers) -> Plan) {
        let plans = both_forms(servers).map(plan);
        sample(SEEDS, |seed| {
            let seen = see(&plans[seed as usize % 2], seed);
            let wait = |q| seen.work.waits.quantile(q).expect("some have waited") / UNIT;
            [
                ("a", seen.running()),
                ("rho", seen.running() / f64::from(servers)),
                ("P_wait", seen.share_waited()),
                ("L", seen.in_system()),
                ("Lq", seen.waiting()),
                ("W", seen.sojourn()),
                ("Wq", seen.wait()),
                ("Wq_p50", wait(0.50)),
                ("Wq_p95", wait(0.95)),
                ("Wq_p99", wait(0.99)),
            ]
        })
        .meets(id, ALPHA);
    }

    fn check_variance_of_waits(
        id: &str,
        seeds: u64,
        arrivals: f64,
        service: Distribution,
        warm_up: f64,
        reported: f64,
    ) {
        let plan = queue(Servers::OneInstance(1), poisson(arrivals), service);
        let plan = steady(plan, warm_up, reported);
        sample(seeds, |seed| {
            let variance = see(&plan, seed).work.waits.variance();
            let variance = variance.expect("some have waited");
            [("var_Wq", variance / (UNIT * UNIT))]
        })
        .meets(id, ALPHA);
    }

    #[test]
    #[ignore = "takes many minutes: run by .ci/long"]
    fn variance_of_waits_with_constant_service() {
        check_variance_of_waits("MG1-0.8-D", SEEDS, 0.8, constant(1.0), 1_000.0, 1_900_000.0);
    }

    #[test]
    #[ignore = "takes many minutes: run by .ci/long"]
    fn variance_of_waits_with_erlang_service() {
        check_variance_of_waits(
            "MG1-0.8-E2",
            SEEDS,
            0.8,
            erlang(2, 1.0),
            1_000.0,
            2_400_000.0,
        );
    }

    #[test]
    #[ignore = "takes many minutes: run by .ci/long"]
    fn variance_of_waits_with_hyperexponential_service() {
        let service = hyperexponential(4.0);
        check_variance_of_waits("MG1-0.8-H2:4", SEEDS, 0.8, service, 3_000.0, 8_200_000.0);
    }

    #[test]
    #[ignore = "takes many minutes: run by .ci/long"]
    fn variance_of_waits_with_lognormal_service() {
        let service = lognormal(2.25);
        // More seeds, as a run of four times this length would be longer than a run may be.
        check_variance_of_waits(
            "MG1-0.7-LN:2.25",
            4 * SEEDS,
            0.7,
            service,
            1_500.0,
            26_000_000.0,
        );
    }

    #[test]
    #[ignore = "takes many minutes: run by .ci/long"]
    fn variance_of_waits_with_uniform_service() {
        check_variance_of_waits(
            "MG1-0.8-U02",
            SEEDS,
            0.8,
            uniform_to_two(),
            1_000.0,
            1_600_000.0,
        );
    }
}
