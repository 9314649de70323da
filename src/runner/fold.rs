//! Folds the runs of one variant, in the order of seeds, into its results: figures, bill, timeline
//! and the distribution of waits; and compares variants with the first.

use super::median::median_seed;
use super::one_run::Played;
use super::results::{
    Band, BillLineSummary, Estimate, FigureSummary, FitFound, RunRow, Timeline, TimelineColumn,
    VariantResults, WaitDistribution,
};
use super::shared::SharedFigures;
use super::values::{tasks, values};
use crate::figures::{CostFigure, CostOf, Figure, Measure, Of, RunFigure, TaskFigure, Unit};
use crate::metrics::{CapacityLevel, EntryWork, TaskLevel};
use crate::plan::{Plan, Until};
use crate::pricing::BillLine;
use crate::stats::{self, estimate};
use crate::units::{Cpu, GIB, SimTime, Usd};
use crate::usage::{Item, Owner};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The largest number of points of the distribution of waits, and the same of a variant without
/// details.
const WAIT_POINTS: (usize, usize) = (500, 100);

/// The runs of a variant that have been folded.
pub(super) struct VariantFold<'p> {
    plan: &'p Plan,
    figures: Vec<Arc<Figure>>,
    rows: Vec<RunRow>,
    /// Waits and sojourns of the tasks of all seeds: of all entries together, then of each entry.
    /// The other fields of [`EntryWork`] stay empty.
    pooled: Vec<EntryWork>,
    lines: BTreeMap<(Owner, Item), LineFold>,
    /// `None` in a variant without details.
    timeline: Option<TimelineFold>,
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
            rows: Vec::new(),
            pooled: vec![Default::default(); plan.tasks.len() + 1],
            lines: BTreeMap::new(),
            timeline: is_detailed.then(|| TimelineFold::new(plan)),
        }
    }

    /// Adds the next run. `without_faults`: the cost of the same run without faults, for a plan with
    /// faults.
    pub(super) fn add(&mut self, seed: u64, played: &Played, without_faults: Option<Usd>) {
        let run = self.rows.len();
        let values = values(self.plan, &self.figures, played, without_faults);
        self.rows.push(RunRow { seed, values });
        let work = &played.observed.work;
        for (pooled, work) in self
            .pooled
            .iter_mut()
            .zip(std::iter::once(work.all()).chain(&work.entries))
        {
            pooled.waits.merge(&work.waits);
            pooled.sojourns.merge(&work.sojourns);
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
    }

    /// The results of the variant; its differences are added by [`compare_with_first`].
    pub(super) fn finish(self, fit: Option<FitFound>) -> VariantResults {
        let column = |index: usize| -> Vec<Option<f64>> {
            self.rows.iter().map(|row| row.values[index]).collect()
        };
        let figures: Vec<FigureSummary> = self
            .figures
            .iter()
            .enumerate()
            .map(|(index, figure)| {
                let estimate = match figure.measure {
                    Measure::Tasks(of, task) if figure.definition().pooled => Estimate {
                        n: self.rows.len(),
                        mean: self.pooled(of, task),
                        half_width: None,
                    },
                    _ => estimate(&column(index)),
                };
                FigureSummary {
                    figure: Arc::clone(figure),
                    estimate,
                }
            })
            .collect();
        let total = Measure::Cost(CostOf::Total, CostFigure::Total);
        let total = self.figures.iter().position(|f| f.measure == total);
        let median_seed = total.map_or(0, |total| median_seed(&self.rows, total));
        let runs = self.rows.len();
        let reported = Measure::Run(RunFigure::ReportedHours);
        let hours = self.figures.iter().position(|f| f.measure == reported);
        let hours = hours.map_or_else(|| vec![None; runs], column);
        let bill = self
            .lines
            .into_values()
            .map(|fold| fold.summary(self.plan, &hours))
            .collect();
        let waits = &self.pooled[0].waits;
        let wait_points = match &self.timeline {
            Some(_) => WAIT_POINTS.0,
            None => WAIT_POINTS.1,
        };
        VariantResults {
            name: self.plan.variant.clone(),
            without_chance: self.plan.is_without_chance(),
            figures,
            bill,
            timeline: self
                .timeline
                .map(|fold| fold.finish(runs))
                .unwrap_or_default(),
            waits: WaitDistribution {
                placed: waits.count,
                at_once: waits.zeros,
                points: waits.points(wait_points),
            },
            fit,
            against_first: vec![None; self.figures.len()],
            median_seed,
            story: None,
            runs: self.rows,
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
}

impl LineFold {
    /// The summary over runs; `hours` is the reported time of each.
    fn summary(self, plan: &Plan, hours: &[Option<f64>]) -> BillLineSummary {
        let mut by_run = self.by_run;
        by_run.resize(hours.len(), LineOfRun::default());
        let over_runs = |value: &dyn Fn(&LineOfRun) -> f64| {
            let values: Vec<Option<f64>> = by_run.iter().map(|run| Some(value(run))).collect();
            estimate(&values)
        };
        // Each run is divided by its own length, as for the figures of cost: so lines add up.
        let per = |hours_of_unit: f64| {
            let runs = by_run.iter().zip(hours);
            let values = runs.map(|(run, hours)| {
                let hours = hours.filter(|hours| *hours > 0.0)?;
                Some(run.cost.as_dollars_f64() * hours_of_unit / hours)
            });
            estimate(&values.collect::<Vec<_>>())
        };
        let provider = self.line.meter.owner.provider();
        BillLineSummary {
            provider: provider.map(|index| plan.cluster.providers[index].name.clone()),
            service: self.line.service,
            usage_type: self.line.usage_type,
            label: self.line.label,
            unit: self.line.unit,
            price: self.line.price,
            quantity: over_runs(&|run| run.quantity),
            cost: over_runs(&|run| run.cost.as_dollars_f64()),
            cost_per_hour: per(1.0),
            cost_per_month: per(f64::from(plan.prices.month_hours)),
            topped_up: over_runs(&|run| run.topped_up),
        }
    }
}

/// Computes the paired differences of every variant from the first, figure by figure. Figures are
/// matched by path; pooled ones have no value per seed, hence no difference.
pub(super) fn compare_with_first(variants: &mut [VariantResults]) {
    let Some((first, others)) = variants.split_first_mut() else {
        return;
    };
    let column = |variant: &VariantResults, index: usize| -> Vec<Option<f64>> {
        variant.runs.iter().map(|row| row.values[index]).collect()
    };
    for variant in others {
        let differences = variant.figures.iter().enumerate().map(|(index, summary)| {
            let path = &summary.figure.path;
            let base = first.figures.iter().position(|s| s.figure.path == *path)?;
            if summary.figure.definition().pooled {
                return None;
            }
            let paired = stats::paired(&column(variant, index), &column(first, base));
            paired.estimate.mean?;
            Some(paired)
        });
        variant.against_first = differences.collect();
    }
}

/// Levels over time, folded over the seeds.
struct TimelineFold {
    /// The end of the warm-up.
    origin: SimTime,
    /// The width of a cell in µs: that of the longest run.
    width: u64,
    /// True with `until: drained`, where runs differ in length.
    drained: bool,
    providers: Vec<String>,
    runs: usize,
    /// Per column and cell: sum, minimum and maximum of the runs' time means.
    columns: Vec<Vec<(f64, f64, f64)>>,
}

/// The columns of a provider: level, name, unit, and the base units of the level in one unit.
const COLUMNS: [(CapacityLevel, &str, Unit, f64); 8] = [
    (
        CapacityLevel::CpuTotal,
        "cpu.total",
        Unit::Vcpu,
        Cpu::BASE_PER_VCPU as f64,
    ),
    (
        CapacityLevel::CpuReserved,
        "cpu.reserved",
        Unit::Vcpu,
        Cpu::BASE_PER_VCPU as f64,
    ),
    (
        CapacityLevel::CpuUsed,
        "cpu.used",
        Unit::Vcpu,
        Cpu::BASE_PER_VCPU as f64,
    ),
    (
        CapacityLevel::MemoryTotal,
        "memory.total",
        Unit::Gib,
        GIB as f64,
    ),
    (
        CapacityLevel::MemoryReserved,
        "memory.reserved",
        Unit::Gib,
        GIB as f64,
    ),
    (
        CapacityLevel::MemoryUsed,
        "memory.used",
        Unit::Gib,
        GIB as f64,
    ),
    (CapacityLevel::Instances, "instances", Unit::Count, 1.0),
    (CapacityLevel::Tasks, "tasks.running", Unit::Count, 1.0),
];

impl TimelineFold {
    fn new(plan: &Plan) -> Self {
        let providers: Vec<String> = plan
            .cluster
            .providers
            .iter()
            .map(|provider| provider.name.clone())
            .collect();
        let columns = (providers.len() + 1) * COLUMNS.len() + 1;
        Self {
            origin: SimTime::ZERO + plan.warm_up,
            width: 0,
            drained: plan.until == Until::Drained,
            providers,
            runs: 0,
            columns: vec![Vec::new(); columns],
        }
    }

    /// Adds the levels of the next run. The grid is widened to that of the run, or the run's to it.
    fn add(&mut self, played: &Played) {
        let mut levels = played.observed.levels.clone();
        let width = levels.width().as_micros();
        if self.width == 0 {
            self.width = width;
        }
        while self.width < width {
            self.widen();
        }
        levels.widen_to(crate::units::Span::micros(self.width));
        let reported = played.end.since(self.origin).as_micros();
        let lengths: Vec<f64> = (0..levels.cells() as u64)
            .map(|cell| {
                let rest = reported.saturating_sub(cell * self.width);
                // A drained run counts as zero after its end, so its last cell is a whole one;
                // in any other run the last cell is as long as the rest of the reported time.
                if self.drained {
                    self.width as f64
                } else {
                    rest.min(self.width) as f64
                }
            })
            .collect();
        let cells = lengths.iter().take_while(|length| **length > 0.0).count();
        for (index, (level, _, _, unit)) in COLUMNS.iter().enumerate() {
            let mut all = vec![0i128; levels.cells()];
            for provider in 0..self.providers.len() {
                let own = levels.capacity(provider, *level);
                all.iter_mut().zip(&own).for_each(|(sum, own)| *sum += own);
                let column = (provider + 1) * COLUMNS.len() + index;
                self.add_column(column, &own[..cells], &lengths, *unit);
            }
            self.add_column(index, &all[..cells], &lengths, *unit);
        }
        let waiting = levels.tasks(TaskLevel::Waiting);
        self.add_column(self.columns.len() - 1, &waiting[..cells], &lengths, 1.0);
        self.runs += 1;
    }

    /// Adds the integrals of a level, one per cell, as time means in units of `unit` base units.
    fn add_column(&mut self, column: usize, integrals: &[i128], lengths: &[f64], unit: f64) {
        let runs = self.runs;
        let cells = &mut self.columns[column];
        if cells.len() < integrals.len() {
            // Earlier runs were shorter and count as zero in the new cells.
            let nothing = if runs == 0 {
                (0.0, f64::INFINITY, 0.0)
            } else {
                (0.0, 0.0, 0.0)
            };
            cells.resize(integrals.len(), nothing);
        }
        for (index, cell) in cells.iter_mut().enumerate() {
            let level = match integrals.get(index) {
                Some(integral) => *integral as f64 / lengths[index] / unit,
                None => 0.0,
            };
            *cell = (cell.0 + level, cell.1.min(level), cell.2.max(level));
        }
    }

    /// Joins cells in pairs. The minimum of a joined cell cannot be computed from those of its
    /// halves: the mean of both minima is a lower bound (of the maxima an upper bound), so that a
    /// band may be too wide, never too narrow.
    fn widen(&mut self) {
        for cells in &mut self.columns {
            *cells = cells
                .chunks(2)
                .map(|pair| {
                    let second = pair.get(1).copied().unwrap_or_default();
                    let half = |a: f64, b: f64| (a + b) / 2.0;
                    (
                        half(pair[0].0, second.0),
                        half(pair[0].1, second.1),
                        half(pair[0].2, second.2),
                    )
                })
                .collect();
        }
        self.width *= 2;
    }

    /// The timeline: means over `runs` runs, minima and maxima.
    fn finish(self, runs: usize) -> Timeline {
        let points = |cells: &[(f64, f64, f64)]| -> Vec<Band> {
            let band = |(sum, min, max): &(f64, f64, f64)| Band {
                mean: sum / runs as f64,
                min: *min,
                max: *max,
            };
            cells.iter().map(band).collect()
        };
        let mut columns = Vec::new();
        let names = std::iter::once("all").chain(self.providers.iter().map(String::as_str));
        for (block, provider) in names.enumerate() {
            for (index, (_, level, unit, _)) in COLUMNS.iter().enumerate() {
                columns.push(TimelineColumn {
                    provider: provider.to_string(),
                    level,
                    unit: *unit,
                    points: points(&self.columns[block * COLUMNS.len() + index]),
                });
            }
        }
        columns.push(TimelineColumn {
            provider: "all".into(),
            level: "tasks.waiting",
            unit: Unit::Count,
            points: points(&self.columns[self.columns.len() - 1]),
        });
        Timeline {
            origin: self.origin,
            width: crate::units::Span::micros(self.width),
            columns,
        }
    }
}
