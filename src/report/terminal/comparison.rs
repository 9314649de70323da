//! The variants side by side: cost per month with its interval, its difference from the first
//! variant, and the figures of utilization and service that the cost pays for.

use super::super::figure::{
    against_first, estimate, figure, has_services, has_work, is_same_in_every_run, mean,
};
use super::super::text::{clean, counted, money, money_within, number, percent, seconds};
use super::super::undone::add;
use super::super::value::{Evidence, change_of, evidence};
use super::entries::{money_entry, shown};
use super::grid::{Entry, Grid, Tone};
use super::lacking;
use super::page::Page;
use super::requests;
use crate::figures::Better;
use crate::runner::{Estimate, Results, VariantResults};

/// The share of requests served of all services: no figure, see [`requests::entry`].
const SERVED_REQUESTS: &str = "service.all.requests.servedOnce";

/// The path of the figure that variants are compared by.
const COST: &str = "cost.total.perMonth";

/// Writes the table, then a line on what faults cost and one on variants without random draws.
pub(super) fn write(page: &mut Page, results: &Results) {
    page.blank();
    let columns = service_columns(results);
    let compared = compared_by(results);
    let mut headers = vec![
        ("variant", 0),
        ("cost\nper month", 9),
        (compared.1, 8),
        ("CPU\nreserved", 6),
        ("memory\nreserved", 4),
    ];
    headers.extend(
        columns
            .iter()
            .map(|(header, weight, ..)| (*header, *weight)),
    );
    // Shares of capacity are left out before the costs lose their intervals.
    let mut grid = Grid::new(1, &headers).spare(6);
    for variant in &results.variants {
        let mut row = vec![
            Entry::new(clean(&variant.name)),
            cost(variant),
            against(results, variant, compared.0),
            shown(variant, "capacity.all.cpu.reserved", percent),
            shown(variant, "capacity.all.memory.reserved", percent),
        ];
        let rest = columns.iter();
        row.extend(rest.map(|(_, _, path, print)| requests::entry(variant, path, *print)));
        grid.row(row);
    }
    page.lines(grid.lines(page.width(), page.color()));
    lacking::incomplete(page, results);
    lacking::other_work(page, results);
    cost_of_events(page, results, faults);
    cost_of_events(page, results, deployments);
    without_chance(page, results);
}

/// A column: its header, its weight on narrow terminals, the path of its figure, its printer.
type Column = (&'static str, u8, &'static str, fn(f64) -> String);

/// Quality of service of standalone work.
const WORK: [Column; 3] = [
    ("wait\np95", 7, "tasks.all.wait.p95", seconds),
    ("tasks\nfinished", 3, "tasks.all.finished.share", percent),
    ("tasks\nrejected", 5, "tasks.all.rejected.share", percent),
];

/// A mean number of tasks; below a thousandth its digits say nothing.
fn tasks(value: f64) -> String {
    match value {
        v if v > 0.0 && v < 0.001 => "< 0.001".into(),
        v => number(v),
    }
}

/// Quality of service of services.
const SERVICES: [Column; 3] = [
    (
        "time with\nenough tasks",
        7,
        "service.all.available.share",
        percent,
    ),
    ("tasks\nmissing", 5, "service.all.shortfall.mean", tasks),
    ("services'\nstart p95", 3, "service.all.start.p95", seconds),
];

/// The work that is served, where a variant has services with a load or with a worker.
const SERVED: [Column; 2] = [
    ("requests\nserved", 8, SERVED_REQUESTS, percent),
    (
        "messages\nprocessed",
        8,
        "queue.all.messages.processed.share",
        percent,
    ),
];

/// The last columns: what is served of requests and messages, and those of standalone work, those
/// of services, or some of each where a study has both.
fn service_columns(results: &Results) -> Vec<Column> {
    let services = results.variants.iter().any(has_services);
    let work = results.variants.iter().any(has_work) || !services;
    let mut columns = SERVED.to_vec();
    columns.retain(|(_, _, path, _)| {
        let mut variants = results.variants.iter();
        variants.any(|variant| requests::computed_or_mean(variant, path).is_some())
    });
    columns.extend(match (services, work) {
        (true, true) => vec![SERVICES[0], WORK[0], WORK[2]],
        (true, false) => SERVICES.into(),
        _ => WORK.into(),
    });
    columns
}

