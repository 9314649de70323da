//! The creation of tasks: the capacity provider by the strategy, and the random size and run time.

use super::ending::reject;
use super::fargate;
use super::revision::Revision;
use super::state::Lives;
use super::waits;
use crate::catalog::smallest_fargate;
use crate::cluster::WorkId;
use crate::cluster::{Asked, LaneId, Pending, RevisionId, Shape, Task, TaskId, ZoneId};
use crate::engine::{Reader, tell};
use crate::plan::{Demand, Drawn, MemoryDemand, NetworkMode, StrategyItem, TraceRow};
use crate::policy::provisioning::{self, strategy::next};
use crate::simulation::event::Ctx;
use crate::simulation::fact::{Fact, Obstacle, Rejection, TaskFact};
use crate::units::{Cpu, Memory, Span};

/// Chooses the lane of the next task of a revision, by base and weight (facts/ecs.md 131).
#[inline(always)]
pub(in crate::simulation) fn choose_lane(lives: &mut Lives<'_>, id: RevisionId) -> LaneId {
    let revision = &mut lives.revisions[id.index()];
    if revision.items.is_empty() {
        return revision.lane(0);
    }
    revision.on_lane.resize(revision.items.len(), 0);
    let number = next(&strategy(revision.items), &revision.on_lane)
        .expect("some item of a strategy has a weight");
    revision.on_lane[number] += 1;
    revision.lane(number)
}

/// Sets the tasks that base and weight count: those of one call of `RunTask` (none at its
/// beginning), or all tasks of a service (facts/ecs.md 130).
pub(in crate::simulation) fn count_on_lanes(
    lives: &mut Lives<'_>,
    id: RevisionId,
    tasks: &[TaskId],
) {
    let revision = &lives.revisions[id.index()];
    if revision.items.is_empty() {
        return;
    }
    let on_lane = per_lane(lives, id, tasks);
    lives.revisions[id.index()].on_lane = on_lane;
}

/// By lane: the number of these tasks of a revision that are not stopping.
pub(in crate::simulation) fn per_lane(
    lives: &Lives<'_>,
    id: RevisionId,
    tasks: &[TaskId],
) -> Vec<u32> {
    let mut on_lane = vec![0; lives.revisions[id.index()].lanes().count()];
    for task in tasks.iter().filter_map(|id| lives.tasks.get(*id)) {
        if let Some(number) = lane_number(lives, id, task) {
            on_lane[number] += u32::from(!task.stopping);
        }
    }
    on_lane
}

/// The number, in the order of a revision's lanes, of the lane with the capacity provider of a task;
/// `None` when the revision has no lane with it.
pub(in crate::simulation) fn lane_number(
    lives: &Lives<'_>,
    id: RevisionId,
    task: &Task,
) -> Option<usize> {
    let provider = lives.lanes[task.lane.index()].provider;
    let is_same = |lane: LaneId| lives.lanes[lane.index()].provider == provider;
    lives.revisions[id.index()].lanes().position(is_same)
}

/// Creates the next attempt of a task, without capacity; its run time is `left`.
pub(in crate::simulation) fn resubmit_copy(
    lives: &mut Lives<'_>,
    task: &Task,
    left: Span,
) -> TaskId {
    lives.tasks.add(Task {
        duration: left,
        instance: None,
        promised: false,
        held: false,
        running: false,
        stopping: false,
        ..*task
    })
}

/// Counts a refusal of a task that will be submitted again. Returns the task with this refusal.
pub(in crate::simulation) fn count_refusal(lives: &mut Lives<'_>, id: TaskId) -> Option<Task> {
    let task = lives.tasks.get_mut(id)?;
    task.refusals = task.refusals.saturating_add(1);
    Some(*task)
}

/// The entry of a task for the queue of a placement pass. `None` when the task goes to Fargate, or
/// is refused because no instance can ever hold it (`shape` is `None` for the same reason).
#[inline(always)]
pub(in crate::simulation) fn to_wait<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    lane: LaneId,
    shape: Option<Shape>,
) -> Option<Pending> {
    let Some(shape) = shape else {
        reject(lives, ctx, id, Rejection::Unplaceable);
        return None;
    };
    let revision = &lives.revisions[lives.lanes[lane.index()].revision.index()];
    let work = revision.work;
    if revision.on_fargate {
        fargate::submit(lives, ctx, id);
        return None;
    }
    let request = lives.request(lane, shape);
    if !lives.platform.cluster().could_ever_fit(&request) && !waits_in_vain(lives, lane, shape) {
        if !request.requirement.member_of.excluded.is_empty() {
            waits::tell(lives, ctx, work, |lives| {
                Obstacle::NoRoom(lives.lacks(lane, shape))
            });
        }
        reject(lives, ctx, id, Rejection::Unplaceable);
        return None;
    }
    lives.platform.request_pass();
    Some(Pending {
        task: id,
        work,
        lane,
        shape,
        may_wait: true,
    })
}

