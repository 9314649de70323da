//! The JSON Schema of `eventbridge.jsonl`. The documented samples of AWS are valid by it, and so is
//! every line that ecsim writes. As AWS may add keys, unknown keys are valid.

use serde_json::{Map, Value, json};

/// The JSON Schema (draft 2020-12) of an event of ECS as EventBridge delivers it.
pub fn eventbridge_schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Events of Amazon ECS in EventBridge's form, as ecsim writes them to eventbridge.jsonl",
        "oneOf": [
            event("ECS Task State Change", "task"),
            event("ECS Container Instance State Change", "containerInstance"),
            event("ECS Service Action", "serviceAction"),
            event("ECS Deployment State Change", "deployment"),
        ],
        "$defs": {
            "task": task(),
            "container": container(),
            "attachment": attachment(),
            "nameValue": object(&["name"], &[("name", text()), ("value", text())]),
            "containerInstance": container_instance(),
            "resource": resource(),
            "serviceAction": service_action(),
            "deployment": deployment(),
        }
    })
}

/// An event of one kind.
fn event(kind: &str, detail: &str) -> Value {
    let required = [
        "version",
        "id",
        "detail-type",
        "source",
        "account",
        "time",
        "region",
        "resources",
        "detail",
    ];
    object(
        &required,
        &[
            ("version", one_of(&["0"])),
            ("id", text()),
            ("detail-type", one_of(&[kind])),
            ("source", one_of(&["aws.ecs"])),
            ("account", text()),
            ("time", time()),
            ("region", text()),
            ("resources", list(text())),
            ("detail", refer(detail)),
        ],
    )
}

fn task() -> Value {
    let required = [
        "clusterArn",
        "containers",
        "createdAt",
        "desiredStatus",
        "group",
        "lastStatus",
        "taskArn",
        "taskDefinitionArn",
        "updatedAt",
        "version",
    ];
    let overrides = object(&["name"], &[("name", text())]);
    let overrides = object(&[], &[("containerOverrides", list(overrides))]);
    object(
        &required,
        &[
            ("attachments", list(refer("attachment"))),
            ("availabilityZone", text()),
            ("capacityProviderName", text()),
            ("clusterArn", text()),
            ("connectivity", one_of(&["CONNECTED", "DISCONNECTED"])),
            ("connectivityAt", time()),
            ("containerInstanceArn", text()),
            ("containers", list(refer("container"))),
            ("cpu", text()),
            ("createdAt", time()),
            ("desiredStatus", one_of(&["RUNNING", "STOPPED"])),
            ("executionStoppedAt", time()),
            ("group", text()),
            ("lastStatus", one_of(&STATUSES)),
            ("launchType", one_of(&["EC2", "FARGATE", "EXTERNAL"])),
            ("memory", text()),
            ("overrides", overrides),
            ("platformVersion", text()),
            ("pullStartedAt", time()),
            ("pullStoppedAt", time()),
            ("startedAt", time()),
            ("startedBy", text()),
            ("stopCode", one_of(&STOP_CODES)),
            ("stoppedAt", time()),
            ("stoppedReason", text()),
            ("stoppingAt", time()),
            ("taskArn", text()),
            ("taskDefinitionArn", text()),
            ("updatedAt", time()),
            ("version", whole()),
        ],
    )
}

/// The values of `lastStatus` of a task (facts/ecs.md 50).
const STATUSES: [&str; 8] = [
    "PROVISIONING",
    "PENDING",
    "ACTIVATING",
    "RUNNING",
    "DEACTIVATING",
    "STOPPING",
    "DEPROVISIONING",
    "STOPPED",
];

/// The values of `stopCode` (facts/ecs.md 57).
const STOP_CODES: [&str; 7] = [
    "TaskFailedToStart",
    "EssentialContainerExited",
    "UserInitiated",
    "ServiceSchedulerInitiated",
    "SpotInterruption",
    "TerminationNotice",
    "InfrastructureHealth",
];

fn container() -> Value {
    let interface = object(
        &["attachmentId"],
        &[("attachmentId", text()), ("privateIpv4Address", text())],
    );
    object(
        &["containerArn", "lastStatus", "name", "taskArn"],
        &[
            ("containerArn", text()),
            ("cpu", text()),
            ("exitCode", whole()),
            ("image", text()),
            ("imageDigest", text()),
            ("lastStatus", one_of(&["PENDING", "RUNNING", "STOPPED"])),
            ("memory", text()),
            ("name", text()),
            ("networkInterfaces", list(interface)),
            ("reason", text()),
            ("runtimeId", text()),
            ("taskArn", text()),
        ],
    )
}

