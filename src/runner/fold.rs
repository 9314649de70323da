//! Folds the runs of one variant, in the order of seeds, into its results: figures, bill, timeline
//! and the distribution of waits.

use super::incomplete::{LackingFold, serving, traced};
use super::median::median_seed;
use super::one_run::Played;
use super::results::{
    BillLineSummary, Estimate, Figures, FitFound, VariantResults, WaitDistribution,
};
use super::runs::RunsFold;
use super::shared::SharedFigures;
use super::timeline::TimelineFold;
use super::twins::TwinCosts;
use super::values::{of_service, response, tasks, values};
use crate::figures::{CostFigure, CostOf, Figure, LoadFigure, Measure, Of, RunFigure, TaskFigure};
use crate::metrics::EntryWork;
use crate::plan::Plan;
use crate::pricing::BillLine;
use crate::simulation::ResponseTimes;
use crate::stats::estimate;
use crate::units::{Span, Usd};
use crate::usage::{Item, Owner};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The largest number of points of the distribution of waits, and the same of a variant without
/// details.
const WAIT_POINTS: (usize, usize) = (500, 100);

/// The runs of a variant that have been folded.
pub(super) struct VariantFold<'p> {
    plan: &'p Plan,
    figures: Arc<[Figure]>,
    runs: RunsFold,
    /// Waits and sojourns of the tasks of all seeds: of all entries together, then of each entry.
    /// The other fields of [`EntryWork`] stay empty.
    pooled: Vec<EntryWork>,
    /// The response times of requests of all seeds, by service; `None` without a load.
    responses: Vec<Option<ResponseTimes>>,
    lines: BTreeMap<(Owner, Item), LineFold>,
    /// `None` in a variant without details.
    timeline: Option<TimelineFold>,
    lacking: LackingFold,
}

/// A line group of the bill, summed over zones, with its amounts in each run.
struct LineFold {
    line: BillLine,
    by_run: Vec<LineOfRun>,
}

/// The amounts of a line group in one run.
#[derive(Clone, Copy, Default)]
struct LineOfRun {
    /// Quantity in pricing units.
    quantity: f64,
    cost: Usd,
    /// Dollars that come from rounding up to whole seconds and from the minimum of 60 s.
    topped_up: f64,
}

impl<'p> VariantFold<'p> {
    /// The fold of a variant without a run; `is_detailed`: with levels over time.
    pub(super) fn new(plan: &'p Plan, shared: &mut SharedFigures, is_detailed: bool) -> Self {
        Self {
            plan,
            figures: shared.of(plan),
            runs: RunsFold::default(),
            pooled: vec![Default::default(); plan.tasks.len() + 1],
            responses: Vec::new(),
            lines: BTreeMap::new(),
            timeline: is_detailed.then(|| TimelineFold::new(plan)),
            lacking: LackingFold::new(plan),
        }
    }

    /// Adds the next run.
    pub(super) fn add(&mut self, seed: u64, played: &Played, twins: TwinCosts) {
        let run = self.runs.len();
        let values = values(self.plan, &self.figures, played, twins);
        self.runs.add(seed, values);
        let work = &played.observed.work;
        for (pooled, work) in self
            .pooled
            .iter_mut()
            .zip(std::iter::once(work.all()).chain(&work.entries))
        {
            pooled.waits.merge(&work.waits);
            pooled.sojourns.merge(&work.sojourns);
        }
        match self.responses.is_empty() {
            true => self.responses.clone_from(&played.responses),
            false => merge(&mut self.responses, &played.responses),
        }
        for line in played.bill.lines.iter().filter(|line| line.usage > 0) {
            let key = (line.meter.owner, line.meter.item);
            let fold = self.lines.entry(key).or_insert_with(|| LineFold {
                line: line.clone(),
                by_run: Vec::new(),
            });
            // A line that earlier runs lack has zero in them.
            fold.by_run.resize(run + 1, LineOfRun::default());
            let of_run = &mut fold.by_run[run];
            of_run.quantity += line.quantity;
            of_run.cost += line.cost;
            of_run.topped_up += line.topped_up_cost();
        }
        if let Some(timeline) = &mut self.timeline {
            timeline.add(played);
        }
        self.lacking.add(&played.observed);
    }

