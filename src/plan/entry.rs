//! Standalone work: entries of a scenario's `tasks`.

use super::{Arrivals, Containers, Demand, PlacementRule, Retry, Target};
use crate::engine::random::{CountLaw, Distribution};

/// A stream of standalone tasks.
#[derive(Clone, Debug)]
pub struct TaskEntry {
    /// The entry's name; the key of its randomness and of its figures.
    pub name: String,
    /// Family and revision of its task definition, `report:1`.
    pub definition: String,
    /// The task group, by which `spread` counts; `family:<family>` unless set.
    pub group: String,
    /// Where it may run.
    pub target: Target,
    /// How an instance is chosen; unused on Fargate.
    pub placement: PlacementRule,
    /// When tasks arrive.
    pub arrivals: Arrivals,
    /// Tasks per arrival, as in `RunTask`; those of a trace replace them.
    pub count: CountLaw,
    /// What each task asks for.
    pub demand: Demand,
    /// Run time in seconds; a trace's own durations win.
    pub duration: Distribution,
    /// What happens to a task for which there is no room now.
    pub on_no_capacity: OnNoCapacity,
    /// Every task of the group on another instance (facts/ecs.md 97).
    pub distinct_instance: bool,
    /// The containers of each task.
    pub containers: Containers,
    /// What happens when a task is lost or fails.
    pub retry: Retry,
}

/// What happens to a task for which there is no room now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnNoCapacity {
    /// It is refused, as `RunTask` does by itself.
    Fail,
    /// It waits in the client's job queue.
    Queue,
    /// It is created in PROVISIONING and waits for managed scaling (facts/ecs.md 54).
    Provisioning,
}
