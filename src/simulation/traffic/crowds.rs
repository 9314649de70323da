//! Flash crowds that come at random.

use crate::engine::random::{Distribution, StreamKey};
use crate::plan::{FlashCrowd, Occurring};
use crate::units::{SimTime, Span};

/// The crowds of a service that are going on, and the next one.
pub(super) struct Crowds<'p> {
    shape: &'p FlashCrowd,
    key: StreamKey,
    mean_time_between: Span,
    /// The number of crowds that have been drawn.
    drawn: u64,
    /// The beginning of the last one that was drawn, which is still to come.
    next: SimTime,
    /// The beginnings of those that are going on.
    begun: Vec<SimTime>,
}

impl<'p> Crowds<'p> {
    /// `None` for crowds that come at known times.
    pub(super) fn new(shape: &'p FlashCrowd, key: StreamKey) -> Option<Self> {
        let Occurring::Random { mean_time_between } = shape.occurring else {
            return None;
        };
        let mut crowds = Self {
            shape,
            key,
            mean_time_between,
            drawn: 0,
            next: SimTime::ZERO,
            begun: Vec::new(),
        };
        crowds.draw();
        Some(crowds)
    }

    /// Draws the next crowd.
    fn draw(&mut self) {
        let mean = self.mean_time_between.as_seconds_f64();
        let law = Distribution::Exponential { mean };
        let seconds = law.draw(&mut self.key.stream(self.drawn), self.drawn);
        // `as` saturates. A gap of at least a microsecond: each crowd has a time of its own.
        let gap = ((seconds * 1e6) as u64).max(1);
        self.next = SimTime::micros(self.next.as_micros().saturating_add(gap));
        self.drawn += 1;
    }

    pub(super) fn move_to(&mut self, now: SimTime) -> Option<SimTime> {
        while self.next <= now {
            self.begun.push(self.next);
            self.draw();
        }
        let shape = self.shape;
        self.begun
            .retain(|begun| shape.next_of(*begun, now).is_some());
        let changes = self
            .begun
            .iter()
            .filter_map(|begun| shape.next_of(*begun, now));
        changes.chain([self.next]).min()
    }

    pub(super) fn value(&self, at: SimTime) -> f64 {
        let heights = self
            .begun
            .iter()
            .map(|begun| self.shape.height(at.since(*begun)));
        self.shape.with(heights.sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::random::Purpose;
    use crate::units::Rate;

    #[test]
    fn crowds_come_at_random_with_the_mean_time_between_them() {
        let mean = Span::seconds(3_600);
        let shape = FlashCrowd {
            base: Rate::default(),
            peak: Rate::per_second(100.0).unwrap(),
            rise_time: Span::seconds(60),
            plateau: Span::ZERO,
            half_life: Span::seconds(60),
            occurring: Occurring::Random {
                mean_time_between: mean,
            },
        };
        let key = StreamKey::new(1, Purpose::FlashCrowd, "web");
        let mut crowds = Crowds::new(&shape, key).unwrap();
        let (mut now, mut beginnings) = (SimTime::ZERO, 0);
        while beginnings < 4_000 {
            let next = crowds.move_to(now).unwrap();
            assert!(next > now);
            beginnings += u64::from(crowds.begun.last() == Some(&now));
            now = next;
        }
        let between = now.as_seconds_f64() / 4_000.0;
        assert!((3_500.0..3_700.0).contains(&between), "{between}");
        // Those that are over are forgotten.
        assert!(crowds.begun.len() < 10);
        // The peak of the newest one, and what is left of those before.
        let begun = crowds.next;
        crowds.move_to(begun);
        let peak = begun + Span::seconds(60);
        assert!((100.0..200.0).contains(&crowds.value(peak)));
    }
}
