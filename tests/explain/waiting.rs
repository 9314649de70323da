//! Why a task waits, is refused or is missing: each cause with its words and codes.

use super::super::printed;
use super::{first_detail, json, line};
use serde_json::Value;

/// An instance that is starting takes the task at the time that is told, and counts in no number of
/// further instances.
#[test]
fn instances_that_are_starting_are_counted_apart() {
    let file = "explain tests/explain/starting.yaml";
    let last = |story: &Value| {
        let looks = story["waits"].as_array().expect("a list").clone();
        looks.last().expect("a look")["detail"]["changes"][0].clone()
    };
    let served = json(&format!("{file} --task web/8"));
    let change = last(&served);
    assert_eq!(
        (&change["kind"], &change["instance"]),
        (&"starting".into(), &4.into())
    );
    let later = json(&format!("{file} --task web/8 --set until=5m"));
    let choice = &later["choices"][0];
    assert_eq!(choice["chosen"]["instance"], 4);
    assert_eq!(choice["timeMicros"], change["expectedMicros"]);
    let without = last(&json(&format!("{file} --task web/11")));
    assert_eq!(without["kind"], "moreInstances");
    assert_eq!(
        (&without["instances"], &without["starting"]),
        (&1.into(), &2.into())
    );
    assert_eq!(without["maxSize"], serde_json::json!([5, 6]));
    let group = "cluster.capacityProviders.group.autoScalingGroup.maxSize";
    let outcome = |most: u32| {
        let set = format!("--set until=5m --set {group}={most}");
        json(&format!("{file} --task web/11 {set}"))["outcome"].clone()
    };
    assert_eq!(
        (outcome(6), outcome(5)),
        ("running".into(), "waiting".into())
    );
}

/// Trunking is tried where the type has it, and places the task when it is set.
#[test]
fn fact_121_trunking_is_tried_for_a_task_without_an_interface() {
    let file = "explain tests/explain/interfaces.yaml --task web/4";
    let story = json(file);
    let (refusals, _) = first_detail(&story);
    let by = &refusals[0]["by"]["interfaces"];
    assert_eq!((&by["limit"], &by["free"]), (&2.into(), &0.into()));
    assert_eq!(by["heldBy"].as_array().map(Vec::len), Some(2));
    assert_eq!(story["trunking"]["types"][0]["to"], 10);
    let set = json(&format!("{file} --set cluster.awsvpcTrunking=enabled"));
    assert_eq!(set["outcome"], "running");
    assert_eq!(
        set["choices"][0]["timeMicros"],
        story["trunking"]["placedMicros"]
    );
    // A type without a trunk: nothing is told.
    let small = "--set cluster.capacityProviders.fleet.fleet.0.instanceType=t3.medium";
    assert_eq!(json(&format!("{file} {small}"))["trunking"], Value::Null);
}

/// Of tasks that find no instance at the same time one waits and another does not: by its entry, or by
/// its capacity provider.
#[test]
fn why_a_task_waits_or_does_not_is_told() {
    for (task, words) in [
        (
            "queued/0",
            "waits in the job queue, as `onNoCapacity` of its entry is `queue`",
        ),
        (
            "refused/0",
            "does not wait, as `onNoCapacity` of its entry is `fail`",
        ),
        (
            "provisioned/0",
            "waits in PROVISIONING, as `onNoCapacity` of its entry is `provisioning`",
        ),
    ] {
        let file = "explain tests/explain/waiting.yaml --set until=90s";
        let text = printed(&format!("{file} --task {task}"));
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(words), "{task}: {text}");
    }
}

