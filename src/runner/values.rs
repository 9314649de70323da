//! Computes the values of a run's figures from its metrics and its bill.

mod capacity;
mod deployments;
mod load;
mod money;
mod queues;
mod responses;
mod services;
mod tasks;

pub(super) use responses::{of_service, response};
pub(super) use tasks::tasks;

use super::one_run::Played;
use super::twins::TwinCosts;
use crate::figures::{DeploymentCostFigure, FaultFigure, Figure, Measure, Of, RunFigure};
use crate::metrics::{EntryWork, ServiceWork};
use crate::plan::{Fault, FaultKind, Occurrence, Plan};
use crate::units::HOUR;

/// The inputs from which the figures of one run are computed.
struct Run<'a> {
    plan: &'a Plan,
    played: &'a Played,
    /// Length of the reported time in µs.
    micros: u64,
    /// All services together.
    services: ServiceWork,
    /// The costs of the twins of the run.
    twins: TwinCosts,
}

/// The values of one run, in the order of the figures. `None`: not defined in this run, or
/// pooled over the seeds.
pub(super) fn values(
    plan: &Plan,
    figures: &[Figure],
    played: &Played,
    twins: TwinCosts,
) -> Vec<Option<f64>> {
    let run = Run {
        plan,
        played,
        micros: played.reported(plan).as_micros(),
        services: played.observed.services.all(),
        twins,
    };
    // A pooled figure has no value in a single run.
    let per_run = |figure: &Figure| match figure.definition().pooled {
        true => None,
        false => run.value(figure.measure),
    };
    figures.iter().map(per_run).collect()
}

impl Run<'_> {
    /// The value of one figure in its unit.
    fn value(&self, measure: Measure) -> Option<f64> {
        match measure {
            Measure::Cost(of, figure) => self.cost(of, figure),
            Measure::Capacity(of, figure) => self.capacity(of, figure),
            Measure::Tasks(of, figure) => {
                let all = self.played.observed.work.all();
                tasks(figure, self.work(of), all, self.micros)
            }
            Measure::TasksWaiting(of, why) => self.work(of).waiting_for.mean(why, self.micros),
            Measure::Service(of, figure) => self.service(of, figure),
            Measure::ServiceWaiting(of, why) => {
                let (work, has_count) = self.service_work(of);
                let mean = work.waiting_for.mean(why, self.micros);
                mean.filter(|_| has_count)
            }
            Measure::Load(of, figure) => self.load(of, figure),
            Measure::Queue(of, figure) => self.queue(of, figure),
            Measure::Start(kind, figure) => self.start(kind, figure),
            Measure::Faults(figure) => match figure {
                FaultFigure::Cost => self.more_than(self.twins.without_faults),
                FaultFigure::CostPerMonth => {
                    self.per_month(self.more_than(self.twins.without_faults)?)
                }
                FaultFigure::StruckCount => self.fault_occurrences(),
            },
            Measure::Deployment(of, figure) => self.deployment(of, figure),
            Measure::DeploymentCost(figure) => {
                let cost = self.more_than(self.twins.without_deployments);
                match figure {
                    DeploymentCostFigure::Cost => cost,
                    DeploymentCostFigure::CostPerMonth => self.per_month(cost?),
                }
            }
            Measure::Run(RunFigure::ReportedHours) => Some(self.hours()),
        }
    }

    /// The work of an entry, or of all entries together.
    fn work(&self, of: Of) -> &EntryWork {
        let work = &self.played.observed.work;
        match of {
            Of::All => work.all(),
            Of::One(entry) => &work.entries[entry],
        }
    }

    /// Length of the reported time in hours.
    fn hours(&self) -> f64 {
        self.micros as f64 / HOUR as f64
    }

    /// The number of faults that occurred; `None` where some are drawn for each container or
    /// Fargate task by itself, because those are not counted.
    fn fault_occurrences(&self) -> Option<f64> {
        let is_counted = self.plan.faults.iter().all(is_reported);
        is_counted.then_some(self.played.observed.fault_occurrences as f64)
    }
}

/// True when each occurrence of the fault is a fact of the run, and is counted.
fn is_reported(fault: &Fault) -> bool {
    match fault.kind {
        FaultKind::ContainerCrash { .. }
        | FaultKind::HealthCheckFailure { .. }
        | FaultKind::OutOfMemory { .. }
        | FaultKind::FargateHostLoss => match fault.occurs {
            Occurrence::At(_) => true,
            Occurrence::Every(_) => false,
        },
        FaultKind::InstanceFailure { .. }
        | FaultKind::AgentDisconnect { .. }
        | FaultKind::RegistryOutage { .. }
        | FaultKind::BadImage { .. }
        | FaultKind::ZoneOutage { .. }
        | FaultKind::ControlPlaneOutage
        | FaultKind::InsufficientCapacity { .. } => true,
    }
}
