//! Work arrives: one arrival ahead is on the agenda, and everything random about a task is
//! drawn when it is born.

use crate::catalog::smallest_fargate;
use crate::cluster::{Asked, EntryId, LaneId, Pending, Request, Shape, Task, TaskId, ZoneId};
use crate::engine::random::Stream;
use crate::engine::{Reader, Turn};
use crate::plan::{
    Arrivals, Demand, Drawn, MemoryDemand, NetworkMode, RateShape, StrategyItem, TraceRow,
};
use crate::policy::provisioning::{self, strategy::next};
use crate::simulation::life::revision::{Entry, Route};
use crate::simulation::{Event, Fact, Rejection, TaskFact, World, fargate, tasks};
use crate::units::{Cpu, Memory, SimTime, Span};

/// Where an entry stands in its arrivals.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::simulation) struct Source {
    /// The next listed time or trace row.
    next: usize,
    /// Tasks that may still arrive.
    left: Option<u64>,
}

impl Source {
    pub(in crate::simulation) fn new(arrivals: &Arrivals) -> Self {
        let left = match arrivals {
            Arrivals::Renewal { limit, .. } | Arrivals::Poisson { limit, .. } => *limit,
            Arrivals::At(_) | Arrivals::Schedule(_) | Arrivals::Trace(_) => None,
        };
        Self { next: 0, left }
    }
}

/// When the arrival after `now` comes.
pub(in crate::simulation) fn next_time(
    world: &World<'_>,
    entry: EntryId,
    now: SimTime,
) -> Option<SimTime> {
    let state = &world.entries[entry.index()];
    if state.source.left == Some(0) {
        return None;
    }
    let stream = || state.arrivals.stream(state.arrived);
    match &world.plan.tasks[entry.index()].arrivals {
        Arrivals::Renewal { gap, .. } => {
            Some(now + Span::from_seconds_f64(gap.sample(&mut stream())))
        }
        Arrivals::Poisson { rate, .. } => poisson(rate, now, &mut stream()),
        Arrivals::Schedule(schedule) if state.arrived == 0 => world.plan.first_by_clock(schedule),
        Arrivals::Schedule(schedule) => world.plan.next_by_clock(schedule, now),
        Arrivals::At(times) => times.get(state.source.next).copied(),
        Arrivals::Trace(trace) => trace.rows.get(state.source.next).map(|row| row.arrival),
    }
}

/// The first point of a Poisson process after `now`.
fn poisson(rate: &RateShape, now: SimTime, stream: &mut Stream) -> Option<SimTime> {
    match rate {
        RateShape::Constant(rate) => {
            let rate = rate.as_per_second();
            (rate > 0.0).then(|| now + Span::from_seconds_f64(-libm::log(stream.unit()) / rate))
        }
        RateShape::Sinusoidal {
            mean,
            amplitude,
            period,
            shift,
        } => {
            // Thinning (Lewis and Shedler 1979): points of the largest rate, kept by chance.
            let (mean, swing) = (mean.as_per_second(), amplitude.as_per_second());
            let (most, period) = (mean + swing, period.as_seconds_f64());
            if most <= 0.0 {
                return None;
            }
            let mut at = now;
            loop {
                at += Span::from_seconds_f64(-libm::log(stream.unit()) / most);
                let turn = (at.as_seconds_f64() + shift.as_seconds_f64()) / period;
                let wave = libm::sin(std::f64::consts::TAU * (turn - libm::floor(turn)));
                if stream.unit() * most < mean + swing * wave {
                    return Some(at);
                }
            }
        }
        RateShape::Piecewise { steps, every } => piecewise(steps, *every, now, stream),
    }
}

