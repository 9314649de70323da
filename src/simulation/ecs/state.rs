//! What ECS keeps.

use super::managed::Managed;
use super::service::ServiceState;
use crate::cluster::{Pending, PendingQueue, RevisionId, ServiceId, TaskId};
use crate::plan::{Capacity, Plan};

/// What ECS keeps.
pub(in crate::simulation) struct Ecs<'p> {
    pub(super) services: Vec<ServiceState<'p>>,
    /// By provider: managed scaling, where it is enabled.
    pub(super) managed: Vec<Option<Managed>>,
    /// Tasks in PROVISIONING, and those that ECS has just created.
    pub(super) provisioning: PendingQueue,
    pub(super) submitted: Vec<Pending>,
}

impl<'p> Ecs<'p> {
    pub(in crate::simulation) fn new(plan: &'p Plan) -> Self {
        let step = plan.assumptions.scale_in_step;
        let managed = plan.cluster.providers.iter().map(|provider| {
            let Capacity::Group(group) = &provider.capacity else {
                return None;
            };
            let scaling = group.managed_scaling?;
            Some(Managed::new(scaling, step))
        });
        Self {
            services: Vec::new(),
            managed: managed.collect(),
            provisioning: PendingQueue::default(),
            submitted: Vec::new(),
        }
    }

    /// Adds a service of the plan with the revision of its tasks.
    pub(in crate::simulation) fn add(
        &mut self,
        plan: &'p Plan,
        seed: u64,
        id: ServiceId,
        revision: RevisionId,
    ) {
        let service = &plan.services[id.index()];
        let state = ServiceState::new(plan, seed, service, revision);
        self.services.push(state);
    }

    /// A task is submitted: the next placement pass offers it.
    pub(in crate::simulation) fn submit(&mut self, pending: Pending) {
        self.submitted.push(pending);
    }

    /// Tasks in PROVISIONING.
    pub(in crate::simulation) fn provisioning(&self) -> &PendingQueue {
        &self.provisioning
    }

    /// True when no task waits in PROVISIONING, and none was submitted.
    #[inline]
    pub(in crate::simulation) fn has_no_pending(&self) -> bool {
        self.submitted.is_empty() && self.provisioning.is_empty()
    }

    /// The queues that a placement pass works on: the waiting and the submitted.
    pub(in crate::simulation) fn queues(&mut self) -> (&mut PendingQueue, &mut Vec<Pending>) {
        (&mut self.provisioning, &mut self.submitted)
    }

    /// Takes a task out of PROVISIONING, if it is there.
    pub(super) fn withdraw(&mut self, id: TaskId) -> Option<Pending> {
        let position = {
            let mut waiting = self.provisioning.iter();
            waiting.find(|(_, pending)| pending.task == id)?.0
        };
        Some(self.provisioning.remove(position))
    }
}
