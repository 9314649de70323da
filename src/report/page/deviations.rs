//! What a reader must see first: what failed, what is missing, and what the numbers do not say.

use super::super::figure::mean;
use super::super::text::{clean, number, percent, seconds};
use super::data::{Deviation, Tone};
use super::sections::{CAPACITY, COMPARISON, ENTRIES, EXPECTATIONS, SERVICES, availability, names};
use crate::runner::{Results, VariantResults};

/// The largest number of services and entries that are named; the rest is counted.
const MOST: usize = 8;

/// What deviates, the worst first.
pub(super) fn deviations(results: &Results) -> Vec<Deviation> {
    let mut found = Vec::new();
    expectations(results, &mut found);
    for variant in &results.variants {
        incomparable(results, variant, &mut found);
        services(results, variant, &mut found);
        work(results, variant, &mut found);
        capacity(results, variant, &mut found);
    }
    found.sort_by_key(|one| one.tone);
    if found.is_empty() {
        found.push(Deviation {
            tone: Tone::Good,
            text: "Nothing deviates: no expectation failed, no service lacked a task, no task was refused, failed or left over, and AWS took no capacity away.".into(),
            section: None,
        });
    }
    let left_out = results.left_out.iter();
    let left_out = left_out.map(|rows| format!("Rows of a trace are left out or changed: {rows}"));
    for text in left_out.chain(results.warnings.iter().cloned()) {
        found.push(Deviation {
            tone: Tone::Warning,
            text: clean(&text),
            section: None,
        });
    }
    found
}

fn expectations(results: &Results, found: &mut Vec<Deviation>) {
    for verdict in results.verdicts.iter().filter(|verdict| !verdict.passed) {
        found.push(Deviation {
            tone: Tone::Bad,
            text: clean(&match &verdict.sentence {
                Some(sentence) => format!("Expectation failed: {sentence}"),
                None => format!(
                    "Expectation failed: {}: found {}",
                    verdict.text, verdict.found
                ),
            }),
            section: Some(EXPECTATIONS.into()),
        });
    }
}

/// A variant whose cost is that of another part of the work than the first one did.
fn incomparable(results: &Results, variant: &VariantResults, found: &mut Vec<Deviation>) {
    if variant.is_comparable_with(&results.variants[0]) {
        return;
    }
    let done = variant.done();
    let (ran, wanted) = (
        done.services.ran + done.standalone.ran,
        done.services.wanted + done.standalone.wanted,
    );
    let text = format!(
        "its cost is not comparable with that of the first variant: {} of {} tasks ran",
        number(ran),
        number(wanted)
    );
    found.push(Deviation {
        tone: Tone::Bad,
        text: sentence(results, variant, &text),
        section: Some(COMPARISON.into()),
    });
}

/// A sentence on a variant, which is named where there are several.
fn sentence(results: &Results, variant: &VariantResults, text: &str) -> String {
    match results.variants.len() {
        1 => clean(text),
        _ => clean(&format!("{}: {text}", variant.name)),
    }
}

fn services(results: &Results, variant: &VariantResults, found: &mut Vec<Deviation>) {
    let all = names(variant, "service.", ".desired.mean");
    let mut worst: Vec<(f64, f64, f64, String)> = Vec::new();
    for name in &all {
        let of = |figure: &str| mean(variant, &format!("service.{name}.{figure}"));
        let Some(share) = availability(variant, name) else {
            continue;
        };
        let desired = of("desired.mean").unwrap_or(0.0);
        let missing = (desired - of("healthy.mean").unwrap_or(0.0)).max(0.0);
        let longest = of("recovery.max").unwrap_or(0.0);
        let gap = of("shortfall.mean").unwrap_or(0.0);
        if share < 1.0 || gap > 0.0 {
            let text = match share {
                0.0 => format!(
                    "service {name} never has its tasks: {} of {} desired tasks are missing on average",
                    number(missing),
                    number(desired)
                ),
                share => format!(
                    "service {name} is available {} of the time; the longest gap lasts {}",
                    percent(share),
                    seconds(longest)
                ),
            };
            worst.push((share, -missing / desired, -longest, text));
        }
    }
    worst.sort_by(|a, b| {
        a.0.total_cmp(&b.0)
            .then(a.1.total_cmp(&b.1))
            .then(a.2.total_cmp(&b.2))
    });
    let count = worst.len();
    for (share, _, _, text) in worst.iter().take(MOST) {
        let tone = if *share < 0.99 {
            Tone::Bad
        } else {
            Tone::Warning
        };
        found.push(Deviation {
            tone,
            text: sentence(results, variant, text),
            section: Some(SERVICES.into()),
        });
    }
    if count > MOST {
        let text = format!(
            "{} more of {} services lack tasks at times",
            count - MOST,
            all.len()
        );
        found.push(Deviation {
            tone: Tone::Warning,
            text: sentence(results, variant, &text),
            section: Some(SERVICES.into()),
        });
    }
}

fn work(results: &Results, variant: &VariantResults, found: &mut Vec<Deviation>) {
    let of = |figure: &str| mean(variant, &format!("tasks.all.{figure}")).unwrap_or(0.0);
    let arrived = of("arrived.count");
    for (figure, what, tone) in [
        ("rejected.count", "were refused", Tone::Bad),
        ("failed.count", "failed or were lost for good", Tone::Bad),
        (
            "unfinished.count",
            "are still waiting or running at the end",
            Tone::Note,
        ),
    ] {
        let count = of(figure);
        if count > 0.0 && arrived > 0.0 {
            let share = count / arrived;
            // A few tasks are always under way at the end of a run; many are a backlog.
            let tone = match tone {
                Tone::Note if share < 0.01 => continue,
                Tone::Note if share > 0.05 => Tone::Bad,
                tone => tone,
            };
            let text = format!(
                "{} of {} standalone tasks of a run ({}) {what}",
                number(count),
                number(arrived),
                percent(share)
            );
            found.push(Deviation {
                tone,
                text: sentence(results, variant, &text),
                section: Some(ENTRIES.into()),
            });
        }
    }
}

fn capacity(results: &Results, variant: &VariantResults, found: &mut Vec<Deviation>) {
    let of = |figure: &str| mean(variant, &format!("capacity.all.{figure}")).unwrap_or(0.0);
    for (figure, what) in [
        (
            "instances.interrupted.count",
            "Spot instances interrupted by AWS",
        ),
        ("instances.failed.count", "failures of instances"),
        (
            "instances.launchesFailed.count",
            "failed launches of instances",
        ),
    ] {
        let count = of(figure);
        if count > 0.0 {
            let text = format!("{what} per run, on average: {}", number(count));
            found.push(Deviation {
                tone: Tone::Note,
                text: sentence(results, variant, &text),
                section: Some(CAPACITY.into()),
            });
        }
    }
}
