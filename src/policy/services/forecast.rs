//! The forecast of predictive scaling (facts/ecs.md 190). AWS does not publish its method; this one is an
//! assumption: the mean of the same hour of earlier weeks, and of earlier days as long as no week is known.

use std::collections::VecDeque;

/// The hours of data that are looked at: 14 days (190).
const MOST_HOURS: usize = 14 * 24;

/// The hours of data that a forecast needs (190).
const LEAST_HOURS: usize = 24;

/// The hours that a forecast is made for (190).
const AHEAD: usize = 48;

const DAY: i64 = 24;
const WEEK: i64 = 7 * DAY;

/// The load of past hours, counted from any beginning.
#[derive(Clone, Debug, Default)]
pub struct LoadHistory {
    /// The number of the first hour in `hours`.
    first: i64,
    /// The sum of the loads of each hour and their number, the oldest first.
    hours: VecDeque<(u128, u32)>,
}

/// The loads that are forecast.
#[derive(Clone, Debug, Default)]
pub struct Forecast {
    /// The number of the first hour.
    first: i64,
    loads: Vec<Option<u64>>,
}

impl LoadHistory {
    /// Adds a load that was measured in an hour. Hours come in order.
    pub fn add(&mut self, hour: i64, load: u64) {
        if self.hours.is_empty() {
            self.first = hour;
        }
        while self.first + self.hours.len() as i64 <= hour {
            self.hours.push_back((0, 0));
        }
        if let Some((sum, number)) = self.hours.back_mut() {
            *sum += u128::from(load);
            *number += 1;
        }
        while self.hours.len() > MOST_HOURS + 1 {
            self.hours.pop_front();
            self.first += 1;
        }
    }

    /// The forecast that is made in this hour for it and for those after it; `None` before there are 24 hours
    /// of data. The hour itself is not looked at, as it is not complete.
    pub fn forecast(&self, now: i64) -> Option<Forecast> {
        let complete = (now - self.first).clamp(0, self.hours.len() as i64) as usize;
        if complete < LEAST_HOURS {
            return None;
        }
        let loads = (0..AHEAD as i64).map(|ahead| self.of_hour(now + ahead, now));
        Some(Forecast {
            first: now,
            loads: loads.collect(),
        })
    }

    /// The mean load of an hour in the weeks before `now`; of the days before, where no week is known.
    fn of_hour(&self, hour: i64, now: i64) -> Option<u64> {
        let every = |hours: i64| {
            let (mut sum, mut number) = (0_u128, 0_u128);
            let mut past = hour - hours;
            while past >= self.first {
                if let Some(load) = self.load(past).filter(|_| past < now) {
                    sum += u128::from(load);
                    number += 1;
                }
                past -= hours;
            }
            sum.checked_div(number)
        };
        let mean = every(WEEK).or_else(|| every(DAY))?;
        u64::try_from(mean).ok()
    }

    /// The mean load of an hour.
    fn load(&self, hour: i64) -> Option<u64> {
        let place = usize::try_from(hour - self.first).ok()?;
        let (sum, number) = self.hours.get(place)?;
        u64::try_from(sum.checked_div((*number).into())?).ok()
    }
}

impl Forecast {
    /// The load of an hour; `None` where it is not forecast.
    pub fn load(&self, hour: i64) -> Option<u64> {
        let place = usize::try_from(hour - self.first).ok()?;
        *self.loads.get(place)?
    }
}

/// The number of tasks for a forecast load in millionths of a task at the target, and the largest desired
/// count while it applies. With a buffer in per cent of the forecast (`IncreaseMaxCapacity`) a forecast of
/// the maximum or more raises it.
pub fn forecast_capacity(
    load: u64,
    (minimum, maximum): (u32, u32),
    buffer_percent: Option<u32>,
) -> (u32, u32) {
    const MILLION: u64 = 1_000_000;
    let tasks = u32::try_from(load.div_ceil(MILLION)).unwrap_or(u32::MAX);
    let maximum = match buffer_percent {
        Some(percent) if tasks >= maximum => {
            let with_buffer = u64::from(tasks) * (100 + u64::from(percent));
            u32::try_from(with_buffer.div_ceil(100)).unwrap_or(u32::MAX)
        }
        _ => maximum,
    };
    (tasks.max(minimum).min(maximum), maximum)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A history of this number of hours before hour 1,000, with these loads.
    fn history(hours: i64, load: impl Fn(i64) -> u64) -> LoadHistory {
        let mut history = LoadHistory::default();
        for hour in 1_000 - hours..1_000 {
            history.add(hour, load(hour));
            history.add(hour, load(hour) + 2);
        }
        history
    }

    #[test]
    fn fact_190_a_forecast_needs_a_day_and_is_made_for_two() {
        assert!(history(23, |_| 5).forecast(1_000).is_none());
        let forecast = history(24, |hour| hour.unsigned_abs())
            .forecast(1_000)
            .unwrap();
        // The mean of the values of the hour, a day before; the second day repeats the first.
        assert_eq!(forecast.load(1_000), Some(976 + 1));
        assert_eq!(forecast.load(1_023), Some(999 + 1));
        assert_eq!(forecast.load(1_024), Some(976 + 1));
        assert_eq!((forecast.load(999), forecast.load(1_048)), (None, None));
    }

    #[test]
    fn the_same_hour_of_earlier_weeks_counts_and_without_one_that_of_earlier_days() {
        let by_week = |hour: i64| if hour < 1_000 - WEEK { 10 } else { 30 };
        let of = |hours| history(hours, by_week).forecast(1_000).unwrap().load(1_000);
        assert_eq!(of(2 * WEEK), Some((11 + 31) / 2));
        assert_eq!(of(WEEK), Some(31));
        let days = history(3 * DAY, |hour| hour.unsigned_abs());
        let loads = [976 + 1, 952 + 1, 928 + 1];
        assert_eq!(
            days.forecast(1_000).unwrap().load(1_000),
            Some(loads.iter().sum::<u64>() / 3)
        );
    }

    #[test]
    fn fact_190_older_data_is_forgotten_and_hours_without_data_are_left_out() {
        let mut history = history(20 * WEEK, |_| 10);
        let of = |history: &LoadHistory, hour: i64| history.forecast(hour).unwrap().load(hour);
        assert_eq!(of(&history, 1_000), Some(11));
        assert!(history.hours.len() <= MOST_HOURS + 1);
        // A day without data.
        history.add(1_024, 50);
        assert_eq!(of(&history, 1_024), Some(11));
    }

    #[test]
    fn fact_190_the_maximum_is_honored_or_raised_by_a_buffer() {
        let of = |load, buffer| forecast_capacity(load, (2, 40), buffer);
        assert_eq!(of(9_000_001, None), (10, 40));
        assert_eq!(of(1_000_000, None), (2, 40));
        assert_eq!(of(50_000_000, None), (40, 40));
        assert_eq!(of(50_000_000, Some(10)), (50, 55));
        assert_eq!(of(39_000_000, Some(10)), (39, 40));
    }
}
