//! Random streams and the laws that are drawn from them.
//!
//! A draw is keyed by (seed, purpose, name of the entity, birth ordinal, draw number), so
//! that changing one part of a scenario moves nobody else's luck. The generator is
//! Xoshiro256++ (Blackman and Vigna 2019), seeded by SplitMix64 (Steele, Lea and Flood
//! 2014); both have published test vectors. All mathematics is `libm`'s, so that every
//! platform draws the same.

mod distribution;
mod normal;

pub use distribution::Distribution;
pub use normal::normal_quantile;

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// What a draw is for. The values are part of the contract that the same seed gives the
/// same run: they are never renumbered or used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Purpose {
    /// The gap before the n-th arrival of an entry.
    Arrival = 1,
    /// CPU of a task.
    TaskCpu = 2,
    /// Memory of a task.
    TaskMemory = 3,
    /// Run time of a task.
    TaskDuration = 4,
    /// A placement that leaves the choice to chance.
    Placement = 5,
    /// How long a task's interface or microVM takes.
    TaskProvisioning = 6,
    /// How long a task waits for its agent to begin.
    TaskPending = 7,
    /// How long the control plane takes to see a Fargate task run.
    TaskPolling = 8,
    /// How long a task's interface takes to go.
    InterfaceDetach = 9,
    /// How long a container takes to start.
    ContainerStart = 10,
    /// Whether a container exits as it starts.
    ContainerStartFailure = 11,
    /// How long a container runs by itself.
    ContainerRunTime = 12,
    /// When a container crashes.
    ContainerCrash = 13,
    /// How much memory a container comes to use.
    ContainerMemory = 14,
    /// How long a container takes to use it.
    ContainerMemoryGrowth = 15,
    /// How long a container takes to be healthy.
    ContainerHealthy = 16,
    /// When a container's health check begins to fail.
    ContainerHealthFailure = 17,
    /// How long a container takes to stop.
    ContainerStop = 18,
    /// How long an instance takes to boot.
    InstanceBoot = 19,
    /// The gap before the n-th event of a Spot pool.
    SpotEvent = 20,
    /// The share of a pool that an event takes.
    SpotShare = 21,
    /// Whom an event strikes, and when.
    SpotVictim = 22,
    /// How long a pool stays dry.
    SpotDry = 23,
    /// Whether a launch finds capacity.
    LaunchFailure = 24,
    /// Whether Fargate Spot has capacity.
    FargateLaunch = 25,
    /// When a fault occurs.
    FaultOccurrence = 26,
    /// How long a fault lasts.
    FaultLength = 27,
    /// Whom a fault strikes.
    FaultChoice = 28,
    /// How long lost work waits before it is submitted again.
    RetryDelay = 29,
    /// The run time of a later attempt.
    Redraw = 30,
    /// Which task stops where chance decides.
    StopChoice = 31,
    /// Whether the API fails the launch of an instance.
    LaunchError = 32,
    /// Whether the API fails the launch of a Fargate task.
    FargateLaunchError = 33,
}

/// SplitMix64's output function: a bijection that scatters neighbouring inputs.
#[inline]
pub const fn mix64(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// SplitMix64's increment: 2^64 divided by the golden ratio.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// SplitMix64, for seeding and for tests that share inputs with other programs.
#[derive(Clone, Debug)]
pub struct SplitMix64(pub u64);

impl SplitMix64 {
    /// The next number.
    #[inline]
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix64(self.0)
    }
}

/// A stable 64-bit hash of a name: FNV-1a, scattered once more.
pub fn name_hash(name: &str) -> u64 {
    let mut hash = 0xCBF2_9CE4_8422_2325u64;
    for byte in name.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
    }
    mix64(hash)
}

/// The key of all streams of one purpose of one entity under one seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamKey(u64);

impl StreamKey {
    /// The key of (seed, purpose, name path).
    pub fn new(seed: u64, purpose: Purpose, name: &str) -> Self {
        let seeded = mix64(seed.wrapping_add(GOLDEN));
        let with_purpose = mix64(seeded ^ (purpose as u64).wrapping_mul(0xD134_2543_DE82_EF95));
        Self(mix64(with_purpose ^ name_hash(name)))
    }

    /// The stream of the `ordinal`-th of the entity's births.
    #[inline]
    pub fn stream(self, ordinal: u64) -> Stream {
        Stream::seeded(mix64(self.0 ^ ordinal.wrapping_mul(0xA24B_AED4_963E_E407)))
    }
}

/// A source of random numbers.
///
/// Most streams give one number and are forgotten. The first number of Xoshiro256++ needs
/// only two of its four words of state, so the generator itself is made when a second number
/// is asked for.
#[derive(Clone, Debug)]
pub struct Stream {
    seed: u64,
    begun: bool,
    generator: Option<Xoshiro256PlusPlus>,
}

