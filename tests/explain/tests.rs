//! `ecsim explain`: what it says of different causes of waiting, word for word; that its changes hold when
//! they are made; its codes; its pictures; what it refuses.
//!
//! The texts are beside this file, each named after its question; `ECSIM_UPDATE=1` rewrites them.

mod changes;
mod deployments;
mod waiting;

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
fn the_picture_of_an_instant_has_every_instance_before_and_after() {
    golden("picture", "explain tests/explain/cpu.yaml --at 0s");
    golden(
        "instance",
        "explain tests/explain/agent.yaml --at 20m --instance i-0",
    );
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
