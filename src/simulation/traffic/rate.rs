//! The rate of requests of a service: the shapes of its load, the values of those that are random, and
//! the noise.

use super::crowds::Crowds;
use super::walk::{Bursts, Walk};
use crate::engine::random::{Distribution, Purpose, StreamKey};
use crate::plan::{LoadShape, Moment, sum_at, sum_constant_until};
use crate::units::SimTime;

/// The rate of the requests of a service, or of the messages of a queue, over time.
pub(super) struct RateOverTime<'p> {
    rates: &'p [LoadShape],
    /// The standard deviation of the factor of each minute.
    deviation: f64,
    /// The start of the run, in seconds since 1970.
    start: i64,
    /// The random shapes, in the order of [`random_shapes`].
    random: Vec<Drawn<'p>>,
    /// The law of the noise, and the key of its draws.
    noise: Option<(Distribution, StreamKey)>,
}

/// A random shape with its state.
enum Drawn<'p> {
    Crowds(Crowds<'p>),
    Walk(Walk<'p>),
    Bursts(Bursts<'p>),
}

impl<'p> RateOverTime<'p> {
    /// The sum of `rates` with noise, of a service or a queue with this name. The random numbers of a shape
    /// depend on the seed, the name, and how many random shapes of its kind stand before it; those of a listener
    /// rule on the name of the rule.
    pub(super) fn new(
        (rates, deviation): (&'p [LoadShape], f64),
        start: i64,
        (seed, service): (u64, &str),
    ) -> Self {
        let mut own = Vec::new();
        let mut random = Vec::new();
        for shape in rates {
            let drawn = match shape {
                LoadShape::OfRule { rule, .. } => drawn(shape, (seed, rule), &mut Vec::new()),
                _ => drawn(shape, (seed, service), &mut own),
            };
            random.extend(drawn);
        }
        Self {
            rates,
            deviation,
            start,
            random,
            noise: (deviation > 0.0).then(|| {
                let key = StreamKey::new(seed, Purpose::LoadNoise, service);
                (noise_law(deviation), key)
            }),
        }
    }

    /// The rate from `now` on, in millionths per second, and the time up to which it is constant. It is
    /// that of the middle of this time, with the noise of the minute in which it begins.
    pub(super) fn from(&mut self, now: SimTime) -> (u64, Option<SimTime>) {
        let (rate, next) = self.per_second_from(now);
        // `as` truncates toward zero and saturates.
        ((rate * 1e6 + 0.5) as u64, next)
    }

    /// The same in events per second.
    pub(super) fn per_second_from(&mut self, now: SimTime) -> (f64, Option<SimTime>) {
        let moment = Moment::new(self.start, now);
        let changes = self.random.iter_mut().filter_map(|of| of.move_to(now));
        let next = changes
            .chain(sum_constant_until(self.rates, self.deviation, &moment))
            .min();
        let half = next.map_or(0, |next| next.since(now).as_micros() / 2);
        let middle = SimTime::micros(now.as_micros() + half);
        let mut drawn = self.random.iter().map(|of| of.value(middle));
        let rate = sum_at(self.rates, &moment.at(middle), &mut drawn);
        let factor = self.noise.as_ref().map_or(1.0, |(law, key)| {
            let minute = now.as_micros() / 60_000_000;
            law.draw(&mut key.stream(minute), minute)
        });
        (rate * factor, next)
    }
}

/// The random shapes within a shape, whose draws have this name. `before` are the purposes of the draws of those
/// before it, and becomes those up to it.
fn drawn<'p>(
    shape: &'p LoadShape,
    (seed, name): (u64, &str),
    before: &mut Vec<Purpose>,
) -> Vec<Drawn<'p>> {
    let random = shape.random().into_iter().filter_map(|shape| {
        let key = |purpose: Purpose| {
            let number = before.iter().filter(|of| **of == purpose).count();
            before.push(purpose);
            StreamKey::new(seed, purpose, name).of(number as u64)
        };
        Drawn::of(shape, key)
    });
    random.collect()
}

impl<'p> Drawn<'p> {
    fn of(shape: &'p LoadShape, key: impl FnOnce(Purpose) -> StreamKey) -> Option<Self> {
        match shape {
            LoadShape::FlashCrowd(shape) => {
                let crowds = Crowds::new(shape, key(Purpose::FlashCrowd))?;
                Some(Self::Crowds(crowds))
            }
            LoadShape::RandomWalk(shape) => {
                Some(Self::Walk(Walk::new(shape, key(Purpose::LoadWalk))))
            }
            LoadShape::MarkovModulated(shape) => {
                let key = key(Purpose::LoadBursts);
                Some(Self::Bursts(Bursts::new(shape, key)))
            }
            _ => None,
        }
    }

    /// Draws what happens until `now`. Returns the time of the next change.
    fn move_to(&mut self, now: SimTime) -> Option<SimTime> {
        match self {
            Self::Crowds(crowds) => crowds.move_to(now),
            Self::Walk(walk) => walk.move_to(now),
            Self::Bursts(bursts) => bursts.move_to(now),
        }
    }

    /// The value between the time that it was moved to and its next change.
    fn value(&self, at: SimTime) -> f64 {
        match self {
            Self::Crowds(crowds) => crowds.value(at),
            Self::Walk(walk) => walk.value(),
            Self::Bursts(bursts) => bursts.value(),
        }
    }
}

/// A factor with mean 1 and this standard deviation.
fn noise_law(deviation: f64) -> Distribution {
    let variance = libm::log(1.0 + deviation * deviation);
    Distribution::LogNormal {
        mu: -variance / 2.0,
        sigma: variance.sqrt(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{FlashCrowd, Load, Occurring, Ramp, RateShape};
    use crate::units::{Rate, Span};

    fn load(rates: Vec<LoadShape>, noise: f64) -> Load {
        Load {
            rates,
            noise,
            ..Load::new(constant(0.0))
        }
    }

    fn constant(per_second: f64) -> LoadShape {
        let rate = Rate::per_second(per_second).unwrap();
        LoadShape::Rate(RateShape::Constant(rate))
    }

    /// Crowds that come at random, as a factor.
    fn crowds(peak: f64) -> LoadShape {
        LoadShape::FlashCrowd(FlashCrowd {
            base: Rate::per_second(1.0).unwrap(),
            peak: Rate::per_second(peak).unwrap(),
            rise_time: Span::seconds(120),
            plateau: Span::ZERO,
            half_life: Span::seconds(600),
            occurring: Occurring::Random {
                mean_time_between: Span::seconds(7_200),
            },
        })
    }

    /// The rates of a run of six hours, each with the time from which it holds.
    fn played(load: &Load, seed: u64, service: &str) -> Vec<(SimTime, u64)> {
        let mut rate = RateOverTime::new((&load.rates, load.noise), 0, (seed, service));
        let end = SimTime::ZERO + Span::seconds(6 * 3_600);
        let (mut now, mut found) = (SimTime::ZERO, Vec::new());
        while now < end {
            let (value, next) = rate.from(now);
            found.push((now, value));
            now = next.unwrap_or(end);
        }
        found
    }

    #[test]
    fn a_rate_that_changes_without_steps_has_the_value_of_the_middle() {
        let ramp = load(
            vec![LoadShape::Ramp(Ramp {
                from: Rate::default(),
                to: Rate::per_second(60.0).unwrap(),
                at: Span::ZERO,
                lasts: Span::seconds(120),
            })],
            0.0,
        );
        let wanted = [(0, 15_000_000), (60, 45_000_000), (120, 60_000_000)];
        let wanted = wanted.map(|(at, rate)| (SimTime::ZERO + Span::seconds(at), rate));
        assert_eq!(played(&ramp, 1, "web"), wanted);
    }

    #[test]
    fn luck_follows_the_seed_the_service_and_the_shapes_of_the_same_kind() {
        let product = |factors: Vec<LoadShape>| load(vec![LoadShape::Product(factors)], 0.0);
        let one = played(&product(vec![constant(10.0), crowds(8.0)]), 1, "web");
        assert!(
            one.iter().any(|(_, rate)| *rate > 20_000_000),
            "a crowd came"
        );
        let later = played(
            &product(vec![constant(10.0), constant(1.0), crowds(8.0)]),
            1,
            "web",
        );
        assert_eq!(one, later);
        for (seed, service) in [(2, "web"), (1, "api")] {
            let other = played(&product(vec![constant(10.0), crowds(8.0)]), seed, service);
            assert_ne!(one, other, "{seed} {service}");
        }
        // A second shape of the kind has its own luck; twice the same crowds would be their square.
        let two = played(
            &product(vec![constant(10.0), crowds(8.0), crowds(8.0)]),
            1,
            "web",
        );
        let highest = |of: &[(SimTime, u64)]| of.iter().map(|(_, rate)| *rate).max();
        assert!(highest(&two) < highest(&one).map(|one| one / 10_000 * one / 1_000));
    }
}