/// A daemon without room on an instance is missing there, and what it lacks is told.
#[test]
fn fact_109_a_daemon_without_room_is_told_with_its_instance() {
    let story = json("explain tests/explain/daemon.yaml --service logs");
    assert_eq!(story["healthyAtEnd"], 2);
    let without = story["withoutRoom"].as_array().expect("a list");
    assert_eq!(without.len(), 1);
    assert_eq!(without[0]["instanceType"], "c6i.large");
    assert_eq!(without[0]["code"], "RESOURCE:MEMORY");
    // The smaller task that was tried there fits when it is made, and 1 MiB more does not.
    let memory = without[0]["change"]["memoryMib"]
        .as_f64()
        .expect("a number");
    for (more, healthy) in [(0.0, 3), (1.0, 2)] {
        let set = format!("--set taskDefinitions.logs.memory={}", memory + more);
        let story = json(&format!(
            "explain tests/explain/daemon.yaml --service logs {set}"
        ));
        assert_eq!(story["healthyAtEnd"], healthy);
    }
}

#[test]
fn fact_114_every_refusal_has_its_code() {
    for (name, task, code) in [
        ("cpu", "web/0", "RESOURCE:CPU"),
        ("memory", "jobs/3", "RESOURCE:MEMORY"),
        ("ports", "admin/0", "RESOURCE:PORTS"),
        ("interfaces", "web/4", "RESOURCE:ENI"),
        ("gpu", "train/2", "RESOURCE:GPU"),
        ("agent", "late/0", "AGENT"),
    ] {
        let story = json(&format!("explain tests/explain/{name}.yaml --task {task}"));
        let (refusals, _) = first_detail(&story);
        let codes: Vec<&Value> = refusals.iter().map(|refusal| &refusal["code"]).collect();
        assert!(codes.contains(&&Value::from(code)), "{name}: {codes:?}");
        assert_eq!(story["events"][0]["fact"], "TaskArrived", "{name}");
    }
}

#[test]
fn fact_115_the_closest_instance_fails_the_fewest_checks_and_has_the_most_free() {
    let story = json("explain tests/explain/cpu.yaml --task web/0");
    // Each instance fails one check and has half of what it lacks: the earliest launch is named.
    let (refusals, _) = first_detail(&story);
    assert!(
        refusals
            .iter()
            .all(|refusal| refusal["also"] == Value::Array(Vec::new()))
    );
    let event = printed("explain tests/explain/cpu.yaml --service web");
    assert_eq!(story["waits"][0]["detail"]["closest"], 0);
    let closest = format!(
        "(container-instance i-{})",
        story["waits"][0]["detail"]["closest"]
    );
    assert!(event.contains(&closest), "{event}");
}

/// An instance that fails several checks tells all of them, in text and as JSON.
#[test]
fn all_that_an_instance_lacks_is_told() {
    let question = "explain tests/explain/closest.yaml --task train/2 --set taskDefinitions.train.containerDefinitions.train.cpu=12288";
    let story = json(question);
    let (refusals, _) = first_detail(&story);
    assert_eq!(refusals[0]["code"], "RESOURCE:CPU");
    assert_eq!(refusals[0]["also"][0]["code"], "RESOURCE:GPU");
    assert_eq!(refusals[0]["also"][0]["by"]["amount"]["free"], 0.0);
    let text = printed(question);
    let group = line(&text, "on 2 of 3 instances: needs");
    assert!(group.contains("CPU and GPUs"), "{group}");
    let free = line(&text, "free: i-0");
    assert!(free.contains("i-0 m6i.2xlarge (8 vCPU, 0 GPUs)"), "{free}");
}

/// Which constraint no instance meets, how many do not meet each, and what dropping it does.
#[test]
fn fact_96_the_constraint_that_no_instance_meets_is_named() {
    let story = json("explain tests/explain/constraints.yaml --task web/0");
    assert_eq!(story["outcome"], "refused");
    let detail = &story["waits"][0]["detail"];
    let counts = detail["memberOf"].as_array().expect("a list");
    let failing: Vec<&Value> = counts.iter().map(|unmet| &unmet["failing"]).collect();
    assert_eq!(failing, [&Value::from(3), &Value::from(1)]);
    assert_eq!(counts[0]["never"], true);
    let changes = detail["changes"].as_array().expect("a list");
    assert_eq!(changes[0]["kind"], "withoutMemberOf");
    assert_eq!(changes[0]["expressions"][0], counts[0]["expression"]);
}

