//! Variants and `--set`.

use super::{VALID, check, check_set, problems, valid};
use crate::engine::random::CountLaw;
use crate::plan::{Arrivals, Capacity, Count, Target};

const VARIANTS: &str = "\
variants:
  - name: small
  - name: large
    cluster: { capacityProviders: [{ name: ec2, fleet: [{ instanceType: m6i.4xlarge, count: 9 }] }] }
    tasks: [{ name: reports, count: 3, arrivals: { every: 30s } }]
  - name: fargate
    taskDefinitions: [{ family: report, cpu: 512, memory: 1 GB, runtimePlatform: { cpuArchitecture: ARM64 } }]
    tasks: [{ name: reports, launchType: FARGATE }, { name: more, launchType: FARGATE, taskDefinition: report, duration: 1s, arrivals: { at: [0s] } }]
    jobQueue: { limit: 3 }
";

fn varied() -> String {
    format!("{VALID}{VARIANTS}")
}

#[test]
fn variants_lie_over_the_base() {
    let study = valid(&varied(), &[]).study;
    let names: Vec<&str> = study.variants.iter().map(|v| v.variant.as_str()).collect();
    assert_eq!(names, ["small", "large", "fargate"]);
    let [small, large, fargate] = &study.variants[..] else {
        panic!("three")
    };
    assert_eq!(small.tasks[0].count, CountLaw::Fixed(1));
    assert_eq!(large.tasks[0].count, CountLaw::Fixed(3));
    // A law that is laid over another one replaces it.
    assert!(matches!(large.tasks[0].arrivals, Arrivals::Renewal { .. }));
    let Capacity::Fleet(members) = &large.cluster.providers[0].capacity else {
        panic!("fleet")
    };
    assert_eq!((members.len(), members[0].count), (1, Count::Fixed(9)));
    assert_eq!(fargate.tasks.len(), 2);
    assert_eq!(fargate.tasks[0].target, Target::Provider(1));
    assert_eq!(fargate.job_queue.limit, Some(3));
    assert_eq!(small.job_queue.limit, None);
    assert!(format!("{:?}", fargate.tasks[0].demand.cpu).contains("64000"));
}

#[test]
fn set_lies_over_the_variants() {
    let set = [
        "tasks.reports.count=8",
        "until=1d",
        "warmUp=1h",
        "seeds=3",
        "taskDefinitions.report.containerDefinitions.report.cpu=128",
        "cluster.capacityProviders.ec2.fleet.0.count=5",
        "variants.large.jobQueue.limit=7",
        "jobQueue.order=skipAhead",
        "delays={ start: 1500ms }",
        "tasks.more.count=2",
    ];
    let study = valid(&varied(), &set).study;
    assert_eq!(study.seeds, 3);
    for plan in &study.variants {
        assert_eq!(plan.tasks[0].count, CountLaw::Fixed(8));
        let Capacity::Fleet(members) = &plan.cluster.providers[0].capacity else {
            panic!("fleet")
        };
        assert_eq!(members[0].count, Count::Fixed(5));
    }
    assert_eq!(study.variants[1].job_queue.limit, Some(7));
    // It is enough that one variant has the path.
    assert_eq!(study.variants[2].tasks[1].count, CountLaw::Fixed(2));
}

#[test]
fn set_replaces_laws_and_removes_with_null() {
    let study = valid(
        VALID,
        &["tasks.reports.arrivals.every=30s", "description=x"],
    )
    .study;
    assert!(matches!(
        study.variants[0].tasks[0].arrivals,
        Arrivals::Renewal { .. }
    ));
    assert_eq!(study.description, "x");
    check_set(
        VALID,
        &["delays=null"],
        r#"
error: `delays` is missing
  shop.yaml:18:1
  18 | delays: none
     | ^^^^^^
hint: add `delays:`, how long tasks and instances take to start and to stop: `none` (no time), `realistic` (the times of `assumptions`), or a fixed `start`"#,
    );
    let plan = valid(&varied(), &["tasks.more=null"]).study;
    assert_eq!(plan.variants[2].tasks.len(), 1);
    let own = "instanceTypes: [{ name: my.rack, vcpu: 4, memory: 16 GiB, price: $0.1/h }]";
    let dotted = format!("{VALID}\n{own}\n");
    valid(&dotted, &["instanceTypes.\"my.rack\".vcpu=8"]);
}

#[test]
fn a_law_that_is_laid_over_another_replaces_it() {
    let first = "tasks.reports.duration.exponential.mean=9s";
    for law in [
        "triangular={ low: 1s, mode: 2s, high: 3s }",
        "beta={ alpha: 2, beta: 3, high: 9s }",
        "uniform={ low: 1s, high: 2s }",
    ] {
        let over = format!("tasks.reports.duration.{law}");
        valid(VALID, &[first, &over]);
    }
}

