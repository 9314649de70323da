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

use super::agent::Agent;
use super::{
    BILLED_AT_LEAST, Event, Fact, InstanceEnd, InstanceFact, StopReason, World, capacity, faults,
    groups, services, spot, tasks,
};
use crate::cluster::{InstanceId, PoolId, ProviderId, ZoneId};
use crate::engine::{Reader, Turn};
use crate::plan::{Capacity, Delays, PullBehavior};
use crate::units::{Memory, SimTime, Span};
use crate::usage::{Item, MeterId, MeterKey, Owner};

/// A draining instance is terminated after so long, whatever it runs (facts/ecs.md 160).
const DRAINED_AT_LATEST: Span = Span::hours(48);

/// What the world keeps about an instance beside its capacity.
pub(super) struct Machine {
    pub provider: ProviderId,
    pub instance_type: usize,
    pub zone: ZoneId,
    pub spot: bool,
    pub state: State,
    pub launched: SimTime,
    /// When its agent registered; meaningless before.
    pub registered: SimTime,
    /// It was launched as the n-th of its group, or fleet, and zone.
    pub ordinal: u64,
    /// It belongs to an Auto Scaling group.
    pub in_group: bool,
    /// Its group does not scale it in (facts/ecs.md 158).
    pub protected: bool,
    /// The next step of its life; reminders for other times are stale.
    pub due: SimTime,
    /// Its group has taken it out: it counts no more for the group's capacity, and is
    /// terminated once it has drained. One that drains because AWS takes it back stays in
    /// its group to its end (facts/ecs.md 232, 233).
    pub leaving: bool,
    /// How many faults keep it down: it is back when all are over.
    down: u32,
    /// It has failed, and its group replaces it once it may.
    is_given_up: bool,
    /// AWS will take it back at this time.
    pub interrupted_at: Option<SimTime>,
    pub agent: Agent,
    root_volume: Option<Memory>,
    billing: Option<Billing>,
    /// Its capacity counts in the figures.
    counted: bool,
}

/// Where an instance is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Launched, and not running yet.
    Pending,
    /// Running, and not registered yet.
    Booting,
    /// Registered; it may be given tasks.
    Active,
    /// Waiting for its tasks to end.
    Draining,
    /// Failed; it may come back.
    Failed,
    /// Terminated or dead, which ECS may not have noticed.
    Gone,
}

#[derive(Clone, Copy)]
struct Billing {
    since: SimTime,
    instance: MeterId,
    volume: Option<(MeterId, u64)>,
}

/// A new instance: of which type and where, and how it is paid.
#[derive(Clone, Copy, Debug)]
pub(super) struct Launch {
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
pub(super) fn join_at_start(world: &mut World<'_>, pool: PoolId, root_volume: Option<Memory>) {
    let id = add(
        world,
        SimTime::ZERO,
        &Launch {
            pool,
            spot: false,
            ordinal: world.machines.len() as u64,
            protected: false,
            root_volume,
            boot: Span::ZERO,
            pull_behavior: PullBehavior::Default,
        },
    );
    world.cluster.admit(id);
    world.machines[id.index()].state = State::Active;
    world.machines[id.index()].counted = true;
    start_billing(world, id, SimTime::ZERO);
}

fn add(world: &mut World<'_>, now: SimTime, launch: &Launch) -> InstanceId {
    let id = world.cluster.launch(launch.pool);
    let spec = &world.cluster.pool(launch.pool).spec;
    let provider = spec.provider;
    let capacity = &world.plan.cluster.providers[provider.index()].capacity;
    world.machines.push(Machine {
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
        is_given_up: false,
        interrupted_at: None,
        agent: Agent::new(launch.pull_behavior),
        root_volume: launch.root_volume,
        billing: None,
        counted: false,
    });
    id
}

/// An Auto Scaling group launches an instance.
pub(super) fn launch<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    launch: &Launch,
) -> InstanceId {
    let now = turn.now();
    let id = add(world, now, launch);
    turn.report(Fact::InstanceLaunched(world.instance_fact(id)));
    let to_running = match world.plan.delays {
        Delays::Realistic => world.plan.assumptions.launch_to_running.min(launch.boot),
        _ => Span::ZERO,
    };
    let machine = &mut world.machines[id.index()];
    machine.registered = now + launch.boot;
    if to_running == Span::ZERO {
        run(world, turn, id);
    } else {
        schedule(world, turn, id, now + to_running);
    }
    id
}

