//! How ECS's texts name tasks, instances and deployments: in `events.jsonl` and `tasks.csv` by the
//! names and numbers of the scenario, in `eventbridge.jsonl` by ids in AWS's form.

use crate::cluster::{InstanceId, ServiceId, WorkId};
use crate::plan::Plan;

/// Names for ECS's texts.
pub(super) trait Names {
    /// A task.
    fn task(&self, work: WorkId, ordinal: u64) -> String;
    /// A container instance.
    fn container_instance(&self, id: InstanceId) -> String;
    /// The EC2 instance of a container instance.
    fn ec2_instance(&self, id: InstanceId) -> String;
    /// The deployment of a service.
    fn deployment(&self, service: ServiceId) -> String;
}

/// The names and numbers that the other keys of `events.jsonl` have.
pub(super) struct Plain<'a>(pub(super) &'a Plan);

impl Names for Plain<'_> {
    fn task(&self, work: WorkId, ordinal: u64) -> String {
        format!("{}/{ordinal}", self.0.work_name(work))
    }

    fn container_instance(&self, id: InstanceId) -> String {
        id.index().to_string()
    }

    fn ec2_instance(&self, id: InstanceId) -> String {
        id.index().to_string()
    }

    fn deployment(&self, service: ServiceId) -> String {
        self.0.services[service.index()].name.clone()
    }
}
