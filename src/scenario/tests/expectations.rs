//! `expect`: figures, variants, bounds and their units.

use super::{VALID, check, problems, valid};
use crate::plan::{
    EventExpected, EventKind, LevelExpected, Statistic, Subject, Tally, When, WorkName,
};
use crate::units::{SimTime, Span};

#[test]
fn expectations_are_checked() {
    let expect = |lines: &str| format!("{VALID}expect:\n{lines}");
    let text = expect(
        "  - { figure: cost.total.perMonth, below: $450, above: 12 }\n  - { figure: tasks.reports.wait.p95, atMost: 3m }\n  - { figure: capacity.ec2.cpu.reserved, atLeast: 5% }\n  - { figure: tasks.all.arrived.count, equals: 840 }\n",
    );
    let study = valid(&text, &[]).study;
    let values: Vec<f64> = study
        .expectations
        .iter()
        .flat_map(|e| e.bounds.iter().map(|b| b.value))
        .collect();
    assert_eq!(values, [450.0, 12.0, 180.0, 0.05, 840.0]);
    assert_eq!(study.expectations[0].bounds[0].text, "$450");
    check(
        &expect("  - { figure: cost.totl.perMonth, below: $450 }\n"),
        r#"
error: there is no figure `cost.totl.perMonth`
  shop.yaml:20:15  expect.0.figure
  20 |   - { figure: cost.totl.perMonth, below: $450 }
     |               ^^^^^^^^^^^^^^^^^^
hint: did you mean `cost.total.perMonth`?"#,
    );
    check(
        &expect("  - { figure: cost.total.perMonth, below: cheap }\n"),
        r#"
error: `cheap` is not a value of `cost.total.perMonth`
  shop.yaml:20:43  expect.0.below
  20 |   - { figure: cost.total.perMonth, below: cheap }
     |                                           ^^^^^
hint: expected dollars such as `$450`"#,
    );
    check(
        &expect("  - { figure: tasks.reports.wait.p95, below: $4 }\n"),
        r#"
error: `$4` is not a value of `tasks.reports.wait.p95`
  shop.yaml:20:46  expect.0.below
  20 |   - { figure: tasks.reports.wait.p95, below: $4 }
     |                                              ^^
hint: expected a duration such as `3m`"#,
    );
    check(
        &expect("  - { figure: tasks.reports.wait.p95, below: 22 }\n"),
        r#"
error: `22` has no unit
  shop.yaml:20:46  expect.0.below
  20 |   - { figure: tasks.reports.wait.p95, below: 22 }
     |                                              ^^
hint: expected a duration such as `3m`; for seconds write `22s`"#,
    );
    check(
        &expect("  - { figure: tasks.reports.waited.share, above: 99 }\n"),
        r#"
error: `99` is not a share
  shop.yaml:20:50  expect.0.above
  20 |   - { figure: tasks.reports.waited.share, above: 99 }
     |                                                  ^^
hint: expected a number between 0 and 1, or a share written as `99%`"#,
    );
    for edge in ["0", "1", "0%", "100%", "0.5"] {
        valid(
            &expect(&format!(
                "  - {{ figure: tasks.reports.waited.share, atMost: {edge} }}\n"
            )),
            &[],
        );
    }
    for over in ["101%", "-1%", "1.01"] {
        let text = expect(&format!(
            "  - {{ figure: tasks.reports.waited.share, atMost: {over} }}\n"
        ));
        let found = problems(&text, &[]);
        assert!(
            found.contains(&format!("`{over}` is not a share")),
            "{found}"
        );
    }
    // 0 needs no unit.
    valid(
        &expect("  - { figure: tasks.reports.wait.max, equals: 0 }\n"),
        &[],
    );
    check(
        &expect("  - { figure: cost.total.perMonth }\n"),
        r#"
error: this expectation has no bound
  shop.yaml:20:5  expect.0
  20 |   - { figure: cost.total.perMonth }
     |     ^
hint: give `below`, `above`, `atMost`, `atLeast` or `equals`"#,
    );
    check(
        &expect("  - { figure: cost.total, variant: nobody, below: 1 }\n"),
        r#"
error: there is no variant `nobody`
  shop.yaml:20:36  expect.0.variant
  20 |   - { figure: cost.total, variant: nobody, below: 1 }
     |                                    ^^^^^^
hint: known: `base`"#,
    );
}

