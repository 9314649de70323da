//! What is told of deployments, and the changes with which a stuck one completes.

use super::super::printed;
use super::{golden, json, line};
use serde_json::Value;

#[test]
fn deployments_are_told_from_their_beginning_to_their_end() {
    for (name, question) in [
        (
            "deployment-completed",
            "scenarios/rolling-update.yaml --deployment web/v2",
        ),
        (
            "deployment-failed",
            "scenarios/bad-release.yaml --variant rollback --deployment web/v2",
        ),
        (
            "deployment-stuck",
            "tests/explain/stuck.yaml --deployment web/v2",
        ),
        (
            "deployment-blocked",
            "tests/explain/stuck.yaml --variant blocked --deployment web/v2",
        ),
        (
            "deployment-forced",
            "tests/explain/forced.yaml --deployment web/again",
        ),
        (
            "deployment-canary",
            "scenarios/canary.yaml --variant canary --deployment web/v2",
        ),
        (
            "deployment-shifted",
            "scenarios/canary.yaml --variant good --deployment web/v2",
        ),
        (
            "deployment-code-deploy",
            "scenarios/canary.yaml --variant rolling --set services.web.deploymentConfiguration=null --set services.web.deploymentController.type=CODE_DEPLOY --set services.web.deploymentGroup.deploymentConfigName=ECSCanary10Percent5Minutes --set deployments.v2.bad=null --deployment web/v2",
        ),
    ] {
        golden(name, &format!("explain {question}"));
    }
    let file = "explain tests/explain/stuck.yaml --deployment web/v2 --variant";
    let story = json(&format!("{file} breaker"));
    assert_eq!(story["end"], "failed");
    assert_eq!(story["failure"]["failedTasks"], 3);
    assert_eq!(story["limits"][0]["threshold"], 3);
    assert_eq!(story["limits"][0]["maximumTotal"], 6);
    assert_eq!(
        story["latestFailure"]["fact"],
        "SERVICE_TASK_PLACEMENT_FAILURE"
    );
    assert_eq!(story["isRolledBack"], false);
    let story = json(&format!("{file} rollback"));
    assert_eq!(story["next"], "initial#2");
    assert_eq!(story["isRolledBack"], true);
    let rollback =
        json("explain tests/explain/stuck.yaml --variant rollback --deployment web/initial#2");
    assert_eq!(rollback["cause"], "rolledBack");
    assert_eq!(rollback["end"], "completed");
}

/// The stages of a traffic shift, the alarms, and the requests that met the release are data too.
#[test]
fn a_traffic_shift_is_told_with_its_weights_and_who_met_the_release() {
    let story = json("explain scenarios/canary.yaml --variant canary --deployment web/v2");
    let traffic = &story["traffic"];
    assert_eq!(traffic["controller"], "ECS");
    assert_eq!(traffic["strategy"], "CANARY");
    let stages = traffic["stages"].as_array().expect("a list");
    let weights: Vec<_> = stages.iter().map(|of| &of["weightMillionths"]).collect();
    assert_eq!(weights, [0, 100_000, 0]);
    assert_eq!(stages[1]["stage"], "PRODUCTION_TRAFFIC_SHIFT");
    assert_eq!(story["alarms"][0], "errors");
    assert_eq!(story["limits"][0]["ofEachRevision"], true);
    assert_eq!(story["limits"][0]["maximumTotal"], 24);
    // 30 requests per second for 250 s; one of five has an error.
    assert_eq!(story["requests"]["bad"], 7_500);
    assert_eq!(story["requests"]["errors"], 1_500);
}

/// The first lines of a service say how its release went, whatever the counts of its tasks are.
#[test]
fn a_release_that_failed_or_is_stuck_is_told_first() {
    for (variant, words) in [
        ("waits", "no progress for 2h, since the time 1h of the run"),
        (
            "blocked",
            "no progress for 2h, since the time 1h of the run",
        ),
        ("breaker", "FAILED at 1h0m20s"),
        ("rollback", "FAILED at 1h0m20s"),
    ] {
        let text = printed(&format!(
            "explain tests/explain/stuck.yaml --service web --variant {variant}"
        ));
        let first: Vec<&str> = text.lines().skip(1).take(3).collect();
        assert!(first.join(" ").contains(words), "{variant}: {text}");
    }
    let text = printed("explain tests/explain/stuck.yaml --service web --variant rollback");
    line(&text, "The deployment `initial#2` COMPLETED at 1h0m30s");
}

/// The changes that are said to let a stuck deployment complete do so when they are made, and less does
/// not.
#[test]
fn the_changes_of_a_stuck_deployment_hold_when_they_are_made() {
    let file = "explain tests/explain/stuck.yaml --deployment web/v2";
    let story = json(file);
    assert_eq!(story["end"], "inProgress");
    let tries = story["tries"].as_array().expect("a list");
    let kinds: Vec<&Value> = tries.iter().map(|of| &of["kind"]).collect();
    assert_eq!(kinds, ["minimumHealthyPercent", "moreInstances"]);
    assert!(tries.iter().all(|of| of["end"] == "completed"));
    assert_eq!(
        (&tries[0]["to"], &tries[1]["instances"]),
        (&75.into(), &1.into())
    );
    let percent = "services.web.deploymentConfiguration.minimumHealthyPercent";
    for (percents, end) in [(75, "completed"), (76, "inProgress")] {
        let changed = json(&format!("{file} --set {percent}={percents}"));
        assert_eq!(changed["end"], end, "{percents}");
        if end == "completed" {
            assert_eq!(changed["endMicros"], tries[0]["endMicros"]);
        }
    }
    let fleet = "--set cluster.capacityProviders.fleet.fleet.0.count=3";
    assert_eq!(
        json(&format!("{file} {fleet}"))["endMicros"],
        tries[1]["endMicros"]
    );
    // Limits that allow neither a stop nor a start: instances are not tried, as they cannot help.
    let blocked = json(&format!("{file} --variant blocked"));
    let tries = blocked["tries"].as_array().expect("a list");
    let kinds: Vec<&Value> = tries.iter().map(|of| &of["kind"]).collect();
    assert_eq!(kinds, ["minimumHealthyPercent", "maximumPercent"]);
}

/// Tasks that answer later than the health checks of their target group allow need a grace period
/// (facts/ecs.md 203): the least one with which no task fails is told, and one step less is not enough.
#[test]
fn fact_203_a_grace_period_is_tried_for_tasks_that_start_slowly() {
    let tries = |set: &str| {
        let story = json(&format!(
            "explain tests/explain/slow-start.yaml --service web{set}"
        ));
        let last = story["deployments"].as_array().and_then(|all| all.last());
        last.expect("a deployment")["tries"].clone()
    };
    let found = tries("");
    assert_eq!(found[0]["kind"], "healthCheckGracePeriod");
    assert_eq!(
        (&found[0]["end"], &found[0]["from"]),
        (&"completed".into(), &0.into())
    );
    let least = found[0]["to"].as_u64().expect("seconds");
    assert!((90..=120).contains(&least), "{least}");
    let enough = format!(" --set services.web.healthCheckGracePeriodSeconds={least}");
    assert_eq!(tries(&enough), Value::Array(Vec::new()));
    let text = printed("explain tests/explain/slow-start.yaml --service web").replace('\n', " ");
    assert!(text.contains("1m40s on average"), "{text}");
}
