//! The attributes of container instances, by which ECS places tasks (facts/ecs.md 40).

use super::{Cluster, InstanceType};
use crate::catalog::{Architecture, OperatingSystem};
use std::collections::BTreeMap;

/// The names of the attributes whose values follow from the type and the zone of an instance.
pub const KNOWN_ATTRIBUTES: [&str; 5] = [
    "ecs.availability-zone",
    "ecs.cpu-architecture",
    "ecs.instance-type",
    "ecs.os-family",
    "ecs.os-type",
];

/// The attributes of ECS whose values a scenario may give like those of custom attributes.
pub const GIVEN_ATTRIBUTES: [&str; 3] = ["ecs.ami-id", "ecs.subnet-id", "ecs.vpc-id"];

impl Cluster {
    /// The attributes of the instances of a type (an index) in a zone (an index) by name: those of
    /// ECS, those of the type, and those of the group or fleet member, `own`. Of two with one name
    /// the later applies.
    pub fn attributes(
        &self,
        instance_type: usize,
        zone: usize,
        own: &BTreeMap<String, String>,
    ) -> BTreeMap<String, String> {
        let kind = &self.instance_types[instance_type];
        let mut attributes = built_in(kind, &self.zones[zone]);
        let given = kind.attributes.iter().chain(own);
        attributes.extend(given.map(|(name, value)| (name.clone(), value.clone())));
        attributes
    }
}

/// The attributes that ECS sets itself, as far as the type and the zone tell them.
fn built_in(kind: &InstanceType, zone: &str) -> BTreeMap<String, String> {
    let architecture = match kind.architecture {
        Architecture::X86 => "x86_64",
        Architecture::Arm => "arm64",
    };
    let mut attributes = BTreeMap::new();
    let mut set = |name: &str, value: &str| attributes.insert(name.into(), value.into());
    set("ecs.availability-zone", zone);
    set("ecs.cpu-architecture", architecture);
    set("ecs.instance-type", &kind.name);
    set(
        "ecs.os-type",
        &kind.operating_system.name().to_ascii_lowercase(),
    );
    // Which edition of Windows an instance runs is not part of a scenario.
    if kind.operating_system == OperatingSystem::Linux {
        set("ecs.os-family", "LINUX");
    }
    attributes
}
