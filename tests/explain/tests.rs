//! `ecsim explain`: what it says of different causes of waiting, word for word; that its changes hold when
//! they are made; its codes; its pictures; what it refuses.
//!
//! The texts are beside this file, each named after its question; `ECSIM_UPDATE=1` rewrites them.

use super::{ecsim, printed, refused};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// Compares what is printed with the text of this name.
fn golden(name: &str, line: &str) {
    let found = printed(line);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/explain/{name}.txt"));
    if std::env::var_os("ECSIM_UPDATE").is_some() {
        fs::write(&path, &found).expect("the text can be written");
    }
    let wanted = fs::read_to_string(&path).expect("the text is there");
    assert_eq!(
        found, wanted,
        "tests/explain/{name}.txt has changed; look at it, then run with ECSIM_UPDATE=1"
    );
    let wide = found
        .lines()
        .find(|line| line.chars().count() > 100 && !line.contains("ecsim "));
    assert_eq!(wide, None, "{name}");
}

/// The first line that has these words.
fn line<'a>(text: &'a str, words: &str) -> &'a str {
    let found = text.lines().find(|line| line.contains(words));
    found.unwrap_or_else(|| panic!("no line has `{words}`:\n{text}"))
}

/// What is printed as JSON.
fn json(line: &str) -> Value {
    let text = printed(&format!("{line} --format json"));
    serde_json::from_str(&text).expect("it is JSON")
}

/// The refusals and the changes of the first wait.
fn first_detail(story: &Value) -> (&Vec<Value>, &Vec<Value>) {
    let detail = &story["waits"][0]["detail"];
    let list = |name: &str| detail[name].as_array().expect("a list");
    (list("refusals"), list("changes"))
}

