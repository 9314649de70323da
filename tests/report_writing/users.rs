//! What users met, in pictures and on the page: requests that were not served, bad releases, dead letters.

use super::truth::played_text;
use ecsim::report::{Chart, Drawing, PageData, Panel, Tone};
use ecsim::runner::Results;
use std::sync::OnceLock;

/// A service without requests at the beginning and at the end, a bad release that an alarm finds, and a
/// worker that fails half of its messages. One of the two groups is never needed.
const MET: &str = r#"
ecsim: 1
name: met
region: us-east-1
start: 2026-11-02T08:00:00Z
until: 2h
warmUp: 15m
seeds: 1
cluster:
  availabilityZones: [us-east-1a, us-east-1b]
  capacityProviders:
    - name: group
      autoScalingGroup: { instanceTypes: [m6i.xlarge], minSize: 0, maxSize: 6 }
      managedScaling: { status: ENABLED, targetCapacity: 100 }
    - name: spare
      autoScalingGroup: { instanceTypes: [m6i.xlarge], minSize: 0, maxSize: 6 }
      managedScaling: { status: ENABLED, targetCapacity: 100 }
    - name: FARGATE
loadBalancers:
  - name: shop
    targetGroups:
      - { name: blue, deregistrationDelay: 60s }
      - { name: green, deregistrationDelay: 60s }
taskDefinitions:
  - family: web
    cpu: 1 vCPU
    memory: 1 GB
    containerDefinitions: [{ name: web, image: web }]
  - family: worker
    cpu: 1 vCPU
    memory: 2 GB
    containerDefinitions: [{ name: worker, image: worker }]
queues:
  - { queueName: jobs, messagesPerSecond: 1/s, redrivePolicy: { maxReceiveCount: 1, deadLetterTargetArn: dead } }
  - queueName: dead
services:
  - serviceName: web
    taskDefinition: web
    desiredCount: 4
    capacityProviderStrategy: [{ capacityProvider: group, weight: 1 }]
    loadBalancers:
      - targetGroupName: blue
        containerName: web
        containerPort: 8080
        advancedConfiguration: { alternateTargetGroupName: green }
    load:
      requestsPerSecond: { piecewise: { steps: [{ at: 0s, rate: 0/s }, { at: 25m, rate: 40/s }, { at: 100m, rate: 0/s }] } }
      cpuPerRequest: 15ms
      timeout: 10s
    scaling:
      minCapacity: 4
      maxCapacity: 4
      targetTracking:
        - { policyName: cpu, metric: ECSServiceAverageCPUUtilization, targetValue: 60 }
    deploymentConfiguration:
      strategy: CANARY
      canaryConfiguration: { canaryPercent: 50, canaryBakeTimeInMinutes: 10 }
      alarms: { enable: true, rollback: true, alarmNames: [errors] }
  - serviceName: worker
    taskDefinition: worker
    desiredCount: 1
    launchType: FARGATE
    worker: { queueName: jobs, cpuPerMessage: 100ms, failureProbability: 50% }
alarms:
  - alarmName: errors
    metricName: HTTPCode_Target_5XX_Count
    service: web
    comparisonOperator: GreaterThanThreshold
    threshold: 100
    evaluationPeriods: 2
deployments:
  - name: v2
    service: web
    at: 40m
    forceNewDeployment: true
    bad: { failure: errors, errorShare: 50% }
delays: none
"#;

/// The results, and the page with its charts.
fn met() -> &'static (Results, PageData) {
    static PLAYED: OnceLock<(Results, PageData)> = OnceLock::new();
    PLAYED.get_or_init(|| {
        let results = played_text(MET);
        let data = PageData::of(&results);
        (results, data)
    })
}

fn chart(name: &str) -> (&'static Chart, &'static [Panel]) {
    let mut charts = met().1.charts.iter();
    let found = charts.find(|chart| chart.name == name).expect(name);
    match &found.drawing {
        Drawing::Panels(panels) => (found, &panels.panels),
        _ => panic!("{name} has panels"),
    }
}

fn panel(name: &str, title: &str) -> &'static Panel {
    let mut panels = chart(name).1.iter();
    let found = panels.find(|panel| panel.title.starts_with(title));
    found.expect(title)
}

