//! The order of the containers of a task: each after those that it depends on.

use super::container::Container;
use super::life::{Dependency, Life};
use crate::plan::{self, Behavior, Condition, MOST_CONTAINERS};
use crate::scenario::reading::reader::{Cursor, ticked};
use std::collections::BTreeMap;

/// A container of a task definition in the order of dependencies, and the name of its image.
#[derive(Clone)]
pub struct Member {
    /// Name of the image. The image index in `container` is not set yet.
    pub image: String,
    /// The container for the plan, without its behavior.
    pub container: plan::Container,
}

/// The containers in an order in which each comes after those that it depends on. Of several that
/// can be next, the first in the file is. `None` when a dependency has problems, which are
/// reported.
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

/// The indices of the containers that container `own` depends on, in the order of `dependsOn`.
/// Reports dependencies that ECS refuses (facts/ecs.md 19).
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
                at.problem(format!("`{name}` cannot depend on itself"))
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
                        "`{name}` is essential: the task stops when it exits, so that no dependent container can start"
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

/// Reports a cycle of dependencies among the containers that are not in `order` yet. The message
/// begins with the container of the cycle that is first in the file.
fn report_cycle(lives: &[&Life<'_>], waits_for: &[Vec<usize>], order: &[usize]) {
    let open = |own: usize| {
        let mut others = waits_for[own].iter();
        others.find(|other| !order.contains(other)).copied()
    };
    let mut path: Vec<usize> = Vec::new();
    let mut own = (0..lives.len()).find(|own| !order.contains(own));
    // Each container outside of `order` depends on another one outside of it: following these
    // dependencies must reach a container for the second time.
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

/// Warns of containers that others wait for to exit (COMPLETE or SUCCESS) and that have no run
/// time.
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
            "containers wait for the exit of {}, which has no `runTime` and does not exit by itself",
            ticked(endless)
        ))
        .hint("give it a `runTime` under `behavior`")
        .warning()
        .report();
    }
}
