//! Field tables of `deployments` and of the rules of a service's deployments.

use super::alarm_fields::{
    COMPARISON_OPERATOR, DATAPOINTS_TO_ALARM, EVALUATION_PERIODS, EXTENDED_STATISTIC, STATISTIC,
    THRESHOLD,
};
use super::behavior::TASK_BEHAVIOR;
use super::capacity::STRATEGY_ITEM;
use super::table::{Field, Table, Type};
use super::task_definition::TASK_DEFINITION;
use Type::{Bool, Choice, Duration, Either, Integer, Law, List, Map, Name, Number, Part, Text};

/// The most tasks of one service (facts/ecs.md 43).
const MOST_TASKS: u64 = crate::plan::MOST_TASKS as u64;

/// The most layers of an image that a release can renew.
pub const MOST_LAYERS: u64 = crate::plan::MOST_LAYERS as u64;

/// An item of `deployments`.
pub static DEPLOYMENT: Table = Table {
    name: "deployment",
    doc: "A call of ECS `UpdateService` that starts a deployment (facts/ecs.md 204): at a time, at several times or by a schedule. In an outage of the control plane it is made at the end of the outage. A newer deployment of the service supersedes an older one (facts/ecs.md 205). A change of `desiredCount` alone is no deployment: see `actions`.",
    fields: &[
        Field::new("name", Name, "name of the deployment, and of the revision that the service runs after it; it is part of the paths of its figures").required(),
        Field::new("service", Name, "the service").required(),
        Field::new(
            "at",
            Either(&[Duration, List(&Duration)]),
            "the time or the times of the deployment, from the start of the run; excludes `schedule`",
        ),
        Field::new(
            "schedule",
            Text,
            "the deployment happens at scheduled times: `cron(0 10 ? * MON-FRI *)`, `rate(7 days)`",
        ),
        Field::new("timeZone", Name, "time zone of `schedule`: a name of the IANA database").rule("`timeZone` of the scenario"),
        Field::new(
            "taskDefinition",
            Name,
            "the new task definition: `family`, `family:revision`, or its ARN",
        )
        .rule("that of the deployment of this service that is listed before, else that of the service"),
        Field::new(
            "changes",
            Part(&TASK_DEFINITION),
            "keys that are laid over the task definition, such as another `cpu`, or `containerDefinitions` with another `image`; `family` and `revision` stay",
        ),
        Field::new(
            "behavior",
            Map(&TASK_BEHAVIOR),
            "behavior of its containers, laid over that of the task definition and of the service",
        ),
        Field::new("launchType", Choice(&["EC2", "FARGATE"]), "the new launch type; excludes `capacityProviderStrategy`"),
        Field::new(
            "capacityProviderStrategy",
            List(&Map(&STRATEGY_ITEM)),
            "the new capacity providers; excludes `launchType`",
        )
        .rule("those of the deployment of this service that is listed before, else those of the service"),
        Field::new(
            "forceNewDeployment",
            Bool,
            "`true`: all tasks are replaced though nothing else changes",
        )
        .preset("false"),
        Field::new(
            "newImages",
            Bool,
            "`true`: each release has a new build of every image of its containers, which no instance has pulled",
        )
        .preset("false"),
        Field::new(
            "newLayers",
            Integer(1, MOST_LAYERS),
            "with `newImages`: the number of layers of each image, counted from the last, that a build renews; the others are those of the build before",
        )
        .rule("all layers"),
        Field::new(
            "rollBackTo",
            Name,
            "the service goes back to an earlier revision: `initial`, the name of a deployment with one time, or `previous` for the revision whose deployment completed before; excludes all changes",
        ),
        Field::new("desiredCount", Integer(0, MOST_TASKS), "the desired count from then on").rule("unchanged"),
        Field::new(
            "deploymentConfiguration",
            Map(&DEPLOYMENT_CONFIGURATION),
            "the rules of this and all later deployments of the service; keys that are absent have their defaults",
        )
        .rule("unchanged"),
        Field::new("bad", Map(&BAD_RELEASE), "how the release may turn out to be bad")
            .rule("it is not bad"),
    ],
};

