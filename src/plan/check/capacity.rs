//! Checks of the cluster of a plan: zones, instance types, fleets and groups.

use super::super::{AutoScalingGroup, Capacity, Count, FleetMember, InstanceType, Plan};
use super::at::At;
use super::{laws, rules};
use crate::units::{Cpu, Memory};
use std::collections::BTreeSet;

pub(super) fn check(plan: &Plan, at: &At<'_>) {
    let cluster = &plan.cluster;
    if cluster.zones.is_empty() && !cluster.providers.is_empty() {
        let at = at.key("availabilityZones");
        at.problem("a cluster needs at least one zone");
    }
    for kind in &cluster.instance_types {
        if kind.cpu == Cpu::ZERO || kind.memory == Memory::ZERO {
            let at = at.key("instanceTypes").key(&kind.name);
            at.problem(format!("`{}` has no CPU or no memory", kind.name));
        }
    }
    let at = at.key("capacityProviders");
    let mut names = BTreeSet::new();
    for provider in &cluster.providers {
        let at = at.key(&provider.name);
        name_in_figures(&provider.name, &at);
        if !names.insert(&provider.name) {
            at.problem(format!("`{}` is listed twice", provider.name));
        }
        match &provider.capacity {
            Capacity::Fleet(members) => fleet(plan, members, &at.key("fleet")),
            Capacity::Group(group) => self::group(plan, group, &at),
            Capacity::Fargate | Capacity::FargateSpot => {}
        }
    }
}

/// Reports a name that cannot be part of the path of a figure.
pub(super) fn name_in_figures(name: &str, at: &At<'_>) {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if !(1..=128).contains(&name.len()) || !name.chars().all(is_part) {
        at.expected(
            format!("`{name}` cannot be a name here"),
            "up to 128 letters, digits, `-` and `_`",
        );
    }
    if name == "all" {
        at.problem("`all` is a name that figures use themselves");
    }
}

fn fleet(plan: &Plan, members: &[FleetMember], at: &At<'_>) {
    if members.is_empty() {
        at.problem("this fleet is empty");
    }
    for (index, member) in members.iter().enumerate() {
        let at = at.item(index);
        zones(plan, &member.zones, &at, "a fleet");
        let has_some = member.count != Count::Fixed(0);
        if let Some(kind) = instance_type(plan, member.instance_type, &at)
            && has_some
        {
            price(plan, kind, &at);
        }
        if has_some && member.root_volume.is_some() {
            volume_price(plan, &at);
        }
    }
}

fn group(plan: &Plan, group: &AutoScalingGroup, provider: &At<'_>) {
    let at = match group.managed_instances {
        Some(_) => provider.key("managedInstancesProvider"),
        None => provider.key("autoScalingGroup"),
    };
    if group.types.is_empty() {
        at.key("instanceTypes").problem("this list is empty");
    }
    zones(plan, &group.zones, &at, "a group");
    let sizes = rules::group_sizes(group.min_size, group.max_size, group.desired_capacity);
    sizes.into_iter().for_each(|flaw| at.flaw(flaw));
    let percent = group.mix.on_demand_percentage_above_base;
    let percent_at = at.key("onDemandPercentageAboveBaseCapacity");
    if percent > 100 {
        percent_at.expected(format!("{percent} cannot stand here"), "0 to 100");
    }
    for kind in &group.types {
        let Some(kind) = instance_type(plan, *kind, &at) else {
            continue;
        };
        if group.max_size > 0 {
            price(plan, kind, &at);
        }
        if percent < 100 && kind.spot.and_then(|offer| offer.price_per_hour).is_none() {
            percent_at.hint(
                format!("no Spot price of `{}` is known", kind.name),
                "give the type a `spot` offer, or set 100",
            );
        }
    }
    if group.max_size > 0 && group.root_volume.is_some() {
        volume_price(plan, &at);
    }
    if let Some(boot) = &group.boot {
        laws::law(boot, &at.key("boot"));
    }
    rules::protection(group)
        .into_iter()
        .for_each(|flaw| provider.flaw(flaw));
    if let Some(scaling) = &group.managed_scaling {
        let at = provider.key("managedScaling");
        rules::scaling_steps(scaling)
            .into_iter()
            .for_each(|flaw| at.flaw(flaw));
        let target = scaling.target_capacity;
        if !(1..=100).contains(&target) {
            let at = at.key("targetCapacity");
            at.expected(
                format!("{target} cannot stand here"),
                "a whole number from 1 to 100",
            );
        }
        if scaling.minimum_step == 0 {
            let at = at.key("minimumScalingStepSize");
            at.expected("0 cannot stand here", "a whole number from 1 to 10000");
        }
    }
}

fn zones(plan: &Plan, zones: &[usize], at: &At<'_>, what: &str) {
    let at = at.key("availabilityZones");
    if zones.is_empty() {
        at.problem(format!("{what} needs at least one zone"));
    }
    for zone in zones {
        at.index(*zone, plan.cluster.zones.len(), "zone");
    }
}

fn instance_type<'p>(plan: &'p Plan, index: usize, at: &At<'_>) -> Option<&'p InstanceType> {
    let types = &plan.cluster.instance_types;
    let at = at.key("instanceType");
    at.index(index, types.len(), "instance type")
        .then(|| &types[index])
}

fn price(plan: &Plan, kind: &InstanceType, at: &At<'_>) {
    if kind.price_per_hour.is_none() {
        at.key("instanceType").hint(
            format!("no price of `{}` is known in `{}`", kind.name, plan.region),
            "choose another type or region, or give the type a `price_per_hour`",
        );
    }
}

fn volume_price(plan: &Plan, at: &At<'_>) {
    if plan.prices.services.gp3_gb_month.is_none() {
        at.key("rootVolume").hint(
            format!("no price of gp3 volumes is known in `{}`", plan.region),
            "leave out the root volume, or take `Prices::of_region` of a region that is known",
        );
    }
}

/// True when tasks of this provider need no instance.
pub(super) fn is_fargate(plan: &Plan, provider: usize) -> bool {
    let provider = plan.cluster.providers.get(provider);
    provider.is_some_and(|provider| provider.capacity.is_fargate())
}

/// The instance types of a provider that it has or can have instances of.
pub(super) fn types_of(capacity: &Capacity) -> Vec<usize> {
    match capacity {
        Capacity::Fleet(members) => members
            .iter()
            .filter(|member| member.count != Count::Fixed(0))
            .map(|member| member.instance_type)
            .collect(),
        Capacity::Group(group) if group.max_size > 0 => group.types.clone(),
        Capacity::Group(_) | Capacity::Fargate | Capacity::FargateSpot => Vec::new(),
    }
}
