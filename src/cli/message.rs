//! Translates facts into lines of `events.jsonl`: name, subject and the message of ECS
//! (facts/ecs.md 57 to 60, 110 to 113). Names and messages are ECS's, where it has one.

use super::deployment_message::deployment;
use super::described::{Described, broken_down, container, target, task};
use super::instance_message::{failed_launch, instance};
use super::lacks::lacks;
use super::names::Plain;
use super::reasons::{explained, run_task_failure};
use super::service_message::{self, Said};
use crate::cluster::{EntryId, ProviderId, ServiceId, WorkId};
use crate::metrics::reason;
use crate::plan::{EventKind, Plan};
use crate::report::{EventAbout, TaskEvent};
use crate::simulation::{Fact, Obstacle, Rejection, ScalingReason, StopReason, TaskFact};

/// Describes a fact of a run of `plan`.
pub fn describe<'a>(plan: &'a Plan, fact: &Fact) -> Described<'a> {
    let provider = |id: ProviderId| plan.cluster.providers[id.index()].name.as_str();
    let entry = |id: EntryId| plan.work_name(WorkId::Entry(id));
    let name = fact.kind().name();
    let plain = |about| Described {
        fact: name,
        about,
        message: None,
    };
    match fact {
        Fact::InstanceLaunched(of)
        | Fact::InstanceRegistered(of)
        | Fact::InstanceDraining(of)
        | Fact::InstanceActivated(of)
        | Fact::InstanceFailed(of)
        | Fact::InstanceRecovered(of)
        | Fact::AgentDisconnected(of)
        | Fact::AgentReconnected(of)
        | Fact::InstanceDeregistered(of)
        | Fact::InstanceDeregistrationFailed(of)
        | Fact::CpuCredits(of, _) => plain(instance(plan, of, None)),
        Fact::InstanceGone(of, end) => plain(instance(plan, of, Some(end.name()))),
        Fact::LaunchFailed {
            provider,
            instance_type,
            zone,
            spot,
            why,
        } => {
            let of = (*provider, *instance_type, *zone, *spot);
            plain(EventAbout::Instance(failed_launch(plan, of, *why)))
        }
        Fact::TasksSkipped { entry, tasks } => {
            let (entry, tasks) = (&plan.tasks[*entry].name, *tasks);
            plain(EventAbout::Skipped { entry, tasks })
        }
        Fact::ArrivalSkipped { entry: of } => plain(EventAbout::Arrival { entry: entry(*of) }),
        Fact::ArrivalReplaced { entry: of, tasks } => plain(EventAbout::Call {
            entry: entry(*of),
            tasks: *tasks,
        }),
        Fact::RunTaskThrottled { entry: of, tasks } => Described {
            fact: name,
            about: EventAbout::Call {
                entry: entry(*of),
                tasks: *tasks,
            },
            message: Some("ThrottlingException: Rate exceeded".into()),
        },
        Fact::WorkWaits(work, why) => Described {
            fact: name,
            about: EventAbout::Waits {
                entry: plan.work_name(*work),
                reason: reason(*why).name(),
            },
            message: lacks(*why),
        },
        Fact::Service(of, event) => service(plan, *of, &Said::Event(*event)),
        Fact::ServiceRound(of, _) | Fact::PolicyEvaluated(of, _) | Fact::Requests(of, _) => {
            plain(about_service(plan, *of))
        }
        Fact::Messages(queue, _) => plain(about_queue(plan, *queue)),
        Fact::Deployment(of, event) => deployment(plan, *of, event),
        Fact::CapacityMeasured {
            provider: of,
            needed,
            running,
            at_target,
        } => plain(EventAbout::Measured {
            provider: provider(*of),
            needed: *needed,
            running: *running,
            at_target: *at_target,
        }),
        Fact::GroupScaled {
            provider: of,
            from,
            to,
            why,
        } => scaled(provider(*of), (*from, *to), *why),
        Fact::FaultBegan(of, occurrence) | Fact::FaultEnded(of, occurrence) => {
            plain(EventAbout::Fault {
                fault: &plan.faults[*of].name,
                occurrence: *occurrence,
            })
        }
        Fact::NoRoomFor(of, lacking) => Described {
            fact: name,
            about: EventAbout::Task(TaskEvent {
                failure: run_task_failure(Rejection::NoRoom, Some(lacking)),
                ..task(plan, of)
            }),
            message: lacks(Obstacle::NoRoom(*lacking)),
        },
        Fact::TaskArrived(of)
        | Fact::TaskPlaced(of)
        | Fact::TaskStarted(of)
        | Fact::StartBrokenDown(of, _)
        | Fact::TaskHealth(of, _)
        | Fact::TaskDied(of)
        | Fact::LossNoticed(of, _)
        | Fact::ContainerPulling(of, _)
        | Fact::ContainerStarted(of, _)
        | Fact::ContainerHealth(of, ..)
        | Fact::ContainerExited(of, ..)
        | Fact::ContainerRestarted(of, _)
        | Fact::Target(of, ..)
        | Fact::TaskStatus(of, _)
        | Fact::TaskStopping(of, _)
        | Fact::TaskFinished(of)
        | Fact::TaskStopped(of, _)
        | Fact::TaskInterrupted(of, ..)
        | Fact::TaskRejected(of, _)
        | Fact::SubmissionRefused(of, _) => Described {
            fact: name,
            about: EventAbout::Task(of_task(plan, of, fact)),
            message: stop_reason(fact).map(|why| explained(plan, of, why)),
        },
    }
}

