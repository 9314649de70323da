//! The variants that an expectation is about.

use crate::figures::Names;
use crate::plan::{Plan, Until};

/// The plans that an expectation is about, each with the names that paths contain.
pub struct Scope<'a> {
    /// The plans.
    pub plans: Vec<(&'a Plan, &'a Names)>,
    /// True where the scenario has several variants, so that messages name the variant.
    pub names_variants: bool,
}

impl Scope<'_> {
    /// `message`, with the variant where there are several.
    pub fn of(&self, plan: &Plan, message: String) -> String {
        match self.names_variants {
            true => format!("{message} in variant `{}`", plan.variant),
            false => message,
        }
    }

    /// The first end of a run, where runs end at a fixed time.
    pub fn ends(&self) -> Option<(&Plan, crate::units::Span)> {
        let ends = self.plans.iter().filter_map(|(plan, _)| match plan.until {
            Until::Elapsed(end) => Some((*plan, end)),
            Until::Drained => None,
        });
        ends.min_by_key(|(_, end)| *end)
    }
}
