//! Statistics over runs: means with intervals, and paired comparison.
//!
//! A run is one observation: tasks within a run are correlated and never taken for
//! independent. Sums go in the order given, the order of seeds, so that the same runs give
//! the same bits on any number of threads. Plain numbers in, plain numbers out.

mod intervals;
mod paired;
mod quantiles;

pub use intervals::{Interval, estimate, mean, variance};
pub use paired::{Paired, paired};
pub use quantiles::student_t;
