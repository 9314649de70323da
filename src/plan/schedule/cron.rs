//! `cron(minutes hours day-of-month month day-of-week year)` of EventBridge: six fields,
//! and exactly one of the two day fields is `?`.

use super::ScheduleError;
use super::field::Field;
use super::local_time::unix_seconds;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;

const MINUTE: Field = Field {
    name: "minute",
    low: 0,
    high: 59,
    names: &[],
    takes_steps: true,
    expected: "minutes 0 to 59 with `,` `-` `*` `/`",
};
const HOUR: Field = Field {
    name: "hour",
    low: 0,
    high: 23,
    names: &[],
    takes_steps: true,
    expected: "hours 0 to 23 with `,` `-` `*` `/`",
};
const DAY_OF_MONTH: Field = Field {
    name: "day of the month",
    low: 1,
    high: 31,
    names: &[],
    takes_steps: true,
    expected: "days 1 to 31 with `,` `-` `*` `/`, or one of `?`, `L`, `LW`, `15W`",
};
const MONTH: Field = Field {
    name: "month",
    low: 1,
    high: 12,
    names: &[
        "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
    ],
    takes_steps: true,
    expected: "months 1 to 12 or JAN to DEC with `,` `-` `*` `/`",
};
const DAY_OF_WEEK: Field = Field {
    name: "day of the week",
    low: 1,
    high: 7,
    names: &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
    takes_steps: false,
    expected: "days 1 (SUN) to 7 (SAT) with `,` `-` `*`, or one of `?`, `L`, `6L`, `3#2`",
};
const YEAR: Field = Field {
    name: "year",
    low: 1970,
    high: 2199,
    names: &[],
    takes_steps: true,
    expected: "years 1970 to 2199 with `,` `-` `*` `/`",
};

const EXPECTED_FIELDS: &str =
    "six fields: minutes, hours, day of the month, month, day of the week, year";
const EXPECTED_ONE_DAY: &str = "`?` in exactly one of day of the month and day of the week";

/// A `cron` expression. Each list of values is ascending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cron {
    minutes: Vec<i16>,
    hours: Vec<i16>,
    days: Days,
    months: Vec<i16>,
    years: Vec<i16>,
}

/// Which days of a month. Weekdays are 1 (Sunday) to 7 (Saturday).
#[derive(Clone, Debug, PartialEq, Eq)]
enum Days {
    OfMonth(Vec<i16>),
    /// `L`.
    LastOfMonth,
    /// `LW`: the last day from Monday to Friday.
    LastWeekday,
    /// `15W`: the weekday, Monday to Friday, nearest to a day, within the month.
    NearestWeekday(i16),
    OfWeek(Vec<i16>),
    /// `6L`: the last such day of the month.
    LastOfWeekday(i16),
    /// `3#2`: the second such day of the month.
    NthOfWeekday(i16, i16),
}

impl Cron {
    /// Parses the text between the parentheses.
    pub(super) fn parse(text: &str) -> Result<Self, ScheduleError> {
        let text = text.to_ascii_uppercase();
        let fields: Vec<&str> = text.split_whitespace().collect();
        let &[minutes, hours, day_of_month, month, day_of_week, year] = fields.as_slice() else {
            let problem = format!("`cron` has {} fields", fields.len());
            return Err(ScheduleError::new(problem, EXPECTED_FIELDS));
        };
        Ok(Self {
            minutes: MINUTE.values(minutes)?,
            hours: HOUR.values(hours)?,
            days: Days::parse(day_of_month, day_of_week)?,
            months: MONTH.values(month)?,
            years: YEAR.values(year)?,
        })
    }

    /// True when its last year is before the last year that can be written, 2199.
    pub(super) fn is_finite(&self) -> bool {
        self.years.last().is_some_and(|year| *year < YEAR.high)
    }

    /// The first instant later than `after`, both in Unix seconds.
    pub(super) fn next_after(&self, after: i64, time_zone: &TimeZone) -> Option<i64> {
        let now = time_zone.to_datetime(Timestamp::from_second(after).ok()?);
        // A local time that occurs twice counts the first time. So a later local time is never an
        // earlier instant, and the search can begin at the local time of `after`.
        let (years, months) = (self.years.iter(), &self.months);
        years
            .filter(|year| **year >= now.year())
            .flat_map(|year| months.iter().map(move |month| (*year, *month)))
            .filter(|month| *month >= (now.year(), i16::from(now.month())))
            .flat_map(|(year, month)| self.days.of(year, month))
            .filter(|date| *date >= now.date())
            .flat_map(|date| self.times_of(date))
            .filter(|time| *time >= DateTime::from_parts(now.date(), at(now.hour(), now.minute())))
            .filter_map(|time| unix_seconds(time, time_zone))
            .find(|instant| *instant > after)
    }