#[test]
fn an_empty_list_that_would_change_nothing_is_refused() {
    check_set(
        VALID,
        &["tasks=[]"],
        r#"
error: an empty list changes nothing: `tasks` merges by name
  --set  tasks
   | tasks=[]
   |       ^
hint: list the items to change, or remove the key; `--set tasks.reports=null` removes an item"#,
    );
    check_set(
        VALID,
        &["cluster={ capacityProviders: [] }"],
        r#"
error: an empty list changes nothing: `cluster.capacityProviders` merges by name
  --set  cluster.capacityProviders
   | cluster={ capacityProviders: [] }
   |                              ^
hint: list the items to change, or remove the key; `--set cluster.capacityProviders.ec2=null` removes an item"#,
    );
    check_set(
        &varied(),
        &["variants=[]"],
        r#"
error: an empty list changes nothing: `variants` merges by name
  --set  variants
   | variants=[]
   |          ^
hint: list the items to change, or remove the key; `--set variants.small=null` removes an item"#,
    );
    let variant = format!("{VALID}variants: [{{ name: idle, tasks: [] }}]\n");
    check(
        &variant,
        r#"
error: an empty list changes nothing: `tasks` merges by name
  shop.yaml:19:33  tasks
  19 | variants: [{ name: idle, tasks: [] }]
     |                                 ^
hint: list the items to change, or remove the key; `--set tasks.reports=null` removes an item"#,
    );
}

#[test]
fn an_empty_list_over_nothing_and_the_hint_of_the_error_are_accepted() {
    valid(VALID, &["instanceTypes=[]"]);
    let own = "instanceTypes: [{ name: my.rack, vcpu: 4, memory: 16 GiB, price: $0.1/h }]";
    let dotted = format!("{VALID}\n{own}\n");
    let found = problems(&dotted, &["instanceTypes=[]"]);
    assert!(
        found.contains("`--set instanceTypes.\"my.rack\"=null`"),
        "{found}"
    );
    valid(&dotted, &["instanceTypes.\"my.rack\"=null"]);
    valid(&dotted, &["instanceTypes=null"]);
    let study = valid(&varied(), &["variants=null"]).study;
    assert_eq!(study.variants.len(), 1);
}

#[test]
fn a_path_that_does_not_exist_is_refused() {
    check_set(
        VALID,
        &["tsks.reports.count=8"],
        r#"
error: there is no `tsks` in the scenario
  --set
   | tsks.reports.count=8
   | ^^^^
hint: did you mean `tasks.reports.count`?"#,
    );
    check_set(
        VALID,
        &["tasks.report.count=8"],
        r#"
error: there is no `report` in `tasks`
  --set
   | tasks.report.count=8
   |       ^^^^^^
hint: did you mean `tasks.reports.count`?"#,
    );
    check_set(
        VALID,
        &["tasks.reports.cuont=8"],
        r#"
error: there is no `cuont` in `tasks.reports`
  --set
   | tasks.reports.cuont=8
   |               ^^^^^
hint: did you mean `tasks.reports.count`?"#,
    );
    check_set(
        VALID,
        &["until.days=8"],
        r#"
error: there is no `days` in `until`
  --set
   | until.days=8
   |       ^^^^
hint: `until` has no keys below it"#,
    );
    check_set(
        VALID,
        &["cluster.capacityProviders.ec2.fleet.3.count=8"],
        r#"
error: there is no `3` in `cluster.capacityProviders.ec2.fleet`
  --set
   | cluster.capacityProviders.ec2.fleet.3.count=8
   |                                     ^
hint: known there: `0`"#,
    );
    check_set(
        VALID,
        &["tasks.reports.duration.exponental.mean=8s"],
        r#"
error: there is no `exponental` in `tasks.reports.duration`
  --set
   | tasks.reports.duration.exponental.mean=8s
   |                        ^^^^^^^^^^
hint: did you mean `tasks.reports.duration.exponential.mean`?"#,
    );
    check_set(
        &varied(),
        &["variants.lrge.seeds=8"],
        r#"
error: there is no `lrge` in `variants`
  --set
   | variants.lrge.seeds=8
   |          ^^^^
hint: did you mean `variants.large.seeds`?"#,
    );
}

