//! When something happens again and again: `cron(…)`, `rate(…)` and `at(…)`, as EventBridge
//! Scheduler reads them (its user guide, "Schedule types"; a resolution of one minute).
//!
//! `cron` and `at` are local times of a time zone. Where clocks are changed, as AWS does:
//! - a local time that does not exist is passed over;
//! - one that occurs twice counts once, the first time. So `cron(0 * * * ? *)` is silent
//!   during the hour that is repeated.
//!
//! `rate` is plain elapsed time from a start, and a day of it is always 24 hours.

mod cron;
mod error;
mod expression;
mod field;
mod local_time;
#[cfg(test)]
mod tests;

pub use error::ScheduleError;
pub use expression::Schedule;
