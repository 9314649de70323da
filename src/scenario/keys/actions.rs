//! Field tables of `actions`.

use super::faults::{IN_ZONE, OF_PROVIDER, OF_THESE};
use super::table::{Field, Table, Type};
use Type::{Bool, Choice, Duration, Integer, List, Map, Name, Text};

/// The keys of the calls; an entry has exactly one of them.
pub const CALLS: [&str; 9] = [
    "updateService",
    "startTask",
    "stopTask",
    "updateTaskProtection",
    "updateContainerInstancesState",
    "registerContainerInstance",
    "deregisterContainerInstance",
    "terminateInstances",
    "setDesiredCapacity",
];

/// An item of `actions`.
pub static ACTION: Table = Table {
    name: "action",
    doc: "A call of an AWS API at a time, as an operator makes it: `at` and exactly one call. In an \
          outage of the control plane it is made at the end of the outage.",
    fields: &[
        Field::new(
            "at",
            Duration,
            "the time of the call, from the start of the run",
        )
        .required(),
        Field::new(
            "updateService",
            Map(&UPDATE_SERVICE),
            "ECS `UpdateService`: a new desired count",
        ),
        Field::new(
            "startTask",
            Map(&START_TASK),
            "ECS `StartTask`: starts one task on each of the instances that are named, without a placement strategy; a task that finds no room there is refused",
        ),
        Field::new(
            "stopTask",
            Map(&STOP_TASK),
            "ECS `StopTask`: stops tasks; a service replaces them, and an entry of `tasks` submits them again by its `retry`",
        ),
        Field::new(
            "updateTaskProtection",
            Map(&UPDATE_TASK_PROTECTION),
            "ECS `UpdateTaskProtection`: tasks that neither a smaller desired count nor a deployment stops (facts/ecs.md 227)",
        ),
        Field::new(
            "updateContainerInstancesState",
            Map(&UPDATE_CONTAINER_INSTANCES_STATE),
            "ECS `UpdateContainerInstancesState`: drains instances, or ends their draining (facts/ecs.md 225)",
        ),
        Field::new(
            "registerContainerInstance",
            Map(&REGISTER),
            "ECS `RegisterContainerInstance`: a fixed fleet gets more instances, which are launched and registered at once",
        ),
        Field::new(
            "deregisterContainerInstance",
            Map(&DEREGISTER),
            "ECS `DeregisterContainerInstance`: instances leave the cluster; EC2 runs and bills them until they are terminated (facts/ecs.md 238)",
        ),
        Field::new(
            "terminateInstances",
            Map(&TERMINATE_INSTANCES),
            "EC2 `TerminateInstances`: the tasks on them are lost; an Auto Scaling group launches others",
        ),
        Field::new(
            "setDesiredCapacity",
            Map(&SET_DESIRED_CAPACITY),
            "Auto Scaling `SetDesiredCapacity`; managed scaling may change it again",
        ),
    ],
};

/// `updateService`.
pub static UPDATE_SERVICE: Table = Table {
    name: "updateService",
    doc: "The new desired count of a service, which may be outside of the bounds of its `scaling`.",
    fields: &[
        Field::new("service", Name, "the service").required(),
        Field::new("desiredCount", Integer(0, 5_000), "the new desired count").required(),
    ],
};

/// `startTask`.
pub static START_TASK: Table = Table {
    name: "startTask",
    doc: "One task of an entry of `tasks` on each of some instances (facts/ecs.md 114). The entry needs no `arrivals` then.",
    fields: &[
        Field::new("tasks", Name, "the entry of `tasks`").required(),
        Field::new(
            "instances",
            List(&Integer(0, 10_000_000)),
            "the instances by number: 0 is the first that was launched; at most 10 (facts/ecs.md 43)",
        )
        .required(),
    ],
};

