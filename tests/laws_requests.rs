//! Requests one by one (`mode: exact`) against queueing theory, and the fluid model against them: its error
//! is printed in docs/model.md.
//!
//! ```text
//! ECSIM_UPDATE=1 cargo test --release --test laws_requests -- --ignored the_error
//! ```

mod common;

use common::law::{Sample, sample};
use common::*;
use ecsim::engine::random::Distribution;
use ecsim::plan::{
    ClientRetries, Demand, Load, LoadMode, LoadShape, Plan, RateShape, Service, Until,
};
use ecsim::runner::{built_in_scheduler, play};
use ecsim::simulation::{Requests, ResponseTimes};
use ecsim::units::{Cpu, Memory, Rate, Span};
use std::fmt::Write as _;

/// 0.001 for the whole suite, shared by its rows.
const ALPHA: f64 = 0.001 / 20.0;

/// A load with this rate and these CPU times, in units of a second, without a time-out that is reached.
fn load(rate: f64, law: Distribution) -> Load {
    let mean = law.mean().expect("it has a mean");
    let rate = Rate::per_second(rate).expect("it is a rate");
    Load {
        cpu_per_request: Span::from_seconds_f64(mean),
        cpu_law: Some(law),
        timeout: Span::hours(24 * 365),
        mode: LoadMode::Exact,
        ..Load::new(LoadShape::Rate(RateShape::Constant(rate)))
    }
}

/// A service with `tasks` tasks of one size, each on an instance of its own.
fn plan(tasks: u32, cpu: Cpu, load: Load, (warm_up, reported): (u64, u64)) -> Plan {
    let mut plan = plan_on(vec![instance_type(16)], vec![member(0, tasks)], Vec::new());
    plan.services.push(Service {
        load: Some(load),
        demand: Demand::new(cpu, Memory::mib(64)),
        ..Service::new("web", tasks)
    });
    plan.warm_up = Span::seconds(warm_up);
    plan.until = Until::Elapsed(Span::seconds(warm_up + reported));
    plan
}

/// The amounts and the response times of the only service.
fn seen(plan: &Plan, seed: u64) -> (Requests, ResponseTimes) {
    let never = false.into();
    let mut played = play(plan, seed, &built_in_scheduler, &never).expect("the plan is valid");
    let requests = played.observed.requests.service(0).expect("it has a load");
    let times = played.responses[0].take().expect("it has a load");
    (requests.passed, times)
}

/// The mean response time of one task with processor sharing.
fn shared(plan: &Plan, seeds: u64) -> Sample<1> {
    sample(seeds, |seed| {
        let (_, times) = seen(plan, seed);
        [("ps_W", times.mean().expect("some were served"))]
    })
}

/// Mean and percentiles of the response time.
fn sojourn(plan: &Plan, seeds: u64) -> Sample<3> {
    sample(seeds, |seed| {
        let (_, times) = seen(plan, seed);
        let of = |q| times.quantile(q).expect("some were served");
        let mean = times.mean().expect("some were served");
        [("W", mean), ("W_p95", of(0.95)), ("W_p99", of(0.99))]
    })
}

