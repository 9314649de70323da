//! Reads `load`: the requests that arrive at a service.

use super::rates::{Ground, rates};
use super::tasks::Surroundings;
use crate::plan::{Demand, Drawn, Load, Until};
use crate::scenario::keys::load::LOAD;
use crate::scenario::reading::reader::Cursor;
use crate::units::{Cpu, Ratio, SimTime, Span};

/// Reads `load`.
pub fn read(at: &Cursor<'_>, around: &Surroundings<'_, '_>) -> Option<Load> {
    let record = at.record(&LOAD)?;
    let ground = Ground {
        clock: around.clock,
        is_factor: false,
    };
    let rates = record
        .get("requestsPerSecond")
        .and_then(|at| rates(&at, &ground));
    let noise = record.parse_or::<Ratio>("noise").map(Ratio::as_f64);
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

/// Checks that a task can serve requests, and warns of a load that the largest number of tasks cannot
/// serve until the run ends. Reports what is wrong at `at`.
pub fn check(
    at: &Cursor<'_>,
    load: &Load,
    demand: &Demand,
    (most_tasks, until): (u32, Option<Until>),
) {
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
    // The end of a run until `drained` is not known: growth is left out of the warning.
    let end = match until {
        Some(Until::Elapsed(end)) => end,
        _ => Span::ZERO,
    };
    let highest = load.highest(SimTime::ZERO + end);
    let most = of_task * f64::from(most_tasks);
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
