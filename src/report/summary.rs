//! `summary.json`: every figure of every variant, differences, fits, verdicts and warnings.
//! `--format json` prints the same bytes. The file is [`Summary`] serialized, and can be
//! deserialized into it.
//!
//! Contract: keys may be added; any other change raises `schemaVersion`.

use super::named::Named;
use super::number::finite;
use crate::figures::Unit;
use crate::runner::{
    Confidence, Done, Estimate, FitFound, Lacking, OneLess, Results, VariantResults, Verdict,
};
use serde::{Deserialize, Serialize};
use std::io::{self, Write};

/// The version of the schema of `summary.json`.
pub const SCHEMA_VERSION: u64 = 1;

/// The content of `summary.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// The version of the file's schema: [`SCHEMA_VERSION`] or an older one.
    pub schema_version: u64,
    /// The scenario's name.
    pub scenario: String,
    /// Its description; may be empty.
    pub description: String,
    /// The seeds played, in order.
    pub seeds: Vec<u64>,
    /// The level of all intervals in percent; the file has the key where it is not 95.
    #[serde(rename = "confidencePercent", default)]
    #[serde(skip_serializing_if = "Confidence::is_default")]
    pub confidence: Confidence,
    /// Every figure by variant, then by path.
    pub variants: Named<Named<FigureValue>>,
    /// Paired differences against the first variant, by variant, then by path of the figure.
    pub differences: Named<Named<DifferenceValue>>,
    /// By variant: true when no random draw can change a result, so that every seed gives the same.
    pub without_chance: Named<bool>,
    /// By variant: the seed of the run with the median total cost.
    pub median_seed: Named<u64>,
    /// The fleet that `count: fit` found, for the variants that use it.
    pub fit: Named<Fit>,
    /// What a variant did of its work, for the variants that did not do all of it.
    #[serde(default)]
    pub incomplete: Named<Done>,
    /// What the tasks of entries and services lacked that waited for capacity or were refused, for the
    /// variants that have such tasks.
    #[serde(default)]
    pub lacking: Named<Vec<Lacking>>,
    /// One verdict for each expectation of `expect:` and each variant that it applies to: the named
    /// variant, else every variant that has the figure. In the order of the file, then of the variants.
    pub verdicts: Vec<Verdict>,
    /// Warnings of the scenario, such as keys that are read and not modelled.
    pub warnings: Vec<String>,
    /// Sentences on rows of traces that are left out or changed, as `unplaceable` and `repair` ask;
    /// the file has the key where there are any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
}

/// A figure of a variant.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FigureValue {
    /// The unit of all its values.
    pub unit: Unit,
    /// Its mean over the seeds and its interval.
    #[serde(flatten)]
    pub value: Value,
}

/// The paired difference of a figure: this variant minus the first, seed by seed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DifferenceValue {
    /// The unit of all its values.
    pub unit: Unit,
    /// The mean of the differences and its interval.
    #[serde(flatten)]
    pub value: Value,
    /// Sum of the variances of the two variants, divided by the variance of their difference;
    /// `None` when all differences are equal.
    pub variance_reduction: Option<f64>,
}

/// A mean with its interval; a number that is not defined or not finite is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Value {
    /// Number of runs that have a value.
    pub n: usize,
    /// The mean over these runs.
    pub mean: Option<f64>,
    /// Half the width of the interval.
    pub half_width: Option<f64>,
    /// The lower end of the interval.
    pub low: Option<f64>,
    /// The upper end of the interval.
    pub high: Option<f64>,
}

/// What `count: fit` found for a variant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fit {
    /// The smallest count that fits.
    pub count: u32,
    /// Names of the fleet members that share the count.
    pub members: Vec<String>,
    /// The bound on waits that it meets, in seconds.
    pub wait_bound_seconds: f64,
    /// The failure with one instance less; `None` when `count` is 0.
    pub one_less: Option<OneLessFit>,
}

