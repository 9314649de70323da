//! Axes of amounts: the places and labels of ticks, in steps of 1, 2 and 5 times a power of ten;
//! and round waits. Times of the clock are in `time_axis.rs`.

use super::super::text::{money, number, seconds};
use super::chart::Axis;

/// An axis of plain numbers from 0 to `most` or a little more.
pub(super) fn plain(most: f64) -> Axis {
    round_axis(most, 5.0, number)
}

/// An axis of counts: whole steps, unless `most` is below one.
pub(super) fn counts(most: f64) -> Axis {
    match most >= 1.0 {
        true => round_axis(most, most.min(5.0), number),
        false => plain(most),
    }
}

/// An axis of dollars from 0 to `most` or a little more.
pub(super) fn dollars(most: f64) -> Axis {
    round_axis(most, 7.0, short_money)
}

/// The same axis cut where the data ends.
pub(super) fn ending_at(mut axis: Axis, most: f64) -> Axis {
    if most > 0.0 && most < axis.to {
        axis.to = most;
        axis.ticks.retain(|(value, _)| *value <= most);
    }
    axis
}

/// An axis of dollars around values that need not be near 0.
pub(super) fn dollars_around(least: f64, most: f64) -> Axis {
    // Equal costs lie in the middle of a tenth of them.
    let wider = (most * 0.1 - (most - least)).max(0.0) / 2.0;
    let range = ((least - wider).max(0.0), most + wider);
    around(range, 6.0, |value, _| short_money(value))
}

/// An axis of shares that ends at 100 %, from a round share below the least one.
pub(super) fn shares_down_to(least: f64) -> Axis {
    let print = |value: f64, step: f64| {
        let decimals = (-libm::floor(libm::log10(step * 100.0) + 1e-9)).max(0.0) as usize;
        format!("{:.decimals$} %", value * 100.0)
    };
    let mut axis = around((least.min(0.999), 1.0), 5.0, print);
    axis.to = 1.0;
    axis.ticks.retain(|(value, _)| *value <= 1.0 + 1e-9);
    axis
}

/// An axis in about `parts` round steps that holds both values, of which none is below 0. `print` is
/// given a value and the step.
fn around((least, most): (f64, f64), parts: f64, print: impl Fn(f64, f64) -> String) -> Axis {
    let step = round_step((most - least).max(1e-6) / parts);
    let first = libm::floor(least / step + 1e-9).max(0.0);
    let last = libm::ceil(most / step - 1e-9).max(first + 1.0);
    let ticks = (0..=(last - first) as usize).map(|index| {
        let value = (first + index as f64) * step;
        (value, print(value, step))
    });
    Axis {
        name: String::new(),
        from: first * step,
        to: last * step,
        logarithmic: false,
        ticks: ticks.collect(),
    }
}

/// An axis from 0 in about `parts` round steps, to the first step that is not below `most`.
fn round_axis(most: f64, parts: f64, print: fn(f64) -> String) -> Axis {
    let most = if most.is_finite() && most > 0.0 {
        most
    } else {
        1.0
    };
    let step = round_step(most / parts);
    // A whole number of steps; 1e-9 absorbs the rounding error of the quotient.
    let steps = (most / step - 1e-9).ceil().max(1.0);
    let ticks = (0..=steps as usize).map(|index| {
        let value = index as f64 * step;
        (value, print(value))
    });
    Axis {
        name: String::new(),
        from: 0.0,
        to: steps * step,
        logarithmic: false,
        ticks: ticks.collect(),
    }
}

/// The least of 1, 2 and 5 times a power of ten that is not below `least`.
pub(super) fn round_step(least: f64) -> f64 {
    let power = libm::pow(10.0, libm::floor(libm::log10(least)));
    let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * power);
    let found = steps.iter().find(|step| **step >= least * (1.0 - 1e-9));
    found.copied().unwrap_or(steps[3])
}

/// Dollars for an axis: large amounts in thousands, millions and billions.
fn short_money(dollars: f64) -> String {
    for (size, name) in [
        (1e15, ""),
        (1e12, " T"),
        (1e9, " B"),
        (1e6, " M"),
        (1e3, " k"),
    ] {
        if dollars >= 10.0 * size || (dollars >= size && size >= 1e6) {
            return match name {
                "" => format!("${dollars:.0e}"),
                _ => format!("${}{name}", number(dollars / size)),
            };
        }
    }
    match dollars {
        d if d == d.floor() || d < 0.01 => format!("${}", number(d)),
        d => money(d),
    }
}

/// A logarithmic axis.
pub(super) fn logarithmic(name: &str, (from, to): (f64, f64), ticks: Vec<(f64, String)>) -> Axis {
    Axis {
        name: name.into(),
        from,
        to,
        logarithmic: true,
        ticks,
    }
}

/// The ticks of a logarithmic axis of times, in seconds; finer ones where fewer than four fit, and even
/// steps where fewer than two of those do.
pub(super) fn time_ticks((from, to): (f64, f64)) -> Vec<(f64, String)> {
    let within = |ticks: &[(f64, &str)]| -> Vec<(f64, String)> {
        let ticks = ticks.iter();
        let ticks = ticks.filter(|(wait, _)| (from * 0.999..=to * 1.001).contains(wait));
        ticks
            .map(|(wait, label)| (*wait, (*label).into()))
            .collect()
    };
    let mut ticks = within(&WAITS);
    if ticks.len() < 4 {
        ticks.extend(within(&FINE_WAITS));
    }
    match ticks.len() >= 2 {
        true => ticks,
        false => even_times((from, to)),
    }
}

