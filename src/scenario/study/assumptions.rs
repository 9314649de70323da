//! Reads `assumptions` by the rows of [`plan::ASSUMPTIONS`](crate::plan::ASSUMPTIONS).

use crate::plan::{ASSUMPTIONS, Assumption, Assumptions, Group, Kind, Lens};
use crate::scenario::capacity::images;
use crate::scenario::faults::realistic;
use crate::scenario::keys::assumptions as tables;
use crate::scenario::laws::law;
use crate::scenario::laws::quantity::Quantity;
use crate::scenario::reading::reader::{Cursor, Record};
use crate::units::{Decimal, Memory, Ratio, Span};
use std::sync::Arc;

/// Reads `assumptions`. With realistic faults the default of `launchFailures` is the documented
/// one.
pub fn read(root: &Record<'_>, has_realistic_faults: bool) -> Option<Assumptions> {
    let mut found = Assumptions::default();
    if has_realistic_faults {
        found.launch_failures = realistic::launch_failures(found.launch_failures);
    }
    let Some(at) = root.get("assumptions") else {
        return Some(found);
    };
    let mark = at.context.mark();
    read_rows(&at.record(&tables::ASSUMPTIONS)?, ASSUMPTIONS, &mut found);
    at.context.is_clean_since(mark).then_some(found)
}

fn read_rows(record: &Record<'_>, rows: &'static [Assumption], found: &mut Assumptions) {
    for row in rows {
        if let Some(at) = record.get(row.key) {
            read_value(&at, row.kind, found);
        }
    }
}

/// Reads the value of a key and stores it in its field. A value with problems is reported and not
/// stored.
fn read_value(at: &Cursor<'_>, kind: Kind, found: &mut Assumptions) {
    match kind {
        Kind::TimeLaw(place) => put(found, place, law::read(at, Quantity::Seconds)),
        Kind::ShareLaw(place) => {
            put(found, place, law::share(at));
        }
        Kind::Duration(place) => put(found, place, at.parse()),
        Kind::DurationAboveZero(place, most) => put(found, place, bounded_span(at, most)),
        Kind::Delay(place) => put(found, place, delay(at)),
        Kind::Durations(place) => put(found, place, spans_above_zero(at)),
        Kind::Size(place) => put(found, place, at.parse()),
        Kind::ImageSize(place) => put(found, place, images::size(at)),
        Kind::Count(place, most) => {
            let count = at.integer(1, most.into());
            put(found, place, count.map(|number| number as u32));
        }
        Kind::Decimal(place, most) => put(found, place, decimal(at, most)),
        Kind::Factor(place, least, most) => put(found, place, factor(at, least, most)),
        Kind::PositiveFactor(place) => put(found, place, at.positive()),
        Kind::Rate(place) => put(found, place, per_second(at)),
        Kind::Rates(place) => {
            let expected = "those up to 1 vCPU, up to 2, and above";
            put(
                found,
                place,
                exactly(at, "three rates", expected, per_second),
            );
        }
        Kind::Share(place) => put(found, place, share(at)),
        Kind::Shares(place) => {
            let expected = "those of the bands <5%, 5-10%, 10-15%, 15-20% and >20%";
            put(found, place, exactly(at, "five shares", expected, share));
        }
        Kind::Ratio(place) => put(found, place, at.parse()),
        Kind::RatioAboveZero(place) => put(found, place, positive_ratio(at)),
        Kind::Bool(place) => put(found, place, at.boolean()),
        Kind::Group(group) => read_group(at, group, found),
    }
}

fn put<T>(found: &mut Assumptions, place: Lens<T>, value: Option<T>) {
    if let Some(value) = value {
        *(place.get_mut)(found) = value;
    }
}

/// Reads a map of several values; keys that are absent keep their values.
fn read_group(at: &Cursor<'_>, group: &'static Group, found: &mut Assumptions) {
    let Some(record) = at.record(tables::map_of(group)) else {
        return;
    };
    read_rows(&record, group.rows, found);
    if let Some((first, longest)) = group.ordered {
        let (first, longest) = ((first.get)(found), (longest.get)(found));
        if first > longest {
            at.problem(format!("`first` ({first}) is above `longest` ({longest})"))
                .report();
        }
    }
}

