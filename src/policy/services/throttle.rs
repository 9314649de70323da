//! How long a service waits before it tries again: after tasks that failed to start, and
//! after passes that found no room. Two small counters; the caller keeps the clock.

use crate::policy::backoff::doubling;
use crate::units::Span;

/// How often a service is looked at (facts/ecs.md 119).
const PASS_PERIOD: Span = Span::seconds(10);

/// So many failures in a row are still taken at the usual pace (71, 117).
const FAILURES_BEFORE_DELAY: u32 = 3;
/// The curve of the start throttle is our assumption (71); its cap is AWS's (70).
const FIRST_START_DELAY: Span = Span::seconds(15);
const LONGEST_START_DELAY: Span = Span::seconds(27 * 60);

/// Slows a service whose tasks stop without ever having been RUNNING (70, 71).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StartThrottle {
    failures: u32,
}

impl StartThrottle {
    /// A task went from PENDING to STOPPED. Tasks that had been RUNNING do not count (70).
    pub fn failed(&mut self) {
        self.failures = self.failures.saturating_add(1);
    }

    /// A task has reached RUNNING, or the service was updated (71).
    pub fn reset(&mut self) {
        self.failures = 0;
    }

    /// How long the next start has to wait since the last failure: not at all, from the
    /// third failure on 15 s, doubling to 27 min.
    pub fn delay(&self) -> Span {
        let beyond = self.failures.saturating_sub(FAILURES_BEFORE_DELAY - 1);
        doubling(beyond, FIRST_START_DELAY, LONGEST_START_DELAY)
    }

    /// True when the service says that it is unable to consistently start tasks (70).
    pub fn is_impaired(&self) -> bool {
        self.failures >= FAILURES_BEFORE_DELAY
    }
}

/// Slows a service without a managed capacity provider that finds no room (116, 117). The
/// numbers are our assumption; a newly registered instance does not wake the service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlacementRetry {
    failed_passes: u32,
}

impl PlacementRetry {
    /// A pass could not place a task.
    pub fn failed(&mut self) {
        self.failed_passes = self.failed_passes.saturating_add(1);
    }

    /// A task was placed, the service was updated, or its desired count has changed (117).
    pub fn reset(&mut self) {
        self.failed_passes = 0;
    }

    /// How long after the last pass the next one is: 10 s, after three failed passes in a
    /// row 5, 10, and from then on 15 min.
    pub fn delay(&self) -> Span {
        match self.failed_passes {
            0..3 => PASS_PERIOD,
            3 => Span::seconds(5 * 60),
            4 => Span::seconds(10 * 60),
            _ => Span::seconds(15 * 60),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_70_and_71_the_start_delay_doubles_from_15_seconds_to_27_minutes() {
        let mut throttle = StartThrottle::default();
        let mut delays = Vec::new();
        for _ in 0..12 {
            delays.push(throttle.delay().ceil_seconds());
            throttle.failed();
        }
        assert_eq!(
            delays,
            [0, 0, 0, 15, 30, 60, 120, 240, 480, 960, 1620, 1620]
        );
        assert!(throttle.is_impaired());
        throttle.reset();
        assert_eq!(throttle, StartThrottle::default());
        assert!(!throttle.is_impaired());
    }

    #[test]
    fn fact_117_three_failed_passes_then_5_10_and_15_minutes() {
        let mut retry = PlacementRetry::default();
        let mut delays = Vec::new();
        for _ in 0..7 {
            delays.push(retry.delay().ceil_seconds());
            retry.failed();
        }
        assert_eq!(delays, [10, 10, 10, 300, 600, 900, 900]);
        retry.reset();
        assert_eq!(retry.delay(), PASS_PERIOD);
    }
}
