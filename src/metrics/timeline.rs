//! Levels over time, on a grid of cells of equal width. The width doubles until 2,000 cells cover
//! the run, so that the grids of runs of unequal length can be merged.
//!
//! A change of a level by q at time t adds q × (rest of the cell) to the integral of its cell and
//! q × width to that of every later cell. Each cell keeps two sums for that, so that a level that
//! does not change costs nothing. The integrals are computed at the end.

use super::change::Change;
use super::level_names::{CAPACITY_LEVELS, CapacityLevel, TASK_LEVELS, TaskLevel};
use super::measured_use::{MeasuredUse, Use, Used};
use super::present::Present;
use crate::cluster::{ServiceId, WorkId};
use crate::simulation::{Fact, InstanceFact, TaskFact};
use crate::units::{SECOND, SimTime};
use std::collections::BTreeSet;

/// The largest number of cells.
pub(super) const MOST_CELLS: usize = 2_000;
/// Initial width of a cell, in µs.
const FIRST_WIDTH: u64 = SECOND;

/// All levels of a run.
#[derive(Clone, Debug)]
pub struct Levels {
    /// Beginning of the reported time, in µs.
    pub(super) origin: u64,
    /// Width of a cell, in µs.
    pub(super) width: u64,
    /// Number of levels per cell.
    pub(super) levels: usize,
    /// The open cell: the one of the present time.
    pub(super) cell: usize,
    /// End of the open cell, in µs.
    pub(super) cell_end: u64,
    /// Changes in the open cell: of the whole cluster, and of each provider.
    pub(super) open_tasks: [Change; TASK_LEVELS],
    /// The tasks of services at the latest fact.
    present: Present,
    pub(super) open_capacity: Vec<[Change; CAPACITY_LEVELS]>,
    /// Tasks that died with their instance, until the control plane notices: by entry or service, and
    /// ordinal. Their capacity is gone, so that they neither reserve nor use any.
    dead: BTreeSet<(WorkId, u64)>,
    /// The use of services with a load or a queue.
    measured: MeasuredUse,
    /// Per cell and level: what the changes within the cell add to its integral.
    pub(super) partial: Vec<i128>,
    /// Per cell and level: by how much the level has risen at the end of the cell.
    pub(super) rise: Vec<i64>,
    /// The time of the latest fact, in µs; at last the end of the run.
    pub(super) end: u64,
    /// By level: its value at the end of the last closed cell.
    pub(super) closed: Vec<i64>,
    /// Integrals over the whole reported time; empty before the end of the run.
    totals: Vec<i128>,
}

impl Levels {
    /// Levels of zero for a number of capacity providers; `origin` is the beginning of the reported
    /// time.
    pub(super) fn new(providers: usize, origin: SimTime, measured: MeasuredUse) -> Self {
        let levels = TASK_LEVELS + providers * CAPACITY_LEVELS;
        Self {
            origin: origin.as_micros(),
            width: FIRST_WIDTH,
            levels,
            cell: 0,
            cell_end: origin.as_micros() + FIRST_WIDTH,
            open_tasks: [Change::default(); TASK_LEVELS],
            present: Present::default(),
            open_capacity: vec![[Change::default(); CAPACITY_LEVELS]; providers],
            dead: BTreeSet::new(),
            measured,
            partial: vec![0; levels],
            rise: vec![0; levels],
            end: origin.as_micros(),
            closed: vec![0; levels],
            totals: Vec::new(),
        }
    }

    /// Time from the latest fact to the end of the open cell, in µs.
    #[inline]
    fn rest(&self) -> i64 {
        (self.cell_end - self.end) as i64
    }

    /// Sets the levels of tasks of services from the time of the latest fact on.
    #[inline]
    pub(super) fn serve(&mut self, present: Present) {
        if present != self.present {
            self.set_present(present);
        }
    }

    #[inline(never)]
    fn set_present(&mut self, present: Present) {
        let before = std::mem::replace(&mut self.present, present);
        let rest = self.rest();
        for (level, before, after) in [
            (TaskLevel::Desired, before.desired, present.desired),
            (TaskLevel::Healthy, before.healthy, present.healthy),
            (TaskLevel::Missing, before.missing, present.missing),
        ] {
            self.open_tasks[level as usize].by(after as i64 - before as i64, rest);
        }
    }

    #[inline]
    fn wait(&mut self, by: i64) {
        let rest = self.rest();
        self.open_tasks[TaskLevel::Waiting as usize].by(by, rest);
    }

    #[inline(always)]
    fn at(&mut self, now: SimTime) {
        let now = now.as_micros().max(self.origin);
        self.end = now;
        if now >= self.cell_end {
            self.open(now);
        }
    }

