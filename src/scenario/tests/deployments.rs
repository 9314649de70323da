//! Deployments, the rules of a service's deployments, and alarms.

use super::{VALID, valid, with};
use crate::plan::{
    AlarmMetric, CircuitBreaker, Demand, Drawn, MemoryDemand, NextRevision, Plan, ReleaseFailure,
    Target, Threshold,
};
use crate::units::{SimTime, Span};

/// The valid scenario, for a week, with one service and more at the top level.
fn scenario(service: &str, more: &str) -> String {
    let web = format!(
        "services:\n  - {{ serviceName: web, taskDefinition: report, desiredCount: 2{service} }}\n"
    );
    with("tasks:\n", &format!("{web}{more}tasks:\n"))
}

fn with_deployments(lines: &[&str]) -> String {
    let lines: String = lines
        .iter()
        .map(|line| format!("  - {{ {line} }}\n"))
        .collect();
    scenario("", &format!("deployments:\n{lines}"))
}

fn problems(text: &str) -> String {
    super::problems(text, &[])
}

fn plan(text: &str) -> Plan {
    valid(text, &[]).study.variants[0].clone()
}

fn flaws(lines: &[&str]) -> String {
    problems(&with_deployments(lines))
}

/// CPU in units and memory in MiB.
fn size(demand: &Demand) -> (u64, u64) {
    let (Drawn::Fixed(cpu), MemoryDemand::Absolute(Drawn::Fixed(memory))) =
        (&demand.cpu, &demand.memory)
    else {
        panic!("the size is fixed")
    };
    (cpu.as_base() / 125, memory.as_bytes() >> 20)
}

fn hours(hours: u64) -> SimTime {
    SimTime::ZERO + Span::hours(hours)
}

#[test]
fn changes_are_laid_over_those_before() {
    let plan = plan(&with_deployments(&[
        "name: v2, service: web, at: 1h, changes: { cpu: '512' }",
        "name: v3, service: web, at: 2h, changes: { memory: '4096' }, launchType: EC2",
        "name: back, service: web, at: 3h, rollBackTo: v2",
        "name: before, service: web, at: 4h, rollBackTo: previous",
        "name: first, service: web, at: 5h, rollBackTo: initial, desiredCount: 3",
    ]));
    let service = &plan.services[0];
    let names: Vec<&str> = service.all_revisions().map(|r| r.name).collect();
    assert_eq!(names, ["initial", "v2", "v3"]);
    let [v2, v3] = [1, 2].map(|number| service.revision(number));
    assert_eq!(size(v2.demand), (512, 2_048));
    assert_eq!(size(v3.demand), (512, 4_096), "v3 keeps the CPU of v2");
    assert_eq!(v3.target, &Target::AnyInstance);
    let to: Vec<NextRevision> = plan.deployments.iter().map(|d| d.to).collect();
    let number = NextRevision::Number;
    assert_eq!(
        to,
        [
            number(1),
            number(2),
            number(1),
            NextRevision::Previous,
            number(0)
        ]
    );
    assert_eq!(plan.deployments[4].desired_count, Some(3));
    assert_eq!(plan.deployments[4].at, hours(5));
}

