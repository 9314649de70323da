//! Scenarios and task definitions in files.

use super::{Small, check_in, folder, load_in, with};
use crate::scenario::{Request, load};

const REGISTER: &[u8] = br#"{
  "family": "report", "cpu": "1024", "memory": "2048",
  "requiresCompatibilities": ["EC2"],
  "containerDefinitions": [ {"name": "report", "image": "x", "essential": true, "logConfiguration": {"logDriver": "awslogs"}} ]
}"#;
const DESCRIBE: &[u8] = br#"{"taskDefinition": {
  "taskDefinitionArn": "arn:aws:ecs:us-east-1:1:task-definition/report:7", "family": "report", "revision": 7,
  "cpu": "512", "memory": "1024", "status": "ACTIVE", "registeredAt": 1700000000.5,
  "containerDefinitions": [ {"name": "report", "image": "x", "cpu": 0, "portMappings": [], "essential": true} ]
}, "tags": []}"#;

fn by_file(keys: &str) -> String {
    let text = super::VALID;
    let start = text.find("  - family: report").unwrap();
    let end = text.find("tasks:\n").unwrap();
    format!("{}  - {{ {keys} }}\n{}", &text[..start], &text[end..])
}

#[test]
fn both_forms_of_aws_json_are_read() {
    let text = by_file("file: defs/report.json");
    for (json, name) in [(REGISTER, "report:1"), (DESCRIBE, "report:7")] {
        let folder = folder(&[("shop.yaml", text.as_bytes()), ("defs/report.json", json)]);
        let study = load_in(&folder, &[]).unwrap().study;
        assert_eq!(study.variants[0].tasks[0].definition, name);
    }
}

#[test]
fn keys_beside_a_file_and_variants_lie_over_it() {
    let text = format!(
        "{}variants:\n  - name: a\n  - name: b\n    taskDefinitions: [{{ family: report, memory: 3 GB }}]\n",
        by_file("file: report.json, cpu: 1.5 vCPU")
    );
    let folder = folder(&[("shop.yaml", text.as_bytes()), ("report.json", DESCRIBE)]);
    let study = load_in(&folder, &[]).unwrap().study;
    let demands: Vec<String> = study
        .variants
        .iter()
        .map(|v| format!("{:?}", (&v.tasks[0].demand.cpu, &v.tasks[0].demand.memory)))
        .collect();
    assert!(demands[0].contains("Cpu(192000)"), "{demands:?}");
    assert!(demands[1].contains("3221225472"), "{demands:?}");
}

#[test]
fn a_problem_in_a_file_points_into_it() {
    let text = by_file("file: report.json");
    let bad = br#"{
  "family": "report", "Cpu": "1024",
  "containerDefinitions": [ {"name": "report", "image": "x", "memory": "lots"} ]
}"#;
    check_in(
        &folder(&[("shop.yaml", text.as_bytes()), ("report.json", bad)]),
        r#"
error: `Cpu` is not a key of `taskDefinition`
  DIR/report.json:2:23  taskDefinitions.report.Cpu
  2 |   "family": "report", "Cpu": "1024",
    |                       ^^^^^
hint: did you mean `cpu`?

error: `lots` is not a unit of memory
  DIR/report.json:3:72  taskDefinitions.report.containerDefinitions.report.memory
  3 |   "containerDefinitions": [ {"name": "report", "image": "x", "memory": "lots"} ]
    |                                                                        ^^^^^^
hint: expected a size such as `512 MiB`, `2 GB` or `1.5 GiB`"#,
    );
}

