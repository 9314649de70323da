//! Field tables of instance types of one's own and of the Spot market.

use super::table::{Field, Table, Type};
use Type::{Any, Choice, Either, File, Integer, List, Map, Money, Name, Number, Size, Text};

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

/// An item of `instanceTypes`.
pub static INSTANCE_TYPE: Table = Table {
    name: "instanceType",
    doc: "An instance type of one's own.",
    fields: &[
        Field::new("name", Name, "its name; not one of the catalog's").required(),
        Field::new("vcpu", Number, "vCPUs").required(),
        Field::new("memory", Size, "advertised memory").required(),
        Field::new(
            "registeredMemory",
            Size,
            "memory that it registers with ECS",
        )
        .rule("`registeredMemoryShare` of `memory`, in whole MiB"),
        Field::new("gpus", Integer(0, 1024), "GPUs").preset("0"),
        Field::new(
            "taskInterfaces",
            Integer(0, 100_000),
            "how many `awsvpc` tasks it holds",
        )
        .preset("10000"),
        Field::new(
            "architecture",
            Choice(&["X86_64", "ARM64"]),
            "its processor",
        )
        .preset("X86_64"),
        Field::new(
            "operatingSystem",
            Choice(&["LINUX", "WINDOWS"]),
            "its operating system",
        )
        .preset("LINUX"),
        Field::new("price", Money, "price per hour, such as `$0.50/h`").required(),
        Field::new("spot", Map(&SPOT_OFFER), "what it is on Spot").rule("it is not on Spot"),
    ],
};

/// `spot` of an item of `instanceTypes`.
pub static SPOT_OFFER: Table = Table {
    name: "spotOffer",
    doc: "An instance type of one's own on Spot, in the words of `ecsim catalog instances --spot`: \
          a price, and a band of the Spot Advisor (facts/platform.md 8.4.2). YAML wants `\">20%\"` in \
          quotes.",
    fields: &[
        Field::new("price", Money, "price per hour, such as `$0.15/h`").required(),
        Field::new(
            "interruptions",
            Choice(&["<5%", "5-10%", "10-15%", "15-20%", ">20%"]),
            "how many instances AWS takes back in a month, such as `5-10%`",
        )
        .required(),
    ],
};
