//! Reads `deploymentConfiguration`: percentages, circuit breaker and alarms (facts/ecs.md 108, 193,
//! 208 to 215).

use super::alarms::AlarmNames;
use super::strategy;
pub use super::strategy::check_targets;
use crate::plan::check::rules;
use crate::plan::{
    CircuitBreaker, DeploymentAlarms, DeploymentConfiguration, DeploymentRules, Scheduling,
    Threshold,
};
use crate::scenario::keys::deployments::{
    DEPLOYMENT_ALARMS, DEPLOYMENT_CIRCUIT_BREAKER, DEPLOYMENT_CONFIGURATION,
    THRESHOLD_CONFIGURATION,
};
use crate::scenario::reading::reader::{Cursor, Record};
use crate::units::Span;

/// The rules of a service without a `deploymentConfiguration` (facts/ecs.md 108, 193).
pub fn presets(scheduling: Option<Scheduling>) -> DeploymentRules {
    let percentages = match scheduling {
        Some(Scheduling::Daemon) => DeploymentConfiguration {
            minimum_healthy_percent: 0,
            maximum_percent: 100,
        },
        _ => DeploymentConfiguration::default(),
    };
    DeploymentRules {
        percentages,
        ..DeploymentRules::default()
    }
}

/// Reads a `deploymentConfiguration`.
pub fn read(
    at: &Cursor<'_>,
    scheduling: Option<Scheduling>,
    alarms: &AlarmNames,
) -> Option<DeploymentRules> {
    let record = at.record(&DEPLOYMENT_CONFIGURATION)?;
    let percentages = percentages(&record, scheduling);
    let circuit_breaker = match record.get("deploymentCircuitBreaker") {
        Some(at) => circuit_breaker(&at),
        None => Some(None),
    };
    let shift = strategy::read(&record, scheduling, alarms.bake_time);
    let alarms = alarms_of(&record, alarms);
    Some(DeploymentRules {
        shift: shift?,
        percentages: percentages?,
        circuit_breaker: circuit_breaker?,
        alarms: alarms?,
    })
}

/// Reads `minimumHealthyPercent` and `maximumPercent` (facts/ecs.md 108, 193).
fn percentages(
    record: &Record<'_>,
    scheduling: Option<Scheduling>,
) -> Option<DeploymentConfiguration> {
    let presets = presets(scheduling).percentages;
    let low = match record.get("minimumHealthyPercent") {
        Some(at) => at.integer(0, 100).map(|n| n as u32),
        None => Some(presets.minimum_healthy_percent),
    };
    let high = match record.get("maximumPercent") {
        Some(at) => at.integer(100, 10_000).map(|n| n as u32),
        None => Some(presets.maximum_percent),
    };
    let (low, high) = (low?, high?);
    let is_daemon = scheduling == Some(Scheduling::Daemon);
    if let Some(flaw) = rules::percentages(is_daemon, low, high) {
        record.flaw(flaw);
    }
    Some(DeploymentConfiguration {
        minimum_healthy_percent: low,
        maximum_percent: high,
    })
}

/// A value of `true` or `false`; its default where it is absent.
fn flag(record: &Record<'_>, key: &'static str) -> Option<bool> {
    match record.get(key) {
        Some(at) => at.boolean(),
        None => Some(record.preset(key)? == "true"),
    }
}

/// Reads a circuit breaker; `Some(None)` when it is not enabled (facts/ecs.md 208).
fn circuit_breaker(at: &Cursor<'_>) -> Option<Option<CircuitBreaker>> {
    let record = at.record(&DEPLOYMENT_CIRCUIT_BREAKER)?;
    let (enable, rollback) = (flag(&record, "enable"), flag(&record, "rollback"));
    let reset_on_healthy_task = flag(&record, "resetOnHealthyTask");
    let threshold = match record.get("thresholdConfiguration") {
        Some(at) => threshold(&at),
        None => Some(CircuitBreaker::default().threshold),
    };
    let breaker = CircuitBreaker {
        rollback: rollback?,
        reset_on_healthy_task: reset_on_healthy_task?,
        threshold: threshold?,
    };
    Some(enable?.then_some(breaker))
}

fn threshold(at: &Cursor<'_>) -> Option<Threshold> {
    let record = at.record(&THRESHOLD_CONFIGURATION)?;
    let make: Option<fn(u32) -> Threshold> = match record.get("type") {
        Some(at) => at.choice(&[
            (
                "BOUNDED_PERCENT",
                Threshold::BoundedPercent as fn(u32) -> Threshold,
            ),
            ("UNBOUNDED_PERCENT", Threshold::UnboundedPercent),
            ("COUNT", Threshold::Count),
        ]),
        None => Some(Threshold::BoundedPercent),
    };
    let value = match record.get("value") {
        Some(at) => at.integer(1, 10_000)?,
        None => record.preset("value")?.parse().ok()?,
    };
    Some(make?(value as u32))
}

/// Reads `alarms` and `bakeTimeInMinutes`; `Some(None)` when no alarms are enabled (facts/ecs.md
/// 214, 215).
fn alarms_of(record: &Record<'_>, known: &AlarmNames) -> Option<Option<DeploymentAlarms>> {
    let bake = record.get("bakeTimeInMinutes");
    let bake_time = match &bake {
        Some(at) => Span::seconds(60 * at.integer(0, 1_440)?),
        None => known.bake_time,
    };
    let Some(at) = record.get("alarms") else {
        return Some(None);
    };
    let record = at.record(&DEPLOYMENT_ALARMS)?;
    let (enable, rollback) = (flag(&record, "enable")?, flag(&record, "rollback")?);
    if !enable {
        return Some(None);
    }
    let Some(names) = record.get("alarmNames") else {
        at.problem("`alarms` names no alarm")
            .hint("give `alarmNames`, the names of `alarms` of the scenario")
            .report();
        return None;
    };
    let names = names.list();
    let alarms: Vec<usize> = names.iter().filter_map(|at| known.index(at)).collect();
    let made = DeploymentAlarms {
        rollback,
        bake_time,
        alarms,
    };
    Some((!made.alarms.is_empty()).then_some(made))
}
