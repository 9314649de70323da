//! Field tables of the entries of `tasks`: arrivals, sizes and retries of standalone tasks.

use super::behavior::TASK_BEHAVIOR;
use super::capacity::STRATEGY_ITEM;
use super::counts::COUNT;
use super::placement::{PLACEMENT_CONSTRAINT, PLACEMENT_STRATEGY, POLICY};
use super::table::{Field, Table, Type};
use super::traces::TRACE;
use crate::plan::check::rules::MOST_PER_ARRIVAL;
use Type::{Choice, Duration, Either, Integer, Law, List, Map, Name, Rate, Text};

/// A number of tasks of one arrival.
const COUNT_OF_TASKS: Type = Integer(1, MOST_PER_ARRIVAL as u64);

/// An item of `tasks`.
pub static TASK_ENTRY: Table = Table {
    name: "taskEntry",
    doc: "A stream of standalone tasks that a client starts with `RunTask`.",
    fields: &[
        Field::new("name", Name, "name of the entry; it is part of the paths of its figures, and its random numbers depend on it").required(),
        Field::new("taskDefinition", Name, "`family` (its latest revision), `family:revision`, or the ARN of a task definition").required(),
        Field::new(
            "count",
            Either(&[COUNT_OF_TASKS, List(&COUNT_OF_TASKS), Map(&COUNT)]),
            "number of tasks per arrival; a list is a [sequence](#laws): the n-th arrival has the n-th number, and all that follow the last; that of a trace replaces it",
        )
        .preset("1"),
        Field::new("group", Text, "task group; `spread` and `distinctInstance` count the tasks of a group").rule("`family:<family>`"),
        Field::new(
            "launchType",
            Choice(&["EC2", "FARGATE"]),
            "launch type; excludes `capacityProviderStrategy`",
        ),
        Field::new(
            "capacityProviderStrategy",
            List(&Map(&STRATEGY_ITEM)),
            "capacity providers that tasks are divided among; excludes `launchType`",
        )
        .rule("`defaultCapacityProviderStrategy`, else any instance of the cluster"),
        Field::new(
            "placementStrategy",
            List(&Map(&PLACEMENT_STRATEGY)),
            "up to 5 strategies, applied in order; excludes `placementPolicy`",
        )
        .rule("`random`"),
        Field::new(
            "placementPolicy",
            POLICY,
            "a bin-packing rule of the literature, which ECS does not have; of equal instances the one with the lowest index; excludes `placementStrategy`",
        ),
        Field::new(
            "arrivals",
            Map(&ARRIVALS),
            "when tasks arrive; an entry has one of `arrivals`, `schedule` and `trace`",
        ),
        Field::new(
            "schedule",
            Text,
            "tasks arrive at scheduled times: `cron(0 2 * * ? *)`, `rate(5 minutes)`",
        ),
        Field::new(
            "onStillRunning",
            Choice(&["start", "skip", "queue", "replace"]),
            "with `schedule`: what happens to an arrival while tasks of an earlier one have not left (they wait, run, stop or are to be tried again): `start`: its tasks start beside them; `skip`: it is left out; `queue`: its tasks wait until they have left; `replace`: they are stopped with StopTask and not tried again. ECS and EventBridge Scheduler only have `start`; the others stand for the user's own code",
        )
        .rule("`start`"),
        Field::new(
            "flexibleTimeWindow",
            Map(&FLEXIBLE_TIME_WINDOW),
            "with `schedule`: EventBridge Scheduler starts the tasks at some time within this window after the scheduled time",
        )
        .rule("`{ mode: OFF }`"),
        Field::new("timeZone", Name, "time zone of `schedule`: a name of the IANA database").rule("`timeZone` of the scenario"),
        Field::new(
            "trace",
            Map(&TRACE),
            "tasks that are read from files",
        ),
        Field::new(
            "overrides",
            Map(&OVERRIDES),
            "sizes that replace those of the task definition; columns of a trace replace these",
        ),
        Field::new(
            "duration",
            Law("a duration"),
            "run time of the essential containers; that of a trace replaces it",
        )
        .rule("required, unless the entry has a `trace` or every essential container has a `runTime`"),
        Field::new(
            "onNoCapacity",
            Choice(&["queue", "fail", "provisioning"]),
            "what happens to a task that finds no capacity: `provisioning`: it waits in PROVISIONING, which makes managed scaling add instances (facts/ecs.md 54); `queue`: it waits in the job queue, which makes no group grow; `fail`: it is refused, as by `RunTask`",
        )
        .rule("`provisioning` where all providers of its strategy are groups with managed scaling, else `queue`"),
        Field::new(
            "placementConstraints",
            List(&Map(&PLACEMENT_CONSTRAINT)),
            "rules that exclude instances",
        ),
        Field::new(
            "retry",
            Map(&RETRY),
            "how a task that was lost, failed or was refused is started again",
        )
        .rule("no retry"),
        Field::new(
            "behavior",
            Map(&TASK_BEHAVIOR),
            "behavior of its containers, laid over that of the task definition",
        ),
        Field::ignored("networkConfiguration"),
        Field::ignored("platformVersion"),
        Field::ignored("tags"),
        Field::ignored("propagateTags"),
        Field::ignored("enableECSManagedTags"),
        Field::ignored("enableExecuteCommand"),
        Field::ignored("startedBy"),
        Field::ignored("referenceId"),
    ],
};

