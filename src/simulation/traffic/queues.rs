//! Queues of SQS: messages are sent, and the tasks of services work on them.

use super::queue::WorkerTasks;
use super::queue_states::WatchedQueue;
use super::service_metrics::ServiceMetrics;
use super::state::Traffic;
use crate::cluster::ServiceId;
use crate::engine::{Agenda, Reader};
use crate::simulation::event::{Ctx, Event};
use crate::simulation::fact::Fact;
use crate::simulation::life::{Lives, creation, serving};
use crate::simulation::messages::Messages;
use crate::units::{SimTime, Span};

/// A queue is looked at once in this time at least.
const MINUTE: Span = Span::seconds(60);

/// Schedules the first look at each queue.
pub(in crate::simulation) fn begin(traffic: &Traffic<'_>, agenda: &mut Agenda<Event>) {
    for queue in 0..traffic.queues.queues.len() {
        let queue = queue as u32;
        agenda.push(SimTime::ZERO, Event::QueueDue { queue });
    }
}

/// The rate of the messages of a queue changes, or a minute is over.
pub(in crate::simulation) fn due<R: Reader<Fact>>(
    traffic: &mut Traffic<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    queue: u32,
) {
    let (now, number) = (ctx.now(), queue as usize);
    if traffic.queues.queues[number].next != now {
        return;
    }
    advance(traffic, ctx, number);
    let origin = traffic.queues.origin;
    let watched = &mut traffic.queues.queues[number];
    let calls = std::mem::take(&mut watched.unbilled);
    lives.platform.count_queue_requests(calls, now);
    watched.set_rate(now);
    let minute = SimTime::micros((now.as_micros() / MINUTE.as_micros() + 1) * MINUTE.as_micros());
    let mut next = watched
        .next_change()
        .map_or(minute, |next| next.min(minute));
    if now < origin {
        next = next.min(origin);
    }
    watched.next = next;
    ctx.at(next, Event::QueueDue { queue });
}

/// Tasks run again, or none does any more: messages may come in another way.
fn look_again<R: Reader<Fact>>(watched: &mut WatchedQueue<'_>, ctx: &mut Ctx<'_, R>, queue: usize) {
    let now = ctx.now();
    watched.set_rate(now);
    let next = watched.next_change();
    if let Some(next) = next.filter(|next| *next < watched.next) {
        watched.next = next;
        let queue = queue as u32;
        ctx.at(next, Event::QueueDue { queue });
    }
}

/// The tasks of a service that run have changed.
pub(in crate::simulation) fn tasks_changed<R: Reader<Fact>>(
    traffic: &mut Traffic<'_>,
    lives: &Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
) {
    let Some(number) = traffic.queues.of_services[service.index()] else {
        return;
    };
    advance(traffic, ctx, number);
    let planned = &lives.platform.plan().services[service.index()];
    let Some(worker) = &planned.worker else {
        return;
    };
    let mut workers = WorkerTasks::default();
    for (revision, _, tasks) in serving::serving(lives, service) {
        let cpu = creation::fixed_shape(lives.revision_at(revision).demand).cpu;
        let running = tasks.running;
        workers.tasks += running;
        workers.rate += worker.most_per_task(cpu) * f64::from(running);
        workers.cores += worker.cpu_for_messages(cpu).as_vcpus_f64() * f64::from(running);
        workers.reserved += cpu.as_base() * u64::from(running);
        workers.idle += worker.idle_cpu.as_base() * u64::from(running);
    }
    let watched = &mut traffic.queues.queues[number];
    let ran = watched.queue.tasks() > 0;
    watched.queue.set_tasks(workers);
    if watched.few.is_some() && ran != (workers.tasks > 0) {
        look_again(watched, ctx, number);
    }
}

/// The metrics of a service and of its queue in the minute that ends now; `None` without a queue.
pub(in crate::simulation) fn measure<R: Reader<Fact>>(
    traffic: &mut Traffic<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
) -> Option<ServiceMetrics> {
    let number = traffic.queues.of_services[service.index()]?;
    advance(traffic, ctx, number);
    let watched = &mut traffic.queues.queues[number];
    let passed = std::mem::take(&mut watched.since_measured);
    let metrics = ServiceMetrics::of_queue((&passed, &watched.measured), watched.queue.levels());
    watched.measured.add(&passed);
    Some(metrics)
}

fn advance<R: Reader<Fact>>(traffic: &mut Traffic<'_>, ctx: &mut Ctx<'_, R>, number: usize) {
    let now = ctx.now();
    let mut tell = |queue: usize, passed: Messages| ctx.report(Fact::Messages(queue, passed));
    traffic.queues.advance(number, now, &mut tell);
}

/// At the end of a run: counts what has passed since the last change.
pub(in crate::simulation) fn finish<R: Reader<Fact>>(
    traffic: &mut Traffic<'_>,
    lives: &mut Lives<'_>,
    end: SimTime,
    reader: &mut R,
) {
    let mut tell =
        |queue: usize, passed: Messages| reader.read(end, &Fact::Messages(queue, passed));
    let queues = traffic.queues.queues.len();
    for number in 0..queues {
        traffic.queues.advance(number, end, &mut tell);
    }
    for watched in &mut traffic.queues.queues {
        let calls = std::mem::take(&mut watched.unbilled);
        lives.platform.count_queue_requests(calls, end);
    }
}
