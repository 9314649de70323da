//! Task definitions: the resources that they reserve, and values that AWS refuses.

use super::{check, valid, with};
use crate::plan::{Drawn, MemoryDemand, NetworkMode, Port, Protocol};
use crate::units::{Cpu, Memory};

const SIZE: &str = "    cpu: 1024\n    memory: 2048\n";
const CONTAINERS: &str = "containerDefinitions: [{ name: report, image: shop/report:1 }]";

#[track_caller]
fn reserved(from: &str, to: &str) -> (Cpu, Memory) {
    let loaded = valid(&with(from, to), &[]);
    let demand = &loaded.study.variants[0].tasks[0].demand;
    match (&demand.cpu, &demand.memory) {
        (Drawn::Fixed(cpu), MemoryDemand::Absolute(Drawn::Fixed(memory))) => (*cpu, *memory),
        _ => panic!("not fixed"),
    }
}

fn containers(text: &str) -> String {
    with(CONTAINERS, &format!("containerDefinitions: [{text}]")).replace(SIZE, "")
}

/// facts/ecs.md 6.
#[test]
fn sizes_are_read_as_aws_writes_them() {
    let wanted = (Cpu::vcpus(1), Memory::gib(2));
    for size in [
        "    cpu: \"1024\"\n    memory: \"2048\"\n",
        "    cpu: 1 vCPU\n    memory: 2GB\n",
        "    cpu: \"1 vcpu\"\n    memory: \"2 gb\"\n",
    ] {
        assert_eq!(reserved(SIZE, size), wanted, "{size}");
    }
}

/// facts/ecs.md 11.
#[test]
fn a_reservation_that_equals_the_limit_is_taken() {
    let equal = containers("{ name: a, image: x, memory: 100, memoryReservation: 100 }");
    valid(&equal, &[]);
}

#[test]
fn a_name_that_is_empty_is_refused_like_a_missing_one() {
    check(
        &containers("{ name: a, image: \"\", memory: 100 }"),
        r#"
error: `image` is empty
  shop.yaml:10:39  taskDefinitions.report.containerDefinitions.a
  10 |     containerDefinitions: [{ name: a, image: "", memory: 100 }]
     |                                       ^^^^^
hint: add `image:`, name of the image"#,
    );
}

/// facts/ecs.md 12.
#[test]
fn without_task_sizes_the_containers_count() {
    let loaded = valid(
        &containers(
            "{ name: a, image: x, cpu: 256, memory: 1024, memoryReservation: 300 }, { name: b, image: y, memory: 200, essential: false }",
        ),
        &[],
    );
    let demand = &loaded.study.variants[0].tasks[0].demand;
    assert!(matches!(demand.cpu, Drawn::Fixed(cpu) if cpu == Cpu::units(256)));
    assert!(
        matches!(&demand.memory, MemoryDemand::Absolute(Drawn::Fixed(m)) if *m == Memory::mib(500))
    );
    // Only a size of the task itself limits all its containers together.
    assert!(!demand.limits_memory());
    let sized = valid(&with(CONTAINERS, CONTAINERS), &[]);
    assert!(sized.study.variants[0].tasks[0].demand.limits_memory());
}

#[test]
fn wrong_containers_are_refused() {
    check(
        &containers(""),
        r#"
error: a task needs at least one container
  shop.yaml:10:27  taskDefinitions.report.containerDefinitions
  10 |     containerDefinitions: []
     |                           ^"#,
    );
    check(
        &containers("{ name: a, image: x }"),
        r#"
error: neither the container nor the task has a memory size
  shop.yaml:10:28  taskDefinitions.report.containerDefinitions.a
  10 |     containerDefinitions: [{ name: a, image: x }]
     |                            ^
hint: give the container `memory` or `memoryReservation`, or the task `memory`"#,
    );
    check(
        &containers("{ name: a, image: x, memory: 100, memoryReservation: 101 }"),
        r#"
error: `memoryReservation` (101 MiB) is above `memory` (100 MiB)
  shop.yaml:10:81  taskDefinitions.report.containerDefinitions.a.memoryReservation
  10 |     containerDefinitions: [{ name: a, image: x, memory: 100, memoryReservation: 101 }]
     |                                                                                 ^^^"#,
    );
    check(
        &containers("{ name: a, image: x, memory: 4 }"),
        r#"
error: 4 MiB is too little for a container
  shop.yaml:10:28  taskDefinitions.report.containerDefinitions.a
  10 |     containerDefinitions: [{ name: a, image: x, memory: 4 }]
     |                            ^
hint: expected at least 6 MiB"#,
    );
    check(
        &containers("{ name: a, image: x, memory: 100, essential: false }"),
        r#"
error: at least one container must be essential
  shop.yaml:10:27  taskDefinitions.report.containerDefinitions
  10 |     containerDefinitions: [{ name: a, image: x, memory: 100, essential: false }]
     |                           ^
hint: set `essential: true` or leave the key out"#,
    );
    check(
        &containers("{ name: a, image: x, memory: 100 }, { name: a, image: x, memory: 100 }"),
        r#"
error: there are two entries named `a`
  shop.yaml:10:64  taskDefinitions.report.containerDefinitions.a
  10 | me: a, image: x, memory: 100 }, { name: a, image: x, memory: 100 }]
     |                                 ^
