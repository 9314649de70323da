//! Keys of random streams, composed of names and numbers.

use super::splitmix::{GOLDEN, SplitMix64, mix64};
use super::{Purpose, Stream};
use rand::SeedableRng;

/// Odd factors. A product with one of them is a bijection of 64 bits, and another factor for
/// each kind of part keeps `of(n)`, `of_name(name)` and `stream(n)` apart.
const PURPOSE: u64 = 0xD134_2543_DE82_EF95;
const NUMBER: u64 = 0x9FB2_1C65_1E98_DF25;
const NAME: u64 = 0xC2B2_AE3D_27D4_EB4F;
const ORDINAL: u64 = 0xA24B_AED4_963E_E407;

/// A stable 64-bit hash of a name: FNV-1a, scattered once more.
fn name_hash(name: &str) -> u64 {
    let mut hash = 0xCBF2_9CE4_8422_2325u64;
    for byte in name.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
    }
    mix64(hash)
}

/// The key of random streams: a path of a seed, a purpose, names and numbers.
///
/// Keys compose. Two paths that differ in a part, or in the order of their parts, give streams
/// that share no numbers. Numbers take all 64 bits.
///
/// ```
/// use ecsim::engine::random::{Purpose, StreamKey};
///
/// // The n-th attempt of the m-th task of an entry under seed 1.
/// let key = StreamKey::new(1, Purpose::RetryDelay, "nightly");
/// let (attempt, task) = (2, 17);
/// let mut stream = key.of(attempt).stream(task);
/// assert!(stream.unit() < 1.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamKey(u64);

impl StreamKey {
    /// The key of (seed, purpose, name path).
    pub fn new(seed: u64, purpose: Purpose, name: &str) -> Self {
        let seeded = mix64(seed.wrapping_add(GOLDEN));
        let with_purpose = mix64(seeded ^ (purpose as u64).wrapping_mul(PURPOSE));
        Self(mix64(with_purpose ^ name_hash(name)))
    }

    /// The key of the part with this number: an attempt, an occurrence, a zone.
    #[inline]
    #[must_use]
    pub const fn of(self, number: u64) -> Self {
        Self(mix64(
            self.0.wrapping_add(GOLDEN) ^ number.wrapping_mul(NUMBER),
        ))
    }

    /// The key of the part with this name.
    #[must_use]
    pub fn of_name(self, name: &str) -> Self {
        Self(mix64(
            self.0.wrapping_sub(GOLDEN) ^ name_hash(name).wrapping_mul(NAME),
        ))
    }

    /// The stream of the entity with this ordinal under this key.
    #[inline]
    pub fn stream(self, ordinal: u64) -> Stream {
        Stream::seeded(self.seed(ordinal))
    }

    /// A generator of another kind instead of [`stream`](Self::stream), under the same key.
    /// Every law can be sampled with it. Its numbers are other numbers than the stream's.
    ///
    /// ```
    /// use ecsim::engine::random::{Distribution, Purpose, StreamKey};
    /// use rand_xoshiro::Xoroshiro128PlusPlus;
    ///
    /// let key = StreamKey::new(1, Purpose::TaskDuration, "nightly");
    /// let mut generator: Xoroshiro128PlusPlus = key.generator(17);
    /// let seconds = Distribution::Exponential { mean: 60.0 }.sample(&mut generator);
    /// assert!(seconds > 0.0);
    /// ```
    pub fn generator<G: SeedableRng>(self, ordinal: u64) -> G {
        G::from_rng(&mut SplitMix64(self.seed(ordinal)))
    }

    #[inline]
    const fn seed(self, ordinal: u64) -> u64 {
        mix64(self.0 ^ ordinal.wrapping_mul(ORDINAL))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_xoshiro::Xoshiro256PlusPlus;

    const KEY: fn() -> StreamKey = || StreamKey::new(1, Purpose::TaskDuration, "jobs");

    fn all_differ(mut values: Vec<u64>) {
        let count = values.len();
        values.sort_unstable();
        values.dedup();
        assert_eq!(values.len(), count);
    }

    #[test]
    fn streams_of_neighbouring_keys_share_no_number() {
        let keys = [
            StreamKey::new(2, Purpose::TaskDuration, "jobs"),
            StreamKey::new(1, Purpose::TaskCpu, "jobs"),
            StreamKey::new(1, Purpose::TaskDuration, "job"),
            KEY(),
            KEY().of(0),
            KEY().of_name(""),
            KEY().of_name("jobs"),
        ];
        let mut seen: Vec<u64> = Vec::new();
        for key in keys {
            for ordinal in 0..100 {
                let mut stream = key.stream(ordinal);
                seen.extend((0..10).map(|_| stream.bits()));
            }
        }
        all_differ(seen);
    }

    #[test]
    fn paths_that_differ_in_a_part_or_in_its_place_differ() {
        let near = (0..60u64)
            .chain((0..64).map(|bit| 1 << bit))
            .chain([u64::MAX]);
        let mut numbers: Vec<u64> = near.collect();
        numbers.sort_unstable();
        numbers.dedup();
        let mut keys = Vec::new();
        for a in &numbers {
            keys.push(KEY().of(*a).0);
            keys.push(KEY().seed(*a));
            for b in &numbers {
                keys.push(KEY().of(*a).of(*b).0);
                keys.push(KEY().of(*a).seed(*b));
                keys.push(KEY().of(*a).of_name(&b.to_string()).0);
                keys.push(KEY().of_name(&a.to_string()).of(*b).0);
            }
        }
        all_differ(keys);
    }

    /// Restarts, attempts and seconds without a bound: a million of each for neighbouring tasks.
    #[test]
    fn later_restarts_and_seconds_have_draws_of_their_own() {
        let restarts = (0..1_000_000).flat_map(|n| [0, 1, 1 << 40].map(|task| (n, task)));
        all_differ(restarts.map(|(n, task)| KEY().of(n).seed(task)).collect());
    }

    #[test]
    fn the_first_draws_have_their_known_values() {
        let mut stream = StreamKey::new(7, Purpose::Arrival, "nightly-reports").stream(3);
        let got = [stream.bits(), stream.bits()];
        assert_eq!(got, [3_711_935_494_704_810_214, 12_179_280_251_151_262_446]);
    }

    #[test]
    fn composed_keys_have_their_known_values() {
        let key = StreamKey::new(7, Purpose::Arrival, "nightly-reports");
        let got = [key.of(3).0, key.of(3).of(4).0, key.of_name("three").0];
        assert_eq!(
            got,
            [
                6_379_672_282_788_172_131,
                12_451_090_832_976_051_437,
                6_437_624_897_062_844_480
            ]
        );
    }

    #[test]
    fn a_stream_gives_the_numbers_of_its_generator() {
        for ordinal in 0..1000 {
            let mut stream = KEY().stream(ordinal);
            let mut generator: Xoshiro256PlusPlus = KEY().generator(ordinal);
            for _ in 0..5 {
                assert_eq!(stream.bits(), rand::Rng::next_u64(&mut generator));
            }
        }
    }
}
