//! `plots/cost.svg`: the cost per month of every variant, divided by service, with the interval
//! of the total.

use super::super::figure::{cost_parts, estimate, is_same_in_every_run};
use super::super::text::{money, money_within};
use super::axis;
use super::canvas::{Anchor, Canvas, FAINT, INK, PALETTE, SOFT, draw, fit_names, text_width};
use super::frame::{Area, Heading, LegendEntry, WIDTH, seeds, solid, thin};
use crate::pricing::Service;
use crate::runner::{Estimate, Results, VariantResults};
use plotters::prelude::RGBColor;

/// Height of a bar with the space to the next.
const ROW: f64 = 34.0;
/// Font size of names, in points.
const NAME_SIZE: f64 = 13.0;
/// Font size of values, in points.
const VALUE_SIZE: f64 = 12.0;

/// The plot.
pub(super) fn cost(results: &Results) -> String {
    let variants = &results.variants;
    let legend = used_parts(variants).into_iter().map(|part| LegendEntry {
        label: part.into(),
        stroke: solid(color(part), 1.0),
        is_area: true,
    });
    let title = format!("Cost per month: {}", results.scenario);
    let heading = Heading::new(&title, &subtitle(results), legend.collect());
    let values: Vec<String> = variants.iter().map(value).collect();
    let widest = |texts: &[String], size: f64| {
        let widths = texts.iter().map(|text| text_width(text, size));
        widths.fold(0.0, f64::max)
    };
    let names: Vec<String> = variants.iter().map(|v| v.name.clone()).collect();
    let names = fit_names(&names, NAME_SIZE, 260.0);
    let top = heading.bottom + 8.0;
    let area = Area {
        left: 24.0 + widest(&names, NAME_SIZE) + 10.0,
        right: WIDTH - 30.0 - widest(&values, VALUE_SIZE),
        top,
        bottom: top + ROW * variants.len().max(2) as f64,
    };
    draw(WIDTH, area.bottom + 56.0, |canvas| {
        heading.draw(canvas);
        let most = variants.iter().map(reach).fold(0.0, f64::max);
        let axis = axis::dollars(most).ending_at(most);
        let x = |dollars: f64| area.left + dollars / axis.end * area.width();
        for (value, _) in &axis.ticks {
            let x = x(*value);
            canvas.line(&[(x, area.top), (x, area.bottom)], thin(FAINT));
        }
        for (index, variant) in variants.iter().enumerate() {
            let y = area.top + ROW * (index as f64 + 0.5);
            canvas.text(
                &names[index],
                (area.left - 10.0, y),
                NAME_SIZE,
                Anchor::End,
                INK,
            );
            bar(canvas, variant, y, x);
            let end = x(reach(variant)) + 8.0;
            canvas.text(&values[index], (end, y), VALUE_SIZE, Anchor::Start, INK);
        }
        canvas.line(
            &[(area.left, area.top), (area.left, area.bottom)],
            thin(SOFT),
        );
        area.draw_bottom(canvas, "US dollars per month", &axis.ticks, x);
        if variants.is_empty() {
            area.draw_nothing(canvas, "no variants");
        }
    })
}

/// Draws the bar of a variant at height `y`, divided by service, with the interval of the total.
fn bar(canvas: &mut Canvas<'_>, variant: &VariantResults, y: f64, x: impl Fn(f64) -> f64) {
    let half = ROW * 0.32;
    let mut from = 0.0;
    for (part, cost) in cost_parts(variant) {
        let corners = ((x(from), y - half), (x(from + cost), y + half));
        canvas.rectangle(corners.0, corners.1, color(part), 1.0);
        from += cost;
    }
    let Some(total) = total(variant) else {
        return;
    };
    let (Some(low), Some(high)) = (total.low(), total.high()) else {
        return;
    };
    if variant.without_chance || is_same_in_every_run(&total) {
        return;
    }
    let stroke = solid(INK, 1.5);
    canvas.line(&[(x(low.max(0.0)), y), (x(high), y)], stroke);
    for end in [low, high].into_iter().filter(|end| *end >= 0.0) {
        canvas.line(&[(x(end), y - 5.0), (x(end), y + 5.0)], stroke);
    }
}

/// The cost per month of a variant, if it is finite.
fn total(variant: &VariantResults) -> Option<Estimate> {
    estimate(variant, "cost.total.perMonth").filter(|total| total.mean.is_some_and(f64::is_finite))
}

/// How far to the right a variant's bar or interval goes.
fn reach(variant: &VariantResults) -> f64 {
    let Some(total) = total(variant) else {
        return 0.0;
    };
    let mean = total.mean.unwrap_or(0.0);
    total.high().unwrap_or(mean).max(mean).max(0.0)
}

/// The cost per month as text, with half of its interval.
fn value(variant: &VariantResults) -> String {
    let Some(total) = total(variant) else {
        return "no cost".into();
    };
    let mean = total.mean.unwrap_or(0.0);
    match total.half_width.filter(|_| !is_same_in_every_run(&total)) {
        _ if variant.without_chance => format!("{} (not random)", money(mean)),
        None => money(mean),
        Some(half_width) => money_within(mean, half_width),
    }
}

/// The caption, which names the meaning of the black line or why there is none.
fn subtitle(results: &Results) -> String {
    if results.variants.iter().all(|v| v.without_chance) {
        return "The bill of each variant by service. Nothing here is random: there are no intervals."
            .into();
    }
    let has_interval = |variant: &VariantResults| {
        !variant.without_chance && !total(variant).is_none_or(|t| is_same_in_every_run(&t))
    };
    match results.seeds.len() {
        2.. if !results.variants.iter().any(has_interval) => format!(
            "The bill of each variant by service, the same with each of {}: there are no intervals.",
            seeds(results.seeds.len())
        ),
        0 | 1 => "The bill of each variant by service, of one seed: there are no intervals.".into(),
        count => format!(
            "The bill of each variant by service; the black line is the {} interval of the total over {}.",
            results.confidence,
            seeds(count)
        ),
    }
}

/// The services that at least one variant pays for, in the order of the bill.
fn used_parts(variants: &[VariantResults]) -> Vec<&'static str> {
    let parts = variants.iter().flat_map(cost_parts).map(|(part, _)| part);
    let used: Vec<&str> = parts.collect();
    let all = Service::ALL.map(Service::name).into_iter().chain(["other"]);
    all.filter(|part| used.contains(part)).collect()
}

/// The colour of a service.
fn color(part: &str) -> RGBColor {
    match part {
        "EC2" => PALETTE[0],
        "EBS" => PALETTE[5],
        "Fargate" => PALETTE[3],
        "extra" => PALETTE[2],
        _ => RGBColor(0x99, 0x99, 0x99),
    }
}
