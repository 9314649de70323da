//! Field tables of the instance types that a scenario defines, and of the Spot market.

use super::table::{Field, Table, Type};
use Type::{
    Any, Choice, Either, Entities, File, Integer, List, Map, Money, Name, Names, Number, Size, Text,
};

/// `spot`.
pub static SPOT: Table = Table {
    name: "spot",
    doc: "How often AWS interrupts Spot instances and tasks on Fargate Spot.",
    fields: &[
        Field::new(
            "interruptions",
            Either(&[Choice(&["bands"]), Map(&INTERRUPTIONS)]),
            "`bands`: by the interruption band of each type in the Spot Advisor (facts/platform.md 8.4.2 to 8.4.4)",
        )
        .preset("bands"),
        Field::new(
            "fargateInterruptions",
            Map(&INTERRUPTIONS),
            "how often AWS interrupts tasks on Fargate Spot",
        )
        .rule("the probability `assumptions.fargateSpotInterruption`"),
        Field::new(
            "series",
            List(&Map(&SPOT_SERIES)),
            "recorded availability of Spot pools; it replaces `interruptions` in these pools; `until` must be a duration",
        ),
    ],
};

/// The map form of `interruptions`.
pub static INTERRUPTIONS: Table = Table {
    name: "interruptions",
    doc: "One rate of interruptions for all instance types, or for all tasks on Fargate Spot: \
          exactly one of these keys.",
    fields: &[
        Field::new(
            "rate",
            Any("a rate such as `0.2/h`, `3/d` or `15/month`"),
            "how often an instance is interrupted in this time of its life, on average; a month has 730 hours",
        ),
        Field::new(
            "perMonth",
            Any("a share below 1, such as `10%`"),
            "probability that an instance is interrupted within 730 hours",
        ),
    ],
};

/// An item of `series`.
pub static SPOT_SERIES: Table = Table {
    name: "spotSeries",
    doc: "The recorded availability of a Spot pool: JSON `{\"metadata\": {\"gap_seconds\": 600}, \
          \"data\": [0, 1, …]}`, plain or .gz. Each item of `data` is the number of instances \
          that the pool can hold for `gap_seconds`; the first begins at the start of the run.",
    fields: &[
        Field::new("file", File, "path of the record").required(),
        Field::new("availabilityZone", Text, "zone of the pool").required(),
        Field::new("instanceType", Name, "instance type of the pool").rule("all types in the zone"),
    ],
};

/// The type of `attributes`.
pub const ATTRIBUTES: Type = Either(&[Entities(&ATTRIBUTE, &["name"]), Names(&Text)]);

/// An item of `attributes`.
pub static ATTRIBUTE: Table = Table {
    name: "attribute",
    doc: "An attribute of instances. Those that ECS derives from the type and the zone cannot be given: `ecs.availability-zone`, `ecs.cpu-architecture`, `ecs.instance-type`, `ecs.os-family` and `ecs.os-type`. `ecs.ami-id`, `ecs.subnet-id` and `ecs.vpc-id` are there only where they are given.",
    fields: &[
        Field::new(
            "name",
            Text,
            "1 to 128 letters, digits, `-`, `_`, `/`, `\\` and `.`",
        )
        .required(),
        Field::new("value", Text, "1 to 128 characters").required(),
    ],
};

/// `agentVersion` of a fleet member and of a group.
pub const AGENT_VERSION: Field = Field::new(
    "agentVersion",
    Text,
    "version of the ECS agent, such as `1.94.0`, with which `agentVersion` in `memberOf` is compared",
);

/// An item of `instanceTypes`.
pub static INSTANCE_TYPE: Table = Table {
    name: "instanceType",
    doc: "An instance type that the scenario defines.",
    fields: &[
        Field::new(
            "name",
            Name,
            "name of the type; it must not be a name of the catalog",
        )
        .required(),
        Field::new("vcpu", Number, "number of vCPUs; fractions are allowed").required(),
        Field::new("memory", Size, "memory as AWS advertises it").required(),
        Field::new(
            "registeredMemory",
            Size,
            "memory that an instance registers with ECS and that tasks can reserve",
        )
        .rule("`memory` × `assumptions.registeredMemoryShare`, rounded down to whole MiB"),
        Field::new("gpus", Integer(0, 1024), "number of GPUs").preset("0"),
        Field::new(
            "taskInterfaces",
            Integer(0, 100_000),
            "the most `awsvpc` tasks that an instance holds",
        )
        .preset("10000"),
        Field::new(
            "attributes",
            ATTRIBUTES,
            "attributes of the instances, which `spread` and `memberOf` can use: a list of `{ name, value }` as in AWS's API, or a map of names to values (facts/ecs.md 40)",
        ),
        Field::new(
            "architecture",
            Choice(&["X86_64", "ARM64"]),
            "processor architecture",
        )
        .preset("X86_64"),
        Field::new(
            "operatingSystem",
            Choice(&["LINUX", "WINDOWS"]),
            "operating system",
        )
        .preset("LINUX"),
        Field::new(
            "price",
            Money,
            "on-demand price per hour, such as `$0.50/h`",
        )
        .required(),
        Field::new(
            "speed",
            Number,
            "how fast a vCPU works on requests, as a multiple of the processor with which `cpuPerRequest` was measured; run times (`duration`) do not depend on it",
        )
        .preset("1"),
        Field::new("spot", Map(&SPOT_OFFER), "the Spot offer of the type")
            .rule("the type is not available on Spot"),
    ],
};

/// `spot` of an item of `instanceTypes`.
pub static SPOT_OFFER: Table = Table {
    name: "spotOffer",
    doc: "The Spot offer of an instance type that the scenario defines: a price, and an \
          interruption band of the Spot Advisor (facts/platform.md 8.4.2), as \
          `ecsim catalog instances --spot` prints them. In YAML `\">20%\"` needs quotes.",
    fields: &[
        Field::new("price", Money, "Spot price per hour, such as `$0.15/h`").required(),
        Field::new(
            "interruptions",
            Choice(&["<5%", "5-10%", "10-15%", "15-20%", ">20%"]),
            "interruption band: the share of instances that AWS interrupts in a month, such as `5-10%`",
        )
        .required(),
    ],
};

/// `creditSpecification` of a fleet's member or of a group.
pub const CREDITS: Field = Field::new(
    "creditSpecification",
    Map(&CREDIT_SPECIFICATION),
    "the credit option of burstable instances (T2, T3, T3a, T4g), as in a launch template (facts/platform.md 1.4.3)",
)
.rule("`unlimited` for T3, T3a and T4g, `standard` for T2");

/// `creditSpecification`.
pub static CREDIT_SPECIFICATION: Table = Table {
    name: "creditSpecification",
    doc: "The credit option of burstable instances. An instance earns CPU credits and spends them for the CPU that it uses (facts/platform.md 1.4.1).",
    fields: &[Field::new(
        "cpuCredits",
        Choice(&["standard", "unlimited"]),
        "`standard`: without credits an instance uses no more than its baseline; `unlimited`: it spends surplus credits, which are billed when they are more than it earns in 24 hours, and when it is terminated",
    )
    .required()],
};
