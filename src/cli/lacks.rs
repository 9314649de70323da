//! What instances lack for a task, in messages of events.

use crate::cluster::{Lack, Lacks};
use crate::metrics::counted;
use crate::report::lack;
use crate::simulation::Obstacle;

/// What the instances lack for a task that waits: `CPU on 2 of 3 instances`.
pub(super) fn lacks(why: Obstacle) -> Option<String> {
    let Obstacle::NoRoom(lacks) = why else {
        return None;
    };
    let (instances, counts) = counted(&lacks);
    Some(lack(instances, &counts))
}

/// The sentence about what the closest matching instance lacks (facts/ecs.md 110).
pub(super) fn closest(lacks: &Lacks) -> String {
    let lack = lacks.closest();
    if lack == Lack::Agent && lacks.instances == 0 {
        return " Reason: No Container Instances were found in your cluster.".into();
    }
    let instance = match lacks.closest_instance() {
        Some(id) => format!("(container-instance i-{})", id.index()),
        None => "container instance".into(),
    };
    let what = match lack {
        Lack::Cpu => "has insufficient CPU units available.",
        Lack::Memory => "has insufficient memory available.",
        Lack::Ports => "is already using a port required by your task.",
        Lack::Gpu => "has insufficient GPUs available.",
        Lack::Interface => "has no available ENI.",
        Lack::Attribute => "is missing an attribute required by your task.",
        Lack::Constraint => "does not meet a placement constraint.",
        Lack::Agent => "encountered error \"AGENT\".",
    };
    format!(" The closest matching {instance} {what}")
}
