//! The field tables of the scenario: every key, what it holds, its default, one line of
//! doc. Task definitions have a file of their own, [`super::task_definition`], and so have laws
//! ([`super::laws`]), services and the behavior of work ([`super::work`]).

use super::assumptions::ASSUMPTIONS;
use super::capacity::{IMAGE, PROVIDER, REGISTRY, SPOT};
use super::faults::FAULTS;
use super::table::{Field, Table, Type};
use super::task_definition::PLACEMENT_STRATEGY;
use super::task_definition::{STRATEGY_ITEM, TASK_DEFINITION};
use super::work::{PLACEMENT_CONSTRAINT, RETRY, SERVICE, TASK_BEHAVIOR};
use Type::{
    Any, Bool, Choice, Duration, Either, Entities, File, Instant, Integer, Law, List, Map, Money,
    Name, Names, Number, Rate, Size, Text,
};

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

/// An item of `tasks`.
pub static TASK_ENTRY: Table = Table {
    name: "taskEntry",
    doc: "A stream of standalone tasks, handed to `RunTask`.",
    fields: &[
        Field::new("name", Name, "names its figures; the key of its randomness").required(),
        Field::new("taskDefinition", Name, "family, or family:revision").required(),
        Field::new("count", Integer(1, 1_000_000), "tasks per arrival").preset("1"),
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
            Either(&[
                Choice(&["firstFit", "nextFit", "fewestTasks", "dotProduct"]),
                Map(&PLACEMENT_POLICY),
            ]),
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

/// The map form of `placementPolicy`.
pub static PLACEMENT_POLICY: Table = Table {
    name: "placementPolicy",
    doc: "A classic placement rule by one resource; not ECS.",
    fields: &[
        Field::new(
            "bestFit",
            Choice(&["cpu", "memory"]),
            "the instance with the least left",
        ),
        Field::new(
            "worstFit",
            Choice(&["cpu", "memory"]),
            "the instance with the most left",
        ),
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

/// `trace`.
pub static TRACE: Table = Table {
    name: "trace",
    doc: "Recorded work. Rows may come in any order; equal times keep the order of the file.",
    fields: &[
        Field::new("files", List(&File), "CSV or separated by blanks, plain or .gz").required(),
        Field::new("header", Bool, "whether the first line names the columns").preset("true"),
        Field::new("separator", Choice(&["comma", "semicolon", "tab", "blanks"]), "what stands between cells").preset("comma"),
        Field::new("comment", Text, "lines that begin with this character are skipped"),
        Field::new("columns", Map(&TRACE_COLUMNS), "what is read from where").required(),
        Field::new("where", Names(&Either(&[Text, List(&Text), Map(&CONDITION)])), "only rows whose column has this value, one of these, or a number within bounds"),
        Field::new("origin", Choice(&["asWritten", "first"]), "`first`: the earliest arrival becomes time zero").preset("asWritten"),
        Field::new("repair", Map(&REPAIR), "what to do with rows that are broken"),
        Field::new("unplaceable", Choice(&["error", "skip"]), "a row that no instance can ever hold: refuse the scenario, or leave it out and count it").preset("error"),
    ],
};

/// `columns`.
pub static TRACE_COLUMNS: Table = Table {
    name: "traceColumns",
    doc: "Columns of a trace. `duration` or `end` is needed.",
    fields: &[
        Field::new(
            "arrival",
            Map(&TRACE_COLUMN),
            "when the tasks arrive; units us, ms, s, min, h, d",
        )
        .required(),
        Field::new("duration", Map(&TRACE_COLUMN), "how long each runs"),
        Field::new(
            "end",
            Map(&TRACE_COLUMN),
            "when they end; the duration is this minus the arrival",
        ),
        Field::new(
            "cpu",
            Map(&TRACE_COLUMN),
            "CPU of each; units vcpu, millis, units",
        ),
        Field::new(
            "memory",
            Map(&TRACE_COLUMN),
            "memory of each; units B, KiB, MiB, GiB, TiB",
        ),
        Field::new(
            "gpus",
            Map(&TRACE_COLUMN),
            "GPUs of each; units devices, millis; a fraction takes a whole device",
        ),
        Field::new("count", Map(&TRACE_COLUMN), "how many tasks; no unit"),
    ],
};

/// A column of a trace.
pub static TRACE_COLUMN: Table = Table {
    name: "traceColumn",
    doc: "A column with its unit.",
    fields: &[
        Field::new(
            "column",
            Text,
            "name, or number from 1 when there is no header",
        )
        .required(),
        Field::new("unit", Text, "unit of its numbers")
            .rule("each cell carries its own, such as `90s`"),
        Field::new("factor", Number, "multiplies each number").preset("1"),
        Field::new(
            "times",
            Text,
            "another column that multiplies it, row by row",
        ),
    ],
};

/// A condition of `where`.
pub static CONDITION: Table = Table {
    name: "condition",
    doc: "Bounds on a number; all must hold.",
    fields: &[
        Field::new("above", Number, "strictly more"),
        Field::new("below", Number, "strictly less"),
        Field::new("atLeast", Number, "more or the same"),
        Field::new("atMost", Number, "less or the same"),
        Field::new("not", Text, "another text than this"),
    ],
};

/// `repair`.
pub static REPAIR: Table = Table {
    name: "repair",
    doc: "What to do with broken rows.",
    fields: &[
        Field::new(
            "empty",
            Choice(&["error", "skip"]),
            "a cell that is needed is empty",
        )
        .preset("error"),
        Field::new(
            "negative",
            Choice(&["error", "skip", "zero"]),
            "a negative number, or an end before the arrival",
        )
        .preset("error"),
    ],
};
