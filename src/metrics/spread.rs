//! The distribution of measured durations: exact moments, and quantiles from an integer histogram.

use crate::units::Span;
use hdrhistogram::Histogram;

/// Significant digits of the histogram: a quantile is at most 0.1 % off.
const DIGITS: u8 = 3;

/// Durations: count, sums, maximum, and a histogram of those above zero.
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
    histogram: Option<Histogram<u64>>,
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
        self.histogram
            .get_or_insert_with(new_histogram)
            .record(micros)
            .expect("a histogram that resizes takes every value");
    }

    /// Adds all durations of another distribution.
    pub fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.zeros += other.zeros;
        self.sum += other.sum;
        self.squares += other.squares;
        self.maximum = self.maximum.max(other.maximum);
        if let Some(theirs) = &other.histogram {
            let ours = self.histogram.get_or_insert_with(new_histogram);
            ours.add(theirs)
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
        let histogram = self.histogram.as_ref()?;
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
        if let Some(histogram) = &self.histogram {
            let buckets = histogram.iter_recorded().count();
            let stride = buckets.div_ceil(most.max(1)).max(1);
            for (number, bucket) in histogram.iter_recorded().enumerate() {
                seen += bucket.count_at_value();
                if (number + 1) % stride == 0 || number + 1 == buckets {
                    let value = bucket.value_iterated_to().min(self.maximum.as_micros());
                    points.push((value as f64 / 1e6, seen as f64 / all));
                }
            }
        }
        points
    }
}

fn new_histogram() -> Histogram<u64> {
    Histogram::new(DIGITS).expect("three digits are a valid precision")
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
}
