//! Everything that can be reported. A figure is a value of the enum [`Measure`]; its name is its
//! path. The tables in `table` and `services` give the end of the path, the unit, the direction
//! that is better and one line of documentation. `summary.json`, the headers of `runs.csv`,
//! `expect` and the comparison all read them. A new figure is one row there, and the compiler
//! asks for the arm where its value is computed.
//!
//! A path is `kind.name.figure[.statistic]`: `cost.total.perMonth`,
//! `capacity.on-demand.cpu.reserved`, `tasks.nightly-reports.wait.p95`,
//! `service.web.available.share`. `all` stands for every provider, entry or service together.
//! Without `.pooled` a figure is the mean over seeds of one value per run; with it a quantile is
//! taken over all seeds' tasks together.

mod definition;
mod names;
mod services;
mod table;

pub use definition::{Better, Definition, Unit};
pub use names::Names;
pub use services::{ServiceFigure, StartFigure};
pub use table::{CapacityFigure, CostFigure, FaultFigure, RunFigure, TaskFigure};

use crate::usage::Service;
use serde::{Deserialize, Serialize};

/// A figure of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// The whole path, which no other figure of the plan has.
    pub path: String,
    /// The name within its kind, as in the path; empty for [`Measure::Faults`] and
    /// [`Measure::Run`].
    pub name: String,
    /// What it measures.
    pub measure: Measure,
}

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

impl Figure {
    fn new(measure: Measure, name: &str) -> Self {
        let parts = [measure.kind(), name, measure.definition().suffix];
        let parts = parts.into_iter().filter(|part| !part.is_empty());
        Self {
            path: parts.collect::<Vec<_>>().join("."),
            name: name.into(),
            measure,
        }
    }

    /// What is known about it.
    pub const fn definition(&self) -> &'static Definition {
        self.measure.definition()
    }
}

/// Every figure that a plan with these names has, in the order of all reports.
pub fn all(names: &Names) -> Vec<Figure> {
    let mut figures = Vec::new();
    let mut add = |name: &str, measures: &mut dyn Iterator<Item = Measure>| {
        figures.extend(measures.map(|measure| Figure::new(measure, name)));
    };
    for (of, name) in costs(names) {
        add(
            name,
            &mut CostFigure::ALL.iter().map(|f| Measure::Cost(of, *f)),
        );
    }
    for (of, name) in all_and_each(&names.providers) {
        let all = CapacityFigure::ALL.iter();
        add(name, &mut all.map(|f| Measure::Capacity(of, *f)));
    }
    for (of, name) in all_and_each(&names.tasks) {
        add(
            name,
            &mut TaskFigure::ALL.iter().map(|f| Measure::Tasks(of, *f)),
        );
    }
    if !names.services.is_empty() {
        for (of, name) in all_and_each(&names.services) {
            let all = ServiceFigure::ALL.iter();
            add(name, &mut all.map(|f| Measure::Service(of, *f)));
        }
    }
    if names.starts {
        for kind in StartKind::ALL {
            let all = StartFigure::ALL.iter();
            add(kind.name(), &mut all.map(|f| Measure::Start(kind, *f)));
        }
    }
    if names.faults {
        add(
            "",
            &mut FaultFigure::ALL.iter().map(|f| Measure::Faults(*f)),
        );
    }
    add("", &mut RunFigure::ALL.iter().map(|f| Measure::Run(*f)));
    figures
}

/// What costs are told of, with the names in paths.
fn costs(names: &Names) -> impl Iterator<Item = (CostOf, &str)> {
    let whole = [(CostOf::Total, "total"), (CostOf::Idle, "idle")];
    let services = Service::ALL.map(|service| (CostOf::Service(service), service.name()));
    let providers = names.providers.iter().enumerate();
    let providers = providers.map(|(index, name)| (CostOf::Provider(index), name.as_str()));
    whole.into_iter().chain(services).chain(providers)
}

/// All together, then each by itself, with the names in paths.
fn all_and_each(names: &[String]) -> impl Iterator<Item = (Of, &str)> {
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
            starts: true,
            faults: true,
        };
        let figures = all(&names);
        let mut paths: Vec<&str> = figures.iter().map(|f| f.path.as_str()).collect();
        for wanted in [
            "cost.total.perMonth",
            "cost.idle",
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
            "faults.costPerMonth",
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
    fn the_figures_of_several_seeds_together_say_so_in_their_paths() {
        for figure in TaskFigure::ALL {
            let definition = figure.definition();
            assert_eq!(definition.pooled, definition.suffix.ends_with(".pooled"));
        }
    }
}
