//! All living tasks, and what the layers above may ask of them.

use super::hazards::Hazards;
use super::record::{Agent, Life};
use super::revision::{Lane, Revision};
use crate::cluster::{
    InstanceId, Lack, LaneId, ProviderId, Request, Requirement, RevisionId, Shape, Task, TaskId,
    Tasks,
};
use crate::plan::StrategyItem;
use crate::simulation::fact::TaskFact;
use crate::simulation::platform::Platform;
use crate::units::{SimTime, Span};
use std::collections::VecDeque;

/// All living tasks, and the platform below them.
pub(in crate::simulation) struct Lives<'p> {
    pub(in crate::simulation) platform: Platform<'p>,
    pub(super) tasks: Tasks,
    /// By slot of the task: the life of those that have one in detail.
    pub(super) details: Vec<Option<Box<Life>>>,
    pub(super) revisions: Vec<Revision<'p>>,
    pub(super) lanes: Vec<Lane>,
    /// By lane: what its tasks demand.
    pub(super) requirements: Vec<Requirement>,
    /// By instance, where tasks have a life in detail.
    pub(super) agents: Vec<Agent>,
    /// By provider: tasks that Fargate's quota holds back, oldest first.
    pub(super) held_back: Vec<VecDeque<TaskId>>,
    pub(super) hazards: Hazards<'p>,
    /// Some work has a life in detail, or agents may lose their connection. Elsewhere what
    /// stops lets go at once, so that agents have no queue.
    pub(super) has_details: bool,
    /// Standalone tasks that are alive.
    pub(super) jobs: u64,
}

