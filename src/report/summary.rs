//! `summary.json`: every figure of every variant, differences, fits, verdicts and warnings.
//! `--format json` prints the same bytes. The file is [`Summary`] serialized, and can be
//! deserialized into it.
//!
//! Contract: keys may be added; any other change raises `schemaVersion`.

use super::named::Named;
use super::number::finite;
use crate::figures::Unit;
use crate::plan::{Month, Unbilled};
use crate::pricing::Service;
use crate::runner::{
    BillLineSummary, Confidence, Done, Estimate, FitFound, Lacking, MOST_DETAILED, OneLess,
    Results, VariantResults, Verdict,
};
use crate::usage::PricingUnit;
use serde::{Deserialize, Serialize, Serializer};
use std::io::{self, Write};

/// The version of the schema of `summary.json`.
pub const SCHEMA_VERSION: u64 = 1;

/// The content of `summary.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary<F = Named<Named<FigureValue>>, D = Named<Named<DifferenceValue>>> {
    /// The version of the file's schema: [`SCHEMA_VERSION`] or an older one.
    pub schema_version: u64,
    /// The scenario's name.
    pub scenario: String,
    /// Its description; may be empty.
    pub description: String,
    /// The name of the scenario's file, without its folder; empty for plans built by hand.
    #[serde(rename = "scenarioFile", default)]
    pub file: String,
    /// The seeds played, in order.
    pub seeds: Vec<u64>,
    /// The level of all intervals in percent; the file has the key where it is not 95.
    #[serde(rename = "confidencePercent", default)]
    #[serde(skip_serializing_if = "Confidence::is_default")]
    pub confidence: Confidence,
    /// Every figure by variant, then by path.
    pub variants: F,
    /// Paired differences against the first variant, by variant, then by path of the figure.
    pub differences: D,
    /// By variant: true when no random draw can change a result, so that every seed gives the same.
    pub without_chance: Named<bool>,
    /// By variant: the seed of the run with the median total cost.
    pub median_seed: Named<u64>,
    /// By variant: the month of figures and lines per month.
    #[serde(default)]
    pub month: Named<Month>,
    /// By variant: the lines of the bill.
    #[serde(default)]
    pub bill: Named<Vec<BillLineValue>>,
    /// By variant: what AWS bills beside these lines, by what the scenario mentions.
    #[serde(default)]
    pub unbilled: Named<Vec<Unbilled>>,
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

/// A line of the bill.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BillLineValue {
    /// The capacity provider that is billed; `None` for resources of the whole cluster and for
    /// lines of the user's own.
    pub provider: Option<String>,
    /// The AWS service that bills it; `extra` for lines of the user's own.
    pub service: Service,
    /// AWS's usage type, or the name of the user's line.
    pub usage_type: String,
    /// The line in words.
    pub label: String,
    /// The pricing unit.
    pub unit: PricingUnit,
    /// Price of one unit in dollars.
    pub price: f64,
    /// Units in the reported time of a run.
    pub quantity: Value,
    /// Dollars in the reported time of a run.
    pub cost: Value,
    /// Units per month.
    pub quantity_per_month: Value,
    /// Dollars per month: `price` × `quantityPerMonth`.
    pub cost_per_month: Value,
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

/// Writes `summary.json`: without line breaks where there are more than [`MOST_DETAILED`] variants.
///
/// # Errors
/// When `out` cannot be written.
pub fn summary(results: &Results, mut out: impl Write) -> io::Result<()> {
    let (figures, differences) = (
        PerVariant(results, |_, of| Some(figures(of))),
        PerVariant(results, differences),
    );
    let summary = Summary::with(results, figures, differences);
    match results.variants.len() > MOST_DETAILED {
        true => serde_json::to_writer(&mut out, &summary)?,
        false => serde_json::to_writer_pretty(&mut out, &summary)?,
    }
    out.write_all(b"\n")
}

/// A value per variant, by its name, made while it is written: so the figures of one variant at a
/// time are in memory. Variants without a value are left out.
struct PerVariant<'a, T>(&'a Results, fn(&Results, &VariantResults) -> Option<T>);

impl<T: Serialize> Serialize for PerVariant<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let variants = self.0.variants.iter();
        let values =
            variants.filter_map(|variant| Some((&variant.name, (self.1)(self.0, variant)?)));
        serializer.collect_map(values)
    }
}

impl Summary {
    /// The summary of results.
    pub fn of(results: &Results) -> Self {
        let variants = per_variant(results, |variant| Some(figures(variant)));
        let differences = per_variant(results, |variant| differences(results, variant));
        Self::with(results, variants, differences)
    }
}

impl<F, D> Summary<F, D> {
    /// The summary of results with these figures and differences.
    fn with(results: &Results, variants: F, differences: D) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            scenario: results.scenario.clone(),
            description: results.description.clone(),
            file: results.file.clone(),
            seeds: results.seeds.clone(),
            confidence: results.confidence,
            variants,
            differences,
            without_chance: per_variant(results, |variant| Some(variant.without_chance)),
            median_seed: per_variant(results, |variant| Some(variant.median_seed)),
            month: per_variant(results, |variant| Some(variant.month.clone())),
            bill: per_variant(results, |variant| Some(bill(variant))),
            unbilled: per_variant(results, |variant| Some(variant.unbilled.clone())),
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
fn per_variant<T>(results: &Results, what: impl Fn(&VariantResults) -> Option<T>) -> Named<T> {
    let variants = results.variants.iter();
    let entries = variants.filter_map(|variant| Some((variant.name.clone(), what(variant)?)));
    entries.collect()
}

/// The figures of a variant by path.
fn figures(variant: &VariantResults) -> Named<FigureValue> {
    let entry = |summary: crate::runner::FigureSummary<'_>| {
        let value = FigureValue {
            unit: summary.figure.definition().unit,
            value: Value::of(summary.estimate),
        };
        (summary.figure.path.clone(), value)
    };
    variant.figures.iter().map(entry).collect()
}

/// The lines of a variant's bill.
fn bill(variant: &VariantResults) -> Vec<BillLineValue> {
    let value = |line: &BillLineSummary| BillLineValue {
        provider: line.provider.clone(),
        service: line.service,
        usage_type: line.usage_type.clone(),
        label: line.label.clone(),
        unit: line.unit,
        price: line.price.as_dollars_f64(),
        quantity: Value::of(&line.quantity),
        cost: Value::of(&line.cost),
        quantity_per_month: Value::of(&line.quantity_per_month),
        cost_per_month: Value::of(&line.cost_per_month),
    };
    variant.bill.iter().map(value).collect()
}

/// The paired differences of a variant by path; `None` for the first variant.
fn differences(results: &Results, variant: &VariantResults) -> Option<Named<DifferenceValue>> {
    let figures = variant.figures.iter().enumerate();
    let differences: Named<DifferenceValue> = figures
        .filter_map(|(index, summary)| {
            let difference = results.difference(variant, index)?;
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