/// A change of a desired capacity, with its reason.
fn scaled(provider: &str, (from, to): (u32, u32), why: ScalingReason) -> Described<'_> {
    Described {
        fact: EventKind::GroupScaled.name(),
        about: EventAbout::Scaled { provider, from, to },
        message: Some(scaling(why)),
    }
}

/// Something about a service without a reason.
fn about_service(plan: &Plan, of: ServiceId) -> EventAbout<'_> {
    EventAbout::Service {
        service: &plan.services[of.index()].name,
        reason: None,
    }
}

/// Something about a queue, in the place of a service.
fn about_queue(plan: &Plan, queue: usize) -> EventAbout<'_> {
    EventAbout::Service {
        service: &plan.queues[queue].name,
        reason: None,
    }
}

/// What ECS says about a service (facts/ecs.md 110 to 113).
pub(super) fn service<'a>(plan: &'a Plan, of: ServiceId, said: &Said) -> Described<'a> {
    let name = &plan.services[of.index()].name;
    Described {
        fact: service_message::fact(said),
        about: EventAbout::Service {
            service: name,
            reason: match said {
                Said::Event(event) => event.reason(),
                _ => None,
            },
        },
        message: Some(service_message::message(&Plain(plan), of, name, said)),
    }
}

/// The subject of a fact about a task.
fn of_task<'a>(plan: &'a Plan, of: &TaskFact, fact: &Fact) -> TaskEvent<'a> {
    match fact {
        Fact::StartBrokenDown(_, start) => broken_down(plan, of, start),
        Fact::LossNoticed(_, after) => TaskEvent {
            after: Some(*after),
            ..task(plan, of)
        },
        Fact::ContainerPulling(_, number)
        | Fact::ContainerStarted(_, number)
        | Fact::ContainerHealth(_, number, _) => container(plan, of, *number, None),
        Fact::ContainerExited(_, number, exit) => container(plan, of, *number, Some(exit)),
        Fact::Target(_, _, place) => target(plan, of, *place),
        Fact::TaskRejected(_, why) | Fact::SubmissionRefused(_, why) => {
            let is_standalone = matches!(of.work, WorkId::Entry(_));
            TaskEvent {
                reason: Some(why.name()),
                failure: run_task_failure(*why, None).filter(|_| is_standalone),
                ..task(plan, of)
            }
        }
        _ => TaskEvent {
            stop_code: stop_reason(fact).map(StopReason::code),
            ..task(plan, of)
        },
    }
}

/// Why a task stops or was lost.
const fn stop_reason(fact: &Fact) -> Option<StopReason> {
    match fact {
        Fact::TaskStopping(_, why)
        | Fact::TaskStopped(_, why)
        | Fact::TaskInterrupted(_, why, _) => Some(*why),
        _ => None,
    }
}

/// The reason for which the desired capacity of a group changed.
pub fn scaling(why: ScalingReason) -> String {
    match why {
        ScalingReason::Above { needed, running } => format!(
            "CapacityProviderReservation is above its target: {needed} instances needed, {running} running"
        ),
        ScalingReason::Below { needed, running } => format!(
            "CapacityProviderReservation was below its target for 15 minutes: {needed} instances needed, {running} running"
        ),
        ScalingReason::SetDesiredCapacity => "an action called SetDesiredCapacity".into(),
        ScalingReason::Autoscaler => "the autoscaler plug-in changed the desired capacity".into(),
    }
}
