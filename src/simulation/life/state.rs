//! All existing tasks, and the functions by which the layers above read and change them.

use super::counts::Serving;
use super::hazards::Hazards;
use super::listener_rule::Listeners;
use super::record::{Agent, Life, TaskHealth};
use super::revision::{BadNow, Lane, Revision};
use super::target::FullTargets;
use crate::cluster::{
    Cluster, Comparison, InstanceId, Lack, Lacks, LaneId, PerWork, PoolId, ProviderId, Request,
    Requirement, RevisionId, ServiceId, Shape, Task, TaskId, Tasks, WorkId, ZoneId,
};
use crate::plan::StrategyItem;
use crate::simulation::fact::TaskFact;
use crate::simulation::notice::Notice;
use crate::simulation::platform::Platform;
use crate::units::{SimTime, Span};
use std::collections::{BTreeMap, VecDeque};

/// All existing tasks, and the platform below them.
pub(in crate::simulation) struct Lives<'p> {
    pub(in crate::simulation) platform: Platform<'p>,
    pub(super) tasks: Tasks,
    /// By slot of the task: its detailed life. A life that has ended stays in its place until the
    /// next task of the slot has one, which takes over its memory.
    pub(super) details: Vec<Life<'p>>,
    pub(super) revisions: Vec<Revision<'p>>,
    pub(super) lanes: Vec<Lane>,
    /// By lane: the requirements of its tasks.
    pub(super) requirements: Vec<Requirement>,
    /// By instance: its agent. Grows on demand.
    pub(super) agents: Vec<Agent>,
    /// By provider: tasks that wait for Fargate's quota, oldest first.
    pub(super) held_back: Vec<VecDeque<TaskId>>,
    /// The capacity that instances reserve for daemons which do not run there yet
    /// (facts/ecs.md 107), by service and instance: the lane and the amounts that are promised.
    pub(super) kept_rooms: BTreeMap<(ServiceId, InstanceId), (LaneId, Shape)>,
    /// The zone in which tasks of a service start on Fargate while it is rebalanced (facts/ecs.md 127).
    start_zones: BTreeMap<ServiceId, ZoneId>,
    /// Tasks created so far: the next ordinal.
    pub(super) births: PerWork<u64>,
    pub(super) hazards: Hazards<'p>,
    /// True when some work has a detailed life, or agents can be disconnected. Otherwise the host
    /// has room as soon as a task is placed, so that agents need no queue.
    pub(super) has_details: bool,
    /// The number of standalone tasks that exist.
    pub(super) jobs: u64,
    /// The tasks of services with a load; `None` in a plan without loads.
    pub(super) serving: Option<Serving>,
    pub(super) listeners: Listeners,
    /// By target group with a slow start: its healthy targets that are in none, by the time of registration.
    pub(super) full_targets: FullTargets,
    /// True when the client of some entry counts the tasks that have left.
    pub(super) counts_leaving: bool,
    /// By work: the time of the latest report of why it waits.
    pub(super) waits_told: PerWork<Option<SimTime>>,
    /// A placement can let an instance meet the constraint of another task.
    placements_help: bool,
    /// The most tasks that may exist.
    most_tasks: usize,
}

impl<'p> Lives<'p> {
    /// The state without tasks and revisions.
    pub(in crate::simulation) fn new(platform: Platform<'p>) -> Self {
        let plan = platform.plan();
        Self {
            tasks: Tasks::default(),
            details: Vec::new(),
            revisions: Vec::new(),
            lanes: Vec::new(),
            requirements: Vec::new(),
            agents: Vec::new(),
            held_back: vec![VecDeque::new(); plan.cluster.providers.len()],
            kept_rooms: BTreeMap::new(),
            start_zones: BTreeMap::new(),
            births: plan.per_work(|_| 0),
            hazards: Hazards::new(plan, platform.seed()),
            has_details: platform.can_lose_agents(),
            jobs: 0,
            serving: Serving::new(plan),
            listeners: Listeners::new(),
            full_targets: FullTargets::new(),
            counts_leaving: false,
            waits_told: plan.per_work(|_| None),
            placements_help: false,
            most_tasks: usize::MAX,
            platform,
        }
    }

    /// The tasks of a service start in a zone from now on. On instances the placement strategy finds
    /// the zone with the fewest tasks.
    pub(in crate::simulation) fn start_in(&mut self, service: ServiceId, zone: ZoneId) {
        self.start_zones.insert(service, zone);
    }

    /// The tasks of a service start in any of its zones again.
    pub(in crate::simulation) fn start_anywhere(&mut self, service: ServiceId) {
        self.start_zones.remove(&service);
    }

