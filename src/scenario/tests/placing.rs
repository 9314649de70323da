//! Launch types, strategies and policies of entries, and whether any instance is large enough.

use super::{check, valid, with};
use crate::plan::{Field, PlacementRule, SpreadField, Strategy, Target};

fn entry(more: &str) -> String {
    with(
        "    duration: 90s",
        &format!("    duration: 90s\n    {more}"),
    )
}

#[track_caller]
fn rule(more: &str) -> PlacementRule {
    valid(&entry(more), &[]).study.variants[0].tasks[0]
        .placement
        .clone()
}

#[test]
fn placement_rules_are_read() {
    assert_eq!(rule("count: 2"), PlacementRule::Ecs(vec![]));
    assert_eq!(
        rule(
            "placementStrategy: [{ type: spread, field: attribute:ecs.availability-zone }, { type: binpack, field: MEMORY }, { type: random }]"
        ),
        PlacementRule::Ecs(vec![
            Strategy::Spread(SpreadField::Attribute("ecs.availability-zone".into())),
            Strategy::Binpack(Field::Memory),
            Strategy::Random,
        ])
    );
    assert_eq!(
        rule("placementStrategy: [{ type: spread, field: host }, { type: binpack, field: cpu }]"),
        PlacementRule::Ecs(vec![
            Strategy::Spread(SpreadField::InstanceId),
            Strategy::Binpack(Field::Cpu)
        ])
    );
    assert_eq!(rule("placementPolicy: firstFit"), PlacementRule::FirstFit);
    assert_eq!(rule("placementPolicy: nextFit"), PlacementRule::NextFit);
    assert_eq!(
        rule("placementPolicy: fewestTasks"),
        PlacementRule::FewestTasks
    );
    assert_eq!(
        rule("placementPolicy: dotProduct"),
        PlacementRule::DotProduct
    );
    assert_eq!(
        rule("placementPolicy: { bestFit: cpu }"),
        PlacementRule::BestFit(Field::Cpu)
    );
    assert_eq!(
        rule("placementPolicy: { worstFit: memory }"),
        PlacementRule::WorstFit(Field::Memory)
    );
}

#[test]
fn wrong_placement_is_refused() {
    check(
        &entry("placementStrategy: [{ type: binpack }]"),
        r#"
error: `field` is missing
  shop.yaml:18:25  tasks.reports.placementStrategy.0
  18 |     placementStrategy: [{ type: binpack }]
     |                         ^
hint: expected `cpu` or `memory`"#,
    );
    check(
        &entry(
            "placementStrategy: [{ type: binpack, field: gpu }, { type: spread, field: zone }, { type: random, field: cpu }]",
        ),
        r#"
error: `gpu` is not a field of this strategy
  shop.yaml:18:49  tasks.reports.placementStrategy.0.field
  18 | ategy: [{ type: binpack, field: gpu }, { type: spread, field: zone }, { type: random, field: cpu
     |                                 ^^^
hint: expected `cpu` or `memory`

error: `zone` is not a field of this strategy
  shop.yaml:18:79  tasks.reports.placementStrategy.1.field
  18 | : gpu }, { type: spread, field: zone }, { type: random, field: cpu }]
     |                                 ^^^^
hint: expected `instanceId` or `attribute:ecs.availability-zone`

error: `cpu` is not a field of this strategy
  shop.yaml:18:110  tasks.reports.placementStrategy.2.field
  18 |  zone }, { type: random, field: cpu }]
     |                                 ^^^
