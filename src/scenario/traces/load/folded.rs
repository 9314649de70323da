//! A recorded load that was folded into buckets while it was read.

/// The most times at which the rate of a trace may change.
pub const MOST_BUCKETS: u64 = 10_000_000;

/// A recorded load with times of its own, before it is laid onto the run.
pub struct Folded {
    /// The time at which the first bucket begins, in µs: since 1970, or since the start of the trace.
    pub begins: i128,
    /// The length of a bucket in µs.
    pub bucket: u64,
    /// The length of the last bucket in µs.
    pub last: u64,
    /// The rates of the buckets.
    pub rates: Vec<f64>,
}
