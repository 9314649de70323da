//! Reads `predictiveScaling`.

use super::scaling_target::target;
use crate::plan::{PredictiveMetric, PredictiveScaling};
use crate::scenario::keys::predictive_scaling::PREDICTIVE_SCALING;
use crate::scenario::reading::reader::{Cursor, Record};
use crate::units::Span;

/// Reads a predictive scaling policy.
pub fn policy(at: &Cursor<'_>) -> Option<PredictiveScaling> {
    let record = at.record(&PREDICTIVE_SCALING)?;
    let metric = record
        .get("metric")
        .and_then(|at| at.choice(&PredictiveMetric::ALL.map(|metric| (metric.name(), metric))));
    let target = record.get("targetValue").and_then(|at| {
        target(
            &at,
            metric.unwrap_or(PredictiveMetric::CpuUtilization).kept(),
        )
    });
    let scales = match record.get("mode") {
        Some(at) => at.choice(&[("ForecastOnly", false), ("ForecastAndScale", true)]),
        None => Some(false),
    };
    let buffer = match record.get("schedulingBufferTime") {
        Some(at) => at.integer(0, 3_600),
        None => Some(300),
    };
    let max_capacity_buffer = max_capacity_buffer(&record);
    let metric = metric?;
    let name = match record.get("policyName") {
        Some(at) => at.text()?.to_string(),
        None => metric.name().to_string(),
    };
    Some(PredictiveScaling {
        name,
        metric,
        target: target?,
        scales: scales?,
        buffer_time: Span::seconds(buffer?),
        max_capacity_buffer: max_capacity_buffer?,
    })
}

/// The buffer in per cent with `IncreaseMaxCapacity`; `Some(None)` without.
fn max_capacity_buffer(record: &Record<'_>) -> Option<Option<u32>> {
    let increases = match record.get("maxCapacityBreachBehavior") {
        Some(at) => at.choice(&[("HonorMaxCapacity", false), ("IncreaseMaxCapacity", true)])?,
        None => false,
    };
    let Some(at) = record.get("maxCapacityBuffer") else {
        return Some(increases.then_some(0));
    };
    let buffer = at.integer(0, 100)? as u32;
    if buffer > 0 && !increases {
        at.problem("`maxCapacityBuffer` has no effect with `HonorMaxCapacity`")
            .hint("set `maxCapacityBreachBehavior: IncreaseMaxCapacity`, or remove the key")
            .report();
        return None;
    }
    Some(increases.then_some(buffer))
}
