//! Reads recorded requests as a rate over time: `trace` of a load.

mod counts;
mod files;
mod keys;
mod out_of_line;
mod read;
mod row;
mod series;

pub use read::{LoadTraceRead, read};

/// The most times at which the rate of a trace may change.
const MOST_BUCKETS: u64 = 10_000_000;

/// A recorded load with times of its own, before it is laid onto the run.
struct Folded {
    /// The time at which the first bucket begins, in µs: since 1970, or since the start of the trace.
    begins: i128,
    /// The length of a bucket in µs.
    bucket: u64,
    /// The length of the last bucket in µs.
    last: u64,
    /// The rates of the buckets.
    rates: Vec<f64>,
}
