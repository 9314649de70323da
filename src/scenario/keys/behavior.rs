//! Field tables of `behavior`: what containers do while they run.

use super::table::{Field, Table, Type};
use Type::{Any, Choice, Either, Integer, Law, Map, Names, Number, Rate};

const RUN_TIME: Field = Field::new(
    "runTime",
    Law("a duration"),
    "from its start to its exit; an entry's `duration` wins for essential containers",
);

const EXIT_CODE: Field =
    Field::new("exitCode", Integer(0, 255), "exit code after the run time").rule("`0`");
const TIME_TO_HEALTHY: Field = Field::new(
    "timeToHealthy",
    Law("a duration"),
    "from its start until its health check would pass",
)
.rule("`0s`");

const CRASHES_PER_HOUR: Field = Field::new(
    "crashesPerHour",
    Either(&[Number, Rate]),
    "how often it exits with code 1 while it runs; per hour, or a rate such as `0.01/d`",
)
.rule("`0`");

const HEALTH_FAILURES: Field = Field::new(
    "healthFailures",
    Rate,
    "how often its health check begins to fail for good",
)
.rule("`0/h`");

const PROBE_FAILURE: Field = Field::new(
    "probeFailure",
    Choice(&["refused", "hangs"]),
    "how a probe of its health check fails: at once, or at its `timeout`",
)
.rule("`refused`");

const START_FAILURE: Field = Field::new(
    "startFailure",
    Any("share, such as `5%`"),
    "the chance that it exits with code 1 as it starts",
)
.rule("`0%`");

const MEMORY_USE: Field = Field::new(
    "memoryUse",
    Law("memory"),
    "what it comes to use, drawn at each start; above its `memory` it is killed with code 137",
);

const MEMORY_GROWTH: Field = Field::new(
    "memoryGrowth",
    Law("a duration"),
    "from its start until it uses that much",
)
.rule("`0s`");

const STOP_TIME: Field = Field::new(
    "stopTime",
    Law("a duration"),
    "from SIGTERM to its exit; SIGKILL comes at `stopTimeout`",
)
.rule("`0s`");

/// `behavior` of a task definition, an entry or a service.
pub static TASK_BEHAVIOR: Table = Table {
    name: "taskBehavior",
    doc: "What containers do: by name under `containers`, or directly when there is only one. An entry's or a service's lies over the task definition's, key by key.",
    fields: &[
        Field::new(
            "containers",
            Names(&Map(&BEHAVIOR)),
            "containers by name; excludes the other keys",
        ),
        RUN_TIME,
        EXIT_CODE,
        TIME_TO_HEALTHY,
        CRASHES_PER_HOUR,
        HEALTH_FAILURES,
        PROBE_FAILURE,
        START_FAILURE,
        MEMORY_USE,
        MEMORY_GROWTH,
        STOP_TIME,
    ],
};

/// `behavior` of one container.
pub static BEHAVIOR: Table = Table {
    name: "behavior",
    doc: "What one container does, which AWS's JSON cannot say.",
    fields: &[
        RUN_TIME,
        EXIT_CODE,
        TIME_TO_HEALTHY,
        CRASHES_PER_HOUR,
        HEALTH_FAILURES,
        PROBE_FAILURE,
        START_FAILURE,
        MEMORY_USE,
        MEMORY_GROWTH,
        STOP_TIME,
    ],
};