    /// The zone in which the tasks of an entry or service have to start.
    pub(super) fn start_zone(&self, work: WorkId) -> Option<ZoneId> {
        match work {
            WorkId::Service(service) => self.start_zones.get(&service).copied(),
            WorkId::Entry(_) => None,
        }
    }

    /// Adds a revision with its lanes. Each lane has an index of a provider (`None`: any instance)
    /// and the requirements of its tasks. `items` is the capacity provider strategy, one item per
    /// lane; empty with a single lane.
    pub(in crate::simulation) fn add_revision(
        &mut self,
        mut revision: Revision<'p>,
        lanes: Vec<(Option<usize>, Requirement)>,
        items: &'p [StrategyItem],
    ) -> RevisionId {
        let id = RevisionId::new(self.revisions.len());
        self.counts_leaving |= revision.counts_leaving;
        revision.set_lanes(self.lanes.len(), lanes.len(), items);
        for (provider, requirement) in lanes {
            self.placements_help |= requirement.member_of.can_come_true_by_a_placement();
            self.lanes
                .push(Lane::new(self.platform.plan(), id, provider));
            self.requirements.push(requirement);
        }
        self.has_details |= revision.life.is_some();
        self.revisions.push(revision);
        id
    }

    /// True when a placement can let an instance meet the constraint of another task.
    #[inline]
    pub(in crate::simulation) fn placements_help(&self) -> bool {
        self.placements_help
    }

    /// Adds the bad form of a release, whose tasks are placed as those of the revision `good`.
    pub(in crate::simulation) fn add_bad_form(
        &mut self,
        good: RevisionId,
        mut bad: Revision<'p>,
    ) -> RevisionId {
        let id = RevisionId::new(self.revisions.len());
        bad.share_lanes(&self.revisions[good.index()]);
        self.revisions.push(bad);
        id
    }

    /// From now on a release is bad there: tasks that are placed there have containers that fail.
    pub(in crate::simulation) fn set_bad(&mut self, release: RevisionId, bad: BadNow) {
        self.revisions[release.index()].bad = Some(bad);
    }

    #[inline]
    pub(in crate::simulation) fn tasks(&self) -> &Tasks {
        &self.tasks
    }

    /// A task is needed soon: its memory is read into the processor's cache.
    #[inline(always)]
    pub(in crate::simulation) fn expect(&self, id: TaskId) {
        self.tasks.touch(id);
        if let Some(life) = self.details.get(id.slot()) {
            life.touch();
        }
    }

