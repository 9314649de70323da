//! Reading the life of containers: what each waits for, its timeouts, health check and
//! restarts; and the order in which they start. What a container reserves is read in
//! [`super::container`], what it does in [`super::behavior`].

use super::container::{Container, MOST_CONTAINERS};
use crate::plan::{self, Behavior, Condition, HealthCheck, RestartPolicy};
use crate::scenario::keys::work::{DEPENDENCY, HEALTH_CHECK, MOST_SECONDS, RESTART_POLICY};
use crate::scenario::reading::reader::{Cursor, Record, ticked};
use crate::units::Span;
use std::collections::BTreeMap;

/// From SIGTERM to SIGKILL unless set (facts/ecs.md 23).
const STOP_TIMEOUT: Span = Span::seconds(30);

/// Exit codes of a restart policy (facts/ecs.md 24).
const MOST_EXIT_CODES: usize = 50;

/// What one container definition says of its life.
pub struct Life<'a> {
    pub name: String,
    pub image: String,
    pub depends_on: Vec<Dependency<'a>>,
    pub start_timeout: Option<Span>,
    pub stop_timeout: Span,
    /// Where the stop timeout was written.
    pub stop_timeout_at: Option<Cursor<'a>>,
    pub health_check: Option<HealthCheck>,
    pub restart: Option<RestartPolicy>,
}

/// An item of `dependsOn`.
pub struct Dependency<'a> {
    at: Cursor<'a>,
    name: String,
    condition: Condition,
}

/// A container of a task definition, in its place of the order, with the name of its image.
#[derive(Clone)]
pub struct Member {
    /// The image's name; the index in `container` is not set yet.
    pub image: String,
    /// For the plan.
    pub container: plan::Container,
}

/// Reads the life of a container; `None` when its name or image is missing.
pub fn read<'a>(record: &Record<'a>) -> Option<Life<'a>> {
    let stop_timeout_at = record.get("stopTimeout");
    let stop_timeout = stop_timeout_at.as_ref().and_then(seconds);
    Some(Life {
        depends_on: dependencies(record),
        start_timeout: record.get("startTimeout").as_ref().and_then(seconds),
        stop_timeout: stop_timeout.unwrap_or(STOP_TIMEOUT),
        stop_timeout_at,
        health_check: record.get("healthCheck").and_then(|at| health_check(&at)),
        restart: record
            .get("restartPolicy")
            .and_then(|at| restart_policy(&at)),
        name: record.text("name")?.to_string(),
        image: record.text("image")?.to_string(),
    })
}

/// Whole seconds, at least one.
fn seconds(at: &Cursor<'_>) -> Option<Span> {
    at.integer(1, MOST_SECONDS).map(Span::seconds)
}

fn dependencies<'a>(record: &Record<'a>) -> Vec<Dependency<'a>> {
    let items = record.get("dependsOn").map(|at| at.list());
    items
        .unwrap_or_default()
        .into_iter()
        .filter_map(|at| {
            let record = at.record(&DEPENDENCY)?;
            let name = record.text("containerName");
            let condition = record.get("condition").and_then(|at| {
                at.choice(&[
                    ("START", Condition::Start),
                    ("COMPLETE", Condition::Complete),
                    ("SUCCESS", Condition::Success),
                    ("HEALTHY", Condition::Healthy),
                ])
            });
            Some(Dependency {
                name: name?.to_string(),
                condition: condition?,
                at,
            })
        })
        .collect()
}

/// A health check, with AWS's defaults (facts/ecs.md 16).
fn health_check(at: &Cursor<'_>) -> Option<HealthCheck> {
    let record = at.record(&HEALTH_CHECK)?;
    let number = |key, low, high| match record.get(key) {
        Some(at) => at.integer(low, high),
        None => record.preset(key)?.parse().ok(),
    };
    if let Some(command) = record.get("command") {
        let mark = at.context.mark();
        let words = command.list().iter().filter_map(Cursor::text).count();
        if words == 0 && at.context.mark() == mark {
            command.problem("a health check needs a command").report();
        }
    }
    let interval = number("interval", 5, 300).map(Span::seconds);
    let timeout = number("timeout", 2, 60).map(Span::seconds);
    let retries = number("retries", 1, 10);
    let start_period = number("startPeriod", 0, 300).map(Span::seconds);
    Some(HealthCheck {
        interval: interval?,
        timeout: timeout?,
        retries: retries? as u32,
        start_period: start_period?,
    })
}

/// A restart policy; `None` also when it is not enabled (facts/ecs.md 24).
fn restart_policy(at: &Cursor<'_>) -> Option<RestartPolicy> {
    let record = at.record(&RESTART_POLICY)?;
    let is_enabled = record.get("enabled").and_then(|at| at.boolean());
    let mut ignored_exit_codes = Vec::new();
    if let Some(at) = record.get("ignoredExitCodes") {
        let items = at.list();
        if items.len() > MOST_EXIT_CODES {
            at.problem(format!("{} exit codes are too many", items.len()))
                .expected(format!("at most {MOST_EXIT_CODES}"))
                .report();
        }
        let codes = items.iter().filter_map(|item| item.integer(0, 255));
        ignored_exit_codes.extend(codes.map(|code| code as i32));
    }
    let period = match record.get("restartAttemptPeriod") {
        Some(at) => at.integer(60, 1_800),
        None => Some(300),
    };
    let policy = RestartPolicy {
        ignored_exit_codes,
        attempt_period: Span::seconds(period?),
    };
    is_enabled?.then_some(policy)
}