/// The cost per month with its interval.
fn cost(variant: &VariantResults) -> Entry {
    match estimate(variant, COST) {
        Some(cost) => money_entry(&cost, variant.without_chance),
        None => Entry::new("–").tone(Tone::Faint),
    }
}

/// What variants are compared by where their costs do not differ: path and header, in this order.
const OTHERWISE: [(&str, &str); 9] = [
    (
        "service.all.available.share",
        "enough tasks\nagainst the first",
    ),
    (
        "service.all.shortfall.mean",
        "tasks missing\nagainst the first",
    ),
    ("tasks.all.wait.p95", "wait p95\nagainst the first"),
    ("tasks.all.wait.mean", "mean wait\nagainst the first"),
    ("tasks.all.wait.max", "longest wait\nagainst the first"),
    ("tasks.all.rejected.share", "rejected\nagainst the first"),
    ("tasks.all.sojourn.mean", "mean sojourn\nagainst the first"),
    ("service.all.start.p95", "start p95\nagainst the first"),
    ("service.all.recovery.mean", "recovery\nagainst the first"),
];

/// The figure that variants are compared by, with the header of its column: the cost; where no cost
/// differs, the first of the others that does.
fn compared_by(results: &Results) -> (&'static str, &'static str) {
    let (first, others) = match results.variants.split_first() {
        Some((first, others)) if !others.is_empty() => (first, others),
        _ => return (COST, "against\nthe first"),
    };
    let differs = |path: &str| {
        let all = others.iter();
        all.filter(|v| v.is_comparable_with(first)).any(|variant| {
            let found = difference(results, variant, path);
            found.is_some_and(|(value, evidence)| {
                let is_none = matches!(evidence, Evidence::Same | Evidence::NotSignificant);
                value != 0.0 && !is_none
            })
        })
    };
    let is_comparable = others.iter().all(|v| v.is_comparable_with(first));
    if differs(COST) || !is_comparable {
        return (COST, "against\nthe first");
    }
    let mut otherwise = OTHERWISE.into_iter();
    let found = otherwise.find(|(path, _)| differs(path));
    found.unwrap_or((COST, "against\nthe first"))
}

/// The difference of a figure from the first variant: its mean and its evidence.
fn difference(results: &Results, variant: &VariantResults, path: &str) -> Option<(f64, Evidence)> {
    let found = against_first(results, variant, path)?.estimate;
    // Two variants without random draws differ by an exact amount, not by an estimate.
    let is_exact = variant.without_chance && results.variants[0].without_chance;
    Some((found.mean?, evidence(&found, is_exact)?))
}

/// The difference of a figure from the first variant, with its evidence; a dash for the first.
fn against(results: &Results, variant: &VariantResults, path: &str) -> Entry {
    let first = &results.variants[0];
    if std::ptr::eq(variant, first) {
        return Entry::new("–").tone(Tone::Faint);
    }
    if !variant.is_comparable_with(first) {
        return Entry::new("not comparable").tone(Tone::Bad);
    }
    let definition = figure(variant, path).map(|figure| figure.definition());
    let (Some((value, evidence)), Some(definition)) =
        (difference(results, variant, path), definition)
    else {
        return Entry::new("–").tone(Tone::Faint);
    };
    let size = change_of(definition.unit, value, mean(first, path));
    let entry = Entry::new(evidence.describe(&size));
    let is_better = (value < 0.0) == (definition.better == Better::Lower);
    let tone = if is_better { Tone::Good } else { Tone::Bad };
    match evidence {
        Evidence::Same | Evidence::NotSignificant => entry,
        Evidence::OneSeed => entry.or(size),
        Evidence::Exact => entry.or(size).tone(tone),
        Evidence::Real => entry.tone(tone),
    }
}

