//! What a line of `events.jsonl` says of a fact, and the lines about tasks and containers for which
//! ECS has no message.

use crate::plan::Plan;
use crate::report::{EventAbout, StartEvent, TaskEvent};
use crate::simulation::{Fact, StartUp, TaskFact};

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
        exit_code: None,
        instance: of.task.instance.map(|id| id.index() as u64),
        stop_code: None,
        reason: None,
        after: None,
        placement: None,
        start: None,
    }
}

/// The parts of the start of a task.
pub(super) fn broken_down<'a>(plan: &'a Plan, of: &TaskFact, start: &StartUp) -> Described<'a> {
    let start = StartEvent {
        provisioning: start.provisioning,
        pending: start.pending,
        pull: start.pull,
        start: start.start,
        polling: start.polling,
    };
    let event = TaskEvent {
        start: Some(start),
        ..task(plan, of)
    };
    without_message("StartBrokenDown", event)
}

/// A fact about a container of a task.
pub(super) fn container<'a>(
    plan: &'a Plan,
    of: &TaskFact,
    number: u8,
    fact: &Fact,
) -> Described<'a> {
    let (name, exit) = match fact {
        Fact::ContainerPulling(..) => ("ContainerPulling", None),
        Fact::ContainerHealth(_, _, true) => ("ContainerHealthy", None),
        Fact::ContainerHealth(_, _, false) => ("ContainerUnhealthy", None),
        Fact::ContainerExited(_, _, exit) => ("ContainerExited", Some(exit)),
        _ => ("ContainerStarted", None),
    };
    let container = plan.containers_of_task(of.work, of.task.revision);
    let container = container.get(usize::from(number));
    let event = TaskEvent {
        container: container.map(|container| container.name.as_str()),
        exit_code: exit.map(|exit| exit.code),
        reason: exit
            .filter(|exit| exit.out_of_memory)
            .map(|_| "outOfMemory"),
        ..task(plan, of)
    };
    without_message(name, event)
}

/// A fact about a task for which ECS has no message.
pub(super) fn without_message<'a>(fact: &'static str, event: TaskEvent<'a>) -> Described<'a> {
    Described {
        fact,
        about: EventAbout::Task(event),
        message: None,
    }
}
