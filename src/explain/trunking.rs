//! The account setting `awsvpcTrunking` for a task that finds no network interface: the run is played
//! again with it, until the task has an instance or is refused (facts/ecs.md 121).

use crate::catalog;
use crate::cluster::WorkId;
use crate::engine::Reader;
use crate::plan::Plan;
use crate::simulation::Fact;
use crate::units::SimTime;
use serde::Serialize;
use std::collections::BTreeSet;

/// What the account setting `awsvpcTrunking` does for a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Trunking {
    /// The types of the full instances that hold more `awsvpc` tasks with it.
    pub types: Vec<TrunkedType>,
    /// When the task is placed with it.
    #[serde(rename = "placedMicros")]
    pub placed: SimTime,
}

/// An instance type that holds more `awsvpc` tasks with a trunk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TrunkedType {
    /// Its name.
    pub instance_type: String,
    /// The `awsvpc` tasks that an instance holds without a trunk.
    pub from: u32,
    /// Those that it holds with a trunk.
    pub to: u32,
}

/// A plan with the setting, and those of these types to which it makes a difference; `None` where
/// there are none.
pub(super) fn trunked(plan: &Plan, full: &BTreeSet<String>) -> Option<(Plan, Vec<TrunkedType>)> {
    let mut plan = plan.clone();
    let mut types = Vec::new();
    for of in &mut plan.cluster.instance_types {
        let facts = catalog::instance_type(&of.name).filter(|_| !of.own && !of.trunked);
        let Some(to) = facts.and_then(|facts| facts.task_interfaces_with_trunk()) else {
            continue;
        };
        if full.contains(&of.name) {
            types.push(TrunkedType {
                instance_type: of.name.clone(),
                from: of.task_interfaces,
                to,
            });
        }
        of.task_interfaces = to;
        of.trunked = true;
    }
    (!types.is_empty()).then_some((plan, types))
}

/// Reads when a task is placed, or that it is refused.
pub(super) struct PlacedReader {
    pub(super) work: WorkId,
    pub(super) ordinal: u64,
    pub(super) placed: Option<SimTime>,
    pub(super) is_over: bool,
}

impl Reader<Fact> for PlacedReader {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        let own = fact
            .task()
            .filter(|of| of.work == self.work && of.task.ordinal == self.ordinal);
        if own.is_none() || self.is_over {
            return;
        }
        match fact {
            Fact::TaskPlaced(_) => (self.placed, self.is_over) = (Some(now), true),
            Fact::TaskRejected(..) | Fact::TaskStopped(..) => self.is_over = true,
            _ => {}
        }
    }

    fn is_done(&self) -> bool {
        self.is_over
    }
}