    fn times_of(&self, date: Date) -> impl Iterator<Item = DateTime> {
        let minutes = &self.minutes;
        let small = |value: &i16| i8::try_from(*value).expect("an hour or a minute");
        let hours = self.hours.iter();
        let times = hours.flat_map(move |hour| minutes.iter().map(move |minute| (hour, minute)));
        times.map(move |(hour, minute)| DateTime::from_parts(date, at(small(hour), small(minute))))
    }
}

fn at(hour: i8, minute: i8) -> jiff::civil::Time {
    jiff::civil::Time::new(hour, minute, 0, 0).expect("fields are within their ranges")
}

impl Days {
    fn parse(of_month: &str, of_week: &str) -> Result<Self, ScheduleError> {
        match (of_month, of_week) {
            ("?", "?") => Err(ScheduleError::new(
                "both day fields are `?`",
                EXPECTED_ONE_DAY,
            )),
            (_, "?") => Self::parse_of_month(of_month),
            ("?", _) => Self::parse_of_week(of_week),
            _ => Err(ScheduleError::new(
                "both day fields have a value",
                EXPECTED_ONE_DAY,
            )),
        }
    }

    fn parse_of_month(text: &str) -> Result<Self, ScheduleError> {
        match text {
            "L" => return Ok(Self::LastOfMonth),
            "LW" => return Ok(Self::LastWeekday),
            _ => {}
        }
        match text.strip_suffix('W') {
            Some(day) => DAY_OF_MONTH.value(day).map(Self::NearestWeekday),
            None => DAY_OF_MONTH.values(text).map(Self::OfMonth),
        }
    }

    fn parse_of_week(text: &str) -> Result<Self, ScheduleError> {
        if text == "L" {
            // The last day of the week.
            return Ok(Self::OfWeek(vec![DAY_OF_WEEK.high]));
        }
        if let Some((day, number)) = text.split_once('#') {
            let number = match number {
                "1" => 1,
                "2" => 2,
                "3" => 3,
                "4" => 4,
                "5" => 5,
                _ => {
                    let problem = format!("`{number}` in `{text}` is not 1 to 5");
                    return Err(DAY_OF_WEEK.error(problem));
                }
            };
            return Ok(Self::NthOfWeekday(DAY_OF_WEEK.value(day)?, number));
        }
        match text.strip_suffix('L') {
            Some(day) => DAY_OF_WEEK.value(day).map(Self::LastOfWeekday),
            None => DAY_OF_WEEK.values(text).map(Self::OfWeek),
        }
    }

    /// The dates in one month, ascending.
    fn of(&self, year: i16, month: i16) -> Vec<Date> {
        let month = i8::try_from(month).expect("a month");
        let first = Date::constant(year, month, 1);
        let last = i16::from(first.days_in_month());
        let day = |day: i16| Date::constant(year, month, i8::try_from(day).expect("a day"));
        let weekday = |date: Date| i16::from(date.weekday().to_sunday_one_offset());
        match self {
            Self::OfMonth(days) => {
                let there = days.iter().take_while(|day| **day <= last);
                there.map(|number| day(*number)).collect()
            }
            Self::LastOfMonth => vec![day(last)],
            Self::LastWeekday => vec![nearest_weekday(day(last))],
            Self::NearestWeekday(number) if *number > last => Vec::new(),
            Self::NearestWeekday(number) => vec![nearest_weekday(day(*number))],
            Self::OfWeek(weekdays) => {
                let dates = (1..=last).map(day);
                dates
                    .filter(|date| weekdays.contains(&weekday(*date)))
                    .collect()
            }
            Self::LastOfWeekday(wanted) => {
                let back = (weekday(day(last)) - wanted).rem_euclid(7);
                vec![day(last - back)]
            }
            Self::NthOfWeekday(wanted, number) => {
                let forward = (wanted - weekday(first)).rem_euclid(7);
                let found = 1 + forward + 7 * (number - 1);
                let found = Some(found).filter(|found| *found <= last);
                found.map(day).into_iter().collect()
            }
        }
    }
}

/// The day from Monday to Friday that is nearest to a date, within its month.
fn nearest_weekday(date: Date) -> Date {
    let away = match date.weekday() {
        Weekday::Saturday if date.day() == 1 => 2,
        Weekday::Saturday => -1,
        Weekday::Sunday if date.day() == date.days_in_month() => -2,
        Weekday::Sunday => 1,
        _ => 0,
    };
    Date::constant(date.year(), date.month(), date.day() + away)
}
