//! The share of a variant's cost that comes from billing rules: AWS bills whole seconds, and 60 s
//! at least (facts/pricing.md 2). It matters for very short runs and very short tasks.

use super::super::figure::mean;
use super::super::text::percent;
use super::page::Page;
use crate::runner::{Results, VariantResults};
use crate::usage::Service;

/// Shares of a variant's cost up to this one are not reported.
const REPORTED_ABOVE: f64 = 0.01;

/// Writes a sentence for each variant of whose cost more than 1 % comes from these rules.
pub(super) fn write(page: &mut Page, results: &Results) {
    let sentences: Vec<String> = results.variants.iter().filter_map(sentence).collect();
    if sentences.is_empty() {
        return;
    }
    page.heading("Added by billing in whole seconds, with a minimum of 60 s");
    for sentence in sentences {
        page.paragraph(&sentence, 2);
    }
}

/// The sentence about a variant; `None` when at most 1 % of its cost comes from these rules.
fn sentence(variant: &VariantResults) -> Option<String> {
    let total = mean(variant, "cost.total").filter(|total| *total > 0.0)?;
    // The share of the cost that is added on Fargate, or on everything else.
    let added = |fargate: bool| -> f64 {
        let lines = variant.bill.iter();
        let lines = lines.filter(|line| (line.service == Service::Fargate) == fargate);
        lines.filter_map(|line| line.topped_up.mean).sum::<f64>() / total
    };
    let (instances, tasks) = (added(false), added(true));
    if instances + tasks <= REPORTED_ABOVE {
        return None;
    }
    let share = percent(instances + tasks);
    let resources = match (instances > REPORTED_ABOVE, tasks > REPORTED_ABOVE) {
        (true, false) => "for instances".to_string(),
        (false, true) => "for tasks on Fargate".into(),
        _ => format!(
            "{} for instances and {} for tasks on Fargate",
            percent(instances),
            percent(tasks)
        ),
    };
    Some(format!(
        "{}: {share} of its cost, {resources}",
        variant.name
    ))
}
