//! Field tables of services, as `create-service` takes them, and their scaling.

use super::behavior::TASK_BEHAVIOR;
use super::capacity::STRATEGY_ITEM;
use super::containers::MOST_SECONDS;
use super::placement::{PLACEMENT_CONSTRAINT, PLACEMENT_STRATEGY, POLICY};
use super::table::{Field, Table, Type};
use Type::{Bool, Choice, Integer, List, Map, Name, Text};

/// Tasks per service (facts/ecs.md 43).
pub const MOST_TASKS: u64 = crate::plan::MOST_TASKS as u64;

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
            POLICY,
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
