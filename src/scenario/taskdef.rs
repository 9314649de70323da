//! Reading task definitions: what a task reserves, on which network, with which ports, for
//! which processor, and whether AWS would take it at all.

use super::aws;
use super::reader::{Context, Cursor, Record};
use crate::catalog::{Architecture, OperatingSystem};
use crate::plan::{NetworkMode, Port, Protocol};
use crate::units::{Cpu, MIB, Memory};
use std::collections::BTreeSet;

/// A task definition as read and checked.
#[derive(Clone)]
pub struct TaskDefinition<'a> {
    /// Where it was written.
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
    /// The processor that it needs.
    pub architecture: Option<Architecture>,
    /// The operating system that it needs.
    pub operating_system: Option<OperatingSystem>,
    /// Fargate's temporary storage.
    pub ephemeral_storage: Memory,
    /// `requiresCompatibilities`, when it is given.
    pub compatibilities: Vec<&'static str>,
    /// Keys that Fargate rejects (facts/ecs.md 27).
    pub not_on_fargate: Vec<String>,
}

/// Ports that the agent and the instance need themselves (facts/ecs.md 14).
const TAKEN_PORTS: [u16; 5] = [22, 2375, 2376, 51678, 51679];
/// Reserved ports per instance (facts/ecs.md 14), less those.
const MOST_PORTS: usize = 100 - TAKEN_PORTS.len();
/// Containers per task definition (facts/ecs.md 43).
const MOST_CONTAINERS: usize = 10;
/// The least memory of a container (facts/ecs.md 11).
const LEAST_MEMORY: Memory = Memory::mib(6);

/// What one container adds.
struct Container<'a> {
    at: Cursor<'a>,
    cpu: Cpu,
    memory: Option<Memory>,
    reservation: Option<Memory>,
    /// True when either was written, sound or not.
    has_memory: bool,
    essential: bool,
    gpus: u32,
    ports: Vec<(Cursor<'a>, Port, bool)>,
}

/// Reads every task definition; those with problems are left out.
pub fn read_all<'a>(at: &Cursor<'a>) -> Vec<Option<TaskDefinition<'a>>> {
    at.entities(&["family", "revision"])
        .iter()
        .map(read)
        .collect()
}

fn read<'a>(at: &Cursor<'a>) -> Option<TaskDefinition<'a>> {
    let mark = at.context.mark();
    let record = at.record(&aws::TASK_DEFINITION)?;
    let family = record.get("family").and_then(|at| family_name(&at));
    let revision = match record.get("revision") {
        Some(at) => at.integer(1, 1_000_000),
        None => Some(1),
    };
    let task_cpu = record.get("cpu").and_then(|at| {
        let cpu = at.parse::<Cpu>()?;
        // facts/ecs.md 7.
        if cpu < Cpu::units(128) || cpu > Cpu::units(196_608) {
            at.problem(format!("`{cpu}` cannot be the CPU of a task"))
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
        .and_then(|at| at.record(&aws::EPHEMERAL_STORAGE)?.get("sizeInGiB"))
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
    };
    if definition.compatibilities.contains(&"FARGATE") {
        definition.check_fargate(at.context, true);
    }
    at.context.is_clean_since(mark).then_some(definition)
}

/// A family: up to 255 letters, digits, `_` and `-` (facts/ecs.md 4).
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
        .and_then(|at| at.record(&aws::RUNTIME_PLATFORM))
    else {
        return (None, None);
    };
    let architecture = platform
        .get("cpuArchitecture")
        .and_then(|at| at.choice(&[("X86_64", Architecture::X86), ("ARM64", Architecture::Arm)]));
    let families = aws::OS_FAMILIES.map(|family| {
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

fn containers<'a>(record: &Record<'a>) -> Vec<Container<'a>> {
    let Some(at) = record.get("containerDefinitions") else {
        return Vec::new();
    };
    let mark = at.context.mark();
    let items = at.entities(&["name"]);
    let is_list = at.context.mark() == mark;
    if items.is_empty() && is_list {
        at.problem("a task needs at least one container").report();
    }
    // facts/ecs.md 43.
    if items.len() > MOST_CONTAINERS {
        at.problem(format!(
            "{} containers are more than the {MOST_CONTAINERS} that a task can have",
            items.len()
        ))
        .report();
    }
    let mark = at.context.mark();
    let containers: Vec<Container<'a>> = items.iter().filter_map(container).collect();
    // facts/ecs.md 10.
    let is_clean = at.context.is_clean_since(mark);
    if is_clean && !containers.is_empty() && !containers.iter().any(|c| c.essential) {
        at.problem("at least one container must be essential")
            .hint("set `essential: true` or leave the key out")
            .report();
    }
    containers
}

fn container<'a>(at: &Cursor<'a>) -> Option<Container<'a>> {
    let record = at.record(&aws::CONTAINER)?;
    let size = |key| {
        record
            .get(key)
            .and_then(|at| at.parse_with(|text| Memory::parse_with_default(text, MIB)))
            // `0` means "not given", as the API sends it.
            .filter(|memory| *memory != Memory::ZERO)
    };
    let is_given = |key| {
        record
            .get(key)
            .is_some_and(|at| at.node.as_text() != Some("0"))
    };
    let memory = size("memory");
    let reservation = size("memoryReservation");
    // facts/ecs.md 11.
    if let (Some(memory), Some(reservation)) = (memory, reservation)
        && memory <= reservation
        && let Some(at) = record.get("memoryReservation")
    {
        at.problem(format!(
            "`memoryReservation` ({reservation}) must be below `memory` ({memory})"
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
        ports: port_mappings(&record),
    })
}

