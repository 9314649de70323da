//! Trying a change on a copy of the cluster.

use super::change::{Change, Tried};
use crate::cluster::{Cluster, InstanceId, Lack, Request, Requirement, Shape};
use crate::explain::hosts::HostName;
use crate::explain::sight::Sight;
use crate::policy::placement::built_in;

/// At most this number of tasks before this one is tried again on a changed cluster.
const MOST_BEFORE: usize = 1_000;

/// Tries a request on a copy of the cluster: the instance on which the task's policy places it. In a
/// queue whose head blocks it, it is not placed.
pub(super) fn place(
    sight: &Sight<'_>,
    copy: &mut Cluster,
    request: Request<'_>,
) -> Option<InstanceId> {
    let is_blocked = sight.is_head_of_line && !sight.before.is_empty();
    if is_blocked {
        return None;
    }
    place_at_once(sight, copy, request)
}

/// Tries a request on a copy of the cluster, whatever is before it in its queue.
pub(super) fn place_at_once(
    sight: &Sight<'_>,
    copy: &mut Cluster,
    request: Request<'_>,
) -> Option<InstanceId> {
    let rule = sight.plan.placement_of(sight.work.work);
    let work = sight.work.with_request(request);
    let chosen = built_in(rule).place(&work, copy)?;
    copy.promise(chosen, &request);
    Some(chosen)
}

/// Tries the task on a copy of the cluster that has more room on some instances than there was: the
/// tasks before it in its queue come first. They fitted nowhere, so that they can take the new room only.
pub(super) fn place_in_turn(
    sight: &Sight<'_>,
    copy: &mut Cluster,
    roomier: &[InstanceId],
) -> Option<InstanceId> {
    if sight.before.len() > MOST_BEFORE {
        return None;
    }
    for work in &sight.before {
        let request = work.request();
        let fits = roomier.iter().any(|id| copy.fits(*id, &request));
        let mut policy = built_in(sight.plan.placement_of(work.work));
        match fits.then(|| policy.place(work, copy)).flatten() {
            Some(chosen) => copy.promise(chosen, &request),
            None if sight.is_head_of_line => return None,
            None => {}
        }
    }
    place_at_once(sight, copy, sight.request())
}

/// Tries a changed shape and changed conditions on the cluster as it was.
pub(super) fn try_request(
    sight: &Sight<'_>,
    shape: Shape,
    requirement: &Requirement,
) -> Option<HostName> {
    let mut copy = sight.cluster.clone();
    let chosen = place(sight, &mut copy, Request { shape, requirement })?;
    Some(HostName::of(sight.plan, &copy, chosen))
}

/// Adds a change whose try has placed the task.
pub(super) fn add(found: &mut Vec<Tried>, change: Change, placed_on: Option<HostName>) {
    if placed_on.is_some() {
        found.push(Tried { change, placed_on });
    }
}

/// True when any eligible instance lacks this.
pub(super) fn is_lacking(sight: &Sight<'_>, lack: Lack) -> bool {
    let request = sight.request();
    let is_eligible = |id: &InstanceId| !sight.cluster.lacks(*id, &request, Lack::Attribute);
    let mut hosts = sight.hosts().filter(is_eligible);
    hosts.any(|id| sight.cluster.lacks(id, &request, lack))
}
