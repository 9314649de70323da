//! Field tables of the cluster: capacity providers, fixed fleets, managed scaling, the agent,
//! and strategies over providers.

use super::groups::AUTO_SCALING_GROUP;
use super::table::{Field, Table, Type};
use Type::{Bool, Choice, Duration, Either, Entities, Integer, List, Map, Name, Names, Size, Text};

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

/// `cluster`.
pub static CLUSTER: Table = Table {
    name: "cluster",
    doc: "The capacity that tasks run on.",
    fields: &[
        Field::new(
            "orchestrator",
            Choice(&["ECS"]),
            "who places tasks; EKS is not modelled yet",
        )
        .preset("ECS"),
        Field::new("availabilityZones", List(&Text), "zones of the region")
            .rule("the region's a, b and c"),
        Field::new(
            "capacityProviders",
            Entities(&PROVIDER, &["name"]),
            "named capacity",
        )
        .required(),
        Field::new(
            "defaultCapacityProviderStrategy",
            List(&Map(&STRATEGY_ITEM)),
            "for entries that name neither a launch type nor a provider",
        ),
        Field::new(
            "awsvpcTrunking",
            Choice(&["enabled", "disabled"]),
            "the account setting: more `awsvpc` tasks per instance",
        )
        .preset("disabled"),
    ],
};

/// An item of `fleet`.
pub static FLEET_MEMBER: Table = Table {
    name: "fleetMember",
    doc: "Some equal instances of a fleet.",
    fields: &[
        Field::new(
            "instanceType",
            Name,
            "a type of the catalog or of `instanceTypes`",
        )
        .required(),
        Field::new(
            "count",
            Either(&[Integer(0, 1_000_000), Choice(&["fit"]), Map(&FIT)]),
            "how many; `fit`: the smallest number with which nobody waits, in any seed",
        )
        .required(),
        Field::new("availabilityZones", List(&Text), "its zones, in turn")
            .rule("the cluster's zones"),
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
        .rule("30 GiB for types of the catalog, none for one's own"),
    ],
};

/// The long form of `count: fit`.
pub static FIT: Table = Table {
    name: "fit",
    doc: "The smallest count that keeps a bound. All counts of a variant that are to fit are one number.",
    fields: &[Field::new("fit", Map(&FIT_BOUND), "the bound").required()],
};

/// The bound of `fit`.
pub static FIT_BOUND: Table = Table {
    name: "fitBound",
    doc: "What must hold in every seed.",
    fields: &[Field::new("longestWait", Duration, "no task waits longer").preset("0s")],
};

/// An item of a capacity provider strategy.
pub static STRATEGY_ITEM: Table = Table {
    name: "capacityProviderStrategyItem",
    doc: "How tasks are spread over capacity providers: bases first, the rest by weight \
          (facts/ecs.md 129). All of EC2, or all of Fargate (facts/ecs.md 42).",
    fields: &[
        Field::new(
            "capacityProvider",
            Name,
            "name of a provider of the cluster",
        )
        .required(),
        Field::new(
            "weight",
            Integer(0, 1000),
            "its share of what goes beyond bases",
        )
        .rule("1 for an only item, else 0, as in the API"),
        Field::new(
            "base",
            Integer(0, 100_000),
            "tasks that run here before weights count; one item can have it",
        )
        .preset("0"),
    ],
};
