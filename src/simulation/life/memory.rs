//! The memory that containers use, and what happens when it is too much: the kernel kills a container
//! above its own limit, and the container that uses the most where all containers of a task use
//! more than the task's memory (facts/ecs.md 64).

use super::containers::ContainerState;
use super::record::MemoryUse;
use super::stage::draws;
use super::state::Lives;
use crate::cluster::{Task, TaskId};
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

/// True when a container begins to use its memory now, within a task whose memory is limited.
pub(super) fn has_grown(lives: &mut Lives<'_>, id: TaskId, container: usize, now: SimTime) -> bool {
    let Some(life) = lives.of(id) else {
        return false;
    };
    let Some(memory) = &mut life.runs[container].memory else {
        return false;
    };
    let grows = memory.from <= now && !memory.is_used;
    memory.is_used |= grows;
    grows
}

/// The container that is killed because the containers of a task use more together than the task
/// may: the one that uses the most, the first of several; `None` when they use less.
pub(super) fn too_much(lives: &mut Lives<'_>, id: TaskId) -> Option<usize> {
    let limit = lives.tasks.get(id)?.shape.memory.as_bytes();
    let life = lives.of(id).filter(|life| !life.is_over())?;
    let is_running = |container: &usize| {
        let state = life.state.state(*container);
        matches!(state, ContainerState::Running { .. })
    };
    let used = |container: usize| {
        let memory = life.runs[container].memory.filter(|memory| memory.is_used);
        (memory.map_or(0, |memory| memory.bytes), container)
    };
    let running = (0..life.runs.len()).filter(is_running);
    let used: Vec<(u64, usize)> = running.map(used).collect();
    let sum: u128 = used.iter().map(|(bytes, _)| u128::from(*bytes)).sum();
    let most = used.iter().rev().max_by_key(|(bytes, _)| *bytes);
    most.filter(|_| sum > u128::from(limit))
        .map(|(_, container)| *container)
}
