//! The panels of requests in `plots/timeline-….svg`: requests per second, offered, served and lost; their
//! response times; and the CPU that tasks use of what they reserve.

use super::super::text::number;
use super::axis::{self, FINE_WAITS, WAITS, logarithmic, time_ticks};
use super::chart::{Key, Layer, Line, Mark, MarkKind, Panel, Sign};
use super::ink::{Dashes, Ink, Stroke, solid};
use super::story_cells::{level, steps};
use super::time_axis::Reported;
use crate::runner::{Story, StoryLevel, StoryPolicy};

const SERVED: Ink = Ink::Blue;
const LOST: Ink = Ink::Vermilion;
const OFFERED: Stroke = solid(Ink::Text, 1.5);
const P50: Stroke = solid(Ink::Blue, 1.5);
const P99: Stroke = solid(Ink::Vermilion, 1.5);
const CPU: Stroke = solid(Ink::Green, 1.5);
/// The line at the target of a policy.
const TARGET: Stroke = Stroke {
    ink: Ink::Soft,
    width: 1.0,
    dashes: Dashes::Dashed,
};

/// The height of a panel.
const HEIGHT: f64 = 110.0;
/// The points above the data that marks need.
const MARKS: f64 = 39.0;

/// Requests per second and response times; empty without a load.
pub(super) fn panels(story: &Story) -> Vec<Panel> {
    if level(story, StoryLevel::RequestsOffered).is_empty() {
        return Vec::new();
    }
    let panels = [Some(requests(story)), responses(story)];
    panels.into_iter().flatten().collect()
}

/// The entries of the legend that the panels need.
pub(super) fn keys(story: &Story) -> Vec<Key> {
    if level(story, StoryLevel::RequestsOffered).is_empty() {
        return Vec::new();
    }
    let mut keys = vec![
        Key::new("requests served", Sign::Area(SERVED)),
        Key::new("requests offered", Sign::Line(OFFERED)),
    ];
    if responses(story).is_some() {
        let response = [
            ("median response time of served requests", P50),
            ("99th percentile", P99),
        ];
        let response = response.map(|(label, stroke)| Key::new(label, Sign::Line(stroke)));
        keys.extend(response);
    }
    if level(story, StoryLevel::RequestsLost)
        .iter()
        .any(|lost| *lost > 0.0)
    {
        let lost = Key::new("requests refused, failed or given up", Sign::Area(LOST));
        keys.insert(1, lost);
    }
    keys
}

fn requests(story: &Story) -> Panel {
    let end = Reported::of(story).to;
    let [offered, served, lost] = [
        StoryLevel::RequestsOffered,
        StoryLevel::RequestsServed,
        StoryLevel::RequestsLost,
    ]
    .map(|wanted| per_second(story, wanted));
    let tops = served
        .iter()
        .zip(&lost)
        .map(|(served, lost)| served.1 + lost.1);
    let most = tops
        .chain(offered.iter().map(|point| point.1))
        .fold(0.0, f64::max);
    let own = served.iter().map(|(at, served)| (*at, 0.0, *served));
    let gone = served.iter().zip(&lost);
    let gone = gone.map(|((at, served), (_, lost))| (*at, *served, served + lost));
    Panel {
        title: "requests per second".into(),
        height: HEIGHT,
        axis: axis::plain(most),
        areas: vec![Layer::new(SERVED, own, end), Layer::new(LOST, gone, end)],
        lines: vec![Line::new(OFFERED, offered.iter().copied(), end)],
        spans: Vec::new(),
        marks: Vec::new(),
        nothing: None,
    }
}

