//! Everything that can be reported, in one registry: path, unit, which direction is better,
//! one line of doc. `summary.json`, the headers of `runs.csv`, `expect`, the comparison and
//! the generated reference all read it; a new figure is one entry in `table`.
//!
//! A path is `kind.name.figure[.statistic]`: `cost.total.perMonth`,
//! `capacity.on-demand.cpu.reserved`, `tasks.nightly-reports.wait.p95`,
//! `service.web.available.share`. `all` stands for every provider, entry or service together. Without a suffix a figure is the mean over seeds
//! of one value per run; with `.pooled` a quantile is taken over all seeds' tasks together.

mod services;
mod table;

pub use services::{SERVICE, START, START_KINDS};
pub use table::{CAPACITY, COST, FAULTS, RUN, TASKS};

use crate::usage::Service;

/// What kind of thing a figure is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Money: the name is `total`, `idle`, a provider or a service such as `EC2`.
    Cost,
    /// Capacity: the name is a provider, or `all`.
    Capacity,
    /// Standalone work: the name is an entry of `tasks`, or `all`.
    Tasks,
    /// Services: the name is a service, or `all`; none in a plan without services.
    Service,
    /// Where the seconds of starts went: the name is one of [`START_KINDS`]; none in a plan
    /// whose starts have no steps.
    Start,
    /// What the plan's faults cost: no name; none in a plan without faults.
    Faults,
    /// The run itself: no name.
    Run,
}

/// The unit of a figure's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// US dollars.
    Usd,
    /// Seconds.
    Seconds,
    /// Seconds squared.
    SecondsSquared,
    /// A number of things.
    Count,
    /// A fraction of one.
    Share,
    /// vCPUs.
    Vcpu,
    /// GiB.
    Gib,
    /// vCPU-hours.
    VcpuHours,
    /// GiB-hours.
    GibHours,
    /// Devices.
    Gpus,
    /// Device-hours.
    GpuHours,
    /// Hours.
    Hours,
}

/// Which direction is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// Less is better.
    Lower,
    /// More is better.
    Higher,
    /// Neither.
    Neither,
}

/// One row of the registry.
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    /// What follows the name: `perMonth`, `cpu.reserved`, `wait.p95`; may be empty.
    pub suffix: &'static str,
    /// The unit of its value.
    pub unit: Unit,
    /// Which direction is better.
    pub better: Better,
    /// True when the value is taken over all seeds' tasks together, not per run.
    pub pooled: bool,
    /// One line of doc.
    pub doc: &'static str,
}

/// The names that occur in a plan and can stand in a path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Capacity providers.
    pub providers: Vec<String>,
    /// Entries of `tasks`.
    pub tasks: Vec<String>,
    /// Services.
    pub services: Vec<String>,
    /// True when starts have steps that take time.
    pub starts: bool,
    /// True when faults are planned.
    pub faults: bool,
}

/// A figure of a plan: a path and what is known about it.
#[derive(Clone, Debug)]
pub struct Figure {
    /// The whole path.
    pub path: String,
    /// What kind of thing it is about.
    pub kind: Kind,
    /// The name within its kind, as in the path; empty for [`Kind::Faults`] and
    /// [`Kind::Run`].
    pub name: String,
    /// What is known about it.
    pub definition: &'static Definition,
}

/// Services that a bill is split into, as names of [`Kind::Cost`] figures.
pub const COST_SERVICES: [&str; Service::ALL.len()] = Service::NAMES;

impl Unit {
    /// The unit as reports print it: `USD`, `s`, `vCPU`.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Usd => "USD",
            Self::Seconds => "s",
            Self::SecondsSquared => "s²",
            Self::Count => "1",
            Self::Share => "share",
            Self::Vcpu => "vCPU",
            Self::Gib => "GiB",
            Self::VcpuHours => "vCPU-h",
            Self::GibHours => "GiB-h",
            Self::Gpus => "GPU",
            Self::GpuHours => "GPU-h",
            Self::Hours => "h",
        }
    }
}

/// Every figure that a plan with these names has, in the order of all reports.
pub fn all(names: &Names) -> Vec<Figure> {
    let mut figures = Vec::new();
    let mut add = |kind: Kind, prefix: &str, name: &str, table: &'static [Definition]| {
        for definition in table {
            let mut path = String::from(prefix);
            for part in [name, definition.suffix] {
                if !part.is_empty() {
                    path.push('.');
                    path.push_str(part);
                }
            }
            figures.push(Figure {
                path,
                kind,
                name: name.to_string(),
                definition,
            });
        }
    };
    let total = ["total".to_string(), "idle".to_string()];
    let services = COST_SERVICES.map(String::from);
    for name in total.iter().chain(&services).chain(&names.providers) {
        add(Kind::Cost, "cost", name, COST);
    }
    let everything = ["all".to_string()];
    for name in everything.iter().chain(&names.providers) {
        add(Kind::Capacity, "capacity", name, CAPACITY);
    }
    for name in everything.iter().chain(&names.tasks) {
        add(Kind::Tasks, "tasks", name, TASKS);
    }
    if !names.services.is_empty() {
        for name in everything.iter().chain(&names.services) {
            add(Kind::Service, "service", name, SERVICE);
        }
    }
    if names.starts {
        for name in START_KINDS {
            add(Kind::Start, "start", name, START);
        }
    }
    if names.faults {
        add(Kind::Faults, "faults", "", FAULTS);
    }
    add(Kind::Run, "run", "", RUN);
    figures
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
        let is_new = |kind| matches!(kind, Kind::Service | Kind::Start | Kind::Faults);
        assert!(figures.iter().all(|figure| !is_new(figure.kind)));
    }
}
