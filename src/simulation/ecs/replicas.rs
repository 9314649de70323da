//! Replica services: surplus and unhealthy tasks are stopped, and missing tasks are started within
//! the launch rate, throttling and retry delays (facts/ecs.md 91 to 95, 110 to 119, 193 to 202,
//! 225).

use super::rounds::{
    Kind, count, kinds, schedule_round, schedule_round_at, stop_old, stop_task, stop_unhealthy,
    tell_round,
};
use super::service::ServiceState;
use super::state::Ecs;
use super::{deployments, protection, rebalancing};
use crate::cluster::{Pending, RevisionId, ServiceId, Task, TaskId};
use crate::engine::Reader;
use crate::plan::{Delays, PlacementRule, SpreadField, Strategy};
use crate::policy::provisioning::strategy::surplus;
use crate::policy::services::{Counts, SpreadBy, StopCandidate, StopChoice, StopRule, reconcile};
use crate::simulation::event::Ctx;
use crate::simulation::fact::{Fact, ServiceEvent, StopReason};
use crate::simulation::life::{Lives, creation};
use crate::simulation::notice::Notice;
use crate::units::{Cpu, Memory, Span};
use std::collections::BTreeSet;

/// A scheduling round: stops and starts tasks towards the desired count, within the minimum and
/// maximum percent.
pub(super) fn reconcile_now<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
) {
    let now = ctx.now();
    protection::expire(ecs, lives, ctx, service);
    let kinds = kinds(ecs, lives, service, now);
    let counts = count(&ecs.services[service.index()], &kinds);
    let (protected, of_kinds) = protection::protected(ecs, lives, service, &kinds);
    let rebalanced = end_rebalancing(ecs, lives, ctx, service, &counts);
    let counts = Counts {
        desired: counts.desired + ecs.services[service.index()].extra,
        protected: of_kinds,
        ..counts
    };
    let state = &ecs.services[service.index()];
    let bounds = state.rules.bounds(state.desired);
    let step = reconcile(&counts, bounds);
    tell_round(ctx, service, state, (&counts, bounds), &step);
    let unserved = bounds.minimum_healthy.saturating_sub(counts.healthy);
    let rollout = &mut ecs.services[service.index()].rollout;
    rollout.needs_at_most(unserved);
    let stop = &step.stop;
    let free = protection::without(&kinds, &protected);
    for (kind, count) in [
        (Kind::OldPending, stop.old_pending),
        (Kind::OldUnhealthy, stop.old_unhealthy),
        (Kind::OldHealthy, stop.old_healthy),
        (Kind::KeptPending, stop.kept_pending),
    ] {
        stop_old(ecs, lives, ctx, &free, kind, count);
    }
    for (kind, count) in [
        (Kind::KeptUnhealthy, stop.kept_unhealthy),
        (Kind::Unhealthy, stop.unhealthy),
    ] {
        stop_unhealthy(ecs, lives, ctx, &kinds, kind, count);
    }
    let surplus = match rebalanced {
        true => StopReason::ZoneRebalancing,
        false => StopReason::ScaledIn,
    };
    for (kind, count) in [(Kind::Pending, stop.pending), (Kind::Healthy, stop.healthy)] {
        let stops = (kind, count, surplus);
        scale_in(ecs, lives, ctx, service, (&kinds, &protected), stops);
    }
    // Apart, so that the capacity of tasks that stop at once is free before others start.
    if step.start_kept > 0 {
        let starts = Notice::KeptStartsDue(service, step.start_kept);
        lives.platform.notify(starts);
    }
    if step.start > 0 {
        let starts = Notice::StartsDue(service, step.start);
        lives.platform.notify(starts);
    }
    note_state(ecs, lives, ctx, service, &counts, step.is_blocked);
    deployments::check(ecs, lives, ctx, service, &counts);
    if step.stop.total() > 0 {
        schedule_round(ecs, lives, ctx, service);
    }
}

/// Notes whether a service is in steady state and whether its percentages block it, and reports what
/// it was not before.
fn note_state<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    counts: &Counts,
    is_blocked: bool,
) {
    let is_steady = counts.healthy == counts.desired
        && counts.total() == counts.healthy
        && counts.stopping == 0;
    let state = &mut ecs.services[service.index()];
    if is_steady && !state.is_steady {
        state.is_steady = true;
        ctx.report(Fact::Service(service, ServiceEvent::SteadyState));
        rebalancing::steady(ecs, lives, ctx, service);
    }
    let state = &mut ecs.services[service.index()];
    state.is_steady = is_steady && state.extra == 0;
    if is_blocked && !state.is_blocked {
        ctx.report(Fact::Service(service, ServiceEvent::Blocked));
    }
    state.is_blocked = is_blocked;
}