/// The cost of faults or of deployments of each variant that has some, by the comparison with the
/// same runs without them; `words` makes the sentence. Variants whose lines would be equal share one
/// line.
fn cost_of_events(
    page: &mut Page,
    results: &Results,
    words: fn(&VariantResults, usize) -> Option<String>,
) {
    let mut lines: Vec<(String, Vec<String>)> = Vec::new();
    for variant in &results.variants {
        if let Some(line) = words(variant, results.seeds.len()) {
            add(&mut lines, line, &variant.name);
        }
    }
    if !lines.is_empty() {
        page.blank();
    }
    for (line, names) in lines {
        let line = match results.variants.len() {
            1 => line,
            _ => format!("{}: {line}", names.join(", ")),
        };
        page.paragraph(&line, 2);
    }
}

/// What the faults of a variant cost; `None` without faults.
fn faults(variant: &VariantResults, seeds: usize) -> Option<String> {
    let cost = estimate(variant, "faults.costPerMonth")
        .as_ref()
        .and_then(extra)?;
    let month = if cost == "nothing" { "" } else { " a month" };
    let more = occurrences(variant, seeds);
    Some(format!(
        "faults cost {cost}{month} against the same runs without them{more}"
    ))
}

/// What the deployments of a variant cost: those of the reported time, and a month of such times.
/// `None` without deployments.
fn deployments(variant: &VariantResults, _: usize) -> Option<String> {
    let cost = estimate(variant, "deployments.cost")
        .as_ref()
        .and_then(extra)?;
    let count = mean(variant, "deployment.all.count").unwrap_or(0.0);
    let which = match number(count).as_str() {
        "1" => "the deployment costs".into(),
        many => format!("{many} deployments cost"),
    };
    let line = format!("{which} {cost} in a run against the same runs without deployments");
    let month = estimate(variant, "deployments.costPerMonth")
        .as_ref()
        .and_then(extra)?;
    let hours = mean(variant, "run.reportedHours").filter(|_| cost != "nothing");
    Some(match hours {
        None => line,
        Some(hours) => {
            let time = seconds(hours * 3_600.0);
            format!("{line}; {month} a month if every {time} have as many")
        }
    })
}

/// How many faults occurred in the reported time of a run, where that is counted.
fn occurrences(variant: &VariantResults, seeds: usize) -> String {
    match mean(variant, "faults.struck.count") {
        None => String::new(),
        Some(0.0) => "; no fault occurred in any run".into(),
        Some(times) if seeds < 2 || variant.without_chance => {
            format!("; {} occurred in a run", counted(times, "fault"))
        }
        Some(times) => format!("; {} occurred per run on average", counted(times, "fault")),
    }
}

/// An additional cost: `+$3.10 ± 0.40`, or `nothing`.
fn extra(cost: &Estimate) -> Option<String> {
    let value = cost.mean.filter(|mean| mean.is_finite())?;
    // Less than a cent is the rounding of bills, not the price of a fault.
    if value.abs() < 0.01 && cost.half_width.unwrap_or(0.0) < 0.01 && value != 0.0 {
        return Some("less than $0.01".into());
    }
    let sign = if value > 0.0 { "+" } else { "" };
    let amount = match cost.half_width {
        None | Some(0.0) if value == 0.0 => return Some("nothing".into()),
        Some(half_width) if !is_same_in_every_run(cost) => money_within(value, half_width),
        _ => money(value),
    };
    Some(format!("{sign}{amount}"))
}

/// Names the variants in which nothing is random.
fn without_chance(page: &mut Page, results: &Results) {
    let fixed: Vec<&VariantResults> = results
        .variants
        .iter()
        .filter(|variant| variant.without_chance)
        .collect();
    if fixed.is_empty() {
        return;
    }
    page.blank();
    let names: Vec<String> = fixed.iter().map(|v| clean(&v.name)).collect();
    if fixed.len() == 1 {
        let note = format!(
            "{}: nothing in this variant is random; every seed gives the same.",
            names[0]
        );
        page.paragraph(&note, 2);
    } else if fixed.len() == results.variants.len() {
        page.paragraph(
            "nothing in these variants is random; every seed gives the same.",
            2,
        );
    } else {
        let note = format!(
            "{}: nothing in these variants is random; every seed gives the same.",
            names.join(", ")
        );
        page.paragraph(&note, 2);
    }
}
