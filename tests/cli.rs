//! The program as scripts see it: exit codes, what goes to stdout, and what a program can
//! read from it.

#[path = "explain/tests.rs"]
mod explain;

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn ecsim(line: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ecsim"))
        .args(line.split_whitespace())
        .output()
        .expect("the program starts")
}

/// What a successful command prints.
fn printed(line: &str) -> String {
    let output = ecsim(line);
    let talk = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{line}: {talk}");
    String::from_utf8(output.stdout).expect("it prints text")
}

/// Exit code and talk of a command that prints no data.
fn refused(line: &str) -> (Option<i32>, String) {
    let output = ecsim(line);
    assert!(output.stdout.is_empty(), "{line}");
    let talk = String::from_utf8(output.stderr).expect("it prints text");
    (output.status.code(), talk)
}

#[test]
fn help_names_every_command_and_the_exit_codes() {
    let help = printed("--help");
    for word in [
        "init",
        "run",
        "check",
        "show",
        "explain",
        "schema",
        "catalog",
        "test",
        "completions",
        "man",
    ] {
        assert!(help.contains(&format!("\n  {word} ")), "{word}: {help}");
    }
    assert!(help.contains("Exit codes: 0 done; 1 an expectation failed"));
    assert!(help.contains("130 interrupted"));
    assert!(printed("--version").starts_with("ecsim "));
    for option in [
        "--seeds",
        "--seed",
        "--variant",
        "--set",
        "--threads",
        "--out",
    ] {
        assert!(printed("run --help").contains(option), "{option}");
    }
}

#[test]
fn wrong_arguments_are_exit_code_2() {
    for line in [
        "",
        "fly",
        "run",
        "run a.yaml --seeds 0",
        "run a.yaml --set nothing",
        "check",
        "catalog",
        "catalog instances --format xml",
        "catalog instances --region mars-north-1",
        "catalog fargate --min-vcpu many",
        "completions csh",
        "man fly",
        "test no/such/folder-but-a-file",
    ] {
        let (code, talk) = refused(line);
        assert_eq!(code, Some(2), "{line}: {talk}");
        assert!(!talk.is_empty(), "{line}");
    }
    let (_, talk) = refused("catalog fargate --region mars-north-1");
    assert!(talk.contains("`mars-north-1`") && talk.contains("`eu-west-1`"));
}

#[test]
fn the_catalog_can_be_read_by_programs() {
    let line = "catalog instances --name m5.large --format json";
    let rows: serde_json::Value = serde_json::from_str(&printed(line)).expect("it is JSON");
    let row = &rows[0];
    assert_eq!(rows.as_array().map(Vec::len), Some(1));
    assert_eq!(row["instanceType"], "m5.large");
    assert_eq!(row["architecture"], "X86_64");
    assert_eq!(row["vcpus"], 2);
    assert_eq!(row["memoryMib"], 8_192);
    assert_eq!(row["registeredMemoryMib"], 7_782);
    assert_eq!(row["awsvpcTasks"], 2);
    assert_eq!(row["awsvpcTasksWithTrunk"], 10);
    assert_eq!(row["usdPerHour"], 0.096);
    assert_eq!(row["usdPerHourSpot"], 0.03264);
    assert_eq!(row["spotSavingPercent"], 66);
    assert_eq!(row["spotInterruptionsPerMonth"], "15-20%");
    assert_eq!(row["priceDate"], "2026-07-20");
    assert!(row["gpuModel"].is_null());

    let csv = printed("catalog fargate --format csv --region eu-west-1");
    let mut lines = csv.lines();
    let header = "vcpus,cpuUnits,memoryMib,region,usdPerHourX86,usdPerHourArm,\
                  usdPerHourX86Spot,usdPerHourArmSpot";
    assert_eq!(lines.next(), Some(header));
    assert_eq!(
        lines.next(),
        Some("0.25,256,512,eu-west-1,0.0123425,0.009875,0.003835153,0.0029625")
    );
    assert_eq!(lines.count(), 76);

    let prices = printed("catalog prices --region us-east-2 --format csv");
    assert!(prices.contains("us-east-2,gp3 storage,,GB-month,0.08,2024-07-18,"));
    assert!(prices.contains("us-east-2,Fargate vCPU,X86_64,vCPU-hour,0.04048,"));
    let of_a_type = printed("catalog prices --name m5.large --format csv");
    // On demand and on Spot.
    assert_eq!(of_a_type.lines().count(), 1 + 2 * 7);
}

