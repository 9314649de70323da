//! When a group tries again to launch an instance for which EC2 had no capacity in any of
//! its zones and types.

use crate::policy::backoff::doubling;
use crate::units::Span;

/// Counts the attempts of one group that found no capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaunchRetry {
    first: Span,
    longest: Span,
    failures: u32,
}

impl LaunchRetry {
    /// The group waits for `first`, then twice that, and so on, at most `longest`: a minute
    /// and 15 by default (facts/ecs.md 241, our assumption).
    ///
    /// # Panics
    /// When `first` or `longest` is no time at all: the group would try for ever at once.
    pub fn new(first: Span, longest: Span) -> Self {
        assert!(first.min(longest) > Span::ZERO, "the group waits");
        Self {
            first,
            longest,
            failures: 0,
        }
    }

    /// An attempt found no capacity anywhere.
    pub fn failed(&mut self) {
        self.failures = self.failures.saturating_add(1);
    }

    /// An instance was launched.
    pub fn reset(&mut self) {
        self.failures = 0;
    }

    /// How long after the last attempt the next one is made: at once if it did not fail.
    pub fn delay(&self) -> Span {
        doubling(self.failures, self.first, self.longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fact_241_the_delay_doubles_from_one_to_fifteen_minutes() {
        let mut retry = LaunchRetry::new(Span::seconds(60), Span::seconds(15 * 60));
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