fn gpus(record: &Record<'_>) -> u32 {
    let Some(list) = record.get("resourceRequirements") else {
        return 0;
    };
    let mut gpus = 0u32;
    for item in list.list() {
        let Some(requirement) = item.record(&aws::RESOURCE_REQUIREMENT) else {
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
        // facts/ecs.md 15: whole devices.
        if let Some(count) = requirement.get("value").and_then(|at| at.integer(0, 1024)) {
            gpus = gpus.saturating_add(count as u32);
        }
    }
    gpus
}

fn port_mappings<'a>(record: &Record<'a>) -> Vec<(Cursor<'a>, Port, bool)> {
    let Some(list) = record.get("portMappings") else {
        return Vec::new();
    };
    let mut ports = Vec::new();
    for item in list.list() {
        let Some(mapping) = item.record(&aws::PORT_MAPPING) else {
            continue;
        };
        let port = |key| mapping.get(key).and_then(|at| at.integer(0, 65535));
        let protocol = mapping
            .get("protocol")
            .and_then(|at| at.choice(&[("tcp", Protocol::Tcp), ("udp", Protocol::Udp)]))
            .unwrap_or(Protocol::Tcp);
        let (host, inside) = (port("hostPort"), port("containerPort"));
        let is_static = host.is_some_and(|host| host > 0);
        let number = host.filter(|host| *host > 0).or(inside).unwrap_or(0) as u16;
        ports.push((item, Port { protocol, number }, is_static));
    }
    ports
}

