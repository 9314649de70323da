//! A figure with its path, and the list of all figures of a plan.

use super::definition::Definition;
use super::deployments::{DeploymentCostFigure, DeploymentFigure};
use super::load::LoadFigure;
use super::measure::{CostOf, Measure, Of, StartKind};
use super::names::Names;
use super::queues::QueueFigure;
use super::services::{ServiceFigure, StartFigure};
use super::table::{CapacityFigure, CostFigure, FaultFigure, RunFigure};
use super::tasks::TaskFigure;
use super::waits::WaitReason;
use crate::usage::Service;
use serde::{Deserialize, Serialize};

/// A figure of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// The whole path, which no other figure of the plan has.
    pub path: String,
    /// The name within its kind, as in the path; empty for [`Measure::Faults`],
    /// [`Measure::DeploymentCost`] and [`Measure::Run`].
    pub name: String,
    /// What it measures.
    pub measure: Measure,
}

impl Figure {
    /// The figure with its path: kind, name and suffix, without empty parts.
    fn new(measure: Measure, name: &str) -> Self {
        let parts = [measure.kind(), name, measure.definition().suffix];
        let parts = parts.into_iter().filter(|part| !part.is_empty());
        Self {
            path: parts.collect::<Vec<_>>().join("."),
            name: name.into(),
            measure,
        }
    }

    /// The row of the figure: unit, direction and documentation.
    pub fn definition(&self) -> &'static Definition {
        self.measure.definition()
    }
}

/// Every figure of a plan with these names, in the order of all reports.
pub fn all(names: &Names) -> Vec<Figure> {
    let mut figures = Vec::new();
    let mut add = |name: &str, measures: &mut dyn Iterator<Item = Measure>| {
        figures.extend(measures.map(|measure| Figure::new(measure, name)));
    };
    for (of, name) in costs(names) {
        let all = CostFigure::ALL.iter();
        add(name, &mut all.map(|f| Measure::Cost(of, *f)));
    }
    for (of, name) in all_and_each(&names.providers) {
        let all = CapacityFigure::ALL.iter();
        let all = all.filter(|f| names.credits || !f.is_of_credits());
        add(name, &mut all.map(|f| Measure::Capacity(of, *f)));
    }
    for (of, name) in all_and_each(&names.tasks) {
        let all = TaskFigure::ALL.iter().filter(|f| is_of(names, **f));
        add(name, &mut all.map(|f| Measure::Tasks(of, *f)));
        let waiting = WaitReason::ALL.into_iter();
        add(name, &mut waiting.map(|why| Measure::TasksWaiting(of, why)));
    }
    if !names.services.is_empty() {
        for (of, name) in all_and_each(&names.services) {
            let all = ServiceFigure::ALL.iter();
            add(name, &mut all.map(|f| Measure::Service(of, *f)));
            let waiting = WaitReason::ALL.into_iter();
            add(
                name,
                &mut waiting.map(|why| Measure::ServiceWaiting(of, why)),
            );
            if names.has_load(of) {
                let all = LoadFigure::ALL.iter();
                add(name, &mut all.map(|f| Measure::Load(of, *f)));
            }
        }
    }
    for (of, name) in all_and_each(&names.queues).filter(|_| !names.queues.is_empty()) {
        let all = QueueFigure::ALL.iter();
        add(name, &mut all.map(|f| Measure::Queue(of, *f)));
    }
    if names.starts {
        for kind in StartKind::ALL {
            let all = StartFigure::ALL.iter();
            add(kind.name(), &mut all.map(|f| Measure::Start(kind, *f)));
        }
    }
    if names.faults {
        let all = FaultFigure::ALL.iter();
        add("", &mut all.map(|f| Measure::Faults(*f)));
    }
    if !names.deployments.is_empty() {
        for (of, name) in all_and_each(&names.deployments) {
            let all = DeploymentFigure::ALL.iter();
            add(name, &mut all.map(|f| Measure::Deployment(of, *f)));
        }
        let all = DeploymentCostFigure::ALL.iter();
        add("", &mut all.map(|f| Measure::DeploymentCost(*f)));
    }
    add("", &mut RunFigure::ALL.iter().map(|f| Measure::Run(*f)));
    figures
}

