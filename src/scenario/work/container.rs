//! Reads container definitions: the CPU, memory, GPUs and ports that each adds to its task.
//! Reports what `register-task-definition` refuses.

use super::life::{self, Life};
use super::ports::{self, Mapping};
use crate::plan::MOST_CONTAINERS;
use crate::scenario::keys::containers::{CONTAINER, RESOURCE_REQUIREMENT};
use crate::scenario::reading::reader::{Cursor, Record};
use crate::units::{Cpu, MIB, Memory};

/// The least memory of a container (facts/ecs.md 11).
pub const LEAST_MEMORY: Memory = Memory::mib(6);

/// The resources of one container definition.
pub struct Container<'a> {
    /// The place of the definition.
    pub at: Cursor<'a>,
    /// `cpu`; 0 when it is absent.
    pub cpu: Cpu,
    /// `memory`, the limit.
    pub memory: Option<Memory>,
    /// `memoryReservation`.
    pub reservation: Option<Memory>,
    /// True when `memory` or `memoryReservation` was written, also with problems.
    pub has_memory: bool,
    /// True when the task stops with this container.
    pub essential: bool,
    /// Number of GPUs.
    pub gpus: u32,
    /// Port mappings.
    pub ports: Vec<Mapping<'a>>,
    /// Its life cycle; `None` when its name or image is missing.
    pub life: Option<Life<'a>>,
}

/// Reads `containerDefinitions`.
pub fn containers<'a>(record: &Record<'a>) -> Vec<Container<'a>> {
    let Some(at) = record.get("containerDefinitions") else {
        return Vec::new();
    };
    let mark = at.context.mark();
    let items = at.entities(&["name"]);
    let is_list = at.context.mark() == mark;
    if items.is_empty() && is_list {
        at.problem("a task needs at least one container").report();
    }
    // A quota of ECS (facts/ecs.md 43).
    if items.len() > MOST_CONTAINERS {
        at.problem(format!(
            "{} containers are more than the {MOST_CONTAINERS} that a task can have",
            items.len()
        ))
        .report();
    }
    let mark = at.context.mark();
    let containers: Vec<Container<'a>> = items.iter().filter_map(container).collect();
    // ECS needs an essential container (facts/ecs.md 10).
    let is_clean = at.context.is_clean_since(mark);
    if is_clean && !containers.is_empty() && !containers.iter().any(|c| c.essential) {
        at.problem("at least one container must be essential")
            .hint("set `essential: true` or leave the key out")
            .report();
    }
    containers
}

/// Reads one container definition.
pub fn container<'a>(at: &Cursor<'a>) -> Option<Container<'a>> {
    let record = at.record(&CONTAINER)?;
    let size = |key| {
        record
            .get(key)
            .and_then(|at| at.parse_with(|text| Memory::parse_with_default(text, MIB)))
            // `describe-task-definition` returns 0 for a size that is not set.
            .filter(|memory| *memory != Memory::ZERO)
    };
    let is_given = |key| {
        record
            .get(key)
            .is_some_and(|at| at.node.as_text() != Some("0"))
    };
    let memory = size("memory");
    let reservation = size("memoryReservation");
    // The reservation may not be above the limit (facts/ecs.md 11).
    if let (Some(memory), Some(reservation)) = (memory, reservation)
        && memory < reservation
        && let Some(at) = record.get("memoryReservation")
    {
        at.problem(format!(
            "`memoryReservation` ({reservation}) is above `memory` ({memory})"
        ))
        .report();
    }
    if let Some(least) = memory.or(reservation).filter(|least| *least < LEAST_MEMORY) {
        at.problem(format!("{least} is too little for a container"))
            .expected("at least 6 MiB")
            .report();
    }
    let essential = match record.get("essential") {
        Some(at) => at.boolean().unwrap_or(true),
        None => true,
    };
    Some(Container {
        at: at.clone(),
        cpu: record.parse_or("cpu").unwrap_or_default(),
        memory,
        reservation,
        has_memory: is_given("memory") || is_given("memoryReservation"),
        essential,
        gpus: gpus(&record),
        ports: ports::mappings(&record),
        life: life::read(&record),
    })
}

/// Number of GPUs of a container. Other devices are left out with a warning.
pub fn gpus(record: &Record<'_>) -> u32 {
    let Some(list) = record.get("resourceRequirements") else {
        return 0;
    };
    let mut gpus = 0u32;
    for item in list.list() {
        let Some(requirement) = item.record(&RESOURCE_REQUIREMENT) else {
            continue;
        };
        let Some(kind) = requirement.get("type").and_then(|at| {
            at.choice(&[
                ("GPU", true),
                ("InferenceAccelerator", false),
                ("NeuronDevice", false),
            ])
        }) else {
            continue;
        };
        if !kind {
            item.problem("only GPUs are modelled; this requirement is left out")
                .warning()
                .report();
            continue;
        }
        // GPUs are whole devices (facts/ecs.md 15).
        if let Some(count) = requirement.get("value").and_then(|at| at.integer(0, 1024)) {
            gpus = gpus.saturating_add(count as u32);
        }
    }
    gpus
}

/// The sums of the containers' CPU and memory (facts/ecs.md 12). Reports containers without a
/// memory size in a task without one, and a sum above the task's memory (facts/ecs.md 11).
pub fn sums(
    at: &Cursor<'_>,
    containers: &[Container<'_>],
    task_memory: Option<Memory>,
    is_memory_written: bool,
) -> Option<(Cpu, Memory)> {
    let mut cpu = Cpu::ZERO;
    let mut memory = Memory::ZERO;
    for container in containers {
        let own = container.reservation.or(container.memory);
        if own.is_none() && !is_memory_written && !container.has_memory {
            container
                .at
                .problem("neither the container nor the task has a memory size")
                .hint("give the container `memory` or `memoryReservation`, or the task `memory`")
                .report();
        }
        cpu = cpu.checked_add(container.cpu)?;
        memory = memory.checked_add(own.unwrap_or_default())?;
    }
    if let Some(limit) = task_memory.filter(|limit| memory > *limit) {
        at.problem(format!(
            "the containers need {memory}, more than the task's {limit}"
        ))
        .hint("raise the task's `memory` or lower the containers'")
        .report();
    }
    Some((cpu, memory))
}
