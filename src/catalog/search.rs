//! Searches for instance types: the nearest by name, the smallest by size.

use super::Architecture;
use super::instances::{InstanceTypeFacts, instance_types};
use super::regions::on_demand_price;
use crate::units::{Cpu, Memory, Ratio};

/// The name of the instance type that is nearest to `name` by Damerau-Levenshtein distance, then
/// the first by name. `None` when the distance is above a third of the length of `name` (1 to 3).
pub fn nearest_instance_type(name: &str) -> Option<&'static str> {
    // A larger distance is more likely another word than a typing mistake.
    let tolerated = (name.chars().count() / 3).clamp(1, 3);
    instance_types()
        .map(|facts| (strsim::damerau_levenshtein(name, facts.name), facts.name))
        .min()
        .filter(|(distance, _)| *distance <= tolerated)
        .map(|(_, nearest)| nearest)
}

/// The smallest type for hints that registers at least these resources (GPUs: those that ECS
/// assigns), of the current generation,
/// not burstable and priced in us-east-1: fewest vCPUs, then the lowest price, then the name. Types
/// without a measurement register `share` of their memory. `architecture` `None`: any.
pub fn smallest_instance_type(
    cpu: Cpu,
    memory: Memory,
    gpus: u32,
    architecture: Option<Architecture>,
    share: Ratio,
) -> Option<InstanceTypeFacts> {
    instance_types()
        .filter(|facts| {
            facts.current_generation
                && facts.burstable == Some(false)
                && facts.registered_cpu() >= cpu
                && facts.registered_memory(share) >= memory
                && facts.ecs_gpus() >= gpus
                && architecture.is_none_or(|wanted| wanted == facts.architecture)
        })
        .filter_map(|facts| Some((on_demand_price("us-east-1", facts.name)?, facts)))
        .min_by_key(|(price, facts)| (facts.vcpus, *price, facts.name))
        .map(|(_, facts)| facts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{REGISTERED_SHARE, instance_type};

    fn of(name: &str) -> InstanceTypeFacts {
        instance_type(name).expect("the catalog has it")
    }

    #[test]
    fn the_smallest_type_with_the_resources_is_found() {
        let name = |vcpus, gib, gpus, architecture| {
            let facts = smallest_instance_type(
                Cpu::vcpus(vcpus),
                Memory::gib(gib),
                gpus,
                architecture,
                REGISTERED_SHARE,
            );
            facts.map(|facts| facts.name)
        };
        let x86 = of(name(2, 7, 0, Some(Architecture::X86)).expect("there are many"));
        assert_eq!((x86.vcpus, x86.architecture), (2, Architecture::X86));
        // 8 GiB advertised are not 8 GiB registered.
        let more = of(name(2, 8, 0, None).expect("there are many"));
        assert!(more.vcpus == 2 && more.memory > Memory::gib(8));
        // Of the types with a GPU g4ad.xlarge is the cheapest, but its GPU is AMD's.
        let one = of(name(1, 1, 1, None).expect("there are some"));
        assert!(
            one.gpu_model.is_some_and(|m| m.starts_with("NVIDIA")),
            "{one:?}"
        );
        let gpu = of(name(1, 1, 8, None).expect("there are some"));
        assert_eq!(gpu.gpus, 8);
        assert_eq!(name(10_000, 1, 0, None), None);
    }

    #[test]
    fn a_typing_mistake_finds_its_type() {
        assert_eq!(nearest_instance_type("m5.lrage"), Some("m5.large"));
        assert_eq!(nearest_instance_type("c7g.2xlareg"), Some("c7g.2xlarge"));
        assert_eq!(nearest_instance_type("a machine of my own"), None);
        assert_eq!(nearest_instance_type(""), None);
    }
}
