//! `plots/waits.svg`: the share of the tasks that waited longer than a time. Both axes are
//! logarithmic, so that a few tasks that wait are seen beside many that do not.

use super::super::figure::{has_services, has_work};
use super::super::text::{clean, percent};
use super::axis::{WAITS, logarithmic, time_ticks};
use super::canvas::fit_names;
use super::chart::{Chart, Drawing, Key, Line, Panel, Panels, Sign};
use super::ink::{Dashes, Ink, Stroke};
use crate::runner::{Results, VariantResults, WaitDistribution};

const WAIT: &str = "wait from arrival to placement, logarithmic";
/// The width of each name where a label has two, in points.
const TWIN_WIDTH: f64 = 370.0;
/// The largest number of decades that an axis shows.
const DECADES: f64 = 6.0;

/// The plot; `None` where no variant has standalone work. The waits of tasks of services are not
/// recorded.
pub(super) fn waits(results: &Results) -> Option<Chart> {
    if !results.variants.iter().any(has_work) {
        return None;
    }
    let variants = &results.variants;
    let tails: Vec<Vec<(f64, f64)>> = variants.iter().map(|v| tail(&v.waits)).collect();
    let twins: Vec<Option<usize>> = (0..tails.len()).map(|index| twin(&tails, index)).collect();
    let names: Vec<String> = variants.iter().map(|v| v.name.clone()).collect();
    let names = fit_names(&names, 12.0, TWIN_WIDTH);
    let legend = variants.iter().zip(&twins).enumerate();
    let legend = legend.map(|(index, (variant, twin))| {
        let label = match twin {
            Some(twin) => format!("{}: as {}", names[index], names[*twin]),
            None => label(variant),
        };
        Key::new(label, Sign::Line(stroke(twin.unwrap_or(index))))
    });
    let tasks = match variants.iter().any(has_services) {
        true => "placed standalone tasks (not of tasks of services)",
        false => "placed tasks",
    };
    let caption = format!(
        "The share of {tasks} that waited longer than a time, over all seeds. Lower and further left is better."
    );
    let mut panel = Panel {
        title: "share of tasks that waited longer, logarithmic".into(),
        height: 330.0,
        axis: logarithmic("", (0.1, 1.0), Vec::new()),
        areas: Vec::new(),
        lines: Vec::new(),
        spans: Vec::new(),
        marks: Vec::new(),
        nothing: None,
    };
    let mut axis = logarithmic(WAIT, (0.1, 1.0), Vec::new());
    match ranges(&tails) {
        Some((times, shares)) => {
            axis = logarithmic(WAIT, times, time_ticks(times));
            panel.axis = logarithmic("", shares, share_ticks(shares));
            for (index, tail) in tails.iter().enumerate() {
                let points = path(tail, times.0);
                if twins[index].is_none() && !points.is_empty() {
                    let end = points.last().map_or(times.1, |(wait, _)| *wait);
                    panel
                        .lines
                        .push(Line::new(stroke(index), points.into_iter(), end));
                }
            }
        }
        None => {
            panel.title.clear();
            panel.height = 90.0;
            let placed = variants.iter().any(|v| v.waits.placed > 0);
            panel.nothing = Some(match placed {
                true => "no task waited".into(),
                false => "no task was placed".into(),
            });
        }
    }
    Some(Chart {
        name: "waits".into(),
        variant: None,
        subject: "How long tasks waited".into(),
        of: results.scenario.clone(),
        caption,
        legend: legend.collect(),
        drawing: Drawing::Panels(Panels {
            axis,
            panels: vec![panel],
        }),
    })
}

/// The first earlier curve that equals this one. Equal curves are drawn once and share a label,
/// as only the last one would be visible.
fn twin(tails: &[Vec<(f64, f64)>], index: usize) -> Option<usize> {
    let own = Some(&tails[index]).filter(|tail| !tail.is_empty())?;
    tails[..index].iter().position(|tail| tail == own)
}

/// The line of the variant with this index.
fn stroke(index: usize) -> Stroke {
    Stroke {
        ink: Ink::SERIES[index % Ink::SERIES.len()],
        width: 2.0,
        // The eighth variant and later ones reuse the colours with another dash pattern.
        dashes: Dashes::ALL[index / Ink::SERIES.len() % Dashes::ALL.len()],
    }
}

/// The label of a variant: its name and the share of its tasks that did not wait.
fn label(variant: &VariantResults) -> String {
    let name = clean(&variant.name);
    let waits = &variant.waits;
    match (waits.placed, waits.at_once) {
        (0, _) => format!("{name}: no task was placed"),
        (placed, at_once) if placed == at_once => format!("{name}: no task waited"),
        (_, 0) => format!("{name}: all tasks waited"),
        (placed, at_once) => {
            let share = at_once as f64 / placed as f64;
            format!("{name}: {} did not wait", percent(share))
        }
    }
}

