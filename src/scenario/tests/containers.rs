//! The life cycle of containers: order, timeouts, health checks and restarts.

use super::{check, problems, valid, with};
use crate::plan::{Condition, Container, HealthCheck, RestartPolicy};
use crate::units::{Memory, Span};

const CONTAINERS: &str = "containerDefinitions: [{ name: report, image: shop/report:1 }]";

/// The valid scenario with these containers, one per line.
fn scenario(containers: &[&str]) -> String {
    let lines: String = containers
        .iter()
        .map(|container| format!("\n      - {{ {container} }}"))
        .collect();
    with(CONTAINERS, &format!("containerDefinitions:{lines}"))
}

fn containers(lines: &[&str]) -> Vec<Container> {
    let plan = &valid(&scenario(lines), &[]).study.variants[0];
    plan.tasks[0].containers.to_vec()
}

fn names(containers: &[Container]) -> Vec<&str> {
    containers.iter().map(|c| c.name.as_str()).collect()
}

/// facts/ecs.md 16, 23 and 24.
#[test]
fn absent_keys_have_the_defaults_of_aws() {
    let [plain, full] = &containers(&[
        "name: plain, image: a",
        "name: full, image: b, essential: false, memory: 100, healthCheck: { command: [CMD, true] }, restartPolicy: { enabled: true }",
    ])[..] else {
        panic!("two containers");
    };
    assert!(plain.essential && !full.essential);
    assert_eq!((plain.image, full.image), (0, 1));
    assert_eq!(plain.stop_timeout, Span::seconds(30));
    assert_eq!((plain.start_timeout, plain.health_check), (None, None));
    assert_eq!((&plain.restart, plain.memory_limit), (&None, None));
    assert_eq!(full.memory_limit, Some(Memory::mib(100)));
    let check = HealthCheck {
        interval: Span::seconds(30),
        timeout: Span::seconds(5),
        retries: 3,
        start_period: Span::ZERO,
    };
    assert_eq!(full.health_check, Some(check));
    let policy = RestartPolicy {
        ignored_exit_codes: Vec::new(),
        attempt_period: Span::seconds(300),
    };
    assert_eq!(full.restart, Some(policy));
    assert!(plain.behavior.is_certain() && plain.behavior.run_time.is_none());
}

#[test]
fn every_key_of_a_container_s_life_is_read() {
    let all = "name: a, image: x, startTimeout: 600, stopTimeout: 90, healthCheck: { command: [CMD-SHELL, exit 0], interval: 5, timeout: 2, retries: 10, startPeriod: 300 }, restartPolicy: { enabled: true, ignoredExitCodes: [0, 143], restartAttemptPeriod: 60 }";
    let [a] = &containers(&[all])[..] else {
        panic!("one container");
    };
    assert_eq!(a.start_timeout, Some(Span::seconds(600)));
    assert_eq!(a.stop_timeout, Span::seconds(90));
    let check = a.health_check.expect("it has one");
    assert_eq!(
        (check.interval, check.timeout),
        (Span::seconds(5), Span::seconds(2))
    );
    assert_eq!(
        (check.retries, check.start_period),
        (10, Span::seconds(300))
    );
    let policy = a.restart.as_ref().expect("it has one");
    assert_eq!(policy.ignored_exit_codes, [0, 143]);
    assert_eq!(policy.attempt_period, Span::seconds(60));
    let off = "name: a, image: x, restartPolicy: { enabled: false }";
    assert_eq!(containers(&[off])[0].restart, None);
}

/// facts/ecs.md 19.
#[test]
fn each_container_comes_after_those_it_depends_on_else_in_the_order_of_the_file() {
    let found = containers(&[
        "name: app, image: a, dependsOn: [{ containerName: proxy, condition: HEALTHY }, { containerName: init, condition: SUCCESS }]",
        "name: logs, image: b, essential: false",
        "name: init, image: c, essential: false, dependsOn: [{ containerName: logs, condition: START }]",
        "name: proxy, image: d, healthCheck: { command: [CMD, true] }",
        "name: late, image: e",
    ]);
    assert_eq!(names(&found), ["logs", "init", "proxy", "app", "late"]);
    assert_eq!(
        found[3].depends_on,
        [(2, Condition::Healthy), (1, Condition::Success)]
    );
    assert_eq!(found[1].depends_on, [(0, Condition::Start)]);
}

