//! The outages in effect: zones, the control plane, registries, images, and refused launches. The
//! layer `faults` begins and ends them; the platform and the layers above read them.

use crate::cluster::ZoneId;
use crate::plan::{Delays, Plan};
use crate::units::{SimTime, Span};

/// The outages in effect. Several outages of one thing may overlap; it is available again when all
/// are over.
pub(in crate::simulation) struct Outages {
    /// By zone: the number of its outages.
    closed_zones: Vec<u32>,
    /// The number of outages of the control plane.
    control_plane: u32,
    /// The outages of zones: (zone, beginning).
    zones: Vec<(usize, SimTime)>,
    refusals: Vec<Refusal>,
    unavailable: Vec<Unavailable>,
}

/// Launches that fail for want of capacity (facts/ecs.md 241).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulation) struct Refusal {
    /// The type; `None`: every type.
    pub instance_type: Option<usize>,
    /// The zone; `None`: every zone.
    pub zone: Option<usize>,
    /// Only Spot is refused.
    pub spot_only: bool,
}

/// An outage of images: they cannot be pulled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulation) enum Unavailable {
    /// All images of a registry; `None`: of every registry.
    Registry(Option<usize>),
    /// One image.
    Image(usize),
}

/// An outage that is not of a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulation) enum Outage {
    /// The control plane decides nothing (facts/platform.md 8.3.3).
    ControlPlane,
    /// Launches find no capacity.
    Refusal(Refusal),
    /// Images cannot be pulled.
    Unavailable(Unavailable),
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

    /// True during an outage of the control plane: nothing is placed, launched, scaled or replaced
    /// (facts/platform.md 8.3.3).
    #[inline]
    pub(in crate::simulation) fn control_plane_is_out(&self) -> bool {
        self.control_plane > 0
    }

    /// True while nothing can be launched in a zone: during its outage (facts/ecs.md 240) or one of
    /// the control plane.
    pub(in crate::simulation) fn zone_is_closed(&self, zone: ZoneId) -> bool {
        self.is_closed(zone.index())
    }

    fn is_closed(&self, zone: usize) -> bool {
        self.control_plane_is_out() || self.closed_zones[zone] > 0
    }

    /// True when a launch fails for certain: its zone is closed, or a fault refuses it
    /// (facts/ecs.md 241).
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

    /// True when the API returns an error for a launch in a zone: for some time after the beginning
    /// of another zone's outage, a share of launches fails (facts/platform.md 8.3.3 c, 8.3.4).
    /// `draw` gives a uniform random number; it is called only during that time.
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

    /// An outage of a zone begins.
    pub(in crate::simulation) fn begin_zone(&mut self, zone: usize, now: SimTime) {
        self.closed_zones[zone] += 1;
        self.zones.push((zone, now));
    }

    /// The outage of a zone that began at `since` is over.
    pub(in crate::simulation) fn end_zone(&mut self, zone: usize, since: SimTime) {
        self.closed_zones[zone] -= 1;
        end_one(&mut self.zones, &(zone, since));
    }

    /// Begins an outage that is not of a zone.
    pub(in crate::simulation) fn begin(&mut self, outage: Outage) {
        match outage {
            Outage::ControlPlane => self.control_plane += 1,
            Outage::Refusal(refusal) => self.refusals.push(refusal),
            Outage::Unavailable(unavailable) => self.unavailable.push(unavailable),
        }
    }

    /// Ends an outage that has begun and is not of a zone.
    pub(in crate::simulation) fn end(&mut self, outage: &Outage) {
        match outage {
            Outage::ControlPlane => self.control_plane -= 1,
            Outage::Refusal(refusal) => end_one(&mut self.refusals, refusal),
            Outage::Unavailable(unavailable) => end_one(&mut self.unavailable, unavailable),
        }
    }
}

/// Removes one of the equal items from a list; their order has no effect.
fn end_one<T: PartialEq>(of: &mut Vec<T>, which: &T) {
    let at = of.iter().position(|other| other == which);
    of.swap_remove(at.expect("an outage ends that has begun"));
}

/// The type, zone and purchase option of a launch. Type and zone are indexes into the plan.
#[derive(Clone, Copy, Debug)]
pub(in crate::simulation) struct Place {
    pub instance_type: usize,
    pub zone: usize,
    pub spot: bool,
}
