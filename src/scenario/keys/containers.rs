//! Field tables of container definitions, as `register-task-definition` takes them.

use super::table::{Field, Table, Type};
use Type::{Any, Bool, Choice, Cpu, Integer, List, Map, Name, TaskMemory, Text};

/// A container definition.
pub static CONTAINER: Table = Table {
    name: "containerDefinition",
    doc: "A container of an ECS task definition.",
    fields: &[
        Field::new("name", Name, "name of the container").required(),
        Field::new("image", Name, "name of the image").required(),
        Field::new("cpu", Cpu, "CPU of the container; it counts only if the task definition has no `cpu`").preset("0"),
        Field::new("memory", TaskMemory, "memory limit of the container"),
        Field::new(
            "memoryReservation",
            TaskMemory,
            "memory that is reserved for the container; not above `memory`",
        ),
        Field::new(
            "essential",
            Bool,
            "whether the task stops when this container exits; at least one container must be essential (facts/ecs.md 10)",
        )
        .preset("true"),
        Field::new("portMappings", List(&Map(&PORT_MAPPING)), "ports of the container"),
        Field::new(
            "resourceRequirements",
            List(&Map(&RESOURCE_REQUIREMENT)),
            "GPUs of the container",
        ),
        Field::new(
            "dependsOn",
            List(&Map(&DEPENDENCY)),
            "other containers, and the conditions under which this one starts",
        ),
        Field::new(
            "startTimeout",
            Integer(1, 2_147_483_647),
            "seconds from the start of this container within which it must meet the conditions of the containers that depend on it; else the task stops",
        )
        .rule("no limit"),
        Field::new(
            "stopTimeout",
            Integer(1, 2_147_483_647),
            "seconds from SIGTERM to SIGKILL; on Fargate 2 to 120 (facts/ecs.md 23)",
        )
        .preset("30"),
        Field::new("healthCheck", Map(&HEALTH_CHECK), "health check of the container"),
        Field::new(
            "restartPolicy",
            Map(&RESTART_POLICY),
            "whether the container is restarted within its task",
        )
        .rule("no restarts"),
        Field::ignored("repositoryCredentials"),
        Field::ignored("links"),
        Field::ignored("entryPoint"),
        Field::ignored("command"),
        Field::ignored("environment"),
        Field::ignored("environmentFiles"),
        Field::ignored("mountPoints"),
        Field::ignored("volumesFrom"),
        Field::ignored("linuxParameters"),
        Field::ignored("secrets"),
        Field::ignored("versionConsistency"),
        Field::ignored("hostname"),
        Field::ignored("user"),
        Field::ignored("workingDirectory"),
        Field::ignored("disableNetworking"),
        Field::ignored("privileged"),
        Field::ignored("readonlyRootFilesystem"),
        Field::ignored("dnsServers"),
        Field::ignored("dnsSearchDomains"),
        Field::ignored("extraHosts"),
        Field::ignored("dockerSecurityOptions"),
        Field::ignored("interactive"),
        Field::ignored("pseudoTerminal"),
        Field::ignored("dockerLabels"),
        Field::ignored("ulimits"),
        Field::ignored("logConfiguration"),
        Field::ignored("systemControls"),
        Field::ignored("firelensConfiguration"),
        Field::ignored("credentialSpecs"),
    ],
};

/// An item of `portMappings`.
pub static PORT_MAPPING: Table = Table {
    name: "portMapping",
    doc: "A port of a container. It is reserved on the instance in network mode `host`, and in `bridge` if it has a `hostPort` above 0 (facts/ecs.md 13).",
    fields: &[
        Field::new("containerPort", Integer(0, 65535), "port of the container"),
        Field::new(
            "hostPort",
            Integer(0, 65535),
            "port of the instance; in bridge mode 0 or none means any free port, in `host` and `awsvpc` mode it equals `containerPort`",
        ),
        Field::new("protocol", Choice(&["tcp", "udp"]), "protocol").preset("tcp"),
        Field::new(
            "containerPortRange",
            Text,
            "ports of the container such as `8000-8010`, instead of `containerPort`; in bridge mode on any free host ports, not in `host` mode",
        ),
        Field::ignored("name"),
        Field::ignored("appProtocol"),
    ],
};

/// An item of `resourceRequirements`.
pub static RESOURCE_REQUIREMENT: Table = Table {
    name: "resourceRequirement",
    doc: "A number of whole GPUs (facts/ecs.md 15).",
    fields: &[
        Field::new(
            "type",
            Choice(&["GPU", "InferenceAccelerator", "NeuronDevice"]),
            "kind of device; all but `GPU` are not modelled yet",
        )
        .required(),
        Field::new("value", Any("a whole number"), "number of devices").required(),
    ],
};

/// The largest number of seconds in AWS's 32-bit integer fields.
pub const MOST_SECONDS: u64 = 2_147_483_647;

/// An item of `dependsOn`.
pub static DEPENDENCY: Table = Table {
    name: "containerDependency",
    doc: "A condition on another container of the task, which must hold before this one starts (facts/ecs.md 19).",
    fields: &[
        Field::new(
            "containerName",
            Name,
            "name of the other container",
        )
        .required(),
        Field::new(
            "condition",
            Choice(&["START", "COMPLETE", "SUCCESS", "HEALTHY"]),
            "`START`: the other container has started; `COMPLETE`: it has exited; `SUCCESS`: it has exited with code 0; `HEALTHY`: its health check passes",
        )
        .required(),
    ],
};

/// `healthCheck`.
pub static HEALTH_CHECK: Table = Table {
    name: "healthCheck",
    doc: "A container health check (facts/ecs.md 16). All times are in seconds.",
    fields: &[
        Field::new(
            "command",
            List(&Text),
            "the command that AWS runs; required as in AWS, without effect here",
        )
        .required(),
        Field::new(
            "interval",
            Integer(5, 300),
            "seconds between two probes, and from the start of the container to the first probe",
        )
        .preset("30"),
        Field::new(
            "timeout",
            Integer(2, 60),
            "seconds after which a probe without an answer fails",
        )
        .preset("5"),
        Field::new(
            "retries",
            Integer(1, 10),
            "number of failed probes in a row after which the container is UNHEALTHY",
        )
        .preset("3"),
        Field::new(
            "startPeriod",
            Integer(0, 300),
            "seconds from the start of the container in which failed probes do not count",
        )
        .preset("0"),
    ],
};

/// `restartPolicy`.
pub static RESTART_POLICY: Table = Table {
    name: "restartPolicy",
    doc: "Restarts of an exited container within its running task (facts/ecs.md 24).",
    fields: &[
        Field::new("enabled", Bool, "whether the container is restarted").required(),
        Field::new(
            "ignoredExitCodes",
            List(&Integer(0, 255)),
            "up to 50 exit codes after which the container is not restarted",
        ),
        Field::new(
            "restartAttemptPeriod",
            Integer(60, 1_800),
            "seconds that the container must have run since its last start to be restarted",
        )
        .preset("300"),
    ],
};
