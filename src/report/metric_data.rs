//! `metrics.jsonl`: the metrics of one run per variant as CloudWatch would have shown them, in the shapes of
//! the input and of the output of `get-metric-data`. Contract: keys are added, never changed.

use super::column::{Column, column};
use super::eventbridge::instant;
use crate::plan::Plan;
use crate::runner::MetricSeries;
use serde::Serialize;

/// The keys of a line.
pub(super) const KEYS: [Column; 4] = [
    column("variant", "The variant"),
    column("seed", "The seed of the run"),
    column(
        "MetricDataQueries",
        "The metrics as `get-metric-data` takes them: `Id` and `MetricStat` with `Metric` (`Namespace`, `MetricName`, `Dimensions`), `Period` in seconds and `Stat`. `ClusterName` is the scenario's name; `LoadBalancer` and `TargetGroup` have no id at their end",
    ),
    column(
        "MetricDataResults",
        "Their values as `get-metric-data` returns them, the oldest first: `Id`, `Label`, `Timestamps` (the beginnings of periods), `Values`, `StatusCode`. A period without a value is missing; so are values that were published after the end of the run (`metricDelay`, `highResolutionMetricDelay`, `capacityMetricDelay`)",
    ),
];

/// A line: the metrics of one run.
#[derive(Clone, Debug, Serialize)]
pub struct MetricData<'a> {
    variant: &'a str,
    seed: u64,
    #[serde(rename = "MetricDataQueries")]
    queries: Vec<Query<'a>>,
    #[serde(rename = "MetricDataResults")]
    results: Vec<MetricResult<'a>>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Query<'a> {
    id: String,
    metric_stat: MetricStat<'a>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct MetricStat<'a> {
    metric: Metric<'a>,
    period: u64,
    stat: &'a str,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metric<'a> {
    namespace: &'a str,
    metric_name: &'a str,
    dimensions: Vec<Dimension<'a>>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Dimension<'a> {
    name: &'a str,
    value: &'a str,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct MetricResult<'a> {
    id: String,
    label: &'a str,
    timestamps: Vec<String>,
    values: Vec<f64>,
    status_code: &'static str,
}

impl<'a> MetricData<'a> {
    /// The line of a run of a plan.
    pub fn new(plan: &'a Plan, seed: u64, all: &'a [MetricSeries]) -> Self {
        let id = |number: usize| format!("m{}", number + 1);
        let numbered = || all.iter().enumerate();
        let queries = numbered().map(|(number, series)| Query {
            id: id(number),
            metric_stat: MetricStat {
                metric: Metric {
                    namespace: series.namespace,
                    metric_name: series.name,
                    dimensions: series
                        .dimensions
                        .iter()
                        .map(|(name, value)| Dimension { name, value })
                        .collect(),
                },
                period: series.period.ceil_seconds(),
                stat: series.statistic,
            },
        });
        let results = numbered().map(|(number, series)| MetricResult {
            id: id(number),
            label: series.name,
            timestamps: series
                .values
                .iter()
                .map(|(at, _)| instant(plan.start_unix_seconds, *at))
                .collect(),
            values: series.values.iter().map(|(_, value)| *value).collect(),
            status_code: "Complete",
        });
        Self {
            variant: &plan.variant,
            seed,
            queries: queries.collect(),
            results: results.collect(),
        }
    }
}
