//! Load balancers, target groups, and the services that name them: what is read, and what is refused.

use super::{VALID, problems, valid, with};
use crate::plan::{
    AlarmMetric, DeregistrationEnd, LoadBalancerKind, Plan, Routing, ScalingMetric, ServiceMetric,
    TargetHealthCheck, Unbilled,
};
use crate::units::Span;

/// The valid scenario with a load balancer with these target groups, and a service with these keys.
fn scenario(groups: &str, keys: &str) -> String {
    let more = format!(
        "loadBalancers: [{{ name: shop, targetGroups: [{groups}] }}]\nservices:\n  - {{ serviceName: web, taskDefinition: report, desiredCount: 2, {keys} }}\ntasks:\n"
    );
    with("tasks:\n", &more)
}

fn plan(text: &str) -> Plan {
    let study = valid(text, &[]).study;
    assert!(study.warnings.is_empty(), "{:?}", study.warnings);
    study.variants[0].clone()
}

const WEB: &str =
    "loadBalancers: [{ targetGroupName: web, containerName: report, containerPort: 80 }]";
const LOAD: &str = "load: { requestsPerSecond: 1/s, cpuPerRequest: 15ms }";

/// A service with a load and these keys behind a Network Load Balancer.
fn behind_network(keys: &str, more: &str) -> String {
    scenario("{ name: web }", &format!("{WEB}, {LOAD}, {keys}"))
        .replace("name: shop,", "name: shop, type: network,")
        .replace("\ntasks:", &format!("\n{more}\ntasks:"))
}

#[test]
fn a_target_group_has_the_defaults_of_the_api() {
    let read = plan(&scenario("{ name: web }", WEB));
    assert_eq!(read.load_balancers[0].kind, LoadBalancerKind::Application);
    let group = &read.target_groups[0];
    assert_eq!(
        group.health_check,
        TargetHealthCheck {
            interval: Span::seconds(30),
            timeout: Span::seconds(5),
            healthy_threshold: 5,
            unhealthy_threshold: 2,
            initial_threshold: 1,
        }
    );
    assert_eq!(group.deregistration_delay, Span::seconds(300));
    let targets = read.services[0].targets.as_ref().unwrap();
    assert_eq!((targets.group, targets.container.as_str()), (0, "report"));
    assert!(!read.unbilled.contains(&Unbilled::LoadBalancers));
    let network = with(
        "tasks:\n",
        "loadBalancers: [{ name: tcp, type: network, targetGroups: [{ name: web, deregistrationDelay: 5s, deregistrationEnds: whenIdle }] }]\ntasks:\n",
    );
    let read = plan(&network);
    let group = &read.target_groups[0];
    assert_eq!(group.health_check.timeout, Span::seconds(10));
    assert_eq!(group.deregistration_delay, Span::seconds(5));
    assert_eq!(group.deregistration_ends, DeregistrationEnd::WhenIdle);
    assert_eq!(group.algorithm, Routing::Random);
}

#[test]
fn requests_of_a_service_go_to_its_tasks_by_the_algorithm_of_its_target_group() {
    let routing = |group: &str| {
        let keys = format!("{WEB}, {LOAD}");
        plan(&scenario(group, &keys)).services[0]
            .load
            .as_ref()
            .map(|load| load.routing)
    };
    for (group, wanted) in [
        ("{ name: web }", Routing::RoundRobin),
        (
            "{ name: web, loadBalancingAlgorithm: least_outstanding_requests }",
            Routing::LeastOutstanding,
        ),
        (
            "{ name: web, loadBalancingAlgorithm: weighted_random }",
            Routing::Random,
        ),
    ] {
        assert_eq!(routing(group), Some(wanted), "{group}");
    }
}

#[test]
fn the_arn_of_a_real_service_finds_the_target_group_by_its_name() {
    let arn = "loadBalancers: [{ targetGroupArn: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/73e2d6bc24d8a067', containerName: report, containerPort: 80 }]";
    let read = plan(&scenario("{ name: api }, { name: web }", arn));
    assert_eq!(read.services[0].targets.as_ref().unwrap().group, 1);
}

#[test]
fn a_target_group_that_is_not_described_is_told_and_left_out() {
    let study = valid(&scenario("{ name: wep }", WEB), &[]).study;
    let [warning] = &study.warnings[..] else {
        panic!("{:?}", study.warnings)
    };
    assert!(
        warning.contains(
            "describes no target group `web`: the service is played without a load balancer"
        ),
        "{warning}"
    );
    assert!(study.variants[0].services[0].targets.is_none());
    assert!(
        study.variants[0]
            .unbilled
            .contains(&Unbilled::LoadBalancers)
    );
}

