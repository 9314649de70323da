//! Fargate: sizes, network modes, and keys that it refuses.

use super::{VALID, check, valid, with};
use crate::catalog::Architecture;
use crate::plan::{Capacity, NetworkMode, Target};

fn on_fargate(from: &str, to: &str) -> String {
    with(from, to).replace(
        "    duration: 90s",
        "    duration: 90s\n    launchType: FARGATE",
    )
}

#[test]
fn fargate_spot_is_a_capacity_provider() {
    check(
        &on_fargate("until: 7d", "until: 7d")
            .replace("launchType: FARGATE", "launchType: FARGATE_SPOT"),
        r#"
error: `FARGATE_SPOT` is a capacity provider, not a launch type
  shop.yaml:18:17  tasks.reports.launchType
  18 |     launchType: FARGATE_SPOT
     |                 ^^^^^^^^^^^^
hint: write `capacityProviderStrategy: [{ capacityProvider: FARGATE_SPOT }]` instead of `launchType`"#,
    );
}

#[test]
fn a_launch_type_needs_no_provider() {
    let plan = &valid(&on_fargate("until: 7d", "until: 7d"), &[])
        .study
        .variants[0];
    let Target::Provider(index) = plan.tasks[0].target else {
        panic!("no provider")
    };
    assert_eq!(plan.cluster.providers[index].name, "FARGATE");
    assert!(matches!(
        plan.cluster.providers[index].capacity,
        Capacity::Fargate
    ));
    let demand = &plan.tasks[0].demand;
    assert!(demand.on_fargate);
    assert_eq!(demand.network_mode, NetworkMode::Awsvpc);
    assert_eq!(demand.architecture, Some(Architecture::X86));
}

#[test]
fn an_invalid_size_lists_the_valid_ones() {
    check(
        &on_fargate(
            "cpu: 1024\n    memory: 2048",
            "cpu: 0.25 vCPU\n    memory: 3 GB",
        ),
        r#"
error: `0.25 vCPU` on Fargate cannot have `3 GiB`
  shop.yaml:11:13  taskDefinitions.report.memory
  11 |     memory: 3 GB
     |             ^^^^
hint: choose 512 MiB, 1 GiB or 2 GiB, or raise `cpu`"#,
    );
    check(
        &on_fargate("memory: 2048", "memory: 512"),
        r#"
error: `1 vCPU` on Fargate cannot have `512 MiB`
  shop.yaml:11:13  taskDefinitions.report.memory
  11 |     memory: 512
     |             ^^^
hint: choose 2 GiB, 3 GiB, 4 GiB, 5 GiB, 6 GiB, 7 GiB or 8 GiB, or lower `cpu`"#,
    );
    check(
        &on_fargate("cpu: 1024", "cpu: 300"),
        r#"
error: Fargate has no size of `0.29296875 vCPU`
  shop.yaml:10:10  taskDefinitions.report.cpu
  10 |     cpu: 300
     |          ^^^
hint: choose 0.25 vCPU, 0.5 vCPU, 1 vCPU, 2 vCPU, 4 vCPU, 8 vCPU or 16 vCPU"#,
    );
    check(
        &on_fargate(
            "cpu: 1024\n    memory: 2048",
            "cpu: 4096\n    memory: 31 GB",
        ),
        r#"
error: `4 vCPU` on Fargate cannot have `31 GiB`
  shop.yaml:11:13  taskDefinitions.report.memory
  11 |     memory: 31 GB
     |             ^^^^^
hint: choose 8 GiB to 30 GiB in steps of 1 GiB, or raise `cpu`"#,
    );
    check(
        &on_fargate("    cpu: 1024\n    memory: 2048\n", "    memory: 2048\n"),
        r#"
error: a task on Fargate needs `cpu` and `memory` at task level
  shop.yaml:9:5  taskDefinitions.report
  9 |   - family: report
    |     ^
hint: set both, such as `cpu: 256` and `memory: 512`"#,
    );
}

#[test]
fn keys_that_fargate_refuses_are_refused() {
    check(
        &on_fargate("cpu: 1024", "cpu: 1024\n    networkMode: bridge"),
        r#"
error: network mode `bridge` does not exist on Fargate
  shop.yaml:9:5  taskDefinitions.report
  9 |   - family: report
    |     ^
hint: set `networkMode: awsvpc`, or leave it out"#,
    );
    check(
        &on_fargate(
            "image: shop/report:1",
            "image: x, privileged: true, links: [db], extraHosts: []",
        ),
        r#"
error: Fargate does not take `links`, `privileged`
  shop.yaml:9:5  taskDefinitions.report
  9 |   - family: report
    |     ^
hint: remove it, or run the task on EC2"#,
    );
    check(
        &on_fargate(
            "    containerDefinitions: [{ name: report, image: shop/report:1 }]",
            "    volumes: [{ name: v, dockerVolumeConfiguration: { scope: task } }]\n    containerDefinitions: [{ name: report, image: x, linuxParameters: { maxSwap: 0, swappiness: 10, initProcessEnabled: true } }]",
        ),
        r#"
error: Fargate does not take `dockerVolumeConfiguration`, `maxSwap`, `swappiness`
  shop.yaml:9:5  taskDefinitions.report
  9 |   - family: report
    |     ^
hint: remove it, or run the task on EC2"#,
    );
    check(
        &on_fargate(
            "cpu: 1024",
            "cpu: 1024\n    runtimePlatform: { operatingSystemFamily: WINDOWS_SERVER_2022_CORE }",
        ),
        r#"
error: Windows on Fargate is not modelled yet
  shop.yaml:9:5  taskDefinitions.report
  9 |   - family: report
    |     ^"#,
    );
    check(
        &on_fargate("until: 7d", "until: 7d\nregion: eu-north-1"),
        r#"
error: no price of `m6i.large` is known in `eu-north-1`
  shop.yaml:8:31  cluster.capacityProviders.ec2.fleet.0.instanceType
  8 |       fleet: [{ instanceType: m6i.large, count: 2 }]
    |                               ^^^^^^^^^
hint: no instance type has a price in this region: choose one of `us-east-1`, or define types of your own with a `price` in `instanceTypes`

error: no price of Fargate on X86_64 is known in `eu-north-1`
  shop.yaml:15:5  tasks.reports
  15 |   - name: reports
     |     ^
hint: choose another region: no price of Fargate is known in this one"#,
    );
}

