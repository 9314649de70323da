//! `plots/timeline-….svg`: one run over time, in panels with one time axis: instances by state and
//! purchase option, with marks for interruptions; tasks by state with the desired count and the
//! healthy ones; requests and messages, where services have a load or work on queues; CPU credits of burstable
//! instances; and for each capacity provider that scales, its reservation and every change of its desired
//! capacity. A fault is a bar above each of the first two panels: over their areas it would
//! change colours of which the legend knows nothing. A panel without data is left out.

use super::super::text::seconds;
use super::axis;
use super::cells::stride;
use super::chart::{Chart, Drawing, Key, Layer, Line, Mark, MarkKind, Panel, Panels, Sign};
use super::ink::{Ink, Stroke, solid};
use super::reservation::{providers, reservation, reservation_keys};
use super::scales::{Place, StoryScales, common};
use super::story_cells::{level, steps};
use super::time_axis::{Clock, NOTHING, Reported};
use super::{story_credits, story_messages, story_requests};
use crate::runner::{Results, Story, StoryLevel};

/// A level that is drawn as an area: level, label, colour.
type Area = (StoryLevel, &'static str, Ink);

/// The areas of the panel of instances, from the bottom up.
const INSTANCES: [Area; 5] = [
    (
        StoryLevel::InstancesOnDemand,
        "instances, on demand",
        Ink::Blue,
    ),
    (StoryLevel::InstancesSpot, "instances, Spot", Ink::Sky),
    (
        StoryLevel::InstancesLaunching,
        "instances launching",
        Ink::Amber,
    ),
    (
        StoryLevel::InstancesDraining,
        "instances draining",
        Ink::Pink,
    ),
    (StoryLevel::InstancesFailed, "instances failed", Ink::Dead),
];

/// The areas of the panel of tasks, from the bottom up.
const TASKS: [Area; 4] = [
    (StoryLevel::TasksRunning, "tasks running", Ink::Green),
    (
        StoryLevel::TasksDown,
        "tasks RUNNING for ECS, but dead or unhealthy",
        Ink::Dead,
    ),
    (StoryLevel::TasksStarting, "tasks starting", Ink::Sky),
    (
        StoryLevel::TasksWaiting,
        "tasks waiting for capacity",
        Ink::Amber,
    ),
];

/// The lines of the panel of tasks.
const LINES: [(StoryLevel, &str, Stroke); 2] = [
    (
        StoryLevel::TasksDesired,
        "desired count of services",
        solid(Ink::Text, 1.5),
    ),
    (
        StoryLevel::TasksHealthy,
        "healthy tasks of services",
        solid(Ink::Vermilion, 1.5),
    ),
];

/// The height of a provider's panel: of one or two, and of more.
const METRIC_HEIGHT: f64 = 130.0;
const LOW_METRIC_HEIGHT: f64 = 84.0;

/// The plot of a variant's story.
pub(super) fn story(place: &Place<'_>, story: &Story, scales: &StoryScales) -> Chart {
    let has_instances = has_any(story, &INSTANCES) || !has_any(story, &TASKS);
    let mut panels = Vec::new();
    if has_instances {
        let most = common(most_instances(story), scales.instances);
        let mut panel = levels(story, "instances", 150.0, &INSTANCES, most);
        panel.marks = interruptions(story);
        panels.push(panel);
    }
    let most = common(most_tasks(story), scales.tasks);
    let mut tasks = levels(story, "tasks", 170.0, &TASKS, most);
    let end = Reported::of(story).to;
    for (wanted, _, stroke) in LINES
        .into_iter()
        .filter(|(level, ..)| is_any(story, *level))
    {
        tasks
            .lines
            .push(Line::new(stroke, steps(story, wanted), end));
    }
    if !has_instances {
        tasks.marks = interruptions(story);
    }
    panels.push(tasks);
    panels.extend(story_requests::panels(story));
    panels.extend(story_messages::panels(story));
    panels.extend(story_requests::utilization(story));
    panels.extend(story_credits::panels(story));
    let providers = providers(story);
    let height = match providers.len() {
        0..=2 => METRIC_HEIGHT,
        _ => LOW_METRIC_HEIGHT,
    };
    panels.extend(
        providers
            .iter()
            .map(|provider| reservation(story, provider, height)),
    );
    Chart {
        name: format!("timeline-{}", place.file),
        variant: Some(place.variant.name.clone()),
        subject: "One run over time".into(),
        of: format!("{}, {}", place.scenario, place.variant.name),
        caption: caption(story),
        legend: legend(story),
        drawing: Drawing::Panels(Panels {
            axis: scales.time.axis(&Clock::of(place.variant)),
            panels,
        }),
    }
}

/// The most instances in a cell.
fn most_instances(story: &Story) -> f64 {
    tops(story, &INSTANCES).into_iter().fold(0.0, f64::max)
}

/// The most tasks in a cell, desired ones included.
fn most_tasks(story: &Story) -> f64 {
    let desired = level(story, StoryLevel::TasksDesired).iter().copied();
    tops(story, &TASKS)
        .into_iter()
        .chain(desired)
        .fold(0.0, f64::max)
}

/// The sum of areas in each cell.
fn tops(story: &Story, areas: &[Area]) -> Vec<f64> {
    let cells = level(story, areas[0].0).len();
    let sum = |cell: usize| areas.iter().map(|(of, ..)| level(story, *of)[cell]).sum();
    (0..cells).map(sum).collect()
}

/// The caption: seed, width of a cell, numbers of changes of desired capacity and of interruptions.
fn caption(story: &Story) -> String {
    let out = story.scalings.iter().filter(|s| s.to > s.from).count();
    let back = story.scalings.len() - out;
    let scaled = match (out, back) {
        // Without a group that scales there is nothing to be told.
        (0, 0) if providers(story).is_empty() => String::new(),
        (0, 0) => "; no Auto Scaling group changed its desired capacity".into(),
        _ => format!(
            "; desired capacities rose {out} × (▲) and fell {back} × (▼); one mark may stand for several changes"
        ),
    };
    let reservation = match story.metrics.is_empty() {
        true => "",
        false => ", but reservations are drawn at each change",
    };
    let sum = |count: fn(&crate::runner::Interruptions) -> u32| -> u64 {
        story
            .interruptions
            .iter()
            .map(|one| u64::from(count(one)))
            .sum()
    };
    let (instances, tasks) = (sum(|one| one.instances), sum(|one| one.fargate_tasks));
    let mut taken = Vec::new();
    if instances > 0 {
        taken.push(format!("{instances} Spot instances"));
    }
    if tasks > 0 {
        taken.push(format!("{tasks} tasks on Fargate Spot"));
    }
    let interrupted = match taken.is_empty() {
        true => String::new(),
        false => format!(" AWS interrupted {} (red marks).", taken.join(" and ")),
    };
    let cells = level(story, StoryLevel::TasksRunning).len();
    let cell = seconds(story.width.as_seconds_f64() * stride(cells) as f64);
    let seed = story.seed;
    format!(
        "Seed {seed}, the run of the median cost; every point is the mean of {cell}{reservation}{scaled}.{interrupted}"
    )
}

/// The legend: only what the run has.
fn legend(story: &Story) -> Vec<Key> {
    let areas = INSTANCES.iter().chain(&TASKS);
    let used = areas.filter(|(level, ..)| is_any(story, *level));
    let mut legend: Vec<Key> = used
        .map(|(_, label, ink)| Key::new(*label, Sign::Area(*ink)))
        .collect();
    let lines = LINES.iter().filter(|(level, ..)| is_any(story, *level));
    legend.extend(lines.map(|(_, label, stroke)| Key::new(*label, Sign::Line(*stroke))));
    if !story.faults.is_empty() {
        let mut names: Vec<&str> = Vec::new();
        for fault in &story.faults {
            if !names.contains(&fault.name.as_str()) {
                names.push(&fault.name);
            }
        }
        let label = match names.as_slice() {
            [one] => format!("a fault is active: {one}"),
            _ => "a fault is active".into(),
        };
        legend.push(Key::new(label, Sign::Area(Ink::Red)));
    }
    if !story.interruptions.is_empty() {
        let label = "AWS interrupted Spot capacity";
        legend.push(Key::new(label, Sign::Mark(MarkKind::Interruption)));
    }
    legend.extend(story_requests::keys(story));
    legend.extend(story_messages::keys(story));
    legend.extend(story_requests::cpu_keys(story));
    legend.extend(story_credits::keys(story));
    legend.extend(reservation_keys(story));
    legend
}

/// Marks at interruptions.
fn interruptions(story: &Story) -> Vec<Mark> {
    let mark = |one: &crate::runner::Interruptions| Mark {
        at: one.at.as_seconds_f64(),
        kind: MarkKind::Interruption,
        why: None,
    };
    story.interruptions.iter().map(mark).collect()
}

/// True when a level is above zero in some cell.
fn is_any(story: &Story, wanted: StoryLevel) -> bool {
    level(story, wanted).iter().any(|mean| *mean > 0.0)
}

/// True when one of these levels is above zero in some cell.
fn has_any(story: &Story, areas: &[Area]) -> bool {
    areas.iter().any(|(level, ..)| is_any(story, *level))
}

/// A panel of areas on one another.
fn levels(story: &Story, title: &str, height: f64, areas: &[Area], most: f64) -> Panel {
    let end = Reported::of(story).to;
    let mut floor: Vec<f64> = vec![0.0; level(story, areas[0].0).len()];
    let mut layers = Vec::new();
    for (wanted, _, ink) in areas {
        let own: Vec<(f64, f64)> = steps(story, *wanted).collect();
        let points = own
            .iter()
            .zip(&floor)
            .map(|((at, mean), low)| (*at, *low, low + mean));
        let points: Vec<(f64, f64, f64)> = points.collect();
        floor = points.iter().map(|point| point.2).collect();
        if is_any(story, *wanted) {
            layers.push(Layer::new(*ink, points.into_iter(), end));
        }
    }
    let has_time = !floor.is_empty();
    let faults = story.faults.iter();
    let spans = faults.map(|fault| (fault.from.as_seconds_f64(), fault.to.as_seconds_f64()));
    Panel {
        title: title.into(),
        height,
        axis: axis::counts(most),
        areas: layers,
        lines: Vec::new(),
        spans: spans.filter(|_| has_time).collect(),
        marks: Vec::new(),
        nothing: (!has_time).then(|| NOTHING.into()),
    }
}

impl StoryScales {
    /// The scales of all stories.
    pub(super) fn of(results: &Results) -> Self {
        let stories = || {
            let variants = results.variants.iter();
            variants.filter_map(|v| v.story.as_ref())
        };
        let most = |value: fn(&Story) -> f64| stories().map(value).fold(0.0, f64::max);
        Self {
            time: Reported::all(stories().map(Reported::of)),
            instances: most(most_instances),
            tasks: most(most_tasks),
        }
    }
}
