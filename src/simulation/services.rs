//! Services: the service scheduler looks at each when something has changed, at the next of
//! its rounds, stops what is too many or serves no more, and starts what is missing
//! (facts/ecs.md 69 to 71, 91 to 95, 106 to 119, 193 to 202, 225).

mod daemons;

pub(super) use daemons::{instance_gone, keeps_room, start_daemons};

use super::{
    Event, Fact, Rejection, ServiceEvent, StopReason, TaskFact, World, agent, arrivals, grace,
    instances, pass,
};
use crate::cluster::{EntryId, InstanceId, Lack, LaneId, Request, ServiceId, Task, TaskId};
use crate::engine::random::{Purpose, StreamKey};
use crate::engine::{Agenda, Reader, Turn};
use crate::plan::{Delays, PlacementRule, Plan, Scheduling, Service, SpreadField, Strategy};
use crate::policy::provisioning::strategy::surplus;
use crate::policy::rate::TokenBucket;
use crate::policy::services::{
    Counts, PlacementRetry, SpreadBy, StartThrottle, StopCandidate, StopRule, choose_stop,
    reconcile, within_capacity,
};
use crate::units::{SimTime, Span};
use std::collections::BTreeSet;

/// Where nothing takes time, a service is looked at once per instant, and again a second
/// later: else one whose tasks end as they start would never let time go on.
const AGAIN: Span = Span::seconds(1);

/// What the world keeps about a service.
pub(super) struct ServiceState<'p> {
    plan: &'p Service,
    entry: EntryId,
    desired: u32,
    minimum: u32,
    maximum: u32,
    /// Its tasks, in order of birth; those that have left are dropped at the next round.
    tasks: Vec<TaskId>,
    /// When it is looked at next, and when it was last.
    next: Option<SimTime>,
    last: Option<SimTime>,
    throttle: StartThrottle,
    throttled_until: SimTime,
    retry: PlacementRetry,
    retry_at: SimTime,
    /// facts/ecs.md 44.
    launches: TokenBucket,
    is_steady: bool,
    is_blocked: bool,
    /// A daemon's: instances that keep its room free until it runs there (facts/ecs.md 107).
    kept: BTreeSet<InstanceId>,
    choice: StreamKey,
}

impl<'p> ServiceState<'p> {
    pub(super) fn new(plan: &Plan, seed: u64, service: &'p Service, entry: EntryId) -> Self {
        let (minimum, maximum) = (service.min_capacity, service.max_capacity);
        let (rate, per) = (plan.assumptions.service_launch_rate, Span::seconds(60));
        let burst = plan.assumptions.service_launch_burst();
        Self {
            plan: service,
            entry,
            desired: within_capacity(service.desired_count, minimum, maximum),
            minimum,
            maximum,
            tasks: Vec::new(),
            next: None,
            last: None,
            throttle: StartThrottle::default(),
            throttled_until: SimTime::ZERO,
            retry: PlacementRetry::default(),
            retry_at: SimTime::ZERO,
            launches: TokenBucket::new(burst, rate, per),
            is_steady: false,
            is_blocked: false,
            kept: BTreeSet::new(),
            choice: StreamKey::new(seed, Purpose::StopChoice, &service.name),
        }
    }

    /// From a pass that found no room to the next (facts/ecs.md 117).
    fn retry_delay(&self, plan: &Plan) -> Span {
        let assumed = &plan.assumptions;
        let period = assumed.service_scheduler_period;
        self.retry.delay(&assumed.placement_retry, period)
    }

    fn is_daemon(&self) -> bool {
        self.plan.scheduling == Scheduling::Daemon
    }
}

/// Every service is looked at as the run begins, and its scheduled actions come due.
pub(super) fn begin(world: &mut World<'_>, agenda: &mut Agenda<Event>) {
    for (number, state) in world.services.iter_mut().enumerate() {
        let service = ServiceId::new(number);
        state.next = Some(SimTime::ZERO);
        agenda.push(SimTime::ZERO, Event::ServiceTurns { service });
        for (action, scheduled) in state.plan.scheduled.iter().enumerate() {
            if let Some(at) = world.plan.first_by_clock(&scheduled.schedule) {
                let action = u16::try_from(action).expect("few scheduled actions");
                agenda.push(at, Event::ServiceActionDue { service, action });
            }
        }
    }
}

/// Something about a service has changed: it is looked at in the scheduler's next round
/// (facts/ecs.md 119).
pub(super) fn wake<R>(world: &mut World<'_>, turn: &mut Turn<'_, Event, R>, service: ServiceId) {
    wake_at(world, turn, service, turn.now());
}

