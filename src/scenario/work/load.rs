//! Reads `load`: the requests that arrive at a service.

use super::rates::{Ground, missing, rates};
use super::tasks::Surroundings;
use crate::engine::random::Distribution;
use crate::plan::{
    ClientRetries, Demand, Drawn, Load, LoadMode, LoadShape, MemoryDemand, Routing, Until,
};
use crate::scenario::keys::load::{CLIENT_RETRIES, LOAD};
use crate::scenario::laws::law;
use crate::scenario::laws::quantity::Quantity;
use crate::scenario::reading::reader::{Cursor, Record};
use crate::scenario::reading::tree::{Node, Value};
use crate::units::{Cpu, Memory, Ratio, SimTime, Span};

/// The largest `maxConcurrency`.
pub const MOST_AT_ONCE: u64 = 100_000;

/// Reads `load` of a service.
pub fn read(at: &Cursor<'_>, service: &Node, around: &Surroundings<'_, '_>) -> Option<Load> {
    let record = at.record(&LOAD)?;
    let ground = Ground {
        clock: around.clock,
        shared: around.shared,
        is_factor: false,
    };
    let rates = own_or_of_rules(&record, &ground, around.load_balancers.rates_of(service));
    let noise = record.parse_or::<Ratio>("noise").map(Ratio::as_f64);
    let cpu = record
        .get("cpuPerRequest")
        .and_then(|at| cpu(&at, "requests"));
    let latency = record.parse_or::<Span>("latency");
    let max_concurrency = match record.get("maxConcurrency") {
        Some(at) => at.integer(1, MOST_AT_ONCE).map(|most| Some(most as u32)),
        None => Some(None),
    };
    let idle_cpu = record.parse_or::<Cpu>("idleCpu");
    let idle_memory = record.parse_or::<Memory>("idleMemory");
    let memory_per_request = record.parse_or::<Memory>("memoryPerRequest");
    let cpu_limit = match record.get("cpuLimit") {
        Some(at) => at.parse::<Cpu>().map(Some),
        None => Some(None),
    };
    let timeout = match record.get("timeout") {
        Some(at) => at.parse::<Span>().and_then(|span| positive(&at, span)),
        None => record.parse_or::<Span>("timeout"),
    };
    let client_retries = match record.get("clientRetries") {
        Some(at) => retries(&at).map(Some),
        None => Some(None),
    };
    let mode = record.get("mode").map_or(Some(LoadMode::Fluid), |at| {
        at.choice(&[("fluid", LoadMode::Fluid), ("exact", LoadMode::Exact)])
    });
    let (cpu_per_request, cpu_law) = cpu?;
    let request_size = record.parse_or::<Memory>("requestSize");
    let response_size = record.parse_or::<Memory>("responseSize");
    let requests_per_connection = match record.get("requestsPerConnection") {
        Some(at) => at.integer(1, 1_000_000),
        None => Some(10),
    };
    let connection_duration = record.parse_or::<Span>("connectionDuration");
    if connection_duration.is_some_and(|open| open > Span::hours(24))
        && let Some(at) = record.get("connectionDuration")
    {
        at.problem("a connection is open for too long")
            .expected("at most 24h")
            .report();
    }
    Some(Load {
        request_size: request_size?,
        response_size: response_size?,
        requests_per_connection: requests_per_connection? as u32,
        connection_duration: connection_duration?,
        rates: rates?,
        noise: noise?,
        cpu_per_request,
        cpu_law,
        latency: latency?,
        max_concurrency: max_concurrency?,
        idle_cpu: idle_cpu?,
        idle_memory: idle_memory?,
        memory_per_request: memory_per_request?,
        cpu_limit: cpu_limit?,
        timeout: timeout?,
        client_retries: client_retries?,
        mode: mode?,
        routing: Routing::Random,
    })
}

/// The rates of `requestsPerSecond`, or those that listener rules send to the service.
fn own_or_of_rules(
    record: &Record<'_>,
    ground: &Ground<'_>,
    of_rules: Option<&[LoadShape]>,
) -> Option<Vec<LoadShape>> {
    match (record.get("requestsPerSecond"), of_rules) {
        (Some(at), None) => rates(&at, ground),
        (Some(at), Some(_)) => {
            at.problem("the listener rules of the load balancer say how many requests come")
                .hint("remove `requestsPerSecond` here, or the target group from `listenerRules`")
                .report();
            None
        }
        (None, None) => {
            missing(record, "requestsPerSecond", "requestsPerSecond: 40/s");
            None
        }
        (None, Some(of_rules)) => (!of_rules.is_empty()).then(|| of_rules.to_vec()),
    }
}

