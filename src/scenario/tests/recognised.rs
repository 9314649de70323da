//! Files that are something else, names of AWS that are not modelled, and texts that must not reach
//! a terminal as they are.

use super::{VALID, check, check_in, folder, problems, with};

/// What is said about a file that is no scenario.
fn said(text: &str) -> String {
    let said = problems(text, &[]);
    assert_eq!(said.matches("error:").count(), 1, "{said}");
    said
}

#[test]
fn a_file_that_is_something_else_is_recognised() {
    check(
        "{ \"family\": \"web\", \"containerDefinitions\": [] }",
        r#"
error: this is an ECS task definition, not a scenario
  shop.yaml:1:1
  1 | { "family": "web", "containerDefinitions": [] }
    | ^
hint: name it in a scenario, `taskDefinitions: [{ file: shop.yaml }]`; `ecsim init` writes a scenario out of a folder of task definitions and services"#,
    );
    for (text, what) in [
        (
            "taskDefinition: { family: web }\ntags: []\n",
            "an ECS task definition",
        ),
        (
            "services: [{ serviceArn: arn, serviceName: web }]\nfailures: []\n",
            "a description of ECS services",
        ),
        (
            "serviceName: web\ncluster: shop\ntaskDefinition: web\n",
            "a description of ECS services",
        ),
        (
            "AWSTemplateFormatVersion: \"2010-09-09\"\nResources: {}\n",
            "a CloudFormation template",
        ),
        (
            "Resources:\n  Web:\n    Type: AWS::ECS::Service\n    Properties: { Cluster: !Ref Shop }\n",
            "a CloudFormation template",
        ),
        (
            "services:\n  web: { image: web, deploy: { replicas: 2 } }\n",
            "a Compose file",
        ),
        (
            "apiVersion: apps/v1\nkind: Deployment\nspec: {}\n",
            "a Kubernetes manifest",
        ),
    ] {
        let said = said(text);
        assert!(
            said.contains(&format!("this is {what}, not a scenario")),
            "{said}"
        );
        assert!(said.contains("hint: "), "{said}");
    }
}

#[test]
fn a_template_is_no_task_definition() {
    let scenario = VALID.replace("tasks:\n", "  - file: x.yaml\ntasks:\n");
    check_in(
        &folder(&[
            ("shop.yaml", scenario.as_bytes()),
            ("x.yaml", b"Resources: {}\n"),
        ]),
        "
error: this is a CloudFormation template, not a task definition
  DIR/x.yaml:1:1  taskDefinitions.file
  1 | Resources: {}
    | ^
hint: name a file that `register-task-definition` takes or `describe-task-definition` returns",
    );
}

#[test]
fn names_of_aws_that_have_no_key_are_not_modelled_yet() {
    check(
        &with("delays: none", "delays: none\nnatGateways: 2"),
        "
error: `natGateways` is not modelled yet
  shop.yaml:19:1  natGateways
  19 | natGateways: 2
     | ^^^^^^^^^^^
hint: leave it out for now",
    );
}

#[test]
fn an_unknown_region_lists_the_known_ones() {
    let said = problems(&with("until: 7d", "until: 7d\nregion: moon"), &[]);
    assert!(
        said.contains("expected one of us-east-1, us-east-2, "),
        "{said}"
    );
    assert!(said.contains("eusc-de-east-1"), "{said}");
}

#[test]
fn a_problem_of_some_variants_names_them() {
    let variants = "variants: [{ name: ec2 }, { name: fargate, tasks: [{ name: reports, launchType: FARGATE }] }, { name: again, tasks: [{ name: reports, launchType: FARGATE }] }]\n";
    let text = with("cpu: 1024", "cpu: 1000") + variants;
    check(
        &text,
        "
error: Fargate has no size of `0.9765625 vCPU`
  shop.yaml:10:10  taskDefinitions.report.cpu  in variants `fargate`, `again`
  10 |     cpu: 1000
     |          ^^^^
hint: choose 0.25 vCPU, 0.5 vCPU, 1 vCPU, 2 vCPU, 4 vCPU, 8 vCPU or 16 vCPU",
    );
    let all = with("cpu: 1024", "cpu: 1") + variants;
    let said = problems(&all, &[]);
    assert!(!said.contains("in variant"), "{said}");
    assert!(said.contains("did you mean `1 vCPU`?"), "{said}");
    let half = problems(&with("cpu: 1024", "cpu: 0.5"), &[]);
    assert!(half.contains("did you mean `0.5 vCPU`?"), "{half}");
}

#[test]
fn what_a_terminal_would_obey_is_shown_as_escapes() {
    for (written, shown) in [
        ("\\e[31mred", "\\u{1b}[31mred"),
        ("\\u202Eabc", "\\u{202e}abc"),
        ("\\u2066abc", "\\u{2066}abc"),
        ("\\u009babc", "\\u{9b}abc"),
    ] {
        for text in [
            format!("{VALID}\"{written}\": 1\n"),
            with("poisson: 5/h", &format!("\"{written}\": 1")),
            with("until: 7d", &format!("until: \"{written}\"")),
            with(
                "taskDefinition: report",
                &format!("taskDefinition: \"{written}\""),
            ),
            format!("{VALID}variants: [{{ name: \"{written}\" }}]\n"),
        ] {
            let said = problems(&text, &[]);
            assert!(said.contains(shown), "{said:?}");
            let is_raw = |c: char| c != '\n' && crate::plan::problem::is_hidden(c);
            assert!(!said.contains(is_raw), "{said:?}");
        }
    }
}
