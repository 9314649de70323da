//! Events that are expected: how a fact is selected, and when the n-th one comes.

use super::found::Found;
use crate::cluster::{EntryId, ProviderId, ServiceId, WorkId};
use crate::metrics::reason;
use crate::plan::{Bound, EventExpected, EventField, FilterValue, Plan, Tally, WorkName};
use crate::simulation::{DeploymentEvent, Fact};
use crate::units::SimTime;

/// The check of one expectation on events.
#[derive(Clone, Debug)]
pub(super) struct EventCheck {
    pub(super) expected: EventExpected,
    bounds: Vec<Bound>,
    provider: Option<ProviderId>,
    work: Option<WorkId>,
    /// The number of events so far.
    seen: u64,
    /// The time of the event that is asked for.
    at: Option<SimTime>,
}

impl EventCheck {
    /// `None` where the plan has no such provider, service or entry.
    pub(super) fn new(plan: &Plan, expected: &EventExpected, bounds: &[Bound]) -> Option<Self> {
        let provider = match &expected.provider {
            Some(name) => {
                let mut providers = plan.cluster.providers.iter();
                let index = providers.position(|provider| provider.name == *name)?;
                Some(ProviderId::new(index))
            }
            None => None,
        };
        let work = match &expected.work {
            Some(WorkName::Service(name)) => {
                let index = plan.services.iter().position(|s| s.name == *name)?;
                Some(WorkId::Service(ServiceId::new(index)))
            }
            Some(WorkName::Entry(name)) => {
                let index = plan.tasks.iter().position(|entry| entry.name == *name)?;
                Some(WorkId::Entry(EntryId::new(index)))
            }
            None => None,
        };
        Some(Self {
            expected: expected.clone(),
            bounds: bounds.to_vec(),
            provider,
            work,
            seen: 0,
            at: None,
        })
    }

    /// Counts a fact of the kind, if it is one of those.
    pub(super) fn read(&mut self, now: SimTime, fact: &Fact, plan: &Plan) {
        let expected = &self.expected;
        let is_in_time = now >= expected.from && expected.to.is_none_or(|to| now < to);
        let is_of_provider = self.provider.is_none_or(|id| provider(fact) == Some(id));
        let is_of_work = self.work.is_none_or(|id| work(fact) == Some(id));
        if !is_in_time || !is_of_provider || !is_of_work {
            return;
        }
        let mut filters = expected.filters.iter();
        if !filters.all(|filter| has(fact, plan, filter.field, &filter.value)) {
            return;
        }
        self.seen += 1;
        if let Tally::TimeOf(number) = expected.tally
            && self.seen == u64::from(number)
        {
            self.at = Some(now);
        }
    }

    pub(super) fn found(&self, end: SimTime) -> Found {
        let value = match self.expected.tally {
            Tally::TimeOf(_) => self.at.map(|at| at.since(SimTime::ZERO).as_seconds_f64()),
            // An interval that the run did not reach shows nothing.
            Tally::Number => (self.expected.from <= end).then_some(self.seen as f64),
        };
        Found {
            value,
            range: value.map(|value| (value, value)),
            holds: value.is_some_and(|value| self.bounds.iter().all(|bound| bound.holds(value))),
            at: self.at,
            events: self.seen,
            end,
        }
    }
}

fn provider(fact: &Fact) -> Option<ProviderId> {
    match fact {
        Fact::LaunchFailed { provider, .. }
        | Fact::CapacityMeasured { provider, .. }
        | Fact::GroupScaled { provider, .. } => Some(*provider),
        Fact::CpuCredits(of, _) => Some(of.provider),
        _ => match fact.instance() {
            Some(of) => Some(of.provider),
            None => fact.task()?.provider,
        },
    }
}

fn work(fact: &Fact) -> Option<WorkId> {
    match fact {
        Fact::WorkWaits(work, _) => Some(*work),
        Fact::Service(service, _) | Fact::Deployment(service, _) => Some(WorkId::Service(*service)),
        Fact::ServiceRound(service, _)
        | Fact::PolicyEvaluated(service, _)
        | Fact::Requests(service, _) => Some(WorkId::Service(*service)),
        Fact::ArrivalSkipped { entry }
        | Fact::ArrivalReplaced { entry, .. }
        | Fact::RunTaskThrottled { entry, .. } => Some(WorkId::Entry(*entry)),
        Fact::TasksSkipped { entry, .. } => Some(WorkId::Entry(EntryId::new(*entry))),
        _ => fact.task().map(|of| of.work),
    }
}

/// True when a fact has this value.
fn has(fact: &Fact, plan: &Plan, field: EventField, value: &FilterValue) -> bool {
    match value {
        FilterValue::Text(text) => self::text(fact, plan, field) == Some(text),
        FilterValue::Number(number) => self::number(fact, field) == Some(*number),
    }
}

