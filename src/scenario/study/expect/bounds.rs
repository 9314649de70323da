//! Reads bounds in the unit of what they are about.

use crate::figures::Unit;
use crate::plan::{Bound, Relation};
use crate::scenario::reading::reader::{Cursor, Record};
use crate::units::{Cpu, MIB, Memory, Span, Usd};

/// The bounds of an expectation.
pub type Bounds = Vec<Bound>;

/// The keys of bounds on a value.
pub const KEYS: [(&str, Relation); 5] = [
    ("below", Relation::Below),
    ("above", Relation::Above),
    ("atMost", Relation::AtMost),
    ("atLeast", Relation::AtLeast),
    ("equals", Relation::Equals),
];

/// Reads the bounds on a value of `what`; none is reported.
pub fn read(record: &Record<'_>, what: &str, unit: Unit) -> Option<Bounds> {
    let mut bounds = Vec::new();
    for (key, relation) in KEYS {
        let Some(at) = record.get(key) else { continue };
        let text = at.text()?;
        bounds.push(Bound {
            relation,
            value: bound(&at, text, what, unit)?,
            text: text.to_string(),
        });
    }
    if bounds.is_empty() {
        record
            .at
            .problem("this expectation has no bound")
            .hint("give `below`, `above`, `atMost`, `atLeast` or `equals`")
            .report();
        return None;
    }
    Some(bounds)
}

fn bound(at: &Cursor<'_>, text: &str, what: &str, unit: Unit) -> Option<f64> {
    if unit == Unit::Seconds && plain(text).is_some_and(|number| number != 0.0) {
        at.problem(format!("`{text}` has no unit"))
            .expected(expected(unit))
            .hint(format!("for seconds write `{}s`", text.trim()))
            .report();
        return None;
    }
    let Some(value) = value(text, unit) else {
        at.bad_value(
            text,
            &format!("`{text}` is not a value of `{what}`"),
            expected(unit),
        );
        return None;
    };
    if unit == Unit::Share && !(0.0..=1.0).contains(&value) {
        at.problem(format!("`{text}` is not a share"))
            .expected("a number between 0 and 1, or a share written as `99%`")
            .report();
        return None;
    }
    Some(value)
}

/// `inSeeds`: the least share of runs in which an expectation must hold.
pub fn in_seeds(record: &Record<'_>) -> Option<f64> {
    let Some(at) = record.get("inSeeds") else {
        return Some(1.0);
    };
    let text = at.text()?;
    let share = value(text, Unit::Share);
    if share.is_none_or(|share| !(share > 0.0 && share <= 1.0)) {
        at.problem(format!("`{text}` is not a share of runs"))
            .expected("a share above 0 and at most 1, such as `90%`")
            .report();
        return None;
    }
    share
}

/// A number without a unit.
fn plain(text: &str) -> Option<f64> {
    text.trim().replace('_', "").parse().ok()
}

/// Reads a bound; a number without a unit is in the unit of the figure.
fn value(text: &str, unit: Unit) -> Option<f64> {
    if let Some(number) = plain(text) {
        return number.is_finite().then_some(number);
    }
    match unit {
        Unit::Usd => {
            let (sign, amount) = match text.trim().strip_prefix('-') {
                Some(rest) => (-1.0, rest),
                None => (1.0, text),
            };
            amount
                .parse::<Usd>()
                .ok()
                .map(|usd| sign * usd.as_dollars_f64())
        }
        Unit::Seconds => text.parse::<Span>().ok().map(Span::as_seconds_f64),
        Unit::Hours => text
            .parse::<Span>()
            .ok()
            .map(|s| s.as_seconds_f64() / 3600.0),
        Unit::Share => {
            let number: f64 = text.trim().strip_suffix('%')?.trim().parse().ok()?;
            number.is_finite().then_some(number / 100.0)
        }
        Unit::Vcpu => text.parse::<Cpu>().ok().map(Cpu::as_vcpus_f64),
        Unit::Gib => Memory::parse_with_default(text, MIB)
            .ok()
            .map(Memory::as_gib_f64),
        Unit::Percent => text.trim().strip_suffix('%')?.trim().parse().ok(),
        Unit::SecondsSquared
        | Unit::Count
        | Unit::VcpuHours
        | Unit::GibHours
        | Unit::Gpus
        | Unit::GpuHours => None,
    }
}

/// How a bound in a unit is written, for messages.
const fn expected(unit: Unit) -> &'static str {
    match unit {
        Unit::Usd => "dollars such as `$450`",
        Unit::Seconds => "a duration such as `3m`",
        Unit::Hours => "a duration such as `24h`, or a number of hours",
        Unit::Share => "a share such as `5%` or `0.05`",
        Unit::Vcpu => "CPU such as `4 vCPU`, or a number of vCPUs",
        Unit::Percent => "a percentage such as `100%`, or a number of percent",
        Unit::Gib => "a size such as `8 GiB`, or a number of GiB",
        _ => "a number",
    }
}
