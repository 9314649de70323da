//! What a figure measures: its kind, its subject and which figure of that kind.

use super::definition::Definition;
use super::deployments::{DeploymentCostFigure, DeploymentFigure};
use super::load::LoadFigure;
use super::queues::QueueFigure;
use super::services::{ServiceFigure, StartFigure};
use super::table::{CapacityFigure, CostFigure, FaultFigure, RunFigure};
use super::tasks::TaskFigure;
use super::waits::WaitReason;
use crate::usage::Service;
use serde::{Deserialize, Serialize};

/// What a figure measures: its kind, its subject, and which figure of that kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Measure {
    /// Money.
    Cost(CostOf, CostFigure),
    /// Capacity, of capacity providers.
    Capacity(Of, CapacityFigure),
    /// Standalone work, of entries of `tasks`.
    Tasks(Of, TaskFigure),
    /// Waiting standalone tasks by what they lack.
    TasksWaiting(Of, WaitReason),
    /// Services; none in a plan without services.
    Service(Of, ServiceFigure),
    /// Waiting tasks of services by what they lack.
    ServiceWaiting(Of, WaitReason),
    /// Requests of services with a load; none in a plan without such services.
    Load(Of, LoadFigure),
    /// Queues of SQS; none in a plan without queues.
    Queue(Of, QueueFigure),
    /// The time in each step of a start; none in a plan whose starts have no steps.
    Start(StartKind, StartFigure),
    /// The cost and the number of the plan's faults; none in a plan without faults.
    Faults(FaultFigure),
    /// Deployments; none in a plan without deployments.
    Deployment(Of, DeploymentFigure),
    /// The cost of the plan's deployments; none in a plan without deployments.
    DeploymentCost(DeploymentCostFigure),
    /// The run itself.
    Run(RunFigure),
}

/// The subject of a figure of capacity, of work or of services.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Of {
    /// All providers, entries, services or queues of the plan together.
    All,
    /// The one with this index in the plan.
    One(usize),
}

impl Of {
    /// The index of the one subject; `None` for `All` where the plan has a `count` other than 1.
    pub fn only(self, count: usize) -> Option<usize> {
        match self {
            Self::All => (count == 1).then_some(0),
            Self::One(place) => Some(place),
        }
    }
}

/// The subject of a figure of cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CostOf {
    /// The whole bill.
    Total,
    /// Capacity that no task has reserved.
    Idle,
    /// The lines that one AWS service bills.
    Service(Service),
    /// The capacity provider with this index in the plan.
    Provider(usize),
}

/// A kind of start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum StartKind {
    /// On an instance whose cache lacked at least one image of the task.
    Ec2Cold,
    /// On an instance whose cache had every image of the task.
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
            Self::Tasks(..) | Self::TasksWaiting(..) => "tasks",
            Self::Service(..) | Self::ServiceWaiting(..) | Self::Load(..) => "service",
            Self::Queue(..) => "queue",
            Self::Start(..) => "start",
            Self::Faults(_) => "faults",
            Self::Deployment(..) => "deployment",
            Self::DeploymentCost(_) => "deployments",
            Self::Run(_) => "run",
        }
    }

    /// The row of the figure: unit, direction and documentation.
    pub fn definition(self) -> &'static Definition {
        match self {
            Self::Cost(_, figure) => figure.definition(),
            Self::Capacity(_, figure) => figure.definition(),
            Self::Tasks(_, figure) => figure.definition(),
            Self::Service(_, figure) => figure.definition(),
            Self::TasksWaiting(_, reason) | Self::ServiceWaiting(_, reason) => reason.definition(),
            Self::Load(_, figure) => figure.definition(),
            Self::Queue(_, figure) => figure.definition(),
            Self::Start(_, figure) => figure.definition(),
            Self::Faults(figure) => figure.definition(),
            Self::Deployment(_, figure) => figure.definition(),
            Self::DeploymentCost(figure) => figure.definition(),
            Self::Run(figure) => figure.definition(),
        }
    }
}
