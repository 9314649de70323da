//! Services: the keys of `create-service`, and values that AWS or the model refuses.

use super::{VALID, check, problems, valid, with};
use crate::plan::{PlacementRule, Plan, Scheduling, Service, SpreadField, Strategy, Target};
use crate::scenario::{Request, load, load_text, show};
use crate::units::Span;

const DEFINED: &str = "tasks:\n";

/// The valid scenario with services, one per line.
fn scenario(services: &[&str]) -> String {
    let lines: String = services
        .iter()
        .map(|service| format!("  - {{ {service} }}\n"))
        .collect();
    with(DEFINED, &format!("services:\n{lines}tasks:\n"))
}

fn plan(text: &str) -> Plan {
    valid(text, &[]).study.variants[0].clone()
}

fn only(service: &str) -> Service {
    plan(&scenario(&[service])).services[0].clone()
}

fn warnings(service: &str) -> Vec<String> {
    valid(&scenario(&[service]), &[]).study.warnings
}

const WEB: &str = "serviceName: web, taskDefinition: report, desiredCount: 2";

/// facts/ecs.md 28, 87, 193 and 203.
#[test]
fn absent_keys_have_the_defaults_of_aws() {
    let web = only(WEB);
    assert_eq!(
        (web.name.as_str(), web.definition.as_str()),
        ("web", "report:1")
    );
    assert_eq!(web.group(), "service:web");
    assert_eq!(web.target, Target::AnyInstance);
    assert_eq!(web.scheduling, Scheduling::Replica);
    assert_eq!(
        (web.desired_count, web.min_capacity, web.max_capacity),
        (2, 0, 5_000)
    );
    assert_eq!(
        (
            web.deployment.percentages.minimum_healthy_percent,
            web.deployment.percentages.maximum_percent
        ),
        (100, 200)
    );
    assert_eq!(web.health_check_grace_period, Span::ZERO);
    assert!(!web.distinct_instance && web.scheduled.is_empty());
    assert_eq!(
        web.placement,
        PlacementRule::Ecs(vec![
            Strategy::Spread(SpreadField::Attribute("ecs.availability-zone".into())),
            Strategy::Spread(SpreadField::InstanceId),
        ])
    );
    assert_eq!(web.containers.len(), 1);
}

#[test]
fn every_modelled_key_is_read() {
    let web = only(
        "serviceName: web, taskDefinition: report, desiredCount: 4, launchType: FARGATE, placementStrategy: [{ type: binpack, field: memory }], deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 150, strategy: ROLLING }, healthCheckGracePeriodSeconds: 60, behavior: { exitCode: 7 }",
    );
    assert!(matches!(web.target, Target::Provider(1)));
    assert!(web.demand.on_fargate && !web.distinct_instance);
    assert_eq!(
        (
            web.deployment.percentages.minimum_healthy_percent,
            web.deployment.percentages.maximum_percent
        ),
        (50, 150)
    );
    assert_eq!(web.health_check_grace_period, Span::seconds(60));
    assert_eq!(web.containers[0].behavior.exit_code, 7);
    assert_eq!(
        web.placement,
        PlacementRule::Ecs(vec![Strategy::Binpack(crate::plan::Field::Memory)])
    );
}

/// The first example of `aws ecs create-service` in its JSON form, with further keys that such a
/// file can have.
#[test]
fn keys_of_aws_without_effect_are_accepted() {
    let text = scenario(&[
        r#""cluster": "default", "serviceName": "web", "taskDefinition": "report:1", "desiredCount": 1, "clientToken": "x", "role": "ecsServiceRole", "launchType": "FARGATE", "platformVersion": "LATEST", "networkConfiguration": { "awsvpcConfiguration": { "subnets": ["subnet-1"], "assignPublicIp": "ENABLED" } }, "serviceRegistries": [], "tags": [], "propagateTags": "SERVICE", "enableECSManagedTags": true, "enableExecuteCommand": true, "deploymentController": { "type": "ECS" }, "loadBalancers": [], "deploymentConfiguration": { "deploymentCircuitBreaker": { "enable": false, "rollback": false }, "alarms": { "alarmNames": [], "enable": false, "rollback": false }, "bakeTimeInMinutes": 0 }, "availabilityZoneRebalancing": "DISABLED""#,
    ]);
    let loaded = valid(&text, &[]);
    assert_eq!(loaded.study.warnings, [""; 0]);
    let ignored = |key: &str| {
        loaded
            .study
            .ignored
            .contains(&format!("services.web.{key}"))
    };
    assert!(ignored("networkConfiguration") && ignored("propagateTags") && !ignored("tags"));
}

