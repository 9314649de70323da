//! A burstable instance: the shares of its tasks, and its credits.

use super::credits::Credits;
use super::shares::Shares;
use super::timer::Timer;
use crate::units::{SimTime, Span};

/// A burstable instance.
#[derive(Clone, Debug)]
pub(in crate::simulation) struct Host {
    /// The shares of its tasks.
    pub(in crate::simulation) shares: Shares,
    /// Its credits.
    pub(in crate::simulation) credits: Credits,
    /// The time at which its credits have run out.
    pub(in crate::simulation) empty: Timer,
    /// The time for which it had no credits and wanted more than its baseline, since it was measured last.
    pub(in crate::simulation) throttled: Span,
    /// Up to this time all is counted.
    since: SimTime,
    /// The time at which it was measured last.
    measured: SimTime,
}

impl Host {
    pub(in crate::simulation) fn new(shares: Shares, credits: Credits, launched: SimTime) -> Self {
        Self {
            shares,
            credits,
            empty: Timer::default(),
            throttled: Span::ZERO,
            since: launched,
            measured: launched,
        }
    }

    /// Time passes until `now` at the present use.
    pub(in crate::simulation) fn pass(&mut self, now: SimTime) {
        self.credits.pass(self.shares.used(), now);
        if self.shares.is_throttled() {
            self.throttled = self.throttled.saturating_add(now.since(self.since));
        }
        self.since = now;
    }

    /// It is measured now, up to which time all is counted. Returns the time since it was measured last.
    pub(in crate::simulation) fn measured(&mut self) -> Span {
        let span = self.since.since(self.measured);
        self.measured = self.since;
        span
    }

    /// Its use is another one from now on. Returns the time for which an event is to be scheduled, at which its
    /// credits have run out.
    pub(in crate::simulation) fn schedule_empty(&mut self) -> Option<SimTime> {
        let at = self.credits.empty_at(self.shares.used());
        self.empty.set(at)
    }
}