#[test]
fn the_page_says_what_users_did_not_get() {
    let (_, data) = met();
    let of = |start: &str| {
        let mut all = data.deviations.iter();
        all.find(|one| one.text.starts_with(start)).expect(start)
    };
    let requests = of("service web: ");
    assert_eq!(requests.section.as_deref(), Some("requests"));
    assert_eq!(requests.tone, Tone::Bad);
    assert!(requests.text.contains(" % of the requests were served ("));
    assert!(requests.text.contains(" % answered with an error"));
    let release = of("deployment v2: ");
    assert_eq!(release.tone, Tone::Bad);
    let said = "deployment v2: failed 1 of 1 times in a run; rolled back: 1; ";
    assert!(release.text.starts_with(said), "{}", release.text);
    let queue = of("queue jobs: ");
    assert_eq!(queue.tone, Tone::Bad);
    let said = " of a run moved to the dead-letter queue; ";
    assert!(queue.text.contains(said), "{}", queue.text);
    let tables = data.tables.iter().map(|table| table.section.as_str());
    let tables: Vec<&str> = tables.collect();
    for section in ["requests", "queues", "deployments"] {
        assert!(tables.contains(&section), "{section}");
    }
    let comparison = &data.tables[0];
    let heads: Vec<&str> = comparison.columns.iter().map(|c| c.head.as_str()).collect();
    let place = heads.iter().position(|head| *head == "requests served");
    let place = place.expect("where there are loads");
    assert_eq!(comparison.rows[0][place].tone, Some(Tone::Bad));
    assert_eq!(heads[place + 1], "p99 response");
    let note = &data.tables.iter().find(|t| t.section == "requests");
    let note = &note.expect("it is there").note;
    assert!(note.contains("the time-out of its client (10 s)"), "{note}");
}

/// Zero is not the response time where no request is served.
#[test]
fn a_line_of_response_times_ends_where_nothing_is_served() {
    let panel = panel("timeline-base", "response time of served requests");
    assert_eq!(panel.lines.len(), 2, "one piece of the median and of p99");
    for line in &panel.lines {
        assert_eq!(line.points[0].0, 1_500.0);
        assert!((6_000.0..6_060.0).contains(&line.end), "{}", line.end);
        let least = line.points.iter().map(|point| point.1);
        assert!(least.fold(f64::MAX, f64::min) >= 0.015);
    }
}

#[test]
fn the_reservation_begins_with_the_value_that_holds() {
    let (chart, panels) = chart("timeline-base");
    let titles: Vec<&str> = panels.iter().map(|panel| panel.title.as_str()).collect();
    assert!(!titles.iter().any(|title| title.contains("spare")));
    let points = &panel("timeline-base", "reservation of group").lines[1].points;
    let at_begin = points.iter().filter(|(at, _)| *at == 900.0).count();
    assert_eq!((at_begin, points[0]), (1, (900.0, 100.0)));
    let said = "is the mean of 12 s, but reservations are drawn at each change; ";
    assert!(chart.caption.contains(said), "{}", chart.caption);
    let results = played_text(super::truth::DEAD);
    let data = PageData::of(&results);
    let mut charts = data.charts.iter();
    let timeline = charts.find(|chart| chart.name.starts_with("timeline"));
    let caption = &timeline.expect("it has a story").caption;
    assert!(!caption.contains("reservation") && !caption.contains("Auto Scaling"));
}

#[test]
fn the_target_of_a_policy_on_cpu_is_a_line() {
    let panel = panel("timeline-base", "CPU used");
    assert_eq!(panel.lines[0].points, [(900.0, 60.0)]);
    let mut keys = chart("timeline-base").0.legend.iter();
    assert!(keys.any(|key| key.label == "target of a policy on CPU: 60 %"));
}

/// Twice the desired count holds while both revisions have it, and not after the rollback.
#[test]
fn both_revisions_together_end_with_the_rollback() {
    let (chart, _) = chart("deployment-base");
    assert!(chart.caption.contains("the rollback had completed"));
    let points = &panel("deployment-base", "tasks").lines[0].points;
    let values: Vec<f64> = points.iter().map(|point| point.1).collect();
    assert_eq!(values, [8.0, 4.0]);
}