impl<'p> Lives<'p> {
    /// No task is alive yet.
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
            hazards: Hazards::new(plan, platform.seed()),
            has_details: plan.can_lose_agents(),
            jobs: 0,
            platform,
        }
    }

    /// Adds a revision with its lanes: each with its provider, `None` for any instance, and what
    /// its tasks demand there.
    pub(in crate::simulation) fn add_revision(
        &mut self,
        mut revision: Revision<'p>,
        lanes: Vec<(Option<usize>, Requirement)>,
        items: &'p [StrategyItem],
    ) -> RevisionId {
        let id = RevisionId::new(self.revisions.len());
        revision.set_lanes(self.lanes.len(), lanes.len(), items);
        for (provider, requirement) in lanes {
            self.lanes
                .push(Lane::new(self.platform.plan(), id, provider));
            self.requirements.push(requirement);
        }
        self.has_details |= revision.life.is_some();
        self.revisions.push(revision);
        id
    }

    #[inline]
    pub(in crate::simulation) fn tasks(&self) -> &Tasks {
        &self.tasks
    }

    pub(in crate::simulation) fn revisions(&self) -> &[Revision<'p>] {
        &self.revisions
    }

    pub(in crate::simulation) fn revision_at(&self, id: RevisionId) -> &Revision<'p> {
        &self.revisions[id.index()]
    }

    /// The revision that a task was created from.
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

    /// What a shape asks for on a lane.
    #[inline]
    pub(in crate::simulation) fn request(&self, lane: LaneId, shape: Shape) -> Request<'_> {
        Request {
            shape,
            requirement: &self.requirements[lane.index()],
        }
    }

    /// The parts that a placement pass works on: the cluster, the tasks and the requirements
    /// by lane.
    #[inline]
    pub(in crate::simulation) fn for_pass(
        &mut self,
    ) -> (&mut crate::cluster::Cluster, &mut Tasks, &[Requirement]) {
        let cluster = self.platform.cluster_mut();
        (cluster, &mut self.tasks, &self.requirements)
    }

    /// How many standalone tasks are alive.
    #[inline]
    pub(in crate::simulation) fn jobs(&self) -> u64 {
        self.jobs
    }

    /// A standalone task has left for good.
    pub(in crate::simulation) fn job_has_left(&mut self) {
        self.jobs -= 1;
    }

    /// An instance promises the room that a shape needs on a lane.
    pub(in crate::simulation) fn promise(&mut self, on: InstanceId, lane: LaneId, shape: Shape) {
        let request = Request {
            shape,
            requirement: &self.requirements[lane.index()],
        };
        self.platform.cluster_mut().promise(on, &request);
    }

    /// An instance promises that room no more.
    pub(in crate::simulation) fn release(&mut self, on: InstanceId, lane: LaneId, shape: Shape) {
        let request = Request {
            shape,
            requirement: &self.requirements[lane.index()],
        };
        self.platform.cluster_mut().release(on, &request);
    }

    /// What the closest instance lacks for a task (facts/ecs.md 115): the instance that fails
    /// latest in the order of tests, the first launched of equals.
    pub(in crate::simulation) fn closest_lack(&self, task: &Task) -> Lack {
        let request = self.request(task.lane, task.shape);
        let cluster = self.platform.cluster();
        let pools = request.requirement.pools.iter();
        let instances = pools.flat_map(|pool| cluster.pool(*pool).instances());
        let lacks = instances.filter_map(|id| cluster.lack(*id, &request));
        lacks.max().unwrap_or(Lack::Agent)
    }

    /// A task as a fact tells of it.
    #[inline(always)]
    pub(super) fn fact(&self, task: Task) -> TaskFact {
        TaskFact {
            task,
            work: self.revisions[task.revision.index()].work,
            provider: self.provider_of(&task),
        }
    }

    /// The provider whose capacity a task has.
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

    /// What the health checks of a living task have found.
    pub(in crate::simulation) fn health(&self, id: TaskId) -> Option<TaskHealth> {
        let life = self.details.get(id.slot())?.as_ref()?;
        Some(TaskHealth {
            healthy: life.healthy,
            unhealthy: life.unhealthy,
        })
    }

    /// The life of a living task that has one in detail. Slots are reused: a stale id must not
    /// reach the life of the next task in its slot.
    pub(super) fn of(&mut self, id: TaskId) -> Option<&mut Life> {
        self.tasks.get(id)?;
        self.details.get_mut(id.slot())?.as_deref_mut()
    }

    /// The agent of an instance.
    pub(super) fn agent(&mut self, id: InstanceId) -> &mut Agent {
        if self.agents.len() <= id.index() {
            self.agents.resize_with(id.index() + 1, Agent::default);
        }
        &mut self.agents[id.index()]
    }

    /// Every instance's ledgers against the tasks that are alive and what is kept besides.
    pub(in crate::simulation) fn check_conservation(
        &self,
        kept: impl Iterator<Item = (InstanceId, Shape)>,
    ) {
        let tasks = self.tasks.iter();
        let placed = tasks.filter_map(|task| Some((task.instance?, task)));
        self.platform.cluster().check_conservation(placed, kept);
    }

    /// The grace period in which a service spares its unhealthy tasks (facts/ecs.md 203): when
    /// it is over for the first of those that are unhealthy and spared now.
    pub(in crate::simulation) fn grace_ends(
        &self,
        of: &[TaskId],
        grace: Span,
        now: SimTime,
    ) -> Option<SimTime> {
        let end = |id: &TaskId| {
            let task = self.tasks.get(*id)?;
            let is_spared = self.health(*id)?.unhealthy && !task.stopping;
            is_spared.then_some(task.started + grace)
        };
        let ends = of.iter().filter_map(end);
        ends.filter(|at| grace > Span::ZERO && *at > now).min()
    }
}

/// What the health checks of a task have found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulation) struct TaskHealth {
    /// It counts as healthy for its service.
    pub healthy: bool,
    /// A health check has found it unhealthy.
    pub unhealthy: bool,
}

impl Lives<'_> {
    /// True while the agent of a task's instance has no connection to the control plane.
    pub(super) fn awaits_agent(&self, id: TaskId) -> bool {
        let task = self.tasks.get(id);
        task.and_then(|task| task.instance)
            .is_some_and(|instance| self.platform.is_disconnected(instance))
    }
}
