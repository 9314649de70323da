//! The keys of `eventbridge.jsonl`, each with its meaning, for `docs/outputs.md`. The JSON Schema has
//! the keys of `detail`.

use super::super::column::{Column, column};

/// The keys of a line.
pub(in super::super) const KEYS: &[Column] = &[
    column("version", "`0`"),
    column(
        "id",
        "In the form of a UUID; the same in every run of the seed",
    ),
    column("detail-type", "The kind of the event; see the table below"),
    column("source", "`aws.ecs`"),
    column("account", "`111122223333`"),
    column("time", "The time, to the second"),
    column("region", "The region"),
    column(
        "resources",
        "The ARN of the task, container instance or service",
    ),
    column("detail", "What happened, with AWS's own keys and values"),
];

/// The values of `detail-type`.
pub(in super::super) const DETAIL_TYPES: &[Column] = &[
    column(
        "ECS Task State Change",
        "The task after each change of its last or desired status, and when a container of a RUNNING task exits or is restarted",
    ),
    column(
        "ECS Container Instance State Change",
        "The container instance after it was registered, drained, activated or deregistered, after its agent was disconnected or connected, and after a task was placed or stopped on it",
    ),
    column(
        "ECS Service Action",
        "`SERVICE_STEADY_STATE`, `CAPACITY_PROVIDER_STEADY_STATE`, `SERVICE_DESIRED_COUNT_UPDATED`, `TASKS_STOPPED` (INFO), `SERVICE_TASK_START_IMPAIRED` (WARN), `SERVICE_TASK_PLACEMENT_FAILURE` with its `reason` (ERROR)",
    ),
    column(
        "ECS Deployment State Change",
        "`SERVICE_DEPLOYMENT_IN_PROGRESS`, `SERVICE_DEPLOYMENT_COMPLETED` (INFO), `SERVICE_DEPLOYMENT_FAILED` (ERROR). A deployment is known by its revision, so that a rollback has the id of the deployment that it goes back to",
    ),
];
