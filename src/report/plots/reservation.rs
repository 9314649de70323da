//! The panel of a capacity provider in `plots/timeline-….svg`: its reservation, the target, and the
//! changes of its desired capacity.

use super::axis;
use super::chart::{Key, Line, Mark, MarkKind, Panel, Sign};
use super::ink::{Dashes, Ink, Stroke, solid};
use super::time_axis::{NOTHING, Reported};
use crate::runner::{Story, StoryMetric, StoryScaling};

/// A reservation above this, in percent, is drawn at the top of the panel, so that lower ones stay
/// readable.
const MOST_PERCENT: f64 = 400.0;
/// The points above the data that marks need.
const MARKS: f64 = 39.0;
/// The line of the metric.
const METRIC: Stroke = solid(Ink::Grey, 1.5);
/// The line of the target.
const TARGET: Stroke = Stroke {
    ink: Ink::Soft,
    width: 1.0,
    dashes: Dashes::Dashed,
};

/// The providers that scale, in the order of the plan, then those without a metric.
pub(super) fn providers(story: &Story) -> Vec<&str> {
    let measured = story.metrics.iter().map(|metric| metric.provider.as_str());
    let mut found: Vec<&str> = measured.collect();
    for scaling in &story.scalings {
        if !found.contains(&scaling.provider.as_str()) {
            found.push(&scaling.provider);
        }
    }
    found
}

/// The entries of the legend that the panels of a story need.
pub(super) fn reservation_keys(story: &Story) -> Vec<Key> {
    let mut keys = Vec::new();
    if !story.metrics.is_empty() {
        keys.push(Key::new("reservation", Sign::Line(METRIC)));
        keys.push(Key::new("its target", Sign::Line(TARGET)));
    }
    let groups = story.scalings.iter().map(|s| s.to > s.from);
    let policies = story.policies.iter().map(|s| s.to > s.from);
    let rises: Vec<bool> = groups.chain(policies).collect();
    if rises.contains(&true) {
        keys.push(Key::new("scale-out", Sign::Mark(MarkKind::ScaleOut)));
    }
    if rises.contains(&false) {
        keys.push(Key::new("scale-in", Sign::Mark(MarkKind::ScaleIn)));
    }
    keys
}

/// A provider's metric in percent, its target, and marks for changes of its desired capacity.
pub(super) fn reservation(story: &Story, provider: &str, height: f64) -> Panel {
    let metric = story.metrics.iter().find(|m| m.provider == provider);
    let points = metric.map_or(&[][..], |metric| &metric.points);
    let most = points.iter().map(|(_, percent)| *percent);
    let most = most.fold(100.0, f64::max).min(MOST_PERCENT);
    let mut axis = axis::plain(most * (1.0 + MARKS / height));
    let title = match metric {
        Some(_) => format!("reservation of {provider}, % (instances needed ÷ running)"),
        None => {
            axis.ticks.clear();
            format!("scaling of {provider}")
        }
    };
    let has_time = Reported::of(story).to > Reported::of(story).from;
    let lines = metric.filter(|_| has_time);
    let lines = lines.map_or_else(Vec::new, |metric| lines_of(story, metric));
    let own = story.scalings.iter().filter(|s| s.provider == provider);
    let marks = own.map(|scaling| Mark {
        at: scaling.at.as_seconds_f64(),
        kind: match scaling.to > scaling.from {
            true => MarkKind::ScaleOut,
            false => MarkKind::ScaleIn,
        },
        why: Some(why(scaling)),
    });
    Panel {
        title,
        height,
        axis,
        areas: Vec::new(),
        lines,
        spans: Vec::new(),
        marks: marks.filter(|_| has_time).collect(),
        nothing: (!has_time).then(|| NOTHING.into()),
    }
}

/// The target, and the metric: a measured value holds until the next measurement.
/// Why a desired capacity has changed.
fn why(scaling: &StoryScaling) -> String {
    let counts = scaling
        .measured
        .map(|(needed, running)| format!(": {needed} instances needed, {running} running"));
    let reason = match scaling.reason {
        "above" => "above the target",
        "below" => "below the target",
        other => other,
    };
    format!(
        "{}: desired capacity from {} to {}, {reason}{}",
        scaling.provider,
        scaling.from,
        scaling.to,
        counts.unwrap_or_default()
    )
}

fn lines_of(story: &Story, metric: &StoryMetric) -> Vec<Line> {
    let time = Reported::of(story);
    let target = Line::new(TARGET, [(time.from, metric.target)].into_iter(), time.to);
    let points = metric.points.iter();
    let points = points.map(|(at, percent)| (at.as_seconds_f64().max(time.from), *percent));
    vec![target, Line::new(METRIC, points, time.to)]
}
