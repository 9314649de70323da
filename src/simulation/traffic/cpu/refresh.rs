//! The end of an instant in which something about the use of CPU has changed: the CPU of instances is
//! divided anew, and the services learn what their tasks can serve.

use super::wants;
use crate::cluster::{InstanceId, ServiceId};
use crate::engine::Reader;
use crate::plan::{Load, LoadMode, REFERENCE_SPEED};
use crate::simulation::event::{CpuEvent, Ctx, Event};
use crate::simulation::fact::Fact;
use crate::simulation::life::{Lives, serving};
use crate::simulation::traffic::processors::{OnHost, Processors, Shares, Want};
use crate::simulation::traffic::requests::advance;
use crate::simulation::traffic::responses::ServingClass;
use crate::simulation::traffic::side::Side;
use crate::simulation::traffic::state::{Loaded, Traffic};
use crate::simulation::traffic::task_times::TaskTimes;
use crate::units::{Cpu, Decimal, SimTime, Span};

/// Steps per doubling of the CPU of a task, in the computation of response times.
const STEPS_PER_DOUBLING: f64 = 8.0;

/// Tasks without a load that use CPU have changed.
pub(in crate::simulation) fn use_changed<R>(traffic: &mut Traffic<'_>, ctx: &mut Ctx<'_, R>) {
    if let Some(cpu) = &mut traffic.cpu {
        cpu.request(ctx);
    }
}

/// The credits of an instance may have run out.
pub(in crate::simulation) fn credits_spent<R>(
    traffic: &mut Traffic<'_>,
    ctx: &mut Ctx<'_, R>,
    id: InstanceId,
) {
    let Some(cpu) = &mut traffic.cpu else { return };
    let Some(host) = cpu.hosts.get_mut(&id) else {
        return; // It is terminated.
    };
    let (is_empty, again) = host.empty.comes(ctx.now());
    if let Some(at) = again {
        ctx.at(at, Event::Cpu(CpuEvent::CreditsSpent { instance: id }));
    }
    if is_empty {
        cpu.stale.insert(id);
        cpu.request(ctx);
    }
}

/// The requests of a service may no longer wait.
pub(in crate::simulation) fn drained<R>(
    traffic: &mut Traffic<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
) {
    let Some(cpu) = &mut traffic.cpu else { return };
    let (is_drained, again) = cpu.drained[service.index()].comes(ctx.now());
    if let Some(at) = again {
        ctx.at(at, Event::Cpu(CpuEvent::Drained { service }));
    }
    if is_drained {
        cpu.service_changed(ctx, service);
    }
}

/// The end of the instant: divides the CPU of instances.
pub(in crate::simulation) fn divide<R: Reader<Fact>>(
    traffic: &mut Traffic<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
) {
    let Some(mut cpu) = traffic.cpu.take() else {
        return;
    };
    cpu.begin();
    cpu.take_changes(lives);
    for number in (0..cpu.changed.len()).filter(|number| cpu.changed[*number]) {
        let sides = traffic.services[number].iter_mut();
        let sides = sides.flat_map(|loaded| &mut loaded.sides);
        sides.for_each(|side| side.drains = false);
    }
    let mut touched = Vec::new();
    // Again where requests wait that tasks work on from now on with all the CPU that they can get.
    let services = loop {
        wants::find(&mut cpu, lives, traffic);
        cpu.divide(ctx.now(), &mut touched);
        let numbers = (0..touched.len()).filter(|number| touched[*number]);
        let services: Vec<ServiceId> = numbers.map(ServiceId::new).collect();
        let begin = serve(&mut cpu, traffic, lives, ctx, &services);
        if begin.is_empty() {
            break services;
        }
        begin
            .iter()
            .for_each(|service| cpu.changed[service.index()] = true);
    };
    for service in services {
        schedule(&mut cpu, traffic, ctx, service);
        if let Some(calls) = &mut traffic.calls {
            let loaded = traffic.services[service.index()].as_ref();
            calls.can_serve(ctx, service, loaded.map_or(0, Loaded::capacity));
        }
    }
    cpu.settle(ctx);
    traffic.cpu = Some(cpu);
}

/// Schedules what follows from what the tasks of a service serve from now on.
fn schedule<R>(
    cpu: &mut Processors,
    traffic: &mut Traffic<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
) {
    let Some(loaded) = traffic.services[service.index()].as_mut() else {
        return;
    };
    let ends = loaded.sides.iter().filter_map(Side::drained_at).min();
    if let Some(at) = cpu.drained[service.index()].set(ends) {
        ctx.at(at, Event::Cpu(CpuEvent::Drained { service }));
    }
    loaded.schedule_retry(ctx, service);
}

