//! The field tables of work: services as `create-service` takes them, what containers depend
//! on and how they behave, retries. The other keys are in [`super::keys`] and [`super::aws`].

use super::aws::{PLACEMENT_STRATEGY, STRATEGY_ITEM};
use super::keys::PLACEMENT_POLICY;
use super::table::{Field, Table, Type};
use Type::{
    Any, Bool, Choice, Duration, Either, Integer, Law, List, Map, Name, Names, Number, Rate, Text,
};

/// Tasks per service (facts/ecs.md 43).
pub const MOST_TASKS: u64 = crate::plan::MOST_TASKS as u64;

/// Seconds in AWS's integer fields.
pub const MOST_SECONDS: u64 = 2_147_483_647;

/// An item of `services`.
pub static SERVICE: Table = Table {
    name: "service",
    doc: "A service, as `create-service` takes it, and what AWS keeps beside it: `scaling`.",
    fields: &[
        Field::new(
            "serviceName",
            Name,
            "names its figures; the key of its randomness",
        )
        .required(),
        Field::new("taskDefinition", Name, "family, or family:revision").required(),
        Field::new(
            "schedulingStrategy",
            Choice(&["REPLICA", "DAEMON"]),
            "so many tasks as desired, or one on every instance",
        )
        .preset("REPLICA"),
        Field::new(
            "desiredCount",
            Integer(0, MOST_TASKS),
            "how many tasks are wanted at first",
        )
        .rule("required, but a daemon has none"),
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
        .rule("spread over zones, then over instances"),
        Field::new(
            "placementPolicy",
            Either(&[
                Choice(&["firstFit", "nextFit", "fewestTasks", "dotProduct"]),
                Map(&PLACEMENT_POLICY),
            ]),
            "a classic rule that ECS does not have; ties to the lowest instance",
        ),
        Field::new(
            "placementConstraints",
            List(&Map(&PLACEMENT_CONSTRAINT)),
            "where tasks may not go",
        ),
        Field::new(
            "deploymentConfiguration",
            Map(&DEPLOYMENT_CONFIGURATION),
            "how many tasks may be missing or too many while tasks are replaced",
        ),
        Field::new(
            "deploymentController",
            Map(&DEPLOYMENT_CONTROLLER),
            "who deploys; `ECS`",
        ),
        Field::new(
            "healthCheckGracePeriodSeconds",
            Integer(0, MOST_SECONDS),
            "failed health checks are ignored so long after a task has started",
        )
        .preset("0"),
        Field::new(
            "availabilityZoneRebalancing",
            Choice(&["ENABLED", "DISABLED"]),
            "`ENABLED` is a warning: not modelled yet",
        )
        .rule("as `DISABLED`"),
        Field::new(
            "scaling",
            Map(&SCALING),
            "bounds of the desired count, and changes of it by the clock",
        ),
        Field::new(
            "behavior",
            Map(&TASK_BEHAVIOR),
            "what its containers do, over the task definition's",
        ),
        Field::not_yet("load"),
        Field::warned("loadBalancers"),
        Field::warned("vpcLatticeConfigurations"),
        Field::warned("volumeConfigurations"),
        Field::ignored("cluster"),
        Field::ignored("networkConfiguration"),
        Field::ignored("serviceRegistries"),
        Field::ignored("serviceConnectConfiguration"),
        Field::ignored("platformVersion"),
        Field::ignored("role"),
        Field::ignored("clientToken"),
        Field::ignored("tags"),
        Field::ignored("propagateTags"),
        Field::ignored("enableECSManagedTags"),
        Field::ignored("enableExecuteCommand"),
    ],
};

/// An item of `placementConstraints`.
pub static PLACEMENT_CONSTRAINT: Table = Table {
    name: "placementConstraint",
    doc: "Where tasks may not go (facts/ecs.md 96, 97).",
    fields: &[
        Field::new(
            "type",
            Choice(&["distinctInstance", "memberOf"]),
            "every task of the group on another instance; `memberOf` is not modelled yet",
        )
        .required(),
        Field::new("expression", Text, "of `memberOf`"),
    ],
};

/// `deploymentConfiguration`.
pub static DEPLOYMENT_CONFIGURATION: Table = Table {
    name: "deploymentConfiguration",
    doc: "How tasks are replaced (facts/ecs.md 108, 193).",
    fields: &[
        Field::new(
            "minimumHealthyPercent",
            Integer(0, 100),
            "of the desired count, rounded up: so many tasks stay healthy",
        )
        .rule("100; of a daemon 0"),
        Field::new(
            "maximumPercent",
            Integer(100, 10_000),
            "of the desired count, rounded down: no more tasks run",
        )
        .rule("200; of a daemon 100"),
        Field::new(
            "strategy",
            Choice(&["ROLLING", "BLUE_GREEN", "LINEAR", "CANARY"]),
            "`ROLLING`; the others are not modelled yet",
        )
        .preset("ROLLING"),
        Field::new(
            "deploymentCircuitBreaker",
            Map(&DEPLOYMENT_CIRCUIT_BREAKER),
            "enabled it is a warning: not modelled yet",
        ),
        Field::new(
            "alarms",
            Map(&DEPLOYMENT_ALARMS),
            "enabled they are a warning: not modelled yet",
        ),
        Field::ignored("bakeTimeInMinutes"),
        Field::ignored("lifecycleHooks"),
        Field::ignored("linearConfiguration"),
        Field::ignored("canaryConfiguration"),
    ],
};

