//! What a line of `events.jsonl` says of a fact, and the subjects of lines about tasks and
//! containers.

use crate::cluster::WorkId;
use crate::plan::Plan;
use crate::report::{EventAbout, StartEvent, TaskEvent};
use crate::simulation::{ContainerExit, StartUp, TaskFact};

/// A fact as a line of `events.jsonl` describes it.
pub struct Described<'a> {
    /// Its name.
    pub fact: &'static str,
    /// Its subject.
    pub about: EventAbout<'a>,
    /// ECS's message, if it has one.
    pub message: Option<String>,
}

/// The subject of a fact about a task, with names instead of ids.
pub(super) fn task<'a>(plan: &'a Plan, of: &TaskFact) -> TaskEvent<'a> {
    TaskEvent {
        entry: plan.work_name(of.work),
        task: of.task.ordinal,
        provider: of
            .provider
            .map(|id| plan.cluster.providers[id.index()].name.as_str()),
        container: None,
        target_group: None,
        exit_code: None,
        instance: of.task.instance.map(|id| id.index() as u64),
        stop_code: None,
        failure: None,
        reason: None,
        after: None,
        placement: None,
        start: None,
    }
}

/// The subject with the parts of the start of a task.
pub(super) fn broken_down<'a>(plan: &'a Plan, of: &TaskFact, start: &StartUp) -> TaskEvent<'a> {
    let start = StartEvent {
        provisioning: start.provisioning,
        pending: start.pending,
        pull: start.pull,
        start: start.start,
        polling: start.polling,
    };
    TaskEvent {
        start: Some(start),
        ..task(plan, of)
    }
}

/// The subject of a fact about a target, with its target group where its service has several.
pub(super) fn target<'a>(plan: &'a Plan, of: &TaskFact, place: u8) -> TaskEvent<'a> {
    let service = match of.work {
        WorkId::Service(id) => Some(&plan.services[id.index()]),
        WorkId::Entry(_) => None,
    };
    let service = service.filter(|service| !service.other_targets.is_empty());
    let targets = service.and_then(|service| service.all_targets().nth(place.into()));
    TaskEvent {
        target_group: targets.map(|of| plan.target_groups[of.group].name.as_str()),
        ..task(plan, of)
    }
}

/// The subject of a fact about a container of a task, with its exit if it has exited.
pub(super) fn container<'a>(
    plan: &'a Plan,
    of: &TaskFact,
    number: u8,
    exit: Option<&ContainerExit>,
) -> TaskEvent<'a> {
    let container = plan.containers_of_task(of.work, of.task.revision);
    let container = container.get(usize::from(number));
    TaskEvent {
        container: container.map(|container| container.name.as_str()),
        exit_code: exit.map(|exit| exit.code),
        reason: exit
            .filter(|exit| exit.out_of_memory)
            .map(|_| "outOfMemory"),
        ..task(plan, of)
    }
}
