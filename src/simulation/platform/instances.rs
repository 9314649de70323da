//! The life of an EC2 instance.
//!
//! ```text
//!          running      registered              no task left, or 48 h
//! pending ────────▶ booting ────────▶ active ──▶ draining ──────────▶ gone
//!    │ not billed      │ billed       │    ▲        │                  ▲
//!    └─────────────────┴──────────────┼────┼────────┴─▶ terminated ────┤
//!      cancelled                      ▼    │ recovers                  │
//!                                   failed ┴───────────────────────────┘ replaced
//! ```
//!
//! Instances of fixed fleets are active from the start to the end of the run, except while they
//! have failed. ECS notices the loss of an instance some time later: until then the tasks on it
//! keep their status (facts/ecs.md 237).

use super::billing;
use super::machine::{Machine, State};
use super::registries::Disk;
use super::state::Platform;
use crate::cluster::{InstanceId, PoolId};
use crate::engine::Reader;
use crate::plan::{Capacity, Delays, PullBehavior};
use crate::simulation::event::{Ctx, Event};
use crate::simulation::fact::{Fact, InstanceEnd};
use crate::simulation::notice::Notice;
use crate::units::{Memory, SimTime, Span};

/// The longest time that an instance drains. Then it is terminated, even with running tasks
/// (facts/ecs.md 160).
const DRAINED_AT_LATEST: Span = Span::hours(48);

/// The parameters of a launch.
#[derive(Clone, Copy, Debug)]
pub(in crate::simulation) struct Launch {
    pub pool: PoolId,
    pub spot: bool,
    pub ordinal: u64,
    pub protected: bool,
    pub root_volume: Option<Memory>,
    /// The time from launch to registration.
    pub boot: Span,
    pub pull_behavior: PullBehavior,
}

impl Launch {
    /// An instance of a fixed fleet; `ordinal` is its number among those of all fleets.
    pub(in crate::simulation) fn of_fleet(
        ordinal: u64,
        pool: PoolId,
        root_volume: Option<Memory>,
    ) -> Self {
        Self {
            pool,
            spot: false,
            ordinal,
            protected: false,
            root_volume,
            boot: Span::ZERO,
            pull_behavior: PullBehavior::Default,
        }
    }
}

/// Adds an instance that is there at the start of the run: at time zero it is ACTIVE and billed.
pub(in crate::simulation) fn join_at_start(
    platform: &mut Platform<'_>,
    launch: &Launch,
) -> InstanceId {
    let id = add(platform, SimTime::ZERO, launch);
    platform.cluster.admit(id);
    let machine = &mut platform.machines[id.index()];
    machine.state = State::Active;
    machine.counted = true;
    machine.there_at_start = true;
    billing::start(platform, id, SimTime::ZERO);
    id
}

fn add(platform: &mut Platform<'_>, now: SimTime, launch: &Launch) -> InstanceId {
    let id = platform.cluster.launch(launch.pool);
    let spec = &platform.cluster.pool(launch.pool).spec;
    let provider = spec.provider;
    let capacity = &platform.plan.cluster.providers[provider.index()].capacity;
    platform.machines.push(Machine {
        provider,
        instance_type: spec.instance_type,
        zone: spec.zone,
        spot: launch.spot,
        state: State::Pending,
        launched: now,
        there_at_start: false,
        registered: now,
        ordinal: launch.ordinal,
        in_group: matches!(capacity, Capacity::Group(_)),
        protected: launch.protected,
        due: now,
        leaving: false,
        down: 0,
        awaits_replacement: false,
        interrupted_at: None,
        disconnections: 0,
        disk: Disk::new(launch.pull_behavior),
        root_volume: launch.root_volume,
        billing: None,
        counted: false,
    });
    id
}