/// The response times of the requests that tasks served; `None` where they served none.
fn responses(story: &Story) -> Option<Panel> {
    let end = Reported::of(story).to;
    let served: Vec<(f64, f64)> = steps(story, StoryLevel::RequestsServed).collect();
    // Where no request is served there is no response time.
    let of = |wanted| -> Vec<(f64, Option<f64>)> {
        let sums = steps(story, wanted).zip(&served);
        // Both are per µs; seconds are 10⁶ µs.
        let times = sums.map(|((at, sum), (_, served))| {
            let time = (*served > 0.0).then(|| sum / served / 1e6);
            (at, time.filter(|time| *time > 0.0))
        });
        times.collect()
    };
    let (p50, p99) = (of(StoryLevel::ServedP50), of(StoryLevel::ServedP99));
    let times = || p50.iter().chain(&p99).filter_map(|point| point.1);
    let least = times().reduce(f64::min)?;
    let most = times().fold(least, f64::max);
    let round = || WAITS.iter().chain(&FINE_WAITS).map(|(time, _)| *time);
    let from = round().filter(|time| *time <= least).fold(1e-6, f64::max);
    let to = round().filter(|time| *time > most && *time > from);
    let to = to.fold(f64::MAX, f64::min).min(most * 10.0);
    let mut lines = pieces(P50, &p50, end);
    lines.extend(pieces(P99, &p99, end));
    Some(Panel {
        title: "response time of served requests, logarithmic: median and 99th percentile".into(),
        height: HEIGHT,
        axis: logarithmic("", (from, to), time_ticks((from, to))),
        areas: Vec::new(),
        lines,
        spans: Vec::new(),
        marks: Vec::new(),
        nothing: None,
    })
}

/// A line for each part of the time that has values: it ends where the next point has none.
fn pieces(stroke: Stroke, points: &[(f64, Option<f64>)], end: f64) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut after = end;
    for piece in points.chunk_by(|a, b| a.1.is_some() == b.1.is_some()).rev() {
        let values = piece
            .iter()
            .filter_map(|(at, value)| Some((*at, (*value)?)));
        if piece[0].1.is_some() {
            lines.push(Line::new(stroke, values, after));
        }
        after = piece[0].0;
    }
    lines.reverse();
    lines
}

/// The entries of the legend of the panel of CPU.
pub(super) fn cpu_keys(story: &Story) -> Vec<Key> {
    if level(story, StoryLevel::CpuUsed).is_empty() {
        return Vec::new();
    }
    let mut keys = vec![Key::new("CPU used", Sign::Line(CPU))];
    let targets = story.cpu_targets.iter();
    let targets: Vec<String> = targets.map(|of| format!("{} %", number(*of))).collect();
    if !targets.is_empty() {
        let label = format!("target of a policy on CPU: {}", targets.join(", "));
        keys.push(Key::new(label, Sign::Line(TARGET)));
    }
    keys
}

/// The CPU that tasks of services with a load or a queue use; `None` without such services.
pub(super) fn utilization(story: &Story) -> Option<Panel> {
    if level(story, StoryLevel::CpuUsed).is_empty() {
        return None;
    }
    let end = Reported::of(story).to;
    let used = steps(story, StoryLevel::CpuUsed);
    let reserved = steps(story, StoryLevel::CpuReserved);
    let percent = used.zip(reserved).map(|((at, used), (_, reserved))| {
        let percent = if reserved > 0.0 {
            100.0 * used / reserved
        } else {
            0.0
        };
        (at, percent)
    });
    let percent: Vec<(f64, f64)> = percent.collect();
    let most = percent.iter().map(|point| point.1).fold(100.0, f64::max);
    let from = Reported::of(story).from;
    let targets = story.cpu_targets.iter();
    let targets = targets.map(|target| Line::new(TARGET, [(from, *target)].into_iter(), end));
    let mut lines: Vec<Line> = targets.collect();
    lines.push(Line::new(CPU, percent.into_iter(), end));
    Some(Panel {
        title: "CPU used, % of what tasks reserve; changes of desired counts by policies".into(),
        height: HEIGHT,
        axis: axis::plain(most * (1.0 + MARKS / HEIGHT)),
        areas: Vec::new(),
        lines,
        spans: Vec::new(),
        marks: story.policies.iter().map(mark).collect(),
        nothing: None,
    })
}

/// The mark of a change of a desired count.
fn mark(policy: &StoryPolicy) -> Mark {
    Mark {
        at: policy.at.as_seconds_f64(),
        kind: match policy.to > policy.from {
            true => MarkKind::ScaleOut,
            false => MarkKind::ScaleIn,
        },
        why: Some(format!(
            "{}: {} sets the desired count from {} to {}; {}",
            policy.service, policy.policy, policy.from, policy.to, policy.why
        )),
    }
}

fn per_second(story: &Story, wanted: StoryLevel) -> Vec<(f64, f64)> {
    let points = steps(story, wanted);
    points.map(|(at, rate)| (at, rate / 1e6)).collect()
}
