//! Reads what an Auto Scaling group launches: its instance types and purchase options.

use super::fleet::{self, has_price, register};
use super::regions::price_hint;
use super::types::{TypeSource, instance_type};
use crate::plan::{AllocationStrategy, Cluster, InstanceType, InstancesDistribution};
use crate::scenario::keys::groups::{
    INSTANCES_DISTRIBUTION, LAUNCH_TEMPLATE, LAUNCH_TEMPLATE_OVERRIDE, MIXED_INSTANCES_POLICY,
};
use crate::scenario::reading::reader::{Cursor, Record};
use crate::units::Memory;

/// The instance types of a group, and the purchase options of its launches.
pub struct Launches<'a> {
    /// Instance types in order of preference, each with its place.
    pub types: Vec<(Cursor<'a>, InstanceType)>,
    /// The division between on demand and Spot, and the allocation strategies.
    pub mix: InstancesDistribution,
}

/// Reads types and purchase options, in our form or in that of AWS; `None` when they have
/// problems.
pub fn read<'a>(record: &Record<'a>, source: &TypeSource<'_>) -> Option<Launches<'a>> {
    let policy = match record.get("mixedInstancesPolicy") {
        Some(at) => Some(at.record(&MIXED_INSTANCES_POLICY)?),
        None => None,
    };
    let mix = mix(record, policy.as_ref());
    let listed = listed(record, policy.as_ref());
    let mut types: Vec<(Cursor<'a>, InstanceType)> = Vec::new();
    let mut is_valid = true;
    for at in listed? {
        let Some(found) = instance_type(&at, source) else {
            is_valid = false;
            continue;
        };
        if types.iter().any(|(_, known)| known.name == found.name) {
            at.problem(format!("`{}` is listed twice", found.name))
                .hint("keep the first; the list is in order of preference")
                .report();
            is_valid = false;
            continue;
        }
        types.push((at, found));
    }
    let mix = mix?;
    is_valid.then_some(Launches { types, mix })
}

/// The places of the types: the items of `instanceTypes`, or of `mixedInstancesPolicy`.
fn listed<'a>(record: &Record<'a>, policy: Option<&Record<'a>>) -> Option<Vec<Cursor<'a>>> {
    let list = match (record.get("instanceTypes"), policy) {
        (Some(own), None) => own,
        (None, Some(policy)) => {
            let template = policy.get("launchTemplate")?.record(&LAUNCH_TEMPLATE)?;
            template.get("overrides")?
        }
        (Some(own), Some(_)) => {
            own.problem("`instanceTypes` and `mixedInstancesPolicy` exclude each other")
                .hint("keep one of them")
                .report();
            return None;
        }
        (None, None) => {
            if !record.is_mistyped("instanceTypes") && !record.is_mistyped("mixedInstancesPolicy") {
                record
                    .at
                    .problem("this group has no instance types")
                    .hint("give `instanceTypes: [m6i.large]`, or a `mixedInstancesPolicy`")
                    .report();
            }
            return None;
        }
    };
    let mark = list.context.mark();
    let items = list.list();
    if items.is_empty() && list.context.is_clean_since(mark) {
        list.problem("a group needs at least one instance type")
            .report();
        return None;
    }
    if policy.is_none() {
        return Some(items);
    }
    let types = items
        .iter()
        .map(|item| item.record(&LAUNCH_TEMPLATE_OVERRIDE)?.get("instanceType"));
    // Collected before the first `None` ends it, so that the problems of all items are reported.
    types.collect::<Vec<_>>().into_iter().collect()
}

/// The purchase options: `spot: true`, `instancesDistribution`, or all on demand.
fn mix(record: &Record<'_>, policy: Option<&Record<'_>>) -> Option<InstancesDistribution> {
    let of_policy = policy.and_then(|policy| policy.get("instancesDistribution"));
    let spot = match record.get("spot") {
        Some(at) => at.boolean()?.then_some(at),
        None => None,
    };
    let written = match (record.get("instancesDistribution"), of_policy) {
        (Some(own), Some(_)) => {
            own.problem("`instancesDistribution` is given here and in `mixedInstancesPolicy`")
                .hint("keep one of them")
                .report();
            return None;
        }
        (own, other) => own.or(other),
    };
    match (spot, written) {
        (Some(spot), Some(_)) => {
            spot.problem("`spot: true` and `instancesDistribution` exclude each other")
                .hint("keep one of them")
                .report();
            None
        }
        (Some(_), None) => Some(InstancesDistribution {
            on_demand_percentage_above_base: 0,
            ..InstancesDistribution::default()
        }),
        (None, Some(at)) => distribution(&at.record(&INSTANCES_DISTRIBUTION)?),
        (None, None) => Some(InstancesDistribution::default()),
    }
}

fn distribution(record: &Record<'_>) -> Option<InstancesDistribution> {
    use AllocationStrategy::{CapacityOptimized, LowestPrice, PriceCapacityOptimized, Prioritized};
    let normal = InstancesDistribution::default();
    let number = |key, high, otherwise| match record.get(key) {
        Some(at) => at.integer(0, high).map(|number| number as u32),
        None => Some(otherwise),
    };
    let base = number(
        "onDemandBaseCapacity",
        1_000_000,
        normal.on_demand_base_capacity,
    );
    let percentage = number(
        "onDemandPercentageAboveBaseCapacity",
        100,
        normal.on_demand_percentage_above_base,
    );
    let on_demand = match record.get("onDemandAllocationStrategy") {
        Some(at) => at.choice(&[("prioritized", Prioritized), ("lowest-price", LowestPrice)]),
        None => Some(normal.on_demand_allocation),
    };
    let spot = match record.get("spotAllocationStrategy") {
        Some(at) => at.choice(&[
            ("price-capacity-optimized", PriceCapacityOptimized),
            ("capacity-optimized", CapacityOptimized),
            ("lowest-price", LowestPrice),
        ]),
        None => Some(normal.spot_allocation),
    };
    Some(InstancesDistribution {
        on_demand_base_capacity: base?,
        on_demand_percentage_above_base: percentage?,
        on_demand_allocation: on_demand?,
        spot_allocation: spot?,
    })
}

impl Launches<'_> {
    /// Adds the types to the cluster and returns their indices. Reports a type without a price
    /// for a purchase option that a group of up to `max_size` instances can launch, and returns
    /// `None` then.
    pub fn register(
        self,
        record: &Record<'_>,
        max_size: u32,
        root_volume: Option<Memory>,
        source: &TypeSource<'_>,
        cluster: &mut Cluster,
    ) -> Option<Vec<usize>> {
        let percentage = self.mix.on_demand_percentage_above_base;
        let base = self.mix.on_demand_base_capacity;
        let is_on_demand = max_size > 0 && (base > 0 || percentage > 0);
        let is_spot = max_size > base && percentage < 100;
        let mut is_valid = true;
        for (at, found) in &self.types {
            is_valid &= fleet::is_countable(at, max_size, found, root_volume)
                && (!is_on_demand || has_price(at, found, source))
                && (!is_spot || has_spot_price(at, found, source));
        }
        if max_size > 0 {
            fleet::check_volume_price(record, root_volume, source);
        }
        let types = self.types.into_iter();
        is_valid.then(|| types.map(|(_, found)| register(cluster, found)).collect())
    }
}

/// True when the Spot price of a type is known; reports it otherwise.
pub fn has_spot_price(at: &Cursor<'_>, found: &InstanceType, source: &TypeSource<'_>) -> bool {
    let Some(region) = source.region else {
        return false; // The region is reported already.
    };
    if spot_price_is_known(found) {
        return true;
    }
    let name = &found.name;
    let (message, hint) = match found.own {
        true => (
            format!("`{name}` is not on Spot"),
            "give it a `spot: { price: $0.15/h, interruptions: 5-10% }` in `instanceTypes`, or launch it on demand".into(),
        ),
        false => (
            format!("no Spot price of `{name}` is known in `{region}`"),
            price_hint(
                region,
                at.context.catalog,
                "spot",
                "choose another type or region, define a type of your own with `spot` in `instanceTypes`, or launch it on demand",
            ),
        ),
    };
    at.problem(message).hint(hint).report();
    false
}

/// True when the Spot price of a type is known in the region of the scenario.
fn spot_price_is_known(found: &InstanceType) -> bool {
    found
        .spot
        .is_some_and(|offer| offer.price_per_hour.is_some())
}