/// A name or a word of a fact, as `events.jsonl` has it.
fn text<'p>(fact: &Fact, plan: &'p Plan, field: EventField) -> Option<&'p str> {
    let place = || match fact {
        Fact::LaunchFailed {
            instance_type,
            zone,
            spot,
            ..
        } => Some((*instance_type, zone.index(), *spot)),
        _ => fact
            .instance()
            .map(|of| (Some(of.instance_type), of.zone.index(), of.spot)),
    };
    match field {
        EventField::InstanceType => {
            let kind = place()?.0?;
            Some(&plan.cluster.instance_types[kind].name)
        }
        EventField::Zone => Some(&plan.cluster.zones[place()?.1]),
        EventField::Purchase => Some(if place()?.2 { "spot" } else { "onDemand" }),
        EventField::Reason => reason_of(fact),
        EventField::StopCode => match fact {
            Fact::TaskStopping(_, why)
            | Fact::TaskStopped(_, why)
            | Fact::TaskInterrupted(_, why, _) => Some(why.code()),
            _ => None,
        },
        EventField::Container => {
            let (Fact::ContainerPulling(of, number)
            | Fact::ContainerStarted(of, number)
            | Fact::ContainerHealth(of, number, _)
            | Fact::ContainerExited(of, number, _)) = fact
            else {
                return None;
            };
            let containers = plan.containers_of_task(of.work, of.task.revision);
            Some(&containers.get(usize::from(*number))?.name)
        }
        EventField::Direction => match fact {
            Fact::GroupScaled { from, to, .. } => Some(if to > from { "out" } else { "in" }),
            _ => None,
        },
        EventField::Fault => match fact {
            Fact::FaultBegan(fault, _) | Fact::FaultEnded(fault, _) => {
                Some(&plan.faults[*fault].name)
            }
            _ => None,
        },
        EventField::Revision => match fact {
            Fact::Deployment(service, of) => {
                let service = &plan.services[service.index()];
                Some(service.revision(of.revision as usize).name)
            }
            _ => None,
        },
        _ => None,
    }
}

/// The reason of a fact.
fn reason_of(fact: &Fact) -> Option<&'static str> {
    match fact {
        Fact::InstanceGone(_, end) => Some(end.name()),
        Fact::LaunchFailed { why, .. } => Some(why.name()),
        Fact::TaskRejected(_, why) | Fact::SubmissionRefused(_, why) => Some(why.name()),
        Fact::ContainerExited(_, _, exit) => exit.out_of_memory.then_some("outOfMemory"),
        Fact::WorkWaits(_, why) => Some(reason(*why).name()),
        Fact::Service(_, event) => event.reason(),
        _ => None,
    }
}

/// A whole number of a fact, as `events.jsonl` has it.
fn number(fact: &Fact, field: EventField) -> Option<i64> {
    match (field, fact) {
        (EventField::Instance, _) => match fact.instance() {
            Some(of) => Some(of.instance.index() as i64),
            None => fact.task()?.task.instance.map(|id| id.index() as i64),
        },
        (EventField::Task, _) => Some(fact.task()?.task.ordinal as i64),
        (EventField::ExitCode, Fact::ContainerExited(_, _, exit)) => Some(exit.code.into()),
        (EventField::Needed, Fact::CapacityMeasured { needed, .. }) => Some((*needed).into()),
        (EventField::Running, Fact::CapacityMeasured { running, .. }) => Some((*running).into()),
        (EventField::From, Fact::GroupScaled { from, .. }) => Some((*from).into()),
        (EventField::To, Fact::GroupScaled { to, .. }) => Some((*to).into()),
        (EventField::FailedTasks, Fact::Deployment(_, of)) => match of.event {
            DeploymentEvent::FailedTasks(count) => Some(count.into()),
            _ => None,
        },
        (
            EventField::Occurrence,
            Fact::FaultBegan(_, occurrence) | Fact::FaultEnded(_, occurrence),
        ) => Some((*occurrence).into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::cluster::{Lack, Lacks};
    use crate::figures::WaitReason;
    use crate::plan::{EventSubject, STOP_CODES};
    use crate::simulation::{InstanceEnd, LaunchFailure, Rejection, ServiceEvent, StopReason};

    #[test]
    fn every_reason_that_a_fact_can_have_can_be_asked_for() {
        let ends = [
            InstanceEnd::ScaledIn,
            InstanceEnd::MaximumAge,
            InstanceEnd::Interrupted,
            InstanceEnd::Failed,
            InstanceEnd::Terminated,
        ];
        assert_eq!(
            ends.map(InstanceEnd::name),
            EventSubject::InstanceEnd.reasons()
        );
        let failures = [LaunchFailure::NoCapacity, LaunchFailure::ApiError];
        assert_eq!(
            failures.map(LaunchFailure::name),
            EventSubject::Launch.reasons()
        );
        let refusals = [
            Rejection::NoRoom,
            Rejection::QueueFull,
            Rejection::Unplaceable,
            Rejection::ByScheduler,
            Rejection::ProvisioningTimedOut,
            Rejection::ProvisioningFull,
            Rejection::NoFargate,
            Rejection::FargateQuota,
            Rejection::Throttled,
            Rejection::Replaced,
        ];
        assert_eq!(
            refusals.map(Rejection::name),
            EventSubject::Refusal.reasons()
        );
        let waits = WaitReason::ALL.map(WaitReason::name);
        assert_eq!(waits, EventSubject::Wait.reasons());
        let known = EventSubject::Placement.reasons();
        for lack in Lack::ALL {
            let mut lacks = Lacks::default();
            lacks.add(1, Some(lack));
            let reason = ServiceEvent::PlacementFailed(lacks).reason();
            assert!(reason.is_none_or(|reason| known.contains(&reason)));
        }
        for why in [
            StopReason::EssentialContainerExited {
                code: 0,
                out_of_memory: false,
            },
            StopReason::CannotPullContainer,
            StopReason::DependencyFailed,
            StopReason::ScaledIn,
            StopReason::Replaced,
            StopReason::ZoneRebalancing,
            StopReason::FailedHealthChecks,
            StopReason::FailedTargetHealthChecks,
            StopReason::InstanceDraining,
            StopReason::HostGone,
            StopReason::SpotInterruption,
            StopReason::InfrastructureHealth,
            StopReason::UserInitiated,
            StopReason::DeregistrationForced,
        ] {
            assert!(STOP_CODES.contains(&why.code()), "{why:?}");
        }
    }
}
