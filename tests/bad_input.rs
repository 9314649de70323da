//! Bad input, through the program: exit code 2, a message that says what and where, nothing
//! on stdout, nothing written, no panic. What exactly is printed for each mistake is tested
//! beside the reader.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// A sound scenario; each case changes something about it.
const SOUND: &str = "\
ecsim: 1
name: shop
region: us-east-1
until: 1h
seeds: 1
cluster:
  capacityProviders:
    - name: ec2
      fleet: [{ instanceType: m6i.large, count: 2 }]
taskDefinitions:
  - family: report
    cpu: 1024
    memory: 2048
    containerDefinitions: [{ name: report, image: shop/report:1 }]
tasks:
  - name: reports
    taskDefinition: report
    arrivals: { poisson: 50/h }
    duration: 90s
delays: none
";

const ARRIVALS: &str = "    arrivals: { poisson: 50/h }\n    duration: 90s\n";

/// A mistake, and what is said about it.
struct Case {
    name: &'static str,
    scenario: String,
    /// Another file beside it.
    beside: Option<(&'static str, &'static str)>,
    /// More arguments.
    arguments: &'static [&'static str],
    /// All of this stands in the message; the place among it.
    says: &'static [&'static str],
}

/// The sound scenario with a change.
fn with(name: &'static str, from: &str, to: &str, says: &'static [&'static str]) -> Case {
    assert!(SOUND.contains(from), "{name}: {from}");
    whole(name, SOUND.replacen(from, to, 1), says)
}

/// Another text altogether.
fn whole(name: &'static str, scenario: impl Into<String>, says: &'static [&'static str]) -> Case {
    Case {
        name,
        scenario: scenario.into(),
        beside: None,
        arguments: &[],
        says,
    }
}

/// The sound scenario and arguments that do not suit it.
fn given(
    name: &'static str,
    arguments: &'static [&'static str],
    says: &'static [&'static str],
) -> Case {
    Case {
        arguments,
        ..whole(name, SOUND, says)
    }
}

/// Recorded work instead of drawn.
fn traced(name: &'static str, rows: &'static str, says: &'static [&'static str]) -> Case {
    let trace = "    trace:
      files: [jobs.csv]
      columns:
        arrival: { column: at, unit: s }
        duration: { column: took, unit: s }
        memory: { column: mib, unit: MiB }
";
    Case {
        beside: Some(("jobs.csv", rows)),
        ..with(name, ARRIVALS, trace, says)
    }
}

