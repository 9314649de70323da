//! Every kind of change, in the order in which they are told.

use super::capacity::{active_again, freed_ports, more_instances};
use super::change::Tried;
use super::request::{
    fewer_gpus, other_platform, other_provider, skip_ahead, smaller, without_constraint,
    without_interface, without_member_of,
};
use crate::explain::sight::Sight;

/// One kind of change: what would have placed the task, none or several.
type Kind = fn(&Sight<'_>, &mut Vec<Tried>);

/// Every kind, the smallest change first: a smaller task, then a freed port or interface, a dropped
/// constraint, another platform, an instance that takes tasks again, one more instance, another provider.
const ALL: [Kind; 11] = [
    skip_ahead,
    smaller,
    fewer_gpus,
    freed_ports,
    without_constraint,
    without_member_of,
    without_interface,
    other_platform,
    active_again,
    more_instances,
    other_provider,
];

/// The changes that would have placed the task, the smallest first.
pub(in crate::explain) fn changes(sight: &Sight<'_>) -> Vec<Tried> {
    let mut found = Vec::new();
    for kind in ALL {
        kind(sight, &mut found);
    }
    found
}