/// Launches an instance of an Auto Scaling group, or one that an action adds to a fixed fleet.
pub(in crate::simulation) fn launch<R: Reader<Fact>>(
    platform: &mut Platform<'_>,
    ctx: &mut Ctx<'_, R>,
    launch: &Launch,
) -> InstanceId {
    let now = ctx.now();
    let id = add(platform, now, launch);
    ctx.report(Fact::InstanceLaunched(platform.instance_fact(id)));
    let to_running = match platform.plan.delays {
        Delays::Realistic => platform.plan.assumptions.launch_to_running.min(launch.boot),
        _ => Span::ZERO,
    };
    let machine = &mut platform.machines[id.index()];
    machine.registered = now + launch.boot;
    if to_running == Span::ZERO {
        run(platform, ctx, id);
    } else {
        schedule(platform, ctx, id, now + to_running);
    }
    id
}

fn schedule<R>(platform: &mut Platform<'_>, ctx: &mut Ctx<'_, R>, id: InstanceId, at: SimTime) {
    platform.machines[id.index()].due = at;
    ctx.at(at, Event::InstanceStepDue { instance: id });
}

/// Handles the next step of an instance's life, if it is due now.
pub(in crate::simulation) fn due<R: Reader<Fact>>(
    platform: &mut Platform<'_>,
    ctx: &mut Ctx<'_, R>,
    id: InstanceId,
) {
    let machine = &platform.machines[id.index()];
    if machine.due != ctx.now() {
        return; // The event is stale: the step was replaced by another one.
    }
    match machine.state {
        State::Pending => run(platform, ctx, id),
        State::Booting => register(platform, ctx, id),
        State::Draining if machine.leaving => {
            let end = end_of_drain(platform, id, ctx.now());
            terminate(platform, ctx, id, end);
        }
        State::Draining | State::Active | State::Failed | State::Deregistered | State::Gone => {}
    }
}

/// The instance is running: billing begins. Its agent registers when it has booted.
fn run<R: Reader<Fact>>(platform: &mut Platform<'_>, ctx: &mut Ctx<'_, R>, id: InstanceId) {
    billing::start(platform, id, ctx.now());
    let machine = &mut platform.machines[id.index()];
    machine.state = State::Booting;
    let at = machine.registered;
    schedule(platform, ctx, id, at);
}

/// The agent of an instance registers: the instance is ACTIVE (facts/ecs.md 36).
fn register<R: Reader<Fact>>(platform: &mut Platform<'_>, ctx: &mut Ctx<'_, R>, id: InstanceId) {
    let machine = &mut platform.machines[id.index()];
    machine.state = State::Active;
    machine.registered = ctx.now();
    machine.counted = true;
    platform.cluster.set_registered(id, ctx.now());
    ctx.report(Fact::InstanceRegistered(platform.instance_fact(id)));
    open(platform, id);
    platform.notify(Notice::InstanceRegistered(id));
}

/// Allows placements on an instance.
pub(in crate::simulation) fn open(platform: &mut Platform<'_>, id: InstanceId) {
    platform.cluster.admit(id);
    platform.room_was_freed(id);
    platform.notify(Notice::InstanceReady(id));
}

/// Forbids placements on an instance until [`open`] is called again.
pub(in crate::simulation) fn close(platform: &mut Platform<'_>, id: InstanceId) {
    platform.cluster.withdraw(id);
}

/// An ACTIVE instance becomes DRAINING: no more placements. If its group scales it in, it is
/// terminated when it has no task left (facts/ecs.md 160, 225).
pub(in crate::simulation) fn drain<R: Reader<Fact>>(
    platform: &mut Platform<'_>,
    ctx: &mut Ctx<'_, R>,
    id: InstanceId,
) {
    if platform.machines[id.index()].state != State::Active {
        return;
    }
    platform.machines[id.index()].state = State::Draining;
    platform.cluster.withdraw(id);
    ctx.report(Fact::InstanceDraining(platform.instance_fact(id)));
    let latest = drained_at_latest(platform, id, ctx.now());
    schedule(platform, ctx, id, latest);
    platform.notify(Notice::InstanceDraining(id));
}

