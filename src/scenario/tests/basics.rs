//! A valid scenario, and scenarios with one wrong key each.

use super::{VALID, check, valid, with};
use crate::plan::problem::Problem;
use crate::plan::{Count, Delays, Until};
use crate::units::{Cpu, Memory, Span};

#[test]
fn a_valid_scenario_becomes_a_plan() {
    let loaded = valid(VALID, &[]);
    let study = loaded.study;
    assert_eq!((study.name.as_str(), study.seeds), ("shop", 8));
    let plan = &study.variants[0];
    assert_eq!(plan.variant, "base");
    assert_eq!(plan.region, "us-east-1");
    assert_eq!(plan.start_unix_seconds, 1_767_225_600);
    assert_eq!(plan.until, Until::Elapsed(Span::hours(7 * 24)));
    assert_eq!(plan.delays, Delays::None);
    assert_eq!(
        plan.cluster.zones,
        ["us-east-1a", "us-east-1b", "us-east-1c"]
    );
    let kind = &plan.cluster.instance_types[0];
    assert_eq!((kind.cpu, kind.memory), (Cpu::vcpus(2), Memory::mib(7782)));
    let crate::plan::Capacity::Fleet(members) = &plan.cluster.providers[0].capacity else {
        panic!("not a fleet");
    };
    assert_eq!(members[0].count, Count::Fixed(2));
    assert_eq!(members[0].root_volume, Some(Memory::gib(30)));
    assert_eq!(plan.tasks[0].group, "family:report");
    assert!(loaded.warnings.is_empty());
    assert_eq!(study.ignored, [""; 0]);
    let images: Vec<&str> = plan
        .images
        .iter()
        .map(|image| image.name.as_str())
        .collect();
    assert_eq!(images, ["shop/report:1"]);
}

#[test]
fn a_mistyped_key_names_the_nearest() {
    check(
        &with("    duration: 90s", "    duraton: 90s"),
        "\
error: `duraton` is not a key of `taskEntry`
  shop.yaml:17:5  tasks.reports.duraton
  17 |     duraton: 90s
     |     ^^^^^^^
hint: did you mean `duration`?",
    );
}

#[test]
fn every_example_scenario_is_valid() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut count = 0;
    for folder in [folder.clone(), folder.join("bench")] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|end| end != "yaml") {
                continue;
            }
            let request = crate::scenario::Request {
                path: &path,
                set: &[],
                variants: &[],
                seeds: None,
            };
            match crate::scenario::load(&request, &super::Small) {
                Ok(loaded) => {
                    // `workers` shows what comes of it.
                    let is_meant = |of: &Problem| of.message.contains("delivered again meanwhile");
                    let others: Vec<_> =
                        loaded.warnings.iter().filter(|of| !is_meant(of)).collect();
                    assert!(others.is_empty(), "{}: {others:?}", path.display());
                }
                Err(problems) => panic!("{problems}"),
            }
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(
                text.starts_with("# "),
                "{} says what it shows",
                path.display()
            );
            count += 1;
        }
    }
    assert!(count >= 6);
}

