//! The distribution of measured durations: exact moments, and quantiles from an integer histogram.
//!
//! A histogram takes 100 KiB and more. Few durations are kept as they are, more of them as a list
//! of the histogram's buckets that have any; they are put into a histogram when a quantile is asked
//! for, so that the quantiles are the same.

use crate::units::Span;
use hdrhistogram::Histogram;
use std::borrow::Cow;

/// Significant digits of the histogram: a quantile is at most 0.1 % off.
const DIGITS: u8 = 3;

/// The most durations that are kept as they are: 4 KiB.
const FEW: usize = 512;
/// The most buckets that are kept in a list: 32 KiB.
const MOST_BUCKETS: usize = 2_048;

/// Durations: count, sums, maximum, and those above zero as they are or in a histogram.
#[derive(Clone, Debug, Default)]
pub struct Spread {
    /// Number of durations.
    pub count: u64,
    /// Number of durations that are zero.
    pub zeros: u64,
    /// Sum in µs.
    pub sum: u128,
    /// Sum of squares in µs².
    pub squares: u128,
    /// The longest duration.
    pub maximum: Span,
    /// Durations above zero in µs that are not counted in `buckets`, in no order.
    few: Vec<u64>,
    /// Buckets with durations: the least value of each in µs, ascending, and the number of durations.
    buckets: Vec<(u64, u64)>,
    /// Once there are too many buckets; then `few` and `buckets` are empty.
    histogram: Option<Box<Histogram<u64>>>,
}

impl Spread {
    /// Adds a duration.
    #[inline]
    pub fn record(&mut self, span: Span) {
        let micros = span.as_micros();
        self.count += 1;
        if micros == 0 {
            self.zeros += 1;
            return;
        }
        self.sum += u128::from(micros);
        self.squares += u128::from(micros) * u128::from(micros);
        self.maximum = self.maximum.max(span);
        match &mut self.histogram {
            Some(histogram) => record(histogram, micros),
            None => {
                self.few.push(micros);
                if self.few.len() >= FEW {
                    self.count();
                }
            }
        }
    }