#[test]
fn levels_and_events_are_read() {
    let study = valid(
        &format!(
            "{VALID}expect:
  - {{ figure: tasks.reports.running, at: 10m, equals: 2 }}
  - {{ figure: capacity.all.instances.max, from: 1m, to: 2m, atMost: 4 }}
  - {{ figure: capacity.ec2.cpu.reserved, to: 2m, atLeast: 10%, inSeeds: 90% }}
  - {{ event: TaskPlaced, tasks: reports, nth: 3, notBefore: 6m, before: 1h }}
  - {{ event: TaskRejected, where: {{ reason: noRoom, task: 7 }}, from: 1h, equals: 0 }}
"
        ),
        &[],
    )
    .study;
    let at = |minutes: u64| SimTime::ZERO + Span::seconds(60 * minutes);
    let level = |path: &str, when| {
        Subject::Level(LevelExpected {
            path: path.into(),
            when,
        })
    };
    let within = |from, to, of| When::Within {
        from: at(from),
        to: Some(at(to)),
        of,
    };
    let subjects: Vec<&Subject> = study.expectations.iter().map(|e| &e.subject).collect();
    assert_eq!(
        *subjects[0],
        level("tasks.reports.running", When::At(at(10)))
    );
    let max = within(1, 2, Statistic::Max);
    assert_eq!(*subjects[1], level("capacity.all.instances", max));
    let every = within(0, 2, Statistic::Every);
    assert_eq!(*subjects[2], level("capacity.ec2.cpu.reserved", every));
    let placed = EventExpected {
        kind: EventKind::TaskPlaced,
        provider: None,
        work: Some(WorkName::Entry("reports".into())),
        filters: Vec::new(),
        from: SimTime::ZERO,
        to: None,
        tally: Tally::TimeOf(3),
    };
    assert_eq!(*subjects[3], Subject::Event(placed));
    let Subject::Event(rejected) = subjects[4] else {
        panic!("{:?}", subjects[4])
    };
    assert_eq!(rejected.tally, Tally::Number);
    assert_eq!(rejected.filters.len(), 2);
    let shares: Vec<f64> = study.expectations.iter().map(|e| e.in_seeds).collect();
    assert_eq!(shares, [1.0, 1.0, 0.9, 1.0, 1.0]);
    let times: Vec<f64> = study.expectations[3]
        .bounds
        .iter()
        .map(|b| b.value)
        .collect();
    assert_eq!(times, [360.0, 3600.0]);
}