/// Times in even steps: at least two lie between both ends.
fn even_times((from, to): (f64, f64)) -> Vec<(f64, String)> {
    // A round step is at most 2.5 times as long, so that two steps fit.
    let step = round_step((to - from) / 5.0);
    let first = libm::ceil(from / step - 1e-9) as u64;
    let last = libm::floor(to / step + 1e-9) as u64;
    let times = (first..=last).map(|index| index as f64 * step);
    times.map(|time| (time, seconds(time))).collect()
}

/// Round waits in seconds with their labels: the ticks of a logarithmic axis.
pub(super) const WAITS: [(f64, &str); 15] = [
    (1e-6, "1 µs"),
    (1e-5, "10 µs"),
    (1e-4, "100 µs"),
    (1e-3, "1 ms"),
    (0.01, "10 ms"),
    (0.1, "100 ms"),
    (1.0, "1 s"),
    (10.0, "10 s"),
    (60.0, "1 min"),
    (600.0, "10 min"),
    (3_600.0, "1 h"),
    (36_000.0, "10 h"),
    (259_200.0, "3 d"),
    (2_592_000.0, "30 d"),
    (31_536_000.0, "1 year"),
];

/// Ticks between those of [`WAITS`], for axes that hold fewer than four of them.
pub(super) const FINE_WAITS: [(f64, &str); 28] = [
    (2e-6, "2 µs"),
    (5e-6, "5 µs"),
    (2e-5, "20 µs"),
    (5e-5, "50 µs"),
    (2e-4, "200 µs"),
    (5e-4, "500 µs"),
    (2e-3, "2 ms"),
    (5e-3, "5 ms"),
    (0.02, "20 ms"),
    (0.05, "50 ms"),
    (0.2, "200 ms"),
    (0.5, "500 ms"),
    (2.0, "2 s"),
    (5.0, "5 s"),
    (20.0, "20 s"),
    (30.0, "30 s"),
    (120.0, "2 min"),
    (300.0, "5 min"),
    (1_200.0, "20 min"),
    (1_800.0, "30 min"),
    (7_200.0, "2 h"),
    (18_000.0, "5 h"),
    (86_400.0, "1 d"),
    (172_800.0, "2 d"),
    (604_800.0, "7 d"),
    (1_209_600.0, "14 d"),
    (7_776_000.0, "90 d"),
    (15_552_000.0, "180 d"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(ticks: &[(f64, String)]) -> Vec<&str> {
        ticks.iter().map(|(_, label)| label.as_str()).collect()
    }

    #[test]
    fn number_axes_are_round_and_hold_the_data() {
        assert_eq!(labels(&plain(14.0).ticks), ["0", "5", "10", "15"]);
        assert_eq!(labels(&plain(0.0).ticks).len(), 6);
        assert_eq!(
            labels(&plain(0.0003).ticks),
            ["0", "0.0001", "0.0002", "0.0003"]
        );
        assert_eq!(
            labels(&dollars(3e6).ticks),
            ["$0", "$500 k", "$1 M", "$1.5 M", "$2 M", "$2.5 M", "$3 M"]
        );
        assert_eq!(labels(&counts(2.0).ticks), ["0", "1", "2"]);
        assert_eq!(labels(&counts(1.0).ticks), ["0", "1"]);
        assert_eq!(labels(&counts(3.4).ticks), ["0", "1", "2", "3", "4"]);
        assert_eq!(labels(&counts(14.0).ticks), labels(&plain(14.0).ticks));
        assert_eq!(labels(&counts(0.3).ticks), labels(&plain(0.3).ticks));
        let labels_of = |axis: Axis| axis.ticks.into_iter().map(|tick| tick.1);
        let labels_of = |axis: Axis| labels_of(axis).collect::<Vec<_>>();
        assert_eq!(
            labels_of(shares_down_to(0.9991)),
            [
                "99.90 %", "99.92 %", "99.94 %", "99.96 %", "99.98 %", "100.00 %"
            ]
        );
        assert_eq!(
            labels_of(shares_down_to(0.93)),
            ["92 %", "94 %", "96 %", "98 %", "100 %"]
        );
        assert_eq!(
            labels_of(shares_down_to(1.0)),
            labels_of(shares_down_to(0.9991))
        );
        assert_eq!(
            labels_of(dollars_around(101.0, 119.0)),
            ["$100", "$105", "$110", "$115", "$120"]
        );
        let equal = dollars_around(100.0, 100.0);
        assert!(
            equal.place(100.0) > 0.4 && equal.place(100.0) < 0.6,
            "{equal:?}"
        );
        // Within a decade an axis of times has at least two labels, too.
        for from in [2.3e-4, 0.0537, 0.1708, 1.9, 42.0, 310.0, 4_000.0] {
            for wider in [1.0001, 1.01, 1.2, 1.57, 2.4, 7.0] {
                let ticks = time_ticks((from, from * wider));
                let distinct: std::collections::BTreeSet<&str> =
                    labels(&ticks).into_iter().collect();
                assert!(ticks.len() >= 2, "{from} {wider}: {ticks:?}");
                let is_fine = wider >= 1.2;
                assert!(!is_fine || distinct.len() == ticks.len(), "{ticks:?}");
            }
        }
        assert_eq!(
            labels(&time_ticks((0.053_7, 0.084))),
            ["60 ms", "70 ms", "80 ms"]
        );
        for most in [1e-12, 3.7e-5, 0.1, 1.0, 7.3, 99.9, 1e5, 3e9, 8.8e17] {
            let axis = plain(most);
            assert!(axis.to >= most && axis.to <= most * 2.0, "{most}");
            assert!((2..=7).contains(&axis.ticks.len()), "{most}");
        }
    }
}
