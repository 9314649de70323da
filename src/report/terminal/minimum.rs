//! What AWS's minimum of a minute, and its whole seconds, add to a bill, where that is much:
//! the cost per month of a very short run says little about a month.
//!
//! It is found by comparing what was billed with what was used: instance-hours with the time
//! mean of the instances, Fargate's vCPU-hours with the reserved ones. Memory and storage are
//! taken to be like the CPU beside them.

use super::super::figure::mean;
use super::super::text::{percent, seconds};
use super::page::Page;
use crate::runner::{BillLineSummary, Results, VariantResults};
use std::collections::BTreeSet;

/// A smaller share of a variant's cost is not worth a sentence.
const MATERIAL: f64 = 0.01;

pub(super) fn write(page: &mut Page, results: &Results) {
    let sentences: Vec<String> = results.variants.iter().filter_map(sentence).collect();
    if sentences.is_empty() {
        return;
    }
    page.heading("Billed beyond the time used, as AWS bills whole seconds and 60 s at least");
    for sentence in sentences {
        page.paragraph(&sentence, 2);
    }
}

fn sentence(variant: &VariantResults) -> Option<String> {
    let total = mean(variant, "cost.total").filter(|total| *total > 0.0)?;
    let hours = mean(variant, "run.reportedHours")?;
    let (fleets, fargate) = added(variant, hours);
    let (fleets, fargate) = (fleets / total, fargate / total);
    if fleets + fargate <= MATERIAL {
        return None;
    }
    let mut text = format!(
        "{}: {} of its cost",
        variant.name,
        percent(fleets + fargate)
    );
    if fleets > MATERIAL {
        let length = seconds(hours * 3_600.0);
        text.push_str(&format!(
            ", as only {length} are reported: its cost per month is that of a fleet started \
             anew every {length}"
        ));
    }
    if fargate > MATERIAL {
        let also = if fleets > MATERIAL { "; also" } else { "," };
        text.push_str(&format!("{also} as its tasks on Fargate are short"));
    }
    Some(text)
}

/// Dollars in a run that fleets, and Fargate, cost beyond the time used.
fn added(variant: &VariantResults, hours: f64) -> (f64, f64) {
    let names: BTreeSet<&str> = variant.bill.iter().map(|l| l.provider.as_str()).collect();
    let (mut fleets, mut fargate) = (0.0, 0.0);
    for name in names {
        let lines: Vec<&BillLineSummary> =
            variant.bill.iter().filter(|l| l.provider == name).collect();
        let billed = |unit: &str| -> f64 {
            let of_unit = lines.iter().filter(|line| line.unit == unit);
            of_unit.filter_map(|line| line.quantity.mean).sum()
        };
        let used = |figure: &str| mean(variant, &format!("capacity.{name}.{figure}"));
        let cost: f64 = lines.iter().filter_map(|line| line.cost.mean).sum();
        let instances = used("instances").map(|instances| instances * hours);
        fleets += cost * beyond(billed("instance-hours"), instances);
        fargate += cost * beyond(billed("vCPU-hours"), used("cpu.reservedHours"));
    }
    (fleets, fargate)
}

/// The share of what was billed that was not used.
fn beyond(billed: f64, used: Option<f64>) -> f64 {
    match used {
        Some(used) if billed > 0.0 => (1.0 - used / billed).clamp(0.0, 1.0),
        _ => 0.0,
    }
}