/// The problem of one expectation: its message, the column, and the hint.
#[test]
fn what_is_wrong_with_a_level_or_an_event_is_said_where_it_is() {
    for (line, wanted) in [
        (
            "{ figure: tasks.reports.runing, at: 10m, equals: 2 }",
            "there is no level `tasks.reports.runing` expect.0.figure did you mean `tasks.reports.running`?",
        ),
        (
            "{ figure: tasks.reports.running, equals: 2 }",
            "`tasks.reports.running` is a level, which has a value at each time expect.0.figure give the time: `at`, or `from` and `to`",
        ),
        (
            "{ figure: tasks.reports.running.max, at: 10m, equals: 2 }",
            "at a time a level has one value, and no `.max` expect.0.figure did you mean `tasks.reports.running`?",
        ),
        (
            "{ figure: tasks.reports.running, at: 8d, equals: 2 }",
            "`8d` is after the end of the run at 7d expect.0.at expected a time from 0s to 7d",
        ),
        (
            "{ figure: tasks.reports.running, from: 2h, to: 1h, equals: 2 }",
            "this interval is empty expect.0.to expected a time after its beginning at 2h",
        ),
        (
            "{ figure: tasks.reports.running, at: 2h, to: 3h, equals: 2 }",
            "`at` excludes `from` and `to` expect.0.to give one time, or an interval",
        ),
        (
            "{ figure: tasks.reports.running, at: 2h }",
            "this expectation has no bound expect.0 give `below`, `above`, `atMost`, `atLeast` or `equals`",
        ),
        (
            "{ figure: tasks.reports.running, at: 2h, equals: 2, nth: 1 }",
            "`nth` is for events, and this is about a figure expect.0.nth leave it out, or give `event` instead of `figure`",
        ),
        (
            "{ figure: cost.total, below: 5, inSeeds: 90% }",
            "a figure over the run is compared once, by its mean over the seeds expect.0.inSeeds leave `inSeeds` out",
        ),
        (
            "{ figure: cost.total, event: TaskPlaced, below: 5 }",
            "`figure` and `event` exclude each other expect.0.event make it two expectations",
        ),
        (
            "{ equals: 5 }",
            "this expectation is about nothing expect.0 give `figure`, such as `cost.total.perMonth`, or `event`, such as `TaskStopped`",
        ),
        (
            "{ event: TaskStoped, equals: 0 }",
            "there is no event `TaskStoped` expect.0.event did you mean `TaskStopped`?",
        ),
        (
            "{ event: TaskStopped }",
            "this expectation has no bound expect.0 give a time of the event (`at`, `notBefore`, `notAfter`, `before`, `after`), or a number of events such as `equals: 0` or `atLeast: 1`",
        ),
        (
            "{ event: TaskStopped, equals: 0, before: 6m }",
            "this is about a number of events, and the rest about the time of one expect.0.equals make it two expectations",
        ),
        (
            "{ event: TaskStopped, nth: 2, equals: 0 }",
            "`nth` is about the time of one event, and this about a number of events expect.0.nth give `at`, `notBefore`, `notAfter`, `before` or `after`, or leave `nth` out",
        ),
        (
            "{ event: TaskStopped, atMost: 6m }",
            "`6m` is not a value of `number` expect.0.atMost expected a number",
        ),
        (
            "{ event: TaskStopped, before: 8d }",
            "`8d` is after the end of the run at 7d expect.0.before expected a time from 0s to 7d",
        ),
        (
            "{ event: TaskStopped, capacityProvider: ec3, equals: 0 }",
            "there is no capacity provider `ec3` expect.0.capacityProvider did you mean `ec2`?",
        ),
        (
            "{ event: TaskStopped, tasks: report, equals: 0 }",
            "there is no entry `report` expect.0.tasks did you mean `reports`?",
        ),
        (
            "{ event: WorkWaits, capacityProvider: ec2, equals: 0 }",
            "`WorkWaits` has no capacity provider expect.0.capacityProvider leave it out",
        ),
        (
            "{ event: InstanceGone, tasks: reports, equals: 0 }",
            "`InstanceGone` has no entry of `tasks` expect.0.tasks leave it out",
        ),
        (
            "{ event: TaskPlaced, where: { stopCode: UserInitiated }, equals: 0 }",
            "`TaskPlaced` has no `stopCode` expect.0.where.stopCode it has `task`, `instance`",
        ),
        (
            "{ event: TaskStopped, where: { stopCode: UserInitated }, equals: 0 }",
            "`TaskStopped` has no `stopCode` `UserInitated` expect.0.where.stopCode did you mean `UserInitiated`?",
        ),
        (
            "{ event: SERVICE_TASK_PLACEMENT_FAILURE, where: { reason: RESOURCE:MEM }, equals: 0 }",
            "`SERVICE_TASK_PLACEMENT_FAILURE` has no `reason` `RESOURCE:MEM` expect.0.where.reason did you mean `RESOURCE:MEMORY`?",
        ),
        (
            "{ event: TaskStopped, where: { stopcode: UserInitiated }, equals: 0 }",
            "`stopcode` is not a key of `where` expect.0.where.stopcode did you mean `stopCode`?",
        ),
        (
            "{ event: TaskStopped, equals: 0, inSeeds: 0 }",
            "`0` is not a share of runs expect.0.inSeeds expected a share above 0 and at most 1, such as `90%`",
        ),
    ] {
        let found = problems(&format!("{VALID}expect:\n  - {line}\n"), &[]);
        let lines: Vec<&str> = found.trim().lines().collect();
        let message = lines[0].strip_prefix("error: ").expect(lines[0]);
        let path = lines[1].split_whitespace().last().expect("a path");
        let hint = lines[4].strip_prefix("hint: ").expect(&found);
        assert_eq!(format!("{message} {path} {hint}"), wanted);
        assert_eq!(lines.len(), 5, "{found}");
    }
}

#[test]
fn what_is_registered_is_like_what_the_fleet_has() {
    let valid_calls = "actions:
  - { at: 1h, registerContainerInstance: { capacityProvider: ec2, instanceType: m6i.large, count: 2 } }
  - { at: 2h, deregisterContainerInstance: { capacityProvider: ec2, force: true } }
  - { at: 3h, deregisterContainerInstance: { instances: [3] } }
";
    let loaded = valid(&format!("{VALID}{valid_calls}"), &[]);
    assert_eq!(loaded.study.variants[0].actions.len(), 3);
    assert!(
        loaded.warnings.is_empty(),
        "the fourth instance comes at 1 h"
    );
    for (call, wanted) in [
        (
            "registerContainerInstance: { capacityProvider: ec2, instanceType: m5.large }",
            "this fleet has no instances of the type `m5.large`",
        ),
        (
            "registerContainerInstance: { capacityProvider: ec2, availabilityZone: us-east-1f }",
            "`us-east-1f` is not a zone of this part of the fleet",
        ),
        (
            "registerContainerInstance: { count: 2 }",
            "`capacityProvider` is missing",
        ),
        (
            "deregisterContainerInstance: { force: perhaps }",
            "`perhaps`",
        ),
        (
            "stopTask: { tasks: reports }, deregisterContainerInstance: {}",
            "an action is exactly one call",
        ),
    ] {
        let found = problems(&format!("{VALID}actions:\n  - {{ at: 1h, {call} }}\n"), &[]);
        assert!(found.contains(wanted), "{call}: {found}");
    }
}
