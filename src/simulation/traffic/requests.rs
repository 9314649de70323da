//! Requests arrive at the tasks of services, which serve them as far as their CPU allows.
//!
//! Requests are not simulated one by one: their rate, the tasks that serve and so the CPU that they use
//! are constant between two changes (a fluid model).

use super::queues;
use super::responses::ServingClass;
use super::service_metrics::ServiceMetrics;
use super::side::Side;
use super::single_shares::{Receivers, Shares};
use super::state::{Loaded, Traffic};
use super::uneven::move_waiting;
use crate::cluster::{RevisionId, ServiceId, WorkId};
use crate::engine::{Agenda, Reader};
use crate::plan::{ALL_REQUESTS, Load, LoadMode, MetricPeriod, REFERENCE_SPEED};
use crate::simulation::event::{Ctx, Event};
use crate::simulation::fact::Fact;
use crate::simulation::life::{
    Lives, Routed, ServingTasks, TargetClass, creation, listener, serving,
};
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
    if let Some(at) = next_rate {
        ctx.at(at, Event::LoadChanges { service });
    }
    loaded.schedule_retry(ctx, service);
    traffic.service_changed(ctx, service);
}

/// The tasks of a service that run or serve have changed.
pub(in crate::simulation) fn tasks_changed<R: Reader<Fact>>(
    traffic: &mut Traffic<'_>,
    lives: &Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
) {
    queues::tasks_changed(traffic, lives, ctx, service);
    let is_shared = traffic.cpu.is_some();
    let Some(loaded) = advance(traffic, ctx, service) else {
        return;
    };
    // Where CPU is shared, what the tasks can serve is found at the end of the instant.
    let is_shared = is_shared && loaded.load.mode == LoadMode::Fluid;
    let listener = listener::of(lives, service);
    let weight = |group| match listener {
        Some(listener) => listener.weight(group),
        None if group == 0 => ALL_REQUESTS,
        None => 0,
    };
    loaded.weights = [weight(0), weight(1)];
    let groups = match listener {
        Some(_) => 2,
        None => 1,
    };
    for group in 0..groups {
        let is_of_it = |(revision, ..): &Tasks| {
            let number = lives.revision_at(*revision).number;
            listener.is_none_or(|listener| listener.group(number) == group)
        };
        let tasks: Vec<_> = serving::serving(lives, service).filter(is_of_it).collect();
        match loaded.load.mode {
            LoadMode::Fluid => set_group(lives, loaded, (group, &tasks), (ctx.now(), is_shared)),
            LoadMode::Exact => set_single(lives, loaded, (group, &tasks), ctx.now()),
        }
    }
    loaded.route();
    loaded.schedule_retry(ctx, service);
    traffic.service_changed(ctx, service);
}

/// The tasks of a class of a revision.
type Tasks = (RevisionId, TargetClass, ServingTasks);

/// Sets how the tasks of a target group serve, by classes of its targets.
fn set_group(
    lives: &Lives<'_>,
    loaded: &mut Loaded<'_>,
    (group, tasks): (usize, &[Tasks]),
    (now, is_shared): (SimTime, bool),
) {
    loaded.keep_apart((group, TargetClass::default()), now);
    for (_, class, _) in tasks {
        loaded.keep_apart((group, *class), now);
    }
    let sides = loaded.sides.iter();
    let before: Vec<u32> = sides.map(|side| side.routed.total()).collect();
    let fails_open = fails_open(tasks);
    for place in 0..loaded.sides.len() {
        if loaded.sides[place].group != group {
            continue;
        }
        let class = loaded.sides[place].class;
        let own: Vec<Tasks> = tasks.iter().filter(|of| of.1 == class).copied().collect();
        let served = serve(lives, loaded, &own, fails_open);
        let side = &mut loaded.sides[place];
        if !is_shared {
            side.serve((loaded.load, &mut loaded.known), now, &served.classes);
        }
        set(side, loaded.load, &served, is_shared);
    }
    if before.len() > 1 {
        move_waiting(&mut loaded.sides, &before);
    }
}