fn wake_at<R>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    service: ServiceId,
    earliest: SimTime,
) {
    let period = match world.plan.delays {
        Delays::Realistic => world.plan.assumptions.service_scheduler_period.as_micros(),
        _ => 0,
    };
    let state = &mut world.services[service.index()];
    let mut at = match period {
        0 => earliest,
        period => SimTime::micros(earliest.as_micros().next_multiple_of(period)),
    };
    if state.last == Some(at) {
        at += Span::micros(period).max(AGAIN);
    }
    if state.next.is_none_or(|next| next > at) {
        state.next = Some(at);
        turn.at(at, Event::ServiceTurns { service });
    }
}

/// A scheduled action sets the desired count or its bounds (facts/ecs.md 189).
pub(super) fn act<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    service: ServiceId,
    action: usize,
) {
    let state = &mut world.services[service.index()];
    let scheduled = &state.plan.scheduled[action];
    state.minimum = scheduled.min_capacity.unwrap_or(state.minimum);
    state.maximum = scheduled.max_capacity.unwrap_or(state.maximum);
    let wanted = scheduled.desired_count.unwrap_or(state.desired);
    let to = within_capacity(wanted, state.minimum, state.maximum);
    let from = std::mem::replace(&mut state.desired, to);
    if from != to {
        // facts/ecs.md 117.
        state.retry.reset();
        state.retry_at = turn.now();
        state.is_steady = false;
        turn.report(Fact::Service(
            service,
            ServiceEvent::DesiredCountUpdated { from, to },
        ));
        wake(world, turn, service);
    }
    if let Some(at) = world.plan.next_by_clock(&scheduled.schedule, turn.now()) {
        let action = u16::try_from(action).expect("few scheduled actions");
        turn.at(at, Event::ServiceActionDue { service, action });
    }
}

/// The service scheduler looks at a service, if the reminder still holds.
pub(super) fn turn<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    service: ServiceId,
) {
    let now = turn.now();
    let state = &mut world.services[service.index()];
    if state.next != Some(now) {
        return;
    }
    state.next = None;
    if world.faults.control_plane_is_out() {
        return; // It is looked at when the control plane is back.
    }
    let state = &mut world.services[service.index()];
    state.last = Some(now);
    let tasks = &world.tasks;
    state.tasks.retain(|id| tasks.get(*id).is_some());
    let spares = state.plan.health_check_grace_period;
    if let Some(at) = grace::ends(&state.tasks, spares, &world.tasks, &world.lives, now) {
        wake_at(world, turn, service, at);
    }
    if world.services[service.index()].is_daemon() {
        return daemons::turn(world, turn, service);
    }
    let kinds = kinds(world, service, now);
    let counts = count(&world.services[service.index()], &kinds);
    let state = &world.services[service.index()];
    let step = reconcile(&counts, state.plan.bounds(state.desired));
    let stop = &step.stop;
    use Kind::{Healthy, OldHealthy, OldPending, OldUnhealthy, Pending, Unhealthy};
    let draining = StopReason::InstanceDraining;
    stop_first(world, turn, &kinds, OldPending, stop.old_pending, draining);
    stop_first(
        world,
        turn,
        &kinds,
        OldUnhealthy,
        stop.old_unhealthy,
        draining,
    );
    stop_first(world, turn, &kinds, OldHealthy, stop.old_healthy, draining);
    let failed = StopReason::FailedHealthChecks;
    stop_first(world, turn, &kinds, Unhealthy, stop.unhealthy, failed);
    scale_in(world, turn, service, &kinds, Pending, stop.pending);
    scale_in(world, turn, service, &kinds, Healthy, stop.healthy);
    start(world, turn, service, step.start);
    let is_steady = counts.healthy == counts.desired
        && counts.total() == counts.healthy
        && counts.stopping == 0;
    let state = &mut world.services[service.index()];
    if is_steady && !state.is_steady {
        turn.report(Fact::Service(service, ServiceEvent::SteadyState));
    }
    state.is_steady = is_steady;
    if step.is_blocked && !state.is_blocked {
        turn.report(Fact::Service(service, ServiceEvent::Blocked));
    }
    state.is_blocked = step.is_blocked;
    if step.stop.total() > 0 {
        wake(world, turn, service);
    }
}

