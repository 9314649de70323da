//! An expectation on levels and events in words, and what came instead.

use super::expect_words::{print, words};
use crate::figures::Unit;
use crate::metrics::Found;
use crate::plan::{
    Bound, EventExpected, Expectation, FilterValue, LevelExpected, Relation, Statistic, Subject,
    Tally, When, WorkName,
};
use crate::units::{SECOND, SimTime, Span};

/// Writes an expectation, and what came instead.
pub(super) struct Told<'a> {
    pub(super) expectation: &'a Expectation,
    pub(super) unit: Unit,
    /// ` of variant v`, where there are several.
    pub(super) place: String,
}

impl Told<'_> {
    /// The expectation as text: `service.web.running of base at 10m equals 8`.
    pub(super) fn expected(&self, variant: &str) -> String {
        let bounds = &self.expectation.bounds;
        match &self.expectation.subject {
            Subject::Figure(path) => format!("{path} of {variant} {}", words(bounds)),
            Subject::Level(of) => {
                format!(
                    "{} of {variant} {} {}",
                    path(of),
                    when(of.when),
                    words(bounds)
                )
            }
            Subject::Event(of) => match of.tally {
                Tally::TimeOf(number) => format!(
                    "event {number} of {}{} in {variant} {}",
                    events(of),
                    interval(of.from, of.to),
                    times(bounds)
                ),
                Tally::Number => format!(
                    "number of {}{} in {variant} {}",
                    events(of),
                    interval(of.from, of.to),
                    words(bounds)
                ),
            },
        }
    }

    /// What a run showed instead, for a place beside the expectation.
    pub(super) fn instead(&self, seed: u64, found: &Found) -> String {
        let run = format!("in seed {seed}");
        match (&self.expectation.subject, found.value) {
            (Subject::Event(of), None) => format!("{} {run}", absent(of, found)),
            (_, None) => format!("no value {run}{}", ended(self.expectation, found)),
            (Subject::Level(_), Some(value)) => match (self.is_at_any_time(), found.at) {
                (true, Some(at)) => format!("{} at {} {run}", self.value(value), to_seconds(at)),
                _ => format!("{} {run}", self.value(value)),
            },
            (_, Some(value)) => format!("{} {run}", self.value(value)),
        }
    }

    /// The same as a sentence, with what was expected.
    pub(super) fn sentence(&self, seed: u64, found: &Found) -> String {
        let run = format!("in seed {seed}{}", self.place);
        let bounds = &self.expectation.bounds;
        match (&self.expectation.subject, found.value) {
            (Subject::Figure(path), _) => format!("{path} {run}"),
            (Subject::Level(of), None) => format!(
                "{} had no value {} {run}{}; expected {}",
                path(of),
                when(of.when),
                ended(self.expectation, found),
                plain(bounds)
            ),
            (Subject::Level(of), Some(value)) => {
                let (path, value) = (path(of), self.value(value));
                let (when, wanted) = (when(of.when), plain(bounds));
                match (self.is_at_any_time(), found.at) {
                    (true, Some(at)) => format!(
                        "{path} was {value} at {} {run}; expected {wanted} {when}",
                        to_seconds(at)
                    ),
                    _ => format!("{path} {when} was {value} {run}; expected {wanted}"),
                }
            }
            (Subject::Event(of), value) => {
                let (events, interval) = (events(of), interval(of.from, of.to));
                match (of.tally, value) {
                    (Tally::TimeOf(number), Some(value)) => format!(
                        "event {number} of {events}{interval} came at {} {run}; expected {}",
                        self.value(value),
                        times(bounds)
                    ),
                    (Tally::TimeOf(number), None) => format!(
                        "event {number} of {events}{interval} did not come {run}: {}; expected {}",
                        there_were(found.events),
                        times(bounds)
                    ),
                    (Tally::Number, Some(value)) => format!(
                        "{events} came {}{interval} {run}; expected {}",
                        times_of(value),
                        plain(bounds)
                    ),
                    (Tally::Number, None) => format!(
                        "the run {run} ended at {}, before {}; expected {} of {events}",
                        to_seconds(found.end),
                        of.from,
                        plain(bounds)
                    ),
                }
            }
        }
    }

    /// True where each value of an interval counts, so that the time of the value says more.
    fn is_at_any_time(&self) -> bool {
        let every = |when| {
            matches!(
                when,
                When::Within {
                    of: Statistic::Every,
                    ..
                }
            )
        };
        matches!(&self.expectation.subject, Subject::Level(of) if every(of.when))
    }

    /// The least and the largest value of the runs; `n` of them have one.
    pub(super) fn range(&self, range: Option<(f64, f64)>, (n, runs): (usize, usize)) -> String {
        let Some((least, most)) = range else {
            return "no value in any run".into();
        };
        let (least, most) = (self.value(least), self.value(most));
        let of_runs = match n == runs {
            true => String::new(),
            false => format!(" in {n} of {runs} runs"),
        };
        match least == most {
            true if n == runs && runs > 1 => format!("{least} in every run"),
            true => format!("{least}{of_runs}"),
            false => format!("{least} to {most}{of_runs}"),
        }
    }

    /// A value: a time to the second, unless that would hide on which side of a bound it is.
    fn value(&self, value: f64) -> String {
        match self.unit {
            Unit::Seconds => {
                let exact = Span::from_seconds_f64(value);
                let mut bounds = self.expectation.bounds.iter();
                match bounds.any(|bound| (bound.value - value).abs() < 1.0) {
                    true => exact.to_string(),
                    false => to_seconds(SimTime::ZERO + exact),
                }
            }
            // To the fourth decimal place, without zeros at the end.
            Unit::Share => format!("{}%", (value * 1e6).round() / 1e4),
            unit => print(unit, value),
        }
    }
}

