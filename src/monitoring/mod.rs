//! CloudWatch as a part of the model: alarms over datapoints, on which managed scaling acts.
//! Reports read the state of the simulation instead.
//!
//! Alarms schedule no events. The simulation measures a metric at the end of each period and gives
//! the datapoint to its alarms, after the metric's delay.

mod alarm;
mod alarm_state;

pub use alarm::Alarm;
pub use alarm_state::AlarmState;
