//! Fargate: launches with their rate and quota, the zone of each task, billing, and what
//! ends a task from outside.

use super::{
    BILLED_AT_LEAST, Event, Fact, LaunchFailure, ProviderState, Rejection, StopReason, World,
    agent, faults, spot, tasks,
};
use crate::catalog::Architecture;
use crate::cluster::{GroupId, ProviderId, Task, TaskId, ZoneId};
use crate::engine::random::{Purpose, StreamKey};
use crate::engine::{Reader, Turn};
use crate::plan::{Delays, OnNoCapacity, Plan};
use crate::policy::rate::TokenBucket;
use crate::units::{Cpu, Memory, SimTime, Span};
use crate::usage::{Item, MeterId, MeterKey, Meters};
use std::collections::VecDeque;

/// Fargate includes 20 GiB of ephemeral storage (facts/ecs.md 26).
const STORAGE_INCLUDED: Memory = Memory::gib(20);

/// What the world keeps about Fargate, on demand or Spot.
pub(super) struct FargateState {
    spot: bool,
    /// Per zone and architecture (x86, ARM): CPU, memory, storage.
    meters: Vec<[[MeterId; 3]; 2]>,
    /// Tasks per (zone, group).
    tasks: Vec<u32>,
    groups: usize,
    /// CPU of all tasks, against the quota.
    cpu: u64,
    /// Work that the quota holds back, oldest first.
    held_back: VecDeque<TaskId>,
    /// facts/ecs.md 45, facts/platform.md 2.4.1.
    launches: TokenBucket,
}

impl ProviderState<'_> {
    /// Fargate stands behind the provider.
    pub(super) fn meter_fargate(
        &mut self,
        plan: &Plan,
        provider: ProviderId,
        spot: bool,
        groups: usize,
        meters: &mut Meters,
    ) {
        let zones = plan.cluster.zones.len();
        let items = |arch| match spot {
            false => [Item::FargateCpu(arch), Item::FargateMemory(arch)],
            true => [Item::FargateSpotCpu(arch), Item::FargateSpotMemory(arch)],
        };
        let mut register = |zone, item| {
            let provider = provider.index();
            meters.register(MeterKey {
                provider,
                zone,
                item,
            })
        };
        let meters = (0..zones).map(|zone| {
            [Architecture::X86, Architecture::Arm].map(|arch| {
                let [cpu, memory] = items(arch);
                [cpu, memory, Item::FargateStorage(arch)].map(|item| register(zone, item))
            })
        });
        let (burst, per_second) = plan.assumptions.fargate_launch_bucket;
        self.fargate = Some(FargateState {
            spot,
            meters: meters.collect(),
            tasks: vec![0; zones * groups],
            groups,
            cpu: 0,
            held_back: VecDeque::new(),
            launches: TokenBucket::new(burst, per_second, Span::seconds(1)),
        });
    }
}

impl FargateState {
    /// The open zone with the fewest of the group's tasks, the first listed of equals
    /// (facts/ecs.md 94).
    fn zone(&self, group: GroupId, is_open: impl Fn(usize) -> bool) -> Option<ZoneId> {
        let zones = (0..self.meters.len()).filter(|zone| is_open(*zone));
        let fewest = zones.min_by_key(|zone| self.tasks[zone * self.groups + group.index()]);
        fewest.map(ZoneId::new)
    }

    fn count(&mut self, task: &Task, group: GroupId, begins: bool) {
        let count = &mut self.tasks[task.zone.index() * self.groups + group.index()];
        let cpu = task.shape.cpu.as_base();
        if begins {
            *count += 1;
            self.cpu += cpu;
        } else {
            *count -= 1;
            self.cpu -= cpu;
        }
    }
}

/// A task is submitted to Fargate: it is launched, held back, or refused.
pub(super) fn submit<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
) {
    let Some(task) = world.tasks.get(id).copied() else {
        return;
    };
    let queues = waits(world, &task) && !world.fargate_of(&task).held_back.is_empty();
    if queues {
        over_quota(world, turn, id, &task);
        if world.fargate(&task).held_back.front() == Some(&id) {
            // The oldest, who has been there before and found no capacity.
            launch_held_back(world, turn, &task);
        }
    } else if world.is_over_quota(&task) {
        over_quota(world, turn, id, &task);
    } else {
        launch_now(world, turn, id, task);
    }
}

