//! The times at which a container's health check changes its result. Probes are not events: each
//! change of health is computed from the time at which the check begins or ceases to pass.
//!
//! The first probe comes `interval` after the container's start, the next `interval` after
//! the end of the one before (facts/ecs.md 17). A probe that passes takes no time. One that
//! fails is refused at once, or hangs until its `timeout`: then its result and the next probe come
//! later by that time. **The result of a probe is decided at its begin**: a probe that hangs fails,
//! even if the container becomes ready meanwhile. All spans here count from the container's latest
//! start. A probe at the time of a change finds the new state.

use crate::plan::{HealthCheck, ProbeFailure};
use crate::units::Span;

/// The probes of a container's health check.
#[derive(Clone, Copy, Debug)]
pub struct Probes<'c> {
    check: &'c HealthCheck,
    /// The duration of a failing probe.
    failure: Span,
}

/// The first changes of a container's health.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstHealthy {
    /// When `retries` failures in a row make it UNHEALTHY before its first pass; `None`: they do
    /// not.
    pub unhealthy_before: Option<Span>,
    /// When a probe first passes. One pass makes the container HEALTHY, also after UNHEALTHY and in
    /// the start period (facts/ecs.md 16, 17).
    pub healthy: Span,
}

impl<'c> Probes<'c> {
    /// The probes of a check. `failure` says whether a failing probe is refused or hangs.
    pub fn new(check: &'c HealthCheck, failure: ProbeFailure) -> Self {
        let failure = match failure {
            ProbeFailure::Refused => Span::ZERO,
            ProbeFailure::Hangs => check.timeout,
        };
        Self { check, failure }
    }

    /// The first changes of health when the check passes from `time_to_healthy` on.
    pub fn first_healthy(&self, time_to_healthy: Span) -> FirstHealthy {
        let first_pass = self.failing_probe_at_or_after(time_to_healthy);
        let unhealthy = self.never_passes();
        FirstHealthy {
            unhealthy_before: (unhealthy < first_pass).then(|| self.verdict_of(unhealthy)),
            healthy: self.failing_probe(first_pass),
        }
    }

    /// When a container becomes UNHEALTHY whose check would pass from `time_to_healthy` on
    /// and fails for good from `since_start` on: with the last of `retries` failures in a row.
    ///
    /// If its first pass ([`FirstHealthy::healthy`]) does not come before `since_start`, it
    /// never becomes healthy, and failures of its start period do not count. Once it has
    /// passed they count there too (facts/ecs.md 16).
    pub fn failing_from(&self, time_to_healthy: Span, since_start: Span) -> Span {
        let first_pass = self.failing_probe(self.failing_probe_at_or_after(time_to_healthy));
        if since_start <= first_pass {
            return self.verdict_of(self.never_passes());
        }
        // From the first pass on, probes are one interval apart until the first failure.
        let passes_for = since_start.saturating_sub(first_pass);
        let passing = passes_for.as_micros().div_ceil(self.interval());
        let first_failure = Span::micros(passing.saturating_mul(self.interval())) + first_pass;
        let others = self.failures_to_come().saturating_mul(self.period());
        first_failure + Span::micros(others) + self.failure
    }

    /// The number, from 1, of the probe that makes a container unhealthy that has never passed.
    fn never_passes(&self) -> u64 {
        // A failure counts when its probe begins after the start period.
        let first = self.failing_probe_at_or_after(self.check.start_period);
        first.saturating_add(self.failures_to_come())
    }

    /// The number of further failures after the first that make it unhealthy.
    fn failures_to_come(&self) -> u64 {
        u64::from(self.check.retries.saturating_sub(1))
    }

    /// The number, from 1, of the first probe that begins `since_start` or more after the start,
    /// when all probes before it fail.
    fn failing_probe_at_or_after(&self, since_start: Span) -> u64 {
        let after_first = since_start.as_micros().saturating_sub(self.interval());
        1 + after_first.div_ceil(self.period())
    }

    /// The begin of a probe, when all probes before it fail.
    fn failing_probe(&self, probe: u64) -> Span {
        let gaps = (probe - 1).saturating_mul(self.period());
        Span::micros(self.interval().saturating_add(gaps))
    }

    /// The end of a failing probe, when all probes before it fail.
    fn verdict_of(&self, probe: u64) -> Span {
        self.failing_probe(probe) + self.failure
    }

    /// The time between the begins of two failing probes, in µs.
    fn period(&self) -> u64 {
        self.interval().saturating_add(self.failure.as_micros())
    }