#[test]
fn keys_that_would_change_the_result_are_a_warning() {
    let key = "vpcLatticeConfigurations: [{ targetGroupArn: x, portName: web, roleArn: y }]";
    let found = warnings(&format!("{WEB}, {key}"));
    assert_eq!(found.len(), 1, "{key}: {found:?}");
    assert!(
        found[0].ends_with("would change the result but is not modelled yet"),
        "{found:?}"
    );
}

#[test]
fn a_controller_of_the_user_is_not_modelled() {
    let key = "deploymentController: { type: EXTERNAL }";
    let found = problems(&scenario(&[&format!("{WEB}, {key}")]), &[]);
    assert!(found.contains("not modelled"), "{found}");
    let path = "services.web.deploymentController.type\n";
    assert!(found.contains(path), "{found}");
}

/// facts/ecs.md 106 and 108.
#[test]
fn a_daemon_runs_once_on_every_instance() {
    let agent = only("serviceName: agent, taskDefinition: report, schedulingStrategy: DAEMON");
    assert_eq!(agent.scheduling, Scheduling::Daemon);
    assert_eq!(
        (
            agent.deployment.percentages.minimum_healthy_percent,
            agent.deployment.percentages.maximum_percent
        ),
        (0, 100)
    );
    assert_eq!(agent.placement, PlacementRule::Ecs(Vec::new()));
    let half = only(
        "serviceName: agent, taskDefinition: report, schedulingStrategy: DAEMON, deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 100 }",
    );
    assert_eq!(
        (
            half.deployment.percentages.minimum_healthy_percent,
            half.deployment.percentages.maximum_percent
        ),
        (50, 100)
    );
    check(
        &scenario(&[
            "serviceName: agent, taskDefinition: report, schedulingStrategy: DAEMON, launchType: FARGATE, desiredCount: 1",
        ]),
        r#"
error: Fargate has no instances that a daemon could run on
  shop.yaml:14:71  services.agent.schedulingStrategy
  14 | on: report, schedulingStrategy: DAEMON, launchType: FARGATE, desiredCount: 1 }
     |                                 ^^^^^^
hint: set `launchType: EC2`, or `schedulingStrategy: REPLICA`

error: a daemon has no `desiredCount`
  shop.yaml:14:114  services.agent.desiredCount
  14 | nchType: FARGATE, desiredCount: 1 }
     |                                 ^
hint: remove it: one task runs on every instance"#,
    );
    for (key, says) in [
        (
            "placementStrategy: [{ type: random }]",
            "a daemon has no `placementStrategy`",
        ),
        (
            "scaling: { minCapacity: 1, maxCapacity: 2 }",
            "a daemon has no `scaling`",
        ),
        (
            "deploymentConfiguration: { maximumPercent: 200 }",
            "the `maximumPercent` of a daemon is 100",
        ),
    ] {
        let daemon = "serviceName: agent, taskDefinition: report, schedulingStrategy: DAEMON";
        let found = problems(&scenario(&[&format!("{daemon}, {key}")]), &[]);
        assert!(found.contains(says), "{found}");
        assert_eq!(found.matches("error:").count(), 1, "{found}");
    }
}