hint: expected no field: `random` has none"#,
    );
    check(
        &entry(
            "placementStrategy: [{ type: random }, { type: random }, { type: random }, { type: random }, { type: random }, { type: random }]",
        ),
        r#"
error: 6 strategies are too many
  shop.yaml:18:24  tasks.reports.placementStrategy
  18 |     placementStrategy: [{ type: random }, { type: random }, { type: random }, { type: random },
     |                        ^
hint: expected at most 5"#,
    );
    check(
        &entry("placementPolicy: bestFit"),
        r#"
error: `bestFit` needs a resource
  shop.yaml:18:22  tasks.reports.placementPolicy
  18 |     placementPolicy: bestFit
     |                      ^^^^^^^
hint: expected `{ bestFit: cpu }` or `{ bestFit: memory }`"#,
    );
    check(
        &entry("placementPolicy: frstFit"),
        r#"
error: `frstFit` is not a placement policy
  shop.yaml:18:22  tasks.reports.placementPolicy
  18 |     placementPolicy: frstFit
     |                      ^^^^^^^
hint: did you mean `firstFit`?"#,
    );
    check(
        &entry("placementPolicy: { bestFit: cpu, worstFit: cpu }"),
        r#"
error: only one of these keys can be given
  shop.yaml:18:22  tasks.reports.placementPolicy
  18 |     placementPolicy: { bestFit: cpu, worstFit: cpu }
     |                      ^
hint: keep one of `bestFit`, `worstFit`"#,
    );
    check(
        &entry("placementPolicy: firstFit\n    placementStrategy: [{ type: random }]"),
        r#"
error: `placementStrategy` and `placementPolicy` exclude each other
  shop.yaml:18:22  tasks.reports.placementPolicy
  18 |     placementPolicy: firstFit
     |                      ^^^^^^^^
hint: keep one of them"#,
    );
}

#[test]
fn targets_are_found() {
    let target = |text: &str| valid(text, &[]).study.variants[0].tasks[0].target.clone();
    assert_eq!(target(&entry("count: 1")), Target::AnyInstance);
    assert_eq!(target(&entry("launchType: EC2")), Target::AnyInstance);
    assert_eq!(
        target(&entry(
            "capacityProviderStrategy: [{ capacityProvider: ec2 }]"
        )),
        Target::Provider(0)
    );
    let default =
        "cluster:\n  defaultCapacityProviderStrategy: [{ capacityProvider: ec2, weight: 1 }]\n";
    assert_eq!(target(&with("cluster:\n", default)), Target::Provider(0));
}

#[test]
fn wrong_targets_are_refused() {
    check(
        &entry("launchType: EC3"),
        r#"
error: `EC3` is not one of the allowed values
  shop.yaml:18:17  tasks.reports.launchType
  18 |     launchType: EC3
     |                 ^^^
hint: did you mean `EC2`? expected `EC2`, `FARGATE`"#,
    );
    check(
        &entry("launchType: EC2\n    capacityProviderStrategy: [{ capacityProvider: ec2 }]"),
        r#"
error: `launchType` and `capacityProviderStrategy` exclude each other
  shop.yaml:18:17  tasks.reports.launchType
  18 |     launchType: EC2
     |                 ^^^
hint: keep one of them"#,
    );
    check(
        &entry("capacityProviderStrategy: [{ capacityProvider: ec22 }]"),
        r#"
error: there is no capacity provider `ec22` in this cluster
  shop.yaml:18:52  tasks.reports.capacityProviderStrategy.0.capacityProvider
  18 |     capacityProviderStrategy: [{ capacityProvider: ec22 }]
     |                                                    ^^^^
hint: did you mean `ec2`?"#,
    );
    check(
        &entry("capacityProviderStrategy: [{ capacityProvider: ec2, weight: 0 }]"),
        r#"
error: a capacity provider strategy needs one item with a weight above 0
  shop.yaml:18:31  tasks.reports.capacityProviderStrategy
  18 |     capacityProviderStrategy: [{ capacityProvider: ec2, weight: 0 }]
     |                               ^
hint: write `weight: 1`"#,
    );
    check(
        &entry("capacityProviderStrategy: [{ capacityProvider: FARGATE }]"),
        r#"
error: there is no capacity provider `FARGATE` in this cluster
  shop.yaml:18:52  tasks.reports.capacityProviderStrategy.0.capacityProvider
  18 |     capacityProviderStrategy: [{ capacityProvider: FARGATE }]
     |                                                    ^^^^^^^
hint: add `- name: FARGATE` to `capacityProviders`"#,
    );
    check(
        &with("taskDefinition: report", "taskDefinition: reprot"),
        r#"
error: there is no task definition `reprot`
  shop.yaml:15:21  tasks.reports.taskDefinition
  15 |     taskDefinition: reprot
     |                     ^^^^^^
hint: did you mean `report`?"#,
    );
    check(
        &with("taskDefinition: report", "taskDefinition: report:2"),
        r#"
error: there is no task definition `report:2`
  shop.yaml:15:21  tasks.reports.taskDefinition
  15 |     taskDefinition: report:2
     |                     ^^^^^^^^
hint: did you mean `report:1`? the definition of `report` has the revision 1; to use it here, set its `revision: 2`"#,
    );
}

