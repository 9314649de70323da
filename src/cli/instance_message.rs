//! What `events.jsonl` says about instances.

use super::described::Described;
use crate::cluster::{ProviderId, ZoneId};
use crate::plan::Plan;
use crate::report::{EventAbout, EventPurchase, InstanceEvent};
use crate::simulation::{InstanceEnd, InstanceFact, LaunchFailure};

/// A fact about an instance, with its names and a reason.
pub(super) fn instance<'a>(
    plan: &'a Plan,
    fact: &'static str,
    of: &InstanceFact,
    why: Option<&'static str>,
) -> Described<'a> {
    let cluster = &plan.cluster;
    let event = InstanceEvent {
        instance: Some(of.instance.index() as u64),
        provider: &cluster.providers[of.provider.index()].name,
        instance_type: Some(&cluster.instance_types[of.instance_type].name),
        zone: &cluster.zones[of.zone.index()],
        purchase: of.spot.then_some(purchase(true)),
        reason: why,
    };
    Described {
        fact,
        about: EventAbout::Instance(event),
        message: None,
    }
}

/// The reason for which an instance is gone, as `events.jsonl` names it.
pub(super) const fn instance_end(end: InstanceEnd) -> &'static str {
    match end {
        InstanceEnd::ScaledIn => "scaledIn",
        InstanceEnd::MaximumAge => "maximumAge",
        InstanceEnd::Interrupted => "interrupted",
        InstanceEnd::Failed => "failed",
        InstanceEnd::Terminated => "terminated",
    }
}

/// The error code of EC2 for a launch that failed.
const fn launch_failure(why: LaunchFailure) -> &'static str {
    match why {
        LaunchFailure::NoCapacity => "InsufficientInstanceCapacity",
        LaunchFailure::ApiError => "InternalError",
    }
}

/// A launch that failed: of a provider, an instance type (none on Fargate), a zone, and on Spot or not.
pub(super) fn failed_launch(
    plan: &Plan,
    (provider, instance_type, zone, spot): (ProviderId, Option<usize>, ZoneId, bool),
    why: LaunchFailure,
) -> InstanceEvent<'_> {
    let kind = instance_type.map(|kind| &plan.cluster.instance_types[kind]);
    InstanceEvent {
        instance: None,
        provider: &plan.cluster.providers[provider.index()].name,
        instance_type: kind.map(|kind| kind.name.as_str()),
        zone: &plan.cluster.zones[zone.index()],
        purchase: Some(purchase(spot)),
        reason: Some(launch_failure(why)),
    }
}

/// The purchase option of an instance.
const fn purchase(spot: bool) -> EventPurchase {
    if spot {
        EventPurchase::Spot
    } else {
        EventPurchase::OnDemand
    }
}
