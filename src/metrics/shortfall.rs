//! The times in which a service has fewer healthy tasks than desired, and its availability. The
//! tests are in `services.rs`, which measures the levels.

use super::Spread;
use crate::units::{SimTime, Span};

/// The longest start of a service that is no shortfall: the boot of an instance, a warm-up, a pull.
const LONGEST_START: Span = Span::seconds(15 * 60);
/// A start that took more than one such part of the reported time is a shortfall too.
const LONGEST_PART: u128 = 100;

/// Missing healthy tasks of a service, from the time at which it first had as many healthy tasks as
/// desired: a short start is no shortfall. A service that never reached its desired count was never
/// available, and its tasks are missing for the whole reported time. One that reached it late is
/// measured over the whole reported time too.
#[derive(Clone, Debug, Default)]
pub struct Shortfall {
    /// The reported time since the desired count was first reached, in µs; the whole reported time
    /// where it was reached late or never.
    pub counted: u128,
    /// The part of it, in µs, with at least ⌈desired × `minimumHealthyPercent`⌉ healthy tasks, and
    /// at least one where one is desired. Zero where the desired count was never reached.
    pub available: u128,
    /// The integral of the number of missing tasks over the counted time: tasks × µs.
    pub missing: u128,
    /// Lengths of the intervals with fewer healthy tasks than desired, cut to the reported time. An
    /// interval that is open at the end of the run counts up to there.
    pub intervals: Spread,
    /// The reported time before the desired count was first reached, in µs; the whole reported time
    /// where it never was.
    pub first_wait: u128,
    /// Number of services whose desired count was never reached; known at the end of the run.
    pub never_complete: u64,
    /// The integral of the number of missing tasks over `first_wait`.
    missing_before: u128,
    /// The part of `first_wait`, in µs, with enough healthy tasks for `available`.
    available_before: u128,
    /// True once the desired count was reached.
    reached: bool,
    /// The sums are complete up to here.
    since: SimTime,
    /// Beginning of the open interval.
    began: Option<SimTime>,
}

impl Shortfall {
    /// An empty shortfall; `origin` is the beginning of the reported time.
    pub(super) fn new(origin: SimTime) -> Self {
        Self {
            since: origin,
            ..Self::default()
        }
    }

    /// Integrates up to `now`, with the levels that applied until now.
    pub(super) fn advance(&mut self, now: SimTime, desired: u64, healthy: u64, minimum: u64) {
        if now <= self.since {
            return;
        }
        let length = u128::from((now - self.since).as_micros());
        self.since = now;
        let missing = u128::from(desired.saturating_sub(healthy)) * length;
        if !self.reached {
            self.first_wait += length;
            self.missing_before += missing;
            if healthy >= minimum {
                self.available_before += length;
            }
            return;
        }
        self.counted += length;
        self.missing += missing;
        if healthy >= minimum {
            self.available += length;
        }
    }

    /// True once the desired count was reached.
    pub(super) fn is_reached(&self) -> bool {
        self.reached
    }

    /// Sets the levels that apply from `now` on. Returns whether the desired count is reached for the
    /// first time.
    pub(super) fn set(
        &mut self,
        now: SimTime,
        origin: SimTime,
        desired: u64,
        healthy: u64,
    ) -> bool {
        let is_first = !self.reached && healthy >= desired;
        self.reached |= is_first;
        if self.reached && healthy < desired {
            self.began.get_or_insert(now);
        } else {
            self.close(now, origin);
        }
        is_first
    }

    /// Completes the sums at the end of the run, up to which they are integrated.
    pub(super) fn finish(&mut self, end: SimTime, origin: SimTime) {
        self.close(end, origin);
        let whole = u128::from(end.since(origin).as_micros());
        let is_short = self.first_wait <= u128::from(LONGEST_START.as_micros())
            && self.first_wait * LONGEST_PART <= whole;
        if self.reached && is_short {
            return;
        }
        self.counted += self.first_wait;
        self.missing += self.missing_before;
        match self.reached {
            true => self.available += self.available_before,
            false => self.never_complete = 1,
        }
        let length = Span::micros(u64::try_from(self.first_wait).unwrap_or(u64::MAX));
        if length > Span::ZERO {
            self.intervals.record(length);
        }
    }

    /// Ends the open interval, if there is one.
    fn close(&mut self, now: SimTime, origin: SimTime) {
        let Some(began) = self.began.take() else {
            return;
        };
        let length = now.since(began.max(origin));
        if length > Span::ZERO {
            self.intervals.record(length);
        }
    }

    /// Adds the sums and intervals of another service.
    pub(super) fn add(&mut self, other: &Self) {
        self.counted += other.counted;
        self.available += other.available;
        self.missing += other.missing;
        self.first_wait += other.first_wait;
        self.never_complete += other.never_complete;
        self.intervals.merge(&other.intervals);
    }

    /// The available share of the counted time, 0 to 1; `None` when that is zero.
    pub fn availability(&self) -> Option<f64> {
        (self.counted > 0).then(|| self.available as f64 / self.counted as f64)
    }

    /// Time mean of the number of missing tasks; `None` when no time is counted. Of several services
    /// it is the mean of one.
    pub fn mean(&self) -> Option<f64> {
        (self.counted > 0).then(|| self.missing as f64 / self.counted as f64)
    }
}