/// The tasks of a side by what they can serve.
#[derive(Default)]
struct Found {
    classes: Vec<ServingClass>,
    tasks: u32,
    /// Requests per second that they can serve, in millionths.
    capacity: u64,
    /// The part of it that they serve when each gets as many requests as the others.
    when_even: u64,
    /// Some task gets more requests than it can serve.
    is_overloaded: bool,
    /// The CPU that they use without requests.
    idle: u64,
    /// Tasks ÷ the speed of their processors, in millionths.
    slowness: u64,
}

/// For the CPU for requests and the speed of a task: what it can serve, and its CPU for response times.
type Computed = ((Cpu, Decimal), (u64, Cpu));

/// Finds what the tasks of these services can serve. Returns the services of which requests wait that tasks
/// work on from now on with all the CPU that they can get.
fn serve<R: Reader<Fact>>(
    cpu: &mut Processors,
    traffic: &mut Traffic<'_>,
    lives: &Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    services: &[ServiceId],
) -> Vec<ServiceId> {
    if services.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<Vec<Found>> = Vec::new();
    found.resize_with(traffic.services.len(), Vec::new);
    for service in services {
        if let Some(loaded) = advance(traffic, ctx, *service)
            && loaded.load.mode == LoadMode::Fluid
        {
            found[service.index()].resize_with(loaded.sides.len(), Found::default);
        }
    }
    let hosted = add_hosted(cpu, traffic, &mut found);
    let mut begin = Vec::new();
    for service in services {
        let found = std::mem::take(&mut found[service.index()]);
        if let Some(loaded) = traffic.services[service.index()].as_mut()
            && !found.is_empty()
        {
            let found = with_others((&mut *cpu, &hosted), lives, loaded, *service, found);
            if apply(loaded, ctx.now(), found) {
                begin.push(*service);
            }
        }
    }
    begin
}

/// Adds the tasks on instances. Returns by class of a revision the number of those that serve and of others.
fn add_hosted(
    cpu: &Processors,
    traffic: &Traffic<'_>,
    found: &mut [Vec<Found>],
) -> Vec<(u32, u32)> {
    let mut hosted = vec![(0, 0); cpu.wants.len()];
    let mut computed: Vec<Option<Computed>> = vec![None; cpu.wants.len()];
    for (shares, hosts) in cpu.shares() {
        for on in &shares.tasks {
            let number = on.number;
            let want = &cpu.wants[number];
            if let Some((service, side)) = want.place
                && let Some(found) = found[service.index()].get_mut(side)
                && let Some(loaded) = &traffic.services[service.index()]
            {
                let of = (shares, on, want);
                found.add_hosted(loaded.load, of, hosts, &mut computed[number]);
                hosted[number].0 += on.serving * hosts;
                hosted[number].1 += on.others * hosts;
            }
        }
    }
    hosted
}

/// The same with the tasks of a service that are on no instance: their CPU is their own.
fn with_others(
    (cpu, hosted): (&mut Processors, &[(u32, u32)]),
    lives: &Lives<'_>,
    loaded: &Loaded<'_>,
    service: ServiceId,
    mut found: Vec<Found>,
) -> Vec<Found> {
    for (revision, class, tasks) in serving::serving(lives, service) {
        let number = cpu.classes.number((revision, class));
        let want = &cpu.wants[number];
        let (busy, others) = hosted[number];
        let Some(found) = want.place.and_then(|(_, side)| found.get_mut(side)) else {
            continue;
        };
        let running = tasks.running.saturating_sub(busy + others);
        found.idle += u64::from(running) * want.base.min(want.limit);
        let left = want.serving(&tasks).saturating_sub(busy);
        if left > 0 && want.limit < u64::MAX {
            let free = Cpu::base(want.limit.saturating_sub(want.base));
            let serves = capacity(loaded.load, (free, free), REFERENCE_SPEED);
            found.add(left, (serves, want.rate), (free, REFERENCE_SPEED));
        }
    }
    found
}

/// Sets what the tasks of a service serve from now on. Returns true as [`set`] does for one of its target groups.
fn apply(loaded: &mut Loaded<'_>, now: SimTime, found: Vec<Found>) -> bool {
    let mut begins = false;
    for (side, found) in loaded.sides.iter_mut().zip(found) {
        begins |= set(side, (loaded.load, &mut loaded.known), found, now);
    }
    loaded.route();
    begins
}

