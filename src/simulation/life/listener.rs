//! Deployments that shift traffic change the listener rules of services (facts/ecs.md 216, 217).
//!
//! A service whose deployments are all rolling has no entry here: all of its tasks belong to one group.

use super::listener_rule::Listener;
use super::state::Lives;
use crate::cluster::{ServiceId, WorkId};
use crate::plan::ALL_REQUESTS;
use crate::simulation::notice::Notice;

/// The listener rule of a service; `None`: all of its tasks belong to one target group.
pub(in crate::simulation) fn of<'a>(
    lives: &'a Lives<'_>,
    service: ServiceId,
) -> Option<&'a Listener> {
    lives.listeners.get(&service)
}

/// The deployment of a revision begins: all requests go to the target group of the revision that served
/// before. With a traffic shift the new revision gets the other target group, else the same.
pub(in crate::simulation) fn deploy(
    lives: &mut Lives<'_>,
    service: ServiceId,
    (before, number): (usize, usize),
    shifts: bool,
) {
    if !shifts && !lives.listeners.contains_key(&service) {
        return;
    }
    let listener = lives.listeners.entry(service).or_default();
    let group = listener.group(before);
    listener.set_weight(group, ALL_REQUESTS);
    let own = match shifts {
        true => 1 - group,
        false => group,
    };
    match own {
        0 => listener.in_alternate.remove(&number),
        _ => listener.in_alternate.insert(number),
    };
    register_with(lives, service, number, own);
    lives.platform.notify(Notice::ServingChanged(service));
}

/// The tasks of a revision that start from now on are registered with this target group.
fn register_with(lives: &mut Lives<'_>, service: ServiceId, number: usize, group: usize) {
    let plan = lives.platform.plan();
    let Some(targets) = &plan.services[service.index()].targets else {
        return;
    };
    let group = match (group, targets.alternate) {
        (1, Some(alternate)) => alternate,
        _ => targets.group,
    };
    let work = WorkId::Service(service);
    let revisions = lives.revisions.iter_mut();
    for revision in revisions.filter(|of| of.work == work && of.number == number) {
        if let Some(first) = revision.targets.first_mut() {
            first.group = &plan.target_groups[group];
            first.number = group;
        }
    }
}

/// Gives the target group of a revision this weight, in millionths, and the other group the rest.
pub(in crate::simulation) fn weigh(
    lives: &mut Lives<'_>,
    service: ServiceId,
    number: usize,
    weight: u32,
) {
    let listener = lives.listeners.entry(service).or_default();
    listener.set_weight(listener.group(number), weight);
    lives.platform.notify(Notice::ServingChanged(service));
}
