//! The smallest changes that are told hold when they are made, and less does not.

use super::{first_detail, json};
use serde_json::Value;

/// The `maxSize` that is said to be enough was played, and one less is not enough: the tasks before it
/// are in the run, though they were refused before this one.
#[test]
fn the_size_of_a_full_group_is_that_of_another_run() {
    let of = "explain tests/explain/full-group.yaml --task";
    for task in ["web/8", "web/9"] {
        let story = json(&format!("{of} {task}"));
        assert_eq!(
            (&story["maxSize"]["from"], &story["maxSize"]["to"]),
            (&3.into(), &5.into())
        );
    }
    let group = "cluster.capacityProviders.group.autoScalingGroup.maxSize";
    for (size, outcome) in [(5, "running"), (4, "refused")] {
        let story = json(&format!("{of} web/9 --set {group}={size}"));
        assert_eq!(story["outcome"], outcome, "{size}");
    }
}

/// Capacity is tried alone where the group grows by itself, and tasks that were refused between two
/// rounds stand at the time of their refusal.
#[test]
fn fact_55_a_full_group_is_tried_with_a_larger_max_size_alone() {
    let story = json("explain tests/explain/full-group.yaml --service web");
    let last = story["deployments"].as_array().and_then(|all| all.last());
    let tries = last.expect("a deployment")["tries"].as_array().cloned();
    let tries = tries.expect("tries");
    assert_eq!(tries[0]["kind"], "maxSize");
    assert_eq!(tries[0]["end"], "completed");
    let (from, to) = (&tries[0]["from"], &tries[0]["to"]);
    assert_eq!((from, to), (&Value::from(3), &Value::from(5)));
    let later = story["rounds"].as_array().expect("rounds").iter();
    let later: Vec<&Value> = later
        .flat_map(|row| row["refusedLater"].as_array().expect("a list"))
        .collect();
    // The longest wait in PROVISIONING (facts/ecs.md 55) after the first round.
    assert_eq!(later[0]["timeMicros"], 1_800_000_000_u64);
    assert_eq!(later[0]["why"], "provisioningTimedOut");
}

/// The change that was found to be enough is enough when it is made in the scenario, and a little less is not.
#[test]
fn the_smallest_change_holds_when_it_is_made() {
    let story = |more: &str| {
        json(&format!(
            "explain tests/explain/cpu.yaml --task web/0 {more}"
        ))
    };
    let unchanged = story("");
    assert_eq!(unchanged["outcome"], "refused");
    let (_, changes) = first_detail(&unchanged);
    assert_eq!(changes[0]["kind"], "smaller");
    assert_eq!(
        (&changes[0]["cpuUnits"], &changes[0]["memoryMib"]),
        (&512.0.into(), &2048.0.into())
    );
    for (cpu, outcome) in [(512, "running"), (513, "refused")] {
        let changed = story(&format!("--set taskDefinitions.web.cpu={cpu}"));
        assert_eq!(changed["outcome"], outcome, "{cpu}");
        if outcome == "running" {
            assert_eq!(
                changed["choices"][0]["chosen"]["instance"],
                changes[0]["placedOn"]["instance"]
            );
        }
    }
    let memory = story("--set taskDefinitions.web.memory=1024");
    assert_eq!(memory["outcome"], "running");
    // The task behind the head of a queue needs two instances, of which the head takes the first.
    let behind = json("explain tests/explain/memory.yaml --task jobs/4");
    let (_, changes) = first_detail(&behind);
    assert_eq!(changes.len(), 1);
    assert_eq!(
        (&changes[0]["kind"], &changes[0]["instances"]),
        (&"moreInstances".into(), &2.into())
    );
}

/// Every change of these scenarios that `--set` can make places the task.
#[test]
fn dropped_constraints_and_other_modes_place_the_task() {
    for (name, task, change, setting) in [
        (
            "interfaces",
            "web/4",
            "withoutInterface",
            "taskDefinitions.web.networkMode=host",
        ),
        (
            "distinct",
            "web/3",
            "withoutDistinctInstance",
            "services.web.placementConstraints=[]",
        ),
        (
            "cpu",
            "web/0",
            "otherProvider",
            "services.web.capacityProviderStrategy=[{capacityProvider: spare, weight: 1}]",
        ),
        (
            "constraints",
            "web/0",
            "withoutMemberOf",
            "taskDefinitions.web.placementConstraints=[{type: memberOf, expression: 'attribute:ecs.instance-type =~ m6i.*'}]",
        ),
        (
            "platform",
            "web/2",
            "otherPlatform",
            "taskDefinitions.web.runtimePlatform={cpuArchitecture: X86_64}",
        ),
    ] {
        let line = format!("explain tests/explain/{name}.yaml --task {task}");
        let story = json(&line);
        let (_, changes) = first_detail(&story);
        assert!(
            changes.iter().any(|tried| tried["kind"] == change),
            "{name}: {changes:?}"
        );
        // A setting may have spaces, which `ecsim` of this file splits at.
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_ecsim"))
            .args(line.split(' '))
            .args(["--format", "json", "--set", setting])
            .output()
            .expect("the program starts");
        let talk = String::from_utf8_lossy(&output.stderr);
        let changed: Value = serde_json::from_slice(&output.stdout).expect(&talk);
        assert_eq!(changed["outcome"], "running", "{name}");
    }
}
