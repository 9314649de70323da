//! A token bucket: how many launches or calls a quota lets through, and when the next ones
//! (facts/ecs.md 44, 45, 47, 48). Exact: fractions of tokens are kept as integers.

use crate::units::{SimTime, Span};

/// A bucket that holds up to `burst` tokens and gains them evenly.
#[derive(Clone, Debug)]
pub struct TokenBucket {
    burst: u64,
    /// Tokens gained in each `per`.
    refill: u64,
    /// In microseconds, above zero.
    per: u64,
    /// What is there at `at`: tokens × `per`.
    level: u128,
    at: SimTime,
}

impl TokenBucket {
    /// A full bucket that gains `refill` tokens in each `per`.
    ///
    /// # Panics
    /// When `per` is no time at all.
    pub fn new(burst: u32, refill: u32, per: Span) -> Self {
        let per = per.as_micros();
        assert!(per > 0, "tokens come over time");
        Self {
            burst: burst.into(),
            refill: refill.into(),
            per,
            level: u128::from(burst) * u128::from(per),
            at: SimTime::ZERO,
        }
    }

    /// Task launches on Fargate, per account and Region, separate for On-Demand and Spot:
    /// burst 100 and 20 per second in large Regions, else 25 and 5 (facts/ecs.md 45).
    pub fn fargate_launches(large_region: bool) -> Self {
        let (burst, refill) = if large_region { (100, 20) } else { (25, 5) };
        Self::new(burst, refill, Span::seconds(1))
    }

    /// `RunTask` calls on Fargate: 20 per second, as burst too (facts/ecs.md 47).
    pub fn fargate_run_task_calls() -> Self {
        Self::new(20, 20, Span::seconds(1))
    }

    /// Launches of one service: 500 per minute, on Fargate in small Regions 125
    /// (facts/ecs.md 44). The burst is not published; ours is what accrues in one pass of
    /// 10 s, rounded up, so that a minute stays near its quota.
    pub fn service_launches(per_minute: u32) -> Self {
        Self::new(per_minute.div_ceil(6), per_minute, Span::seconds(60))
    }

    /// Takes up to `wanted` tokens; says how many it got. `now` never goes back.
    pub fn take(&mut self, now: SimTime, wanted: u64) -> u64 {
        self.level = self.level_at(now);
        self.at = now;
        let there = self.level / u128::from(self.per);
        let granted = wanted.min(u64::try_from(there).expect("at most the burst"));
        self.level -= u128::from(granted) * u128::from(self.per);
        granted
    }

    /// The first instant, from `now` on, at which `wanted` tokens are there if nobody takes
    /// any; rounded up to a microsecond. `None` when there never are: more than the burst,
    /// or no refill.
    pub fn when(&self, now: SimTime, wanted: u64) -> Option<SimTime> {
        if wanted > self.burst {
            return None;
        }
        let needed = u128::from(wanted) * u128::from(self.per);
        let missing = needed.saturating_sub(self.level_at(now));
        if missing == 0 {
            return Some(now);
        }
        if self.refill == 0 {
            return None;
        }
        let micros = missing.div_ceil(u128::from(self.refill));
        let micros = u64::try_from(micros).unwrap_or(u64::MAX);
        Some(now + Span::micros(micros))
    }

    fn level_at(&self, now: SimTime) -> u128 {
        let passed = u128::from((now - self.at).as_micros());
        let full = u128::from(self.burst) * u128::from(self.per);
        let gained = passed * u128::from(self.refill);
        full.min(self.level.saturating_add(gained))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> SimTime {
        SimTime::ZERO + Span::seconds(seconds)
    }

    /// When the last of so many launches, all asked for at the start, goes through.
    fn last_of(mut bucket: TokenBucket, mut wanted: u64) -> SimTime {
        let mut now = SimTime::ZERO;
        loop {
            wanted -= bucket.take(now, wanted);
            if wanted == 0 {
                return now;
            }
            now = bucket.when(now, 1).expect("one fits the burst");
        }
    }

    #[test]
    fn fact_45_500_launches_take_20_seconds_and_3500_take_170() {
        let large = || TokenBucket::fargate_launches(true);
        assert_eq!(last_of(large(), 100), seconds(0));
        assert_eq!(last_of(large(), 500), seconds(20));
        assert_eq!(last_of(large(), 3_500), seconds(170));
        let small = TokenBucket::fargate_launches(false);
        assert_eq!(last_of(small, 125), seconds(20));
    }

    #[test]
    fn fact_47_ten_calls_of_ten_tasks_go_through_at_once() {
        let mut calls = TokenBucket::fargate_run_task_calls();
        let mut launches = TokenBucket::fargate_launches(true);
        assert_eq!(calls.take(seconds(0), 10), 10);
        assert_eq!(launches.take(seconds(0), 100), 100);
        assert_eq!(launches.take(seconds(0), 1), 0);
        assert_eq!(calls.take(seconds(0), 20), 10);
    }

    #[test]
    fn fact_44_a_service_starts_about_500_tasks_in_a_minute() {
        let mut bucket = TokenBucket::service_launches(500);
        let granted: u64 = (0..6).map(|n| bucket.take(seconds(10 * n), 1_000)).sum();
        assert_eq!(granted, 500);
        let more: u64 = (6..12).map(|n| bucket.take(seconds(10 * n), 1_000)).sum();
        assert_eq!(more, 500);
    }

    #[test]
    fn thirds_of_tokens_do_not_get_lost() {
        let mut bucket = TokenBucket::new(10, 1, Span::seconds(3));
        assert_eq!(bucket.take(seconds(0), 99), 10);
        let granted: u64 = (1..=3_000).map(|n| bucket.take(seconds(n), 99)).sum();
        assert_eq!(granted, 1_000);
        let third = TokenBucket::new(1, 3, Span::micros(10));
        let mut third = third;
        third.take(SimTime::ZERO, 1);
        assert_eq!(third.when(SimTime::ZERO, 1), Some(SimTime::micros(4)));
    }

    #[test]
    fn a_bucket_never_holds_more_than_its_burst() {
        let mut bucket = TokenBucket::new(5, 1, Span::seconds(1));
        assert_eq!(bucket.take(seconds(1_000), 99), 5);
        assert_eq!(bucket.when(seconds(1_000), 6), None);
        assert_eq!(bucket.when(seconds(1_000), 5), Some(seconds(1_005)));
        assert_eq!(bucket.when(seconds(1_000), 0), Some(seconds(1_000)));
        let mut dry = TokenBucket::new(2, 0, Span::seconds(1));
        assert_eq!(dry.take(seconds(0), 2), 2);
        assert_eq!(dry.when(seconds(9), 1), None);
    }
}
