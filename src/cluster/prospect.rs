//! An instance as it would be: one that could be launched, or one that is there, with the tasks that
//! it would be given. Tasks fit it by the rule of placement; the cluster does not change.

use super::candidate::{self, Candidate};
use super::ledger::Ledger;
use super::query::Subject;
use super::{Cluster, GroupId, Instance, InstanceId, Lack, PoolId, Port, Request, Shape};
use crate::units::SimTime;

/// An instance as it would be with more tasks.
#[derive(Clone, Debug)]
pub struct Prospect<'a> {
    instance: Instance,
    id: InstanceId,
    registered: SimTime,
    /// Its reserved host ports, ascending.
    ports: Vec<Port>,
    /// The tasks that were added, by group.
    added: Vec<(GroupId, u32)>,
    /// Where its present tasks are counted; `None` for an instance that is not launched.
    ledger: Option<&'a Ledger>,
}

impl Cluster {
    /// An instance of a pool that would register at `now`.
    pub fn prospect(&self, pool: PoolId, now: SimTime) -> Prospect<'static> {
        Prospect {
            instance: self.pool(pool).new_instance(pool).accepting(),
            // No constraint names an instance that is not launched.
            id: InstanceId::new(u32::MAX as usize),
            registered: now,
            ports: Vec::new(),
            added: Vec::new(),
            ledger: None,
        }
    }

    /// An instance with its present tasks. One that has not registered would do so at `now`.
    pub fn prospect_of(&self, id: InstanceId, now: SimTime) -> Prospect<'_> {
        let instance = self.instance(id);
        Prospect {
            instance: instance.clone().accepting(),
            id,
            registered: match instance.is_accepting() {
                true => self.ledger.registered[id.index()],
                false => now,
            },
            ports: self.ledger.ports[id.index()].clone(),
            added: Vec::new(),
            ledger: Some(&self.ledger),
        }
    }
}

impl Prospect<'_> {
    /// True when the task fits, by the rule of placement (facts/ecs.md 74).
    pub fn fits(&self, request: &Request<'_>) -> bool {
        candidate::fits(self, request)
    }

    /// The number of checks that the instance fails, and the first of them (facts/ecs.md 115);
    /// `None` when the task fits.
    pub fn failed(&self, request: &Request<'_>) -> Option<(u32, Lack)> {
        candidate::failed(self, request)
    }

    /// The resources that are not promised to any task.
    pub fn free(&self) -> Shape {
        self.instance.free_shape()
    }

    /// Gives the instance a task.
    ///
    /// # Panics
    /// When the task does not fit.
    pub fn promise(&mut self, request: &Request<'_>) {
        assert!(self.fits(request), "no room for {:?}", request.shape);
        self.instance.promise(request);
        if !request.requirement.ports.is_empty() {
            self.ports.extend_from_slice(&request.requirement.ports);
            self.ports.sort_unstable();
        }
        let group = request.requirement.group;
        match self.added.iter_mut().find(|(of, _)| *of == group) {
            Some((_, count)) => *count += 1,
            None => self.added.push((group, 1)),
        }
    }
}

impl Subject for Prospect<'_> {
    fn hosts(&self, group: GroupId) -> bool {
        self.tasks_of_group(group) > 0
    }
    fn tasks(&self) -> u64 {
        self.instance.tasks.into()
    }
    fn registered(&self) -> i64 {
        i64::try_from(self.registered.as_micros()).unwrap_or(i64::MAX)
    }
    fn id(&self) -> InstanceId {
        self.id
    }
}

impl Candidate for Prospect<'_> {
    fn instance(&self) -> &Instance {
        &self.instance
    }
    fn ports(&self) -> &[Port] {
        &self.ports
    }
    fn tasks_of_group(&self, group: GroupId) -> u32 {
        let there = self
            .ledger
            .map_or(0, |of| of.tasks_of_group(self.id, group));
        let added = self.added.iter().find(|(of, _)| *of == group);
        there + added.map_or(0, |(_, count)| *count)
    }
}
