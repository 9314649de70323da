//! What instances lack for a task, in messages of events.

use crate::cluster::Lack;
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
pub(super) const fn closest(lack: Lack) -> &'static str {
    match lack {
        Lack::Cpu => {
            " The closest matching container instance has insufficient CPU units available."
        }
        Lack::Memory => {
            " The closest matching container instance has insufficient memory available."
        }
        Lack::Ports => {
            " The closest matching container instance is already using a port required by your task."
        }
        Lack::Gpu => " The closest matching container instance has insufficient GPUs available.",
        Lack::Interface => " The closest matching container instance has no available ENI.",
        Lack::Attribute => {
            " The closest matching container instance is missing an attribute required by your task."
        }
        Lack::MemberOf => " MemberOf placement constraint unsatisfied.",
        Lack::Constraint => {
            " The closest matching container instance does not meet a placement constraint."
        }
        Lack::Agent => " Reason: No Container Instances were found in your cluster.",
    }
}
