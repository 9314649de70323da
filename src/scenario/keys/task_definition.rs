//! Field tables of task definitions, as `register-task-definition` takes them and
//! `describe-task-definition` returns them.

use super::behavior::TASK_BEHAVIOR;
use super::containers::CONTAINER;
use super::table::{Field, Table, Type};
use Type::{Choice, Cpu, Entities, File, Integer, List, Map, Name, TaskMemory};

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
