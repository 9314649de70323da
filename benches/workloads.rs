//! The two reference workloads as runs of the library: time per task that arrives. Fewer tasks
//! than in `scenarios/bench/`, and enough for a steady state.

mod common;

use common::{saturated, steady};
use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use ecsim::runner::{built_in_scheduler, play};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

fn workloads(criterion: &mut Criterion) {
    let cases = [
        ("steady h100", steady(100, 100_000), 100_000),
        ("steady h1000", steady(1_000, 300_000), 300_000),
        ("steady h10000", steady(10_000, 1_000_000), 1_000_000),
        ("saturated h1000", saturated(1_000, 400_000), 400_000),
    ];
    let mut group = criterion.benchmark_group("workloads");
    group
        .sample_size(10)
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(5));
    let stop = AtomicBool::new(false);
    for (name, plan, tasks) in cases {
        group.throughput(Throughput::Elements(tasks));
        group.bench_function(name, |bencher| {
            bencher.iter(|| play(&plan, 1, &built_in_scheduler, &stop).expect("it plays"));
        });
    }
    // The time of a run without tasks: the fixed cost of every run of a study.
    let nothing = steady(10, 0);
    group.throughput(Throughput::Elements(1));
    group.bench_function("set-up of a run", |bencher| {
        bencher.iter(|| play(&nothing, 1, &built_in_scheduler, &stop).expect("it plays"));
    });
    group.finish();
}

criterion_group!(benches, workloads);
criterion_main!(benches);