/// The failure of the run with one instance less than fits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
pub enum OneLessFit {
    /// A task waited longer than the bound.
    Waited {
        /// The first seed that fails.
        seed: u64,
        /// The longest wait in its run, in seconds.
        longest_wait_seconds: f64,
    },
    /// Tasks were rejected or never placed.
    Refused {
        /// The first seed that fails.
        seed: u64,
        /// The number of such tasks in its run.
        refused_tasks: u64,
    },
}

/// Writes `summary.json`.
///
/// # Errors
/// When `out` cannot be written.
pub fn summary(results: &Results, mut out: impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut out, &Summary::of(results))?;
    out.write_all(b"\n")
}

impl Summary {
    /// The summary of results.
    pub fn of(results: &Results) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            scenario: results.scenario.clone(),
            description: results.description.clone(),
            seeds: results.seeds.clone(),
            confidence: results.confidence,
            variants: per_variant(results, |variant| Some(figures(variant))),
            differences: per_variant(results, differences),
            without_chance: per_variant(results, |variant| Some(variant.without_chance)),
            median_seed: per_variant(results, |variant| Some(variant.median_seed)),
            fit: per_variant(results, |variant| variant.fit.as_ref().map(Fit::of)),
            incomplete: per_variant(results, |variant| {
                variant.is_incomplete().then(|| variant.done())
            }),
            lacking: per_variant(results, |variant| {
                let lacking = &variant.lacking;
                (!lacking.is_empty()).then(|| lacking.clone())
            }),
            verdicts: results.verdicts.clone(),
            warnings: results.warnings.clone(),
            left_out: results.left_out.clone(),
        }
    }
}

/// A value per variant, by its name; variants without a value are left out.
fn per_variant<T>(results: &Results, what: fn(&VariantResults) -> Option<T>) -> Named<T> {
    let variants = results.variants.iter();
    let entries = variants.filter_map(|variant| Some((variant.name.clone(), what(variant)?)));
    entries.collect()
}

/// The figures of a variant by path.
fn figures(variant: &VariantResults) -> Named<FigureValue> {
    let entry = |summary: &crate::runner::FigureSummary| {
        let value = FigureValue {
            unit: summary.figure.definition().unit,
            value: Value::of(&summary.estimate),
        };
        (summary.figure.path.clone(), value)
    };
    variant.figures.iter().map(entry).collect()
}

/// The paired differences of a variant by path; `None` for the first variant.
fn differences(variant: &VariantResults) -> Option<Named<DifferenceValue>> {
    let pairs = variant.figures.iter().zip(&variant.against_first);
    let differences: Named<DifferenceValue> = pairs
        .filter_map(|(summary, difference)| {
            let difference = difference.as_ref()?;
            let value = DifferenceValue {
                unit: summary.figure.definition().unit,
                value: Value::of(&difference.estimate),
                variance_reduction: finite(difference.variance_reduction),
            };
            Some((summary.figure.path.clone(), value))
        })
        .collect();
    (!differences.is_empty()).then_some(differences)
}

impl Value {
    fn of(estimate: &Estimate) -> Self {
        Self {
            n: estimate.n,
            mean: finite(estimate.mean),
            half_width: finite(estimate.half_width),
            low: finite(estimate.low()),
            high: finite(estimate.high()),
        }
    }
}

impl Fit {
    fn of(found: &FitFound) -> Self {
        Self {
            count: found.count,
            members: found.members.clone(),
            wait_bound_seconds: found.longest_wait.as_seconds_f64(),
            one_less: found.one_less.as_ref().map(OneLessFit::of),
        }
    }
}

impl OneLessFit {
    fn of(found: &OneLess) -> Self {
        match found {
            OneLess::Waited { seed, longest_wait } => Self::Waited {
                seed: *seed,
                longest_wait_seconds: longest_wait.as_seconds_f64(),
            },
            OneLess::Refused { seed, tasks } => Self::Refused {
                seed: *seed,
                refused_tasks: *tasks,
            },
        }
    }
}