/// When an instance that drains from now on is terminated, even with running tasks. A Managed Instance
/// has until an age that AWS documents (facts/ecs.md 42l).
fn drained_at_latest(platform: &Platform<'_>, id: InstanceId, now: SimTime) -> SimTime {
    if !platform.is_managed_instance(id) {
        return now + DRAINED_AT_LATEST;
    }
    let assumed = &platform.plan.assumptions.managed_instances;
    let launched = platform.machines[id.index()].launched;
    now.max(launched + assumed.maximum_age + assumed.drain_for)
}

/// Why an instance is terminated that has drained: a Managed Instance may have reached its maximum age.
pub(in crate::simulation) fn end_of_drain(
    platform: &Platform<'_>,
    id: InstanceId,
    now: SimTime,
) -> InstanceEnd {
    let age = now.since(platform.machines[id.index()].launched);
    let maximum = platform.plan.assumptions.managed_instances.maximum_age;
    match platform.is_managed_instance(id) && age >= maximum {
        true => InstanceEnd::MaximumAge,
        false => InstanceEnd::ScaledIn,
    }
}

/// A DRAINING instance that its group does not scale in and that has no interruption notice is
/// ACTIVE again (facts/ecs.md 225). True when it is; the caller [opens](open) it.
pub(in crate::simulation) fn activate<R: Reader<Fact>>(
    platform: &mut Platform<'_>,
    ctx: &mut Ctx<'_, R>,
    id: InstanceId,
) -> bool {
    let machine = &mut platform.machines[id.index()];
    let may_stay = !machine.leaving && machine.interrupted_at.is_none();
    if machine.state != State::Draining || !may_stay {
        return false;
    }
    machine.state = State::Active;
    // The event at which it would be terminated is stale from now on.
    machine.due = ctx.now();
    ctx.report(Fact::InstanceActivated(platform.instance_fact(id)));
    true
}

/// Removes an ACTIVE or DRAINING instance from the cluster. EC2 still runs and bills it. The caller
/// ends the tasks on it.
pub(in crate::simulation) fn deregister<R: Reader<Fact>>(
    platform: &mut Platform<'_>,
    ctx: &mut Ctx<'_, R>,
    id: InstanceId,
) {
    let machine = &mut platform.machines[id.index()];
    machine.state = State::Deregistered;
    // The event at which it would be terminated after draining is stale from now on.
    machine.due = ctx.now();
    let provider = machine.provider;
    platform.cluster.withdraw(id);
    ctx.report(Fact::InstanceDeregistered(platform.instance_fact(id)));
    platform.machines[id.index()].counted = false;
    platform.notify(Notice::CapacityChanged(provider));
}

/// Terminates an instance: billing ends, and the tasks on it die.
pub(in crate::simulation) fn terminate<R: Reader<Fact>>(
    platform: &mut Platform<'_>,
    ctx: &mut Ctx<'_, R>,
    id: InstanceId,
    end: InstanceEnd,
) {
    if platform.machines[id.index()].state == State::Gone {
        return;
    }
    let now = ctx.now();
    match end {
        InstanceEnd::Interrupted => billing::stop_interrupted(platform, id, now),
        InstanceEnd::ScaledIn
        | InstanceEnd::MaximumAge
        | InstanceEnd::Failed
        | InstanceEnd::Terminated => {
            billing::stop(platform, id, now);
        }
    }
    platform.machines[id.index()].state = State::Gone;
    platform.cluster.withdraw(id);
    ctx.report(Fact::InstanceGone(platform.instance_fact(id), end));
    platform.machines[id.index()].counted = false;
    platform.notify(Notice::InstanceGone(id));
}

/// A fault makes an instance fail; on a failed one it adds a reason to stay failed. The instance
/// recovers when as many faults have ended. A group whose health check finds it failed before
/// replaces it (facts/ecs.md 165). `comes_back`: the fault ends at some time.
pub(in crate::simulation) fn fail<R: Reader<Fact>>(
    platform: &mut Platform<'_>,
    ctx: &mut Ctx<'_, R>,
    id: InstanceId,
    comes_back: bool,
) {
    let machine = &mut platform.machines[id.index()];
    match machine.state {
        State::Active | State::Draining => {
            machine.down = 1;
            machine.state = State::Failed;
            platform.cluster.withdraw(id);
            ctx.report(Fact::InstanceFailed(platform.instance_fact(id)));
            platform.machines[id.index()].counted = false;
            platform.notify(Notice::InstanceFailed(id));
            health_check(platform, ctx, id, comes_back);
        }
        State::Failed => machine.down += 1,
        State::Pending | State::Booting | State::Deregistered | State::Gone => {}
    }
}

