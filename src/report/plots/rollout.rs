//! `plots/deployment-….svg`: one deployment of a run over time: the tasks of the old and of the new
//! revision, and the count of failed tasks with the threshold of the circuit breaker.

use super::super::text::percent;
use super::axis;
use super::chart::{Chart, Drawing, Key, Layer, Line, Panel, Panels, Sign};
use super::ink::{Dashes, Ink, Stroke, solid};
use super::scales::Place;
use super::time_axis::{Clock, Reported};
use crate::runner::{RolloutPoint, Story, StoryRollout};

/// The number of tasks that a point gives an area.
type Count = fn(&RolloutPoint) -> u32;

/// The areas, from the bottom up: old revision, new revision.
const AREAS: [(&str, Ink, Count); 4] = [
    ("old revision, healthy", Ink::Blue, |point| {
        point.old_healthy
    }),
    (
        "old revision: waiting, starting or unhealthy",
        Ink::Sky,
        |point| point.old_other,
    ),
    ("new revision, healthy", Ink::Green, |point| {
        point.new_healthy
    }),
    (
        "new revision: waiting, starting or unhealthy",
        Ink::Amber,
        |point| point.new_other,
    ),
];

const DESIRED: Stroke = solid(Ink::Text, 1.5);
const LIMIT: Stroke = Stroke {
    ink: Ink::Soft,
    width: 1.0,
    dashes: Dashes::Dashed,
};
const FAILED: Stroke = solid(Ink::Vermilion, 1.5);
const THRESHOLD: Stroke = Stroke {
    ink: Ink::Red,
    width: 1.0,
    dashes: Dashes::Dashed,
};

/// The share of the length of a deployment that is shown before and after it.
const AROUND: f64 = 0.05;

/// The plot of the deployment of a story; `None` where it has none.
pub(super) fn rollout(place: &Place<'_>, story: &Story) -> Option<Chart> {
    let rollout = story.rollout.as_ref()?;
    let (from, to) = (rollout.from.as_seconds_f64(), rollout.to.as_seconds_f64());
    let time = Reported {
        from,
        to: to + (to - from).max(1.0) * AROUND,
    };
    let mut panels = vec![tasks(rollout, time)];
    panels.extend(weights(rollout, time));
    let mut legend: Vec<Key> = AREAS
        .iter()
        .filter(|(_, _, count)| rollout.points.iter().any(|point| count(point) > 0))
        .map(|(label, ink, _)| Key::new(*label, Sign::Area(*ink)))
        .collect();
    legend.push(Key::new("desired count", Sign::Line(DESIRED)));
    let limits = match rollout.shift {
        Some(_) => "desired count of both revisions together",
        None => "minimumHealthyPercent and maximumPercent of it",
    };
    legend.push(Key::new(limits, Sign::Line(LIMIT)));
    if rollout.points.iter().any(|point| point.failed_tasks > 0) {
        panels.push(failures(rollout, time));
        legend.push(Key::new("failed tasks", Sign::Line(FAILED)));
        if rollout.threshold.is_some() {
            legend.push(Key::new(
                "threshold of the circuit breaker",
                Sign::Line(THRESHOLD),
            ));
        }
    }
    let clock = Clock::of(place.variant);
    let mut axis = time.axis(&clock);
    axis.name = clock.name();
    if to - from < 60.0 {
        axis.name = "seconds since time zero".into();
    }
    Some(Chart {
        name: format!("deployment-{}", place.file),
        variant: Some(place.variant.name.clone()),
        subject: "One deployment over time".into(),
        of: format!("{}, {}", place.scenario, place.variant.name),
        caption: format!(
            "Deployment {} of {} in seed {}, the run of the median cost: {}{}. Of several deployments, the first that failed, else the longest.",
            rollout.name,
            rollout.service,
            story.seed,
            rollout.outcome,
            met(rollout)
        ),
        legend,
        drawing: Drawing::Panels(Panels { axis, panels }),
    })
}

/// What users met of a bad release, as the end of a sentence.
fn met(rollout: &StoryRollout) -> String {
    match rollout.met {
        Some([bad, errors]) => format!(
            "; of the requests until then {} were sent to the bad release, and {} were answered with an error by it",
            percent(bad),
            percent(errors)
        ),
        None => String::new(),
    }
}

