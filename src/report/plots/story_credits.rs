//! The panels of CPU credits in `plots/timeline-….svg`: what burstable instances have, the surplus that they have
//! spent, and how many of them have none and want more CPU than their baseline.

use super::axis;
use super::chart::{Key, Layer, Line, Panel, Sign};
use super::ink::{Ink, Stroke, solid};
use super::story_cells::{level, steps};
use super::time_axis::Reported;
use crate::runner::{Story, StoryLevel};

const BALANCE: Ink = Ink::Green;
const SURPLUS: Stroke = solid(Ink::Vermilion, 1.5);
const THROTTLED: Ink = Ink::Amber;

/// The height of a panel.
const HEIGHT: f64 = 90.0;

/// The panels; empty where no credits are counted.
pub(super) fn panels(story: &Story) -> Vec<Panel> {
    if level(story, StoryLevel::CpuCredits).is_empty() {
        return Vec::new();
    }
    let mut panels = vec![credits(story)];
    if is_throttled(story) {
        panels.push(throttled(story));
    }
    panels
}

/// The entries of the legend that the panels need.
pub(super) fn keys(story: &Story) -> Vec<Key> {
    if level(story, StoryLevel::CpuCredits).is_empty() {
        return Vec::new();
    }
    let mut keys = vec![Key::new("CPU credits", Sign::Area(BALANCE))];
    if is_any(story, StoryLevel::CpuSurplusCredits) {
        let label = "surplus credits spent, not paid back or charged";
        keys.push(Key::new(label, Sign::Line(SURPLUS)));
    }
    if is_throttled(story) {
        keys.push(Key::new("instances throttled", Sign::Area(THROTTLED)));
    }
    keys
}

fn credits(story: &Story) -> Panel {
    let end = Reported::of(story).to;
    let whole = |wanted| -> Vec<(f64, f64)> {
        let points = steps(story, wanted);
        points.map(|(at, amount)| (at, amount / 1e6)).collect()
    };
    let balance = whole(StoryLevel::CpuCredits);
    let surplus = whole(StoryLevel::CpuSurplusCredits);
    let all = balance.iter().chain(&surplus);
    let most = all.map(|point| point.1).fold(0.0, f64::max);
    let has_surplus = is_any(story, StoryLevel::CpuSurplusCredits);
    let lines = has_surplus.then(|| Line::new(SURPLUS, surplus.iter().copied(), end));
    let own = balance.iter().map(|(at, amount)| (*at, 0.0, *amount));
    Panel {
        title: "CPU credits of burstable instances together: vCPU-minutes".into(),
        height: HEIGHT,
        axis: axis::plain(most),
        areas: vec![Layer::new(BALANCE, own, end)],
        lines: lines.into_iter().collect(),
        spans: Vec::new(),
        marks: Vec::new(),
        nothing: None,
    }
}

fn throttled(story: &Story) -> Panel {
    let end = Reported::of(story).to;
    let points: Vec<_> = steps(story, StoryLevel::InstancesThrottled).collect();
    let most = points.iter().map(|point| point.1).fold(0.0, f64::max);
    let own = points.iter().map(|(at, number)| (*at, 0.0, *number));
    Panel {
        title: "instances without credits that want more CPU than their baseline".into(),
        height: HEIGHT,
        axis: axis::counts(most),
        areas: vec![Layer::new(THROTTLED, own, end)],
        lines: Vec::new(),
        spans: Vec::new(),
        marks: Vec::new(),
        nothing: None,
    }
}

fn is_throttled(story: &Story) -> bool {
    is_any(story, StoryLevel::InstancesThrottled)
}

/// True when a level is above zero in some cell.
fn is_any(story: &Story, wanted: StoryLevel) -> bool {
    level(story, wanted).iter().any(|mean| *mean > 0.0)
}
