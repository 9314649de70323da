//! Reads `load`: the requests that arrive at a service.

use super::arrivals::{piecewise, sinusoidal};
use crate::plan::{DailyShape, Demand, Drawn, Load, LoadShape, RateShape};
use crate::scenario::keys::load::{DAILY, LOAD, RATE_SHAPE};
use crate::scenario::keys::tasks::{PIECEWISE, SINUSOIDAL};
use crate::scenario::laws::schedule;
use crate::scenario::reading::reader::{Cursor, Record};
use crate::scenario::reading::tree::Value;
use crate::units::{Cpu, Rate, Ratio, Span};
use jiff::tz::TimeZone;

/// Reads `load`; `zone` is the time zone of daily cycles without a `timeZone`.
pub fn read(at: &Cursor<'_>, zone: &TimeZone) -> Option<Load> {
    let record = at.record(&LOAD)?;
    let rates = record
        .get("requestsPerSecond")
        .and_then(|at| rates(&at, zone));
    let noise = share(&record, "noise");
    let cpu_per_request = record.get("cpuPerRequest").and_then(|at| {
        let span = at.parse::<Span>()?;
        positive(&at, span)
    });
    let idle_cpu = record.parse_or::<Cpu>("idleCpu");
    let cpu_limit = match record.get("cpuLimit") {
        Some(at) => at.parse::<Cpu>().map(Some),
        None => Some(None),
    };
    let timeout = match record.get("timeout") {
        Some(at) => at.parse::<Span>().and_then(|span| positive(&at, span)),
        None => record.parse_or::<Span>("timeout"),
    };
    Some(Load {
        rates: rates?,
        noise: noise?,
        cpu_per_request: cpu_per_request?,
        idle_cpu: idle_cpu?,
        cpu_limit: cpu_limit?,
        timeout: timeout?,
    })
}

fn positive(at: &Cursor<'_>, span: Span) -> Option<Span> {
    if span > Span::ZERO {
        return Some(span);
    }
    at.problem("this time must be above 0").report();
    None
}

/// A share such as `10%`, as a number.
fn share(record: &Record<'_>, key: &'static str) -> Option<f64> {
    record.parse_or::<Ratio>(key).map(Ratio::as_f64)
}

fn rates(at: &Cursor<'_>, zone: &TimeZone) -> Option<Vec<LoadShape>> {
    if !matches!(at.node.value, Value::List(_)) {
        return Some(vec![rate(at, zone)?]);
    }
    let items = at.list();
    if items.is_empty() {
        at.problem("this list is empty")
            .hint("give at least one rate")
            .report();
        return None;
    }
    let rates: Vec<_> = items.iter().map(|item| rate(item, zone)).collect();
    rates.into_iter().collect()
}

fn rate(at: &Cursor<'_>, zone: &TimeZone) -> Option<LoadShape> {
    if !matches!(at.node.value, Value::Map(_)) {
        let rate = at.parse::<Rate>()?;
        return Some(LoadShape::Rate(RateShape::Constant(rate)));
    }
    let (key, inner) = at.one_key(&RATE_SHAPE)?;
    match key {
        "constant" => {
            let rate = inner.parse::<Rate>()?;
            Some(LoadShape::Rate(RateShape::Constant(rate)))
        }
        "sinusoidal" => sinusoidal(&inner.record(&SINUSOIDAL)?).map(LoadShape::Rate),
        "piecewise" => piecewise(&inner.record(&PIECEWISE)?).map(LoadShape::Rate),
        _ => daily(&inner, zone).map(LoadShape::Daily),
    }
}

fn daily(at: &Cursor<'_>, zone: &TimeZone) -> Option<DailyShape> {
    let record = at.record(&DAILY)?;
    let zone = schedule::zone(&record, zone);
    let low = record.get("low").and_then(|at| at.parse::<Rate>());
    let high = record.get("high").and_then(|at| at.parse::<Rate>());
    let peak_at = record.get("peakAt").and_then(|at| time_of_day(&at));
    let weekend = share(&record, "weekend");
    let (low, high) = (low?, high?);
    if low > high {
        let at = record.get("low")?;
        at.problem(format!("`low` ({low}) is above `high` ({high})"))
            .report();
        return None;
    }
    Some(DailyShape {
        low,
        high,
        peak_at: peak_at?,
        weekend: weekend?,
        zone,
    })
}

/// A time of day such as `20:00`, as the time since midnight.
fn time_of_day(at: &Cursor<'_>) -> Option<Span> {
    let text = at.text()?;
    let parsed = text.split_once(':').and_then(|(hour, minute)| {
        let number = |digits: &str, below: u64| {
            let is_short = (1..=2).contains(&digits.len());
            let number: u64 = digits.parse().ok().filter(|_| is_short)?;
            (number < below).then_some(number)
        };
        Some((number(hour, 24)?, number(minute, 60)?))
    });
    let Some((hour, minute)) = parsed else {
        at.bad_value(
            text,
            "is not a time of day",
            "hours and minutes, such as `20:00`",
        );
        return None;
    };
    Some(Span::seconds((hour * 60 + minute) * 60))
}

/// Checks that a task can serve requests, and warns of a load that the largest number of tasks cannot
/// serve. Reports what is wrong at `at`.
pub fn check(at: &Cursor<'_>, load: &Load, demand: &Demand, most_tasks: u32) {
    let Drawn::Fixed(cpu) = &demand.cpu else {
        return;
    };
    let limit = load.cpu_limit.unwrap_or(*cpu);
    if limit == Cpu::ZERO {
        at.problem("the tasks of this service have no CPU, so that they serve no request")
            .hint("give the task definition or its containers `cpu`, or the load a `cpuLimit`")
            .report();
        return;
    }
    if load.idle_cpu >= limit {
        let idle = load.idle_cpu;
        at.problem(format!(
            "`idleCpu` ({idle}) leaves nothing of the {limit} of a task for requests"
        ))
        .report();
        return;
    }
    let of_task = load.capacity_of_task(*cpu) as f64 / 1e6;
    let (highest, most) = (load.highest(), of_task * f64::from(most_tasks));
    if highest > most {
        at.problem(format!(
            "up to {highest:.1} requests arrive per second, and {most_tasks} tasks serve {most:.1}: ({limit} − {}) ÷ {} = {of_task:.1} per task",
            load.idle_cpu, load.cpu_per_request
        ))
        .hint("raise `maxCapacity` or the CPU of the tasks")
        .warning()
        .report();
    }
}