    #[inline(always)]
    pub(super) fn read(&mut self, now: SimTime, fact: &Fact, fargate: &[bool]) {
        self.at(now);
        match fact {
            Fact::InstanceRegistered(of) | Fact::InstanceRecovered(of) => {
                self.change_instances(of, 1)
            }
            Fact::InstanceFailed(of) | Fact::InstanceDeregistered(of) => {
                self.change_instances(of, -1);
            }
            Fact::InstanceGone(of, _) if of.counted => self.change_instances(of, -1),
            Fact::TaskArrived(_) => self.wait(1),
            Fact::TaskRejected(..) => self.wait(-1),
            Fact::TaskPlaced(of) => {
                self.wait(-1);
                self.reserve(of, 1, fargate);
            }
            Fact::TaskStarted(of) => self.change_used(now, of, 1),
            // On an instance the promise ends with the desired status. Fargate's capacity is billed
            // until the task has stopped.
            Fact::TaskStopping(of, _) if of.task.instance.is_some() && !self.is_dead(of) => {
                self.reserve(of, -1, fargate);
            }
            Fact::TaskDied(of) => {
                self.release(now, of, fargate);
                self.dead.insert((of.work, of.task.ordinal));
            }
            Fact::TaskFinished(of) | Fact::TaskStopped(of, _) => self.leave(now, of, fargate),
            Fact::TaskInterrupted(of, ..) => {
                self.leave(now, of, fargate);
                self.wait(1);
            }
            Fact::Requests(service, passed) => {
                self.used(now, *service, &Used::of_requests(passed));
            }
            Fact::Messages(queue, passed) => {
                if let Some(service) = self.measured.worker(*queue) {
                    self.used(now, service, &Used::of_messages(passed));
                }
            }
            _ => {}
        }
    }

    /// Removes a task from the levels of its capacity, or from the queue.
    #[inline(always)]
    fn leave(&mut self, now: SimTime, of: &TaskFact, fargate: &[bool]) {
        if of.task.attempts == 0 {
            return self.wait(-1);
        }
        if self.is_dead(of) {
            self.dead.remove(&(of.work, of.task.ordinal));
        } else {
            self.release(now, of, fargate);
        }
    }

    /// True for a task that died with its instance, which the control plane has not noticed.
    #[inline(always)]
    fn is_dead(&self, of: &TaskFact) -> bool {
        !self.dead.is_empty() && self.dead.contains(&(of.work, of.task.ordinal))
    }

    /// Takes a task with capacity from the levels of it.
    #[inline(always)]
    fn release(&mut self, now: SimTime, of: &TaskFact, fargate: &[bool]) {
        if of.task.running {
            self.change_used(now, of, -1);
        }
        if of.task.promised || of.task.instance.is_none() {
            self.reserve(of, -1, fargate);
        }
    }

    /// Adds (`sign` 1) or removes (−1) the capacity of an instance.
    fn change_instances(&mut self, of: &InstanceFact, sign: i64) {
        use CapacityLevel as L;
        let rest = self.rest();
        let open = &mut self.open_capacity[of.provider.index()];
        open[L::CpuTotal as usize].by(sign * of.cpu as i64, rest);
        open[L::MemoryTotal as usize].by(sign * of.memory as i64, rest);
        open[L::GpuTotal as usize].by(sign * i64::from(of.gpus), rest);
        open[L::Instances as usize].by(sign, rest);
    }

    fn base(provider: usize) -> usize {
        TASK_LEVELS + provider * CAPACITY_LEVELS
    }

    /// Adds (`sign` 1) or removes (−1) what a task reserves.
    #[inline(always)]
    fn reserve(&mut self, of: &TaskFact, sign: i64, fargate: &[bool]) {
        use CapacityLevel as L;
        let Some(provider) = of.provider else { return };
        let rest = self.rest();
        let open = &mut self.open_capacity[provider.index()];
        let shape = of.task.shape;
        let cpu = sign * shape.cpu.as_base() as i64;
        let memory = sign * shape.memory.as_bytes() as i64;
        open[L::CpuReserved as usize].by(cpu, rest);
        open[L::MemoryReserved as usize].by(memory, rest);
        open[L::Tasks as usize].by(sign, rest);
        if shape.gpus > 0 {
            open[L::GpuReserved as usize].by(sign * i64::from(shape.gpus), rest);
        }
        if fargate[provider.index()] {
            open[L::CpuTotal as usize].by(cpu, rest);
            open[L::MemoryTotal as usize].by(memory, rest);
            let asked = of.task.asked;
            open[L::CpuAsked as usize].by(sign * asked.cpu as i64, rest);
            open[L::MemoryAsked as usize].by(sign * asked.memory as i64, rest);
        }
    }

