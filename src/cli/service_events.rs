//! Which service events ECS sends, and when: starts and stops of one instant are one event, a message
//! is repeated only when its cause was over in between or after 6 hours, and `has reached a steady
//! state` is repeated every 6 hours (facts/ecs.md 113). All of it is read from the facts of a run,
//! so that a run without such a reader does no work for it.

use super::service_message::Said;
use crate::cluster::{Lack, ServiceId, WorkId};
use crate::plan::Plan;
use crate::simulation::{Fact, ServiceEvent, StopReason, TargetChange, TaskFact};
use crate::units::{SimTime, Span};
use std::collections::BTreeMap;

/// After this time the same message is sent again (facts/ecs.md 113).
const AGAIN: Span = Span::hours(6);

/// A service event with its time.
pub(super) type Sent = (SimTime, ServiceId, Said);

/// The service events of a run.
pub(super) struct ServiceEvents {
    of: Vec<OfService>,
    /// The time of the latest fact.
    now: SimTime,
}

/// What is known about one service.
#[derive(Default)]
struct OfService {
    /// Its tasks are created in PROVISIONING, before they have capacity (facts/ecs.md 54).
    provisions: bool,
    /// Tasks that it has started and stopped in this instant.
    started: Vec<u64>,
    stopped: Vec<u64>,
    /// Targets that it has registered and deregistered in this instant, by the place of the target group.
    registered: BTreeMap<u8, u32>,
    deregistered: BTreeMap<u8, u32>,
    /// Placement failures whose cause is not over, with the time at which each was sent last.
    failing: Vec<(Failure, SimTime)>,
    /// Since when it is steady, moved on with each repetition.
    steady: Option<SimTime>,
}

/// A placement failure: what the closest instance lacks, or another event.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Failure {
    Lacks(Lack),
    Other(ServiceEvent),
}

impl ServiceEvents {
    /// No event yet.
    pub(super) fn new(plan: &Plan) -> Self {
        let service = |number| OfService {
            provisions: plan.provisions(WorkId::Service(ServiceId::new(number))),
            ..OfService::default()
        };
        Self {
            of: (0..plan.services.len()).map(service).collect(),
            now: SimTime::ZERO,
        }
    }

    /// Reads a fact. Returns the events that are due before it, and those that it causes.
    pub(super) fn read(&mut self, now: SimTime, fact: &Fact) -> Vec<Sent> {
        let mut sent = Vec::new();
        if now > self.now {
            self.advance(now, &mut sent);
        }
        match fact {
            Fact::TaskArrived(of) => self.created(of, true),
            Fact::TaskPlaced(of) => self.created(of, false),
            Fact::TaskStopping(of, why) => self.stopping(now, of, *why, &mut sent),
            Fact::TaskStopped(of, _) => {
                if let WorkId::Service(service) = of.work {
                    self.of[service.index()].steady = None;
                }
            }
            Fact::Target(of, change, place) => {
                self.target(now, of, (*change, *place), &mut sent);
            }
            Fact::Service(service, event) => self.event(now, *service, *event, &mut sent),
            _ => {}
        }
        sent
    }

    /// The events that are due until the end of the run.
    pub(super) fn finish(&mut self, end: SimTime) -> Vec<Sent> {
        let mut sent = Vec::new();
        self.advance(end, &mut sent);
        sent
    }

    /// Adds the events of the instant that is over, and the repetitions that are due before `now`.
    fn advance(&mut self, now: SimTime, sent: &mut Vec<Sent>) {
        for (number, service) in self.of.iter_mut().enumerate() {
            let id = ServiceId::new(number);
            if !service.stopped.is_empty() {
                let stopped = std::mem::take(&mut service.stopped);
                sent.push((self.now, id, Said::Stopped(stopped)));
            }
            if !service.started.is_empty() {
                let started = std::mem::take(&mut service.started);
                sent.push((self.now, id, Said::Started(started)));
            }
            for (place, count) in std::mem::take(&mut service.registered) {
                sent.push((self.now, id, Said::Registered(count, place)));
            }
            for (place, count) in std::mem::take(&mut service.deregistered) {
                sent.push((self.now, id, Said::Deregistered(count, place)));
            }
        }
        let first = sent.len();
        for (number, service) in self.of.iter_mut().enumerate() {
            while let Some(at) = service.steady.map(|since| since + AGAIN)
                && at < now
            {
                service.steady = Some(at);
                let said = Said::Event(ServiceEvent::SteadyState);
                sent.push((at, ServiceId::new(number), said));
            }
        }
        sent[first..].sort_by_key(|(at, ..)| *at);
        self.now = now;
    }

