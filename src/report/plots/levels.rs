//! Levels over time: `cpu-…`, `memory-…` and `tasks-….svg`. Areas and lines are means over the seeds
//! of the time means of each cell. The plots of all variants have the same axes.

use super::super::figure::{has_services, mean};
use super::super::text::{percent, seconds, seeds};
use super::axis;
use super::cells::stride;
use super::chart::{Axis, Chart, Drawing, Key, Layer, Line, Panel, Panels, Sign};
use super::columns::{area, column, end, has_range, highest, line};
use super::ink::{Dashes, Ink, Stroke, solid};
use super::scales::{LevelScales, Place, common};
use super::time_axis::{Clock, NOTHING, Reported};
use crate::runner::{Results, TimelineColumn, VariantResults};

/// The name of what tasks use, where it is not what they reserve.
const USED: &str = "used";

/// The edges of the range of the seeds.
const RANGE: Stroke = solid(Ink::Text, 0.5);

/// Capacity, reserved and used, of `cpu` or `memory`. What is reserved is an area within the capacity. What is
/// used is a line, as tasks can use more CPU than they reserve; where it is all that is reserved, it has no line.
pub(super) fn resource(place: &Place<'_>, scales: &LevelScales, key: &str) -> Chart {
    let variant = place.variant;
    let (subject, unit, most) = match key {
        "cpu" => ("CPU over time", "vCPU", scales.cpu),
        _ => ("Memory over time", "GiB", scales.memory),
    };
    let of = |level: &str| column(variant, &format!("{key}.{level}"));
    let levels = joined([
        ("capacity", of("total"), Ink::Pale),
        ("reserved", of("reserved"), Ink::LightBlue),
        (USED, of("used"), Ink::Blue),
    ]);
    let reserved = of("reserved").filter(|column| has_range(column));
    let mut panel = panel(
        unit,
        300.0,
        scaled(variant, &[&format!("{key}.total")], most, false),
    );
    let mut legend: Vec<Key> = Vec::new();
    let mut used = None;
    for (label, column, ink) in &levels {
        if label == USED {
            let stroke = solid(*ink, 2.0);
            legend.push(Key::new(USED, Sign::Line(stroke)));
            used = column.map(|column| line(variant, column, stroke, |band| band.mean));
            continue;
        }
        legend.push(Key::new(label.clone(), Sign::Area(*ink)));
        panel
            .areas
            .extend(column.map(|column| area(variant, column, *ink)));
    }
    if let Some(column) = reserved {
        legend.push(Key::new(
            "reserved: lowest and highest seed",
            Sign::Line(RANGE),
        ));
        panel
            .lines
            .push(line(variant, column, RANGE, |band| band.min));
        panel
            .lines
            .push(line(variant, column, RANGE, |band| band.max));
    }
    panel.lines.extend(used);
    say_nothing(&mut panel, variant);
    let figure = |what: &str| mean(variant, &format!("capacity.all.{key}.{what}"));
    let seen = match (figure("reserved"), figure("used")) {
        (Some(reserved), Some(used)) => format!(
            "On average {} of the capacity is reserved and {} used. ",
            percent(reserved),
            percent(used)
        ),
        _ => String::new(),
    };
    let caption = seen + &cells(place);
    chart(place, key, subject, caption, legend, vec![panel], scales)
}

/// Placed tasks, and waiting and missing tasks, in two panels, each on its own scale.
pub(super) fn tasks(place: &Place<'_>, scales: &LevelScales) -> Chart {
    let variant = place.variant;
    let serves = column(variant, "services.desired").is_some();
    let axis = scaled(variant, &PLACED, scales.placed, true);
    let mut upper = panel("tasks placed", 180.0, axis);
    let axis = scaled(variant, &WAITING, scales.waiting, true);
    let mut lower = panel("tasks waiting for a place", 120.0, axis);
    // Tasks that are starting hold capacity too: they count as placed.
    let mut above = vec![("tasks placed", "tasks.running", solid(Ink::Blue, 2.5))];
    let mut below = vec![(
        "tasks waiting for a place",
        "tasks.waiting",
        solid(Ink::Amber, 2.0),
    )];
    if serves {
        let desired = Stroke {
            dashes: Dashes::Dashed,
            ..solid(Ink::Text, 1.5)
        };
        above.push(("desired by services", "services.desired", desired));
        above.push((
            "healthy, of services",
            "services.healthy",
            solid(Ink::Green, 1.5),
        ));
        // A task for which there is no room need not exist: it is missing and does not wait.
        let missing = "healthy tasks missing from desired counts";
        below.push((missing, "services.missing", solid(Ink::Vermilion, 2.0)));
        lower.title = "tasks waiting for a place, and tasks missing".into();
    }
    let mut legend = Vec::new();
    for (panel, levels) in [(&mut upper, above), (&mut lower, below)] {
        for (label, level, stroke) in levels {
            let Some(column) = column(variant, level) else {
                continue;
            };
            legend.push(Key::new(label, Sign::Line(stroke)));
            if has_range(column) {
                let edge = Stroke {
                    ink: stroke.ink,
                    ..RANGE
                };
                panel
                    .lines
                    .push(line(variant, column, edge, |band| band.min));
                panel
                    .lines
                    .push(line(variant, column, edge, |band| band.max));
            }
            panel
                .lines
                .push(line(variant, column, stroke, |band| band.mean));
        }
        say_nothing(panel, variant);
    }
    let seen = waited(variant);
    let range = match upper.lines.len() + lower.lines.len() > legend.len() {
        true => " Thin lines are the lowest and the highest seed.",
        false => "",
    };
    let caption = format!("{seen}{}{range}", cells(place));
    chart(
        place,
        "tasks",
        "Tasks over time",
        caption,
        legend,
        vec![upper, lower],
        scales,
    )
}

