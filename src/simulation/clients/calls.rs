//! The rates of calls of `RunTask` per account (facts/ecs.md 47, 48), and the calls that are delayed.

use crate::cluster::{EntryId, TaskId};
use crate::plan::Assumptions;
use crate::policy::rate::TokenBucket;
use crate::simulation::event::{Ctx, Event};
use crate::units::{Decimal, SimTime, Span};
use std::collections::BTreeMap;

/// The period of a rate in millionths per second.
const A_MILLION_SECONDS: Span = Span::seconds(Decimal::MILLIONTHS);

/// The rates of calls, and the calls that are delayed.
pub(super) struct Calls {
    all: TokenBucket,
    on_fargate: TokenBucket,
    /// By number.
    delayed: BTreeMap<u32, Call>,
    /// Number of the next call that is delayed.
    next: u32,
}

/// A call that is delayed.
pub(super) struct Call {
    pub(super) entry: EntryId,
    pub(super) tasks: Vec<TaskId>,
    /// How often it was throttled; zero where it has the promise of a token.
    pub(super) throttled: u32,
}

/// The answer to a call.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Accepted,
    /// The client waits until this time before it calls.
    From(SimTime),
    Throttled,
}

impl Calls {
    pub(super) fn new(assumptions: &Assumptions) -> Self {
        let bucket = |(burst, per_second): (u32, Decimal)| {
            TokenBucket::new(burst, per_second.as_millionths(), A_MILLION_SECONDS)
        };
        Self {
            all: bucket(assumptions.run_task_bucket),
            on_fargate: bucket(assumptions.run_task_fargate_bucket),
            delayed: BTreeMap::new(),
            next: 0,
        }
    }

    /// Makes a call now. A client that `waits` is promised a token, others may be throttled.
    pub(super) fn call(&mut self, now: SimTime, waits: bool, on_fargate: bool) -> Answer {
        if waits {
            let mut at = self.all.admit(now);
            if on_fargate {
                at = at.max(self.on_fargate.admit(now));
            }
            return if at == now {
                Answer::Accepted
            } else {
                Answer::From(at)
            };
        }
        let has_tokens = !on_fargate || self.on_fargate.has_token(now);
        if !has_tokens || !self.all.try_admit(now) {
            return Answer::Throttled;
        }
        if on_fargate {
            self.on_fargate.admit(now);
        }
        Answer::Accepted
    }

    /// Delays a call until a time.
    pub(super) fn delay<R>(&mut self, ctx: &mut Ctx<'_, R>, at: SimTime, call: Call) {
        let number = self.next;
        self.next = self.next.wrapping_add(1);
        self.delayed.insert(number, call);
        ctx.at(at, Event::RunTaskDue { call: number });
    }
    /// True when the call for a task is delayed.
    pub(super) fn delays(&self, id: TaskId) -> bool {
        self.delayed.values().any(|call| call.tasks.contains(&id))
    }
    /// Removes the delayed call with this number.
    pub(super) fn take(&mut self, number: u32) -> Option<Call> {
        self.delayed.remove(&number)
    }
}
