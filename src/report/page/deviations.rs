//! What a reader must see first: what failed, what is missing, and what the numbers do not say.

use super::super::figure::mean;
use super::super::lack::{codes, explain_command};
use super::super::text::{clean, number, percent, seconds};
use super::super::undone::{Because, add, listed, served_share, undone, what_ran, works};
use super::super::verdicts;
use super::cells::ENOUGH;
use super::complaints::complaints;
use super::data::{Deviation, Tone};
use super::sections::{CAPACITY, COMPARISON, ENTRIES, EXPECTATIONS, SERVICES, availability, names};
use super::served::has_requests;
use crate::runner::{Results, VariantResults};

/// The largest number of lines of a kind; the rest is counted.
const MOST: usize = 8;

/// What deviates, the worst first.
pub(super) fn deviations(results: &Results) -> Vec<Deviation> {
    let mut found = Vec::new();
    expectations(results, &mut found);
    for variant in &results.variants {
        incomparable(results, variant, &mut found);
        undone_work(results, variant, &mut found);
        services(results, variant, &mut found);
        users(results, variant, &mut found);
        work(results, variant, &mut found);
        calls(results, variant, &mut found);
        capacity(results, variant, &mut found);
    }
    found.sort_by_key(|one| one.tone);
    if found.is_empty() {
        found.push(Deviation {
            tone: Tone::Good,
            text: nothing(results),
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

/// The sentence where nothing deviates: what was looked at.
fn nothing(results: &Results) -> String {
    let served = match has_requests(results) {
        true => " every service served at least 99.9 % of its requests, and none with an error,",
        false => "",
    };
    format!(
        "Nothing deviates: no expectation failed, no service lacked a task,{served} no deployment failed, no message was lost, no task was refused, failed or left over, and AWS took no capacity away."
    )
}

/// What users did not get: requests, releases and messages.
fn users(results: &Results, variant: &VariantResults, found: &mut Vec<Deviation>) {
    for mut complaints in complaints(variant) {
        complaints.sort_by_key(|(tone, ..)| *tone);
        let more = complaints.split_off(MOST.min(complaints.len()));
        if let Some((tone, _, section)) = more.first() {
            let text = format!("{} more like these are in summary.json", more.len());
            complaints.push((*tone, text, *section));
        }
        let complaints = complaints.into_iter();
        found.extend(complaints.map(|(tone, text, section)| Deviation {
            tone,
            text: sentence(results, variant, &text),
            section: Some(section.into()),
        }));
    }
}

fn expectations(results: &Results, found: &mut Vec<Deviation>) {
    for verdict in results.verdicts.iter().filter(|verdict| !verdict.passed) {
        found.push(Deviation {
            tone: Tone::Bad,
            text: clean(&match &verdict.sentence {
                Some(sentence) => format!("Expectation failed: {sentence}"),
                None => format!(
                    "Expectation failed: {}: found {}",
                    verdict.text,
                    verdicts::found(verdict)
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
    let text = format!(
        "its cost is not comparable with that of the first variant: {}",
        what_ran(variant)
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

/// Services and entries that did not do their work, with the reason; those with equal words share a
/// line.
fn undone_work(results: &Results, variant: &VariantResults, found: &mut Vec<Deviation>) {
    let mut lines = Vec::new();
    for (name, is_service) in works(variant) {
        if let Some(why) = undone(variant, name, is_service) {
            add(&mut lines, (is_service, why), name);
        }
    }
    let count = lines.len();
    for ((is_service, why), names) in lines.into_iter().take(MOST) {
        let kind = match (is_service, names.len()) {
            (true, 1) => "service",
            (true, _) => "services",
            (false, _) => "tasks",
        };
        let lacking = variant
            .lacking
            .iter()
            .find(|lacking| lacking.name == names[0]);
        let because = match (&why.because, lacking) {
            (Because::Lacks(words), Some(lacking)) => format!(
                "the latest task without room lacked {words} ({})",
                codes(lacking)
            ),
            (Because::Lacks(words) | Because::Else(words), _) => words.clone(),
            (Because::NoInstance, _) => "there was no instance".into(),
        };
        let command = explain_command(results, variant, &names[0], is_service);
        let each = if names.len() > 1 { ", each" } else { "" };
        let text = format!(
            "{kind} {}{each}: {}: {because}; more: {command}",
            listed(&names),
            why.what
        );
        found.push(Deviation {
            tone: Tone::Bad,
            text: sentence(results, variant, &text),
            section: Some(if is_service { SERVICES } else { ENTRIES }.into()),
        });
    }
    if count > MOST {
        let text = format!(
            "{} more reasons are in summary.json (lacking)",
            count - MOST
        );
        found.push(Deviation {
            tone: Tone::Bad,
            text: sentence(results, variant, &text),
            section: Some(SERVICES.into()),
        });
    }
}

/// Services that lacked tasks for a part of the time.
fn services(results: &Results, variant: &VariantResults, found: &mut Vec<Deviation>) {
    let all = names(variant, "service.", ".desired.mean");
    let mut worst: Vec<(f64, f64, Tone, String)> = Vec::new();
    for name in &all {
        let of = |figure: &str| mean(variant, &format!("service.{name}.{figure}"));
        let Some(share) = availability(variant, name) else {
            continue;
        };
        let is_explained = undone(variant, name, true).is_some();
        if is_explained || share >= 1.0 && of("shortfall.mean").unwrap_or(0.0) == 0.0 {
            continue;
        }
        let longest = of("recovery.max").unwrap_or(0.0);
        let text = format!(
            "service {name} has enough healthy tasks {} of the time; the longest gap lasts {}",
            percent(share),
            seconds(longest)
        );
        let tone = match served_share(variant, name) {
            // Its users got answers all the same.
            Some(served) if served >= ENOUGH => Tone::Note,
            _ if share < 0.99 => Tone::Bad,
            _ => Tone::Warning,
        };
        worst.push((share, -longest, tone, text));
    }
    worst.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let count = worst.len();
    for (_, _, tone, text) in worst.iter().take(MOST) {
        found.push(Deviation {
            tone: *tone,
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

/// What kept scheduled or submitted work from simply starting.
fn calls(results: &Results, variant: &VariantResults, found: &mut Vec<Deviation>) {
    for (figure, what, tone) in [
        (
            "throttled.count",
            "calls of RunTask throttled by AWS (Rate exceeded)",
            Tone::Warning,
        ),
        (
            "skipped.count",
            "scheduled arrivals skipped, as earlier tasks had not left",
            Tone::Note,
        ),
        (
            "replaced.count",
            "tasks replaced by a later arrival",
            Tone::Note,
        ),
    ] {
        let count = mean(variant, &format!("tasks.all.{figure}")).unwrap_or(0.0);
        if count > 0.0 {
            let text = format!("{what} per run, on average: {}", number(count));
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
