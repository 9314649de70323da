//! Field tables of container definitions, as `register-task-definition` takes them.

use super::table::{Field, Table, Type};
use Type::{Any, Bool, Choice, Cpu, Integer, List, Map, Name, TaskMemory, Text};

/// A container definition.
pub static CONTAINER: Table = Table {
    name: "containerDefinition",
    doc: "A container of a task definition.",
    fields: &[
        Field::new("name", Name, "its name").required(),
        Field::new("image", Name, "the image that it runs").required(),
        Field::new("cpu", Cpu, "CPU; counts when the task has none").preset("0"),
        Field::new("memory", TaskMemory, "memory limit"),
        Field::new(
            "memoryReservation",
            TaskMemory,
            "memory reserved, below the limit",
        ),
        Field::new(
            "essential",
            Bool,
            "whether the task ends with it; one must be",
        )
        .preset("true"),
        Field::new("portMappings", List(&Map(&PORT_MAPPING)), "ports"),
        Field::new(
            "resourceRequirements",
            List(&Map(&RESOURCE_REQUIREMENT)),
            "GPUs",
        ),
        Field::new(
            "dependsOn",
            List(&Map(&DEPENDENCY)),
            "what it waits for before it starts",
        ),
        Field::new(
            "startTimeout",
            Integer(1, 2_147_483_647),
            "seconds from its start that others wait for it; then the task stops",
        )
        .rule("for ever"),
        Field::new(
            "stopTimeout",
            Integer(1, 2_147_483_647),
            "seconds from SIGTERM to SIGKILL; on Fargate 2 to 120",
        )
        .preset("30"),
        Field::new("healthCheck", Map(&HEALTH_CHECK), "its health check"),
        Field::new(
            "restartPolicy",
            Map(&RESTART_POLICY),
            "whether it is restarted in place",
        )
        .rule("it is not"),
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
    doc: "A port. Reserved on the instance in bridge mode with a `hostPort`, and in host mode (facts/ecs.md 13).",
    fields: &[
        Field::new("containerPort", Integer(0, 65535), "port in the container"),
        Field::new(
            "hostPort",
            Integer(0, 65535),
            "port on the instance; 0 or none: any, in bridge mode",
        ),
        Field::new("protocol", Choice(&["tcp", "udp"]), "protocol").preset("tcp"),
        Field::ignored("containerPortRange"),
        Field::ignored("name"),
        Field::ignored("appProtocol"),
    ],
};

/// An item of `resourceRequirements`.
pub static RESOURCE_REQUIREMENT: Table = Table {
    name: "resourceRequirement",
    doc: "Whole GPUs (facts/ecs.md 15).",
    fields: &[
        Field::new(
            "type",
            Choice(&["GPU", "InferenceAccelerator", "NeuronDevice"]),
            "`GPU`; the others are not modelled yet",
        )
        .required(),
        Field::new("value", Any("a whole number"), "how many").required(),
    ],
};

/// Seconds in AWS's integer fields.
pub const MOST_SECONDS: u64 = 2_147_483_647;

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
