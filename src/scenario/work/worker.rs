//! Reads `worker`: how the tasks of a service take messages from a queue.

use super::load;
use super::queues::Queues;
use crate::plan::{Demand, Drawn, Queue, Until, Worker};
use crate::scenario::keys::queues::WORKER;
use crate::scenario::reading::reader::{Cursor, Record};
use crate::units::{Cpu, Ratio, SimTime, Span};

/// Reads `worker` of the service with this name.
pub fn read(at: &Cursor<'_>, queues: &Queues, service: &str) -> Option<Worker> {
    let record = at.record(&WORKER)?;
    let queue = record
        .get("queueName")
        .and_then(|at| queue(&at, queues, service));
    let cpu = record
        .get("cpuPerMessage")
        .and_then(|at| load::cpu(&at, "messages"));
    let latency = record.parse_or::<Span>("latency");
    let whole = |key, (least, most), preset: u64| match record.get(key) {
        Some(at) => at.integer(least, most),
        None => Some(preset),
    };
    let concurrency = whole("concurrency", (1, 1_000), 1);
    let idle_cpu = record.parse_or::<Cpu>("idleCpu");
    let cpu_limit = match record.get("cpuLimit") {
        Some(at) => at.parse::<Cpu>().map(Some),
        None => Some(None),
    };
    let wait_time = whole("waitTimeSeconds", (1, 20), 20);
    let batch = whole("maxNumberOfMessages", (1, 10), 1);
    let failure = record.parse_or::<Ratio>("failureProbability");
    let extends_visibility = match record.get("extendsVisibility") {
        Some(at) => at.boolean(),
        None => Some(false),
    };
    let (cpu_per_message, cpu_law) = cpu?;
    Some(Worker {
        queue: queue?,
        cpu_per_message,
        cpu_law,
        latency: latency?,
        concurrency: concurrency? as u32,
        idle_cpu: idle_cpu?,
        cpu_limit: cpu_limit?,
        wait_time: Span::seconds(wait_time?),
        batch: batch? as u32,
        failure_probability: failure?.as_f64(),
        extends_visibility: extends_visibility?,
    })
}

/// Reads `queueName`: a queue of the scenario that no other service works on.
fn queue(at: &Cursor<'_>, queues: &Queues, service: &str) -> Option<usize> {
    let queue = queues.named(at)?;
    if let Some(other) = queues.other_worker(queue, service) {
        at.problem(format!(
            "the service `{other}` works on `{}` already",
            queues.name(queue)
        ))
        .hint("give each service a queue of its own, or one service more tasks")
        .report();
        return None;
    }
    Some(queue)
}

/// Reports what a service with a worker cannot have.
pub fn check_alone(record: &Record<'_>) {
    if record.get("worker").is_none() {
        return;
    }
    for key in ["load", "loadBalancers"] {
        if let Some(at) = record.get(key)
            && !at.node.is_empty()
        {
            at.problem(format!("a service with a `worker` has no `{key}`"))
                .hint("divide it into a service for requests and one for messages")
                .report();
        }
    }
}

/// Checks that a task can work on messages, and that a message is not delivered again without end; warns of
/// more messages than the largest number of tasks can work on. Reports what is wrong at `at`.
pub fn check(
    at: &Cursor<'_>,
    (worker, queue): (&Worker, &Queue),
    demand: &Demand,
    (most_tasks, until): (u32, Option<Until>),
) {
    let Drawn::Fixed(cpu) = &demand.cpu else {
        return;
    };
    let limit = worker.cpu_limit.unwrap_or(*cpu);
    if limit == Cpu::ZERO {
        at.problem("the tasks of this service have no CPU, so that they work on no message")
            .hint("give the task definition or its containers `cpu`, or the worker a `cpuLimit`")
            .report();
        return;
    }
    if worker.idle_cpu >= limit {
        let idle = worker.idle_cpu;
        at.problem(format!(
            "`idleCpu` ({idle}) leaves nothing of the {limit} of a task for messages"
        ))
        .report();
        return;
    }
    let of_task = worker.most_per_task(*cpu);
    let seconds = f64::from(worker.concurrency) / of_task;
    let timeout = queue.visibility_timeout;
    if seconds > timeout.as_seconds_f64() && !worker.extends_visibility {
        let text = format!(
            "a message takes {seconds:.1} s when a task works on {}, and its visibility timeout is {timeout}: it is delivered again meanwhile",
            worker.concurrency
        );
        let draft = at.problem(text).hint(
            "give the queue a longer `visibilityTimeout`, or the worker `extendsVisibility: true`",
        );
        match seconds > timeout.as_seconds_f64() * Worker::MOST_TIMEOUTS {
            true => draft.report(),
            false => draft.warning().report(),
        }
    }
    let end = match until {
        Some(Until::Elapsed(end)) => end,
        _ => Span::ZERO,
    };
    let highest = crate::plan::sum_highest(&queue.rates, SimTime::ZERO + end);
    check_rates(at, (worker, queue), highest, (of_task, most_tasks));
}

/// Warns of more deliveries per second than the largest number of tasks can work on; reports more messages than
/// a queue may get.
fn check_rates(
    at: &Cursor<'_>,
    (worker, queue): (&Worker, &Queue),
    highest: f64,
    (of_task, most_tasks): (f64, u32),
) {
    if highest > Queue::MOST_PER_SECOND {
        at.problem(format!(
            "up to {} messages are sent per second to the queue `{}`",
            digits(highest),
            queue.name
        ))
        .expected("at most 1,000,000 messages per second")
        .report();
        return;
    }
    let most = of_task * f64::from(most_tasks);
    let deliveries = highest * deliveries(worker, queue);
    if deliveries <= most {
        return;
    }
    let again = match worker.failure_probability > 0.0 {
        true => format!(", {} with those that fail", digits(deliveries)),
        false => String::new(),
    };
    at.problem(format!(
        "up to {} messages are sent per second{again}, and {most_tasks} tasks work on {}: {} per task",
        digits(highest),
        digits(most),
        digits(of_task)
    ))
    .warning()
    .report();
}

/// The mean number of deliveries of a message, where tasks are fast enough.
fn deliveries(worker: &Worker, queue: &Queue) -> f64 {
    let fails = worker.failure_probability;
    // Without a dead-letter queue a message is received until it is too old.
    let most = match queue.redrive {
        Some(redrive) => f64::from(redrive.max_receive_count),
        None => queue.retention.as_seconds_f64() / queue.visibility_timeout.as_seconds_f64(),
    };
    match fails < 1.0 {
        true => ((1.0 - libm::pow(fails, most)) / (1.0 - fails)).max(1.0),
        false => most.max(1.0),
    }
}

/// A number with three significant digits, at least one of them after the point.
fn digits(number: f64) -> String {
    let before = match number > 0.0 {
        true => libm::floor(libm::log10(number)) as i32 + 1,
        false => 1,
    };
    let after = (3 - before).clamp(1, 12) as usize;
    format!("{number:.after$}")
}