hint: names must differ"#,
    );
    check(
        &containers("{ name: a, memory: 100 }"),
        r#"
error: `image` is missing
  shop.yaml:10:28  taskDefinitions.report.containerDefinitions.a
  10 |     containerDefinitions: [{ name: a, memory: 100 }]
     |                            ^
hint: add `image:`, name of the image"#,
    );
    check(
        &containers("{ name: a, image: x, memory: 100, Essential: true, portBindings: [] }"),
        r#"
error: `Essential` is not a key of `containerDefinition`
  shop.yaml:10:62  taskDefinitions.report.containerDefinitions.a.Essential
  10 | name: a, image: x, memory: 100, Essential: true, portBindings: [] }]
     |                                 ^^^^^^^^^
hint: did you mean `essential`?

error: `portBindings` is not a key of `containerDefinition`
  shop.yaml:10:79  taskDefinitions.report.containerDefinitions.a.portBindings
  10 | , memory: 100, Essential: true, portBindings: [] }]
     |                                 ^^^^^^^^^^^^
hint: did you mean `portMappings`?"#,
    );
    check(
        &with(
            CONTAINERS,
            "containerDefinitions: [{ name: a, image: x, memory: 4096 }]",
        ),
        r#"
error: the containers need 4 GiB, more than the task's 2 GiB
  shop.yaml:9:5  taskDefinitions.report
  9 |   - family: report
    |     ^
hint: raise the task's `memory` or lower the containers'"#,
    );
    let many: Vec<String> = (0..11)
        .map(|n| format!("{{ name: c{n}, image: x, memory: 10 }}"))
        .collect();
    check(
        &containers(&many.join(", ")),
        r#"
error: 11 containers are more than the 10 that a task can have
  shop.yaml:10:27  taskDefinitions.report.containerDefinitions
  10 |     containerDefinitions: [{ name: c0, image: x, memory: 10 }, { name: c1, image: x, memory: 10
     |                           ^"#,
    );
}

#[test]
fn wrong_definitions_are_refused() {
    check(
        &with("cpu: 1024", "cpu: 100"),
        r#"
error: `0.09765625 vCPU` cannot be the CPU of a task
  shop.yaml:10:10  taskDefinitions.report.cpu
  10 |     cpu: 100
     |          ^^^
hint: expected 0.125 to 192 vCPU (128 to 196608 units)"#,
    );
    check(
        &with("cpu: 1024", "cpu: 2 GHz"),
        r#"
error: `GHz` is not a unit of CPU
  shop.yaml:10:10  taskDefinitions.report.cpu
  10 |     cpu: 2 GHz
     |          ^^^^^
hint: expected CPU such as `256` (ECS units, 1/1024 vCPU), `0.25 vCPU` or `250m`"#,
    );
    check(
        &with("memory: 2048", "memory: 0"),
        r#"
error: the memory of a task must be above 0
  shop.yaml:11:13  taskDefinitions.report.memory
  11 |     memory: 0
     |             ^"#,
    );
    check(
        &with("memory: 2048", "memory: 2048\n    networkMode: brige"),
        r#"
error: `brige` is not one of the allowed values
  shop.yaml:12:18  taskDefinitions.report.networkMode
  12 |     networkMode: brige
     |                  ^^^^^
hint: did you mean `bridge`? expected `bridge`, `host`, `awsvpc`, `none`"#,
    );
    check(
        &with(
            "memory: 2048",
            "memory: 2048\n    ephemeralStorage: { sizeInGiB: 20 }",
        ),
        r#"
error: `20` is not valid here
  shop.yaml:12:36  taskDefinitions.report.ephemeralStorage.sizeInGiB
  12 |     ephemeralStorage: { sizeInGiB: 20 }
     |                                    ^^
hint: expected a whole number from 21 to 200"#,
    );
    check(
        &with("family: report", "family: my report"),
        r#"
error: `my report` cannot be a family
  shop.yaml:9:13  taskDefinitions.my report.family
  9 |   - family: my report
    |             ^^^^^^^^^
hint: expected up to 255 letters, digits, `_` and `-`

error: there is no task definition `report`
  shop.yaml:15:21  tasks.reports.taskDefinition
  15 |     taskDefinition: report
     |                     ^^^^^^
hint: did you mean `my report`?"#,
    );
    check(
        &with(
            "cpu: 1024",
            "cpu: $$$CPU$$$\n    networkMode: \"{{ mode }}\"",
        ),
        r#"
error: `$$$CPU$$$` is a template's placeholder, not a value
  shop.yaml:10:10  taskDefinitions.report.cpu
  10 |     cpu: $$$CPU$$$
     |          ^^^^^^^^^
hint: replace the placeholder first; expected here: CPU such as `256` (ECS units, 1/1024 vCPU), `0.25 vCPU` or `250m`

error: `{{ mode }}` is a template's placeholder, not a value
  shop.yaml:11:18  taskDefinitions.report.networkMode
  11 |     networkMode: "{{ mode }}"
     |                  ^^^^^^^^^^^^
hint: replace the placeholder first; expected here: `bridge`, `host`, `awsvpc`, `none`"#,
    );
}

/// facts/ecs.md 13 and 14.
#[test]
fn ports_are_reserved_by_mode() {
    let ports = |mode: &str, mappings: &str| {
        let text = with(
            CONTAINERS,
            &format!(
                "networkMode: {mode}\n    containerDefinitions: [{{ name: a, image: x, portMappings: [{mappings}] }}]"
            ),
        );
        valid(&text, &[]).study.variants[0].tasks[0]
            .demand
            .host_ports
            .clone()
    };
    let tcp = |number| Port {
        protocol: Protocol::Tcp,
        number,
    };
    assert_eq!(
        ports(
            "bridge",
            "{ containerPort: 80 }, { containerPort: 81, hostPort: 0 }"
        ),
        []
    );
    assert_eq!(
        ports("bridge", "{ containerPort: 80, hostPort: 8080 }"),
        [tcp(8080)]
    );
    assert_eq!(ports("host", "{ containerPort: 80 }"), [tcp(80)]);
    assert_eq!(ports("awsvpc", "{ containerPort: 80, hostPort: 80 }"), []);
    assert_eq!(
        ports(
            "bridge",
            "{ containerPort: 53, hostPort: 53, protocol: udp }, { containerPort: 53, hostPort: 53 }"
        ),
        [
            tcp(53),
            Port {
                protocol: Protocol::Udp,
                number: 53
            }
        ]
    );
    let refused = |mode: &str, mappings: &str| {
        with(
            CONTAINERS,
            &format!(
                "networkMode: {mode}\n    containerDefinitions: [{{ name: a, image: x, portMappings: [{mappings}] }}]"
            ),
        )
    };
    check(
        &refused("bridge", "{ containerPort: 80, hostPort: 22 }"),
        r#"
error: host port 22 is reserved on every instance
  shop.yaml:13:64  taskDefinitions.report.containerDefinitions.a.portMappings.0
  13 | me: a, image: x, portMappings: [{ containerPort: 80, hostPort: 22 }] }]
     |                                 ^
hint: expected another port than 22, 2375, 2376 and 51678 to 51680"#,
    );
    check(
        &refused("host", "{ containerPort: 51680 }"),
        r#"
error: host port 51680 is reserved on every instance
  shop.yaml:13:64  taskDefinitions.report.containerDefinitions.a.portMappings.0
  13 |     containerDefinitions: [{ name: a, image: x, portMappings: [{ containerPort: 51680 }] }]
     |                                                                ^
hint: expected another port than 22, 2375, 2376 and 51678 to 51680"#,
    );
    check(
        &refused("host", "{ containerPort: 80 }, { containerPort: 80 }"),
        r#"
error: host port 80 is reserved twice in one task
  shop.yaml:13:87  taskDefinitions.report.containerDefinitions.a.portMappings.1
  13 | ppings: [{ containerPort: 80 }, { containerPort: 80 }] }]
     |                                 ^
