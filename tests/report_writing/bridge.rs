//! `eventbridge.jsonl`: the events of a run in EventBridge's form, by the schema that the program
//! prints. The samples of AWS's documentation are valid by it too.

use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Whether keys that the schema does not have are wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unknown {
    /// AWS may add keys.
    Taken,
    /// ecsim writes no key that its schema does not have.
    Refused,
}

/// The schema with the words that it uses: `type`, `enum`, `required`, `properties`, `items`,
/// `format`, `oneOf` and `$ref`.
struct Schema {
    whole: Value,
    unknown: Unknown,
}

impl Schema {
    fn printed(unknown: Unknown) -> Self {
        let output = Command::new(env!("CARGO_BIN_EXE_ecsim"))
            .args(["schema", "eventbridge"])
            .output()
            .expect("the program starts");
        let whole = serde_json::from_slice(&output.stdout).expect("it is JSON");
        Self { whole, unknown }
    }

    /// Why a value is not valid; empty when it is.
    fn problems(&self, value: &Value) -> Vec<String> {
        let mut problems = Vec::new();
        self.check(&self.whole, value, "", &mut problems);
        problems
    }

    fn check(&self, schema: &Value, value: &Value, at: &str, problems: &mut Vec<String>) {
        let mut wrong = |what: String| problems.push(format!("{at}: {what}"));
        let words = schema.as_object().expect("a schema is an object");
        let known = [
            "$schema",
            "$defs",
            "title",
            "type",
            "enum",
            "required",
            "properties",
        ];
        let known = known.iter().chain(&["items", "format", "oneOf", "$ref"]);
        let known: BTreeSet<&str> = known.copied().collect();
        for word in words.keys() {
            assert!(
                known.contains(word.as_str()),
                "the test does not know {word}"
            );
        }
        if let Some(kind) = words.get("type").and_then(Value::as_str) {
            let is = match kind {
                "object" => value.is_object(),
                "array" => value.is_array(),
                "string" => value.is_string(),
                "integer" => value.is_i64() || value.is_u64(),
                "boolean" => value.is_boolean(),
                other => panic!("the test does not know the type {other}"),
            };
            if !is {
                return wrong(format!("{value} is no {kind}"));
            }
        }
        if let Some(values) = words.get("enum").and_then(Value::as_array)
            && !values.contains(value)
        {
            wrong(format!("{value} is none of {values:?}"));
        }
        if words.contains_key("format") {
            let time = value.as_str().map(str::parse::<jiff::Timestamp>);
            if !matches!(time, Some(Ok(_))) {
                wrong(format!("{value} is no time"));
            }
        }
        if let Some(name) = words.get("$ref").and_then(Value::as_str) {
            let name = name.trim_start_matches("#/$defs/");
            self.check(&self.whole["$defs"][name], value, at, problems);
        }
        if let Some(kinds) = words.get("oneOf").and_then(Value::as_array) {
            // The kind of an event is its `detail-type`.
            let kind = &value["detail-type"];
            let is = |schema: &&Value| schema["properties"]["detail-type"]["enum"][0] == *kind;
            match kinds.iter().find(is) {
                Some(schema) => self.check(schema, value, at, problems),
                None => problems.push(format!("no kind of event is {kind}")),
            }
        }
        if let (Some(items), Some(values)) = (words.get("items"), value.as_array()) {
            for (number, value) in values.iter().enumerate() {
                self.check(items, value, &format!("{at}/{number}"), problems);
            }
        }
        if let (Some(properties), Some(map)) = (words.get("properties"), value.as_object()) {
            let properties = properties.as_object().expect("properties are an object");
            self.check_keys(words, properties, map, at, problems);
        }
    }

    fn check_keys(
        &self,
        words: &Map<String, Value>,
        properties: &Map<String, Value>,
        map: &Map<String, Value>,
        at: &str,
        problems: &mut Vec<String>,
    ) {
        let required = words["required"].as_array().expect("it is a list");
        for key in required.iter().filter_map(Value::as_str) {
            if !map.contains_key(key) {
                problems.push(format!("{at}: {key} is missing"));
            }
        }
        for (key, value) in map {
            match properties.get(key) {
                Some(schema) => self.check(schema, value, &format!("{at}/{key}"), problems),
                None if self.unknown == Unknown::Taken => {}
                None => problems.push(format!("{at}: {key} is not in the schema")),
            }
        }
    }
}

/// The events of a scenario.
fn events(arguments: &[&str]) -> Vec<Value> {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let output = Command::new(env!("CARGO_BIN_EXE_ecsim"))
        .args(["run", arguments[0], "--eventbridge", "--seed", "1", "--out"])
        .arg(folder.path())
        .args(["--reports", "files", "--quiet"])
        .args(&arguments[1..])
        .output()
        .expect("the program starts");
    let talk = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{talk}");
    let name = arguments[0].trim_start_matches("scenarios/");
    let name = name.trim_end_matches(".yaml");
    let file = folder.path().join(name).join("eventbridge.jsonl");
    let text = std::fs::read_to_string(file).expect("it is written");
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).expect("it is JSON"))
        .collect()
}