/// When the tasks that rebalancing has started are healthy, or there is something else to do: the
/// service has its desired count again. Returns whether tasks of the zones with the most stop for it
/// (facts/ecs.md 127).
fn end_rebalancing<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    counts: &Counts,
) -> bool {
    let state = &ecs.services[service.index()];
    if state.extra == 0 {
        return false;
    }
    let is_done = counts.healthy == state.desired + state.extra;
    let has_others = counts.total() > counts.healthy + counts.pending;
    if is_done || has_others || state.rollout.primary.is_in_progress() {
        rebalancing::end(ecs, lives, service);
    }
    if is_done {
        ctx.report(Fact::Service(service, ServiceEvent::RebalancingFinished));
    }
    is_done
}

/// Stops surplus tasks of the revision of the PRIMARY deployment: see [`scale_in_of`].
fn scale_in<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    tasks: (&[(TaskId, Kind)], &BTreeSet<TaskId>),
    stops: (Kind, u32, StopReason),
) {
    let revision = ecs.services[service.index()].rollout.current();
    scale_in_of(ecs, lives, ctx, (service, revision), tasks, stops);
}

/// Stops `count` surplus tasks of a class that are not protected, each chosen by ECS's rules
/// (facts/ecs.md 91, 92, 132): on the provider with a surplus, by the opposite of the placement
/// strategies.
pub(super) fn scale_in_of<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    (service, revision): (ServiceId, RevisionId),
    (kinds, protected): (&[(TaskId, Kind)], &BTreeSet<TaskId>),
    (wanted, count, why): (Kind, u32, StopReason),
) {
    if count == 0 {
        return;
    }
    let state = &ecs.services[service.index()];
    let left: Vec<(TaskId, Kind, Task)> = kinds
        .iter()
        .filter(|(_, kind)| matches!(kind, Kind::Healthy | Kind::Pending | Kind::Unhealthy))
        .filter_map(|(id, kind)| Some((*id, *kind, *lives.tasks().get(*id)?)))
        .filter(|(_, _, task)| !task.stopping)
        .collect();
    let (rules, attributes) = stop_rules(&state.plan.placement);
    let values: Vec<u32> = left
        .iter()
        .flat_map(|(_, _, task)| attribute_values(lives, task, &attributes))
        .collect();
    let mut values = values.chunks(attributes.len().max(1));
    let candidates = left.iter().map(|(_, kind, task)| {
        let of_task = values.next().unwrap_or(&[]);
        candidate(lives, state, task, *kind != Kind::Unhealthy, of_task)
    });
    let mut choice = StopChoice::new(&rules, candidates.collect());
    let desired = state.desired;
    // Rebalancing stops tasks in the zone with the most, whatever their provider (facts/ecs.md 127).
    let items = match why {
        StopReason::ZoneRebalancing => Vec::new(),
        _ => creation::strategy(lives.revision_at(revision).strategy()),
    };
    let ids: Vec<TaskId> = left.iter().map(|(id, _, _)| *id).collect();
    let mut on_lane = creation::per_lane(lives, revision, &ids);
    for _ in 0..count {
        let lane = match items.as_slice() {
            [] => None,
            items => surplus(items, &on_lane, desired),
        };
        let lane = lane.map(|number| lives.revision_at(revision).lane(number));
        let is_wanted =
            |index: usize| left[index].1 == wanted && !protected.contains(&left[index].0);
        let is_on_lane = |index: usize| lane.is_none_or(|lane| left[index].2.lane == lane);
        // When no task of this class is on the provider with the surplus, any task of the class.
        let chosen = choice
            .next(|index| is_wanted(index) && is_on_lane(index))
            .or_else(|| choice.next(is_wanted));
        let Some(index) = chosen else {
            return;
        };
        let (id, _, task) = left[index];
        if let Some(number) = creation::lane_number(lives, revision, &task) {
            on_lane[number] -= 1;
        }
        stop_task(ecs, lives, ctx, id, why);
        // The capacity of a task that has a place is free at once (facts/ecs.md 68).
        let (cpu, memory) = match task.promised {
            true => (task.shape.cpu, task.shape.memory),
            false => (Cpu::ZERO, Memory::ZERO),
        };
        choice.stopped(index, cpu, memory);
    }
}

