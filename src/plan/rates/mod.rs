//! Rates of requests over time: one file per family of shapes.
//!
//! A rate is constant between two changes, and each shape says when it changes next. A shape that
//! changes without steps is taken as constant for each minute of the run.

mod calendar;
mod chance;
mod crowd;
mod growth;
mod holidays;
mod moment;
mod ramp;
mod shape;
mod sum;
mod trace;

pub use calendar::{DailyShape, WeeklyShape};
pub use chance::{MarkovModulated, MarkovState, RandomWalk};
pub use crowd::{FlashCrowd, Occurring};
pub use growth::Growth;
pub use holidays::{Dates, Holidays};
pub use moment::Moment;
pub use ramp::Ramp;
pub use shape::{LoadShape, OnHoliday};
pub use sum::{random_shapes, sum_at, sum_constant_until, sum_highest};
pub use trace::LoadTrace;
