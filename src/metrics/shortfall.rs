//! How long and how many healthy tasks a service lacks, and whether it is available all the
//! same. Its tests are those of `services.rs`, which says what the levels are.

use super::Spread;
use crate::units::{SimTime, Span};

/// Healthy tasks that are missing, once a service has had as many as desired.
#[derive(Clone, Debug, Default)]
pub struct Shortfall {
    /// The reported time since the desired count was first reached, in µs.
    pub counted: u128,
    /// Of it, the time with at least ⌈desired × `minimumHealthyPercent`⌉ healthy tasks, and
    /// at least one where one is desired.
    pub available: u128,
    /// Missing tasks × µs over the same time.
    pub missing: u128,
    /// Lengths of the intervals with fewer healthy tasks than desired, as far as they lie in
    /// the reported time; one that is open at its end counts up to there.
    pub intervals: Spread,
    reached: bool,
    since: SimTime,
    began: Option<SimTime>,
}

impl Shortfall {
    /// Nothing yet, counting from `origin` on.
    pub(super) fn new(origin: SimTime) -> Self {
        Self {
            since: origin,
            ..Self::default()
        }
    }

    /// Adds up until now with the levels that held so far.
    pub(super) fn advance(&mut self, now: SimTime, desired: u64, healthy: u64, minimum: u64) {
        if now <= self.since {
            return;
        }
        let length = u128::from((now - self.since).as_micros());
        self.since = now;
        if !self.reached {
            return;
        }
        self.counted += length;
        self.missing += u128::from(desired.saturating_sub(healthy)) * length;
        if healthy >= minimum {
            self.available += length;
        }
    }

    /// The levels are these from now on.
    pub(super) fn set(&mut self, now: SimTime, origin: SimTime, desired: u64, healthy: u64) {
        self.reached |= healthy >= desired;
        if self.reached && healthy < desired {
            self.began.get_or_insert(now);
        } else {
            self.close(now, origin);
        }
    }

    pub(super) fn close(&mut self, now: SimTime, origin: SimTime) {
        let Some(began) = self.began.take() else {
            return;
        };
        let length = now.since(began.max(origin));
        if length > Span::ZERO {
            self.intervals.record(length);
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.counted += other.counted;
        self.available += other.available;
        self.missing += other.missing;
        self.intervals.merge(&other.intervals);
    }

    /// The share of the time that was available; `None` if the desired count was never
    /// reached.
    pub fn availability(&self) -> Option<f64> {
        (self.counted > 0).then(|| self.available as f64 / self.counted as f64)
    }

    /// Tasks missing, time mean.
    pub fn mean(&self) -> Option<f64> {
        (self.counted > 0).then(|| self.missing as f64 / self.counted as f64)
    }
}
