//! The pull limit of a registry: a number of pulls in a sliding window of time. The caller decides
//! which pulls share a window (those of an instance's address or of a NAT gateway's). The effect of
//! a refused pull on its task is not here.

use crate::units::{SimTime, Span};
use std::collections::VecDeque;

/// The recent pulls of one address (facts/platform.md 3.4.1). At most `limit` times are kept.
#[derive(Clone, Debug)]
pub struct PullWindow {
    limit: u32,
    length: Span,
    /// The times of the pulls in the window, oldest first.
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

    /// Requests a manifest at `now`, which counts as one pull. False when the registry refuses it.
    /// A pull counts for `length`, its end excluded. A refused pull does not count.
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
        // The first pull has left the window. Refused pulls were not counted.
        assert!(window.take(second(6 * 3600)));
        assert!(!window.take(second(6 * 3600)));
        assert!(window.take(second(6 * 3600 + 1)));
    }

    #[test]
    fn a_limit_of_zero_refuses_every_pull() {
        assert!(!PullWindow::new(0, Span::hours(6)).take(second(5)));
    }

    proptest! {
        #[test]
        fn it_agrees_with_a_count_of_all_granted_pulls(
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
