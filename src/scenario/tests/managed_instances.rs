//! ECS Managed Instances in scenario files.

use super::groups::{FLEET, of};
use super::{check, problems, valid, with};
use crate::plan::{Plan, ScaleInAfter, Service};
use crate::units::{Memory, Span};

/// The valid scenario with Managed Instances of these keys; its work names their provider.
fn managed(keys: &str) -> String {
    let text = with(
        FLEET,
        &format!("      managedInstancesProvider: {{ {keys} }}"),
    );
    text.replace(
        "    duration: 90s",
        "    duration: 90s\n    capacityProviderStrategy: [{ capacityProvider: ec2 }]",
    )
}

/// The same with these keys of `instanceRequirements`.
fn required(keys: &str) -> String {
    managed(&format!(
        "instanceLaunchTemplate: {{ instanceRequirements: {{ {keys} }} }}"
    ))
}

#[track_caller]
fn plan(text: &str) -> Plan {
    valid(text, &[]).study.variants[0].clone()
}

fn types(plan: &Plan) -> Vec<&str> {
    let kinds = &plan.cluster.instance_types;
    let mut names: Vec<&str> = kinds.iter().map(|kind| kind.name.as_str()).collect();
    names.sort_unstable();
    names
}

const ANY: &str = "vCpuCount: { min: 0 }, memoryMiB: { min: 0 }";

#[test]
fn the_keys_of_aws_are_read_or_accepted() {
    let plan = plan(&managed(
        "infrastructureRoleArn: a, propagateTags: CAPACITY_PROVIDER, \
         infrastructureOptimization: { scaleInAfter: 300 }, \
         instanceLaunchTemplate: { ec2InstanceProfileArn: b, monitoring: BASIC, \
         networkConfiguration: { subnets: [s], securityGroups: [g], availabilityZones: [us-east-1b] }, \
         storageConfiguration: { storageSizeGiB: 100 }, \
         instanceRequirements: { vCpuCount: { min: 2, max: 4 }, memoryMiB: { min: 4096 }, \
         allowedInstanceTypes: [m6i.*, m6g.large], excludedInstanceTypes: [\"*.xlarge\"] } }",
    ));
    let group = of(&plan);
    let managed = group.managed_instances.expect("it is managed");
    assert_eq!(
        managed.scale_in_after,
        ScaleInAfter::After(Span::seconds(300))
    );
    assert_eq!(group.zones, [1]);
    assert_eq!(group.root_volume, Some(Memory::gib(100)));
    assert_eq!(types(&plan), ["m6g.large", "m6i.large"]);
    assert!(!group.registered_at_start && group.grows_for_tasks());
    assert_eq!(plan.tasks[0].placement, Service::managed_placement());
    // In `awsvpc`, the default there (facts/ecs.md 42g).
    assert_eq!(
        plan.tasks[0].demand.network_mode,
        crate::plan::NetworkMode::Awsvpc
    );
}

#[test]
fn without_keys_all_of_awss_defaults_hold() {
    let plan = plan(&managed(""));
    let group = of(&plan);
    assert_eq!(group.root_volume, Some(Memory::gib(80)));
    assert_eq!(group.zones, [0, 1, 2]);
    let managed = group.managed_instances.expect("it is managed");
    assert_eq!(managed.scale_in_after, ScaleInAfter::Assumed);
    // The catalog of the tests has one price for all: of each processor the three largest are left.
    let names = types(&plan);
    assert!(
        names.iter().all(|name| !name.starts_with("g4")),
        "{names:?}"
    );
    assert!(names.contains(&"r6i.4xlarge"), "{names:?}");
    for (text, wanted) in [
        ("-1", ScaleInAfter::Never),
        ("0", ScaleInAfter::After(Span::ZERO)),
        ("5m", ScaleInAfter::After(Span::seconds(300))),
        ("null", ScaleInAfter::Assumed),
    ] {
        let text = format!("infrastructureOptimization: {{ scaleInAfter: {text} }}");
        let plan = self::plan(&self::managed(&text));
        let managed = of(&plan).managed_instances.expect("it is managed");
        assert_eq!(managed.scale_in_after, wanted, "{text}");
    }
}

#[test]
fn a_type_of_ones_own_counts_where_it_is_named() {
    let own = "\ninstanceTypes:\n  - { name: rack, vcpu: 16, memory: 64 GiB, price: $0.50/h }\n";
    let text = required(&format!("{ANY}, allowedInstanceTypes: [rack]")) + own;
    assert_eq!(types(&plan(&text)), ["rack"]);
    let text = required(&format!("{ANY}, allowedInstanceTypes: [m6i.large, \"r*\"]")) + own;
    let plan = plan(&text);
    assert!(types(&plan).contains(&"rack"), "{:?}", types(&plan));
}