hint: give each its own `hostPort`, or 0 for any"#,
    );
    check(
        &refused("awsvpc", "{ containerPort: 80, hostPort: 8080 }"),
        r#"
error: in network mode `awsvpc` the host port is the port of the container
  shop.yaml:13:64  taskDefinitions.report.containerDefinitions.a.portMappings.0
  13 | me: a, image: x, portMappings: [{ containerPort: 80, hostPort: 8080 }] }]
     |                                 ^
hint: leave `hostPort` out"#,
    );
    let found = |mode: &str, mappings: &str| super::problems(&refused(mode, mappings), &[]);
    for (mode, mappings, message) in [
        (
            "host",
            "{ containerPort: 80, hostPort: 81 }",
            "error: in network mode `host` the host port is the port of the container",
        ),
        (
            "host",
            "{ containerPortRange: 80-90 }",
            "error: network mode `host` has no ranges of ports",
        ),
        (
            "bridge",
            "{ containerPortRange: 90-80 }",
            "error: `90-80` is not a range of ports",
        ),
        (
            "bridge",
            "{ containerPortRange: 80-90, hostPort: 80 }",
            "error: `containerPortRange` and `hostPort` exclude each other",
        ),
        (
            "bridge",
            "{ containerPortRange: 80-90 }, { containerPort: 85 }",
            "error: container port 85 is in two mappings",
        ),
    ] {
        let text = found(mode, mappings);
        assert!(text.starts_with(message), "{text}");
    }
    assert_eq!(
        ports(
            "bridge",
            "{ containerPortRange: 80-90 }, { containerPort: 91 }"
        ),
        []
    );
    check(
        &refused("none", "{ containerPort: 80 }"),
        r#"
error: network mode `none` has no ports
  shop.yaml:13:64  taskDefinitions.report.containerDefinitions.a.portMappings.0
  13 |     containerDefinitions: [{ name: a, image: x, portMappings: [{ containerPort: 80 }] }]
     |                                                                ^
hint: remove `portMappings` or choose another `networkMode`"#,
    );
    check(
        &refused("host", "{ containerPort: 70000, protocol: icmp }"),
        r#"
error: `70000` is not valid here
  shop.yaml:13:81  taskDefinitions.report.containerDefinitions.a.portMappings.0.containerPort
  13 | portMappings: [{ containerPort: 70000, protocol: icmp }] }]
     |                                 ^^^^^
