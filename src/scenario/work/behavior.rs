//! Reads `behavior`: run times, failures, health and memory use of containers.

use crate::engine::random::Distribution;
use crate::plan::{Container, ProbeFailure};
use crate::scenario::keys::behavior::{BEHAVIOR, TASK_BEHAVIOR};
use crate::scenario::laws::law;
use crate::scenario::laws::quantity::Quantity;
use crate::scenario::reading::reader::{Cursor, Record, ticked};
use std::collections::BTreeSet;

use crate::units::{Cpu, Rate, Ratio};

/// The largest rate of crashes, per hour. A rate above one per second is most likely a wrong unit,
/// and its events would slow a run down.
const MOST_PER_HOUR: f64 = 3_600.0;

/// Reads a `behavior` and lays it over that of the containers: keys that are absent keep their
/// values.
pub fn lay<'c>(at: &Cursor<'_>, containers: impl Iterator<Item = &'c mut Container>) {
    let Some(record) = at.record(&TASK_BEHAVIOR) else {
        return;
    };
    let mut containers: Vec<&mut Container> = containers.collect();
    let Some(by_name) = record.get("containers") else {
        if record.present().is_empty() {
            return;
        }
        match containers.as_mut_slice() {
            [only] => lay_keys(&record, only),
            several => {
                let names = ticked(several.iter().map(|c| c.name.as_str()));
                at.problem("this task has several containers: `behavior` must name each")
                    .hint(format!(
                        "write `behavior: {{ containers: {{ NAME: {{ … }} }} }}`; containers: {names}"
                    ))
                    .report();
            }
        }
        return;
    };
    if record.present().len() > 1 {
        at.problem("`containers` excludes the other keys of `behavior`")
            .hint("move them below the name of a container")
            .report();
    }
    for (name, inner) in by_name.names() {
        match containers.iter_mut().find(|c| c.name == name) {
            Some(container) => {
                if let Some(record) = inner.record(&BEHAVIOR) {
                    lay_keys(&record, container);
                }
            }
            None => inner
                .problem(format!("there is no container `{name}` in this task"))
                .among(name, containers.iter().map(|c| c.name.as_str()))
                .report(),
        }
    }
}

/// Sets the keys of a container's behavior that the record has.
fn lay_keys(record: &Record<'_>, container: &mut Container) {
    let behavior = &mut container.behavior;
    let law = |key, quantity| record.get(key).and_then(|at| law::read(&at, quantity));
    let lay = |key, field: &mut Distribution| {
        if let Some(law) = law(key, Quantity::Seconds) {
            *field = law;
        }
    };
    lay("timeToHealthy", &mut behavior.time_to_healthy);
    lay("memoryGrowth", &mut behavior.memory_growth);
    lay("stopTime", &mut behavior.stop_time);
    if let Some(run_time) = law("runTime", Quantity::Seconds) {
        behavior.run_time = Some(run_time);
    }
    if let Some(memory) = law("memoryUse", Quantity::Bytes) {
        behavior.memory_use = Some(memory);
    }
    if let Some(cpu) = record.get("cpuUse").and_then(|at| at.parse::<Cpu>()) {
        behavior.cpu_use = cpu;
    }
    if let Some(code) = record.get("exitCode").and_then(|at| at.integer(0, 255)) {
        behavior.exit_code = code as i32;
    }
    if let Some(crashes) = record.get("crashesPerHour").and_then(|at| per_hour(&at)) {
        behavior.crashes_per_hour = crashes;
    }
    if let Some(failures) = record.get("healthFailures").and_then(|at| rate(&at)) {
        behavior.health_failures_per_hour = failures;
    }
    let ways = [
        ("refused", ProbeFailure::Refused),
        ("hangs", ProbeFailure::Hangs),
    ];
    if let Some(way) = record.get("probeFailure").and_then(|at| at.choice(&ways)) {
        behavior.probe_failure = way;
    }
    if let Some(share) = record
        .get("startFailure")
        .and_then(|at| at.parse::<Ratio>())
    {
        behavior.start_failure = share.as_f64();
    }
    if container.health_check.is_none() {
        warn_of_health(record, container);
    }
}

/// Warns of keys about the health check in the behavior of a container without one.
fn warn_of_health(record: &Record<'_>, container: &Container) {
    let behavior = &container.behavior;
    let keys = [
        (
            "timeToHealthy",
            behavior.time_to_healthy != Distribution::Constant(0.0),
        ),
        ("healthFailures", behavior.health_failures_per_hour > 0.0),
        (
            "probeFailure",
            behavior.probe_failure == ProbeFailure::Hangs,
        ),
    ];
    for (key, has_effect) in keys {
        if let Some(at) = record.get(key).filter(|_| has_effect) {
            warn_of_no_check(&at, std::iter::once(container.name.as_str()));
        }
    }
}

/// Events per hour, read from a number per hour or from a rate with its unit.
fn per_hour(at: &Cursor<'_>) -> Option<f64> {
    if at.node.as_text().is_some_and(|text| text.contains('/')) {
        return rate(at);
    }
    bounded(at, at.number()?)
}

/// Events per hour, read from a rate.
fn rate(at: &Cursor<'_>) -> Option<f64> {
    bounded(at, at.parse::<Rate>()?.as_per_second() * 3_600.0)
}

fn bounded(at: &Cursor<'_>, per_hour: f64) -> Option<f64> {
    if per_hour <= MOST_PER_HOUR {
        return Some(per_hour);
    }
    let text = at.node.as_text().unwrap_or_default();
    at.problem(format!("a rate of `{text}` is too high"))
        .expected("at most once a second, `1/s`")
        .report();
    None
}

/// Warns that what is written at `at` has no effect, as these containers have no health check, and no
/// load balancer checks them.
pub fn warn_of_no_check<'n>(at: &Cursor<'_>, containers: impl Iterator<Item = &'n str>) {
    let names: BTreeSet<&str> = containers.collect();
    if names.iter().any(|name| at.context.is_balanced(name)) {
        return;
    }
    let have = if names.len() == 1 { "has" } else { "have" };
    if names.is_empty() {
        return;
    }
    at.problem(format!(
        "{} {have} no `healthCheck`: this has no effect",
        ticked(names)
    ))
    .hint("give a `healthCheck` in `containerDefinitions`")
    .warning()
    .report();
}
