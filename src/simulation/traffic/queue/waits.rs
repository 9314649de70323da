//! The times from sending messages to their first receipt.

use super::parcels::Fresh;
use crate::simulation::response_times::ResponseTimes;
use crate::units::SimTime;

/// The parts into which a wait that changes evenly is divided.
const PARTS: u32 = 16;

/// The parts into which an exponential law is divided; the last one has no end.
const EXPONENTIAL_PARTS: u32 = 96;

/// The length of such a part, in means.
const WIDTH: f64 = 0.1;

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
        // Of each part the same share survives its end, and its mean is as far from its beginning.
        let survives = libm::exp(-WIDTH);
        let within = 1.0 - WIDTH * survives / (1.0 - survives);
        for part in 0..EXPONENTIAL_PARTS {
            let is_last = part + 1 == EXPONENTIAL_PARTS;
            let after = match is_last {
                true => 1.0,
                false => within,
            };
            let amount = match is_last {
                true => left,
                false => (left as f64 * (1.0 - survives)) as u128,
            };
            let wait = mean * (WIDTH * f64::from(part) + after);
            self.times.add((wait * SECOND + 0.5) as u64, amount);
            left -= amount;
        }
    }

    pub(super) fn clear(&mut self) {
        self.times.clear();
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
        // The 87.5 % and 97.5 % points of an exponential law: 2.08 and 3.69 means.
        assert!((p95 / 10.4 - 1.0).abs() < 0.03, "{p95}");
        let p99 = waits.times.quantile(0.99).unwrap();
        assert!((p99 / 18.44 - 1.0).abs() < 0.03, "{p99}");
        waits.clear();
        assert_eq!(waits.times.requests(), 0);
    }
}