/// A time to the second, from one minute on.
fn to_seconds(time: SimTime) -> String {
    match time.as_micros() / SECOND {
        seconds if seconds >= 60 => Span::seconds(seconds).to_string(),
        _ => time.to_string(),
    }
}

/// How often: `once`, `5 times`.
fn times_of(number: f64) -> String {
    match number {
        1.0 => "once".into(),
        more => format!("{more} times"),
    }
}

/// Which events: `GroupScaled on g (direction out)`.
fn events(of: &EventExpected) -> String {
    let mut text = of.kind.name().to_string();
    if let Some(provider) = &of.provider {
        text.push_str(&format!(" on {provider}"));
    }
    match &of.work {
        Some(WorkName::Service(name)) => text.push_str(&format!(" of service {name}")),
        Some(WorkName::Entry(name)) => text.push_str(&format!(" of tasks {name}")),
        None => {}
    }
    let filters = of.filters.iter().map(|filter| match &filter.value {
        FilterValue::Text(value) => format!("{} {value}", filter.field.name()),
        FilterValue::Number(value) => format!("{} {value}", filter.field.name()),
    });
    let filters: Vec<String> = filters.collect();
    if !filters.is_empty() {
        text.push_str(&format!(" ({})", filters.join(", ")));
    }
    text
}

/// The path of a level with its statistic: `service.web.running.mean`.
fn path(of: &LevelExpected) -> String {
    let statistic = match of.when {
        When::At(_) => "",
        When::Within { of, .. } => match of {
            Statistic::Every => "",
            Statistic::Mean => ".mean",
            Statistic::Min => ".min",
            Statistic::Max => ".max",
        },
    };
    format!("{}{statistic}", of.path)
}

fn when(when: When) -> String {
    match when {
        When::At(at) => format!("at {at}"),
        When::Within { from, to, .. } => match interval(from, to) {
            all if all.is_empty() => "in the whole run".into(),
            part => part.trim_start().into(),
        },
    }
}

/// ` from 2h to 3h`; empty for the whole run.
fn interval(from: SimTime, to: Option<SimTime>) -> String {
    match (from, to) {
        (SimTime::ZERO, None) => String::new(),
        (from, None) => format!(" from {from} on"),
        (SimTime::ZERO, Some(to)) => format!(" up to {to}"),
        (from, Some(to)) => format!(" from {from} to {to}"),
    }
}

/// Bounds after "expected": `8`, `at most 4`.
fn plain(bounds: &[Bound]) -> String {
    let words = words(bounds);
    words.strip_prefix("equals ").unwrap_or(&words).to_string()
}

/// Bounds on the time of an event: `not before 6m`.
fn times(bounds: &[Bound]) -> String {
    let words = |bound: &Bound| {
        let relation = match bound.relation {
            Relation::Below => "before",
            Relation::Above => "after",
            Relation::AtMost => "not after",
            Relation::AtLeast => "not before",
            Relation::Equals => "at",
        };
        format!("{relation} {}", bound.text)
    };
    let words: Vec<String> = bounds.iter().map(words).collect();
    words.join(" and ")
}

/// What is there instead of an event.
fn absent(of: &EventExpected, found: &Found) -> String {
    match of.tally {
        Tally::TimeOf(_) => there_were(found.events),
        Tally::Number => format!("the run ended at {}", to_seconds(found.end)),
    }
}

fn there_were(events: u64) -> String {
    match events {
        0 => "there was no such event".into(),
        1 => "there was 1 such event".into(),
        more => format!("there were {more} such events"),
    }
}

/// `: the run ended at 8m`, where that is before the time that counts.
fn ended(expectation: &Expectation, found: &Found) -> String {
    let from = match &expectation.subject {
        Subject::Level(of) => match of.when {
            When::At(at) => at,
            When::Within { from, .. } => from,
        },
        _ => SimTime::ZERO,
    };
    match found.end < from {
        true => format!(": the run ended at {}", to_seconds(found.end)),
        false => String::new(),
    }
}
