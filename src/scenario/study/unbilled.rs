//! What a scenario mentions and no bill of it has: load balancers, logs and the like.

use crate::plan::{AlarmMetric, LoadMode, MetricMath, Plan, Unbilled, cpu_use};
use crate::scenario::reading::tree::{Node, Value};
use crate::units::Cpu;
use std::collections::BTreeSet;

/// The keys of a scenario in which AWS's own keys stand.
const WHERE: [&str; 3] = ["services", "tasks", "taskDefinitions"];

/// What is not in the bill of a variant; `root` is its effective tree.
pub fn of(root: &Node, plan: &Plan) -> Vec<Unbilled> {
    let mut found = BTreeSet::from(Unbilled::ALWAYS);
    for part in WHERE.iter().filter_map(|key| root.get(key)) {
        search(part, &mut found);
    }
    let targets = plan.services.iter().map(|of| of.all_targets().count());
    if targets.sum::<usize>() == named_target_groups(root) {
        found.remove(&Unbilled::LoadBalancers);
    }
    let mut types = plan.cluster.instance_types.iter();
    if types.any(|kind| kind.burstable().is_some()) && !knows_cpu_use(plan) {
        found.insert(Unbilled::CpuCredits);
    }
    if plan
        .services
        .iter()
        .any(|service| !service.high_resolution.is_empty())
    {
        found.insert(Unbilled::Metrics);
    }
    if reads_numbers_of_tasks(plan) {
        found.insert(Unbilled::Insights);
    }
    found.into_iter().collect()
}

/// True when an alarm or an expression reads numbers of tasks, which only Container Insights has (facts/ecs.md
/// 258).
fn reads_numbers_of_tasks(plan: &Plan) -> bool {
    let counts = |math: &MetricMath| math.metrics().any(|of| of.of_service().is_none());
    let by_alarm = plan.alarms.iter().any(|alarm| {
        matches!(
            alarm.metric,
            AlarmMetric::RunningTaskCount(_)
                | AlarmMetric::PendingTaskCount(_)
                | AlarmMetric::DesiredTaskCount(_)
        )
    });
    let by_policy = plan.services.iter().any(|service| {
        let tracking = service.target_tracking.iter();
        let steps = service.step_scaling.iter().map(|policy| &policy.alarm.math);
        let math = tracking.map(|policy| &policy.math).chain(steps);
        math.flatten().any(counts)
    });
    by_alarm || by_policy
}

/// True when the use of CPU is known of all work on instances: by a `load`, or by the `cpuUse` of its containers. Of
/// requests that are simulated one by one it counts where credits are counted for other work.
fn knows_cpu_use(plan: &Plan) -> bool {
    let counts = plan.counts_cpu_credits();
    let entries = plan.tasks.iter();
    let entries = entries.map(|entry| (&entry.containers, &entry.demand, false));
    let services = plan.services.iter().map(|service| {
        let load = service.load.as_ref();
        let is_known = load.is_some_and(|load| counts || load.mode == LoadMode::Fluid);
        (&service.containers, &service.demand, is_known)
    });
    let mut all = entries.chain(services);
    all.all(|(containers, demand, is_known)| {
        demand.on_fargate || is_known || cpu_use(containers) > Cpu::ZERO
    })
}

/// The number of target groups that services name.
fn named_target_groups(root: &Node) -> usize {
    let services = match root.get("services").map(|node| &node.value) {
        Some(Value::List(items)) => items.as_slice(),
        _ => &[],
    };
    let named = services
        .iter()
        .filter_map(|service| service.get("loadBalancers"));
    let counts = named.map(|named| match &named.value {
        Value::List(items) => items.len(),
        _ => usize::from(!named.is_empty()),
    });
    counts.sum()
}

/// Searches a tree for keys of AWS that mean a resource of their own.
fn search(node: &Node, found: &mut BTreeSet<Unbilled>) {
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| search(item, found)),
        Value::Map(entries) => {
            for entry in entries {
                found.extend(meaning(&entry.key, &entry.node));
                search(&entry.node, found);
            }
        }
        Value::Null | Value::Scalar { .. } => {}
    }
}

/// The resource that a key with this value means.
fn meaning(key: &str, value: &Node) -> Option<Unbilled> {
    let text = value.as_text().unwrap_or_default();
    let found = match key {
        "loadBalancers" => Unbilled::LoadBalancers,
        "vpcLatticeConfigurations" => Unbilled::Lattice,
        // Without `assignPublicIp` a task gets no public address.
        "awsvpcConfiguration" => match value.get("assignPublicIp").and_then(Node::as_text) {
            Some("ENABLED") => Unbilled::PublicAddresses,
            _ => Unbilled::NatGateways,
        },
        "logConfiguration" | "firelensConfiguration" => Unbilled::Logs,
        "efsVolumeConfiguration" | "fsxWindowsFileServerVolumeConfiguration" => {
            Unbilled::FileSystems
        }
        "volumeConfigurations" => Unbilled::TaskVolumes,
        "secrets" | "secretOptions" => Unbilled::Secrets,
        "serviceRegistries" => Unbilled::Discovery,
        "image" if text.contains(".dkr.ecr.") => Unbilled::ImageStorage,
        _ => return None,
    };
    (!value.is_empty()).then_some(found)
}