#[test]
fn requirements_without_a_type_say_which_condition_leaves_out_how_many() {
    check(
        &required(
            "vCpuCount: { min: 2, max: 4 }, memoryMiB: { min: 65536 }, allowedInstanceTypes: [m6i.large, m6i.xlarge, r6i.2xlarge]",
        ),
        r#"
error: no instance type meets these requirements
  shop.yaml:7:83  cluster.capacityProviders.ec2.managedInstancesProvider.instanceLaunchTemplate.instanceRequirements
  7 | mplate: { instanceRequirements: { vCpuCount: { min: 2, max: 4 }, memoryMiB: { min: 65536 }, allo
    |                                 ^
hint: of 3 types `vCpuCount 2 to 4` leaves out 1, `memoryMiB from 65536` leaves out 2; `m6i.large` fails only `memoryMiB from 65536`"#,
    );
}

#[test]
fn bad_requirements_are_located() {
    let said = |text: &str, wanted: &str| {
        let found = problems(text, &[]);
        assert!(found.contains(wanted), "{wanted}\n{found}");
    };
    said(&required("memoryMiB: { min: 1 }"), "`vCpuCount` is missing");
    said(
        &required("vCpuCount: { max: 1 }, memoryMiB: { min: 1 }"),
        "`min` is missing",
    );
    said(
        &required("vCpuCount: { min: 8, max: 2 }, memoryMiB: { min: 1 }"),
        "`min` (8) is above `max` (2)",
    );
    said(
        &required(&format!("{ANY}, allowedInstanceTypes: [m6i.lrge]")),
        "did you mean `m6i.large`?",
    );
    said(
        &required(&format!("{ANY}, allowedInstanceTypes: [\"m6y.*\"]")),
        "`m6y.*` stands for no instance type",
    );
    said(
        &required(&format!("{ANY}, allowedInstanceTypes: [m4.large]")),
        "`m4.large` is not supported by Managed Instances",
    );
    said(
        &required(&format!("{ANY}, cpuManufacturers: [intl]")),
        "did you mean `intel`?",
    );
    said(
        &required(&format!("{ANY}, vCpus: 3")),
        "`vCpus` is not a key of `instanceRequirements`",
    );
    said(
        &managed("infrastructureOptimization: { scaleInAfter: 4000 }"),
        "a whole number from 0 to 3600",
    );
    said(
        &managed("infrastructureOptimization: { scaleInAfter: 2h }"),
        "0 to 3600 seconds, or `-1` for never",
    );
    said(
        &managed("instanceLaunchTemplate: { capacityOptionType: RESERVED }"),
        "`RESERVED` is not modelled yet",
    );
    said(
        &managed("instanceLaunchTemplate: { storageConfiguration: { storageSizeGiB: 8 } }"),
        "a whole number from 30 to 16384",
    );
    said(
        &managed(
            "instanceLaunchTemplate: { networkConfiguration: { availabilityZones: [us-east-1x] } }",
        ),
        "`us-east-1x` is not a zone of this cluster",
    );
    let beside = managed("").replace(
        "      managedInstances",
        "      managedDraining: ENABLED\n      managedInstances",
    );
    said(
        &beside,
        "a provider with `managedInstancesProvider` has no `managedDraining`",
    );
}

#[test]
fn task_definitions_and_strategies_fit_managed_instances() {
    let compatible = |list: &str| {
        managed("").replace(
            "  - family: ",
            &format!("  - requiresCompatibilities: {list}\n    family: "),
        )
    };
    valid(&compatible("[MANAGED_INSTANCES]"), &[]);
    valid(
        &compatible("[FARGATE, MANAGED_INSTANCES]").replace("FARGATE, ", "EC2, "),
        &[],
    );
    let found = problems(&compatible("[EC2]"), &[]);
    let wanted = "does not list `MANAGED_INSTANCES` in `requiresCompatibilities`";
    assert!(found.contains(wanted), "{found}");
    let bridged = managed("").replace("  - family: ", "  - networkMode: bridge\n    family: ");
    let found = problems(&bridged, &[]);
    assert!(
        found.contains("which Managed Instances do not have"),
        "{found}"
    );
    let mixed = managed("").replace("    - name: ec2", "    - name: FARGATE\n    - name: ec2");
    let mixed = mixed.replace(
        "[{ capacityProvider: ec2 }]",
        "[{ capacityProvider: ec2, weight: 1 }, { capacityProvider: FARGATE, weight: 1 }]",
    );
    let found = problems(&mixed, &[]);
    let wanted =
        "a strategy has one kind of capacity: `ec2` is Managed Instances, `FARGATE` is Fargate";
    assert!(found.contains(wanted), "{found}");
}
