//! Checks of queues, and of the services that work on them.

use super::super::{Drawn, Plan, Queue, Service, Until, Worker, sum_highest};
use super::at::At;
use super::{load, shapes};
use crate::units::{Cpu, SimTime, Span};

/// The largest `maxReceiveCount` (facts/platform.md 12.5).
const MOST_RECEIVES: u32 = 1_000;

pub(super) fn queues(plan: &Plan, at: &At<'_>) {
    for (number, queue) in plan.queues.iter().enumerate() {
        let at = at.key("queues").key(&queue.name);
        if plan.prices.services.sqs_million_requests.is_none() {
            at.hint(
                format!("no price of SQS is known in `{}`", plan.region),
                "take `Prices::of_region` of a region that is known",
            );
        }
        check_queue(queue, &at);
        let end = match plan.until {
            Until::Elapsed(end) => end,
            Until::Drained => Span::ZERO,
        };
        if sum_highest(&queue.rates, SimTime::ZERO + end) > Queue::MOST_PER_SECOND {
            at.key("messagesPerSecond")
                .problem("at most 1,000,000 messages are sent to a queue per second");
        }
        let mut workers = plan.services.iter().filter_map(|of| of.worker.as_ref());
        if workers.by_ref().filter(|of| of.queue == number).count() > 1 {
            at.problem("two services work on it");
        }
        check_redrive(plan, number, &at);
    }
}

fn check_queue(queue: &Queue, at: &At<'_>) {
    for (index, shape) in queue.rates.iter().enumerate() {
        shapes::check(shape, &at.key("messagesPerSecond").item(index));
    }
    if !(queue.noise.is_finite() && queue.noise >= 0.0) {
        at.key("noise")
            .problem("a standard deviation is not negative");
    }
    let seconds = Span::seconds;
    if !(seconds(1)..=Span::hours(12)).contains(&queue.visibility_timeout) {
        at.key("visibilityTimeout")
            .problem("this time is from 1 s to 12 h");
    }
    if !(seconds(60)..=Span::hours(14 * 24)).contains(&queue.retention) {
        at.key("messageRetentionPeriod")
            .problem("this time is from 1 min to 14 d");
    }
}

/// The dead-letter queue is another one of the plan, and its dead letters do not come back.
fn check_redrive(plan: &Plan, number: usize, at: &At<'_>) {
    let at = at.key("redrivePolicy");
    let mut next = plan.queues[number].redrive;
    for _ in 0..=plan.queues.len() {
        let Some(redrive) = next else { return };
        if !(1..=MOST_RECEIVES).contains(&redrive.max_receive_count) {
            at.key("maxReceiveCount").problem("it is from 1 to 1,000");
        }
        let Some(target) = plan.queues.get(redrive.target) else {
            at.problem("its dead-letter queue is not in the plan");
            return;
        };
        next = target.redrive;
    }
    at.problem("its dead letters go round in a circle");
}

pub(super) fn service(plan: &Plan, service: &Service, at: &At<'_>) {
    let Some(worker) = &service.worker else {
        return;
    };
    let at = at.key("worker");
    if service.load.is_some() || service.targets.is_some() {
        at.problem("a service that works on a queue has no load and no target group");
    }
    let Some(queue) = plan.queues.get(worker.queue) else {
        at.key("queueName").problem("its queue is not in the plan");
        return;
    };
    check_worker(worker, &at);
    for revision in service.all_revisions() {
        let Drawn::Fixed(cpu) = revision.demand.cpu else {
            continue;
        };
        let limit = worker.cpu_limit.unwrap_or(cpu);
        if worker.idle_cpu >= limit || limit == Cpu::ZERO {
            at.key("idleCpu").problem(format!(
                "revision `{}` has {limit} a task, which leaves nothing for messages",
                revision.name
            ));
            continue;
        }
        let seconds = f64::from(worker.concurrency) / worker.most_per_task(cpu);
        let most = queue.visibility_timeout.as_seconds_f64() * Worker::MOST_TIMEOUTS;
        if seconds > most && !worker.extends_visibility {
            at.key("cpuPerMessage")
                .problem("a message takes more than 100 visibility timeouts");
        }
    }
}

fn check_worker(worker: &Worker, at: &At<'_>) {
    if worker.cpu_per_message == Span::ZERO {
        at.key("cpuPerMessage").problem("this time must be above 0");
    }
    if let Some(law) = &worker.cpu_law {
        load::check_law(law, worker.cpu_per_message, &at.key("cpuPerMessage"));
    }
    if worker.concurrency == 0 {
        at.key("concurrency")
            .problem("a task works on at least one message");
    }
    if worker.wait_time == Span::ZERO {
        at.key("waitTimeSeconds")
            .problem("this time must be above 0");
    }
    if !(1..=10).contains(&worker.batch) {
        at.key("maxNumberOfMessages").problem("it is from 1 to 10");
    }
    if !(0.0..=1.0).contains(&worker.failure_probability) {
        at.key("failureProbability")
            .problem("a probability is from 0 to 1");
    }
}
