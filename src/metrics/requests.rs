//! The requests of services with a load, and how often their policies scaled.

use super::policy_decisions::PolicyDecisions;
use crate::cluster::ServiceId;
use crate::plan::Plan;
use crate::simulation::{Fact, Requests, ServiceEvent};
use crate::units::SimTime;

/// What passed of the requests of a service in the reported time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ServiceRequests {
    /// The amounts.
    pub passed: Requests,
    /// The decisions of policies.
    pub decisions: PolicyDecisions,
}

/// The requests of all services with a load.
#[derive(Clone, Debug)]
pub struct LoadedServices {
    origin: SimTime,
    /// By service; `None` without a load.
    services: Vec<Option<ServiceRequests>>,
    has_some: bool,
}

impl LoadedServices {
    /// Observers for the services of a plan; `origin` is the beginning of the reported time.
    pub fn new(plan: &Plan, origin: SimTime) -> Self {
        let services = plan.services.iter();
        let services = services.map(|s| s.load.as_ref().map(|_| ServiceRequests::default()));
        let services: Vec<_> = services.collect();
        Self {
            origin,
            has_some: services.iter().any(Option::is_some),
            services,
        }
    }

    /// The requests of a service; `None` without a load.
    pub fn service(&self, index: usize) -> Option<&ServiceRequests> {
        self.services[index].as_ref()
    }

    /// The requests of all services together; `None` where no service has a load.
    pub fn all(&self) -> Option<ServiceRequests> {
        let services = self.services.iter().flatten().copied();
        services.reduce(|mut all, next| {
            all.passed.add(&next.passed);
            all.decisions.add(&next.decisions);
            all
        })
    }

    #[inline(always)]
    pub(super) fn read(&mut self, now: SimTime, fact: &Fact) {
        if self.has_some {
            self.read_fact(now, fact);
        }
    }

    /// A report of requests ends now. One that ends at the origin is of the warm-up: none is of both.
    fn read_fact(&mut self, now: SimTime, fact: &Fact) {
        match fact {
            Fact::Requests(service, passed) if now > self.origin => {
                if let Some(of) = self.of(*service) {
                    of.passed.add(passed);
                }
            }
            Fact::Service(service, ServiceEvent::Scaled(scaled)) if now >= self.origin => {
                if let Some(of) = self.of(*service) {
                    of.decisions.count(scaled);
                }
            }
            _ => {}
        }
    }

    fn of(&mut self, service: ServiceId) -> Option<&mut ServiceRequests> {
        self.services[service.index()].as_mut()
    }
}