/// The sentence on the tasks that waited; nothing where no task was placed.
fn waited(variant: &VariantResults) -> String {
    let standalone = match has_services(variant) {
        true => "standalone ",
        false => "",
    };
    match mean(variant, "tasks.all.waited.share") {
        Some(0.0) => format!("No {standalone}task waited for its first placement. "),
        Some(share) => format!(
            "{} of the placed {standalone}tasks waited for their first placement. ",
            percent(share)
        ),
        None => String::new(),
    }
}

/// The levels of the upper and of the lower panel of tasks.
const PLACED: [&str; 3] = ["tasks.running", "services.desired", "services.healthy"];
const WAITING: [&str; 2] = ["tasks.waiting", "services.missing"];

fn chart(
    place: &Place<'_>,
    key: &str,
    subject: &str,
    caption: String,
    legend: Vec<Key>,
    panels: Vec<Panel>,
    scales: &LevelScales,
) -> Chart {
    Chart {
        name: format!("{key}-{}", place.file),
        variant: Some(place.variant.name.clone()),
        subject: subject.into(),
        of: format!("{}, {}", place.scenario, place.variant.name),
        caption,
        legend,
        drawing: Drawing::Panels(Panels {
            axis: scales.time.axis(&Clock::of(place.variant)),
            panels,
        }),
    }
}

/// A panel without data.
fn panel(title: &str, height: f64, axis: Axis) -> Panel {
    Panel {
        title: title.into(),
        height,
        axis,
        areas: Vec::new(),
        lines: Vec::new(),
        spans: Vec::new(),
        marks: Vec::new(),
        nothing: None,
    }
}

/// The axis of a panel: up to the most of all variants, unless this variant's part of it would be too
/// low to be seen (`common`).
fn scaled(variant: &VariantResults, levels: &[&str], most: f64, counts: bool) -> Axis {
    let own = highest(variant, levels);
    let most = common(own, most);
    match counts {
        true => axis::counts(most),
        false => axis::plain(most),
    }
}

/// Says why a panel is empty.
fn say_nothing(panel: &mut Panel, variant: &VariantResults) {
    let has_cells = variant
        .timeline
        .columns
        .iter()
        .any(|c| !c.points.is_empty());
    let line = |line: &Line| line.points.iter().any(|(_, value)| *value > 0.0);
    let area = |layer: &Layer| layer.points.iter().any(|(_, _, high)| *high > 0.0);
    if !has_cells {
        panel.nothing = Some(NOTHING.into());
    } else if !panel.lines.iter().any(line) && !panel.areas.iter().any(area) {
        panel.nothing = Some("none".into());
        panel.axis.ticks.truncate(1);
    }
}

type Named<'a> = (String, Option<&'a TimelineColumn>, Ink);

/// Levels that are the same in every cell become one with the names of all: what lies on top of
/// each other cannot be distinguished. The last colour is kept.
fn joined<'a>(
    levels: impl IntoIterator<Item = (&'static str, Option<&'a TimelineColumn>, Ink)>,
) -> Vec<Named<'a>> {
    let points = |column: Option<&'a TimelineColumn>| {
        column
            .map(|column| &column.points)
            .filter(|points| !points.is_empty())
    };
    let mut kept: Vec<Named<'a>> = Vec::new();
    for (label, column, ink) in levels {
        let same =
            |known: &&mut Named<'a>| points(column).is_some() && points(known.1) == points(column);
        match kept.iter_mut().find(same) {
            Some(known) => {
                known.0 = format!("{} = {label}", known.0);
                known.2 = ink;
            }
            None => kept.push((label.into(), column, ink)),
        }
    }
    kept
}

/// The sentence of the caption about points.
fn cells(place: &Place<'_>) -> String {
    let variant = place.variant;
    if variant.without_chance {
        return "Nothing in this variant is random: every seed gives the same.".into();
    }
    let points = variant
        .timeline
        .columns
        .iter()
        .map(|c| c.points.len())
        .max();
    let factor = stride(points.unwrap_or(0)) as f64;
    let cell = seconds(variant.timeline.width.as_seconds_f64() * factor);
    match place.seeds {
        0 | 1 => format!("One seed; every point is the mean of {cell}."),
        count => format!("Every point is the mean of {cell} over {}.", seeds(count)),
    }
}

impl LevelScales {
    /// The scales of all variants.
    pub(super) fn of(results: &Results) -> Self {
        let most = |levels: &[&str]| {
            let variants = results.variants.iter();
            variants.map(|v| highest(v, levels)).fold(0.0, f64::max)
        };
        let times = results.variants.iter().map(|variant| Reported {
            from: variant.timeline.origin.as_seconds_f64(),
            to: end(variant),
        });
        Self {
            time: Reported::all(times),
            cpu: most(&["cpu.total", "cpu.reserved", "cpu.used"]),
            memory: most(&["memory.total", "memory.reserved", "memory.used"]),
            placed: most(&PLACED),
            waiting: most(&WAITING),
        }
    }
}