/// The valid scenario with a Network Load Balancer with these target groups.
fn network(groups: &str) -> String {
    let balancer =
        format!("loadBalancers: [{{ name: tcp, type: network, targetGroups: [{groups}] }}]");
    with("tasks:\n", &format!("{balancer}\ntasks:\n"))
}

#[test]
fn slow_start_and_zones_have_the_defaults_of_the_type() {
    let shares = |text: &str| {
        let group = &plan(text).target_groups[0];
        (group.slow_start, group.cross_zone)
    };
    let off = Span::ZERO;
    assert_eq!(shares(&scenario("{ name: web }", WEB)), (off, true));
    let slow = "{ name: web, slowStart: 15m, crossZone: false }";
    assert_eq!(shares(&scenario(slow, WEB)), (Span::seconds(900), false));
    let none = "{ name: web, slowStart: 0s, loadBalancingAlgorithm: least_outstanding_requests }";
    assert_eq!(shares(&scenario(none, WEB)), (off, true));
    assert_eq!(shares(&network("{ name: web }")), (off, false));
    let on = network("{ name: web }").replace("type: network", "type: network, crossZone: true");
    assert_eq!(shares(&on), (off, true));
}

#[test]
fn a_service_may_have_several_target_groups() {
    let both = "loadBalancers: [{ targetGroupName: web, containerName: report }, { targetGroupName: api, containerName: report }]";
    let read = plan(&scenario("{ name: api }, { name: web }", both));
    let service = &read.services[0];
    let groups: Vec<usize> = service.all_targets().map(|of| of.group).collect();
    assert_eq!((groups, service.other_targets.len()), (vec![1, 0], 1));
    assert!(!read.unbilled.contains(&Unbilled::LoadBalancers));
    // One that the scenario does not describe is left out.
    let study = valid(&scenario("{ name: web }, { name: apj }", both), &[]).study;
    assert_eq!(study.variants[0].services[0].all_targets().count(), 1);
    assert!(
        study.warnings[0].contains("no target group `api`: the service is played without it"),
        "{:?}",
        study.warnings
    );
}

