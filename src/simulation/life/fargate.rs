//! Tasks on Fargate: launches within rate and quota, Spot interruptions, and losses of hosts.

use super::ending::{lose, reject};
use super::fargate_room::{leave, occupy, vacate};
use super::stage::{draws, seconds_since_arrival};
use super::state::Lives;
use super::{stop, tasks, waits};
use crate::cluster::{ProviderId, Task, TaskId, ZoneId};
use crate::engine::Reader;
use crate::engine::random::{Purpose, StreamKey};
use crate::plan::Delays;
use crate::simulation::event::{Ctx, Event};
use crate::simulation::fact::{Fact, LaunchFailure, Obstacle, Rejection, StopReason};
use crate::simulation::platform::spot::FargateSpotEvent;
use crate::units::SimTime;

/// Submits a task to Fargate: it is launched, waits for the quota or for capacity, or is refused.
pub(in crate::simulation) fn submit<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
) {
    let Some(task) = lives.tasks.get(id).copied() else {
        return;
    };
    let provider = lives.fargate_provider(&task);
    if may_wait(lives, &task) && !lives.held_back[provider.index()].is_empty() {
        over_quota(lives, ctx, id, &task);
        if lives.held_back[provider.index()].front() == Some(&id) {
            // The task is the oldest of the queue: it had been launched before, without capacity.
            launch_held_back(lives, ctx, provider);
        }
    } else if lives.platform.is_over_quota(provider, task.shape.cpu) {
        over_quota(lives, ctx, id, &task);
    } else {
        launch_now(lives, ctx, id, task);
    }
}

/// Launches a task within the quota. False when there is no capacity.
fn launch_now<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    task: Task,
) -> bool {
    let Some((zone, at)) = find_zone(lives, ctx, &task) else {
        no_capacity(lives, ctx, id, &task);
        return false;
    };
    if let Some(stored) = lives.tasks.get_mut(id) {
        stored.zone = zone;
    }
    occupy(lives, &Task { zone, ..task });
    if at == ctx.now() {
        tasks::placed(lives, ctx, id);
    } else {
        if let Some(stored) = lives.tasks.get_mut(id) {
            stored.held = true;
        }
        let work = lives.revision(&task).work;
        waits::tell(lives, ctx, work, |_| Obstacle::FargateRate);
        ctx.at(at, Event::FargateLaunchDue { task: id });
    }
    true
}

/// The zone of a launch, and the time at which the launch rate admits it; `None`: no capacity.
fn find_zone<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    task: &Task,
) -> Option<(ZoneId, SimTime)> {
    let now = ctx.now();
    if lives.lanes[task.lane.index()].fargate_spot && spot_is_unavailable(lives, now, task) {
        return None;
    }
    let provider = lives.fargate_provider(task);
    let revision = lives.revision(task);
    let zone = match lives.start_zone(revision.work) {
        Some(zone) if lives.platform.outages().zone_is_closed(zone) => return None,
        Some(zone) => zone,
        None => lives.platform.fargate_zone(provider, revision.group)?,
    };
    if lives.platform.plan().delays != Delays::Realistic {
        return Some((zone, now));
    }
    if api_fails(lives, ctx, &Task { zone, ..*task }) {
        return None;
    }
    Some((zone, lives.platform.fargate_mut(provider).admit(now)))
}

/// True when Fargate Spot has no capacity for a task now (facts/platform.md 2.3.4). Each retry has
/// its own draw.
fn spot_is_unavailable(lives: &Lives<'_>, now: SimTime, task: &Task) -> bool {
    let plan = lives.platform.plan();
    let chance = match plan.delays {
        Delays::Realistic => plan.assumptions.fargate_spot_unavailable,
        Delays::None | Delays::Start(_) => 0.0,
    };
    let name = lives.revision(task).name;
    let key = StreamKey::new(lives.platform.seed(), Purpose::FargateLaunch, name);
    let key = key.of(seconds_since_arrival(task, now));
    chance > 0.0 && draws(key, task).unit() < chance
}

/// True when the API fails the launch of a task. Each retry has its own draw.
fn api_fails<R: Reader<Fact>>(lives: &Lives<'_>, ctx: &mut Ctx<'_, R>, task: &Task) -> bool {
    let now = ctx.now();
    let draw = || {
        let name = lives.revision(task).name;
        let seed = lives.platform.seed();
        let key = StreamKey::new(seed, Purpose::FargateLaunchError, name);
        draws(key.of(seconds_since_arrival(task, now)), task).unit()
    };
    let (plan, zone) = (lives.platform.plan(), task.zone.index());
    let fails = lives.platform.outages().api_fails(plan, now, zone, draw);
    if fails {
        ctx.report(Fact::LaunchFailed {
            provider: lives.fargate_provider(task),
            instance_type: None,
            zone: task.zone,
            spot: lives.lanes[task.lane.index()].fargate_spot,
            why: LaunchFailure::ApiError,
        });
    }
    fails
}