fn attachment() -> Value {
    object(
        &["id", "type", "status", "details"],
        &[
            ("id", text()),
            ("type", text()),
            ("status", text()),
            ("details", list(refer("nameValue"))),
        ],
    )
}

fn container_instance() -> Value {
    let versions = [
        ("agentHash", text()),
        ("agentVersion", text()),
        ("dockerVersion", text()),
    ];
    object(
        &[
            "agentConnected",
            "clusterArn",
            "containerInstanceArn",
            "registeredResources",
            "remainingResources",
            "status",
            "version",
            "updatedAt",
        ],
        &[
            ("agentConnected", json!({ "type": "boolean" })),
            ("attributes", list(refer("nameValue"))),
            ("capacityProviderName", text()),
            ("clusterArn", text()),
            ("containerInstanceArn", text()),
            ("ec2InstanceId", text()),
            ("registeredResources", list(refer("resource"))),
            ("remainingResources", list(refer("resource"))),
            (
                "status",
                one_of(&[
                    "REGISTERING",
                    "REGISTRATION_FAILED",
                    "ACTIVE",
                    "DRAINING",
                    "DEREGISTERING",
                    "INACTIVE",
                ]),
            ),
            ("updatedAt", time()),
            ("version", whole()),
            ("versionInfo", object(&[], &versions)),
        ],
    )
}

fn resource() -> Value {
    object(
        &["name", "type"],
        &[
            ("name", text()),
            ("type", one_of(&["INTEGER", "DOUBLE", "LONG", "STRINGSET"])),
            ("integerValue", whole()),
            ("stringSetValue", list(text())),
        ],
    )
}

fn service_action() -> Value {
    let names = [
        "SERVICE_STEADY_STATE",
        "TASKSET_STEADY_STATE",
        "CAPACITY_PROVIDER_STEADY_STATE",
        "SERVICE_DESIRED_COUNT_UPDATED",
        "TASKS_STOPPED",
        "SERVICE_TASK_START_IMPAIRED",
        "SERVICE_DISCOVERY_INSTANCE_UNHEALTHY",
        "SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED",
        "ECS_OPERATION_THROTTLED",
        "SERVICE_DISCOVERY_OPERATION_THROTTLED",
        "SERVICE_TASK_PLACEMENT_FAILURE",
        "SERVICE_TASK_CONFIGURATION_FAILURE",
    ];
    object(
        &["eventType", "eventName", "clusterArn", "createdAt"],
        &[
            ("eventType", one_of(&["INFO", "WARN", "ERROR"])),
            ("eventName", one_of(&names)),
            ("clusterArn", text()),
            ("capacityProviderArns", list(text())),
            ("containerInstanceArns", list(text())),
            ("reason", text()),
            ("createdAt", time()),
        ],
    )
}

fn deployment() -> Value {
    let names = [
        "SERVICE_DEPLOYMENT_IN_PROGRESS",
        "SERVICE_DEPLOYMENT_COMPLETED",
        "SERVICE_DEPLOYMENT_FAILED",
    ];
    object(
        &[
            "eventType",
            "eventName",
            "deploymentId",
            "updatedAt",
            "reason",
        ],
        &[
            ("eventType", one_of(&["INFO", "ERROR"])),
            ("eventName", one_of(&names)),
            ("deploymentId", text()),
            ("updatedAt", time()),
            ("reason", text()),
        ],
    )
}

/// An object with these keys, of which some are required.
fn object(required: &[&str], properties: &[(&str, Value)]) -> Value {
    let properties = properties.iter();
    let properties: Map<String, Value> = properties
        .map(|(key, value)| ((*key).into(), value.clone()))
        .collect();
    json!({ "type": "object", "required": required, "properties": properties })
}

/// One of these texts.
fn one_of(values: &[&str]) -> Value {
    json!({ "enum": values })
}

fn list(items: Value) -> Value {
    json!({ "type": "array", "items": items })
}

fn refer(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn whole() -> Value {
    json!({ "type": "integer" })
}

fn time() -> Value {
    json!({ "type": "string", "format": "date-time" })
}
