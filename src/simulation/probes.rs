//! When a container's health check says what. Nothing is scheduled probe by probe: each
//! change of health is computed from the moment at which the check begins or ceases to pass.
//!
//! The first probe comes `interval` after the container's start, the next `interval` after
//! the end of the one before (facts/ecs.md 17). **A probe takes no time, a failing one
//! neither**: it is refused at once rather than hanging until its `timeout`, so that probe n
//! is n intervals after the start. All spans here count from the container's latest start,
//! and a probe at the very instant of a change sees what is new.

use crate::plan::HealthCheck;
use crate::units::Span;

/// The first verdicts on a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstHealthy {
    /// When `retries` failures in a row made it UNHEALTHY before it first passed, if they
    /// did.
    pub unhealthy_before: Option<Span>,
    /// When a probe passes for the first time: a single pass makes it HEALTHY, whatever was
    /// before, in the start period too (facts/ecs.md 16, 17).
    pub healthy: Span,
}

/// What a check finds that would pass from `time_to_healthy` on, if nothing else happens.
pub fn first_healthy(check: &HealthCheck, time_to_healthy: Span) -> FirstHealthy {
    let first_pass = probe_at_or_after(check, time_to_healthy);
    let unhealthy = never_passes(check);
    FirstHealthy {
        unhealthy_before: (unhealthy < first_pass).then(|| at_probe(check, unhealthy)),
        healthy: at_probe(check, first_pass),
    }
}

/// When a container becomes UNHEALTHY whose check would pass from `time_to_healthy` on and
/// fails for good from `since_start` on: with the last of `retries` failures in a row.
///
/// If its first pass ([`FirstHealthy::healthy`]) does not come before `since_start`, it never
/// becomes healthy, and failures of its start period do not count. Once it has passed they
/// count there too (facts/ecs.md 16).
pub fn failing_from(check: &HealthCheck, time_to_healthy: Span, since_start: Span) -> Span {
    let first_pass = probe_at_or_after(check, time_to_healthy);
    let first_failure = probe_at_or_after(check, since_start);
    let unhealthy = if first_failure <= first_pass {
        never_passes(check)
    } else {
        last_retry(check, first_failure)
    };
    at_probe(check, unhealthy)
}

/// The probe that makes a container unhealthy which has not passed before.
fn never_passes(check: &HealthCheck) -> u64 {
    // A failure counts that comes when the start period is over.
    last_retry(check, probe_at_or_after(check, check.start_period))
}

/// The last of so many failures in a row as the check wants, this probe among them.
fn last_retry(check: &HealthCheck, first: u64) -> u64 {
    first.saturating_add(u64::from(check.retries.saturating_sub(1)))
}

/// The number of the first probe, from one, that is not before so long after the start.
fn probe_at_or_after(check: &HealthCheck, since_start: Span) -> u64 {
    let probes = since_start.as_micros().div_ceil(interval(check));
    probes.max(1)
}

/// When a probe comes.
fn at_probe(check: &HealthCheck, probe: u64) -> Span {
    Span::micros(probe.saturating_mul(interval(check)))
}

/// In microseconds; AWS allows nothing below 5 s (facts/ecs.md 16).
fn interval(check: &HealthCheck) -> u64 {
    check.interval.as_micros().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(interval: u64, retries: u32, start_period: u64) -> HealthCheck {
        HealthCheck {
            interval: Span::seconds(interval),
            timeout: Span::seconds(5),
            retries,
            start_period: Span::seconds(start_period),
        }
    }

    fn first(check: &HealthCheck, time_to_healthy: u64) -> (Option<u64>, u64) {
        let first = first_healthy(check, Span::seconds(time_to_healthy));
        let seconds = |span: Span| span.ceil_seconds();
        (first.unhealthy_before.map(seconds), seconds(first.healthy))
    }

    fn failing(check: &HealthCheck, time_to_healthy: u64, since_start: u64) -> u64 {
        let (ready, fails) = (Span::seconds(time_to_healthy), Span::seconds(since_start));
        failing_from(check, ready, fails).ceil_seconds()
    }

    #[test]
    fn ecs_17_the_first_probe_comes_an_interval_after_the_start() {
        let defaults = check(30, 3, 0);
        assert_eq!(first(&defaults, 0), (None, 30));
        assert_eq!(first(&defaults, 30), (None, 30));
        assert_eq!(first(&defaults, 31), (None, 60));
    }

    #[test]
    fn ecs_17_a_slow_container_is_unhealthy_first_and_a_single_pass_heals_it() {
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

    /// Probe by probe: the first time it is unhealthy, the first time it is healthy, and
    /// the first time it is unhealthy after that.
    fn probe_by_probe(check: &HealthCheck, ready: u64, fails: u64) -> [Option<u64>; 3] {
        let mut found = [None; 3];
        let (mut streak, mut passed) = (0, false);
        for probe in 1..200 {
            let now = probe * check.interval.ceil_seconds();
            if now >= ready && now < fails {
                (streak, passed) = (0, true);
                found[1] = found[1].or(Some(now));
            } else if passed || now >= check.start_period.ceil_seconds() {
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
        fn it_agrees_with_going_from_probe_to_probe(
            interval in 5u64..40,
            retries in 1u32..6,
            start_period in 0u64..100,
            ready in 0u64..300,
            fails in 0u64..600,
        ) {
            let check = check(interval, retries, start_period);
            let [before, healthy, after] = probe_by_probe(&check, ready, fails);
            let (unhealthy_before, first_pass) = first(&check, ready);
            if let Some(healthy) = healthy {
                prop_assert_eq!((unhealthy_before, first_pass), (before, healthy));
                prop_assert_eq!(after, Some(failing(&check, ready, fails)));
            } else {
                prop_assert!(fails <= first_pass);
                prop_assert_eq!(before, Some(failing(&check, ready, fails)));
            }
        }
    }
}
