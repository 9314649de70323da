//! Single requests that clients send again.

use super::worker::Request;
use crate::plan::ClientRetries;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Nanoseconds in a microsecond.
const NANOS: u64 = 1_000;

/// The requests that were lost and come again.
#[derive(Clone, Debug)]
pub(super) struct Again {
    rules: Option<ClientRetries>,
    /// The shortest time between the loss of a request and its return, in ns.
    shortest: u64,
    /// (time, number, size, attempt), the earliest first.
    coming: BinaryHeap<Reverse<(u64, u64, u64, u32)>>,
    /// The number of requests that came again or will.
    number: u64,
}

impl Again {
    pub(super) fn new(rules: Option<ClientRetries>) -> Self {
        let shortest = rules.map_or(u64::MAX, |rules| rules.delay.as_micros() * NANOS);
        Self {
            rules,
            shortest: shortest.max(1),
            coming: BinaryHeap::new(),
            number: 0,
        }
    }

    /// The end of a part of the time from `from` on: what is lost in it comes again after it.
    pub(super) const fn end_of_part(&self, from: u64) -> u64 {
        from.saturating_add(self.shortest)
    }

    /// A request was lost; false when its client has given up.
    pub(super) fn lose(&mut self, at: u64, request: Request) -> bool {
        let Some(rules) = self.rules.filter(|rules| request.attempt < rules.attempts) else {
            return false;
        };
        let delay = rules.delay_after(request.attempt).as_micros();
        let at = at.saturating_add(delay.saturating_mul(NANOS));
        let attempt = request.attempt + 1;
        self.coming
            .push(Reverse((at, self.number, request.size, attempt)));
        self.number += 1;
        true
    }

    /// The next request that comes again up to `to`.
    pub(super) fn next(&mut self, to: u64) -> Option<(u64, Request)> {
        let is_due = |of: &Reverse<(u64, u64, u64, u32)>| of.0.0 <= to;
        self.coming.peek().filter(|of| is_due(of))?;
        let Reverse((at, _, size, attempt)) = self.coming.pop()?;
        let errs = false;
        Some((
            at,
            Request {
                size,
                attempt,
                errs,
            },
        ))
    }
}