/// True when only `memberOf` keeps a task from all instances and the task waits nevertheless: in
/// PROVISIONING, until the time there is over (facts/ecs.md 98, 144).
#[cold]
fn waits_in_vain(lives: &Lives<'_>, lane: LaneId, shape: Shape) -> bool {
    let of = &lives.lanes[lane.index()];
    let excluded = &lives.requirements[lane.index()].member_of.excluded;
    of.provisions
        && lives.revisions[of.revision.index()].may_provision
        && lives.platform.cluster().could_ever_hold(excluded, &shape)
}

/// Removes a task that was never placed and waits in no queue.
pub(in crate::simulation) fn remove_unplaced(lives: &mut Lives<'_>, id: TaskId) {
    lives.tasks.remove(id);
}

/// Places a task without a placement pass: a daemon on its instance.
pub(in crate::simulation) fn set_place(
    lives: &mut Lives<'_>,
    id: TaskId,
    instance: crate::cluster::InstanceId,
) {
    let zone = lives.platform.machine(instance).zone;
    lives.tasks.promise(id, instance, zone);
}

/// The items of a strategy in the form of the policy.
pub(in crate::simulation) fn strategy(items: &[StrategyItem]) -> Vec<provisioning::StrategyItem> {
    let item = |item: &StrategyItem| provisioning::StrategyItem {
        base: item.base,
        weight: item.weight,
    };
    items.iter().map(item).collect()
}

/// Creates a task and draws its size and run time, unless the row of a trace gives them. Returns no
/// shape when no Fargate size is large enough.
#[inline(always)]
pub(in crate::simulation) fn create<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: RevisionId,
    lane: LaneId,
    row: Option<&TraceRow>,
) -> (TaskId, Option<Shape>) {
    let now = ctx.now();
    let revision = &mut lives.revisions[id.index()];
    let work = revision.work;
    let ordinal = lives.births[work];
    lives.births[work] += 1;
    let (asked, shape) = draw_demand(row, revision, ordinal);
    let duration = match row {
        Some(row) => row.duration,
        None => revision.next_duration(ordinal),
    };
    let task = Task {
        revision: id,
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
        refusals: 0,
        promised: false,
        held: false,
        running: false,
        stopping: false,
    };
    let task_id = lives.tasks.add(task);
    lives.jobs += u64::from(matches!(work, WorkId::Entry(_)));
    // Read where it is now: the compiler needs no second copy of it.
    if let Some(task) = lives.tasks.get(task_id) {
        let provider = None;
        tell!(
            ctx,
            Fact::TaskArrived(TaskFact {
                task: *task,
                work,
                provider,
            })
        );
    }
    (task_id, shape)
}

/// What a task asks for, and the capacity that it takes; `None` when no Fargate size is large
/// enough.
#[inline]
fn draw_demand(
    row: Option<&TraceRow>,
    revision: &mut Revision<'_>,
    ordinal: u64,
) -> (Asked, Option<Shape>) {
    let demand = revision.demand;
    let cpu = match (row.and_then(|row| row.cpu), &demand.cpu) {
        (Some(cpu), _) => cpu,
        (None, Drawn::Fixed(cpu)) => *cpu,
        (None, Drawn::From(law)) => Cpu::from_units_f64(revision.cpu.draw(law, ordinal)),
    };
    let memory = match (row.and_then(|row| row.memory), &demand.memory) {
        (Some(memory), _) => memory,
        (None, MemoryDemand::Absolute(Drawn::Fixed(memory))) => *memory,
        (None, MemoryDemand::Absolute(Drawn::From(law))) => {
            Memory::from_bytes_f64(revision.memory.draw(law, ordinal))
        }
        (None, MemoryDemand::PerVcpu(law)) => {
            let per_vcpu = revision.memory.draw(law, ordinal);
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
        // A size that Fargate does not offer is raised to the smallest one that is at least as
        // large (facts/ecs.md 25). Fargate has no GPUs.
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

/// The capacity on an instance of a task with a fixed size.
///
/// # Panics
/// When the size is drawn.
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
