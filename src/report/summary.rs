//! `summary.json`: every figure of every variant, and what else was found. The same bytes
//! are the answer of `--format json`.
//!
//! `variants.<variant>.<figure path>` holds `unit`, `n`, `mean`, `halfWidth`, `low` and
//! `high`; whatever else is known about a variant stands beside `variants`, by its name.
//! Keys are only ever added; a change of what is there raises `schemaVersion`.

use super::{figure, number::json};
use crate::runner::{Difference, Estimate, FitFound, OneLess, Results, VariantResults};
use serde_json::{Map, Value, json};
use std::io::{self, Write};

/// The version of the file's shape.
pub const SCHEMA_VERSION: u64 = 1;

/// Writes `summary.json`.
///
/// # Errors
/// When `out` cannot be written.
pub fn summary(results: &Results, mut out: impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut out, &value(results))?;
    out.write_all(b"\n")
}

fn value(results: &Results) -> Value {
    let per_variant = |what: fn(&VariantResults) -> Option<Value>| -> Value {
        let entries = results.variants.iter();
        let entries = entries.filter_map(|v| Some((v.name.clone(), what(v)?)));
        Value::Object(entries.collect())
    };
    json!({
        "schemaVersion": SCHEMA_VERSION,
        "scenario": results.scenario,
        "description": results.description,
        "seeds": results.seeds,
        "variants": per_variant(|v| Some(figures(v))),
        "differences": per_variant(differences),
        "withoutChance": per_variant(|v| Some(v.without_chance.into())),
        "medianSeed": per_variant(|v| Some(v.median_seed.into())),
        "fit": per_variant(|v| v.fit.as_ref().map(fit)),
        "verdicts": results.verdicts.iter().map(|v| json!({
            "text": v.text,
            "variant": v.variant,
            "passed": v.passed,
            "found": v.found,
        })).collect::<Vec<_>>(),
        "warnings": results.warnings,
    })
}

fn figures(variant: &VariantResults) -> Value {
    let entries = variant.figures.iter().map(|summary| {
        let mut entry = Map::new();
        entry.insert(
            "unit".into(),
            summary.figure.definition().unit.symbol().into(),
        );
        put(&mut entry, &summary.estimate);
        (summary.figure.path.clone(), entry.into())
    });
    Value::Object(entries.collect())
}

fn differences(variant: &VariantResults) -> Option<Value> {
    let pairs = variant.figures.iter().zip(&variant.against_first);
    let entries: Map<String, Value> = pairs
        .filter_map(|(summary, difference)| {
            let entry = one_difference(summary.figure.definition().unit.symbol(), (*difference)?);
            Some((summary.figure.path.clone(), entry))
        })
        .collect();
    (!entries.is_empty()).then_some(Value::Object(entries))
}

fn one_difference(unit: &str, difference: Difference) -> Value {
    let mut entry = Map::new();
    entry.insert("unit".into(), unit.into());
    put(&mut entry, &difference.estimate);
    entry.insert(
        "varianceReduction".into(),
        json(difference.variance_reduction),
    );
    entry.into()
}

fn put(entry: &mut Map<String, Value>, estimate: &Estimate) {
    entry.insert("n".into(), estimate.n.into());
    entry.insert("mean".into(), json(estimate.mean));
    entry.insert("halfWidth".into(), json(estimate.half_width));
    entry.insert("low".into(), json(figure::low(estimate)));
    entry.insert("high".into(), json(figure::high(estimate)));
}

fn fit(found: &FitFound) -> Value {
    json!({
        "count": found.count,
        "members": found.members,
        "waitBoundSeconds": found.longest_wait.as_seconds_f64(),
        "oneLess": found.one_less.as_ref().map(|one_less| match one_less {
            OneLess::Waited { seed, longest_wait } => json!({
                "seed": seed,
                "longestWaitSeconds": longest_wait.as_seconds_f64(),
            }),
            OneLess::Refused { seed, tasks } => json!({ "seed": seed, "refusedTasks": tasks }),
        }),
    })
}
