//! The cluster at an instant: every instance with its tasks, before and after the placement pass.

use super::hosts::{HostName, TaskName};
use super::needs::{cpu_units, is_on_fargate, mebibytes, named};
use crate::cluster::{InstanceId, Task, WorkId};
use crate::engine::Watcher;
use crate::plan::{Capacity, Plan};
use crate::simulation::{HostState, World};
use crate::units::{Cpu, Memory, SimTime};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The cluster at an instant.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Scene {
    /// The variant of the run.
    pub variant: String,
    /// The seed of the run.
    pub seed: u64,
    /// The time.
    #[serde(rename = "timeMicros")]
    pub at: SimTime,
    /// The time of the latest event until then.
    #[serde(rename = "latestEventMicros")]
    pub latest: SimTime,
    /// The time of the next event; `None` at the end of the run.
    #[serde(rename = "nextEventMicros")]
    pub next: Option<SimTime>,
    /// True during an outage of the control plane, in which nothing is placed.
    pub control_plane_is_out: bool,
    /// The instances before the placement pass of this instant; `None` where it has none.
    pub before: Option<Vec<HostView>>,
    /// The instances at the end of this instant. Terminated ones are left out.
    pub hosts: Vec<HostView>,
    /// The number of tasks without capacity, by entry or service.
    pub waiting: BTreeMap<String, u64>,
    /// The number of tasks on Fargate, by entry or service.
    pub on_fargate: BTreeMap<String, u64>,
    /// The vCPUs on Fargate and on Fargate Spot, each where tasks use some.
    pub quotas: Vec<FargateQuota>,
    /// The number of tasks that were refused at this time, by entry or service.
    pub refused: BTreeMap<String, u64>,
    /// The services that have fewer tasks than desired, with and without capacity: their number, and the
    /// desired count.
    pub short: BTreeMap<String, (u64, u32)>,
    /// The time of the latest placement pass until then.
    #[serde(rename = "latestPassMicros")]
    pub latest_pass: Option<SimTime>,
}

/// The use of a quota of vCPUs of the account on Fargate.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FargateQuota {
    /// `FARGATE` or `FARGATE_SPOT`: each has a quota of its own.
    pub provider: &'static str,
    /// The vCPUs of its tasks.
    pub used: f64,
    /// The quota in vCPUs.
    pub quota: u32,
}

/// An instance with its tasks.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HostView {
    /// The instance.
    #[serde(flatten)]
    pub host: HostName,
    /// Its state.
    pub state: HostState,
    /// True for a Spot instance.
    pub spot: bool,
    /// The time of its launch.
    #[serde(rename = "launchedMicros")]
    pub launched: SimTime,
    /// Registered CPU.
    #[serde(rename = "cpuUnits", serialize_with = "cpu_units")]
    pub cpu: Cpu,
    /// CPU that is not promised to any task.
    #[serde(rename = "freeCpuUnits", serialize_with = "cpu_units")]
    pub free_cpu: Cpu,
    /// Registered memory.
    #[serde(rename = "memoryMib", serialize_with = "mebibytes")]
    pub memory: Memory,
    /// Memory that is not promised to any task.
    #[serde(rename = "freeMemoryMib", serialize_with = "mebibytes")]
    pub free_memory: Memory,
    /// GPUs.
    pub gpus: u32,
    /// GPUs that are not promised.
    pub free_gpus: u32,
    /// Network interfaces for `awsvpc` tasks.
    pub interfaces: u32,
    /// Those that are not promised.
    pub free_interfaces: u32,
    /// Reserved host ports.
    pub ports: Vec<String>,
    /// Attributes.
    pub attributes: BTreeMap<String, String>,
    /// Its tasks by time of creation.
    pub tasks: Vec<TaskView>,
}

impl HostView {
    /// CPU that is promised to tasks.
    pub fn used_cpu(&self) -> Cpu {
        Cpu::base(self.cpu.as_base().saturating_sub(self.free_cpu.as_base()))
    }

    /// Memory that is promised to tasks.
    pub fn used_memory(&self) -> Memory {
        let (all, free) = (self.memory.as_bytes(), self.free_memory.as_bytes());
        Memory::bytes(all.saturating_sub(free))
    }
}

/// A task on an instance.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskView {
    /// The task.
    #[serde(flatten)]
    pub task: TaskName,
    /// `PENDING`, `RUNNING` or `STOPPING`: before RUNNING, RUNNING, or with the desired status STOPPED.
    pub status: &'static str,
    /// CPU that it reserves.
    #[serde(rename = "cpuUnits", serialize_with = "cpu_units")]
    pub cpu: Cpu,
    /// Memory that it reserves.
    #[serde(rename = "memoryMib", serialize_with = "mebibytes")]
    pub memory: Memory,
    /// GPUs that it reserves.
    pub gpus: u32,
    /// Network interfaces that it reserves.
    pub interfaces: u32,
    /// True while its capacity is reserved; false once its desired status is STOPPED, when placement may
    /// use the capacity again (facts/ecs.md 68).
    pub is_reserved: bool,
    /// True while its containers are on the host (facts/ecs.md 66).
    pub is_held: bool,
    /// The time of its placement.
    #[serde(rename = "placedMicros")]
    pub placed: SimTime,
}

/// Takes the picture of one instant, and then ends the run.
pub(super) struct Photographer<'a> {
    plan: &'a Plan,
    seed: u64,
    at: SimTime,
    before: Option<Vec<HostView>>,
    latest_pass: Option<SimTime>,
    pub(super) scene: Option<Scene>,
    /// The number of tasks of each service that do not stop.
    pub(super) of_services: Vec<u64>,
    /// Instances launched so far, when the picture is taken.
    pub(super) launched: u64,
    done: Arc<AtomicBool>,
}

