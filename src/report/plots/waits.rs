//! `plots/waits.svg`: which share of the tasks waited longer than so long. Both axes are
//! logarithmic, so that the few who wait are seen beside the many who do not.

use super::super::text::{clean, percent};
use super::axis::{Tick, WAITS};
use super::canvas::{PALETTE, Stroke, draw};
use super::frame::{Area, Heading, LegendEntry, WIDTH};
use crate::runner::{Results, VariantResults, WaitDistribution};

/// The axes show at most so many decades.
const DECADES: f64 = 6.0;

pub(super) fn waits(results: &Results) -> String {
    let variants = &results.variants;
    let strokes: Vec<Stroke> = (0..variants.len()).map(stroke).collect();
    let legend = variants
        .iter()
        .zip(&strokes)
        .map(|(variant, stroke)| LegendEntry {
            label: label(variant),
            stroke: *stroke,
            is_area: false,
        });
    let title = format!("{}: how long tasks waited", results.scenario);
    let subtitle = "The share of placed tasks that waited longer than a time, over all seeds. Lower and further left is better.";
    let heading = Heading::new(&title, subtitle, legend.collect());
    let area = Area {
        left: 80.0,
        right: WIDTH - 34.0,
        top: heading.bottom + 34.0,
        bottom: heading.bottom + 364.0,
    };
    draw(WIDTH, area.bottom + 56.0, |canvas| {
        heading.draw(canvas);
        let tails: Vec<Vec<(f64, f64)>> = variants.iter().map(|v| tail(&v.waits)).collect();
        let Some((times, shares)) = ranges(&tails) else {
            area.draw_bottom(canvas, "wait", &[], |x| x);
            let placed = variants.iter().any(|v| v.waits.placed > 0);
            let text = if placed {
                "nobody waited"
            } else {
                "no task was placed"
            };
            area.draw_nothing(canvas, text);
            return;
        };
        let along = |(from, to): (f64, f64), value: f64| {
            let value = value.clamp(from, to);
            libm::log10(value / from) / libm::log10(to / from)
        };
        let x = |seconds: f64| area.left + along(times, seconds) * area.width();
        let y = |share: f64| area.bottom - along(shares, share) * area.height();
        let unit = "waited longer than that";
        area.draw_levels(canvas, unit, &share_ticks(shares), y);
        for (tail, stroke) in tails.iter().zip(&strokes) {
            let path = path(tail, times.0);
            let path: Vec<_> = path
                .iter()
                .map(|(wait, share)| (x(*wait), y(*share)))
                .collect();
            if path.len() > 1 {
                canvas.line(&path, *stroke);
            }
        }
        area.draw_bottom(
            canvas,
            "wait from arrival to placement",
            &time_ticks(times),
            x,
        );
    })
}

fn stroke(index: usize) -> Stroke {
    Stroke {
        color: PALETTE[index % PALETTE.len()],
        width: 2.0,
        is_dashed: index / PALETTE.len() % 2 == 1,
    }
}

fn label(variant: &VariantResults) -> String {
    let name = clean(&variant.name);
    let waits = &variant.waits;
    match (waits.placed, waits.at_once) {
        (0, _) => format!("{name}: no task was placed"),
        (placed, at_once) if placed == at_once => format!("{name}: nobody waited"),
        (placed, at_once) => {
            let share = at_once as f64 / placed as f64;
            format!("{name}: {} did not wait", percent(share))
        }
    }
}

/// The complement of the distribution function: a wait, and the share that waited longer.
/// Nothing when nobody waited.
fn tail(waits: &WaitDistribution) -> Vec<(f64, f64)> {
    if waits.placed == waits.at_once {
        return Vec::new();
    }
    let points = waits.points.iter();
    points
        .filter(|(wait, share)| wait.is_finite() && share.is_finite())
        .map(|(wait, share)| (*wait, (1.0 - share).max(0.0)))
        .collect()
}

/// What the axes show: from the shortest to the longest wait, from the smallest share to
/// all; `None` when nobody waited.
fn ranges(tails: &[Vec<(f64, f64)>]) -> Option<((f64, f64), (f64, f64))> {
    let all = || tails.iter().flatten();
    let waits = || all().map(|(wait, _)| *wait).filter(|wait| *wait > 0.0);
    let longest = waits().reduce(f64::max)?;
    let reach = libm::pow(10.0, -DECADES);
    let shortest = waits().fold(longest, f64::min).max(longest * reach);
    // The last bits of `1 - share` are no tasks.
    let shares = all()
        .map(|(_, share)| *share)
        .filter(|share| *share > 1e-12);
    let least = shares.fold(1.0, f64::min).max(reach);
    let from = WAITS.iter().rev().map(|(wait, _)| *wait);
    let from = from
        .clone()
        .find(|wait| *wait <= shortest)
        .unwrap_or(shortest);
    let to = WAITS.iter().map(|(wait, _)| *wait);
    let to = to.clone().find(|wait| *wait >= longest && *wait > from);
    let to = to.unwrap_or((longest * 2.0).max(from * 10.0));
    let decade = libm::pow(10.0, libm::floor(libm::log10(least)));
    Some(((from, to), (decade.min(0.1), 1.0)))
}

/// The steps of a tail, from the left edge of the sheet to the longest wait and down.
fn path(tail: &[(f64, f64)], from: f64) -> Vec<(f64, f64)> {
    let before = tail.iter().rev().find(|(wait, _)| *wait <= from);
    let mut share = match (before, tail.first()) {
        (Some((_, share)), _) => *share,
        // Nobody waited less than this: all wait longer than the edge.
        (None, Some(_)) => 1.0,
        (None, None) => return Vec::new(),
    };
    let mut path = vec![(from, share)];
    for (wait, next) in tail.iter().filter(|(wait, _)| *wait > from) {
        path.push((*wait, share));
        path.push((*wait, *next));
        share = *next;
    }
    path
}

fn time_ticks((from, to): (f64, f64)) -> Vec<Tick> {
    let ticks = WAITS.iter();
    let ticks = ticks.filter(|(wait, _)| (from * 0.999..=to * 1.001).contains(wait));
    ticks
        .map(|(wait, label)| (*wait, (*label).into()))
        .collect()
}

fn share_ticks((from, to): (f64, f64)) -> Vec<Tick> {
    let mut ticks = Vec::new();
    let mut share = to;
    while share > from * 0.99 {
        ticks.push((share, decade_label(share)));
        share /= 10.0;
    }
    ticks
}

fn decade_label(share: f64) -> String {
    let text = format!("{:.6}", share * 100.0);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}
