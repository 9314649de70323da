//! Dead letters that move in from other queues.

use super::parcels::UNIT;
use crate::units::SimTime;

/// Dead letters that come in at a constant rate until a time.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Letters {
    pub(super) amount: u128,
    pub(super) until: SimTime,
}

impl Letters {
    /// The rate in messages per second.
    pub(super) fn rate(&self, now: SimTime) -> f64 {
        match self.until > now {
            true => {
                let seconds = self.until.since(now).as_seconds_f64();
                self.amount as f64 / UNIT / seconds
            }
            false => 0.0,
        }
    }

    /// Takes those that come in from one time to another.
    pub(super) fn take(&mut self, from: SimTime, to: SimTime) -> u128 {
        let (part, all) = (to.since(from), self.until.since(from));
        let taken = match part >= all {
            true => self.amount,
            false => {
                let share = part.as_micros() as f64 / all.as_micros() as f64;
                (self.amount as f64 * share) as u128
            }
        };
        self.amount -= taken;
        taken
    }
}
