//! A scenario with all its variants and expectations.

use super::{Expectation, Plan};

/// A scenario with all its variants, ready to be played.
#[derive(Clone, Debug)]
pub struct Study {
    /// The scenario's `name`.
    pub name: String,
    /// Its `description`; empty when it has none.
    pub description: String,
    /// The name of the scenario's file, without its folder; empty for plans built by hand.
    pub file: String,
    /// `seeds:`: seeds 1 to this are played unless the command line says otherwise.
    pub seeds: u32,
    /// The variants, in the order of the file; one named `base` when there are none.
    pub variants: Vec<Plan>,
    /// `expect:`.
    pub expectations: Vec<Expectation>,
    /// Warnings that every run prints: AWS keys that would change the result and are not modelled.
    pub warnings: Vec<String>,
    /// Sentences on rows of traces that are left out or changed, as `unplaceable` and `repair` ask.
    pub left_out: Vec<String>,
    /// AWS keys that are accepted and have no effect on results; `check` and `show` list them.
    pub ignored: Vec<String>,
}

impl Study {
    /// A study of plans built by hand, with the scenario name of the first. One seed, no
    /// expectations.
    pub fn of_plans(plans: Vec<Plan>) -> Self {
        Self {
            name: plans
                .first()
                .map_or_else(String::new, |plan| plan.scenario.clone()),
            description: String::new(),
            file: String::new(),
            seeds: 1,
            variants: plans,
            expectations: Vec::new(),
            warnings: Vec::new(),
            left_out: Vec::new(),
            ignored: Vec::new(),
        }
    }

    /// Removes all variants but these, and the expectations of the removed variants.
    pub fn keep_variants(&mut self, wanted: &[String]) {
        self.variants.retain(|plan| wanted.contains(&plan.variant));
        self.expectations.retain(|expectation| {
            let variant = expectation.variant.as_ref();
            variant.is_none_or(|variant| wanted.contains(variant))
        });
    }
}
