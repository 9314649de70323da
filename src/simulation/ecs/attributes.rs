//! The attributes of container instances, by which ECS places tasks (facts/ecs.md 40).

use crate::catalog::Architecture;
use crate::plan::InstanceType;
use std::collections::BTreeMap;

/// The attributes of an instance: the built-in ones (facts/ecs.md 40) and the custom ones, which
/// replace a built-in one of the same name.
pub(in crate::simulation) fn attributes(
    kind: &InstanceType,
    zone: &str,
    custom: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let architecture = match kind.architecture {
        Architecture::X86 => "x86_64",
        Architecture::Arm => "arm64",
    };
    let os_type = kind.operating_system.name().to_ascii_lowercase();
    let built_in = [
        ("ecs.availability-zone", zone.to_string()),
        ("ecs.instance-type", kind.name.clone()),
        ("ecs.cpu-architecture", architecture.to_string()),
        ("ecs.os-type", os_type),
    ];
    let custom = custom
        .iter()
        .map(|(name, value)| (name.clone(), value.clone()));
    built_in
        .into_iter()
        .map(|(name, value)| (name.to_string(), value))
        .chain(custom)
        .collect()
}
