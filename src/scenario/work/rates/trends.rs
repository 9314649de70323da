//! Reads rates that change once or grow: `growth`, `ramp` and `flashCrowd`.

use super::level::{Ground, length, length_or};
use crate::plan::check::rules::Flaw;
use crate::plan::check::shapes;
use crate::plan::{FlashCrowd, Growth, Occurring, Ramp};
use crate::scenario::keys::rates::{FLASH_CROWD, GROWTH, RAMP};
use crate::scenario::laws::numbers;
use crate::scenario::reading::reader::{Cursor, Record};
use crate::scenario::reading::tree::Value;
use crate::units::{ParseUnitError, Rate, SimTime};

/// Reads `growth`.
pub fn growth(at: &Cursor<'_>, ground: &Ground<'_>) -> Option<Growth> {
    let record = at.record(&GROWTH)?;
    let from = ground.level_or_one(&record, "from", "100/s");
    let per_month = record.get("perMonth").and_then(|at| {
        at.parse_with(|text| {
            numbers::signed(text).ok_or_else(|| {
                let why = format!("`{text}` is not a share");
                ParseUnitError::new("a share such as `5%` or `-2%`", why)
            })
        })
    });
    let shape = Growth {
        from: from?,
        per_month: per_month?,
    };
    passed(&record, shapes::growth(&shape)).map(|()| shape)
}

/// Reads `ramp`.
pub fn ramp(at: &Cursor<'_>, ground: &Ground<'_>) -> Option<Ramp> {
    let record = at.record(&RAMP)?;
    let from = ground.level_of(&record, "from");
    let to = ground.level_of(&record, "to");
    let begin = match record.get("at") {
        Some(at) => ground.time(&at),
        None => record.parse_or("at"),
    };
    let lasts = record.get("lasts").and_then(|at| length(&at));
    Some(Ramp {
        from: from?,
        to: to?,
        at: begin?,
        lasts: lasts?,
    })
}

/// Reads `flashCrowd`.
pub fn flash_crowd(at: &Cursor<'_>, ground: &Ground<'_>) -> Option<FlashCrowd> {
    let record = at.record(&FLASH_CROWD)?;
    let peak = ground.level_of(&record, "peak");
    let rise_time = record.get("riseTime").and_then(|at| length(&at));
    let plateau = length_or(&record, "plateau");
    let half_life = record.get("halfLife").and_then(|at| length(&at));
    let occurring = occurring(&record, ground);
    let shape = FlashCrowd {
        base: match ground.is_factor {
            true => Rate::per_second(1.0)?,
            false => Rate::default(),
        },
        peak: peak?,
        rise_time: rise_time?,
        plateau: plateau?,
        half_life: half_life?,
        occurring: occurring?,
    };
    passed(&record, shapes::crowd(&shape)).map(|()| shape)
}

/// Reports flaws; `None` when there are some.
pub fn passed(record: &Record<'_>, flaws: Vec<Flaw>) -> Option<()> {
    let is_right = flaws.is_empty();
    flaws.into_iter().for_each(|flaw| record.flaw(flaw));
    is_right.then_some(())
}

/// When crowds begin: `at`, `every` or both, or `meanTimeBetween`.
fn occurring(record: &Record<'_>, ground: &Ground<'_>) -> Option<Occurring> {
    let times = record.get("at");
    let every = record.get("every");
    match (record.get("meanTimeBetween"), times, every) {
        (Some(at), None, None) => {
            let mean_time_between = length(&at)?;
            Some(Occurring::Random { mean_time_between })
        }
        (Some(at), ..) => {
            at.problem("`meanTimeBetween` excludes `at` and `every`")
                .hint("keep `meanTimeBetween` for crowds at random, or the others")
                .report();
            None
        }
        (None, Some(times), every) => {
            let mut times = self::times(&times, ground)?;
            let Some(every) = every else {
                times.sort_unstable();
                return Some(Occurring::At(times));
            };
            let period = length(&every)?;
            let [first] = times[..] else {
                every
                    .problem("`every` takes one time in `at`, the first")
                    .hint("list all times in `at`, or give the first alone")
                    .report();
                return None;
            };
            Some(Occurring::Every { first, period })
        }
        (None, None, Some(every)) => {
            let period = length(&every)?;
            let first = SimTime::ZERO + period;
            Some(Occurring::Every { first, period })
        }
        (None, None, None) => {
            let keys = ["at", "every", "meanTimeBetween"];
            if !keys.iter().any(|key| record.is_mistyped(key)) {
                record
                    .at
                    .problem("one of `at`, `every` and `meanTimeBetween` is missing")
                    .hint("give `at: 3d`, `every: 7d` or `meanTimeBetween: 20d`")
                    .report();
            }
            None
        }
    }
}

/// One time or a list of times after the start of the run.
fn times(at: &Cursor<'_>, ground: &Ground<'_>) -> Option<Vec<SimTime>> {
    let items = match at.node.value {
        Value::List(_) => at.list(),
        _ => vec![at.clone()],
    };
    let times: Vec<Option<SimTime>> = items
        .iter()
        .map(|item| ground.time(item).map(|time| SimTime::ZERO + time))
        .collect();
    times.into_iter().collect()
}
