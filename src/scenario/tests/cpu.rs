//! The CPU of instances: credit options, speeds, limits and use, and what is refused of them.

use super::{check, problems, valid, with};
use crate::plan::{Capacity, CpuCredits};
use crate::units::{Cpu, Decimal};

/// The valid scenario with these members of its fleet.
fn fleet(members: &str) -> String {
    with(
        "fleet: [{ instanceType: m6i.large, count: 2 }]",
        &format!("fleet: [{members}]"),
    )
}

#[test]
fn the_credit_option_of_fleets_and_groups_is_read() {
    for (written, wanted) in [
        ("", None),
        (
            ", creditSpecification: { cpuCredits: standard }",
            Some(CpuCredits::Standard),
        ),
        (
            ", creditSpecification: { cpuCredits: unlimited }",
            Some(CpuCredits::Unlimited),
        ),
    ] {
        let study = valid(
            &fleet(&format!("{{ instanceType: t3.large, count: 2{written} }}")),
            &[],
        );
        let cluster = &study.study.variants[0].cluster;
        let Capacity::Fleet(members) = &cluster.providers[0].capacity else {
            panic!("a fleet")
        };
        assert_eq!(members[0].cpu_credits, wanted);
        let group = with(
            "fleet: [{ instanceType: m6i.large, count: 2 }]",
            &format!(
                "autoScalingGroup: {{ instanceTypes: [t3.large, m6i.large], minSize: 1, maxSize: 2{written} }}"
            ),
        );
        let study = valid(&group, &[]).study;
        let Capacity::Group(group) = &study.variants[0].cluster.providers[0].capacity else {
            panic!("a group")
        };
        assert_eq!(group.cpu_credits, wanted);
    }
}

#[test]
fn a_credit_option_needs_a_burstable_type_and_a_known_word() {
    check(
        &fleet(
            "{ instanceType: m6i.large, count: 2, creditSpecification: { cpuCredits: standard } }",
        ),
        "\
error: only burstable types (T2, T3, T3a, T4g) have CPU credits, and `m6i.large` is none
  shop.yaml:7:73  cluster.capacityProviders.ec2.fleet.0.creditSpecification
  7 |  count: 2, creditSpecification: { cpuCredits: standard } }]
    |                                 ^
hint: remove `creditSpecification`, or choose a burstable type",
    );
    let found = problems(
        &fleet(
            "{ instanceType: t3.large, count: 2, creditSpecification: { cpuCredits: unlimted } }",
        ),
        &[],
    );
    assert!(found.contains("did you mean `unlimited`?"), "{found}");
    let found = problems(
        &fleet("{ instanceType: t3.large, count: 2, creditSpecification: {} }"),
        &[],
    );
    assert!(found.contains("cpuCredits"), "{found}");
    let found = problems(
        &fleet(
            "{ instanceType: t3.large, count: 2 }, { instanceType: t3.large, count: 1, creditSpecification: { cpuCredits: standard } }",
        ),
        &[],
    );
    assert!(
        found.contains("has another `creditSpecification` in an earlier member"),
        "{found}"
    );
}

#[test]
fn speeds_are_of_types_and_families() {
    let speeds = |speeds: &str| {
        with(
            "cluster:\n",
            &format!("cluster:\n  processorSpeeds: {speeds}\n"),
        )
    };
    let of = |text: &str| {
        let study = valid(text, &[]).study;
        study.variants[0].cluster.instance_types[0].speed
    };
    assert_eq!(of(&speeds("{ m6i: 1.25 }")), Decimal::millionths(1_250_000));
    assert_eq!(
        of(&speeds("{ m6i: 1.25, m6i.large: 2 }")),
        Decimal::whole(2)
    );
    assert_eq!(of(&speeds("{ m7g: 2 }")), Decimal::whole(1));
    check(
        &speeds("{ m6: 1.25 }"),
        "\
error: there is no instance type or family `m6`
  shop.yaml:5:26  cluster.processorSpeeds.m6
  5 |   processorSpeeds: { m6: 1.25 }
    |                          ^^^^
hint: did you mean `m6a`? a type of `instanceTypes` has its own `speed`",
    );
    for bad in ["0", "101", "fast"] {
        let found = problems(&speeds(&format!("{{ m6i: {bad} }}")), &[]);
        assert!(found.contains("cluster.processorSpeeds.m6i"), "{found}");
    }
    let own = fleet("{ instanceType: rack, count: 1 }")
        + "instanceTypes: [{ name: rack, vcpu: 4, memory: 16 GiB, price: $0.1/h, speed: 1.5 }]\n";
    assert_eq!(of(&own), Decimal::millionths(1_500_000));
    let found = problems(&own.replace("speed: 1.5", "speed: 0"), &[]);
    assert!(
        found.contains("a processor cannot have the speed 0"),
        "{found}"
    );
}

