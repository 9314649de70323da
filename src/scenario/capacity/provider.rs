//! Reads a capacity provider and decides which of the four kinds it is: Fargate by its name, a
//! fleet (read in [`super::fleet`]), an Auto Scaling group (read in [`super::group`]) or Managed
//! Instances (read in [`super::managed_instances`]).

use super::types::TypeSource;
use super::{fleet, group, managed_instances};
use crate::plan::{Capacity, Cluster, Provider};
use crate::scenario::keys::capacity::PROVIDER;
use crate::scenario::reading::names::name_in_figures;
use crate::scenario::reading::reader::{Cursor, Record};

/// Keys that need an Auto Scaling group.
const OF_GROUPS: [&str; 5] = [
    "autoScalingGroupProvider",
    "managedScaling",
    "managedTerminationProtection",
    "managedDraining",
    "agent",
];

/// Reads a provider. Its instance types are added to those of the cluster.
pub fn read(at: &Cursor<'_>, source: &TypeSource<'_>, cluster: &mut Cluster) -> Option<Provider> {
    let record = at.record(&PROVIDER)?;
    let name_at = record.get("name")?;
    let name = name_in_figures(&name_at)?;
    let capacity = match name.as_str() {
        "FARGATE" => fargate(&record, &name, Capacity::Fargate),
        "FARGATE_SPOT" => fargate(&record, &name, Capacity::FargateSpot),
        "total" | "idle" | "all" | "EC2" | "EBS" | "ECS" | "Fargate" => {
            name_at
                .problem(format!("`{name}` is reserved for figures"))
                .hint("choose another, such as `on-demand`")
                .report();
            None
        }
        _ => instances(&record, &name, source, cluster),
    };
    Some(Provider {
        name,
        capacity: capacity?,
    })
}

/// A provider on Fargate has no key but its name; others are reported.
fn fargate(record: &Record<'_>, name: &str, capacity: Capacity) -> Option<Capacity> {
    let others = record
        .present()
        .into_iter()
        .filter(|(key, _)| *key != "name");
    let mut is_valid = true;
    for (key, at) in others {
        is_valid = false;
        at.problem(format!("`{name}` has no `{key}`"))
            .hint(format!("remove `{key}`, or give the provider another name"))
            .report();
    }
    is_valid.then_some(capacity)
}

fn instances(
    record: &Record<'_>,
    name: &str,
    source: &TypeSource<'_>,
    cluster: &mut Cluster,
) -> Option<Capacity> {
    if let Some(at) = record.get("managedInstancesProvider") {
        refuse_keys_beside_managed(record);
        let group = managed_instances::read(&at, source, cluster)?;
        return Some(Capacity::Group(Box::new(group)));
    }
    match (record.get("fleet"), record.get("autoScalingGroup")) {
        (Some(_), Some(group)) => {
            group
                .problem("a provider has either a `fleet` or an `autoScalingGroup`")
                .hint("keep one of them")
                .report();
            None
        }
        (Some(fleet), None) => {
            refuse_keys_of_groups(record);
            fleet::read(&fleet, source, cluster)
        }
        (None, Some(at)) => {
            let group = group::read(&at, record, source, cluster)?;
            Some(Capacity::Group(Box::new(group)))
        }
        (None, None) => {
            report_missing_capacity(record, name);
            None
        }
    }
}

fn refuse_keys_beside_managed(record: &Record<'_>) {
    for key in ["fleet", "autoScalingGroup"].into_iter().chain(OF_GROUPS) {
        if let Some(at) = record.get(key) {
            at.problem(format!(
                "a provider with `managedInstancesProvider` has no `{key}`"
            ))
            .hint("remove it, or make it a capacity provider of its own")
            .report();
        }
    }
}

fn refuse_keys_of_groups(record: &Record<'_>) {
    for key in OF_GROUPS {
        if let Some(at) = record.get(key) {
            at.problem(format!("a provider with a `fleet` has no `{key}`"))
                .hint("remove it, or give an `autoScalingGroup` instead of the `fleet`")
                .report();
        }
    }
}

/// Reports a provider that is neither Fargate nor has a fleet or a group.
fn report_missing_capacity(record: &Record<'_>, name: &str) {
    let is_reported = ["fleet", "autoScalingGroup", "managedInstancesProvider"]
        .iter()
        .any(|key| record.is_mistyped(key));
    if is_reported {
        return;
    }
    let is_group = OF_GROUPS.iter().any(|key| record.get(key).is_some());
    if is_group {
        record
            .at
            .problem(format!("`{name}` has no `autoScalingGroup`"))
            .hint("give it `autoScalingGroup: { instanceTypes: [m6i.large], minSize: 0, maxSize: 10 }`")
            .report();
    } else {
        record
            .at
            .problem(format!("`{name}` has no `fleet`"))
            .hint("give it `fleet: [{ instanceType: m6i.large, count: 3 }]`, an `autoScalingGroup`, or `managedInstancesProvider: {}`")
            .report();
    }
}