/// `bad` of a deployment.
pub static BAD_RELEASE: Table = Table {
    name: "badRelease",
    doc: "A release that fails. Each release of a deployment with several times is drawn anew.",
    fields: &[
        Field::new("probability", Type::Text, "the probability that the release is bad, such as `10%`").preset("100%"),
        Field::new(
            "failure",
            Choice(&["start", "healthCheck", "crash", "errors"]),
            "`start`: containers exit with code 1 when they start; `healthCheck`: the health checks of its containers fail; `crash`: the first essential container exits with code 1 after `crashAfter`; `errors`: its tasks are healthy, and answer `errorShare` of their requests with an error (HTTP 5xx)",
        )
        .preset("start"),
        Field::new("crashAfter", Law("a duration"), "with `crash`: run time until the container exits")
            .rule("60s"),
        Field::new(
            "errorShare",
            Type::Text,
            "with `errors`: the share of the requests to its tasks that they answer with an error",
        )
        .rule("100%"),
        Field::new(
            "from",
            Duration,
            "the release is bad from this time after the beginning of its deployment; with `healthCheck`, `crash` and `errors` the tasks that run then fail at once",
        )
        .preset("0s"),
        Field::new("availabilityZone", Name, "the release is bad only in this zone").rule("all zones"),
    ],
};

/// `deploymentConfiguration`.
pub static DEPLOYMENT_CONFIGURATION: Table = Table {
    name: "deploymentConfiguration",
    doc: "The rules by which tasks are replaced (facts/ecs.md 108, 193 to 215).",
    fields: &[
        Field::new(
            "minimumHealthyPercent",
            Integer(0, 100),
            "the fewest healthy tasks, in per cent of the desired count, rounded up to whole tasks",
        )
        .rule("100; for a daemon 0"),
        Field::new(
            "maximumPercent",
            Integer(100, 10_000),
            "the most tasks, in per cent of the desired count, rounded down to whole tasks",
        )
        .rule("200; for a daemon 100"),
        Field::new(
            "strategy",
            Choice(&["ROLLING", "BLUE_GREEN", "LINEAR", "CANARY"]),
            "how tasks are replaced. `ROLLING`: some at a time. With the others all tasks of the new revision start beside the earlier ones, and requests are shifted to them: all at once (`BLUE_GREEN`), in equal steps (`LINEAR`) or a small share first (`CANARY`). These need `loadBalancers` with `advancedConfiguration` (facts/ecs.md 216 to 220)",
        )
        .preset("ROLLING"),
        Field::new(
            "deploymentCircuitBreaker",
            Map(&DEPLOYMENT_CIRCUIT_BREAKER),
            "the circuit breaker, which ends a deployment whose tasks fail",
        ),
        Field::new(
            "alarms",
            Map(&DEPLOYMENT_ALARMS),
            "the alarms that end a deployment",
        ),
        Field::new(
            "bakeTimeInMinutes",
            Integer(0, 1_440),
            "for how long both revisions run after all requests are shifted (facts/ecs.md 218); with `ROLLING` and enabled alarms: for how long they are watched after all tasks are replaced (facts/ecs.md 215)",
        )
        .rule("`assumptions.bakeTime`; `BLUE_GREEN` needs the key"),
        Field::new(
            "linearConfiguration",
            Map(&LINEAR_CONFIGURATION),
            "the steps of the strategy `LINEAR`",
        )
        .rule("with `LINEAR`: 10 % each 6 minutes"),
        Field::new(
            "canaryConfiguration",
            Map(&CANARY_CONFIGURATION),
            "the first step of the strategy `CANARY`",
        )
        .rule("with `CANARY`: 5 % for 10 minutes"),
        Field::ignored("lifecycleHooks"),
    ],
};

/// `linearConfiguration`.
pub static LINEAR_CONFIGURATION: Table = Table {
    name: "linearConfiguration",
    doc: "The steps in which the strategy `LINEAR` shifts requests (facts/ecs.md 219).",
    fields: &[
        Field::new(
            "stepPercent",
            Number,
            "per cent of the requests that are shifted in each step: 3 to 100 in tenths",
        )
        .preset("10"),
        Field::new(
            "stepBakeTimeInMinutes",
            Integer(0, 1_440),
            "minutes between two steps",
        )
        .preset("6"),
    ],
};

/// `canaryConfiguration`.
pub static CANARY_CONFIGURATION: Table = Table {
    name: "canaryConfiguration",
    doc: "The first step in which the strategy `CANARY` shifts requests; the second shifts the rest (facts/ecs.md 220).",
    fields: &[
        Field::new(
            "canaryPercent",
            Number,
            "per cent of the requests that are shifted first: 0.1 to 100 in tenths",
        )
        .preset("5"),
        Field::new(
            "canaryBakeTimeInMinutes",
            Integer(0, 1_440),
            "minutes between both shifts",
        )
        .preset("10"),
    ],
};

