//! Horizontal bars of text, divided into parts; and the cost per month as such bars.

use super::super::figure::mean;
use super::super::text::{clean, columns, money, percent, shorten_apart};
use super::lines::shared_name;
use super::page::Page;
use crate::pricing::Service;
use crate::runner::{Results, VariantResults};

/// How a part is drawn: its name, its character, which differs from that of every other part, and
/// its ANSI colour code.
pub(super) type Ink = (&'static str, char, &'static str);

/// The parts of the cost: AWS services.
const INK: [Ink; 9] = [
    ("EC2", '█', "34"),
    ("EBS", '▒', "36"),
    ("Fargate", '▓', "33"),
    ("ECS", '▞', "31"),
    ("ELB", '▥', "37"),
    ("SQS", '▤', "36"),
    ("CloudWatch", '▨', "33"),
    ("extra", '▚', "32"),
    ("other", '░', "35"),
];

/// A variant's cost per month in dollars by AWS service, in the order of [`Service::ALL`]; the
/// rest is `other`. Parts of zero are left out.
fn cost_parts(variant: &VariantResults) -> Vec<(&'static str, f64)> {
    let mut parts = Vec::new();
    let mut rest = mean(variant, "cost.total.perMonth").unwrap_or(0.0);
    let total = rest;
    for service in Service::ALL.map(Service::name) {
        let part = mean(variant, &format!("cost.{service}.perMonth")).unwrap_or(0.0);
        if part > 0.0 {
            parts.push((service, part));
            rest -= part;
        }
    }
    // The services add up to the total up to the rounding of floats.
    if rest > total * 1e-9 {
        parts.push(("other", rest));
    }
    parts
}

/// A bar: its name, its total as text, its parts in their order of drawing, and a note beside it.
pub(super) struct Bar {
    pub name: String,
    pub amount: String,
    pub parts: Vec<(&'static str, f64)>,
    pub note: String,
}

impl Bar {
    fn total(&self) -> f64 {
        self.parts.iter().map(|(_, part)| part).sum()
    }
}

/// The cost per month of every variant.
pub(super) fn write(page: &mut Page, results: &Results) {
    let bar = |variant: &VariantResults| {
        let total = mean(variant, "cost.total.perMonth").unwrap_or(0.0).max(0.0);
        let parts = cost_parts(variant);
        Bar {
            name: clean(&variant.name),
            amount: money(total),
            note: shares((&parts, &total)),
            parts,
        }
    };
    // Variants with equal costs share a bar.
    let mut bars: Vec<(Bar, Vec<String>)> = Vec::new();
    for bar in results.variants.iter().map(bar) {
        let is_equal = |other: &Bar| (&other.amount, &other.parts) == (&bar.amount, &bar.parts);
        match bars.iter_mut().find(|(other, _)| is_equal(other)) {
            Some((_, names)) => names.push(bar.name),
            None => {
                let name = bar.name.clone();
                bars.push((bar, vec![name]));
            }
        }
    }
    let bars: Vec<Bar> = bars
        .into_iter()
        .map(|(bar, names)| Bar {
            name: shared_name(&names, page.width() / 4),
            ..bar
        })
        .collect();
    draw(page, "Cost per month by service", &INK, &bars);
}

/// Draws bars below one another, on one scale, and a legend of their parts. Draws nothing when all
/// bars are zero or when fewer than 8 columns are left for them.
pub(super) fn draw(page: &mut Page, heading: &str, inks: &[Ink], bars: &[Bar]) {
    let most = bars.iter().map(Bar::total).fold(0.0, f64::max);
    if most <= 0.0 {
        return;
    }
    let widest = |texts: &[String]| texts.iter().map(|t| columns(t)).max().unwrap_or(0);
    let names: Vec<String> = bars.iter().map(|bar| bar.name.clone()).collect();
    let names = shorten_apart(&names, (page.width() / 4).max(4));
    let amounts: Vec<String> = bars.iter().map(|bar| bar.amount.clone()).collect();
    let mut notes: Vec<String> = bars.iter().map(|bar| bar.note.clone()).collect();
    let indent = widest(&names) + widest(&amounts) + 4;
    let room = page.width().saturating_sub(indent);
    if room < 8 {
        return;
    }
    // The notes are dropped when they would leave fewer than 24 columns for the bars.
    if room < 24 + widest(&notes) {
        notes.fill(String::new());
    }
    let room = (room - widest(&notes)).min(60);
    page.heading(heading);
    let mut used = Vec::new();
    for (index, bar) in bars.iter().enumerate() {
        let drawn = drawn(page, inks, &bar.parts, most, room, &mut used);
        let (name, amount) = (&names[index], &amounts[index]);
        let name_gap = widest(&names) - columns(name);
        let amount_gap = widest(&amounts) - columns(amount);
        let line = format!(
            "{name}{:name_gap$}  {:amount_gap$}{amount}  {drawn}{}",
            "", "", notes[index]
        );
        page.line(line.trim_end());
    }
    let legend: Vec<String> = inks
        .iter()
        .filter(|(part, ..)| used.contains(part))
        .map(|(part, ink, code)| format!("{} {part}", page.styled(&ink.to_string(), code)))
        .collect();
    let words = inks.iter().filter(|(part, ..)| used.contains(part));
    let length: usize = words.map(|(part, ..)| columns(part) + 5).sum();
    let indent = indent.min((page.width() + 3).saturating_sub(length));
    page.line(&format!("{:indent$}{}", "", legend.join("   ")));
}

/// One bar, `room` columns long at `most`. The ends of its parts are rounded, not their lengths,
/// so that the whole bar has the right length. A part that rounds to zero columns is not drawn,
/// except the first, so that a bar above zero has at least one character.
fn drawn(
    page: &Page,
    inks: &[Ink],
    parts: &[(&'static str, f64)],
    most: f64,
    room: usize,
    used: &mut Vec<&'static str>,
) -> String {
    let mut text = String::new();
    let (mut sum, mut drawn) = (0.0, 0);
    for (part, size) in parts {
        sum += size;
        let end = (sum / most * room as f64).round() as usize;
        let end = if drawn == 0 { end.max(1) } else { end };
        let (_, ink, code) = inks
            .iter()
            .find(|(name, ..)| name == part)
            .expect("every part has its ink");
        let length = end.saturating_sub(drawn);
        if length > 0 {
            let piece: String = std::iter::repeat_n(*ink, length).collect();
            text.push_str(&page.styled(&piece, code));
            drawn = end;
        }
        if !used.contains(part) {
            used.push(part);
        }
    }
    text
}

/// The share of each part as text; empty for a bar of one part.
fn shares((parts, total): (&Vec<(&'static str, f64)>, &f64)) -> String {
    if parts.len() < 2 {
        return String::new();
    }
    let shares = parts
        .iter()
        .map(|(part, cost)| format!("{part} {}", percent(cost / total)));
    format!("  {}", shares.collect::<Vec<_>>().join(" · "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_has_an_ink() {
        for service in Service::ALL.map(Service::name) {
            assert!(INK.iter().any(|(name, ..)| *name == service), "{service}");
        }
    }
}
