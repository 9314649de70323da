//! What each instance has given away, and whether a task fits: all that a search for room
//! looks at, without the indexes.

use super::{GroupId, Instance, InstanceId, Lack, Port, Request};

/// At most 100 host ports are reserved on an instance, six of them for the system and the
/// agent (facts/ecs.md 14).
const MOST_HOST_PORTS: usize = 94;

/// The instances with their host ports and their tasks by group.
#[derive(Clone, Debug, Default)]
pub(super) struct Ledger {
    pub(super) instances: Vec<Instance>,
    /// Reserved host ports, sorted, per instance.
    pub(super) ports: Vec<Vec<Port>>,
    /// Number of task groups, at least 1.
    pub(super) groups: usize,
    /// Tasks per (instance, group); empty while there is only one group.
    pub(super) group_tasks: Vec<u32>,
}

impl Ledger {
    /// All instances that were ever launched, in order of launch.
    pub(super) fn instances(&self) -> impl ExactSizeIterator<Item = (InstanceId, &Instance)> {
        self.instances
            .iter()
            .enumerate()
            .map(|(i, instance)| (InstanceId::new(i), instance))
    }

    /// One instance.
    #[inline]
    pub(super) fn instance(&self, id: InstanceId) -> &Instance {
        &self.instances[id.index()]
    }

    /// Tasks of a group on an instance.
    #[inline]
    pub(super) fn tasks_of_group(&self, id: InstanceId, group: GroupId) -> u32 {
        if self.groups == 1 {
            self.instances[id.index()].tasks
        } else {
            self.group_tasks[id.index() * self.groups + group.index()]
        }
    }

    /// True when the instance belongs to an eligible pool and has room in every respect
    /// (facts/ecs.md 74).
    #[inline(always)]
    pub(super) fn fits(&self, id: InstanceId, request: &Request<'_>) -> bool {
        let instance = &self.instances[id.index()];
        let shape = &request.shape;
        shape.cpu.as_base() <= instance.free_cpu
            && shape.memory.as_bytes() <= instance.free_memory
            && shape.interfaces <= instance.free_interfaces
            && shape.gpus <= instance.free_gpus
            && instance.is_accepting()
            && (request.requirement.ports.is_empty() || self.ports_are_free(id, request))
            && request.requirement.allows(instance.pool)
            && (!request.requirement.distinct_instance
                || self.tasks_of_group(id, request.requirement.group) == 0)
    }

    #[cold]
    fn ports_are_free(&self, id: InstanceId, request: &Request<'_>) -> bool {
        let taken = &self.ports[id.index()];
        if taken.len() + request.requirement.ports.len() > MOST_HOST_PORTS {
            return false;
        }
        request
            .requirement
            .ports
            .iter()
            .all(|port| taken.binary_search(port).is_err())
    }

    /// The first respect in which there is no room (order of facts/ecs.md 115); `None` when
    /// it fits. Counted only when somebody asks.
    pub(super) fn lack(&self, id: InstanceId, request: &Request<'_>) -> Option<Lack> {
        let instance = &self.instances[id.index()];
        let shape = &request.shape;
        if !instance.is_accepting() {
            Some(Lack::Agent)
        } else if !request.requirement.allows(instance.pool) {
            Some(Lack::Attribute)
        } else if shape.cpu.as_base() > instance.free_cpu {
            Some(Lack::Cpu)
        } else if shape.memory.as_bytes() > instance.free_memory {
            Some(Lack::Memory)
        } else if !request.requirement.ports.is_empty() && !self.ports_are_free(id, request) {
            Some(Lack::Ports)
        } else if shape.gpus > instance.free_gpus {
            Some(Lack::Gpu)
        } else if shape.interfaces > instance.free_interfaces {
            Some(Lack::Interface)
        } else if request.requirement.distinct_instance
            && self.tasks_of_group(id, request.requirement.group) > 0
        {
            Some(Lack::Constraint)
        } else {
            None
        }
    }
}