/// A task as one of those that may stop. `attributes` has its values of the attributes that the
/// service's strategies name.
fn candidate<'a>(
    lives: &Lives<'_>,
    state: &ServiceState<'_>,
    task: &Task,
    healthy: bool,
    attributes: &'a [u32],
) -> StopCandidate<'a> {
    let cluster = lives.platform.cluster();
    let free = task.instance.map(|id| cluster.instance(id));
    let (free_cpu, free_memory) = free.map_or((Cpu::ZERO, Memory::ZERO), |free| {
        (free.free_cpu(), free.free_memory())
    });
    StopCandidate {
        running: task.running,
        healthy,
        zone: u32::try_from(task.zone.index()).expect("few zones"),
        instance: task.instance.map_or(u32::MAX, |id| id.index() as u32),
        attributes,
        cpu_left: free_cpu.saturating_add(task.shape.cpu),
        memory_left: free_memory.saturating_add(task.shape.memory),
        started: task.running.then_some(task.started),
        key: state.choice.stream(task.ordinal).bits(),
        ordinal: task.ordinal,
    }
}

/// The stop rules that correspond to a service's placement strategies, and the attributes that they
/// name.
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

/// The values of attributes of a task's instance, each as the index of the first pool with that
/// value; `u32::MAX` without an instance.
fn attribute_values(lives: &Lives<'_>, task: &Task, attributes: &[String]) -> Vec<u32> {
    let Some(instance) = task.instance else {
        return vec![u32::MAX; attributes.len()];
    };
    let cluster = lives.platform.cluster();
    let own = &cluster.pool(cluster.instance(instance).pool()).spec;
    let number = |name: &String| {
        let value = own.attribute(name);
        let mut pools = cluster.pools().iter();
        let first = pools.position(|pool| pool.spec.attribute(name) == value);
        first.map_or(u32::MAX, |pool| pool as u32)
    };
    attributes.iter().map(number).collect()
}

/// Starts up to `count` tasks of the revision that new tasks have.
pub(in crate::simulation) fn start<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    count: u32,
) {
    if let Some(number) = ecs.services[service.index()].rollout.starts() {
        start_of(ecs, lives, ctx, service, (number, count));
    }
}

/// Starts up to `count` tasks of the revision that served before the deployment in progress, in the
/// place of lost ones (facts/ecs.md 202), or beside the new one while traffic is shifted.
pub(in crate::simulation) fn start_kept<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    count: u32,
) {
    let rollout = &ecs.services[service.index()].rollout;
    let kept = rollout.kept().map(|kept| kept.number);
    if let Some(number) = kept.or(rollout.earlier()) {
        start_of(ecs, lives, ctx, service, (number, count));
    }
}

/// Starts up to `count` tasks of a revision, within the launch rate and after throttling and retry
/// delays.
fn start_of<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    (number, count): (usize, u32),
) {
    let now = ctx.now();
    let state = &ecs.services[service.index()];
    let revision = state.rollout.revision(number);
    let throttled_until = state.rollout.revision_throttled_until(number);
    let not_before = throttled_until.max(state.retry_at);
    if now < not_before {
        return schedule_round_at(ecs, lives, ctx, service, not_before);
    }
    let is_of_it = |id: &&TaskId| {
        let task = lives.tasks().get(**id);
        task.is_some_and(|task| lives.revision(task).number == number)
    };
    let of_it: Vec<TaskId> = state.tasks.iter().filter(is_of_it).copied().collect();
    creation::count_on_lanes(lives, revision, &of_it);
    let is_limited = lives.platform.plan().delays == Delays::Realistic;
    for _ in 0..count {
        let state = &mut ecs.services[service.index()];
        if is_limited && !state.launches.try_admit(now) {
            return schedule_round_at(ecs, lives, ctx, service, now + Span::micros(1));
        }
        let lane = creation::choose_lane(lives, revision);
        let (id, shape) = creation::create(lives, ctx, revision, lane, None);
        ecs.services[service.index()].tasks.push(id);
        ecs.services[service.index()].is_steady = false;
        if let Some(pending) = creation::to_wait(lives, ctx, id, lane, shape) {
            let is_extra = ecs.services[service.index()].extra > 0;
            let may_wait = lives.lane(lane).provisions && !is_extra;
            ecs.submit(Pending {
                may_wait,
                ..pending
            });
        }
    }
}
