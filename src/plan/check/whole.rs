//! The check of a whole plan and of a whole study.

use super::at::At;
use super::{
    actions, calls, capacity, containers, deployments, faults, queues, rules, targets, work,
};
use crate::plan::problem::{Problem, Problems};
use crate::plan::{Cluster, ExtraLine, Interruptions, Plan, Study, Until};
use crate::units::{Span, Usd};
use std::cell::RefCell;
use std::collections::BTreeSet;

impl Plan {
    /// Checks the plan. A plan without problems can be run with any seed.
    ///
    /// # Errors
    /// All problems that were found.
    pub fn check(&self) -> Result<(), Problems> {
        let found = RefCell::default();
        check(self, &At::root(&found));
        settled(found)
    }
}

impl Study {
    /// Checks the plans of all variants. With several variants the paths
    /// begin with `variants` and the variant's name.
    ///
    /// # Errors
    /// All problems that were found; also when two variants have the same name, and when there is
    /// no variant.
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

/// Runs all checks. A check that needs an index which is out of range is left out.
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
    actions::check(plan, &at.key("actions"));
    deployments::alarms(plan, &at.key("alarms"));
    deployments::check(plan, &at.key("deployments"));
    work::names(plan, at);
    targets::groups(plan, at);
    calls::check(plan, &at.key("serviceCalls"));
    queues::queues(plan, at);
    for entry in &plan.tasks {
        let at = at.key("tasks").key(&entry.name);
        work::entry(plan, entry, &at, has_sound_cluster);
    }
    for service in &plan.services {
        let at = at.key("services").key(&service.name);
        work::service(plan, service, &at, has_sound_cluster);
        deployments::rules_of(plan, service, &service.deployment, &at);
        deployments::revisions(plan, service, &at, has_sound_cluster);
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
    if plan.prices.month_hours == Some(0) {
        at.key("costs")
            .key("perMonthHours")
            .expected("0 hours", "at least 1");
    }
    for (index, line) in plan.prices.extra.iter().enumerate() {
        let at = at.key("costs").key("extra");
        if !ExtraLine::is_name(&line.name) {
            at.item(index).key("name").expected(
                "this cannot be the name of a line on the bill",
                ExtraLine::NAMES,
            );
        }
        if line.per_month < Usd::ZERO {
            at.item(index).key("perMonth").problem("this is negative");
        }
        let mut before = plan.prices.extra[..index].iter();
        if before.any(|other| other.name == line.name) {
            at.problem(format!("there are two entries named `{}`", line.name));
        }
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
    for (key, interruptions) in [
        ("interruptions", plan.spot.interruptions),
        ("fargateInterruptions", plan.spot.fargate_interruptions),
    ] {
        let (key, number, most) = match interruptions {
            Interruptions::Bands => continue,
            Interruptions::PerMonth(chance) => (at.key(key).key("perMonth"), chance, 0.999_999_999),
            Interruptions::PerHour(rate) => {
                (at.key(key).key("rate"), rate, Interruptions::MOST_PER_HOUR)
            }
        };
        if !(0.0..=most).contains(&number) {
            key.problem(format!("{number} is not a number from 0 to {most}"));
        }
    }
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