/// What a task is to its service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Stopping,
    Pending,
    Healthy,
    Unhealthy,
    /// On a draining instance, to be replaced (facts/ecs.md 225).
    OldPending,
    OldHealthy,
    OldUnhealthy,
}

fn kinds(world: &World<'_>, service: ServiceId, now: SimTime) -> Vec<(TaskId, Kind)> {
    let state = &world.services[service.index()];
    let kind = |id: &TaskId| {
        let task = world.tasks.get(*id)?;
        let life = world.lives.get(id.slot()).and_then(Option::as_ref);
        let drains = task.instance.is_some_and(|instance| {
            world.machines[instance.index()].state == instances::State::Draining
        });
        let in_grace = now.since(task.started) < state.plan.health_check_grace_period;
        let kind = match life {
            _ if task.stopping => Kind::Stopping,
            Some(life) if life.healthy && drains => Kind::OldHealthy,
            Some(life) if life.healthy => Kind::Healthy,
            // facts/ecs.md 203.
            Some(life) if life.unhealthy && !in_grace && drains => Kind::OldUnhealthy,
            Some(life) if life.unhealthy && !in_grace => Kind::Unhealthy,
            _ if drains && task.running => Kind::OldHealthy,
            _ if drains => Kind::OldPending,
            _ => Kind::Pending,
        };
        Some((*id, kind))
    };
    state.tasks.iter().filter_map(kind).collect()
}

fn count(state: &ServiceState<'_>, kinds: &[(TaskId, Kind)]) -> Counts {
    let of = |wanted: Kind| {
        let count = kinds.iter().filter(|(_, kind)| *kind == wanted).count();
        u32::try_from(count).expect("a service has at most 5,000 tasks")
    };
    Counts {
        desired: state.desired,
        healthy: of(Kind::Healthy),
        unhealthy: of(Kind::Unhealthy),
        pending: of(Kind::Pending),
        old_healthy: of(Kind::OldHealthy),
        old_unhealthy: of(Kind::OldUnhealthy),
        old_pending: of(Kind::OldPending),
        stopping: of(Kind::Stopping),
    }
}

/// Stops so many of a kind, the oldest first.
fn stop_first<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    kinds: &[(TaskId, Kind)],
    wanted: Kind,
    count: u32,
    why: StopReason,
) {
    let those = kinds.iter().filter(|(_, kind)| *kind == wanted);
    for (id, _) in those.take(count as usize) {
        stop_task(world, turn, *id, why);
    }
}

/// Stops so many of a kind because there are too many, each chosen by ECS's rules
/// (facts/ecs.md 91, 92, 132).
fn scale_in<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    service: ServiceId,
    kinds: &[(TaskId, Kind)],
    wanted: Kind,
    count: u32,
) {
    let mut left: Vec<(TaskId, Kind)> = kinds
        .iter()
        .copied()
        .filter(|(_, kind)| matches!(kind, Kind::Healthy | Kind::Pending | Kind::Unhealthy))
        .filter(|(id, _)| world.tasks.get(*id).is_some_and(|task| !task.stopping))
        .collect();
    for _ in 0..count {
        let Some(id) = to_stop(world, service, &left, wanted) else {
            return;
        };
        left.retain(|(other, _)| *other != id);
        stop_task(world, turn, id, StopReason::ScaledIn);
    }
}

/// The task of a kind that is to go next.
fn to_stop(
    world: &World<'_>,
    service: ServiceId,
    left: &[(TaskId, Kind)],
    wanted: Kind,
) -> Option<TaskId> {
    let state = &world.services[service.index()];
    let entry = &world.entries[state.entry.index()];
    let (rules, attributes) = stop_rules(&state.plan.placement);
    let mut lane: Option<LaneId> = None;
    if !entry.items.is_empty() {
        let on_lane = per_lane(world, service, left.iter().map(|(id, _)| *id));
        let items = arrivals::strategy(entry.items);
        lane = surplus(&items, &on_lane, state.desired).map(|n| entry.lane(n));
    }
    let values: Vec<Vec<u32>> = left
        .iter()
        .map(|(id, _)| attribute_values(world, *id, &attributes))
        .collect();
    let candidate = |(index, (id, kind)): (usize, &(TaskId, Kind))| {
        let task = world.tasks.get(*id).expect("those left are alive");
        let right_lane = lane.is_none_or(|lane| task.lane == lane);
        let instance = task.instance;
        let free = instance.map(|id| world.cluster.instance(id));
        StopCandidate {
            running: task.running,
            healthy: *kind != Kind::Unhealthy,
            zone: u32::try_from(task.zone.index()).expect("few zones"),
            instance: instance.map_or(u32::MAX, |id| id.index() as u32),
            attributes: &values[index],
            cpu_left: free.map_or(task.shape.cpu, |free| {
                free.free_cpu()
                    .checked_add(task.shape.cpu)
                    .expect("what an instance has")
            }),
            memory_left: free.map_or(task.shape.memory, |free| {
                free.free_memory()
                    .checked_add(task.shape.memory)
                    .expect("what an instance has")
            }),
            started: task.running.then_some(task.started),
            // Others of the service count for `spread`, but only these may go.
            protected: *kind != wanted || !right_lane,
            key: state.choice.stream(task.ordinal).bits(),
            ordinal: task.ordinal,
        }
    };
    let candidates: Vec<StopCandidate<'_>> = left.iter().enumerate().map(candidate).collect();
    let chosen = choose_stop(&rules, &candidates).or_else(|| {
        // Nobody of this kind on the provider with the surplus: any of the kind.
        let mut all = candidates;
        for (candidate, (_, kind)) in all.iter_mut().zip(left) {
            candidate.protected = *kind != wanted;
        }
        choose_stop(&rules, &all)
    });
    chosen.map(|index| left[index].0)
}

