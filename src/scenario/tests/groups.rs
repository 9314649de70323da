//! Auto Scaling groups, managed scaling, the agent.

use super::{check, problems, valid, with};
use crate::engine::random::Distribution;
use crate::plan::{
    AllocationStrategy, AutoScalingGroup, Capacity, InstancesDistribution, ManagedScaling, Plan,
    PullBehavior, TerminationPolicy,
};
use crate::units::{Memory, Span};

pub(super) const FLEET: &str = "      fleet: [{ instanceType: m6i.large, count: 2 }]";

/// The valid scenario with a group of these keys, and other keys of the provider.
pub(super) fn group(keys: &str, others: &str) -> String {
    let keys = format!("      autoScalingGroup: {{ {keys} }}\n{others}");
    with(FLEET, keys.trim_end())
}

/// A group of one type with these keys besides.
pub(super) fn one_type(keys: &str) -> String {
    group(
        &format!("instanceTypes: [m6i.large], minSize: 1, maxSize: 4{keys}"),
        "",
    )
}

/// A valid group under these keys of its provider.
pub(super) fn under(others: &str) -> String {
    group(
        "instanceTypes: [m6i.large], minSize: 1, maxSize: 4",
        &format!("      {others}"),
    )
}

pub(super) fn of(plan: &Plan) -> &AutoScalingGroup {
    match &plan.cluster.providers[0].capacity {
        Capacity::Group(group) => group,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn read(text: &str) -> AutoScalingGroup {
    of(&valid(text, &[]).study.variants[0]).clone()
}

#[test]
fn a_group_needs_types_and_sizes() {
    let found = read(&one_type(""));
    assert_eq!((found.min_size, found.max_size), (1, 4));
    assert_eq!(found.desired_capacity, 1);
    assert_eq!((found.types, found.zones), (vec![0], vec![0, 1, 2]));
    assert_eq!(found.mix, InstancesDistribution::default());
    assert_eq!(found.root_volume, Some(Memory::gib(30)));
    assert!(found.boot.is_none() && found.managed_scaling.is_none());
    assert!(!found.protected_from_scale_in && !found.managed_termination_protection);
    assert!(!found.spot_instance_draining);
    assert_eq!(found.pull_behavior, PullBehavior::Default);
    check(
        &group("instanceTypes: [m6i.large]", ""),
        r#"
error: `minSize` is missing
  shop.yaml:7:25  cluster.capacityProviders.ec2.autoScalingGroup
  7 |       autoScalingGroup: { instanceTypes: [m6i.large] }
    |                         ^
hint: add `minSize:`, the least desired capacity

error: `maxSize` is missing
  shop.yaml:7:25  cluster.capacityProviders.ec2.autoScalingGroup
  7 |       autoScalingGroup: { instanceTypes: [m6i.large] }
    |                         ^
hint: add `maxSize:`, the largest desired capacity"#,
    );
    check(
        &group("minSize: 1, maxSize: 2", ""),
        r#"
error: this group has no instance types
  shop.yaml:7:25  cluster.capacityProviders.ec2.autoScalingGroup
  7 |       autoScalingGroup: { minSize: 1, maxSize: 2 }
    |                         ^
hint: give `instanceTypes: [m6i.large]`, or a `mixedInstancesPolicy`"#,
    );
    check(
        &group("instanceTypes: [], minSize: 1, maxSize: 2", ""),
        r#"
error: a group needs at least one instance type
  shop.yaml:7:42  cluster.capacityProviders.ec2.autoScalingGroup.instanceTypes
  7 |       autoScalingGroup: { instanceTypes: [], minSize: 1, maxSize: 2 }
    |                                          ^"#,
    );
    check(
        &group("instanceType: [m6i.large], minSize: 1, maxSize: 2", ""),
        r#"
error: `instanceType` is not a key of `autoScalingGroup`
  shop.yaml:7:27  cluster.capacityProviders.ec2.autoScalingGroup.instanceType
  7 |       autoScalingGroup: { instanceType: [m6i.large], minSize: 1, maxSize: 2 }
    |                           ^^^^^^^^^^^^
hint: did you mean `instanceTypes`?"#,
    );
}

#[test]
fn managed_draining_is_on_by_default_as_fact_160_says() {
    assert!(read(&one_type("")).managed_draining);
    assert!(read(&under("managedScaling: { status: ENABLED }")).managed_draining);
    assert!(!read(&under("managedDraining: DISABLED")).managed_draining);
}

#[test]
fn instances_of_the_start_are_registered_unless_the_group_says_launched() {
    assert!(read(&one_type("")).registered_at_start);
    let at_start = |what: &str| read(&one_type(&format!(", instancesAtStart: {what}")));
    assert!(at_start("registered").registered_at_start);
    assert!(!at_start("launched").registered_at_start);
}

#[test]
fn sizes_are_in_order() {
    assert_eq!(read(&one_type(", desiredCapacity: 4")).desired_capacity, 4);
    check(
        &one_type(", desiredCapacity: 5"),
        r#"
error: `desiredCapacity` (5) is not between `minSize` and `maxSize`
  shop.yaml:7:96  cluster.capacityProviders.ec2.autoScalingGroup.desiredCapacity
  7 | 1, maxSize: 4, desiredCapacity: 5 }
    |                                 ^
hint: expected a whole number from 1 to 4"#,
    );
    check(
        &group("instanceTypes: [m6i.large], minSize: 5, maxSize: 4", ""),
        r#"
error: `minSize` (5) is above `maxSize` (4)
  shop.yaml:7:64  cluster.capacityProviders.ec2.autoScalingGroup.minSize
  7 |       autoScalingGroup: { instanceTypes: [m6i.large], minSize: 5, maxSize: 4 }
    |                                                                ^"#,
    );
    check(
        &group("instanceTypes: [m6i.large], minSize: -1, maxSize: 4", ""),
        r#"
error: `-1` is not valid here
  shop.yaml:7:64  cluster.capacityProviders.ec2.autoScalingGroup.minSize
  7 |       autoScalingGroup: { instanceTypes: [m6i.large], minSize: -1, maxSize: 4 }
    |                                                                ^^
hint: expected a whole number from 0 to 1000000"#,
    );
}

#[test]
fn types_may_differ_in_processor_but_not_be_the_same() {
    let types = |types: &str| {
        group(
            &format!("instanceTypes: [{types}], minSize: 1, maxSize: 4"),
            "",
        )
    };
    let plan = &valid(&types("m6i.large, m6g.large"), &[]).study.variants[0];
    assert_eq!(of(plan).types, [0, 1]);
    let names: Vec<&str> = plan
        .cluster
        .instance_types
        .iter()
        .map(|t| t.name.as_str())
        .collect();
    assert_eq!(names, ["m6i.large", "m6g.large"]);
    check(
        &types("m6i.large, m6i.large"),
        r#"
error: `m6i.large` is listed twice
  shop.yaml:7:54  cluster.capacityProviders.ec2.autoScalingGroup.instanceTypes.1
  7 |       autoScalingGroup: { instanceTypes: [m6i.large, m6i.large], minSize: 1, maxSize: 4 }
    |                                                      ^^^^^^^^^
hint: keep the first; the list is in order of preference"#,
    );
    check(
        &types("m6i.lrage"),
        r#"
error: there is no instance type `m6i.lrage`
  shop.yaml:7:43  cluster.capacityProviders.ec2.autoScalingGroup.instanceTypes.0
  7 |       autoScalingGroup: { instanceTypes: [m6i.lrage], minSize: 1, maxSize: 4 }
    |                                           ^^^^^^^^^
hint: did you mean `m6i.large`? `ecsim catalog instances` lists all; `instanceTypes` defines your own"#,
    );
    // On demand it needs an on-demand price; on Spot its Spot price is enough.
    check(
        &types("m6i.large, g4dn.xlarge"),
        r#"
error: no price of `g4dn.xlarge` is known in `us-east-1`
  shop.yaml:7:54  cluster.capacityProviders.ec2.autoScalingGroup.instanceTypes.1
  7 |       autoScalingGroup: { instanceTypes: [m6i.large, g4dn.xlarge], minSize: 1, maxSize: 4 }
    |                                                      ^^^^^^^^^^^
hint: choose another type or region, or define a type of your own with a `price` in `instanceTypes`"#,
    );
    valid(
        &group(
            "instanceTypes: [g4dn.xlarge], minSize: 1, maxSize: 4, spot: true",
            "",
        ),
        &[],
    );
    // A group without instances needs no price, but no task can run on it.
    check(
        &group("instanceTypes: [g4dn.xlarge], minSize: 0, maxSize: 0", ""),
        r#"
error: there is no instance that these tasks could run on
  shop.yaml:14:5  tasks.reports
  14 |   - name: reports
     |     ^
hint: give a provider's `fleet` a count, or its `autoScalingGroup` a `maxSize`, above 0, or set `launchType: FARGATE`"#,
    );
}

#[test]
fn purchase_options_are_those_of_fact_168() {
    use AllocationStrategy::{LowestPrice, PriceCapacityOptimized, Prioritized};
    let own = ", instancesDistribution: { onDemandBaseCapacity: 2, \
               onDemandPercentageAboveBaseCapacity: 25, onDemandAllocationStrategy: lowest-price }";
    assert_eq!(
        read(&one_type(own)).mix,
        InstancesDistribution {
            on_demand_base_capacity: 2,
            on_demand_percentage_above_base: 25,
            on_demand_allocation: LowestPrice,
            spot_allocation: PriceCapacityOptimized,
        }
    );
    let spot = read(&one_type(", spot: true")).mix;
    assert_eq!(spot.on_demand_percentage_above_base, 0);
    assert_eq!(spot.on_demand_allocation, Prioritized);
    assert_eq!(
        read(&one_type(", spot: false")).mix,
        InstancesDistribution::default()
    );
    check(
        &one_type(", spot: true, instancesDistribution: {}"),
        r#"
error: `spot: true` and `instancesDistribution` exclude each other
  shop.yaml:7:85  cluster.capacityProviders.ec2.autoScalingGroup.spot
  7 | , minSize: 1, maxSize: 4, spot: true, instancesDistribution: {} }
    |                                 ^^^^
hint: keep one of them"#,
    );
    check(
        &one_type(", instancesDistribution: { onDemandPercentageAboveBaseCapacity: 101 }"),
        r#"
error: `101` is not valid here
  shop.yaml:7:141  cluster.capacityProviders.ec2.autoScalingGroup.instancesDistribution.onDemandPercentageAboveBaseCapacity
  7 | andPercentageAboveBaseCapacity: 101 } }
    |                                 ^^^
