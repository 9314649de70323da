//! How the size of an image is split into layers that are not listed.

use crate::engine::random::{Purpose, StreamKey, dirichlet_shares};
use crate::units::Memory;

/// The seed of all images: an image is the same in every seed of a study.
const SEED: u64 = 0;

/// The concentrations that can be drawn without overflow.
pub const CONCENTRATIONS: std::ops::RangeInclusive<f64> = 0.001..=1e6;

/// The share of each layer in the size of its image.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum LayerShares {
    /// The k-th layer has a share in proportion to 1/k.
    #[default]
    Falling,
    /// Drawn once per image by the symmetric Dirichlet law, keyed by the image's name and not
    /// by the seed.
    Dirichlet {
        /// In [`CONCENTRATIONS`]: 1 makes every split equally likely, more makes the layers
        /// more equal.
        concentration: f64,
    },
}

impl LayerShares {
    /// The sizes of `count` layers, which add up to `size` exactly: each share is rounded down
    /// to whole bytes, and the last layer takes what that leaves. Compressed and unpacked sizes
    /// of an image have the same shares.
    ///
    /// # Panics
    /// When the concentration is not finite and above 0.
    pub fn split(self, image: &str, count: usize, size: Memory) -> Vec<Memory> {
        let weights = self.weights(image, count);
        let total: u128 = weights.iter().sum();
        let mut parts: Vec<u64> = weights
            .iter()
            .map(|weight| (u128::from(size.as_bytes()) * weight / total) as u64)
            .collect();
        let rest = size.as_bytes() - parts.iter().sum::<u64>();
        if let Some(last) = parts.last_mut() {
            *last += rest;
        }
        parts.into_iter().map(Memory::bytes).collect()
    }

    /// Whole numbers in proportion to the shares; 1 is 2³² for falling and 2⁵² for drawn ones.
    fn weights(self, image: &str, count: usize) -> Vec<u128> {
        match self {
            Self::Falling => (1..=count as u128).map(|k| (1 << 32) / k).collect(),
            Self::Dirichlet { concentration } => {
                let key = StreamKey::new(SEED, Purpose::LayerShares, image);
                let shares = dirichlet_shares(count, concentration, &mut key.stream(0));
                let whole = (1u64 << 52) as f64;
                let shares = shares.into_iter();
                shares.map(|share| (share * whole) as u128).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(shares: LayerShares, image: &str, count: usize, size: u64) -> Vec<u64> {
        let parts = shares.split(image, count, Memory::bytes(size));
        parts.into_iter().map(Memory::as_bytes).collect()
    }

    #[test]
    fn layers_add_up_to_the_size_exactly() {
        let drawn = |concentration| LayerShares::Dirichlet { concentration };
        for shares in [0.001, 0.1, 1.0, 30.0, 1e6].map(drawn) {
            for (number, size) in [1, 7, 180_000_000, 1 << 40, (1 << 40) / 5 * 13]
                .into_iter()
                .enumerate()
            {
                for count in [1, 2, 9, 127] {
                    let name = format!("shop/report:{number}");
                    let parts = bytes(shares, &name, count, size);
                    assert_eq!((parts.len(), parts.iter().sum()), (count, size));
                }
            }
        }
    }

    #[test]
    fn an_image_is_drawn_by_its_name() {
        let one = LayerShares::Dirichlet { concentration: 1.0 };
        let found = bytes(one, "shop/report:1", 4, 1_000_000);
        assert_eq!(found, [297_428, 89_304, 69_517, 543_751]);
        assert_ne!(found, bytes(one, "shop/report:2", 4, 1_000_000));
        let many = LayerShares::Dirichlet { concentration: 1e6 };
        for part in bytes(many, "shop/report:1", 4, 1_000_000) {
            assert!((249_000..251_000).contains(&part), "{part}");
        }
    }

    #[test]
    fn falling_shares_are_those_of_one_over_k() {
        assert_eq!(bytes(LayerShares::Falling, "a", 3, 1_100), [600, 300, 200]);
    }
}
