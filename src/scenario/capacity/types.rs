//! Reads instance types: by name from the catalog, and those that the scenario defines.

use super::{attributes, processors};
use crate::catalog::{self, Architecture, InterruptionBand, OperatingSystem, SpotOffer};
use crate::plan::{InstanceType, OWN_TASK_INTERFACES, REFERENCE_SPEED};
use crate::scenario::keys::instance_types::{INSTANCE_TYPE, SPOT_OFFER};
use crate::scenario::keys::table::nearest;
use crate::scenario::reading::lookup::{Catalog, CatalogType};
use crate::scenario::reading::names::name;
use crate::scenario::reading::reader::{Cursor, Record, ticked};
use crate::units::{Cpu, Decimal, Memory, Ratio, Usd};
use std::collections::BTreeMap;

/// Reads `instanceTypes`; `None` for a type with problems. A type without `registeredMemory`
/// registers `registered_share` of its memory.
pub fn own_types<'a>(
    root: &Record<'a>,
    registered_share: Ratio,
) -> BTreeMap<String, Option<InstanceType>> {
    let mut types = BTreeMap::new();
    let Some(at) = root.get("instanceTypes") else {
        return types;
    };
    for item in at.entities(&["name"]) {
        let Some(record) = item.record(&INSTANCE_TYPE) else {
            continue;
        };
        let Some(name) = record.get("name").and_then(|at| name(&at)) else {
            continue;
        };
        if item.context.catalog.instance_type(&name).is_some() {
            item.problem(format!("`{name}` is a type of the catalog"))
                .hint("choose another name for your own")
                .report();
        }
        types.insert(name.clone(), own_type(&record, name, registered_share));
    }
    types
}

fn own_type(record: &Record<'_>, name: String, registered_share: Ratio) -> Option<InstanceType> {
    let vcpu = record.get("vcpu").and_then(|at| {
        let text = at.text()?;
        // Fractions of a vCPU are allowed; they are kept in 1/128,000 vCPU.
        let cpu = format!("{text} vCPU").parse::<Cpu>();
        match cpu {
            Ok(cpu) if cpu > Cpu::ZERO => Some(cpu),
            _ => {
                at.bad_value(
                    text,
                    &format!("`{text}` is not a number of vCPUs"),
                    "a number such as `16`",
                );
                None
            }
        }
    });
    let memory = record.get("memory").and_then(|at| at.parse::<Memory>());
    let reported = memory.map(|memory| catalog::share_registered(memory, registered_share));
    let registered = match record.get("registeredMemory") {
        Some(at) => at.parse::<Memory>(),
        None => reported,
    };
    let count = |key, default: u32| match record.get(key) {
        Some(at) => at.integer(0, 100_000).map(|n| n as u32),
        None => Some(default),
    };
    let (gpus, interfaces) = (
        count("gpus", 0),
        count("taskInterfaces", OWN_TASK_INTERFACES),
    );
    let architecture = match record.get("architecture") {
        Some(at) => at.choice(&[("X86_64", Architecture::X86), ("ARM64", Architecture::Arm)]),
        None => Some(Architecture::X86),
    };
    let system = match record.get("operatingSystem") {
        Some(at) => at.choice(&[
            ("LINUX", OperatingSystem::Linux),
            ("WINDOWS", OperatingSystem::Windows),
        ]),
        None => Some(OperatingSystem::Linux),
    };
    let attributes = attributes::read(record);
    let price = record.get("price").and_then(|at| at.parse::<Usd>());
    let speed = match record.get("speed") {
        Some(at) => processors::speed(&at),
        None => Some(REFERENCE_SPEED),
    };
    let spot = match record.get("spot") {
        Some(at) => spot_offer(&at, price).map(Some),
        None => Some(None),
    };
    Some(InstanceType {
        name,
        cpu: vcpu?,
        memory: registered?,
        os_memory: reported?.max(registered?),
        gpus: gpus?,
        task_interfaces: interfaces?,
        trunked: false,
        attributes,
        architecture: architecture?,
        operating_system: system?,
        speed: speed?,
        price_per_hour: Some(price?),
        spot: spot?,
        own: true,
    })
}

