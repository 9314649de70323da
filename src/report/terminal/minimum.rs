//! What AWS's whole seconds, and its minimum of a minute, add to a bill, where that is much:
//! the cost per month of a very short run, or of very short tasks, is mostly rounding.

use super::super::figure::mean;
use super::super::text::percent;
use super::page::Page;
use crate::runner::{Results, VariantResults};
use crate::usage::Service;

/// A smaller share of a variant's cost is not worth a sentence.
const MATERIAL: f64 = 0.01;

pub(super) fn write(page: &mut Page, results: &Results) {
    let sentences: Vec<String> = results.variants.iter().filter_map(sentence).collect();
    if sentences.is_empty() {
        return;
    }
    page.heading("Billed only because AWS bills whole seconds and 60 s at least");
    for sentence in sentences {
        page.paragraph(&sentence, 2);
    }
}

fn sentence(variant: &VariantResults) -> Option<String> {
    let total = mean(variant, "cost.total").filter(|total| *total > 0.0)?;
    let added = |fargate: bool| -> f64 {
        let lines = variant.bill.iter();
        let lines = lines.filter(|line| (line.service == Service::Fargate) == fargate);
        lines.filter_map(|line| line.topped_up.mean).sum::<f64>() / total
    };
    let (instances, tasks) = (added(false), added(true));
    if instances + tasks <= MATERIAL {
        return None;
    }
    let share = percent(instances + tasks);
    let whose = match (instances > MATERIAL, tasks > MATERIAL) {
        (true, false) => "for instances".to_string(),
        (false, true) => "for tasks on Fargate".into(),
        _ => format!(
            "{} for instances and {} for tasks on Fargate",
            percent(instances),
            percent(tasks)
        ),
    };
    Some(format!("{}: {share} of its cost, {whose}", variant.name))
}
