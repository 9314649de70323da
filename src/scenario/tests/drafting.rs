//! Drafts of scenarios: they can be read, and say what was left out.

use super::folder;
use crate::scenario::{AnsweredPlace, AnsweredWork, Answers, Embedded, draft, load_text};

const AGENT: &[u8] = br#"{"family": "agent", "containerDefinitions": [{"name": "agent", "image": "a", "cpu": 128, "memory": 256}]}"#;
const WEB: &[u8] =
    br#"{"family": "web", "cpu": "512", "memory": "1024", "requiresCompatibilities": ["FARGATE"],
  "containerDefinitions": [{"name": "web", "image": "w"}]}"#;

/// The draft of a folder with these files, with short paths, and its notes.
fn drafted(files: &[(&str, &[u8])]) -> Result<(String, Vec<String>), String> {
    let folder = folder(files);
    let path = folder.path();
    let root = path.display().to_string();
    let draft = draft(path, "shop", None, &|path| path.display().to_string())?;
    if let Err(problems) = load_text("draft", &draft.text, &[], &Embedded) {
        panic!("{problems}\n{}", draft.text);
    }
    let short = |text: String| text.replace(&root, "DIR");
    Ok((
        short(draft.text),
        draft.notes.into_iter().map(short).collect(),
    ))
}

#[test]
fn a_folder_becomes_a_scenario_that_names_its_files() {
    let service = br#"{"services": [{"serviceName": "front", "desiredCount": 6, "taskDefinition": "arn:aws:ecs:eu-west-1:1:task-definition/web:42",
      "capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]},
      {"serviceName": "batch", "desiredCount": 40, "taskDefinition": "agent", "capacityProviderStrategy": [{"capacityProvider": "own", "weight": 1}]}]}"#;
    let daemon = b"serviceName: agents\ntaskDefinition: agent\nschedulingStrategy: DAEMON\nlaunchType: EC2\n";
    let (text, notes) = drafted(&[
        ("a/agent.json", AGENT),
        ("a/agent-copy.json", AGENT),
        ("a/web.json", WEB),
        ("b/daemon.yml", daemon),
        ("b/services.json", service),
        ("b/stack.yaml", b"Resources: {}\n"),
        ("b/broken.json", b"{\"serviceName\": "),
        ("b/settings.json", b"{ // not JSON"),
        ("other.json", b"{\"version\": 3}"),
        ("old.yaml", b"ecsim: 1\n"),
        (".git/x.json", AGENT),
    ])
    .unwrap();
    for line in [
        "region: eu-west-1",
        "    - name: FARGATE_SPOT",
        "    - name: own   # an Auto Scaling group that managed scaling resizes",
        "    - name: ec2",
        "  - { file: \"DIR/a/agent-copy.json\" }   # agent",
        "  - { file: \"DIR/a/web.json\", revision: 42 }   # web",
        "  - { file: \"DIR/b/daemon.yml\" }   # agents",
        "  - { file: \"DIR/b/services.json\" }   # front, batch",
        "  - { name: \"w\", size: 200 MiB, layers: 9 }",
    ] {
        assert!(text.contains(&format!("{line}\n")), "{line}\n{text}");
    }
    assert_eq!(notes.len(), 3, "{notes:?}");
    assert!(
        notes[0].contains("`DIR/a/agent.json` is left out: `agent` is in"),
        "{notes:?}"
    );
    assert!(
        notes[1].contains("`DIR/b/broken.json` is left out"),
        "{notes:?}"
    );
    assert!(notes[2].contains("CloudFormation"), "{notes:?}");
}

#[test]
fn task_definitions_alone_become_services_of_one_task() {
    let (text, notes) = drafted(&[("agent.json", AGENT), ("web.json", WEB)]).unwrap();
    assert!(notes.is_empty(), "{notes:?}");
    assert!(
        text.contains("taskDefinition: web, desiredCount: 1, launchType: FARGATE"),
        "{text}"
    );
    assert!(
        text.contains("taskDefinition: agent, desiredCount: 1, launchType: EC2"),
        "{text}"
    );
}

#[test]
fn what_is_missing_is_said() {
    let none = drafted(&[("a.json", br#"{"family": "a", "containerDefinitions": []}"#)]);
    let message = none.unwrap_err();
    assert!(message.contains("no task definition in"), "{message}");
    assert!(
        message.contains("a task needs at least one container"),
        "{message}"
    );
    let files = folder(&[
        ("web.json", WEB),
        (
            "s.json",
            br#"{"serviceName": "api", "desiredCount": 1, "taskDefinition": "api:3"}"#,
        ),
    ]);
    let draft = draft(files.path(), "shop", None, &|path| {
        path.display().to_string()
    })
    .unwrap();
    assert_eq!(
        draft.notes,
        [
            "the task definition of the service `api` is missing: aws ecs describe-task-definition --task-definition api:3 > api:3.json"
        ]
    );
}

#[test]
fn answers_become_a_scenario() {
    let answers = |work, place| Answers {
        name: "shop".into(),
        region: "eu-west-1".into(),
        cpu: "0.5 vCPU".into(),
        memory: "1 GB".into(),
        work,
        place,
    };
    let service = || AnsweredWork::Service { tasks: "4".into() };
    let jobs = || AnsweredWork::Jobs {
        rate: "50/h".into(),
        duration: "10m".into(),
    };
    let ec2 = || AnsweredPlace::Ec2("m7g.large".into());
    for (work, place) in [
        (service(), AnsweredPlace::Fargate),
        (service(), ec2()),
        (jobs(), AnsweredPlace::FargateSpot),
        (jobs(), ec2()),
    ] {
        let text = answers(work, place).scenario();
        let loaded = load_text("answers", &text, &[], &Embedded);
        let loaded = loaded.unwrap_or_else(|problems| panic!("{problems}\n{text}"));
        assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
    }
}

/// All task definitions of public repositories that can be read make one scenario.
#[test]
#[ignore = "needs ECSIM_DATA: run by .ci/run"]
fn a_folder_of_real_task_definitions_becomes_a_scenario() {
    let data =
        std::env::var_os("ECSIM_DATA").expect("ECSIM_DATA must name the folder of real inputs");
    let folder = std::path::Path::new(&data).join("ecs-taskdefs");
    let draft = draft(&folder, "all", None, &|path| path.display().to_string()).unwrap();
    let loaded = load_text("draft", &draft.text, &[], &Embedded);
    let study = loaded.unwrap_or_else(|problems| panic!("{problems}")).study;
    // A service per family. 11 files are refused; 25 have a family that another file has.
    assert_eq!(
        (study.variants[0].services.len(), draft.notes.len()),
        (92, 36)
    );
}

#[test]
fn names_that_yaml_reads_otherwise_are_quoted() {
    let folder = folder(&[("web.json", WEB)]);
    let path_of = |path: &std::path::Path| path.display().to_string();
    for name in ["null", "a: b", "#", "~"] {
        let text = draft(folder.path(), name, None, &path_of).unwrap().text;
        assert!(text.contains(&format!("\nname: \"{name}\"\n")), "{text}");
        match load_text("draft", &text, &[], &Embedded) {
            Ok(loaded) => assert_eq!(loaded.study.name, name),
            Err(problems) => assert!(
                problems.to_string().contains("cannot be the name"),
                "{problems}"
            ),
        }
    }
}
