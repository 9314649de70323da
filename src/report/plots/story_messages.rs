//! The panels of queues in `plots/timeline-….svg`: messages per second, sent, processed and lost; and the
//! messages that wait or are in flight.

use super::axis;
use super::chart::{Key, Layer, Line, Panel, Sign};
use super::ink::{Ink, Stroke, solid};
use super::story_cells::{level, steps};
use super::time_axis::Reported;
use crate::runner::{Story, StoryLevel};

const PROCESSED: Ink = Ink::Blue;
const LOST: Ink = Ink::Vermilion;
const IN_FLIGHT: Ink = Ink::Sky;
const VISIBLE: Ink = Ink::Amber;
const SENT: Stroke = solid(Ink::Text, 1.0);

/// The height of a panel.
const HEIGHT: f64 = 110.0;

/// True for a plan with queues.
pub(super) fn has_queues(story: &Story) -> bool {
    !level(story, StoryLevel::MessagesSent).is_empty()
}

/// Messages per second, and messages in queues; empty without a queue.
pub(super) fn panels(story: &Story) -> Vec<Panel> {
    match has_queues(story) {
        true => vec![rates(story), amounts(story)],
        false => Vec::new(),
    }
}

/// The entries of the legend that the panels need.
pub(super) fn keys(story: &Story) -> Vec<Key> {
    if !has_queues(story) {
        return Vec::new();
    }
    let mut keys = vec![Key::new("messages processed", Sign::Area(PROCESSED))];
    if is_lost(story) {
        let label = "messages too old or dead-lettered";
        keys.push(Key::new(label, Sign::Area(LOST)));
    }
    keys.extend([
        Key::new("messages sent", Sign::Line(SENT)),
        Key::new("messages in flight", Sign::Area(IN_FLIGHT)),
        Key::new("messages visible", Sign::Area(VISIBLE)),
    ]);
    keys
}

fn is_lost(story: &Story) -> bool {
    let lost = level(story, StoryLevel::MessagesLost);
    lost.iter().any(|lost| *lost > 0.0)
}

/// A level in each cell, divided by `unit`.
fn points(story: &Story, wanted: StoryLevel, unit: f64) -> Vec<(f64, f64)> {
    let points = steps(story, wanted);
    points.map(|(at, value)| (at, value / unit)).collect()
}

/// Two areas, one on top of the other.
fn stacked(
    (below, low): (Ink, &[(f64, f64)]),
    (above, high): (Ink, &[(f64, f64)]),
    end: f64,
) -> Vec<Layer> {
    let own = low.iter().map(|(at, value)| (*at, 0.0, *value));
    let both = low.iter().zip(high);
    let both = both.map(|((at, low), (_, high))| (*at, *low, low + high));
    vec![Layer::new(below, own, end), Layer::new(above, both, end)]
}

/// The largest sum of two levels.
fn top(low: &[(f64, f64)], high: &[(f64, f64)]) -> f64 {
    let sums = low.iter().zip(high).map(|(low, high)| low.1 + high.1);
    sums.fold(0.0, f64::max)
}

fn rates(story: &Story) -> Panel {
    let end = Reported::of(story).to;
    let [sent, processed, lost] = [
        StoryLevel::MessagesSent,
        StoryLevel::MessagesProcessed,
        StoryLevel::MessagesLost,
    ]
    .map(|wanted| points(story, wanted, 1e6));
    let most = sent.iter().map(|point| point.1);
    let most = most.fold(top(&processed, &lost), f64::max);
    Panel {
        title: "messages per second".into(),
        height: HEIGHT,
        axis: axis::plain(most),
        areas: stacked((PROCESSED, &processed), (LOST, &lost), end),
        lines: vec![Line::new(SENT, sent.into_iter(), end)],
        spans: Vec::new(),
        marks: Vec::new(),
        nothing: None,
    }
}

fn amounts(story: &Story) -> Panel {
    let end = Reported::of(story).to;
    let [in_flight, visible] = [StoryLevel::MessagesInFlight, StoryLevel::MessagesVisible]
        .map(|wanted| points(story, wanted, 1e12));
    Panel {
        title: "messages in queues: in flight and visible".into(),
        height: HEIGHT,
        axis: axis::plain(top(&in_flight, &visible)),
        areas: stacked((IN_FLIGHT, &in_flight), (VISIBLE, &visible), end),
        lines: Vec::new(),
        spans: Vec::new(),
        marks: Vec::new(),
        nothing: None,
    }
}