fn schedule<R>(world: &mut World<'_>, turn: &mut Turn<'_, Event, R>, id: InstanceId, at: SimTime) {
    world.machines[id.index()].due = at;
    turn.at(at, Event::InstanceTurns { instance: id });
}

/// The next step of an instance's life is due.
pub(super) fn turn<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: InstanceId,
) {
    let machine = &world.machines[id.index()];
    if machine.due != turn.now() {
        return; // Something else has happened to it; its event is stale.
    }
    match machine.state {
        State::Pending => run(world, turn, id),
        State::Booting => register(world, turn, id),
        State::Draining => terminate(world, turn, id, InstanceEnd::ScaledIn),
        State::Failed => give_up(world, turn, id),
        State::Active | State::Gone => {}
    }
}

/// It is running and billed; the agent registers once it has booted.
fn run<R: Reader<Fact>>(world: &mut World<'_>, turn: &mut Turn<'_, Event, R>, id: InstanceId) {
    start_billing(world, id, turn.now());
    let machine = &mut world.machines[id.index()];
    machine.state = State::Booting;
    let at = machine.registered;
    schedule(world, turn, id, at);
}

/// Its agent registers: it is ACTIVE (facts/ecs.md 36).
fn register<R: Reader<Fact>>(world: &mut World<'_>, turn: &mut Turn<'_, Event, R>, id: InstanceId) {
    world.machines[id.index()].state = State::Active;
    world.machines[id.index()].registered = turn.now();
    count(world, id, true);
    turn.report(Fact::InstanceRegistered(world.instance_fact(id)));
    open(world, turn, id);
    faults::instance_registered(world, turn, id);
    if world.machines[id.index()].interrupted_at.is_some() {
        spot::drain(world, turn, id);
    }
    if world.machines[id.index()].in_group {
        let provider = world.machines[id.index()].provider;
        groups::replace_more(world, turn, provider);
    }
}

/// It may be given tasks.
pub(super) fn open<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: InstanceId,
) {
    world.cluster.admit(id);
    world.freed.push(id);
    world.dirty = true;
    services::start_daemons(world, turn);
    capacity::changed(world, turn, id);
}

/// It takes no more tasks, and services replace theirs; if its group has taken it out, it is
/// terminated once they are gone (facts/ecs.md 160, 225).
pub(super) fn drain<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: InstanceId,
) {
    if world.machines[id.index()].state != State::Active {
        return;
    }
    world.machines[id.index()].state = State::Draining;
    world.cluster.withdraw(id);
    turn.report(Fact::InstanceDraining(world.instance_fact(id)));
    schedule(world, turn, id, turn.now() + DRAINED_AT_LATEST);
    services::instance_drains(world, turn, id);
    capacity::changed(world, turn, id);
    task_left(world, turn, id);
}

/// A task has left an instance: one that drains may be done.
pub(super) fn task_left<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: InstanceId,
) {
    if world.machines[id.index()].state != State::Draining {
        return;
    }
    let on_it = tasks::on_instance(world, id);
    let is_daemon = |task| {
        let task = world.tasks.get(task);
        task.is_none_or(|task| world.requirements[task.lane.index()].daemon)
    };
    if on_it.is_empty() && world.machines[id.index()].leaving {
        terminate(world, turn, id, InstanceEnd::ScaledIn);
    } else if on_it.iter().all(|task| is_daemon(*task)) {
        // Daemons are stopped last (facts/ecs.md 107).
        for task in on_it {
            super::agent::stop(world, turn, task, StopReason::InstanceDraining);
        }
    }
}