#[test]
fn every_cause_of_waiting_has_its_words() {
    for (name, task) in [
        ("cpu", "web/0"),
        ("memory", "jobs/3"),
        ("ports", "admin/0"),
        ("interfaces", "web/4"),
        ("distinct", "web/3"),
        ("agent", "late/0"),
        ("gpu", "train/2"),
        ("member", "web/2"),
        ("constraints", "jobs/0"),
        ("platform", "web/2"),
        ("closest", "train/2"),
        ("starting", "web/11"),
        ("full-group", "web/9"),
        ("excluding", "jobs/0"),
        ("outage", "jobs/0"),
    ] {
        golden(
            name,
            &format!("explain tests/explain/{name}.yaml --task {task}"),
        );
    }
    golden("served", "explain tests/explain/starting.yaml --task web/8");
    golden(
        "queued",
        "explain tests/explain/waiting.yaml --task queued/0",
    );
    golden("behind", "explain tests/explain/memory.yaml --task jobs/4");
    golden(
        "fargate",
        "explain tests/explain/fargate.yaml --task jobs/2",
    );
    golden("quota", "explain tests/explain/quota.yaml --task jobs/0");
    golden(
        "quota-service",
        "explain tests/explain/quota.yaml --service late",
    );
    golden("hasty", "explain tests/explain/outage.yaml --task hasty/0");
    golden(
        "choice",
        "explain scenarios/zone-loss.yaml --variant spread --task web/4",
    );
    golden(
        "service",
        "explain tests/explain/interfaces.yaml --service web",
    );
    golden(
        "release",
        "explain scenarios/bad-release.yaml --service web --variant rollback",
    );
    golden("daemon", "explain tests/explain/daemon.yaml --service logs");
    golden("stuck", "explain tests/explain/stuck.yaml --service web");
}

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
fn the_picture_of_an_instant_has_every_instance_before_and_after() {
    golden("picture", "explain tests/explain/cpu.yaml --at 0s");
    golden(
        "instance",
        "explain tests/explain/agent.yaml --at 20m --instance i-0",
    );
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

/// Every time that a story prints, given to `--at`, is the time of what it says there.
#[test]
fn printed_times_can_be_given_back() {
    let story = printed("explain tests/explain/starting.yaml --task web/3");
    let placed = line(&story, "placed on i-");
    let mut words = placed.split_whitespace();
    let at = words.next().expect("a time");
    assert!(at.contains('.'), "{at}");
    let host = words.nth(2).expect("an instance");
    let detail = printed(&format!(
        "explain tests/explain/starting.yaml --at {at} --instance {host}"
    ));
    let task = line(&detail, "  web/3 ");
    assert!(task.trim_end().ends_with(at), "{task}");
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

#[test]
fn questions_without_an_answer_name_what_there_is() {
    let file = "explain tests/explain/memory.yaml";
    for (question, words) in [
        ("--task jobs/9", "`jobs` has 5 tasks, `jobs/0` to `jobs/4`"),
        ("--task jbs/0", "did you mean `jobs`?"),
        ("--task jobs", "such as `jobs/0`"),
        ("--task jobs/first", "such as `jobs/0`"),
        ("--service jobs", "there is no service `jobs`"),
        ("--deployment jobs/v2", "there is no service `jobs`"),
        ("--deployment web/v2 --task jobs/0", "cannot be used with"),
        ("--at 3h", "is after the end of the run, which is 2h"),
        ("--at 2h1us", "is after the end of the run"),
        ("--at soon", "expected a duration"),
        (
            "--at 1h --instance i-7",
            "those launched until then are i-0 to i-2",
        ),
        ("--at 1h --instance first", "such as `i-3`"),
        ("--task jobs/0 --at 1h", "cannot be used with"),
        ("--task jobs/0 --instance i-1", "cannot be used with"),
        ("--variant bas --at 1h", "did you mean `base`?"),
        ("", "required"),
    ] {
        let (code, talk) = refused(&format!("{file} {question}"));
        assert_eq!(code, Some(2), "{question}: {talk}");
        assert!(talk.contains(words), "{question}: {talk}");
    }
    let stuck = "explain tests/explain/stuck.yaml --deployment";
    for (name, words) in [
        ("web/v3", "did you mean `web/v2`?"),
        ("web", "did you mean `web/v2`?"),
        ("wbe/v2", "there is no service `wbe`; known: `web`"),
    ] {
        let (code, talk) = refused(&format!("{stuck} {name}"));
        assert_eq!(code, Some(2), "{name}: {talk}");
        assert!(talk.contains(words), "{name}: {talk}");
    }
    assert!(printed(&format!("{file} --at 2h")).contains("no placement pass at this time"));
    assert_eq!(ecsim("explain no/such.yaml --at 1h").status.code(), Some(2));
}

/// What is noted changes nothing: the task of the explanation lives as in the events of the run.
#[test]
fn an_explained_run_is_the_run() {
    let folder = std::env::temp_dir().join(format!("ecsim-explain-{}", std::process::id()));
    let out = folder.to_str().expect("a path of letters");
    printed(&format!(
        "run scenarios/retry.yaml --seed 3 --events --reports files --out {out} --format json --set until=6h"
    ));
    let events =
        fs::read_to_string(folder.join("retry/events.jsonl")).expect("the events are there");
    let events: Vec<Value> = events
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let first = events
        .iter()
        .find(|event| event["fact"] == "TaskPlaced")
        .expect("a task is placed");
    let variant = first["variant"].as_str().expect("a name");
    let (entry, task) = (&first["entry"], &first["task"]);
    let own = |event: &&Value| {
        event["entry"] == *entry && event["task"] == *task && event["variant"] == variant
    };
    let strip = |event: &Value| {
        let mut event = event.clone();
        event
            .as_object_mut()
            .expect("an object")
            .remove("placement");
        event
    };
    let wanted: Vec<Value> = events.iter().filter(own).map(strip).collect();
    let name = format!("{}/{task}", entry.as_str().expect("a name"));
    let story = json(&format!(
        "explain scenarios/retry.yaml --seed 3 --variant {variant} --task {name} --set until=6h"
    ));
    let told = story["events"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(own);
    assert_eq!(told.cloned().collect::<Vec<_>>(), wanted);
    fs::remove_dir_all(&folder).expect("the folder is ours");
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