    /// A task was created (`arrived`), or has capacity. What kept tasks from it is over then.
    fn created(&mut self, of: &TaskFact, arrived: bool) {
        let WorkId::Service(service) = of.work else {
            return;
        };
        let service = &mut self.of[service.index()];
        if !arrived {
            service.failing.clear();
        }
        if arrived == service.provisions {
            service.started.push(of.task.ordinal);
            service.steady = None;
        }
    }

    fn stopping(&mut self, now: SimTime, of: &TaskFact, why: StopReason, sent: &mut Vec<Sent>) {
        let WorkId::Service(id) = of.work else {
            return;
        };
        let service = &mut self.of[id.index()];
        service.steady = None;
        if of.task.running && why.code() == StopReason::ScaledIn.code() {
            service.stopped.push(of.task.ordinal);
        }
        if why == StopReason::FailedHealthChecks {
            sent.push((now, id, Said::Unhealthy(of.task.ordinal)));
        }
    }

    fn target(
        &mut self,
        now: SimTime,
        of: &TaskFact,
        (change, place): (TargetChange, u8),
        sent: &mut Vec<Sent>,
    ) {
        let WorkId::Service(id) = of.work else {
            return;
        };
        let service = &mut self.of[id.index()];
        match change {
            TargetChange::Registered => *service.registered.entry(place).or_default() += 1,
            TargetChange::Deregistered => {
                *service.deregistered.entry(place).or_default() += 1;
            }
            TargetChange::Unhealthy => {
                sent.push((now, id, Said::TargetUnhealthy(of.task.ordinal, place)));
            }
            TargetChange::Healthy => {}
        }
    }

    fn event(&mut self, now: SimTime, id: ServiceId, event: ServiceEvent, sent: &mut Vec<Sent>) {
        let service = &mut self.of[id.index()];
        let failure = match event {
            ServiceEvent::PlacementFailed(lacks) => Some(Failure::Lacks(lacks.closest())),
            ServiceEvent::FargateUnavailable
            | ServiceEvent::FargateQuotaReached
            | ServiceEvent::ProvisioningLimitReached => Some(Failure::Other(event)),
            ServiceEvent::SteadyState => {
                service.steady = Some(now);
                service.failing.clear();
                None
            }
            ServiceEvent::DesiredCountUpdated { .. } | ServiceEvent::RebalancingStarted => {
                service.steady = None;
                None
            }
            ServiceEvent::Scaled(_)
            | ServiceEvent::StartImpaired
            | ServiceEvent::Blocked
            | ServiceEvent::RebalancingFinished => None,
        };
        if let Some(failure) = failure {
            let mut known = service.failing.iter_mut();
            match known.find(|(known, _)| *known == failure) {
                Some((_, at)) if now.since(*at) < AGAIN => return,
                Some((_, at)) => *at = now,
                None => service.failing.push((failure, now)),
            }
        }
        sent.push((now, id, Said::Event(event)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::Lacks;
    use crate::plan::Service;

    fn events() -> ServiceEvents {
        let mut plan = Plan::new("test", "us-east-1");
        plan.services.push(Service::new("web", 2));
        ServiceEvents::new(&plan)
    }

    fn web(event: ServiceEvent) -> Fact {
        Fact::Service(ServiceId::new(0), event)
    }

    fn at(hours: u64) -> SimTime {
        SimTime::ZERO + Span::hours(hours)
    }

    #[test]
    fn fact_113_a_steady_state_is_repeated_every_six_hours() {
        let mut events = events();
        let steady = web(ServiceEvent::SteadyState);
        assert_eq!(events.read(at(1), &steady).len(), 1);
        let sent = events.finish(at(20));
        let times: Vec<SimTime> = sent.iter().map(|(at, ..)| *at).collect();
        assert_eq!(times, [at(7), at(13), at(19)]);
    }

    #[test]
    fn fact_113_the_same_message_is_sent_again_after_six_hours() {
        let mut events = events();
        let mut times = Vec::new();
        for hour in 0..14 {
            let mut lacks = Lacks::default();
            lacks.add(1 + hour as u32, Some(Lack::Cpu));
            let event = ServiceEvent::PlacementFailed(lacks);
            let sent = events.read(at(hour), &web(event));
            times.extend(sent.iter().map(|(at, ..)| *at));
        }
        assert_eq!(times, [at(0), at(6), at(12)]);
    }

    #[test]
    fn fact_113_a_message_is_sent_again_when_its_cause_was_over() {
        let mut events = events();
        let full = web(ServiceEvent::FargateUnavailable);
        let steady = web(ServiceEvent::SteadyState);
        assert_eq!(events.read(at(0), &full).len(), 1);
        assert_eq!(events.read(at(1), &full).len(), 0);
        assert_eq!(events.read(at(2), &steady).len(), 1);
        assert_eq!(events.read(at(3), &full).len(), 1);
    }
}
