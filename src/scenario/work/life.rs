//! Reads the life cycle of a container: dependencies, timeouts, health check and restart policy.
//! The resources of a container are read in [`super::container`], its run time and failures in
//! [`super::behavior`], the order of containers in [`super::order`].

use crate::plan::{Condition, HealthCheck, RestartPolicy};
use crate::scenario::keys::containers::{DEPENDENCY, HEALTH_CHECK, MOST_SECONDS, RESTART_POLICY};
use crate::scenario::reading::reader::{Cursor, Record};
use crate::units::Span;

/// The default time from SIGTERM to SIGKILL (facts/ecs.md 23).
const STOP_TIMEOUT: Span = Span::seconds(30);

/// The most exit codes of a restart policy (facts/ecs.md 24).
const MOST_EXIT_CODES: usize = 50;

/// The life cycle of one container, as its definition gives it.
pub struct Life<'a> {
    /// Name of the container.
    pub name: String,
    /// Name of its image.
    pub image: String,
    /// `dependsOn`, in the order of the file; names are not checked yet.
    pub depends_on: Vec<Dependency<'a>>,
    /// `startTimeout`; `None`: no limit.
    pub start_timeout: Option<Span>,
    /// Time from SIGTERM to SIGKILL.
    pub stop_timeout: Span,
    /// The place of `stopTimeout` if it was written.
    pub stop_timeout_at: Option<Cursor<'a>>,
    /// The health check, if there is one.
    pub health_check: Option<HealthCheck>,
    /// The restart policy; `None` also when it is not enabled.
    pub restart: Option<RestartPolicy>,
}

/// An item of `dependsOn`.
pub struct Dependency<'a> {
    /// The place of the item.
    pub at: Cursor<'a>,
    /// Name of the other container.
    pub name: String,
    /// The state that the other container must have reached.
    pub condition: Condition,
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

/// Reads a whole number of seconds, at least 1.
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

/// Reads a health check, with AWS's defaults (facts/ecs.md 16).
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

/// Reads a restart policy (facts/ecs.md 24); `None` also when it is not enabled.
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
