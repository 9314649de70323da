//! Rates by the clock and the calendar: daily and weekly cycles.

use super::moment::{Moment, next_minute, seconds_of_day};
use crate::units::{Rate, SimTime, Span};
use jiff::civil::Weekday;
use jiff::tz::TimeZone;

/// A daily cycle: a cosine with its highest value at a time of day, and less on weekends.
#[derive(Clone, Debug)]
pub struct DailyShape {
    /// The lowest rate, twelve hours from the peak.
    pub low: Rate,
    /// The highest rate.
    pub high: Rate,
    /// The time of day of the highest rate.
    pub peak_at: Span,
    /// The factor of the rate on Saturdays and Sundays.
    pub weekend: f64,
    /// The time zone of the clock.
    pub zone: TimeZone,
}

impl DailyShape {
    pub(super) fn at(&self, moment: &Moment) -> f64 {
        const DAY: f64 = 86_400.0;
        let local = moment.local(&self.zone);
        let of_day = seconds_of_day(local) as f64;
        let from_peak = (of_day - self.peak_at.as_seconds_f64()) / DAY;
        let wave = (1.0 + libm::cos(std::f64::consts::TAU * from_peak)) / 2.0;
        let (low, high) = (self.low.as_per_second(), self.high.as_per_second());
        let factor = match moment.weekday(local) {
            Weekday::Saturday | Weekday::Sunday => self.weekend,
            _ => 1.0,
        };
        (low + (high - low) * wave) * factor
    }

    pub(super) fn next(moment: &Moment) -> SimTime {
        next_minute(moment.at)
    }

    pub(super) fn highest(&self) -> f64 {
        self.high.as_per_second() * self.weekend.max(1.0)
    }
}

/// A weekly cycle: a rate for each hour of each weekday.
#[derive(Clone, Debug)]
pub struct WeeklyShape {
    /// The rate of each hour from 0 to 23, of each day from Monday to Sunday.
    pub hours: Box<[[Rate; 24]; 7]>,
    /// The time zone of the clock.
    pub zone: TimeZone,
}

impl WeeklyShape {
    pub(super) fn at(&self, moment: &Moment) -> f64 {
        let local = moment.local(&self.zone);
        let day = moment.weekday(local).to_monday_zero_offset().unsigned_abs();
        let hour = local.hour().unsigned_abs();
        self.hours[usize::from(day)][usize::from(hour)].as_per_second()
    }

    pub(super) fn next(&self, moment: &Moment) -> Option<SimTime> {
        let is_hourly = |day: &[Rate; 24]| day.iter().any(|rate| *rate != day[0]);
        match self.hours.iter().any(is_hourly) {
            true => moment.next_hour(&self.zone),
            false => moment.next_day(&self.zone),
        }
    }

    pub(super) fn highest(&self) -> f64 {
        let rates = self.hours.iter().flatten();
        rates.map(|rate| rate.as_per_second()).fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2 November 2026, 0:00 UTC, a Monday.
    const MONDAY: i64 = 1_793_577_600;

    fn rate(per_second: f64) -> Rate {
        Rate::per_second(per_second).unwrap()
    }

    fn at(hours: u64) -> Moment {
        Moment::new(MONDAY, SimTime::ZERO + Span::seconds(hours * 3_600))
    }

    #[test]
    fn a_daily_rate_follows_the_clock_of_its_zone() {
        let daily = DailyShape {
            low: rate(10.0),
            high: rate(50.0),
            peak_at: Span::seconds(20 * 3_600),
            weekend: 0.5,
            zone: TimeZone::get("Europe/Berlin").unwrap(),
        };
        // Berlin is an hour ahead; the fifth day after is a Saturday.
        for (hours, wanted) in [(19, 50.0), (7, 10.0), (13, 30.0), (5 * 24 + 19, 25.0)] {
            let got = daily.at(&at(hours));
            assert!((got - wanted).abs() < 1e-9, "{got} instead of {wanted}");
        }
        let on_sunday = Moment {
            weekday: Some(Weekday::Sunday),
            ..at(19)
        };
        assert!((daily.at(&on_sunday) - 25.0).abs() < 1e-9);
        assert_eq!(daily.highest(), 50.0);
    }

    #[test]
    fn a_weekly_rate_is_that_of_the_day_and_the_hour() {
        let mut weekly = WeeklyShape {
            hours: Box::new([[rate(100.0); 24]; 7]),
            zone: TimeZone::get("Europe/Berlin").unwrap(),
        };
        weekly.hours[6] = [rate(40.0); 24];
        // Sunday begins at 23:00 UTC on Saturday.
        let rates = [0, 6 * 24 - 2, 6 * 24 - 1, 7 * 24 - 2, 7 * 24 - 1].map(|h| weekly.at(&at(h)));
        assert_eq!(rates, [100.0, 100.0, 40.0, 40.0, 100.0]);
        assert_eq!(weekly.next(&at(0)), Some(at(23).at));
        weekly.hours[1][9] = rate(300.0);
        assert_eq!(weekly.next(&at(0)), Some(at(1).at));
        // Tuesday, 9:00 in Berlin.
        assert_eq!(weekly.at(&at(24 + 8)), 300.0);
        assert_eq!(weekly.highest(), 300.0);
    }
}
