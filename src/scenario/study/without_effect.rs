//! Warnings of values that are valid but cannot have an effect in this scenario.

use crate::plan::{
    Assumptions, Capacity, Cluster, Container, Count, Delays, FaultKind, FaultName, LoadMode,
    OnNoCapacity, Plan, Target, TaskEntry,
};
use crate::scenario::reading::reader::Cursor;
use crate::scenario::reading::tree::Value;
use crate::scenario::work::behavior::warn_of_no_check;
use crate::units::Span;
use std::collections::BTreeSet;

/// Attributes that every instance has (facts/ecs.md 40).
const BUILT_IN: [&str; 4] = [
    "ecs.availability-zone",
    "ecs.instance-type",
    "ecs.cpu-architecture",
    "ecs.os-type",
];

/// Warns of values without effect in a variant without errors; `root` is its effective tree.
pub fn warn(root: &Cursor<'_>, plan: &Plan) {
    warn_of_idle_fleets(root, plan);
    warn_of_attributes(root, plan);
    warn_of_health_faults(root, plan);
    warn_of_exact(root, plan);
}

/// Warns of loads that are simulated request by request where the fluid model would share CPU.
fn warn_of_exact(root: &Cursor<'_>, plan: &Plan) {
    for (at, service) in items(root, "services", "serviceName")
        .iter()
        .zip(&plan.services)
    {
        let exact = service
            .load
            .as_ref()
            .filter(|load| load.mode == LoadMode::Exact);
        let is_other = exact.is_some_and(|load| plan.could_share_cpu(service, load));
        let mode = below(at, "load").and_then(|load| below(&load, "mode"));
        if let Some(mode) = mode.filter(|_| is_other) {
            mode.problem(
                "with `mode: exact` the CPU of a task does not change: it does not burst, and neighbours, CPU credits and the speed of the processor have no effect",
            )
            .hint("use `mode: fluid`, or read this service as one on instances of its own")
            .warning()
            .report();
        }
    }
}

/// The value of a key of a map; `None` when it is absent or `null`.
fn below<'a>(at: &Cursor<'a>, key: &str) -> Option<Cursor<'a>> {
    let node = at.node.get(key)?;
    (!matches!(node.value, Value::Null)).then(|| Cursor {
        context: at.context,
        node,
        path: at.path_of(key),
    })
}

/// The items of a list of named things under a key.
fn items<'a>(at: &Cursor<'a>, key: &str, identity: &str) -> Vec<Cursor<'a>> {
    match below(at, key) {
        Some(list) if matches!(list.node.value, Value::List(_)) => list.entities(&[identity]),
        _ => Vec::new(),
    }
}

/// Warns of fleets with fixed counts and prices above 0 that no entry or service can use.
fn warn_of_idle_fleets(root: &Cursor<'_>, plan: &Plan) {
    let tasks = plan.tasks.iter().map(|entry| &entry.target);
    let services = plan.services.iter().map(|service| &service.target);
    let targets: Vec<&Target> = tasks.chain(services).collect();
    if targets.contains(&&Target::AnyInstance) {
        return;
    }
    let used: BTreeSet<usize> = targets.iter().flat_map(|t| t.providers()).collect();
    let Some(cluster) = below(root, "cluster") else {
        return;
    };
    let listed = items(&cluster, "capacityProviders", "name");
    for (index, provider) in plan.cluster.providers.iter().enumerate() {
        if used.contains(&index) || !is_billed(&provider.capacity, &plan.cluster) {
            continue;
        }
        let name = provider.name.as_str();
        let is_it = |at: &&Cursor<'_>| at.node.get("name").and_then(|n| n.as_text()) == Some(name);
        let Some(at) = listed.iter().find(is_it) else {
            continue;
        };
        at.problem(format!("`{name}` is billed, but no task can run on it"))
            .hint("set its `count` to 0 where nothing runs on it")
            .warning()
            .report();
    }
}

/// True for a fleet with a fixed count above 0 of instances with a price above 0.
fn is_billed(capacity: &Capacity, cluster: &Cluster) -> bool {
    let Capacity::Fleet(members) = capacity else {
        return false;
    };
    members.iter().any(|member| {
        let price = cluster.instance_types[member.instance_type].price_per_hour;
        matches!(member.count, Count::Fixed(1..)) && price.is_some_and(|usd| usd.as_nanos() > 0)
    })
}

/// Warns of attributes in placement strategies that no instance has.
fn warn_of_attributes(root: &Cursor<'_>, plan: &Plan) {
    let mut known = BUILT_IN.to_vec();
    for provider in &plan.cluster.providers {
        match &provider.capacity {
            Capacity::Fleet(members) => {
                known.extend(
                    members
                        .iter()
                        .flat_map(|m| m.attributes.keys())
                        .map(String::as_str),
                );
            }
            Capacity::Group(group) => known.extend(group.attributes.keys().map(String::as_str)),
            Capacity::Fargate | Capacity::FargateSpot => {}
        }
    }
    let mut works = items(root, "tasks", "name");
    works.extend(items(root, "services", "serviceName"));
    for strategies in works.iter().filter_map(|at| below(at, "placementStrategy")) {
        for field in strategies.list().iter().filter_map(|at| below(at, "field")) {
            let name = field
                .node
                .as_text()
                .and_then(|text| text.strip_prefix("attribute:"));
            let Some(name) = name.filter(|name| !known.contains(name)) else {
                continue;
            };
            field
                .problem(format!("no instance has the attribute `{name}`"))
                .among(name, known.iter().copied())
                .warning()
                .report();
        }
    }
}

