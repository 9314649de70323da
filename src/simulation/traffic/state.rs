//! The state of the traffic layer.

use super::flow::Flow;
use crate::cluster::ServiceId;
use crate::engine::random::{Distribution, Purpose, StreamKey};
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
    /// The law of the noise, and the key of its draws.
    noise: Option<(Distribution, StreamKey)>,
}

impl<'p> Traffic<'p> {
    pub(in crate::simulation) fn new(plan: &'p Plan, seed: u64) -> Self {
        let services = plan.services.iter().map(|service| {
            let load = service.load.as_ref()?;
            let key = StreamKey::new(seed, Purpose::LoadNoise, &service.name);
            Some(Loaded::new(load, key))
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
    fn new(load: &'p Load, key: StreamKey) -> Self {
        let law = || {
            let variance = libm::log(1.0 + load.noise * load.noise);
            Distribution::LogNormal {
                mu: -variance / 2.0,
                sigma: variance.sqrt(),
            }
        };
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
            noise: (load.noise > 0.0).then(|| (law(), key)),
        }
    }

    /// Counts what has passed until `now`; `None` where no time has passed.
    pub(super) fn pass(&mut self, now: SimTime) -> Option<Requests> {
        let passed = self.flow.advance(now)?;
        self.since_measured.add(&passed);
        Some(passed)
    }

    /// The rate of requests from `now` until `next`, in millionths per second: that of the middle of this
    /// time, with the noise of the minute in which it begins.
    pub(super) fn rate(&self, start: i64, (now, next): (SimTime, Option<SimTime>)) -> u64 {
        let half = next.map_or(0, |next| next.since(now).as_micros() / 2);
        let rate = self.load.at(start, SimTime::micros(now.as_micros() + half));
        let factor = self.noise.as_ref().map_or(1.0, |(law, key)| {
            let minute = now.as_micros() / 60_000_000;
            law.draw(&mut key.stream(minute), minute)
        });
        // `as` truncates toward zero and saturates.
        (rate * factor * 1e6 + 0.5) as u64
    }
}