hint: expected a whole number from 0 to 100"#,
    );
    check(
        &one_type(", instancesDistribution: { spotAllocationStrategy: lowestprice }"),
        r#"
error: `lowestprice` is not one of the allowed values
  shop.yaml:7:128  cluster.capacityProviders.ec2.autoScalingGroup.instancesDistribution.spotAllocationStrategy
  7 | tion: { spotAllocationStrategy: lowestprice } }
    |                                 ^^^^^^^^^^^
hint: did you mean `lowest-price`? expected `price-capacity-optimized`, `capacity-optimized`, `lowest-price`"#,
    );
}

#[test]
fn nested_keys_as_in_aws_are_read() {
    let found = read(&group(
        "minSize: 0, maxSize: 9, mixedInstancesPolicy: { launchTemplate: { \
         launchTemplateSpecification: { launchTemplateName: x }, overrides: [{ instanceType: \
         c6i.large }, { instanceType: m6i.large }] }, instancesDistribution: { \
         onDemandPercentageAboveBaseCapacity: 50, spotAllocationStrategy: capacity-optimized } }",
        "      autoScalingGroupProvider:\n        autoScalingGroupArn: arn:aws:x\n        \
         managedScaling: { status: ENABLED, targetCapacity: 90 }\n        managedDraining: DISABLED",
    ));
    assert_eq!(found.types, [0, 1]);
    assert_eq!(found.mix.on_demand_percentage_above_base, 50);
    assert_eq!(
        found.mix.spot_allocation,
        AllocationStrategy::CapacityOptimized
    );
    assert_eq!(
        found.managed_scaling,
        Some(ManagedScaling {
            target_capacity: 90,
            minimum_step: 1,
            maximum_step: 10_000,
            instance_warmup: Span::seconds(300),
        })
    );
    assert!(!found.managed_draining);
    check(
        &under(
            "managedDraining: ENABLED\n      autoScalingGroupProvider: { managedDraining: ENABLED }",
        ),
        r#"
error: `managedDraining` is given here and in `autoScalingGroupProvider`
  shop.yaml:8:24  cluster.capacityProviders.ec2.managedDraining
  8 |       managedDraining: ENABLED
    |                        ^^^^^^^
hint: keep one of them"#,
    );
    check(
        &one_type(", mixedInstancesPolicy: { launchTemplate: { overrides: [] } }"),
        r#"
error: `instanceTypes` and `mixedInstancesPolicy` exclude each other
  shop.yaml:7:42  cluster.capacityProviders.ec2.autoScalingGroup.instanceTypes
  7 | oScalingGroup: { instanceTypes: [m6i.large], minSize: 1, maxSize: 4, mixedInstancesPolicy: { lau
    |                                 ^
hint: keep one of them"#,
    );
    check(
        &group(
            "minSize: 0, maxSize: 9, instancesDistribution: {}, mixedInstancesPolicy: { \
             launchTemplate: { overrides: [{ instanceType: m6i.large }] }, instancesDistribution: {} }",
            "",
        ),
        r#"
error: `instancesDistribution` is given here and in `mixedInstancesPolicy`
  shop.yaml:7:74  cluster.capacityProviders.ec2.autoScalingGroup.instancesDistribution
  7 | Size: 9, instancesDistribution: {}, mixedInstancesPolicy: { launchTemplate: { overrides: [{ inst
    |                                 ^
hint: keep one of them"#,
    );
    let loaded = valid(
        &group(
            "minSize: 0, maxSize: 9, vpcZoneIdentifier: x, mixedInstancesPolicy: { launchTemplate: { \
             overrides: [{ instanceType: m6i.large, weightedCapacity: 2 }] } }",
            "      autoScalingGroupProvider: { autoScalingGroupArn: x }",
        ),
        &[],
    );
    assert_eq!(
        loaded.study.ignored[..2],
        [
            "cluster.capacityProviders.ec2.autoScalingGroup.vpcZoneIdentifier",
            "cluster.capacityProviders.ec2.autoScalingGroupProvider.autoScalingGroupArn",
        ]
    );
    assert_eq!(loaded.warnings.len(), 1, "{:?}", loaded.warnings);
}

#[test]
fn managed_scaling_has_the_bounds_of_facts_147_to_151() {
    let scaling = |keys: &str| under(&format!("managedScaling: {{ {keys} }}"));
    let found = read(&scaling("status: ENABLED, instanceWarmupPeriod: 2m"));
    assert_eq!(
        found.managed_scaling,
        Some(ManagedScaling {
            target_capacity: 100,
            minimum_step: 1,
            maximum_step: 10_000,
            instance_warmup: Span::seconds(120),
        })
    );
    let found = read(&scaling("status: ENABLED, instanceWarmupPeriod: 60"));
    let warmup = found.managed_scaling.map(|scaling| scaling.instance_warmup);
    assert_eq!(warmup, Some(Span::seconds(60)));
    assert!(read(&scaling("status: DISABLED")).managed_scaling.is_none());
    check(
        &scaling("targetCapacity: 90"),
        r#"
error: `status` is missing
  shop.yaml:8:23  cluster.capacityProviders.ec2.managedScaling
  8 |       managedScaling: { targetCapacity: 90 }
    |                       ^
hint: add `status:`, whether managed scaling is on"#,
    );
    check(
        &scaling("status: enabled"),
        r#"
error: `enabled` is not one of the allowed values
  shop.yaml:8:33  cluster.capacityProviders.ec2.managedScaling.status
  8 |       managedScaling: { status: enabled }
    |                                 ^^^^^^^
hint: did you mean `ENABLED`? expected `ENABLED`, `DISABLED`"#,
    );
    check(
        &scaling("status: ENABLED, targetCapacity: 101"),
        r#"
error: `101` is not valid here
  shop.yaml:8:58  cluster.capacityProviders.ec2.managedScaling.targetCapacity
  8 |       managedScaling: { status: ENABLED, targetCapacity: 101 }
    |                                                          ^^^
hint: expected a whole number from 1 to 100"#,
    );
    check(
        &scaling("status: ENABLED, minimumScalingStepSize: 5, maximumScalingStepSize: 4"),
        r#"
error: `minimumScalingStepSize` (5) is above `maximumScalingStepSize` (4)
  shop.yaml:8:66  cluster.capacityProviders.ec2.managedScaling.minimumScalingStepSize
  8 |       managedScaling: { status: ENABLED, minimumScalingStepSize: 5, maximumScalingStepSize: 4 }
    |                                                                  ^"#,
    );
    check(
        &scaling("status: ENABLED, instanceWarmupPeriod: 3h"),
        r#"
error: `3h` is not valid here
  shop.yaml:8:64  cluster.capacityProviders.ec2.managedScaling.instanceWarmupPeriod
  8 |       managedScaling: { status: ENABLED, instanceWarmupPeriod: 3h }
    |                                                                ^^
hint: expected 0 to 10000 seconds"#,
    );
    check(
        &scaling("status: ENABLED, instanceWarmupPeriod: 10001"),
        r#"
error: `10001` is not valid here
  shop.yaml:8:64  cluster.capacityProviders.ec2.managedScaling.instanceWarmupPeriod
  8 |       managedScaling: { status: ENABLED, instanceWarmupPeriod: 10001 }
    |                                                                ^^^^^
hint: expected a whole number from 0 to 10000"#,
    );
    check(
        &scaling("status: ENABLED, instanceWarmup: 60"),
        r#"
error: `instanceWarmup` is not a key of `managedScaling`
  shop.yaml:8:42  cluster.capacityProviders.ec2.managedScaling.instanceWarmup
  8 |       managedScaling: { status: ENABLED, instanceWarmup: 60 }
    |                                          ^^^^^^^^^^^^^^
hint: did you mean `instanceWarmupPeriod`?"#,
    );
}

#[test]
fn protection_needs_scaling_and_protected_instances_as_fact_158_says() {
    let protected = ", newInstancesProtectedFromScaleIn: true";
    let both = one_type(protected).replace(
        "      autoScalingGroup",
        "      managedScaling: { status: ENABLED }\n      managedTerminationProtection: ENABLED\n      autoScalingGroup",
    );
    let found = read(&both);
    assert!(found.managed_termination_protection && found.protected_from_scale_in);
    check(
        &under("managedTerminationProtection: ENABLED"),
        r#"
error: `managedTerminationProtection` needs managed scaling
  shop.yaml:8:37  cluster.capacityProviders.ec2.managedTerminationProtection
  8 |       managedTerminationProtection: ENABLED
    |                                     ^^^^^^^
hint: add `managedScaling: { status: ENABLED }`, or set it to `DISABLED`

error: `managedTerminationProtection` needs instances that are protected
  shop.yaml:8:37  cluster.capacityProviders.ec2.managedTerminationProtection
  8 |       managedTerminationProtection: ENABLED
    |                                     ^^^^^^^
hint: set `newInstancesProtectedFromScaleIn: true` in `autoScalingGroup`, or set this to `DISABLED`"#,
    );
    check(
        &under("managedTerminationProtection: ENABLED\n      managedScaling: { status: DISABLED }"),
        r#"
error: `managedTerminationProtection` needs managed scaling
  shop.yaml:8:37  cluster.capacityProviders.ec2.managedTerminationProtection
  8 |       managedTerminationProtection: ENABLED
    |                                     ^^^^^^^
hint: add `managedScaling: { status: ENABLED }`, or set it to `DISABLED`

error: `managedTerminationProtection` needs instances that are protected
  shop.yaml:8:37  cluster.capacityProviders.ec2.managedTerminationProtection
  8 |       managedTerminationProtection: ENABLED
    |                                     ^^^^^^^
hint: set `newInstancesProtectedFromScaleIn: true` in `autoScalingGroup`, or set this to `DISABLED`"#,
    );
    valid(&under("managedTerminationProtection: DISABLED"), &[]);
}

#[test]
fn zones_policies_and_volumes_are_checked() {
    use TerminationPolicy::{Default, OldestInstance};
    let found = read(&one_type(
        ", availabilityZones: [us-east-1b], terminationPolicies: [OldestInstance], boot: 30s, rootVolume: 80 GiB, attributes: { tier: web }",
    ));
    assert_eq!(found.zones, [1]);
    assert_eq!(found.termination_policy, OldestInstance);
    assert_eq!(found.boot, Some(Distribution::Constant(30.0)));
    assert_eq!(found.root_volume, Some(Memory::gib(80)));
    assert_eq!(found.attributes["tier"], "web");
    assert_eq!(read(&one_type("")).termination_policy, Default);
    check(
        &one_type(", availabilityZones: [us-east-1e]"),
        r#"
error: `us-east-1e` is not a zone of this cluster
  shop.yaml:7:99  cluster.capacityProviders.ec2.autoScalingGroup.availabilityZones.0
  7 | maxSize: 4, availabilityZones: [us-east-1e] }
    |                                 ^^^^^^^^^^
hint: did you mean `us-east-1a`?"#,
    );
    check(
        &one_type(", availabilityZones: [us-east-1a, us-east-1a]"),
        r#"
error: `us-east-1a` is listed twice
  shop.yaml:7:111  cluster.capacityProviders.ec2.autoScalingGroup.availabilityZones.1
  7 | availabilityZones: [us-east-1a, us-east-1a] }
    |                                 ^^^^^^^^^^"#,
    );
    check(
        &one_type(", availabilityZones: []"),
        r#"
error: a group needs at least one zone
  shop.yaml:7:98  cluster.capacityProviders.ec2.autoScalingGroup.availabilityZones
  7 |  maxSize: 4, availabilityZones: [] }
    |                                 ^"#,
    );
    check(
        &one_type(", terminationPolicies: [OldestInstances]"),
        r#"
error: `OldestInstances` is not one of the allowed values
  shop.yaml:7:101  cluster.capacityProviders.ec2.autoScalingGroup.terminationPolicies.0
  7 | xSize: 4, terminationPolicies: [OldestInstances] }
    |                                 ^^^^^^^^^^^^^^^
hint: did you mean `OldestInstance`? expected `Default`, `OldestInstance`, `NewestInstance`, `AllocationStrategy`, `ClosestToNextInstanceHour`"#,
    );
    check(
        &one_type(", terminationPolicies: [Default, OldestInstance]"),
        r#"
error: 2 termination policies
  shop.yaml:7:100  cluster.capacityProviders.ec2.autoScalingGroup.terminationPolicies
  7 | axSize: 4, terminationPolicies: [Default, OldestInstance] }
    |                                 ^
hint: expected a list of one policy; others are not modelled yet"#,
    );
    check(
        &one_type(", rootVolume: 65 TiB"),
        r#"
error: `65 TiB` is larger than a gp3 volume can be
  shop.yaml:7:91  cluster.capacityProviders.ec2.autoScalingGroup.rootVolume
  7 | ize: 1, maxSize: 4, rootVolume: 65 TiB }
    |                                 ^^^^^^
hint: expected at most 64 TiB"#,
    );
    check(
        &one_type(", boot: soon"),
        r#"
error: `soon` is not a unit of time
  shop.yaml:7:85  cluster.capacityProviders.ec2.autoScalingGroup.boot
  7 |       autoScalingGroup: { instanceTypes: [m6i.large], minSize: 1, maxSize: 4, boot: soon }
    |                                                                                     ^^^^
hint: expected a duration such as `90s`, `1500ms`, `1h30m` or `7d`"#,
    );
    check(
        &group(
            "instanceTypes: [m6i.large], minSize: 0, maxSize: 1000000, rootVolume: 60 TiB",
            "",
        ),
        r#"
error: 1000000 × `m6i.large` is too large
  shop.yaml:7:43  cluster.capacityProviders.ec2.autoScalingGroup.instanceTypes.0
  7 | ScalingGroup: { instanceTypes: [m6i.large], minSize: 0, maxSize: 1000000, rootVolume: 60 TiB }
    |                                 ^^^^^^^^^
hint: expected less than 4 EiB of memory and of root volumes in all"#,
    );
}

