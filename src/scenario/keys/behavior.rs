//! Field tables of `behavior`: run times, failures, health and memory use of containers. The
//! same keys apply to the only container of a task and to a container by its name.

use super::table::{Field, Table, Type};
use Type::{Any, Choice, Cpu, Either, Integer, Law, Map, Names, Number, Rate};

const RUN_TIME: Field = Field::new(
    "runTime",
    Law("a duration"),
    "time from the start of the container to its exit; for essential containers the `duration` of an entry replaces it",
);

const EXIT_CODE: Field = Field::new(
    "exitCode",
    Integer(0, 255),
    "exit code at the end of the run time",
)
.rule("`0`");
const TIME_TO_HEALTHY: Field = Field::new(
    "timeToHealthy",
    Law("a duration"),
    "time from the start of the container until its health check, and that of its load balancer, passes",
)
.rule("`0s`");

const CRASHES_PER_HOUR: Field = Field::new(
    "crashesPerHour",
    Either(&[Number, Rate]),
    "rate at which the running container exits with code 1: a number per hour, or a rate such as `0.01/d`; at most `1/s`",
)
.rule("`0`");

const HEALTH_FAILURES: Field = Field::new(
    "healthFailures",
    Rate,
    "rate at which the health check of the running container, and that of its load balancer, begins to fail and never passes again; at most `1/s`",
)
.rule("`0/h`");

const PROBE_FAILURE: Field = Field::new(
    "probeFailure",
    Choice(&["refused", "hangs"]),
    "when a failing probe of the health check, or a check of its load balancer, ends: `refused`: at once; `hangs`: after the time-out of the check",
)
.rule("`refused`");

const START_FAILURE: Field = Field::new(
    "startFailure",
    Any("share, such as `5%`"),
    "probability that the container exits with code 1 as it starts",
)
.rule("`0%`");

const CPU_USE: Field = Field::new(
    "cpuUse",
    Cpu,
    "CPU that the container uses while its task is RUNNING, beside the requests of a `load`: for its neighbours on the instance and for CPU credits; run times do not depend on the CPU that it gets",
)
.rule("`0`");

const MEMORY_USE: Field = Field::new(
    "memoryUse",
    Law("memory"),
    "the most memory that the container uses, drawn at each start; if it is above the container's `memory`, the container is killed with exit code 137; if the containers of a task use more together than the task's own `memory`, or those of an instance more than its memory without `assumptions.systemMemory`, the one that uses the most is killed (facts/ecs.md 64); without this key a container uses nothing",
);

const MEMORY_GROWTH: Field = Field::new(
    "memoryGrowth",
    Law("a duration"),
    "time from the start of the container until it uses `memoryUse`",
)
.rule("`0s`");

const STOP_TIME: Field = Field::new(
    "stopTime",
    Law("a duration"),
    "time from SIGTERM to the exit of the container; after `stopTimeout` SIGKILL ends it",
)
.rule("`0s`");

/// `behavior` of a task definition, an entry or a service.
pub static TASK_BEHAVIOR: Table = Table {
    name: "taskBehavior",
    doc: "Behavior of the containers of a task: under `containers` by name, or directly if the task has one container. The behavior of an entry or a service is laid over that of its task definition, key by key.",
    fields: &[
        Field::new(
            "containers",
            Names(&Map(&BEHAVIOR)),
            "behavior of each container by its name; excludes the other keys",
        ),
        RUN_TIME,
        EXIT_CODE,
        TIME_TO_HEALTHY,
        CRASHES_PER_HOUR,
        HEALTH_FAILURES,
        PROBE_FAILURE,
        START_FAILURE,
        CPU_USE,
        MEMORY_USE,
        MEMORY_GROWTH,
        STOP_TIME,
    ],
};

/// `behavior` of one container.
pub static BEHAVIOR: Table = Table {
    name: "behavior",
    doc: "Behavior of one container.",
    fields: &[
        RUN_TIME,
        EXIT_CODE,
        TIME_TO_HEALTHY,
        CRASHES_PER_HOUR,
        HEALTH_FAILURES,
        PROBE_FAILURE,
        START_FAILURE,
        CPU_USE,
        MEMORY_USE,
        MEMORY_GROWTH,
        STOP_TIME,
    ],
};
