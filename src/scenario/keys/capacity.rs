//! Field tables of the cluster: capacity providers, fixed fleets, managed scaling, the agent,
//! and strategies over providers.

use super::groups::AUTO_SCALING_GROUP;
use super::instance_types::{AGENT_VERSION, ATTRIBUTES, CREDITS};
use super::managed_instances::MANAGED_INSTANCES_PROVIDER;
use super::table::{Field, Table, Type};
use Type::{
    Bool, Choice, Duration, Either, Entities, Integer, List, Map, Name, Names, Number, Size, Text,
};

const ON_OFF: Type = Choice(&["ENABLED", "DISABLED"]);

/// An item of `capacityProviders`.
pub static PROVIDER: Table = Table {
    name: "capacityProvider",
    doc: "A capacity provider: a fixed fleet of instances (`fleet`), an Auto Scaling group \
          (`autoScalingGroup`), ECS Managed Instances (`managedInstancesProvider`), or Fargate (only \
          a `name`: `FARGATE` or `FARGATE_SPOT`).",
    fields: &[
        Field::new(
            "name",
            Name,
            "name of the provider; `FARGATE` and `FARGATE_SPOT` stand for AWS Fargate",
        )
        .required(),
        Field::new(
            "fleet",
            List(&Map(&FLEET_MEMBER)),
            "instances that run from the start to the end of the run; they register in this order",
        ),
        Field::new(
            "autoScalingGroup",
            Map(&AUTO_SCALING_GROUP),
            "an Auto Scaling group of instances; excludes `fleet`",
        ),
        Field::new(
            "managedScaling",
            Map(&MANAGED_SCALING),
            "ECS sets the desired capacity of the group",
        )
        .rule("disabled: the group keeps its desired capacity"),
        Field::new(
            "managedTerminationProtection",
            ON_OFF,
            "scale-in terminates no instance that runs a task other than a daemon's; needs `managedScaling` and `newInstancesProtectedFromScaleIn` (facts/ecs.md 158)",
        )
        .rule("`DISABLED`"),
        Field::new(
            "managedDraining",
            ON_OFF,
            "an instance is set to DRAINING before it is terminated (facts/ecs.md 160)",
        )
        .rule("`ENABLED`"),
        Field::new(
            "autoScalingGroupProvider",
            Map(&AUTO_SCALING_GROUP_PROVIDER),
            "the three keys above, nested as in AWS's API",
        )
        .rule("the three keys above"),
        Field::new("agent", Map(&AGENT), "settings of the ECS agent on the group's instances").rule("AWS's defaults"),
        Field::new(
            "managedInstancesProvider",
            Map(&MANAGED_INSTANCES_PROVIDER),
            "ECS Managed Instances; excludes `fleet`, `autoScalingGroup` and the keys of groups",
        )
        .rule("no Managed Instances"),
    ],
};

/// `managedScaling`.
pub static MANAGED_SCALING: Table = Table {
    name: "managedScaling",
    doc: "ECS managed scaling: target tracking on the metric `CapacityProviderReservation` (facts/ecs.md 147 to 157).",
    fields: &[
        Field::new("status", ON_OFF, "whether managed scaling is on").required(),
        Field::new(
            "targetCapacity",
            Integer(1, 100),
            "target of the metric, in per cent: instances needed ÷ instances running; below 100 the group keeps spare instances",
        )
        .preset("100"),
        Field::new(
            "minimumScalingStepSize",
            Integer(1, 10_000),
            "the fewest instances that one scale-out step adds",
        )
        .preset("1"),
        Field::new(
            "maximumScalingStepSize",
            Integer(1, 10_000),
            "the most instances that one scale-out step adds",
        )
        .preset("10000"),
        Field::new(
            "instanceWarmupPeriod",
            Either(&[Integer(0, 10_000), Duration]),
            "warm-up time of a new instance, from its launch; a number without a unit is in seconds (facts/ecs.md 150)",
        )
        .preset("300"),
    ],
};

/// `autoScalingGroupProvider`.
pub static AUTO_SCALING_GROUP_PROVIDER: Table = Table {
    name: "autoScalingGroupProvider",
    doc: "The keys `managedScaling`, `managedTerminationProtection` and `managedDraining`, nested as in AWS's API. The group itself is given in `autoScalingGroup`.",
    fields: &[
        Field::new("managedScaling", Map(&MANAGED_SCALING), "ECS sets the desired capacity of the group").rule("disabled"),
        Field::new(
            "managedTerminationProtection",
            ON_OFF,
            "scale-in terminates no instance that runs a task other than a daemon's (facts/ecs.md 158)",
        )
        .rule("`DISABLED`"),
        Field::new(
            "managedDraining",
            ON_OFF,
            "an instance is set to DRAINING before it is terminated (facts/ecs.md 160)",
        )
        .rule("`ENABLED`"),
        Field::ignored("autoScalingGroupArn"),
    ],
};

