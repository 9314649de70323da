//! The messages of queues, and how often policies scaled the services that work on them.

use super::policy_decisions::PolicyDecisions;
use crate::cluster::ServiceId;
use crate::plan::Plan;
use crate::simulation::{Fact, Messages, ServiceEvent};
use crate::units::SimTime;

/// What passed of the messages of a queue in the reported time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueWork {
    /// The amounts.
    pub passed: Messages,
    /// The messages in the queue at the beginning of the reported time.
    pub at_origin: u128,
    /// The most messages that were visible at the end of a report.
    pub most_visible: u128,
    /// The largest age of the oldest message at the end of a report, in µs.
    pub oldest: u64,
    /// The decisions of policies of the service that works on it.
    pub decisions: PolicyDecisions,
}

/// The messages of all queues.
#[derive(Clone, Debug)]
pub struct Queues {
    origin: SimTime,
    /// By queue.
    pub queues: Vec<QueueWork>,
    /// By service: the queue that it works on.
    of_services: Vec<Option<usize>>,
}

impl Queues {
    /// Observers for the queues of a plan; `origin` is the beginning of the reported time.
    pub fn new(plan: &Plan, origin: SimTime) -> Self {
        let services = plan.services.iter();
        let of_services = services.map(|of| of.worker.as_ref().map(|worker| worker.queue));
        Self {
            origin,
            queues: vec![QueueWork::default(); plan.queues.len()],
            of_services: of_services.collect(),
        }
    }

    /// The messages of all queues together.
    pub fn all(&self) -> QueueWork {
        let mut all = QueueWork::default();
        for (number, of) in self.queues.iter().enumerate() {
            // Dead letters that are never taken grow old.
            let is_worked_on = self.of_services.contains(&Some(number));
            let (visible, in_flight) = (all.passed.visible, all.passed.in_flight);
            all.passed.add(&of.passed);
            all.passed.visible += visible;
            all.passed.in_flight += in_flight;
            all.at_origin += of.at_origin;
            all.most_visible = all.most_visible.max(of.most_visible);
            if is_worked_on {
                all.oldest = all.oldest.max(of.oldest);
            }
            all.decisions.add(&of.decisions);
        }
        all
    }

    #[inline(always)]
    pub(super) fn read(&mut self, now: SimTime, fact: &Fact) {
        if !self.queues.is_empty() {
            self.read_fact(now, fact);
        }
    }

    /// A report of messages ends now. One that ends at the origin is of the warm-up: none is of both.
    fn read_fact(&mut self, now: SimTime, fact: &Fact) {
        match fact {
            Fact::Messages(queue, passed) if now > self.origin => {
                let of = &mut self.queues[*queue];
                of.passed.add(passed);
                of.most_visible = of.most_visible.max(passed.visible);
                of.oldest = of.oldest.max(passed.oldest);
            }
            Fact::Messages(queue, passed) => {
                self.queues[*queue].at_origin = passed.visible + passed.in_flight;
            }
            Fact::Service(service, ServiceEvent::Scaled(scaled)) if now >= self.origin => {
                if let Some(of) = self.of(*service) {
                    of.decisions.count(scaled);
                }
            }
            _ => {}
        }
    }

    fn of(&mut self, service: ServiceId) -> Option<&mut QueueWork> {
        let queue = self.of_services[service.index()]?;
        self.queues.get_mut(queue)
    }
}