/// Ports that the task reserves on its instance (facts/ecs.md 13): in bridge mode those with
/// a host port, in host mode all.
fn ports(containers: &[Container<'_>], mode: Option<NetworkMode>) -> Vec<Port> {
    let mut reserved = BTreeSet::new();
    for (at, port, is_static) in containers.iter().flat_map(|c| &c.ports) {
        match mode {
            Some(NetworkMode::None) => {
                at.problem("network mode `none` has no ports")
                    .hint("remove `portMappings` or choose another `networkMode`")
                    .report();
                continue;
            }
            Some(NetworkMode::Awsvpc) => continue,
            Some(NetworkMode::Host) => {}
            Some(NetworkMode::Bridge) | None if !is_static => continue,
            Some(NetworkMode::Bridge) | None => {}
        }
        if port.number == 0 {
            continue;
        }
        if TAKEN_PORTS.contains(&port.number) {
            at.problem(format!(
                "host port {} is taken on every instance",
                port.number
            ))
            .expected("another port than 22, 2375, 2376, 51678 and 51679")
            .report();
        } else if !reserved.insert(*port) {
            at.problem(format!(
                "host port {} is reserved twice in one task",
                port.number
            ))
            .hint("give each its own `hostPort`, or 0 for any")
            .report();
        }
    }
    if reserved.len() > MOST_PORTS
        && let Some(first) = containers.first()
    {
        first
            .at
            .problem(format!(
                "{} host ports are more than an instance has",
                reserved.len()
            ))
            .expected(format!("at most {MOST_PORTS}"))
            .report();
    }
    reserved.into_iter().collect()
}

/// The containers' CPU and memory together (facts/ecs.md 12), checked against the task's
/// memory (facts/ecs.md 11).
fn sums(
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
                .problem("neither the container nor the task says how much memory it needs")
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

/// Keys in use that Fargate rejects (facts/ecs.md 15 and 27).
fn not_on_fargate(record: &Record<'_>, gpus: u32) -> Vec<String> {
    const CONTAINER_KEYS: [&str; 8] = [
        "links",
        "privileged",
        "dockerSecurityOptions",
        "extraHosts",
        "dnsServers",
        "dnsSearchDomains",
        "disableNetworking",
        "hostname",
    ];
    let mut found = BTreeSet::new();
    let is_used = |at: &Cursor<'_>| {
        use super::tree::Value;
        match &at.node.value {
            Value::Null => false,
            Value::Scalar { text, .. } => text != "false" && !text.is_empty(),
            Value::List(items) => !items.is_empty(),
            Value::Map(entries) => !entries.is_empty(),
        }
    };
    for key in ["placementConstraints", "ipcMode"] {
        if record.get(key).is_some_and(|at| is_used(&at)) {
            found.insert(key.to_string());
        }
    }
    let containers = record.get("containerDefinitions").map(|at| at.list());
    for container in containers.unwrap_or_default() {
        // `hostname` is allowed on Fargate in no network mode of its own; AWS refuses it
        // with awsvpc.
        for key in CONTAINER_KEYS.iter().filter(|key| **key != "hostname") {
            let at = container.node.get(key).map(|node| Cursor {
                node,
                ..container.clone()
            });
            if at.is_some_and(|at| is_used(&at)) {
                found.insert((*key).to_string());
            }
        }
    }
    if gpus > 0 {
        found.insert("resourceRequirements: GPU".to_string());
    }
    found.into_iter().collect()
}

impl TaskDefinition<'_> {
    /// `report:1`.
    pub fn full_name(&self) -> String {
        format!("{}:{}", self.family, self.revision)
    }

    /// Checks that Fargate takes this definition; `sized` is true when its own size counts.
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

/// Checks a size against Fargate's list (facts/ecs.md 25); the message lists the choices.
pub fn check_fargate_size(
    cpu_at: &Cursor<'_>,
    at: &Cursor<'_>,
    context: &Context<'_>,
    cpu: Cpu,
    memory: Memory,
) -> bool {
    let catalog = context.catalog;
    let units = cpu.ceil_units();
    let choices = (Cpu::units(units) == cpu)
        .then(|| catalog.fargate_memories(units))
        .flatten();
    let Some(choices) = choices else {
        let sizes: Vec<String> = catalog
            .fargate_cpus()
            .iter()
            .map(|units| Cpu::units(*units).to_string())
            .collect();
        cpu_at
            .problem(format!("Fargate has no size of `{cpu}`"))
            .hint(format!("choose {}", either(&sizes)))
            .report();
        return false;
    };
    if choices.iter().any(|mib| Memory::mib(*mib) == memory) {
        return true;
    }
    let sizes: Vec<String> = choices
        .iter()
        .map(|mib| Memory::mib(*mib).to_string())
        .collect();
    let first = choices.first().copied().unwrap_or_default();
    let change = if memory < Memory::mib(first) {
        "lower `cpu`"
    } else {
        "raise `cpu`"
    };
    let sizes = if sizes.len() > 8 {
        let step = choices[1] - choices[0];
        format!(
            "{} to {} in steps of {}",
            sizes[0],
            sizes[sizes.len() - 1],
            Memory::mib(step)
        )
    } else {
        either(&sizes)
    };
    at.problem(format!("`{cpu}` on Fargate cannot have `{memory}`"))
        .hint(format!("choose {sizes}, or {change}"))
        .report();
    false
}

/// `a, b or c`.
pub fn either(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}
