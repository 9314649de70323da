//! The delay before a group retries a launch for which EC2 had no capacity in any of the group's
//! zones and types.

use crate::policy::backoff::doubling;
use crate::units::Span;

/// Counts the failed attempts in a row of one group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaunchRetry {
    first: Span,
    longest: Span,
    failures: u32,
}

impl LaunchRetry {
    /// The first delay is `first`; each further delay is twice the one before, at most `longest`.
    /// The defaults of a plan are 1 and 15 minutes (facts/ecs.md 241, an assumption).
    ///
    /// # Panics
    /// When `first` or `longest` is zero: the group would retry without end in one instant.
    pub fn new(first: Span, longest: Span) -> Self {
        assert!(first.min(longest) > Span::ZERO, "the delays are above zero");
        Self {
            first,
            longest,
            failures: 0,
        }
    }

    /// Counts an attempt that found no capacity in any zone and type.
    pub fn failed(&mut self) {
        self.failures = self.failures.saturating_add(1);
    }

    /// Sets the count to zero, after a launch.
    pub fn reset(&mut self) {
        self.failures = 0;
    }

    /// The delay from the last attempt to the next: zero when the last one did not fail.
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
