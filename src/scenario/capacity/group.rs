//! Reads Auto Scaling groups and the settings of ECS for them: sizes, managed scaling, managed
//! termination protection, managed draining and the agent. Instance types and purchase options
//! are read in [`super::group_types`].

use super::types::TypeSource;
use super::{attributes, fleet, group_types, processors};
use crate::plan::check::rules;
use crate::plan::{AutoScalingGroup, Cluster, ManagedScaling, PullBehavior, TerminationPolicy};
use crate::scenario::keys::capacity::{AGENT, AUTO_SCALING_GROUP_PROVIDER, MANAGED_SCALING};
use crate::scenario::keys::groups::AUTO_SCALING_GROUP;
use crate::scenario::laws::law;
use crate::scenario::laws::quantity::Quantity;
use crate::scenario::reading::reader::{Cursor, Record};
use crate::units::Span;
use std::collections::BTreeSet;

/// Reads the group at `at`; `provider` is the record of its provider.
pub fn read(
    at: &Cursor<'_>,
    provider: &Record<'_>,
    source: &TypeSource<'_>,
    cluster: &mut Cluster,
) -> Option<AutoScalingGroup> {
    let mark = at.context.mark();
    let managed = managed(provider);
    let agent = agent(provider);
    let record = at.record(&AUTO_SCALING_GROUP)?;
    let sizes = sizes(&record);
    let launches = group_types::read(&record, source);
    let zones = zones(&record, &cluster.zones);
    let termination_policy = termination_policy(&record);
    let is_protected = match record.get("newInstancesProtectedFromScaleIn") {
        Some(at) => at.boolean(),
        None => Some(false),
    };
    let registered_at_start = match record.get("instancesAtStart") {
        Some(at) => at.choice(&[("registered", true), ("launched", false)]),
        None => Some(true),
    };
    let attributes = attributes::read(&record);
    let agent_version = attributes::agent_version(&record);
    let is_of_catalog = launches
        .as_ref()
        .is_some_and(|launches| launches.types.iter().any(|(_, found)| !found.own));
    let root_volume = fleet::root_volume(&record, is_of_catalog);
    let types = launches.iter().flat_map(|launches| &launches.types);
    let cpu_credits = processors::cpu_credits(&record, types.map(|(_, found)| found));
    let boot = match record.get("boot") {
        Some(at) => law::read(&at, Quantity::Seconds).map(Some),
        None => Some(None),
    };
    if let (Some(managed), Some(is_protected)) = (&managed, is_protected) {
        managed.check(is_protected);
    }
    let (managed, agent, sizes, launches) = (managed?, agent?, sizes?, launches?);
    let root_volume = root_volume?;
    let mix = launches.mix;
    let types = launches.register(&record, sizes.max, root_volume, source, cluster);
    if !at.context.is_clean_since(mark) {
        return None;
    }
    Some(AutoScalingGroup {
        types: types?,
        zones: zones?,
        min_size: sizes.min,
        max_size: sizes.max,
        desired_capacity: sizes.desired,
        registered_at_start: registered_at_start?,
        mix,
        termination_policy: termination_policy?,
        protected_from_scale_in: is_protected?,
        attributes,
        agent_version,
        root_volume,
        cpu_credits: cpu_credits?,
        boot: boot?,
        managed_scaling: managed.scaling,
        managed_termination_protection: managed.protection.is_some(),
        managed_draining: managed.draining,
        spot_instance_draining: agent.1,
        pull_behavior: agent.0,
        managed_instances: None,
    })
}

/// Bounds and start value of the desired capacity.
struct Sizes {
    min: u32,
    max: u32,
    desired: u32,
}

/// Reads the sizes; reports them unless `minSize` ≤ `desiredCapacity` ≤ `maxSize`.
fn sizes(record: &Record<'_>) -> Option<Sizes> {
    let size = |key| Some(record.get(key)?.integer(0, 1_000_000)? as u32);
    let (min, max) = (size("minSize"), size("maxSize"));
    let desired = size("desiredCapacity");
    let (min, max) = (min?, max?);
    let desired = desired.unwrap_or(min);
    if let Some(flaw) = rules::group_sizes(min, max, desired) {
        record.flaw(flaw);
        return None;
    }
    Some(Sizes { min, max, desired })
}

/// The zones of the group as indices into those of the cluster; all of them unless listed.
pub fn zones(record: &Record<'_>, known: &[String]) -> Option<Vec<usize>> {
    let Some(at) = record.get("availabilityZones") else {
        return Some((0..known.len()).collect());
    };
    let mut items = at.list();
    if items.is_empty()
        && matches!(
            at.node.value,
            crate::scenario::reading::tree::Value::List(_)
        )
    {
        at.problem("a group needs at least one zone").report();
    }
    let mut seen = BTreeSet::new();
    items.retain(|item| {
        let text = item.node.as_text();
        let is_new = text.is_none_or(|text| seen.insert(text));
        if !is_new {
            let text = text.unwrap_or_default();
            item.problem(format!("`{text}` is listed twice")).report();
        }
        is_new
    });
    let zones: Vec<_> = items.iter().map(|item| fleet::zone(item, known)).collect();
    zones.into_iter().collect()
}

