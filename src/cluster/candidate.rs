//! The rule of placement: whether an instance has room for a task (facts/ecs.md 74), and what it lacks
//! (facts/ecs.md 115). It is one rule for instances and for those that could be launched.

use super::query::Subject;
use super::{GroupId, Instance, Lack, Port, Request};

/// At most 100 host ports are reserved on an instance, six of them for the system and the
/// agent (facts/ecs.md 14).
const MOST_HOST_PORTS: usize = 94;

/// An instance as a placement sees it.
pub(super) trait Candidate: Subject {
    /// Its resources.
    fn instance(&self) -> &Instance;
    /// Its reserved host ports, ascending.
    fn ports(&self) -> &[Port];
    /// The number of tasks of a group that have a promise on it.
    fn tasks_of_group(&self, group: GroupId) -> u32;
}

/// True when the instance belongs to an eligible pool and has enough of every resource
/// (facts/ecs.md 74). The cheap comparisons that fail most often come first.
#[inline(always)]
pub(super) fn fits(of: &impl Candidate, request: &Request<'_>) -> bool {
    let instance = of.instance();
    let shape = &request.shape;
    shape.cpu.as_base() <= instance.free_cpu
        && shape.memory.as_bytes() <= instance.free_memory
        && shape.interfaces <= instance.free_interfaces
        && shape.gpus <= instance.free_gpus
        && instance.is_accepting()
        && (request.requirement.ports.is_empty() || ports_are_free(of, request))
        && request.requirement.allows(instance.pool)
        && (!request.requirement.distinct_instance
            || of.tasks_of_group(request.requirement.group) == 0)
        && (request.requirement.member_of.conditions.is_empty() || is_member(of, request))
}

/// True when the instance meets the condition that `memberOf` puts on its pool. Few tasks have
/// such a condition, so the function stays out of the caller.
#[cold]
pub(super) fn is_member(of: &impl Candidate, request: &Request<'_>) -> bool {
    let condition = request.requirement.member_of.condition(of.instance().pool);
    condition.is_none_or(|condition| condition.holds(of))
}

/// True when the requested host ports are free and the quota of ports is kept. Few tasks
/// reserve host ports, so the function stays out of the caller.
#[cold]
fn ports_are_free(of: &impl Candidate, request: &Request<'_>) -> bool {
    let (taken, ports) = (of.ports(), &request.requirement.ports);
    if taken.len() + ports.len() > MOST_HOST_PORTS {
        return false;
    }
    ports.iter().all(|port| taken.binary_search(port).is_err())
}

/// True when the instance lacks this for the request: the one place with the rule of each lack.
#[inline]
pub(super) fn lacks(of: &impl Candidate, request: &Request<'_>, lack: Lack) -> bool {
    let instance = of.instance();
    let (shape, requirement) = (&request.shape, request.requirement);
    let is_excluded = || requirement.member_of.excludes(instance.pool);
    match lack {
        Lack::Agent => !instance.is_accepting(),
        Lack::Attribute => !requirement.allows(instance.pool) && !is_excluded(),
        Lack::MemberOf => is_excluded() || !is_member(of, request),
        Lack::Cpu => shape.cpu.as_base() > instance.free_cpu,
        Lack::Memory => shape.memory.as_bytes() > instance.free_memory,
        Lack::Ports => !requirement.ports.is_empty() && !ports_are_free(of, request),
        Lack::Gpu => shape.gpus > instance.free_gpus,
        Lack::Interface => shape.interfaces > instance.free_interfaces,
        Lack::Constraint => {
            requirement.distinct_instance && of.tasks_of_group(requirement.group) > 0
        }
    }
}

/// The number of checks that an instance fails, and the first of them in the order of
/// facts/ecs.md 115; `None` when the request fits. Not on the path of a placement: it is called to
/// explain a failure.
pub(super) fn failed(of: &impl Candidate, request: &Request<'_>) -> Option<(u32, Lack)> {
    let (mut failed, mut first) = (0, None);
    for lack in Lack::CHECKED {
        if lacks(of, request, lack) {
            failed += 1;
            first = first.or(Some(lack));
        }
    }
    first.map(|first| (failed, first))
}
