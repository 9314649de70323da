//! Levels over time: `cpu-…`, `memory-…` and `tasks-….svg`. Lines are means over the seeds
//! of the time means of each cell; bands reach from the lowest seed to the highest.

use super::super::figure::{has_services, mean};
use super::super::text::{self, percent, seconds};
use super::axis;
use super::canvas::{Canvas, INK, PALETTE, draw};
use super::frame::{Area, Heading, LegendEntry, WIDTH, seeds, solid};
use super::time_axis::{FINE, NOTHING, TIME};
use crate::runner::{Band, Timeline, TimelineColumn, VariantResults};
use plotters::prelude::RGBColor;

const GREY: RGBColor = RGBColor(0x9a, 0x9a, 0x9a);
/// A level to draw.
struct Level<'a> {
    label: String,
    color: RGBColor,
    width: f64,
    column: Option<&'a TimelineColumn>,
}

/// Capacity, reserved and used, of `cpu` or `memory`.
pub(super) fn resource(
    scenario: &str,
    variant: &VariantResults,
    count: usize,
    key: &str,
) -> String {
    let (title, unit) = match key {
        "cpu" => ("CPU", "vCPU"),
        _ => ("Memory", "GiB"),
    };
    // Thinner lines are drawn last, so that lines that nearly coincide can all be seen.
    let levels = [
        ("capacity", "total", GREY, 5.0),
        ("reserved", "reserved", PALETTE[0], 3.0),
        ("used", "used", PALETTE[3], 1.5),
    ]
    .into_iter()
    .map(|(label, level, color, width)| Level {
        label: label.into(),
        color,
        width,
        column: column(&variant.timeline, &format!("{key}.{level}")),
    });
    let levels = joined(levels);
    let figure = |what: &str| mean(variant, &format!("capacity.all.{key}.{what}"));
    let seen = match (figure("reserved"), figure("used")) {
        (Some(reserved), Some(used)) => format!(
            "On average {} of the capacity is reserved and {} used. ",
            percent(reserved),
            percent(used)
        ),
        _ => String::new(),
    };
    let title = format!("{title} over time: {scenario}, {}", variant.name);
    let heading = Heading::new(
        &title,
        &(seen + &bands(variant, count)),
        legend(levels.iter()),
    );
    let area = Area {
        left: 80.0,
        right: WIDTH - 30.0,
        top: heading.bottom + 30.0,
        bottom: heading.bottom + 330.0,
    };
    draw(WIDTH, area.bottom + 56.0, |canvas| {
        heading.draw(canvas);
        panel(canvas, &area, &variant.timeline, unit, &levels, true);
    })
}

/// Placed tasks and waiting tasks in two panels, each on its own scale.
pub(super) fn tasks(scenario: &str, variant: &VariantResults, count: usize) -> String {
    let level = |label: &str, key, color| Level {
        label: label.into(),
        color,
        width: 2.0,
        column: column(&variant.timeline, key),
    };
    // Tasks that are starting hold capacity too: they count as placed.
    let mut placed = vec![level("tasks placed", "tasks.running", PALETTE[0])];
    let mut waiting = vec![level(
        "tasks waiting for a place",
        "tasks.waiting",
        PALETTE[3],
    )];
    if column(&variant.timeline, "services.desired").is_some() {
        placed.push(level("desired by services", "services.desired", GREY));
        placed.push(level(
            "healthy, of services",
            "services.healthy",
            PALETTE[2],
        ));
        // A task for which there is no room need not exist: it is missing and does not wait.
        let missing = "healthy tasks missing from desired counts";
        waiting.push(level(missing, "services.missing", PALETTE[1]));
    }
    let waits = match waiting.len() {
        1 => "tasks waiting for a place",
        _ => "tasks waiting for a place, and tasks missing",
    };
    let keys = match placed.len() {
        1 => Vec::new(),
        _ => legend(placed.iter().chain(&waiting)),
    };
    let standalone = match has_services(variant) {
        true => "standalone ",
        false => "",
    };
    let seen = match mean(variant, "tasks.all.waited.share") {
        Some(0.0) => format!("No {standalone}task waited for its first placement. "),
        Some(share) => format!(
            "{} of the placed {standalone}tasks waited for their first placement. ",
            percent(share)
        ),
        None => String::new(),
    };
    let title = format!("Tasks over time: {scenario}, {}", variant.name);
    let heading = Heading::new(&title, &(seen + &bands(variant, count)), keys);
    let upper = Area {
        left: 80.0,
        right: WIDTH - 30.0,
        top: heading.bottom + 30.0,
        bottom: heading.bottom + 210.0,
    };
    let lower = Area {
        top: upper.bottom + 54.0,
        bottom: upper.bottom + 174.0,
        ..upper
    };
    draw(WIDTH, lower.bottom + 56.0, |canvas| {
        heading.draw(canvas);
        let timeline = &variant.timeline;
        panel(canvas, &upper, timeline, "tasks placed", &placed, false);
        panel(canvas, &lower, timeline, waits, &waiting, true);
    })
}

