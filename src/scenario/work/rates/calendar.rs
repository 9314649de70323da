//! Reads rates by the clock and the calendar: `daily`, `weekly`, and the dates of `holidays`.

use super::level::{Ground, share};
use crate::plan::check::shapes;
use crate::plan::{DailyShape, Dates, WeeklyShape};
use crate::scenario::keys::rates::{DAILY, WEEKDAYS, WEEKLY};
use crate::scenario::laws::schedule;
use crate::scenario::reading::reader::{Cursor, Record, ticked};
use crate::scenario::reading::tree::Value;
use crate::units::{Rate, Span};
use jiff::civil::Date;

/// Reads `daily`.
pub fn daily(at: &Cursor<'_>, ground: &Ground<'_>) -> Option<DailyShape> {
    let record = at.record(&DAILY)?;
    let zone = schedule::zone(&record, ground.clock.zone);
    let low = ground.level_of(&record, "low");
    let high = ground.level_of(&record, "high");
    let peak_at = record.get("peakAt").and_then(|at| time_of_day(&at));
    let weekend = share(&record, "weekend");
    let shape = DailyShape {
        low: low?,
        high: high?,
        peak_at: peak_at?,
        weekend: weekend?,
        zone,
    };
    let flaws = shapes::daily(&shape);
    let is_right = flaws.is_empty();
    flaws.into_iter().for_each(|flaw| record.flaw(flaw));
    is_right.then_some(shape)
}

/// A time of day such as `20:00`, as the time since midnight.
fn time_of_day(at: &Cursor<'_>) -> Option<Span> {
    let text = at.text()?;
    let parsed = text.split_once(':').and_then(|(hour, minute)| {
        let number = |digits: &str, below: u64| {
            let is_short = (1..=2).contains(&digits.len());
            let number: u64 = digits.parse().ok().filter(|_| is_short)?;
            (number < below).then_some(number)
        };
        Some((number(hour, 24)?, number(minute, 60)?))
    });
    let Some((hour, minute)) = parsed else {
        at.bad_value(
            text,
            "is not a time of day",
            "hours and minutes, such as `20:00`",
        );
        return None;
    };
    Some(Span::seconds((hour * 60 + minute) * 60))
}

/// Reads `weekly`.
pub fn weekly(at: &Cursor<'_>, ground: &Ground<'_>) -> Option<WeeklyShape> {
    let record = at.record(&WEEKLY)?;
    let mark = at.context.mark();
    let zone = schedule::zone(&record, ground.clock.zone);
    let one = [Rate::per_second(1.0)?; 24];
    let mut hours = Box::new([one; 7]);
    let mut unnamed = Vec::new();
    for (day, (name, hours)) in WEEKDAYS.into_iter().zip(hours.iter_mut()).enumerate() {
        let several = if day < 5 { "weekdays" } else { "weekend" };
        match record.get(name).or_else(|| record.get(several)) {
            Some(at) => *hours = day_rates(&at, ground)?,
            None => unnamed.push(name),
        }
    }
    if !unnamed.is_empty() && !ground.is_factor && !record.has_mistyped() {
        at.problem(format!("there is no rate for {}", ticked(unnamed)))
            .hint("give `weekdays`, `weekend`, or each of these days")
            .report();
    }
    let shape = WeeklyShape { hours, zone };
    if at.context.is_clean_since(mark) {
        shapes::weekly(&shape)
            .into_iter()
            .for_each(|flaw| at.flaw(flaw));
    }
    at.context.is_clean_since(mark).then_some(shape)
}

/// The rates of the hours of a day: one rate, or a list of 24.
fn day_rates(at: &Cursor<'_>, ground: &Ground<'_>) -> Option<[Rate; 24]> {
    if !matches!(at.node.value, Value::List(_)) {
        return ground.level(at).map(|rate| [rate; 24]);
    }
    let items = at.list();
    let rates: Option<Vec<Rate>> = items.iter().map(|item| ground.level(item)).collect();
    let rates = rates?;
    let read = <[Rate; 24]>::try_from(rates.as_slice()).ok();
    if read.is_none() {
        at.problem(format!("this list has {} rates", rates.len()))
            .expected("24 rates, one for each hour from 0:00 on")
            .report();
    }
    read
}

/// Reads `dates` of `holidays`.
pub fn dates(record: &Record<'_>) -> Option<Vec<Dates>> {
    let at = record.get("dates")?;
    let items = at.list();
    if items.is_empty() && matches!(at.node.value, Value::List(_)) {
        at.problem("this list is empty")
            .hint("give at least one date")
            .report();
        return None;
    }
    let dates: Vec<Option<Dates>> = items.iter().map(date).collect();
    dates.into_iter().collect()
}

fn date(at: &Cursor<'_>) -> Option<Dates> {
    let text = at.text()?;
    let day = |text: &str| -> Option<Date> {
        let is_written_out = text.len() == 10;
        text.parse().ok().filter(|_| is_written_out)
    };
    let read = match text.split_once('/') {
        Some((first, last)) => day(first)
            .zip(day(last))
            .map(|(first, last)| Dates::Between(first, last)),
        None if text.len() == 5 => {
            // A leap year, so that 29 February is a date.
            let date = day(&format!("2024-{text}"));
            date.map(|date| Dates::Yearly(date.month(), date.day()))
        }
        None => day(text).map(|date| Dates::Between(date, date)),
    };
    match read {
        Some(Dates::Between(first, last)) if last < first => {
            at.problem(format!("`{last}` is before `{first}`")).report();
            None
        }
        Some(dates) => Some(dates),
        None => {
            at.bad_value(
                text,
                &format!("`{text}` is not a date"),
                "`2026-12-25`, `12-25` for each year, or `2026-12-24/2027-01-01`",
            );
            None
        }
    }
}
