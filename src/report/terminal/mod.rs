//! The comparison as a page for the terminal: what was played, the variants side by side, their
//! bills, services, standalone work and capacity, and how to read the page.
//!
//! Every line is at most as wide as the terminal. Results in, text out: nothing is printed here.

mod bars;
mod bill;
mod bills;
mod calls;
mod capacity;
mod comparison;
mod deployments;
mod entries;
mod grid;
mod lacking;
mod lines;
mod minimum;
mod notes;
mod page;
mod queues;
mod requests;
mod services;
mod style;
mod table;
mod work;

pub use style::TerminalStyle;

use super::{figure, text};
use crate::runner::{Results, VariantResults};
use page::Page;

/// The whole page as text; its lines end with `\n`.
pub fn terminal(results: &Results, style: &TerminalStyle) -> String {
    let mut page = Page::new(style);
    what_was_played(&mut page, results);
    if !results.variants.is_empty() {
        comparison::write(&mut page, results);
        bars::write(&mut page, results);
        match results.variants.len() {
            1 => bill::write(&mut page, results),
            _ => bills::write(&mut page, results),
        }
        bill::scope(&mut page, results);
        services::write(&mut page, results);
        requests::write(&mut page, results);
        queues::write(&mut page, results);
        services::starts(&mut page, results);
        deployments::write(&mut page, results);
        work::write(&mut page, results);
        calls::write(&mut page, results);
        lacking::reasons(&mut page, results);
        capacity::write(&mut page, results);
    }
    notes::surplus(&mut page, results);
    minimum::write(&mut page, results);
    notes::fits(&mut page, results);
    notes::left_out(&mut page, results);
    notes::verdicts(&mut page, results);
    notes::warnings(&mut page, results);
    notes::closing(&mut page, results);
    page.into_text()
}

/// The first lines: scenario, numbers of variants and seeds, reported time, description.
fn what_was_played(page: &mut Page, results: &Results) {
    let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let title = text::clean(&results.scenario);
    let variants = count(results.variants.len(), "variant");
    let seeds = match results.seeds.as_slice() {
        [seed] => format!("seed {seed}"),
        seeds => count(seeds.len(), "seed"),
    };
    let reported = reported_time(results);
    let played = format!(": {variants} × {seeds}{reported}");
    if text::columns(&title) + text::columns(&played) <= page.width() {
        let line = format!("{}{played}", page.bold(&title));
        page.line(&line);
    } else {
        page.paragraph(&format!("{title}{played}"), 2);
    }
    page.paragraph(&results.description, 0);
}

/// The reported time of a run, from the shortest to the longest of the variants' means.
fn reported_time(results: &Results) -> String {
    let hours = |v| figure::mean(v, "run.reportedHours");
    let hours: Vec<f64> = results.variants.iter().filter_map(hours).collect();
    let Some(least) = hours.iter().copied().reduce(f64::min) else {
        return String::new();
    };
    let most = hours.iter().copied().fold(least, f64::max);
    let (least, most) = (
        text::seconds(least * 3_600.0),
        text::seconds(most * 3_600.0),
    );
    // With `until: drained` the runs of a variant differ in length.
    let differs = |v: &VariantResults| {
        let hours = figure::estimate(v, "run.reportedHours");
        hours.is_some_and(|e| e.half_width.is_some() && !figure::is_same_in_every_run(&e))
    };
    let mean = match results.variants.iter().any(differs) {
        true => " on average",
        false => "",
    };
    if least == most {
        format!(", {least} reported{mean}")
    } else {
        format!(", {least} to {most} reported{mean}")
    }
}
