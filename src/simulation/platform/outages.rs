//! Outages that are going on: closed zones, the control plane, registries and images, capacity
//! that is refused. Faults begin and end them; the platform and the layers above ask.

use crate::cluster::ZoneId;
use crate::plan::{Delays, Plan};
use crate::units::{SimTime, Span};

/// The outages of a run that are going on.
pub(in crate::simulation) struct Outages {
    /// By zone: how many outages keep it closed.
    closed_zones: Vec<u32>,
    control_plane: u32,
    /// Outages of zones, with their beginning.
    zones: Vec<(usize, SimTime)>,
    refusals: Vec<Refusal>,
    unavailable: Vec<Unavailable>,
}

/// Launches that find no capacity (facts/ecs.md 241).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulation) struct Refusal {
    /// The type; `None`: every type.
    pub instance_type: Option<usize>,
    /// The zone; `None`: every zone.
    pub zone: Option<usize>,
    /// Only Spot is refused.
    pub spot_only: bool,
}

/// Images that cannot be pulled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulation) enum Unavailable {
    /// A registry is out; `None`: all are.
    Registry(Option<usize>),
    /// One image cannot be pulled.
    Image(usize),
}

impl Outages {
    pub(super) fn new(plan: &Plan) -> Self {
        Self {
            closed_zones: vec![0; plan.cluster.zones.len()],
            control_plane: 0,
            zones: Vec::new(),
            refusals: Vec::new(),
            unavailable: Vec::new(),
        }
    }

    /// True while the control plane decides nothing (facts/platform.md 8.3.3).
    #[inline]
    pub(in crate::simulation) fn control_plane_is_out(&self) -> bool {
        self.control_plane > 0
    }

    /// True while an outage keeps a zone closed to launches (facts/ecs.md 240).
    pub(in crate::simulation) fn zone_is_closed(&self, zone: ZoneId) -> bool {
        self.is_closed(zone.index())
    }

    fn is_closed(&self, zone: usize) -> bool {
        self.control_plane_is_out() || self.closed_zones[zone] > 0
    }

    /// True when a launch cannot succeed: its zone is closed, or the plan says that there is
    /// no capacity (facts/ecs.md 241).
    pub(super) fn launch_is_refused(&self, place: Place) -> bool {
        let refuses = |refusal: &Refusal| {
            let type_is = |kind| kind == place.instance_type;
            refusal.instance_type.is_none_or(type_is)
                && refusal.zone.is_none_or(|zone| zone == place.zone)
                && (place.spot || !refusal.spot_only)
        };
        self.is_closed(place.zone) || self.refusals.iter().any(refuses)
    }

    /// True while an image cannot be pulled.
    pub(super) fn pull_fails(&self, image: usize, registry: usize) -> bool {
        self.unavailable
            .iter()
            .any(|unavailable| match unavailable {
                Unavailable::Registry(only) => only.is_none_or(|only| only == registry),
                Unavailable::Image(only) => *only == image,
            })
    }

    /// Whether the API fails a launch in a zone, as another zone went out not long ago; `draw`
    /// is between 0 and 1 and asked only then (facts/platform.md 8.3.3 c, 8.3.4).
    pub(in crate::simulation) fn api_fails(
        &self,
        plan: &Plan,
        now: SimTime,
        zone: usize,
        draw: impl FnOnce() -> f64,
    ) -> bool {
        let (share, lasts) = plan.assumptions.sibling_launch_errors;
        plan.delays == Delays::Realistic
            && self.has_young_outage_beside(zone, now, lasts)
            && draw() < share
    }

    fn has_young_outage_beside(&self, zone: usize, now: SimTime, lasts: Span) -> bool {
        let mut zones = self.zones.iter();
        zones.any(|(other, since)| *other != zone && now.since(*since) < lasts)
    }

    /// The control plane has one more reason to be out.
    pub(in crate::simulation) fn begin_control_plane(&mut self) {
        self.control_plane += 1;
    }

    /// One reason is over: true with the last.
    pub(in crate::simulation) fn end_control_plane(&mut self) -> bool {
        self.control_plane -= 1;
        self.control_plane == 0
    }

    /// A zone is closed.
    pub(in crate::simulation) fn begin_zone(&mut self, zone: usize, now: SimTime) {
        self.closed_zones[zone] += 1;
        self.zones.push((zone, now));
    }

    /// The outage of a zone that began at `since` is over.
    pub(in crate::simulation) fn end_zone(&mut self, zone: usize, since: SimTime) {
        self.closed_zones[zone] -= 1;
        end_one(&mut self.zones, &(zone, since));
    }

    /// Launches find no capacity from now on.
    pub(in crate::simulation) fn begin_refusal(&mut self, refusal: Refusal) {
        self.refusals.push(refusal);
    }

    /// A refusal of launches is over.
    pub(in crate::simulation) fn end_refusal(&mut self, refusal: &Refusal) {
        end_one(&mut self.refusals, refusal);
    }

    /// Images cannot be pulled from now on.
    pub(in crate::simulation) fn begin_unavailable(&mut self, unavailable: Unavailable) {
        self.unavailable.push(unavailable);
    }

    /// Images can be pulled again.
    pub(in crate::simulation) fn end_unavailable(&mut self, unavailable: &Unavailable) {
        end_one(&mut self.unavailable, unavailable);
    }
}

/// Takes one of those that are alike out of a list.
fn end_one<T: PartialEq>(of: &mut Vec<T>, which: &T) {
    let at = of.iter().position(|other| other == which);
    of.swap_remove(at.expect("an outage ends that has begun"));
}

/// Where and how an instance is to be launched.
#[derive(Clone, Copy, Debug)]
pub(in crate::simulation) struct Place {
    pub instance_type: usize,
    pub zone: usize,
    pub spot: bool,
}
