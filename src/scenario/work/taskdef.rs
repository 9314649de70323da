//! Reads task definitions: CPU, memory, GPUs, network mode, ports and platform of a task. Reports
//! what `register-task-definition` refuses.

use super::container::{containers, ports, sums};
use super::order::Member;
use super::{behavior, order};
use crate::catalog::{Architecture, OperatingSystem};
use crate::plan::{Container, NetworkMode, Port};
use crate::scenario::capacity::fargate::{check_fargate_size, not_on_fargate};
use crate::scenario::keys::task_definition::{
    EPHEMERAL_STORAGE, OS_FAMILIES, RUNTIME_PLATFORM, TASK_DEFINITION,
};
use crate::scenario::reading::reader::{Context, Cursor, Record};
use crate::units::{Cpu, MIB, Memory, Span};

/// A task definition without problems.
#[derive(Clone)]
pub struct TaskDefinition<'a> {
    /// The place of the definition.
    pub at: Cursor<'a>,
    /// Its family.
    pub family: String,
    /// Its revision.
    pub revision: u64,
    /// CPU at task level, when it is given.
    pub task_cpu: Option<Cpu>,
    /// Memory at task level, when it is given.
    pub task_memory: Option<Memory>,
    /// CPU that it reserves (facts/ecs.md 12).
    pub cpu: Cpu,
    /// Memory that it reserves (facts/ecs.md 12).
    pub memory: Memory,
    /// Where the CPU was written, for messages.
    pub cpu_at: Cursor<'a>,
    /// Where the memory was written, for messages.
    pub memory_at: Cursor<'a>,
    /// GPUs of all containers.
    pub gpus: u32,
    /// The network mode, when it is given.
    pub network_mode: Option<NetworkMode>,
    /// Host ports, reserved unless the mode is `awsvpc`.
    pub ports: Vec<Port>,
    /// The processor architecture that it needs; `None`: any.
    pub architecture: Option<Architecture>,
    /// The operating system that it needs; `None`: any.
    pub operating_system: Option<OperatingSystem>,
    /// Ephemeral storage on Fargate.
    pub ephemeral_storage: Memory,
    /// `requiresCompatibilities`, when it is given.
    pub compatibilities: Vec<&'static str>,
    /// Keys in use that Fargate refuses (facts/ecs.md 27).
    pub not_on_fargate: Vec<String>,
    /// The stop timeouts that were written, each with its place.
    pub stop_timeouts: Vec<(Cursor<'a>, Span)>,
    /// Its containers in the order of dependencies.
    members: Vec<Member>,
}

impl TaskDefinition<'_> {
    /// Its containers for the plan; `images` returns the index of an image by its name.
    pub fn containers(&self, images: &mut dyn FnMut(&str) -> usize) -> Vec<Container> {
        let members = self.members.iter();
        members
            .map(|member| Container {
                image: images(&member.image),
                ..member.container.clone()
            })
            .collect()
    }
}

impl TaskDefinition<'_> {
    /// Family and revision, such as `report:1`.
    pub fn full_name(&self) -> String {
        format!("{}:{}", self.family, self.revision)
    }

    /// Reports what Fargate refuses in this definition. With `sized` its CPU and memory are
    /// checked too; they do not matter where overrides or a trace replace them.
    pub fn check_fargate(&self, context: &Context<'_>, sized: bool) {
        let at = &self.at;
        if let Some(mode) = self.network_mode.filter(|m| *m != NetworkMode::Awsvpc) {
            let mode = format!("{mode:?}").to_lowercase();
            at.problem(format!("network mode `{mode}` does not exist on Fargate"))
                .hint("set `networkMode: awsvpc`, or leave it out")
                .report();
        }
        if !self.not_on_fargate.is_empty() {
            at.problem(format!(
                "Fargate does not take `{}`",
                self.not_on_fargate.join("`, `")
            ))
            .hint("remove it, or run the task on EC2")
            .report();
        }
        // The range of Fargate (facts/ecs.md 23).
        for (at, timeout) in &self.stop_timeouts {
            if *timeout < Span::seconds(2) || *timeout > Span::seconds(120) {
                at.problem(format!(
                    "a `stopTimeout` of {timeout} does not exist on Fargate"
                ))
                .expected("2 to 120 seconds")
                .report();
            }
        }
        if self.operating_system == Some(OperatingSystem::Windows) {
            at.problem("Windows on Fargate is not modelled yet")
                .report();
        }
        if !sized {
            return;
        }
        let (Some(cpu), Some(memory)) = (self.task_cpu, self.task_memory) else {
            at.problem("a task on Fargate needs `cpu` and `memory` at task level")
                .hint("set both, such as `cpu: 256` and `memory: 512`")
                .report();
            return;
        };
        check_fargate_size(&self.cpu_at, &self.memory_at, context, cpu, memory);
    }
}

/// Reads every task definition; `None` for one with problems.
pub fn read_all<'a>(at: &Cursor<'a>) -> Vec<Option<TaskDefinition<'a>>> {
    at.entities(&["family", "revision"])
        .iter()
        .map(read)
        .collect()
}

