//! When a group tries again to launch an instance for which EC2 had no capacity in any of
//! its zones and types.

use crate::policy::backoff::doubling;
use crate::units::Span;

/// The first delay; it doubles up to [`LONGEST_DELAY`] (facts/ecs.md 241, our assumption).
const FIRST_DELAY: Span = Span::seconds(60);
const LONGEST_DELAY: Span = Span::seconds(15 * 60);

/// Counts the attempts of one group that found no capacity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LaunchRetry {
    failures: u32,
}

impl LaunchRetry {
    /// An attempt found no capacity anywhere.
    pub fn failed(&mut self) {
        self.failures = self.failures.saturating_add(1);
    }

    /// An instance was launched, or the group's wish has changed.
    pub fn reset(&mut self) {
        self.failures = 0;
    }

    /// How long after the last attempt the next one is made: at once, then 60 s, doubling
    /// to 15 min.
    pub fn delay(&self) -> Span {
        doubling(self.failures, FIRST_DELAY, LONGEST_DELAY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fact_241_the_delay_doubles_from_one_to_fifteen_minutes() {
        let mut retry = LaunchRetry::default();
        assert_eq!(retry.delay(), Span::ZERO);
        let mut delays = Vec::new();
        for _ in 0..6 {
            retry.failed();
            delays.push(retry.delay().ceil_seconds());
        }
        assert_eq!(delays, [60, 120, 240, 480, 900, 900]);
        for _ in 0..100 {
            retry.failed();
        }
        assert_eq!(retry.delay(), Span::seconds(900));
        retry.reset();
        assert_eq!(retry.delay(), Span::ZERO);
    }
}
