//! `actions`: what is refused.

use super::{check, problems, valid, with};
use crate::plan::ApiCall;

/// The valid scenario with services and these entries of `actions`.
fn actions(entries: &str) -> String {
    with(
        "delays: none",
        &format!(
            "delays: none
services:
  - {{ serviceName: web, taskDefinition: report, desiredCount: 1, launchType: EC2 }}
  - {{ serviceName: agent, taskDefinition: report, launchType: EC2, schedulingStrategy: DAEMON }}
actions:
{entries}"
        ),
    )
}

#[test]
fn a_call_is_read() {
    let found = valid(
        &actions("  - { at: 1h, updateService: { service: web, desiredCount: 3 } }\n"),
        &[],
    );
    let call = &found.study.variants[0].actions[0].call;
    assert!(matches!(
        call,
        ApiCall::UpdateService {
            service: 0,
            desired_count: 3
        }
    ));
}

#[test]
fn a_protection_is_read_with_the_defaults_of_aws() {
    let read = |keys: &str| {
        let entry = format!("  - {{ at: 1h, updateTaskProtection: {{ service: web{keys} }} }}\n");
        let found = valid(&actions(&entry), &[]);
        let call = found.study.variants[0].actions[0].call.clone();
        let ApiCall::UpdateTaskProtection {
            service: 0,
            count,
            expires_in,
        } = call
        else {
            panic!("{call:?}");
        };
        (count, expires_in.map(|span| span.as_micros() / 60_000_000))
    };
    assert_eq!(read(""), (1, Some(120)));
    assert_eq!(read(", count: 3, expiresInMinutes: 2880"), (3, Some(2_880)));
    assert_eq!(read(", protectionEnabled: false"), (1, None));
}

#[test]
fn a_daemon_has_no_desired_count() {
    check(
        &actions("  - { at: 1h, updateService: { service: agent, desiredCount: 3 } }\n"),
        "error: a daemon has no desired count
  shop.yaml:23:41  actions.0.updateService.service
  23 |   - { at: 1h, updateService: { service: agent, desiredCount: 3 } }
     |                                         ^^^^^
hint: a daemon has one task on each instance",
    );
}

#[test]
fn an_action_is_one_call_on_something_that_is_there() {
    for (entry, message) in [
        ("{ at: 1h }", "this action has no call"),
        (
            "{ at: 1h, stopTask: { service: web }, terminateInstances: {} }",
            "an action is exactly one call",
        ),
        (
            "{ at: 1h, stopTask: {} }",
            "`stopTask` needs `service` or `tasks`",
        ),
        (
            "{ at: 1h, stopTask: { service: wbe } }",
            "there is no service `wbe`",
        ),
        (
            "{ at: 1h, updateTaskProtection: { service: agent } }",
            "the tasks of a daemon cannot be protected",
        ),
        (
            "{ at: 1h, updateTaskProtection: { service: web, expiresInMinutes: 2881 } }",
            "`2881` is not valid here",
        ),
        (
            "{ at: 1h, setDesiredCapacity: { capacityProvider: ec2, desiredCapacity: 1 } }",
            "`ec2` has no Auto Scaling group",
        ),
    ] {
        let found = problems(&actions(&format!("  - {entry}\n")), &[]);
        assert!(found.contains(message), "{entry}\n{found}");
    }
}

#[test]
fn a_fault_finds_the_containers_of_a_service_that_names_its_definition_by_arn() {
    let text = with(
        "delays: none",
        "delays: none
services:
  - serviceName: web
    taskDefinition: arn:aws:ecs:us-east-1:123456789012:task-definition/report:1
    desiredCount: 1
    launchType: EC2
faults:
  - { name: f, containerCrash: { service: web, container: report }, at: [1h] }
",
    );
    assert_eq!(valid(&text, &[]).study.variants[0].faults.len(), 1);
}
