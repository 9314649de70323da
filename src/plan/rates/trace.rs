//! Recorded rates: requests of real systems over time.

use super::moment::Moment;
use crate::units::{Rate, SimTime, Span};

/// The rate of a recorded load. It is constant in buckets of equal length; the last one may be shorter.
#[derive(Clone, Debug)]
pub struct LoadTrace {
    /// When the first bucket begins, in µs since the start of the run; below zero before it.
    pub begins: i64,
    /// The length of a bucket, above zero.
    pub bucket: Span,
    /// The length of all buckets.
    pub length: Span,
    /// The rates of the buckets.
    pub rates: Box<[f64]>,
    /// True when the trace starts again at its end.
    pub repeats: bool,
    /// The rate before and after it: 0, or 1 for a factor of a product.
    pub outside: Rate,
}

impl LoadTrace {
    pub(super) fn at(&self, moment: &Moment) -> f64 {
        let index = self.position(moment.at).map(|(index, _)| index);
        let rate = index.and_then(|index| self.rates.get(index));
        rate.copied().unwrap_or(self.outside.as_per_second())
    }

    /// The next time at which another bucket begins whose rate differs.
    pub(super) fn next(&self, moment: &Moment) -> Option<SimTime> {
        let now = moment.at.as_micros();
        let Some((index, within)) = self.position(moment.at) else {
            let begins = u64::try_from(self.begins).ok()?;
            return (now < begins).then_some(SimTime::micros(begins));
        };
        let rate = self.rates.get(index)?;
        let after = self.rates.get(index + 1..).unwrap_or_default();
        let equal = after.iter().take_while(|other| *other == rate).count();
        let bucket = self.bucket.as_micros();
        let end = (index as u64 + equal as u64 + 1).saturating_mul(bucket);
        let left = end.min(self.length.as_micros()) - within;
        Some(SimTime::micros(now.saturating_add(left)))
    }

    pub(super) fn highest(&self) -> f64 {
        let outside = self.outside.as_per_second();
        self.rates.iter().copied().fold(outside, f64::max)
    }

    /// The bucket at a time, and how many µs of the trace are over; `None` outside of it.
    fn position(&self, at: SimTime) -> Option<(usize, u64)> {
        let passed = i128::from(at.as_micros()) - i128::from(self.begins);
        let length = self.length.as_micros().max(1);
        let passed = u64::try_from(passed).ok()?;
        let within = match self.repeats {
            true => passed % length,
            false if passed < length => passed,
            false => return None,
        };
        let index = within / self.bucket.as_micros().max(1);
        Some((usize::try_from(index).ok()?, within))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trace(begins: i64, repeats: bool) -> LoadTrace {
        LoadTrace {
            begins: begins * 1_000_000,
            bucket: Span::seconds(60),
            length: Span::seconds(210),
            rates: Box::new([5.0, 5.0, 8.0, 2.0]),
            repeats,
            outside: Rate::default(),
        }
    }

    fn at(seconds: u64) -> Moment {
        Moment::new(0, SimTime::ZERO + Span::seconds(seconds))
    }

    #[test]
    fn a_trace_has_the_rates_of_its_buckets_and_nothing_outside() {
        let once = trace(100, false);
        let rates = [0, 99, 100, 219, 220, 309, 310].map(|s| once.at(&at(s)));
        assert_eq!(rates, [0.0, 0.0, 5.0, 5.0, 8.0, 2.0, 0.0]);
        let next = [0, 100, 160, 220, 280, 310].map(|s| once.next(&at(s)));
        let wanted = [100, 220, 220, 280, 310].map(|s| Some(at(s).at));
        assert_eq!((&next[..5], next[5]), (&wanted[..], None));
        assert_eq!(once.highest(), 8.0);
    }

    #[test]
    fn a_trace_that_has_begun_before_the_run_goes_on_and_starts_again() {
        let again = trace(-130, true);
        // 130 s are over: ten seconds of the third bucket; the last one has 30 s.
        let rates = [0, 49, 50, 79, 80, 200, 290].map(|s| again.at(&at(s)));
        assert_eq!(rates, [8.0, 8.0, 2.0, 2.0, 5.0, 8.0, 5.0]);
        let next = [0, 50, 80].map(|s| again.next(&at(s)));
        assert_eq!(next, [50, 80, 200].map(|s| Some(at(s).at)));
    }

    #[test]
    fn a_factor_is_one_outside_of_its_trace() {
        let factor = LoadTrace {
            outside: Rate::per_second(1.0).unwrap(),
            ..trace(100, false)
        };
        assert_eq!([0, 100, 400].map(|s| factor.at(&at(s))), [1.0, 5.0, 1.0]);
    }
}
