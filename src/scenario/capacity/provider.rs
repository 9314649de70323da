//! Reading capacity providers: what stands behind each. Fleets are in [`super::fleet`],
//! Auto Scaling groups in [`super::group`].

use super::types::Shop;
use super::{fleet, group};
use crate::plan::{Capacity, Cluster, Provider};
use crate::scenario::keys::capacity::PROVIDER;
use crate::scenario::reading::names::name_in_figures;
use crate::scenario::reading::reader::{Cursor, Record};

/// Keys that a fleet cannot have.
const OF_GROUPS: [&str; 5] = [
    "autoScalingGroupProvider",
    "managedScaling",
    "managedTerminationProtection",
    "managedDraining",
    "agent",
];

/// Reads a provider; its instance types join those of the cluster.
pub fn read(at: &Cursor<'_>, shop: &Shop<'_>, cluster: &mut Cluster) -> Option<Provider> {
    let record = at.record(&PROVIDER)?;
    let name_at = record.get("name")?;
    let name = name_in_figures(&name_at)?;
    let capacity = match name.as_str() {
        "FARGATE" => serverless(&record, &name, Capacity::Fargate),
        "FARGATE_SPOT" => serverless(&record, &name, Capacity::FargateSpot),
        "total" | "idle" | "all" | "EC2" | "EBS" | "Fargate" => {
            name_at
                .problem(format!("`{name}` is a name that figures use themselves"))
                .hint("choose another, such as `on-demand`")
                .report();
            None
        }
        _ => instances(&record, &name, shop, cluster),
    };
    Some(Provider {
        name,
        capacity: capacity?,
    })
}

/// Fargate has nothing to set.
fn serverless(record: &Record<'_>, name: &str, capacity: Capacity) -> Option<Capacity> {
    let others = record
        .present()
        .into_iter()
        .filter(|(key, _)| *key != "name");
    let mut is_sound = true;
    for (key, at) in others {
        is_sound = false;
        at.problem(format!("`{name}` has no `{key}`"))
            .hint(format!("remove `{key}`, or give the provider another name"))
            .report();
    }
    is_sound.then_some(capacity)
}

fn instances(
    record: &Record<'_>,
    name: &str,
    shop: &Shop<'_>,
    cluster: &mut Cluster,
) -> Option<Capacity> {
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
            fleet::read(&fleet, shop, cluster)
        }
        (None, Some(at)) => {
            let group = group::read(&at, record, shop, cluster)?;
            Some(Capacity::Group(Box::new(group)))
        }
        (None, None) => {
            say_what_is_missing(record, name);
            None
        }
    }
}

fn refuse_keys_of_groups(record: &Record<'_>) {
    for key in OF_GROUPS {
        if let Some(at) = record.get(key) {
            at.problem(format!("a fleet has no `{key}`"))
                .hint("remove it, or give an `autoScalingGroup` instead of the `fleet`")
                .report();
        }
    }
}

fn say_what_is_missing(record: &Record<'_>, name: &str) {
    let is_known = ["fleet", "autoScalingGroup"]
        .iter()
        .any(|key| record.is_mistyped(key))
        || record.at.node.get("managedInstancesProvider").is_some();
    if is_known {
        return; // It has been said.
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
            .hint("give it `fleet: [{ instanceType: m6i.large, count: 3 }]`, or an `autoScalingGroup`")
            .report();
    }
}