/// It is terminated: billed no more, and all that it still runs dies.
pub(super) fn terminate<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: InstanceId,
    end: InstanceEnd,
) {
    if world.machines[id.index()].state == State::Gone {
        return;
    }
    let now = turn.now();
    match end {
        InstanceEnd::Interrupted => spot::stop_billing(world, id, now),
        _ => stop_billing(world, id, now),
    }
    world.machines[id.index()].state = State::Gone;
    world.cluster.withdraw(id);
    turn.report(Fact::InstanceGone(world.instance_fact(id), end));
    count(world, id, false);
    die(world, turn, id, world.plan.assumptions.termination_notice);
    capacity::changed(world, turn, id);
    services::instance_gone(world, id);
    world.faults.instance_gone(id);
    groups::instance_gone(world, turn, id);
}

/// What runs on it dies now; ECS notices later (facts/ecs.md 237).
fn die<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: InstanceId,
    notice: Span,
) {
    super::agent::host_died(world, turn, id);
    let notice = match world.plan.delays {
        Delays::Realistic => notice,
        _ => Span::ZERO,
    };
    if notice == Span::ZERO {
        lose_tasks(world, turn, id);
    } else if !tasks::on_instance(world, id).is_empty() {
        turn.after(notice, Event::InstanceLossNoticed { instance: id });
    }
}

/// ECS notices that an instance is gone.
pub(super) fn notice_loss<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: InstanceId,
) {
    if matches!(
        world.machines[id.index()].state,
        State::Gone | State::Failed
    ) {
        lose_tasks(world, turn, id);
    }
}

fn lose_tasks<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: InstanceId,
) {
    for task in tasks::on_instance(world, id) {
        tasks::lose(world, turn, task, StopReason::HostGone);
    }
}

/// It fails, or has one more reason to be down: what runs on it dies. It comes back when all
/// reasons that end are over; a group that finds it failed before replaces it
/// (facts/ecs.md 165).
pub(super) fn fail<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: InstanceId,
    comes_back: bool,
) {
    let machine = &mut world.machines[id.index()];
    match machine.state {
        State::Active | State::Draining => {
            machine.down = 1;
            machine.state = State::Failed;
            world.cluster.withdraw(id);
            turn.report(Fact::InstanceFailed(world.instance_fact(id)));
            count(world, id, false);
            die(world, turn, id, world.plan.assumptions.host_loss_notice);
            capacity::changed(world, turn, id);
            health_check(world, turn, id, comes_back);
        }
        State::Failed => machine.down += 1,
        State::Pending | State::Booting | State::Gone => {}
    }
}

/// Its group will find it failed, if it belongs to one.
fn health_check<R>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: InstanceId,
    comes_back: bool,
) {
    if !world.machines[id.index()].in_group {
        return;
    }
    let after = match world.plan.delays {
        Delays::Realistic => world.plan.assumptions.health_replacement,
        // Where nothing takes time, nobody would ever come back.
        _ if comes_back => return,
        _ => Span::ZERO,
    };
    schedule(world, turn, id, turn.now() + after);
}

/// Its group has noticed that it failed, and replaces it, or will when fewer of its others are
/// being replaced (facts/ecs.md 165).
fn give_up<R: Reader<Fact>>(world: &mut World<'_>, turn: &mut Turn<'_, Event, R>, id: InstanceId) {
    world.machines[id.index()].is_given_up = true;
    if groups::may_replace(world, id) {
        terminate(world, turn, id, InstanceEnd::Failed);
    }
}

/// Where it waits to be replaced, its group looks again.
pub(super) fn look_again<R>(world: &mut World<'_>, turn: &mut Turn<'_, Event, R>, id: InstanceId) {
    let machine = &world.machines[id.index()];
    if machine.state == State::Failed && machine.is_given_up && machine.due < turn.now() {
        schedule(world, turn, id, turn.now());
    }
}

/// Its zone is gone: it dies, wherever it is in its life. Says whether it comes back with the
/// zone.
pub(super) fn lose_zone<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: InstanceId,
) -> bool {
    let machine = &world.machines[id.index()];
    let comes_back = !machine.in_group;
    match machine.state {
        State::Pending | State::Booting => terminate(world, turn, id, InstanceEnd::Failed),
        _ => fail(world, turn, id, comes_back),
    }
    comes_back
}

/// An operator has launched another in its place, with an empty disk. What had cut off the
/// agent of the old one cuts off that of the new one, as long as it lasts.
pub(super) fn replace<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: InstanceId,
) {
    let machine = &mut world.machines[id.index()];
    if machine.state == State::Failed && !machine.in_group {
        machine.agent.images = None;
        machine.registered = turn.now();
        recover(world, turn, id);
    }
}

