//! Makes the data of the page from results.

use super::super::figure::mean;
use super::super::plots::charts;
use super::super::text::{clean, seconds, seeds};
use super::super::value;
use super::data::{FigureRow, PageData};
use super::{deviations, tables};
use crate::runner::Results;
use std::convert::Infallible;

/// The largest number of variants whose plots over time are in the page.
const MOST_VARIANTS: usize = 24;
/// The version of the data.
const VERSION: u64 = 1;

impl PageData {
    /// The data of results.
    pub fn of(results: &Results) -> Self {
        let mut found = Vec::new();
        let taken = charts(results, |chart| {
            found.push(chart);
            Ok::<_, Infallible>(())
        });
        taken.expect("nothing stops it");
        let names: Vec<String> = results.variants.iter().map(|v| v.name.clone()).collect();
        let shown = &names[..names.len().min(MOST_VARIANTS)];
        let left_out = names.len() - shown.len();
        found.retain(|chart| {
            chart
                .variant
                .as_ref()
                .is_none_or(|name| shown.contains(name))
        });
        Self {
            version: VERSION,
            scenario: clean(&results.scenario),
            description: clean(&results.description),
            played: played(results),
            deviations: deviations::deviations(results),
            tables: tables::tables(results),
            charts: found,
            left_out: (left_out > 0).then(|| {
                format!(
                    "The plots over time of the first {MOST_VARIANTS} variants are here; those of {left_out} more are in the folder plots/."
                )
            }),
            variants: names.iter().map(|name| clean(name)).collect(),
            figures: figures(results),
        }
    }
}

/// What was played.
fn played(results: &Results) -> String {
    let variants = match results.variants.len() {
        1 => "1 variant".into(),
        count => format!("{count} variants"),
    };
    let hours = |v| mean(v, "run.reportedHours");
    let hours: Vec<f64> = results.variants.iter().filter_map(hours).collect();
    let least = hours.iter().copied().fold(f64::INFINITY, f64::min);
    let most = hours.iter().copied().fold(0.0, f64::max);
    let reported = match (seconds(least * 3_600.0), seconds(most * 3_600.0)) {
        _ if hours.is_empty() => String::new(),
        (least, most) if least == most => format!(", {most} reported"),
        (least, most) => format!(", {least} to {most} reported"),
    };
    format!("{variants} × {}{reported}", seeds(results.seeds.len()))
}

/// Every figure of every variant, in the order of the first variant that has it.
fn figures(results: &Results) -> Vec<FigureRow> {
    let mut rows: Vec<FigureRow> = Vec::new();
    let mut places = std::collections::BTreeMap::new();
    for (index, variant) in results.variants.iter().enumerate() {
        for summary in variant.figures.iter() {
            let path = &summary.figure.path;
            let row = *places.entry(path.clone()).or_insert_with(|| {
                rows.push(FigureRow {
                    path: path.clone(),
                    values: vec![String::new(); results.variants.len()],
                });
                rows.len() - 1
            });
            let unit = summary.figure.definition().unit;
            let text = value::estimate(unit, summary.estimate, variant.without_chance);
            rows[row].values[index] = text;
        }
    }
    rows
}
