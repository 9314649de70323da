//! The capacity of the providers of a task that is on its way, and what limits it.

use super::sight::Sight;
use crate::cluster::ProviderId;
use crate::simulation::{GroupView, World};
use crate::units::SimTime;
use serde::Serialize;
use std::collections::BTreeMap;

/// The capacity of a provider that is on its way, and what limits it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Supply {
    /// The provider.
    pub provider: String,
    /// Its instances that have been launched and have not registered, in order of the time at which they
    /// will.
    pub starting: Vec<Starting>,
    /// Its Auto Scaling group, where it has one.
    pub group: Option<GroupView>,
    /// The latest measurement of its capacity metric, with managed scaling.
    pub measured: Option<Measured>,
}

/// An instance that has not registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Starting {
    /// Its number.
    pub instance: u64,
    /// When it will register, if nothing happens to it.
    #[serde(rename = "expectedMicros")]
    pub expected: SimTime,
}

/// A measurement of the capacity metric (facts/ecs.md 135).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Measured {
    /// The time.
    #[serde(rename = "timeMicros")]
    pub at: SimTime,
    /// Instances that its tasks need, running or waiting.
    pub needed: u32,
    /// Instances running.
    pub running: u32,
}

/// What is on its way for a task.
pub(super) fn supply(
    sight: &Sight<'_>,
    world: &World<'_>,
    measured: &BTreeMap<ProviderId, Measured>,
) -> Vec<Supply> {
    let of = |provider: ProviderId| {
        let starting = sight.starting.iter();
        let starting = starting.filter(|(_, id)| sight.provider(*id) == provider);
        Supply {
            provider: sight.plan.cluster.providers[provider.index()].name.clone(),
            starting: starting
                .map(|(expected, id)| Starting {
                    instance: id.index() as u64,
                    expected: *expected,
                })
                .collect(),
            group: world.group(provider),
            measured: measured.get(&provider).copied(),
        }
    };
    let all = sight.providers().into_iter().map(of);
    all.filter(|supply| !supply.starting.is_empty() || supply.group.is_some())
        .collect()
}
