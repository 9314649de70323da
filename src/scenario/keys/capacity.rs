//! Field tables of capacity providers and of capacity that comes and goes: Auto Scaling
//! groups, managed scaling, the agent; of images and registries; of the Spot market. Faults are in [`super::faults`],
//! assumptions in [`super::assumptions`], everything else in [`super::scenario`].

use super::scenario::FLEET_MEMBER;
use super::table::{Field, Table, Type};
use Type::{
    Any, Bool, Choice, Duration, Either, File, Integer, Law, List, Map, Name, Names, Size, Text,
};

const ON_OFF: Type = Choice(&["ENABLED", "DISABLED"]);

/// An item of `capacityProviders`.
pub static PROVIDER: Table = Table {
    name: "capacityProvider",
    doc: "A capacity provider: a fixed fleet of instances, an Auto Scaling group, or `FARGATE` or \
          `FARGATE_SPOT` without anything else.",
    fields: &[
        Field::new(
            "name",
            Name,
            "its name; `FARGATE` and `FARGATE_SPOT` are Fargate",
        )
        .required(),
        Field::new(
            "fleet",
            List(&Map(&FLEET_MEMBER)),
            "instances that are there from start to end, registered in this order",
        ),
        Field::new(
            "autoScalingGroup",
            Map(&AUTO_SCALING_GROUP),
            "instances that come and go; this or `fleet`",
        ),
        Field::new(
            "managedScaling",
            Map(&MANAGED_SCALING),
            "ECS scales the group",
        )
        .rule("it does not: the group keeps its desired capacity"),
        Field::new(
            "managedTerminationProtection",
            ON_OFF,
            "instances with tasks are not scaled in; needs managed scaling and scale-in protection (facts/ecs.md 158)",
        )
        .rule("`DISABLED`"),
        Field::new(
            "managedDraining",
            ON_OFF,
            "instances are drained before they end (facts/ecs.md 160)",
        )
        .rule("`ENABLED`"),
        Field::new(
            "autoScalingGroupProvider",
            Map(&AUTO_SCALING_GROUP_PROVIDER),
            "AWS's shape of the three keys above",
        )
        .rule("those keys"),
        Field::new("agent", Map(&AGENT), "the ECS agent of the group's instances").rule("as AWS sets it up"),
        Field::not_yet("managedInstancesProvider"),
    ],
};

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

/// `managedScaling`.
pub static MANAGED_SCALING: Table = Table {
    name: "managedScaling",
    doc: "ECS scales the group by target tracking (facts/ecs.md 147 to 157).",
    fields: &[
        Field::new("status", ON_OFF, "`ENABLED` or `DISABLED`").required(),
        Field::new(
            "targetCapacity",
            Integer(1, 100),
            "per cent of the instances that are needed; below 100 leaves spare ones",
        )
        .preset("100"),
        Field::new(
            "minimumScalingStepSize",
            Integer(1, 10_000),
            "at least so many instances are added at once",
        )
        .preset("1"),
        Field::new(
            "maximumScalingStepSize",
            Integer(1, 10_000),
            "at most so many instances are added at once",
        )
        .preset("10000"),
        Field::new(
            "instanceWarmupPeriod",
            Either(&[Integer(0, 10_000), Duration]),
            "a new instance counts as warming up so long; a plain number counts seconds",
        )
        .preset("300"),
    ],
};

/// `autoScalingGroupProvider`.
pub static AUTO_SCALING_GROUP_PROVIDER: Table = Table {
    name: "autoScalingGroupProvider",
    doc: "AWS's shape of the three keys beside it; the group itself is `autoScalingGroup`.",
    fields: &[
        Field::new("managedScaling", Map(&MANAGED_SCALING), "ECS scales it").rule("it does not"),
        Field::new(
            "managedTerminationProtection",
            ON_OFF,
            "instances with tasks are not scaled in",
        )
        .rule("`DISABLED`"),
        Field::new(
            "managedDraining",
            ON_OFF,
            "instances are drained before they end",
        )
        .rule("`ENABLED`"),
        Field::ignored("autoScalingGroupArn"),
    ],
};

