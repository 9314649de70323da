//! The state of the traffic layer.

use super::flow::Flow;
use super::rate::RateOverTime;
use crate::cluster::ServiceId;
use crate::plan::{Load, Plan};
use crate::simulation::amounts::Requests;
use crate::units::SimTime;

/// The requests of all services.
pub(in crate::simulation) struct Traffic<'p> {
    /// By service; `None` without a load.
    pub(super) services: Vec<Option<Loaded<'p>>>,
}

/// The requests of a service with a load.
pub(super) struct Loaded<'p> {
    pub(super) load: &'p Load,
    pub(super) flow: Flow,
    /// What has passed since the metrics were measured last.
    pub(super) since_measured: Requests,
    /// The time at which the rate changes next.
    pub(super) next: Option<SimTime>,
    /// The rate at which requests arrive.
    pub(super) rate: RateOverTime<'p>,
}

impl<'p> Traffic<'p> {
    pub(in crate::simulation) fn new(plan: &'p Plan, seed: u64) -> Self {
        let services = plan.services.iter().map(|service| {
            let load = service.load.as_ref()?;
            let start = plan.start_unix_seconds;
            let rate = RateOverTime::new(load, start, (seed, &service.name));
            Some(Loaded::new(load, rate))
        });
        Self {
            services: services.collect(),
        }
    }

    /// The services with a load.
    pub(super) fn loaded(&self) -> impl Iterator<Item = ServiceId> + use<> {
        let services = self.services.iter().enumerate();
        let loaded = services.filter(|(_, of)| of.is_some());
        let ids: Vec<ServiceId> = loaded.map(|(number, _)| ServiceId::new(number)).collect();
        ids.into_iter()
    }
}

impl<'p> Loaded<'p> {
    fn new(load: &'p Load, rate: RateOverTime<'p>) -> Self {
        let flow = Flow {
            timeout: load.timeout,
            cpu_per_request: load.cpu_per_request,
            ..Flow::default()
        };
        Self {
            load,
            flow,
            since_measured: Requests::default(),
            next: None,
            rate,
        }
    }

    /// Counts what has passed until `now`; `None` where no time has passed.
    pub(super) fn pass(&mut self, now: SimTime) -> Option<Requests> {
        let passed = self.flow.advance(now)?;
        self.since_measured.add(&passed);
        Some(passed)
    }
}
