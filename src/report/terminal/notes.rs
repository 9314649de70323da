//! The parts of the page that are sentences: fitted fleets, surplus on Fargate, verdicts of
//! `expect:`, warnings, and how to read the page.

use super::super::figure::{estimate, is_same_in_every_run, mean};
use super::super::text::{number, seconds};
use super::super::verdicts::line;
use super::page::Page;
use crate::runner::{FitFound, OneLess, Results, VariantResults};
use crate::units::Span;

/// The fleet that `count: fit` found for each variant, and what fails with one instance less.
pub(super) fn fits(page: &mut Page, results: &Results) {
    let found: Vec<_> = results
        .variants
        .iter()
        .filter_map(|v| Some((v, v.fit.as_ref()?)))
        // With a count of 0 no task runs on the fleet: there is nothing to report.
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

/// The vCPU-hours and GiB-hours of a run that Fargate bills above the requested sizes, because
/// a request is rounded up to a valid size (facts/ecs.md 25).
pub(super) fn surplus(page: &mut Page, results: &Results) {
    let mut has_heading = false;
    for variant in &results.variants {
        let hours = |what: &str| mean(variant, &format!("capacity.all.surplus.{what}"));
        let (cpu, memory) = (hours("cpu").unwrap_or(0.0), hours("memory").unwrap_or(0.0));
        if cpu <= 0.0 && memory <= 0.0 {
            continue;
        }
        if !has_heading {
            page.heading("Billed on Fargate above the requested size, in a run");
            has_heading = true;
        }
        let (cpu, memory) = (number(cpu), number(memory));
        let sentence = format!("{}: {cpu} vCPU-hours and {memory} GiB-hours", variant.name);
        page.paragraph(&sentence, 2);
    }
}

/// The fitted count with its bound, and the failure with one instance less.
fn sentence(fit: &FitFound) -> String {
    let members = match fit.members.as_slice() {
        [] => "instances".into(),
        [one] => one.clone(),
        several => format!("each of {}", several.join(", ")),
    };
    let bound = match fit.longest_wait {
        Span::ZERO => "no task waits".into(),
        bound => format!("no task waits longer than {}", time(bound)),
    };
    let mut text = format!("fits with {} × {members} ({bound})", fit.count);
    let less = match fit.count.saturating_sub(1) {
        1 => "1 instance".to_string(),
        less => format!("{less} instances"),
    };
    match &fit.one_less {
        Some(OneLess::Waited { seed, longest_wait }) => {
            let wait = time(*longest_wait);
            text.push_str(&format!("; with {less} a task waited {wait} (seed {seed})"));
        }
        Some(OneLess::Refused { seed, tasks: 1 }) => text.push_str(&format!(
            "; with {less} a task was refused or never placed (seed {seed})"
        )),
        Some(OneLess::Refused { seed, tasks }) => {
            let tasks = number(*tasks as f64);
            text.push_str(&format!(
                "; with {less} {tasks} tasks were refused or never placed (seed {seed})"
            ));
        }
        None => {}
    }
    text
}

fn time(span: Span) -> String {
    seconds(span.as_seconds_f64())
}

/// The verdict on each expectation of `expect:`, with the value that was found.
pub(super) fn verdicts(page: &mut Page, results: &Results) {
    if results.verdicts.is_empty() {
        return;
    }
    let failed = results.verdicts.iter().filter(|v| !v.passed).count();
    page.heading(&match failed {
        0 => "Expectations: all passed".to_string(),
        _ => format!(
            "Expectations: {failed} of {} failed",
            results.verdicts.len()
        ),
    });
    for verdict in &results.verdicts {
        let (label, color) = match verdict.passed {
            true => ("passed", "32"),
            false => ("FAILED", "31"),
        };
        page.labelled(label, color, &line(verdict));
    }
}

/// The rows of traces that are left out or changed, as `unplaceable` and `repair` ask.
pub(super) fn left_out(page: &mut Page, results: &Results) {
    if results.left_out.is_empty() {
        return;
    }
    page.heading("Rows of traces that are left out or changed");
    for sentence in &results.left_out {
        page.paragraph(sentence, 2);
    }
}

/// The warnings of the scenario, such as keys that are read and not modelled.
pub(super) fn warnings(page: &mut Page, results: &Results) {
    if results.warnings.is_empty() {
        return;
    }
    page.blank();
    for warning in &results.warnings {
        page.labelled("warning:", "33", warning);
    }
}

/// How to read the page: what `±`, `(real)`, `(n.s.)` and `(exact)` mean, as far as they are on it.
pub(super) fn closing(page: &mut Page, results: &Results) {
    if results.variants.is_empty() {
        return;
    }
    let seeds = results.seeds.len();
    let text = if results.variants.iter().all(|v| v.without_chance) {
        let exact = match page.has("(exact)") {
            true => " So differences are (exact).",
            false => "",
        };
        format!("Nothing here is random: every seed gives the same results.{exact}")
    } else if seeds < 2 {
        "One seed gives no intervals: play more with `--seeds` to see which differences are real."
            .to_string()
    } else {
        let level = results.confidence;
        let mut sentences = Vec::new();
        if page.has("±") {
            sentences.push(format!(
                "± is half of the {level} interval over {seeds} seeds"
            ));
        }
        if page.has("(real)") || page.has("(n.s.)") {
            sentences.push(format!(
                "Differences are taken seed by seed: (real) when their {level} interval leaves out zero, (n.s., not significant) when it includes zero",
            ));
        }
        if page.has("(exact)") {
            sentences.push(
                "(exact): nothing in either variant is random, so that every seed gives this difference"
                    .into(),
            );
        }
        let fixed = |v: &VariantResults| {
            let cost = estimate(v, "cost.total.perMonth");
            !v.without_chance && cost.is_some_and(|cost| is_same_in_every_run(&cost))
        };
        if results.variants.iter().any(fixed) {
            sentences.push("A cost without ± is the same for every seed".into());
        }
        sentences.push(
            "Every figure with its interval is in summary.json, which `--format json` prints."
                .into(),
        );
        sentences.join(". ")
    };
    page.blank();
    page.paragraph(&text, 0);
}
