//! The rate at which a service launches tasks: how many launches a scheduling round may do
//! (facts/ecs.md 44). It counts in integers, so that no fraction of a launch is lost.

use crate::units::{SimTime, Span};

/// A constant rate of launches, used in rounds.
///
/// Launches become due one by one at a constant rate, the first at time zero. One that is not used
/// within the time `kept` lapses. A round uses those that are due and have not lapsed. If `kept` is
/// at least the time between two rounds, no launch lapses while every round uses all it can: the
/// rounds together launch exactly at the rate. If it is equal to that time, the rounds of a minute
/// never launch more than a minute's launches, also after a time without launches.
#[derive(Clone, Debug)]
pub struct LaunchRate {
    /// Launches in each `per`.
    launches: u128,
    /// In microseconds.
    per: u128,
    /// In microseconds.
    kept: u128,
    /// The number of launches that were used or have lapsed, counted from `kept` before time zero.
    spent: u128,
}

impl LaunchRate {
    /// A rate of `launches` in each `per`, of which those of the time `kept` may be used at once: at
    /// least those of one `round`, and at least one launch.
    ///
    /// # Panics
    /// When `launches` or `per` is zero.
    pub fn new(launches: u32, per: Span, kept: Span, round: Span) -> Self {
        assert!(launches > 0, "`launches` is above zero");
        assert!(per > Span::ZERO, "`per` is above zero");
        let (launches, per) = (u128::from(launches), u128::from(per.as_micros()));
        let kept = u128::from(kept.max(round).as_micros());
        Self {
            launches,
            per,
            kept: kept.max(per.div_ceil(launches)),
            spent: 0,
        }
    }

    /// Uses a launch if one is due now. Returns whether it did.
    pub fn try_admit(&mut self, now: SimTime) -> bool {
        let now = u128::from(now.as_micros()) + self.origin();
        self.spent = self.spent.max(self.due(now - self.kept));
        let is_due = self.spent < self.due(now);
        self.spent += u128::from(is_due);
        is_due
    }

    /// Time from the first launch that counts to time zero, in microseconds: whole periods, so that
    /// a launch is due at time zero.
    fn origin(&self) -> u128 {
        self.kept.div_ceil(self.per) * self.per
    }

    /// The number of launches that became due up to a time, in microseconds since the first.
    fn due(&self, time: u128) -> u128 {
        time * self.launches / self.per + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MINUTE: Span = Span::seconds(60);
    const ROUND: Span = Span::seconds(10);

    fn seconds(seconds: u64) -> SimTime {
        SimTime::ZERO + Span::seconds(seconds)
    }

    /// Number of launches that are admitted at an instant.
    fn taken(rate: &mut LaunchRate, now: SimTime) -> u64 {
        (0..10_000_000).take_while(|_| rate.try_admit(now)).count() as u64
    }

    /// Launches in this number of rounds from `first` on, each of which launches all that it may.
    fn rounds(rate: &mut LaunchRate, first: u64, count: u64) -> Vec<u64> {
        let at = |round| seconds(10 * (first + round));
        (0..count).map(|round| taken(rate, at(round))).collect()
    }

    #[test]
    fn fact_44_a_minute_launches_500_tasks_and_1000_take_two_minutes() {
        let mut rate = LaunchRate::new(500, MINUTE, ROUND, ROUND);
        assert_eq!(rounds(&mut rate, 0, 6), [84, 83, 83, 84, 83, 83]);
        let second: u64 = rounds(&mut rate, 6, 6).iter().sum();
        assert_eq!(second, 500);
        // After an hour without launches it is the same.
        let later = rounds(&mut rate, 372, 12);
        assert_eq!(later[..6].iter().sum::<u64>(), 500);
        assert_eq!(later.iter().sum::<u64>(), 1_000);
        assert!(later[..11].iter().sum::<u64>() < 1_000);
    }

    #[test]
    fn a_shorter_burst_than_a_round_does_not_slow_the_rate() {
        for burst in [1, 5, 10] {
            let mut rate = LaunchRate::new(23, MINUTE, Span::seconds(burst), ROUND);
            assert_eq!(rounds(&mut rate, 0, 6), [4, 3, 4, 4, 4, 4]);
            assert_eq!(rounds(&mut rate, 6, 60).iter().sum::<u64>(), 230);
        }
    }

    #[test]
    fn a_longer_burst_is_launched_at_once() {
        let mut rate = LaunchRate::new(500, MINUTE, MINUTE, ROUND);
        assert_eq!(rounds(&mut rate, 0, 3), [500, 83, 83]);
        assert_eq!(rounds(&mut rate, 600, 2), [500, 83]);
    }

    #[test]
    fn the_slowest_rate_launches_one_task_a_minute() {
        let mut rate = LaunchRate::new(1, MINUTE, ROUND, ROUND);
        assert_eq!(
            rounds(&mut rate, 0, 13),
            [1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1]
        );
        // Its launch is kept for the task that comes within the minute.
        assert_eq!(rounds(&mut rate, 65, 2), [1, 1]);
    }

    #[test]
    fn times_never_overflow() {
        let long = Span::micros(u64::MAX);
        let mut rate = LaunchRate::new(u32::MAX, long, long, long);
        assert!(rate.try_admit(SimTime::MAX));
        let mut fast = LaunchRate::new(u32::MAX, Span::micros(1), ROUND, ROUND);
        assert!(fast.try_admit(SimTime::MAX));
    }

    proptest! {
        /// Rounds that use all they can launch at the rate, whatever the burst; and no minute of
        /// rounds after a pause launches more than a minute's launches and the burst beyond a round.
        #[test]
        fn rounds_launch_exactly_at_the_rate(
            launches in 6u32..2_000,
            burst in 1u64..30,
            pause in 0u64..50,
        ) {
            let burst = Span::seconds(burst);
            let mut rate = LaunchRate::new(launches, MINUTE, burst, ROUND);
            rounds(&mut rate, 0, 6);
            prop_assert_eq!(rounds(&mut rate, 6, 12).iter().sum::<u64>(), 2 * u64::from(launches));
            let minute: u64 = rounds(&mut rate, 18 + pause, 6).iter().sum();
            let beyond = burst.saturating_sub(ROUND).as_micros() * u64::from(launches);
            prop_assert!(minute <= u64::from(launches) + beyond.div_ceil(MINUTE.as_micros()));
        }
    }
}
