//! The memory that containers use, and what happens when it is too much: the kernel kills a container
//! above its own limit, the container that uses the most where all containers of a task use more
//! than the task's memory, and the one that uses the most of all on an instance that has no more
//! memory (facts/ecs.md 64).

use super::containers::ContainerState;
use super::record::MemoryUse;
use super::stage::draws;
use super::state::Lives;
use crate::cluster::{InstanceId, Task, TaskId};
use crate::units::{Memory, SimTime, Span};

/// Draws the memory that a run of a container comes to use; `None` without `memoryUse`.
pub(super) fn draw(
    lives: &Lives<'_>,
    task: &Task,
    container: usize,
    number: u32,
    now: SimTime,
) -> Option<MemoryUse> {
    let definition = &lives.revisions[task.revision.index()].containers[container];
    let behavior = &definition.behavior;
    let law = behavior.memory_use.as_ref()?;
    let keys = lives.keys(task, container);
    let bytes = law.draw(
        &mut draws(keys.memory.of(number.into()), task),
        task.ordinal,
    );
    let growth = &behavior.memory_growth;
    let after = growth.draw(
        &mut draws(keys.growth.of(number.into()), task),
        task.ordinal,
    );
    Some(MemoryUse {
        bytes: bytes as u64,
        from: now + Span::from_seconds_f64(after),
        is_used: false,
    })
}

/// True when the memory of a run is above the container's own limit.
pub(super) fn is_above_own_limit(used: &MemoryUse, limit: Option<Memory>) -> bool {
    limit.is_some_and(|limit| used.bytes > limit.as_bytes())
}

/// True where the memory of a task's containers can be too much for more than a single container: for
/// the task, or for its instance.
pub(super) fn is_shared(lives: &Lives<'_>, task: &Task) -> bool {
    task.instance.is_some() || lives.revision(task).demand.limits_memory()
}

/// True when a container begins to use its memory now.
pub(super) fn has_grown(lives: &mut Lives<'_>, id: TaskId, container: usize, now: SimTime) -> bool {
    let Some(life) = lives.of(id) else {
        return false;
    };
    let Some(changes) = &mut life.runs[container].changes else {
        return false;
    };
    let Some(memory) = &mut changes.memory else {
        return false;
    };
    let grows = memory.from <= now && !memory.is_used;
    memory.is_used |= grows;
    grows
}

/// The container that is killed because the containers of a task use more together than the task
/// may: the one that uses the most, the first of several; `None` when they use less.
pub(super) fn too_much(lives: &mut Lives<'_>, id: TaskId) -> Option<usize> {
    let task = lives.tasks.get(id)?;
    if !lives.revision(task).demand.limits_memory() {
        return None;
    }
    let limit = task.shape.memory.as_bytes();
    let life = lives.of(id).filter(|life| !life.is_over())?;
    let is_running = |container: &usize| {
        let state = life.state.state(*container);
        matches!(state, ContainerState::Running { .. })
    };
    let used = |container: usize| {
        let memory = life.runs[container].used_memory();
        (memory.map_or(0, |memory| memory.bytes), container)
    };
    let running = (0..life.runs.len()).filter(is_running);
    let used: Vec<(u64, usize)> = running.map(used).collect();
    let sum: u128 = used.iter().map(|(bytes, _)| u128::from(*bytes)).sum();
    let most = used.iter().rev().max_by_key(|(bytes, _)| *bytes);
    most.filter(|_| sum > u128::from(limit))
        .map(|(_, container)| *container)
}

/// A container that uses memory of an instance, in the order in which the kernel prefers to kill: by its
/// memory, then the one that has started last, then the youngest task and its last container.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct OnHost {
    bytes: u64,
    since: SimTime,
    /// The number of its task among those of the instance, oldest first.
    place: usize,
    container: usize,
}

/// The container that the kernel kills because the containers on an instance use more than its memory
/// without what the system uses; `None` when they use less. Docker gives no container another
/// `oom_score_adj`, so that the kernel chooses the one that uses the most, of several the youngest.
pub(super) fn too_much_on_host(
    lives: &mut Lives<'_>,
    instance: InstanceId,
) -> Option<(TaskId, usize)> {
    let plan = lives.platform.plan();
    let kind = lives.platform.machine(instance).instance_type;
    let total = plan.cluster.instance_types[kind].os_memory;
    let limit = total
        .as_bytes()
        .saturating_sub(plan.assumptions.system_memory.as_bytes());
    let tasks = lives.tasks.on_instance(instance);
    let mut used: Vec<OnHost> = Vec::new();
    for (place, id) in tasks.iter().enumerate() {
        let Some(life) = lives.of(*id).filter(|life| !life.is_over()) else {
            continue;
        };
        for (container, run) in life.runs.iter().enumerate() {
            if let ContainerState::Running { since, .. } = life.state.state(container)
                && let Some(memory) = run.used_memory()
            {
                let bytes = memory.bytes;
                used.push(OnHost {
                    bytes,
                    since,
                    place,
                    container,
                });
            }
        }
    }
    let sum: u128 = used.iter().map(|of| u128::from(of.bytes)).sum();
    let most = used.into_iter().max().filter(|_| sum > u128::from(limit))?;
    Some((tasks[most.place], most.container))
}
