//! Messages of a queue that gets few, while no task of its service runs: whole messages at times that are drawn.
//!
//! A service that goes to zero tasks starts one for the first message. In the fluid half a message would have to
//! be sent before; so these messages come one by one, as of a Poisson process of the same rate.

use crate::engine::random::{Distribution, Purpose, StreamKey};
use crate::plan::{LONGEST, Queue};
use crate::units::{SimTime, Span};

/// The arrivals of single messages.
#[derive(Clone, Debug)]
pub(super) struct FewMessages {
    key: StreamKey,
    /// The number of times that have been drawn.
    drawn: u64,
    /// Messages per second; 0: none comes by itself.
    rate: f64,
    /// When the next one comes.
    next: Option<SimTime>,
}

impl FewMessages {
    /// No messages yet, of a queue with this name.
    pub(super) fn new(seed: u64, queue: &str) -> Self {
        Self {
            key: StreamKey::new(seed, Purpose::MessageArrival, queue),
            drawn: 0,
            rate: 0.0,
            next: None,
        }
    }

    /// True for a rate at which messages come one by one while no task runs.
    pub(super) fn is_few(rate: f64) -> bool {
        rate > 0.0 && rate < Queue::FEW
    }

    /// The rate is this one from now on. The time to the next message does not depend on when the last one
    /// came.
    pub(super) fn set_rate(&mut self, rate: f64, now: SimTime) {
        if rate != self.rate {
            self.rate = rate;
            self.draw(now);
        }
    }

    /// The time of the next message.
    pub(super) const fn next(&self) -> Option<SimTime> {
        self.next
    }

    /// True when a message comes now; the time of the next one is drawn.
    pub(super) fn comes(&mut self, now: SimTime) -> bool {
        let comes = self.next.is_some_and(|next| next <= now);
        if comes {
            self.draw(now);
        }
        comes
    }

    fn draw(&mut self, now: SimTime) {
        self.next = None;
        if self.rate <= 0.0 {
            return;
        }
        let gap = Distribution::Exponential {
            mean: 1.0 / self.rate,
        };
        let seconds = gap.draw(&mut self.key.stream(self.drawn), self.drawn);
        self.drawn += 1;
        if seconds < LONGEST.as_seconds_f64() {
            // One is never in the same microsecond as the last.
            let span = Span::from_seconds_f64(seconds).max(Span::micros(1));
            self.next = Some(now + span);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_come_as_the_rate_says() {
        let mut few = FewMessages::new(1, "jobs");
        few.set_rate(0.001, SimTime::ZERO);
        let mut came = 0;
        while let Some(at) = few.next().filter(|at| at.as_micros() < 10_000_000_000_000) {
            assert!(few.comes(at) && !few.comes(at));
            came += 1;
        }
        // 10,000 within four standard deviations.
        assert!((9_600..10_400).contains(&came), "{came}");
        few.set_rate(0.0, SimTime::ZERO);
        assert_eq!(few.next(), None);
    }
}
