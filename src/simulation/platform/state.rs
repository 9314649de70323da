//! The state of the platform, and the functions by which the layers above read and change it.

use super::fargate_capacity::FargateState;
use super::group::GroupState;
use super::machine::{Machine, State};
use super::outages::Outages;
use super::registries::Registries;
use super::spot_pools::Spot;
use crate::cluster::{Cluster, InstanceId, ProviderId};
use crate::plan::{Delays, Plan};
use crate::simulation::fact::InstanceFact;
use crate::simulation::notice::{Deferred, Notice};
use crate::units::{SimTime, Span};
use crate::usage::Meters;
use std::collections::VecDeque;

/// The state of the platform.
pub(in crate::simulation) struct Platform<'p> {
    pub(super) plan: &'p Plan,
    pub(super) seed: u64,
    pub(super) cluster: Cluster,
    /// By instance, in order of launch.
    pub(super) machines: Vec<Machine>,
    /// By provider: its Auto Scaling group; `None` for other providers.
    pub(super) groups: Vec<Option<GroupState<'p>>>,
    /// By provider: its Fargate capacity; `None` for providers of instances.
    pub(super) fargate: Vec<Option<FargateState>>,
    pub(super) spot: Spot,
    pub(super) registries: Registries,
    pub(super) outages: Outages,
    pub(super) meters: Meters,
    /// Instances whose capacity was freed since the last placement pass, with repetitions. They stay
    /// here in the pass: to move a list that has just changed would wait for all writes before it.
    pub(super) freed: Vec<InstanceId>,
    /// In a pass: the number of those that were freed before it, which come first, each once.
    freed_before: usize,
    pub(super) pass_is_due: bool,
    /// Notices that were sent and not delivered, oldest first.
    pub(super) notices: VecDeque<Notice>,
    pub(super) deferred: VecDeque<Deferred>,
    /// A fault of the plan can disconnect an agent.
    can_lose_agents: bool,
}

impl<'p> Platform<'p> {
    /// The platform without any capacity.
    pub(in crate::simulation) fn new(plan: &'p Plan, seed: u64, cluster: Cluster) -> Self {
        Self {
            plan,
            seed,
            cluster,
            machines: Vec::new(),
            groups: Vec::new(),
            fargate: Vec::new(),
            spot: Spot::new(plan, seed),
            registries: Registries::new(plan),
            outages: Outages::new(plan),
            meters: Meters::new(SimTime::ZERO + plan.warm_up),
            freed: Vec::new(),
            freed_before: 0,
            pass_is_due: false,
            notices: VecDeque::new(),
            deferred: VecDeque::new(),
            can_lose_agents: plan.can_lose_agents(),
        }
    }

    /// Adds a provider with a fixed fleet; its instances join one by one.
    pub(in crate::simulation) fn add_fleet(&mut self) {
        self.groups.push(None);
        self.fargate.push(None);
    }

    /// Adds a provider with an Auto Scaling group.
    pub(in crate::simulation) fn add_group(&mut self, group: GroupState<'p>) {
        self.groups.push(Some(group));
        self.fargate.push(None);
    }

    /// Adds a provider whose tasks run on Fargate, on demand or on Spot. `groups` is the number of
    /// task groups of the plan.
    pub(in crate::simulation) fn add_fargate(&mut self, id: ProviderId, spot: bool, groups: usize) {
        let state = FargateState::new(self.plan, id, spot, groups, &mut self.meters);
        self.groups.push(None);
        self.fargate.push(Some(state));
    }

    /// Marks the free capacity of all instances as freed, and requests a placement pass.
    pub(in crate::simulation) fn offer_all_room(&mut self) {
        let instances = self.cluster.instances();
        let accepting = instances.filter(|(_, instance)| instance.is_accepting());
        self.freed.extend(accepting.map(|(id, _)| id));
        self.pass_is_due = true;
    }

