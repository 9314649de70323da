//! An m-of-n alarm: it is in ALARM while m of the last n datapoints breach a threshold.

use super::alarm_state::AlarmState;
use crate::plan::{ComparisonOperator, TreatMissingData};
use std::collections::VecDeque;

/// An m-of-n alarm with one datapoint per period. Values are compared without rounding: use
/// integers or exact fractions.
///
/// By default missing data is treated as CloudWatch's `missing`: a period without a datapoint is
/// skipped, and older datapoints still count. After n periods without a datapoint, the state is
/// INSUFFICIENT_DATA and all older datapoints are dropped (facts/ecs.md 180).
#[derive(Clone, Debug)]
pub struct Alarm<T> {
    comparison: ComparisonOperator,
    threshold: T,
    datapoints_to_alarm: usize,
    evaluation_periods: usize,
    /// Whether the last datapoints breached, oldest first; at most n.
    breaches: VecDeque<bool>,
    /// Periods without a datapoint since the last one.
    missing: usize,
    treat_missing: TreatMissingData,
}

impl<T: PartialOrd> Alarm<T> {
    /// An alarm when `datapoints_to_alarm` of the last `evaluation_periods` datapoints
    /// breach.
    ///
    /// # Panics
    /// Unless 1 ≤ `datapoints_to_alarm` ≤ `evaluation_periods`.
    pub fn new(
        comparison: ComparisonOperator,
        threshold: T,
        datapoints_to_alarm: u32,
        evaluation_periods: u32,
    ) -> Self {
        assert!(datapoints_to_alarm >= 1, "an alarm needs a datapoint");
        assert!(datapoints_to_alarm <= evaluation_periods, "m is at most n");
        Self {
            comparison,
            threshold,
            datapoints_to_alarm: datapoints_to_alarm as usize,
            evaluation_periods: evaluation_periods as usize,
            breaches: VecDeque::new(),
            missing: 0,
            treat_missing: TreatMissingData::Missing,
        }
    }

    /// The same alarm with another treatment of periods without a datapoint.
    pub fn treating(self, treat_missing: TreatMissingData) -> Self {
        Self {
            treat_missing,
            ..self
        }
    }

    /// Adds the datapoint of the next period (`None`: it has none) and returns the new state.
    pub fn observe(&mut self, datapoint: Option<T>) -> AlarmState {
        match (datapoint, self.treat_missing) {
            (Some(value), _) => {
                let breaches = self.comparison.breaches(&value, &self.threshold);
                self.push(breaches);
            }
            (None, TreatMissingData::Breaching) => self.push(true),
            (None, TreatMissingData::NotBreaching) => self.push(false),
            (None, TreatMissingData::Ignore) => {}
            (None, TreatMissingData::Missing) => {
                self.missing += 1;
                if self.missing >= self.evaluation_periods {
                    self.breaches.clear();
                }
            }
        }
        self.state()
    }

    fn push(&mut self, breaches: bool) {
        self.missing = 0;
        if self.breaches.len() == self.evaluation_periods {
            self.breaches.pop_front();
        }
        self.breaches.push_back(breaches);
    }

    /// Adds the same datapoint for `periods` periods, after sampling was paused. Takes the time of
    /// at most n periods, since older ones have no effect.
    pub fn observe_repeatedly(&mut self, datapoint: Option<T>, periods: u64) -> AlarmState
    where
        T: Copy,
    {
        for _ in 0..periods.min(self.evaluation_periods as u64) {
            self.observe(datapoint);
        }
        self.state()
    }

    /// The present state.
    pub fn state(&self) -> AlarmState {
        if self.breaches.is_empty() {
            return AlarmState::InsufficientData;
        }
        let breaching = self.breaches.iter().filter(|breach| **breach).count();
        if breaching >= self.datapoints_to_alarm {
            AlarmState::Alarm
        } else {
            AlarmState::Ok
        }
    }

