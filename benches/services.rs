//! Starts and stops of the tasks of services: time per task that is started, on more and more
//! instances. The work is that of `scenarios/bench/services.yaml`.

#[path = "common/scenario_file.rs"]
mod scenario_file;

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use ecsim::runner::{built_in_scheduler, play};
use scenario_file::study;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// Starts of tasks in a run of the scenario: all at its beginning, and half of them again.
const STARTS: u64 = 75_000;

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
    for plan in &study.variants {
        group.bench_function(&plan.variant, |bencher| {
            bencher.iter(|| play(plan, 1, &built_in_scheduler, &stop).expect("it plays"));
        });
    }
    group.finish();
}

criterion_group!(benches, services);
criterion_main!(benches);
