//! Field tables of entries of `tasks`: arrivals, sizes laid over, retries.

use super::behavior::TASK_BEHAVIOR;
use super::capacity::STRATEGY_ITEM;
use super::counts::COUNT;
use super::placement::{PLACEMENT_CONSTRAINT, PLACEMENT_STRATEGY, POLICY};
use super::table::{Field, Table, Type};
use super::traces::TRACE;
use crate::plan::check::rules::MOST_PER_ARRIVAL;
use Type::{Choice, Duration, Either, Integer, Law, List, Map, Name, Rate, Text};

/// An item of `tasks`.
pub static TASK_ENTRY: Table = Table {
    name: "taskEntry",
    doc: "A stream of standalone tasks, handed to `RunTask`.",
    fields: &[
        Field::new("name", Name, "names its figures; the key of its randomness").required(),
        Field::new("taskDefinition", Name, "family, or family:revision").required(),
        Field::new(
            "count",
            Either(&[Integer(1, MOST_PER_ARRIVAL as u64), Map(&COUNT)]),
            "tasks per arrival; a trace's own win",
        )
        .preset("1"),
        Field::new("group", Text, "task group, by which `spread` counts").rule("`family:<family>`"),
        Field::new(
            "launchType",
            Choice(&["EC2", "FARGATE"]),
            "excludes `capacityProviderStrategy`",
        ),
        Field::new(
            "capacityProviderStrategy",
            List(&Map(&STRATEGY_ITEM)),
            "excludes `launchType`",
        )
        .rule("the cluster's default, else any instance"),
        Field::new(
            "placementStrategy",
            List(&Map(&PLACEMENT_STRATEGY)),
            "up to 5, applied in order; excludes `placementPolicy`",
        )
        .rule("at random"),
        Field::new(
            "placementPolicy",
            POLICY,
            "a classic rule that ECS does not have; ties to the lowest instance",
        ),
        Field::new(
            "arrivals",
            Map(&ARRIVALS),
            "when tasks arrive; this, `schedule` or `trace`",
        ),
        Field::new(
            "schedule",
            Text,
            "tasks arrive by the clock: `cron(0 2 * * ? *)`, `rate(5 minutes)`",
        ),
        Field::new("timeZone", Name, "time zone of `schedule`").rule("the scenario's"),
        Field::new(
            "trace",
            Map(&TRACE),
            "recorded work; this, `arrivals` or `schedule`",
        ),
        Field::new(
            "overrides",
            Map(&OVERRIDES),
            "sizes instead of the task definition's; a trace's own win",
        ),
        Field::new(
            "duration",
            Law("a duration"),
            "run time of the essential containers; a trace's own wins",
        )
        .rule("required, but for a trace and where every essential container has a `runTime`"),
        Field::new(
            "onNoCapacity",
            Choice(&["queue", "fail", "provisioning"]),
            "a task without room waits in the job queue, is refused, or waits for managed scaling",
        )
        .preset("queue"),
        Field::new(
            "placementConstraints",
            List(&Map(&PLACEMENT_CONSTRAINT)),
            "where tasks may not go",
        ),
        Field::new(
            "retry",
            Map(&RETRY),
            "what happens when a task is lost or fails",
        )
        .rule("no retry"),
        Field::new(
            "behavior",
            Map(&TASK_BEHAVIOR),
            "what its containers do, over the task definition's",
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

/// `arrivals`.
pub static ARRIVALS: Table = Table {
    name: "arrivals",
    doc: "When tasks arrive: one of `poisson`, `every`, `sinusoidal`, `piecewise` and `at`.",
    fields: &[
        Field::new("poisson", Rate, "a Poisson process with this rate"),
        Field::new(
            "every",
            Law("a duration"),
            "gaps with this law; the first arrival comes one gap after the start",
        ),
        Field::new(
            "sinusoidal",
            Map(&SINUSOIDAL),
            "a Poisson process whose rate swings",
        ),
        Field::new(
            "piecewise",
            Map(&PIECEWISE),
            "a Poisson process whose rate steps",
        ),
        Field::new("at", List(&Duration), "at these times after the start"),
        Field::new(
            "limit",
            Integer(1, u64::MAX),
            "after so many tasks no more arrive",
        )
        .rule("no limit"),
    ],
};

/// `sinusoidal`.
pub static SINUSOIDAL: Table = Table {
    name: "sinusoidal",
    doc: "`mean + amplitude × sin(2π × (t + shift) ÷ period)`.",
    fields: &[
        Field::new("mean", Rate, "the middle").required(),
        Field::new(
            "amplitude",
            Rate,
            "the swing to either side; at most `mean`",
        )
        .required(),
        Field::new("period", Duration, "length of one wave").required(),
        Field::new("shift", Duration, "how far into the wave the start lies").preset("0s"),
    ],
};

/// `piecewise`.
pub static PIECEWISE: Table = Table {
    name: "piecewise",
    doc: "A rate in steps.",
    fields: &[
        Field::new("steps", List(&Map(&STEP)), "ascending; the first at `0s`").required(),
        Field::new("every", Duration, "the pattern starts again after so long")
            .rule("the last rate goes on"),
    ],
};

/// An item of `steps`.
pub static STEP: Table = Table {
    name: "step",
    doc: "From `at` on, `rate`.",
    fields: &[
        Field::new("at", Duration, "offset from the start of the pattern").required(),
        Field::new("rate", Rate, "the rate from there on").required(),
    ],
};

/// `overrides`.
pub static OVERRIDES: Table = Table {
    name: "overrides",
    doc: "Sizes of each task, fixed or drawn when it arrives.",
    fields: &[
        Field::new(
            "cpu",
            Law("CPU"),
            "CPU; drawn values are rounded to ECS units",
        ),
        Field::new(
            "memory",
            Law("memory"),
            "memory; drawn values are rounded to MiB; excludes `memoryPerVcpu`",
        ),
        Field::new(
            "memoryPerVcpu",
            Law("memory per vCPU"),
            "memory for each vCPU of the task's CPU",
        ),
        Field::new("gpus", Integer(0, 1024), "GPUs"),
    ],
};

/// `retry`.
pub static RETRY: Table = Table {
    name: "retry",
    doc: "How standalone work goes on after its task was lost or failed.",
    fields: &[
        Field::new(
            "attempts",
            Either(&[Integer(1, 1_000_000), Choice(&["unlimited"])]),
            "how often a task is started at most; 1: no retry",
        )
        .required(),
        Field::new(
            "work",
            Choice(&["restart", "resume", "redraw"]),
            "all again, only what is left, or a run time drawn anew",
        )
        .preset("restart"),
        Field::new("delay", Law("a duration"), "before it is submitted again").preset("0s"),
        Field::new(
            "checkpointEvery",
            Duration,
            "with `restart`: the work is safe after every so much run time; excludes `checkpoints`",
        ),
        Field::new(
            "checkpoints",
            Integer(1, 1_000_000),
            "with `restart`: the work is safe at the ends of so many equal parts; excludes `checkpointEvery`",
        ),
    ],
};