#[test]
fn the_head_of_the_file_is_checked() {
    check(
        &with("ecsim: 1", "ecsim: 2"),
        r#"
error: version `2` of the format is not known
  shop.yaml:1:8  ecsim
  1 | ecsim: 2
    |        ^
hint: expected `1`"#,
    );
    check(
        &with("name: shop", "name: ../shop"),
        r#"
error: `../shop` cannot be the name of a scenario
  shop.yaml:2:7  name
  2 | name: ../shop
    |       ^^^^^^^
hint: expected up to 100 letters, digits, `-` and `_`: it names the report's folder"#,
    );
    check(
        &with("name: shop\n", ""),
        r#"
error: `name` is missing
  shop.yaml:1:1
  1 | ecsim: 1
    | ^
hint: add `name:`, name of the scenario and of the report's folder: 1 to 100 letters, digits, `-` and `_`"#,
    );
    check(
        &with("name: shop", "name: shop\nname: other"),
        r#"
error: `name` is given twice
  shop.yaml:3:1  name
  3 | name: other
    | ^^^^
hint: keep one"#,
    );
    check(
        &with("until: 7d", "until: 7"),
        r#"
error: `7` has no unit of time
  shop.yaml:3:8  until
  3 | until: 7
    |        ^
hint: expected a duration such as `90s`, `1500ms`, `1h30m` or `7d`"#,
    );
    check(
        &with("until: 7d", "until: -7d"),
        r#"
error: `-7` is negative
  shop.yaml:3:8  until
  3 | until: -7d
    |        ^^^
hint: expected a duration such as `90s`, `1500ms`, `1h30m` or `7d`"#,
    );
    check(
        &with("until: 7d", "until: NaN"),
        r#"
error: `NaN` is not a unit of time
  shop.yaml:3:8  until
  3 | until: NaN
    |        ^^^
hint: expected a duration such as `90s`, `1500ms`, `1h30m` or `7d`"#,
    );
    check(
        &with("until: 7d", "until: 0s"),
        r#"
error: a run must have a length
  shop.yaml:3:8  until
  3 | until: 0s
    |        ^^
hint: expected a duration such as `7d`, or `drained`"#,
    );
    check(
        &with("until: 7d", "until: [7d]"),
        r#"
error: this should be a single value, not a list
  shop.yaml:3:8  until
  3 | until: [7d]
    |        ^"#,
    );
    check(
        &with("until: 7d", "until: 7d\nwarmUp: 8d"),
        r#"
error: the warm-up is as long as the run, so that nothing is reported
  shop.yaml:4:9  warmUp
  4 | warmUp: 8d
    |         ^^
hint: expected less than 7d"#,
    );
    check(
        &with("until: 7d", "until: 7d\nseeds: 0"),
        r#"
error: `0` is not valid here
  shop.yaml:4:8  seeds
  4 | seeds: 0
    |        ^
hint: expected a whole number from 1 to 1000000"#,
    );
    check(
        &with("until: 7d", "until: 7d\nseeds: lots"),
        r#"
error: `lots` is not valid here
  shop.yaml:4:8  seeds
  4 | seeds: lots
    |        ^^^^
hint: expected a whole number from 1 to 1000000"#,
    );
    check(
        &with("until: 7d", "until: 7d\nstart: 2026-11-02T00:30:00Z"),
        r#"
error: `2026-11-02T00:30:00Z` is not a whole hour
  shop.yaml:4:8  start
  4 | start: 2026-11-02T00:30:00Z
    |        ^^^^^^^^^^^^^^^^^^^^
hint: expected a start at a whole hour, because usage is metered by clock hour"#,
    );
    check(
        &with("until: 7d", "until: 7d\nstart: tomorrow"),
        r#"
error: `tomorrow` is not a point in time
  shop.yaml:4:8  start
  4 | start: tomorrow
    |        ^^^^^^^^
hint: expected a date with time and zone such as `2026-11-02T00:00:00Z`"#,
    );
    check(
        &with("until: 7d", "until: drained"),
        r#"
error: these arrivals never end, so that a run with `until: drained` never ends
  shop.yaml:14:5  tasks.reports
  14 |   - name: reports
     |     ^
hint: give `arrivals` a `limit`, or `until` a duration"#,
    );
}

#[test]
fn delays_are_required() {
    check(
        &with("delays: none\n", ""),
        r#"
error: `delays` is missing
  shop.yaml:1:1
  1 | ecsim: 1
    | ^
hint: add `delays:`, how long tasks and instances take to start and to stop: `none` (no time), `realistic` (the times of `assumptions`), or a fixed `start`"#,
    );
    check(
        &with("delays: none", "delays: realistc"),
        r#"
error: `realistc` is not a kind of delays
  shop.yaml:18:9  delays
  18 | delays: realistc
     |         ^^^^^^^^
hint: expected `none`, `realistic`, or a fixed start-up such as `{ start: 1500ms }`"#,
    );
    check(
        &with("delays: none", "delays: { start: -1s }"),
        r#"
error: `-1` is negative
  shop.yaml:18:18  delays.start
  18 | delays: { start: -1s }
     |                  ^^^
hint: expected a duration such as `90s`, `1500ms`, `1h30m` or `7d`"#,
    );
    let loaded = valid(&with("delays: none", "delays: { start: 1500ms }"), &[]);
    assert_eq!(
        loaded.study.variants[0].delays,
        Delays::Start(Span::millis(1500))
    );
}

