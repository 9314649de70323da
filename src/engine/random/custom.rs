//! Laws of the user: any distribution of the `rand` ecosystem.

use rand::Rng;
use rand::distr::Distribution;
use std::fmt;
use std::sync::Arc;

/// Draws one value with a generator.
type Draw = dyn Fn(&mut dyn Rng) -> f64 + Send + Sync;

/// A law that the user provides. Clones share it.
#[derive(Clone)]
pub struct CustomLaw {
    name: Arc<str>,
    mean: Option<f64>,
    draw: Arc<Draw>,
}

impl CustomLaw {
    /// A law with a name, which is shown instead of parameters.
    pub fn new<T: Into<f64>>(
        name: &str,
        law: impl Distribution<T> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            mean: None,
            draw: Arc::new(move |generator| law.sample(generator).into()),
        }
    }

    /// The same law with its mean, which some parts of a plan need (the share of a pool that a
    /// Spot event takes).
    #[must_use]
    pub fn with_mean(self, mean: f64) -> Self {
        Self {
            mean: Some(mean),
            ..self
        }
    }

    /// The mean that was given.
    pub fn mean(&self) -> Option<f64> {
        self.mean
    }

    /// Draws a value. A negative value or NaN counts as 0.
    pub(super) fn sample<R: Rng + ?Sized>(&self, mut generator: &mut R) -> f64 {
        // A reference to the generator is a generator too, and its size is known.
        (self.draw)(&mut generator).max(0.0)
    }
}

/// Two laws are equal when one is a clone of the other and their means are equal.
impl PartialEq for CustomLaw {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.draw, &other.draw) && self.mean == other.mean
    }
}

impl fmt::Debug for CustomLaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CustomLaw")
            .field("name", &self.name)
            .field("mean", &self.mean)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Distribution, Portable, Purpose, StreamKey};
    use super::CustomLaw;
    use rand::distr::{Distribution as _, Uniform};

    fn draws(law: &Distribution) -> Vec<u64> {
        let key = StreamKey::new(1, Purpose::TaskDuration, "custom");
        let draw = |ordinal| law.sample(&mut key.stream(ordinal)).to_bits();
        (0..100).map(draw).collect()
    }

    #[test]
    fn a_law_of_rand_distr_is_drawn_from_the_stream_of_the_entity() {
        let [two, three] = [2.0, 3.0].map(Portable);
        let gamma = rand_distr::Gamma::new(two, three).unwrap();
        let custom = Distribution::custom(CustomLaw::new("gamma", gamma).with_mean(6.0));
        let ours = Distribution::Gamma {
            shape: 2.0,
            scale: 3.0,
        };
        assert_eq!(draws(&custom), draws(&ours));
        assert_eq!((custom.mean(), ours.mean()), (Some(6.0), Some(6.0)));
        assert!(!custom.is_certain());
    }

    #[test]
    fn negative_values_and_nan_count_as_zero() {
        let below_zero = Uniform::new(-3.0, -2.0).unwrap();
        let law = Distribution::custom(CustomLaw::new("below zero", below_zero));
        assert!(draws(&law).iter().all(|bits| *bits == 0));
        let no_number = Uniform::new(1.0, 2.0).unwrap().map(|_: f64| f64::NAN);
        let law = Distribution::custom(CustomLaw::new("no number", no_number));
        assert!(draws(&law).iter().all(|bits| *bits == 0));
    }

    #[test]
    fn a_law_is_equal_to_its_clones_only() {
        let law = || CustomLaw::new("uniform", Uniform::new(0.0, 1.0).unwrap());
        let (first, second) = (law(), law());
        assert_eq!(first, first.clone());
        assert_ne!(first, second);
        assert_ne!(first, first.clone().with_mean(0.5));
        assert!(format!("{first:?}").contains("uniform"));
    }
}
