//! What is said in sentences: what fits, what was expected, what to know, how to read it.

use super::super::figure::{estimate, is_same_in_every_run, mean};
use super::super::text::{number, seconds};
use super::page::Page;
use crate::runner::{FitFound, OneLess, Results, VariantResults};
use crate::units::Span;

pub(super) fn fits(page: &mut Page, results: &Results) {
    let found: Vec<_> = results
        .variants
        .iter()
        .filter_map(|v| Some((v, v.fit.as_ref()?)))
        // Nothing runs on a fleet of none.
        .filter(|(_, fit)| fit.count > 0)
        .collect();
    if found.is_empty() {
        return;
    }
    page.heading("The smallest fleet that fits");
    for (variant, fit) in found {
        page.paragraph(&format!("{}: {}", variant.name, sentence(fit)), 2);
    }
}

/// What rounding up to Fargate's sizes adds to the bill.
pub(super) fn surplus(page: &mut Page, results: &Results) {
    let mut told = false;
    for variant in &results.variants {
        let hours = |what: &str| mean(variant, &format!("capacity.all.surplus.{what}"));
        let (cpu, memory) = (hours("cpu").unwrap_or(0.0), hours("memory").unwrap_or(0.0));
        if cpu <= 0.0 && memory <= 0.0 {
            continue;
        }
        if !told {
            page.heading("Billed on Fargate beyond what was asked for, in a run");
            told = true;
        }
        let (cpu, memory) = (number(cpu), number(memory));
        let sentence = format!("{}: {cpu} vCPU-hours and {memory} GiB-hours", variant.name);
        page.paragraph(&sentence, 2);
    }
}

fn sentence(fit: &FitFound) -> String {
    let members = match fit.members.as_slice() {
        [] => "instances".into(),
        [one] => one.clone(),
        several => format!("each of {}", several.join(", ")),
    };
    let bound = match fit.longest_wait {
        Span::ZERO => "nobody waits".into(),
        bound => format!("nobody waits longer than {}", time(bound)),
    };
    let mut text = format!("fits with {} × {members} ({bound})", fit.count);
    let less = fit.count.saturating_sub(1);
    match &fit.one_less {
        Some(OneLess::Waited { seed, longest_wait }) => {
            let wait = time(*longest_wait);
            text.push_str(&format!("; with {less} a task waited {wait} (seed {seed})"));
        }
        Some(OneLess::Refused { seed, tasks: 1 }) => text.push_str(&format!(
            "; with {less} a task was refused or never placed (seed {seed})"
        )),
        Some(OneLess::Refused { seed, tasks }) => text.push_str(&format!(
            "; with {less} {tasks} tasks were refused or never placed (seed {seed})"
        )),
        None => {}
    }
    text
}

fn time(span: Span) -> String {
    seconds(span.as_seconds_f64())
}

pub(super) fn verdicts(page: &mut Page, results: &Results) {
    if results.verdicts.is_empty() {
        return;
    }
    let failed = results.verdicts.iter().filter(|v| !v.passed).count();
    page.heading(&match failed {
        0 => "Expected, and found so".to_string(),
        _ => format!("Expected: {failed} of {} failed", results.verdicts.len()),
    });
    for verdict in &results.verdicts {
        let (label, color) = match verdict.passed {
            true => ("passed", "32"),
            false => ("FAILED", "31"),
        };
        page.labelled(
            label,
            color,
            &format!("{}: found {}", verdict.text, verdict.found),
        );
    }
}

pub(super) fn warnings(page: &mut Page, results: &Results) {
    if results.warnings.is_empty() {
        return;
    }
    page.blank();
    for warning in &results.warnings {
        page.labelled("warning:", "33", warning);
    }
}

/// How to read what stands above.
pub(super) fn closing(page: &mut Page, results: &Results) {
    if results.variants.is_empty() {
        return;
    }
    let seeds = results.seeds.len();
    let text = if results.variants.iter().all(|v| v.without_chance) {
        "Chance has no part in this: one seed tells all.".to_string()
    } else if seeds < 2 {
        "One seed has no error bars: play more with `--seeds` to tell a difference from luck."
            .to_string()
    } else {
        let level = results.confidence;
        let mut text = format!("± is half of the {level} interval over {seeds} seeds");
        if results.variants.len() > 1 {
            text.push_str(&format!(
                ". Differences are taken seed by seed: (real) when their {level} interval leaves out zero, (luck) when it does not",
            ));
        }
        let fixed = |v: &VariantResults| {
            let cost = estimate(v, "cost.total.perMonth");
            !v.without_chance && cost.is_some_and(|cost| is_same_in_every_run(&cost))
        };
        if results.variants.iter().any(fixed) {
            text.push_str(". A cost without ± is the same for every seed");
        }
        text.push_str(
            ". Every figure with its interval is in summary.json, which `--format json` prints.",
        );
        text
    };
    page.blank();
    page.paragraph(&text, 0);
}