#[test]
fn filters_narrow_the_catalog() {
    let count = |line: &str| printed(&format!("{line} --format csv")).lines().count() - 1;
    assert_eq!(count("catalog instances"), 1_380);
    assert_eq!(count("catalog instances --arch arm"), 404);
    assert_eq!(count("catalog instances --arch x86_64"), 976);
    assert_eq!(count("catalog instances --gpus 1"), 69);
    assert_eq!(count("catalog instances --spot"), 890);
    assert_eq!(count("catalog instances --family p3,p3dn --min-vcpu 64"), 2);
    assert_eq!(count("catalog instances --family m5 --min-memory 384"), 2);
    assert_eq!(count("catalog fargate --min-vcpu 32"), 3);
    assert_eq!(count("catalog fargate --min-memory 120GB"), 3);
    assert_eq!(count("catalog instances --name nothing"), 0);
    let nothing = ecsim("catalog instances --name nothing");
    assert_eq!(nothing.status.code(), Some(0));
    assert!(!nothing.stderr.is_empty());
}

#[test]
fn a_table_without_a_terminal_is_a_line_per_row() {
    let table = printed("catalog instances --family m7g");
    assert!(table.contains("m7g.large") && table.contains("$0.0816"));
    let rows = table.lines().filter(|line| line.contains("m7g.")).count();
    assert_eq!(rows, 9);
    assert!(!table.contains('\u{1b}'), "no colours");
}

#[test]
fn completions_and_manual_pages_are_printed() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(printed(&format!("completions {shell}")).contains("ecsim"));
    }
    assert!(printed("man").contains(".TH ecsim 1"));
    assert!(printed("man run").contains("seeds"));
    assert!(printed("man catalog instances").contains("min\\-vcpu"));
}

