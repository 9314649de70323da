//! The laws against `rand_distr`'s own, with its mathematics of the platform: two samples by
//! other algorithms and other generators, compared by the largest distance of their distribution
//! functions (Kolmogorov and Smirnov).

use super::{CountLaw, Distribution, Portable, Purpose, StreamKey, dirichlet_shares};
use rand::distr::Distribution as Draw;
use rand::distr::weighted::WeightedIndex;
use rand::{Rng, RngExt, SeedableRng};
use rand_distr::{
    Beta, Binomial, Exp, Gamma, Geometric, LogNormal, Pareto, Poisson, StandardNormal, Triangular,
    Uniform, Weibull,
};
use rand_xoshiro::Xoroshiro128StarStar;

/// Draws of each side.
const DRAWS: usize = 200_000;

/// The distance that two samples of one law exceed once in a million times:
/// √(-ln(α ÷ 2) ÷ 2 × 2 ÷ n) for α = 10⁻⁶ and two samples of n.
const MOST: f64 = 0.008_516;

fn ours(law: &Distribution) -> Vec<f64> {
    let key = StreamKey::new(1, Purpose::TaskDuration, "ours");
    let draw = |ordinal| law.sample(&mut key.stream(ordinal));
    (0..DRAWS as u64).map(draw).collect()
}

fn theirs(law: impl Draw<f64>) -> Vec<f64> {
    let mut generator = Xoroshiro128StarStar::seed_from_u64(2);
    (0..DRAWS).map(|_| law.sample(&mut generator)).collect()
}

/// The largest distance of two empirical distribution functions.
fn distance(mut first: Vec<f64>, mut second: Vec<f64>) -> f64 {
    first.sort_unstable_by(f64::total_cmp);
    second.sort_unstable_by(f64::total_cmp);
    let (mut i, mut j, mut most) = (0, 0, 0.0f64);
    while i < first.len() && j < second.len() {
        let value = first[i].min(second[j]);
        i += first[i..].partition_point(|x| *x <= value);
        j += second[j..].partition_point(|x| *x <= value);
        let gap = i as f64 / first.len() as f64 - j as f64 / second.len() as f64;
        most = most.max(gap.abs());
    }
    most
}

fn agree(law: Distribution, oracle: impl Draw<f64>) {
    let found = distance(ours(&law), theirs(oracle));
    assert!(found < MOST, "{law:?}: distance {found}");
}

#[test]
fn laws_by_inverse_transform_agree() {
    agree(
        Distribution::Exponential { mean: 3.0 },
        Exp::new(1.0 / 3.0).unwrap(),
    );
    agree(
        Distribution::Erlang {
            shape: 3,
            mean: 6.0,
        },
        Gamma::new(3.0, 2.0).unwrap(),
    );
    for shape in [0.7, 1.5] {
        let scale = 4.0;
        agree(
            Distribution::Weibull { shape, scale },
            Weibull::new(scale, shape).unwrap(),
        );
    }
    agree(
        Distribution::LogNormal {
            mu: 0.5,
            sigma: 1.2,
        },
        LogNormal::new(0.5, 1.2).unwrap(),
    );
    agree(
        Distribution::Pareto {
            minimum: 2.0,
            shape: 1.1,
        },
        Pareto::new(2.0, 1.1).unwrap(),
    );
    agree(
        Distribution::Power {
            maximum: 1.0,
            exponent: 2.5,
        },
        Beta::new(2.5, 1.0).unwrap(),
    );
    agree(
        Distribution::Uniform {
            low: 1.0,
            high: 3.0,
        },
        Uniform::new_inclusive(1.0, 3.0).unwrap(),
    );
}

#[test]
fn laws_by_portable_mathematics_agree() {
    for shape in [0.4, 1.0, 2.5, 40.0] {
        let scale = 2.0;
        agree(
            Distribution::Gamma { shape, scale },
            Gamma::new(shape, scale).unwrap(),
        );
    }
    for (alpha, beta) in [(2.0, 3.0), (0.5, 0.7), (5.0, 0.5), (1.0, 1.0)] {
        let (low, high) = (0.0, 1.0);
        let law = Distribution::Beta {
            alpha,
            beta,
            low,
            high,
        };
        agree(law, Beta::new(alpha, beta).unwrap());
    }
    agree(
        Distribution::Triangular {
            low: 1.0,
            mode: 2.0,
            high: 6.0,
        },
        Triangular::new(1.0, 6.0, 2.0).unwrap(),
    );
}

