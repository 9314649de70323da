//! The field table of a whole scenario, and of the keys at its top level that have no file of
//! their own.

use super::assumptions::ASSUMPTIONS;
use super::capacity::CLUSTER;
use super::faults::FAULTS;
use super::images::{IMAGE, REGISTRY};
use super::instance_types::{INSTANCE_TYPE, SPOT};
use super::services::SERVICE;
use super::table::{Field, Table, Type};
use super::task_definition::TASK_DEFINITION;
use super::tasks::TASK_ENTRY;
use Type::{Any, Choice, Duration, Either, Entities, Instant, Integer, List, Map, Name, Text};

/// The whole file.
pub static SCENARIO: Table = Table {
    name: "scenario",
    doc: "A scenario: a cluster, the work it gets, and variants to compare.",
    fields: &[
        Field::new("ecsim", Integer(1, 1), "version of this format: 1").required(),
        Field::new(
            "name",
            Name,
            "letters, digits, `-` and `_`; names the report's folder",
        )
        .required(),
        Field::new("description", Text, "what the scenario shows"),
        Field::new("region", Text, "AWS region").preset("us-east-1"),
        Field::new("timeZone", Name, "time zone of schedules, by its IANA name").preset("UTC"),
        Field::new("start", Instant, "simulated time zero; a whole hour")
            .preset("2026-01-01T00:00:00Z"),
        Field::new(
            "until",
            Either(&[Choice(&["drained"]), Duration]),
            "when a run ends: after so long, or when all work has left",
        )
        .required(),
        Field::new(
            "warmUp",
            Duration,
            "simulated at the beginning, not reported",
        )
        .preset("0s"),
        Field::new(
            "seeds",
            Integer(1, 1_000_000),
            "how many seeds are played: 1 to this",
        )
        .preset("8"),
        Field::new("cluster", Map(&CLUSTER), "where tasks run").required(),
        Field::new(
            "instanceTypes",
            Entities(&INSTANCE_TYPE, &["name"]),
            "instance types of one's own, beside the catalog's",
        ),
        Field::new(
            "taskDefinitions",
            Entities(&TASK_DEFINITION, &["family", "revision"]),
            "AWS task definitions, inline or by `file`",
        ),
        Field::new(
            "services",
            Entities(&SERVICE, &["serviceName"]),
            "work that ECS keeps running",
        ),
        Field::new("tasks", Entities(&TASK_ENTRY, &["name"]), "standalone work"),
        Field::new(
            "jobQueue",
            Map(&JOB_QUEUE),
            "the client's queue in front of `RunTask`, shared by all entries",
        ),
        Field::new(
            "delays",
            Either(&[Choice(&["none", "realistic"]), Map(&DELAYS)]),
            "how long starting takes: `none`, a fixed `start` that holds the resources, or `realistic`",
        )
        .required(),
        Field::new(
            "images",
            Entities(&IMAGE, &["name"]),
            "how large images are, where that matters",
        ),
        Field::new(
            "registries",
            Entities(&REGISTRY, &["name"]),
            "where images are pulled from",
        ),
        Field::new("spot", Map(&SPOT), "how often Spot capacity is taken back")
            .rule("by each type's band"),
        Field::new(
            "faults",
            FAULTS,
            "what goes wrong; `realistic`: at the documented rates",
        )
        .rule("nothing"),
        Field::new("assumptions", Map(&ASSUMPTIONS), "what AWS does not say")
            .rule("those of the table"),
        Field::new("costs", Map(&COSTS), "how costs are stated"),
        Field::new(
            "variants",
            Type::Variants,
            "what is compared: each lays its keys over the scenario",
        )
        .rule("one variant named `base`"),
        Field::new(
            "expect",
            List(&Map(&EXPECTATION)),
            "bounds on figures, checked by `ecsim test`",
        ),
        Field::not_yet("deployments"),
        Field::not_yet("loadBalancers"),
        Field::not_yet("alarms"),
        Field::not_yet("network"),
    ],
};

/// `jobQueue`.
pub static JOB_QUEUE: Table = Table {
    name: "jobQueue",
    doc: "The client-side queue that hands standalone work to `RunTask`.",
    fields: &[
        Field::new(
            "order",
            Choice(&["headOfLine", "skipAhead"]),
            "`headOfLine`: the first blocks those behind it; `skipAhead`: who fits, goes",
        )
        .preset("headOfLine"),
        Field::new(
            "limit",
            Integer(0, 1_000_000_000),
            "how many tasks may wait; more are refused",
        )
        .rule("no limit"),
    ],
};

/// The long form of `delays`.
pub static DELAYS: Table = Table {
    name: "delays",
    doc: "How long starting takes.",
    fields: &[Field::new(
        "start",
        Duration,
        "from placement to running; holds the resources",
    )
    .required()],
};

/// `costs`.
pub static COSTS: Table = Table {
    name: "costs",
    doc: "How costs are stated.",
    fields: &[
        Field::new(
            "month",
            Either(&[Choice(&["calendar"]), Integer(1, 10_000)]),
            "hours in a month of storage",
        )
        .preset("calendar"),
        Field::new(
            "perMonthHours",
            Integer(1, 10_000),
            "hours in the month of `perMonth` figures",
        )
        .preset("730"),
    ],
};

/// An item of `expect`.
pub static EXPECTATION: Table = Table {
    name: "expectation",
    doc: "Bounds on the mean of a figure over the seeds, in the figure's unit: `$450`, `3m`, `5%`, `12`. \
          A duration has a unit; a share is between 0 and 1, or in percent.",
    fields: &[
        Field::new("figure", Text, "path of the figure: `cost.total.perMonth`").required(),
        Field::new("variant", Name, "the variant it is about").rule("every variant"),
        Field::new("below", Any("a bound"), "strictly less"),
        Field::new("above", Any("a bound"), "strictly more"),
        Field::new("atMost", Any("a bound"), "less or the same"),
        Field::new("atLeast", Any("a bound"), "more or the same"),
        Field::new("equals", Any("a bound"), "the same, to 1e-9 relative"),
    ],
};
