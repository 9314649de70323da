//! Starts and stops of the tasks of services: time per task that is started, on more and more
//! instances, with each of ECS's placement strategies. The work is that of
//! `scenarios/bench/services.yaml`.

#[path = "common/scenario_file.rs"]
mod scenario_file;

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use ecsim::plan::{Field, PlacementRule, Plan, SpreadField, Strategy};
use ecsim::runner::{built_in_scheduler, play};
use scenario_file::study;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// Starts of tasks in a run of the scenario: all at its beginning, and half of them again.
const STARTS: u64 = 75_000;

/// The scenario's own, which is the default of services, and each strategy by itself.
const STRATEGIES: [(&str, Option<Strategy>); 4] = [
    ("default", None),
    ("binpack", Some(Strategy::Binpack(Field::Memory))),
    ("spread", Some(Strategy::Spread(SpreadField::InstanceId))),
    ("random", Some(Strategy::Random)),
];

/// A plan whose services have this strategy only. Services that do not spread over zones first are not
/// rebalanced (facts/ecs.md 125).
fn with(strategy: &Strategy, plan: &Plan) -> Plan {
    let mut plan = plan.clone();
    for service in &mut plan.services {
        service.placement = PlacementRule::Ecs(vec![strategy.clone()]);
        service.zone_rebalancing = false;
    }
    plan
}

fn services(criterion: &mut Criterion) {
    let study = study("bench/services");
    let mut group = criterion.benchmark_group("services");
    group
        .sample_size(10)
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(5))
        .throughput(Throughput::Elements(STARTS));
    let stop = AtomicBool::new(false);
    for (name, strategy) in &STRATEGIES {
        for variant in &study.variants {
            let plan = match strategy {
                Some(strategy) => with(strategy, variant),
                None => variant.clone(),
            };
            group.bench_function(format!("{name}/{}", plan.variant), |bencher| {
                bencher.iter(|| play(&plan, 1, &built_in_scheduler, &stop).expect("it plays"));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, services);
criterion_main!(benches);
