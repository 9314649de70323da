//! Watches a service for instances at the end of a run: those that take no tasks, and of a daemon
//! service those on which it has no room.

use super::changes::{Change, smaller_on};
use super::hosts::{HostName, TaskName};
use super::needs::{Needs, cpu_units, mebibytes, target};
use super::notes::Notes;
use super::refusals::Refusal;
use super::sight::Sight;
use crate::cluster::{ServiceId, WorkId};
use crate::engine::Watcher;
use crate::plan::{Plan, Scheduling};
use crate::simulation::{HostState, World};
use crate::units::{Cpu, Memory, SimTime};
use serde::Serialize;
use std::collections::BTreeSet;

/// An instance that takes no tasks, because of its state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Closed {
    /// The instance.
    #[serde(flatten)]
    pub host: HostName,
    /// Its state.
    pub state: HostState,
}

/// An instance on which a daemon service has no task and no room for one.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WithoutRoom {
    /// The instance and what refuses the task there.
    #[serde(flatten)]
    pub refusal: Refusal,
    /// What a task of the service needs.
    pub needs: Needs,
    /// Registered CPU of the instance.
    #[serde(rename = "cpuUnits", serialize_with = "cpu_units")]
    pub cpu: Cpu,
    /// CPU that is not promised to any task.
    #[serde(rename = "freeCpuUnits", serialize_with = "cpu_units")]
    pub free_cpu: Cpu,
    /// Registered memory of the instance.
    #[serde(rename = "memoryMib", serialize_with = "mebibytes")]
    pub memory: Memory,
    /// Memory that is not promised to any task.
    #[serde(rename = "freeMemoryMib", serialize_with = "mebibytes")]
    pub free_memory: Memory,
    /// The tasks that have capacity there.
    pub tasks: Vec<TaskName>,
    /// A change that was tried, and with which a task of the service fits there.
    pub change: Option<Change>,
}

/// Watches a service.
pub(super) struct EndWatcher<'a> {
    plan: &'a Plan,
    service: ServiceId,
    /// The instances that take no tasks at the end.
    pub(super) closed: Vec<Closed>,
    /// Of a daemon service: the instances without room at the end.
    pub(super) without_room: Vec<WithoutRoom>,
}

impl<'a> EndWatcher<'a> {
    pub(super) fn new(plan: &'a Plan, service: ServiceId) -> Self {
        Self {
            plan,
            service,
            closed: Vec::new(),
            without_room: Vec::new(),
        }
    }
}

impl EndWatcher<'_> {
    /// Notes the instances of its capacity providers that take no tasks.
    fn note_closed(&mut self, world: &World<'_>) {
        let cluster = world.cluster();
        let target = target(self.plan, WorkId::Service(self.service));
        let own = self.plan.cluster.providers_of(target);
        let own: BTreeSet<usize> = own.map(|(index, _)| index).collect();
        for (id, instance) in cluster.instances() {
            let state = world.host_state(id);
            let provider = cluster.pool(instance.pool()).spec.provider;
            let is_open = matches!(state, HostState::Active | HostState::Terminated);
            if !is_open && own.contains(&provider.index()) {
                let host = HostName::of(self.plan, cluster, id);
                self.closed.push(Closed { host, state });
            }
        }
    }
}

impl Watcher<World<'_>> for EndWatcher<'_> {
    fn before_pass(&mut self, _now: SimTime, _world: &World<'_>) {}

    fn instant_over(&mut self, now: SimTime, next: SimTime, world: &World<'_>) {
        if next < SimTime::MAX {
            return;
        }
        self.note_closed(world);
        let scheduling = self.plan.services[self.service.index()].scheduling;
        if scheduling != Scheduling::Daemon {
            return;
        }
        let work = WorkId::Service(self.service);
        let notes = Notes::of(world);
        for missing in world.missing_daemons(self.service) {
            let sight = Sight {
                plan: self.plan,
                notes: &notes,
                cluster: world.cluster(),
                tasks: world.tasks(),
                requirements: world.requirements(),
                work: world.work_with(work, (missing.lane, missing.shape), 0, now),
                revision: missing.revision,
                before: Vec::new(),
                starting: Vec::new(),
                is_head_of_line: false,
            };
            let refusals = sight.refusals_on(&[missing.instance]);
            let there = sight.by_instance().remove(&missing.instance);
            let there = there.unwrap_or_default();
            let instance = world.cluster().instance(missing.instance);
            let (spec, free) = (
                &world.cluster().pool(instance.pool()).spec,
                instance.free_shape(),
            );
            let found = refusals.into_iter().map(|refusal| WithoutRoom {
                refusal,
                needs: Needs::of(self.plan, work, missing.revision, missing.shape),
                cpu: spec.cpu,
                free_cpu: free.cpu,
                memory: spec.memory,
                free_memory: free.memory,
                tasks: there.iter().filter_map(|task| sight.name(task)).collect(),
                change: smaller_on(&sight, missing.instance),
            });
            self.without_room.extend(found);
        }
    }
}
