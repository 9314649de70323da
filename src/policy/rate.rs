//! A token bucket: when a quota lets one more launch through (facts/ecs.md 44, 45). Exact:
//! no fraction of a token is lost.

use crate::units::{SimTime, Span};

/// A bucket that holds up to `burst` tokens, is full at first and gains tokens evenly.
///
/// It keeps one number, the time at which it will be full again, and tokens may be taken
/// before they come (the generic cell rate algorithm). Times are multiplied by `refill`, so
/// that a token's time is whole.
#[derive(Clone, Debug)]
pub struct TokenBucket {
    /// Tokens gained in each `per`.
    refill: u128,
    /// What a token takes to come, in microseconds × `refill`.
    per: u128,
    /// What an empty bucket takes to fill, in the same.
    burst: u128,
    /// When it will be full if nobody takes any more, in the same.
    full_at: u128,
}

impl TokenBucket {
    /// A full bucket that gains `refill` tokens in each `per`.
    ///
    /// # Panics
    /// When no tokens come, or `per` is no time at all.
    pub fn new(burst: u32, refill: u32, per: Span) -> Self {
        assert!(refill > 0, "tokens come");
        assert!(per > Span::ZERO, "tokens come over time");
        let per = u128::from(per.as_micros());
        Self {
            refill: refill.into(),
            per,
            burst: u128::from(burst) * per,
            full_at: 0,
        }
    }

    /// Takes a token, in advance if none is there; says when it is there: `now`, or later,
    /// rounded up to a microsecond.
    pub fn admit(&mut self, now: SimTime) -> SimTime {
        self.full_at = self.full_with_one_less(now);
        let micros = self.full_at.saturating_sub(self.burst);
        let micros = u64::try_from(micros.div_ceil(self.refill)).unwrap_or(u64::MAX);
        now.max(SimTime::micros(micros))
    }

    /// Takes a token if one is there; says whether.
    pub fn try_admit(&mut self, now: SimTime) -> bool {
        let full_at = self.full_with_one_less(now);
        let is_there = full_at <= self.scaled(now) + self.burst;
        if is_there {
            self.full_at = full_at;
        }
        is_there
    }

    /// When it will be full after one more token is taken.
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

    /// How many of endless wishes are granted at an instant.
    fn granted(bucket: &mut TokenBucket, now: SimTime) -> usize {
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
        assert_eq!(granted(&mut bucket, seconds(0)), 500);
        let mut rounds = (1..=6).map(|round| granted(&mut bucket, seconds(10 * round)));
        let rounds: [usize; 6] = std::array::from_fn(|_| rounds.next().expect("six"));
        assert_eq!(rounds, [83, 83, 84, 83, 83, 84]);
    }

    #[test]
    fn who_is_refused_takes_no_token() {
        let mut bucket = TokenBucket::new(1, 1, Span::seconds(10));
        assert!(bucket.try_admit(seconds(0)));
        for second in 0..10 {
            assert!(!bucket.try_admit(seconds(second)));
        }
        assert!(bucket.try_admit(seconds(10)));
        assert!(!bucket.try_admit(seconds(10)));
    }

    #[test]
    fn a_token_taken_in_advance_is_not_there_for_others() {
        let mut bucket = TokenBucket::new(1, 1, Span::seconds(10));
        let times = [(); 3].map(|()| bucket.admit(seconds(0)));
        assert_eq!(times, [seconds(0), seconds(10), seconds(20)]);
        assert!(!bucket.try_admit(seconds(29)));
        assert_eq!(bucket.admit(seconds(29)), seconds(30));
    }

    #[test]
    fn a_bucket_never_holds_more_than_its_burst() {
        let mut bucket = TokenBucket::new(5, 1, Span::seconds(1));
        assert_eq!(granted(&mut bucket, seconds(1_000)), 5);
        assert_eq!(granted(&mut bucket, seconds(1_003)), 3);
        assert_eq!(granted(&mut bucket, seconds(9_000)), 5);
        let mut none = TokenBucket::new(0, 1, Span::seconds(1));
        assert_eq!(granted(&mut none, seconds(1_000)), 0);
    }

    #[test]
    fn thirds_of_tokens_are_not_lost() {
        let mut bucket = TokenBucket::new(10, 1, Span::seconds(3));
        assert_eq!(granted(&mut bucket, seconds(0)), 10);
        let later: usize = (1..=3_000).map(|n| granted(&mut bucket, seconds(n))).sum();
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
        /// Asking for all at once, and asking again in every microsecond, come to the same,
        /// where the bucket does not run over between two questions.
        #[test]
        fn tokens_in_advance_are_there_when_they_would_have_come(
            burst in 2u32..6,
            refill in 1u32..8,
            per in 8u64..20,
        ) {
            let bucket = TokenBucket::new(burst, refill, Span::micros(per));
            let mut early = bucket.clone();
            let early: Vec<u64> = (0..20).map(|_| early.admit(SimTime::ZERO).as_micros()).collect();
            let mut patient = bucket;
            let mut late = Vec::new();
            for now in 0.. {
                while late.len() < 20 && patient.try_admit(SimTime::micros(now)) {
                    late.push(now);
                }
                if late.len() == 20 {
                    break;
                }
            }
            prop_assert_eq!(early, late);
        }
    }
}
