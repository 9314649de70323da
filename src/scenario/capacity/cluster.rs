//! Reads `region` and `cluster`: zones, the list of capacity providers, and the default strategy.
//! Each provider is read in [`super::provider`].

use super::regions::REGIONS;
use super::strategy::Providers;
use super::types::TypeSource;
use super::{processors, provider};
use crate::plan::{Capacity, Cluster, InstanceType, Target};
use crate::scenario::keys::capacity::CLUSTER;
use crate::scenario::keys::table::nearest;
use crate::scenario::reading::reader::{Cursor, Record};
use crate::scenario::reading::tree::Value;
use crate::units::Ratio;
use std::collections::{BTreeMap, BTreeSet};

/// The cluster, and what other readers need of it.
pub struct ClusterRead<'a> {
    /// The cluster for the plan; providers with problems are left out.
    pub cluster: Cluster,
    /// Where it was written.
    pub at: Cursor<'a>,
    /// Where work without a launch type and a strategy runs; `None` when
    /// `defaultCapacityProviderStrategy` has problems.
    default_target: Option<Target>,
    /// `default_target` is the only provider, and no note has said so yet.
    is_implied: bool,
    /// Names of all listed providers, also of those with problems.
    pub listed: Vec<String>,
}

impl ClusterRead<'_> {
    /// The providers that strategies and faults can refer to.
    pub fn providers(&self) -> Providers<'_> {
        Providers {
            cluster: &self.cluster,
            listed: &self.listed,
        }
    }

    /// Reads a capacity provider strategy.
    pub fn strategy(&self, at: &Cursor<'_>) -> Option<Target> {
        self.providers().strategy(at)
    }

    /// Where work without a launch type and a strategy runs; `None` when
    /// `defaultCapacityProviderStrategy` has problems, which are reported. The first call adds a
    /// note if the scenario has no such key and the only provider takes its place.
    pub fn default_target(&mut self) -> Option<Target> {
        if std::mem::take(&mut self.is_implied) {
            let name = &self.cluster.providers[0].name;
            self.at
                .problem(format!(
                    "work without `launchType` and `capacityProviderStrategy` uses `{name}`, the \
                     only capacity provider, which has managed scaling"
                ))
                .hint(
                    "write `defaultCapacityProviderStrategy: []` if the default is to be the launch \
                     type EC2, for which no group grows",
                )
                .note()
                .report();
        }
        self.default_target.clone()
    }
}

/// True when the only capacity provider of a cluster is its default strategy without being written
/// there: it is a group with managed scaling. AWS's API wants the default strategy of a cluster
/// written beside its providers, if only as an empty list, so that an absent key is a short form.
pub fn only_provider_is_default(only: &Capacity) -> bool {
    matches!(only, Capacity::Group(group) if group.managed_scaling.is_some())
}

/// The most capacity providers of a cluster (facts/ecs.md 43).
const MOST_PROVIDERS: usize = 20;

/// The name of the region, checked against AWS's list.
pub fn region(root: &Record<'_>) -> Option<String> {
    let Some(at) = root.get("region") else {
        return root.preset("region").map(String::from);
    };
    let text = at.text()?;
    if REGIONS.contains(&text) {
        return Some(text.to_string());
    }
    let problem = format!("`{text}` is not an AWS region");
    match nearest(text, REGIONS) {
        Some(near) => at.problem(problem).nearest(Some(near)).report(),
        None => at.bad_value(text, &problem, &format!("one of {}", REGIONS.join(", "))),
    }
    None
}

/// Reads the cluster of a region. `own` are the instance types that the scenario defines.
/// `registered_share` is the share of its memory that an instance type registers if its registered
/// memory was not measured.
pub fn read<'a>(
    at: &Cursor<'a>,
    region: Option<&str>,
    own: &BTreeMap<String, Option<InstanceType>>,
    registered_share: Ratio,
) -> Option<ClusterRead<'a>> {
    let record = at.record(&CLUSTER)?;
    if let Some(orchestrator) = record.get("orchestrator") {
        match orchestrator.text() {
            Some("EKS") => orchestrator
                .problem("`EKS` is not modelled yet")
                .expected("`ECS`")
                .report(),
            _ => {
                orchestrator.choice(&[("ECS", ())]);
            }
        }
    }
    let mut cluster = Cluster {
        zones: zones(&record, region),
        ..Cluster::default()
    };
    let is_trunking = match record.get("awsvpcTrunking") {
        Some(at) => at.choice(&[("enabled", true), ("disabled", false)])?,
        None => false,
    };
    let mut listed = Vec::new();
    if let Some(list) = record.get("capacityProviders") {
        let items = list.entities(&["name"]);
        listed.extend(items.iter().filter_map(|item| {
            let name = item.node.get("name")?.as_text()?;
            Some(name.to_string())
        }));
        if items.len() > MOST_PROVIDERS {
            list.problem(format!("{} capacity providers are too many", items.len()))
                .expected(format!("at most {MOST_PROVIDERS}"))
                .report();
        }
        let speeds = processors::speeds(&record);
        let source = TypeSource {
            region,
            own,
            speeds: &speeds,
            is_trunking,
            registered_share,
        };
        for item in &items {
            let provider = provider::read(item, &source, &mut cluster);
            cluster.providers.extend(provider);
        }
        if items.is_empty() && matches!(list.node.value, Value::List(_)) {
            list.problem("a cluster needs at least one capacity provider")
                .report();
        }
    }
    let mut read = ClusterRead {
        cluster,
        at: at.clone(),
        default_target: Some(Target::AnyInstance),
        is_implied: false,
        listed,
    };
    match record.get("defaultCapacityProviderStrategy") {
        // An empty strategy is that of a new cluster: the launch type EC2 (facts/ecs.md 3).
        Some(at) if matches!(&at.node.value, Value::List(items) if items.is_empty()) => {}
        Some(at) => read.default_target = read.strategy(&at),
        None => {
            if let ([only], [_]) = (read.cluster.providers.as_slice(), read.listed.as_slice())
                && only_provider_is_default(&only.capacity)
            {
                read.default_target = Some(Target::Provider(0));
                read.is_implied = true;
            }
        }
    }
    Some(read)
}

/// The zones of the cluster: a, b and c of the region unless they are listed. Without a region,
/// which has problems then, there are none.
fn zones(record: &Record<'_>, region: Option<&str>) -> Vec<String> {
    let Some(region) = region else {
        return Vec::new();
    };
    let Some(at) = record.get("availabilityZones") else {
        return ["a", "b", "c"]
            .map(|letter| format!("{region}{letter}"))
            .into();
    };
    let items = at.list();
    if items.is_empty() && matches!(at.node.value, Value::List(_)) {
        at.problem("a cluster needs at least one zone").report();
    }
    let mut seen = BTreeSet::new();
    let mut zones = Vec::new();
    for item in items {
        let Some(text) = item.text() else { continue };
        let letter = text.strip_prefix(region).unwrap_or_default();
        let is_valid = letter.len() == 1 && letter.bytes().all(|b| b.is_ascii_lowercase());
        if !is_valid {
            item.problem(format!("`{text}` is not a zone of `{region}`"))
                .expected(format!("a zone such as `{region}a`"))
                .report();
        } else if !seen.insert(text) {
            item.problem(format!("`{text}` is listed twice")).report();
        } else {
            zones.push(text.to_string());
        }
    }
    zones
}