#[test]
fn planned_keys_are_refused_as_not_modelled_yet() {
    check(
        &format!("{VALID}network: []\n"),
        r#"
error: `network` is not modelled yet
  shop.yaml:19:1  network
  19 | network: []
     | ^^^^^^^
hint: leave it out for now"#,
    );
    check(
        &with("cluster:\n", "cluster:\n  orchestrator: EKS\n"),
        r#"
error: `EKS` is not modelled yet
  shop.yaml:5:17  cluster.orchestrator
  5 |   orchestrator: EKS
    |                 ^^^
hint: expected `ECS`"#,
    );
}

#[test]
fn regions_and_zones_are_checked() {
    check(
        &with("until: 7d", "until: 7d\nregion: us-eest-1"),
        r#"
error: `us-eest-1` is not an AWS region
  shop.yaml:4:9  region
  4 | region: us-eest-1
    |         ^^^^^^^^^
hint: did you mean `us-east-1`?"#,
    );
    check(
        &with("until: 7d", "until: 7d\nregion: eu-north-1"),
        r#"
error: no price of `m6i.large` is known in `eu-north-1`
  shop.yaml:8:31  cluster.capacityProviders.ec2.fleet.0.instanceType
  8 |       fleet: [{ instanceType: m6i.large, count: 2 }]
    |                               ^^^^^^^^^
hint: no instance type has a price in this region: choose one of `us-east-1`, or define types of your own with a `price` in `instanceTypes`"#,
    );
    check(
        &with(
            "cluster:\n",
            "cluster:\n  availabilityZones: [eu-west-1a, us-east-1a, us-east-1a]\n",
        ),
        r#"
error: `eu-west-1a` is not a zone of `us-east-1`
  shop.yaml:5:23  cluster.availabilityZones.0
  5 |   availabilityZones: [eu-west-1a, us-east-1a, us-east-1a]
    |                       ^^^^^^^^^^
hint: expected a zone such as `us-east-1a`

error: `us-east-1a` is listed twice
  shop.yaml:5:47  cluster.availabilityZones.2
  5 |   availabilityZones: [eu-west-1a, us-east-1a, us-east-1a]
    |                                               ^^^^^^^^^^"#,
    );
    check(
        &with("count: 2", "count: 2, availabilityZones: [us-east-1d]"),
        r#"
error: `us-east-1d` is not a zone of this cluster
  shop.yaml:7:72  cluster.capacityProviders.ec2.fleet.0.availabilityZones.0
  7 |       fleet: [{ instanceType: m6i.large, count: 2, availabilityZones: [us-east-1d] }]
    |                                                                        ^^^^^^^^^^
hint: did you mean `us-east-1a`?"#,
    );
}