/// The containers in an order in which each comes after those it depends on: the first in
/// the file that can come next. `None` when something is wrong with what they depend on.
pub fn in_order(containers: &[Container<'_>]) -> Option<Vec<Member>> {
    if containers.len() > MOST_CONTAINERS {
        return None; // Reported where they were counted.
    }
    let lives: Vec<&Life<'_>> = containers
        .iter()
        .map(|c| c.life.as_ref())
        .collect::<Option<_>>()?;
    let waits_for: Vec<_> = (0..lives.len())
        .map(|own| resolve(own, containers, &lives))
        .collect();
    let waits_for: Vec<Vec<usize>> = waits_for.into_iter().collect::<Option<_>>()?;
    let mut order: Vec<usize> = Vec::new();
    while order.len() < lives.len() {
        let is_next = |own: &usize| {
            !order.contains(own) && waits_for[*own].iter().all(|other| order.contains(other))
        };
        let Some(next) = (0..lives.len()).find(is_next) else {
            report_cycle(&lives, &waits_for, &order);
            return None;
        };
        order.push(next);
    }
    Some(members(containers, &lives, &waits_for, &order))
}

/// The indices of what a container depends on, in its order; checked (facts/ecs.md 19).
fn resolve(own: usize, containers: &[Container<'_>], lives: &[&Life<'_>]) -> Option<Vec<usize>> {
    let found: Vec<_> = lives[own]
        .depends_on
        .iter()
        .map(|dependency| {
            let Dependency { at, name, .. } = dependency;
            let other = lives.iter().position(|life| life.name == *name);
            let Some(other) = other else {
                let names = lives.iter().map(|life| life.name.as_str());
                at.problem(format!("there is no container `{name}` in this task"))
                    .among(name, names)
                    .report();
                return None;
            };
            if other == own {
                at.problem(format!("`{name}` cannot wait for itself"))
                    .hint("remove this dependency")
                    .report();
                return None;
            }
            let (essential, has_check) = (
                containers[other].essential,
                lives[other].health_check.is_some(),
            );
            match dependency.condition {
                Condition::Complete | Condition::Success if essential => {
                    at.problem(format!(
                        "`{name}` is essential: when it exits, the task ends, and nothing can start"
                    ))
                    .hint(format!(
                        "give `{name}` `essential: false`, or wait for START or HEALTHY"
                    ))
                    .report();
                    None
                }
                Condition::Healthy if !has_check => {
                    at.problem(format!("`{name}` has no health check that could pass"))
                        .hint(format!("give `{name}` a `healthCheck`, or wait for START"))
                        .report();
                    None
                }
                _ => Some(other),
            }
        })
        .collect();
    found.into_iter().collect()
}

/// Names a cycle among the containers that are not in the order, from its first in the file.
fn report_cycle(lives: &[&Life<'_>], waits_for: &[Vec<usize>], order: &[usize]) {
    let open = |own: usize| {
        let mut others = waits_for[own].iter();
        others.find(|other| !order.contains(other)).copied()
    };
    let mut path: Vec<usize> = Vec::new();
    let mut own = (0..lives.len()).find(|own| !order.contains(own));
    // Each of them waits for another of them, so that the walk comes back to itself.
    while let Some(next) = own.filter(|own| !path.contains(own)) {
        path.push(next);
        own = open(next);
    }
    let Some(met) = own.and_then(|own| path.iter().position(|step| *step == own)) else {
        return;
    };
    let mut cycle = path.split_off(met);
    let first = (0..cycle.len()).min_by_key(|at| cycle[*at]);
    cycle.rotate_left(first.unwrap_or_default());
    cycle.push(cycle[0]);
    let names = cycle.iter().map(|own| lives[*own].name.as_str());
    let names: Vec<&str> = names.collect();
    let link = lives[cycle[0]].depends_on.iter();
    let mut link = link.filter(|dependency| dependency.name == names[1]);
    if let Some(link) = link.next() {
        link.at
            .problem(format!(
                "these containers wait for each other: {}",
                names.join(" → ")
            ))
            .hint("remove one of these dependencies")
            .report();
    }
}

fn members(
    containers: &[Container<'_>],
    lives: &[&Life<'_>],
    waits_for: &[Vec<usize>],
    order: &[usize],
) -> Vec<Member> {
    let place: BTreeMap<usize, usize> = order
        .iter()
        .enumerate()
        .map(|(at, own)| (*own, at))
        .collect();
    order
        .iter()
        .map(|own| {
            let life = lives[*own];
            let conditions = life.depends_on.iter().map(|d| d.condition);
            let others = waits_for[*own].iter().map(|other| place[other]);
            Member {
                image: life.image.clone(),
                container: plan::Container {
                    name: life.name.clone(),
                    image: 0,
                    essential: containers[*own].essential,
                    depends_on: others.zip(conditions).collect(),
                    start_timeout: life.start_timeout,
                    stop_timeout: life.stop_timeout,
                    health_check: life.health_check,
                    restart: life.restart.clone(),
                    memory_limit: containers[*own].memory,
                    behavior: Behavior::default(),
                },
            }
        })
        .collect()
}

/// Warns of containers that others wait for to exit, and that never do by themselves.
pub fn warn_of_waits(at: &Cursor<'_>, containers: &[plan::Container]) {
    let mut endless: Vec<&str> = containers
        .iter()
        .flat_map(|container| &container.depends_on)
        .filter(|(_, condition)| matches!(condition, Condition::Complete | Condition::Success))
        .map(|(other, _)| &containers[*other])
        .filter(|other| other.behavior.run_time.is_none())
        .map(|other| other.name.as_str())
        .collect();
    endless.dedup();
    if !endless.is_empty() {
        at.problem(format!(
            "others wait for the end of {}, which does not end by itself",
            ticked(endless)
        ))
        .hint("give it a `runTime` under `behavior`")
        .warning()
        .report();
    }
}
