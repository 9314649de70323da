//! Field tables of services, as `create-service` takes them, and their scaling.

use super::behavior::TASK_BEHAVIOR;
use super::capacity::STRATEGY_ITEM;
use super::code_deploy::DEPLOYMENT_GROUP;
use super::containers::MOST_SECONDS;
use super::deployments::DEPLOYMENT_CONFIGURATION;
use super::load::{LOAD, TARGET_TRACKING};
use super::load_balancers::SERVICE_LOAD_BALANCER;
use super::placement::{PLACEMENT_CONSTRAINT, PLACEMENT_STRATEGY, POLICY};
use super::predictive_scaling::PREDICTIVE_SCALING;
use super::queues::WORKER;
use super::step_scaling::{MONITORING, STEP_SCALING};
use super::table::{Field, Table, Type};
use Type::{Choice, File, Integer, List, Map, Name, Text};

/// The most tasks of one service: ECS's quota (facts/ecs.md 43).
pub const MOST_TASKS: u64 = crate::plan::MOST_TASKS as u64;

/// An item of `services`.
pub static SERVICE: Table = Table {
    name: "service",
    doc: "An ECS service with the keys of `create-service`, and in addition `scaling` and `behavior`, inline or by `file`. Keys beside `file` are laid over every service of the file.",
    fields: &[
        Field::new(
            "file",
            File,
            "path of a JSON or YAML file with one service in the form that `create-service` takes, or with the output of `describe-services`",
        ),
        Field::new(
            "serviceName",
            Name,
            "name of the service; it is part of the paths of its figures, and its random numbers depend on it",
        )
        .required(),
        Field::new("taskDefinition", Name, "`family` (its latest revision), `family:revision`, or the ARN of a task definition").required(),
        Field::new(
            "schedulingStrategy",
            Choice(&["REPLICA", "DAEMON"]),
            "`REPLICA`: `desiredCount` tasks; `DAEMON`: one task on every instance",
        )
        .preset("REPLICA"),
        Field::new(
            "desiredCount",
            Integer(0, MOST_TASKS),
            "number of tasks of the service at the start",
        )
        .rule("required; a daemon has none"),
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
        .rule("`spread` over zones, then over instances (facts/ecs.md 87)"),
        Field::new(
            "placementPolicy",
            POLICY,
            "a bin-packing rule of the literature, which ECS does not have; of equal instances the one with the lowest index; excludes `placementStrategy`",
        ),
        Field::new(
            "placementConstraints",
            List(&Map(&PLACEMENT_CONSTRAINT)),
            "rules that exclude instances",
        ),
        Field::new(
            "deploymentConfiguration",
            Map(&DEPLOYMENT_CONFIGURATION),
            "the rules by which tasks are replaced",
        ),
        Field::new(
            "deploymentController",
            Map(&DEPLOYMENT_CONTROLLER),
            "the deployment controller",
        ),
        Field::new(
            "deploymentGroup",
            Map(&DEPLOYMENT_GROUP),
            "with the controller `CODE_DEPLOY`: the deployment group of CodeDeploy that deploys the service",
        ),
        Field::new(
            "healthCheckGracePeriodSeconds",
            Integer(0, MOST_SECONDS),
            "seconds after a task entered RUNNING during which ECS ignores failed health checks (facts/ecs.md 203)",
        )
        .preset("0"),
        Field::new(
            "availabilityZoneRebalancing",
            Choice(&["ENABLED", "DISABLED"]),
            "`ENABLED`: tasks move to the zones with too few of them, some time after a steady state (facts/ecs.md 124 to 128)",
        )
        .rule("`ENABLED` for a replica service that is eligible: without a placement strategy or with `spread` over zones as the first, and with a `maximumPercent` above 100"),
        Field::new(
            "scaling",
            Map(&SCALING),
            "bounds of the desired count, scheduled changes, and scaling policies",
        ),
        Field::new(
            "behavior",
            Map(&TASK_BEHAVIOR),
            "behavior of its containers, laid over that of the task definition",
        ),
        Field::new(
            "load",
            Map(&LOAD),
            "the requests that arrive at the service",
        ),
        Field::new(
            "worker",
            Map(&WORKER),
            "how its tasks take messages from a queue; excludes `load` and `loadBalancers`",
        ),
        Field::new(
            "loadBalancers",
            List(&Map(&SERVICE_LOAD_BALANCER)),
            "the target groups that its tasks are registered with, at most five. A task is healthy when all of its targets are. The requests of `load` come through the first one",
        ),
        Field::new(
            "monitoring",
            Map(&MONITORING),
            "metrics with a value each 20 seconds",
        ),
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
        // What only `describe-services` returns.
        Field::described("serviceArn"),
        Field::described("clusterArn"),
        Field::described("roleArn"),
        Field::described("status"),
        Field::described("runningCount"),
        Field::described("pendingCount"),
        Field::described("platformFamily"),
        Field::described("deployments"),
        Field::described("taskSets"),
        Field::described("events"),
        Field::described("createdAt"),
        Field::described("createdBy"),
        Field::described("currentServiceDeployment"),
        Field::described("currentServiceRevisions"),
        Field::described("resourceManagementType"),
    ],
};