/// facts/ecs.md 193.
#[test]
fn percentages_are_within_their_bounds() {
    check(
        &scenario(&[&format!(
            "{WEB}, deploymentConfiguration: {{ minimumHealthyPercent: 101, maximumPercent: 99 }}"
        )]),
        r#"
error: `101` is not valid here
  shop.yaml:14:116  services.web.deploymentConfiguration.minimumHealthyPercent
  14 | ation: { minimumHealthyPercent: 101, maximumPercent: 99 } }
     |                                 ^^^
hint: expected a whole number from 0 to 100

error: `99` is not valid here
  shop.yaml:14:137  services.web.deploymentConfiguration.maximumPercent
  14 | hyPercent: 101, maximumPercent: 99 } }
     |                                 ^^
hint: expected a whole number from 100 to 10000"#,
    );
    let found = problems(
        &scenario(&[&format!(
            "{WEB}, deploymentConfiguration: {{ maximumPercent: 100 }}"
        )]),
        &[],
    );
    assert!(found.contains("no task could ever be replaced"), "{found}");
}

/// facts/ecs.md 43, 173 and 189.
#[test]
fn the_desired_count_stays_within_the_bounds_of_scaling() {
    let scaled = |count: u32| {
        scenario(&[&format!(
            "serviceName: web, taskDefinition: report, desiredCount: {count}, scaling: {{ minCapacity: 4, maxCapacity: 60 }}"
        )])
    };
    let web = plan(&scaled(10)).services[0].clone();
    assert_eq!(
        (web.desired_count, web.min_capacity, web.max_capacity),
        (10, 4, 60)
    );
    for (count, becomes) in [(2, 4), (100, 60)] {
        let loaded = valid(&scaled(count), &[]);
        assert_eq!(loaded.study.variants[0].services[0].desired_count, becomes);
        assert_eq!(
            loaded.study.warnings,
            [format!(
                "services.web.desiredCount: {count} is outside of `minCapacity` 4 and `maxCapacity` 60: {becomes} is used"
            )]
        );
    }
    check(
        &scaled(10).replace("minCapacity: 4", "minCapacity: 61"),
        r#"
error: `minCapacity` 61 is above `maxCapacity` 60
  shop.yaml:14:91  services.web.scaling.minCapacity
  14 | nt: 10, scaling: { minCapacity: 61, maxCapacity: 60 } }
     |                                 ^^"#,
    );
    let found = problems(&scaled(5_001), &[]);
    assert!(
        found.contains("expected a whole number from 0 to 5000"),
        "{found}"
    );
}