    #[inline]
    pub(in crate::simulation) fn plan(&self) -> &'p Plan {
        self.plan
    }

    pub(in crate::simulation) fn seed(&self) -> u64 {
        self.seed
    }

    #[inline]
    pub(in crate::simulation) fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// The cluster, to change what instances have promised to tasks and what their hosts hold.
    #[inline]
    pub(in crate::simulation) fn cluster_mut(&mut self) -> &mut Cluster {
        &mut self.cluster
    }

    /// The platform's data of an instance.
    #[inline]
    pub(in crate::simulation) fn machine(&self, id: InstanceId) -> &Machine {
        &self.machines[id.index()]
    }

    /// All instances that were launched so far, those that are gone included, in order of launch.
    pub(in crate::simulation) fn instances(
        &self,
    ) -> impl Iterator<Item = (InstanceId, &Machine)> + use<'_, 'p> {
        let all = self.machines.iter().enumerate();
        all.map(|(index, machine)| (InstanceId::new(index), machine))
    }

    pub(in crate::simulation) fn outages(&self) -> &Outages {
        &self.outages
    }

    pub(in crate::simulation) fn outages_mut(&mut self) -> &mut Outages {
        &mut self.outages
    }

    /// Marks the capacity of an instance as freed, and requests a placement pass.
    #[inline]
    pub(in crate::simulation) fn room_was_freed(&mut self, id: InstanceId) {
        self.freed.push(id);
        self.pass_is_due = true;
    }

    /// Requests a placement pass before this instant ends.
    #[inline]
    pub(in crate::simulation) fn request_pass(&mut self) {
        self.pass_is_due = true;
    }

    /// True when a placement pass is due.
    #[inline]
    pub(in crate::simulation) fn pass_is_due(&self) -> bool {
        self.pass_is_due
    }

    /// Ends a placement pass in which no task waited.
    #[inline]
    pub(in crate::simulation) fn pass_had_no_work(&mut self) {
        self.pass_is_due = false;
        self.freed.clear();
    }

    /// Begins a placement pass.
    #[inline]
    pub(in crate::simulation) fn begin_pass(&mut self) {
        self.pass_is_due = false;
        // Each instance once, in order of launch, whatever the order of the events was.
        self.freed.sort_unstable();
        self.freed.dedup();
        self.freed_before = self.freed.len();
    }

    /// The cluster for a placement pass, and the instances whose capacity was freed before it.
    #[inline]
    pub(in crate::simulation) fn for_pass(&mut self) -> (&mut Cluster, &[InstanceId]) {
        (&mut self.cluster, &self.freed[..self.freed_before])
    }

    /// Ends a placement pass. Instances whose capacity was freed during the pass are kept for the
    /// next pass.
    #[inline]
    pub(in crate::simulation) fn pass_is_over(&mut self) {
        if self.freed.len() == self.freed_before {
            self.freed.clear();
        } else {
            self.freed.drain(..self.freed_before);
        }
    }

    /// Sends a notice to the layers above. It is delivered after the current event.
    #[inline]
    pub(in crate::simulation) fn notify(&mut self, notice: Notice) {
        self.notices.push_back(notice);
    }

    /// Puts work of the life of tasks off until the present handler has ended.
    #[inline]
    pub(in crate::simulation) fn defer(&mut self, work: Deferred) {
        self.deferred.push_back(work);
    }

    /// True when notices are to be delivered, or deferred work is to be done.
    #[inline]
    pub(in crate::simulation) fn has_consequences(&self) -> bool {
        !self.deferred.is_empty() || !self.notices.is_empty()
    }

    /// The oldest deferred work that is not done.
    #[inline]
    pub(in crate::simulation) fn next_deferred(&mut self) -> Option<Deferred> {
        self.deferred.pop_front()
    }

    /// Removes the oldest notice and returns it.
    #[inline]
    pub(in crate::simulation) fn next_notice(&mut self) -> Option<Notice> {
        self.notices.pop_front()
    }

    /// `span` with realistic delays, else 0.
    #[inline]
    pub(in crate::simulation) fn realistic(&self, span: Span) -> Span {
        match self.plan.delays {
            Delays::Realistic => span,
            Delays::None | Delays::Start(_) => Span::ZERO,
        }
    }

    /// The providers that have an Auto Scaling group.
    pub(in crate::simulation) fn providers_with_group(
        &self,
    ) -> impl Iterator<Item = ProviderId> + use<'_, 'p> {
        let groups = self.groups.iter().enumerate();
        groups.filter_map(|(number, group)| group.as_ref().map(|_| ProviderId::new(number)))
    }

    /// The Auto Scaling group of a provider.
    ///
    /// # Panics
    /// When the provider has none.
    pub(in crate::simulation) fn group(&self, provider: ProviderId) -> &GroupState<'p> {
        let group = self.groups[provider.index()].as_ref();
        group.expect("the provider has a group")
    }

    /// The Auto Scaling group of a provider, to change it. Panics as [`group`](Self::group) does.
    pub(super) fn group_mut(&mut self, provider: ProviderId) -> &mut GroupState<'p> {
        let group = self.groups[provider.index()].as_mut();
        group.expect("the provider has a group")
    }

    /// The members of a group that drain or have failed, and those that are gone and have tasks
    /// still. The others that are gone are forgotten.
    pub(in crate::simulation) fn leaving_instances(
        &mut self,
        provider: ProviderId,
        mut has_tasks: impl FnMut(InstanceId) -> bool,
    ) -> Vec<InstanceId> {
        let group = self.groups[provider.index()].as_mut();
        let group = group.expect("the provider has a group");
        group.gone.retain(|id| has_tasks(*id));
        let leaves = |id: &&InstanceId| {
            let state = self.machines[id.index()].state;
            matches!(state, State::Draining | State::Failed)
        };
        let members = group.members.iter().filter(leaves);
        members.chain(&group.gone).copied().collect()
    }

    /// The data of an instance for a fact that is reported now.
    pub(in crate::simulation) fn instance_fact(&self, id: InstanceId) -> InstanceFact {
        let machine = &self.machines[id.index()];
        let spec = &self.cluster.pool(self.cluster.instance(id).pool()).spec;
        InstanceFact {
            instance: id,
            provider: machine.provider,
            instance_type: machine.instance_type,
            zone: machine.zone,
            spot: machine.spot,
            cpu: spec.cpu.as_base(),
            memory: spec.memory.as_bytes(),
            gpus: spec.gpus,
            counted: machine.counted,
        }
    }

    /// True while the agent of an instance is disconnected from the control plane.
    #[inline]
    pub(in crate::simulation) fn is_disconnected(&self, id: InstanceId) -> bool {
        self.can_lose_agents && self.machines[id.index()].disconnections > 0
    }

    /// False when no agent is ever disconnected.
    #[inline]
    pub(in crate::simulation) fn can_lose_agents(&self) -> bool {
        self.can_lose_agents
    }

    /// True for an ACTIVE instance.
    pub(in crate::simulation) fn is_active(&self, id: InstanceId) -> bool {
        self.machines[id.index()].state == State::Active
    }

    /// True for an instance of ECS Managed Instances.
    pub(in crate::simulation) fn is_managed_instance(&self, id: InstanceId) -> bool {
        let provider = self.machines[id.index()].provider;
        let group = self.groups[provider.index()].as_ref();
        group.is_some_and(|group| group.plan.managed_instances.is_some())
    }

    /// True for a DRAINING instance.
    pub(in crate::simulation) fn is_draining(&self, id: InstanceId) -> bool {
        self.machines[id.index()].state == State::Draining
    }
}
