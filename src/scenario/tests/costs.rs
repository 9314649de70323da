//! Months, lines of the user's own, and what is not in a bill.

use super::{VALID, check, valid, with};
use crate::plan::{ExtraLine, Unbilled};
use crate::units::Usd;

fn with_costs(keys: &str) -> String {
    format!("{VALID}costs: {{ {keys} }}\n")
}

#[test]
fn a_run_over_a_calendar_month_has_its_hours_unless_they_are_set() {
    let month = |text: &str| valid(text, &[]).study.variants[0].month().to_string();
    let december = VALID.replace("until: 7d", "start: 2025-12-01T00:00:00Z\nuntil: 31d");
    assert_eq!(month(VALID), "730 h");
    assert_eq!(month(&december), "December 2025, 744 h");
    assert_eq!(
        month(&format!("{december}costs: {{ perMonthHours: 730 }}\n")),
        "730 h"
    );
}

#[test]
fn lines_of_the_users_own_are_read_and_merged_by_name() {
    let text = with_costs(
        "extra: [{ name: load balancer, perMonth: $22.50 }, { name: NAT, perMonth: 98.55 }]",
    ) + "variants:\n  - { name: a }\n  - { name: b, costs: { extra: [{ name: NAT, perMonth: $0 }] } }\n";
    let study = valid(&text, &[]).study;
    let line = |name: &str, cents: i128| ExtraLine {
        name: name.into(),
        per_month: Usd::nanos(cents * 10_000_000),
    };
    let lines = |index: usize| study.variants[index].prices.extra.clone();
    assert_eq!(lines(0), [line("load balancer", 2_250), line("NAT", 9_855)]);
    assert_eq!(lines(1), [line("load balancer", 2_250), line("NAT", 0)]);
}

#[test]
fn wrong_lines_are_reported() {
    check(
        &with_costs("extra: [{ name: NAT, perMonth: $0.045/h }, { name: ALBs, perMonth: -1 }]"),
        r#"
error: `$0.045/h` is a price per hour
  shop.yaml:19:41  costs.extra.NAT.perMonth
  19 | costs: { extra: [{ name: NAT, perMonth: $0.045/h }, { name: ALBs, perMonth: -1 }] }
     |                                         ^^^^^^^^
hint: expected dollars per month, such as `$22.50`

error: `-1` is negative
  shop.yaml:19:77  costs.extra.ALBs.perMonth
  19 | costs: { extra: [{ name: NAT, perMonth: $0.045/h }, { name: ALBs, perMonth: -1 }] }
     |                                                                             ^^
hint: expected dollars such as `$0.10` (a price per hour: `$0.50/h`)"#,
    );
    check(
        &with_costs("extra: [{ name: NAT, monthly: $1 }, { name: NAT, perMonth: $1 }]"),
        r#"
error: `perMonth` is missing
  shop.yaml:19:18  costs.extra.NAT
  19 | costs: { extra: [{ name: NAT, monthly: $1 }, { name: NAT, perMonth: $1 }] }
     |                  ^
hint: add `perMonth:`, amount per month, such as `$22.50`; the month is that of `perMonthHours`

error: `monthly` is not a key of `extraLine`
  shop.yaml:19:31  costs.extra.NAT.monthly
  19 | costs: { extra: [{ name: NAT, monthly: $1 }, { name: NAT, perMonth: $1 }] }
     |                               ^^^^^^^
hint: keys: `name`, `perMonth`

error: there are two entries named `NAT`
  shop.yaml:19:46  costs.extra.NAT
  19 | costs: { extra: [{ name: NAT, monthly: $1 }, { name: NAT, perMonth: $1 }] }
     |                                              ^
hint: names must differ"#,
    );
}

/// What is not in the bill, beside what is in none.
fn unbilled(text: &str) -> Vec<Unbilled> {
    let mut found = valid(text, &[]).study.variants[0].unbilled.clone();
    assert_eq!(found.split_off(found.len() - 2), Unbilled::ALWAYS);
    found
}

#[test]
fn the_bill_lacks_what_the_scenario_mentions() {
    use Unbilled::{ImageStorage, LoadBalancers, Logs, NatGateways, PublicAddresses, Secrets};
    assert_eq!(unbilled(VALID), []);
    let container = "containerDefinitions: [{ name: report, image: shop/report:1 }]";
    let mentions = |keys: &str| unbilled(&with(container, keys));
    assert_eq!(
        mentions(
            "containerDefinitions: [{ name: app, image: 1.dkr.ecr.us-east-1.amazonaws.com/app, \
             logConfiguration: { logDriver: awslogs }, secrets: [{ name: A, valueFrom: b }] }]"
        ),
        [Logs, Secrets, ImageStorage]
    );
    assert_eq!(
        mentions("containerDefinitions: [{ name: app, image: app, secrets: [] }]"),
        []
    );
    let service = |keys: &str| {
        unbilled(&format!(
            "{VALID}services: [{{ serviceName: web, taskDefinition: report, desiredCount: 1, {keys} }}]\n"
        ))
    };
    assert_eq!(
        service("loadBalancers: [{ targetGroupArn: a, containerName: app, containerPort: 80 }]"),
        [LoadBalancers]
    );
    let network = |public: &str| {
        service(&format!(
            "networkConfiguration: {{ awsvpcConfiguration: {{ subnets: [s]{public} }} }}"
        ))
    };
    assert_eq!(network(""), [NatGateways]);
    assert_eq!(network(", assignPublicIp: ENABLED"), [PublicAddresses]);
}
