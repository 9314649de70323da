//! Step scaling of Application Auto Scaling: which step a breach chooses, and what it makes of the number
//! of tasks (facts/ecs.md 186 to 188).

/// `adjustmentType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdjustmentType {
    /// `ChangeInCapacity`: tasks are added, or taken away.
    ChangeInCapacity,
    /// `PercentChangeInCapacity`: a percentage of the tasks is added, or taken away.
    PercentChangeInCapacity,
    /// `ExactCapacity`: the number of tasks.
    ExactCapacity,
}

/// What the number of a step means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Adjustment {
    /// `adjustmentType`.
    pub kind: AdjustmentType,
    /// `minAdjustmentMagnitude`: a change by a percentage has at least this size.
    pub least: u32,
}

/// A step: an interval of the metric, relative to the threshold, and the adjustment in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepAdjustment {
    /// `metricIntervalLowerBound`, in millionths; `None`: no bound.
    pub lower: Option<i64>,
    /// `metricIntervalUpperBound`, in millionths; `None`: no bound.
    pub upper: Option<i64>,
    /// `scalingAdjustment`.
    pub adjustment: i32,
}

impl StepAdjustment {
    /// True where the metric less the threshold lies in the interval. Above the threshold the lower bound
    /// belongs to it, below the threshold the upper bound (186).
    pub fn holds(&self, offset: i64, is_above: bool) -> bool {
        match is_above {
            true => {
                self.lower.is_none_or(|lower| offset >= lower)
                    && self.upper.is_none_or(|upper| offset < upper)
            }
            false => {
                self.lower.is_none_or(|lower| offset > lower)
                    && self.upper.is_none_or(|upper| offset <= upper)
            }
        }
    }
}

impl Adjustment {
    /// True when a step sets the number of tasks.
    pub fn is_exact(self) -> bool {
        self.kind == AdjustmentType::ExactCapacity
    }

    /// The number of tasks after an adjustment of `current` tasks (187).
    pub fn of(self, current: u32, by: i32) -> u32 {
        let change = match self.kind {
            AdjustmentType::ExactCapacity => return u32::try_from(by).unwrap_or(0),
            AdjustmentType::ChangeInCapacity => i64::from(by),
            AdjustmentType::PercentChangeInCapacity => self.percent(current, by),
        };
        let count = (i64::from(current) + change).clamp(0, u32::MAX.into());
        u32::try_from(count).expect("within the bounds of the type")
    }

    /// The change by a percentage: toward zero, but at least one task, and at least the least size.
    fn percent(self, current: u32, percent: i32) -> i64 {
        let hundredths = i64::from(current) * i64::from(percent);
        let whole = (hundredths / 100).abs();
        match hundredths {
            0 => 0,
            _ => hundredths.signum() * whole.max(1).max(self.least.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn percent(least: u32) -> Adjustment {
        Adjustment {
            kind: AdjustmentType::PercentChangeInCapacity,
            least,
        }
    }

    #[test]
    fn fact_187_percentages_are_rounded_toward_zero_but_change_one_task_at_least() {
        // 12.7 is 12, 0.67 is 1, −0.67 is −1, −6.67 is −6.
        assert_eq!(percent(0).of(127, 10), 127 + 12);
        assert_eq!(percent(0).of(67, 1), 67 + 1);
        assert_eq!(percent(0).of(67, -1), 67 - 1);
        assert_eq!(percent(0).of(667, -1), 667 - 6);
        assert_eq!(percent(0).of(10, 0), 10);
        assert_eq!(percent(0).of(0, 50), 0);
        // 25 % of 4 with a minimum of 2.
        assert_eq!(percent(2).of(4, 25), 6);
        assert_eq!(percent(2).of(4, -25), 2);
        assert_eq!(percent(2).of(1, -25), 0);
    }

    #[test]
    fn fact_186_counts_are_added_or_set() {
        let by_count = Adjustment {
            kind: AdjustmentType::ChangeInCapacity,
            least: 0,
        };
        assert_eq!((by_count.of(4, 3), by_count.of(4, -6)), (7, 0));
        let exact = Adjustment {
            kind: AdjustmentType::ExactCapacity,
            least: 0,
        };
        assert_eq!(exact.of(4, 9), 9);
    }

    #[test]
    fn fact_186_the_bound_next_to_the_threshold_belongs_to_its_step() {
        let step = |lower, upper| StepAdjustment {
            lower,
            upper,
            adjustment: 1,
        };
        let above = step(Some(0), Some(10));
        assert!(above.holds(0, true) && above.holds(9, true) && !above.holds(10, true));
        let below = step(Some(-10), Some(0));
        assert!(below.holds(0, false) && below.holds(-9, false) && !below.holds(-10, false));
        assert!(step(None, Some(-10)).holds(-10, false));
        assert!(step(Some(10), None).holds(10, true));
    }

    /// The threshold is 50: at 60 the step of 10 per cent is taken, at 70 that of 30 per cent.
    #[test]
    fn fact_188_worked_example() {
        let steps = [
            (Some(0), Some(10), 0),
            (Some(10), Some(20), 10),
            (Some(20), None, 30),
        ];
        let steps = steps.map(|(lower, upper, adjustment)| StepAdjustment {
            lower,
            upper,
            adjustment,
        });
        let to = |metric: i64, current: u32| {
            let step = steps.iter().find(|step| step.holds(metric - 50, true));
            percent(0).of(current, step.unwrap().adjustment)
        };
        assert_eq!(to(55, 10), 10);
        assert_eq!(to(60, 10), 11);
        assert_eq!(to(70, 11), 14);
    }
}