/// `stopTask`.
pub static STOP_TASK: Table = Table {
    name: "stopTask",
    doc: "Selects the tasks that are stopped: those that were created first.",
    fields: &[
        Field::new("service", Name, "tasks of this service; excludes `tasks`"),
        Field::new(
            "tasks",
            Name,
            "tasks of this entry of `tasks`; excludes `service`",
        ),
        Field::new("count", Integer(1, 1_000_000), "the number of tasks").preset("1"),
    ],
};

/// `updateTaskProtection`.
pub static UPDATE_TASK_PROTECTION: Table = Table {
    name: "updateTaskProtection",
    doc: "Protects RUNNING tasks of a service from scale-in and from deployments, or ends that: those that \
          were created first. `stopTask`, failed health checks, a DRAINING or lost instance and Spot still stop them.",
    fields: &[
        Field::new("service", Name, "the service; the protection of daemons is not modelled").required(),
        Field::new("count", Integer(1, 1_000_000), "the number of tasks").preset("1"),
        Field::new(
            "protectionEnabled",
            Bool,
            "`true`: tasks without protection are protected; `false`: the protection of protected tasks ends",
        )
        .preset("true"),
        Field::new(
            "expiresInMinutes",
            Integer(1, 2_880),
            "minutes until the protection ends",
        )
        .preset("120"),
    ],
};

const AT_MOST: Field = Field::new(
    "count",
    Integer(1, 1_000_000),
    "at most this many of them, those that were launched first",
)
.rule("all");

/// `updateContainerInstancesState`.
pub static UPDATE_CONTAINER_INSTANCES_STATE: Table = Table {
    name: "updateContainerInstancesState",
    doc: "Selects the instances, and gives their new state.",
    fields: &[
        Field::new(
            "status",
            Choice(&["DRAINING", "ACTIVE"]),
            "`DRAINING`: ACTIVE instances take no more tasks, and services replace those on them; `ACTIVE`: the reverse, unless a group scales the instance in or Spot interrupts it",
        )
        .required(),
        OF_PROVIDER,
        IN_ZONE,
        OF_THESE,
        AT_MOST,
    ],
};

/// `registerContainerInstance`.
pub static REGISTER: Table = Table {
    name: "registerContainerInstance",
    doc: "Instances that join a fixed fleet. An Auto Scaling group registers its own: see `setDesiredCapacity`.",
    fields: &[
        Field::new(
            "capacityProvider",
            Name,
            "the capacity provider with the fleet",
        )
        .required(),
        Field::new(
            "instanceType",
            Text,
            "their type, one of which the fleet has instances; with it they have its attributes and root volume",
        )
        .rule("that of its first instance"),
        Field::new("availabilityZone", Text, "their zone, one of the member's")
            .rule("the first of the member"),
        Field::new("count", Integer(1, 100_000), "their number").preset("1"),
    ],
};

/// `deregisterContainerInstance`.
pub static DEREGISTER: Table = Table {
    name: "deregisterContainerInstance",
    doc: "Selects the instances that leave the cluster: those that are ACTIVE or DRAINING.",
    fields: &[
        Field::new(
            "force",
            Bool,
            "`true`: the tasks on them are stopped at once, and services replace them; `false`: the call fails for an instance with tasks, which the event `InstanceDeregistrationFailed` tells",
        )
        .preset("false"),
        OF_PROVIDER,
        IN_ZONE,
        OF_THESE,
        AT_MOST,
    ],
};

/// `terminateInstances`.
pub static TERMINATE_INSTANCES: Table = Table {
    name: "terminateInstances",
    doc: "Selects the instances that are terminated.",
    fields: &[OF_PROVIDER, IN_ZONE, OF_THESE, AT_MOST],
};

/// `setDesiredCapacity`.
pub static SET_DESIRED_CAPACITY: Table = Table {
    name: "setDesiredCapacity",
    doc: "The new desired capacity of an Auto Scaling group.",
    fields: &[
        Field::new(
            "capacityProvider",
            Name,
            "the capacity provider with the group",
        )
        .required(),
        Field::new(
            "desiredCapacity",
            Integer(0, 1_000_000),
            "the new desired capacity, from `minSize` to `maxSize`",
        )
        .required(),
    ],
};
