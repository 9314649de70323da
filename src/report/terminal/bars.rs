//! Cost per month as bars of text, split into their parts.

use super::super::figure::{cost_parts, mean};
use super::super::text::{clean, columns, money, percent, shorten};
use super::page::Page;
use crate::runner::Results;

/// What each part is drawn with: readable without colours, and its code with them.
const INK: [(&str, char, &str); 4] = [
    ("EC2", '█', "34"),
    ("EBS", '▒', "36"),
    ("Fargate", '▓', "33"),
    ("other", '░', "35"),
];

pub(super) fn write(page: &mut Page, results: &Results) {
    let totals: Vec<f64> = results
        .variants
        .iter()
        .map(|v| mean(v, "cost.total.perMonth").unwrap_or(0.0).max(0.0))
        .collect();
    let most = totals.iter().copied().fold(0.0, f64::max);
    if most <= 0.0 {
        return;
    }
    let widest = |texts: &[String]| texts.iter().map(|t| columns(t)).max().unwrap_or(0);
    let names: Vec<String> = results
        .variants
        .iter()
        .map(|v| shorten(&clean(&v.name), (page.width() / 4).max(4)))
        .collect();
    let amounts: Vec<String> = totals.iter().map(|total| money(*total)).collect();
    let parts: Vec<_> = results.variants.iter().map(cost_parts).collect();
    let mut notes: Vec<String> = parts.iter().zip(&totals).map(shares).collect();
    let indent = widest(&names) + widest(&amounts) + 4;
    let room = page.width().saturating_sub(indent);
    if room < 8 {
        return;
    }
    // The shares in words stand beside the bars when both have room.
    if room < 24 + widest(&notes) {
        notes.fill(String::new());
    }
    let room = (room - widest(&notes)).min(60);
    page.heading("Cost per month by its parts");
    let mut used = Vec::new();
    for index in 0..results.variants.len() {
        let bar = bar(page, &parts[index], most, room, &mut used);
        let (name, amount) = (&names[index], &amounts[index]);
        let name_gap = widest(&names) - columns(name);
        let amount_gap = widest(&amounts) - columns(amount);
        let line = format!(
            "{name}{:name_gap$}  {:amount_gap$}{amount}  {bar}{}",
            "", "", notes[index]
        );
        page.line(&line);
    }
    let legend: Vec<String> = INK
        .iter()
        .filter(|(part, ..)| used.contains(part))
        .map(|(part, ink, code)| format!("{} {part}", page.styled(&ink.to_string(), code)))
        .collect();
    page.line(&format!("{:indent$}{}", "", legend.join("   ")));
}

/// The bar of one variant. Its length is to scale; a part that rounds to nothing is not
/// drawn, and a cost above zero is at least one character long.
fn bar(
    page: &Page,
    parts: &[(&'static str, f64)],
    most: f64,
    room: usize,
    used: &mut Vec<&'static str>,
) -> String {
    let mut text = String::new();
    let (mut sum, mut drawn) = (0.0, 0);
    for (part, cost) in parts {
        sum += cost;
        let end = (sum / most * room as f64).round() as usize;
        let end = if drawn == 0 { end.max(1) } else { end };
        let (_, ink, code) = INK
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

/// Says how a bar of several parts is divided.
fn shares((parts, total): (&Vec<(&'static str, f64)>, &f64)) -> String {
    if parts.len() < 2 {
        return String::new();
    }
    let shares = parts
        .iter()
        .map(|(part, cost)| format!("{part} {}", percent(cost / total)));
    format!("  {}", shares.collect::<Vec<_>>().join(" · "))
}
