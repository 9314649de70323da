//! Field tables of Auto Scaling groups.

use super::table::{Field, Table, Type};
use Type::{Bool, Choice, Either, Integer, Law, List, Map, Name, Names, Size, Text};

/// `autoScalingGroup`.
pub static AUTO_SCALING_GROUP: Table = Table {
    name: "autoScalingGroup",
    doc: "Instances that come and go between `minSize` and `maxSize`.",
    fields: &[
        Field::new(
            "instanceTypes",
            List(&Name),
            "types of the catalog or of one's own, the preferred first; this or `mixedInstancesPolicy`",
        ),
        Field::new(
            "mixedInstancesPolicy",
            Map(&MIXED_INSTANCES_POLICY),
            "the same in AWS's shape",
        ),
        Field::new("availabilityZones", List(&Text), "its zones").rule("the cluster's zones"),
        Field::new("minSize", Integer(0, 1_000_000), "never fewer instances").required(),
        Field::new("maxSize", Integer(0, 1_000_000), "never more instances").required(),
        Field::new(
            "desiredCapacity",
            Integer(0, 1_000_000),
            "how many there are at the start",
        )
        .rule("`minSize`"),
        Field::new(
            "instancesDistribution",
            Map(&INSTANCES_DISTRIBUTION),
            "on demand or Spot, and which type; excludes `spot: true`",
        )
        .rule("all on demand, in the order of the types"),
        Field::new(
            "spot",
            Bool,
            "`true`: all Spot, short for `onDemandPercentageAboveBaseCapacity: 0`",
        ),
        Field::new(
            "terminationPolicies",
            List(&Choice(&TERMINATION_POLICIES)),
            "which instance goes first (facts/ecs.md 162); one policy",
        )
        .rule("`[Default]`"),
        Field::new(
            "newInstancesProtectedFromScaleIn",
            Bool,
            "scale-in leaves protected instances alone",
        )
        .preset("false"),
        Field::new(
            "attributes",
            Names(&Text),
            "custom attributes, for `spread`",
        ),
        Field::new(
            "rootVolume",
            Either(&[Size, Choice(&["none"])]),
            "gp3 root volume",
        )
        .rule("30 GiB, none if all types are one's own"),
        Field::new(
            "boot",
            Law("a duration"),
            "from the launch until the agent has registered",
        )
        .rule("the assumption `instanceBoot`"),
        Field::warned("capacityRebalance"),
        Field::warned("maxInstanceLifetime"),
        Field::ignored("autoScalingGroupName"),
        Field::ignored("autoScalingGroupARN"),
        Field::ignored("launchTemplate"),
        Field::ignored("vpcZoneIdentifier"),
        Field::ignored("healthCheckType"),
        Field::ignored("healthCheckGracePeriod"),
        Field::ignored("defaultCooldown"),
        Field::ignored("tags"),
    ],
};

/// What `terminationPolicies` can hold.
pub const TERMINATION_POLICIES: [&str; 5] = [
    "Default",
    "OldestInstance",
    "NewestInstance",
    "AllocationStrategy",
    "ClosestToNextInstanceHour",
];

/// `mixedInstancesPolicy`.
pub static MIXED_INSTANCES_POLICY: Table = Table {
    name: "mixedInstancesPolicy",
    doc: "Several types and purchase options in one group, as AWS writes it.",
    fields: &[
        Field::new("launchTemplate", Map(&LAUNCH_TEMPLATE), "the types").required(),
        Field::new(
            "instancesDistribution",
            Map(&INSTANCES_DISTRIBUTION),
            "on demand or Spot, and which type",
        ),
    ],
};

/// `mixedInstancesPolicy.launchTemplate`.
pub static LAUNCH_TEMPLATE: Table = Table {
    name: "launchTemplate",
    doc: "The types of a mixed group.",
    fields: &[
        Field::new(
            "overrides",
            List(&Map(&LAUNCH_TEMPLATE_OVERRIDE)),
            "the types, the preferred first",
        )
        .required(),
        Field::ignored("launchTemplateSpecification"),
    ],
};

/// An item of `overrides`.
pub static LAUNCH_TEMPLATE_OVERRIDE: Table = Table {
    name: "launchTemplateOverride",
    doc: "One type of a mixed group.",
    fields: &[
        Field::new(
            "instanceType",
            Name,
            "a type of the catalog or of one's own",
        )
        .required(),
        // Capacity providers do not take weights (facts/ecs.md 156).
        Field::warned("weightedCapacity"),
        Field::ignored("launchTemplateSpecification"),
    ],
};

/// `instancesDistribution`.
pub static INSTANCES_DISTRIBUTION: Table = Table {
    name: "instancesDistribution",
    doc: "Which purchase option and type the next instance has (facts/ecs.md 168).",
    fields: &[
        Field::new(
            "onDemandBaseCapacity",
            Integer(0, 1_000_000),
            "so many are on demand before the percentage counts",
        )
        .preset("0"),
        Field::new(
            "onDemandPercentageAboveBaseCapacity",
            Integer(0, 100),
            "share of the rest that is on demand; what remains is Spot",
        )
        .preset("100"),
        Field::new(
            "onDemandAllocationStrategy",
            Choice(&["prioritized", "lowest-price"]),
            "which type is tried first on demand",
        )
        .preset("prioritized"),
        Field::new(
            "spotAllocationStrategy",
            Choice(&[
                "price-capacity-optimized",
                "capacity-optimized",
                "lowest-price",
            ]),
            "which type is tried first on Spot",
        )
        .preset("price-capacity-optimized"),
        Field::warned("spotInstancePools"),
        Field::warned("spotMaxPrice"),
    ],
};