impl Found {
    /// Adds the tasks of a revision on this number of equal instances.
    fn add_hosted(
        &mut self,
        load: &Load,
        (shares, on, want): (&Shares, &OnHost, &Want),
        hosts: u32,
        computed: &mut Option<Computed>,
    ) {
        self.idle += u64::from(on.others * hosts) * on.used_by_other;
        self.idle += u64::from(on.serving * hosts) * want.base.min(on.reach);
        if on.serving == 0 {
            return;
        }
        let free = Cpu::base(on.reach.saturating_sub(want.base).max(1));
        let speed = shares.speed;
        let kind = (free, speed);
        let (serves, class) = match *computed {
            Some((known, result)) if known == kind => result,
            _ => {
                // With all its CPU a task has the response times of one that has no neighbours.
                let class = match on.reach == shares.most(want) {
                    true => free,
                    false => rounded(free),
                };
                (capacity(load, (free, class), speed), class)
            }
        };
        *computed = Some((kind, (serves, class)));
        self.add(on.serving * hosts, (serves, want.rate), (class, speed));
    }

    /// Adds tasks. Each can serve `serves` requests per second and gets `gets`, both in millionths.
    fn add(&mut self, tasks: u32, (serves, gets): (u64, u64), (cpu, speed): (Cpu, Decimal)) {
        let count = u64::from(tasks);
        self.tasks += tasks;
        self.capacity = self.capacity.saturating_add(serves.saturating_mul(count));
        let even = serves.min(gets).saturating_mul(count);
        self.when_even = self.when_even.saturating_add(even);
        self.is_overloaded |= gets > serves;
        self.slowness += count * Decimal::MILLIONTHS * Decimal::MILLIONTHS / speed.as_millionths();
        let mut known = self.classes.iter_mut();
        match known.find(|class| (class.cpu, class.speed) == (cpu, speed)) {
            Some(class) => class.tasks += tasks,
            None => self.classes.push(ServingClass { cpu, speed, tasks }),
        }
    }
}

/// The requests per second that a task can serve which has this CPU for them, in millionths; above zero. How much
/// of it a limit of requests at once leaves unused is computed for `near`, where that takes time.
fn capacity(load: &Load, (free, near): (Cpu, Cpu), speed: Decimal) -> u64 {
    let by_cpu = load.capacity_by_cpu(free, speed);
    let Some(_) = load.max_concurrency else {
        return by_cpu.max(1);
    };
    let near = match load.latency {
        Span::ZERO => free,
        _ => near,
    };
    let all = load.capacity_by_cpu(near, speed).max(1);
    let used = load.most_at_once(near, speed).min(all);
    let capacity = u128::from(by_cpu) * u128::from(used) / u128::from(all);
    u64::try_from(capacity).unwrap_or(u64::MAX).max(1)
}

/// CPU on a grid of equal ratios in which a vCPU is a step, so that response times are computed for few values.
fn rounded(cpu: Cpu) -> Cpu {
    let vcpu = Cpu::BASE_PER_VCPU as f64;
    let exact = libm::log2(cpu.as_base().max(1) as f64 / vcpu) * STEPS_PER_DOUBLING;
    let step = libm::floor(exact + 0.5);
    Cpu::base((vcpu * libm::pow(2.0, step / STEPS_PER_DOUBLING) + 0.5).max(1.0) as u64)
}

/// Sets what the tasks of a target group serve from now on. Returns true when requests wait that they work
/// on with all the CPU that they can get, which was not known yet.
fn set(
    side: &mut Side<'_>,
    (load, known): (&Load, &mut TaskTimes),
    found: Found,
    now: SimTime,
) -> bool {
    let capacity = match found.is_overloaded {
        true => found.when_even,
        false => found.capacity,
    };
    side.set_capacity(load, capacity);
    let flow = &mut side.flow;
    flow.idle_cpu = Cpu::base(found.idle);
    let of_reference = u128::from(load.cpu_per_request.as_micros());
    let tasks = u128::from(found.tasks) * u128::from(Decimal::MILLIONTHS);
    let mean = (of_reference * u128::from(found.slowness)).checked_div(tasks);
    flow.cpu_per_request = mean.map_or(load.cpu_per_request, |mean| {
        Span::micros(u64::try_from(mean).unwrap_or(u64::MAX))
    });
    let begins = flow.queued > 0 && flow.capacity > 0 && !found.is_overloaded && !side.drains;
    side.drains |= begins;
    side.serve((load, known), now, &found.classes);
    begins
}
