//! Whether a plan can be played: every rule that a scenario file must meet as well, for plans
//! that are built by hand.
//!
//! A problem of a plan has no line; its path is that of the key in a scenario file, with names
//! of entities and positions in lists: `tasks.reports.arrivals.at.3`. [`rules`] has what the
//! readers of files ask too, so that both say the same.

mod arrivals;
mod capacity;
mod containers;
mod faults;
mod laws;
pub mod rules;
mod work;

use super::problem::{Problem, Problems};
use super::{Capacity, Cluster, Plan, Study, Until};
use crate::units::Span;
use rules::Flaw;
use std::cell::RefCell;
use std::collections::BTreeSet;

/// No run is longer, and no listed time later: a hundred years. Usage is kept by the hour, so
/// that a longer run would fill the memory; a later time is a wrong unit.
pub const LONGEST: Span = Span::hours(100 * 365 * 24);

impl Plan {
    /// Everything that is wrong with the plan.
    ///
    /// # Errors
    /// When there is something; a plan without problems can be played with any seed.
    pub fn check(&self) -> Result<(), Problems> {
        let found = RefCell::default();
        check(self, &At::root(&found));
        settled(found)
    }
}

impl Study {
    /// Everything that is wrong with the plans of its variants. With several variants the paths
    /// begin with `variants` and the variant's name.
    ///
    /// # Errors
    /// When there is something, when two variants have one name, and when there is no variant.
    pub fn check(&self) -> Result<(), Problems> {
        let found = RefCell::default();
        let root = At::root(&found);
        if self.variants.is_empty() {
            root.key("variants")
                .problem("the list of variants is empty");
        }
        let mut names = BTreeSet::new();
        for plan in &self.variants {
            let at = match self.variants.len() {
                1 => root.clone(),
                _ => root.key("variants").key(&plan.variant),
            };
            if !names.insert(&plan.variant) {
                at.problem(format!("there are two variants `{}`", plan.variant));
            }
            check(plan, &at);
        }
        settled(found)
    }
}

fn settled(found: RefCell<Vec<Problem>>) -> Result<(), Problems> {
    let found = found.into_inner();
    if found.is_empty() {
        return Ok(());
    }
    Err(Problems(found))
}

/// A place in a plan, by the path of its key, where problems are reported.
#[derive(Clone)]
struct At<'f> {
    path: String,
    found: &'f RefCell<Vec<Problem>>,
}

impl<'f> At<'f> {
    fn root(found: &'f RefCell<Vec<Problem>>) -> Self {
        Self {
            path: String::new(),
            found,
        }
    }

    /// A key or the name of an entity below this one.
    fn key(&self, key: &str) -> Self {
        let path = match self.path.as_str() {
            "" => key.to_string(),
            path => format!("{path}.{key}"),
        };
        Self { path, ..*self }
    }

    /// An item of a list.
    fn item(&self, index: usize) -> Self {
        self.key(&index.to_string())
    }

    fn problem(&self, message: impl Into<String>) {
        self.report(Problem::error(self.path.clone(), message));
    }

    fn expected(&self, message: impl Into<String>, expected: &str) {
        self.report(Problem {
            expected: Some(expected.into()),
            ..Problem::error(self.path.clone(), message)
        });
    }

    fn hint(&self, message: impl Into<String>, hint: &str) {
        self.report(Problem {
            hint: Some(hint.into()),
            ..Problem::error(self.path.clone(), message)
        });
    }

    /// A flaw that a rule has found below this place.
    fn flaw(&self, flaw: Flaw) {
        let mut at = self.key(flaw.key);
        if let Some(index) = flaw.item {
            at = at.item(index);
        }
        self.report(Problem {
            expected: flaw.expected,
            hint: flaw.hint.map(String::from),
            ..Problem::error(at.path, flaw.message)
        });
    }

    fn report(&self, problem: Problem) {
        self.found.borrow_mut().push(problem);
    }

    /// Whether an index is within a list of this length; reports when not.
    fn index(&self, index: usize, length: usize, what: &str) -> bool {
        if index < length {
            return true;
        }
        let message = format!("there is no {what} {index}");
        match length {
            0 => self.hint(message, &format!("the plan has no {what} yet")),
            _ => self.expected(message, &format!("an index from 0 to {}", length - 1)),
        }
        false
    }
}

/// Checks everything; what rests on an index that is wrong is left out.
fn check(plan: &Plan, at: &At<'_>) {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let name = &plan.scenario;
    if !(1..=100).contains(&name.len()) || !name.chars().all(is_name) {
        at.key("name").expected(
            format!("`{name}` cannot be the name of a scenario"),
            "up to 100 letters, digits, `-` and `_`: it names the report's folder",
        );
    }
    time(plan, at);
    let clean = at.found.borrow().len();
    capacity::check(plan, &at.key("cluster"));
    spot(plan, &at.key("spot"));
    containers::images(plan, at);
    let has_sound_cluster = at.found.borrow().len() == clean;
    faults::check(plan, &at.key("faults"));
    work::names(plan, at);
    for entry in &plan.tasks {
        let at = at.key("tasks").key(&entry.name);
        work::entry(plan, entry, &at, has_sound_cluster);
    }
    for service in &plan.services {
        let at = at.key("services").key(&service.name);
        work::service(plan, service, &at, has_sound_cluster);
    }
}

/// The length of the run and its beginning.
fn time(plan: &Plan, at: &At<'_>) {
    if let Some(flaw) = rules::length(plan.until, plan.warm_up) {
        at.flaw(flaw);
    }
    if plan.start_unix_seconds.rem_euclid(3_600) != 0 {
        at.key("start").expected(
            format!("{} is not a whole hour", plan.start_unix_seconds),
            "a start at a whole hour, because usage is kept by clock hour",
        );
    }
    if plan.prices.month_hours == 0 {
        at.key("costs")
            .key("perMonthHours")
            .expected("0 hours", "at least 1");
    }
    if plan.until == Until::Drained && plan.tasks.is_empty() {
        at.hint(
            "without `tasks`, `until: drained` ends before it begins",
            "give `tasks`, or `until: 7d`",
        );
    }
}

/// Recorded pools of Spot instances.
fn spot(plan: &Plan, at: &At<'_>) {
    let Cluster {
        zones,
        instance_types,
        ..
    } = &plan.cluster;
    for (index, series) in plan.spot.series.iter().enumerate() {
        let at = at.key("series").item(index);
        at.key("availabilityZone")
            .index(series.zone, zones.len(), "zone");
        if let Some(kind) = series.instance_type {
            at.key("instanceType")
                .index(kind, instance_types.len(), "instance type");
        }
        if series.gap == Span::ZERO {
            at.problem("the records of a series are some time apart");
        }
        if series.levels.is_empty() {
            at.problem("this list is empty");
        }
    }
}

/// True when tasks of this provider need no instance.
fn is_fargate(plan: &Plan, provider: usize) -> bool {
    let provider = plan.cluster.providers.get(provider);
    provider.is_some_and(|provider| provider.capacity.is_fargate())
}

/// The instance types of a provider that it has or can have instances of.
fn types_of(capacity: &Capacity) -> Vec<usize> {
    match capacity {
        Capacity::Fleet(members) => members
            .iter()
            .filter(|member| member.count != super::Count::Fixed(0))
            .map(|member| member.instance_type)
            .collect(),
        Capacity::Group(group) if group.max_size > 0 => group.types.clone(),
        Capacity::Group(_) | Capacity::Fargate | Capacity::FargateSpot => Vec::new(),
    }
}
