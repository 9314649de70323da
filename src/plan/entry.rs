//! Standalone tasks: entries of a scenario's `tasks`.

use super::{Arrivals, Containers, Demand, PlacementRule, Retry, Target};
use crate::engine::random::{CountLaw, Distribution};
use crate::units::Span;

/// An entry of `tasks`: standalone tasks with a common definition and arrival process.
#[derive(Clone, Debug)]
pub struct TaskEntry {
    /// The entry's name; it selects the streams of random numbers and names the figures.
    pub name: String,
    /// Family and revision of its task definition, `report:1`.
    pub definition: String,
    /// The task group, by which `spread` counts; `family:<family>` unless set.
    pub group: String,
    /// Where its tasks may run.
    pub target: Target,
    /// How an instance is chosen; unused on Fargate.
    pub placement: PlacementRule,
    /// The arrival process.
    pub arrivals: Arrivals,
    /// Tasks per arrival, as in `RunTask`; the counts of a trace override it.
    pub count: CountLaw,
    /// The requirements of each task.
    pub demand: Demand,
    /// Run time in seconds; the run times of a trace override it.
    pub duration: Distribution,
    /// What happens to a task that fits no instance at its arrival.
    pub on_no_capacity: OnNoCapacity,
    /// True when an instance takes at most one task of the group: `distinctInstance`
    /// (facts/ecs.md 97).
    pub distinct_instance: bool,
    /// The containers of each task.
    pub containers: Containers,
    /// What happens when a task is lost, fails or is refused.
    pub retry: Retry,
    /// What happens to an arrival of a schedule while tasks of an earlier one exist.
    pub on_still_running: OnStillRunning,
    /// The longest time by which an arrival of a schedule is delayed by chance; zero: none is.
    pub flexible_window: Span,
}

impl TaskEntry {
    /// True when an arrival is not simply the call of `RunTask` at its scheduled time.
    pub fn has_schedule_rules(&self) -> bool {
        self.on_still_running != OnStillRunning::Start || self.flexible_window > Span::ZERO
    }
}

/// What happens to an arrival of a schedule while tasks of an earlier one exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnStillRunning {
    /// Its tasks start beside them.
    Start,
    /// It is left out.
    Skip,
    /// Its tasks wait until all of them have left.
    Queue,
    /// They are stopped, and its tasks start.
    Replace,
}

/// What happens to a task that fits no instance at its arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnNoCapacity {
    /// It is refused, as by a `RunTask` call.
    Fail,
    /// It waits in the client's job queue.
    Queue,
    /// It is created in PROVISIONING and waits for managed scaling (facts/ecs.md 54).
    Provisioning,
}
