//! The field table of a whole scenario, and of the keys at its top level that have no file of
//! their own.

use super::actions::ACTION;
use super::assumptions::ASSUMPTIONS;
use super::capacity::CLUSTER;
use super::costs::COSTS;
use super::deployments::{ALARM, DEPLOYMENT};
use super::expect::EXPECTATION;
use super::faults::FAULTS;
use super::images::{IMAGE, REGISTRY};
use super::instance_types::{INSTANCE_TYPE, SPOT};
use super::load_balancers::LOAD_BALANCER;
use super::queues::QUEUE;
use super::service_calls::SERVICE_CALL;
use super::services::SERVICE;
use super::table::{Field, Table, Type};
use super::task_definition::TASK_DEFINITION;
use super::tasks::TASK_ENTRY;
use Type::{Choice, Duration, Either, Entities, Instant, Integer, List, Map, Name, Text};

/// The keys at the top level of a scenario file.
pub static SCENARIO: Table = Table {
    name: "scenario",
    doc: "A scenario: a cluster, the tasks and services that run on it, and variants to compare.",
    fields: &[
        Field::new("ecsim", Integer(1, 1), "version of the file format").required(),
        Field::new(
            "name",
            Name,
            "name of the scenario and of the report's folder: 1 to 100 letters, digits, `-` and `_`",
        )
        .required(),
        Field::new("description", Text, "what the scenario shows"),
        Field::new("region", Text, "AWS region: its prices and its Availability Zones apply").preset("us-east-1"),
        Field::new("timeZone", Name, "time zone of all schedules that have none of their own: a name of the IANA database such as `Europe/Berlin`").preset("UTC"),
        Field::new("start", Instant, "date and time at which the simulation starts: a whole hour, from 1970 to 2099")
            .preset("2026-01-01T00:00:00Z"),
        Field::new(
            "until",
            Either(&[Choice(&["drained"]), Duration]),
            "when a run ends: after this duration, or `drained`: after the last arrival, when every task of `tasks` has left",
        )
        .required(),
        Field::new(
            "warmUp",
            Duration,
            "the first part of the run, simulated but left out of the figures; shorter than `until`",
        )
        .preset("0s"),
        Field::new(
            "seeds",
            Integer(1, 1_000_000),
            "number of runs per variant, with the seeds 1, 2, 3 and so on",
        )
        .preset("8"),
        Field::new("cluster", Map(&CLUSTER), "the capacity that tasks run on").required(),
        Field::new(
            "instanceTypes",
            Entities(&INSTANCE_TYPE, &["name"]),
            "instance types that this scenario defines, in addition to those of the catalog",
        ),
        Field::new(
            "taskDefinitions",
            Entities(&TASK_DEFINITION, &["family", "revision"]),
            "ECS task definitions, inline or by `file`",
        ),
        Field::new(
            "services",
            Entities(&SERVICE, &["serviceName"]),
            "ECS services: ECS starts their tasks and replaces those that stop",
        ),
        Field::new("tasks", Entities(&TASK_ENTRY, &["name"]), "standalone tasks, which a client starts with `RunTask`"),
        Field::new(
            "jobQueue",
            Map(&JOB_QUEUE),
            "the client's queue in front of `RunTask`; all entries of `tasks` share it",
        ),
        Field::new(
            "delays",
            Either(&[Choice(&["none", "realistic"]), Map(&DELAYS)]),
            "how long tasks and instances take to start and to stop: `none` (no time), `realistic` (the times of `assumptions`), or a fixed `start`",
        )
        .required(),
        Field::new(
            "images",
            Entities(&IMAGE, &["name"]),
            "sizes, layers and registries of container images",
        ),
        Field::new(
            "registries",
            Entities(&REGISTRY, &["name"]),
            "registries of images, with their pull limits",
        ),
        Field::new("spot", Map(&SPOT), "how often AWS interrupts Spot instances and tasks on Fargate Spot")
            .rule("by the interruption band of each instance type"),
        Field::new(
            "faults",
            FAULTS,
            "faults that occur in the run; `realistic`: faults at the documented rates",
        )
        .rule("no faults"),
        Field::new(
            "deployments",
            Entities(&DEPLOYMENT, &["name"]),
            "deployments of services: new task definitions, new capacity providers, and the way back",
        ),
        Field::new(
            "loadBalancers",
            Entities(&LOAD_BALANCER, &["name"]),
            "load balancers in front of services, with their target groups",
        ),
        Field::new(
            "queues",
            Entities(&QUEUE, &["queueName"]),
            "queues of SQS, from which services take messages",
        ),
        Field::new(
            "alarms",
            Entities(&ALARM, &["alarmName"]),
            "alarms of CloudWatch, which end deployments that name them",
        ),
        Field::new(
            "serviceCalls",
            List(&Map(&SERVICE_CALL)),
            "requests that the tasks of services make to other services",
        ),
        Field::new(
            "actions",
            List(&Map(&ACTION)),
            "calls of AWS's APIs at given times: new desired counts, stopped tasks, drained instances",
        ),
        Field::new("assumptions", Map(&ASSUMPTIONS), "values that AWS does not publish")
            .rule("the defaults of the table"),
        Field::new("costs", Map(&COSTS), "how many hours a month has in costs, and lines of your own on the bill"),
        Field::new(
            "variants",
            Type::Variants,
            "configurations to compare: the keys of each are laid over the scenario",
        )
        .rule("one variant named `base`"),
        Field::new(
            "expect",
            List(&Map(&EXPECTATION)),
            "what the runs must show, which `ecsim test` checks: bounds on figures, on levels at a time, and on events",
        ),
        Field::not_yet("network"),
    ],
};

/// `jobQueue`.
pub static JOB_QUEUE: Table = Table {
    name: "jobQueue",
    doc: "The queue of the client in front of `RunTask`: standalone tasks wait here for free capacity.",
    fields: &[
        Field::new(
            "order",
            Choice(&["headOfLine", "skipAhead"]),
            "`headOfLine`: while the first task finds no capacity, no later task is placed; `skipAhead`: every waiting task that fits is placed",
        )
        .preset("headOfLine"),
        Field::new(
            "limit",
            Integer(0, 1_000_000_000),
            "the most tasks that wait at a time; further tasks are refused",
        )
        .rule("no limit"),
    ],
};

/// The long form of `delays`.
pub static DELAYS: Table = Table {
    name: "delays",
    doc: "A fixed start-up time.",
    fields: &[Field::new(
        "start",
        Duration,
        "time from placement to RUNNING; the task holds its resources from placement on",
    )
    .required()],
};