/// True for a figure of standalone work that a plan with these names has.
fn is_of(names: &Names, figure: TaskFigure) -> bool {
    match figure {
        TaskFigure::ThrottledCount => names.throttles,
        TaskFigure::SkippedCount | TaskFigure::ReplacedCount => names.overlaps,
        _ => true,
    }
}

/// The subjects of figures of cost, with their names in paths.
fn costs(names: &Names) -> impl Iterator<Item = (CostOf, &str)> {
    let whole = [(CostOf::Total, "total"), (CostOf::Idle, "idle")];
    let services = Service::ALL.into_iter();
    let services = services.filter(|service| match service {
        Service::Ecs => names.managed,
        Service::Elb => names.load_balancers,
        Service::Sqs => !names.queues.is_empty(),
        Service::CloudWatch => names.alarms,
        Service::Extra => names.extra,
        _ => true,
    });
    let services = services.map(|service| (CostOf::Service(service), service.name()));
    let providers = names.providers.iter().enumerate();
    let providers = providers.map(|(index, name)| (CostOf::Provider(index), name.as_str()));
    whole.into_iter().chain(services).chain(providers)
}

/// All together, then each by itself, with their names in paths.
pub(super) fn all_and_each(names: &[String]) -> impl Iterator<Item = (Of, &str)> {
    let each = names.iter().enumerate();
    let each = each.map(|(index, name)| (Of::One(index), name.as_str()));
    std::iter::once((Of::All, "all")).chain(each)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_follow_the_grammar_and_are_unique() {
        let names = Names {
            providers: vec!["ec2".into()],
            tasks: vec!["jobs".into()],
            services: vec!["web".into()],
            loads: vec![0],
            queues: vec!["jobs".into()],
            starts: true,
            throttles: true,
            overlaps: true,
            faults: true,
            managed: true,
            load_balancers: true,
            deployments: vec!["v2".into()],
            credits: true,
            alarms: true,
            extra: true,
        };
        let figures = all(&names);
        let mut paths: Vec<&str> = figures.iter().map(|f| f.path.as_str()).collect();
        for wanted in [
            "cost.total.perMonth",
            "cost.idle",
            "cost.extra.perMonth",
            "capacity.ec2.cpu.reserved",
            "tasks.jobs.wait.p95",
            "tasks.jobs.arrived.count",
            "tasks.all.waited.share",
            "tasks.jobs.running.mean",
            "tasks.jobs.lost.hours",
            "capacity.ec2.instances.launched.count",
            "service.all.available.share",
            "service.web.healthyStart.p95",
            "start.ec2Cached.pull.mean",
            "capacity.all.available.share",
            "service.all.detect.max",
            "service.web.replace.mean",
            "service.all.requests.served.share",
            "queue.jobs.messages.processed.share",
            "queue.all.wait.p95",
            "cost.SQS.perMonth",
            "faults.costPerMonth",
            "deployment.v2.extraTasks.max",
            "deployments.costPerMonth",
        ] {
            assert!(paths.contains(&wanted), "{wanted}");
        }
        let count = paths.len();
        paths.sort_unstable();
        paths.dedup();
        assert_eq!(paths.len(), count);
    }

    #[test]
    fn a_plan_without_services_or_faults_has_no_figures_of_them() {
        let figures = all(&Names::default());
        let is_new = |measure| {
            matches!(
                measure,
                Measure::Service(..) | Measure::Start(..) | Measure::Faults(_)
            )
        };
        assert!(figures.iter().all(|figure| !is_new(figure.measure)));
    }

    #[test]
    fn the_paths_of_pooled_figures_end_in_pooled() {
        for figure in TaskFigure::ALL {
            let definition = figure.definition();
            assert_eq!(definition.pooled, definition.suffix.ends_with(".pooled"));
        }
        for figure in LoadFigure::ALL {
            let definition = figure.definition();
            assert_eq!(definition.pooled, definition.suffix.ends_with(".pooled"));
        }
    }
}
