//! Dates on which another rate applies.

use super::moment::Moment;
use crate::units::SimTime;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The holidays of a calendar.
#[derive(Clone, Debug)]
pub struct Holidays {
    /// The dates.
    pub dates: Vec<Dates>,
    /// The time zone in which a date begins and ends.
    pub zone: TimeZone,
}

/// One or several dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dates {
    /// From the first date to the second one, both included.
    Between(Date, Date),
    /// The day of this month and number, each year.
    Yearly(i8, i8),
}

impl Holidays {
    /// Whether a time is on a holiday.
    pub(super) fn include(&self, moment: &Moment) -> bool {
        let date = moment.local(&self.zone).date();
        self.dates.iter().any(|dates| dates.include(date))
    }

    pub(super) fn next(&self, moment: &Moment) -> Option<SimTime> {
        moment.next_day(&self.zone)
    }
}

impl Dates {
    /// Whether a date is among them.
    pub fn include(&self, date: Date) -> bool {
        match self {
            Self::Between(first, last) => (*first..=*last).contains(&date),
            Self::Yearly(month, day) => (date.month(), date.day()) == (*month, *day),
        }
    }
}
