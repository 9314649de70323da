//! Every kind of change, in the order in which they are told.

use super::capacity::{active_again, freed_ports, more_instances, when_started};
use super::change::Tried;
use super::request::{
    fewer_gpus, other_platform, other_provider, skip_ahead, smaller, without_constraint,
    without_interface, without_member_of,
};
use crate::explain::sight::Sight;

/// One kind of change: what would have placed the task, none or several.
type Kind = fn(&Sight<'_>, &mut Vec<Tried>);

/// Every kind, in the order in which they are told. First what needs no change: an instance that is
/// starting. Then settings, which cost nothing: the order of the queue, a smaller task, a freed port, a
/// dropped constraint, an instance that takes tasks again, another provider. Then capacity, by its price
/// per hour. Last what changes the application itself: its network mode, its platform.
const ALL: [Kind; 12] = [
    when_started,
    skip_ahead,
    smaller,
    fewer_gpus,
    freed_ports,
    without_constraint,
    without_member_of,
    active_again,
    other_provider,
    more_instances,
    without_interface,
    other_platform,
];

/// The changes that would have placed the task, the smallest first.
pub(in crate::explain) fn changes(sight: &Sight<'_>) -> Vec<Tried> {
    let mut found = Vec::new();
    for kind in ALL {
        kind(sight, &mut found);
    }
    found
}