#[test]
fn everything_is_reported_at_once() {
    let text = "\
ecsim: 1
name: shop
untill: 7d
seeds: -3
cluster:
  availabilityZones: us-east-1a
  capacityProviders:
    - name: ec2
      fleet: [{ instanceType: m7i.lrge, count: two }]
taskDefinitions:
  - family: report
    cpu: 1024
    memory: lots
    containerDefinitions: [{ name: report, image: shop/report:1, essential: no }]
tasks:
  - name: reports
    taskDefinition: reprot
    arrivals: { poison: 5/h }
    duration: { lognormal: { median: 6m } }
    placementStrategy: [{ type: binpak, field: memory }]
delays: nome
expect:
  - { figure: cost.total.perMoth, below: $450 }
";
    check(
        text,
        r#"
error: `untill` is not a key of `scenario`
  shop.yaml:3:1  untill
  3 | untill: 7d
    | ^^^^^^
hint: did you mean `until`?

error: this should be a list, not a single value
  shop.yaml:6:22  cluster.availabilityZones
  6 |   availabilityZones: us-east-1a
    |                      ^^^^^^^^^^

error: there is no instance type `m7i.lrge`
  shop.yaml:9:31  cluster.capacityProviders.ec2.fleet.0.instanceType
  9 |       fleet: [{ instanceType: m7i.lrge, count: two }]
    |                               ^^^^^^^^
hint: did you mean `m6i.large`? `ecsim catalog instances` lists all; `instanceTypes` defines your own

error: `two` is not a count
  shop.yaml:9:48  cluster.capacityProviders.ec2.fleet.0.count
  9 |       fleet: [{ instanceType: m7i.lrge, count: two }]
    |                                                ^^^
hint: expected a whole number, `fit`, or `{ fit: { longestWait: 5m } }`

error: `lots` is not a unit of memory
  shop.yaml:13:13  taskDefinitions.report.memory
  13 |     memory: lots
     |             ^^^^
hint: expected a size such as `512 MiB`, `2 GB` or `1.5 GiB`

error: `no` is neither true nor false
  shop.yaml:14:77  taskDefinitions.report.containerDefinitions.report.essential
  14 |     containerDefinitions: [{ name: report, image: shop/report:1, essential: no }]
     |                                                                             ^^
hint: expected `true` or `false`

error: there is no task definition `reprot`
  shop.yaml:17:21  tasks.reports.taskDefinition
  17 |     taskDefinition: reprot
     |                     ^^^^^^
hint: did you mean `report`?

error: `poison` is not a key of `arrivals`
  shop.yaml:18:17  tasks.reports.arrivals.poison
  18 |     arrivals: { poison: 5/h }
     |                 ^^^^^^
hint: did you mean `poisson`?

error: a lognormal law has two parameters
  shop.yaml:19:28  tasks.reports.duration.lognormal
  19 |     duration: { lognormal: { median: 6m } }
     |                            ^
hint: give `median` and `p99`, `mean` and `sigma`, or `median` and `sigma`

error: `binpak` is not one of the allowed values
  shop.yaml:20:33  tasks.reports.placementStrategy.0.type
  20 |     placementStrategy: [{ type: binpak, field: memory }]
     |                                 ^^^^^^
hint: did you mean `binpack`? expected `binpack`, `spread`, `random`

error: `nome` is not a kind of delays
  shop.yaml:21:9  delays
  21 | delays: nome
     |         ^^^^
hint: expected `none`, `realistic`, or a fixed start-up such as `{ start: 1500ms }`"#,
    );
}

#[test]
fn costs_and_queue_are_read() {
    let text = format!(
        "{VALID}costs: {{ month: 720, perMonthHours: 744 }}\njobQueue: {{ order: skipAhead, limit: 10 }}\n"
    );
    let plan = &valid(&text, &[]).study.variants[0];
    assert_eq!(plan.prices.storage_month_hours, Some(720));
    assert_eq!(plan.prices.month_hours, Some(744));
    assert_eq!(plan.job_queue.limit, Some(10));
    assert_eq!(plan.job_queue.order, crate::plan::QueueOrder::SkipAhead);
    check(
        &format!("{VALID}jobQueue: {{ order: fifo, limit: -1 }}\n"),
        r#"
error: `fifo` is not one of the allowed values
  shop.yaml:19:20  jobQueue.order
  19 | jobQueue: { order: fifo, limit: -1 }
     |                    ^^^^
hint: expected `headOfLine`, `skipAhead`"#,
    );
    check(
        &with("cluster:\n", "cluster:\n  jobQueue: {}\n"),
        r#"
error: `jobQueue` is not a key of `cluster`
  shop.yaml:5:3  cluster.jobQueue
  5 |   jobQueue: {}
    |   ^^^^^^^^
hint: keys: `orchestrator`, `availabilityZones`, `capacityProviders`, `defaultCapacityProviderStrategy`, `awsvpcTrunking`, `processorSpeeds`"#,
    );
}

#[test]
fn colours_are_printed_on_request_only() {
    let problems = crate::scenario::load_text("x.yaml", "a: 1", &[], &super::Small).unwrap_err();
    assert!(!problems.render(false).contains('\u{1b}'));
    assert!(problems.render(true).contains('\u{1b}'));
}
