//! Capacity providers: a fleet, a group or Fargate; how variants change them, and whether tasks
//! fit.

use super::groups::{FLEET, group, of, one_type, under};
use super::{check, check_set, valid, with};
use crate::plan::Capacity;

#[test]
fn a_provider_is_a_fleet_or_a_group() {
    check(
        &with(
            FLEET,
            &format!("{FLEET}\n      autoScalingGroup: {{ minSize: 0, maxSize: 1 }}"),
        ),
        r#"
error: a provider has either a `fleet` or an `autoScalingGroup`
  shop.yaml:8:25  cluster.capacityProviders.ec2.autoScalingGroup
  8 |       autoScalingGroup: { minSize: 0, maxSize: 1 }
    |                         ^
hint: keep one of them"#,
    );
    check(
        &with(
            FLEET,
            &format!("{FLEET}\n      managedScaling: {{ status: ENABLED }}"),
        ),
        r#"
error: a provider with a `fleet` has no `managedScaling`
  shop.yaml:8:23  cluster.capacityProviders.ec2.managedScaling
  8 |       managedScaling: { status: ENABLED }
    |                       ^
hint: remove it, or give an `autoScalingGroup` instead of the `fleet`"#,
    );
    check(
        &with(FLEET, "      managedScaling: { status: ENABLED }"),
        r#"
error: `ec2` has no `autoScalingGroup`
  shop.yaml:6:7  cluster.capacityProviders.ec2
  6 |     - name: ec2
    |       ^
hint: give it `autoScalingGroup: { instanceTypes: [m6i.large], minSize: 0, maxSize: 10 }`"#,
    );
    check(
        &with(FLEET, "      autoScalingGrop: { minSize: 0 }"),
        r#"
error: `autoScalingGrop` is not a key of `capacityProvider`
  shop.yaml:7:7  cluster.capacityProviders.ec2.autoScalingGrop
  7 |       autoScalingGrop: { minSize: 0 }
    |       ^^^^^^^^^^^^^^^
hint: did you mean `autoScalingGroup`?"#,
    );
    check(
        &with(
            "    - name: ec2",
            "    - name: FARGATE\n      managedDraining: ENABLED\n    - name: ec2",
        ),
        r#"
error: `FARGATE` has no `managedDraining`
  shop.yaml:7:24  cluster.capacityProviders.FARGATE.managedDraining
  7 |       managedDraining: ENABLED
    |                        ^^^^^^^
hint: remove `managedDraining`, or give the provider another name"#,
    );
}

#[test]
fn fargate_spot_is_a_provider_by_name() {
    let text = with(
        "    - name: ec2",
        "    - name: FARGATE_SPOT\n    - name: ec2",
    )
    .replace(
        "    duration: 90s",
        "    duration: 90s\n    capacityProviderStrategy: [{ capacityProvider: FARGATE_SPOT }]",
    );
    let plan = &valid(&text, &[]).study.variants[0];
    assert!(matches!(
        plan.cluster.providers[0].capacity,
        Capacity::FargateSpot
    ));
    assert!(plan.tasks[0].demand.on_fargate && plan.has_spot());
    check(
        &text.replace("memory: 2048", "memory: 512"),
        r#"
error: `1 vCPU` on Fargate cannot have `512 MiB`
  shop.yaml:12:13  taskDefinitions.report.memory
  12 |     memory: 512
     |             ^^^
hint: choose 2 GiB, 3 GiB, 4 GiB, 5 GiB, 6 GiB, 7 GiB or 8 GiB, or lower `cpu`"#,
    );
}

#[test]
fn a_variant_turns_a_group_into_a_fleet_and_back() {
    let text = format!(
        "{}variants:\n  - name: group\n  - name: fleet\n    cluster:\n      capacityProviders:\n        \
         - {{ name: ec2, fleet: [{{ instanceType: m6i.large, count: 1 }}], autoScalingGroup: null }}\n  \
         - name: spot\n    cluster: {{ capacityProviders: [{{ name: ec2, autoScalingGroup: {{ spot: true }} }}] }}\n",
        under("managedScaling: { status: ENABLED }\n      managedDraining: DISABLED")
    );
    let study = valid(&text, &[]).study;
    assert!(of(&study.variants[0]).managed_scaling.is_some());
    let Capacity::Fleet(members) = &study.variants[1].cluster.providers[0].capacity else {
        panic!("no fleet")
    };
    assert_eq!(members.len(), 1);
    assert_eq!(
        of(&study.variants[2]).mix.on_demand_percentage_above_base,
        0
    );
    let back = format!(
        "{}variants:\n  - name: group\n    cluster: {{ capacityProviders: [{{ name: ec2, autoScalingGroup: \
         {{ instanceTypes: [m6i.large], minSize: 0, maxSize: 3 }} }}] }}\n",
        super::VALID
    );
    assert_eq!(of(&valid(&back, &[]).study.variants[0]).max_size, 3);
}

#[test]
fn a_list_of_types_is_replaced_and_not_merged() {
    let set = ["cluster.capacityProviders.ec2.autoScalingGroup.instanceTypes=[m6g.large]"];
    let plan = &valid(&one_type(""), &set).study.variants[0];
    assert_eq!(plan.cluster.instance_types.len(), 1);
    assert_eq!(plan.cluster.instance_types[0].name, "m6g.large");
    let set = ["cluster.capacityProviders.ec2.autoScalingGroup.maxSize=9"];
    assert_eq!(
        of(&valid(&one_type(""), &set).study.variants[0]).max_size,
        9
    );
    check_set(
        &one_type(""),
        &["cluster.capacityProviders.ec2.autoScalingGroup.maxsize=9"],
        r#"
error: there is no `maxsize` in `cluster.capacityProviders.ec2.autoScalingGroup`
  --set
   | cluster.capacityProviders.ec2.autoScalingGroup.maxsize=9
   |                                                ^^^^^^^
hint: did you mean `cluster.capacityProviders.ec2.autoScalingGroup.maxSize`?"#,
    );
}

#[test]
fn tasks_must_fit_a_type_of_the_group() {
    let large = |types: &str| {
        group(
            &format!("instanceTypes: [{types}], minSize: 0, maxSize: 4"),
            "",
        )
        .replace("cpu: 1024", "cpu: 4 vCPU")
    };
    valid(&large("m6i.large, m6i.xlarge"), &[]);
    check(
        &large("m6i.large"),
        r#"
error: a task may need 4 vCPU, 2 GiB, more than any instance here has; `m6i.large` has 2 vCPU, 7782 MiB
  shop.yaml:14:5  tasks.reports
  14 |   - name: reports
     |     ^
hint: `m6i.4xlarge` is large enough"#,
    );
    let none = group("instanceTypes: [m6i.large], minSize: 0, maxSize: 0", "");
    check(
        &none,
        r#"
error: there is no instance that these tasks could run on
  shop.yaml:14:5  tasks.reports
  14 |   - name: reports
     |     ^
hint: give a provider's `fleet` a count, or its `autoScalingGroup` a `maxSize`, above 0, or set `launchType: FARGATE`"#,
    );
}
