//! Waiting tasks, and how many of them an instance takes: First Fit Decreasing by the rule of placement,
//! so that the tasks that an instance is chosen for can be placed on it together.

use crate::cluster::{Prospect, Request, Shape};
use crate::units::{Cpu, GIB};
use std::cmp::Reverse;

/// One vCPU weighs as much as this many GiB of memory: the rounded ratio of Fargate's unit prices.
const CPU_WEIGHT: u128 = 9;

/// Tasks with equal needs.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// What each of them requires of an instance.
    pub request: Request<'a>,
    /// Number of tasks.
    pub count: u32,
    /// By type of the provider: whether an instance without other tasks has room for one.
    pub holds: &'a [bool],
}

/// Batches in the order in which they are put onto an instance.
#[derive(Clone, Debug)]
pub struct Work<'a> {
    /// The batches, in the order in which they were given.
    pub batches: Vec<Batch<'a>>,
    /// From the largest needs to the smallest, as First Fit Decreasing takes them: by GPUs, then by
    /// CPU and memory together.
    order: Vec<usize>,
    /// A task can let the instance take another one that it did not take before, such as by
    /// `task:group == service:web`.
    tasks_help: bool,
}

impl<'a> Work<'a> {
    /// Brings batches into their order. Those without tasks are left out of it.
    pub fn new(batches: Vec<Batch<'a>>) -> Self {
        let has_tasks = |at: &usize| batches[*at].count > 0;
        let mut order: Vec<usize> = (0..batches.len()).filter(has_tasks).collect();
        order.sort_by_key(|at| {
            let need = &batches[*at].request.shape;
            (Reverse((need.gpus, weight(need))), *at)
        });
        let helps = |at: &usize| {
            let member_of = &batches[*at].request.requirement.member_of;
            member_of.can_come_true_by_a_placement()
        };
        Self {
            tasks_help: order.iter().any(helps),
            batches,
            order,
        }
    }

    /// The largest task that an instance of some type takes without other tasks.
    pub fn largest(&self) -> Option<usize> {
        let mut order = self.order.iter().copied();
        order.find(|at| self.batches[*at].holds.contains(&true))
    }

    /// Puts tasks onto an instance, at most `most`. Returns the batches and the numbers of tasks in the
    /// order in which they are placed.
    pub fn fill(&self, mut on: Prospect<'_>, most: u32) -> Vec<(usize, u32)> {
        let mut waiting: Vec<u32> = self.batches.iter().map(|batch| batch.count).collect();
        let mut placed = Vec::new();
        let mut left = most;
        loop {
            let before = left;
            for at in &self.order {
                let request = &self.batches[*at].request;
                let mut count = 0;
                while count < waiting[*at].min(left) && on.fits(request) {
                    on.promise(request);
                    count += 1;
                }
                if count > 0 {
                    placed.push((*at, count));
                    waiting[*at] -= count;
                    left -= count;
                }
            }
            if !self.tasks_help || left == before {
                return placed;
            }
        }
    }

    /// True without tasks.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// True when an instance takes some task.
    pub fn has_a_task_for(&self, on: &Prospect<'_>) -> bool {
        let mut order = self.order.iter();
        order.any(|at| on.fits(&self.batches[*at].request))
    }

    /// True when one instance takes all tasks.
    pub fn fits_on(&self, one: Prospect<'_>) -> bool {
        let placed = self.fill(one, u32::MAX);
        let placed: u32 = placed.iter().map(|(_, count)| count).sum();
        placed == self.batches.iter().map(|batch| batch.count).sum::<u32>()
    }

    /// The weight of some tasks.
    pub(super) fn weight_of(&self, tasks: impl IntoIterator<Item = (usize, u32)>) -> u128 {
        let tasks = tasks.into_iter();
        tasks
            .map(|(at, count)| weight(&self.batches[at].request.shape) * u128::from(count))
            .sum()
    }

    /// The weight of all tasks.
    pub(super) fn weight(&self) -> u128 {
        let order = self.order.iter();
        self.weight_of(order.map(|at| (*at, self.batches[*at].count)))
    }
}

/// CPU and memory as one number, in bytes of memory; at least 1.
fn weight(shape: &Shape) -> u128 {
    let cpu = u128::from(shape.cpu.as_base()) * CPU_WEIGHT * u128::from(GIB);
    (cpu / u128::from(Cpu::BASE_PER_VCPU) + u128::from(shape.memory.as_bytes())).max(1)
}
