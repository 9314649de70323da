//! `plots/timeline-….svg`: one run over time, in panels with one time axis: instances by state;
//! tasks by state with the desired count; and for each capacity provider that scales, its
//! reservation and every change of its desired capacity. Faults are bands over the first two
//! panels. A panel without data is left out.

use super::super::text::seconds;
use super::axis;
use super::canvas::{Anchor, Canvas, DASHED, INK, PALETTE, SOFT, Stroke, draw, fit_text};
use super::frame::{Area, Heading, LegendEntry, WIDTH, solid};
use crate::runner::{Story, StoryLevel, StoryMetric, StoryScaling};
use plotters::prelude::RGBColor;

const TIME: &str = "simulated time since the start";
const NOTHING: &str = "no time was reported";
/// A reservation above this, in percent, is drawn at the top of the panel, so that lower ones stay
/// readable.
const MOST_PERCENT: f64 = 400.0;
/// With more cells than this the steps cannot be seen.
const FINE: usize = 500;
/// Marks of one direction closer than this, in points, are drawn as one.
const NEAR: f64 = 4.0;

type Layer = (StoryLevel, &'static str, RGBColor);

const INSTANCES: [Layer; 3] = [
    (StoryLevel::InstancesActive, "instances active", PALETTE[0]),
    (
        StoryLevel::InstancesLaunching,
        "instances launching",
        PALETTE[3],
    ),
    (
        StoryLevel::InstancesDraining,
        "instances draining",
        PALETTE[4],
    ),
];

const TASKS: [Layer; 3] = [
    (StoryLevel::TasksRunning, "tasks running", PALETTE[2]),
    (StoryLevel::TasksStarting, "tasks starting", PALETTE[5]),
    (
        StoryLevel::TasksWaiting,
        "tasks waiting for capacity",
        PALETTE[1],
    ),
];

/// The colour of the bands of faults, their opacity, and the resulting colour on white.
const FAULT: RGBColor = RGBColor(0x99, 0x33, 0x33);
const FAULT_OPACITY: f64 = 0.25;
const FAULT_ON_PAPER: RGBColor = RGBColor(0xe5, 0xcc, 0xcc);
const RESERVATION: RGBColor = PALETTE[6];
/// The height of a provider's panel: of one or two, and of more.
const METRIC_HEIGHT: f64 = 130.0;
const LOW_METRIC_HEIGHT: f64 = 84.0;
/// From the bottom of a panel to the top of the next.
const GAP: f64 = 44.0;

/// The plot of a variant's story.
pub(super) fn story(scenario: &str, variant: &str, story: &Story) -> String {
    let title = format!("One run over time: {scenario}, {variant}");
    let heading = Heading::new(&title, &subtitle(story), legend(story));
    let panel = |top: f64, height: f64| Area {
        left: 80.0,
        right: WIDTH - 30.0,
        top,
        bottom: top + height,
    };
    let has_instances = has_any(story, &INSTANCES) || !has_any(story, &TASKS);
    let instances = panel(heading.bottom + 30.0, 150.0);
    let above = if has_instances {
        instances.bottom + GAP
    } else {
        instances.top
    };
    let tasks = panel(above, 170.0);
    let providers = providers(story);
    let height = match providers.len() {
        0..=2 => METRIC_HEIGHT,
        _ => LOW_METRIC_HEIGHT,
    };
    let top = |index: usize| tasks.bottom + GAP + (height + GAP) * index as f64;
    let metrics: Vec<Area> = (0..providers.len())
        .map(|index| panel(top(index), height))
        .collect();
    let last = metrics.last().copied().unwrap_or(tasks);
    draw(WIDTH, last.bottom + 56.0, |canvas| {
        heading.draw(canvas);
        if has_instances {
            levels(canvas, &instances, story, "instances", &INSTANCES, None);
        }
        let desired = Some(StoryLevel::TasksDesired);
        levels(canvas, &tasks, story, "tasks", &TASKS, desired);
        for (provider, area) in providers.iter().zip(&metrics) {
            reservation(canvas, area, story, provider);
        }
        if let Some(first) = metrics.first() {
            let at = (first.right, first.top - 14.0);
            canvas.text("▲ scale-out   ▼ scale-in", at, 12.0, Anchor::End, SOFT);
        }
        let (from, to) = ends(story);
        let ticks = if to > from {
            axis::times(from, to)
        } else {
            Vec::new()
        };
        let x = |seconds: f64| place(&last, story, seconds);
        last.draw_bottom(canvas, TIME, &ticks, x);
    })
}

/// The providers that scale, in the order of the plan, then those without a metric.
fn providers(story: &Story) -> Vec<&str> {
    let measured = story.metrics.iter().map(|metric| metric.provider.as_str());
    let mut found: Vec<&str> = measured.collect();
    for scaling in &story.scalings {
        if !found.contains(&scaling.provider.as_str()) {
            found.push(&scaling.provider);
        }
    }
    found
}

fn ends(story: &Story) -> (f64, f64) {
    let from = story.origin.as_seconds_f64();
    (from, from + story.length.as_seconds_f64())
}

fn place(area: &Area, story: &Story, seconds: f64) -> f64 {
    let (from, to) = ends(story);
    area.left + ((seconds - from) / (to - from)).clamp(0.0, 1.0) * area.width()
}

fn subtitle(story: &Story) -> String {
    let out = story.scalings.iter().filter(|s| s.to > s.from).count();
    let back = story.scalings.len() - out;
    let seed = story.seed;
    let scaled = match (out, back) {
        (0, 0) => "no Auto Scaling group changed its desired capacity.".into(),
        _ => format!(
            "desired capacities rose {out} × (▲) and fell {back} × (▼); one mark may stand for several changes."
        ),
    };
    let cell = seconds(story.width.as_seconds_f64());
    format!("Seed {seed}, the run of the median cost; every point is the mean of {cell}; {scaled}")
}

fn legend(story: &Story) -> Vec<LegendEntry> {
    let area = |(_, label, color): &Layer| LegendEntry {
        label: (*label).into(),
        stroke: solid(*color, 1.0),
        is_area: true,
    };
    let line = |label: &str, stroke| LegendEntry {
        label: label.into(),
        stroke,
        is_area: false,
    };
    let faults = (!story.faults.is_empty()).then(|| LegendEntry {
        label: "a fault is active".into(),
        stroke: solid(FAULT_ON_PAPER, 1.0),
        is_area: true,
    });
    let layers = INSTANCES.iter().chain(&TASKS);
    let used = layers.filter(|(level, ..)| is_any(story, *level));
    let mut legend: Vec<LegendEntry> = used.map(area).collect();
    legend.extend(faults);
    if is_any(story, StoryLevel::TasksDesired) {
        legend.push(line("desired count of services", solid(INK, 1.5)));
    }
    if !story.metrics.is_empty() {
        legend.push(line("reservation", solid(RESERVATION, 1.5)));
        legend.push(line("its target", dashed(SOFT)));
    }
    legend
}

fn dashed(color: RGBColor) -> Stroke {
    Stroke {
        color,
        width: 1.0,
        dashes: DASHED,
    }
}

fn level(story: &Story, wanted: StoryLevel) -> &[f64] {
    let found = story.levels.iter().find(|(level, _)| *level == wanted);
    found.map_or(&[], |(_, means)| means)
}

fn is_any(story: &Story, wanted: StoryLevel) -> bool {
    level(story, wanted).iter().any(|mean| *mean > 0.0)
}

fn has_any(story: &Story, layers: &[Layer]) -> bool {
    layers.iter().any(|(level, ..)| is_any(story, *level))
}

/// Layers on one another, and a line over them.
fn levels(
    canvas: &mut Canvas<'_>,
    area: &Area,
    story: &Story,
    unit: &str,
    layers: &[Layer],
    line: Option<StoryLevel>,
) {
    let cells = level(story, layers[0].0).len();
    let mut sums = vec![vec![0.0; cells]];
    for (wanted, ..) in layers {
        let below = sums.last().expect("there is a floor");
        let own = below.iter().zip(level(story, *wanted));
        sums.push(own.map(|(below, own)| below + own).collect());
    }
    let over = line.map_or(&[][..], |line| level(story, line));
    let highest = sums.iter().flatten().chain(over).copied();
    let axis = axis::counts(highest.fold(0.0, f64::max));
    let y = |value: f64| area.bottom - value / axis.end * area.height();
    if cells == 0 {
        area.draw_levels(canvas, unit, &[], y);
        area.draw_bottom(canvas, "", &[], |x| x);
        area.draw_nothing(canvas, NOTHING);
        return;
    }
    area.draw_levels(canvas, unit, &axis.ticks, y);
    let path = |means: &[f64]| -> Vec<(f64, f64)> {
        let corners = steps(story, means).into_iter();
        corners
            .map(|(at, mean)| (place(area, story, at), y(mean)))
            .collect()
    };
    for (index, (_, _, color)) in layers.iter().enumerate() {
        let mut outline = path(&sums[index + 1]);
        outline.extend(path(&sums[index]).into_iter().rev());
        canvas.polygon(&outline, *color, 0.75);
    }
    if over.iter().any(|value| *value > 0.0) {
        canvas.line(&path(over), solid(INK, 1.5));
    }
    faults(canvas, area, story);
    area.draw_bottom(canvas, "", &[], |x| x);
}

/// A band over the time of each fault, at least 1.5 points wide so that it can be seen.
fn faults(canvas: &mut Canvas<'_>, area: &Area, story: &Story) {
    for fault in &story.faults {
        let from = place(area, story, fault.from.as_seconds_f64());
        let to = place(area, story, fault.to.as_seconds_f64());
        let to = to.max(from + 1.5).min(area.right);
        let (top, bottom) = (area.top, area.bottom);
        let corners = [(from, top), (to, top), (to, bottom), (from, bottom)];
        canvas.polygon(&corners, FAULT, FAULT_OPACITY);
    }
}

/// The corners of a line, as (seconds, value): horizontal within a cell, whose value is a mean over
/// the cell; with more than [`FINE`] cells, a line through their middles.
fn steps(story: &Story, means: &[f64]) -> Vec<(f64, f64)> {
    let (from, to) = ends(story);
    let width = story.width.as_seconds_f64();
    let at = |cell: f64| (from + cell * width).min(to);
    let last = means.len().saturating_sub(1);
    let corners = means.iter().enumerate().flat_map(|(cell, mean)| {
        let number = cell as f64;
        let (begin, end) = match cell {
            _ if means.len() <= FINE => (at(number), at(number + 1.0)),
            0 => (at(0.0), at(0.5)),
            cell if cell == last => (at(number), at(number + 1.0)),
            _ => (at(number + 0.5), at(number + 0.5)),
        };
        [(begin, *mean), (end, *mean)]
    });
    corners.collect()
}

/// A provider's metric in percent, its target, and marks for changes of its desired capacity.
fn reservation(canvas: &mut Canvas<'_>, area: &Area, story: &Story, provider: &str) {
    let metric = story.metrics.iter().find(|m| m.provider == provider);
    let points = metric.map_or(&[][..], |metric| &metric.points);
    let most = points.iter().map(|(_, percent)| *percent);
    let most = most.fold(100.0, f64::max).min(MOST_PERCENT);
    // Room for the marks.
    let room = 1.0 + 39.0 / area.height();
    let axis = axis::plain(most * room);
    let y = |percent: f64| area.bottom - percent.min(axis.end) / axis.end * area.height();
    let name = fit_text(provider, 12.0, area.width() - 320.0);
    let (title, ticks) = match metric {
        Some(_) => (
            format!("reservation of {name}, % (instances needed ÷ running)"),
            &axis.ticks[..],
        ),
        None => (format!("scaling of {name}"), &[][..]),
    };
    area.draw_levels(canvas, &title, ticks, y);
    let (from, to) = ends(story);
    if to <= from {
        area.draw_nothing(canvas, NOTHING);
        return;
    }
    if let Some(metric) = metric {
        draw_metric(canvas, area, story, metric, y);
    }
    let own = || story.scalings.iter().filter(|s| s.provider == provider);
    marks(canvas, area, story, own().filter(|s| s.to > s.from), true);
    marks(canvas, area, story, own().filter(|s| s.to < s.from), false);
    area.draw_bottom(canvas, "", &[], |x| x);
}

fn draw_metric(
    canvas: &mut Canvas<'_>,
    area: &Area,
    story: &Story,
    metric: &StoryMetric,
    y: impl Fn(f64) -> f64,
) {
    let target = y(metric.target);
    canvas.line(&[(area.left, target), (area.right, target)], dashed(SOFT));
    let mut path: Vec<(f64, f64)> = Vec::new();
    for (at, percent) in &metric.points {
        let x = place(area, story, at.as_seconds_f64());
        // A measured value is drawn until the next measurement.
        if let Some((_, before)) = path.last().copied() {
            path.push((x, before));
        }
        path.push((x, y(*percent)));
    }
    if let Some((_, before)) = path.last().copied() {
        path.push((area.right, before));
        canvas.line(&path, solid(RESERVATION, 1.5));
    }
}

/// Triangles along the top of the panel; those that would overlap are drawn as one.
fn marks<'a>(
    canvas: &mut Canvas<'_>,
    area: &Area,
    story: &Story,
    scalings: impl Iterator<Item = &'a StoryScaling>,
    rises: bool,
) {
    let mut last = f64::NEG_INFINITY;
    for scaling in scalings {
        let x = place(area, story, scaling.at.as_seconds_f64());
        if x - last < NEAR {
            continue;
        }
        last = x;
        let (tip, base, color) = if rises {
            (area.top + 2.0, area.top + 10.0, PALETTE[1])
        } else {
            (area.top + 22.0, area.top + 14.0, PALETTE[0])
        };
        canvas.polygon(&[(x, tip), (x + 4.5, base), (x - 4.5, base)], color, 1.0);
    }
}
