//! Bounds and values in words.

use crate::figures::Unit;
use crate::plan::{Bound, Relation};
use crate::units::Span;

/// Bounds in words: `above $1 and below $450`.
pub(super) fn words(bounds: &[Bound]) -> String {
    let words = |bound: &Bound| {
        let relation = match bound.relation {
            Relation::Below => "below",
            Relation::Above => "above",
            Relation::AtMost => "at most",
            Relation::AtLeast => "at least",
            Relation::Equals => "equals",
        };
        format!("{relation} {}", bound.text)
    };
    let words: Vec<String> = bounds.iter().map(words).collect();
    words.join(" and ")
}

/// A value with its unit and more digits than pages print.
pub(super) fn print(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Usd => format!("${value:.4}"),
        Unit::Seconds => Span::from_seconds_f64(value).to_string(),
        Unit::Share => format!("{:.4}%", value * 100.0),
        Unit::Count => format!("{value}"),
        Unit::Percent => format!("{value}%"),
        other => format!("{value:.6} {}", other.symbol()),
    }
}
