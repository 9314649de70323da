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
    ] {
        golden(
            name,
            &format!("explain tests/explain/{name}.yaml --task {task}"),
        );
    }
    golden("behind", "explain tests/explain/memory.yaml --task jobs/4");
    golden(
        "fargate",
        "explain tests/explain/fargate.yaml --task jobs/1",
    );
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
