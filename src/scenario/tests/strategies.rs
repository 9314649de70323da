//! Capacity provider strategies.

use super::groups::group;
use super::{check, valid, with};
use crate::plan::{StrategyItem, Target};

/// The valid scenario with three providers, and this strategy.
fn strategy(items: &str) -> String {
    with(
        "    - name: ec2",
        "    - name: FARGATE\n    - name: FARGATE_SPOT\n    - name: rest\n      fleet: [{ \
         instanceType: m6i.large, count: 1 }]\n    - name: ec2",
    )
    .replace(
        "    duration: 90s",
        &format!("    duration: 90s\n    capacityProviderStrategy: [{items}]"),
    )
}

#[track_caller]
fn target(items: &str) -> Target {
    let loaded = valid(&strategy(items), &[]);
    loaded.study.variants[0].tasks[0].target.clone()
}

fn item(provider: usize, base: u32, weight: u32) -> StrategyItem {
    StrategyItem {
        provider,
        base,
        weight,
    }
}

#[test]
fn bases_and_weights_are_those_of_fact_129() {
    assert_eq!(
        target(
            "{ capacityProvider: FARGATE, base: 2, weight: 1 }, { capacityProvider: FARGATE_SPOT, weight: 3 }"
        ),
        Target::Strategy(vec![item(0, 2, 1), item(1, 0, 3)])
    );
    assert_eq!(
        target("{ capacityProvider: ec2, weight: 1 }, { capacityProvider: rest, base: 4 }"),
        Target::Strategy(vec![item(3, 0, 1), item(2, 4, 0)])
    );
}

#[test]
fn items_that_get_no_tasks_are_left_out() {
    assert_eq!(target("{ capacityProvider: ec2 }"), Target::Provider(3));
    assert_eq!(
        target("{ capacityProvider: ec2, weight: 1 }, { capacityProvider: rest }"),
        Target::Provider(3)
    );
}

#[test]
fn a_cluster_has_a_default_strategy() {
    let text = strategy("{ capacityProvider: ec2 }")
        .replace("    capacityProviderStrategy: [{ capacityProvider: ec2 }]\n", "")
        .replace(
            "cluster:\n",
            "cluster:\n  defaultCapacityProviderStrategy: [{ capacityProvider: FARGATE, weight: 1 }, \
             { capacityProvider: FARGATE_SPOT, weight: 1 }]\n",
        );
    let plan = &valid(&text, &[]).study.variants[0];
    assert_eq!(
        plan.tasks[0].target,
        Target::Strategy(vec![item(0, 0, 1), item(1, 0, 1)])
    );
    assert!(plan.tasks[0].demand.on_fargate);
    check(
        &text.replace("FARGATE_SPOT, weight", "ec2, weight"),
        r#"
error: a strategy has one kind of capacity: `FARGATE` is Fargate, `ec2` is EC2
  shop.yaml:5:99  cluster.defaultCapacityProviderStrategy.1.capacityProvider
  5 | eight: 1 }, { capacityProvider: ec2, weight: 1 }]
    |                                 ^^^
hint: split the work into two entries, or keep one kind"#,
    );
}

/// AWS's API wants the default strategy written beside the providers, if only as an empty list. An
/// absent key is a short form for the only provider, if it can grow.
#[test]
fn the_only_provider_is_the_default_if_it_has_managed_scaling() {
    let managed = group(
        "instanceTypes: [m6i.large], minSize: 0, maxSize: 4",
        "      managedScaling: { status: ENABLED }",
    );
    let with_key = |list: &str| {
        let key = format!("cluster:\n  defaultCapacityProviderStrategy: {list}\n");
        managed.replace("cluster:\n", &key)
    };
    let with_entry =
        |key: &str| managed.replace("duration: 90s", &format!("duration: 90s\n    {key}"));
    let another = managed.replace(
        "taskDefinitions:",
        "    - name: other\n      fleet: [{ instanceType: m6i.large, count: 1 }]\ntaskDefinitions:",
    );
    for (text, target, notes) in [
        (managed.clone(), Target::Provider(0), 1),
        (
            with_key("[{ capacityProvider: ec2 }]"),
            Target::Provider(0),
            0,
        ),
        (with_key("[]"), Target::AnyInstance, 0),
        (with_entry("launchType: EC2"), Target::AnyInstance, 0),
        (
            with_entry("capacityProviderStrategy: [{ capacityProvider: ec2 }]"),
            Target::Provider(0),
            0,
        ),
        (another, Target::AnyInstance, 0),
        (
            managed.replace("ENABLED", "DISABLED"),
            Target::AnyInstance,
            0,
        ),
    ] {
        let loaded = valid(&text, &[]);
        assert_eq!(loaded.study.variants[0].tasks[0].target, target, "{text}");
        assert_eq!(loaded.notes.len(), notes, "{text}");
    }
    let loaded = valid(&managed, &[]);
    assert_eq!(
        loaded.notes[0].message,
        "work without `launchType` and `capacityProviderStrategy` uses `ec2`, the only capacity \
         provider, which has managed scaling"
    );
    assert!(loaded.warnings.is_empty());
    // Fargate is no provider of this cluster until an entry asks for it.
    let fargate = with_entry("launchType: FARGATE");
    assert_eq!(
        valid(&fargate, &[]).study.variants[0].tasks[0].target,
        Target::Provider(1)
    );
}