/// The strategies of a service in the opposite sense, and the attributes that they name.
fn stop_rules(placement: &PlacementRule) -> (Vec<StopRule>, Vec<String>) {
    let mut attributes = Vec::new();
    let strategies: &[Strategy] = match placement {
        PlacementRule::Ecs(strategies) => strategies,
        _ => &[],
    };
    let rule = |strategy: &Strategy| match strategy {
        Strategy::Binpack(field) => StopRule::Binpack(*field),
        Strategy::Random => StopRule::Random,
        Strategy::Spread(SpreadField::InstanceId) => StopRule::Spread(SpreadBy::Instance),
        Strategy::Spread(SpreadField::Attribute(name)) if name == "ecs.availability-zone" => {
            StopRule::Spread(SpreadBy::Zone)
        }
        Strategy::Spread(SpreadField::Attribute(name)) => {
            attributes.push(name.clone());
            StopRule::Spread(SpreadBy::Attribute(attributes.len() - 1))
        }
    };
    let rules = strategies.iter().map(rule).collect();
    (rules, attributes)
}

/// The values of attributes of a task's instance, as numbers: the first pool with the value.
fn attribute_values(world: &World<'_>, id: TaskId, attributes: &[String]) -> Vec<u32> {
    let instance = world.tasks.get(id).and_then(|task| task.instance);
    let Some(instance) = instance else {
        return vec![u32::MAX; attributes.len()];
    };
    let own = &world
        .cluster
        .pool(world.cluster.instance(instance).pool())
        .spec;
    let number = |name: &String| {
        let value = own.attribute(name);
        let mut pools = world.cluster.pools().iter();
        let first = pools.position(|pool| pool.spec.attribute(name) == value);
        first.map_or(u32::MAX, |pool| pool as u32)
    };
    attributes.iter().map(number).collect()
}

/// Tasks on each lane of a service.
fn per_lane(
    world: &World<'_>,
    service: ServiceId,
    tasks: impl Iterator<Item = TaskId>,
) -> Vec<u32> {
    let entry = &world.entries[world.services[service.index()].entry.index()];
    let mut on_lane = vec![0; entry.lanes];
    for task in tasks.filter_map(|id| world.tasks.get(id)) {
        on_lane[task.lane.index() - entry.first_lane] += u32::from(!task.stopping);
    }
    on_lane
}

/// A task of a service is to stop: one without a place simply goes.
fn stop_task<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
    why: StopReason,
) {
    let Some(task) = world.tasks.get(id).copied() else {
        return;
    };
    if task.attempts > 0 {
        return agent::stop(world, turn, id, why);
    }
    if let Some(pending) = pass::withdraw(world, id) {
        world.tasks.remove(id);
        let of = TaskFact {
            task,
            provider: None,
        };
        turn.report(Fact::TaskStopped(of, why));
        super::capacity::demand_changed(world, turn, pending);
    } else if world.entries[task.entry.index()].on_fargate {
        // The launch rate still holds it back.
        agent::stop(world, turn, id, why);
    }
}

