//! Reads the shapes of a rate, which may hold other shapes: lists, products and holidays.

use super::calendar::{daily, dates, weekly};
use super::chance::{mmpp, random_walk};
use super::level::{Ground, missing};
use super::trends::{flash_crowd, growth, ramp};
use crate::plan::{Holidays, LoadShape, OnHoliday, RateShape};
use crate::scenario::keys::rates::{
    HOLIDAYS, LOAD_PIECEWISE, LOAD_SINUSOIDAL, LOAD_STEP, RATE_SHAPE,
};
use crate::scenario::laws::numbers::factor;
use crate::scenario::laws::schedule;
use crate::scenario::reading::reader::{Cursor, Record};
use crate::scenario::reading::tree::Value;
use crate::scenario::work::arrivals::{piecewise, sinusoidal};
use crate::units::Rate;
use jiff::civil::Weekday;
use std::sync::Arc;

/// Reads `requestsPerSecond`: the rates that are added.
pub fn rates(at: &Cursor<'_>, ground: &Ground<'_>) -> Option<Vec<LoadShape>> {
    match at.node.value {
        Value::List(_) => list(at, ground),
        _ => Some(vec![shape(at, ground)?]),
    }
}

fn list(at: &Cursor<'_>, ground: &Ground<'_>) -> Option<Vec<LoadShape>> {
    let items = at.list();
    if items.is_empty() {
        at.problem("this list is empty")
            .hint("give at least one rate")
            .report();
        return None;
    }
    let shapes: Vec<_> = items.iter().map(|item| shape(item, ground)).collect();
    shapes.into_iter().collect()
}

fn shape(at: &Cursor<'_>, ground: &Ground<'_>) -> Option<LoadShape> {
    let constant = |rate: Rate| LoadShape::Rate(RateShape::Constant(rate));
    match at.node.value {
        Value::Map(_) => {}
        Value::List(_) => return list(at, ground).map(LoadShape::Sum),
        _ => return ground.level(at).map(constant),
    }
    let (key, inner) = at.one_key(&RATE_SHAPE)?;
    let level = |at: &Cursor<'_>| ground.level(at);
    match key {
        "constant" => ground.level(&inner).map(constant),
        "sinusoidal" => {
            let record = inner.record(&LOAD_SINUSOIDAL)?;
            sinusoidal(&record, level).map(LoadShape::Rate)
        }
        "piecewise" => {
            let record = inner.record(&LOAD_PIECEWISE)?;
            piecewise(&record, &LOAD_STEP, level).map(LoadShape::Rate)
        }
        "daily" => daily(&inner, ground).map(LoadShape::Daily),
        "weekly" => weekly(&inner, ground).map(LoadShape::Weekly),
        "growth" => growth(&inner, ground).map(LoadShape::Growth),
        "ramp" => ramp(&inner, ground).map(LoadShape::Ramp),
        "flashCrowd" => flash_crowd(&inner, ground).map(LoadShape::FlashCrowd),
        "randomWalk" => random_walk(&inner, ground).map(LoadShape::RandomWalk),
        "mmpp" => mmpp(&inner, ground).map(LoadShape::MarkovModulated),
        "trace" => trace(&inner, ground),
        "holidays" => holidays(&inner, ground),
        _ => product(&inner, ground),
    }
}

/// Reads `trace`. Its repairs are notes of each variant.
fn trace(at: &Cursor<'_>, ground: &Ground<'_>) -> Option<LoadShape> {
    let outside = Rate::per_second(if ground.is_factor { 1.0 } else { 0.0 })?;
    let read = ground.shared.load_trace(at, &ground.clock, outside)?;
    read.repairs
        .iter()
        .cloned()
        .for_each(|sentence| at.note(sentence));
    Some(LoadShape::Trace(Arc::clone(&read.trace)))
}

/// Reads `product`: a rate and the factors that it is multiplied by.
fn product(at: &Cursor<'_>, ground: &Ground<'_>) -> Option<LoadShape> {
    let items = at.list();
    if items.is_empty() {
        if matches!(at.node.value, Value::List(_)) {
            at.problem("this list is empty")
                .hint("give a rate, and the factors that it is multiplied by")
                .report();
        }
        return None;
    }
    let factors = Ground {
        is_factor: true,
        ..*ground
    };
    let shapes: Vec<_> = items
        .iter()
        .enumerate()
        .map(|(index, item)| shape(item, if index == 0 { ground } else { &factors }))
        .collect();
    let shapes: Option<Vec<LoadShape>> = shapes.into_iter().collect();
    shapes.map(LoadShape::Product)
}

/// Reads `holidays`.
fn holidays(at: &Cursor<'_>, ground: &Ground<'_>) -> Option<LoadShape> {
    let record = at.record(&HOLIDAYS)?;
    let zone = schedule::zone(&record, ground.clock.zone);
    let dates = dates(&record);
    let on = on_holiday(&record, ground);
    let of = match record.get("of") {
        Some(at) => shape(&at, ground),
        None if ground.is_factor => Rate::per_second(1.0)
            .map(RateShape::Constant)
            .map(LoadShape::Rate),
        None => {
            missing(&record, "of", "of: 100/s");
            None
        }
    };
    let (dates, of, on) = (dates?, of?, on?);
    Some(LoadShape::Holidays {
        calendar: Holidays { dates, zone },
        of: Box::new(of),
        on,
    })
}

/// The one key of `factor`, `as` and `instead`.
fn on_holiday(record: &Record<'_>, ground: &Ground<'_>) -> Option<OnHoliday> {
    let keys = ["factor", "as", "instead"];
    let mut given: Vec<_> = keys
        .into_iter()
        .filter_map(|key| record.get(key).map(|at| (key, at)))
        .collect();
    match (given.pop(), given.is_empty()) {
        (Some(("factor", at)), true) => at.parse_with(factor).map(OnHoliday::Factor),
        (Some(("as", at)), true) => weekday(&at).map(OnHoliday::As),
        (Some((_, at)), true) => shape(&at, ground).map(Box::new).map(OnHoliday::Instead),
        (Some((_, at)), false) => {
            at.problem("`factor`, `as` and `instead` exclude each other")
                .hint("keep one of them")
                .report();
            None
        }
        (None, _) => {
            if !keys.iter().any(|key| record.is_mistyped(key)) {
                record
                    .at
                    .problem("one of `factor`, `as` and `instead` is missing")
                    .hint("give `factor: 40%`, `as: sunday` or `instead: 20/s`")
                    .report();
            }
            None
        }
    }
}

fn weekday(at: &Cursor<'_>) -> Option<Weekday> {
    at.choice(&[
        ("monday", Weekday::Monday),
        ("tuesday", Weekday::Tuesday),
        ("wednesday", Weekday::Wednesday),
        ("thursday", Weekday::Thursday),
        ("friday", Weekday::Friday),
        ("saturday", Weekday::Saturday),
        ("sunday", Weekday::Sunday),
    ])
}
