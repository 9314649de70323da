//! `plots/service-level.svg`: what each variant costs against what its users get: the response time and
//! the share of the requests that were served.

use super::super::text::{clean, percent, seconds, seeds};
use super::axis::{self, WAITS, logarithmic, time_ticks};
use super::chart::{Axis, Chart, DotPanel, Dots, Drawing, Key, Scatter, Shape, Sign};
use super::ink::Ink;
use crate::runner::{Results, VariantResults};
use crate::units::Span;
use std::collections::BTreeSet;

/// The largest number of runs of a variant that are drawn: more are one cloud.
const MOST_RUNS: usize = 200;

/// A served share above this is printed as `> 99.99 %`.
const NEARLY_ALL: f64 = 0.9999;

/// What a run, or the mean of all, gave for its money.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Given {
    /// US dollars per month.
    cost: f64,
    /// The 99th percentile of the response time in seconds.
    p99: Option<f64>,
    /// The served share of the offered requests.
    served: Option<f64>,
}

/// The plot; `None` where no service of two variants has a load: one variant alone has nothing to be
/// compared with.
pub(super) fn service_level(results: &Results) -> Option<Chart> {
    let all: Vec<(usize, &VariantResults, Level)> = results
        .variants
        .iter()
        .enumerate()
        .filter_map(|(index, variant)| Some((index, variant, level(variant)?)))
        .collect();
    if all.len() < 2 {
        return None;
    }
    let legend = all.iter().map(|(index, variant, level)| {
        let (ink, shape) = sign(*index);
        Key::new(label(variant, &level.mean), Sign::Dot(ink, shape))
    });
    let panel = |title: &str, axis: Axis, value: fn(&Given) -> Option<f64>| DotPanel {
        title: title.into(),
        height: 250.0,
        axis,
        dots: all
            .iter()
            .filter_map(|(index, variant, level)| dots(*index, variant, level, value))
            .collect(),
    };
    let given = || {
        let levels = all.iter().map(|(.., level)| level);
        levels.flat_map(|level| level.runs.iter().chain([&level.mean]))
    };
    let p99 = panel(
        "99th percentile of the response time of the requests that were served, logarithmic",
        times(given().filter_map(|of| of.p99)),
        |of| of.p99,
    );
    let least = given().filter_map(|of| of.served).fold(1.0, f64::min);
    let served = panel(
        "requests that were served, share of those offered",
        axis::shares_down_to(least),
        |of| of.served,
    );
    // Where nearly all requests of all runs were served, the caption says so.
    let mut panels = vec![p99, served];
    if least > NEARLY_ALL {
        panels.pop();
    }
    panels.retain(|panel| !panel.dots.is_empty());
    if panels.is_empty() {
        return None;
    }
    let cheapest = given().map(|of| of.cost).fold(f64::INFINITY, f64::min);
    let most = given().map(|of| of.cost).fold(0.0, f64::max);
    Some(Chart {
        name: "service-level".into(),
        variant: None,
        subject: "Cost and service level".into(),
        of: results.scenario.clone(),
        caption: caption(results, &all, least),
        legend: legend.collect(),
        drawing: Drawing::Scatter(Scatter {
            axis: Axis {
                name: "cost, US dollars per month".into(),
                ..axis::dollars_around(cheapest, most)
            },
            panels,
        }),
    })
}

/// The level of a variant: of each run that is drawn, and in the mean.
struct Level {
    runs: Vec<Given>,
    mean: Given,
}

/// `None` without a load, or without a cost.
fn level(variant: &VariantResults) -> Option<Level> {
    let figures: Vec<_> = variant.figures.iter().collect();
    let of = |path: &str| figures.iter().position(|of| of.figure.path == path);
    let cost = of("cost.total.perMonth")?;
    let p99 = of("service.all.response.p99")?;
    let served = of("service.all.requests.served.share")?;
    let given = |value: &dyn Fn(usize) -> Option<f64>| {
        Some(Given {
            cost: value(cost)?,
            p99: value(p99).filter(|p99| *p99 > 0.0),
            served: value(served),
        })
    };
    let runs = match variant.without_chance {
        true => 0,
        false => variant.runs.len().min(MOST_RUNS),
    };
    let runs = (0..runs).filter_map(|run| given(&|figure| variant.runs.value(run, figure)));
    let finite = |value: f64| Some(value).filter(|value| value.is_finite());
    Some(Level {
        runs: runs.collect(),
        mean: given(&|figure| figures[figure].estimate.mean.and_then(finite))?,
    })
}

