//! The time of a draw: one number from one key, and each law beside that of `rand_distr`.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use ecsim::engine::random::{Distribution, Purpose, Stream, StreamKey};
use rand::distr::Distribution as Draw;
use rand::distr::weighted::WeightedIndex;
use rand_distr::{Beta, Exp, Gamma, LogNormal, Pareto, Triangular, Weibull};
use std::hint::black_box;
use std::time::Duration;

/// Each draw has a key of its own, as in the model.
fn one_draw<T>(criterion: &mut Criterion, name: &str, mut draw: impl FnMut(&mut Stream) -> T) {
    let key = StreamKey::new(1, Purpose::TaskDuration, "bench");
    let mut ordinal = 0u64;
    let mut group = criterion.benchmark_group("sampling");
    group
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1));
    group.bench_function(name, |bencher| {
        bencher.iter_batched(
            || {
                ordinal += 1;
                ordinal
            },
            |ordinal| draw(&mut black_box(key).stream(ordinal)),
            BatchSize::NumIterations(1_000),
        );
    });
    group.finish();
}

fn pair(criterion: &mut Criterion, name: &str, ours: Distribution, theirs: impl Draw<f64>) {
    one_draw(criterion, &format!("{name}, ours"), |stream| {
        black_box(&ours).sample(stream)
    });
    one_draw(criterion, &format!("{name}, rand_distr"), |stream| {
        black_box(&theirs).sample(stream)
    });
}

fn keys(criterion: &mut Criterion) {
    one_draw(criterion, "key to bits", |stream| stream.bits());
    one_draw(criterion, "key to unit", |stream| stream.unit());
    one_draw(criterion, "key to two units", |stream| {
        stream.unit() + stream.unit()
    });
    one_draw(criterion, "key to below 6", |stream| stream.below(6));
}

fn laws(criterion: &mut Criterion) {
    pair(
        criterion,
        "exponential",
        Distribution::Exponential { mean: 3.0 },
        Exp::new(1.0 / 3.0).expect("a rate"),
    );
    pair(
        criterion,
        "lognormal",
        Distribution::LogNormal {
            mu: 1.0,
            sigma: 0.5,
        },
        LogNormal::new(1.0, 0.5).expect("parameters"),
    );
    pair(
        criterion,
        "Weibull",
        Distribution::Weibull {
            shape: 1.5,
            scale: 2.0,
        },
        Weibull::new(2.0, 1.5).expect("parameters"),
    );
    pair(
        criterion,
        "Pareto",
        Distribution::Pareto {
            minimum: 1.0,
            shape: 1.5,
        },
        Pareto::new(1.0, 1.5).expect("parameters"),
    );
    pair(
        criterion,
        "gamma",
        Distribution::Gamma {
            shape: 2.5,
            scale: 2.0,
        },
        Gamma::new(2.5, 2.0).expect("parameters"),
    );
    pair(
        criterion,
        "beta",
        Distribution::Beta {
            alpha: 2.0,
            beta: 3.0,
            low: 0.0,
            high: 1.0,
        },
        Beta::new(2.0, 3.0).expect("parameters"),
    );
    pair(
        criterion,
        "triangular",
        Distribution::Triangular {
            low: 1.0,
            mode: 2.0,
            high: 6.0,
        },
        Triangular::new(1.0, 6.0, 2.0).expect("parameters"),
    );
}

/// The branch of a mixture: by alias table, and by a search through the weights.
fn parts(criterion: &mut Criterion) {
    for count in [2u32, 4, 100] {
        let weights: Vec<f64> = (1..=count).map(f64::from).collect();
        let constants = weights.iter().map(|w| (*w, Distribution::Constant(*w)));
        let mixture = Distribution::mixture(constants.collect::<Vec<_>>());
        one_draw(
            criterion,
            &format!("mixture of {count}, alias table"),
            |s| black_box(&mixture).sample(s),
        );
        let search = WeightedIndex::new(&weights).expect("weights");
        one_draw(criterion, &format!("mixture of {count}, search"), |s| {
            weights[black_box(&search).sample(s)]
        });
    }
}

criterion_group!(benches, keys, laws, parts);
criterion_main!(benches);
