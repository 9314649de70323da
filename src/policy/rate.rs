//! A token bucket: at which time a quota admits one more launch (facts/ecs.md 45). It counts in
//! integers, so that no fraction of a token is lost.

use crate::units::{SimTime, Span};

/// A bucket that holds up to `burst` tokens, is full at first and gains tokens at a constant rate.
///
/// Its state is one number: the time at which it will be full again. A token may be reserved
/// before it has come (the generic cell rate algorithm). Times are multiplied by `refill`, so
/// that the time per token is a whole number.
#[derive(Clone, Debug)]
pub struct TokenBucket {
    /// Tokens gained in each `per`.
    refill: u128,
    /// Time per token, in microseconds × `refill`.
    per: u128,
    /// Time in which an empty bucket fills, in microseconds × `refill`.
    burst: u128,
    /// Time at which it will be full if no more tokens are taken, in microseconds × `refill`.
    full_at: u128,
}

impl TokenBucket {
    /// A full bucket that gains `refill` tokens in each period `per`.
    ///
    /// # Panics
    /// When `refill` or `per` is zero.
    pub fn new(burst: u32, refill: u64, per: Span) -> Self {
        assert!(refill > 0, "`refill` is above zero");
        assert!(per > Span::ZERO, "`per` is above zero");
        let per = u128::from(per.as_micros());
        Self {
            refill: refill.into(),
            per,
            burst: u128::from(burst) * per,
            full_at: 0,
        }
    }

    /// Takes a token, in advance if the bucket is empty. Returns the time at which the token is
    /// available: `now`, or later, rounded up to a microsecond.
    pub fn admit(&mut self, now: SimTime) -> SimTime {
        self.full_at = self.full_with_one_less(now);
        if self.full_at <= self.scaled(now) + self.burst {
            return now; // The token is there: no division is needed.
        }
        let micros = self.full_at.saturating_sub(self.burst);
        let micros = u64::try_from(micros.div_ceil(self.refill)).unwrap_or(u64::MAX);
        now.max(SimTime::micros(micros))
    }

    /// Takes a token if there is one now. Returns whether it did.
    pub fn try_admit(&mut self, now: SimTime) -> bool {
        let is_there = self.has_token(now);
        if is_there {
            self.full_at = self.full_with_one_less(now);
        }
        is_there
    }

    /// True when there is a token now.
    pub fn has_token(&self, now: SimTime) -> bool {
        self.full_with_one_less(now) <= self.scaled(now) + self.burst
    }

    /// Time at which it will be full after one more token is taken, in microseconds × `refill`.
    fn full_with_one_less(&self, now: SimTime) -> u128 {
        self.full_at.max(self.scaled(now)) + self.per
    }

    fn scaled(&self, now: SimTime) -> u128 {
        u128::from(now.as_micros()) * self.refill
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> SimTime {
        SimTime::ZERO + Span::seconds(seconds)
    }

    #[test]
    fn fact_45_500_launches_take_20_seconds_and_3500_take_170() {
        let last_of = |wanted: usize, burst, refill| {
            let mut bucket = TokenBucket::new(burst, refill, Span::seconds(1));
            for _ in 1..wanted {
                bucket.admit(SimTime::ZERO);
            }
            bucket.admit(SimTime::ZERO)
        };
        // In large Regions.
        assert_eq!(last_of(100, 100, 20), seconds(0));
        assert_eq!(last_of(101, 100, 20), SimTime::micros(50_000));
        assert_eq!(last_of(500, 100, 20), seconds(20));
        assert_eq!(last_of(3_500, 100, 20), seconds(170));
        // In small ones.
        assert_eq!(last_of(25, 25, 5), seconds(0));
        assert_eq!(last_of(125, 25, 5), seconds(20));
    }

    #[test]
    fn a_token_taken_in_advance_is_not_available_again() {
        let mut bucket = TokenBucket::new(1, 1, Span::seconds(10));
        let times = [(); 3].map(|()| bucket.admit(seconds(0)));
        assert_eq!(times, [seconds(0), seconds(10), seconds(20)]);
        assert_eq!(bucket.admit(seconds(29)), seconds(30));
    }

    #[test]
    fn a_bucket_never_holds_more_than_its_burst() {
        let mut bucket = TokenBucket::new(2, 1, Span::seconds(1));
        for now in [1_000, 9_000].map(seconds) {
            let times = [(); 4].map(|()| bucket.admit(now));
            let (one, two) = (now + Span::seconds(1), now + Span::seconds(2));
            assert_eq!(times, [now, now, one, two]);
        }
        let mut none = TokenBucket::new(0, 1, Span::seconds(1));
        assert_eq!(none.admit(seconds(1_000)), seconds(1_001));
    }

    #[test]
    fn fact_48_a_burst_of_100_calls_passes_and_then_40_a_second() {
        let mut bucket = TokenBucket::new(100, 40, Span::seconds(1));
        let taken = |bucket: &mut TokenBucket, now| {
            let calls = (0..1_000).take_while(|_| bucket.try_admit(now));
            calls.count()
        };
        assert_eq!(taken(&mut bucket, seconds(0)), 100);
        assert_eq!(taken(&mut bucket, seconds(0)), 0);
        assert!(!bucket.has_token(SimTime::micros(24_999)));
        assert!(bucket.has_token(SimTime::micros(25_000)));
        assert_eq!(taken(&mut bucket, seconds(1)), 40);
        assert_eq!(taken(&mut bucket, seconds(60)), 100);
        // A call that was promised in advance takes the token from one that is tried.
        bucket.admit(seconds(60));
        assert!(!bucket.try_admit(SimTime::micros(60_025_000)));
        assert!(bucket.try_admit(SimTime::micros(60_050_000)));
    }

    #[test]
    fn thirds_of_tokens_are_not_lost() {
        let mut slow = TokenBucket::new(10, 1, Span::seconds(3));
        let last = (0..1_010).map(|_| slow.admit(SimTime::ZERO)).max();
        assert_eq!(last, Some(seconds(3_000)));
        let mut thirds = TokenBucket::new(1, 3, Span::micros(10));
        let times = [(); 5].map(|()| thirds.admit(SimTime::ZERO).as_micros());
        assert_eq!(times, [0, 4, 7, 10, 14]);
    }

    /// In 2020 a second admitted 0.95 launches: 3,117 tasks in 56 minutes (facts/platform.md 2.4.7).
    #[test]
    fn platform_2_4_7_a_rate_below_one_per_second_is_exact() {
        let mut bucket = TokenBucket::new(1, 950_000, Span::seconds(1_000_000));
        let last = (0..=950).map(|_| bucket.admit(SimTime::ZERO)).max();
        assert_eq!(last, Some(seconds(1_000)));
    }

    #[test]
    fn times_never_overflow() {
        let mut bucket = TokenBucket::new(u32::MAX, 1 << 40, Span::micros(u64::MAX));
        assert_eq!(bucket.admit(SimTime::MAX), SimTime::MAX);
        let mut slow = TokenBucket::new(0, 1, Span::micros(u64::MAX));
        assert_eq!(slow.admit(seconds(1)), SimTime::MAX);
    }
}
