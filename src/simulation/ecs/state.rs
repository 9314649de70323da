//! The state of ECS.

use super::managed::Managed;
use super::managed_fleet::Fleet;
use super::service::ServiceState;
use super::watched_alarm::WatchedAlarm;
use crate::cluster::{Pending, PendingQueue, RevisionId, ServiceId, TaskId};
use crate::plan::{Capacity, Plan};
use crate::policy::provisioning::managed_scaling::Rules;
use crate::simulation::life::Lives;
use crate::units::SimTime;

/// The state of ECS: services, managed scaling, and tasks that wait for placement.
pub(in crate::simulation) struct Ecs<'p> {
    pub(super) services: Vec<ServiceState<'p>>,
    /// By provider: managed scaling; `None` where it is not enabled.
    pub(super) managed: Vec<Option<Managed>>,
    /// By provider: Managed Instances; `None` for other providers.
    pub(super) fleets: Vec<Option<Fleet>>,
    /// When the capacity metrics were measured last.
    pub(super) measured: Option<SimTime>,
    /// Tasks in PROVISIONING.
    pub(super) provisioning: PendingQueue,
    /// Tasks that were submitted since the last placement pass.
    pub(super) submitted: Vec<Pending>,
    /// By alarm of the plan: its state.
    pub(super) alarms: Vec<WatchedAlarm>,
    /// Deployments that were due in an outage of the control plane, in order.
    pub(super) waiting_deployments: Vec<u16>,
    /// Deployments that wait for the end of the one before them, in order: CodeDeploy has one at a time of a
    /// deployment group.
    pub(super) next_deployments: Vec<u16>,
    /// Scheduled actions of services, by their number, that were due in an outage of the control plane, in
    /// order.
    pub(super) waiting_actions: Vec<(ServiceId, usize)>,
}

impl<'p> Ecs<'p> {
    pub(in crate::simulation) fn new(plan: &'p Plan) -> Self {
        let assumed = &plan.assumptions;
        let rules = Rules {
            step: assumed.scale_in_step,
            interval: assumed.scale_in_interval,
            scales_out_in_warm_up: assumed.scale_out_in_warm_up,
        };
        let managed = plan.cluster.providers.iter().map(|provider| {
            let Capacity::Group(group) = &provider.capacity else {
                return None;
            };
            let scaling = group.managed_scaling?;
            Some(Managed::new(scaling, rules))
        });
        Self {
            services: Vec::new(),
            managed: managed.collect(),
            fleets: plan
                .cluster
                .providers
                .iter()
                .map(|provider| Fleet::of(plan, &provider.capacity))
                .collect(),
            measured: None,
            provisioning: PendingQueue::default(),
            submitted: Vec::new(),
            alarms: plan.alarms.iter().map(WatchedAlarm::new).collect(),
            waiting_deployments: Vec::new(),
            next_deployments: Vec::new(),
            waiting_actions: Vec::new(),
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

    /// Adds a revision that a deployment may move a service to.
    pub(in crate::simulation) fn add_revision(&mut self, id: ServiceId, revision: RevisionId) {
        self.services[id.index()].rollout.add(revision);
    }

    /// Adds the bad form of the newest revision of a service.
    pub(in crate::simulation) fn add_bad_form(&mut self, id: ServiceId, bad: RevisionId) {
        self.services[id.index()].rollout.add_bad_form(bad);
    }

    /// The revision of a service that was added last.
    pub(in crate::simulation) fn newest_revision(&self, id: ServiceId) -> RevisionId {
        self.services[id.index()].rollout.newest()
    }

    /// Submits a task to the next placement pass.
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

    /// The waiting tasks and the submitted ones.
    pub(in crate::simulation) fn waiting(&self) -> (&PendingQueue, &[Pending]) {
        (&self.provisioning, &self.submitted)
    }

    /// Removes a task from PROVISIONING; `None` when it is not there. Searches all tasks there, and
    /// those that wait for a Managed Instance that was launched for them.
    pub(super) fn withdraw(&mut self, id: TaskId) -> Option<Pending> {
        let found = {
            let mut waiting = self.provisioning.iter();
            waiting.find(|(_, pending)| pending.task == id)
        };
        if let Some((position, _)) = found {
            return Some(self.provisioning.remove(position));
        }
        let mut fleets = self.fleets.iter_mut().flatten();
        fleets.find_map(|fleet| fleet.unbind(id))
    }

    /// The tasks in PROVISIONING that the limit counts: those for Auto Scaling groups (facts/ecs.md
    /// 43).
    pub(super) fn provisioning_for_groups(&self, lives: &Lives<'_>) -> usize {
        if self.fleets.iter().all(Option::is_none) {
            return self.provisioning.len();
        }
        let waiting = self.provisioning.iter();
        let for_group = |pending: &Pending| {
            let provider = lives.lane(pending.lane).provider;
            provider.is_none_or(|provider| self.fleets[provider.index()].is_none())
        };
        waiting.filter(|(_, pending)| for_group(pending)).count()
    }
}
