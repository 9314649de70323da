//! Random images and Auto Scaling groups.

use crate::common::worlds::Dice;
use crate::world::*;
use ecsim::engine::random::Distribution;
use ecsim::plan::{
    AllocationStrategy, AutoScalingGroup, CpuCredits, Image, InstancesDistribution, Layer,
    ManagedInstances, ManagedScaling, PullBehavior, ScaleInAfter, TerminationPolicy,
};
use ecsim::units::{Memory, Span};
use std::collections::BTreeMap;

pub fn image(dice: &mut Dice, number: u64) -> Image {
    let layers = (0..dice.between(1, 5)).map(|_| {
        let compressed = Memory::mib(dice.between(1, 300));
        Layer {
            digest: dice.below(DIGESTS) as usize,
            compressed,
            unpacked: Memory::bytes(compressed.as_bytes() * 2),
        }
    });
    let mut layers: Vec<Layer> = layers.collect();
    layers.sort_by_key(|layer| layer.digest);
    layers.dedup_by_key(|layer| layer.digest);
    // The same digest is the same layer in every image.
    for layer in &mut layers {
        layer.compressed = Memory::mib(10 * (layer.digest as u64 + 1));
        layer.unpacked = Memory::mib(25 * (layer.digest as u64 + 1));
    }
    Image {
        name: format!("image-{number}"),
        layers,
        registry: 0,
        assumed: false,
        missing: dice.one_in(20),
    }
}

/// The same types and zones as ECS Managed Instances.
pub fn managed(dice: &mut Dice, group: AutoScalingGroup) -> AutoScalingGroup {
    AutoScalingGroup {
        zones: group.zones,
        mix: InstancesDistribution {
            on_demand_percentage_above_base: dice.of(&[0, 100]),
            ..InstancesDistribution::default()
        },
        root_volume: group.root_volume,
        boot: group.boot,
        managed_instances: Some(ManagedInstances {
            scale_in_after: dice.of(&[
                ScaleInAfter::Assumed,
                ScaleInAfter::Never,
                ScaleInAfter::After(Span::ZERO),
                ScaleInAfter::After(Span::seconds(300)),
            ]),
        }),
        ..AutoScalingGroup::managed_instances(group.types)
    }
}

pub fn group(dice: &mut Dice, types: usize, zones: usize) -> AutoScalingGroup {
    let managed = dice.one_in(2);
    let protects = managed && dice.one_in(3);
    let first = dice.below(types as u64) as usize;
    let count = dice.between(1, types as u64) as usize;
    let min_size = dice.of(&[0, 0, 1, 2]);
    let allocation = |dice: &mut Dice| {
        dice.of(&[
            AllocationStrategy::Prioritized,
            AllocationStrategy::LowestPrice,
            AllocationStrategy::PriceCapacityOptimized,
        ])
    };
    AutoScalingGroup {
        types: (0..count).map(|turn| (first + turn) % types).collect(),
        zones: (0..dice.between(1, zones as u64) as usize).collect(),
        min_size,
        max_size: min_size + dice.between(0, 8) as u32,
        desired_capacity: dice.between(0, 4) as u32,
        registered_at_start: dice.between(0, 1) == 1,
        mix: InstancesDistribution {
            on_demand_base_capacity: dice.of(&[0, 1]),
            on_demand_percentage_above_base: dice.of(&[0, 50, 100]),
            on_demand_allocation: AllocationStrategy::Prioritized,
            spot_allocation: allocation(dice),
        },
        termination_policy: dice.of(&[
            TerminationPolicy::Default,
            TerminationPolicy::OldestInstance,
            TerminationPolicy::NewestInstance,
        ]),
        protected_from_scale_in: protects,
        attributes: BTreeMap::new(),
        agent_version: None,
        root_volume: dice.of(&[None, Some(Memory::gib(30))]),
        boot: dice.of(&[None, None, Some(Distribution::Constant(40.0))]),
        managed_scaling: managed.then(|| ManagedScaling {
            target_capacity: dice.of(&[50, 80, 100, 100]),
            minimum_step: dice.of(&[1, 1, 3]),
            maximum_step: dice.of(&[1, 10_000]),
            instance_warmup: Span::seconds(dice.of(&[0, 60, 300])),
        }),
        managed_termination_protection: protects,
        managed_draining: dice.one_in(2),
        spot_instance_draining: dice.one_in(2),
        pull_behavior: dice.of(&[
            PullBehavior::Default,
            PullBehavior::Always,
            PullBehavior::Once,
            PullBehavior::PreferCached,
        ]),
        cpu_credits: dice.of(&[
            None,
            Some(CpuCredits::Standard),
            Some(CpuCredits::Unlimited),
        ]),
        managed_instances: None,
    }
}