/// The complementary distribution function from zero on, as (wait in seconds, share of tasks that
/// waited longer). Empty when no task waited.
fn tail(waits: &WaitDistribution) -> Vec<(f64, f64)> {
    if waits.placed == waits.at_once {
        return Vec::new();
    }
    let waited = 1.0 - waits.at_once as f64 / waits.placed as f64;
    let later = waits
        .points
        .iter()
        .filter(|(wait, share)| *wait > 0.0 && wait.is_finite() && share.is_finite())
        .map(|(wait, share)| (*wait, (1.0 - share).max(0.0)));
    std::iter::once((0.0, waited)).chain(later).collect()
}

/// The ranges of both axes: waits from where the first curve begins to fall to the longest, shares
/// from the smallest to the largest; `None` when no task waited.
fn ranges(tails: &[Vec<(f64, f64)>]) -> Option<((f64, f64), (f64, f64))> {
    let all = || tails.iter().flatten();
    let waits = all().map(|(wait, _)| *wait).filter(|wait| *wait > 0.0);
    let longest = waits.reduce(f64::max)?;
    let reach = libm::pow(10.0, -DECADES);
    let shortest = tails.iter().filter_map(|tail| first_wait(tail));
    let shortest = shortest.fold(longest, f64::min).max(longest * reach);
    let from = WAITS.iter().rev().map(|(wait, _)| *wait);
    let from = from
        .clone()
        .find(|wait| *wait <= shortest)
        .unwrap_or(shortest);
    let to = WAITS.iter().map(|(wait, _)| *wait);
    let to = to.clone().find(|wait| *wait >= longest && *wait > from);
    let to = to.unwrap_or((longest * 2.0).max(from * 10.0));
    // A share this small is the rounding error of `1 - share`, not a task.
    let shares = all()
        .map(|(_, share)| *share)
        .filter(|share| *share > 1e-12);
    let least = shares.fold(1.0, f64::min).max(reach);
    let from_edge = tails
        .iter()
        .filter_map(|tail| path(tail, from).first().copied());
    let most = from_edge.map(|(_, share)| share).fold(least, f64::max);
    // Whole decades; 1e-9 absorbs the rounding error of the logarithm.
    let decade = |power: f64| libm::pow(10.0, power);
    let top = decade(libm::ceil(libm::log10(most) - 1e-9)).min(1.0);
    let bottom = decade(libm::floor(libm::log10(least) - 1e-9));
    Some(((from, to), (bottom.min(top / 10.0), top)))
}

/// The wait at which a curve begins to fall: at least 3 % of the tasks that waited waited at most
/// this long.
fn first_wait(tail: &[(f64, f64)]) -> Option<f64> {
    let (_, waited) = *tail.first()?;
    let mut waits = tail.iter().filter(|(wait, _)| *wait > 0.0);
    waits
        .find(|(_, share)| *share < waited * 0.97)
        .map(|(wait, _)| *wait)
}

/// The steps of a tail from the wait at the left edge on: each share holds up to the next wait.
fn path(tail: &[(f64, f64)], from: f64) -> Vec<(f64, f64)> {
    let before = tail.iter().rev().find(|(wait, _)| *wait <= from);
    let Some((_, share)) = before.copied() else {
        return Vec::new();
    };
    let later = tail.iter().filter(|(wait, _)| *wait > from).copied();
    std::iter::once((from, share)).chain(later).collect()
}

/// The ticks of the axis of shares.
fn share_ticks((from, to): (f64, f64)) -> Vec<(f64, String)> {
    // Where there are few decades, halves and fifths of them too.
    let parts: &[f64] = if from * 101.0 > to {
        &[1.0, 0.5, 0.2]
    } else {
        &[1.0]
    };
    let mut ticks = Vec::new();
    let mut share = to;
    while share > from * 0.99 {
        let parts = parts.iter().map(|part| share * part);
        let parts = parts.filter(|share| *share > from * 0.99);
        ticks.extend(parts.map(|share| (share, decade_label(share))));
        share /= 10.0;
    }
    ticks
}

/// A share in percent without trailing zeros.
fn decade_label(share: f64) -> String {
    let text = format!("{:.6}", share * 100.0);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_eight_lines_differ() {
        let key = |index| {
            let stroke = stroke(index);
            (stroke.ink.name(), stroke.dashes as u8)
        };
        let keys: std::collections::BTreeSet<_> = (0..28).map(key).collect();
        assert_eq!(keys.len(), 28);
    }
}
