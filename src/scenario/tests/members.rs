//! Constraints `memberOf`, and the attributes that they are about.

use super::{check, valid, with};
use crate::plan::Capacity;
use std::collections::BTreeMap;

fn entry(constraints: &str) -> String {
    with(
        "    duration: 90s",
        &format!("    duration: 90s\n    placementConstraints: {constraints}"),
    )
}

#[track_caller]
fn expressions(text: &str) -> Vec<String> {
    let plan = &valid(text, &[]).study.variants[0];
    let queries = plan.tasks[0].demand.member_of.iter();
    queries.map(|query| query.text().to_string()).collect()
}

#[track_caller]
fn warnings(text: &str) -> Vec<String> {
    valid(text, &[]).study.warnings
}

#[test]
fn constraints_of_a_definition_come_before_those_of_an_entry() {
    let text = entry("[{ type: distinctInstance }, { type: memberOf, expression: runningTasksCount < 5 }]")
        .replace(
            "  - family: report\n",
            "  - family: report\n    placementConstraints: [{ type: memberOf, expression: 'attribute:ecs.os-type == linux' }]\n",
        );
    let both = ["attribute:ecs.os-type == linux", "runningTasksCount < 5"];
    assert_eq!(expressions(&text), both);
    assert!(valid(&text, &[]).study.variants[0].tasks[0].distinct_instance);
    assert!(warnings(&text).is_empty());
}

#[test]
fn a_flaw_stands_where_it_is_in_the_expression() {
    check(
        &entry(
            "[{ type: memberOf, expression: attribute:ecs.instance-type =~ m6i.* AND runningTasksCount < 5 }]",
        ),
        r#"
error: `AND` cannot stand here: keywords are in lower case, at character 38 of the expression
  shop.yaml:18:95  tasks.reports.placementConstraints.0.expression
  18 | bute:ecs.instance-type =~ m6i.* AND runningTasksCount < 5 }]
     |                                 ^^^
hint: expected `and`, `or`, or the end of the expression"#,
    );
    // On two lines the position in the expression tells the place.
    check(
        &entry(
            "\n      - type: memberOf\n        expression: >-\n          attribute:rack == a\n          nand runningTasksCount < 5",
        ),
        r#"
error: `nand` cannot stand here, at character 21 of the expression
  shop.yaml:21:11  tasks.reports.placementConstraints.0.expression
  21 |           attribute:rack == a
     |           ^^^^^^^^^^^^^^^^^^^
hint: expected `and`, `or`, or the end of the expression"#,
    );
}

#[test]
fn ecs_refuses_these_constraints() {
    check(
        &entry("[{ type: memberOf }, { type: distinctInstance, expression: a }]"),
        r#"
error: `memberOf` needs an `expression`
  shop.yaml:18:28  tasks.reports.placementConstraints.0
  18 |     placementConstraints: [{ type: memberOf }, { type: distinctInstance, expression: a }]
     |                            ^
hint: such as `expression: attribute:ecs.instance-type =~ t3.*`

error: `distinctInstance` has no expression
  shop.yaml:18:86  tasks.reports.placementConstraints.1.expression
  18 |     placementConstraints: [{ type: memberOf }, { type: distinctInstance, expression: a }]
     |                                                                                      ^
hint: remove it"#,
    );
    let one = "{ type: memberOf, expression: agentConnected == true }";
    let of_definition = format!(
        "  - family: report\n    placementConstraints: [{}]\n",
        [one; 6].join(", ")
    );
    let text = entry(&format!("[{}]", [one; 5].join(", ")))
        .replace("  - family: report\n", &of_definition);
    let found = super::problems(&text, &[]);
    assert!(
        found.contains("11 constraints with those of the task definition are too many"),
        "{found}"
    );
    assert!(found.contains("expected at most 10"), "{found}");
    let text = with(
        "  - family: report\n",
        "  - family: report\n    placementConstraints: [{ type: distinctInstance }]\n",
    );
    let found = super::problems(&text, &[]);
    let message = "a task definition cannot have `distinctInstance`";
    assert!(found.contains(message), "{found}");
}

#[test]
fn what_no_instance_ever_has_is_a_warning() {
    let warned = |expression: &str, warning: &str| {
        let text = entry(&format!(
            "[{{ type: memberOf, expression: {expression:?} }}]"
        ));
        let path = "tasks.reports";
        let expected = match warning {
            "" => Vec::new(),
            text => vec![format!("{path}{text}")],
        };
        assert_eq!(warnings(&text), expected, "{expression}");
    };
    let at = ".placementConstraints.0.expression: ";
    warned("attribute:ecs.instance-type =~ m6i.*", "");
    warned("attribute:ecs.os-family == LINUX", "");
    warned(
        "attribute:ecs.instance-typ =~ m6i.*",
        &format!("{at}no instance of this cluster ever has the attribute `ecs.instance-typ`"),
    );
    warned(
        "attribute:ecs.ami-id == ami-1",
        &format!("{at}no instance of this cluster ever has the attribute `ecs.ami-id`"),
    );
    warned(
        "agentVersion > 1.50",
        &format!("{at}no instance of this cluster has an `agentVersion`"),
    );
    warned(
        "not(task:group == service:webb)",
        &format!("{at}no task is ever in the group `service:webb`"),
    );
    warned("task:group == family:report", "");
    warned(
        "attribute:ecs.instance-type =~ c.*",
        ": no instance here meets the constraints `memberOf`: these tasks are never placed",
    );
}

#[test]
fn attributes_are_given_as_a_list_or_as_a_map() {
    let attributes = |text: &str| -> BTreeMap<String, String> {
        let text = with("count: 2 }", &format!("count: 2, {text} }}"));
        let plan = &valid(&text, &[]).study.variants[0];
        let Capacity::Fleet(members) = &plan.cluster.providers[0].capacity else {
            panic!("not a fleet");
        };
        members[0].attributes.clone()
    };
    let list = "attributes: [{ name: rack, value: r1 }, { name: ecs.ami-id, value: ami-1 }]";
    let map = "attributes: { rack: r1, ecs.ami-id: ami-1 }";
    assert_eq!(attributes(list), attributes(map));
    assert_eq!(attributes(list)["rack"], "r1");
    let twice = "attributes: [{ name: a, value: b }, { name: a, value: c }]";
    let text = with("count: 2 }", &format!("count: 2, {twice} }}"));
    let found = super::problems(&text, &[]);
    assert!(
        found.contains("the attribute `a` is given twice"),
        "{found}"
    );
    let version = "attributes: {}, agentVersion: latest";
    let text = with("count: 2 }", &format!("count: 2, {version} }}"));
    let found = super::problems(&text, &[]);
    let message = "`latest` is not a version of the agent";
    assert!(found.contains(message), "{found}");
}
