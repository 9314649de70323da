//! The runs of a study, folded variant by variant: a variant is done when the next one begins, so that
//! what only folding needs is in memory for one variant at a time.

use super::expect_runs::{self, Shown};
use super::fold::VariantFold;
use super::one_run::Played;
use super::options::MOST_DETAILED;
use super::played_plan::PlayedPlan;
use super::results::{FitFound, VariantResults};
use super::shared::SharedFigures;
use super::twins::TwinCosts;
use crate::plan::Expectation;

/// The variants that are done, and the one that is being folded.
pub(super) struct Folding<'p> {
    plans: &'p [PlayedPlan<'p>],
    figures: SharedFigures,
    fits: Vec<Option<FitFound>>,
    current: Option<VariantFold<'p>>,
    done: Vec<VariantResults>,
    /// What the runs have shown, by variant and expectation.
    shown: Vec<Vec<Shown>>,
}

impl<'p> Folding<'p> {
    /// No run yet; `fits` is what `count: fit` found, by plan.
    pub(super) fn new(
        plans: &'p [PlayedPlan<'p>],
        fits: Vec<Option<FitFound>>,
        expectations: &[Expectation],
    ) -> Self {
        let shown = plans.iter().map(|plan| Shown::new(plan, expectations));
        Self {
            shown: shown.collect(),
            plans,
            figures: SharedFigures::default(),
            fits,
            current: None,
            done: Vec::new(),
        }
    }

    /// Adds the next run. Runs come in the order of variants.
    pub(super) fn add(&mut self, variant: usize, seed: u64, played: &Played, twins: TwinCosts) {
        while self.done.len() < variant {
            self.end_variant();
        }
        expect_runs::add(&mut self.shown[variant], seed, &played.found);
        self.current().add(seed, played, twins);
    }

    /// The results of all variants, and what their runs have shown.
    pub(super) fn finish(mut self) -> (Vec<VariantResults>, Vec<Vec<Shown>>) {
        while self.done.len() < self.plans.len() {
            self.end_variant();
        }
        (self.done, self.shown)
    }

    /// The fold of the first variant that is not done.
    fn current(&mut self) -> &mut VariantFold<'p> {
        let index = self.done.len();
        let (plan, figures) = (&self.plans[index], &mut self.figures);
        let begin = || VariantFold::new(plan, figures, index < MOST_DETAILED);
        self.current.get_or_insert_with(begin)
    }

    /// Finishes that variant; without a run it is empty.
    fn end_variant(&mut self) {
        self.current();
        let fold = self.current.take().expect("it was just begun");
        let fit = self.fits[self.done.len()].take();
        self.done.push(fold.finish(fit));
    }
}
