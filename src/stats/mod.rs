//! Statistics over runs: means with intervals, and paired comparison.
//!
//! A run is one observation: tasks within a run are correlated and never taken for
//! independent. Sums go in the order given, the order of seeds, so that the same runs give
//! the same bits on any number of threads. Plain numbers in, plain numbers out.

mod confidence;
mod intervals;
mod paired;
mod quantiles;

pub use confidence::Confidence;
pub use intervals::{Estimate, estimate, estimate_at, mean, variance};
pub use paired::{Difference, paired};
pub use quantiles::student_t;
