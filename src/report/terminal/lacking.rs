//! Work that was not done: how many tasks ran, which services were never complete, and why.

use super::super::figure::mean;
use super::super::lack::{explain_command, lack};
use super::super::text::{clean, number, percent};
use super::page::Page;
use crate::figures::{Measure, Of, WaitReason};
use crate::runner::{Lacking, Ran, Results, VariantResults};

/// The largest number of names in one line.
const MOST_NAMES: usize = 4;
/// Work of which less than this share was there or ran is explained.
const GOOD_FROM: f64 = 0.95;

/// A line for each variant that did a part of its work only; variants with equal lines share one.
pub(super) fn incomplete(page: &mut Page, results: &Results) {
    let first = results.variants.first();
    let mut lines: Vec<(String, Vec<String>)> = Vec::new();
    for variant in results.variants.iter().filter(|v| v.is_incomplete()) {
        let mut line = what_ran(variant);
        if first.is_some_and(|first| !variant.is_comparable_with(first)) {
            line.push_str("; its cost is that of this part and is not comparable");
        }
        add(&mut lines, line, &variant.name);
    }
    if !lines.is_empty() {
        page.blank();
    }
    for (line, names) in lines {
        let line = match results.variants.len() {
            1 => line,
            _ => format!("{}: {line}", listed(&names)),
        };
        page.labelled("incomplete:", "31", &line);
    }
}

/// How many tasks of a variant ran, and how many services were never complete.
fn what_ran(variant: &VariantResults) -> String {
    let done = variant.done();
    let of = |ran: Ran, what: &str| {
        let counts = format!("{} of {} {what}", number(ran.ran), number(ran.wanted));
        (ran.wanted > 0.0).then(|| format!("{counts} ran"))
    };
    let both = done.services.wanted > 0.0 && done.standalone.wanted > 0.0;
    let names = if both {
        ["tasks of services", "standalone tasks"]
    } else {
        ["tasks"; 2]
    };
    let mut parts: Vec<String> = [(done.services, names[0]), (done.standalone, names[1])]
        .into_iter()
        .filter_map(|(ran, what)| of(ran, what))
        .collect();
    if done.never_complete > 0.0 {
        let services = services(variant).count();
        let were = if services == 1 { "was" } else { "were" };
        let of = match services {
            1 => "the service".into(),
            _ => format!("{} of {services} services", number(done.never_complete)),
        };
        parts.push(format!("{of} {were} never complete"));
    }
    parts.join(", ")
}

/// Why work was not done: a line for each reason, with the names of the services and entries.
pub(super) fn reasons(page: &mut Page, results: &Results) {
    let several = results.variants.len() > 1;
    let mut command = None;
    // By text: the variants, and the works of the first of them.
    let mut lines: Vec<(String, Vec<String>)> = Vec::new();
    for variant in &results.variants {
        let mut own: Vec<(String, Vec<String>)> = Vec::new();
        let works = works(variant);
        for (name, is_service) in &works {
            if let Some(why) = why(variant, name, *is_service) {
                command.get_or_insert_with(|| explain_command(results, variant, name, *is_service));
                add(&mut own, why, name);
            }
        }
        for (why, names) in own {
            let names = match works.len() == 1 && !several {
                true => String::new(),
                false => format!("{}: ", listed(&names)),
            };
            add(&mut lines, format!("{names}{why}"), &variant.name);
        }
    }
    if lines.is_empty() {
        return;
    }
    page.heading("Not done, and why: what the latest task without room lacked");
    for (line, variants) in lines {
        let line = match several {
            true => format!("{}: {line}", listed(&variants)),
            false => line,
        };
        page.paragraph(&line, 2);
    }
    if let Some(command) = command {
        page.paragraph(&format!("more about one run: {command}"), 2);
    }
}

/// Adds a name to the line with this text.
fn add(lines: &mut Vec<(String, Vec<String>)>, line: String, name: &str) {
    let name = clean(name);
    match lines.iter_mut().find(|(other, _)| *other == line) {
        Some((_, names)) => names.push(name),
        None => lines.push((line, vec![name])),
    }
}

/// Names with commas; of many the first ones and the number of the others.
pub(super) fn listed(names: &[String]) -> String {
    match names.len().checked_sub(MOST_NAMES) {
        None | Some(0 | 1) => names.join(", "),
        Some(more) => format!("{} and {more} more", names[..MOST_NAMES].join(", ")),
    }
}

/// The services and entries of a variant, each with whether it is a service.
fn works(variant: &VariantResults) -> Vec<(&str, bool)> {
    let mut works: Vec<(&str, bool)> = Vec::new();
    for summary in &variant.figures {
        let is_service = match summary.figure.measure {
            Measure::Tasks(Of::One(_), _) => false,
            Measure::Service(Of::One(_), _) => true,
            _ => continue,
        };
        let work = (summary.figure.name.as_str(), is_service);
        if works.last() != Some(&work) {
            works.push(work);
        }
    }
    works
}

fn services(variant: &VariantResults) -> impl Iterator<Item = &str> {
    let works = works(variant).into_iter();
    works
        .filter(|(_, is_service)| *is_service)
        .map(|(name, _)| name)
}

/// Why a service or an entry did not do its work; `None` where it did.
fn why(variant: &VariantResults, name: &str, is_service: bool) -> Option<String> {
    let kind = if is_service { "service" } else { "tasks" };
    let mean = |suffix: &str| mean(variant, &format!("{kind}.{name}.{suffix}"));
    let (is_bad, what) = if is_service {
        let available = mean("available.share").unwrap_or(1.0);
        let missing = mean("shortfall.mean").unwrap_or(0.0);
        let never = mean("neverComplete.count").unwrap_or(0.0);
        let what = match never > 0.0 {
            true => format!(
                "never complete, {} available, {} tasks missing",
                percent(available),
                number(missing)
            ),
            false => format!("{} available", percent(available)),
        };
        (never > 0.0 || available < GOOD_FROM, what)
    } else {
        let arrived = mean("arrived.count").unwrap_or(0.0);
        let ran = mean("placed.count").unwrap_or(0.0) - mean("failed.count").unwrap_or(0.0);
        let what = format!("{} of {} tasks ran", number(ran), number(arrived));
        (ran < arrived * GOOD_FROM, what)
    };
    if !is_bad {
        return None;
    }
    let lacking = variant.lacking.iter().find(|lacking| lacking.name == name);
    let count = |suffix: &str| mean(suffix).filter(|count| *count > 0.0);
    let because = if let Some(lacking) = lacking {
        lacks(lacking)
    } else if let Some(failed) = count("failedStarts.count") {
        format!("{} starts failed", number(failed))
    } else if let Some(failed) = count("failed.count") {
        format!("{} failed", number(failed))
    } else if let Some(stopped) = count("stopped.count") {
        format!("{} stopped", number(stopped))
    } else if let Some(refused) = count("rejected.count") {
        format!("{} refused", number(refused))
    } else {
        "they had not started before the end".into()
    };
    Some(format!("{what}: {because}"))
}

/// What the tasks of an entry or a service lacked.
fn lacks(lacking: &Lacking) -> String {
    match lacking.reason {
        WaitReason::Fargate | WaitReason::Limit | WaitReason::Queue => {
            format!("they lacked {}", lacking.reason.words())
        }
        _ => lack(lacking.instances, &lacking.by_instance),
    }
}
