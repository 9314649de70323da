//! Requests at single times, counted per bucket of equal length. The times may have any order.

use super::folded::{Folded, MOST_BUCKETS};
use std::collections::BTreeMap;

/// Counts of requests by bucket.
pub struct Counts {
    /// The length of a bucket in µs.
    bucket: u64,
    /// Millionths of a request, by the number of the bucket.
    sums: BTreeMap<u64, u128>,
    /// The bucket of the last row, which is in no sum yet, and its sum.
    current: (u64, u128),
    /// The time of the last row, and the shortest time between two rows that follow each other.
    last: Option<u64>,
    shortest: Option<u64>,
}

impl Counts {
    pub const fn new(bucket: u64) -> Self {
        Self {
            bucket,
            sums: BTreeMap::new(),
            current: (0, 0),
            last: None,
            shortest: None,
        }
    }

    /// Adds millionths of a request at a time. False when there are too many buckets.
    pub fn add(&mut self, time: u64, amount: u128) -> bool {
        let number = time / self.bucket;
        match self.last {
            Some(_) if number != self.current.0 => self.flush(),
            _ => {}
        }
        self.current = (number, self.current.1 + amount);
        let between = self.last.map(|last| time.abs_diff(last));
        let between = between.filter(|between| *between > 0);
        self.shortest = self.shortest.into_iter().chain(between).min();
        self.last = Some(time);
        self.sums.len() as u64 <= MOST_BUCKETS
    }

    /// The shortest time in µs between two rows that follow each other, if none is shorter than two
    /// buckets: the rows are a series.
    pub fn looks_like_series(&self) -> Option<u64> {
        self.shortest.filter(|between| *between >= 2 * self.bucket)
    }

    /// The rates; `Err`: the number of buckets when it is too large, 0 without a row.
    pub fn finish(mut self) -> Result<Folded, u64> {
        if self.last.is_none() {
            return Err(0);
        }
        self.flush();
        let first = self.sums.first_key_value().map_or(0, |(number, _)| *number);
        let last = self.sums.last_key_value().map_or(0, |(number, _)| *number);
        let count = last - first + 1;
        if count > MOST_BUCKETS {
            return Err(count);
        }
        let mut rates = vec![0.0; count as usize];
        for (number, sum) in self.sums {
            // Millionths per µs are requests per second.
            rates[(number - first) as usize] = sum as f64 / self.bucket as f64;
        }
        Ok(Folded {
            begins: i128::from(first) * i128::from(self.bucket),
            bucket: self.bucket,
            last: self.bucket,
            rates,
        })
    }

    fn flush(&mut self) {
        let (number, sum) = self.current;
        *self.sums.entry(number).or_default() += sum;
        self.current.1 = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_in_any_order_are_counted_per_bucket() {
        let mut counts = Counts::new(60_000_000);
        for (second, requests) in [(130, 3), (61, 1), (119, 2), (310, 12), (62, 0)] {
            assert!(counts.add(second * 1_000_000, requests * 1_000_000));
        }
        assert_eq!(counts.looks_like_series(), None);
        let folded = counts.finish().ok().unwrap();
        assert_eq!((folded.begins, folded.last), (60_000_000, 60_000_000));
        assert_eq!(folded.rates, [0.05, 0.05, 0.0, 0.0, 0.2]);
    }

    #[test]
    fn rows_far_apart_look_like_a_series() {
        let mut counts = Counts::new(60_000_000);
        (0..5).for_each(|n| assert!(counts.add(n * 300_000_000, 1)));
        assert_eq!(counts.looks_like_series(), Some(300_000_000));
        assert_eq!(Counts::new(1).finish().err(), Some(0));
        let mut wide = Counts::new(60_000_000);
        wide.add(0, 1);
        wide.add(1 << 60, 1);
        assert_eq!(wide.finish().err(), Some((1 << 60) / 60_000_000 + 1));
    }
}