#[test]
fn a_closed_pipe_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ecsim"))
        .args(["catalog", "instances", "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_with_a_message() {
    let full = std::fs::File::create("/dev/full").expect("Linux has it");
    let output = Command::new(env!("CARGO_BIN_EXE_ecsim"))
        .args(["catalog", "instances"])
        .stdout(full)
        .output()
        .expect("the program starts");
    assert_eq!(output.status.code(), Some(3));
    let talk = String::from_utf8_lossy(&output.stderr);
    assert!(talk.contains("cannot write to stdout"), "{talk}");
    // The report of a run is whole all the same, and its place is said.
    let full = std::fs::File::create("/dev/full").expect("Linux has it");
    let out = tempfile::tempdir().expect("there is a temporary folder");
    let output = Command::new(env!("CARGO_BIN_EXE_ecsim"))
        .args(["run", "scenarios/placement.yaml", "--seeds", "1", "--out"])
        .arg(out.path())
        .stdout(full)
        .output()
        .expect("the program starts");
    let talk = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{talk}");
    assert!(talk.contains("report written to"), "{talk}");
    assert!(talk.contains("cannot write to stdout"), "{talk}");
    assert!(out.path().join("placement/summary.json").is_file());
}

/// Every file that a run can write is known as ours: else the next run would not replace it.
#[test]
fn a_queue_that_grows_without_end_is_an_error_that_names_it() {
    let folder = std::env::temp_dir().join(format!("ecsim-queue-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    let scenario = folder.join("pile.yaml");
    let text = "\
ecsim: 1
name: pile
region: us-east-1
until: 1h
delays: none
cluster: { capacityProviders: [{ name: two, fleet: [{ instanceType: m5.large, count: 2 }] }] }
taskDefinitions: [{ family: a, cpu: 256, memory: 256, containerDefinitions: [{ name: a, image: a }] }]
tasks:
  - { name: few, taskDefinition: a, arrivals: { poisson: 1/s }, duration: 5m, onNoCapacity: queue }
  - { name: slip, taskDefinition: a, arrivals: { poisson: 1000/s }, duration: 5m, onNoCapacity: queue }
";
    std::fs::write(&scenario, text).expect("it can be written");
    let out = folder.join("output");
    let line = format!(
        "run {} --seed 1 --threads 1 --memory-limit 1MiB --out {} --quiet",
        scenario.display(),
        out.display()
    );
    let (code, talk) = refused(&line);
    assert_eq!(code, Some(2), "{talk}");
    let wanted = "error: variant `base`, seed 1: after 4s there are 4096 tasks, the most that the \
                  memory limit allows; ";
    assert!(talk.starts_with(wanted), "{talk}");
    assert!(
        talk.contains(" tasks of entry `slip` wait in the job queue"),
        "{talk}"
    );
    let left = std::fs::read_dir(&out).map_or(0, Iterator::count);
    assert_eq!(left, 0, "nothing is written");
    std::fs::remove_dir_all(&folder).expect("it can be removed");
}

#[test]
fn a_run_with_all_its_files_can_be_played_again() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let out = folder.path().display();
    let line = format!(
        "run scenarios/quickstart.yaml --seeds 2 --set until=1d --tasks --events --out {out}"
    );
    for _ in 0..2 {
        printed(&line);
    }
    let report = folder.path().join("quickstart");
    for file in [
        "scaling.csv",
        "tasks.csv",
        "events.jsonl",
        "plots/starts.svg",
        "report.html",
        "plots/timeline-ec2.svg",
    ] {
        assert!(report.join(file).is_file(), "{file}");
    }
    check_documented(&report);
    check_placements(&report);
}

/// Checks that `docs/outputs.md` has every column and key of the files of a report.
fn check_documented(report: &Path) {
    let page = fs::read_to_string("docs/outputs.md").expect("the page is there");
    let check = |name: &str, file: &str| {
        let row = format!("\n| `{name}` |");
        assert!(page.contains(&row), "{file}: `{name}` is not documented");
    };
    let read = |file: &str| fs::read_to_string(report.join(file)).expect("it is there");
    for file in ["cost.csv", "usage.csv", "scaling.csv", "tasks.csv"] {
        let text = read(file);
        let header = text.lines().next().expect("it has a header");
        header.split(',').for_each(|name| check(name, file));
    }
    for path in read("runs.csv")
        .lines()
        .next()
        .expect("a header")
        .split(',')
    {
        let mut parts: Vec<&str> = path.split('.').collect();
        match parts[0] {
            "cost" if ["on-demand", "spot", "FARGATE"].contains(&parts[1]) => {
                parts[1] = "<provider>";
            }
            "capacity" => parts[1] = "<provider>",
            "tasks" => parts[1] = "<entry>",
            "service" => parts[1] = "<service>",
            _ => {}
        }
        check(&parts.join("."), "runs.csv");
    }
    let keys = |value: &serde_json::Value| -> Vec<String> {
        let map = value.as_object().expect("it is an object");
        map.keys().cloned().collect()
    };
    let summary = serde_json::from_str(&read("summary.json")).expect("it is JSON");
    for key in keys(&summary) {
        check(&key, "summary.json");
    }
    for line in read("events.jsonl").lines() {
        let event: serde_json::Value = serde_json::from_str(line).expect("it is JSON");
        let placement = event.get("placement").map(keys).unwrap_or_default();
        for key in keys(&event).iter().chain(&placement) {
            check(key, line);
        }
        check(event["fact"].as_str().expect("it has a name"), line);
    }
}

/// Checks that events say why tasks were placed on instances, and when `tasks.csv` says that they
/// ran.
fn check_placements(report: &Path) {
    let events = fs::read_to_string(report.join("events.jsonl")).expect("it is there");
    let placed = events
        .lines()
        .filter(|line| line.contains("\"TaskPlaced\""));
    let mut explained = 0;
    for line in placed {
        let event: serde_json::Value = serde_json::from_str(line).expect("it is JSON");
        let Some(instance) = event.get("instance") else {
            assert!(event.get("placement").is_none(), "on Fargate: {line}");
            continue;
        };
        let why = &event["placement"];
        let number = |key: &str| why[key].as_u64().expect("it is a number");
        let lacks = why["lack"].as_object().expect("it is an object").values();
        let lacks: u64 = lacks.filter_map(serde_json::Value::as_u64).sum();
        assert_eq!(number("fitting") + lacks, number("examined"), "{line}");
        let candidates = why["candidates"].as_array().expect("it is a list");
        let is_listed = candidates.contains(instance);
        assert!(is_listed || candidates.len() == 20, "{line}");
        if event["entry"] == "web" {
            let rule = "spread attribute:ecs.availability-zone, binpack memory";
            assert_eq!(why["rule"], rule);
        }
        explained += 1;
    }
    assert!(explained > 100, "{explained}");
    let mut tasks = csv::Reader::from_path(report.join("tasks.csv")).expect("it is there");
    let header = tasks.headers().expect("it has a header").clone();
    for row in tasks.records() {
        let row = row.expect("it is CSV");
        let cell = |name: &str| {
            let column = header.iter().position(|known| known == name);
            &row[column.expect("is there")]
        };
        let micros = |name: &str| cell(name).parse::<u64>().expect("it is a time");
        assert_eq!(cell("placedMicros"), cell("startedMicros"));
        if cell("outcome") == "finished" {
            assert!(micros("placedMicros") < micros("runningMicros"), "{row:?}");
            assert!(micros("runningMicros") < micros("endedMicros"), "{row:?}");
            let size = (cell("vcpu"), cell("memoryMib"));
            assert_eq!(size.0, "1", "{row:?}");
        }
        let has_reason = matches!(cell("outcome"), "stopped" | "stopping" | "rejected");
        assert_eq!(!cell("reason").is_empty(), has_reason, "{row:?}");
    }
}

/// A small scenario with a group, in a file of a temporary folder.
fn small_scenario(folder: &Path, variants: usize) -> String {
    let names = (0..variants).map(|number| format!("  - name: v{number}\n"));
    let text = format!(
        "ecsim: 1\nname: small\nregion: us-east-1\nuntil: 3h\nseeds: 3\ndelays: realistic\n\
         cluster:\n  capacityProviders:\n    - name: g\n      autoScalingGroup: {{ instanceTypes: \
         [m5.large], minSize: 0, maxSize: 9 }}\n      managedScaling: {{ status: ENABLED }}\n\
         taskDefinitions:\n  - family: j\n    cpu: 1 vCPU\n    memory: 1 GB\n    \
         containerDefinitions: [{{ name: j, image: i, essential: true }}]\n\
         tasks:\n  - name: jobs\n    taskDefinition: j\n    arrivals: {{ poisson: 20/h }}\n    \
         duration: 5m\n    capacityProviderStrategy: [{{ capacityProvider: g, weight: 1 }}]\n    \
         onNoCapacity: provisioning\nvariants:\n{}",
        names.collect::<String>()
    );
    let path = folder.join("small.yaml");
    fs::write(&path, text).expect("it is written");
    path.display().to_string()
}

/// A run of one seed is told while it is played: the same as when it is played again.
#[test]
fn a_story_is_the_same_at_once_and_played_again() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let file = small_scenario(folder.path(), 2);
    let again = folder.path().join("again");
    printed(&format!("run {file} --out {}", again.display()));
    let read = |out: &Path, name: &str| fs::read_to_string(out.join("small").join(name));
    let summary = read(&again, "summary.json").expect("it is there");
    let summary: serde_json::Value = serde_json::from_str(&summary).expect("it is JSON");
    let seed = summary["medianSeed"]["v0"]
        .as_u64()
        .expect("it is a number");
    let at_once = folder.path().join("at-once");
    printed(&format!(
        "run {file} --seed {seed} --out {}",
        at_once.display()
    ));
    for name in [
        "scaling.csv",
        "plots/timeline-v0.svg",
        "plots/timeline-v1.svg",
    ] {
        let told = read(&at_once, name).expect("it is there");
        assert!(told.len() > 200, "{name}: {told}");
        assert_eq!(told, read(&again, name).expect("it is there"), "{name}");
    }
}

/// Of many variants the report has all figures, and the details of the first 16.
#[test]
fn a_report_of_many_variants_has_details_of_the_first_ones() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let file = small_scenario(folder.path(), 18);
    let line = format!("run {file} --seeds 1 --out {}", folder.path().display());
    let output = ecsim(&line);
    let talk = String::from_utf8_lossy(&output.stderr);
    assert!(
        talk.contains("of the first 16 variants; `--variant NAME`"),
        "{talk}"
    );
    let report = folder.path().join("small");
    let variants = |file: &str, column: usize| {
        let text = fs::read_to_string(report.join(file)).expect("it is there");
        let rows = text.lines().skip(1);
        let names = rows.map(|row| row.split(',').nth(column).unwrap_or_default().to_string());
        names.collect::<std::collections::BTreeSet<_>>().len()
    };
    for (file, count) in [
        ("runs.csv", 18),
        ("cost.csv", 18),
        ("usage.csv", 16),
        ("utilization.csv", 16),
        ("scaling.csv", 16),
    ] {
        assert_eq!(variants(file, 0), count, "{file}");
    }
    let summary = fs::read_to_string(report.join("summary.json")).expect("it is there");
    assert_eq!(summary.lines().count(), 1);
    let summary: serde_json::Value = serde_json::from_str(&summary).expect("it is JSON");
    assert_eq!(summary["variants"].as_object().map(|of| of.len()), Some(18));
    assert_eq!(
        summary["differences"].as_object().map(|of| of.len()),
        Some(17)
    );
    assert!(report.join("plots/timeline-v15.svg").is_file());
    assert!(!report.join("plots/timeline-v16.svg").exists());
}

