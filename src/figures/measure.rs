//! What a figure measures: its kind, its subject and which figure of that kind.

use super::definition::Definition;
use super::services::{ServiceFigure, StartFigure};
use super::table::{CapacityFigure, CostFigure, FaultFigure, RunFigure, TaskFigure};
use crate::usage::Service;
use serde::{Deserialize, Serialize};

/// What a figure measures: the kind, what of that kind, and which of its figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Measure {
    /// Money.
    Cost(CostOf, CostFigure),
    /// Capacity, of capacity providers.
    Capacity(Of, CapacityFigure),
    /// Standalone work, of entries of `tasks`.
    Tasks(Of, TaskFigure),
    /// Services; none in a plan without services.
    Service(Of, ServiceFigure),
    /// Where the seconds of starts went; none in a plan whose starts have no steps.
    Start(StartKind, StartFigure),
    /// What the plan's faults cost; none in a plan without faults.
    Faults(FaultFigure),
    /// The run itself.
    Run(RunFigure),
}

/// What a figure of capacity, of work or of services is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Of {
    /// All of the plan together.
    All,
    /// The one with this place in the plan.
    One(usize),
}

impl Of {
    /// The only one that it is of, where the plan has `count` of them.
    pub fn only(self, count: usize) -> Option<usize> {
        match self {
            Self::All => (count == 1).then_some(0),
            Self::One(place) => Some(place),
        }
    }
}

/// What a figure of money is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CostOf {
    /// The whole bill.
    Total,
    /// The capacity that no task had reserved.
    Idle,
    /// What one AWS service charges.
    Service(Service),
    /// The capacity provider with this place in the plan.
    Provider(usize),
}

/// A kind of start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum StartKind {
    /// On an instance that lacked some image.
    Ec2Cold,
    /// On an instance that had every image.
    Ec2Cached,
    /// On Fargate.
    Fargate,
}

impl StartKind {
    /// Every kind, in the order of reports.
    pub const ALL: [Self; 3] = [Self::Ec2Cold, Self::Ec2Cached, Self::Fargate];

    /// Its name in paths: `ec2Cold`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ec2Cold => "ec2Cold",
            Self::Ec2Cached => "ec2Cached",
            Self::Fargate => "fargate",
        }
    }
}

impl Measure {
    /// The first part of the path.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Cost(..) => "cost",
            Self::Capacity(..) => "capacity",
            Self::Tasks(..) => "tasks",
            Self::Service(..) => "service",
            Self::Start(..) => "start",
            Self::Faults(_) => "faults",
            Self::Run(_) => "run",
        }
    }

    /// What is known about the figure.
    pub const fn definition(self) -> &'static Definition {
        match self {
            Self::Cost(_, figure) => figure.definition(),
            Self::Capacity(_, figure) => figure.definition(),
            Self::Tasks(_, figure) => figure.definition(),
            Self::Service(_, figure) => figure.definition(),
            Self::Start(_, figure) => figure.definition(),
            Self::Faults(figure) => figure.definition(),
            Self::Run(figure) => figure.definition(),
        }
    }
}