/// A task with a `cpu` of its own has a hard limit; one whose containers have it may burst.
#[test]
fn the_cpu_of_a_task_as_a_whole_is_a_limit() {
    let service = "services:\n  - { serviceName: web, taskDefinition: report, desiredCount: 1, load: { requestsPerSecond: 1/s, cpuPerRequest: 10ms } }\ntasks:\n";
    let capped = with("tasks:\n", service);
    let plan = valid(&capped, &[]).study.variants[0].clone();
    assert!(plan.services[0].demand.cpu_is_limit && !plan.shares_cpu());
    let bursts = capped.replace("    cpu: 1024\n", "").replace(
        "image: shop/report:1 }",
        "image: shop/report:1, cpu: 1024 }",
    );
    let plan = valid(&bursts, &[]).study.variants[0].clone();
    assert!(!plan.services[0].demand.cpu_is_limit && plan.shares_cpu());
    let used = capped.replace(
        "duration: 90s",
        "duration: 90s\n    behavior: { cpuUse: 0.5 vCPU }",
    );
    let plan = valid(&used, &[]).study.variants[0].clone();
    assert_eq!(
        plan.tasks[0].containers[0].behavior.cpu_use,
        Cpu::units(512)
    );
    assert!(plan.shares_cpu());
    let found = problems(&used.replace("0.5 vCPU", "half"), &[]);
    assert!(found.contains("tasks.reports.behavior.cpuUse"), "{found}");
}

#[test]
fn what_has_no_effect_is_told() {
    let service = |load: &str| {
        format!(
            "services:\n  - {{ serviceName: web, taskDefinition: report, desiredCount: 1, load: {{ requestsPerSecond: 1/s, cpuPerRequest: 10ms, {load} }} }}\ntasks:\n"
        )
    };
    let warnings = |text: &str| valid(text, &[]).study.warnings.join("\n");
    let high = with("tasks:\n", &service("cpuLimit: 2 vCPU"));
    let told = warnings(&high);
    assert!(
        told.contains("a task cannot use more than its own `cpu` of 1 vCPU"),
        "{told}"
    );
    let exact = with("tasks:\n", &service("mode: exact")).replace("m6i.large", "t3.large");
    let told = warnings(&exact);
    assert!(
        told.contains("with `mode: exact` the CPU of a task does not change"),
        "{told}"
    );
    let used = with(
        "duration: 90s",
        "duration: 90s\n    behavior: { cpuUse: 4 vCPU }",
    );
    let told = warnings(&used);
    assert!(
        told.contains("use 4 vCPU (`cpuUse`), and the `cpu` of a task has 1 vCPU"),
        "{told}"
    );
    assert!(told.contains("tasks.reports.behavior.cpuUse"), "{told}");
    let idle = with("tasks:\n", "assumptions: { creditsAtStart: 50% }\ntasks:\n");
    let told = warnings(&idle);
    assert!(
        told.contains("`creditsAtStart` has an effect only with"),
        "{told}"
    );
}

/// What a load without a limit of CPU lacks is told as with one.
#[test]
fn a_load_whose_tasks_may_burst_is_checked() {
    let of = |load: &str| {
        let service = format!(
            "services:\n  - {{ serviceName: web, taskDefinition: report, desiredCount: 1, load: {{ cpuPerRequest: 10ms, {load} }} }}\ntasks:\n"
        );
        with("tasks:\n", &service)
            .replace("    cpu: 1024\n", "")
            .replace(
                "image: shop/report:1 }",
                "image: shop/report:1, cpu: 1024 }",
            )
    };
    for (load, wanted) in [
        (
            "requestsPerSecond: 1/s, idleMemory: 64 GiB",
            "`idleMemory` (64 GiB) is more than",
        ),
        (
            "requestsPerSecond: 1/s, idleCpu: 2 vCPU",
            "leaves nothing of the 2 vCPU of a task",
        ),
    ] {
        let found = problems(&of(load), &[]);
        assert!(found.contains(wanted), "{found}");
    }
    let warnings = valid(&of("requestsPerSecond: 300/s"), &[]).study.warnings;
    let warnings = warnings.join("\n");
    assert!(
        warnings.contains("up to 300.0 requests arrive per second"),
        "{warnings}"
    );
}