/// How far a task has come.
fn place(status: &str) -> usize {
    let order = [
        "PROVISIONING",
        "PENDING",
        "RUNNING",
        "DEACTIVATING",
        "STOPPING",
        "DEPROVISIONING",
        "STOPPED",
    ];
    order
        .iter()
        .position(|of| *of == status)
        .expect("it is a status")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("it is a text")
}

/// The CPU in a list of resources.
fn cpu(resources: &Value) -> u64 {
    resources[0]["integerValue"]
        .as_u64()
        .expect("CPU is the first")
}

/// Checks that each task goes on and never back, and that each instance has reserved what its tasks
/// reserve.
fn check_story(events: &[Value]) {
    let mut tasks: BTreeMap<&str, (u64, usize)> = BTreeMap::new();
    let mut reserved: BTreeMap<&str, BTreeMap<&str, u64>> = BTreeMap::new();
    let mut ids = BTreeSet::new();
    for event in events {
        assert!(ids.insert(text(&event["id"])), "an id is used once");
        let detail = &event["detail"];
        match text(&event["detail-type"]) {
            "ECS Task State Change" => {
                let now = place(text(&detail["lastStatus"]));
                let version = detail["version"].as_u64().expect("a number");
                let task = text(&detail["taskArn"]);
                let (before, was) = tasks.insert(task, (version, now)).unwrap_or((0, 0));
                assert_eq!(version, before + 1, "{event}");
                assert!(now >= was, "{event}");
                let is_stopped = text(&detail["lastStatus"]) == "STOPPED";
                assert_eq!(is_stopped, detail.get("stoppedAt").is_some(), "{event}");
                let stops = text(&detail["desiredStatus"]) == "STOPPED";
                assert_eq!(stops, detail.get("stopCode").is_some(), "{event}");
                if let Some(instance) = detail.get("containerInstanceArn") {
                    let there = reserved.entry(text(instance)).or_default();
                    let units = text(&detail["cpu"]).parse().expect("a number");
                    match stops {
                        true => there.remove(task),
                        false => there.insert(task, units),
                    };
                }
            }
            "ECS Container Instance State Change" => {
                let there = reserved.get(text(&detail["containerInstanceArn"]));
                let sum: u64 = there.into_iter().flat_map(BTreeMap::values).sum();
                let left = cpu(&detail["remainingResources"]);
                assert_eq!(left + sum, cpu(&detail["registeredResources"]), "{event}");
            }
            _ => {}
        }
    }
}

#[test]
fn what_is_written_is_valid_and_tells_each_task_step_by_step() {
    let schema = Schema::printed(Unknown::Refused);
    for arguments in [
        &["scenarios/quickstart.yaml", "--set", "until=8h"][..],
        &["scenarios/zone-loss.yaml", "--set", "until=2h"],
        &["scenarios/crash-loop.yaml", "--set", "until=2h"],
        &["scenarios/retry.yaml", "--set", "until=6h"],
        &["scenarios/scale-in-lag.yaml", "--set", "until=4h"],
    ] {
        let events = events(arguments);
        let kinds: BTreeSet<&str> = events.iter().map(|e| text(&e["detail-type"])).collect();
        assert!(kinds.len() >= 2, "{arguments:?}: {kinds:?}");
        for event in &events {
            assert_eq!(schema.problems(event), Vec::<String>::new(), "{event}");
        }
        check_story(&events);
    }
}

/// The samples of the guide.
#[test]
#[ignore = "needs ECSIM_DATA: run by .ci/run"]
fn the_documented_samples_are_valid() {
    let data = std::env::var_os("ECSIM_DATA").expect("ECSIM_DATA must name the folder of data");
    let page = "ecs-doc-samples/awsdocs__amazon-ecs-developer-guide/ecs_cwe_events.md";
    let page = std::fs::read_to_string(std::path::Path::new(&data).join(page));
    let page = page.expect("the page is there");
    let schema = Schema::printed(Unknown::Taken);
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for sample in page.split("```").skip(1).step_by(2) {
        let sample: Value = serde_json::from_str(sample).expect("it is JSON");
        if sample.get("detail").is_none() {
            continue; // A pattern of a rule.
        }
        assert_eq!(schema.problems(&sample), Vec::<String>::new(), "{sample}");
        let kind = text(&sample["detail-type"]).to_string();
        *kinds.entry(kind).or_insert(0) += 1;
    }
    let counts: Vec<usize> = kinds.into_values().collect();
    assert_eq!(counts, [1, 4, 5, 1]);
}
