//! `behavior`: its keys, and how that of an entry is laid over that of a task definition.

use super::{check, problems, valid, with};
use crate::engine::random::Distribution;
use crate::plan::{Behavior, Container, ProbeFailure, TaskEntry};

const SIZE: &str = "    memory: 2048\n";
const DURATION: &str = "    duration: 90s\n";

/// The valid scenario with a behavior of its task definition.
fn defined(behavior: &str) -> String {
    with(SIZE, &format!("{SIZE}    behavior: {behavior}\n"))
}

/// Two containers, the second not essential.
fn two(text: &str) -> String {
    text.replace(
        "[{ name: report, image: shop/report:1 }]",
        "[{ name: report, image: a }, { name: logs, image: b, essential: false }]",
    )
}

fn entry(text: &str) -> TaskEntry {
    valid(text, &[]).study.variants[0].tasks[0].clone()
}

fn only(text: &str) -> Behavior {
    let [only] = &entry(text).containers[..] else {
        panic!("one container");
    };
    only.behavior.clone()
}

#[test]
fn every_key_is_read_in_its_unit() {
    let text = defined(
        "{ exitCode: 3, timeToHealthy: 20s, crashesPerHour: 0.24/d, healthFailures: 2/h, probeFailure: hangs, startFailure: 5%, memoryUse: { uniform: { low: 1 GiB, high: 2 GiB } }, memoryGrowth: 1h, stopTime: 4s }",
    );
    let found = only(&text);
    assert_eq!(found.exit_code, 3);
    assert_eq!(found.time_to_healthy, Distribution::Constant(20.0));
    assert!((found.crashes_per_hour - 0.01).abs() < 1e-12);
    assert!((found.health_failures_per_hour - 2.0).abs() < 1e-12);
    assert_eq!(found.probe_failure, ProbeFailure::Hangs);
    assert_eq!(found.start_failure, 0.05);
    let gib = f64::from(1 << 30);
    let law = Distribution::Uniform {
        low: gib,
        high: 2.0 * gib,
    };
    assert_eq!(found.memory_use, Some(law));
    assert_eq!(found.memory_growth, Distribution::Constant(3_600.0));
    assert_eq!(found.stop_time, Distribution::Constant(4.0));
    assert_eq!(
        only(&defined("{ crashesPerHour: 0.5 }")).crashes_per_hour,
        0.5
    );
}

#[test]
fn an_entry_lays_its_behavior_over_the_definition_s_key_by_key() {
    let text = defined("{ exitCode: 3, stopTime: 4s }").replace(
        DURATION,
        &format!("{DURATION}    behavior: {{ exitCode: 1 }}\n"),
    );
    let found = only(&text);
    assert_eq!(
        (found.exit_code, found.stop_time),
        (1, Distribution::Constant(4.0))
    );
    let text = two(&defined(
        "{ containers: { logs: { exitCode: 3 }, report: { exitCode: 4 } } }",
    ))
    .replace(
        DURATION,
        &format!("{DURATION}    behavior: {{ containers: {{ logs: {{ exitCode: 1 }} }} }}\n"),
    );
    let codes: Vec<i32> = entry(&text)
        .containers
        .iter()
        .map(|c| c.behavior.exit_code)
        .collect();
    assert_eq!(codes, [4, 1]);
}

#[test]
fn a_duration_wins_over_the_run_times_of_essential_containers() {
    let run_times = |text: &str| -> Vec<Option<Distribution>> {
        let entry = entry(text);
        entry
            .containers
            .iter()
            .map(|c: &Container| c.behavior.run_time.clone())
            .collect()
    };
    let both = two(&defined(
        "{ containers: { report: { runTime: 5m }, logs: { runTime: 1m } } }",
    ));
    let constant = |seconds| Some(Distribution::Constant(seconds));
    assert_eq!(run_times(&both), [None, constant(60.0)]);
    assert_eq!(entry(&both).duration, Distribution::Constant(90.0));
    let without = both.replace(DURATION, "");
    assert_eq!(run_times(&without), [constant(300.0), constant(60.0)]);
    assert_eq!(entry(&without).duration, Distribution::Constant(300.0));
}

#[test]
fn a_duration_is_needed_unless_every_essential_container_has_a_run_time() {
    let text = two(&defined("{ containers: { logs: { runTime: 1m } } }")).replace(DURATION, "");
    check(
        &text,
        r#"
error: `duration` is missing
  shop.yaml:15:5  tasks.reports
  15 |   - name: reports
     |     ^
hint: expected a duration such as `90s`, or a law such as `{ exponential: { mean: 90s } }`"#,
    );
}

#[test]
fn containers_of_a_behavior_must_be_there_and_be_named_where_there_are_several() {
    check(
        &two(&defined("{ runTime: 5m }")),
        r#"
error: this task has several containers: `behavior` must name each
  shop.yaml:12:15  taskDefinitions.report.behavior
  12 |     behavior: { runTime: 5m }
     |               ^
hint: write `behavior: { containers: { NAME: { … } } }`; containers: `report`, `logs`"#,
    );
    check(
        &defined("{ containers: { reprot: { runTime: 5m } } }"),
        r#"
error: there is no container `reprot` in this task
  shop.yaml:12:39  taskDefinitions.report.behavior.containers.reprot
  12 |     behavior: { containers: { reprot: { runTime: 5m } } }
     |                                       ^
hint: did you mean `report`?"#,
    );
    check(
        &defined("{ containers: { report: { runTime: 5m } }, exitCode: 1 }"),
        r#"
error: `containers` excludes the other keys of `behavior`
  shop.yaml:12:15  taskDefinitions.report.behavior
  12 |     behavior: { containers: { report: { runTime: 5m } }, exitCode: 1 }
     |               ^
hint: move them below the name of a container"#,
    );
}

#[test]
fn impossible_values_are_refused_at_their_place() {
    for (key, says) in [
        ("exitCode: 256", "from 0 to 255"),
        ("startFailure: 101%", "a ratio between 0 and 1"),
        ("crashesPerHour: 2/s", "at most once a second"),
        ("crashesPerHour: -1", "is negative"),
        ("healthFailures: 3", "a rate such as"),
        ("probeFailure: hang", "did you mean `hangs`?"),
        ("memoryUse: 5s", "512 MiB"),
        ("runTime: 5", "a duration such as"),
        ("runtime: 5s", "did you mean `runTime`?"),
    ] {
        let found = problems(&defined(&format!("{{ {key} }}")), &[]);
        let place = format!(
            "shop.yaml:12:{}",
            if key.starts_with("runtime") {
                17
            } else {
                18 + key.find(':').unwrap() + 1
            }
        );
        assert!(found.contains(says), "{key}: {found}");
        assert!(found.contains(&place), "{key}: {place}\n{found}");
    }
}

#[test]
fn waiting_for_a_container_that_never_exits_is_a_warning() {
    let text = with(
        "[{ name: report, image: shop/report:1 }]",
        "[{ name: report, image: a, dependsOn: [{ containerName: init, condition: SUCCESS }] }, { name: init, image: b, essential: false }]",
    );
    assert_eq!(
        valid(&text, &[]).study.warnings,
        [
            "tasks.reports: containers wait for the exit of `init`, which has no `runTime` and does not exit by itself"
        ]
    );
    let ends = text.replace(
        SIZE,
        &format!("{SIZE}    behavior: {{ containers: {{ init: {{ runTime: 0s }} }} }}\n"),
    );
    assert!(valid(&ends, &[]).warnings.is_empty());
}
