//! Statistics over runs: means with intervals, and paired comparison.
//!
//! A run is one observation: the tasks of a run are correlated and are never treated as
//! independent. Sums are taken in the given order, that of seeds, so that the same runs give the
//! same bits on any number of threads. This room works on plain numbers and imports no other.

mod confidence;
mod intervals;
mod paired;
mod quantiles;

pub use confidence::Confidence;
pub use intervals::{Estimate, estimate, estimate_at, mean, variance};
pub use paired::{Difference, paired};
pub use quantiles::student_t;