/// A reason to be down is over: with the last it is back, empty.
pub(super) fn recover<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: InstanceId,
) {
    let machine = &mut world.machines[id.index()];
    if machine.state != State::Failed {
        return;
    }
    machine.down -= 1;
    if machine.down > 0 {
        return;
    }
    if machine.leaving {
        // It was on its way out when it failed.
        return terminate(world, turn, id, InstanceEnd::ScaledIn);
    }
    // What ECS had not noticed to be lost is lost now.
    lose_tasks(world, turn, id);
    let machine = &mut world.machines[id.index()];
    machine.state = State::Active;
    machine.is_given_up = false;
    machine.agent.restart();
    count(world, id, true);
    turn.report(Fact::InstanceRecovered(world.instance_fact(id)));
    if world.is_away(id) {
        super::agent::is_missed(world, turn, id);
    } else {
        open(world, turn, id);
    }
}

fn count(world: &mut World<'_>, id: InstanceId, counts: bool) {
    world.machines[id.index()].counted = counts;
}

fn start_billing(world: &mut World<'_>, id: InstanceId, now: SimTime) {
    let machine = &world.machines[id.index()];
    let item = match machine.spot {
        false => Item::Instance(machine.instance_type),
        true => Item::SpotInstance(machine.instance_type),
    };
    let key = |item| MeterKey {
        owner: Owner::Provider(machine.provider.index()),
        zone: Some(machine.zone.index()),
        item,
    };
    let instance = world.meters.register(key(item));
    let volume = machine.root_volume.map(|size| {
        let meter = world.meters.register(key(Item::RootVolume));
        (meter, size.as_bytes())
    });
    world.meters.start(instance, 1, now);
    if let Some((meter, size)) = volume {
        world.meters.start(meter, size, now);
    }
    world.machines[id.index()].billing = Some(Billing {
        since: now,
        instance,
        volume,
    });
}

/// It is billed no more, if it was.
pub(super) fn stop_billing(world: &mut World<'_>, id: InstanceId, now: SimTime) {
    if let Some(billing) = world.machines[id.index()].billing.take() {
        let meters = &mut world.meters;
        meters.stop(billing.instance, 1, billing.since, now, BILLED_AT_LEAST);
        stop_volume(world, billing, now);
    }
}

/// AWS has taken it back within its first hour: the instance costs nothing, its volume does
/// (facts/pricing.md 2).
pub(super) fn cancel_billing(world: &mut World<'_>, id: InstanceId, now: SimTime) {
    if let Some(billing) = world.machines[id.index()].billing.take() {
        world.meters.cancel(billing.instance, 1, billing.since, now);
        stop_volume(world, billing, now);
    }
}

fn stop_volume(world: &mut World<'_>, billing: Billing, now: SimTime) {
    if let Some((meter, size)) = billing.volume {
        let meters = &mut world.meters;
        meters.stop(meter, size, billing.since, now, BILLED_AT_LEAST);
    }
}

impl Machine {
    /// Since when it is billed.
    pub(super) fn billed_since(&self) -> Option<SimTime> {
        self.billing.map(|billing| billing.since)
    }

    /// The size of its root volume.
    pub(super) fn root_volume(&self) -> Option<Memory> {
        self.root_volume
    }

    /// It is there, or will be.
    pub(super) fn is_coming_or_there(&self) -> bool {
        self.state != State::Gone && !self.leaving
    }
}

impl World<'_> {
    /// An instance as facts tell of it.
    pub(super) fn instance_fact(&self, id: InstanceId) -> InstanceFact {
        let machine = &self.machines[id.index()];
        let spec = &self.cluster.pool(self.cluster.instance(id).pool()).spec;
        InstanceFact {
            instance: id,
            provider: machine.provider,
            instance_type: machine.instance_type,
            zone: machine.zone,
            spot: machine.spot,
            cpu: spec.cpu.as_base(),
            memory: spec.memory.as_bytes(),
            gpus: spec.gpus,
            counted: machine.counted,
        }
    }
}