/// The page about a user's own files: its files are written, and its commands are run. The bills
/// are not empty, and no problem is left.
#[test]
fn the_page_about_your_own_files_holds() {
    let page = include_str!("../docs/from-your-own-files.md");
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let mut commands = Vec::new();
    for block in page.split("\n```").skip(1).step_by(2) {
        let (head, text) = block.split_once('\n').expect("a block has a first line");
        match head.split_once(' ') {
            Some((_, name)) => {
                let path = folder.path().join(name);
                std::fs::create_dir_all(path.parent().expect("it has one")).expect("it is ours");
                std::fs::write(path, format!("{text}\n")).expect("it is ours");
            }
            None => commands.extend(text.lines().filter(|line| line.starts_with("ecsim "))),
        }
    }
    assert_eq!(commands.len(), 11, "{commands:?}");
    for line in commands {
        let (line, input) = line.split_once(" < ").unwrap_or((line, ""));
        let input = match input {
            "" => Stdio::null(),
            name => std::fs::File::open(folder.path().join(name))
                .expect("it is there")
                .into(),
        };
        let output = Command::new(env!("CARGO_BIN_EXE_ecsim"))
            .args(line.split_whitespace().skip(1))
            .current_dir(folder.path())
            .stdin(input)
            .output()
            .expect("the program starts");
        let talk = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && !talk.contains("error"),
            "{line}: {talk}"
        );
    }
    for (name, variants) in [
        ("jobs", 2),
        ("requests", 1),
        ("aws", 1),
        ("compare", 2),
        ("my-cluster", 1),
    ] {
        let path = folder.path().join("output").join(name).join("summary.json");
        let text = std::fs::read_to_string(path).expect("the report is there");
        let summary: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
        let listed = summary["variants"].as_object().expect("it has variants");
        assert_eq!(listed.len(), variants, "{name}");
        for figures in listed.values() {
            let cost = figures["cost.total"]["mean"].as_f64();
            assert!(cost.is_some_and(|usd| usd > 0.0), "{name}: {cost:?}");
        }
    }
    // A second draft does not replace the first.
    let again = Command::new(env!("CARGO_BIN_EXE_ecsim"))
        .args(["init", "aws"])
        .current_dir(folder.path())
        .output()
        .expect("the program starts");
    assert_eq!(again.status.code(), Some(2));
}