#[test]
fn a_group_of_types_of_the_scenario_has_no_volume() {
    let own = |types: &str| {
        let text = group(
            &format!("instanceTypes: [{types}], minSize: 0, maxSize: 4"),
            "",
        );
        format!("{text}instanceTypes: [{{ name: rack, vcpu: 8, memory: 8 GiB, price: $1 }}]\n")
    };
    assert_eq!(read(&own("rack")).root_volume, None);
    assert_eq!(
        read(&own("rack, m6i.large")).root_volume,
        Some(Memory::gib(30))
    );
}

/// A Spot group of an instance type that the scenario defines with these keys.
fn own_on_spot(keys: &str) -> String {
    let text = group(
        "instanceTypes: [rack], minSize: 0, maxSize: 4, spot: true",
        "",
    );
    format!("{text}instanceTypes:\n  - {{ name: rack, vcpu: 8, memory: 8 GiB, price: $1{keys} }}\n")
}

#[test]
fn a_type_of_the_scenario_has_a_spot_price_and_a_band() {
    use crate::catalog::InterruptionBand;
    for band in InterruptionBand::ALL {
        let spot = format!(
            ", spot: {{ price: $0.30/h, interruptions: '{}' }}",
            band.label()
        );
        let loaded = valid(&own_on_spot(&spot), &[]);
        let kind = &loaded.study.variants[0].cluster.instance_types[0];
        let offer = kind.spot.expect("it is on Spot");
        assert_eq!((offer.band, offer.saving_percent), (band, 70));
        assert_eq!(offer.price_per_hour.unwrap().as_cents(), 30);
        assert_eq!(kind.price_per_hour.unwrap().as_cents(), 100);
    }
    check(
        &own_on_spot(""),
        r#"
error: `rack` is not on Spot
  shop.yaml:7:43  cluster.capacityProviders.ec2.autoScalingGroup.instanceTypes.0
  7 |       autoScalingGroup: { instanceTypes: [rack], minSize: 0, maxSize: 4, spot: true }
    |                                           ^^^^
hint: give it a `spot: { price: $0.15/h, interruptions: 5-10% }` in `instanceTypes`, or launch it on demand"#,
    );
    // On demand it needs no Spot offer.
    valid(&own_on_spot("").replace(", spot: true", ""), &[]);
}

