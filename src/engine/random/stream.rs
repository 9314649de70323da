//! The generator behind every draw: Xoshiro256++ (Blackman and Vigna 2019), seeded by
//! SplitMix64. Both have published test vectors.

use super::splitmix::{GOLDEN, SplitMix64, mix64};
use rand::distr::{Distribution, Open01};
use rand::rand_core::utils::fill_bytes_via_next_word;
use rand::{Rng, SeedableRng, TryRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::convert::Infallible;

/// A source of random numbers. It implements `rand`'s [`Rng`], so that every distribution that
/// is written for `rand` can be drawn from it.
///
/// Most streams give one number and are dropped. The first number of Xoshiro256++ needs only
/// two of its four words of state, so the generator itself is made when a second number is
/// asked for.
///
/// ```
/// use ecsim::engine::random::{Purpose, StreamKey};
/// use rand::RngExt;
///
/// let mut stream = StreamKey::new(1, Purpose::Placement, "nightly").stream(17);
/// let sides: u32 = stream.random_range(1..=6);
/// assert!(sides <= 6);
/// ```
#[derive(Clone, Debug)]
pub struct Stream {
    seed: u64,
    begun: bool,
    generator: Option<Xoshiro256PlusPlus>,
}

impl Stream {
    #[inline]
    pub(super) const fn seeded(seed: u64) -> Self {
        Self {
            seed,
            begun: false,
            generator: None,
        }
    }

    /// 64 random bits.
    #[inline]
    pub fn bits(&mut self) -> u64 {
        if !self.begun {
            self.begun = true;
            // SplitMix64 mixes a counter, so that its first and fourth number can be computed
            // without the others.
            let word = |number: u64| mix64(self.seed.wrapping_add(GOLDEN.wrapping_mul(number)));
            let (first, fourth) = (word(1), word(4));
            return first
                .wrapping_add(fourth)
                .rotate_left(23)
                .wrapping_add(first);
        }
        self.later_bits()
    }

    /// The second and every later number.
    fn later_bits(&mut self) -> u64 {
        let seed = self.seed;
        let generator = self.generator.get_or_insert_with(|| {
            let mut generator = Xoshiro256PlusPlus::from_rng(&mut SplitMix64(seed));
            generator.next_u64();
            generator
        });
        generator.next_u64()
    }

    /// Uniform in the open interval (0, 1); see [`unit()`].
    #[inline]
    pub fn unit(&mut self) -> f64 {
        unit(self)
    }

    /// Uniform in `0..bound`; see [`below()`].
    #[inline(always)]
    pub fn below(&mut self, bound: u64) -> u64 {
        below(self, bound)
    }
}

impl TryRng for Stream {
    type Error = Infallible;

    /// The upper half of the next 64 bits, as `rand_xoshiro` takes it.
    #[inline]
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok((self.bits() >> 32) as u32)
    }

    #[inline]
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.bits())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        fill_bytes_via_next_word(bytes, || Ok(self.bits()))
    }
}

/// Uniform in the open interval (0, 1): `rand`'s `Open01`, on the midpoints of a grid of 2^-52.
/// The result is never 0 or 1, where a logarithm or a quantile is infinite.
#[inline]
pub fn unit<R: Rng + ?Sized>(generator: &mut R) -> f64 {
    Open01.sample(generator)
}

/// Uniform in `0..bound`, without bias (Lemire 2019). `bound` is at least 1.
///
/// # Panics
/// When `bound` is 0.
#[inline(always)]
pub fn below<R: Rng + ?Sized>(generator: &mut R, bound: u64) -> u64 {
    assert!(bound > 0, "a range has at least one value");
    let mut product = u128::from(generator.next_u64()) * u128::from(bound);
    if (product as u64) < bound {
        let threshold = bound.wrapping_neg() % bound;
        while (product as u64) < threshold {
            product = u128::from(generator.next_u64()) * u128::from(bound);
        }
    }
    (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::super::{Purpose, StreamKey};
    use super::*;

    /// A generator whose bits are always these.
    struct Always(u64);

    impl TryRng for Always {
        type Error = Infallible;
        fn try_next_u32(&mut self) -> Result<u32, Infallible> {
            Ok(self.0 as u32)
        }
        fn try_next_u64(&mut self) -> Result<u64, Infallible> {
            Ok(self.0)
        }
        fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
            fill_bytes_via_next_word(bytes, || Ok(self.0))
        }
    }

    #[test]
    fn xoshiro_gives_its_published_numbers() {
        // Test vector of the reference implementation: state 1, 2, 3, 4.
        let mut seed = [0; 32];
        for (index, chunk) in seed.chunks_exact_mut(8).enumerate() {
            chunk.copy_from_slice(&(index as u64 + 1).to_le_bytes());
        }
        let mut generator = Xoshiro256PlusPlus::from_seed(seed);
        let got = [(); 3].map(|()| generator.next_u64());
        assert_eq!(got, [41_943_041, 58_720_359, 3_588_806_011_781_223]);
    }

    #[test]
    fn a_unit_draw_is_never_0_or_1() {
        let half_step = 1.0 / (1u64 << 53) as f64;
        assert_eq!(unit(&mut Always(0)), half_step);
        assert_eq!(unit(&mut Always(u64::MAX)), 1.0 - half_step);
    }

    #[test]
    fn rand_reads_the_bits_of_a_stream() {
        let stream = || StreamKey::new(1, Purpose::Placement, "x").stream(0);
        let mut bits = stream();
        let wanted = [bits.bits(), bits.bits()];
        let mut bytes = [0; 16];
        stream().fill_bytes(&mut bytes);
        assert_eq!(bytes[..8], wanted[0].to_le_bytes());
        assert_eq!(bytes[8..], wanted[1].to_le_bytes());
        assert_eq!(stream().next_u64(), wanted[0]);
        assert_eq!(u64::from(stream().next_u32()), wanted[0] >> 32);
    }

    #[test]
    fn a_bounded_draw_is_uniform() {
        let mut stream = StreamKey::new(1, Purpose::Placement, "x").stream(0);
        let mut counts = [0u32; 6];
        for _ in 0..60_000 {
            counts[stream.below(6) as usize] += 1;
        }
        // Chi-square with 5 degrees of freedom: 20.5 is its 99.9 % point.
        let square = |x: f64| x * x;
        let terms = counts.map(|count| square(f64::from(count) - 10_000.0) / 10_000.0);
        assert!(terms.iter().sum::<f64>() < 20.5, "{counts:?}");
    }
}