/// A unit exponential is spent on the integrated rate, step by step.
fn piecewise(
    steps: &[(Span, crate::units::Rate)],
    every: Option<Span>,
    now: SimTime,
    stream: &mut Stream,
) -> Option<SimTime> {
    let mut left = -libm::log(stream.unit());
    let cycle = every.map(Span::as_micros);
    let mut at = now.as_micros();
    // What a whole cycle spends; many at once are skipped by division.
    let whole = cycle.map(|cycle| {
        let ends = steps.iter().skip(1).map(|(from, _)| from.as_micros());
        let lengths = steps.iter().zip(ends.chain([cycle]));
        lengths
            .map(|((from, rate), end)| {
                rate.as_per_second() * end.saturating_sub(from.as_micros()) as f64 / 1e6
            })
            .sum::<f64>()
    });
    if let (Some(whole), Some(cycle)) = (whole, cycle) {
        if whole <= 0.0 {
            return None;
        }
        // One cycle is left to the walk below, so that rounding never passes the point.
        let skipped = (left / whole - 1.0).max(0.0) as u64;
        left -= skipped as f64 * whole;
        at = at.saturating_add(skipped.saturating_mul(cycle));
    }
    while at < LATEST {
        let (base, offset) = cycle.map_or((0, at), |cycle| (at / cycle * cycle, at % cycle));
        let step = steps
            .partition_point(|(from, _)| from.as_micros() <= offset)
            .max(1)
            - 1;
        let rate = steps[step].1.as_per_second();
        let end = steps
            .get(step + 1)
            .map(|(from, _)| from.as_micros())
            .or(cycle);
        let needed = left / rate;
        match end.map(|end| end - offset) {
            Some(length) if rate <= 0.0 || needed * 1e6 >= length as f64 => {
                left -= rate * length as f64 / 1e6;
                at = base + offset + length;
            }
            None if rate <= 0.0 => return None,
            _ => return Some(SimTime::micros(at) + Span::from_seconds_f64(needed)),
        }
    }
    Some(SimTime::micros(at))
}

/// No run lasts so long; see [`crate::simulation::LONGEST`].
const LATEST: u64 = 2 * crate::simulation::LONGEST.as_micros();

/// An arrival is due: its tasks are born, and the next one is put on the agenda.
#[inline(always)]
pub(in crate::simulation) fn due<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    entry: EntryId,
) {
    let plan = world.plan;
    let planned = &plan.tasks[entry.index()];
    let state = &mut world.entries[entry.index()];
    let row = match &planned.arrivals {
        Arrivals::Trace(trace) => Some(trace.rows[state.source.next]),
        _ => None,
    };
    state.source.next += 1;
    state.arrived += 1;
    // Base and weights count the tasks of one call of RunTask (facts/ecs.md 130).
    if !state.items.is_empty() {
        state.on_lane.fill(0);
    }
    let wanted = u64::from(row.map_or(planned.count, |row| row.count));
    let count = state.source.left.map_or(wanted, |left| left.min(wanted));
    state.source.left = state.source.left.map(|left| left - count);
    for _ in 0..count {
        let lane = choose_lane(&mut world.entries[entry.index()]);
        let (id, shape) = bear(world, turn, entry, lane, row.as_ref());
        submit_to(world, turn, id, lane, shape);
    }
    match next_time(world, entry, turn.now()) {
        Some(time) => turn.at(time, Event::WorkArrives { entry }),
        None => world.open_entries -= 1,
    }
}

/// The provider for the next task, by base and weight (facts/ecs.md 131).
#[inline(always)]
pub(in crate::simulation) fn choose_lane(entry: &mut Entry<'_>) -> LaneId {
    if entry.items.is_empty() {
        return entry.lane(0);
    }
    entry.on_lane.resize(entry.items.len(), 0);
    let number =
        next(&strategy(entry.items), &entry.on_lane).expect("some item of a strategy has a weight");
    entry.on_lane[number] += 1;
    entry.lane(number)
}

/// The items of a strategy as its policy sees them.
pub(in crate::simulation) fn strategy(items: &[StrategyItem]) -> Vec<provisioning::StrategyItem> {
    let item = |item: &StrategyItem| provisioning::StrategyItem {
        base: item.base,
        weight: item.weight,
    };
    items.iter().map(item).collect()
}

/// A task is born with everything that is random about it. No shape: nothing could ever
/// hold it.
#[inline(always)]
pub(in crate::simulation) fn bear<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    entry: EntryId,
    lane: LaneId,
    row: Option<&TraceRow>,
) -> (TaskId, Option<Shape>) {
    let now = turn.now();
    let state = &mut world.entries[entry.index()];
    let ordinal = state.born;
    state.born += 1;
    let (asked, shape) = draw_demand(state.demand, row, state, ordinal);
    let duration = match row {
        Some(row) => row.duration,
        None => state.draw_duration(ordinal),
    };
    let task = Task {
        entry,
        lane,
        ordinal,
        arrived: now,
        duration,
        shape: shape.unwrap_or(Shape {
            cpu: Cpu::base(asked.cpu),
            memory: Memory::bytes(asked.memory),
            ..Shape::default()
        }),
        asked,
        instance: None,
        zone: ZoneId::new(0),
        placed: now,
        started: now,
        attempts: 0,
        promised: false,
        held: false,
        running: false,
        stopping: false,
    };
    let id = world.tasks.add(task);
    world.jobs += u64::from(world.entries[entry.index()].service.is_none());
    turn.report(Fact::TaskArrived(TaskFact {
        task,
        provider: None,
    }));
    (id, shape)
}

