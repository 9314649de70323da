//! Warnings of values that are valid but have no effect in their scenario.

use super::{valid, with};

const SIZE: &str = "    memory: 2048\n";
const IMAGE: &str = "image: shop/report:1 }";
const NONE: &str = "delays: none\n";
const NO_CHECK: &str = "`report` has no `healthCheck`: this has no effect";

/// The warnings of a text, as they are listed in a report.
#[track_caller]
fn warnings(text: &str) -> Vec<String> {
    valid(text, &[]).study.warnings
}

fn checked(text: &str) -> String {
    let check = "image: shop/report:1, healthCheck: { command: [CMD, 'true'] } }";
    assert!(text.contains(IMAGE));
    text.replace(IMAGE, check)
}

#[test]
fn behavior_of_a_missing_health_check_is_a_warning() {
    for (key, value) in [
        ("healthFailures", "2/h"),
        ("probeFailure", "hangs"),
        ("timeToHealthy", "20s"),
    ] {
        let behavior = format!("{SIZE}    behavior: {{ {key}: {value} }}\n");
        let text = with(SIZE, &behavior);
        let path = format!("taskDefinitions.report.behavior.{key}");
        assert_eq!(warnings(&text), [format!("{path}: {NO_CHECK}")]);
        assert!(warnings(&checked(&text)).is_empty());
    }
    let nothing = "{ healthFailures: 0/h, probeFailure: refused, timeToHealthy: 0s }";
    let text = with(SIZE, &format!("{SIZE}    behavior: {nothing}\n"));
    assert!(warnings(&text).is_empty());
}

#[test]
fn faults_of_missing_health_checks_are_a_warning() {
    let faults = |of: &str| {
        let fault = format!("  - {{ name: f, healthCheckFailure: {of}, at: 1d }}\n");
        with(NONE, &format!("{NONE}faults:\n{fault}"))
    };
    for of in ["{}", "{ tasks: reports }", "{ container: report }"] {
        let text = faults(of);
        let expected = format!("faults.f.healthCheckFailure: {NO_CHECK}");
        assert_eq!(warnings(&text), [expected]);
        assert!(warnings(&checked(&text)).is_empty());
    }
    // No warning if one of the selected containers has a health check.
    let second = ", { name: logs, image: b, essential: false }]";
    let text = checked(&faults("{}")).replace("} }]", &format!("}} }}{second}"));
    assert!(warnings(&text).is_empty());
    let logs = text.replace(
        "healthCheckFailure: {}",
        "healthCheckFailure: { container: logs }",
    );
    assert_eq!(
        warnings(&logs),
        ["faults.f.healthCheckFailure: `logs` has no `healthCheck`: this has no effect"]
    );
}

#[test]
fn instance_numbers_beyond_a_fixed_fleet_are_a_warning() {
    let faults = |of: &str| {
        let fault = format!("  - {{ name: f, agentDisconnect: {of}, at: 1d, lasts: 1h }}\n");
        with(NONE, &format!("{NONE}faults:\n{fault}"))
    };
    let loaded = valid(&faults("{ instances: [0, 7] }"), &[]);
    let warning = loaded.warnings[0].to_string();
    assert_eq!(
        warning,
        r#"warning: there is no instance 7
  shop.yaml:20:46  faults.f.agentDisconnect.instances
  20 |   - { name: f, agentDisconnect: { instances: [0, 7] }, at: 1d, lasts: 1h }
     |                                              ^
hint: expected numbers from 0 in the order of the file; there are instances 0 to 1"#
    );
    assert!(warnings(&faults("{ instances: [0, 1] }")).is_empty());
    // Instances are numbered over all providers.
    let more =
        "    - name: ec2\n      fleet: [{ instanceType: m6i.large, count: 3 }]\n    - name: rest\n";
    let two = |of: &str| faults(of).replace("    - name: ec2\n", more);
    assert!(warnings(&two("{ capacityProvider: rest, instances: [3, 4] }")).is_empty());
    let found = valid(&two("{ capacityProvider: rest, instances: [0] }"), &[]);
    assert_eq!(
        found.warnings[0].message,
        "there is no instance 0 in `rest`"
    );
    assert!(
        found.warnings[0]
            .expected
            .as_ref()
            .unwrap()
            .contains("3 to 4")
    );
    // The number of instances is not known before the run.
    let fit = faults("{ instances: [7] }").replace("count: 2", "count: fit");
    assert!(warnings(&fit).is_empty());
}