/// `deploymentCircuitBreaker`.
pub static DEPLOYMENT_CIRCUIT_BREAKER: Table = Table {
    name: "deploymentCircuitBreaker",
    doc: "Whether a deployment whose tasks do not start is given up; not modelled yet.",
    fields: &[
        Field::new("enable", Bool, "whether it is on").preset("false"),
        Field::ignored("rollback"),
        Field::ignored("resetOnHealthyTask"),
        Field::ignored("thresholdConfiguration"),
    ],
};

/// `alarms` of a deployment.
pub static DEPLOYMENT_ALARMS: Table = Table {
    name: "deploymentAlarms",
    doc: "Alarms that end a deployment; not modelled yet.",
    fields: &[
        Field::new("enable", Bool, "whether they are on").preset("false"),
        Field::ignored("alarmNames"),
        Field::ignored("rollback"),
    ],
};

/// `deploymentController`.
pub static DEPLOYMENT_CONTROLLER: Table = Table {
    name: "deploymentController",
    doc: "Who deploys.",
    fields: &[Field::new(
        "type",
        Choice(&["ECS", "CODE_DEPLOY", "EXTERNAL"]),
        "`ECS`; the others are not modelled yet",
    )
    .preset("ECS")],
};

/// `scaling`.
pub static SCALING: Table = Table {
    name: "scaling",
    doc: "The scalable target of a service (facts/ecs.md 173).",
    fields: &[
        Field::new(
            "minCapacity",
            Integer(0, MOST_TASKS),
            "the desired count never goes below",
        )
        .required(),
        Field::new(
            "maxCapacity",
            Integer(0, MOST_TASKS),
            "the desired count never goes above",
        )
        .required(),
        Field::new(
            "scheduledActions",
            List(&Map(&SCHEDULED_ACTION)),
            "changes by the clock",
        ),
        Field::not_yet("targetTracking"),
        Field::not_yet("stepScaling"),
        Field::not_yet("predictiveScaling"),
    ],
};

/// An item of `scheduledActions`.
pub static SCHEDULED_ACTION: Table = Table {
    name: "scheduledAction",
    doc: "A change of a service by the clock; a desired count outside the bounds goes to the nearer one (facts/ecs.md 189).",
    fields: &[
        Field::new("name", Name, "its name"),
        Field::new(
            "schedule",
            Text,
            "when: `cron(0 8 ? * MON-FRI *)`, `rate(1 day)`",
        )
        .required(),
        Field::new("timeZone", Name, "time zone of the schedule").rule("the scenario's"),
        Field::new(
            "desiredCount",
            Integer(0, MOST_TASKS),
            "the desired count from then on",
        ),
        Field::new(
            "minCapacity",
            Integer(0, MOST_TASKS),
            "the least from then on",
        ),
        Field::new(
            "maxCapacity",
            Integer(0, MOST_TASKS),
            "the most from then on",
        ),
    ],
};

/// An item of `dependsOn`.
pub static DEPENDENCY: Table = Table {
    name: "containerDependency",
    doc: "What a container waits for (facts/ecs.md 19).",
    fields: &[
        Field::new(
            "containerName",
            Name,
            "another container of the task definition",
        )
        .required(),
        Field::new(
            "condition",
            Choice(&["START", "COMPLETE", "SUCCESS", "HEALTHY"]),
            "it has started, has exited, has exited with code 0, or is healthy",
        )
        .required(),
    ],
};

/// `healthCheck`.
pub static HEALTH_CHECK: Table = Table {
    name: "healthCheck",
    doc: "A container health check (facts/ecs.md 16); times in seconds.",
    fields: &[
        Field::new("command", List(&Text), "what AWS would run; no effect here").required(),
        Field::new(
            "interval",
            Integer(5, 300),
            "between probes, and before the first",
        )
        .preset("30"),
        Field::new("timeout", Integer(2, 60), "a probe that hangs fails").preset("5"),
        Field::new(
            "retries",
            Integer(1, 10),
            "failures in a row that make it unhealthy",
        )
        .preset("3"),
        Field::new(
            "startPeriod",
            Integer(0, 300),
            "failures in the beginning that do not count",
        )
        .preset("0"),
    ],
};

/// `restartPolicy`.
pub static RESTART_POLICY: Table = Table {
    name: "restartPolicy",
    doc: "Restarts of a container within its task (facts/ecs.md 24).",
    fields: &[
        Field::new("enabled", Bool, "whether it is restarted").required(),
        Field::new(
            "ignoredExitCodes",
            List(&Integer(0, 255)),
            "up to 50 exit codes after which it is not",
        ),
        Field::new(
            "restartAttemptPeriod",
            Integer(60, 1_800),
            "seconds that it must have run since its last start",
        )
        .preset("300"),
    ],
};

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
