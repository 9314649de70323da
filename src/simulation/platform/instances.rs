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
//! Instances of fixed fleets are active from the start to the end of the run, but for
//! failures. ECS notices some time later that an instance has gone: until then it believes
//! in its tasks (facts/ecs.md 237).

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

/// A draining instance is terminated after so long, whatever it runs (facts/ecs.md 160).
const DRAINED_AT_LATEST: Span = Span::hours(48);

/// A new instance: of which type and where, and how it is paid.
#[derive(Clone, Copy, Debug)]
pub(in crate::simulation) struct Launch {
    pub pool: PoolId,
    pub spot: bool,
    pub ordinal: u64,
    pub protected: bool,
    pub root_volume: Option<Memory>,
    /// From launch to registration.
    pub boot: Span,
    pub pull_behavior: PullBehavior,
}

/// An instance of a fixed fleet is there at the start.
pub(in crate::simulation) fn join_at_start(
    platform: &mut Platform<'_>,
    pool: PoolId,
    root_volume: Option<Memory>,
) {
    let id = add(
        platform,
        SimTime::ZERO,
        &Launch {
            pool,
            spot: false,
            ordinal: platform.machines.len() as u64,
            protected: false,
            root_volume,
            boot: Span::ZERO,
            pull_behavior: PullBehavior::Default,
        },
    );
    platform.cluster.admit(id);
    platform.machines[id.index()].state = State::Active;
    platform.machines[id.index()].counted = true;
    billing::start(platform, id, SimTime::ZERO);
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

/// An Auto Scaling group launches an instance.
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

/// The next step of an instance's life is due.
pub(in crate::simulation) fn due<R: Reader<Fact>>(
    platform: &mut Platform<'_>,
    ctx: &mut Ctx<'_, R>,
    id: InstanceId,
) {
    let machine = &platform.machines[id.index()];
    if machine.due != ctx.now() {
        return; // Something else has happened to it; its event is stale.
    }
    match machine.state {
        State::Pending => run(platform, ctx, id),
        State::Booting => register(platform, ctx, id),
        State::Draining => terminate(platform, ctx, id, InstanceEnd::ScaledIn),
        State::Active | State::Failed | State::Gone => {}
    }
}

/// It is running and billed; the agent registers once it has booted.
fn run<R: Reader<Fact>>(platform: &mut Platform<'_>, ctx: &mut Ctx<'_, R>, id: InstanceId) {
    billing::start(platform, id, ctx.now());
    let machine = &mut platform.machines[id.index()];
    machine.state = State::Booting;
    let at = machine.registered;
    schedule(platform, ctx, id, at);
}

/// Its agent registers: it is ACTIVE (facts/ecs.md 36).
fn register<R: Reader<Fact>>(platform: &mut Platform<'_>, ctx: &mut Ctx<'_, R>, id: InstanceId) {
    let machine = &mut platform.machines[id.index()];
    machine.state = State::Active;
    machine.registered = ctx.now();
    machine.counted = true;
    ctx.report(Fact::InstanceRegistered(platform.instance_fact(id)));
    open(platform, id);
    platform.notify(Notice::InstanceRegistered(id));
}

/// It may be given tasks.
pub(in crate::simulation) fn open(platform: &mut Platform<'_>, id: InstanceId) {
    platform.cluster.admit(id);
    platform.room_was_freed(id);
    platform.notify(Notice::InstanceReady(id));
}

/// It takes no more tasks until it is opened again.
pub(in crate::simulation) fn close(platform: &mut Platform<'_>, id: InstanceId) {
    platform.cluster.withdraw(id);
}

/// It takes no more tasks; if its group has taken it out, it is terminated once they are gone
/// (facts/ecs.md 160, 225).
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
    schedule(platform, ctx, id, ctx.now() + DRAINED_AT_LATEST);
    platform.notify(Notice::InstanceDraining(id));
}

/// It is terminated: billed no more, and all that it still runs dies.
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
        InstanceEnd::ScaledIn | InstanceEnd::Failed => billing::stop(platform, id, now),
    }
    platform.machines[id.index()].state = State::Gone;
    platform.cluster.withdraw(id);
    ctx.report(Fact::InstanceGone(platform.instance_fact(id), end));
    platform.machines[id.index()].counted = false;
    platform.notify(Notice::InstanceGone(id));
}

/// It fails, or has one more reason to be down. It comes back when all reasons that end are
/// over; a group that finds it failed before replaces it (facts/ecs.md 165).
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
        State::Pending | State::Booting | State::Gone => {}
    }
}

/// Its group will find it failed, if it belongs to one.
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
        // Where nothing takes time, nobody would ever come back.
        _ if comes_back => return,
        _ => Span::ZERO,
    };
    schedule(platform, ctx, id, ctx.now() + after);
}

/// Where it waits to be replaced, its group looks again.
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

/// An operator has launched another in its place, with an empty disk. True when there was
/// something to replace; it is to be recovered then.
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

/// A reason to be down is over: true with the last of an instance that is to come back.
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
        // It was on its way out when it failed.
        terminate(platform, ctx, id, InstanceEnd::ScaledIn);
        return false;
    }
    true
}

/// It is back, empty; it takes tasks once it is opened.
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

/// Its agent has one more reason to be without a connection to the control plane: true with
/// the first.
pub(in crate::simulation) fn disconnect(platform: &mut Platform<'_>, id: InstanceId) -> bool {
    let machine = &mut platform.machines[id.index()];
    machine.disconnections += 1;
    machine.disconnections == 1
}

/// One reason is over: true with the last.
pub(in crate::simulation) fn reconnect(platform: &mut Platform<'_>, id: InstanceId) -> bool {
    let machine = &mut platform.machines[id.index()];
    machine.disconnections -= 1;
    machine.disconnections == 0
}