fn cases() -> Vec<Case> {
    let deep = format!("a: {}{}\n", "[".repeat(100_000), "]".repeat(100_000));
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let items = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{items}]\n"));
    }
    let large = format!("{SOUND}# {}\n", "x".repeat(16 << 20));
    vec![
        whole("empty file", "", &["the file is empty", "shop.yaml:1:1"]),
        whole(
            "no YAML",
            "ecsim: 1\nname: [shop\nuntil: 7d\n",
            &["not valid YAML", "shop.yaml:3:6"],
        ),
        whole("not a map", "just words", &["a scenario is a map", "shop.yaml:1:1"]),
        whole("deep nesting", deep, &["more than 48 levels", "shop.yaml:1:"]),
        whole("alias bomb", bomb, &["the file has more than 250,000 values", "shop.yaml:6:"]),
        whole("over 16 MiB", large, &["larger than 16 MiB", "shop.yaml"]),
        with(
            "unknown key",
            "until: 1h",
            "untill: 1h",
            &["`untill`", "shop.yaml:4:1", "did you mean `until`?"],
        ),
        with(
            "key of a later version",
            "delays: none",
            "delays: none\nnetwork: {}",
            &["`network` is not modelled yet", "shop.yaml:21:1"],
        ),
        with(
            "unknown event",
            "delays: none",
            "delays: none\nexpect: [{ event: TaskStoped, equals: 0 }]",
            &["there is no event `TaskStoped`", "shop.yaml:21:19", "did you mean `TaskStopped`?"],
        ),
        with(
            "a level after the end",
            "delays: none",
            "delays: none\nexpect: [{ figure: tasks.reports.running, at: 2h, equals: 0 }]",
            &["`2h` is after the end of the run at 1h", "shop.yaml:21:47", "expect.0.at"],
        ),
        with(
            "wrong unit",
            "duration: 90s",
            "duration: 90 GiB",
            &["`GiB`", "shop.yaml:19:15", "tasks.reports.duration"],
        ),
        with(
            "invalid Fargate size",
            "    cpu: 1024\n    memory: 2048\n",
            "    requiresCompatibilities: [FARGATE]\n    networkMode: awsvpc\n    cpu: 256\n    memory: 3072\n",
            &["`0.25 vCPU` on Fargate cannot have `3 GiB`", "shop.yaml:15:13", "512 MiB, 1 GiB or 2 GiB"],
        ),
        with(
            "unknown instance type",
            "m6i.large",
            "m6i.lrage",
            &["`m6i.lrage`", "shop.yaml:9:31", "did you mean `m6i.large`?"],
        ),
        whole(
            "type without a price in the region",
            SOUND.replace("us-east-1", "eu-west-1").replace("m6i.large", "g7e.4xlarge"),
            &["`g7e.4xlarge`", "shop.yaml:9:31", "eu-west-1"],
        ),
        with(
            "unknown region",
            "us-east-1",
            "mars-north-1",
            &["`mars-north-1`", "shop.yaml:3:9"],
        ),
        with(
            "task that no instance can hold",
            "memory: 2048",
            "memory: 20480",
            &["more than any instance here has", "shop.yaml:16:5", "tasks.reports"],
        ),
        traced(
            "row that no instance can hold",
            "at,took,mib\n0,60,512\n5,60,999999\n",
            &["more than any instance here has", "jobs.csv:3", "`unplaceable: skip`"],
        ),
        with(
            "missing task definition",
            "taskDefinition: report",
            "taskDefinition: invoice",
            &["there is no task definition `invoice`", "shop.yaml:17:21"],
        ),
        with(
            "missing file of a task definition",
            "  - family: report\n    cpu: 1024\n    memory: 2048\n    containerDefinitions: [{ name: report, image: shop/report:1 }]\n",
            "  - file: report.json\n",
            &["report.json", "shop.yaml:11:11"],
        ),
        with(
            "negative number",
            "count: 2",
            "count: -2",
            &["`-2`", "shop.yaml:9:49"],
        ),
        with(
            "negative duration",
            "duration: 90s",
            "duration: -90s",
            &["is negative", "shop.yaml:19:"],
        ),
        with(
            "NaN",
            "cpu: 1024",
            "cpu: .nan",
            &[".nan", "shop.yaml:12:10"],
        ),
        with(
            "infinity",
            "duration: 90s",
            "duration: { exponential: { mean: .inf } }",
            &[".inf", "shop.yaml:19:"],
        ),
        traced(
            "bad value in a trace",
            "at,took,mib\n0,60,512\n5,soon,512\n",
            &["jobs.csv:3:3", "`soon`", "`took`"],
        ),
        traced(
            "negative value in a trace",
            "at,took,mib\n0,-60,512\n",
            &["jobs.csv:2:3", "`-60`", "`took`"],
        ),
        traced(
            "NaN in a trace",
            "at,took,mib\n0,60,NaN\n",
            &["jobs.csv:2:", "`NaN`", "`mib`"],
        ),
        traced(
            "short row in a trace",
            "at,took,mib\n0,60,512\n5,60\n",
            &["jobs.csv:3"],
        ),
        traced(
            "missing column of a trace",
            "at,took\n0,60\n",
            &["`mib`", "jobs.csv"],
        ),
        whole(
            "missing trace",
            SOUND.replacen(
                ARRIVALS,
                "    trace: { files: [none.csv], columns: { arrival: { column: at, unit: s }, duration: { column: took, unit: s } } }\n",
                1,
            ),
            &["none.csv", "shop.yaml:18:"],
        ),
        with(
            "no variant",
            "delays: none",
            "delays: none\nvariants: []",
            &["the list of variants is empty", "shop.yaml:21:1"],
        ),
        with(
            "scenario name that is a path",
            "name: shop",
            "name: ../shop",
            &["`../shop`", "shop.yaml:2:7", "letters, digits"],
        ),
        with(
            "hidden scenario name",
            "name: shop",
            "name: .",
            &["`.`", "shop.yaml:2:7"],
        ),
        with(
            "scenario name with a space",
            "name: shop",
            "name: my shop",
            &["`my shop`", "shop.yaml:2:7"],
        ),
        given(
            "setting of what does not exist",
            &["--set", "tasks.invoices.duration=5s"],
            &["invoices", "--set"],
        ),
        given(
            "setting of an unknown key",
            &["--set", "cluster.colour=red"],
            &["colour", "--set"],
        ),
        given("setting without a value", &["--set", "until"], &["until", "--set"]),
        given(
            "setting with a wrong value",
            &["--set", "until=soon"],
            &["`soon`", "--set", "until"],
        ),
        given(
            "variant that does not exist",
            &["--variant", "large"],
            &["there is no variant `large`"],
        ),
    ]
}