/// `deploymentCircuitBreaker`.
pub static DEPLOYMENT_CIRCUIT_BREAKER: Table = Table {
    name: "deploymentCircuitBreaker",
    doc: "The circuit breaker, which ends a deployment whose tasks fail (facts/ecs.md 208 to 213).",
    fields: &[
        Field::new("enable", Bool, "whether the circuit breaker is on").preset("false"),
        Field::new(
            "rollback",
            Bool,
            "whether the service goes back to the revision whose deployment completed last",
        )
        .preset("false"),
        Field::new(
            "resetOnHealthyTask",
            Bool,
            "whether the count of failed tasks becomes 0 when a task becomes healthy",
        )
        .preset("true"),
        Field::new(
            "thresholdConfiguration",
            Map(&THRESHOLD_CONFIGURATION),
            "the number of failed tasks at which the deployment has failed",
        ),
    ],
};

/// `thresholdConfiguration`.
pub static THRESHOLD_CONFIGURATION: Table = Table {
    name: "thresholdConfiguration",
    doc: "The number of failed tasks at which a deployment has failed (facts/ecs.md 208, 209).",
    fields: &[
        Field::new(
            "type",
            Choice(&["BOUNDED_PERCENT", "UNBOUNDED_PERCENT", "COUNT"]),
            "`BOUNDED_PERCENT`: per cent of the desired count, rounded up, at least 3 and at most 200; `UNBOUNDED_PERCENT`: the same without these bounds; `COUNT`: a number of tasks",
        )
        .preset("BOUNDED_PERCENT"),
        Field::new("value", Integer(1, 10_000), "the per cent or the number").preset("50"),
    ],
};

/// `alarms` of a deployment.
pub static DEPLOYMENT_ALARMS: Table = Table {
    name: "deploymentAlarms",
    doc: "The alarms that end a deployment (facts/ecs.md 214). One that is in ALARM when the deployment begins is ignored for the whole deployment.",
    fields: &[
        Field::new("enable", Bool, "whether the alarms are on").preset("false"),
        Field::new(
            "alarmNames",
            List(&Name),
            "names of `alarms` of the scenario",
        ),
        Field::new(
            "rollback",
            Bool,
            "whether the service goes back to the revision whose deployment completed last",
        )
        .preset("false"),
    ],
};

/// An item of `alarms`.
pub static ALARM: Table = Table {
    name: "alarm",
    doc: "An alarm of CloudWatch on a metric with one value a minute.",
    fields: &[
        Field::new("alarmName", Name, "name of the alarm").required(),
        Field::new(
            "metricName",
            Choice(&[
                "RunningTaskCount",
                "PendingTaskCount",
                "DesiredTaskCount",
                "CPUUtilization",
                "MemoryUtilization",
                "RequestCount",
                "RequestCountPerTarget",
                "HTTPCode_ELB_5XX_Count",
                "HTTPCode_Target_5XX_Count",
                "TargetResponseTime",
                "HealthyHostCount",
                "UnHealthyHostCount",
                "CPUReservation",
                "MemoryReservation",
                "CapacityProviderReservation",
            ]),
            "the metric: counts of tasks of a `service`, `CPUUtilization` of one with a `load`, and `MemoryUtilization` of one whose load has `idleMemory` or `memoryPerRequest`, in per cent of what its tasks reserve; of its target group the requests of a minute (`RequestCount`, `RequestCountPerTarget`, `HTTPCode_ELB_5XX_Count`: without a target, without an answer, or timed out; `HTTPCode_Target_5XX_Count`: answered with an error by a bad release), how long its answers take in seconds (`TargetResponseTime`), and the number of its healthy and unhealthy targets; `CPUReservation` and `MemoryReservation` of the cluster's instances, and `CapacityProviderReservation` of a `capacityProvider`, in per cent (facts/ecs.md 249, 251, 255, 258)",
        )
        .required(),
        Field::new("service", Name, "the service of the metric"),
        Field::new("capacityProvider", Name, "the capacity provider of the metric"),
        COMPARISON_OPERATOR,
        THRESHOLD,
        EVALUATION_PERIODS,
        DATAPOINTS_TO_ALARM,
        Field::new("period", Integer(60, 60), "seconds of a period; others than 60 are not modelled yet").preset("60"),
        STATISTIC,
        EXTENDED_STATISTIC,
        Field::ignored("namespace"),
        Field::ignored("alarmDescription"),
        Field::ignored("actionsEnabled"),
    ],
};