/// facts/ecs.md 19.
#[test]
fn impossible_dependencies_are_refused() {
    check(
        &scenario(&[
            "name: a, image: x, dependsOn: [{ containerName: c, condition: START }]",
            "name: b, image: x, dependsOn: [{ containerName: a, condition: START }]",
            "name: c, image: x, dependsOn: [{ containerName: b, condition: START }]",
            "name: d, image: x, dependsOn: [{ containerName: c, condition: START }]",
        ]),
        r#"
error: these containers wait for each other: a → c → b → a
  shop.yaml:13:42  taskDefinitions.report.containerDefinitions.a.dependsOn.0
  13 |       - { name: a, image: x, dependsOn: [{ containerName: c, condition: START }] }
     |                                          ^
hint: remove one of these dependencies"#,
    );
    check(
        &scenario(&[
            "name: app, image: x, dependsOn: [{ containerName: porxy, condition: START }]",
            "name: proxy, image: x, dependsOn: [{ containerName: proxy, condition: START }]",
        ]),
        r#"
error: there is no container `porxy` in this task
  shop.yaml:13:44  taskDefinitions.report.containerDefinitions.app.dependsOn.0
  13 |       - { name: app, image: x, dependsOn: [{ containerName: porxy, condition: START }] }
     |                                            ^
hint: did you mean `proxy`?

error: `proxy` cannot depend on itself
  shop.yaml:14:46  taskDefinitions.report.containerDefinitions.proxy.dependsOn.0
  14 |       - { name: proxy, image: x, dependsOn: [{ containerName: proxy, condition: START }] }
     |                                              ^
hint: remove this dependency"#,
    );
    check(
        &scenario(&[
            "name: app, image: x, dependsOn: [{ containerName: init, condition: COMPLETE }, { containerName: init, condition: HEALTHY }]",
            "name: init, image: x",
        ]),
        r#"
error: `init` is essential: the task stops when it exits, so that no dependent container can start
  shop.yaml:13:44  taskDefinitions.report.containerDefinitions.app.dependsOn.0
  13 | ame: app, image: x, dependsOn: [{ containerName: init, condition: COMPLETE }, { containerName: i
     |                                 ^
hint: give `init` `essential: false`, or wait for START or HEALTHY

error: `init` has no health check that could pass
  shop.yaml:13:90  taskDefinitions.report.containerDefinitions.app.dependsOn.1
  13 | e: init, condition: COMPLETE }, { containerName: init, condition: HEALTHY }] }
     |                                 ^
hint: give `init` a `healthCheck`, or wait for START"#,
    );
}

