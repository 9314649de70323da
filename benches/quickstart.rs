//! The whole quickstart without its reports: every variant with every seed, one thread per core.

#[path = "common/scenario_file.rs"]
mod scenario_file;

use criterion::{Criterion, SamplingMode, criterion_group, criterion_main};
use ecsim::runner::{Options, built_in_scheduler, run};
use scenario_file::study;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

fn quickstart(criterion: &mut Criterion) {
    let study = study("quickstart");
    let options = Options {
        seeds: (1..=u64::from(study.seeds)).collect(),
        threads: None,
        ..Options::default()
    };
    let stop = AtomicBool::new(false);
    let mut group = criterion.benchmark_group("quickstart");
    group
        .sample_size(10)
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(10));
    group.bench_function("3 variants, 32 seeds", |bencher| {
        bencher.iter(|| {
            run(&study, &options, &built_in_scheduler, &mut (), &(), &stop).expect("it plays")
        });
    });
    group.finish();
}

criterion_group!(benches, quickstart);
criterion_main!(benches);