    /// True when it is in ALARM.
    pub fn is_alarm(&self) -> bool {
        self.state() == AlarmState::Alarm
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::provisioning::Percent;

    fn high(m: u32, n: u32) -> Alarm<u32> {
        Alarm::new(ComparisonOperator::GreaterThan, 60, m, n)
    }

    fn states(alarm: &mut Alarm<u32>, values: &[u32]) -> Vec<AlarmState> {
        values.iter().map(|v| alarm.observe(Some(*v))).collect()
    }

    use AlarmState::{Alarm as InAlarm, InsufficientData, Ok};

    #[test]
    fn a_value_on_the_threshold_does_not_breach() {
        assert_eq!(states(&mut high(1, 1), &[60, 61, 60]), [Ok, InAlarm, Ok]);
        let mut low = Alarm::new(ComparisonOperator::LessThan, 60, 1, 1);
        assert_eq!(states(&mut low, &[60, 59, 61]), [Ok, InAlarm, Ok]);
    }

    #[test]
    fn fact_148_fifteen_of_fifteen_breach_in_a_row() {
        let mut low = Alarm::new(ComparisonOperator::LessThan, Percent::whole(100), 15, 15);
        let below = Percent::of(4_999, 5_000).unwrap();
        for _ in 0..14 {
            assert_eq!(low.observe(Some(below)), Ok);
        }
        assert_eq!(low.observe(Some(below)), InAlarm);
        assert_eq!(low.observe(Some(Percent::whole(100))), Ok);
        assert_eq!(low.observe_repeatedly(Some(below), 14), Ok);
        assert_eq!(low.observe(Some(below)), InAlarm);
    }

    #[test]
    fn two_of_three_need_not_be_in_a_row() {
        let mut alarm = high(2, 3);
        let seen = states(&mut alarm, &[70, 50, 70, 50, 50]);
        assert_eq!(seen, [Ok, Ok, InAlarm, Ok, Ok]);
    }

    #[test]
    fn fact_180_without_data_the_state_is_insufficient_data() {
        let mut alarm = high(3, 3);
        assert_eq!(alarm.state(), InsufficientData);
        states(&mut alarm, &[70, 70, 70]);
        assert_eq!(alarm.observe(None), InAlarm);
        assert_eq!(alarm.observe(None), InAlarm);
        assert_eq!(alarm.observe(None), InsufficientData);
        assert!(!alarm.is_alarm());
        // Older datapoints do not count.
        assert_eq!(states(&mut alarm, &[70, 70, 70]), [Ok, Ok, InAlarm]);
    }

    #[test]
    fn a_period_without_a_datapoint_is_skipped() {
        let mut alarm = high(3, 3);
        states(&mut alarm, &[70, 70]);
        assert_eq!(alarm.observe(None), Ok);
        assert_eq!(alarm.observe(Some(70)), InAlarm);
    }

    #[test]
    fn missing_data_breaches_does_not_breach_or_leaves_the_state() {
        let of = |treat| high(2, 3).treating(treat);
        let mut breaching = of(TreatMissingData::Breaching);
        assert_eq!(breaching.observe(None), Ok);
        assert_eq!(breaching.observe(None), InAlarm);
        let mut not_breaching = of(TreatMissingData::NotBreaching);
        states(&mut not_breaching, &[70, 70]);
        assert_eq!(not_breaching.observe(None), InAlarm);
        assert_eq!(not_breaching.observe(None), Ok);
        let mut ignored = of(TreatMissingData::Ignore);
        assert_eq!(ignored.observe(None), InsufficientData);
        states(&mut ignored, &[70, 70]);
        for _ in 0..9 {
            assert_eq!(ignored.observe(None), InAlarm);
        }
    }

    #[test]
    fn many_periods_at_once_are_as_one_by_one() {
        for periods in [0, 1, 2, 3, 4, 90] {
            for datapoint in [None, Some(50), Some(70)] {
                let mut at_once = high(2, 3);
                states(&mut at_once, &[70, 50, 70]);
                let mut one_by_one = at_once.clone();
                for _ in 0..periods {
                    one_by_one.observe(datapoint);
                }
                at_once.observe_repeatedly(datapoint, periods);
                assert_eq!(at_once.state(), one_by_one.state());
            }
        }
    }
}