/// Reads `clientRetries`.
fn retries(at: &Cursor<'_>) -> Option<ClientRetries> {
    let record = at.record(&CLIENT_RETRIES)?;
    let attempts = match record.get("attempts") {
        Some(at) => at.integer(1, ClientRetries::MOST_ATTEMPTS.into()),
        None => Some(3),
    };
    let delay = match record.get("delay") {
        Some(at) => at.parse::<Span>().and_then(|span| positive(&at, span)),
        None => record.parse_or::<Span>("delay"),
    };
    let backoff_rate = match record.get("backoffRate") {
        Some(at) => backoff(&at),
        None => Some(2.0),
    };
    Some(ClientRetries {
        attempts: attempts? as u32,
        delay: delay?,
        backoff_rate: backoff_rate?,
    })
}

/// Reads `backoffRate`.
fn backoff(at: &Cursor<'_>) -> Option<f64> {
    let rate = at.number()?;
    if (1.0..=10.0).contains(&rate) {
        return Some(rate);
    }
    at.problem("the delay shrinks, or grows too fast")
        .expected("from 1 to 10")
        .report();
    None
}

/// Reads the CPU time of a request or a message: its mean, and its law where it has one. `what` is the plural
/// of what needs it.
pub fn cpu(at: &Cursor<'_>, what: &str) -> Option<(Span, Option<Distribution>)> {
    if matches!(at.node.value, Value::List(_)) {
        at.problem(format!("the CPU time of {what} cannot be a sequence"))
            .hint("for one of these values at random write `{ oneOf: [...] }`")
            .report();
        return None;
    }
    if at.node.as_text().is_some() {
        let span = at.parse::<Span>()?;
        return Some((positive(at, span)?, None));
    }
    let law = law::read(at, Quantity::Seconds)?;
    let mean = law.mean().filter(|mean| mean.is_finite());
    let Some(mean) = mean else {
        at.problem(format!(
            "this law has no mean, so that no number of tasks can serve the {what}"
        ))
        .hint("give a Pareto distribution a `shape` above 1")
        .report();
        return None;
    };
    let mean = Span::from_seconds_f64(mean);
    if mean == Span::ZERO {
        at.problem("the mean of this law must be at least 1 µs")
            .report();
        return None;
    }
    Some((mean, Some(law)))
}

fn positive(at: &Cursor<'_>, span: Span) -> Option<Span> {
    if span > Span::ZERO {
        return Some(span);
    }
    at.problem("this time must be above 0").report();
    None
}

/// Checks that a task can serve requests, and warns of a load that the largest number of tasks cannot
/// serve until the run ends; `largest` is the CPU of the largest instance that it may run on. Reports what is wrong
/// at `at`.
pub fn check(
    at: &Cursor<'_>,
    load: &Load,
    demand: &Demand,
    (most_tasks, until): (u32, Option<Until>),
    largest: Option<Cpu>,
) {
    let Drawn::Fixed(cpu) = &demand.cpu else {
        return;
    };
    if let Some(limit) = load.cpu_limit.filter(|limit| limit > cpu)
        && demand.caps_cpu()
    {
        let text = format!(
            "a task cannot use more than its own `cpu` of {cpu}: a `cpuLimit` of {limit} has no effect"
        );
        at.problem(text)
            .hint(
                "give `cpu` to its containers alone, so that they may use what the instance leaves",
            )
            .warning()
            .report();
    }
    if let MemoryDemand::Absolute(Drawn::Fixed(memory)) = &demand.memory
        && load.idle_memory > *memory
    {
        let idle = load.idle_memory;
        at.problem(format!(
            "`idleMemory` ({idle}) is more than the {memory} of a task"
        ))
        .report();
        return;
    }
    let Some(limit) = load.limit_of_task(demand, *cpu).or(largest) else {
        return;
    };
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
    let rates = (most_tasks, highest(load, until));
    warn_of_overload(at, load, limit, rates, "");
}

/// The most requests per second of a load before the run ends. The end of a run until `drained` is not
/// known: growth is left out then.
pub fn highest(load: &Load, until: Option<Until>) -> f64 {
    let end = match until {
        Some(Until::Elapsed(end)) => end,
        _ => Span::ZERO,
    };
    load.highest(SimTime::ZERO + end)
}

/// Warns at `at` of `highest` requests per second that the most tasks, each with CPU up to this limit,
/// cannot serve. `who` begins the sentence.
pub fn warn_of_overload(
    at: &Cursor<'_>,
    load: &Load,
    limit: Cpu,
    (most_tasks, highest): (u32, f64),
    who: &str,
) {
    let of_task = load.capacity_of_task(limit) as f64 / 1e6;
    let most = of_task * f64::from(most_tasks);
    if highest <= most {
        return;
    }
    let at_once = load.max_concurrency;
    let at_once = at_once.map_or_else(String::new, |most| format!(", with {most} at once"));
    at.problem(format!(
        "{who}up to {highest:.1} requests arrive per second, and {most_tasks} tasks serve {most:.1}: ({limit} − {}) ÷ {} = {of_task:.1} per task{at_once}",
        load.idle_cpu, load.cpu_per_request
    ))
    .hint("raise `maxCapacity` or the CPU of the tasks")
    .warning()
    .report();
}