/// Schedules the time at which the health check of its group finds an instance failed.
fn health_check<R>(
    platform: &mut Platform<'_>,
    ctx: &mut Ctx<'_, R>,
    id: InstanceId,
    comes_back: bool,
) {
    if !platform.machines[id.index()].in_group {
        return;
    }
    let after = match platform.plan.delays {
        Delays::Realistic => platform.plan.assumptions.health_replacement,
        // Without delays a group would replace it at once, so that no failure could end.
        _ if comes_back => return,
        _ => Span::ZERO,
    };
    schedule(platform, ctx, id, ctx.now() + after);
}

/// Schedules another attempt to replace an instance, if it awaits its replacement.
pub(in crate::simulation) fn retry_replacement<R>(
    platform: &mut Platform<'_>,
    ctx: &mut Ctx<'_, R>,
    id: InstanceId,
) {
    let machine = &platform.machines[id.index()];
    if machine.state == State::Failed && machine.awaits_replacement && machine.due < ctx.now() {
        schedule(platform, ctx, id, ctx.now());
    }
}

/// An operator replaces a failed instance of a fixed fleet by another one with an empty disk, under
/// the same id. True when it had failed: the caller then recovers it.
pub(in crate::simulation) fn replace(
    platform: &mut Platform<'_>,
    id: InstanceId,
    now: SimTime,
) -> bool {
    let machine = &mut platform.machines[id.index()];
    let is_replaced = machine.state == State::Failed && !machine.in_group;
    if is_replaced {
        machine.disk.erase();
        machine.registered = now;
    }
    is_replaced
}

/// One fault that keeps an instance failed is over. True when it was the last one, and the instance
/// recovers.
pub(in crate::simulation) fn has_recovered<R: Reader<Fact>>(
    platform: &mut Platform<'_>,
    ctx: &mut Ctx<'_, R>,
    id: InstanceId,
) -> bool {
    let machine = &mut platform.machines[id.index()];
    if machine.state != State::Failed {
        return false;
    }
    machine.down -= 1;
    if machine.down > 0 {
        return false;
    }
    if machine.leaving {
        // Its group was scaling it in when it failed.
        terminate(platform, ctx, id, InstanceEnd::ScaledIn);
        return false;
    }
    true
}

/// A failed instance is ACTIVE again, without tasks. Placements begin with [`open`].
pub(in crate::simulation) fn come_back<R: Reader<Fact>>(
    platform: &mut Platform<'_>,
    ctx: &mut Ctx<'_, R>,
    id: InstanceId,
) {
    let machine = &mut platform.machines[id.index()];
    machine.state = State::Active;
    machine.awaits_replacement = false;
    machine.disk.restart();
    machine.counted = true;
    ctx.report(Fact::InstanceRecovered(platform.instance_fact(id)));
}

/// A fault disconnects the agent of an instance from the control plane. True when it was connected.
pub(in crate::simulation) fn disconnect(platform: &mut Platform<'_>, id: InstanceId) -> bool {
    debug_assert!(platform.can_lose_agents(), "a fault of the plan does this");
    let machine = &mut platform.machines[id.index()];
    machine.disconnections += 1;
    machine.disconnections == 1
}

/// A fault that disconnects the agent is over. True when it was the last one, so that the agent is
/// connected again.
pub(in crate::simulation) fn reconnect(platform: &mut Platform<'_>, id: InstanceId) -> bool {
    let machine = &mut platform.machines[id.index()];
    machine.disconnections -= 1;
    machine.disconnections == 0
}