/// Under the launch type EC2 a task may use every instance: another processor is what keeps it away.
#[test]
fn another_processor_is_no_matter_of_the_capacity_provider() {
    let story = json("explain tests/explain/platform.yaml --task web/2");
    let detail = &story["waits"][0]["detail"];
    assert_eq!(detail["elsewhere"], Value::Array(Vec::new()));
    let (refusals, changes) = first_detail(&story);
    assert_eq!(refusals.len(), 4);
    assert_eq!(refusals[3]["provider"], "other");
    assert_eq!(refusals[3]["code"], "ATTRIBUTE");
    let kinds: Vec<&Value> = changes.iter().map(|change| &change["kind"]).collect();
    assert_eq!(kinds, ["moreInstances", "otherPlatform"]);
    // The full instance of its platform is the closest, not one of another platform with room.
    assert_eq!(detail["closest"], 2);
}

/// Each task that waits for the quota of Fargate has the cause, and runs at no time before its turn.
#[test]
fn fact_46_every_task_behind_the_quota_has_the_cause() {
    for task in ["jobs/1", "jobs/2"] {
        let story = json(&format!("explain tests/explain/fargate.yaml --task {task}"));
        let obstacles = story["obstacles"].as_array().expect("a list");
        assert_eq!(obstacles.len(), 1, "{task}");
        assert_eq!(obstacles[0]["why"], "fargateQuota", "{task}");
    }
    // The quota that is said to be enough was played, and one less is not enough.
    let story = json("explain tests/explain/fargate.yaml --task jobs/2");
    let then = serde_json::json!({ "timeMicros": 0, "quota": 3, "used": { "jobs": [3, 3.0] } });
    assert_eq!(
        story["quota"],
        serde_json::json!({ "from": 1, "to": 3, "then": then })
    );
    for (quota, obstacles) in [(3, 0), (2, 1)] {
        let set = format!("--set assumptions.fargateVcpuQuota={quota}");
        let story = json(&format!(
            "explain tests/explain/fargate.yaml --task jobs/2 {set}"
        ));
        let found = story["obstacles"].as_array().expect("a list");
        assert_eq!(found.len(), obstacles, "{quota}");
    }
    let scene = json("explain tests/explain/fargate.yaml --at 10m");
    assert_eq!(scene["onFargate"]["jobs"], 1);
    assert_eq!(scene["waiting"]["jobs"], 2);
    assert_eq!(
        scene["quotas"],
        serde_json::json!([{ "provider": "FARGATE", "used": 1.0, "quota": 1 }])
    );
    let picture = printed("explain tests/explain/quota.yaml --at 10m");
    let text = picture.replace('\n', " ");
    assert!(text.contains("6 of the 6 vCPUs of the quota of FARGATE are used"));
    assert!(text.contains("refused at this time: jobs 2"));
    assert!(!picture.contains("A bar is as long"), "{picture}");
}

/// Nothing is placed in an outage of the control plane, whatever capacity there is.
#[test]
fn platform_8_3_3_an_outage_is_the_cause_of_waiting() {
    for (task, outcome) in [
        ("jobs/0", "finished"),
        ("serverless/0", "finished"),
        ("hasty/0", "refused"),
    ] {
        let story = json(&format!("explain tests/explain/outage.yaml --task {task}"));
        assert_eq!(story["outcome"], outcome, "{task}");
        assert_eq!(story["obstacles"][0]["why"], "controlPlane", "{task}");
        assert_eq!(story["waits"], Value::Array(Vec::new()), "{task}");
    }
    let picture = printed("explain tests/explain/outage.yaml --at 20m");
    line(&picture, "the control plane is out");
}
