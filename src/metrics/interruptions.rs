//! Interruptions by AWS over time: of Spot instances and of tasks on Fargate Spot.

use crate::units::SimTime;
use serde::Serialize;

/// The largest number of entries of a run.
const MOST: usize = 2_000;

/// Interruptions by AWS at one time, or within a part of the run where there are many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Interruptions {
    /// The time of the first.
    pub at: SimTime,
    /// Number of Spot instances that AWS terminated.
    pub instances: u32,
    /// Number of tasks that AWS interrupted on Fargate Spot.
    pub fargate_tasks: u32,
}

/// Adds an interruption to those before it.
pub(super) fn interrupted(
    all: &mut Vec<Interruptions>,
    now: SimTime,
    instances: u32,
    fargate_tasks: u32,
) {
    match all.last_mut().filter(|last| last.at == now) {
        Some(last) => {
            last.instances += instances;
            last.fargate_tasks += fargate_tasks;
        }
        None => all.push(Interruptions {
            at: now,
            instances,
            fargate_tasks,
        }),
    }
}

/// Where there are more than [`MOST`] entries, joins those of each of [`MOST`] parts of the time.
pub(super) fn joined(all: &[Interruptions], origin: SimTime, length: u64) -> Vec<Interruptions> {
    if all.len() <= MOST {
        return all.to_vec();
    }
    let part = length.div_ceil(MOST as u64).max(1);
    let of = |one: &Interruptions| one.at.since(origin).as_micros() / part;
    let groups = all.chunk_by(|a, b| of(a) == of(b));
    let sum = |group: &[Interruptions], count: fn(&Interruptions) -> u32| -> u32 {
        group.iter().map(count).sum()
    };
    groups
        .map(|group| Interruptions {
            at: group[0].at,
            instances: sum(group, |one| one.instances),
            fargate_tasks: sum(group, |one| one.fargate_tasks),
        })
        .collect()
}