/// `agent`.
pub static AGENT: Table = Table {
    name: "agent",
    doc: "How the ECS agent of the group's instances is set up.",
    fields: &[
        Field::new(
            "imagePullBehavior",
            Choice(&["default", "always", "once", "prefer-cached"]),
            "`ECS_IMAGE_PULL_BEHAVIOR` (facts/ecs.md 244)",
        )
        .preset("default"),
        Field::new(
            "spotInstanceDraining",
            Bool,
            "`ECS_ENABLE_SPOT_INSTANCE_DRAINING` (facts/ecs.md 229)",
        )
        .preset("false"),
    ],
};

/// The most layers of an image: what the overlay file system of Docker takes.
pub const MOST_LAYERS: u64 = 127;

/// An item of `images`.
pub static IMAGE: Table = Table {
    name: "image",
    doc: "A container image. One that containers name and nobody lists has 171.7 MiB in 9 layers \
          (facts/platform.md 3.3.1, 3.3.4).",
    fields: &[
        Field::new("name", Name, "as containers name it").required(),
        Field::new("size", Size, "compressed, as it is pulled")
            .rule("the sum of its layers, else 171.7 MiB (180,000,000 bytes)"),
        Field::new("unpackedSize", Size, "on the disk").rule("2.6 × `size`"),
        Field::new(
            "layers",
            Either(&[Integer(1, MOST_LAYERS), List(&Map(&LAYER))]),
            "how many: the k-th has a share of 1/k, the last takes what rounding leaves; or each \
             by itself",
        )
        .preset("9"),
        Field::new("registry", Name, "where it is pulled from").rule(
            "from its name, as Docker does: `docker.io` without a host; `ECR` for \
             `*.dkr.ecr.*.amazonaws.com`",
        ),
        Field::new("missing", Bool, "it does not exist: every pull fails").preset("false"),
    ],
};

/// An item of `layers`.
pub static LAYER: Table = Table {
    name: "layer",
    doc: "A layer of an image.",
    fields: &[
        Field::new(
            "digest",
            Name,
            "images that have a layer of the same digest share it",
        )
        .rule("its own"),
        Field::new("size", Size, "compressed, as it is pulled").required(),
        Field::new("unpackedSize", Size, "on the disk").rule("2.6 × `size`"),
    ],
};

/// An item of `registries`.
pub static REGISTRY: Table = Table {
    name: "registry",
    doc: "A registry. Those that nobody lists have no limit.",
    fields: &[
        Field::new(
            "name",
            Name,
            "`ECR`, or the host's name such as `docker.io`",
        )
        .required(),
        Field::new(
            "pullLimit",
            Map(&PULL_LIMIT),
            "beyond it pulls fail (facts/platform.md 3.4.1)",
        )
        .rule("no limit"),
    ],
};

/// `pullLimit`.
pub static PULL_LIMIT: Table = Table {
    name: "pullLimit",
    doc: "At most so many pulls in so long.",
    fields: &[
        Field::new("pulls", Integer(1, 1_000_000_000), "so many pulls").required(),
        Field::new("per", Duration, "in so long").required(),
    ],
};

/// `spot`.
pub static SPOT: Table = Table {
    name: "spot",
    doc: "How often EC2 takes Spot instances back.",
    fields: &[
        Field::new(
            "interruptions",
            Either(&[Choice(&["bands"]), Map(&PER_MONTH)]),
            "`bands`: each type's band in the Spot Advisor (facts/platform.md 8.4.2 to 8.4.4)",
        )
        .preset("bands"),
        Field::new(
            "series",
            List(&Map(&SPOT_SERIES)),
            "recorded pools, which win over `interruptions`; need an `until` that is a duration",
        ),
    ],
};

/// The map form of `interruptions`.
pub static PER_MONTH: Table = Table {
    name: "interruptions",
    doc: "The same chance for all types.",
    fields: &[Field::new(
        "perMonth",
        Any("a share below 1, such as `10%`"),
        "chance that an instance is interrupted in 730 hours",
    )
    .required()],
};

/// An item of `series`.
pub static SPOT_SERIES: Table = Table {
    name: "spotSeries",
    doc: "The recorded availability of a pool: JSON `{\"metadata\": {\"gap_seconds\": 600}, \
          \"data\": [0, 1, …]}`, plain or .gz; from the start of the run on.",
    fields: &[
        Field::new("file", File, "the record").required(),
        Field::new("availabilityZone", Text, "the pool's zone").required(),
        Field::new("instanceType", Name, "the pool's type").rule("every type"),
    ],
};
