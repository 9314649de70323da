//! The results of a study: plain data from which all reports are written.

pub use super::bill_line::BillLineSummary;
pub use super::runs::{RunRow, Runs};
pub use super::summaries::{FigureSummary, Figures};
pub use crate::stats::{Confidence, Difference, Estimate};

use super::done::{Ran, Serving};
use super::story_data::Story;
use super::verdict::{Lacking, Verdict};
use crate::figures::Unit;
use crate::plan::{Month, Unbilled};
use crate::units::{SimTime, Span};
use serde::{Deserialize, Serialize};

/// The results of a study.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Results {
    /// The scenario's name.
    pub scenario: String,
    /// Its description, if it has one.
    pub description: String,
    /// The name of the scenario's file, without its folder; empty for plans built by hand.
    pub file: String,
    /// The seeds played, in order.
    pub seeds: Vec<u64>,
    /// The level of confidence of all intervals.
    pub confidence: Confidence,
    /// One per variant, in the order of the file; the first is the baseline.
    pub variants: Vec<VariantResults>,
    /// One verdict for each expectation of `expect:` and each variant that it applies to: the named
    /// variant, else every variant that has the figure. In the order of the file, then of the variants.
    pub verdicts: Vec<Verdict>,
    /// Warnings of the scenario, such as keys that are read and not modelled.
    pub warnings: Vec<String>,
    /// Sentences on rows of traces that are left out or changed, as `unplaceable` and `repair` ask.
    pub left_out: Vec<String>,
}

impl Results {
    /// The same results with intervals of another level of confidence.
    pub fn at_confidence(mut self, to: Confidence) -> Self {
        let from = std::mem::replace(&mut self.confidence, to);
        for variant in &mut self.variants {
            let figures = &variant.figures;
            variant.figures = figures.map(|of| of.estimate.rescaled(from, to));
            for estimate in variant.estimates_of_bill() {
                *estimate = estimate.rescaled(from, to);
            }
        }
        self
    }
}

impl VariantResults {
    /// All estimates of lines of the bill.
    fn estimates_of_bill(&mut self) -> impl Iterator<Item = &mut Estimate> {
        self.bill.iter_mut().flat_map(|line| {
            [
                &mut line.quantity,
                &mut line.quantity_per_month,
                &mut line.cost,
                &mut line.cost_per_hour,
                &mut line.cost_per_month,
                &mut line.topped_up,
            ]
        })
    }
}

/// The results of one variant.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VariantResults {
    /// Its name.
    pub name: String,
    /// True when no random draw can change a result, so that every seed gives the same.
    pub without_chance: bool,
    /// Every figure with its summary over the seeds.
    pub figures: Figures,
    /// One row per seed: the values of `figures` in the same order.
    pub runs: Runs,
    /// The month of figures and lines per month.
    pub month: Month,
    /// What AWS bills beside the lines of the bill.
    pub unbilled: Vec<Unbilled>,
    /// The line groups of the bill.
    pub bill: Vec<BillLineSummary>,
    /// The instant of simulated time zero, in Unix seconds.
    pub start_unix_seconds: i64,
    /// `timeZone` of the scenario, a name of the IANA database; `None`: UTC.
    #[serde(skip)]
    pub time_zone: Option<String>,
    /// `timeout` of the clients of the services with a load: each once, in ascending order.
    #[serde(skip)]
    pub client_timeouts: Vec<Span>,
    /// Levels over time, over the seeds; empty after the first [`MOST_DETAILED`](super::MOST_DETAILED)
    /// variants.
    pub timeline: Timeline,
    /// The distribution of waits over the tasks of all seeds.
    pub waits: WaitDistribution,
    /// What the tasks of entries and services lacked that waited for capacity or were refused.
    pub lacking: Vec<Lacking>,
    /// The tasks of traces, and those of them that are played; see `unplaceable: skip`.
    pub traced: Ran,
    /// The services with a `load` or a `worker`, in the order of the file.
    pub serving: Vec<Serving>,
    /// What `count: fit` found; `None` without it.
    pub fit: Option<FitFound>,
    /// The seed of the run with the median total cost: of two middle costs the lower, of equal
    /// costs the lowest seed.
    pub median_seed: u64,
    /// One run over time; `None` unless a run was played again for it.
    pub story: Option<Story>,
}

/// Levels over time on one grid of at most 2,000 points.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Timeline {
    /// The start of the first cell: the end of the warm-up.
    pub origin: SimTime,
    /// The length of a cell.
    pub width: Span,
    /// One column per level.
    pub columns: Vec<TimelineColumn>,
}

/// One level over time.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TimelineColumn {
    /// The name of the capacity provider, or `all`.
    pub provider: String,
    /// `cpu.total`, `cpu.reserved`, `cpu.used`, `memory.total`, `memory.reserved`,
    /// `memory.used`, `instances`, `tasks.running`; for `all` also `tasks.waiting` and, in plans with
    /// services, `services.desired`, `services.healthy` and `services.missing`.
    pub level: &'static str,
    /// The unit of the values: vCPU, GiB or a count.
    pub unit: Unit,
    /// One band per cell.
    pub points: Vec<Band>,
}

/// The time mean of a level in one cell, over the seeds whose run has not ended before the cell. Of
/// the cell in which a run ends, the part up to its end counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Band {
    /// Mean over the seeds.
    pub mean: f64,
    /// Minimum over the seeds.
    pub min: f64,
    /// Maximum over the seeds.
    pub max: f64,
}

/// The distribution of waits over the placed tasks of all seeds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WaitDistribution {
    /// Number of tasks placed.
    pub placed: u64,
    /// Number of those that did not wait.
    pub at_once: u64,
    /// Points of the distribution function: wait in seconds, and the share of tasks that
    /// waited at most that long; ascending, only where it changes.
    pub points: Vec<(f64, f64)>,
}

/// What `count: fit` found for a variant.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FitFound {
    /// The smallest count that fits.
    pub count: u32,
    /// The bound on waits: no task waits longer.
    pub longest_wait: Span,
    /// The failure with one instance less; `None` when `count` is 0.
    pub one_less: Option<OneLess>,
    /// Names of the fleet members that share the count.
    pub members: Vec<String>,
}

/// The failure of the run with one instance less than fits.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum OneLess {
    /// In the run of this seed a task waited longer than the bound.
    Waited {
        /// The first seed that fails.
        seed: u64,
        /// The longest wait in it.
        longest_wait: Span,
    },
    /// In the run of this seed tasks were rejected or never placed.
    Refused {
        /// The first seed that fails.
        seed: u64,
        /// The number of such tasks.
        tasks: u64,
    },
}