/// `flexibleTimeWindow`.
pub static FLEXIBLE_TIME_WINDOW: Table = Table {
    name: "flexibleTimeWindow",
    doc: "The flexible time window of EventBridge Scheduler. Each arrival has its own delay.",
    fields: &[
        Field::new(
            "mode",
            Choice(&["OFF", "FLEXIBLE"]),
            "whether there is a window",
        )
        .required(),
        Field::new(
            "maximumWindowInMinutes",
            Integer(1, 1_440),
            "length of the window; needed with `FLEXIBLE`",
        ),
    ],
};

/// `arrivals`.
pub static ARRIVALS: Table = Table {
    name: "arrivals",
    doc: "The arrival process: exactly one of `poisson`, `every`, `sinusoidal`, `piecewise` and `at`.",
    fields: &[
        Field::new("poisson", Rate, "a Poisson process of this rate"),
        Field::new(
            "every",
            Law("a duration"),
            "a renewal process: the times between arrivals have this law; the first arrival is one such time after the start",
        ),
        Field::new(
            "sinusoidal",
            Map(&SINUSOIDAL),
            "a Poisson process whose rate is a sine wave",
        ),
        Field::new(
            "piecewise",
            Map(&PIECEWISE),
            "a Poisson process whose rate is constant in steps",
        ),
        Field::new(
            "at",
            List(&Duration),
            "arrivals at these times after the start",
        ),
        Field::new(
            "limit",
            Integer(1, u64::MAX),
            "number of tasks after which no more arrive; excludes `at`",
        )
        .rule("no limit"),
    ],
};

/// `sinusoidal`.
pub static SINUSOIDAL: Table = Table {
    name: "sinusoidal",
    doc: "The rate at time t after the start is `mean + amplitude × sin(2π × (t + shift) ÷ period)`.",
    fields: &[
        Field::new("mean", Rate, "mean of the rate").required(),
        Field::new(
            "amplitude",
            Rate,
            "largest difference from the mean; at most `mean`",
        )
        .required(),
        Field::new("period", Duration, "length of one wave").required(),
        Field::new("shift", Duration, "time by which the wave is shifted").preset("0s"),
    ],
};

/// `piecewise`.
pub static PIECEWISE: Table = Table {
    name: "piecewise",
    doc: "A rate that is constant between given times.",
    fields: &[piecewise_steps(&Map(&STEP)), PIECEWISE_EVERY],
};

/// An item of `piecewise.steps`: the arrival rate from a time on.
pub static STEP: Table = Table {
    name: "step",
    doc: "The rate from one time on.",
    fields: &[STEP_AT, step_rate(Rate)],
};

/// The steps of a piecewise rate.
pub const fn piecewise_steps(step: &'static Type) -> Field {
    Field::new(
        "steps",
        List(step),
        "the steps, ascending by `at`; the first is at `0s`",
    )
    .required()
}

/// The period of a piecewise rate.
pub const PIECEWISE_EVERY: Field = Field::new(
    "every",
    Duration,
    "period after which the pattern starts again",
)
.rule("the last rate stays to the end");

/// The time of a step.
pub const STEP_AT: Field =
    Field::new("at", Duration, "time after the start of the pattern").required();

/// The rate of a step.
pub const fn step_rate(kind: Type) -> Field {
    Field::new("rate", kind, "rate from this time on").required()
}

/// `overrides`.
pub static OVERRIDES: Table = Table {
    name: "overrides",
    doc: "Sizes that replace those of the task definition: fixed, or drawn for each task when it arrives.",
    fields: &[
        Field::new(
            "cpu",
            Law("CPU"),
            "CPU of a task; drawn values are rounded to ECS units",
        ),
        Field::new(
            "memory",
            Law("memory"),
            "memory of a task; drawn values are rounded to MiB; excludes `memoryPerVcpu`",
        ),
        Field::new(
            "memoryPerVcpu",
            Law("memory per vCPU"),
            "memory per vCPU of the task; excludes `memory`",
        ),
        Field::new("gpus", Integer(0, 1024), "number of GPUs of a task"),
    ],
};

/// `retry`.
pub static RETRY: Table = Table {
    name: "retry",
    doc: "How a standalone task that was lost, failed or was refused is started again. A task that no instance could ever hold is not tried again.",
    fields: &[
        Field::new(
            "attempts",
            Either(&[Integer(1, 1_000_000), Choice(&["unlimited"])]),
            "the most attempts of a task, the first included; a start and a refusal each count; 1: no retry",
        )
        .required(),
        Field::new(
            "work",
            Choice(&["restart", "resume", "redraw"]),
            "the run time of a retry: `restart`: the same run time, less what checkpoints have saved; `resume`: the rest that was not done; `redraw`: a new draw from `duration`",
        )
        .preset("restart"),
        Field::new("delay", Law("a duration"), "time from the loss, failure or refusal until the task is submitted again; after a refusal at least 1s").preset("0s"),
        Field::new(
            "checkpointEvery",
            Duration,
            "with `restart`: run time between two checkpoints; work before the last checkpoint is not repeated; excludes `checkpoints`",
        ),
        Field::new(
            "checkpoints",
            Integer(1, 1_000_000),
            "with `restart`: number of equal parts of the run time, with a checkpoint at the end of each; excludes `checkpointEvery`",
        ),
    ],
};