/// The launch rate admits a task now. If its zone has an outage, the task is launched in another
/// one.
pub(in crate::simulation) fn launch<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
) {
    let task = lives.tasks.get(id).copied();
    let Some(task) = task.filter(|task| !task.stopping) else {
        return;
    };
    if let Some(stored) = lives.tasks.get_mut(id) {
        stored.held = false;
    }
    if lives.platform.outages().zone_is_closed(task.zone) {
        vacate(lives, &task);
        launch_now(lives, ctx, id, task);
    } else {
        tasks::placed(lives, ctx, id);
    }
}

/// Cancels the launch of a task that has no capacity yet: it waits for the launch rate, in which it
/// holds room (`held`), or for the quota.
pub(in crate::simulation) fn cancel(lives: &mut Lives<'_>, id: TaskId) {
    let task = lives.tasks.get(id).copied();
    let Some(task) = task.filter(|task| lives.revision(task).on_fargate) else {
        return;
    };
    if task.held {
        leave(lives, &task);
    }
    let provider = lives.fargate_provider(&task);
    lives.held_back[provider.index()].retain(|other| *other != id);
}

/// Handles a launch without capacity: the task is retried later or refused (facts/ecs.md 112, 242).
fn no_capacity<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    task: &Task,
) {
    if may_wait(lives, task) {
        let work = lives.revision(task).work;
        let why = match lives.platform.outages().control_plane_is_out() {
            true => Obstacle::ControlPlane,
            false => Obstacle::NoFargate,
        };
        waits::tell(lives, ctx, work, |_| why);
        let wait = lives.platform.plan().assumptions.fargate_retry;
        ctx.after(wait, Event::WorkResubmitted { task: id });
    } else {
        reject(lives, ctx, id, Rejection::NoFargate);
    }
}

/// Handles a task that would exceed the quota (facts/ecs.md 46, 112): it queues in order of
/// arrival, or is refused. A task larger than the quota is refused, because it would wait for ever.
fn over_quota<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    task: &Task,
) {
    if may_wait(lives, task) && task.shape.cpu <= lives.platform.fargate_quota() {
        let provider = lives.fargate_provider(task);
        let order = |task: &Task| (task.arrived, task.revision, task.ordinal);
        let tasks = &lives.tasks;
        let is_older = |id: &TaskId| {
            let other = tasks.get(*id);
            other.is_none_or(|other| order(other) < order(task))
        };
        let queue = &mut lives.held_back[provider.index()];
        let at = queue.partition_point(is_older);
        queue.insert(at, id);
        let work = lives.revision(task).work;
        waits::tell(lives, ctx, work, |_| Obstacle::FargateQuota);
    } else {
        reject(lives, ctx, id, Rejection::FargateQuota);
    }
}

/// True for standalone work whose client retries. Services retry by their own rules.
fn may_wait(lives: &Lives<'_>, task: &Task) -> bool {
    lives.revision(task).waits_for_fargate
}

/// Launches the tasks that wait for the quota, the oldest first, until one would exceed the quota
/// or finds no capacity (facts/ecs.md 46).
pub(in crate::simulation) fn launch_held_back<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    provider: ProviderId,
) {
    while let Some(next) = lives.held_back[provider.index()].front().copied() {
        let task = lives.tasks.get(next).copied();
        if task.is_some_and(|task| lives.platform.is_over_quota(provider, task.shape.cpu)) {
            return;
        }
        lives.held_back[provider.index()].pop_front();
        if let Some(task) = task
            && !launch_now(lives, ctx, next, task)
        {
            return;
        }
    }
}

/// Schedules the interruptions of an event of a Fargate Spot pool.
pub(in crate::simulation) fn spot_event<R: Reader<Fact>>(
    lives: &Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    event: &FargateSpotEvent,
) {
    let spread = lives.platform.plan().assumptions.spot_event_spread;
    for (id, task) in lives.tasks.with_ids() {
        let lane = &lives.lanes[task.lane.index()];
        let is_in = lane.fargate_spot && task.promised && task.zone == event.zone;
        if is_in && !task.stopping {
            let draw = draws(event.key.of_name(lives.revision(task).name), task);
            if let Some(at) = event.takes(draw, ctx.now(), spread) {
                ctx.at(at, Event::FargateSpotInterruptionDue { task: id });
            }
        }
    }
}

/// AWS interrupts a task on Fargate Spot: its containers get SIGTERM now, and SIGKILL at their stop
/// timeout, at most two minutes later (facts/ecs.md 234).
pub(in crate::simulation) fn interrupt<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
) {
    match lives.tasks.get(id) {
        Some(task) if task.stopping => stop::end_draining(lives, ctx, id),
        Some(_) => stop::stop(lives, ctx, id, StopReason::SpotInterruption),
        None => {}
    }
}

/// The host of a task dies: the task is lost (facts/platform.md 8.2.5).
pub(in crate::simulation) fn lose_host<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
) {
    if lives.tasks.get(id).is_some() {
        lose(lives, ctx, id, StopReason::InfrastructureHealth);
    }
}