/// Starts so many tasks, as far as rates and earlier failures allow.
fn start<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    service: ServiceId,
    count: u32,
) {
    let now = turn.now();
    let state = &world.services[service.index()];
    let entry = state.entry;
    let not_before = state.throttled_until.max(state.retry_at);
    if count > 0 && now < not_before {
        return wake_at(world, turn, service, not_before);
    }
    let tasks = state.tasks.clone();
    world.entries[entry.index()].on_lane = per_lane(world, service, tasks.into_iter());
    let is_limited = world.plan.delays == Delays::Realistic;
    for _ in 0..count {
        let state = &mut world.services[service.index()];
        if is_limited && !state.launches.try_admit(now) {
            return wake_at(world, turn, service, now + Span::micros(1));
        }
        let lane = arrivals::choose_lane(&mut world.entries[entry.index()]);
        let (id, shape) = arrivals::bear(world, turn, entry, lane, None);
        world.services[service.index()].tasks.push(id);
        world.services[service.index()].is_steady = false;
        arrivals::submit_to(world, turn, id, lane, shape);
    }
}

/// A task of a service found no place, and is gone (facts/ecs.md 110 to 112, 116, 117).
pub(super) fn could_not_place<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    service: ServiceId,
    task: &Task,
    why: Rejection,
) {
    let event = match why {
        Rejection::NoFargate => ServiceEvent::FargateUnavailable,
        Rejection::FargateQuota => ServiceEvent::FargateQuotaReached,
        Rejection::ProvisioningFull => ServiceEvent::ProvisioningLimitReached,
        _ => ServiceEvent::PlacementFailed(closest_lack(world, task)),
    };
    if why == Rejection::ProvisioningTimedOut {
        return start_failed(world, turn, service);
    }
    no_place(world, turn, service, event);
}

/// A pass found no place: the service says so and tries again later (facts/ecs.md 117).
fn no_place<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    service: ServiceId,
    event: ServiceEvent,
) {
    let now = turn.now();
    let state = &mut world.services[service.index()];
    // One failure per pass, however many tasks found no place.
    if state.retry_at <= now {
        state.retry.failed();
        state.retry_at = now + state.retry_delay(world.plan);
        turn.report(Fact::Service(service, event));
    }
    let at = state.retry_at;
    wake_at(world, turn, service, at);
}

/// What the closest instance lacks (facts/ecs.md 115): the instance that fails latest in the
/// order of tests, the first launched of equals.
fn closest_lack(world: &World<'_>, task: &Task) -> Lack {
    let request = Request {
        shape: task.shape,
        requirement: &world.requirements[task.lane.index()],
    };
    let pools = request.requirement.pools.iter();
    let instances = pools.flat_map(|pool| world.cluster.pool(*pool).instances());
    let lacks = instances.filter_map(|id| world.cluster.lack(*id, &request));
    lacks.max().unwrap_or(Lack::Agent)
}

/// A task failed before it was RUNNING: starts are throttled (facts/ecs.md 70, 71).
fn start_failed<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    service: ServiceId,
) {
    let delays = &world.plan.assumptions.start_throttle;
    let state = &mut world.services[service.index()];
    let was_impaired = state.throttle.is_impaired(delays);
    state.throttle.failed();
    state.throttled_until = turn.now() + state.throttle.delay(delays);
    if state.throttle.is_impaired(delays) && !was_impaired {
        turn.report(Fact::Service(service, ServiceEvent::StartImpaired));
    }
    wake(world, turn, service);
}

/// A task of a service has its place: the next one that finds none is the first
/// (facts/ecs.md 117).
pub(super) fn task_placed(world: &mut World<'_>, service: ServiceId) {
    world.services[service.index()].retry.reset();
}

/// A task of a service is RUNNING.
pub(super) fn task_running<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    service: ServiceId,
) {
    let state = &mut world.services[service.index()];
    state.throttle.reset();
    state.throttled_until = turn.now();
    wake(world, turn, service);
}

/// A task of a service is STOPPED.
pub(super) fn task_stopped<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    service: ServiceId,
    task: &Task,
    why: StopReason,
) {
    world.services[service.index()].is_steady = false;
    let failed_to_start = !task.running
        && matches!(
            why,
            StopReason::CannotPullContainer
                | StopReason::DependencyFailed
                | StopReason::EssentialContainerExited { .. }
        );
    if failed_to_start {
        start_failed(world, turn, service);
    } else {
        wake(world, turn, service);
    }
}

/// An instance drains: services replace their tasks on it.
pub(super) fn instance_drains<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    _instance: InstanceId,
) {
    for number in 0..world.services.len() {
        if !world.services[number].is_daemon() {
            wake(world, turn, ServiceId::new(number));
        }
    }
}