/// facts/ecs.md 189.
#[test]
fn scheduled_actions_are_read() {
    let web = only(&format!(
        "{WEB}, scaling: {{ minCapacity: 0, maxCapacity: 10, scheduledActions: [{{ name: up, schedule: rate(1 day), minCapacity: 5 }}, {{ name: count, schedule: rate(5 minutes), desiredCount: 3, maxCapacity: 4, timeZone: Europe/Berlin }}] }}"
    ));
    let [up, count] = &web.scheduled[..] else {
        panic!("two actions");
    };
    assert_eq!(
        (up.desired_count, up.min_capacity, up.max_capacity),
        (None, Some(5), None)
    );
    assert_eq!(
        (count.desired_count, count.max_capacity),
        (Some(3), Some(4))
    );
    let as_in_api = only(&format!(
        "{WEB}, scaling: {{ minCapacity: 0, maxCapacity: 10, scheduledActions: [{{ scheduledActionName: up, schedule: 'at(2026-11-27T08:00:00)', timezone: Europe/Berlin, scalableTargetAction: {{ minCapacity: 5, maxCapacity: 8 }} }}] }}"
    ));
    let [up] = &as_in_api.scheduled[..] else {
        panic!("one action");
    };
    assert_eq!((up.name.as_str(), up.desired_count), ("up", None));
    assert_eq!((up.min_capacity, up.max_capacity), (Some(5), Some(8)));
    let actions = |action: &str| {
        problems(
            &scenario(&[&format!(
                "{WEB}, scaling: {{ minCapacity: 0, maxCapacity: 10, scheduledActions: [{{ {action} }}] }}"
            )]),
            &[],
        )
    };
    for (action, says, path) in [
        ("schedule: rate(1 day)", "this action changes nothing", ""),
        ("schedule: daily, desiredCount: 1", "`daily`", ".schedule"),
        ("desiredCount: 1", "`schedule` is missing", ""),
        (
            "schedule: rate(1 day), minCapacity: 3, maxCapacity: 2",
            "`minCapacity` 3 is above",
            ".minCapacity",
        ),
        (
            "schedule: rate(1 day), minCapacity: 1, scalableTargetAction: { maxCapacity: 2 }",
            "`scalableTargetAction` has `minCapacity` here",
            ".minCapacity",
        ),
        (
            "schedule: rate(1 day), minCapacity: 1, name: a, scheduledActionName: b",
            "this is the same as `name`",
            ".scheduledActionName",
        ),
        (
            "schedule: rate(1 day), scalableTargetAction: { minCapacity: 3, maxCapacity: 2 }",
            "`minCapacity` 3 is above",
            ".scalableTargetAction.minCapacity",
        ),
        (
            "schedule: rate(1 day), desiredCount: 1, timeZone: Mars",
            "there is no time zone `Mars`",
            ".timeZone",
        ),
    ] {
        let found = actions(action);
        let path = format!("services.web.scaling.scheduledActions.0{path}\n");
        assert!(found.contains(says) && found.contains(&path), "{found}");
        assert_eq!(found.matches("error:").count(), 1, "{found}");
    }
}

#[test]
fn services_and_entries_have_different_names() {
    let named = |name: &str| {
        problems(
            &scenario(&[&format!(
                "serviceName: {name}, taskDefinition: report, desiredCount: 1"
            )]),
            &[],
        )
    };
    assert!(named("all").contains("`all` is reserved for figures"));
    assert!(named("a.b").contains("`a.b` cannot be a name here"));
    check(
        &scenario(&["serviceName: reports, taskDefinition: report, desiredCount: 1"]),
        r#"
error: `reports` is also the name of an entry of `tasks`
  shop.yaml:14:20  services.reports.serviceName
  14 |   - { serviceName: reports, taskDefinition: report, desiredCount: 1 }
     |                    ^^^^^^^
hint: choose another name: figures refer to both by name"#,
    );
    check(
        &scenario(&["serviceName: web, taskDefinition: repot"]),
        r#"
error: `desiredCount` is missing
  shop.yaml:14:5  services.web
  14 |   - { serviceName: web, taskDefinition: repot }
     |     ^
hint: add `desiredCount:`, number of tasks of the service at the start

error: there is no task definition `repot`
  shop.yaml:14:41  services.web.taskDefinition
  14 |   - { serviceName: web, taskDefinition: repot }
     |                                         ^^^^^
hint: did you mean `report`?"#,
    );
}

#[test]
fn a_service_that_fits_no_instance_is_refused_with_a_type_that_is_large_enough() {
    check(
        &scenario(&[WEB]).replace("cpu: 1024", "cpu: 4096"),
        r#"
error: a task may need 4 vCPU, 2 GiB, more than any instance here has; `m6i.large` has 2 vCPU, 7782 MiB
  shop.yaml:14:5  services.web
  14 |   - { serviceName: web, taskDefinition: report, desiredCount: 2 }
     |     ^
hint: `m6i.4xlarge` is large enough

error: a task may need 4 vCPU, 2 GiB, more than any instance here has; `m6i.large` has 2 vCPU, 7782 MiB
  shop.yaml:16:5  tasks.reports
  16 |   - name: reports
     |     ^
hint: `m6i.4xlarge` is large enough"#,
    );
}