#[test]
fn the_spot_offer_of_a_type_of_the_scenario_is_checked() {
    check(
        &own_on_spot(", spot: { price: cheap }"),
        r#"
error: `interruptions` is missing
  shop.yaml:20:60  instanceTypes.rack.spot
  20 |   - { name: rack, vcpu: 8, memory: 8 GiB, price: $1, spot: { price: cheap } }
     |                                                            ^
hint: add `interruptions:`, interruption band: the share of instances that AWS interrupts in a month, such as `5-10%`

error: `cheap` is not a number
  shop.yaml:20:69  instanceTypes.rack.spot.price
  20 |   - { name: rack, vcpu: 8, memory: 8 GiB, price: $1, spot: { price: cheap } }
     |                                                                     ^^^^^
hint: expected dollars such as `$0.10` (a price per hour: `$0.50/h`)"#,
    );
    check(
        &own_on_spot(", spot: { price: $0.30/h, interruptions: 5-15% }"),
        r#"
error: `5-15%` is not one of the allowed values
  shop.yaml:20:93  instanceTypes.rack.spot.interruptions
  20 |  price: $0.30/h, interruptions: 5-15% } }
     |                                 ^^^^^
hint: did you mean `5-10%`? expected `<5%`, `5-10%`, `10-15%`, `15-20%`, `>20%`"#,
    );
    check(
        &own_on_spot(", spot: { price: $0.30/h, interruption: 5-10% }"),
        r#"
error: `interruption` is not a key of `spotOffer`
  shop.yaml:20:78  instanceTypes.rack.spot.interruption
  20 | ce: $1, spot: { price: $0.30/h, interruption: 5-10% } }
     |                                 ^^^^^^^^^^^^