#[test]
fn required_compatibility_is_checked_on_its_own() {
    check(
        &with(
            "memory: 2048",
            "memory: 512\n    requiresCompatibilities: [FARGATE, EC2]",
        ),
        r#"
error: `1 vCPU` on Fargate cannot have `512 MiB`
  shop.yaml:11:13  taskDefinitions.report.memory
  11 |     memory: 512
     |             ^^^
hint: choose 2 GiB, 3 GiB, 4 GiB, 5 GiB, 6 GiB, 7 GiB or 8 GiB, or lower `cpu`"#,
    );
    check(
        &with(
            "memory: 2048",
            "memory: 2048\n    requiresCompatibilities: [FARGATE]",
        ),
        r#"
error: `report:1` does not list `EC2` in `requiresCompatibilities`
  shop.yaml:15:5  tasks.reports
  15 |   - name: reports
     |     ^
hint: add it there, or leave the key out"#,
    );
    check(
        &with(
            "memory: 2048",
            "memory: 2048\n    requiresCompatibilities: [fargate]",
        ),
        r#"
error: `fargate` is not one of the allowed values
  shop.yaml:12:31  taskDefinitions.report.requiresCompatibilities.0
  12 |     requiresCompatibilities: [fargate]
     |                               ^^^^^^^
hint: did you mean `FARGATE`? expected `EC2`, `FARGATE`, `EXTERNAL`, `MANAGED_INSTANCES`"#,
    );
}

#[test]
fn drawn_sizes_need_only_be_small_enough() {
    let drawn = |memory: &str| {
        on_fargate(
            "duration: 90s",
            &format!(
                "duration: 90s\n    overrides: {{ cpu: {{ uniform: {{ low: 0.1 vCPU, high: 3 vCPU }} }}, memory: {memory} }}"
            ),
        )
    };
    valid(&drawn("{ uniform: { low: 100 MiB, high: 100 GiB } }"), &[]);
    check(
        &drawn("{ uniform: { low: 100 MiB, high: 200 GiB } }"),
        r#"
error: a task may need 3 vCPU, 200 GiB, more than Fargate's largest size
  shop.yaml:14:5  tasks.reports
  14 |   - name: reports
     |     ^
hint: request less, or run the tasks on EC2"#,
    );
    check(
        &on_fargate(
            "duration: 90s",
            "duration: 90s\n    overrides: { cpu: 1 vCPU, memory: 1 GiB }",
        ),
        r#"
error: `1 vCPU` on Fargate cannot have `1 GiB`
  shop.yaml:19:16  tasks.reports.overrides
  19 |     overrides: { cpu: 1 vCPU, memory: 1 GiB }
     |                ^
hint: choose 2 GiB, 3 GiB, 4 GiB, 5 GiB, 6 GiB, 7 GiB or 8 GiB, or lower `cpu`"#,
    );
    let _ = VALID;
}

/// AWS refuses both keys (facts/ecs.md 94); here a strategy is a warning, so that a variant can move
/// tasks to Fargate.
#[test]
fn placement_keys_are_not_for_fargate() {
    let text = on_fargate("count: 2", "count: fit").replace(
        "    launchType: FARGATE",
        "    launchType: FARGATE\n    placementStrategy: [{ type: random }]",
    );
    assert_eq!(
        valid(&text, &[]).study.warnings,
        [
            "tasks.reports.placementStrategy: `placementStrategy` has no effect on Fargate, where AWS refuses it"
        ]
    );
    let constrained = text.replace(
        "placementStrategy: [{ type: random }]",
        "placementConstraints: [{ type: distinctInstance }]",
    );
    let found = super::problems(&constrained, &[]);
    let message = "error: Fargate does not take `placementConstraints`";
    assert!(found.starts_with(message), "{found}");
    let text = text.replace("launchType: FARGATE", "launchType: EC2");
    assert!(valid(&text, &[]).study.warnings.is_empty());
    let emptied = on_fargate("count: 2", "count: fit").replace(
        "    launchType: FARGATE",
        "    launchType: FARGATE\n    placementStrategy: []",
    );
    assert!(valid(&emptied, &[]).study.warnings.is_empty());
}