#[test]
fn services_merge_by_their_name() {
    let text = format!(
        "{}variants:\n  - name: small\n  - {{ name: large, services: [{{ serviceName: web, desiredCount: 8, launchType: FARGATE }}] }}\n",
        scenario(&[
            WEB,
            "serviceName: api, taskDefinition: report, desiredCount: 1"
        ])
    );
    let study = valid(&text, &["services.api.desiredCount=3"]).study;
    let counts = |at: usize| -> Vec<u32> {
        study.variants[at]
            .services
            .iter()
            .map(|s| s.desired_count)
            .collect()
    };
    assert_eq!((counts(0), counts(1)), (vec![2, 3], vec![8, 3]));
    assert!(study.variants[1].services[0].demand.on_fargate);
}

#[test]
fn services_need_no_entries() {
    let text = scenario(&[WEB]);
    let without = &text[..text.find("tasks:\n").unwrap()];
    let plan = plan(&format!("{without}delays: none\n"));
    assert_eq!((plan.services.len(), plan.tasks.len()), (1, 0));
}

/// Services and entries with all their keys, as `show` prints them.
#[test]
fn services_and_entries_are_shown_as_a_scenario_with_the_same_plan() {
    let text = scenario(&[
        "serviceName: agent, taskDefinition: sides, schedulingStrategy: DAEMON",
        "serviceName: web, taskDefinition: sides, desiredCount: 2, behavior: { containers: { app: { timeToHealthy: 20s } } }, scaling: { minCapacity: 1, maxCapacity: 9, scheduledActions: [{ schedule: rate(1 day), desiredCount: 3 }] }",
        "serviceName: far, taskDefinition: report, desiredCount: 1, launchType: FARGATE, deploymentConfiguration: { minimumHealthyPercent: 0 }",
        "serviceName: first, taskDefinition: report, desiredCount: 1, placementPolicy: firstFit",
    ])
    .replace(
        "taskDefinitions:\n",
        "taskDefinitions:\n  - family: sides\n    memory: 512\n    behavior: { containers: { app: { crashesPerHour: 0.01/d, stopTime: 3s }, init: { runTime: 5s } } }\n    containerDefinitions:\n      - { name: app, image: x, healthCheck: { command: [CMD, true] }, dependsOn: [{ containerName: init, condition: SUCCESS }] }\n      - { name: init, image: y, essential: false, restartPolicy: { enabled: true } }\n",
    )
    .replace(
        "    arrivals: { poisson: 5/h }\n",
        "    schedule: rate(5 minutes)\n    retry: { attempts: 3, checkpoints: 4 }\n    placementConstraints: [{ type: distinctInstance }]\n",
    );
    let expected = plan(&text);
    let folder = super::folder(&[("shop.yaml", text.as_bytes())]);
    let request = Request {
        path: &folder.path().join("shop.yaml"),
        set: &[],
        variants: &[],
        seeds: None,
    };
    load(&request, &super::Small).unwrap();
    let shown = show(&request, &super::Small).unwrap();
    let again = load_text("shown.yaml", &shown, &[], &super::Small)
        .unwrap_or_else(|p| panic!("{p}\n{shown}"));
    assert_eq!(
        format!("{:#?}", again.study.variants[0]),
        format!("{expected:#?}"),
        "{shown}"
    );
    for line in [
        "minimumHealthyPercent: 100",
        "maximumPercent: 200",
        "field: attribute:ecs.availability-zone",
        "stopTimeout: 30",
        "retries: 3",
        "work: restart",
        "timeZone: UTC",
    ] {
        assert!(shown.contains(line), "{line}\n{shown}");
    }
}

#[test]
fn a_wrong_form_and_a_mistyped_key_of_services_are_refused() {
    let found = problems(&format!("{VALID}services: {{ web: {{}} }}\n"), &[]);
    assert!(found.contains("this should be a list"), "{found}");
    let found = problems(
        &scenario(&["serviceName: web, taskDefinition: report, desiredCont: 1"]),
        &[],
    );
    assert!(found.contains("did you mean `desiredCount`?"), "{found}");
    assert_eq!(found.matches("error:").count(), 1, "{found}");
}