impl<'a> Photographer<'a> {
    pub(super) fn new(plan: &'a Plan, seed: u64, at: SimTime, done: Arc<AtomicBool>) -> Self {
        Self {
            plan,
            seed,
            at,
            before: None,
            latest_pass: None,
            scene: None,
            of_services: vec![0; plan.services.len()],
            launched: 0,
            done,
        }
    }
}

impl Watcher<World<'_>> for Photographer<'_> {
    fn before_pass(&mut self, now: SimTime, world: &World<'_>) {
        if now <= self.at {
            self.latest_pass = Some(now);
        }
        if now == self.at && self.before.is_none() {
            self.before = Some(hosts(self.plan, world));
        }
    }

    fn instant_over(&mut self, now: SimTime, next: SimTime, world: &World<'_>) {
        let is_now = now <= self.at && self.at < next;
        if self.scene.is_some() || !is_now {
            return;
        }
        let mut waiting = BTreeMap::new();
        let mut on_fargate = BTreeMap::new();
        let mut vcpus = BTreeMap::new();
        for (work, task) in world.living().filter(|(_, task)| task.instance.is_none()) {
            let is_there = task.promised || task.stopping;
            let has_capacity = is_on_fargate(self.plan, work, task) && is_there;
            let count = match has_capacity {
                true => &mut on_fargate,
                false => &mut waiting,
            };
            *count
                .entry(self.plan.work_name(work).to_string())
                .or_insert(0) += 1;
            if has_capacity {
                let spot = is_on_spot(self.plan, world, task);
                *vcpus.entry(spot).or_insert(0.0) += task.shape.cpu.as_vcpus_f64();
            }
        }
        let quotas = vcpus.into_iter().map(|(spot, used)| FargateQuota {
            provider: if spot { "FARGATE_SPOT" } else { "FARGATE" },
            used,
            quota: self.plan.assumptions.fargate_vcpu_quota,
        });
        for (work, _) in world.living().filter(|(_, task)| !task.stopping) {
            if let WorkId::Service(service) = work {
                self.of_services[service.index()] += 1;
            }
        }
        self.launched = world.cluster().instances().len() as u64;
        self.scene = Some(Scene {
            variant: self.plan.variant.clone(),
            seed: self.seed,
            at: self.at,
            latest: now,
            next: (next < SimTime::MAX).then_some(next),
            control_plane_is_out: world.control_plane_is_out(),
            before: self.before.take(),
            hosts: hosts(self.plan, world),
            waiting,
            on_fargate,
            quotas: quotas.collect(),
            refused: BTreeMap::new(),
            short: BTreeMap::new(),
            latest_pass: self.latest_pass,
        });
        self.done.store(true, Ordering::Relaxed);
    }
}

/// True for a task on Fargate Spot.
fn is_on_spot(plan: &Plan, world: &World<'_>, task: &Task) -> bool {
    let provider = &plan.cluster.providers[world.fargate_provider(task).index()];
    matches!(provider.capacity, Capacity::FargateSpot)
}

/// Every instance that has not been terminated, in order of launch.
fn hosts(plan: &Plan, world: &World<'_>) -> Vec<HostView> {
    let mut tasks: BTreeMap<InstanceId, Vec<(&Task, TaskView)>> = BTreeMap::new();
    for (work, task) in world.living() {
        if let Some(id) = task.instance {
            let view = view(TaskName::new(plan, work, task.ordinal), task);
            tasks.entry(id).or_default().push((task, view));
        }
    }
    let ids = world.cluster().instances().map(|(id, _)| id);
    let there = ids.filter(|id| world.host_state(*id) != HostState::Terminated);
    let host = |id: InstanceId| {
        let mut own = tasks.remove(&id).unwrap_or_default();
        own.sort_by_key(|(task, _)| (task.arrived, task.revision, task.ordinal));
        host(
            plan,
            world,
            id,
            own.into_iter().map(|(_, view)| view).collect(),
        )
    };
    there.map(host).collect()
}

fn host(plan: &Plan, world: &World<'_>, id: InstanceId, tasks: Vec<TaskView>) -> HostView {
    let cluster = world.cluster();
    let instance = cluster.instance(id);
    let spec = &cluster.pool(instance.pool()).spec;
    let free = instance.free_shape();
    let (launched, spot) = world.launch_of(id);
    HostView {
        host: HostName::of(plan, cluster, id),
        state: world.host_state(id),
        spot,
        launched,
        cpu: spec.cpu,
        free_cpu: free.cpu,
        memory: spec.memory,
        free_memory: free.memory,
        gpus: spec.gpus,
        free_gpus: free.gpus,
        interfaces: spec.task_interfaces,
        free_interfaces: free.interfaces,
        ports: cluster.ports(id).iter().map(|port| named(*port)).collect(),
        attributes: spec.attributes.clone(),
        tasks,
    }
}

fn view(name: TaskName, task: &Task) -> TaskView {
    TaskView {
        task: name,
        status: match task {
            task if task.stopping => "STOPPING",
            task if task.running => "RUNNING",
            _ => "PENDING",
        },
        cpu: task.shape.cpu,
        memory: task.shape.memory,
        gpus: task.shape.gpus,
        interfaces: task.shape.interfaces,
        is_reserved: task.promised,
        is_held: task.held,
        placed: task.placed,
    }
}