fn bounded_span(at: &Cursor<'_>, most: Option<Span>) -> Option<Span> {
    let span = positive_span(at)?;
    if let Some(most) = most.filter(|most| span > *most) {
        at.problem(format!("`{span}` is too long"))
            .expected(format!("at most {most}"))
            .report();
    }
    Some(span)
}

fn delay(at: &Cursor<'_>) -> Option<Span> {
    if at.node.as_text() != Some("never") {
        return at.parse();
    }
    at.problem("`never` is not a duration")
        .hint("to switch it off, give a duration longer than the run, such as `36500d`")
        .report();
    None
}

fn decimal(at: &Cursor<'_>, most: u32) -> Option<Decimal> {
    let number = at.parse::<Decimal>()?;
    if number == Decimal::default() || number > Decimal::whole(most) {
        at.problem(format!("`{number}` is not valid here"))
            .expected(format!("a number above 0, up to {most}"))
            .report();
    }
    Some(number)
}

fn factor(at: &Cursor<'_>, least: u32, most: u32) -> Option<f64> {
    let factor = at.number()?;
    if !(f64::from(least)..=f64::from(most)).contains(&factor) {
        at.problem(format!("`{factor}` is not valid here"))
            .expected(format!("a number from {least} to {most}"))
            .report();
    }
    Some(factor)
}

fn spans_above_zero(at: &Cursor<'_>) -> Option<Arc<[Span]>> {
    let mark = at.context.mark();
    let items = at.list();
    if items.is_empty() && at.context.is_clean_since(mark) {
        at.problem("this list is empty")
            .hint("give at least one delay")
            .report();
    }
    let spans: Vec<_> = items.iter().map(positive_span).collect();
    spans.into_iter().collect()
}

/// Reads a list of exactly `N` items; `wanted` and `expected` are the words of the message.
fn exactly<const N: usize, T>(
    at: &Cursor<'_>,
    wanted: &str,
    expected: &str,
    read: impl Fn(&Cursor<'_>) -> Option<T>,
) -> Option<[T; N]> {
    let mark = at.context.mark();
    let items = at.list();
    let read: Vec<_> = items.iter().map(read).collect();
    let read: Option<Vec<T>> = read.into_iter().collect();
    let read: Result<[T; N], _> = read?.try_into();
    if read.is_err() && at.context.is_clean_since(mark) {
        at.problem(format!("this should be {wanted}, not {}", items.len()))
            .expected(expected)
            .report();
    }
    read.ok()
}

/// Reads a probability or share below 100 %. At 100 % no instance could be launched or stay
/// running.
fn share(at: &Cursor<'_>) -> Option<f64> {
    let share = at.parse::<Ratio>()?;
    if share.as_millionths() == Ratio::MILLIONTHS {
        at.problem("this share must be below 100%")
            .expected("a share below 1, such as `5%`")
            .report();
        return None;
    }
    Some(share.as_f64())
}

/// Reads a share above 0.
fn positive_ratio(at: &Cursor<'_>) -> Option<Ratio> {
    let ratio = at.parse::<Ratio>()?;
    if ratio.as_millionths() == 0 {
        at.problem("this must be above 0").report();
        return None;
    }
    Some(ratio)
}

fn positive_span(at: &Cursor<'_>) -> Option<Span> {
    let span = at.parse::<Span>()?;
    if span == Span::ZERO {
        at.problem("this must be above 0").report();
        return None;
    }
    Some(span)
}

/// Reads bytes per second, written as a size per second and above 0.
fn per_second(at: &Cursor<'_>) -> Option<u64> {
    const EXPECTED: &str = "a size per second such as `25 MB/s`";
    let text = at.text()?;
    let size = text.trim().strip_suffix("/s").map(str::parse::<Memory>);
    match size {
        Some(Ok(size)) if size > Memory::ZERO => Some(size.as_bytes()),
        Some(Err(error)) => {
            at.bad_value(text, &error.problem, EXPECTED);
            None
        }
        _ => {
            let message = format!("`{text}` is not a rate of bytes above 0");
            at.bad_value(text, &message, EXPECTED);
            None
        }
    }
}