/// Runs the program in a folder.
fn ecsim(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ecsim"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the program starts")
}

/// Everything below a folder, with the content of its files.
fn content(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        let name = path.display().to_string();
        if path.is_dir() {
            found.push((name, Vec::new()));
            found.extend(content(&path));
        } else {
            found.push((name, fs::read(&path).expect("the file can be read")));
        }
    }
    found.sort();
    found
}

/// The program refuses: code 2, a message with all of this, and nothing else happens.
fn refuses(name: &str, folder: &Path, arguments: &[&str], says: &[&str]) -> Result<(), String> {
    let before = content(folder);
    let output = ecsim(folder, arguments);
    let talk = String::from_utf8_lossy(&output.stderr);
    let unsaid: Vec<_> = says.iter().filter(|part| !talk.contains(**part)).collect();
    let mut wrong = Vec::new();
    if output.status.code() != Some(2) {
        wrong.push(format!("exit code {:?}", output.status.code()));
    }
    if !output.stdout.is_empty() {
        wrong.push("something on stdout".into());
    }
    if talk.contains("panicked") {
        wrong.push("a panic".into());
    }
    if !unsaid.is_empty() {
        wrong.push(format!("it does not say {unsaid:?}"));
    }
    if content(folder) != before {
        wrong.push("something was written".into());
    }
    if wrong.is_empty() {
        return Ok(());
    }
    let line = arguments.join(" ");
    let shown: String = talk.chars().take(2_000).collect();
    Err(format!(
        "== {name}: `{line}`: {}\n{shown}",
        wrong.join(", ")
    ))
}

/// A folder that holds the scenario `shop.yaml`.
fn folder_with(scenario: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    fs::write(folder.path().join("shop.yaml"), scenario).expect("it can be written");
    folder
}

