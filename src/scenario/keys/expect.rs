//! Field tables of `expect`.

use super::table::{Field, Table, Type};
use crate::plan::EventKind;
use Type::{Any, Choice, Duration, Integer, Map, Name, Text};

/// The names of all kinds of events.
const EVENTS: [&str; EventKind::ALL.len()] = {
    let mut names = [""; EventKind::ALL.len()];
    let mut number = 0;
    while number < names.len() {
        names[number] = EventKind::ALL[number].name();
        number += 1;
    }
    names
};

/// The keys of an expectation that are for events only.
pub const OF_EVENTS: [&str; 9] = [
    "nth",
    "notBefore",
    "notAfter",
    "before",
    "after",
    "capacityProvider",
    "service",
    "tasks",
    "where",
];

/// An item of `expect`.
pub static EXPECTATION: Table = Table {
    name: "expectation",
    doc: "What the runs must show. It is one of these:\n\n\
          - **A figure over the run**: `{ figure: cost.total.perMonth, below: $450 }`. Its mean over \
          all seeds is compared. The paths are in [outputs.md](outputs.md#figures).\n\
          - **A level at a time**: `{ figure: service.web.running, at: 10m, equals: 8 }`. Levels are \
          quantities that have a value at each time; their paths are in \
          [outputs.md](outputs.md#levels). A level counts after all events of the instant.\n\
          - **A level within an interval**, from `from` on and up to, but without, `to`: \
          `{ figure: capacity.g.instances, from: 2h, to: 3h, atMost: 4 }`. The bounds must hold all \
          the time. With `.mean`, `.min` or `.max` after the path, the mean over the time of the \
          interval, its least or its largest value is compared.\n\
          - **The time of an event**: `{ event: GroupScaled, capacityProvider: g, where: { direction: \
          out }, nth: 2, notBefore: 6m }`. The event must occur. Events are the lines of \
          [events.jsonl](outputs.md#eventsjsonl).\n\
          - **A number of events**: `{ event: TaskStopped, service: web, from: 5m, to: 6m, atMost: 1 \
          }`; `equals: 0` for events that must not occur.\n\n\
          Levels and events are compared in every run of a variant, and must be right in each, \
          unless `inSeeds` says otherwise. A level without a value fails, and so does a time that a \
          run does not reach. Times are from the start of the run, with its warm-up.\n\n\
          Bounds are in the unit of the figure: `$450`, `3m`, `5%`, `12`. A duration needs its unit. \
          A share is a number from 0 to 1, or a percentage.",
    fields: &[
        Field::new(
            "figure",
            Text,
            "path of the figure, such as `cost.total.perMonth`; with a time that of a level, such as `service.web.running`; excludes `event`",
        ),
        Field::new("event", Choice(&EVENTS), "the kind of event; excludes `figure`"),
        Field::new("variant", Name, "the variant that is checked").rule("every variant"),
        Field::new(
            "at",
            Duration,
            "when the level is compared; with `event` the time at which it comes",
        ),
        Field::new(
            "from",
            Duration,
            "the beginning of the interval; with `event`, only events at this time or later count",
        )
        .rule("the start of the run"),
        Field::new(
            "to",
            Duration,
            "the end of the interval, which does not belong to it; with `event`, only events before this time count",
        )
        .rule("the end of the run"),
        Field::new("below", Any("a bound"), "the value is less than this"),
        Field::new("above", Any("a bound"), "the value is more than this"),
        Field::new("atMost", Any("a bound"), "the value is this or less"),
        Field::new("atLeast", Any("a bound"), "the value is this or more"),
        Field::new(
            "equals",
            Any("a bound"),
            "the value is this, with a relative difference of at most 1e-9",
        ),
        Field::new(
            "nth",
            Integer(1, 1_000_000),
            "which of the events has its time compared, from 1",
        )
        .rule("1"),
        Field::new("notBefore", Duration, "the event comes at this time or later"),
        Field::new("notAfter", Duration, "the event comes at this time or earlier"),
        Field::new("before", Duration, "the event comes before this time"),
        Field::new("after", Duration, "the event comes after this time"),
        Field::new(
            "capacityProvider",
            Name,
            "only events of this capacity provider; of a task, the one whose capacity it has",
        ),
        Field::new("service", Name, "only events of this service"),
        Field::new("tasks", Name, "only events of this entry of `tasks`"),
        Field::new("where", Map(&WHERE), "only events with these values"),
        Field::new(
            "inSeeds",
            Any("a share, such as `90%`"),
            "the least share of runs in which it must hold; for levels and events",
        )
        .rule("100%"),
    ],
};

/// `where`.
pub static WHERE: Table = Table {
    name: "where",
    doc: "Values of a line of `events.jsonl`. Each kind of event has some of them.",
    fields: &[
        Field::new(
            "direction",
            Choice(&["out", "in"]),
            "of `GroupScaled`: `out` where the desired capacity rises, `in` where it falls",
        ),
        Field::new(
            "from",
            Integer(0, u64::MAX),
            "of `GroupScaled`: the desired capacity before",
        ),
        Field::new(
            "to",
            Integer(0, u64::MAX),
            "of `GroupScaled`: the desired capacity from then on",
        ),
        Field::new(
            "reason",
            Text,
            "why: of a refusal such as `noRoom`, of `WorkWaits`, which tells at most once a minute what an entry or a service lacks, such as `memory`, of `SERVICE_TASK_PLACEMENT_FAILURE` such as `RESOURCE:MEMORY`, of the end of an instance such as `scaledIn`",
        ),
        Field::new(
            "stopCode",
            Text,
            "ECS's stop code, such as `TaskFailedToStart`",
        ),
        Field::new(
            "task",
            Integer(0, u64::MAX),
            "the ordinal of the task, from 0",
        ),
        Field::new("container", Name, "the container"),
        Field::new(
            "exitCode",
            Integer(0, 255),
            "the exit code of the container",
        ),
        Field::new(
            "instance",
            Integer(0, u64::MAX),
            "the number of the instance, in order of launch from 0",
        ),
        Field::new("instanceType", Text, "the instance type"),
        Field::new("zone", Name, "the Availability Zone"),
        Field::new(
            "purchase",
            Choice(&["onDemand", "spot"]),
            "the purchase option",
        ),
        Field::new(
            "needed",
            Integer(0, u64::MAX),
            "of `CapacityMeasured`: instances needed",
        ),
        Field::new(
            "running",
            Integer(0, u64::MAX),
            "of `CapacityMeasured`: instances running",
        ),
        Field::new(
            "revision",
            Name,
            "of events of a deployment: its name, or `initial`",
        ),
        Field::new(
            "failedTasks",
            Integer(0, u64::MAX),
            "of `DeploymentFailedTasks`: the number from then on",
        ),
        Field::new("fault", Name, "the fault"),
        Field::new(
            "occurrence",
            Integer(0, u64::MAX),
            "the number of the occurrence, from 0",
        ),
    ],
};
