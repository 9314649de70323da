//! Field tables of task definitions, as `register-task-definition` takes them and
//! `describe-task-definition` returns them.

use super::behavior::TASK_BEHAVIOR;
use super::containers::CONTAINER;
use super::placement::PLACEMENT_CONSTRAINT;
use super::table::{Field, Table, Type};
use Type::{Choice, Cpu, Entities, File, Integer, List, Map, Name, TaskMemory};

/// An item of `taskDefinitions`.
pub static TASK_DEFINITION: Table = Table {
    name: "taskDefinition",
    doc: "An ECS task definition, inline or by `file`. Keys beside `file` are laid over the content of the file.",
    fields: &[
        Field::new(
            "file",
            File,
            "path of a JSON or YAML file in the form that `register-task-definition` takes or `describe-task-definition` returns",
        ),
        Field::new(
            "family",
            Name,
            "family of the definition: 1 to 255 letters, digits, `-` and `_`",
        )
        .required(),
        Field::new(
            "revision",
            Integer(1, 1_000_000),
            "revision of the definition",
        )
        .preset("1"),
        Field::new(
            "containerDefinitions",
            Entities(&CONTAINER, &["name"]),
            "containers of the task; at most 10 (facts/ecs.md 43)",
        )
        .required(),
        Field::new("cpu", Cpu, "CPU of the whole task: `1024`, `1 vCPU`")
            .rule("sum of `cpu` over its containers"),
        Field::new(
            "memory",
            TaskMemory,
            "memory of the whole task: `2048` (MiB), `2 GB`",
        )
        .rule("sum over its containers of `memoryReservation`, else `memory`"),
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
            "launch types that the definition is valid for; an entry or a service with another launch type is an error",
        ),
        Field::new(
            "ephemeralStorage",
            Map(&EPHEMERAL_STORAGE),
            "ephemeral storage on Fargate",
        )
        .rule("20 GiB"),
        Field::new(
            "runtimePlatform",
            Map(&RUNTIME_PLATFORM),
            "processor and operating system that the task needs",
        ),
        Field::new(
            "placementConstraints",
            List(&Map(&PLACEMENT_CONSTRAINT)),
            "rules of type `memberOf` that exclude instances",
        ),
        Field::warned("inferenceAccelerators"),
        Field::new(
            "behavior",
            Map(&TASK_BEHAVIOR),
            "run times, failures and memory use of its containers, which ECS's task definitions do not have",
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
        Field::described("taskDefinitionArn"),
        Field::described("status"),
        Field::described("requiresAttributes"),
        Field::described("compatibilities"),
        Field::described("registeredAt"),
        Field::described("registeredBy"),
        Field::described("deregisteredAt"),
        Field::described("deleteRequestedAt"),
    ],
};

/// `ephemeralStorage`.
pub static EPHEMERAL_STORAGE: Table = Table {
    name: "ephemeralStorage",
    doc: "Ephemeral storage on Fargate (facts/ecs.md 26).",
    fields: &[Field::new("sizeInGiB", Integer(21, 200), "size in GiB").required()],
};

/// The values of `operatingSystemFamily`. All but `LINUX` are Windows.
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
        Field::new(
            "cpuArchitecture",
            Choice(&["X86_64", "ARM64"]),
            "processor architecture",
        )
        .rule("any; on Fargate `X86_64`"),
        Field::new(
            "operatingSystemFamily",
            Choice(&OS_FAMILIES),
            "operating system",
        )
        .rule("any; on Fargate `LINUX`"),
    ],
};
