//! Adds the values of Auto Scaling groups and of assumptions that the plan has and the tree has
//! not, to the tree that `ecsim show` prints.

use super::assumptions;
use super::nodes::{at, list, put};
use crate::plan::{AutoScalingGroup, Capacity, Delays, ManagedScaling, Plan};
use crate::scenario::reading::tree::{Node, Origin, Value};

/// Adds the values of a group to the node of its provider. Keys that were written are kept.
pub fn complete_group(node: &mut Node, group: &AutoScalingGroup) {
    let origin = node.origin;
    if group.managed_instances.is_some() {
        return; // Its defaults are values of the tables and assumptions.
    }
    let scalar = |text: &str| Node::text(text, origin);
    let switch = |is_on| scalar(if is_on { "ENABLED" } else { "DISABLED" });
    if at(node, "autoScalingGroupProvider").is_none() {
        put(
            node,
            "managedScaling",
            managed_scaling(group.managed_scaling, origin),
        );
        put(
            node,
            "managedTerminationProtection",
            switch(group.managed_termination_protection),
        );
        put(node, "managedDraining", switch(group.managed_draining));
    }
    let Some(node) = at(node, "autoScalingGroup") else {
        return;
    };
    put(
        node,
        "desiredCapacity",
        scalar(&group.desired_capacity.to_string()),
    );
    let at_start = match group.registered_at_start {
        true => "registered",
        false => "launched",
    };
    put(node, "instancesAtStart", scalar(at_start));
    let volume = group.root_volume;
    let volume = volume.map_or("none".into(), |size| size.to_string());
    put(node, "rootVolume", scalar(&volume));
    put(
        node,
        "terminationPolicies",
        list(
            vec![scalar(&format!("{:?}", group.termination_policy))],
            origin,
        ),
    );
}

fn managed_scaling(scaling: Option<ManagedScaling>, origin: Origin) -> Node {
    let text = |text: String| Node::text(text, origin);
    let mut node = Node {
        origin,
        value: Value::Map(Vec::new()),
    };
    let Some(scaling) = scaling else {
        put(&mut node, "status", text("DISABLED".into()));
        return node;
    };
    put(&mut node, "status", text("ENABLED".into()));
    for (key, value) in [
        ("targetCapacity", scaling.target_capacity),
        ("minimumScalingStepSize", scaling.minimum_step),
        ("maximumScalingStepSize", scaling.maximum_step),
    ] {
        put(&mut node, key, text(value.to_string()));
    }
    put(
        &mut node,
        "instanceWarmupPeriod",
        text(scaling.instance_warmup.to_string()),
    );
    node
}

/// Adds all assumptions to the tree, if some of them can have an effect in this plan.
pub fn complete_assumptions(tree: &mut Node, plan: &Plan) {
    let origin = tree.origin;
    let uses_assumptions =
        |capacity: &Capacity| matches!(capacity, Capacity::Group(_) | Capacity::FargateSpot);
    let have_effect = plan.delays == Delays::Realistic
        || !plan.services.is_empty()
        || !plan.faults.is_empty()
        || plan
            .cluster
            .providers
            .iter()
            .any(|provider| uses_assumptions(&provider.capacity));
    if !have_effect {
        return;
    }
    let empty = Node {
        origin,
        value: Value::Map(Vec::new()),
    };
    put(tree, "assumptions", empty);
    let Some(node) = at(tree, "assumptions") else {
        return;
    };
    for entry in assumptions::nodes(&plan.assumptions, origin) {
        put(node, &entry.key, entry.node);
    }
}