/// Reads one task definition; `None` when it has problems.
pub fn read<'a>(at: &Cursor<'a>) -> Option<TaskDefinition<'a>> {
    let mark = at.context.mark();
    let record = at.record(&TASK_DEFINITION)?;
    let family = record.get("family").and_then(|at| family_name(&at));
    let revision = match record.get("revision") {
        Some(at) => at.integer(1, 1_000_000),
        None => Some(1),
    };
    let task_cpu = record.get("cpu").and_then(|at| {
        let cpu = at.parse::<Cpu>()?;
        // The range of ECS (facts/ecs.md 7).
        if cpu < Cpu::units(128) || cpu > Cpu::units(196_608) {
            // `1` without a unit is one of 1,024 units; its author most likely means vCPUs.
            let number = at.node.as_text().unwrap_or_default().trim();
            let in_vcpus = format!("{number} vCPU");
            let is_likely = number.parse::<u64>().is_ok_and(|n| (1..=96).contains(&n));
            at.problem(format!("`{cpu}` cannot be the CPU of a task"))
                .nearest(is_likely.then_some(in_vcpus))
                .expected("0.125 to 192 vCPU (128 to 196608 units)")
                .report();
        }
        Some(cpu)
    });
    let task_memory = record.get("memory").and_then(|at| task_memory(&at));
    let network_mode = record.get("networkMode").and_then(|at| {
        at.choice(&[
            ("bridge", NetworkMode::Bridge),
            ("host", NetworkMode::Host),
            ("awsvpc", NetworkMode::Awsvpc),
            ("none", NetworkMode::None),
        ])
    });
    let compatibilities = record
        .get("requiresCompatibilities")
        .map(|at| at.list())
        .unwrap_or_default()
        .iter()
        .filter_map(|at| {
            at.choice(&[
                ("EC2", "EC2"),
                ("FARGATE", "FARGATE"),
                ("EXTERNAL", "EXTERNAL"),
                ("MANAGED_INSTANCES", "MANAGED_INSTANCES"),
            ])
        })
        .collect();
    let (architecture, operating_system) = runtime_platform(&record);
    let ephemeral_storage = record
        .get("ephemeralStorage")
        .and_then(|at| at.record(&EPHEMERAL_STORAGE)?.get("sizeInGiB"))
        .and_then(|at| at.integer(21, 200))
        .map_or(Memory::gib(20), Memory::gib);
    let containers = containers(&record);
    let is_memory_written = record.get("memory").is_some();
    let sums = sums(at, &containers, task_memory, is_memory_written);
    let ports = ports(&containers, network_mode);
    let gpus = containers
        .iter()
        .map(|c| c.gpus)
        .fold(0, u32::saturating_add);
    let not_on_fargate = not_on_fargate(&record, gpus);
    let mut members = order::in_order(&containers);
    if let (Some(at), Some(members)) = (record.get("behavior"), members.as_mut()) {
        behavior::lay(&at, members.iter_mut().map(|member| &mut member.container));
    }
    let lives = containers.iter().filter_map(|c| c.life.as_ref());
    let stop_timeouts = lives
        .filter_map(|life| Some((life.stop_timeout_at.clone()?, life.stop_timeout)))
        .collect();
    if !at.context.is_clean_since(mark) {
        return None;
    }
    let (cpu_sum, memory_sum) = sums?;
    let definition = TaskDefinition {
        at: at.clone(),
        family: family?,
        revision: revision?,
        task_cpu,
        task_memory,
        cpu: task_cpu.unwrap_or(cpu_sum),
        memory: task_memory.unwrap_or(memory_sum),
        cpu_at: record.get("cpu").unwrap_or_else(|| at.clone()),
        memory_at: record.get("memory").unwrap_or_else(|| at.clone()),
        gpus,
        network_mode,
        ports,
        architecture,
        operating_system,
        ephemeral_storage,
        compatibilities,
        not_on_fargate,
        stop_timeouts,
        members: members?,
    };
    if definition.compatibilities.contains(&"FARGATE") {
        definition.check_fargate(at.context, true);
    }
    at.context.is_clean_since(mark).then_some(definition)
}

/// Reads a family: 1 to 255 letters, digits, `_` and `-` (facts/ecs.md 4).
fn family_name(at: &Cursor<'_>) -> Option<String> {
    let text = at.text()?;
    let is_valid = (1..=255).contains(&text.len())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if !is_valid {
        at.bad_value(
            text,
            &format!("`{text}` cannot be a family"),
            "up to 255 letters, digits, `_` and `-`",
        );
        return None;
    }
    Some(text.to_string())
}

fn task_memory(at: &Cursor<'_>) -> Option<Memory> {
    let memory = at.parse_with(|text| Memory::parse_with_default(text, MIB))?;
    if memory == Memory::ZERO {
        at.problem("the memory of a task must be above 0").report();
        return None;
    }
    Some(memory)
}

fn runtime_platform(record: &Record<'_>) -> (Option<Architecture>, Option<OperatingSystem>) {
    let Some(platform) = record
        .get("runtimePlatform")
        .and_then(|at| at.record(&RUNTIME_PLATFORM))
    else {
        return (None, None);
    };
    let architecture = platform
        .get("cpuArchitecture")
        .and_then(|at| at.choice(&[("X86_64", Architecture::X86), ("ARM64", Architecture::Arm)]));
    let families = OS_FAMILIES.map(|family| {
        let system = if family == "LINUX" {
            OperatingSystem::Linux
        } else {
            OperatingSystem::Windows
        };
        (family, system)
    });
    let system = platform
        .get("operatingSystemFamily")
        .and_then(|at| at.choice(&families));
    (architecture, system)
}
