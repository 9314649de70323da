//! How congested tasks are: 1 ÷ (1 − utilization), of tasks whose rates are constant for a time.
//!
//! The response times of a busy task rise to their stationary distribution, and take the longer the
//! closer the utilization is to 1. So the congestion of a service rises no faster than the backlog of a
//! task that is used in full: its square by 4 ÷ π per request (the mean of a reflected random walk). It
//! falls at once. Above 1 it is 1 ÷ (utilization − 1): what the randomness of the requests adds to
//! the queue of the fluid.

use std::sync::LazyLock;

/// Steps of the grid per doubling of the congestion.
const PER_DOUBLING: f64 = 8.0;
/// The last step: a congestion of 1,024.
const LAST: u16 = 80;

/// The congestion at each step of the grid, and at one more.
static GRID: LazyLock<[f64; LAST as usize + 2]> =
    LazyLock::new(|| std::array::from_fn(|step| libm::pow(2.0, step as f64 / PER_DOUBLING)));

/// The growth of the square of the congestion per request of a task.
const GROWTH: f64 = 4.0 / std::f64::consts::PI;

/// The congestion to which this utilization tends.
pub(super) fn of_utilization(utilization: f64) -> f64 {
    // Far above 1 the queue is all that counts.
    let distance = (utilization - 1.0).abs().max(1e-9);
    (1.0 / distance).max(1.0)
}

/// The utilization with this congestion.
pub(super) fn utilization_at(step: u16) -> f64 {
    1.0 - libm::pow(2.0, -f64::from(step) / PER_DOUBLING)
}

/// The two steps of the grid around a congestion, with the share of the second. The congestion that
/// they have together is the same, up to that of the last step.
pub(super) fn steps(congestion: f64) -> (u16, u16, f64) {
    let exact = libm::log2(congestion.max(1.0)) * PER_DOUBLING;
    if exact >= f64::from(LAST) {
        return (LAST, LAST, 0.0);
    }
    let below = libm::floor(exact);
    let step = below as u16;
    let [here, next] = [GRID[usize::from(step)], GRID[usize::from(step) + 1]];
    let share = (congestion - here) / (next - here);
    (step, step + 1, share.clamp(0.0, 1.0))
}

/// The congestion of a service over time.
#[derive(Clone, Debug)]
pub(super) struct Congestion {
    /// The value to which it has risen.
    now: f64,
}

/// A part of a time in which the congestion of a service is taken as constant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Part {
    /// The length as a share of the time.
    pub(super) share: f64,
    /// The congestion.
    pub(super) congestion: f64,
}

impl Congestion {
    pub(super) const fn new() -> Self {
        Self { now: 1.0 }
    }

    /// A time passes in which this number of requests comes to each task, at this utilization. Returns
    /// the part in which the congestion rises and the part in which it has risen.
    pub(super) fn pass(&mut self, utilization: f64, requests: f64) -> [Part; 2] {
        let target = of_utilization(utilization);
        let from = self.now.min(target);
        let growth = GROWTH * requests;
        let missing = target * target - from * from;
        if growth <= 0.0 || missing <= 0.0 {
            self.now = from.max(1.0);
            let nothing = Part {
                share: 0.0,
                congestion: from,
            };
            let all = Part {
                share: 1.0,
                congestion: self.now,
            };
            return [nothing, all];
        }
        let share = (missing / growth).min(1.0);
        self.now = match share < 1.0 {
            true => target,
            false => (from * from + growth).sqrt(),
        };
        // The mean over the time of the root of what rises evenly.
        let (to, cubes) = (self.now, |x: f64| x * x * x);
        let mean = 2.0 / 3.0 * (cubes(to) - cubes(from)) / (to * to - from * from);
        let rises = Part {
            share,
            congestion: mean.max(1.0),
        };
        let risen = Part {
            share: 1.0 - share,
            congestion: to,
        };
        [rises, risen]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grid_keeps_the_congestion() {
        for congestion in [1.0, 1.05, 2.0, 3.7, 20.0, 999.0] {
            let (first, second, share) = steps(congestion);
            let of = |step| 1.0 / (1.0 - utilization_at(step));
            let both = of(first) * (1.0 - share) + of(second) * share;
            assert!((both / congestion - 1.0).abs() < 1e-9, "{both}");
        }
        assert_eq!(steps(1e9), (LAST, LAST, 0.0));
    }

    #[test]
    fn the_congestion_rises_with_the_requests_and_falls_at_once() {
        let mut congestion = Congestion::new();
        let [rises, risen] = congestion.pass(0.5, 1e6);
        assert!(rises.share < 1e-5 && risen.congestion == 2.0);
        // One thousand requests: the root of 4 + 4,000 ÷ π.
        let [rises, risen] = congestion.pass(0.9999, 1_000.0);
        assert!((risen.congestion - 35.74).abs() < 0.01 && risen.share == 0.0);
        assert!(rises.congestion > 20.0 && rises.congestion < 30.0);
        // The same in many small steps.
        let mut small = Congestion::new();
        small.pass(0.5, 1e6);
        for _ in 0..1_000 {
            small.pass(0.9999, 1.0);
        }
        assert!((small.now - congestion.now).abs() < 1e-9);
        let [_, risen] = congestion.pass(0.2, 1.0);
        assert_eq!(risen.congestion, 1.25);
        let [_, above] = congestion.pass(1.5, 1e6);
        assert_eq!(above.congestion, 2.0);
    }
}