#[test]
fn what_cannot_be_is_refused() {
    for (text, said) in [
        (
            scenario("{ name: web, healthCheckIntervalSeconds: 4 }", WEB),
            "expected a whole number from 5 to 300",
        ),
        (
            scenario(
                "{ name: web, healthCheckIntervalSeconds: 5, healthCheckTimeoutSeconds: 5 }",
                WEB,
            ),
            "the time-out (5 s) is not shorter than the interval (5 s)",
        ),
        (
            scenario("{ name: web, deregistrationDelay: 2h }", WEB),
            "this delay is too long",
        ),
        (
            scenario("{ name: web, slowStart: 20s }", WEB),
            "a slow start of 20s is not valid here",
        ),
        (
            scenario("{ name: web, slowStart: 20s }", &format!("{WEB}, {LOAD}")),
            "a slow start of 20s is not valid here",
        ),
        (
            scenario(
                "{ name: web, slowStart: 30s, loadBalancingAlgorithm: least_outstanding_requests }",
                WEB,
            ),
            "`least_outstanding_requests` excludes a slow start",
        ),
        (
            network("{ name: web, slowStart: 30s }"),
            "target groups of a Network Load Balancer have no slow start",
        ),
        (
            with(
                "tasks:\n",
                "loadBalancers: [{ name: a, crossZone: false, targetGroups: [{ name: web }] }]\ntasks:\n",
            ),
            "cross-zone load balancing of an Application Load Balancer is always on",
        ),
        (
            scenario(
                "{ name: web }",
                "loadBalancers: [{ targetGroupName: web, containerName: repor }]",
            ),
            "the task definition has no container `repor`",
        ),
        (
            scenario(
                "{ name: web }",
                "loadBalancers: [{ targetGroupName: web, targetGroupArn: web, containerName: report }]",
            ),
            "`targetGroupArn` excludes `targetGroupName`",
        ),
        (
            scenario(
                "{ name: web }",
                "loadBalancers: [{ containerName: report }]",
            ),
            "the target group is missing",
        ),
        (
            scenario(
                "{ name: web }, { name: api }",
                "loadBalancers: [{ targetGroupName: web, containerName: report }, { targetGroupName: web, containerName: report }]",
            ),
            "the target group `web` is named twice",
        ),
        (
            scenario(
                "{ name: web }",
                &format!(
                    "{WEB} }}\n  - {{ serviceName: two, taskDefinition: report, desiredCount: 1, {WEB}"
                ),
            ),
            "the target group `web` is one of the service `web` as well",
        ),
        (
            scenario(
                "{ name: web }, { name: api }, { name: old }",
                "loadBalancers: [{ targetGroupName: web, containerName: report }, { targetGroupName: api, containerName: report, advancedConfiguration: { alternateTargetGroupName: old } }]",
            ),
            "a service with several target groups whose deployments shift traffic is not modelled",
        ),
        (
            scenario(
                "{ name: web }",
                &format!(
                    "loadBalancers: [{}]",
                    ["{ targetGroupName: web, containerName: report }"; 6].join(", ")
                ),
            ),
            "a service has at most 5 target groups, this one has 6",
        ),
        (
            with(
                "tasks:\n",
                "loadBalancers: [{ name: a, targetGroups: [{ name: web }] }, { name: b, targetGroups: [{ name: web }] }]\ntasks:\n",
            ),
            "two target groups have the name `web`",
        ),
        (
            with(
                "tasks:\n",
                "loadBalancers: [{ name: a, type: network, targetGroups: [{ name: web, loadBalancingAlgorithm: round_robin }] }]\ntasks:\n",
            ),
            "a Network Load Balancer has no algorithm",
        ),
        (
            scenario("{ name: web, loadBalancingAlgorithm: round_robbin }", WEB),
            "`round_robin`",
        ),
        (
            scenario(
                "{ name: web }",
                &format!(
                    "{LOAD}, scaling: {{ minCapacity: 1, maxCapacity: 9, targetTracking: [{{ metric: ALBRequestCountPerTarget, targetValue: 600 }}] }}"
                ),
            ),
            "`ALBRequestCountPerTarget` has no value without a target group",
        ),
        (
            format!(
                "{VALID}services: [{{ serviceName: web, taskDefinition: report, desiredCount: 1 }}]\nalarms: [{{ alarmName: a, metricName: UnHealthyHostCount, service: web, comparisonOperator: GreaterThanThreshold, threshold: 0 }}]\n"
            ),
            "`UnHealthyHostCount` has no value without a target group",
        ),
        (
            format!(
                "{VALID}services: [{{ serviceName: web, taskDefinition: report, desiredCount: 1, {LOAD} }}]\nalarms: [{{ alarmName: a, metricName: RequestCountPerTarget, service: web, comparisonOperator: GreaterThanThreshold, threshold: 0 }}]\n"
            ),
            "`RequestCountPerTarget` has no value without a target group",
        ),
        (
            behind_network(
                "scaling: { minCapacity: 1, maxCapacity: 9, targetTracking: [{ metric: ALBRequestCountPerTarget, targetValue: 600 }] }",
                "",
            ),
            "`ALBRequestCountPerTarget` has no value without an Application Load Balancer",
        ),
        (
            behind_network(
                "capacityProviderStrategy: [{ capacityProvider: FARGATE }]",
                "alarms: [{ alarmName: a, metricName: HTTPCode_ELB_5XX_Count, service: web, comparisonOperator: GreaterThanThreshold, threshold: 0 }]",
            ),
            "`HTTPCode_ELB_5XX_Count` has no value without an Application Load Balancer",
        ),
    ] {
        let told = problems(&text, &[]);
        assert!(told.contains(said), "{said}:\n{told}");
    }
}

#[test]
fn metrics_of_a_target_group_are_read() {
    let text = scenario(
        "{ name: web }",
        &format!(
            "{WEB}, {LOAD}, scaling: {{ minCapacity: 1, maxCapacity: 9, targetTracking: [{{ metric: ALBRequestCountPerTarget, targetValue: 600 }}] }}"
        ),
    );
    let text = format!(
        "{text}alarms: [{{ alarmName: a, metricName: HTTPCode_ELB_5XX_Count, service: web, comparisonOperator: GreaterThanThreshold, threshold: 10 }}]\n"
    );
    let read = plan(&text);
    let policy = &read.services[0].target_tracking[0];
    assert_eq!(policy.metric, ScalingMetric::AlbRequestCountPerTarget);
    assert_eq!(policy.target, 600_000_000);
    assert_eq!(
        read.alarms[0].metric,
        AlarmMetric::Service(0, ServiceMetric::Elb5xxCount)
    );
}