/// `agent`.
pub static AGENT: Table = Table {
    name: "agent",
    doc: "Settings of the ECS agent on the group's instances.",
    fields: &[
        Field::new(
            "imagePullBehavior",
            Choice(&["default", "always", "once", "prefer-cached"]),
            "when the agent pulls an image that the instance has: `ECS_IMAGE_PULL_BEHAVIOR` (facts/ecs.md 244)",
        )
        .preset("default"),
        Field::new(
            "spotInstanceDraining",
            Bool,
            "whether the agent sets its instance to DRAINING at a Spot interruption notice: `ECS_ENABLE_SPOT_INSTANCE_DRAINING` (facts/ecs.md 229)",
        )
        .preset("false"),
    ],
};

/// `cluster`.
pub static CLUSTER: Table = Table {
    name: "cluster",
    doc: "The capacity that tasks run on.",
    fields: &[
        Field::new(
            "orchestrator",
            Choice(&["ECS"]),
            "the container orchestrator; EKS is not modelled yet",
        )
        .preset("ECS"),
        Field::new("availabilityZones", List(&Text), "Availability Zones that the cluster uses")
            .rule("the zones a, b and c of the region"),
        Field::new(
            "capacityProviders",
            Entities(&PROVIDER, &["name"]),
            "the capacity providers of the cluster; at most 20 (facts/ecs.md 43)",
        )
        .required(),
        Field::new(
            "defaultCapacityProviderStrategy",
            List(&Map(&STRATEGY_ITEM)),
            "the strategy of entries and services that have neither `launchType` nor `capacityProviderStrategy`; an empty list gives the launch type EC2, for which no group grows (facts/ecs.md 2, 3)",
        )
        .rule("the only capacity provider, if it is a group with managed scaling; else an empty list"),
        Field::new(
            "awsvpcTrunking",
            Choice(&["enabled", "disabled"]),
            "the account setting `awsvpcTrunking`: supported instance types hold more `awsvpc` tasks (facts/ecs.md 121)",
        )
        .preset("disabled"),
        Field::new(
            "processorSpeeds",
            Names(&Number),
            "not of AWS: by instance type or family of the catalog, such as `{ m7g: 1.2 }`, how fast a vCPU works on requests, as a multiple of the processor with which `cpuPerRequest` was measured; run times (`duration`) do not depend on it",
        )
        .rule("1 for every type: measured speeds depend on the program, and AWS publishes none"),
    ],
};

/// An item of `fleet`.
pub static FLEET_MEMBER: Table = Table {
    name: "fleetMember",
    doc: "Instances of a fleet that have the same type and settings.",
    fields: &[
        Field::new(
            "instanceType",
            Name,
            "an instance type of the catalog or of `instanceTypes`",
        )
        .required(),
        Field::new(
            "count",
            Either(&[Integer(0, 1_000_000), Choice(&["fit"]), Map(&FIT)]),
            "number of instances; `fit`: the smallest number with which no task waits in any seed",
        )
        .required(),
        Field::new(
            "availabilityZones",
            List(&Text),
            "zones of the cluster that the instances go to, in turn",
        )
        .rule("the cluster's zones"),
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
        .rule("30 GiB for types of the catalog, `none` for those of `instanceTypes`"),
        CREDITS,
    ],
};

/// The long form of `count: fit`.
pub static FIT: Table = Table {
    name: "fit",
    doc: "The smallest number of instances that meets a bound. All counts of a variant with `fit` get the same number.",
    fields: &[Field::new("fit", Map(&FIT_BOUND), "the bound that the count must meet").required()],
};

/// The bound of `fit`.
pub static FIT_BOUND: Table = Table {
    name: "fitBound",
    doc: "A bound that must hold in every seed.",
    fields: &[Field::new(
        "longestWait",
        Duration,
        "the longest time that any task may wait for capacity",
    )
    .preset("0s")],
};

/// An item of a capacity provider strategy.
pub static STRATEGY_ITEM: Table = Table {
    name: "capacityProviderStrategyItem",
    doc: "How tasks are divided among capacity providers: first the base, then by weight \
          (facts/ecs.md 129). The providers of one strategy are all fleets and Auto Scaling \
          groups, all Managed Instances, or all Fargate (facts/ecs.md 42).",
    fields: &[
        Field::new(
            "capacityProvider",
            Name,
            "name of a capacity provider of the cluster",
        )
        .required(),
        Field::new(
            "weight",
            Integer(0, 1000),
            "relative share of the tasks beyond the base",
        )
        .rule("1 in a strategy of one item, else 0, as in AWS's API"),
        Field::new(
            "base",
            Integer(0, 100_000),
            "number of tasks that go to this provider before the weights apply; at most one item has a base above 0",
        )
        .preset("0"),
    ],
};