/// Warns of `healthCheckFailure` faults that select only containers without a health check.
fn warn_of_health_faults(root: &Cursor<'_>, plan: &Plan) {
    for item in items(root, "faults", "name") {
        let name = item.node.get("name").and_then(|node| node.as_text());
        let fault = plan
            .faults
            .iter()
            .find(|fault| Some(fault.name.as_str()) == name);
        let Some(FaultKind::HealthCheckFailure { work, container }) = fault.map(|f| &f.kind) else {
            continue;
        };
        let works = plan.works();
        let concerned: Vec<&Container> = works
            .filter(|of| work.is_none_or(|work| work == *of))
            .flat_map(|of| plan.containers_of(of))
            .filter(|c| container.as_ref().is_none_or(|name| *name == c.name))
            .collect();
        if concerned.iter().all(|c| c.health_check.is_none()) {
            let at = below(&item, FaultName::HealthCheckFailure.key());
            warn_of_no_check(
                &at.unwrap_or(item),
                concerned.iter().map(|c| c.name.as_str()),
            );
        }
    }
}

/// When an assumption has an effect.
struct Rule {
    /// Its key.
    key: &'static str,
    /// True when its values in two sets of assumptions differ.
    is_changed: fn(&Assumptions, &Assumptions) -> bool,
    /// True when it has an effect in a plan.
    acts: fn(&Plan) -> bool,
    /// What it needs to have an effect, for the message.
    needs: &'static str,
}

/// The assumptions that have an effect only together with another key.
const RULES: [Rule; 9] = [
    Rule {
        key: "creditsAtStart",
        is_changed: |a, b| a.credits_at_start != b.credits_at_start,
        acts: Plan::counts_cpu_credits,
        needs: "burstable instances, and work whose use of CPU is known",
    },
    Rule {
        key: "fixedFleetReplacement",
        is_changed: |a, b| a.fixed_fleet_replacement != b.fixed_fleet_replacement,
        acts: |plan| {
            has_fault(plan, |kind| {
                matches!(kind, FaultKind::InstanceFailure { replaced: true, .. })
            })
        },
        needs: "realistic `faults`",
    },
    Rule {
        key: "siblingLaunchErrors",
        is_changed: |a, b| a.sibling_launch_errors != b.sibling_launch_errors,
        acts: |plan| {
            plan.delays == Delays::Realistic
                && has_fault(plan, |kind| matches!(kind, FaultKind::ZoneOutage { .. }))
        },
        needs: "a `zoneOutage` and `delays: realistic`",
    },
    Rule {
        key: "startThrottle",
        is_changed: |a, b| a.start_throttle != b.start_throttle,
        // A task that ends in PROVISIONING after `provisioningTimeout` counts as a failed start,
        // also without delays.
        acts: |plan| plan.delays != Delays::None || has_managed_scaling(plan),
        needs: "`delays` other than `none`, or managed scaling",
    },
    Rule {
        key: "runTaskBucket",
        is_changed: |a, b| a.run_task_bucket != b.run_task_bucket,
        acts: |plan| calls(plan, |_| true),
        needs: "`tasks` and `delays: realistic`",
    },
    Rule {
        key: "runTaskFargateBucket",
        is_changed: |a, b| a.run_task_fargate_bucket != b.run_task_fargate_bucket,
        acts: |plan| calls(plan, |entry| entry.demand.on_fargate),
        needs: "`tasks` on Fargate and `delays: realistic`",
    },
    Rule {
        key: "flexibleWindow",
        is_changed: |a, b| a.flexible_window != b.flexible_window,
        acts: |plan| (plan.tasks.iter()).any(|entry| entry.flexible_window > Span::ZERO),
        needs: "a `flexibleTimeWindow`",
    },
    Rule {
        key: "throttledRetry",
        is_changed: |a, b| a.throttled_retry != b.throttled_retry,
        acts: |plan| calls(plan, |entry| entry.on_no_capacity != OnNoCapacity::Queue),
        needs: "`tasks` with `onNoCapacity: provisioning` or `fail`, and `delays: realistic`",
    },
    Rule {
        key: "disconnectNotice",
        is_changed: |a, b| a.disconnect_notice != b.disconnect_notice,
        acts: |plan| {
            plan.delays == Delays::Realistic
                && has_fault(plan, |kind| {
                    matches!(kind, FaultKind::AgentDisconnect { .. })
                })
        },
        needs: "an `agentDisconnect` and `delays: realistic`",
    },
];

/// True when clients call `RunTask` at AWS's rate, and some entry is like this.
fn calls(plan: &Plan, is_it: impl Fn(&TaskEntry) -> bool) -> bool {
    plan.delays == Delays::Realistic && plan.tasks.iter().any(is_it)
}

/// Warns of changed assumptions that have an effect in no variant; `root` is the tree of the base.
pub fn warn_of_assumptions(root: &Cursor<'_>, plans: &[Plan]) {
    let Some(assumptions) = below(root, "assumptions") else {
        return;
    };
    let usual = Assumptions::default();
    for rule in &RULES {
        let mut changed = plans
            .iter()
            .filter(|p| (rule.is_changed)(&p.assumptions, &usual));
        let is_idle = changed.clone().next().is_some() && !changed.any(rule.acts);
        if let Some(at) = below(&assumptions, rule.key).filter(|_| is_idle) {
            at.problem(format!(
                "`{}` has an effect only with {}",
                rule.key, rule.needs
            ))
            .warning()
            .report();
        }
    }
}

fn has_fault(plan: &Plan, is_it: impl Fn(&FaultKind) -> bool) -> bool {
    plan.faults.iter().any(|fault| is_it(&fault.kind))
}

fn has_managed_scaling(plan: &Plan) -> bool {
    let mut providers = plan.cluster.providers.iter();
    providers.any(|provider| provider.capacity.grows_for_tasks())
}
