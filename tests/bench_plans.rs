//! The plans that benchmarks play are those of `scenarios/bench/`: a measured figure of one
//! is a figure of the other.

#[path = "../benches/common/mod.rs"]
mod benches;

use benches::{saturated, steady};
use ecsim::plan::{Arrivals, Plan};
use ecsim::scenario::{Embedded, Request, load};
use std::path::Path;

/// The variants of a scenario of `scenarios/bench/`.
fn variants(file: &str) -> Vec<Plan> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/bench");
    let request = Request {
        path: &folder.join(file),
        set: &[],
        variants: &[],
        seeds: None,
    };
    match load(&request, &Embedded) {
        Ok(loaded) => loaded.study.variants,
        Err(problems) => panic!("{problems}"),
    }
}

/// Everything about a plan but its name, its date, what things cost, and what containers
/// and images are called: without delays and behavior they make no difference.
fn essence(mut plan: Plan) -> String {
    for entry in &mut plan.tasks {
        entry.containers = [].into();
    }
    plan.images.clear();
    plan.registries.clear();
    plan.scenario.clear();
    plan.variant.clear();
    plan.start_unix_seconds = 0;
    plan.prices = Default::default();
    format!("{plan:#?}")
}

#[track_caller]
fn check(read: Plan, built: Plan) {
    let name = read.variant.clone();
    let (read, built) = (essence(read), essence(built));
    let differing = read.lines().zip(built.lines()).find(|(a, b)| a != b);
    assert_eq!(differing, None, "{name}");
    assert_eq!(read, built, "{name}");
}

fn offered(plan: &Plan) -> u64 {
    match plan.tasks[0].arrivals {
        Arrivals::Poisson { limit, .. } => limit.expect("the arrivals come to an end"),
        _ => panic!("arrivals are Poisson"),
    }
}

#[test]
fn steady_is_the_scenario() {
    let read = variants("steady.yaml");
    let sizes = [
        ("h100", 100, 1_000_000),
        ("h1000", 1_000, 1_000_000),
        ("h10000", 10_000, 10_000_000),
    ];
    assert_eq!(read.len(), sizes.len());
    for (plan, (name, hosts, tasks)) in read.into_iter().zip(sizes) {
        assert_eq!((plan.variant.as_str(), offered(&plan)), (name, tasks));
        check(plan, steady(hosts, tasks));
    }
}

#[test]
fn saturated_is_the_scenario() {
    let read = variants("saturated.yaml");
    assert_eq!(read.len(), 1);
    assert_eq!(offered(&read[0]), 1_000_000);
    check(read[0].clone(), saturated(1_000, 1_000_000));
}