/// The share of the requests that goes to the new revision; `None` for a rolling deployment.
fn weights(rollout: &StoryRollout, time: Reported) -> Option<Panel> {
    let strategy = rollout.shift.as_ref()?;
    let points = rollout.points.iter();
    let weight = |point: &RolloutPoint| f64::from(point.weight_millionths.unwrap_or(0)) / 1e6;
    let edges: Vec<(f64, f64, f64)> = points
        .map(|point| (seconds(point), 0.0, weight(point)))
        .collect();
    Some(Panel {
        title: format!("share of the requests to the new revision ({strategy})"),
        height: 84.0,
        axis: axis::shares_down_to(0.0),
        areas: vec![Layer::new(Ink::Green, edges.into_iter(), time.to)],
        lines: Vec::new(),
        spans: Vec::new(),
        marks: Vec::new(),
        nothing: None,
    })
}

fn seconds(point: &RolloutPoint) -> f64 {
    point.at.as_seconds_f64()
}

/// The tasks by revision and health, the desired count and its limits.
fn tasks(rollout: &StoryRollout, time: Reported) -> Panel {
    let points = &rollout.points;
    let mut floor = vec![0.0; points.len()];
    let mut areas = Vec::new();
    for (_, ink, count) in AREAS {
        let edges: Vec<(f64, f64, f64)> = points
            .iter()
            .zip(&floor)
            .map(|(point, low)| (seconds(point), *low, low + f64::from(count(point))))
            .collect();
        floor = edges.iter().map(|edge| edge.2).collect();
        if points.iter().any(|point| count(point) > 0) {
            areas.push(Layer::new(ink, edges.into_iter(), time.to));
        }
    }
    let line = |stroke, value: &dyn Fn(&RolloutPoint) -> u32| {
        let steps: Vec<(f64, f64)> = points
            .iter()
            .map(|point| (seconds(point), f64::from(value(point))))
            .collect();
        Line::new(stroke, steps.into_iter(), time.to)
    };
    let percentages = rollout.percentages;
    let is_shift = rollout.shift.is_some();
    let least = |point: &RolloutPoint| percentages.bounds(point.desired).minimum_healthy;
    // While requests are shifted both revisions have the desired count (facts/ecs.md 217).
    let most = |point: &RolloutPoint| match is_shift {
        true => point.desired.saturating_mul(point.revisions),
        false => percentages.bounds(point.desired).maximum_total,
    };
    let mut lines = vec![line(LIMIT, &most), line(DESIRED, &|point| point.desired)];
    if !is_shift {
        lines.insert(0, line(LIMIT, &least));
    }
    let tops = floor
        .into_iter()
        .chain(points.iter().map(|point| f64::from(most(point))));
    Panel {
        title: "tasks".into(),
        height: 190.0,
        axis: axis::counts(tops.fold(1.0, f64::max)),
        areas,
        lines,
        spans: Vec::new(),
        marks: Vec::new(),
        nothing: None,
    }
}

/// The count of failed tasks, and the threshold.
fn failures(rollout: &StoryRollout, time: Reported) -> Panel {
    let points = rollout.points.iter();
    let counts: Vec<(f64, f64)> = points
        .map(|point| (seconds(point), f64::from(point.failed_tasks)))
        .collect();
    let most = counts.iter().map(|(_, count)| *count).fold(1.0, f64::max);
    let mut lines = Vec::new();
    let mut top = most;
    if let Some(threshold) = rollout.threshold {
        let threshold = f64::from(threshold);
        top = top.max(threshold);
        let steps = [(time.from, threshold)];
        lines.push(Line::new(THRESHOLD, steps.into_iter(), time.to));
    }
    lines.push(Line::new(FAILED, counts.into_iter(), time.to));
    Panel {
        title: "failed tasks that the circuit breaker counts".into(),
        height: 84.0,
        axis: axis::counts(top),
        areas: Vec::new(),
        lines,
        spans: Vec::new(),
        marks: Vec::new(),
        nothing: None,
    }
}
