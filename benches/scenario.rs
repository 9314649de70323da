//! Reading scenarios: from a text to a study that can be played.

#[path = "common/scenario_file.rs"]
mod scenario_file;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ecsim::scenario::{Embedded, load_text};
use scenario_file::study;
use std::time::Duration;

const ENTRIES: u64 = 5_000;

/// A scenario with [`ENTRIES`] entries of `tasks`, each with its own task definition.
fn many_entries() -> String {
    let mut definitions = String::new();
    let mut tasks = String::new();
    for number in 0..ENTRIES {
        definitions.push_str(&format!(
            "  - {{ family: job-{number}, networkMode: host, cpu: 256, memory: 512, \
             containerDefinitions: [{{ name: job, image: team/job:1 }}] }}\n"
        ));
        tasks.push_str(&format!(
            "  - {{ name: jobs-{number}, taskDefinition: job-{number}, \
             arrivals: {{ poisson: {}/h }}, duration: {{ lognormal: {{ median: 4m, p99: 25m }} }}, \
             launchType: EC2, placementStrategy: [{{ type: binpack, field: memory }}] }}\n",
            number % 10 + 1
        ));
    }
    format!(
        "ecsim: 1\nname: many\nregion: us-east-1\nuntil: 1d\ndelays: none\n\
         cluster:\n  capacityProviders:\n    \
         - {{ name: fleet, fleet: [{{ instanceType: m6i.xlarge, count: 10 }}] }}\n\
         taskDefinitions:\n{definitions}tasks:\n{tasks}"
    )
}

fn reading(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("scenario");
    group
        .sample_size(20)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(5));
    group.bench_function("quickstart", |bencher| {
        bencher.iter(|| study("quickstart"));
    });
    let text = many_entries();
    group.throughput(Throughput::Elements(ENTRIES));
    group.bench_function("5,000 entries", |bencher| {
        bencher.iter(|| load_text("many.yaml", &text, &[], &Embedded).expect("it is sound"));
    });
    group.finish();
}

criterion_group!(benches, reading);
criterion_main!(benches);
