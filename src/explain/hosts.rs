//! The names of instances and tasks in explanations.

use crate::cluster::{Cluster, InstanceId, WorkId};
use crate::plan::Plan;
use serde::Serialize;
use std::fmt;

/// An instance by its number, with what it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HostName {
    /// Its number in the order of launches, from 0, as in `tasks.csv` and `events.jsonl`.
    pub instance: u64,
    /// The instance type.
    pub instance_type: String,
    /// The capacity provider.
    pub provider: String,
    /// The Availability Zone.
    pub zone: String,
}

impl HostName {
    /// The name of an instance of a cluster.
    pub(super) fn of(plan: &Plan, cluster: &Cluster, id: InstanceId) -> Self {
        let spec = &cluster.pool(cluster.instance(id).pool()).spec;
        Self {
            instance: id.index() as u64,
            instance_type: plan.cluster.instance_types[spec.instance_type].name.clone(),
            provider: plan.cluster.providers[spec.provider.index()].name.clone(),
            zone: plan.cluster.zones[spec.zone.index()].clone(),
        }
    }
}

/// `i-3`.
impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "i-{}", self.instance)
    }
}

/// A task by its entry or service and its ordinal in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskName {
    /// The entry of `tasks` or the service.
    pub entry: String,
    /// Its ordinal in order of arrival, from 0.
    pub task: u64,
}

impl TaskName {
    pub(super) fn new(plan: &Plan, work: WorkId, ordinal: u64) -> Self {
        Self {
            entry: plan.work_name(work).into(),
            task: ordinal,
        }
    }
}

/// `web/3`.
impl fmt::Display for TaskName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.entry, self.task)
    }
}