/// Levels that are the same in every cell become one line with the names of all: what lies
/// on top of each other cannot be distinguished. The joined level keeps the colour that is not grey.
fn joined<'a>(levels: impl IntoIterator<Item = Level<'a>>) -> Vec<Level<'a>> {
    let points = |level: &Level<'a>| Some(&level.column?.points).filter(|p| !p.is_empty());
    let mut kept: Vec<Level<'a>> = Vec::new();
    for level in levels {
        let same =
            |known: &&mut Level<'a>| points(&level).is_some() && points(known) == points(&level);
        let Some(known) = kept.iter_mut().find(same) else {
            kept.push(level);
            continue;
        };
        known.label = format!("{} = {}", known.label, level.label);
        if known.color == GREY {
            (known.color, known.width) = (level.color, level.width);
        }
    }
    kept
}

/// The sentence of the caption about points, lines and bands; `count` is the number of seeds.
fn bands(variant: &VariantResults, count: usize) -> String {
    if variant.without_chance {
        return "Nothing in this variant is random: every seed gives the same.".into();
    }
    let cell = seconds(variant.timeline.width.as_seconds_f64());
    match count {
        0 | 1 => format!("One seed; every point is the mean of {cell}."),
        count => format!(
            "Every point is the mean of {cell}; lines are means of {}, bands reach from the lowest seed to the highest.",
            seeds(count)
        ),
    }
}

/// An entry of the legend per level, and one for its band where it has one.
fn legend<'a>(levels: impl Iterator<Item = &'a Level<'a>>) -> Vec<LegendEntry> {
    let entries = levels.flat_map(|level| {
        let line = LegendEntry {
            label: level.label.clone(),
            stroke: solid(level.color, level.width),
            is_area: false,
        };
        let has_band = level.column.is_some_and(has_band);
        let band = has_band.then(|| LegendEntry {
            label: format!("{}: range of the seeds", level.label),
            stroke: solid(tint(level.color), 1.0),
            is_area: true,
        });
        [Some(line), band]
    });
    entries.flatten().collect()
}

/// The colour of a band: a light tint. Bands are opaque, so that where two overlap there is no third
/// colour.
fn tint(color: RGBColor) -> RGBColor {
    let part = |part: u8| 255 - (255 - part) / 4;
    RGBColor(part(color.0), part(color.1), part(color.2))
}

/// The column of a level for all providers together.
fn column<'a>(timeline: &'a Timeline, level: &str) -> Option<&'a TimelineColumn> {
    let mut columns = timeline.columns.iter();
    columns.find(|column| column.provider == "all" && column.level == level)
}

