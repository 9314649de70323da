//! Launches of ECS Managed Instances, whose type and zone ECS has chosen.

use super::instances;
use super::outages::Place;
use super::state::Platform;
use super::{groups, spot};
use crate::cluster::{InstanceId, ProviderId, ZoneId};
use crate::engine::Reader;
use crate::simulation::event::Ctx;
use crate::simulation::fact::{Fact, LaunchFailure};

/// Launches an instance of a type in a zone, by their numbers in the provider.
///
/// # Errors
/// When EC2 has no capacity or the API fails.
pub(in crate::simulation) fn launch<R: Reader<Fact>>(
    platform: &mut Platform<'_>,
    ctx: &mut Ctx<'_, R>,
    provider: ProviderId,
    (kind, zone): (usize, usize),
) -> Result<InstanceId, LaunchFailure> {
    let group = platform.group_mut(provider);
    group.tries += 1;
    let tries = group.tries;
    let place = Place {
        instance_type: group.plan.types[kind],
        zone: group.plan.zones[zone],
        spot: group.plan.mix.on_demand_percentage_above_base < 100,
    };
    if let Some(why) = spot::launch_fails(platform, ctx.now(), provider, place, tries) {
        ctx.report(Fact::LaunchFailed {
            provider,
            instance_type: Some(place.instance_type),
            zone: ZoneId::new(place.zone),
            spot: place.spot,
            why,
        });
        return Err(why);
    }
    let launch = groups::launch_of(platform, provider, (kind, zone), place.spot);
    let id = instances::launch(platform, ctx, &launch);
    platform.group_mut(provider).members.push(id);
    Ok(id)
}