#[test]
fn attributes_that_no_instance_has_are_a_warning() {
    let spread = |name: &str| {
        let strategy = format!("[{{ type: spread, field: attribute:{name} }}]");
        with(
            "    duration: 90s\n",
            &format!("    duration: 90s\n    placementStrategy: {strategy}\n"),
        )
    };
    for (typed, near) in [
        ("ecs.availability-zones", Some("ecs.availability-zone")),
        ("ecs.instancetype", Some("ecs.instance-type")),
        ("rack", None),
    ] {
        let found = valid(&spread(typed), &[]).warnings;
        assert_eq!(
            found[0].message,
            format!("no instance has the attribute `{typed}`")
        );
        assert_eq!(found[0].nearest.as_deref(), near);
        assert_eq!(found[0].place.as_ref().unwrap().line, 18);
    }
    let rack = spread("rack").replace("count: 2", "count: 2, attributes: { rack: r1 }");
    assert!(warnings(&rack).is_empty());
}

#[test]
fn fleets_without_tasks_are_a_warning_by_variant() {
    let variants = "variants: [{ name: fleet }, { name: fargate, tasks: [{ name: reports, launchType: FARGATE }] }]\n";
    let text = with(NONE, &format!("{NONE}{variants}"));
    let expected = "cluster.capacityProviders.ec2: `ec2` is billed, but no task can run on it (in variant `fargate`)";
    assert_eq!(warnings(&text), [expected]);
    let fargate = with(
        "    duration: 90s\n",
        "    duration: 90s\n    launchType: FARGATE\n",
    );
    let expected = "cluster.capacityProviders.ec2: `ec2` is billed, but no task can run on it";
    assert_eq!(warnings(&fargate), [expected]);
    for count in ["count: 0", "count: fit"] {
        assert!(warnings(&fargate.replace("count: 2", count)).is_empty());
    }
}

#[test]
fn assumptions_without_effect_in_any_variant() {
    let with_assumption = |key: &str, value: &str, more: &str| {
        let assumptions = format!("assumptions: {{ {key}: {value} }}\n");
        let images = "images: [{ name: \"shop/report:1\", size: 20 MiB }]\n";
        with(NONE, &format!("{more}{images}{assumptions}"))
    };
    let zone = "faults: [{ name: z, zoneOutage: {}, at: 1d, lasts: 1h }]\n";
    let agent = "faults: [{ name: a, agentDisconnect: {}, at: 1d, lasts: 1h }]\n";
    for (key, value, acts) in [
        (
            "fixedFleetReplacement",
            "2h",
            "delays: none\nfaults: realistic\n".to_string(),
        ),
        (
            "siblingLaunchErrors",
            "{ share: 1% }",
            format!("delays: realistic\n{zone}"),
        ),
        (
            "startThrottle",
            "{ failures: 2 }",
            "delays: { start: 1s }\n".to_string(),
        ),
        (
            "runTaskBucket",
            "{ burst: 1 }",
            "delays: realistic\n".to_string(),
        ),
        (
            "disconnectNotice",
            "20s",
            format!("delays: realistic\n{agent}"),
        ),
    ] {
        let found = warnings(&with_assumption(key, value, NONE));
        let expected = format!("assumptions.{key}: `{key}` has an effect only with ");
        assert!(
            found.len() == 1 && found[0].starts_with(&expected),
            "{found:?}"
        );
        assert!(
            warnings(&with_assumption(key, value, &acts)).is_empty(),
            "{key}"
        );
    }
    // No warning if the assumption has an effect in one variant.
    let variants = "delays: none\nvariants: [{ name: calm }, { name: storm, faults: realistic }]\n";
    assert!(warnings(&with_assumption("fixedFleetReplacement", "2h", variants)).is_empty());
}
