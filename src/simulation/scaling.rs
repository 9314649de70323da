//! What the scaling policies of a service saw and decided.

use crate::policy::services::HeldBy;
use crate::units::SimTime;
use serde::{Deserialize, Serialize};

/// What sets the desired count of a service: by its index in its list in the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ScaledBy {
    /// A target tracking policy.
    TargetTracking(u32),
    /// A step scaling policy.
    StepScaling(u32),
    /// A predictive scaling policy.
    PredictiveScaling(u32),
    /// A scheduled action.
    ScheduledAction(u32),
}

/// A change of the desired count by a policy or a scheduled action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Scaled {
    /// What decides.
    pub by: ScaledBy,
    /// The value of its metric, in millionths of its unit; of predictive scaling the load that is forecast, in
    /// millionths of a task at the target; `None`: it has no metric.
    pub metric: Option<u64>,
    /// The end of the period of that value; without a metric the time of the change.
    #[serde(rename = "measuredMicros")]
    pub measured: SimTime,
    /// The number of RUNNING tasks from which it counts.
    pub running: u32,
    /// The desired count before.
    pub from: u32,
    /// The desired count from now on.
    pub to: u32,
}

/// The alarms of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PolicyState {
    /// None is in ALARM.
    Ok,
    /// The alarm above the target, or that of a step scaling policy with a threshold from above.
    AlarmHigh,
    /// The alarm below the target, or that of a step scaling policy with a threshold from below.
    AlarmLow,
    /// INSUFFICIENT_DATA: the metric has no value (facts/ecs.md 180).
    InsufficientData,
}

/// What came of an evaluation of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PolicyOutcome {
    /// It asks for no change.
    Nothing,
    /// It sets the desired count.
    Scaled(u32),
    /// It asks for a change, and something keeps it from that.
    Held(HeldBy),
}

/// An evaluation of the alarms of one policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyLook {
    /// The policy.
    pub by: ScaledBy,
    /// Its alarms.
    pub state: PolicyState,
    /// The newest value that they see, in millionths of the unit of the metric; `None`: it has none. Of
    /// predictive scaling the load that is forecast, in millionths of a task at the target.
    pub metric: Option<u64>,
    /// The end of the period of that value; of predictive scaling the time of the evaluation.
    #[serde(rename = "measuredMicros")]
    pub measured: SimTime,
    /// RUNNING tasks.
    pub running: u32,
    /// The desired count before.
    pub desired: u32,
    /// The desired count that the policy asks for, before the bounds; `None`: no change.
    pub wanted: Option<u32>,
    /// What came of it.
    pub outcome: PolicyOutcome,
}

impl PolicyLook {
    /// True when another evaluation of the same policy found the same: the values of the metric, the counts
    /// and the ends of cooldowns may differ.
    pub fn is_like(&self, other: &Self) -> bool {
        use PolicyOutcome as O;
        let is_same = match (self.outcome, other.outcome) {
            (O::Held(one), O::Held(two)) => {
                std::mem::discriminant(&one) == std::mem::discriminant(&two)
            }
            (O::Nothing, O::Nothing) => true,
            _ => false,
        };
        is_same && (self.by, self.state) == (other.by, other.state)
    }
}
