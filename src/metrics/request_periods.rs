//! What passed of the requests of a service in periods of metrics: parts of amounts, and response times.

use crate::simulation::{Requests, part_of};
use crate::units::SimTime;

/// The mean and the percentiles of the response times of each period, in seconds, by statistic.
pub(super) fn response_times(
    periods: impl Iterator<Item = (SimTime, Requests)>,
) -> [(&'static str, Vec<(SimTime, f64)>); 4] {
    let mut found = ["Average", "p50", "p95", "p99"].map(|statistic| (statistic, Vec::new()));
    for (at, passed) in periods {
        let times = passed.response_times().into_iter().flatten();
        for ((_, values), micros) in found.iter_mut().zip(times) {
            values.push((at, micros as f64 / 1e6));
        }
    }
    found
}

/// The numbers of requests of each period that has some: CloudWatch has no counts of zero.
pub(super) fn counts(
    periods: impl Iterator<Item = (SimTime, Requests)>,
    of: fn(&Requests) -> u128,
) -> Vec<(SimTime, f64)> {
    let count = |amount: u128| {
        let millionths = amount / u128::from(Requests::PER_REQUEST / 1_000_000);
        millionths as f64 / 1e6
    };
    let values = periods.map(|(at, passed)| (at, count(of(&passed))));
    values.filter(|(_, value)| *value > 0.0).collect()
}

/// Adds a part of what passed: the amounts of `part` µs of `whole` µs.
pub(super) fn add_part(to: &mut Requests, passed: &Requests, of: (u64, u64)) {
    let share = |amount: u128| part_of(amount, of);
    to.offered += share(passed.offered);
    to.refused += share(passed.refused);
    to.failed += share(passed.failed);
    to.timed_out += share(passed.timed_out);
    to.errors += share(passed.errors);
    to.served += share(passed.served);
    to.served_p50 += share(passed.served_p50);
    to.served_p95 += share(passed.served_p95);
    to.served_p99 += share(passed.served_p99);
    to.served_mean += share(passed.served_mean);
    to.cpu_used += share(passed.cpu_used);
    to.cpu_reserved += share(passed.cpu_reserved);
    to.memory_used += share(passed.memory_used);
    to.memory_reserved += share(passed.memory_reserved);
}
