//! A scenario with all its variants and expectations.

use super::Plan;

/// A scenario with all its variants, ready to be played.
#[derive(Clone, Debug)]
pub struct Study {
    /// The scenario's `name`.
    pub name: String,
    /// Its `description`; empty when it has none.
    pub description: String,
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

/// One line of `expect:`: bounds on the mean of a figure over the seeds.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    /// The figure's path.
    pub figure: String,
    /// The variant it is about; `None`: every variant.
    pub variant: Option<String>,
    /// The bounds, all of which must hold.
    pub bounds: Vec<Bound>,
}

/// A bound, in the figure's unit (dollars, seconds, fractions of one, …), with its text as
/// written.
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    /// How the figure compares with the number.
    pub relation: Relation,
    /// The number.
    pub value: f64,
    /// As written: `$450`, `3m`.
    pub text: String,
}

/// How a figure is compared with a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// Strictly less.
    Below,
    /// Strictly more.
    Above,
    /// At most.
    AtMost,
    /// At least.
    AtLeast,
    /// Equal, to a relative error of 1e-9.
    Equals,
}
