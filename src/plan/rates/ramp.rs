//! A rate that changes from one value to another.

use super::moment::{Moment, next_minute};
use crate::units::{Rate, SimTime, Span};

/// A rate that changes in a straight line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ramp {
    /// The rate before.
    pub from: Rate,
    /// The rate after.
    pub to: Rate,
    /// When the change begins, since the start of the run.
    pub at: Span,
    /// How long the change takes; zero: a step.
    pub lasts: Span,
}

impl Ramp {
    pub(super) fn at(&self, moment: &Moment) -> f64 {
        let (from, to) = (self.from.as_per_second(), self.to.as_per_second());
        let now = moment.at.as_micros();
        let (begin, lasts) = (self.at.as_micros(), self.lasts.as_micros());
        match now.checked_sub(begin) {
            None => from,
            Some(passed) if passed >= lasts => to,
            Some(passed) => from + (to - from) * (passed as f64 / lasts as f64),
        }
    }

    pub(super) fn next(&self, moment: &Moment) -> Option<SimTime> {
        let begin = SimTime::ZERO + self.at;
        let end = SimTime::micros(begin.as_micros().saturating_add(self.lasts.as_micros()));
        match moment.at {
            now if now < begin => Some(begin),
            now if now < end => Some(next_minute(now).min(end)),
            _ => None,
        }
    }

    pub(super) fn highest(&self) -> f64 {
        self.from.as_per_second().max(self.to.as_per_second())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ramp_is_straight_and_changes_each_minute() {
        let ramp = Ramp {
            from: Rate::per_second(10.0).unwrap(),
            to: Rate::per_second(40.0).unwrap(),
            at: Span::seconds(90),
            lasts: Span::seconds(300),
        };
        let at = |seconds| Moment::new(0, SimTime::ZERO + Span::seconds(seconds));
        let rates = [0, 90, 190, 240, 390, 999].map(|s| ramp.at(&at(s)));
        assert_eq!(rates, [10.0, 10.0, 20.0, 25.0, 40.0, 40.0]);
        let next = [0, 90, 120, 360, 390].map(|s| ramp.next(&at(s)));
        let wanted = [90, 120, 180, 390].map(|s| Some(at(s).at));
        assert_eq!((&next[..4], next[4]), (&wanted[..], None));
        assert_eq!(ramp.highest(), 40.0);
    }
}