fn termination_policy(record: &Record<'_>) -> Option<TerminationPolicy> {
    use TerminationPolicy::{
        AllocationStrategy, ClosestToNextInstanceHour, Default, NewestInstance, OldestInstance,
    };
    let Some(at) = record.get("terminationPolicies") else {
        return Some(Default);
    };
    let mark = at.context.mark();
    let items = at.list();
    match items.as_slice() {
        [only] => only.choice(&[
            ("Default", Default),
            ("OldestInstance", OldestInstance),
            ("NewestInstance", NewestInstance),
            ("AllocationStrategy", AllocationStrategy),
            ("ClosestToNextInstanceHour", ClosestToNextInstanceHour),
        ]),
        _ => {
            if at.context.is_clean_since(mark) {
                at.problem(format!("{} termination policies", items.len()))
                    .expected("a list of one policy; others are not modelled yet")
                    .report();
            }
            None
        }
    }
}

/// The settings of ECS for a group.
struct Managed<'a> {
    scaling: Option<ManagedScaling>,
    /// The place of `managedTerminationProtection` if it is enabled.
    protection: Option<Cursor<'a>>,
    draining: bool,
}

impl Managed<'_> {
    /// Reports termination protection without managed scaling or without scale-in protection of
    /// the instances (facts/ecs.md 158).
    fn check(&self, is_protected: bool) {
        let Some(at) = &self.protection else { return };
        let flaws = rules::protection_of(true, self.scaling.is_some(), is_protected);
        flaws.into_iter().for_each(|flaw| at.flaw(flaw));
    }
}

/// Reads the three keys of ECS, at the provider or in `autoScalingGroupProvider` as in AWS's API.
fn managed<'a>(provider: &Record<'a>) -> Option<Managed<'a>> {
    let other = match provider.get("autoScalingGroupProvider") {
        Some(at) => Some(at.record(&AUTO_SCALING_GROUP_PROVIDER)?),
        None => None,
    };
    let find = |key| {
        let inner = other.as_ref().and_then(|other| other.get(key));
        let own = provider.get(key);
        if let (Some(at), Some(_)) = (&own, &inner) {
            at.problem(format!(
                "`{key}` is given here and in `autoScalingGroupProvider`"
            ))
            .hint("keep one of them")
            .report();
        }
        own.or(inner)
    };
    let is_on = |at: &Cursor<'a>| at.choice(&[("ENABLED", true), ("DISABLED", false)]);
    let scaling = match find("managedScaling") {
        Some(at) => managed_scaling(&at),
        None => Some(None),
    };
    let protection = match find("managedTerminationProtection") {
        Some(at) => is_on(&at).map(|is_on| is_on.then_some(at)),
        None => Some(None),
    };
    let draining = match find("managedDraining") {
        Some(at) => is_on(&at),
        // Managed draining is on by default (facts/ecs.md 160).
        None => Some(true),
    };
    Some(Managed {
        scaling: scaling?,
        protection: protection?,
        draining: draining?,
    })
}

/// Reads `managedScaling` (facts/ecs.md 147 to 157); `Some(None)` when it is disabled.
fn managed_scaling(at: &Cursor<'_>) -> Option<Option<ManagedScaling>> {
    let record = at.record(&MANAGED_SCALING)?;
    let status = record
        .get("status")
        .and_then(|at| at.choice(&[("ENABLED", true), ("DISABLED", false)]));
    let number = |key, high| match record.get(key) {
        Some(at) => at.integer(1, high).map(|number| number as u32),
        None => record.preset(key)?.parse().ok(),
    };
    let target = number("targetCapacity", 100);
    let minimum = number("minimumScalingStepSize", 10_000);
    let maximum = number("maximumScalingStepSize", 10_000);
    let warmup = match record.get("instanceWarmupPeriod") {
        Some(at) => warmup(&at),
        None => Some(Span::seconds(300)),
    };
    let (minimum, maximum) = (minimum?, maximum?);
    let scaling = ManagedScaling {
        target_capacity: target?,
        minimum_step: minimum,
        maximum_step: maximum,
        instance_warmup: warmup?,
    };
    if let Some(flaw) = rules::scaling_steps(&scaling) {
        record.flaw(flaw);
        return None;
    }
    Some(status?.then_some(scaling))
}

/// Reads `instanceWarmupPeriod`: a number of seconds as in AWS, or a duration (facts/ecs.md 150).
fn warmup(at: &Cursor<'_>) -> Option<Span> {
    const LONGEST: Span = Span::seconds(10_000);
    let text = at.text()?;
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return at.integer(0, 10_000).map(Span::seconds);
    }
    let span = at.parse::<Span>()?;
    if span > LONGEST {
        at.problem(format!("`{text}` is not valid here"))
            .expected("0 to 10000 seconds")
            .report();
        return None;
    }
    Some(span)
}

/// Reads `agent`: the image pull behavior, and whether the agent drains its instance at a Spot
/// interruption notice.
fn agent(provider: &Record<'_>) -> Option<(PullBehavior, bool)> {
    let Some(at) = provider.get("agent") else {
        return Some((PullBehavior::Default, false));
    };
    let record = at.record(&AGENT)?;
    let pull = match record.get("imagePullBehavior") {
        Some(at) => at.choice(&[
            ("default", PullBehavior::Default),
            ("always", PullBehavior::Always),
            ("once", PullBehavior::Once),
            ("prefer-cached", PullBehavior::PreferCached),
        ]),
        None => Some(PullBehavior::Default),
    };
    let draining = match record.get("spotInstanceDraining") {
        Some(at) => at.boolean(),
        None => Some(false),
    };
    Some((pull?, draining?))
}
