//! Field tables of Auto Scaling groups.

use super::instance_types::{AGENT_VERSION, ATTRIBUTES, CREDITS};
use super::table::{Field, Table, Type};
use Type::{Bool, Choice, Either, Integer, Law, List, Map, Name, Size, Text};

/// `autoScalingGroup`.
pub static AUTO_SCALING_GROUP: Table = Table {
    name: "autoScalingGroup",
    doc: "An EC2 Auto Scaling group. It launches and terminates instances so that their number equals its desired capacity.",
    fields: &[
        Field::new(
            "instanceTypes",
            List(&Name),
            "instance types of the catalog or of `instanceTypes`, in order of preference; excludes `mixedInstancesPolicy`",
        ),
        Field::new(
            "mixedInstancesPolicy",
            Map(&MIXED_INSTANCES_POLICY),
            "instance types and purchase options, nested as in AWS's API; excludes `instanceTypes`",
        ),
        Field::new(
            "availabilityZones",
            List(&Text),
            "zones of the cluster that the group launches in",
        )
        .rule("all zones of the cluster"),
        Field::new(
            "minSize",
            Integer(0, 1_000_000),
            "the least desired capacity",
        )
        .required(),
        Field::new(
            "maxSize",
            Integer(0, 1_000_000),
            "the largest desired capacity",
        )
        .required(),
        Field::new(
            "desiredCapacity",
            Integer(0, 1_000_000),
            "desired capacity at the start; this number of instances exists at the start",
        )
        .rule("`minSize`"),
        Field::new(
            "instancesAtStart",
            Choice(&["registered", "launched"]),
            "the instances of the start: `registered`: at time zero they are registered, billed and past their warm-up, as if they had run before; `launched`: they are launched at time zero and boot",
        )
        .preset("registered"),
        Field::new(
            "instancesDistribution",
            Map(&INSTANCES_DISTRIBUTION),
            "the purchase option and the type of each launch; excludes `spot: true`",
        )
        .rule("all on demand, types in order of preference"),
        Field::new(
            "spot",
            Bool,
            "`true`: every instance is a Spot instance; short for `onDemandPercentageAboveBaseCapacity: 0`",
        ),
        Field::new(
            "terminationPolicies",
            List(&Choice(&TERMINATION_POLICIES)),
            "which instance is terminated first (facts/ecs.md 162); a list of one policy",
        )
        .rule("`[Default]`"),
        Field::new(
            "newInstancesProtectedFromScaleIn",
            Bool,
            "new instances have scale-in protection: the group does not terminate them in scale-in",
        )
        .preset("false"),
        Field::new(
            "attributes",
            ATTRIBUTES,
            "attributes of the instances, which `spread` and `memberOf` can use: a list of `{ name, value }` as in AWS's API, or a map of names to values (facts/ecs.md 40)",
        ),
        AGENT_VERSION,
        Field::new(
            "rootVolume",
            Either(&[Size, Choice(&["none"])]),
            "size of the gp3 root volume of each instance",
        )
        .rule("30 GiB; `none` if all types are those of `instanceTypes`"),
        CREDITS,
        Field::new(
            "boot",
            Law("a duration"),
            "time from the launch of an instance until its agent has registered with ECS",
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

/// The termination policies of EC2 Auto Scaling that are modelled (facts/ecs.md 162).
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
    doc: "Several instance types and purchase options in one group, nested as in AWS's API.",
    fields: &[
        Field::new(
            "launchTemplate",
            Map(&LAUNCH_TEMPLATE),
            "the instance types",
        )
        .required(),
        Field::new(
            "instancesDistribution",
            Map(&INSTANCES_DISTRIBUTION),
            "the purchase option and the type of each launch",
        ),
    ],
};

/// `mixedInstancesPolicy.launchTemplate`.
pub static LAUNCH_TEMPLATE: Table = Table {
    name: "launchTemplate",
    doc: "The instance types of a group with a `mixedInstancesPolicy`.",
    fields: &[
        Field::new(
            "overrides",
            List(&Map(&LAUNCH_TEMPLATE_OVERRIDE)),
            "the instance types in order of preference",
        )
        .required(),
        Field::ignored("launchTemplateSpecification"),
    ],
};

/// An item of `overrides`.
pub static LAUNCH_TEMPLATE_OVERRIDE: Table = Table {
    name: "launchTemplateOverride",
    doc: "One instance type of a group with a `mixedInstancesPolicy`.",
    fields: &[
        Field::new(
            "instanceType",
            Name,
            "an instance type of the catalog or of `instanceTypes`",
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
    doc: "The purchase option and the type of each launch (facts/ecs.md 168).",
    fields: &[
        Field::new(
            "onDemandBaseCapacity",
            Integer(0, 1_000_000),
            "number of instances that are on demand before the percentage applies",
        )
        .preset("0"),
        Field::new(
            "onDemandPercentageAboveBaseCapacity",
            Integer(0, 100),
            "per cent of the instances above the base that are on demand; the others are Spot",
        )
        .preset("100"),
        Field::new(
            "onDemandAllocationStrategy",
            Choice(&["prioritized", "lowest-price"]),
            "how the type of an on-demand launch is chosen: in order of preference, or by the lowest price",
        )
        .preset("prioritized"),
        Field::new(
            "spotAllocationStrategy",
            Choice(&[
                "price-capacity-optimized",
                "capacity-optimized",
                "lowest-price",
            ]),
            "how the type of a Spot launch is chosen",
        )
        .preset("price-capacity-optimized"),
        Field::warned("spotInstancePools"),
        Field::warned("spotMaxPrice"),
    ],
};
