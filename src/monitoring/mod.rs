//! CloudWatch as the loops of the model see it: alarms over datapoints. Part of the model,
//! not of the report, which sees the truth.
//!
//! No events: the simulation measures at the ends of periods and feeds the alarms, later
//! where a metric is seen late.

mod alarm;

pub use alarm::{Alarm, AlarmState, Comparison};
