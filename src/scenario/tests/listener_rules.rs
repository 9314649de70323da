//! Listener rules: requests that are divided among the target groups of several services.

use super::{problems, valid, with};
use crate::plan::{LoadShape, Moment, Plan, Service};
use crate::units::{SimTime, Span};

/// The valid scenario with a load balancer with two target groups and these rules, and a service behind each.
/// `load` are more keys of the load of the first.
fn scenario(balancer: &str, rules: &str, load: &str) -> String {
    let text = format!(
        "\
loadBalancers: [{{ name: shop{balancer}, targetGroups: [{{ name: web }}, {{ name: api }}, {{ name: idle }}], listenerRules: [{rules}] }}, {{ name: other, targetGroups: [{{ name: red }}] }}]
services:
  - serviceName: web
    taskDefinition: report
    desiredCount: 2
    loadBalancers: [{{ targetGroupName: web, containerName: report }}]
    load: {{ cpuPerRequest: 15ms{load} }}
  - serviceName: api
    taskDefinition: report
    desiredCount: 2
    loadBalancers: [{{ targetGroupArn: 'arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/api/7', containerName: report }}]
    load: {{ cpuPerRequest: 15ms }}
tasks:
"
    );
    with("tasks:\n", &text)
}

fn plan(text: &str) -> Plan {
    valid(text, &[]).study.variants[0].clone()
}

/// The rate of a service at a time.
fn rate(service: &Service, seconds: u64) -> f64 {
    let at = SimTime::ZERO + Span::seconds(seconds);
    let load = service.load.as_ref().expect("a load");
    load.at(&Moment::new(0, at), &mut std::iter::empty())
}

const BOTH: &str = "{ name: site, requestsPerSecond: [30/s, 10/s], forward: { targetGroups: [{ targetGroupName: web, weight: 3 }, { targetGroupName: api }] }";

#[test]
fn the_requests_of_a_rule_are_divided_by_weights() {
    let changes =
        ", changes: [{ at: 1h, forward: { targetGroups: [{ targetGroupName: api }] } }] }";
    let only = "{ name: admin, requestsPerSecond: 7/s, conditions: [], priority: 2, forward: { targetGroups: [{ targetGroupArn: web }] } }";
    let read = plan(&scenario("", &format!("{BOTH}{changes}, {only}"), ""));
    let rates = |seconds| [0, 1].map(|index| rate(&read.services[index], seconds));
    assert_eq!(rates(0), [37.0, 10.0]);
    assert_eq!(rates(3_600), [7.0, 40.0]);
    assert_eq!(read.load_balancers[0].rules, 2, "the number of rules");
    let load = read.services[1].load.as_ref().expect("a load");
    let LoadShape::OfRule { rule, .. } = &load.rates[0] else {
        panic!("{:?}", load.rates);
    };
    assert_eq!(rule, "shop/site");
    assert_eq!(load.highest(SimTime::MAX), 40.0);
    let more = plan(&scenario(", rules: 12", &format!("{BOTH} }}"), ""));
    assert_eq!(more.load_balancers[0].rules, 12);
}

#[test]
fn load_balancers_their_groups_and_rules_merge_by_name() {
    let over = "variants: [{ name: slow, loadBalancers: [{ name: shop, targetGroups: [{ name: api, slowStart: 5m }], listenerRules: [{ name: site, requestsPerSecond: 8/s, forward: { targetGroups: [{ targetGroupName: web }] } }] }], services: [{ serviceName: api, loadBalancers: [{ targetGroupName: idle, containerName: report }], load: { requestsPerSecond: 2/s } }] }]";
    let text = format!("{}{over}\n", scenario("", &format!("{BOTH} }}"), ""));
    let study = valid(&text, &[]).study;
    let slow = &study.variants[0];
    assert_eq!(slow.target_groups.len(), 4);
    assert_eq!(slow.target_groups[1].slow_start, Span::seconds(300));
    assert_eq!(
        [0, 1].map(|index| rate(&slow.services[index], 0)),
        [8.0, 2.0]
    );
}

#[test]
fn what_a_rule_cannot_be_is_refused() {
    let of = |groups: &str| {
        let rule = format!(
            "{{ name: site, requestsPerSecond: 1/s, forward: {{ targetGroups: [{groups}] }} }}"
        );
        scenario("", &format!("{BOTH} }}, {rule}"), "").replace(
            "name: site, requestsPerSecond: 1/s",
            "name: second, requestsPerSecond: 1/s",
        )
    };
    let change = |changes: &str| scenario("", &format!("{BOTH}, changes: [{changes}] }}"), "");
    for (text, said) in [
        (
            of("{ targetGroupName: wep }"),
            "the load balancer has no target group `wep`",
        ),
        (
            of("{ targetGroupName: red }"),
            "the load balancer has no target group `red`",
        ),
        (
            of("{ targetGroupName: idle }"),
            "no service with a `load` has `idle` as its first target group",
        ),
        (
            of("{ targetGroupName: web, weight: 0 }"),
            "no target group has a weight above 0",
        ),
        (
            of("{ targetGroupName: web, weight: 1000 }"),
            "from 0 to 999",
        ),
        (of("{ weight: 1 }"), "the target group is missing"),
        (
            of("{ targetGroupName: web }, { targetGroupArn: web }"),
            "the target group `web` is named twice",
        ),
        (
            of(&["{ targetGroupName: web }"; 6].join(", ")),
            "an action forwards to at most 5 target groups, this one to 6",
        ),
        (
            scenario("", &format!("{BOTH} }}"), ", requestsPerSecond: 1/s"),
            "the listener rules of the load balancer say how many requests come",
        ),
        (
            scenario("", "", ", requestsPerSecond: 1/s"),
            "`requestsPerSecond` is missing",
        ),
        (
            scenario(", type: network", &format!("{BOTH} }}"), ""),
            "listeners of a Network Load Balancer have no rules",
        ),
        (
            change("{ at: 0s, forward: { targetGroups: [{ targetGroupName: api }] } }"),
            "this change is not later than 0s",
        ),
        (
            scenario("", "{ name: site, requestsPerSecond: 1/s }", ""),
            "forward",
        ),
    ] {
        let told = problems(&text, &[]);
        assert!(told.contains(said), "{said}:\n{told}");
    }
}

/// A problem in a rule does not make the loads of its services wrong.
#[test]
fn a_rule_with_a_problem_is_the_only_problem() {
    let rule = |rate: &str, weight: &str| {
        format!(
            "{{ name: site, requestsPerSecond: {rate}, forward: {{ targetGroups: [{{ targetGroupName: web, weight: {weight} }}, {{ targetGroupName: api }}] }} }}"
        )
    };
    let no_rate = rule("1/s", "1").replace("requestsPerSecond: 1/s, ", "");
    for (rules, said) in [
        (rule("soon", "1"), "soon"),
        (rule("1/s", "many"), "many"),
        (rule("1/s", "1000"), "from 0 to 999"),
        (no_rate, "`requestsPerSecond` is missing"),
    ] {
        let told = problems(&scenario("", &rules, ""), &[]);
        assert!(told.contains(said), "{said}:\n{told}");
        assert_eq!(told.matches("error").count(), 1, "{told}");
    }
}

#[test]
fn fewer_rules_than_listener_rules_are_told() {
    let warnings = |rules: &str| {
        let text = scenario(rules, &format!("{BOTH} }}"), "");
        valid(&text, &[]).study.warnings.len()
    };
    assert_eq!(warnings(", rules: 0"), warnings("") + 1);
    assert_eq!(warnings(", rules: 1"), warnings(""));
}