    /// The results of the variant.
    pub(super) fn finish(mut self, fit: Option<FitFound>) -> VariantResults {
        let runs = std::mem::take(&mut self.runs).finish();
        // Without a run there are no columns.
        let column = |index: usize| -> Vec<Option<f64>> {
            match runs.is_empty() {
                true => Vec::new(),
                false => runs.values(index).collect(),
            }
        };
        let summary = |index, figure: &Figure| match figure.measure {
            Measure::Tasks(of, task) if figure.definition().pooled => Estimate {
                n: runs.len(),
                mean: self.pooled(of, task),
                half_width: None,
            },
            Measure::Load(of, load) if figure.definition().pooled => Estimate {
                n: runs.len(),
                mean: self.pooled_response(of, load),
                half_width: None,
            },
            _ => estimate(&column(index)),
        };
        let figures = Figures::new(Arc::clone(&self.figures), summary);
        let total = Measure::Cost(CostOf::Total, CostFigure::Total);
        let total = self.figures.iter().position(|f| f.measure == total);
        let median_seed = total.map_or(0, |total| median_seed(runs.seeds(), &column(total)));
        let reported = Measure::Run(RunFigure::ReportedHours);
        let hours = self.figures.iter().position(|f| f.measure == reported);
        let hours = hours.map_or_else(|| vec![None; runs.len()], column);
        let lines = self.lines.into_values();
        let bill = lines.map(|fold| fold.summary(self.plan, &hours)).collect();
        let waits = &self.pooled[0].waits;
        let wait_points = match &self.timeline {
            Some(_) => WAIT_POINTS.0,
            None => WAIT_POINTS.1,
        };
        VariantResults {
            name: self.plan.variant.clone(),
            without_chance: self.plan.is_without_chance(),
            figures,
            month: self.plan.month(),
            unbilled: self.plan.unbilled.clone(),
            bill,
            start_unix_seconds: self.plan.start_unix_seconds,
            time_zone: self.plan.time_zone.clone(),
            client_timeouts: client_timeouts(self.plan),
            timeline: self.timeline.map(TimelineFold::finish).unwrap_or_default(),
            waits: WaitDistribution {
                placed: waits.count,
                at_once: waits.zeros,
                points: waits.points(wait_points),
            },
            lacking: self.lacking.finish(self.plan),
            traced: traced(self.plan),
            serving: serving(self.plan),
            fit,
            median_seed,
            story: None,
            runs,
        }
    }

    /// The value of a pooled figure: over the tasks of all seeds together.
    fn pooled(&self, of: Of, figure: TaskFigure) -> Option<f64> {
        let work = match of {
            Of::All => &self.pooled[0],
            Of::One(entry) => &self.pooled[entry + 1],
        };
        tasks(figure, work, &self.pooled[0], 0)
    }

    /// The value of a pooled figure: over the requests of all seeds together.
    fn pooled_response(&self, of: Of, figure: LoadFigure) -> Option<f64> {
        if self.responses.is_empty() {
            return None;
        }
        let times = of_service(&self.responses, of)?;
        response(figure, &times)
    }
}

/// Adds the response times of the next run to those of all seeds.
fn merge(all: &mut [Option<ResponseTimes>], run: &[Option<ResponseTimes>]) {
    for (all, of_run) in all.iter_mut().zip(run) {
        if let (Some(all), Some(of_run)) = (all, of_run) {
            all.merge(of_run);
        }
    }
}

impl LineFold {
    /// The summary over runs; `hours` is the reported time of each.
    fn summary(self, plan: &Plan, hours: &[Option<f64>]) -> BillLineSummary {
        let mut by_run = self.by_run;
        by_run.resize(hours.len(), LineOfRun::default());
        let over_runs = |value: &dyn Fn(&LineOfRun) -> f64| {
            let values = by_run.iter().map(|run| Some(value(run)));
            estimate(&values.collect::<Vec<_>>())
        };
        // Each run is divided by its own length, as for the figures of cost: so lines add up.
        let per = |unit: f64, value: &dyn Fn(&LineOfRun) -> f64| {
            let runs = by_run.iter().zip(hours);
            let of_run = |hours: f64, run| (hours > 0.0).then(|| value(run) * unit / hours);
            let values = runs.map(|(run, hours)| of_run((*hours)?, run));
            estimate(&values.collect::<Vec<_>>())
        };
        let month = plan.month().hours.into();
        let dollars = |run: &LineOfRun| run.cost.as_dollars_f64();
        let provider = self.line.meter.owner.provider();
        BillLineSummary {
            provider: provider.map(|index| plan.cluster.providers[index].name.clone()),
            service: self.line.service,
            usage_type: self.line.usage_type,
            label: self.line.label,
            unit: self.line.unit,
            price: self.line.price,
            quantity: over_runs(&|run| run.quantity),
            quantity_per_month: per(month, &|run| run.quantity),
            cost: over_runs(&dollars),
            cost_per_hour: per(1.0, &dollars),
            cost_per_month: per(month, &dollars),
            topped_up: over_runs(&|run| run.topped_up),
        }
    }
}

/// How long clients of the services with a load wait: each time once, in ascending order.
fn client_timeouts(plan: &Plan) -> Vec<Span> {
    let loads = plan.services.iter().filter_map(|of| of.load.as_ref());
    let times: BTreeSet<Span> = loads.map(|load| load.timeout).collect();
    times.into_iter().collect()
}