#[test]
fn an_entry_with_several_times_has_a_revision_for_each() {
    let plan = plan(&with_deployments(&[
        "name: train, service: web, schedule: 'rate(2 days)', forceNewDeployment: true",
        "name: twice, service: web, at: [30h, 20h], newImages: true, newLayers: 2",
    ]));
    let times: Vec<(SimTime, &str)> = plan
        .deployments
        .iter()
        .map(|d| (d.at, d.name.as_str()))
        .collect();
    let expected = [
        (hours(0), "train"),
        (hours(20), "twice"),
        (hours(30), "twice"),
        (hours(48), "train"),
        (hours(96), "train"),
        (hours(144), "train"),
    ];
    assert_eq!(times, expected);
    let service = &plan.services[0];
    let names: Vec<&str> = service.all_revisions().map(|r| r.name).collect();
    assert_eq!(names[..3], ["initial", "train 1", "train 2"]);
    assert_eq!(names[5..], ["twice 1", "twice 2"]);
    // Forced deployments have the same image, builds have images that share all but two layers.
    let image = |number: usize| service.revision(number).containers[0].image;
    assert_eq!((image(0), image(1)), (image(4), image(2)));
    assert_ne!(image(5), image(6));
    let layers = |image: usize| -> Vec<usize> {
        plan.images[image]
            .layers
            .iter()
            .map(|layer| layer.digest)
            .collect()
    };
    let (base, first, second) = (layers(image(0)), layers(image(5)), layers(image(6)));
    let shared = |a: &[usize], b: &[usize]| a.iter().filter(|digest| b.contains(digest)).count();
    assert_eq!(shared(&base, &first), base.len() - 2);
    assert_eq!(shared(&first, &second), base.len() - 2);
}

#[test]
fn rules_of_deployments_are_read() {
    let rules = "deploymentConfiguration: { minimumHealthyPercent: 50, deploymentCircuitBreaker: { enable: true, rollback: true, thresholdConfiguration: { type: COUNT, value: 7 } }, alarms: { enable: true, alarmNames: [few], rollback: true }, bakeTimeInMinutes: 10 }";
    let alarm = "alarms:\n  - { alarmName: few, metricName: RunningTaskCount, service: web, comparisonOperator: LessThanThreshold, threshold: 1.5, evaluationPeriods: 3, datapointsToAlarm: 2 }\n";
    let plan = plan(&scenario(&format!(", {rules}"), alarm));
    let rules = &plan.services[0].deployment;
    let breaker = CircuitBreaker {
        rollback: true,
        reset_on_healthy_task: true,
        threshold: Threshold::Count(7),
    };
    assert_eq!(rules.circuit_breaker, Some(breaker));
    let alarms = rules.alarms.as_ref().expect("they are enabled");
    assert_eq!(
        (alarms.alarms.as_slice(), alarms.rollback),
        (&[0][..], true)
    );
    assert_eq!(alarms.bake_time, Span::seconds(600));
    let alarm = &plan.alarms[0];
    assert_eq!(alarm.metric, AlarmMetric::RunningTaskCount(0));
    assert_eq!((alarm.threshold, alarm.datapoints_to_alarm), (1_500_000, 2));
}

#[test]
fn a_bad_release_is_read() {
    let plan = plan(&with_deployments(&[
        "name: v2, service: web, at: 1h, forceNewDeployment: true, bad: { probability: 25%, failure: crash, crashAfter: 90s, from: 10m }",
    ]));
    let revision = &plan.services[0].revisions[0];
    let bad = revision.bad.as_ref().expect("it may be bad");
    assert_eq!(
        (bad.probability, bad.failure),
        (0.25, ReleaseFailure::Crash)
    );
    assert_eq!(bad.from, Span::seconds(600));
    assert_eq!(bad.containers[0].behavior.exit_code, 1);
}

#[test]
fn what_starts_no_deployment_is_refused() {
    let text = flaws(&["name: v2, service: web, at: 1h, taskDefinition: report"]);
    assert!(text.contains("nothing here starts a deployment"), "{text}");
    assert!(text.contains("forceNewDeployment: true"), "{text}");
    assert!(text.contains("deployments.v2"), "{text}");
}

#[test]
fn unknown_names_get_the_nearest_one() {
    for (line, words) in [
        ("name: v2, service: wed, at: 1h", "`web`"),
        (
            "name: v2, service: web, at: 1h, rollBackTo: initail",
            "`initial`",
        ),
        (
            "name: v2, service: web, at: 1h, taskDefinition: repotr",
            "`report`",
        ),
        (
            "name: v2, service: web, at: 1h, changes: { cpus: 4 }",
            "`cpu`",
        ),
        (
            "name: v2, service: web, at: 1h, forceNewDeployment: true, bad: { availabilityZone: us-east-1z }",
            "us-east-1a",
        ),
    ] {
        let text = flaws(&[line]);
        assert!(text.contains(words), "{line}: {text}");
    }
}