/// A task within the quota is launched, if there is capacity: says whether there is.
fn launch_now<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
    task: Task,
) -> bool {
    let Some((zone, at)) = find_zone(world, turn, &task) else {
        no_capacity(world, turn, id, &task);
        return false;
    };
    let now = turn.now();
    let group = world.entries[task.entry.index()].group;
    let task = Task { zone, ..task };
    if let Some(stored) = world.tasks.get_mut(id) {
        stored.zone = zone;
    }
    world.fargate_of(&task).count(&task, group, true);
    if at == now {
        tasks::placed(world, turn, id);
    } else {
        turn.at(at, Event::FargateLaunches { task: id });
    }
    true
}

/// Where a task is launched, and when the launch rate admits it; `None`: there is no capacity.
fn find_zone<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    task: &Task,
) -> Option<(ZoneId, SimTime)> {
    let now = turn.now();
    if world.fargate(task).spot && spot::fargate_is_unavailable(world, now, task) {
        return None;
    }
    let group = world.entries[task.entry.index()].group;
    let is_open = |zone| !world.faults.zone_is_closed(ZoneId::new(zone));
    let zone = world.fargate(task).zone(group, is_open)?;
    if world.plan.delays != Delays::Realistic {
        return Some((zone, now));
    }
    if api_fails(world, turn, &Task { zone, ..*task }) {
        return None;
    }
    Some((zone, world.fargate_of(task).launches.admit(now)))
}

/// Whether the API fails the launch of a task: another draw at each try.
fn api_fails<R: Reader<Fact>>(
    world: &World<'_>,
    turn: &mut Turn<'_, Event, R>,
    task: &Task,
) -> bool {
    let now = turn.now();
    let luck = || {
        let name = world.entries[task.entry.index()].name;
        let key = StreamKey::new(world.seed, Purpose::FargateLaunchError, name);
        let seconds = now.since(task.arrived).as_micros() / crate::units::SECOND;
        tasks::draws(key.of(seconds), task).unit()
    };
    let fails = faults::api_fails(world, now, task.zone.index(), luck);
    if let (true, Some(provider)) = (fails, world.lanes[task.lane.index()].provider) {
        turn.report(Fact::LaunchFailed {
            provider,
            instance_type: None,
            zone: task.zone,
            spot: world.lanes[task.lane.index()].fargate_spot,
            why: LaunchFailure::ApiError,
        });
    }
    fails
}

/// The launch rate admits a task; if its zone has gone out meanwhile it is launched anew.
pub(super) fn launch<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
) {
    let task = world.tasks.get(id).copied();
    let Some(task) = task.filter(|task| !task.stopping) else {
        return;
    };
    if world.faults.zone_is_closed(task.zone) {
        let group = world.entries[task.entry.index()].group;
        world.fargate_of(&task).count(&task, group, false);
        launch_now(world, turn, id, task);
    } else {
        tasks::placed(world, turn, id);
    }
}

/// True from its launch until it is gone.
pub(super) fn is_up(task: &Task) -> bool {
    task.promised || task.stopping
}

/// There is no capacity (facts/ecs.md 112, 242).
fn no_capacity<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
    task: &Task,
) {
    if waits(world, task) {
        let wait = world.plan.assumptions.fargate_retry;
        turn.after(wait, Event::WorkReturns { task: id });
    } else {
        tasks::reject(world, turn, id, Rejection::NoFargate);
    }
}

/// The quota is reached (facts/ecs.md 46, 112): work that waits queues behind what waits
/// already, in order of arrival. What is larger than the quota would wait for ever.
fn over_quota<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
    task: &Task,
) {
    if waits(world, task) && task.shape.cpu.as_base() <= world.fargate_quota() {
        let order = |task: &Task| (task.arrived, task.entry, task.ordinal);
        let tasks = &world.tasks;
        let is_older = |id: &TaskId| {
            tasks
                .get(*id)
                .is_none_or(|other| order(other) < order(task))
        };
        let at = world.fargate(task).held_back.partition_point(is_older);
        world.fargate_of(task).held_back.insert(at, id);
    } else {
        tasks::reject(world, turn, id, Rejection::FargateQuota);
    }
}