/// One box with its levels over time.
fn panel(
    canvas: &mut Canvas<'_>,
    area: &Area,
    timeline: &Timeline,
    unit: &str,
    levels: &[Level<'_>],
    has_time: bool,
) {
    let points = |level: &Level<'_>| level.column.map_or(0, |column| column.points.len());
    let cells = levels.iter().map(points).max().unwrap_or(0);
    let origin = timeline.origin.as_seconds_f64();
    let width = timeline.width.as_seconds_f64();
    let length = width * cells as f64;
    let tops = levels.iter().filter_map(|level| level.column);
    let tops = tops.flat_map(|column| column.points.iter().map(|band| band.max.max(band.mean)));
    let most = tops.filter(|top| top.is_finite()).fold(0.0, f64::max);
    let mut axis = match unit {
        "vCPU" | "GiB" => axis::plain(most),
        _ => axis::counts(most),
    };
    let y = |value: f64| area.bottom - value / axis.end * area.height();
    let name = match has_time {
        true if origin > 0.0 => format!("{TIME}, after {} of warm-up", text::seconds(origin)),
        true => TIME.into(),
        false => String::new(),
    };
    if length <= 0.0 {
        area.draw_levels(canvas, unit, &[], y);
        area.draw_bottom(canvas, &name, &[], |x| x);
        area.draw_nothing(canvas, NOTHING);
        return;
    }
    if most == 0.0 {
        axis.ticks.truncate(1);
        area.draw_nothing(canvas, "none");
    }
    area.draw_levels(canvas, unit, &axis.ticks, y);
    let x = |seconds: f64| area.left + (seconds - origin) / length * area.width();
    let ticks = axis::times(origin, origin + length);
    let path = |column: &TimelineColumn, value: fn(&Band) -> f64| -> Vec<(f64, f64)> {
        steps(&column.points, value)
            .into_iter()
            .map(|(cell, value)| (x(origin + cell * width), y(value)))
            .collect()
    };
    // All bands before all lines.
    for level in levels {
        let Some(column) = level.column.filter(|column| has_band(column)) else {
            continue;
        };
        let mut outline = path(column, |band| band.max);
        outline.extend(path(column, |band| band.min).into_iter().rev());
        canvas.polygon(&outline, tint(level.color), 1.0);
    }
    // The edges of bands that others cover are still seen.
    for level in levels {
        let Some(column) = level.column.filter(|column| has_band(column)) else {
            continue;
        };
        let edge = |canvas: &mut Canvas<'_>, value: fn(&Band) -> f64| {
            canvas.line(&path(column, value), solid(level.color, 0.5));
        };
        edge(canvas, |band| band.min);
        edge(canvas, |band| band.max);
    }
    for level in levels {
        if let Some(column) = level.column.filter(|column| !column.points.is_empty()) {
            // Thinner where points are dense, so that neighbouring steps stay apart.
            let is_fine = column.points.len() > FINE;
            let width = if is_fine {
                level.width * 0.6
            } else {
                level.width
            };
            canvas.line(&path(column, |band| band.mean), solid(level.color, width));
        }
    }
    let times = if has_time { ticks } else { Vec::new() };
    area.draw_bottom(canvas, &name, &times, x);
    canvas.line(
        &[(area.left, area.top), (area.left, area.bottom)],
        solid(INK, 0.5),
    );
}

/// True when the seeds differ in at least one cell.
fn has_band(column: &TimelineColumn) -> bool {
    column.points.iter().any(|band| band.max > band.min)
}

/// The corners of a line, as (cell, value): horizontal within a cell, whose value is a mean over
/// the cell.
fn steps(points: &[Band], value: fn(&Band) -> f64) -> Vec<(f64, f64)> {
    let of = |band: &Band| Some(value(band)).filter(|v| v.is_finite()).unwrap_or(0.0);
    if points.len() > FINE {
        let last = points.len() - 1;
        return points
            .iter()
            .enumerate()
            .map(|(cell, band)| match cell {
                0 => (0.0, of(band)),
                cell if cell == last => (cell as f64 + 1.0, of(band)),
                cell => (cell as f64 + 0.5, of(band)),
            })
            .collect();
    }
    points
        .iter()
        .enumerate()
        .flat_map(|(cell, band)| [(cell as f64, of(band)), (cell as f64 + 1.0, of(band))])
        .collect()
}
