//! Figures that variants share: hundreds of variants of a scenario have the same paths.

use crate::figures::{self, Figure, Names};
use crate::plan::Plan;
use std::sync::Arc;

/// The figures of the variant before, which the next one shares where it has the same names.
#[derive(Default)]
pub(super) struct SharedFigures(Option<(Names, Arc<[Figure]>)>);

impl SharedFigures {
    /// The figures of a plan.
    pub(super) fn of(&mut self, plan: &Plan) -> Arc<[Figure]> {
        let names = Names::of(plan);
        match &self.0 {
            Some((known, figures)) if *known == names => Arc::clone(figures),
            _ => {
                let figures = figures::all(&names).into();
                Arc::clone(&self.0.insert((names, figures)).1)
            }
        }
    }
}