/// True for work whose client tries again; services have their own way.
fn waits(world: &World<'_>, task: &Task) -> bool {
    let planned = world.plan.tasks.get(task.entry.index());
    planned.is_some_and(|entry| entry.on_no_capacity != OnNoCapacity::Fail)
}

/// Fargate bills the task's size from the moment the image pull starts (facts/pricing.md 2).
pub(super) fn start_billing(world: &mut World<'_>, now: SimTime, task: &Task) {
    for (meter, amount) in metered(world, task) {
        world.meters.start(meter, amount, now);
    }
}

/// The task's capacity is free, and is billed no more if it was.
pub(super) fn stop_billing<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    task: &Task,
) {
    end_meters(world, turn.now(), task, task.placed);
    leave(world, turn, task);
}

/// Billing of a task that began at `since` ends.
pub(super) fn end_meters(world: &mut World<'_>, now: SimTime, task: &Task, since: SimTime) {
    for (meter, amount) in metered(world, task) {
        world
            .meters
            .stop(meter, amount, since, now, BILLED_AT_LEAST);
    }
}

/// The task counts no more; whom the quota held back may go.
pub(super) fn leave<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    task: &Task,
) {
    let group = world.entries[task.entry.index()].group;
    world.fargate_of(task).count(task, group, false);
    launch_held_back(world, turn, task);
}

/// Whom the quota held back goes, the oldest first, until one does not fit or finds no
/// capacity (facts/ecs.md 46). `like` is a task of the same provider.
fn launch_held_back<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    like: &Task,
) {
    while let Some(next) = world.fargate_of(like).held_back.front().copied() {
        let next_task = world.tasks.get(next).copied();
        if next_task.is_some_and(|task| world.is_over_quota(&task)) {
            return;
        }
        world.fargate_of(like).held_back.pop_front();
        if let Some(next_task) = next_task
            && !launch_now(world, turn, next, next_task)
        {
            return;
        }
    }
}

/// The meters of a task's CPU, memory and storage, with what they count.
fn metered(world: &World<'_>, task: &Task) -> impl Iterator<Item = (MeterId, u64)> + use<> {
    let entry = &world.entries[task.entry.index()];
    let storage = entry.demand.ephemeral_storage.as_bytes();
    let amounts = [
        task.shape.cpu.as_base(),
        task.shape.memory.as_bytes(),
        storage.saturating_sub(STORAGE_INCLUDED.as_bytes()),
    ];
    let meters = world.fargate(task).meters[task.zone.index()][usize::from(entry.arm)];
    meters
        .into_iter()
        .zip(amounts)
        .filter(|(_, amount)| *amount > 0)
}

/// AWS takes Spot capacity back: SIGTERM now, the end within two minutes
/// (facts/ecs.md 234).
pub(super) fn interrupt<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
) {
    if world.tasks.get(id).is_some_and(|task| !task.stopping) {
        agent::stop(world, turn, id, StopReason::SpotInterruption);
    }
}

/// The host of a task dies, and the task with it (facts/platform.md 8.2.5).
pub(super) fn lose_host<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
) {
    if world.tasks.get(id).is_some() {
        tasks::lose(world, turn, id, StopReason::InfrastructureHealth);
    }
}

impl World<'_> {
    /// How much CPU may run at once, on demand and Spot each (facts/ecs.md 46).
    fn fargate_quota(&self) -> u64 {
        Cpu::vcpus(u64::from(self.plan.assumptions.fargate_vcpu_quota)).as_base()
    }

    /// With one more task there would be more CPU than the quota allows.
    fn is_over_quota(&self, task: &Task) -> bool {
        let quota = self.fargate_quota();
        self.plan.delays == Delays::Realistic
            && self.fargate(task).cpu + task.shape.cpu.as_base() > quota
    }

    /// The Fargate that a task goes to.
    fn fargate(&self, task: &Task) -> &FargateState {
        let provider = self.lanes[task.lane.index()].provider;
        let provider = provider.expect("a Fargate task has a provider").index();
        let state = self.providers[provider].fargate.as_ref();
        state.expect("the lane leads to Fargate")
    }

    /// The same, to change it.
    fn fargate_of(&mut self, task: &Task) -> &mut FargateState {
        let provider = self.lanes[task.lane.index()].provider;
        let provider = provider.expect("a Fargate task has a provider").index();
        let state = self.providers[provider].fargate.as_mut();
        state.expect("the lane leads to Fargate")
    }
}
