//! Delays of a service after failures: after tasks that failed to start, and after passes that
//! could not place a task. Here are two counters; the caller has the clock.

use crate::policy::backoff::doubling;
use crate::units::Span;
use std::sync::Arc;

/// The delays after failed starts. The curve is an assumption (facts/ecs.md 71); the longest delay
/// is documented (70).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StartDelays {
    /// Number of failures in a row after which the first delay follows, at least 1.
    pub failures: u32,
    /// The first delay; each further delay is twice the one before.
    pub first: Span,
    /// The longest delay.
    pub longest: Span,
}

impl Default for StartDelays {
    fn default() -> Self {
        Self {
            failures: 3,
            first: Span::seconds(15),
            longest: Span::seconds(27 * 60),
        }
    }
}

/// The delays between passes of a service whose tasks cannot be placed: an assumption
/// (facts/ecs.md 117).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacementDelays {
    /// Number of failed passes in a row after which the first delay follows, at least 1. Before
    /// that, passes follow each other by the scheduler's period.
    pub failures: u32,
    /// The delays in order, at least one; the last applies to all further failures.
    pub delays: Arc<[Span]>,
}

impl Default for PlacementDelays {
    fn default() -> Self {
        Self {
            failures: 3,
            delays: [5, 10, 15]
                .map(|minutes| Span::seconds(minutes * 60))
                .into(),
        }
    }
}

/// Counts starts in a row that failed: tasks that stopped before they were RUNNING (70, 71).
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

    /// The delay from the last failure to the next start: zero before the failure that `delays`
    /// names, the third by default.
    pub fn delay(&self, delays: &StartDelays) -> Span {
        let beyond = self.failures.saturating_sub(delays.failures - 1);
        doubling(beyond, delays.first, delays.longest)
    }

    /// True when ECS reports that the service is unable to consistently start tasks (70).
    pub fn is_impaired(&self, delays: &StartDelays) -> bool {
        self.failures >= delays.failures
    }
}

/// Counts passes in a row that could not place a task, of a service without a managed capacity
/// provider (116, 117). A newly registered instance does not shorten the delay.
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

    /// The time from the last pass to the next: the scheduler's period (119), or one of `delays`
    /// after enough failed passes in a row.
    pub fn delay(&self, delays: &PlacementDelays, period: Span) -> Span {
        let Some(beyond) = self.failed_passes.checked_sub(delays.failures) else {
            return period;
        };
        let last = delays.delays.len() - 1;
        delays.delays[last.min(beyond as usize)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_70_and_71_the_start_delay_doubles_from_15_seconds_to_27_minutes() {
        let mut throttle = StartThrottle::default();
        let curve = StartDelays::default();
        let mut delays = Vec::new();
        for _ in 0..12 {
            delays.push(throttle.delay(&curve).ceil_seconds());
            throttle.failed();
        }
        assert_eq!(
            delays,
            [0, 0, 0, 15, 30, 60, 120, 240, 480, 960, 1620, 1620]
        );
        assert!(throttle.is_impaired(&curve));
        throttle.reset();
        assert_eq!(throttle, StartThrottle::default());
        assert!(!throttle.is_impaired(&curve));
    }

    #[test]
    fn fact_117_three_failed_passes_then_5_10_and_15_minutes() {
        let usual = PlacementDelays::default();
        let other = PlacementDelays {
            failures: 1,
            delays: [Span::seconds(7)].into(),
        };
        for (curve, period, wanted) in [
            (usual, 10, [10, 10, 10, 300, 600, 900, 900]),
            (other, 20, [20, 7, 7, 7, 7, 7, 7]),
        ] {
            let period = Span::seconds(period);
            let mut retry = PlacementRetry::default();
            let delays = [(); 7].map(|()| {
                let delay = retry.delay(&curve, period).ceil_seconds();
                retry.failed();
                delay
            });
            assert_eq!(delays, wanted);
            retry.reset();
            assert_eq!(retry.delay(&curve, period), period);
        }
    }

    #[test]
    fn another_curve_throttles_otherwise() {
        let curve = StartDelays {
            failures: 1,
            first: Span::seconds(4),
            longest: Span::seconds(9),
        };
        let mut throttle = StartThrottle::default();
        let delays = [(); 4].map(|()| {
            let delay = throttle.delay(&curve).ceil_seconds();
            throttle.failed();
            delay
        });
        assert_eq!(delays, [0, 4, 8, 9]);
    }
}