/// The laws of facts/validation.md 1.2 with their rows.
fn laws() -> [(&'static str, f64, Distribution); 5] {
    let phase = |share: f64, mean: f64| (share, Distribution::Exponential { mean });
    let variance = libm::log(1.0 + 2.25);
    [
        ("MG1-0.8-D", 0.8, Distribution::Constant(1.0)),
        (
            "MG1-0.8-E2",
            0.8,
            Distribution::Erlang {
                shape: 2,
                mean: 1.0,
            },
        ),
        (
            "MG1-0.8-H2:4",
            0.8,
            Distribution::mixture([
                phase(0.887_298_334_620_741_7, 0.563_508_326_896_291_6),
                phase(1.0 - 0.887_298_334_620_741_7, 4.436_491_673_103_709),
            ]),
        ),
        (
            "MG1-0.7-LN:2.25",
            0.7,
            Distribution::LogNormal {
                mu: -variance / 2.0,
                sigma: variance.sqrt(),
            },
        ),
        (
            "MG1-0.8-U02",
            0.8,
            Distribution::Uniform {
                low: 0.0,
                high: 2.0,
            },
        ),
    ]
}

#[test]
fn a_quick_look_at_processor_sharing() {
    let (id, rate, law) = laws()[0].clone();
    let plan = plan(1, Cpu::vcpus(1), load(rate, law), (500, 20_000));
    shared(&plan, 30).is_near(id, 0.05);
}

#[test]
fn a_quick_look_at_one_request_at_a_time() {
    let one = Load {
        max_concurrency: Some(1),
        ..load(0.8, Distribution::Exponential { mean: 1.0 })
    };
    sojourn(&plan(1, Cpu::vcpus(1), one, (500, 20_000)), 30).is_near("MM1-0.8", 0.08);
}

#[test]
#[ignore = "slow: run by .ci/run"]
fn many_vcpus_are_the_servers_of_erlang_for_every_law() {
    for law in [
        Distribution::Exponential { mean: 1.0 },
        Distribution::Constant(1.0),
    ] {
        let plan = plan(1, Cpu::vcpus(10), load(8.0, law), (500, 20_000));
        let found = sample(100, |seed| {
            let (requests, times) = seen(&plan, seed);
            let share = requests.cpu_used as f64 / requests.cpu_reserved as f64;
            [("W", times.mean().unwrap()), ("rho", share)]
        });
        found.meets("MMc-8-1-10", ALPHA);
    }
}

#[test]
fn the_program_counts_every_request_that_arrives() {
    // 90 requests per second to two tasks that serve 100, a third of which stops and comes back.
    let busy = Load {
        timeout: Span::millis(500),
        ..load(90.0, Distribution::Exponential { mean: 0.02 })
    };
    for mode in [LoadMode::Exact, LoadMode::Fluid] {
        let plan = plan(
            2,
            Cpu::vcpus(1),
            Load {
                mode,
                ..busy.clone()
            },
            (0, 600),
        );
        let (requests, times) = seen(&plan, 1);
        let gone = requests.served + requests.refused + requests.failed + requests.timed_out;
        assert_eq!(requests.offered, gone + requests.queued);
        let share = times.requests() as f64 / requests.served as f64;
        assert!((share - 1.0).abs() < 1e-3, "{share}");
    }
}

/// Lengths in seconds by the number of tasks: so that single requests make little noise.
const LENGTHS: [(u32, u64); 4] = [(1, 5_400), (2, 2_700), (10, 600), (100, 90)];

/// The laws of the table with their names.
fn table_laws() -> [(&'static str, Distribution); 2] {
    let sigma = libm::log(6.0) / 2.326_347_874_040_841;
    [
        ("10 ms each", Distribution::Constant(0.01)),
        (
            "lognormal, median 10 ms, p99 60 ms",
            Distribution::LogNormal {
                mu: libm::log(0.01),
                sigma,
            },
        ),
    ]
}

/// Mean and 99th percentile of the fluid model ÷ those of single requests, as deviations in per cent.
fn deviation(utilization: f64, (tasks, seconds): (u32, u64), law: &Distribution) -> String {
    let mean = law.mean().expect("it has a mean");
    let load = load(utilization * f64::from(tasks) / mean, law.clone());
    let of = |mode| {
        let load = Load {
            mode,
            ..load.clone()
        };
        seen(&plan(tasks, Cpu::vcpus(1), load, (60, seconds)), 1).1
    };
    let (fluid, exact) = (of(LoadMode::Fluid), of(LoadMode::Exact));
    let off = |of: &dyn Fn(&ResponseTimes) -> Option<f64>| {
        let share = of(&fluid).expect("some") / of(&exact).expect("some") - 1.0;
        format!("{:+.0}", 100.0 * share).replace('-', "−")
    };
    let p99 = |times: &ResponseTimes| times.quantile(0.99);
    format!("{}, {}", off(&ResponseTimes::mean), off(&p99))
}

/// The table of stationary loads.
fn stationary() -> String {
    let mut table = String::from(
        "| CPU time of a request | utilization | 1 task | 2 tasks | 10 tasks | 100 tasks |\n|---|---|---|---|---|---|\n",
    );
    for (name, law) in table_laws() {
        for utilization in [0.3, 0.5, 0.7, 0.8, 0.9, 0.95] {
            let cells = LENGTHS.map(|length| deviation(utilization, length, &law));
            let _ = writeln!(table, "| {name} | {utilization} | {} |", cells.join(" | "));
        }
    }
    table
}

/// Ten minutes at and above 100 %, with a time-out of ten seconds.
fn overload() -> String {
    let mut table = String::from(
        "| CPU time of a request | `maxConcurrency` | utilization | served, fluid | served, exact | p99, fluid | p99, exact |\n|---|---|---|---|---|---|---|\n",
    );
    for (name, law) in table_laws() {
        for limit in [None, Some(8)] {
            for utilization in [1.0, 1.2] {
                let mean = law.mean().expect("it has a mean");
                let load = Load {
                    timeout: Span::seconds(10),
                    max_concurrency: limit,
                    ..load(utilization * 10.0 / mean, law.clone())
                };
                let of = |mode| {
                    let load = Load {
                        mode,
                        ..load.clone()
                    };
                    seen(&plan(10, Cpu::vcpus(1), load, (0, 600)), 1)
                };
                let all = [of(LoadMode::Fluid), of(LoadMode::Exact)];
                let [fluid, exact] = all.map(|(requests, times)| {
                    let share = requests.served as f64 / requests.offered as f64;
                    let p99 = times.quantile(0.99).unwrap_or(0.0);
                    (format!("{:.0} %", 100.0 * share), format!("{p99:.2} s"))
                });
                let limit = limit.map_or("none".into(), |limit| limit.to_string());
                let _ = writeln!(
                    table,
                    "| {name} | {limit} | {utilization} | {} | {} | {} | {} |",
                    fluid.0, exact.0, fluid.1, exact.1
                );
            }
        }
    }
    table
}

/// Compares a table with the one in docs/model.md that has the same first line; `ECSIM_UPDATE=1` rewrites it.
fn check_table(table: &str) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/model.md");
    let page = std::fs::read_to_string(path).expect("it is there");
    if std::env::var_os("ECSIM_UPDATE").is_some() {
        let header = table.lines().next().expect("it has a header");
        let begin = page.find(header).expect("the page has the table");
        let length = page[begin..].find("\n\n").expect("a blank line follows") + 1;
        let page = format!("{}{table}{}", &page[..begin], &page[begin + length..]);
        std::fs::write(path, page).expect("it can be written");
        return;
    }
    assert!(page.contains(table), "docs/model.md is stale:\n{table}");
}

#[test]
#[ignore = "slow: run by .ci/run"]
fn the_error_of_the_fluid_model_is_that_of_the_document() {
    check_table(&stationary());
    check_table(&overload());
}

/// A load with steps: (from this second on, requests per second).
fn stepped(steps: &[(u64, f64)], load: Load) -> Load {
    let steps = steps.iter().map(|(at, rate)| {
        let rate = Rate::per_second(*rate).expect("it is a rate");
        (Span::seconds(*at), rate)
    });
    let steps = steps.collect();
    let shape = LoadShape::Rate(RateShape::Piecewise { steps, every: None });
    Load {
        rates: vec![shape],
        ..load
    }
}

/// The share of the attempts that is served in the last ten minutes of twenty. In the second of those minutes
/// twice the requests that the tasks can serve arrive; before and after it 70 %.
fn served_after_a_minute_of_overload(mode: LoadMode, attempts: u32, law: &Distribution) -> f64 {
    let mean = law.mean().expect("it has a mean");
    let load = Load {
        timeout: Span::seconds(4),
        client_retries: Some(ClientRetries {
            attempts,
            delay: Span::seconds(1),
            backoff_rate: 2.0,
        }),
        mode,
        ..load(1.0, law.clone())
    };
    let of = |utilization: f64| utilization * 10.0 / mean;
    let steps = [(0, of(0.7)), (60, of(2.0)), (120, of(0.7))];
    let plan = plan(10, Cpu::vcpus(1), stepped(&steps, load), (600, 600));
    let (requests, _) = seen(&plan, 1);
    requests.served as f64 / requests.offered as f64
}

/// With three attempts the retries of a minute of overload are three times the load: more than the tasks can
/// serve, so that the overload lasts. In both models; and with one attempt, or exponential CPU times, of
/// which an overload wastes none, it does not.
#[test]
fn retries_keep_an_overload_alive_after_its_cause() {
    let equal = Distribution::Constant(0.05);
    let exponential = Distribution::Exponential { mean: 0.05 };
    for mode in [LoadMode::Fluid, LoadMode::Exact] {
        let stays = served_after_a_minute_of_overload(mode, 3, &equal);
        assert!(stays < 0.05, "{mode:?}: {stays}");
        let once = served_after_a_minute_of_overload(mode, 1, &equal);
        assert!(once > 0.999, "{mode:?}: {once}");
        let recovers = served_after_a_minute_of_overload(mode, 3, &exponential);
        assert!(recovers > 0.99, "{mode:?}: {recovers}");
    }
}

/// Without a task each request is sent as often as its client may, and then given up.
#[test]
fn each_request_is_sent_as_often_as_its_client_may() {
    for mode in [LoadMode::Fluid, LoadMode::Exact] {
        let load = Load {
            client_retries: Some(ClientRetries {
                attempts: 4,
                delay: Span::millis(500),
                backoff_rate: 2.0,
            }),
            mode,
            ..load(50.0, Distribution::Constant(0.01))
        };
        let (requests, _) = seen(&plan(0, Cpu::vcpus(1), load, (60, 6_000)), 1);
        let new = requests.offered - requests.retried;
        let of_new = |part: u128| part as f64 / new as f64;
        assert!((of_new(requests.offered) - 4.0).abs() < 0.02, "{mode:?}");
        assert!((of_new(requests.given_up) - 1.0).abs() < 0.01, "{mode:?}");
        assert_eq!(requests.refused, requests.offered, "{mode:?}");
    }
}

/// Ten million requests in one run of 200 tasks, for the measurement of the time per request.
#[test]
#[ignore = "slow: run by .ci/run"]
fn ten_million_requests_are_counted() {
    let (_, law) = table_laws()[1].clone();
    let rate = 200.0 * 0.7 / law.mean().expect("it has a mean");
    let plan = plan(200, Cpu::vcpus(1), load(rate, law), (0, 962));
    let (requests, times) = seen(&plan, 1);
    let offered = requests.offered / u128::from(Requests::PER_REQUEST);
    assert!((9_900_000..10_100_000).contains(&offered), "{offered}");
    assert!(times.requests() * 1_000 > requests.offered * 999);
}

/// Hundreds of millions of requests: `.ci/run` plays them in the optimised build.
mod optimized {
    use super::*;

    #[test]
    #[ignore = "slow: run by .ci/run in the optimised build"]
    fn the_mean_response_of_processor_sharing_depends_on_no_law() {
        for (id, rate, law) in laws() {
            let plan = plan(1, Cpu::vcpus(1), load(rate, law), (1_000, 600_000));
            shared(&plan, 100).meets(id, ALPHA);
        }
    }

    #[test]
    #[ignore = "slow: run by .ci/run in the optimised build"]
    fn one_request_at_a_time_is_m_m_1_in_order_of_arrival() {
        let one = Load {
            max_concurrency: Some(1),
            ..load(0.8, Distribution::Exponential { mean: 1.0 })
        };
        sojourn(&plan(1, Cpu::vcpus(1), one, (1_000, 540_000)), 100).meets("MM1-0.8", ALPHA);
    }
}