#[test]
fn strategies_that_aws_refuses_are_refused() {
    check(
        &strategy("{ capacityProvider: ec2 }, { capacityProvider: rest }"),
        r#"
error: a capacity provider strategy needs one item with a weight above 0
  shop.yaml:22:31  tasks.reports.capacityProviderStrategy
  22 |     capacityProviderStrategy: [{ capacityProvider: ec2 }, { capacityProvider: rest }]
     |                               ^
hint: a weight is 0 unless it is written: add `weight: 1`"#,
    );
    check(
        &strategy(
            "{ capacityProvider: ec2, base: 1, weight: 1 }, { capacityProvider: rest, base: 1 }",
        ),
        r#"
error: only one item can have a `base`
  shop.yaml:22:111  tasks.reports.capacityProviderStrategy.1.base
  22 | { capacityProvider: rest, base: 1 }]
     |                                 ^
hint: set the others to 0, or leave them out"#,
    );
    check(
        &strategy("{ capacityProvider: ec2, weight: 1 }, { capacityProvider: FARGATE, weight: 1 }"),
        r#"
error: a strategy has one kind of capacity: `ec2` is EC2, `FARGATE` is Fargate
  shop.yaml:22:90  tasks.reports.capacityProviderStrategy.1.capacityProvider
  22 | eight: 1 }, { capacityProvider: FARGATE, weight: 1 }]
     |                                 ^^^^^^^
hint: split the work into two entries, or keep one kind"#,
    );
    check(
        &strategy("{ capacityProvider: ec2, weight: 1 }, { capacityProvider: ec2, weight: 1 }"),
        r#"
error: `ec2` is listed twice
  shop.yaml:22:90  tasks.reports.capacityProviderStrategy.1.capacityProvider
  22 | eight: 1 }, { capacityProvider: ec2, weight: 1 }]
     |                                 ^^^
hint: keep one item, with both weights together"#,
    );
    check(
        &strategy("{ capacityProvider: FARGATE_SPOTS, weight: 1 }"),
        r#"
error: there is no capacity provider `FARGATE_SPOTS` in this cluster
  shop.yaml:22:52  tasks.reports.capacityProviderStrategy.0.capacityProvider
  22 |     capacityProviderStrategy: [{ capacityProvider: FARGATE_SPOTS, weight: 1 }]
     |                                                    ^^^^^^^^^^^^^
hint: did you mean `FARGATE_SPOT`?"#,
    );
    check(
        &strategy("{ capacityProvider: ec2, weight: 1001 }"),
        r#"
error: `1001` is not valid here
  shop.yaml:22:65  tasks.reports.capacityProviderStrategy.0.weight
  22 |     capacityProviderStrategy: [{ capacityProvider: ec2, weight: 1001 }]
     |                                                                 ^^^^
hint: expected a whole number from 0 to 1000"#,
    );
    check(
        &strategy(""),
        r#"
error: a capacity provider strategy needs one item with a weight above 0
  shop.yaml:22:31  tasks.reports.capacityProviderStrategy
  22 |     capacityProviderStrategy: []
     |                               ^
hint: give `{ capacityProvider: NAME, weight: 1 }`"#,
    );
    check(
        &strategy(&["{ capacityProvider: ec2 }"; 21].join(", ")),
        r#"
error: 21 items in one strategy are too many
  shop.yaml:22:31  tasks.reports.capacityProviderStrategy
  22 |     capacityProviderStrategy: [{ capacityProvider: ec2 }, { capacityProvider: ec2 }, { capacityP
     |                               ^
hint: expected at most 20"#,
    );
}

#[test]
fn a_provider_with_problems_is_not_unknown() {
    check(
        &strategy("{ capacityProvider: ec2, weight: 1 }").replace("count: 2", "count: two"),
        r#"
error: `two` is not a count
  shop.yaml:11:49  cluster.capacityProviders.ec2.fleet.0.count
  11 |       fleet: [{ instanceType: m6i.large, count: two }]
     |                                                 ^^^
hint: expected a whole number, `fit`, or `{ fit: { longestWait: 5m } }`"#,
    );
}