/// `deploymentController`.
pub static DEPLOYMENT_CONTROLLER: Table = Table {
    name: "deploymentController",
    doc: "The deployment controller of the service.",
    fields: &[Field::new(
        "type",
        Choice(&["ECS", "CODE_DEPLOY", "EXTERNAL"]),
        "`ECS`: the service replaces its tasks by `deploymentConfiguration`; `CODE_DEPLOY`: CodeDeploy starts a second task set and shifts requests to it by `deploymentGroup` (facts/ecs.md 222); `EXTERNAL` is not modelled",
    )
    .preset("ECS")],
};

/// `scaling`.
pub static SCALING: Table = Table {
    name: "scaling",
    doc: "The scalable target of a service in Application Auto Scaling (facts/ecs.md 173).",
    fields: &[
        Field::new(
            "minCapacity",
            Integer(0, MOST_TASKS),
            "the least desired count",
        )
        .required(),
        Field::new(
            "maxCapacity",
            Integer(0, MOST_TASKS),
            "the largest desired count",
        )
        .required(),
        Field::new(
            "scheduledActions",
            List(&Map(&SCHEDULED_ACTION)),
            "changes of the bounds or of the desired count at scheduled times",
        ),
        Field::new(
            "targetTracking",
            List(&Map(&TARGET_TRACKING)),
            "target tracking policies",
        ),
        Field::new(
            "stepScaling",
            List(&Map(&STEP_SCALING)),
            "step scaling policies, each with its alarm",
        ),
        Field::new(
            "predictiveScaling",
            List(&Map(&PREDICTIVE_SCALING)),
            "predictive scaling policies",
        ),
    ],
};

/// `scalableTargetAction` of a scheduled action.
pub static SCALABLE_TARGET_ACTION: Table = Table {
    name: "scalableTargetAction",
    doc: "The bounds of the desired count that a scheduled action sets (facts/ecs.md 189).",
    fields: &[
        Field::new(
            "minCapacity",
            Integer(0, MOST_TASKS),
            "`minCapacity` from then on",
        ),
        Field::new(
            "maxCapacity",
            Integer(0, MOST_TASKS),
            "`maxCapacity` from then on",
        ),
    ],
};

/// An item of `scheduledActions`.
pub static SCHEDULED_ACTION: Table = Table {
    name: "scheduledAction",
    doc: "A change of a service at scheduled times. A desired count outside of the bounds is set to the nearer bound (facts/ecs.md 189).",
    fields: &[
        Field::new("name", Name, "name of the action"),
        Field::new("scheduledActionName", Name, "the same in `put-scheduled-action`"),
        Field::new(
            "schedule",
            Text,
            "when the change happens: `cron(0 8 ? * MON-FRI *)`, `rate(1 day)`, `at(2026-11-27T08:00:00)`",
        )
        .required(),
        Field::new("timeZone", Name, "time zone of the schedule")
            .rule("`timeZone` of the scenario"),
        Field::new("timezone", Name, "the same in `put-scheduled-action`"),
        Field::new(
            "scalableTargetAction",
            Map(&SCALABLE_TARGET_ACTION),
            "`minCapacity` and `maxCapacity` in the shape of `put-scheduled-action`",
        ),
        Field::new(
            "desiredCount",
            Integer(0, MOST_TASKS),
            "desired count from then on",
        ),
        Field::new(
            "minCapacity",
            Integer(0, MOST_TASKS),
            "`minCapacity` from then on",
        ),
        Field::new(
            "maxCapacity",
            Integer(0, MOST_TASKS),
            "`maxCapacity` from then on",
        ),
    ],
};
