//! Schedule expressions of EventBridge Scheduler: `cron(…)`, `rate(…)` and `at(…)` (its user guide,
//! "Schedule types"), with a resolution of one minute.
//!
//! `cron` and `at` are local times of a time zone. At a change of clocks, as on AWS:
//! - a local time that does not exist is skipped;
//! - a local time that occurs twice counts once, the first time. So `cron(0 * * * ? *)` has no
//!   instants in the repeated hour.
//!
//! `rate` counts elapsed time from a start; a day is always 24 hours.

mod cron;
mod error;
mod expression;
mod field;
mod local_time;
#[cfg(test)]
mod tests;

pub use error::ScheduleError;
pub use expression::Schedule;