#[test]
fn keys_that_exclude_each_other_and_values_out_of_range_are_refused() {
    for (line, words) in [
        (
            "name: v2, service: web, forceNewDeployment: true",
            "one of `at` and `schedule` is missing",
        ),
        (
            "name: v2, service: web, at: 1h, schedule: 'rate(1 day)', forceNewDeployment: true",
            "exclude each other",
        ),
        (
            "name: v2, service: web, at: 1h, rollBackTo: initial, newImages: true",
            "`rollBackTo` excludes `newImages`",
        ),
        (
            "name: v2, service: web, at: 1h, changes: { family: other }",
            "cannot change `family`",
        ),
        (
            "name: v2, service: web, at: 1h, newLayers: 3, forceNewDeployment: true",
            "no effect without `newImages: true`",
        ),
        (
            "name: v2, service: web, at: 1h, forceNewDeployment: true, bad: { failure: healthCheck }",
            "has a health check",
        ),
        (
            "name: v2, service: web, at: 1h, forceNewDeployment: true, bad: { crashAfter: 3s }",
            "no effect without `failure: crash`",
        ),
        (
            "name: v2, service: web, at: 1h, forceNewDeployment: true, bad: { probability: 0% }",
            "has no effect",
        ),
        (
            "name: v2, service: web, at: 1h, changes: { cpu: '4096000' }",
            "cannot be the CPU of a task",
        ),
        (
            "name: v2, service: web, at: 1h, changes: { cpu: 64 vCPU }",
            "64",
        ),
        (
            "name: v2, service: web, at: 9d, forceNewDeployment: true",
            "the run ends at",
        ),
    ] {
        let text = match line.contains("9d") {
            true => valid(&with_deployments(&[line]), &[])
                .study
                .warnings
                .join("\n"),
            false => flaws(&[line]),
        };
        assert!(text.contains(words), "{line}: {text}");
    }
    let text = flaws(&[
        "name: two, service: web, at: [1h, 2h], forceNewDeployment: true",
        "name: back, service: web, at: 3h, rollBackTo: two",
    ]);
    assert!(text.contains("`two` has 2 deployments"), "{text}");
}

#[test]
fn alarms_need_the_dimension_of_their_metric() {
    let alarm = |keys: &str| {
        let line = format!(
            "alarms:\n  - {{ alarmName: a, comparisonOperator: LessThanThreshold, threshold: 1, {keys} }}\n"
        );
        problems(&scenario("", &line))
    };
    assert!(alarm("metricName: RunningTaskCount").contains("needs `service`"));
    assert!(alarm("metricName: CPUReservation, service: web").contains("has no `service`"));
    assert!(alarm("metricName: CPUUtilisation").contains("`CPUUtilization`"));
    let rules = ", deploymentConfiguration: { alarms: { enable: true, alarmNames: [a] } }";
    let loaded = valid(&scenario(rules, ""), &[]);
    let warnings = loaded.study.warnings.join("\n");
    assert!(
        warnings.contains("`alarms` of the scenario has no `a`"),
        "{warnings}"
    );
    assert_eq!(loaded.study.variants[0].services[0].deployment.alarms, None);
}

#[test]
fn variants_merge_deployments_by_name() {
    let text = with_deployments(&["name: v2, service: web, at: 1h, changes: { cpu: '512' }"]);
    let text = format!(
        "{text}variants:\n  - {{ name: small }}\n  - {{ name: large, deployments: [{{ name: v2, changes: {{ cpu: '1024' }} }}] }}\n"
    );
    let study = valid(&text, &[]).study;
    let of = |variant: usize| size(study.variants[variant].services[0].revision(1).demand).0;
    assert_eq!((of(0), of(1)), (512, 1_024));
    assert!(!VALID.contains("deployments"));
}