hint: did you mean `interruptions`?"#,
    );
    check(
        &own_on_spot(", spot: true"),
        r#"
error: this should be a map with the keys of `spotOffer`, not a single value
  shop.yaml:20:60  instanceTypes.rack.spot
  20 |   - { name: rack, vcpu: 8, memory: 8 GiB, price: $1, spot: true }
     |                                                            ^^^^
hint: keys: `price`, `interruptions`"#,
    );
    check(
        &own_on_spot(", spot: { price: $0.30/h, interruptions: >20% }"),
        r#"
error: this is not valid YAML or JSON: unexpected character: `>'
  shop.yaml:20:93
  20 |  price: $0.30/h, interruptions: >20% } }
     |                                 ^
hint: a value that begins with `>` needs quotes: `">20%"`"#,
    );
    for (share, near) in [("5%", "5-10%"), ("3%", "<5%"), ("50%", ">20%")] {
        let of = format!(", spot: {{ price: $0.30/h, interruptions: {share} }}");
        let found = problems(&own_on_spot(&of), &[]);
        let says = format!(
            "`{share}` is a share, not a band\n  shop.yaml:20:93  instanceTypes.rack.spot.interruptions"
        );
        assert!(found.contains(&says), "{found}");
        assert!(
            found.contains(&format!("did you mean `{near}`?")),
            "{found}"
        );
    }
}

#[test]
fn the_agent_pulls_as_facts_229_and_244_say() {
    let found = read(&under(
        "agent: { imagePullBehavior: prefer-cached, spotInstanceDraining: true }",
    ));
    assert_eq!(found.pull_behavior, PullBehavior::PreferCached);
    assert!(found.spot_instance_draining);
    assert_eq!(
        read(&under("agent: { imagePullBehavior: once }")).pull_behavior,
        PullBehavior::Once
    );
    check(
        &under("agent: { imagePullBehavior: prefer_cached }"),
        r#"
error: `prefer_cached` is not one of the allowed values
  shop.yaml:8:35  cluster.capacityProviders.ec2.agent.imagePullBehavior
  8 |       agent: { imagePullBehavior: prefer_cached }
    |                                   ^^^^^^^^^^^^^
hint: did you mean `prefer-cached`? expected `default`, `always`, `once`, `prefer-cached`"#,
    );
    check(
        &under("agent: { spotInstanceDraining: yes }"),
        r#"
error: `yes` is neither true nor false
  shop.yaml:8:38  cluster.capacityProviders.ec2.agent.spotInstanceDraining
  8 |       agent: { spotInstanceDraining: yes }
    |                                      ^^^
hint: expected `true` or `false`"#,
    );
}