/// Reads the Spot offer of a type; its saving follows from the on-demand price.
fn spot_offer(at: &Cursor<'_>, on_demand: Option<Usd>) -> Option<SpotOffer> {
    let record = at.record(&SPOT_OFFER)?;
    let price = record.get("price").and_then(|at| at.parse::<Usd>());
    let band = record.get("interruptions").and_then(|at| band(&at));
    Some(SpotOffer::at_price(band?, price?, on_demand?))
}

/// Reads an interruption band. For a single percentage the band that contains it is suggested.
fn band(at: &Cursor<'_>) -> Option<InterruptionBand> {
    let bands = InterruptionBand::ALL.map(|band| (band.label(), band));
    let percent = at.node.as_text().and_then(|text| text.strip_suffix('%'));
    let Some(percent) = percent.and_then(|text| text.trim().parse::<f64>().ok()) else {
        return at.choice(&bands);
    };
    // Each band but the last is 5 percentage points wide.
    let nearest = ((percent / 5.0) as usize).min(bands.len() - 1);
    at.problem(format!("`{percent}%` is a share, not a band"))
        .nearest(Some(bands[nearest].0.to_string()))
        .expected(ticked(bands.iter().map(|(label, _)| *label)))
        .report();
    None
}

/// The sources of instance types by name, and the settings that their properties depend on.
pub struct TypeSource<'s> {
    /// The region of the prices; `None` when it has problems.
    pub region: Option<&'s str>,
    /// The types that the scenario defines; `None` for one with problems.
    pub own: &'s BTreeMap<String, Option<InstanceType>>,
    /// The speeds of processors by instance type or family of the catalog.
    pub speeds: &'s BTreeMap<String, Decimal>,
    /// The account setting `awsvpcTrunking` (facts/ecs.md 121).
    pub is_trunking: bool,
    /// The share of its memory that a type registers if it was not measured.
    pub registered_share: Ratio,
}

/// The instance type that is named here. An unknown name is reported; a type of the scenario with
/// problems gives `None`.
pub fn instance_type(at: &Cursor<'_>, source: &TypeSource<'_>) -> Option<InstanceType> {
    let name = at.text()?;
    if let Some(own) = source.own.get(name) {
        return own.clone();
    }
    let catalog = at.context.catalog;
    let Some(found) = source.type_of(name, catalog) else {
        let near = catalog
            .nearest_instance_type(name)
            .or_else(|| nearest(name, source.own.keys().map(String::as_str)));
        at.problem(format!("there is no instance type `{name}`"))
            .nearest(near)
            .hint("`ecsim catalog instances` lists all; `instanceTypes` defines your own")
            .report();
        return None;
    };
    Some(found)
}

impl TypeSource<'_> {
    /// The type of this name in a catalog, with its prices in the region; `None` when it is unknown.
    pub fn type_of(&self, name: &str, known: &dyn Catalog) -> Option<InstanceType> {
        let found: CatalogType = known.instance_type(name)?;
        let trunked = found.trunked_task_interfaces.filter(|_| self.is_trunking);
        let measured = found.measured_memory;
        let share = self.registered_share;
        let memory = measured.unwrap_or_else(|| catalog::share_registered(found.memory, share));
        Some(InstanceType {
            name: name.to_string(),
            cpu: Cpu::vcpus(found.vcpu.into()),
            memory,
            os_memory: memory,
            gpus: found.gpus,
            task_interfaces: trunked.unwrap_or(found.task_interfaces),
            trunked: trunked.is_some(),
            attributes: BTreeMap::new(),
            architecture: found.architecture,
            operating_system: found.operating_system,
            speed: processors::speed_of(self.speeds, name).unwrap_or(REFERENCE_SPEED),
            price_per_hour: self.region.and_then(|r| known.on_demand_price(r, name)),
            spot: self.region.and_then(|r| catalog::spot(r, name)),
            own: false,
        })
    }
}