impl Stream {
    fn seeded(seed: u64) -> Self {
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
            // SplitMix64 counts, so that its first and fourth number come by themselves.
            let word = |number: u64| mix64(self.seed.wrapping_add(GOLDEN.wrapping_mul(number)));
            let (first, fourth) = (word(1), word(4));
            return first
                .wrapping_add(fourth)
                .rotate_left(23)
                .wrapping_add(first);
        }
        self.later_bits()
    }

    /// Any number but the first.
    fn later_bits(&mut self) -> u64 {
        let seed = self.seed;
        let generator = self.generator.get_or_insert_with(|| {
            let mut generator = generator(seed);
            generator.next_u64();
            generator
        });
        generator.next_u64()
    }

    /// Uniform in the open interval (0, 1), on the midpoints of a grid of 2^-53.
    #[inline]
    pub fn unit(&mut self) -> f64 {
        const STEP: f64 = 1.0 / (1u64 << 53) as f64;
        ((self.bits() >> 11) as f64 + 0.5) * STEP
    }

    /// Uniform in `0..bound`, without bias (Lemire 2019). `bound` is at least 1.
    #[inline(always)]
    pub fn below(&mut self, bound: u64) -> u64 {
        assert!(bound > 0, "a range has at least one value");
        let mut product = u128::from(self.bits()) * u128::from(bound);
        if (product as u64) < bound {
            let threshold = bound.wrapping_neg() % bound;
            while (product as u64) < threshold {
                product = u128::from(self.bits()) * u128::from(bound);
            }
        }
        (product >> 64) as u64
    }
}

/// Xoshiro256++ with a state from four numbers of SplitMix64.
fn generator(seed: u64) -> Xoshiro256PlusPlus {
    let mut seeder = SplitMix64(seed);
    let mut bytes = [0; 32];
    for chunk in bytes.chunks_exact_mut(8) {
        chunk.copy_from_slice(&seeder.next_u64().to_le_bytes());
    }
    Xoshiro256PlusPlus::from_seed(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splitmix_gives_its_published_numbers() {
        let mut generator = SplitMix64(1_234_567);
        let got = [
            generator.next_u64(),
            generator.next_u64(),
            generator.next_u64(),
        ];
        assert_eq!(
            got,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423
            ]
        );
    }

    #[test]
    fn xoshiro_gives_its_published_numbers() {
        // Test vector of the reference implementation: state 1, 2, 3, 4.
        let mut seed = [0; 32];
        for (index, chunk) in seed.chunks_exact_mut(8).enumerate() {
            chunk.copy_from_slice(&(index as u64 + 1).to_le_bytes());
        }
        let mut generator = Xoshiro256PlusPlus::from_seed(seed);
        assert_eq!(
            [
                generator.next_u64(),
                generator.next_u64(),
                generator.next_u64()
            ],
            [41_943_041, 58_720_359, 3_588_806_011_781_223]
        );
    }

    #[test]
    fn a_stream_gives_the_numbers_of_its_generator() {
        for seed in 0..1000 {
            let (mut stream, mut generator) = (Stream::seeded(seed), generator(seed));
            for _ in 0..5 {
                assert_eq!(stream.bits(), generator.next_u64());
            }
        }
    }

    #[test]
    fn streams_of_neighbours_have_nothing_in_common() {
        let key = StreamKey::new(1, Purpose::TaskDuration, "jobs");
        let mut seen: Vec<u64> = Vec::new();
        for other in [
            StreamKey::new(2, Purpose::TaskDuration, "jobs"),
            StreamKey::new(1, Purpose::TaskCpu, "jobs"),
            StreamKey::new(1, Purpose::TaskDuration, "job"),
            key,
        ] {
            for ordinal in 0..100 {
                let mut stream = other.stream(ordinal);
                seen.extend((0..10).map(|_| stream.bits()));
            }
        }
        let drawn = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), drawn);
    }

    #[test]
    fn the_first_draws_are_what_they_always_were() {
        let mut stream = StreamKey::new(7, Purpose::Arrival, "nightly-reports").stream(3);
        let got = [stream.bits(), stream.bits()];
        assert_eq!(got, [3_711_935_494_704_810_214, 12_179_280_251_151_262_446]);
    }

    #[test]
    fn a_bounded_draw_is_uniform() {
        let mut stream = StreamKey::new(1, Purpose::Placement, "x").stream(0);
        let mut counts = [0u32; 6];
        for _ in 0..60_000 {
            counts[stream.below(6) as usize] += 1;
        }
        // Chi-square with 5 degrees of freedom: 20.5 is its 99.9 % point.
        let chi: f64 = counts
            .iter()
            .map(|c| (f64::from(*c) - 10_000.0).powi(2) / 10_000.0)
            .sum();
        assert!(chi < 20.5, "{counts:?}");
    }
}
