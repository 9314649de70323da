//! Shares of a whole by chance: `rand_distr`'s Dirichlet law over portable mathematics.

use super::Portable;
use rand::Rng;
use rand_distr::multi::{Dirichlet, MultiDistribution};

/// Shares of a whole, which sum to 1 but for rounding, by the symmetric Dirichlet law. With a
/// concentration of 1 every split is equally likely; more makes the shares more equal, less
/// leaves most of the whole to a few. Each share is Beta(`concentration`, `concentration` ×
/// (`count` - 1)).
///
/// # Panics
/// When the concentration is not finite and above 0.
pub fn dirichlet_shares<R: Rng + ?Sized>(
    count: usize,
    concentration: f64,
    generator: &mut R,
) -> Vec<f64> {
    if count < 2 {
        return vec![1.0; count];
    }
    let law = Dirichlet::new(&vec![Portable(concentration); count]);
    let law = law.expect("a concentration is finite and above 0");
    let mut shares = vec![Portable(0.0); count];
    law.sample_to_slice(generator, &mut shares);
    shares.into_iter().map(f64::from).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Purpose, StreamKey, mix64};
    use super::*;

    const KEY: fn() -> StreamKey = || StreamKey::new(0, Purpose::LayerShares, "shares");

    /// 0.1 and less is drawn by another method than more.
    const CONCENTRATIONS: [f64; 7] = [0.001, 0.05, 0.1, 0.5, 1.0, 10.0, 1e6];

    #[test]
    fn shares_sum_to_the_whole() {
        for concentration in CONCENTRATIONS {
            for ordinal in 0..2_000 {
                let count = 1 + (ordinal % 127) as usize;
                let shares = dirichlet_shares(count, concentration, &mut KEY().stream(ordinal));
                assert_eq!(shares.len(), count);
                assert!(shares.iter().all(|share| (0.0..=1.0).contains(share)));
                assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            }
        }
        assert!(dirichlet_shares(0, 1.0, &mut KEY().stream(0)).is_empty());
    }

    /// A hundred thousand draws: the mean of each share within five standard errors of 1/9, its
    /// variance within 5 % of (1/9 × 8/9) ÷ (9 × concentration + 1).
    #[test]
    fn every_share_has_its_moments() {
        for concentration in [0.05, 1.0, 10.0] {
            let (count, draws) = (9, 100_000);
            let variance = 8.0 / 81.0 / (9.0 * concentration + 1.0);
            let mut sums = [0.0; 9];
            let mut squares = [0.0; 9];
            for ordinal in 0..draws {
                let shares = dirichlet_shares(count, concentration, &mut KEY().stream(ordinal));
                for (at, share) in shares.iter().enumerate() {
                    sums[at] += share;
                    squares[at] += (share - 1.0 / 9.0) * (share - 1.0 / 9.0);
                }
            }
            let draws = draws as f64;
            let error = 5.0 * libm::sqrt(variance / draws);
            for (sum, square) in sums.iter().zip(squares) {
                let (mean, found) = (sum / draws, square / draws);
                assert!((mean - 1.0 / 9.0).abs() <= error, "{concentration}: {mean}");
                assert!(
                    (found / variance - 1.0).abs() < 0.05,
                    "{concentration}: variance {found}, not {variance}"
                );
            }
        }
    }

    /// For each concentration a digest of a thousand draws: a change here changes the layers
    /// of images.
    #[test]
    fn known_answers() {
        let mut text = String::new();
        for concentration in CONCENTRATIONS {
            let draw = |ordinal| dirichlet_shares(9, concentration, &mut KEY().stream(ordinal));
            let shares = (0..1_000).flat_map(draw);
            let digest = shares.fold(0, |sum, share| mix64(sum ^ share.to_bits()));
            text.push_str(&format!("{digest:016x}\n"));
        }
        assert_eq!(text, KNOWN_ANSWERS);
    }
    const KNOWN_ANSWERS: &str = "\
e2e5340b23d4d0e0
84fdcdd2a447465c
e287089dfc887dfe
d8789188e5df6a62
0349171850bb8bb5
0a96ffe2198da20c
70bec1e98e37eff6
";
}
