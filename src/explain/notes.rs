//! What a replay notes from facts while it is played: the states of instances, and which entry or
//! service each revision belongs to.

use super::hosts::TaskName;
use crate::cluster::{InstanceId, RevisionId, Task, WorkId};
use crate::plan::Plan;
use crate::simulation::{Fact, HostState, World};

/// Notes from facts.
#[derive(Clone, Debug, Default)]
pub(super) struct Notes {
    /// By instance.
    states: Vec<HostState>,
    /// By revision.
    works: Vec<Option<WorkId>>,
    /// The number of changes of states.
    changes: u64,
}

impl Notes {
    /// The notes about a world as it is now.
    pub(super) fn of(world: &World<'_>) -> Self {
        let ids = world.cluster().instances().map(|(id, _)| id);
        let mut notes = Self {
            states: ids.map(|id| world.host_state(id)).collect(),
            ..Self::default()
        };
        for (work, task) in world.living() {
            notes.note_work(task.revision, work);
        }
        notes
    }

    /// Notes a fact.
    pub(super) fn read(&mut self, fact: &Fact) {
        let (of, state) = match fact {
            Fact::TaskArrived(of) => return self.note_work(of.task.revision, of.work),
            Fact::InstanceLaunched(of) => (of, HostState::Launching),
            Fact::InstanceRegistered(of)
            | Fact::InstanceActivated(of)
            | Fact::InstanceRecovered(of)
            | Fact::AgentReconnected(of) => (of, HostState::Active),
            Fact::InstanceDraining(of) => (of, HostState::Draining),
            Fact::AgentDisconnected(of) => (of, HostState::Disconnected),
            Fact::InstanceFailed(of) => (of, HostState::Failed),
            Fact::InstanceDeregistered(of) => (of, HostState::Deregistered),
            Fact::InstanceGone(of, _) => (of, HostState::Terminated),
            _ => return,
        };
        let index = of.instance.index();
        if self.states.len() <= index {
            self.states.resize(index + 1, HostState::Launching);
        }
        self.states[index] = state;
        self.changes += 1;
    }

    fn note_work(&mut self, revision: RevisionId, work: WorkId) {
        if self.works.len() <= revision.index() {
            self.works.resize(revision.index() + 1, None);
        }
        self.works[revision.index()] = Some(work);
    }

    /// The state of an instance.
    pub(super) fn state(&self, id: InstanceId) -> HostState {
        let state = self.states.get(id.index()).copied();
        state.unwrap_or(HostState::Launching)
    }

    /// The number of changes of states of instances so far.
    pub(super) fn changes(&self) -> u64 {
        self.changes
    }

    /// The entry or service of a task.
    pub(super) fn work(&self, task: &Task) -> Option<WorkId> {
        *self.works.get(task.revision.index())?
    }

    /// The name of a task.
    pub(super) fn name(&self, plan: &Plan, task: &Task) -> Option<TaskName> {
        Some(TaskName::new(plan, self.work(task)?, task.ordinal))
    }
}
