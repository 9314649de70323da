//! The pull limit of a registry: so many pulls in a sliding window. Whose window it is (an
//! instance's address, a NAT gateway's) is the caller's to know; what a refused pull means
//! for its task stands elsewhere.

use crate::units::{SimTime, Span};
use std::collections::VecDeque;

/// Pulls that one address has made lately (facts/platform.md 3.4.1). It remembers at most as
/// many as the limit.
#[derive(Clone, Debug)]
pub struct PullWindow {
    limit: u32,
    length: Span,
    /// When the pulls that count were made, oldest first.
    pulls: VecDeque<SimTime>,
}

impl PullWindow {
    /// At most `limit` pulls in any `length` of time.
    pub fn new(limit: u32, length: Span) -> Self {
        Self {
            limit,
            length,
            pulls: VecDeque::new(),
        }
    }

    /// Asks for a manifest, which is what counts as a pull; false when the registry refuses.
    /// A pull counts until just before `length` later. A refused one does not count.
    pub fn take(&mut self, now: SimTime) -> bool {
        let (limit, length) = (self.limit as usize, self.length);
        while self.pulls.front().is_some_and(|at| *at + length <= now) {
            self.pulls.pop_front();
        }
        let granted = self.pulls.len() < limit;
        if granted {
            self.pulls.push_back(now);
        }
        granted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn second(second: u64) -> SimTime {
        SimTime::ZERO + Span::seconds(second)
    }

    #[test]
    fn platform_3_4_1_a_hundred_pulls_in_six_hours_and_the_next_is_refused() {
        let mut window = PullWindow::new(100, Span::hours(6));
        for pull in 0..100 {
            assert!(window.take(second(pull)));
        }
        assert!(!window.take(second(100)));
        assert!(!window.take(second(6 * 3600 - 1)));
        // The first has left the window; the refused ones never were in it.
        assert!(window.take(second(6 * 3600)));
        assert!(!window.take(second(6 * 3600)));
        assert!(window.take(second(6 * 3600 + 1)));
    }

    #[test]
    fn a_limit_of_none_refuses_all() {
        assert!(!PullWindow::new(0, Span::hours(6)).take(second(5)));
    }

    proptest! {
        #[test]
        fn it_agrees_with_counting_all_pulls_that_were_granted(
            gaps in prop::collection::vec(0u64..5, 0..200),
            limit in 0u32..6,
            length in 1u64..12,
        ) {
            let mut window = PullWindow::new(limit, Span::seconds(length));
            let mut granted: Vec<u64> = Vec::new();
            let mut now = 0;
            for gap in gaps {
                now += gap;
                let recent = granted.iter().filter(|at| **at + length > now).count();
                let taken = window.take(second(now));
                prop_assert_eq!(taken, recent < limit as usize);
                if taken {
                    granted.push(now);
                }
                prop_assert!(window.pulls.len() <= limit as usize);
            }
        }
    }
}