hint: expected a whole number from 0 to 65535

error: `icmp` is not one of the allowed values
  shop.yaml:13:98  taskDefinitions.report.containerDefinitions.a.portMappings.0.protocol
  13 | containerPort: 70000, protocol: icmp }] }]
     |                                 ^^^^
hint: expected `tcp`, `udp`"#,
    );
}

#[test]
fn gpus_are_whole_devices() {
    let text = with(
        CONTAINERS,
        "containerDefinitions: [{ name: a, image: x, resourceRequirements: [{ type: GPU, value: \"1\" }, { type: NeuronDevice, value: \"1\" }] }]",
    );
    let rack = format!(
        "{}instanceTypes: [{{ name: rack, vcpu: 8, memory: 8 GiB, gpus: 2, price: $1 }}]\n",
        text.replace("m6i.large", "rack")
    );
    let loaded = valid(&rack, &[]);
    assert_eq!(loaded.study.variants[0].tasks[0].demand.gpus, 1);
    assert_eq!(loaded.warnings.len(), 1);
    check(
        &text.replace("\"1\"", "half"),
        r#"
error: `half` is not valid here
  shop.yaml:12:92  taskDefinitions.report.containerDefinitions.a.resourceRequirements.0.value
  12 | uirements: [{ type: GPU, value: half }, { type: NeuronDevice, value: half }] }]
     |                                 ^^^^
hint: expected a whole number from 0 to 1024

warning: only GPUs are modelled; this requirement is left out
  shop.yaml:12:100  taskDefinitions.report.containerDefinitions.a.resourceRequirements.1
  12 | s: [{ type: GPU, value: half }, { type: NeuronDevice, value: half }] }]
     |                                 ^"#,
    );
}

#[test]
fn keys_that_are_not_modelled_are_a_warning_in_every_run() {
    let text = with(
        CONTAINERS,
        "inferenceAccelerators: [{ deviceName: a }]\n    containerDefinitions: [{ name: report, image: x, command: [b] }]",
    );
    let loaded = valid(&text, &[]);
    assert_eq!(
        loaded.study.warnings,
        [
            "taskDefinitions.report.inferenceAccelerators: `inferenceAccelerators` would change the result but is not modelled yet",
        ]
    );
    assert_eq!(
        loaded.study.ignored,
        ["taskDefinitions.report.containerDefinitions.report.command"]
    );
}

#[test]
fn a_family_means_its_latest_revision() {
    let text = with(
        "  - family: report\n",
        "  - { family: report, revision: 7, memory: 512, networkMode: host, containerDefinitions: [{ name: r, image: x }] }\n  - family: report\n",
    );
    let plan = &valid(&text, &[]).study.variants[0];
    assert_eq!(plan.tasks[0].definition, "report:7");
    assert_eq!(plan.tasks[0].demand.network_mode, NetworkMode::Host);
    let text = text.replace("taskDefinition: report", "taskDefinition: report:1");
    assert_eq!(
        valid(&text, &[]).study.variants[0].tasks[0].definition,
        "report:1"
    );
}
