//! How ECS's texts name tasks, instances and deployments: in `events.jsonl` and `tasks.csv` by the
//! names and numbers of the scenario, in `eventbridge.jsonl` by ids in AWS's form.

use crate::cluster::{InstanceId, ServiceId, WorkId};
use crate::plan::Plan;
use crate::simulation::TaskFact;

/// Names for ECS's texts.
pub(super) trait Names {
    /// The plan that has the names.
    fn plan(&self) -> &Plan;
    /// A task.
    fn task(&self, work: WorkId, ordinal: u64) -> String;
    /// A container instance.
    fn container_instance(&self, id: InstanceId) -> String;
    /// The EC2 instance of a container instance.
    fn ec2_instance(&self, id: InstanceId) -> String;
    /// The deployment of a service to the revision with this number.
    fn deployment(&self, service: ServiceId, revision: usize) -> String;

    /// The target group at a place in `loadBalancers` of a service.
    fn target_group(&self, work: WorkId, place: u8) -> Option<&str> {
        let WorkId::Service(service) = work else {
            return None;
        };
        let mut all = self.plan().services[service.index()].all_targets();
        let targets = all.nth(place.into())?;
        Some(&self.plan().target_groups[targets.group].name)
    }

    /// The target groups of a service in words: `target-group web`.
    fn target_groups(&self, work: WorkId) -> String {
        let names = (0..=u8::MAX).map_while(|place| self.target_group(work, place));
        let names: Vec<&str> = names.collect();
        match names.as_slice() {
            [] => "target-group unknown".into(),
            [only] => format!("target-group {only}"),
            several => format!("one of target-groups {}", several.join(", ")),
        }
    }

    /// The deployment that a task of a service belongs to.
    fn deployment_of(&self, of: &TaskFact) -> Option<String> {
        match of.work {
            WorkId::Entry(_) => None,
            WorkId::Service(service) => {
                Some(self.deployment(service, revision_number(self.plan(), of)))
            }
        }
    }
}

/// The number of the revision of its service that a task has; 0 for a standalone task.
pub(super) fn revision_number(plan: &Plan, of: &TaskFact) -> usize {
    match plan.deployments.is_empty() {
        true => 0,
        false => plan.task_revision(of.task.revision).number,
    }
}

/// The names and numbers that the other keys of `events.jsonl` have.
pub(super) struct Plain<'a>(pub(super) &'a Plan);

impl Names for Plain<'_> {
    fn plan(&self) -> &Plan {
        self.0
    }

    fn task(&self, work: WorkId, ordinal: u64) -> String {
        format!("{}/{ordinal}", self.0.work_name(work))
    }

    fn container_instance(&self, id: InstanceId) -> String {
        format!("i-{}", id.index())
    }

    fn ec2_instance(&self, id: InstanceId) -> String {
        id.index().to_string()
    }

    fn deployment(&self, service: ServiceId, revision: usize) -> String {
        let service = &self.0.services[service.index()];
        format!("{}/{}", service.name, service.revision(revision).name)
    }
}
