//! What a task without a limit of requests at once serves in a lasting overload.
//!
//! It works on all requests at once, and each leaves when it has got its CPU time or when its client gives
//! up. In a lasting overload each gets the CPU time z until the time-out, where the tasks use all their CPU:
//! rate × E[min(X, z)] = CPU. A request is served when it needs no more than z. CPU that those get which
//! need more is lost (the fluid limit of processor sharing with impatience: Gromoll, Robert, Zwart and
//! Bakker 2006).

use super::sizes::Sizes;

/// The share of the requests that are served, of tasks without a limit, at a utilization above 1.
pub(super) fn served_share(sizes: &Sizes, utilization: f64) -> f64 {
    let groups = &sizes.groups;
    let mean: f64 = groups.iter().map(|(size, share)| size * share).sum();
    let wanted = mean / utilization;
    // E[min(X, z)] of the groups up to the last one that is not larger than z, and the share above it.
    let (mut below, mut above) = (0.0, 1.0);
    let mut before = 0.0;
    // The law begins half a group below the middle of the first one.
    let begin = match groups.as_slice() {
        [(first, _), (second, _), ..] => first - (second - first) / 2.0,
        _ => 0.0,
    };
    let mut last = (begin.max(0.0), 0.0);
    for (size, share) in groups {
        if below + above * size > wanted {
            let z = (wanted - below) / above;
            return between(last, (*size, before + share / 2.0), z, groups.len() == 1);
        }
        last = (*size, before + share / 2.0);
        before += share;
        below += size * share;
        above -= share;
    }
    1.0
}

/// The share at `z` on the line between the middles of two groups. A law of one value has none below it.
fn between(low: (f64, f64), high: (f64, f64), z: f64, is_one_value: bool) -> f64 {
    if is_one_value {
        return 0.0;
    }
    let part = (z - low.0) / (high.0 - low.0).max(f64::MIN_POSITIVE);
    low.1 + (high.1 - low.1) * part.clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::random::Distribution;

    /// With an exponential law the memory is lost: what is served is what the CPU is enough for.
    #[test]
    fn exponential_requests_are_served_as_far_as_the_cpu_is_enough() {
        let law = Distribution::Exponential { mean: 0.02 };
        let sizes = Sizes::new(Some(&law), 0.02);
        for utilization in [1.05, 1.2, 2.0, 5.0] {
            let served = served_share(&sizes, utilization);
            let error = served * utilization - 1.0;
            assert!(error.abs() < 0.03, "{utilization}: {served}");
        }
    }

    /// With equal requests each gets too little.
    #[test]
    fn of_equal_requests_none_is_served() {
        let sizes = Sizes::new(None, 0.02);
        assert_eq!(served_share(&sizes, 1.2), 0.0);
        let law = Distribution::Uniform {
            low: 0.018,
            high: 0.022,
        };
        let sizes = Sizes::new(Some(&law), 0.02);
        assert!(served_share(&sizes, 1.01) > 0.4);
        assert!(served_share(&sizes, 1.3) < 0.01);
    }
}
