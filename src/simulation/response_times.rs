//! The distribution of the response times of requests: an integer histogram.

/// Buckets per doubling of the time. A bucket is at most 3.2 % wide.
const PER_DOUBLING: u64 = 32;
const BITS: u32 = PER_DOUBLING.trailing_zeros();

/// Response times of served requests, in buckets of equal width up to 32 µs, and of equal ratio from
/// there on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResponseTimes {
    /// The number of the first bucket that is kept.
    first: usize,
    /// Requests by bucket, in units of [`Requests`](super::Requests).
    buckets: Vec<u128>,
    /// All requests, in the same unit.
    requests: u128,
    /// The sum of their response times in µs, times that unit.
    sum: u128,
    /// The longest response time in µs.
    longest: u64,
}

impl ResponseTimes {
    /// Adds requests with this response time in µs.
    pub fn add(&mut self, micros: u64, requests: u128) {
        if requests == 0 {
            return;
        }
        *self.bucket(bucket_of(micros)) += requests;
        self.requests += requests;
        self.sum += requests * u128::from(micros);
        self.longest = self.longest.max(micros);
    }

    /// The bucket with this number, which is made where there is none.
    fn bucket(&mut self, number: usize) -> &mut u128 {
        if self.buckets.is_empty() {
            self.first = number;
        }
        if number < self.first {
            let before = vec![0; self.first - number];
            self.buckets.splice(0..0, before);
            self.first = number;
        }
        let place = number - self.first;
        if place >= self.buckets.len() {
            self.buckets.resize(place + 1, 0);
        }
        &mut self.buckets[place]
    }

    /// Adds all response times of another distribution.
    pub fn merge(&mut self, other: &Self) {
        for (place, requests) in other.buckets.iter().enumerate() {
            if *requests > 0 {
                *self.bucket(other.first + place) += requests;
            }
        }
        self.requests += other.requests;
        self.sum += other.sum;
        self.longest = self.longest.max(other.longest);
    }

    /// Removes all.
    pub fn clear(&mut self) {
        self.buckets.fill(0);
        (self.requests, self.sum, self.longest) = (0, 0, 0);
    }

    /// The number of requests, in units of [`Requests`](super::Requests).
    pub const fn requests(&self) -> u128 {
        self.requests
    }

    /// The mean in seconds; `None` without requests.
    pub fn mean(&self) -> Option<f64> {
        (self.requests > 0).then(|| self.sum as f64 / self.requests as f64 / 1e6)
    }

    /// The quantile `q`, 0 to 1, in seconds; `None` without requests. Within a bucket response times
    /// count as spread evenly.
    pub fn quantile(&self, q: f64) -> Option<f64> {
        if self.requests == 0 {
            return None;
        }
        let rank = q * self.requests as f64;
        let longest = self.longest as f64;
        let mut below = 0.0;
        for (place, requests) in self.buckets.iter().enumerate() {
            let here = *requests as f64;
            if here == 0.0 {
                continue;
            }
            if below + here >= rank {
                let part = ((rank - below) / here).clamp(0.0, 1.0);
                let (from, width) = range_of(self.first + place);
                let micros = from as f64 + part * width as f64;
                return Some(micros.min(longest) / 1e6);
            }
            below += here;
        }
        Some(longest / 1e6)
    }
}

/// The number of the bucket of a time in µs.
fn bucket_of(micros: u64) -> usize {
    if micros < PER_DOUBLING {
        return micros as usize;
    }
    let shift = micros.ilog2() - BITS;
    let number = (u64::from(shift) + 1) * PER_DOUBLING + (micros >> shift) - PER_DOUBLING;
    number as usize
}

/// The first time of a bucket and its width, in µs.
fn range_of(number: usize) -> (u64, u64) {
    let number = number as u64;
    if number < PER_DOUBLING {
        return (number, 1);
    }
    let shift = number / PER_DOUBLING - 1;
    ((number % PER_DOUBLING + PER_DOUBLING) << shift, 1 << shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_is_in_its_bucket() {
        let mut before = 0;
        for micros in (0..5_000).chain([1 << 20, (1 << 40) - 1, u64::MAX >> 1]) {
            let number = bucket_of(micros);
            let (from, width) = range_of(number);
            assert!(from <= micros && micros - from < width, "{micros}");
            assert!(width == 1 || (width as f64) < 0.032 * micros as f64 + 1e-9);
            assert!(number >= before);
            before = number;
        }
    }

    #[test]
    fn quantiles_lie_within_a_bucket() {
        let mut times = ResponseTimes::default();
        for millis in (1..=1_000).rev() {
            times.add(millis * 1_000, 5);
        }
        assert_eq!(times.requests(), 5_000);
        assert!((times.mean().unwrap() - 0.5005).abs() < 1e-9);
        for (q, wanted) in [(0.5, 0.5), (0.95, 0.95), (0.99, 0.99), (0.001, 0.001)] {
            let got = times.quantile(q).unwrap();
            assert!((got - wanted).abs() < 0.017 * wanted + 1e-6, "{q}: {got}");
        }
        let mut both = ResponseTimes::default();
        both.add(7, 1);
        both.merge(&times);
        both.merge(&ResponseTimes::default());
        assert_eq!(both.requests(), 5_001);
        assert!((7e-6..8e-6).contains(&both.quantile(0.0001).unwrap()));
        both.clear();
        assert_eq!((both.quantile(0.5), both.mean()), (None, None));
    }
}