#[test]
fn the_normal_of_inverse_transform_is_that_of_the_tables() {
    let key = StreamKey::new(1, Purpose::TaskDuration, "normal");
    let draw = |ordinal| key.stream(ordinal).sample::<Portable, _>(StandardNormal).0;
    let normals = (0..DRAWS as u64).map(draw).collect();
    assert!(distance(normals, theirs(StandardNormal)) < MOST);
}

/// A mixture of exponentials whose part is found by a search instead of an alias table.
struct Searched(WeightedIndex<f64>, Vec<Exp<f64>>);

impl Draw<f64> for Searched {
    fn sample<R: Rng + ?Sized>(&self, generator: &mut R) -> f64 {
        let part = generator.sample(&self.0);
        generator.sample(self.1[part])
    }
}

#[test]
fn laws_of_choices_agree() {
    let parts = [(3.0, 1.0), (1.0, 5.0), (0.5, 20.0), (0.1, 0.1)];
    let laws = parts.map(|(weight, mean)| (weight, Distribution::Exponential { mean }));
    let rates = parts.iter().map(|(_, mean)| Exp::new(1.0 / mean).unwrap());
    let search = WeightedIndex::new(parts.map(|(weight, _)| weight)).unwrap();
    agree(
        Distribution::mixture(laws),
        Searched(search, rates.collect()),
    );
    let values = [1.0, 2.0, 6.0, 6.5];
    let choice = || rand::distr::slice::Choose::new(&values).unwrap();
    agree(
        Distribution::OneOf(values.into()),
        choice().map(|value: &f64| *value),
    );
    agree(
        Distribution::Empirical(values.into()),
        choice().map(|value: &f64| *value),
    );
}

/// Of counts the distance is at most that of laws without steps, so that [`MOST`] holds too.
fn counts_agree(law: &CountLaw, oracle: impl Draw<f64>) {
    let key = StreamKey::new(1, Purpose::ArrivalCount, "ours");
    let draw = |ordinal| f64::from(law.sample(&mut key.stream(ordinal)));
    let found = distance((0..DRAWS as u64).map(draw).collect(), theirs(oracle));
    assert!(found < MOST, "{law:?}: distance {found}");
}

#[test]
fn laws_of_counts_agree() {
    for mean in [0.3, 3.0, 11.9, 12.0, 30.0, 5_000.0] {
        counts_agree(&CountLaw::Poisson { mean }, Poisson::new(mean).unwrap());
    }
    for mean in [1.1, 1.6, 4.0, 300.0] {
        // Theirs counts the failures before the first success.
        let failures = Geometric::new(1.0 / mean).unwrap();
        let trials = failures.map(|failures: u64| failures as f64 + 1.0);
        counts_agree(&CountLaw::Geometric { mean }, trials);
    }
    for (n, p) in [
        (20, 0.1),
        (20, 0.95),
        (1, 0.3),
        (300, 0.4),
        (1_000_000, 0.2),
    ] {
        let successes = Binomial::new(n.into(), p).unwrap();
        let successes = successes.map(|successes: u64| successes as f64);
        counts_agree(&CountLaw::binomial(n, p), successes);
    }
}

/// Shares below 10⁻¹² count as none: the last one of a few is what the others leave of 1, so
/// that it has no more digits.
#[test]
fn shares_of_a_whole_agree_with_beta() {
    let seen = |share: f64| if share < 1e-12 { 0.0 } else { share };
    for concentration in [0.05, 0.1, 0.7, 1.0, 5.0] {
        for place in [0, 4, 8] {
            let key = StreamKey::new(1, Purpose::LayerShares, "ours");
            let draw = |ordinal| dirichlet_shares(9, concentration, &mut key.stream(ordinal));
            let shares = (0..DRAWS as u64).map(|ordinal| seen(draw(ordinal)[place]));
            let oracle = Beta::new(concentration, 8.0 * concentration).unwrap();
            let oracle = oracle.map(seen);
            let found = distance(shares.collect(), theirs(oracle));
            assert!(found < MOST, "{concentration}, {place}: distance {found}");
        }
    }
}

#[test]
fn means_that_differ_by_seven_percent_are_told_apart() {
    let law = Distribution::Exponential { mean: 3.0 };
    let other = Exp::new(1.0 / 3.2).unwrap();
    assert!(distance(ours(&law), theirs(other)) > MOST);
}
