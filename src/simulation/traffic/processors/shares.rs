//! What the tasks on an instance get of its CPU, and what they could get. Instances with equal tasks and without
//! credits are counted together.

use super::claims::Want;
use super::credits::Credits;
use super::division::{Claim, divide, within_reach};
use crate::simulation::life::{ServingTasks, TasksOnHost};
use crate::units::{Cpu, Decimal};

/// The fewest CPU shares of a task: Linux gives no container less.
const LEAST_SHARES: Cpu = Cpu::units(2);

/// The shares of tasks in the CPU of an instance. CPU is in 1/128,000 vCPU.
#[derive(Clone, Debug)]
pub(in crate::simulation) struct Shares {
    /// All of the CPU of the instance.
    cpu: u64,
    /// The speed of its processor.
    pub(in crate::simulation) speed: Decimal,
    /// Its tasks by revision and class.
    pub(in crate::simulation) tasks: Vec<OnHost>,
    /// The CPU that the tasks want, what there is for them, and what they use.
    wanted: u64,
    given: u64,
    used: u64,
}

/// What decides which shares tasks have.
pub(in crate::simulation) type SharesKey = (u64, Decimal, Vec<(usize, ServingTasks, u64)>);

/// The tasks of a class of a revision on an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulation) struct OnHost {
    /// The number of the class.
    pub(in crate::simulation) number: usize,
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
    pub(in crate::simulation) fn new(number: usize, of: &TasksOnHost) -> Self {
        Self {
            number,
            tasks: of.tasks,
            shares: of.reserved().max(LEAST_SHARES).as_base(),
            serving: 0,
            others: 0,
            reach: 0,
            used_by_other: 0,
        }
    }

    const fn key(&self) -> (usize, ServingTasks, u64) {
        (self.number, self.tasks, self.shares)
    }
}

impl Shares {
    pub(in crate::simulation) const fn new(cpu: Cpu, speed: Decimal, tasks: Vec<OnHost>) -> Self {
        let cpu = cpu.as_base();
        Self {
            cpu,
            speed,
            tasks,
            wanted: 0,
            given: cpu,
            used: 0,
        }
    }

    /// What decides which shares these tasks have.
    pub(in crate::simulation) fn key(&self) -> SharesKey {
        let tasks = self.tasks.iter().map(OnHost::key);
        (self.cpu, self.speed, tasks.collect())
    }

    /// The most CPU that a task that wants this can use.
    pub(in crate::simulation) fn most(&self, want: &Want) -> u64 {
        want.limit.min(self.cpu)
    }

    /// The CPU that the tasks use.
    pub(in crate::simulation) const fn used(&self) -> u64 {
        self.used
    }

    /// True when there is less CPU than the instance has, for want of credits.
    pub(in crate::simulation) const fn is_throttled(&self) -> bool {
        self.given < self.cpu
    }

    /// Finds what the tasks get from now on.
    pub(in crate::simulation) fn divide(
        &mut self,
        wants: &[Want],
        credits: Option<&Credits>,
        scratch: &mut Scratch,
    ) {
        let Scratch { claims, got, more } = scratch;
        claims.clear();
        for on in &mut self.tasks {
            let want = &wants[on.number];
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
        self.wanted = claims.iter().map(|claim| claim.tasks * claim.wanted).sum();
        self.given = credits.map_or(self.cpu, |of| of.cpu(self.cpu, self.wanted));
        divide(self.given, claims, got);
        let used = claims.iter().zip(got.iter());
        self.used = match self.is_throttled() {
            // What is lost by rounding must not become a credit, with which all of the CPU could be used.
            true => self.given,
            false => used.map(|(claim, got)| claim.tasks * got).sum(),
        };
        let mut place = 0;
        for on in &mut self.tasks {
            if on.serving > 0 {
                let most = wants[on.number].limit.min(self.cpu);
                let buffers = (&mut more.0, &mut more.1);
                on.reach = match claims[place].wanted >= most {
                    true => got[place],
                    false => within_reach(self.given, claims, place, most, buffers),
                };
                place += 1;
            }
            if on.others > 0 {
                on.used_by_other = got[place];
                place += 1;
            }
        }
    }

    /// Takes over the shares of another instance, where its tasks and its CPU are the same with these
    /// credits. True when it is so.
    pub(in crate::simulation) fn take_over(&mut self, other: &Self, credits: &Credits) -> bool {
        let tasks = self.tasks.iter().map(OnHost::key);
        let is_same = (self.cpu, self.speed) == (other.cpu, other.speed)
            && tasks.eq(other.tasks.iter().map(OnHost::key))
            && credits.cpu(self.cpu, other.wanted) == other.given;
        if is_same {
            self.tasks.copy_from_slice(&other.tasks);
            (self.wanted, self.given, self.used) = (other.wanted, other.given, other.used);
        }
        is_same
    }
}
