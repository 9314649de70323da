//! Figures that variants share: hundreds of variants of a scenario have the same paths.

use crate::figures::{self, Figure, Names};
use crate::plan::Plan;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::sync::Arc;

/// The figures of the variant before, which the next one shares where it has the same names.
#[derive(Default)]
pub(super) struct SharedFigures(Option<(Names, Vec<Arc<Figure>>)>);

impl SharedFigures {
    /// The figures of a plan.
    pub(super) fn of(&mut self, plan: &Plan) -> Vec<Arc<Figure>> {
        let names = Names::of(plan);
        match &self.0 {
            Some((known, figures)) if *known == names => figures.clone(),
            _ => {
                let figures: Vec<_> = figures::all(&names).into_iter().map(Arc::new).collect();
                self.0.insert((names, figures)).1.clone()
            }
        }
    }
}

/// Writes a shared figure as if it were not shared.
pub(super) fn serialize<S: Serializer>(figure: &Arc<Figure>, to: S) -> Result<S::Ok, S::Error> {
    figure.as_ref().serialize(to)
}

/// Reads a figure. The result is the only reference to it.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Arc<Figure>, D::Error> {
    Figure::deserialize(from).map(Arc::new)
}