/// The same where requests are simulated one by one: one side has all targets of the group.
fn set_single(
    lives: &Lives<'_>,
    loaded: &mut Loaded<'_>,
    (group, tasks): (usize, &[Tasks]),
    now: SimTime,
) {
    let all = TargetClass::default();
    loaded.keep_apart((group, all), now);
    let served = serve(lives, loaded, tasks, fails_open(tasks));
    let place = loaded.place_of((group, all)).unwrap_or(0);
    let side = &mut loaded.sides[place];
    set(side, loaded.load, &served, false);
    if tasks.iter().all(|(_, class, _)| *class == all) {
        side.serve((loaded.load, &mut loaded.known), now, &served.classes);
        return;
    }
    let shares = Shares::of(&served.of);
    let classes = served.classes.iter().zip(&shares.of_a_task);
    let classes: Vec<_> = classes.map(|(class, share)| (*class, *share)).collect();
    side.serve_unevenly(now, &classes, (shares.failing, shares.bad));
    side.erring = shares.erring;
}

/// Sets what is known of the tasks of a side.
fn set(side: &mut Side<'_>, load: &Load, served: &Served, is_shared: bool) {
    side.routed = served.routed;
    side.bad = served.bad;
    side.fails_open = served.fails_open;
    if !is_shared {
        side.set_capacity(load, served.capacity);
        side.flow.idle_cpu = Cpu::base(served.idle);
    }
    side.erring = served.erring;
    side.flow.running = served.running;
    side.flow.reserved_cpu = Cpu::base(served.reserved);
    side.flow.reserved_memory = Memory::bytes(served.reserved_memory);
    side.flow.idle_memory = Memory::bytes(served.idle_memory);
}

/// When no target is healthy, all get requests (facts/platform.md 4.1.5).
fn fails_open(tasks: &[Tasks]) -> bool {
    tasks.iter().all(|(.., tasks)| tasks.healthy.total() == 0)
}

/// How the tasks of a target group, or of a class of its targets, serve.
#[derive(Default)]
struct Served {
    classes: Vec<ServingClass>,
    /// The same in the same order: who gets the requests.
    of: Vec<Receivers>,
    routed: Routed,
    /// Tasks of a bad release among the routed ones.
    bad: u32,
    /// No target is healthy, so that the others get the requests.
    fails_open: bool,
    /// The share of the answers that are errors, in millionths.
    erring: u32,
    capacity: u64,
    running: u32,
    reserved: u64,
    idle: u64,
    reserved_memory: u64,
    idle_memory: u64,
}

/// How these tasks serve, by revision and class.
fn serve(lives: &Lives<'_>, loaded: &mut Loaded<'_>, tasks: &[Tasks], fails_open: bool) -> Served {
    let mut served = Served {
        fails_open,
        ..Served::default()
    };
    let mut errors = 0_u64;
    let has_memory = loaded.load.has_memory();
    for (revision, class, tasks) in tasks {
        let of = lives.revision_at(*revision);
        let shape = creation::fixed_shape(of.demand);
        let cpu = shape.cpu;
        let running = u64::from(tasks.running);
        let limit = loaded.load.limit_of_task(of.demand, cpu).unwrap_or(cpu);
        let of_task = loaded.capacity_of_task(limit);
        let those = match fails_open {
            true => tasks.unhealthy,
            false => tasks.healthy,
        };
        served.routed.add(those);
        let mut errs = 0;
        if of.is_bad {
            served.bad += those.total();
            errs = error_share(lives, *revision);
            errors += u64::from(those.answering) * u64::from(errs);
        }
        served.of.push(Receivers {
            class: *class,
            routed: those,
            is_bad: of.is_bad,
            errs,
        });
        let capacity = of_task.saturating_mul(those.answering.into());
        served.capacity = served.capacity.saturating_add(capacity);
        served.running += tasks.running;
        served.reserved += cpu.as_base() * running;
        served.idle += loaded.load.idle_cpu.as_base() * running;
        if has_memory {
            served.reserved_memory += shape.memory.as_bytes() * running;
            served.idle_memory += loaded.load.idle_memory.as_bytes() * running;
        }
        served.classes.push(ServingClass {
            cpu: limit.saturating_sub(loaded.load.idle_cpu),
            speed: REFERENCE_SPEED,
            tasks: those.answering,
        });
    }
    let erring = errors.checked_div(served.routed.answering.into());
    served.erring = erring.unwrap_or(0) as u32;
    served
}

/// The share of the requests that the tasks of a bad release answer with an error, in millionths.
fn error_share(lives: &Lives<'_>, revision: RevisionId) -> u32 {
    let of = lives.revision_at(revision);
    let WorkId::Service(service) = of.work else {
        return 0;
    };
    let planned = &lives.platform.plan().services[service.index()];
    let bad = planned.revision(of.number).bad;
    bad.map_or(0, |bad| bad.failure.error_share())
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
    Some(ServiceMetrics::of(&passed, loaded.targets()))
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
