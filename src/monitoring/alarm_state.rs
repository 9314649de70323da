//! The states of an alarm.

/// The state of an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlarmState {
    /// Fewer than m of the last n datapoints breach.
    Ok,
    /// At least m of the last n datapoints breach.
    Alarm,
    /// No datapoint in any of the last n periods (facts/ecs.md 180).
    InsufficientData,
}