    /// Counts the durations that are kept as they are in their buckets.
    fn count(&mut self) {
        let scale = new_histogram();
        let few = self.few.drain(..);
        let few = few.map(|micros| (scale.lowest_equivalent(micros), 1));
        self.buckets.extend(few);
        self.buckets.sort_unstable();
        self.buckets.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            kept.1 += if same { next.1 } else { 0 };
            same
        });
        if self.buckets.len() > MOST_BUCKETS {
            self.fill_histogram();
        }
    }

    /// Puts all durations into a histogram, and returns it.
    fn fill_histogram(&mut self) -> &mut Histogram<u64> {
        let histogram = match self.histogram.take() {
            Some(histogram) => histogram,
            None => Box::new(self.histogram().into_owned()),
        };
        (self.few, self.buckets) = (Vec::new(), Vec::new());
        self.histogram.insert(histogram)
    }

    /// The histogram of the durations above zero.
    fn histogram(&self) -> Cow<'_, Histogram<u64>> {
        match &self.histogram {
            Some(histogram) => Cow::Borrowed(histogram),
            None => {
                let mut histogram = new_histogram();
                self.add_to(&mut histogram);
                Cow::Owned(histogram)
            }
        }
    }

    /// Adds the durations that are not in a histogram to one.
    fn add_to(&self, histogram: &mut Histogram<u64>) {
        for micros in &self.few {
            record(histogram, *micros);
        }
        for (micros, count) in &self.buckets {
            histogram
                .record_n(*micros, *count)
                .expect("a histogram that resizes takes every value");
        }
    }

    /// Adds all durations of another distribution.
    pub fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.zeros += other.zeros;
        self.sum += other.sum;
        self.squares += other.squares;
        self.maximum = self.maximum.max(other.maximum);
        if self.histogram.is_none() && other.histogram.is_none() {
            self.few.extend(&other.few);
            self.buckets.extend(&other.buckets);
            if self.few.len() >= FEW || !other.buckets.is_empty() {
                self.count();
            }
            return;
        }
        let ours = self.fill_histogram();
        other.add_to(ours);
        if let Some(theirs) = &other.histogram {
            ours.add(theirs.as_ref())
                .expect("a histogram that resizes takes every value");
        }
    }

    /// Mean in seconds; `None` without durations.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum as f64 / self.count as f64 / 1e6)
    }

    /// Variance in seconds², over the number of durations; `None` without durations.
    pub fn variance(&self) -> Option<f64> {
        let mean = self.mean()?;
        let squares = self.squares as f64 / self.count as f64 / 1e12;
        Some((squares - mean * mean).max(0.0))
    }

    /// The quantile `q`, 0 to 1: the duration of rank ⌈q × count⌉ in seconds, with an error of at
    /// most
    /// 0.1 %; `None` without durations.
    pub fn quantile(&self, q: f64) -> Option<f64> {
        if self.count == 0 {
            return None;
        }
        let rank = libm::ceil(q * self.count as f64).clamp(1.0, self.count as f64) as u64;
        if rank <= self.zeros {
            return Some(0.0);
        }
        let histogram = self.histogram();
        // The histogram has no zeros: count them first.
        let mut seen = self.zeros;
        for bucket in histogram.iter_recorded() {
            seen += bucket.count_at_value();
            if seen >= rank {
                let middle = histogram.median_equivalent(bucket.value_iterated_to());
                return Some(middle.min(self.maximum.as_micros()) as f64 / 1e6);
            }
        }
        Some(self.maximum.as_seconds_f64())
    }

    /// At most about `most` points of the distribution function: seconds, and the share of
    /// durations that are at most so long, 0 to 1. The last share is 1.
    pub fn points(&self, most: usize) -> Vec<(f64, f64)> {
        let mut points = Vec::new();
        if self.count == 0 {
            return points;
        }
        let all = self.count as f64;
        let mut seen = self.zeros;
        if seen > 0 {
            points.push((0.0, seen as f64 / all));
        }
        let histogram = self.histogram();
        let buckets = histogram.iter_recorded().count();
        let stride = buckets.div_ceil(most.max(1)).max(1);
        for (number, bucket) in histogram.iter_recorded().enumerate() {
            seen += bucket.count_at_value();
            if (number + 1) % stride == 0 || number + 1 == buckets {
                let value = bucket.value_iterated_to().min(self.maximum.as_micros());
                points.push((value as f64 / 1e6, seen as f64 / all));
            }
        }
        points
    }
}

fn new_histogram() -> Histogram<u64> {
    Histogram::new(DIGITS).expect("three digits are a valid precision")
}

fn record(histogram: &mut Histogram<u64>, micros: u64) {
    histogram
        .record(micros)
        .expect("a histogram that resizes takes every value");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_ranks_within_a_tenth_of_a_percent() {
        let mut spread = Spread::default();
        for millis in 0..1000u64 {
            spread.record(Span::millis(millis));
        }
        assert_eq!(spread.zeros, 1);
        for (q, wanted) in [(0.5, 0.499), (0.95, 0.949), (0.99, 0.989), (0.001, 0.0)] {
            let got = spread.quantile(q).unwrap();
            assert!(
                (got - wanted).abs() <= 0.001 * wanted,
                "{q}: {got}, not {wanted}"
            );
        }
        assert_eq!(spread.maximum, Span::millis(999));
        let mut twice = spread.clone();
        twice.merge(&spread);
        assert_eq!(twice.quantile(0.95), spread.quantile(0.95));
        assert_eq!(spread.points(50).last(), Some(&(0.999, 1.0)));
    }

    #[test]
    fn few_durations_have_the_quantiles_of_their_histogram() {
        for count in [1, 7, FEW - 1, FEW, FEW + 1, 3 * FEW + 5, 40 * FEW] {
            let count = count as u64;
            let mut spread = Spread::default();
            let mut parts = [Spread::default(), Spread::default(), Spread::default()];
            for number in 0..count {
                let span = Span::micros(number * number * 977 % 50_000_017);
                spread.record(span);
                parts[number as usize % 3].record(span);
            }
            let mut merged = Spread::default();
            parts.iter().for_each(|part| merged.merge(part));
            let mut dense = spread.clone();
            dense.fill_histogram();
            for other in [&merged, &dense] {
                assert_eq!(spread.quantile(0.95), other.quantile(0.95));
                assert_eq!(spread.points(20), other.points(20));
                assert_eq!(spread.mean(), other.mean());
            }
        }
    }
}
