//! Work that was not done: how many tasks ran, which services were never complete, and why.

use super::super::lack::explain_command;
use super::super::text::number;
use super::super::undone::{Because, add, listed, undone, what_ran, works};
use super::page::Page;
use crate::runner::Results;

/// A line for each variant that did a part of its work only; variants with equal lines share one.
pub(super) fn incomplete(page: &mut Page, results: &Results) {
    let first = results.variants.first();
    let mut lines: Vec<(String, Vec<String>)> = Vec::new();
    for variant in results.variants.iter().filter(|v| v.is_incomplete()) {
        let mut line = what_ran(variant);
        if first.is_some_and(|first| !variant.is_comparable_with(first)) {
            line.push_str("; its cost is that of this part and is not comparable");
        } else if results.variants.len() > 1 {
            line.push_str("; its cost is that of this part");
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

/// A line for each variant that was asked for other work than the first one: its cost is not
/// comparable. Variants with equal lines share one.
pub(super) fn other_work(page: &mut Page, results: &Results) {
    let first = &results.variants[0];
    let asked = first.done();
    let mut lines: Vec<(String, Vec<String>)> = Vec::new();
    for variant in results
        .variants
        .iter()
        .filter(|v| !v.has_the_work_of(first))
    {
        let done = variant.done();
        let kinds = [
            (done.requests, asked.requests, "requests"),
            (done.messages, asked.messages, "messages"),
        ];
        let differs = kinds
            .iter()
            .filter(|(own, base, _)| own.wanted != base.wanted);
        let parts = differs.map(|(own, base, what)| {
            let (own, base) = (number(own.wanted), number(base.wanted));
            format!("{own} {what}, the first has {base}")
        });
        let line = parts.collect::<Vec<_>>().join("; ");
        add(&mut lines, line, &variant.name);
    }
    if !lines.is_empty() {
        page.blank();
    }
    for (line, names) in lines {
        let line = format!("{}: {line}: costs are not comparable", listed(&names));
        page.labelled("other work:", "31", &line);
    }
}

/// Why work was not done: a line for each reason, with the names of the services and entries.
pub(super) fn reasons(page: &mut Page, results: &Results) {
    let several = results.variants.len() > 1;
    let mut command = None;
    // By text: the variants, and the works of the first of them.
    let mut lines: Vec<(String, Vec<String>)> = Vec::new();
    for variant in &results.variants {
        let mut own = Vec::new();
        let works = works(variant);
        for (name, is_service) in &works {
            if let Some(why) = undone(variant, name, *is_service) {
                command.get_or_insert_with(|| explain_command(results, variant, name, *is_service));
                add(&mut own, why, name);
            }
        }
        for (why, names) in own {
            let names = match works.len() == 1 && !several {
                true => String::new(),
                false => format!("{}: ", listed(&names)),
            };
            let because = match why.because {
                Because::Lacks(words) => format!("lacked {words}"),
                because => because.words().into(),
            };
            let line = format!("{names}{}: {because}", why.what);
            add(&mut lines, line, &variant.name);
        }
    }
    if lines.is_empty() {
        return;
    }
    page.heading("Not done, and why; lacked: by the latest task without room");
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
