//! A whole scenario: its variants and what is expected of them.

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
    /// What a reader of every run must know: AWS keys that would change the result but are
    /// not modelled yet.
    pub warnings: Vec<String>,
    /// AWS keys that are accepted and have no effect here; listed by `check` and `show`.
    pub ignored: Vec<String>,
}

impl Study {
    /// Plans built by hand as a study; the first gives it its name. One seed, no expectations.
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
            ignored: Vec::new(),
        }
    }

    /// Keeps only these variants, and what is expected of them.
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
    /// Which side.
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
    /// The same, to 1e-9 relative.
    Equals,
}
