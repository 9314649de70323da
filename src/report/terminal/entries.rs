//! The cells that several tables share: a mean, a mean of a service, an amount of money.

use super::super::figure::mean;
use super::super::text::money;
use super::super::value;
use super::grid::{Entry, Tone};
use crate::figures::Unit;
use crate::runner::{Estimate, VariantResults};

/// A figure's mean, printed by `print`; a dash where no run has a value.
pub(super) fn shown(variant: &VariantResults, path: &str, print: fn(f64) -> String) -> Entry {
    match mean(variant, path) {
        Some(value) => Entry::new(print(value)),
        None => Entry::new("–").tone(Tone::Faint),
    }
}

/// An amount in dollars with half of its interval; without the interval where no draw changes
/// the variant (`without_chance`). Its short form is the mean alone.
pub(super) fn money_entry(estimate: &Estimate, without_chance: bool) -> Entry {
    let Some(value) = estimate.mean.filter(|mean| mean.is_finite()) else {
        return Entry::new("–").tone(Tone::Faint);
    };
    Entry::new(value::estimate(Unit::Usd, estimate, without_chance)).or(money(value))
}

/// The mean of a figure of a service. Availability of zero is red.
pub(super) fn service_figure(
    variant: &VariantResults,
    path: &str,
    print: fn(f64) -> String,
) -> Entry {
    let entry = shown(variant, path, print);
    match path.ends_with("available.share") && mean(variant, path) == Some(0.0) {
        true => entry.tone(Tone::Bad),
        false => entry,
    }
}