#[test]
fn an_option_that_is_no_setting_is_refused() {
    check_set(
        VALID,
        &["until"],
        r#"
error: `until` is not of the form `path=value`
  --set
   | until
   | ^^^^^
hint: write `--set tasks.web.count=8`; put names with dots in quotes"#,
    );
    check_set(
        VALID,
        &["=3"],
        r#"
error: `=3` is not of the form `path=value`
  --set
   | =3
   | ^^
hint: write `--set tasks.web.count=8`; put names with dots in quotes"#,
    );
    check_set(
        VALID,
        &["tasks..count=3"],
        r#"
error: `tasks..count=3` is not of the form `path=value`
  --set
   | tasks..count=3
   | ^^^^^^^^^^^^^^
hint: write `--set tasks.web.count=8`; put names with dots in quotes"#,
    );
    check_set(
        VALID,
        &["until="],
        r#"
error: there is no value
  --set
   | until=
   | ^^^^^^
hint: give a value, or `null` to remove the key"#,
    );
    check_set(
        VALID,
        &["until=[1"],
        r#"
error: this is not valid YAML or JSON: unclosed bracket '['
  --set
   | until=[1
   | ^^^^^^^^
hint: give a value, or `null` to remove the key"#,
    );
    check_set(
        VALID,
        &["until=soon", "tasks.reports.count=-1"],
        r#"
error: `soon` is not a unit of time
  --set  until
   | until=soon
   |       ^^^^
hint: expected a duration such as `90s`, `1500ms`, `1h30m` or `7d`

error: `-1` is not valid here
  --set  tasks.reports.count
   | tasks.reports.count=-1
   |                     ^^
hint: expected a whole number from 1 to 1000000"#,
    );
    check_set(
        VALID,
        &["\"until=3"],
        r#"
error: `"until=3` is not of the form `path=value`
  --set
   | "until=3
   | ^^^^^^^^
hint: write `--set tasks.web.count=8`; put names with dots in quotes"#,
    );
}

#[test]
fn wrong_variants_are_refused() {
    check(
        &format!("{VALID}variants: []\n"),
        r#"
error: the list of variants is empty
  shop.yaml:19:1  variants
  19 | variants: []
     | ^^^^^^^^
hint: list at least one variant, or remove the key"#,
    );
    check(
        &format!("{VALID}variants: small\n"),
        r#"
error: `variants` should be a list
  shop.yaml:19:1  variants
  19 | variants: small
     | ^^^^^^^^
hint: write `variants: [{ name: small }, { name: large }]`"#,
    );
    check(
        &format!(
            "{VALID}variants: [small, {{ until: 1d }}, {{ name: a/b }}, {{ name: x }}, {{ name: x }}]\n"
        ),
        r#"
error: a variant is a map with a `name`
  shop.yaml:19:12  variants
  19 | variants: [small, { until: 1d }, { name: a/b }, { name: x }, { name: x }]
     |            ^^^^^
hint: write `- name: small`

error: this variant has no `name`
  shop.yaml:19:19  variants
  19 | variants: [small, { until: 1d }, { name: a/b }, { name: x }, { name: x }]
     |                   ^
hint: give it one: `name: small`

error: `a/b` cannot be the name of a variant
  shop.yaml:19:34  variants
  19 | variants: [small, { until: 1d }, { name: a/b }, { name: x }, { name: x }]
     |                                  ^
hint: use letters, digits, `-`, `_` and `.`

error: there are two variants `x`
  shop.yaml:19:62  variants.x
  19 | variants: [small, { until: 1d }, { name: a/b }, { name: x }, { name: x }]
     |                                                              ^
hint: names must differ"#,
    );
    check(
        &format!("{VALID}variants: [{{ name: x, seeds: 3, untill: 3d }}]\n"),
        r#"
error: `seeds` belongs to the whole scenario, not to a variant
  shop.yaml:19:23  variants
  19 | variants: [{ name: x, seeds: 3, untill: 3d }]
     |                       ^^^^^
hint: move it to the top level

error: `untill` is not a key of `scenario`
  shop.yaml:19:33  untill
  19 | variants: [{ name: x, seeds: 3, untill: 3d }]
     |                                 ^^^^^^
hint: did you mean `until`?"#,
    );
}

#[test]
fn a_problem_of_the_base_is_reported_once() {
    let text = varied().replace("duration: 90s", "duration: 90");
    assert_eq!(problems(&text, &[]).matches("error:").count(), 1);
}

#[test]
fn a_new_name_that_looks_mistyped_warns() {
    let text = varied()
        .replace("name: more", "name: report")
        .replace("count: 2", "count: fit");
    let loaded = valid(&text, &[]);
    let [warning] = &loaded.warnings[..] else {
        panic!("one warning");
    };
    assert_eq!(
        (warning.path.as_str(), warning.message.as_str()),
        (
            "tasks.report",
            "`report` is a new name, very similar to `reports`"
        )
    );
    assert_eq!(
        warning.hint.as_deref(),
        Some("to change the existing item, write `reports`")
    );
}

#[test]
fn a_missing_key_points_at_what_removed_it() {
    check(
        &format!("{VALID}variants: [{{ name: x, delays: null }}]\n"),
        r#"
error: `delays` is missing
  shop.yaml:19:23
  19 | variants: [{ name: x, delays: null }]
     |                       ^^^^^^
hint: add `delays:`, how long tasks and instances take to start and to stop: `none` (no time), `realistic` (the times of `assumptions`), or a fixed `start`"#,
    );
}

#[test]
fn an_unknown_variant_names_the_nearest() {
    let folder = super::folder(&[("shop.yaml", varied().as_bytes())]);
    let read = |wanted: &str| {
        let request = crate::scenario::Request {
            path: &folder.path().join("shop.yaml"),
            set: &[],
            variants: &[wanted.to_string()],
            seeds: Some(5),
        };
        crate::scenario::load(&request, &super::Small)
    };
    let study = read("large").unwrap().study;
    assert_eq!((study.variants.len(), study.seeds), (1, 5));
    assert_eq!(
        read("larg").unwrap_err().to_string(),
        "error: there is no variant `larg`\nhint: did you mean `large`?"
    );
}