/// A task that comes back is submitted: to Fargate at once, else to the next pass.
pub(in crate::simulation) fn submit<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
) {
    if let Some(task) = world.tasks.get(id) {
        let (lane, shape) = (task.lane, task.shape);
        submit_to(world, turn, id, lane, Some(shape));
    }
}

/// A task is submitted to a lane.
#[inline(always)]
pub(in crate::simulation) fn submit_to<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
    lane: LaneId,
    shape: Option<Shape>,
) {
    let Some(shape) = shape else {
        return tasks::reject(world, turn, id, Rejection::Unplaceable);
    };
    let entry = world.lanes[lane.index()].entry;
    let route = world.entries[entry.index()].route;
    if route == Route::Fargate {
        return fargate::submit(world, turn, id);
    }
    let request = Request {
        shape,
        requirement: &world.requirements[lane.index()],
    };
    if !world.cluster.could_ever_fit(&request) {
        return tasks::reject(world, turn, id, Rejection::Unplaceable);
    }
    let pending = |may_wait| Pending {
        task: id,
        entry,
        lane,
        shape,
        may_wait,
    };
    world.dirty = true;
    match route {
        Route::Jobs => world.fresh.push(pending(true)),
        Route::AtOnce => world.fresh.push(pending(false)),
        Route::Provisioning => world.submitted.push(pending(true)),
        Route::Service => {
            let provisions = world.lanes[lane.index()].provisions;
            world.submitted.push(pending(provisions));
        }
        Route::Fargate => {}
    }
}

/// What a task asks for and what it takes; `None` where Fargate has no size for it.
#[inline]
fn draw_demand(
    demand: &Demand,
    row: Option<&TraceRow>,
    state: &Entry<'_>,
    ordinal: u64,
) -> (Asked, Option<Shape>) {
    let cpu = match (row.and_then(|row| row.cpu), &demand.cpu) {
        (Some(cpu), _) => cpu,
        (None, Drawn::Fixed(cpu)) => *cpu,
        (None, Drawn::From(law)) => Cpu::from_units_f64(law.sample(&mut state.cpu.stream(ordinal))),
    };
    let memory = match (row.and_then(|row| row.memory), &demand.memory) {
        (Some(memory), _) => memory,
        (None, MemoryDemand::Absolute(Drawn::Fixed(memory))) => *memory,
        (None, MemoryDemand::Absolute(Drawn::From(law))) => {
            Memory::from_bytes_f64(law.sample(&mut state.memory.stream(ordinal)))
        }
        (None, MemoryDemand::PerVcpu(law)) => {
            let per_vcpu = law.sample(&mut state.memory.stream(ordinal));
            Memory::from_bytes_f64(per_vcpu * cpu.as_vcpus_f64())
        }
    };
    let gpu_millis = row
        .and_then(|row| row.gpu_millis)
        .unwrap_or(demand.gpus * 1000);
    let asked = Asked {
        cpu: cpu.as_base(),
        memory: memory.as_bytes(),
        gpu_millis,
    };
    let gpus = gpu_millis.div_ceil(1000);
    if demand.on_fargate {
        // Facts/ecs.md 25; a size that is not valid is raised to the smallest that is.
        let size = if gpus > 0 {
            None
        } else {
            smallest_fargate(cpu, memory)
        };
        let shape = size.map(|size| Shape {
            cpu: size.cpu,
            memory: size.memory,
            interfaces: 1,
            gpus: 0,
        });
        return (asked, shape);
    }
    let interfaces = u32::from(demand.network_mode == NetworkMode::Awsvpc);
    (
        asked,
        Some(Shape {
            cpu,
            memory,
            interfaces,
            gpus,
        }),
    )
}

/// What a task takes whose size is not drawn, on an instance.
pub(in crate::simulation) fn fixed_shape(demand: &Demand) -> Shape {
    let (Drawn::Fixed(cpu), MemoryDemand::Absolute(Drawn::Fixed(memory))) =
        (&demand.cpu, &demand.memory)
    else {
        panic!("the size of a service's tasks is not drawn");
    };
    Shape {
        cpu: *cpu,
        memory: *memory,
        interfaces: u32::from(demand.network_mode == NetworkMode::Awsvpc),
        gpus: demand.gpus,
    }
}

impl Entry<'_> {
    /// The run time that the n-th task was born with.
    #[inline]
    pub(in crate::simulation) fn draw_duration(&self, ordinal: u64) -> Span {
        match self.duration {
            None => self.fixed_duration,
            Some(law) => Span::from_seconds_f64(law.sample(&mut self.durations.stream(ordinal))),
        }
    }
}