    /// The interval in µs; AWS allows at least 5 s (facts/ecs.md 16).
    fn interval(&self) -> u64 {
        self.check.interval.as_micros().max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ProbeFailure::{Hangs, Refused};
    use proptest::prelude::*;

    fn check(interval: u64, retries: u32, start_period: u64) -> HealthCheck {
        HealthCheck {
            interval: Span::seconds(interval),
            timeout: Span::seconds(5),
            retries,
            start_period: Span::seconds(start_period),
        }
    }

    /// When it is first unhealthy and first healthy, by a check that fails this way.
    fn first_by(
        check: &HealthCheck,
        failure: ProbeFailure,
        time_to_healthy: u64,
    ) -> (Option<u64>, u64) {
        let probes = Probes::new(check, failure);
        let first = probes.first_healthy(Span::seconds(time_to_healthy));
        let seconds = |span: Span| span.ceil_seconds();
        (first.unhealthy_before.map(seconds), seconds(first.healthy))
    }

    fn failing_by(
        check: &HealthCheck,
        failure: ProbeFailure,
        time_to_healthy: u64,
        since_start: u64,
    ) -> u64 {
        let (ready, fails) = (Span::seconds(time_to_healthy), Span::seconds(since_start));
        let probes = Probes::new(check, failure);
        probes.failing_from(ready, fails).ceil_seconds()
    }

    fn first(check: &HealthCheck, time_to_healthy: u64) -> (Option<u64>, u64) {
        first_by(check, Refused, time_to_healthy)
    }

    fn failing(check: &HealthCheck, time_to_healthy: u64, since_start: u64) -> u64 {
        failing_by(check, Refused, time_to_healthy, since_start)
    }

    #[test]
    fn ecs_17_the_first_probe_comes_an_interval_after_the_start() {
        let defaults = check(30, 3, 0);
        assert_eq!(first(&defaults, 0), (None, 30));
        assert_eq!(first(&defaults, 30), (None, 30));
        assert_eq!(first(&defaults, 31), (None, 60));
    }

    #[test]
    fn ecs_17_a_slow_container_is_unhealthy_until_its_first_pass() {
        let defaults = check(30, 3, 0);
        assert_eq!(first(&defaults, 90), (None, 90), "two failures only");
        assert_eq!(first(&defaults, 91), (Some(90), 120));
        assert_eq!(first(&check(5, 1, 0), 6), (Some(5), 10));
    }

    #[test]
    fn ecs_16_failures_within_the_start_period_do_not_count() {
        let patient = check(30, 3, 120);
        // The probe at 120 s is the first that counts.
        assert_eq!(first(&patient, 180), (None, 180));
        assert_eq!(first(&patient, 181), (Some(180), 210));
        assert_eq!(first(&check(30, 3, 121), 211), (Some(210), 240));
    }

    #[test]
    fn ecs_16_a_pass_within_the_start_period_makes_healthy_and_later_failures_count() {
        let patient = check(30, 3, 300);
        assert_eq!(first(&patient, 45), (None, 60));
        // Failures at 90 s, 120 s and 150 s, well within the start period.
        assert_eq!(failing(&patient, 45, 61), 150);
        assert_eq!(failing(&patient, 45, 60), 360, "had it never passed");
    }

    #[test]
    fn ecs_17_retries_failures_in_a_row_make_unhealthy() {
        let defaults = check(30, 3, 0);
        assert_eq!(failing(&defaults, 0, 1000), 1020 + 60);
        assert_eq!(failing(&defaults, 0, 1020), 1020 + 60);
        assert_eq!(failing(&check(10, 1, 0), 0, 1001), 1010);
        assert_eq!(failing(&defaults, 0, 0), 90);
    }

    /// Probes at 30, 65 and 100 s take their 5 s each; the next comes 30 s after.
    #[test]
    fn ecs_16_a_probe_that_hangs_takes_its_timeout_and_moves_those_behind_it() {
        let defaults = check(30, 3, 0);
        assert_eq!(first_by(&defaults, Hangs, 0), (None, 30));
        assert_eq!(first_by(&defaults, Hangs, 31), (None, 65));
        assert_eq!(first_by(&defaults, Hangs, 66), (None, 100));
        assert_eq!(first_by(&defaults, Hangs, 101), (Some(105), 135));
        // Healthy from 65 s on; probed at 95, 125 and 155 s, where it first fails.
        assert_eq!(failing_by(&defaults, Hangs, 31, 126), 155 + 2 * 35 + 5);
        assert_eq!(failing_by(&defaults, Hangs, 31, 65), 105, "never passed");
        assert_eq!(failing_by(&check(10, 1, 0), Hangs, 0, 1001), 1010 + 5);
    }

    /// A probe counts that begins when the start period is over (Docker's rule): at 65 s.
    #[test]
    fn ecs_16_a_probe_that_hangs_over_the_end_of_the_start_period_does_not_count() {
        let patient = check(30, 2, 32);
        assert_eq!(first_by(&patient, Hangs, 200), (Some(105), 205));
    }

    /// Probe by probe: the first time it is unhealthy, the first time it is healthy, and
    /// the first time it is unhealthy after that.
    fn probe_by_probe(
        check: &HealthCheck,
        failure: ProbeFailure,
        ready: u64,
        fails: u64,
    ) -> [Option<u64>; 3] {
        let mut found = [None; 3];
        let (mut streak, mut passed) = (0, false);
        let mut now = 0;
        for _ in 1..200 {
            now += check.interval.ceil_seconds();
            if now >= ready && now < fails {
                (streak, passed) = (0, true);
                found[1] = found[1].or(Some(now));
                continue;
            }
            let counts = passed || now >= check.start_period.ceil_seconds();
            if failure == Hangs {
                now += check.timeout.ceil_seconds();
            }
            if counts {
                streak += 1;
                if streak == check.retries {
                    let which = if passed { 2 } else { 0 };
                    found[which] = found[which].or(Some(now));
                }
            }
        }
        found
    }

    proptest! {
        #[test]
        fn it_agrees_with_a_simulation_of_every_probe(
            interval in 5u64..40,
            timeout in 2u64..61,
            hangs: bool,
            retries in 1u32..6,
            start_period in 0u64..100,
            ready in 0u64..300,
            fails in 0u64..600,
        ) {
            let check = HealthCheck {
                timeout: Span::seconds(timeout),
                ..check(interval, retries, start_period)
            };
            let failure = if hangs { Hangs } else { Refused };
            let [before, healthy, after] = probe_by_probe(&check, failure, ready, fails);
            let (unhealthy_before, first_pass) = first_by(&check, failure, ready);
            let failing = failing_by(&check, failure, ready, fails);
            if let Some(healthy) = healthy {
                prop_assert_eq!((unhealthy_before, first_pass), (before, healthy));
                prop_assert_eq!(after, Some(failing));
            } else {
                prop_assert!(fails <= first_pass);
                prop_assert_eq!(before, Some(failing));
            }
        }
    }
}