#[test]
fn files_that_cannot_be_read_are_refused() {
    check_in(
        &folder(&[("shop.yaml", by_file("file: nowhere.json").as_bytes())]),
        r#"
error: cannot read `DIR/nowhere.json`: there is no such file
  DIR/shop.yaml:9:13  taskDefinitions.file
  9 |   - { file: nowhere.json }
    |             ^^^^^^^^^^^^"#,
    );
    check_in(
        &folder(&[("shop.yaml", by_file("file: [x]").as_bytes())]),
        r#"
error: `family` is missing
  DIR/shop.yaml:9:5  taskDefinitions.0
  9 |   - { file: [x] }
    |     ^
hint: add `family:`, family of the definition: 1 to 255 letters, digits, `-` and `_`

error: `containerDefinitions` is missing
  DIR/shop.yaml:9:5  taskDefinitions.0
  9 |   - { file: [x] }
    |     ^
hint: add `containerDefinitions:`, containers of the task; at most 10 (facts/ecs.md 43)

error: there is no task definition `report`
  DIR/shop.yaml:12:21  tasks.reports.taskDefinition
  12 |     taskDefinition: report
     |                     ^^^^^^
hint: none is defined"#,
    );
    let text = by_file("file: report.json");
    check_in(
        &folder(&[
            ("shop.yaml", text.as_bytes()),
            ("report.json", b"{ \"family\": "),
        ]),
        r#"
error: this is not valid YAML or JSON: unclosed bracket '{'
  DIR/report.json:1:1
  1 | { "family":
    | ^"#,
    );
    check_in(
        &folder(&[
            ("shop.yaml", text.as_bytes()),
            ("report.json", b"{\n  \"family\": \"b\xe9\"\n}"),
        ]),
        "
error: `DIR/report.json` is not UTF-8 text
  DIR/report.json:2:15
  2 |   \"family\": \"b\u{fffd}\"
    |               ^
hint: save the file as UTF-8",
    );
    check_in(
        &folder(&[("shop.yaml", text.as_bytes()), ("report.json/x", b"")]),
        r#"
error: cannot read `DIR/report.json`: it is a folder
  DIR/shop.yaml:9:13  taskDefinitions.file
  9 |   - { file: report.json }
    |             ^^^^^^^^^^^"#,
    );
    check_in(
        &folder(&[]),
        r#"
error: cannot read `DIR/shop.yaml`: there is no such file"#,
    );
    check_in(
        &folder(&[("shop.yaml/x", b"")]),
        r#"
error: cannot read `DIR/shop.yaml`: it is a folder"#,
    );
    check_in(
        &folder(&[("shop.yaml", b"\x00\x01\x02")]),
        r#"
error: this is not valid YAML or JSON: unexpected character: `\u{0}'
  DIR/shop.yaml:1:1
  1 | 
    | ^"#,
    );
    let huge = vec![b'#'; (16 << 20) + 1];
    check_in(
        &folder(&[("shop.yaml", &huge)]),
        r#"
error: `DIR/shop.yaml` is larger than 16 MiB"#,
    );
}

#[test]
fn empirical_laws_come_from_files() {
    let text = with(
        "duration: 90s",
        "duration: { empirical: { file: d.csv, column: ms, unit: ms } }",
    );
    let folder = |data: &[u8]| folder(&[("shop.yaml", text.as_bytes()), ("d.csv", data)]);
    let study = load_in(&folder(b"id,ms\n1,1500\n2,250.5\n"), &[])
        .unwrap()
        .study;
    let law = study.variants[0].tasks[0].duration.clone();
    assert_eq!(
        law,
        crate::engine::random::Distribution::Empirical([1.5, 0.2505].into())
    );
    check_in(
        &folder(b"id,ms\n1,1500\n2,-3\n"),
        r#"
error: column `ms`: `-3` is negative
  DIR/d.csv:3:3  tasks.reports.duration.empirical.file
  3 | 2,-3
    |   ^^"#,
    );
    check_in(
        &folder(b"id,seconds\n1,1500\n"),
        r#"
error: there is no column `ms` in `DIR/d.csv`
  DIR/shop.yaml:17:51  tasks.reports.duration.empirical.column
  17 |     duration: { empirical: { file: d.csv, column: ms, unit: ms } }
     |                                                   ^^"#,
    );
    check_in(
        &folder(b"id,ms\n"),
        r#"
error: `DIR/d.csv` has no values
  DIR/shop.yaml:17:36  tasks.reports.duration.empirical.file
  17 |     duration: { empirical: { file: d.csv, column: ms, unit: ms } }
     |                                    ^^^^^"#,
    );
    check_in(
        &folder(b""),
        r#"
error: `DIR/d.csv` is empty
  DIR/shop.yaml:17:36  tasks.reports.duration.empirical.file
  17 |     duration: { empirical: { file: d.csv, column: ms, unit: ms } }
     |                                    ^^^^^"#,
    );
}

#[test]
fn a_byte_order_mark_is_ignored() {
    let text = format!("\u{feff}{}", super::VALID);
    assert!(load_in(&folder(&[("shop.yaml", text.as_bytes())]), &[]).is_ok());
}

/// Every task definition found in public repositories is read, or refused with a message.
#[test]
#[ignore = "needs ECSIM_DATA: run by .ci/run"]
fn real_task_definitions_are_read_or_refused() {
    let data =
        std::env::var_os("ECSIM_DATA").expect("ECSIM_DATA must name the folder of real inputs");
    let mut files = Vec::new();
    collect(
        &std::path::Path::new(&data).join("ecs-taskdefs"),
        &mut files,
    );
    files.sort();
    let (mut read, mut refused) = (0, Vec::new());
    for file in &files {
        let text = format!(
            "ecsim: 1\nname: x\nuntil: 1d\ndelays: none\ncluster:\n  capacityProviders: [{{ name: ec2, fleet: [{{ instanceType: m6i.large, count: 1 }}] }}]\ntaskDefinitions:\n  - file: {}\n",
            serde_json::Value::from(file.display().to_string())
        );
        let folder = folder(&[("shop.yaml", text.as_bytes())]);
        let path = folder.path().join("shop.yaml");
        let request = Request {
            path: &path,
            set: &[],
            variants: &[],
            seeds: None,
        };
        match load(&request, &Small) {
            Ok(_) => read += 1,
            Err(problems) => {
                for problem in problems
                    .0
                    .iter()
                    .filter(|p| p.severity == crate::scenario::Severity::Error)
                {
                    assert!(problem.place.is_some(), "{problem}");
                    assert!(problem.advice().is_some(), "{problem}");
                }
                let name = file.strip_prefix(&data).unwrap().display().to_string();
                refused.push((name, problems));
            }
        }
    }
    for (name, problems) in &refused {
        println!("== {name}\n{problems}\n");
    }
    println!("{read} task definitions read, {} refused", refused.len());
    // What is refused: templates with placeholders in keys that are read, among them a health
    // check, an empty image, keys that no API has, and two samples in `awsvpc` mode with a host port
    // that differs from the container's, which ECS refuses too.
    assert_eq!((read, refused.len()), (116, 13));
}

fn collect(folder: &std::path::Path, files: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|end| end == "json") {
            files.push(path);
        }
    }
}
