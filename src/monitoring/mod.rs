//! CloudWatch as the loops of the model see it: metrics that are seen late, and alarms over
//! their datapoints. Part of the model, not of the report, which sees the truth.
//!
//! No events: the simulation samples at the ends of periods, asks what is visible and feeds
//! the alarms.

mod alarm;
mod metric;

pub use alarm::{Alarm, AlarmState, Comparison};
pub use metric::{Datapoint, HIGH_RESOLUTION_DELAY, Metric, PUBLICATION_DELAY};
