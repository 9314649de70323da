//! Requests arrive at the tasks of services, which serve them as far as their CPU allows.
//!
//! Requests are not simulated one by one: their rate, the tasks that serve and so the CPU that they use
//! are constant between two changes (a fluid model).

use super::responses::ServingClass;
use super::service_metrics::ServiceMetrics;
use super::state::{Loaded, Traffic};
use crate::cluster::ServiceId;
use crate::engine::{Agenda, Reader};
use crate::plan::MetricPeriod;
use crate::simulation::event::{Ctx, Event};
use crate::simulation::fact::Fact;
use crate::simulation::life::{Lives, Routed, creation, serving};
use crate::units::{Cpu, Memory, SimTime};

/// Schedules the first rate of each load, and the beginning of the reported time.
pub(in crate::simulation) fn begin(
    traffic: &Traffic<'_>,
    warm_up_ends: SimTime,
    agenda: &mut Agenda<Event>,
) {
    for service in traffic.loaded() {
        agenda.push(SimTime::ZERO, Event::LoadChanges { service });
        if warm_up_ends > SimTime::ZERO {
            agenda.push(warm_up_ends, Event::LoadChanges { service });
        }
    }
}

/// The rate of the requests of a service changes, or the reported time begins.
pub(in crate::simulation) fn load_changes<R: Reader<Fact>>(
    traffic: &mut Traffic<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
) {
    let Some(loaded) = advance(traffic, ctx, service) else {
        return;
    };
    let now = ctx.now();
    let mut next_rate = None;
    if loaded.next.map_or(now == SimTime::ZERO, |next| next <= now) {
        let (rate, next) = loaded.rate.from(now);
        loaded.set_rate(rate);
        (loaded.next, next_rate) = (next, next);
    }
    loaded.retry(now);
    loaded.route();
    let next_retry = loaded.next_retry(now);
    for at in [next_rate, next_retry].into_iter().flatten() {
        ctx.at(at, Event::LoadChanges { service });
    }
}

/// The tasks of a service that run or serve have changed.
pub(in crate::simulation) fn tasks_changed<R: Reader<Fact>>(
    traffic: &mut Traffic<'_>,
    lives: &Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
) {
    let Some(loaded) = advance(traffic, ctx, service) else {
        return;
    };
    let (mut capacity, mut reserved, mut idle) = (0_u64, 0_u64, 0_u64);
    let (mut reserved_memory, mut idle_memory) = (0_u64, 0_u64);
    let has_memory = loaded.load.has_memory();
    // When no target is healthy, all get requests (facts/platform.md 4.1.5).
    let all = || serving::serving(lives, service);
    let fails_open = all().all(|(_, tasks)| tasks.healthy.total() == 0);
    let mut routed = Routed::default();
    let mut classes = Vec::new();
    for (revision, tasks) in all() {
        let shape = creation::fixed_shape(lives.revision_at(revision).demand);
        let cpu = shape.cpu;
        let running = u64::from(tasks.running);
        let of_task = loaded.capacity_of_task(cpu);
        let those = match fails_open {
            true => tasks.unhealthy,
            false => tasks.healthy,
        };
        routed.add(those);
        capacity = capacity.saturating_add(of_task.saturating_mul(those.answering.into()));
        reserved += cpu.as_base() * running;
        idle += loaded.load.idle_cpu.as_base() * running;
        if has_memory {
            reserved_memory += shape.memory.as_bytes() * running;
            idle_memory += loaded.load.idle_memory.as_bytes() * running;
        }
        classes.push(ServingClass {
            cpu,
            tasks: those.answering,
        });
    }
    loaded.serve(ctx.now(), &classes);
    loaded.flow.capacity = capacity;
    loaded.flow.reserved_cpu = Cpu::base(reserved);
    loaded.flow.idle_cpu = Cpu::base(idle);
    loaded.flow.reserved_memory = Memory::bytes(reserved_memory);
    loaded.flow.idle_memory = Memory::bytes(idle_memory);
    loaded.routed = routed;
    loaded.route();
    if let Some(at) = loaded.next_retry(ctx.now()) {
        ctx.at(at, Event::LoadChanges { service });
    }
}

/// The metrics of a service of the period that ends now; `None` without a load, and without metrics of
/// that period.
pub(in crate::simulation) fn measure<R: Reader<Fact>>(
    traffic: &mut Traffic<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    period: MetricPeriod,
) -> Option<ServiceMetrics> {
    let is_measured =
        |of: &Loaded<'_>| period == MetricPeriod::Minute || of.since_measured_fast.is_some();
    traffic.services[service.index()]
        .as_ref()
        .filter(|of| is_measured(of))?;
    let loaded = advance(traffic, ctx, service)?;
    let since = match period {
        MetricPeriod::Minute => &mut loaded.since_measured,
        MetricPeriod::TwentySeconds => loaded.since_measured_fast.as_mut()?,
    };
    let passed = std::mem::take(since);
    Some(ServiceMetrics::of(&passed, loaded.routed.total()))
}

/// Counts what has passed at the present rates. Returns the requests of the service; `None` without a
/// load.
pub(super) fn advance<'a, 'p, R: Reader<Fact>>(
    traffic: &'a mut Traffic<'p>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
) -> Option<&'a mut Loaded<'p>> {
    let loaded = traffic.services[service.index()].as_mut()?;
    if let Some(passed) = loaded.pass(ctx.now()) {
        ctx.report(Fact::Requests(service, passed));
    }
    Some(loaded)
}

/// At the end of a run: counts what has passed since the last change.
pub(in crate::simulation) fn finish<R: Reader<Fact>>(
    traffic: &mut Traffic<'_>,
    end: SimTime,
    reader: &mut R,
) {
    for (number, of) in traffic.services.iter_mut().enumerate() {
        if let Some(passed) = of.as_mut().and_then(|loaded| loaded.pass(end)) {
            reader.read(end, &Fact::Requests(ServiceId::new(number), passed));
        }
    }
}