    /// Adds (`sign` 1) or removes (−1) what a RUNNING task requested, as far as its use is not measured.
    #[inline(always)]
    fn change_used(&mut self, now: SimTime, of: &TaskFact, sign: i64) {
        use CapacityLevel as L;
        let Some(provider) = of.provider else { return };
        let mut asked = of.task.asked;
        if let WorkId::Service(service) = of.work {
            let requested = Use {
                cpu: sign * asked.cpu as i64,
                memory: sign * asked.memory as i64,
            };
            let counts = self
                .measured
                .change(now, service, (provider, sign), requested);
            asked.cpu *= u64::from(counts.cpu);
            asked.memory *= u64::from(counts.memory);
        }
        let rest = self.rest();
        let open = &mut self.open_capacity[provider.index()];
        open[L::CpuUsed as usize].by(sign * asked.cpu as i64, rest);
        open[L::MemoryUsed as usize].by(sign * asked.memory as i64, rest);
        if asked.gpu_millis > 0 {
            let gpus = sign * i64::from(asked.gpu_millis);
            open[L::GpuUsedMillis as usize].by(gpus, rest);
        }
    }

    /// Adds what the tasks of a service used in a time that ends now.
    #[inline(never)]
    fn used(&mut self, now: SimTime, service: ServiceId, used: &Used) {
        use CapacityLevel as L;
        let begin = now.as_micros() - used.span.as_micros();
        for (provider, part) in self.measured.divide(now, service, used) {
            let first = Self::base(provider.index());
            self.spread(
                (begin, now.as_micros()),
                first + L::CpuUsed as usize,
                part.cpu,
            );
            self.spread(
                (begin, now.as_micros()),
                first + L::MemoryUsed as usize,
                part.memory,
            );
        }
    }

    pub(super) fn finish(&mut self, end: SimTime) {
        self.at(end);
        self.close();
        self.totals = (0..self.levels)
            .map(|level| self.integrals(level).iter().sum())
            .collect();
    }

    /// The present value of a provider's level, in its unit.
    pub(super) fn now(&self, provider: usize, level: CapacityLevel) -> i64 {
        let open = &self.open_capacity[provider][level as usize];
        let measured = match level {
            CapacityLevel::CpuUsed => self.measured.latest(provider).cpu,
            CapacityLevel::MemoryUsed => self.measured.latest(provider).memory,
            _ => 0,
        };
        self.closed[Self::base(provider) + level as usize] + open.rise + measured
    }

    /// The integral of a provider's level over each cell, in its unit × µs.
    pub fn capacity(&self, provider: usize, level: CapacityLevel) -> Vec<i128> {
        self.integrals(Self::base(provider) + level as usize)
    }

    /// The integral of a cluster-wide level over each cell, in tasks × µs.
    pub fn tasks(&self, level: TaskLevel) -> Vec<i128> {
        self.integrals(level as usize)
    }

    /// The integral of a provider's level over the reported time, in its unit × µs. The run must
    /// have ended.
    pub fn capacity_integral(&self, provider: usize, level: CapacityLevel) -> i128 {
        self.totals[Self::base(provider) + level as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Span;
    use proptest::prelude::*;

    proptest! {
        /// Changes at random times against a plain integration of the same steps.
        #[test]
        fn integrals_agree_with_plain_integration(
            gaps in prop::collection::vec((0u64..3_000_000_000, -3i64..5), 1..60),
            origin in 0u64..2_000_000_000,
            tail in 0u64..5_000_000_000,
        ) {
            let mut levels = Levels::new(1, SimTime::micros(origin), MeasuredUse::default());
            let level = CapacityLevel::Tasks as usize;
            let (mut now, mut height, mut total) = (0u64, 0i64, 0i128);
            let after = |from: u64, to: u64| to.max(origin) - from.max(origin);
            for (gap, by) in gaps {
                let by = by.max(-height);
                total += i128::from(height) * i128::from(after(now, now + gap));
                now += gap;
                levels.at(SimTime::micros(now));
                let rest = levels.rest();
                levels.open_capacity[0][level].by(by, rest);
                height += by;
            }
            total += i128::from(height) * i128::from(after(now, now + tail));
            levels.finish(SimTime::micros(now + tail));
            prop_assert_eq!(levels.capacity_integral(0, CapacityLevel::Tasks), total);
            prop_assert!(levels.cells() <= MOST_CELLS);
            levels.widen_to(Span::micros(levels.width * 4));
            prop_assert_eq!(levels.capacity_integral(0, CapacityLevel::Tasks), total);
        }
    }
}
