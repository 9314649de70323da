//! What instances lack for a task, in messages of events.

use super::names::Names;
use crate::cluster::{Lack, Lacks};
use crate::metrics::{counted, reason};
use crate::report::lack;
use crate::simulation::Obstacle;

/// What the instances lack for a task that waits: `CPU on 2 of 3 instances`.
pub(super) fn lacks(why: Obstacle) -> Option<String> {
    match why {
        Obstacle::NoRoom(lacks) => {
            let (instances, counts) = counted(&lacks);
            Some(lack(instances, &counts))
        }
        Obstacle::NoType(_) => Some(format!(
            "{} on every type that could be launched",
            reason(why).words()
        )),
        _ => None,
    }
}

/// The sentence about what the closest matching instance lacks (facts/ecs.md 110, 115).
pub(super) fn closest(names: &impl Names, lacks: &Lacks) -> String {
    if lacks.instances == 0 {
        return " Reason: No Container Instances were found in your cluster.".into();
    }
    let id = lacks.closest_instance();
    let id = id.map(|id| format!(" {}", names.container_instance(id)));
    let id = id.unwrap_or_default();
    let what = match lacks.closest() {
        Lack::Cpu => "has insufficient CPU units available",
        Lack::Memory => "has insufficient memory available",
        Lack::Ports => "is already using a port required by your task",
        Lack::Gpu => "has insufficient GPU resource available",
        Lack::Interface => "encountered error \"RESOURCE:ENI\"",
        Lack::Attribute => "is missing an attribute required by your task",
        Lack::MemberOf => "does not meet `memberOf` of your task",
        Lack::Constraint => "does not meet a placement constraint of your task",
        Lack::Agent => "encountered error \"AGENT\"",
    };
    format!(" The closest matching (container-instance{id}) {what}.")
}
