//! `plots/starts.svg`: the mean time from submission to RUNNING in its steps, by variant and kind of
//! start; the wait for capacity is the first.

use super::super::figure::{START_PARTS, mean, start_name, start_parts};
use super::super::text::{counted, seconds};
use super::axis;
use super::chart::{Axis, Bar, Bars, Chart, Drawing, Key, Sign};
use super::ink::Ink;
use crate::figures::StartKind;
use crate::runner::Results;

/// The wait for capacity, as the legend names it.
const WAIT: &str = "waiting for capacity";

/// The plot; `None` where no start has steps.
pub(super) fn starts(results: &Results) -> Option<Chart> {
    let rows = rows(results);
    if rows.is_empty() {
        return None;
    }
    let used = |part: &&str| {
        rows.iter()
            .any(|row| row.parts.iter().any(|p| p.0 == ink(part)))
    };
    let names = std::iter::once(WAIT).chain(START_PARTS).filter(used);
    let legend = names
        .map(|part| Key::new(part, Sign::Area(ink(part))))
        .collect();
    let total = |row: &Bar| row.parts.iter().map(|(_, part)| part).sum::<f64>();
    let most = rows.iter().map(total).fold(0.0, f64::max);
    Some(Chart {
        name: "starts".into(),
        variant: None,
        subject: "Mean time in each step of a start".into(),
        of: results.scenario.clone(),
        caption: "From submission to RUNNING; means over the starts of a run, then over seeds. Cold: \
                  the instance lacked at least one image. Cached: it had every image. Tasks that never \
                  started are not in it."
            .into(),
        legend,
        drawing: Drawing::Bars(Bars {
            axis: Axis {
                name: "seconds".into(),
                ..axis::ending_at(axis::plain(most), most)
            },
            rows,
            nothing: String::new(),
        }),
    })
}

/// A bar per variant and kind of start that occurred.
fn rows(results: &Results) -> Vec<Bar> {
    let mut rows = Vec::new();
    for variant in &results.variants {
        for kind in StartKind::ALL {
            let of = |figure: &str| mean(variant, &format!("start.{}.{figure}", kind.name()));
            let Some(count) = of("count").filter(|count| *count > 0.0) else {
                continue;
            };
            let wait = of("wait.mean").filter(|wait| *wait > 0.0);
            let parts = wait.map(|wait| (WAIT, wait)).into_iter();
            let parts: Vec<_> = parts.chain(start_parts(variant, kind)).collect();
            let total: f64 = parts.iter().map(|(_, part)| part).sum();
            rows.push(Bar {
                name: format!("{}, {}", variant.name, start_name(kind)),
                parts: parts
                    .into_iter()
                    .map(|(part, length)| (ink(part), length))
                    .collect(),
                below: None,
                interval: None,
                hatched: false,
                value: format!("{} ({})", seconds(total), counted(count, "start")),
            });
        }
    }
    rows
}

/// The colour of a step.
fn ink(part: &str) -> Ink {
    match part {
        WAIT => Ink::Vermilion,
        "provisioning" => Ink::Pink,
        "pending" => Ink::Amber,
        "pull" => Ink::Blue,
        "containers" => Ink::Green,
        _ => Ink::Grey,
    }
}
