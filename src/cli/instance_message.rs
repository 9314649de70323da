//! What `events.jsonl` says about instances.

use crate::cluster::{ProviderId, ZoneId};
use crate::plan::Plan;
use crate::report::{EventAbout, EventPurchase, InstanceEvent};
use crate::simulation::{InstanceFact, LaunchFailure};

/// The subject of a fact about an instance, with its names and a reason.
pub(super) fn instance<'a>(
    plan: &'a Plan,
    of: &InstanceFact,
    why: Option<&'static str>,
) -> EventAbout<'a> {
    let cluster = &plan.cluster;
    EventAbout::Instance(InstanceEvent {
        instance: Some(of.instance.index() as u64),
        provider: &cluster.providers[of.provider.index()].name,
        instance_type: Some(&cluster.instance_types[of.instance_type].name),
        zone: &cluster.zones[of.zone.index()],
        purchase: of.spot.then_some(purchase(true)),
        reason: why,
    })
}

/// A launch that failed: of a provider, an instance type (none on Fargate), a zone, and on Spot or
/// not.
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
        reason: Some(why.name()),
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
