//! `plots/timeline-….svg`: one run over time, in panels with one time axis: instances by state;
//! tasks by state with the desired count; and for each capacity provider that scales, its
//! reservation and every change of its desired capacity. A fault is a bar above each of the first
//! two panels: over their areas it would change colours of which the legend knows nothing. A panel
//! without data is left out.

use super::super::text::seconds;
use super::axis;
use super::canvas::{Anchor, Canvas, DOTTED, INK, PALETTE, SOFT, Stroke, WHOLE, draw};
use super::frame::{Area, Heading, LegendEntry, WIDTH, solid};
use super::reservation::{RESERVATION, reservation, target_line};
use super::time_axis::{FINE, NOTHING, TIME, ends, place};
use crate::runner::{Story, StoryLevel};
use plotters::prelude::RGBColor;

/// A level that is drawn as an area: level, label, colour.
type Layer = (StoryLevel, &'static str, RGBColor);

/// The areas of the panel of instances, from the bottom up.
const INSTANCES: [Layer; 5] = [
    (
        StoryLevel::InstancesOnDemand,
        "instances, on demand",
        PALETTE[0],
    ),
    (StoryLevel::InstancesSpot, "instances, Spot", PALETTE[5]),
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
    (StoryLevel::InstancesFailed, "instances failed", DEAD),
];

/// The areas of the panel of tasks, from the bottom up.
const TASKS: [Layer; 4] = [
    (StoryLevel::TasksRunning, "tasks running", PALETTE[2]),
    (
        StoryLevel::TasksDown,
        "tasks RUNNING for ECS, but dead or unhealthy",
        DEAD,
    ),
    (StoryLevel::TasksStarting, "tasks starting", PALETTE[5]),
    (
        StoryLevel::TasksWaiting,
        "tasks waiting for capacity",
        PALETTE[3],
    ),
];

/// What has failed and is still shown.
const DEAD: RGBColor = RGBColor(0x33, 0x33, 0x33);
/// The bars and edges of faults.
const FAULT: RGBColor = RGBColor(0xb0, 0x1e, 0x1e);
/// The line of healthy tasks.
const HEALTHY: Stroke = Stroke {
    color: PALETTE[1],
    width: 1.5,
    dashes: WHOLE,
};
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
            levels(canvas, &instances, story, "instances", &INSTANCES, &[]);
        }
        let lines = [
            (StoryLevel::TasksDesired, solid(INK, 1.5)),
            (StoryLevel::TasksHealthy, HEALTHY),
        ];
        levels(canvas, &tasks, story, "tasks", &TASKS, &lines);
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

/// The caption: seed, width of a cell, numbers of changes of desired capacity.
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

/// The legend: only what the run has.
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
        stroke: solid(FAULT, 1.0),
        is_area: true,
    });
    let layers = INSTANCES.iter().chain(&TASKS);
    let used = layers.filter(|(level, ..)| is_any(story, *level));
    let mut legend: Vec<LegendEntry> = used.map(area).collect();
    legend.extend(faults);
    if is_any(story, StoryLevel::TasksDesired) {
        legend.push(line("desired count of services", solid(INK, 1.5)));
    }
    if is_any(story, StoryLevel::TasksHealthy) {
        legend.push(line("healthy tasks of services", HEALTHY));
    }
    if !story.metrics.is_empty() {
        legend.push(line("reservation", solid(RESERVATION, 1.5)));
        legend.push(line("its target", target_line()));
    }
    legend
}

/// The time means of a level, one per cell.
fn level(story: &Story, wanted: StoryLevel) -> &[f64] {
    let found = story.levels.iter().find(|(level, _)| *level == wanted);
    found.map_or(&[], |(_, means)| means)
}

/// True when a level is above zero in some cell.
fn is_any(story: &Story, wanted: StoryLevel) -> bool {
    level(story, wanted).iter().any(|mean| *mean > 0.0)
}

/// True when one of these levels is above zero in some cell.
fn has_any(story: &Story, layers: &[Layer]) -> bool {
    layers.iter().any(|(level, ..)| is_any(story, *level))
}

/// Layers on one another, and lines over them.
fn levels(
    canvas: &mut Canvas<'_>,
    area: &Area,
    story: &Story,
    unit: &str,
    layers: &[Layer],
    lines: &[(StoryLevel, Stroke)],
) {
    let cells = level(story, layers[0].0).len();
    let mut sums = vec![vec![0.0; cells]];
    for (wanted, ..) in layers {
        let below = sums.last().expect("there is a floor");
        let own = below.iter().zip(level(story, *wanted));
        sums.push(own.map(|(below, own)| below + own).collect());
    }
    let over = lines.iter().flat_map(|(line, _)| level(story, *line));
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
        canvas.polygon(&outline, *color, 1.0);
    }
    for (line, stroke) in lines {
        if is_any(story, *line) {
            canvas.line(&path(level(story, *line)), *stroke);
        }
    }
    faults(canvas, area, story);
    area.draw_bottom(canvas, "", &[], |x| x);
}

/// A bar above the panel for the time of each fault, at least 1.5 points wide so that it can be
/// seen, and dotted lines at its ends.
fn faults(canvas: &mut Canvas<'_>, area: &Area, story: &Story) {
    let edge = Stroke {
        dashes: DOTTED,
        ..solid(FAULT, 1.0)
    };
    for fault in &story.faults {
        let from = place(area, story, fault.from.as_seconds_f64());
        let to = place(area, story, fault.to.as_seconds_f64());
        let to = to.max(from + 1.5).min(area.right);
        canvas.rectangle((from, area.top - 6.0), (to, area.top - 1.0), FAULT, 1.0);
        for x in [from, to] {
            canvas.line(&[(x, area.top), (x, area.bottom)], edge);
        }
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
