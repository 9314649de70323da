//! Reads what is given of processors: the credit option of burstable instances, and speeds.

use crate::catalog;
use crate::plan::{CpuCredits, FleetMember, InstanceType};
use crate::scenario::keys::instance_types::CREDIT_SPECIFICATION;
use crate::scenario::keys::table::nearest;
use crate::scenario::reading::reader::{Cursor, Record};
use crate::units::Decimal;
use std::collections::BTreeMap;

/// The fastest processor, as a multiple of the reference.
const FASTEST: u32 = 100;

/// Reads `creditSpecification` of instances of these types; `Some(None)` without it.
pub fn cpu_credits<'t>(
    record: &Record<'_>,
    types: impl Iterator<Item = &'t InstanceType> + Clone,
) -> Option<Option<CpuCredits>> {
    let Some(at) = record.get("creditSpecification") else {
        return Some(None);
    };
    let inner = at.record(&CREDIT_SPECIFICATION)?;
    let options = [
        ("standard", CpuCredits::Standard),
        ("unlimited", CpuCredits::Unlimited),
    ];
    let option = inner.get("cpuCredits").and_then(|at| at.choice(&options))?;
    if types.clone().next().is_some() && types.clone().all(|kind| kind.burstable().is_none()) {
        let names: Vec<&str> = types.map(|kind| kind.name.as_str()).collect();
        at.problem(format!(
            "only burstable types (T2, T3, T3a, T4g) have CPU credits, and `{}` is none",
            names.join("`, `")
        ))
        .hint("remove `creditSpecification`, or choose a burstable type")
        .report();
        return None;
    }
    Some(Some(option))
}

/// Reports a member of a fleet whose type has another credit option in an earlier member.
pub fn check_members(items: &[Cursor<'_>], members: &[FleetMember], types: &[InstanceType]) {
    for (number, member) in members.iter().enumerate() {
        let mut before = members[..number].iter();
        let kind = &types[member.instance_type];
        let default = kind.burstable().map(|of| of.family.default_option());
        let differs = before.any(|before| {
            let is_same_type = before.instance_type == member.instance_type;
            is_same_type && before.cpu_credits.or(default) != member.cpu_credits.or(default)
        });
        if differs && let Some(item) = items.get(number) {
            let name = &kind.name;
            item.problem(format!(
                "`{name}` has another `creditSpecification` in an earlier member of this fleet"
            ))
            .hint("give both members the same, or use two capacity providers")
            .report();
        }
    }
}

/// Reads a speed: a number above 0.
pub fn speed(at: &Cursor<'_>) -> Option<Decimal> {
    let speed = at.parse::<Decimal>()?;
    if speed == Decimal::whole(0) || speed > Decimal::whole(FASTEST) {
        at.problem(format!("a processor cannot have the speed {speed}"))
            .expected(format!(
                "a number above 0, up to {FASTEST}; 1 is the reference"
            ))
            .report();
        return None;
    }
    Some(speed)
}

/// Reads `processorSpeeds`: speeds by instance type or family of the catalog.
pub fn speeds(record: &Record<'_>) -> BTreeMap<String, Decimal> {
    let mut found = BTreeMap::new();
    let Some(at) = record.get("processorSpeeds") else {
        return found;
    };
    for (name, at) in at.names() {
        let families = catalog::instance_types().map(|facts| facts.family());
        let is_known = match name.contains('.') {
            true => at.context.catalog.instance_type(name).is_some(),
            false => families.clone().any(|family| family == name),
        };
        if !is_known {
            let near = match name.contains('.') {
                true => at.context.catalog.nearest_instance_type(name),
                false => nearest(name, families),
            };
            at.problem(format!("there is no instance type or family `{name}`"))
                .nearest(near)
                .hint("a type of `instanceTypes` has its own `speed`")
                .report();
        }
        if let Some(speed) = speed(&at) {
            found.insert(name.to_string(), speed);
        }
    }
    found
}

/// The speed of a type of the catalog: its own, else that of its family.
pub fn speed_of(speeds: &BTreeMap<String, Decimal>, name: &str) -> Option<Decimal> {
    let family = name.split('.').next().unwrap_or(name);
    speeds.get(name).or_else(|| speeds.get(family)).copied()
}
