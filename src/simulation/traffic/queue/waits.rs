//! The times from sending messages to their first receipt.

use super::parcels::Fresh;
use crate::simulation::response_times::ResponseTimes;
use crate::units::SimTime;

/// The parts into which a wait that changes evenly is divided.
const PARTS: u32 = 16;

/// The parts into which an exponential law is divided: the shares that survive their ends.
const SURVIVAL: [f64; 17] = [
    1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0,
];

/// Microseconds of a second.
const SECOND: f64 = 1e6;

/// The waits of the messages of a queue.
#[derive(Clone, Debug, Default)]
pub(super) struct Waits {
    pub(super) times: ResponseTimes,
}

impl Waits {
    /// Messages of a parcel are received evenly from one time to another.
    pub(super) fn received(&mut self, parcel: &Fresh, (from, to): (f64, f64)) {
        let first = (from - parcel.from.as_micros() as f64).max(0.0);
        let last = (to - parcel.to.as_micros() as f64).max(0.0);
        let (low, high) = (first.min(last), first.max(last));
        // A bucket of the times is 3 % wide.
        let parts = match high - low <= 0.03 * high {
            true => 1,
            false => PARTS,
        };
        let width = (high - low) / f64::from(parts);
        let mut left = parcel.amount;
        for part in 0..parts {
            let amount = left / u128::from(parts - part);
            let wait = low + width * (f64::from(part) + 0.5);
            self.times.add((wait + 0.5) as u64, amount);
            left -= amount;
        }
    }

    /// Messages of which a share waits; those that do have an exponential law with this mean in seconds.
    pub(super) fn at_random(&mut self, amount: u128, (share, mean): (f64, f64)) {
        let waiting = ((amount as f64 * share.clamp(0.0, 1.0)) as u128).min(amount);
        self.times.add(0, amount - waiting);
        let mut left = waiting;
        for ends in SURVIVAL.windows(2) {
            let (from, to) = (ends[0], ends[1]);
            let wait = mean * (partial_mean(from) - partial_mean(to)) / (from - to);
            let amount = match to > 0.0 {
                true => ((waiting as f64 * (from - to)) as u128).min(left),
                false => left,
            };
            self.times.add((wait * SECOND + 0.5) as u64, amount);
            left -= amount;
        }
    }

    pub(super) fn clear(&mut self) {
        self.times.clear();
    }
}

/// The part of the mean of an exponential law with mean 1 that is above the value which this share survives.
fn partial_mean(survival: f64) -> f64 {
    match survival > 0.0 {
        true => survival * (1.0 - libm::log(survival)),
        false => 0.0,
    }
}

/// A time in µs, as a number.
pub(super) fn micros(at: SimTime) -> f64 {
    at.as_micros() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Span;

    #[test]
    fn waits_change_evenly_while_a_queue_grows() {
        let at = |seconds| SimTime::ZERO + Span::seconds(seconds);
        let mut waits = Waits::default();
        // Sent within 60 s, received from then on within 120 s.
        let parcel = Fresh {
            amount: 1_000_000,
            from: at(0),
            to: at(60),
        };
        waits.received(&parcel, (60e6, 180e6));
        let times = &waits.times;
        assert_eq!(times.requests(), 1_000_000);
        assert!((times.mean().unwrap() - 90.0).abs() < 0.1);
        assert!((times.quantile(0.5).unwrap() - 90.0).abs() < 4.0);
    }

    #[test]
    fn random_waits_have_the_mean_of_their_law() {
        let mut waits = Waits::default();
        waits.at_random(1_000_000, (0.4, 5.0));
        assert!((waits.times.mean().unwrap() - 2.0).abs() < 1e-3);
        assert!(waits.times.quantile(0.5).unwrap() < 1e-5);
        let p95 = waits.times.quantile(0.95).unwrap();
        // The 87.5 % point of an exponential law: 2.08 means.
        assert!((p95 / 10.4 - 1.0).abs() < 0.08, "{p95}");
        waits.clear();
        assert_eq!(waits.times.requests(), 0);
    }
}
