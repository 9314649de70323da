//! Draws of a law for entities that come in order, several at a time.
//!
//! A draw is a chain of steps that wait for one another. Draws of several entities do not, so that
//! the processor works on all of them at once.

use super::{Distribution, StreamKey};

/// The number of draws that are made together.
const TOGETHER: u64 = 16;
/// Entities with a lower ordinal are drawn one by one: most entries and services have few.
const FIRST: u64 = 64;

/// The draws of one law under a key, by ordinal. It gives what
/// `law.draw(&mut key.stream(ordinal), ordinal)` gives.
#[derive(Clone, Debug)]
pub struct Ahead {
    key: StreamKey,
    /// The ordinal of the first of `values`.
    first: u64,
    values: Vec<f64>,
}

impl Ahead {
    /// No draws yet.
    pub const fn new(key: StreamKey) -> Self {
        Self {
            key,
            first: 0,
            values: Vec::new(),
        }
    }

    /// The key of the draws.
    pub const fn key(&self) -> StreamKey {
        self.key
    }

    /// The value of the entity with this ordinal. `law` is the same at each call.
    #[inline]
    pub fn draw(&mut self, law: &Distribution, ordinal: u64) -> f64 {
        let place = ordinal.wrapping_sub(self.first) as usize;
        match self.values.get(place) {
            Some(value) => *value,
            None => self.make(law, ordinal),
        }
    }

    /// Draws the value of this ordinal; where it follows those that were drawn last, also the next
    /// ones. So draws in any other order are made one by one.
    #[inline(never)]
    fn make(&mut self, law: &Distribution, ordinal: u64) -> f64 {
        let draw = |ordinal| law.draw(&mut self.key.stream(ordinal), ordinal);
        let first = draw(ordinal);
        if ordinal >= FIRST {
            let goes_on = ordinal == self.first.wrapping_add(self.values.len() as u64);
            self.first = ordinal;
            self.values.clear();
            self.values.push(first);
            if goes_on {
                self.values
                    .extend((1..TOGETHER).map(|next| draw(ordinal.wrapping_add(next))));
            }
        }
        first
    }
}

#[cfg(test)]
mod tests {
    use super::super::Purpose;
    use super::*;

    #[test]
    fn it_gives_the_draws_of_the_streams_in_any_order() {
        let key = StreamKey::new(1, Purpose::TaskDuration, "nightly");
        let law = Distribution::Exponential { mean: 60.0 };
        let mut ahead = Ahead::new(key);
        let in_order = 0..200;
        for ordinal in in_order.chain([70, 199, 3, 75, u64::MAX, 0]) {
            let wanted = law.draw(&mut key.stream(ordinal), ordinal);
            assert_eq!(ahead.draw(&law, ordinal), wanted, "{ordinal}");
        }
    }
}
