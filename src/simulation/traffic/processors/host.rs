//! The CPU of one instance: its tasks, what each gets and could get, and its credits.

use super::claims::Want;
use super::credits::Credits;
use super::division::{Claim, divide, within_reach};
use crate::cluster::RevisionId;
use crate::simulation::life::{ServingTasks, TasksOnHost};
use crate::units::{Cpu, Decimal, SimTime, Span};

/// The fewest CPU shares of a task: Linux gives no container less (facts/ecs.md 12).
const LEAST_SHARES: Cpu = Cpu::units(2);

/// The CPU of an instance. CPU is in 1/128,000 vCPU.
#[derive(Clone, Debug)]
pub(in crate::simulation) struct Host {
    /// All of its CPU.
    pub(in crate::simulation) cpu: u64,
    /// The speed of its processor.
    pub(in crate::simulation) speed: Decimal,
    /// Its tasks by revision.
    pub(in crate::simulation) tasks: Vec<OnHost>,
    /// Its credits; `None` for an instance that is not burstable.
    pub(in crate::simulation) credits: Option<Credits>,
    /// The time for which an event was scheduled at which its credits may have run out.
    pub(in crate::simulation) empty_due: Option<SimTime>,
    /// The CPU that is used now.
    used: u64,
    /// True while it has no credits and wants more than its baseline.
    is_throttled: bool,
    /// The time for which it was so, since it was measured last.
    pub(in crate::simulation) throttled: Span,
    /// Up to this time all is counted.
    since: SimTime,
    /// The time at which it was measured last.
    measured: SimTime,
}

/// The tasks of a revision on an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulation) struct OnHost {
    pub(in crate::simulation) revision: RevisionId,
    tasks: ServingTasks,
    /// The CPU shares of each.
    shares: u64,
    /// The number of tasks that serve requests, and of others that run.
    pub(in crate::simulation) serving: u32,
    pub(in crate::simulation) others: u32,
    /// The CPU that one that serves could use.
    pub(in crate::simulation) reach: u64,
    /// The CPU that another one uses.
    pub(in crate::simulation) used_by_other: u64,
}

/// Lists that are used again.
#[derive(Clone, Debug, Default)]
pub(in crate::simulation) struct Scratch {
    claims: Vec<Claim>,
    got: Vec<u64>,
    more: (Vec<Claim>, Vec<u64>),
}

impl OnHost {
    pub(in crate::simulation) fn new(revision: RevisionId, of: &TasksOnHost) -> Self {
        Self {
            revision,
            tasks: of.tasks,
            shares: of.reserved().max(LEAST_SHARES).as_base(),
            serving: 0,
            others: 0,
            reach: 0,
            used_by_other: 0,
        }
    }
}

impl Host {
    pub(in crate::simulation) fn new(
        cpu: Cpu,
        speed: Decimal,
        credits: Option<Credits>,
        since: SimTime,
    ) -> Self {
        Self {
            cpu: cpu.as_base(),
            speed,
            tasks: Vec::new(),
            credits,
            empty_due: None,
            used: 0,
            is_throttled: false,
            throttled: Span::ZERO,
            since,
            measured: since,
        }
    }

    /// It is measured now, up to which time all is counted. Returns the time since it was measured last.
    pub(in crate::simulation) fn measured(&mut self) -> Span {
        let span = self.since.since(self.measured);
        self.measured = self.since;
        span
    }

    /// Time passes until `now` at the present use.
    pub(in crate::simulation) fn pass(&mut self, now: SimTime) {
        if let Some(credits) = &mut self.credits {
            credits.pass(self.used, now);
        }
        if self.is_throttled {
            self.throttled = self.throttled.saturating_add(now.since(self.since));
        }
        self.since = now;
    }

    /// Finds what its tasks get from now on, up to which time all is counted.
    pub(in crate::simulation) fn divide(&mut self, wants: &[Want], scratch: &mut Scratch) {
        let Scratch { claims, got, more } = scratch;
        claims.clear();
        for on in &mut self.tasks {
            let want = &wants[on.revision.index()];
            on.serving = want.serving(&on.tasks);
            on.others = on.tasks.running.saturating_sub(on.serving);
            let most = want.limit.min(self.cpu);
            let wanted = [
                (on.serving, want.of_serving(self.speed, most)),
                (on.others, want.base.min(most)),
            ];
            claims.extend(wanted.iter().filter(|of| of.0 > 0).map(|of| Claim {
                tasks: of.0.into(),
                shares: on.shares,
                wanted: of.1,
            }));
        }
        let wanted: u64 = claims.iter().map(|claim| claim.tasks * claim.wanted).sum();
        let cpu = match &self.credits {
            Some(credits) => credits.cpu(self.cpu, wanted),
            None => self.cpu,
        };
        self.is_throttled = cpu < self.cpu;
        divide(cpu, claims, got);
        let used = claims.iter().zip(got.iter());
        self.used = used.map(|(claim, got)| claim.tasks * got).sum();
        let mut place = 0;
        for on in &mut self.tasks {
            if on.serving > 0 {
                let most = wants[on.revision.index()].limit.min(self.cpu);
                let buffers = (&mut more.0, &mut more.1);
                on.reach = match claims[place].wanted >= most {
                    true => got[place],
                    false => within_reach(cpu, claims, place, most, buffers),
                };
                place += 1;
            }
            if on.others > 0 {
                on.used_by_other = got[place];
                place += 1;
            }
        }
    }

    /// The time at which its credits run out at the present use, where no event is scheduled for that time
    /// or an earlier one. The event is taken as scheduled.
    pub(in crate::simulation) fn schedule_empty(&mut self) -> Option<SimTime> {
        let at = self.credits.as_ref()?.empty_at(self.used)?;
        if self.empty_due.is_some_and(|due| due <= at) {
            return None;
        }
        self.empty_due = Some(at);
        Some(at)
    }

    /// True when its tasks and their CPU are those of another instance that was divided at this instant.
    pub(in crate::simulation) fn is_like(&self, other: &Self) -> bool {
        let key = |on: &OnHost| (on.revision, on.tasks, on.shares);
        let tasks = self.tasks.iter().map(key);
        self.credits.is_none()
            && other.credits.is_none()
            && (self.cpu, self.speed) == (other.cpu, other.speed)
            && tasks.eq(other.tasks.iter().map(key))
    }

    /// Takes over what the tasks of an instance get that is like this one.
    pub(in crate::simulation) fn take_over(&mut self, other: &Self) {
        self.tasks.copy_from_slice(&other.tasks);
        (self.used, self.is_throttled) = (other.used, other.is_throttled);
    }
}
