//! Reads `arrivals`, the arrival process of an entry of `tasks`.

use crate::plan::check::rules;
use crate::plan::{Arrivals, LONGEST, RateShape};
use crate::scenario::keys::table::Table;
use crate::scenario::keys::tasks::{ARRIVALS, PIECEWISE, SINUSOIDAL, STEP};
use crate::scenario::laws::law;
use crate::scenario::laws::quantity::{AT_MOST_LONGEST, Quantity};
use crate::scenario::reading::reader::{Cursor, Record};
use crate::units::{Rate, SimTime, Span};

/// Reads `arrivals`.
pub fn read(at: &Cursor<'_>) -> Option<Arrivals> {
    let record = at.record(&ARRIVALS)?;
    let limit = match record.get("limit") {
        Some(at) => Some(at.integer(1, u64::MAX)?),
        None => None,
    };
    let mut laws = record.present();
    laws.retain(|(key, _)| *key != "limit");
    let (key, inner) = match laws.as_slice() {
        [only] => only,
        [] if record.has_mistyped() => return None,
        _ => {
            at.problem("`arrivals` has exactly one arrival process")
                .hint("give one of `poisson`, `every`, `sinusoidal`, `piecewise` and `at`")
                .report();
            return None;
        }
    };
    match *key {
        "poisson" => {
            let rate = inner.parse::<Rate>()?;
            Some(Arrivals::Poisson {
                rate: RateShape::Constant(above_zero(inner, rate)?),
                limit,
            })
        }
        "every" => {
            let gap = law::read(inner, Quantity::Seconds)?;
            if law::stays_zero(&gap) {
                inner
                    .problem("the time between arrivals must be above 0")
                    .report();
                return None;
            }
            Some(Arrivals::Renewal { gap, limit })
        }
        "sinusoidal" => Some(Arrivals::Poisson {
            rate: sinusoidal(&inner.record(&SINUSOIDAL)?, |at| at.parse())?,
            limit,
        }),
        "piecewise" => Some(Arrivals::Poisson {
            rate: piecewise(&inner.record(&PIECEWISE)?, &STEP, |at| at.parse())?,
            limit,
        }),
        _ => at_times(&record, inner),
    }
}

fn above_zero(at: &Cursor<'_>, rate: Rate) -> Option<Rate> {
    if rate.as_per_second() > 0.0 {
        return Some(rate);
    }
    at.problem("the rate must be above 0").report();
    None
}

/// Reads `sinusoidal`; `level` reads a rate.
pub(super) fn sinusoidal(
    record: &Record<'_>,
    level: impl Fn(&Cursor<'_>) -> Option<Rate>,
) -> Option<RateShape> {
    let mean = record
        .get("mean")
        .and_then(|at| above_zero(&at, level(&at)?));
    let amplitude = record.get("amplitude").and_then(|at| level(&at));
    let period = record.get("period").and_then(|at| at.parse::<Span>());
    let shift = record.parse_or("shift");
    let (mean, amplitude, period) = (mean?, amplitude?, period?);
    let shape = RateShape::Sinusoidal {
        mean,
        amplitude,
        period,
        shift: shift?,
    };
    checked(record, shape)
}

/// The rate if it passes the checks of the plan; else its flaws are reported.
fn checked(record: &Record<'_>, shape: RateShape) -> Option<RateShape> {
    let flaws = rules::rate(&shape);
    let is_right = flaws.is_empty();
    flaws.into_iter().for_each(|flaw| record.flaw(flaw));
    is_right.then_some(shape)
}

/// Reads `piecewise`, whose steps have the keys of `step`; `level` reads a rate.
pub(super) fn piecewise(
    record: &Record<'_>,
    step: &'static Table,
    level: impl Fn(&Cursor<'_>) -> Option<Rate>,
) -> Option<RateShape> {
    let list = record.get("steps")?;
    let mark = list.context.mark();
    let items = list.list();
    let mut steps: Vec<(Span, Rate)> = Vec::new();
    for item in &items {
        let Some(step) = item.record(step) else {
            continue;
        };
        let at = step.get("at").and_then(|at| at.parse::<Span>());
        let rate = step.get("rate").and_then(|at| level(&at));
        let (Some(at), Some(rate)) = (at, rate) else {
            continue;
        };
        steps.push((at, rate));
    }
    let every = match record.get("every") {
        Some(at) => Some(at.parse::<Span>()?),
        None => None,
    };
    if !list.context.is_clean_since(mark) {
        return None;
    }
    checked(record, RateShape::Piecewise { steps, every })
}

fn at_times(record: &Record<'_>, inner: &Cursor<'_>) -> Option<Arrivals> {
    if let Some(limit) = record.get("limit") {
        limit
            .problem("`limit` has no effect with `at`, which lists every arrival")
            .hint("remove `limit`")
            .report();
        return None;
    }
    let items = inner.list();
    let times: Vec<Option<Span>> = items.iter().map(|item| item.parse::<Span>()).collect();
    let times: Option<Vec<Span>> = times.into_iter().collect();
    let mut times = times?;
    if times.is_empty() {
        if matches!(
            inner.node.value,
            crate::scenario::reading::tree::Value::List(_)
        ) {
            inner
                .problem("this list is empty")
                .hint("give at least one time")
                .report();
        }
        return None;
    }
    if let Some(late) = items.iter().zip(&times).find(|(_, time)| **time > LONGEST) {
        let message = format!("`{}` is too late", late.1);
        late.0.problem(message).expected(AT_MOST_LONGEST).report();
        return None;
    }
    times.sort_unstable();
    let times = times
        .into_iter()
        .map(|span| SimTime::micros(span.as_micros()));
    Some(Arrivals::At(times.collect()))
}
