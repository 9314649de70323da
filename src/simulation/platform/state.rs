//! The state of the platform, and what the layers above may ask of it.

use super::fargate_capacity::FargateState;
use super::group::GroupState;
use super::machine::{Machine, State};
use super::outages::Outages;
use super::registries::Registries;
use super::spot_pools::Spot;
use crate::cluster::{Cluster, InstanceId, ProviderId};
use crate::plan::{Delays, Plan};
use crate::simulation::fact::InstanceFact;
use crate::simulation::notice::Notice;
use crate::units::{SimTime, Span};
use crate::usage::Meters;
use std::collections::VecDeque;

/// The state of the platform.
pub(in crate::simulation) struct Platform<'p> {
    pub(super) plan: &'p Plan,
    pub(super) seed: u64,
    pub(super) cluster: Cluster,
    /// By instance.
    pub(super) machines: Vec<Machine>,
    /// By provider: its Auto Scaling group, if it has one.
    pub(super) groups: Vec<Option<GroupState<'p>>>,
    /// By provider: its share of Fargate, if it is one of Fargate's.
    pub(super) fargate: Vec<Option<FargateState>>,
    pub(super) spot: Spot,
    pub(super) registries: Registries,
    pub(super) outages: Outages,
    pub(super) meters: Meters,
    /// Instances where capacity was freed since the last placement pass.
    pub(super) freed: Vec<InstanceId>,
    pub(super) pass_is_due: bool,
    pub(super) notices: VecDeque<Notice>,
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
            pass_is_due: false,
            notices: VecDeque::new(),
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

    /// Adds a provider whose tasks run on Fargate, on demand or Spot, for so many task groups.
    pub(in crate::simulation) fn add_fargate(&mut self, id: ProviderId, spot: bool, groups: usize) {
        let state = FargateState::new(self.plan, id, spot, groups, &mut self.meters);
        self.groups.push(None);
        self.fargate.push(Some(state));
    }

    /// All room counts as freed, and a placement pass is due.
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

    /// For the ledgers of what is promised and held, which change with tasks.
    #[inline]
    pub(in crate::simulation) fn cluster_mut(&mut self) -> &mut Cluster {
        &mut self.cluster
    }

    /// What the platform keeps about an instance.
    #[inline]
    pub(in crate::simulation) fn machine(&self, id: InstanceId) -> &Machine {
        &self.machines[id.index()]
    }

    /// All instances that were ever launched.
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

    /// Capacity was freed on an instance: the next placement pass looks at it.
    #[inline]
    pub(in crate::simulation) fn room_was_freed(&mut self, id: InstanceId) {
        self.freed.push(id);
        self.pass_is_due = true;
    }

    /// A placement pass is due before this instant ends.
    #[inline]
    pub(in crate::simulation) fn request_pass(&mut self) {
        self.pass_is_due = true;
    }

    /// True when a placement pass is due.
    #[inline]
    pub(in crate::simulation) fn pass_is_due(&self) -> bool {
        self.pass_is_due
    }

    /// A placement pass begins: hands over the instances where capacity was freed. They come
    /// back, empty, with [`pass_is_over`](Self::pass_is_over).
    #[inline]
    pub(in crate::simulation) fn begin_pass(&mut self) -> Vec<InstanceId> {
        self.pass_is_due = false;
        std::mem::take(&mut self.freed)
    }

    /// A placement pass is over. Capacity that was freed during the pass is kept for the next.
    #[inline]
    pub(in crate::simulation) fn pass_is_over(&mut self, mut freed: Vec<InstanceId>) {
        freed.clear();
        freed.append(&mut self.freed);
        self.freed = freed;
    }

    /// Tells the layers above what has happened, once the present event is handled.
    #[inline]
    pub(in crate::simulation) fn notify(&mut self, notice: Notice) {
        self.notices.push_back(notice);
    }

    /// The oldest notice that was not told yet.
    #[inline]
    pub(in crate::simulation) fn next_notice(&mut self) -> Option<Notice> {
        self.notices.pop_front()
    }

    /// A delay that only realistic runs have.
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
    pub(in crate::simulation) fn group(&self, provider: ProviderId) -> &GroupState<'p> {
        let group = self.groups[provider.index()].as_ref();
        group.expect("the provider has a group")
    }

    /// The same, to change it.
    pub(super) fn group_mut(&mut self, provider: ProviderId) -> &mut GroupState<'p> {
        let group = self.groups[provider.index()].as_mut();
        group.expect("the provider has a group")
    }

    /// An instance as facts tell of it.
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

    /// True while the agent of an instance has no connection to the control plane.
    #[inline]
    pub(in crate::simulation) fn is_disconnected(&self, id: InstanceId) -> bool {
        self.machines[id.index()].disconnections > 0
    }

    /// True for an instance that is registered and takes tasks.
    pub(in crate::simulation) fn is_active(&self, id: InstanceId) -> bool {
        self.machines[id.index()].state == State::Active
    }

    /// True for an instance that waits for its tasks to end.
    pub(in crate::simulation) fn is_draining(&self, id: InstanceId) -> bool {
        self.machines[id.index()].state == State::Draining
    }
}
