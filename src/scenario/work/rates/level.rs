//! One value of a rate: requests per second, or a plain number in a factor of a product.

use crate::plan::{LONGEST, Until};
use crate::scenario::laws::numbers::factor;
use crate::scenario::laws::quantity::AT_MOST_LONGEST;
use crate::scenario::reading::reader::{Cursor, Record};
use crate::scenario::traces::shared::Shared;
use crate::scenario::traces::trace::Clock;
use crate::units::{Rate, Ratio, Span};

/// What surrounds the shape that is read.
#[derive(Clone, Copy)]
pub struct Ground<'r> {
    /// Start, end and time zone of the run.
    pub clock: Clock<'r>,
    /// The state that the readers of all variants share.
    pub shared: &'r Shared,
    /// True in a factor of a product.
    pub is_factor: bool,
}

impl Ground<'_> {
    /// A rate, or a plain number where the shape is a factor.
    pub fn level(&self, at: &Cursor<'_>) -> Option<Rate> {
        match self.is_factor {
            true => at.parse_with(factor).and_then(Rate::per_second),
            false => at.parse::<Rate>(),
        }
    }

    /// The rate under a key that must be there, which the record has checked.
    pub fn level_of(&self, record: &Record<'_>, key: &'static str) -> Option<Rate> {
        record.get(key).and_then(|at| self.level(&at))
    }

    /// The rate under a key that may only be absent in a factor of a product, which has 1 then. `example`
    /// is such a rate.
    pub fn level_or_one(
        &self,
        record: &Record<'_>,
        key: &'static str,
        example: &str,
    ) -> Option<Rate> {
        match record.get(key) {
            Some(at) => self.level(&at),
            None if self.is_factor => Rate::per_second(1.0),
            None => {
                missing(record, key, example);
                None
            }
        }
    }

    /// A time after the start of the run. Warns where it is after its end.
    pub fn time(&self, at: &Cursor<'_>) -> Option<Span> {
        let time = length(at)?;
        if let Some(Until::Elapsed(end)) = self.clock.until
            && time >= end
        {
            at.problem(format!(
                "the run ends at {end}, before this change of the rate"
            ))
            .warning()
            .report();
        }
        Some(time)
    }
}

/// Reports a key that is missing outside of a factor of a product.
pub fn missing(record: &Record<'_>, key: &'static str, example: &str) {
    if !record.is_mistyped(key) {
        let draft = record.at.problem(format!("`{key}` is missing"));
        draft
            .hint(format!("add `{key}:`, such as `{example}`"))
            .report();
    }
}

/// A length of time of at most a hundred years.
pub fn length(at: &Cursor<'_>) -> Option<Span> {
    let span = at.parse::<Span>()?;
    if span <= LONGEST {
        return Some(span);
    }
    at.problem(format!("`{span}` is too long"))
        .expected(AT_MOST_LONGEST)
        .report();
    None
}

/// The length of time under a key; the default of its table when the key is absent.
pub fn length_or(record: &Record<'_>, key: &'static str) -> Option<Span> {
    match record.get(key) {
        Some(at) => length(&at),
        None => record.parse_or(key),
    }
}

/// A share such as `10%`, as a number.
pub fn share(record: &Record<'_>, key: &'static str) -> Option<f64> {
    record.parse_or::<Ratio>(key).map(Ratio::as_f64)
}