    pub(in crate::simulation) fn revision_at(&self, id: RevisionId) -> &Revision<'p> {
        &self.revisions[id.index()]
    }

    /// The revision of a task.
    #[inline]
    pub(in crate::simulation) fn revision(&self, task: &Task) -> &Revision<'p> {
        &self.revisions[task.revision.index()]
    }

    #[inline]
    pub(in crate::simulation) fn lane(&self, id: LaneId) -> &Lane {
        &self.lanes[id.index()]
    }

    #[inline]
    pub(in crate::simulation) fn requirement(&self, lane: LaneId) -> &Requirement {
        &self.requirements[lane.index()]
    }

    /// The request for capacity of a task with this shape on a lane.
    #[inline]
    pub(in crate::simulation) fn request(&self, lane: LaneId, shape: Shape) -> Request<'_> {
        Request {
            shape,
            requirement: &self.requirements[lane.index()],
        }
    }

    /// By lane: the requirements of its tasks.
    pub(in crate::simulation) fn requirements(&self) -> &[Requirement] {
        &self.requirements
    }

    /// True when a task on Fargate waits for the quota.
    pub(in crate::simulation) fn waits_for_quota(&self, id: TaskId, task: &Task) -> bool {
        self.held_back[self.fargate_provider(task).index()].contains(&id)
    }

    /// The parts that a placement pass needs: the cluster with the instances whose capacity was freed,
    /// the tasks, and by lane the requirements.
    #[inline]
    pub(in crate::simulation) fn for_pass(
        &mut self,
    ) -> ((&mut Cluster, &[InstanceId]), &mut Tasks, &[Requirement]) {
        (
            self.platform.for_pass(),
            &mut self.tasks,
            &self.requirements,
        )
    }

    pub(in crate::simulation) fn set_most_tasks(&mut self, most: usize) {
        self.most_tasks = most;
    }

    /// True when as many tasks exist as may exist.
    #[inline]
    pub(in crate::simulation) fn has_most_tasks(&self) -> bool {
        self.tasks.len() >= self.most_tasks
    }

    /// The number of standalone tasks that exist.
    #[inline]
    pub(in crate::simulation) fn jobs(&self) -> u64 {
        self.jobs
    }

    /// Counts a standalone task that is done, has failed for the last time or was refused for good.
    #[inline(always)]
    pub(in crate::simulation) fn job_has_left(&mut self, id: RevisionId) {
        self.jobs -= 1;
        if self.counts_leaving {
            self.tell_leaving(id);
        }
    }

    /// Sends the notice that a task has left, if its client counts them.
    #[inline(never)]
    fn tell_leaving(&mut self, id: RevisionId) {
        let revision = &self.revisions[id.index()];
        if let (true, WorkId::Entry(entry)) = (revision.counts_leaving, revision.work) {
            self.platform.notify(Notice::JobLeft(entry));
        }
    }

    /// The number of tasks of a revision's work that were created.
    pub(in crate::simulation) fn born(&self, id: RevisionId) -> u64 {
        self.births[self.revisions[id.index()].work]
    }

    /// Reserves capacity for a task with this shape and lane on an instance.
    pub(in crate::simulation) fn promise(&mut self, on: InstanceId, lane: LaneId, shape: Shape) {
        let request = Request {
            shape,
            requirement: &self.requirements[lane.index()],
        };
        self.platform.cluster_mut().promise(on, &request);
    }

    /// Frees the reserved capacity of a task with this shape and lane on an instance.
    pub(in crate::simulation) fn release(&mut self, on: InstanceId, lane: LaneId, shape: Shape) {
        let request = Request {
            shape,
            requirement: &self.requirements[lane.index()],
        };
        self.platform.cluster_mut().release(on, &request);
    }

    /// What each instance that may be given tasks lacks for a task of this lane and shape
    /// (facts/ecs.md 115). Instances of other providers than the lane's are left out.
    pub(in crate::simulation) fn lacks(&self, lane: LaneId, shape: Shape) -> Lacks {
        let request = self.request(lane, shape);
        let provider = self.lanes[lane.index()].provider;
        let cluster = self.platform.cluster();
        let mut lacks = Comparison::new(cluster, request);
        for (number, pool) in cluster.pools().iter().enumerate() {
            let instances = pool.instances();
            if provider.is_some_and(|provider| provider != pool.spec.provider) {
                continue;
            }
            let (id, requirement) = (PoolId::new(number), request.requirement);
            if !requirement.allows(id) && !requirement.member_of.excludes(id) {
                let count = u32::try_from(instances.len()).unwrap_or(u32::MAX);
                lacks.add(count, Lack::Attribute);
                continue;
            }
            instances.iter().for_each(|id| lacks.look(*id));
        }
        lacks.result()
    }

    /// The data of a task for a fact that is reported now.
    #[inline(always)]
    pub(super) fn fact(&self, task: Task) -> TaskFact {
        TaskFact {
            task,
            work: self.revisions[task.revision.index()].work,
            provider: self.provider_of(&task),
        }
    }

    /// The provider of the capacity that a task has; `None` while it has none.
    #[inline]
    pub(in crate::simulation) fn provider_of(&self, task: &Task) -> Option<ProviderId> {
        match task.instance {
            Some(id) => {
                let cluster = self.platform.cluster();
                Some(cluster.pool(cluster.instance(id).pool()).spec.provider)
            }
            None => {
                let on_fargate = self.revisions[task.revision.index()].on_fargate;
                let provider = self.lanes[task.lane.index()].provider;
                provider.filter(|_| on_fargate)
            }
        }
    }

    /// The number of those tasks that are RUNNING and do not stop.
    pub(in crate::simulation) fn count_running(&self, of: &[TaskId]) -> u32 {
        let tasks = of.iter().filter_map(|id| self.tasks.get(*id));
        let running = tasks.filter(|task| task.running && !task.stopping);
        u32::try_from(running.count()).expect("few tasks")
    }

    /// The tasks on an instance.
    pub(in crate::simulation) fn tasks_on(&mut self, id: InstanceId) -> Vec<TaskId> {
        self.tasks.on_instance(id)
    }

    /// The instances of a provider's group that are no longer ACTIVE, with tasks that ECS has not
    /// missed yet: those that drain, have failed, or are gone for a short time.
    pub(in crate::simulation) fn leaving_instances(&mut self, of: ProviderId) -> Vec<InstanceId> {
        let tasks = &mut self.tasks;
        let still = |id: InstanceId| !tasks.on_instance(id).is_empty();
        self.platform.leaving_instances(of, still)
    }

    /// The health of a task with a detailed life; `None` for other tasks.
    pub(in crate::simulation) fn health(&self, id: TaskId) -> Option<TaskHealth> {
        Some(self.life(id)?.health())
    }

    /// The detailed life of a task, if it has one. Slots are reused: a stale id must not
    /// reach the life of the next task in its slot. A task that was removed has its life until
    /// [`end_life`](Self::end_life).
    #[inline]
    pub(super) fn of(&mut self, id: TaskId) -> Option<&mut Life<'p>> {
        let life = self.details.get_mut(id.slot());
        life.filter(|life| life.of.is(id))
    }

    /// The same, to be read only.
    #[inline]
    pub(super) fn life(&self, id: TaskId) -> Option<&Life<'p>> {
        let life = self.details.get(id.slot());
        life.filter(|life| life.of.is(id))
    }

    /// Gives a task of a revision a detailed life.
    pub(super) fn begin_life(&mut self, id: TaskId, revision: RevisionId, now: SimTime) {
        let containers = self.revisions[revision.index()].containers;
        if self.details.len() <= id.slot() {
            self.details.resize_with(id.slot() + 1, Life::none);
        }
        self.details[id.slot()].begin(id, now, containers);
    }

    /// Ends the detailed life of a task that leaves, and returns it; `None` when it had none.
    pub(super) fn end_life(&mut self, id: TaskId) -> Option<&Life<'p>> {
        let life = self.of(id)?;
        life.of = TaskId::NONE;
        Some(life)
    }

    /// The agent of an instance.
    pub(super) fn agent(&mut self, id: InstanceId) -> &mut Agent {
        if self.agents.len() <= id.index() {
            self.agents.resize_with(id.index() + 1, Agent::default);
        }
        &mut self.agents[id.index()]
    }

    /// An instance keeps capacity that it has promised for the next daemon of a service. False where
    /// it keeps the capacity of one already; nothing has changed then.
    pub(in crate::simulation) fn keep_room(
        &mut self,
        of: (ServiceId, InstanceId),
        room: (LaneId, Shape),
    ) -> bool {
        let is_new = !self.kept_rooms.contains_key(&of);
        if is_new {
            self.kept_rooms.insert(of, room);
        }
        is_new
    }

    /// The capacity that an instance keeps for a daemon of a service.
    pub(in crate::simulation) fn kept_room(
        &self,
        of: (ServiceId, InstanceId),
    ) -> Option<(LaneId, Shape)> {
        self.kept_rooms.get(&of).copied()
    }

    /// An instance keeps no capacity for the next daemon of a service any more.
    pub(in crate::simulation) fn release_room(&mut self, of: (ServiceId, InstanceId)) {
        if let Some((lane, shape)) = self.kept_rooms.remove(&of) {
            self.release(of.1, lane, shape);
        }
    }

    /// A daemon takes the capacity that its instance has kept; the promise goes on.
    pub(in crate::simulation) fn take_room(&mut self, of: (ServiceId, InstanceId)) {
        self.kept_rooms.remove(&of);
    }

    /// An instance is terminated: it keeps capacity for no daemon any more.
    pub(super) fn release_rooms(&mut self, instance: InstanceId) {
        let kept = self.kept_rooms.iter();
        let there = kept.filter(|((_, on), _)| *on == instance);
        let there: Vec<_> = there.map(|(of, room)| (*of, *room)).collect();
        for (of, (lane, shape)) in there {
            self.kept_rooms.remove(&of);
            self.release(instance, lane, shape);
        }
    }

    /// Checks the promised and held capacity of every instance against its tasks and the capacity
    /// that it keeps for daemons.
    ///
    /// # Panics
    /// When they differ.
    pub(in crate::simulation) fn check_conservation(&self) {
        let tasks = self.tasks.iter();
        let placed = tasks.filter_map(|task| Some((task.instance?, task)));
        let kept = self.kept_rooms.iter();
        let kept = kept.map(|((_, instance), (_, shape))| (*instance, *shape));
        self.platform.cluster().check_conservation(placed, kept);
    }

    /// When the health check grace period `grace` ends for the first of these tasks that is
    /// unhealthy and in its grace period now (facts/ecs.md 203); `None` when there is no such task.
    pub(in crate::simulation) fn grace_ends(
        &self,
        of: &[TaskId],
        grace: Span,
        now: SimTime,
    ) -> Option<SimTime> {
        let end = |id: &TaskId| {
            let task = self.tasks.get(*id)?;
            let is_ignored = self.health(*id)?.unhealthy && !task.stopping;
            is_ignored.then_some(task.started + grace)
        };
        let ends = of.iter().filter_map(end);
        ends.filter(|at| grace > Span::ZERO && *at > now).min()
    }
}

impl Lives<'_> {
    /// True while the agent of a task's instance is disconnected, so that ECS and the task cannot
    /// reach each other.
    #[inline]
    pub(super) fn awaits_agent(&self, id: TaskId) -> bool {
        self.platform.can_lose_agents() && {
            let task = self.tasks.get(id);
            task.and_then(|task| task.instance)
                .is_some_and(|instance| self.platform.is_disconnected(instance))
        }
    }
}
