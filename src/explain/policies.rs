//! What the scaling policies of a service saw and decided.

use crate::simulation::PolicyLook;
use crate::units::SimTime;
use serde::Serialize;

/// Evaluations of a scaling policy in a row that found the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyRow {
    /// The time of the first.
    #[serde(rename = "timeMicros")]
    pub at: SimTime,
    /// The time of the last.
    #[serde(rename = "untilMicros")]
    pub until: SimTime,
    /// Their number.
    pub looks: u64,
    /// The least and the largest value of the metric in them, in millionths of its unit; `None`: it had
    /// none.
    pub metric: Option<[u64; 2]>,
    /// What the last of them saw and decided.
    #[serde(flatten)]
    pub look: PolicyLook,
}

/// Adds an evaluation of a policy: to the row of the one before it where both found the same.
pub(super) fn add(rows: &mut Vec<PolicyRow>, now: SimTime, look: PolicyLook) {
    let last = rows.iter_mut().rev().find(|row| row.look.by == look.by);
    let value = look.metric.map(|value| [value, value]);
    if let Some(last) = last.filter(|row| row.look.is_like(&look)) {
        last.until = now;
        last.looks += 1;
        last.look = look;
        last.metric = match (last.metric, look.metric) {
            (Some([least, most]), Some(value)) => Some([least.min(value), most.max(value)]),
            (known, _) => known.or(value),
        };
        return;
    }
    rows.push(PolicyRow {
        at: now,
        until: now,
        looks: 1,
        metric: value,
        look,
    });
}