#[track_caller]
fn settle(complaints: Vec<String>) {
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

#[test]
fn the_scenario_that_is_changed_is_sound() {
    let folder = folder_with(SOUND);
    let output = ecsim(folder.path(), &["run", "shop.yaml", "--out", "out"]);
    let talk = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{talk}");
    assert!(folder.path().join("out/shop/summary.json").is_file());
}

#[test]
fn mistakes_in_a_scenario_are_refused_before_anything_is_written() {
    let mut complaints = Vec::new();
    for case in cases() {
        let folder = folder_with(&case.scenario);
        if let Some((name, text)) = case.beside {
            fs::write(folder.path().join(name), text).expect("it can be written");
        }
        let mut run = vec!["run", "shop.yaml", "--out", "out"];
        run.extend(case.arguments);
        complaints.extend(refuses(case.name, folder.path(), &run, case.says).err());
        let mut commands = vec!["test"];
        if !case.arguments.contains(&"--variant") {
            commands.extend(["check", "show"]);
        }
        // The other commands that read scenarios take none of it either.
        for command in commands {
            if command == "test" && !case.arguments.is_empty() {
                continue;
            }
            let mut line = vec![command, "shop.yaml"];
            line.extend(case.arguments);
            complaints.extend(refuses(case.name, folder.path(), &line, case.says).err());
        }
    }
    settle(complaints);
}

#[test]
fn a_missing_scenario_is_named() {
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    let mut complaints = Vec::new();
    for command in ["run", "check", "show", "test"] {
        let line = [command, "none.yaml"];
        complaints.extend(refuses("missing", folder.path(), &line, &["none.yaml"]).err());
    }
    let line = ["run", "none.yaml", "--out", "out"];
    complaints.extend(refuses("missing", folder.path(), &line, &["none.yaml"]).err());
    let line = ["run", ".", "--out", "out"];
    complaints.extend(refuses("a folder", folder.path(), &line, &["."]).err());
    settle(complaints);
}

#[test]
fn all_mistakes_are_told_at_once() {
    let text = SOUND
        .replace("until: 1h", "untill: 1h")
        .replace("90s", "90 GiB")
        .replace("m6i.large", "m6i.lrage");
    let says = ["shop.yaml:4:1", "shop.yaml:9:31", "shop.yaml:19:15"];
    let folder = folder_with(&text);
    let line = ["run", "shop.yaml", "--out", "out"];
    settle(
        refuses("three", folder.path(), &line, &says)
            .err()
            .into_iter()
            .collect(),
    );
}

#[test]
fn rows_that_no_instance_can_hold_are_left_out_on_request_and_counted() {
    let folder = folder_with(&SOUND.replacen(
        ARRIVALS,
        "    trace: { files: [jobs.csv], unplaceable: skip, columns: { arrival: { column: at, unit: s }, duration: { column: took, unit: s }, memory: { column: mib, unit: MiB }, count: { column: n } } }\n",
        1,
    ));
    let rows = "at,took,mib,n\n0,60,512,1\n5,60,999999,3\n7,60,1024,2\n";
    fs::write(folder.path().join("jobs.csv"), rows).expect("it can be written");
    let output = ecsim(folder.path(), &["run", "shop.yaml", "--format", "json"]);
    let talk = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{talk}");
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let figures = summary["variants"]["base"].to_string();
    for (path, count) in [
        ("tasks.reports.unplaceable.count", 3),
        ("tasks.reports.arrived.count", 3),
        ("tasks.reports.finished.count", 3),
    ] {
        let found = &summary["variants"]["base"][path]["mean"];
        assert_eq!(found.as_f64(), Some(f64::from(count)), "{path}: {figures}");
    }
    let said = "1 of 3 rows (3 tasks) is left out because no instance can hold such a task";
    let left_out = summary["leftOut"][0].as_str().unwrap_or_default();
    assert!(left_out.contains(said), "{left_out}");
    let page = ecsim(folder.path(), &["run", "shop.yaml"]);
    let page = String::from_utf8_lossy(&page.stdout);
    let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(page.contains("Rows of traces that are left out or changed"));
    assert!(page.contains(said), "{page}");
    assert!(page.contains("first: line 3 of `jobs.csv`"), "{page}");
}

#[test]
fn work_that_never_ends_is_told_by_every_command_that_plays() {
    let folder = folder_with(&SOUND.replace("until: 1h", "until: drained").replace(
        ARRIVALS,
        "    arrivals: { at: [0s] }\n    duration: 36499d\n    count: 5\n",
    ));
    for command in [
        &["run", "shop.yaml", "--out", "out"][..],
        &["test", "shop.yaml"],
    ] {
        let output = ecsim(folder.path(), command);
        let talk = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{command:?}: {talk}");
        assert!(talk.contains("work is left after 100 years"), "{talk}");
    }
}

#[test]
fn an_output_folder_that_cannot_be_made_is_refused() {
    // Rights do not bind an administrator; a file in the way binds everybody.
    let folder = folder_with(SOUND);
    fs::write(folder.path().join("file"), "mine").expect("it can be written");
    let mut complaints = Vec::new();
    for out in ["file", "file/below", "file/further/below"] {
        let line = ["run", "shop.yaml", "--out", out];
        complaints.extend(refuses("unwritable", folder.path(), &line, &["file"]).err());
    }
    settle(complaints);
}

#[test]
fn a_folder_of_somebody_else_is_not_replaced() {
    let mut complaints = Vec::new();
    for (theirs, said) in [
        ("out/shop/diary.txt", "diary.txt"),
        ("out/shop/plots/holiday.png", "plots"),
        ("out/shop/runs.csv", "not a report"),
        ("out/shop", "not a folder"),
    ] {
        let folder = folder_with(SOUND);
        let path = folder.path().join(theirs);
        let parent = path.parent().expect("it lies in a folder");
        fs::create_dir_all(parent).expect("it can be made");
        fs::write(&path, "mine").expect("it can be written");
        let line = ["run", "shop.yaml", "--out", "out"];
        complaints.extend(refuses(theirs, folder.path(), &line, &["out/shop", said]).err());
    }
    settle(complaints);
}

#[test]
fn an_old_report_survives_a_run_that_is_refused() {
    let folder = folder_with(SOUND);
    let line = ["run", "shop.yaml", "--out", "out"];
    assert_eq!(ecsim(folder.path(), &line).status.code(), Some(0));
    let wrong = ["run", "shop.yaml", "--out", "out", "--set", "until=soon"];
    settle(
        refuses("after a good run", folder.path(), &wrong, &["`soon`"])
            .err()
            .into_iter()
            .collect(),
    );
}
