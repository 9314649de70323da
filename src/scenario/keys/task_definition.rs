//! Field tables of what AWS's own API takes: task definitions as `register-task-definition`
//! takes them and `describe-task-definition` returns them, strategies.

use super::table::{Field, Table, Type};
use super::work::{DEPENDENCY, HEALTH_CHECK, RESTART_POLICY, TASK_BEHAVIOR};
use Type::{Any, Bool, Choice, Cpu, Entities, File, Integer, List, Map, Name, TaskMemory, Text};

/// An item of a capacity provider strategy.
pub static STRATEGY_ITEM: Table = Table {
    name: "capacityProviderStrategyItem",
    doc: "How tasks are spread over capacity providers: bases first, the rest by weight \
          (facts/ecs.md 129). All of EC2, or all of Fargate (facts/ecs.md 42).",
    fields: &[
        Field::new(
            "capacityProvider",
            Name,
            "name of a provider of the cluster",
        )
        .required(),
        Field::new(
            "weight",
            Integer(0, 1000),
            "its share of what goes beyond bases",
        )
        .rule("1 for an only item, else 0, as in the API"),
        Field::new(
            "base",
            Integer(0, 100_000),
            "tasks that run here before weights count; one item can have it",
        )
        .preset("0"),
    ],
};

/// An item of `placementStrategy`.
pub static PLACEMENT_STRATEGY: Table = Table {
    name: "placementStrategy",
    doc: "How ECS chooses among the instances that fit (facts/ecs.md 79 to 89).",
    fields: &[
        Field::new(
            "type",
            Choice(&["binpack", "spread", "random"]),
            "least left, fewest tasks of the group, or any",
        )
        .required(),
        Field::new(
            "field",
            Text,
            "binpack: `cpu` or `memory`; spread: `instanceId` or `attribute:<name>`",
        ),
    ],
};

/// A task definition.
pub static TASK_DEFINITION: Table = Table {
    name: "taskDefinition",
    doc: "A task definition, inline or by `file`; keys beside `file` lie over its content.",
    fields: &[
        Field::new(
            "file",
            File,
            "JSON or YAML as `register-task-definition` takes it or `describe-task-definition` returns it",
        ),
        Field::new("family", Name, "its name: letters, digits, `-` and `_`").required(),
        Field::new("revision", Integer(1, 1_000_000), "its revision").preset("1"),
        Field::new(
            "containerDefinitions",
            Entities(&CONTAINER, &["name"]),
            "its containers",
        )
        .required(),
        Field::new("cpu", Cpu, "CPU of the task: `1024`, `1 vCPU`")
            .rule("the sum over its containers"),
        Field::new("memory", TaskMemory, "memory of the task: `2048`, `2 GB`")
            .rule("the sum over its containers: the reservation, else the limit"),
        Field::new(
            "networkMode",
            Choice(&["bridge", "host", "awsvpc", "none"]),
            "network mode",
        )
        .rule("`bridge`; on Fargate `awsvpc`"),
        Field::new(
            "requiresCompatibilities",
            List(&Choice(&[
                "EC2",
                "FARGATE",
                "EXTERNAL",
                "MANAGED_INSTANCES",
            ])),
            "launch types that it must be valid for",
        ),
        Field::new(
            "ephemeralStorage",
            Map(&EPHEMERAL_STORAGE),
            "Fargate's temporary storage",
        )
        .rule("20 GiB"),
        Field::new(
            "runtimePlatform",
            Map(&RUNTIME_PLATFORM),
            "processor and operating system that it needs",
        ),
        Field::warned("placementConstraints"),
        Field::warned("inferenceAccelerators"),
        Field::new(
            "behavior",
            Map(&TASK_BEHAVIOR),
            "what its containers do, which AWS's JSON cannot say",
        ),
        Field::ignored("taskRoleArn"),
        Field::ignored("executionRoleArn"),
        Field::ignored("volumes"),
        Field::ignored("tags"),
        Field::ignored("pidMode"),
        Field::ignored("ipcMode"),
        Field::ignored("proxyConfiguration"),
        Field::ignored("enableFaultInjection"),
        // What only `describe-task-definition` returns.
        Field::ignored("taskDefinitionArn"),
        Field::ignored("status"),
        Field::ignored("requiresAttributes"),
        Field::ignored("compatibilities"),
        Field::ignored("registeredAt"),
        Field::ignored("registeredBy"),
        Field::ignored("deregisteredAt"),
        Field::ignored("deleteRequestedAt"),
    ],
};

/// `ephemeralStorage`.
pub static EPHEMERAL_STORAGE: Table = Table {
    name: "ephemeralStorage",
    doc: "Fargate's temporary storage (facts/ecs.md 26).",
    fields: &[Field::new("sizeInGiB", Integer(21, 200), "21 to 200").required()],
};

/// Operating system families of `runtimePlatform`.
pub const OS_FAMILIES: [&str; 9] = [
    "LINUX",
    "WINDOWS_SERVER_2025_CORE",
    "WINDOWS_SERVER_2025_FULL",
    "WINDOWS_SERVER_2022_CORE",
    "WINDOWS_SERVER_2022_FULL",
    "WINDOWS_SERVER_2019_CORE",
    "WINDOWS_SERVER_2019_FULL",
    "WINDOWS_SERVER_2016_FULL",
    "WINDOWS_SERVER_20H2_CORE",
];

/// `runtimePlatform`.
pub static RUNTIME_PLATFORM: Table = Table {
    name: "runtimePlatform",
    doc: "Processor and operating system that a task needs (facts/ecs.md 76).",
    fields: &[
        Field::new("cpuArchitecture", Choice(&["X86_64", "ARM64"]), "processor")
            .rule("any; on Fargate X86_64"),
        Field::new(
            "operatingSystemFamily",
            Choice(&OS_FAMILIES),
            "operating system",
        )
        .rule("any; on Fargate LINUX"),
    ],
};

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