#[test]
fn tasks_that_fit_no_instance_are_refused() {
    check(
        &with("cpu: 1024", "cpu: 4 vCPU"),
        r#"
error: a task may need 4 vCPU, 2 GiB, more than any instance here has; `m6i.large` has 2 vCPU, 7782 MiB
  shop.yaml:14:5  tasks.reports
  14 |   - name: reports
     |     ^
hint: `m6i.4xlarge` is large enough"#,
    );
    check(
        &with("memory: 2048", "memory: 8 GB"),
        r#"
error: a task may need 1 vCPU, 8 GiB, more than any instance here has; `m6i.large` has 2 vCPU, 7782 MiB
  shop.yaml:14:5  tasks.reports
  14 |   - name: reports
     |     ^
hint: `m6i.4xlarge` is large enough"#,
    );
    check(
        &entry("overrides: { memory: { oneOf: [1 GiB, 9 GiB] } }"),
        r#"
error: a task may need 1 vCPU, 9 GiB, more than any instance here has; `m6i.large` has 2 vCPU, 7782 MiB
  shop.yaml:14:5  tasks.reports
  14 |   - name: reports
     |     ^
hint: `m6i.4xlarge` is large enough"#,
    );
    check(
        &entry("overrides: { gpus: 1 }"),
        r#"
error: a task may need 1 vCPU, 2 GiB, 1 GPU, more than any instance here has; `m6i.large` has 2 vCPU, 7782 MiB
  shop.yaml:14:5  tasks.reports
  14 |   - name: reports
     |     ^
hint: choose larger instances, or request less"#,
    );
    // A law without an upper bound cannot be checked; the run counts tasks that fit no instance.
    valid(
        &entry("overrides: { memory: { exponential: { mean: 1 GiB } } }"),
        &[],
    );
}

#[test]
fn processors_and_interfaces_must_exist() {
    check(
        &with(
            "cpu: 1024",
            "cpu: 1024\n    runtimePlatform: { cpuArchitecture: ARM64 }",
        ),
        r#"
error: `report:1` needs ARM64, which no instance here has
  shop.yaml:15:5  tasks.reports
  15 |   - name: reports
     |     ^
hint: use `m6g.4xlarge`, or change `runtimePlatform`"#,
    );
    let rack = |interfaces: u32| {
        format!(
            "{}instanceTypes: [{{ name: rack, vcpu: 8, memory: 8 GiB, price: $1, taskInterfaces: {interfaces} }}]\n",
            with("m6i.large", "rack")
                .replace("    cpu: 1024", "    cpu: 1024\n    networkMode: awsvpc")
        )
    };
    valid(&rack(1), &[]);
    check(
        &rack(0),
        r#"
error: no instance here has a network interface for an `awsvpc` task
  shop.yaml:15:5  tasks.reports
  15 |   - name: reports
     |     ^
hint: choose larger instances, `awsvpcTrunking: enabled`, or another `networkMode`"#,
    );
}

#[test]
fn trunking_gives_more_interfaces() {
    let interfaces =
        |text: &str| valid(text, &[]).study.variants[0].cluster.instance_types[0].task_interfaces;
    assert_eq!(
        interfaces(&with(
            "cluster:\n",
            "cluster:\n  awsvpcTrunking: disabled\n"
        )),
        2
    );
    assert_eq!(
        interfaces(&with("cluster:\n", "cluster:\n  awsvpcTrunking: enabled\n")),
        10
    );
}
