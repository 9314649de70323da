//! A token bucket: at which time a quota admits one more launch (facts/ecs.md 44, 45). It counts in
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
    pub fn new(burst: u32, refill: u32, per: Span) -> Self {
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
        let micros = self.full_at.saturating_sub(self.burst);
        let micros = u64::try_from(micros.div_ceil(self.refill)).unwrap_or(u64::MAX);
        now.max(SimTime::micros(micros))
    }

    /// Takes a token if one is available now. Returns whether it did.
    pub fn try_admit(&mut self, now: SimTime) -> bool {
        let full_at = self.full_with_one_less(now);
        let is_there = full_at <= self.scaled(now) + self.burst;
        if is_there {
            self.full_at = full_at;
        }
        is_there
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
    use proptest::prelude::*;

    fn seconds(seconds: u64) -> SimTime {
        SimTime::ZERO + Span::seconds(seconds)
    }

    /// Number of tokens that can be taken at an instant.
    fn taken(bucket: &mut TokenBucket, now: SimTime) -> usize {
        (0..100_000).take_while(|_| bucket.try_admit(now)).count()
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
    fn fact_44_a_service_starts_500_tasks_at_once_and_then_500_in_a_minute() {
        let mut bucket = TokenBucket::new(500, 500, Span::seconds(60));
        assert_eq!(taken(&mut bucket, seconds(0)), 500);
        let mut rounds = (1..=6).map(|round| taken(&mut bucket, seconds(10 * round)));
        let rounds: [usize; 6] = std::array::from_fn(|_| rounds.next().expect("six"));
        assert_eq!(rounds, [83, 83, 84, 83, 83, 84]);
    }

    #[test]
    fn a_refused_request_takes_no_token() {
        let mut bucket = TokenBucket::new(1, 1, Span::seconds(10));
        assert!(bucket.try_admit(seconds(0)));
        for second in 0..10 {
            assert!(!bucket.try_admit(seconds(second)));
        }
        assert!(bucket.try_admit(seconds(10)));
        assert!(!bucket.try_admit(seconds(10)));
    }

    #[test]
    fn a_token_taken_in_advance_is_not_available_again() {
        let mut bucket = TokenBucket::new(1, 1, Span::seconds(10));
        let times = [(); 3].map(|()| bucket.admit(seconds(0)));
        assert_eq!(times, [seconds(0), seconds(10), seconds(20)]);
        assert!(!bucket.try_admit(seconds(29)));
        assert_eq!(bucket.admit(seconds(29)), seconds(30));
    }

    #[test]
    fn a_bucket_never_holds_more_than_its_burst() {
        let mut bucket = TokenBucket::new(5, 1, Span::seconds(1));
        assert_eq!(taken(&mut bucket, seconds(1_000)), 5);
        assert_eq!(taken(&mut bucket, seconds(1_003)), 3);
        assert_eq!(taken(&mut bucket, seconds(9_000)), 5);
        let mut none = TokenBucket::new(0, 1, Span::seconds(1));
        assert_eq!(taken(&mut none, seconds(1_000)), 0);
    }

    #[test]
    fn thirds_of_tokens_are_not_lost() {
        let mut bucket = TokenBucket::new(10, 1, Span::seconds(3));
        assert_eq!(taken(&mut bucket, seconds(0)), 10);
        let later: usize = (1..=3_000).map(|n| taken(&mut bucket, seconds(n))).sum();
        assert_eq!(later, 1_000);
        let mut thirds = TokenBucket::new(1, 3, Span::micros(10));
        let times = [(); 5].map(|()| thirds.admit(SimTime::ZERO).as_micros());
        assert_eq!(times, [0, 4, 7, 10, 14]);
    }

    #[test]
    fn times_never_overflow() {
        let mut bucket = TokenBucket::new(u32::MAX, u32::MAX, Span::micros(u64::MAX));
        assert!(bucket.try_admit(SimTime::MAX));
        let mut slow = TokenBucket::new(0, 1, Span::micros(u64::MAX));
        assert_eq!(slow.admit(seconds(1)), SimTime::MAX);
    }

    proptest! {
        /// Reserving all tokens at once gives the same times as trying in every microsecond, as
        /// the bucket does not fill up between two tries.
        #[test]
        fn reserved_tokens_are_available_when_tries_would_succeed(
            burst in 2u32..6,
            refill in 1u32..8,
            per in 8u64..20,
        ) {
            let bucket = TokenBucket::new(burst, refill, Span::micros(per));
            let mut reserving = bucket.clone();
            let reserved: Vec<u64> = (0..20).map(|_| reserving.admit(SimTime::ZERO).as_micros()).collect();
            let mut trying = bucket;
            let mut tried = Vec::new();
            for now in 0.. {
                while tried.len() < 20 && trying.try_admit(SimTime::micros(now)) {
                    tried.push(now);
                }
                if tried.len() == 20 {
                    break;
                }
            }
            prop_assert_eq!(reserved, tried);
        }
    }
}