/// The dots of a variant in a panel; `None` where its mean has no value there.
fn dots(
    index: usize,
    variant: &VariantResults,
    level: &Level,
    value: fn(&Given) -> Option<f64>,
) -> Option<Dots> {
    let (ink, shape) = sign(index);
    let place = |of: &Given| Some((of.cost, value(of)?));
    Some(Dots {
        name: clean(&variant.name),
        ink,
        shape,
        runs: level.runs.iter().filter_map(place).collect(),
        mean: place(&level.mean)?,
    })
}

/// The colour and the shape of the variant with this index.
fn sign(index: usize) -> (Ink, Shape) {
    let colours = Ink::SERIES.len();
    let shape = Shape::ALL[index / colours % Shape::ALL.len()];
    (Ink::SERIES[index % colours], shape)
}

/// The name of a variant with what it gave in the mean.
fn label(variant: &VariantResults, mean: &Given) -> String {
    let p99 = mean.p99.map(|p99| {
        let near = near_timeout(variant, p99);
        let near = near.map(|timeout| format!(" (time-out: {})", seconds(timeout)));
        format!("p99 {}{}", seconds(p99), near.unwrap_or_default())
    });
    let served = mean
        .served
        .map(|share| format!("{} served", percent(share)));
    let said: Vec<String> = p99.into_iter().chain(served).collect();
    format!("{}: {}", clean(&variant.name), said.join(", "))
}

/// The time-out of clients, in seconds, that a 99th percentile is near: that of all requests, with those
/// that timed out, would be longer.
fn near_timeout(variant: &VariantResults, p99: f64) -> Option<f64> {
    let timeouts = variant.client_timeouts.iter();
    let mut timeouts = timeouts.map(|timeout| timeout.as_seconds_f64());
    timeouts.find(|timeout| (0.9..1.01).contains(&(p99 / timeout)))
}

/// A logarithmic axis of times that holds all values.
fn times(values: impl Iterator<Item = f64> + Clone) -> Axis {
    let least = values.clone().fold(f64::INFINITY, f64::min);
    let most = values.fold(0.0, f64::max);
    if most <= 0.0 {
        return logarithmic("", (0.001, 1.0), Vec::new());
    }
    // Within a decade the axis begins and ends near the values.
    let range = (least / 1.25, most * 1.25);
    let decades = |wait: &&(f64, &str)| wait.0 <= least;
    let below = WAITS.iter().rev().find(decades).map(|wait| wait.0);
    let above = WAITS.iter().find(|wait| wait.0 >= most).map(|wait| wait.0);
    let range = match most / least > 8.0 {
        true => (below.unwrap_or(range.0), above.unwrap_or(range.1)),
        false => range,
    };
    logarithmic("", range, time_ticks(range))
}

/// The caption says what a dot is.
fn caption(results: &Results, all: &[(usize, &VariantResults, Level)], least: f64) -> String {
    let count = results.seeds.len();
    let dots = match (all.iter().all(|(.., of)| of.runs.is_empty()), count) {
        (true, _) => "A dot is a variant".to_string(),
        (false, 0..=MOST_RUNS) => {
            format!(
                "A small dot is a run, of {}; a large one is the mean of a variant",
                seeds(count)
            )
        }
        (false, _) => format!(
            "A small dot is a run, the first {MOST_RUNS} of {}; a large one is the mean of a variant",
            seeds(count)
        ),
    };
    let requests = "Requests of all services together, those of one service to another included";
    let served = match least {
        least if least >= 1.0 => ". All requests of every run were served",
        least if least > NEARLY_ALL => {
            ". Of the requests of every run more than 99.99 % were served"
        }
        _ => "",
    };
    let timeouts: BTreeSet<Span> = all
        .iter()
        .flat_map(|(_, variant, _)| variant.client_timeouts.iter().copied())
        .collect();
    let timeouts: Vec<String> = timeouts
        .into_iter()
        .map(|timeout| seconds(timeout.as_seconds_f64()))
        .collect();
    let given_up = match least > NEARLY_ALL || timeouts.is_empty() {
        true => String::new(),
        false => format!(
            ". Response times are those of served requests: a request without an answer after the time-out of its client ({}) does not count in them",
            timeouts.join(", ")
        ),
    };
    let better = "Further left is cheaper; a low time and a high share are better";
    format!("{requests}{served}{given_up}. {dots}. {better}.")
}
