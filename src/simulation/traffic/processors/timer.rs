//! A time that moves while the use of CPU changes, and the event for it.

use crate::units::SimTime;

/// A time at which something is due. An event is scheduled for it, and is not taken back when the time moves: one that
/// comes too early is scheduled again, and one that comes too late does nothing.
#[derive(Clone, Debug, Default)]
pub(in crate::simulation) struct Timer {
    /// The time at which it is due.
    at: Option<SimTime>,
    /// The earliest time for which an event is scheduled.
    scheduled: Option<SimTime>,
}

impl Timer {
    /// It is due at this time from now on; `None`: at none. Returns the time for which an event is to be
    /// scheduled.
    pub(in crate::simulation) fn set(&mut self, at: Option<SimTime>) -> Option<SimTime> {
        self.at = at;
        let at = at?;
        if self.scheduled.is_some_and(|scheduled| scheduled <= at) {
            return None;
        }
        self.scheduled = Some(at);
        Some(at)
    }

    /// An event comes. Returns whether it is due, and the time for which an event is to be scheduled.
    pub(in crate::simulation) fn comes(&mut self, now: SimTime) -> (bool, Option<SimTime>) {
        if self.scheduled != Some(now) {
            return (false, None);
        }
        self.scheduled = None;
        if self.at.is_some_and(|at| at <= now) {
            self.at = None;
            return (true, None);
        }
        (false, self.set(self.at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Span;

    fn at(seconds: u64) -> SimTime {
        SimTime::ZERO + Span::seconds(seconds)
    }

    #[test]
    fn a_time_that_moves_back_is_met_by_one_event_more() {
        let mut timer = Timer::default();
        assert_eq!(timer.set(Some(at(10))), Some(at(10)));
        assert_eq!(
            timer.set(Some(at(30))),
            None,
            "the event for 10 s comes first"
        );
        assert_eq!(timer.set(Some(at(20))), None);
        assert_eq!(timer.comes(at(10)), (false, Some(at(20))));
        assert_eq!(timer.comes(at(20)), (true, None));
    }

    #[test]
    fn an_event_that_was_overtaken_does_nothing() {
        let mut timer = Timer::default();
        timer.set(Some(at(20)));
        assert_eq!(timer.set(Some(at(10))), Some(at(10)));
        assert_eq!(timer.comes(at(10)), (true, None));
        assert_eq!(timer.set(Some(at(30))), Some(at(30)));
        assert_eq!(timer.comes(at(20)), (false, None));
        assert_eq!(timer.comes(at(30)), (true, None));
    }

    #[test]
    fn what_is_no_longer_due_does_not_come() {
        let mut timer = Timer::default();
        timer.set(Some(at(10)));
        assert_eq!(timer.set(None), None);
        assert_eq!(timer.comes(at(10)), (false, None));
    }
}