/// facts/ecs.md 16, 23 and 24.
#[test]
fn numbers_out_of_range_are_refused() {
    let says = |container: &str| problems(&scenario(&[container]), &[]);
    for (container, path, range) in [
        (
            "healthCheck: { command: [a], interval: 4 }",
            "healthCheck.interval",
            "from 5 to 300",
        ),
        (
            "healthCheck: { command: [a], timeout: 61 }",
            "healthCheck.timeout",
            "from 2 to 60",
        ),
        (
            "healthCheck: { command: [a], retries: 0 }",
            "healthCheck.retries",
            "from 1 to 10",
        ),
        (
            "healthCheck: { command: [a], startPeriod: 301 }",
            "healthCheck.startPeriod",
            "from 0 to 300",
        ),
        (
            "restartPolicy: { enabled: true, restartAttemptPeriod: 59 }",
            "restartPolicy.restartAttemptPeriod",
            "from 60 to 1800",
        ),
        (
            "restartPolicy: { enabled: true, ignoredExitCodes: [256] }",
            "restartPolicy.ignoredExitCodes.0",
            "from 0 to 255",
        ),
        ("stopTimeout: 0", "stopTimeout", "from 1 to"),
        ("startTimeout: 0", "startTimeout", "from 1 to"),
    ] {
        let found = says(&format!("name: a, image: x, {container}"));
        let place = format!("taskDefinitions.report.containerDefinitions.a.{path}\n");
        assert!(found.contains(&place) && found.contains(range), "{found}");
        assert_eq!(found.matches("error:").count(), 1, "{found}");
    }
    let found = says("name: a, image: x, healthCheck: { command: [] }");
    assert!(found.contains("a health check needs a command"), "{found}");
    let codes: Vec<String> = (0..51).map(|code: u32| code.to_string()).collect();
    let codes = codes.join(", ");
    let found = says(&format!(
        "name: a, image: x, restartPolicy: {{ enabled: true, ignoredExitCodes: [{codes}] }}"
    ));
    assert!(found.contains("51 exit codes are too many"), "{found}");
}

/// facts/ecs.md 23.
#[test]
fn fargate_has_stop_timeouts_of_its_own() {
    let fargate = |seconds: u32| {
        scenario(&[&format!("name: a, image: x, stopTimeout: {seconds}")]).replace(
            "    taskDefinition: report",
            "    taskDefinition: report\n    launchType: FARGATE",
        )
    };
    for seconds in [2, 120] {
        valid(&fargate(seconds), &[]);
    }
    for seconds in [1, 121] {
        valid(&fargate(seconds).replace("FARGATE", "EC2"), &[]);
    }
    check(
        &fargate(121),
        r#"
error: a `stopTimeout` of 2m1s does not exist on Fargate
  shop.yaml:13:43  taskDefinitions.report.containerDefinitions.a.stopTimeout
  13 |       - { name: a, image: x, stopTimeout: 121 }
     |                                           ^^^
hint: expected 2 to 120 seconds"#,
    );
    assert!(problems(&fargate(1), &[]).contains("does not exist on Fargate"));
}

/// facts/ecs.md 43.
#[test]
fn a_task_has_at_most_ten_containers() {
    let names: Vec<String> = (0..11).map(|n| format!("name: c{n}, image: x")).collect();
    let lines: Vec<&str> = names.iter().map(String::as_str).collect();
    assert_eq!(containers(&lines[..10]).len(), 10);
    check(
        &scenario(&lines),
        r#"
error: 11 containers are more than the 10 that a task can have
  shop.yaml:13:7  taskDefinitions.report.containerDefinitions
  13 |       - { name: c0, image: x }
     |       ^"#,
    );
}

#[test]
fn images_of_the_same_name_are_one() {
    let plan = &valid(
        &scenario(&[
            "name: a, image: x",
            "name: b, image: y",
            "name: c, image: x",
        ]),
        &[],
    )
    .study
    .variants[0];
    let images: Vec<&str> = plan.images.iter().map(|i| i.name.as_str()).collect();
    assert_eq!(images, ["x", "y"]);
    let used: Vec<usize> = plan.tasks[0].containers.iter().map(|c| c.image).collect();
    assert_eq!(used, [0, 1, 0]);
    assert!(
        plan.images
            .iter()
            .all(|image| image.registry < plan.registries.len())
    );
}

#[test]
fn a_template_s_placeholder_is_not_a_key() {
    check(
        &with(
            CONTAINERS,
            "containerDefinitions: [{ name: a, image: x, healthCheck: { command: [a], $$$PERIOD$$$: 3 } }]",
        ),
        r#"
error: `$$$PERIOD$$$` is a template's placeholder, not a key
  shop.yaml:12:78  taskDefinitions.report.containerDefinitions.a.healthCheck.$$$PERIOD$$$
  12 | x, healthCheck: { command: [a], $$$PERIOD$$$: 3 } }]
     |                                 ^^^^^^^^^^^^
hint: replace the placeholder first"#,
    );
}
