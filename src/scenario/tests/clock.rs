//! Schedules, time zones, placement constraints, retries, and `onNoCapacity`.

use super::groups::group as group_of;
use super::{VALID, check, problems, valid, with};
use crate::engine::random::Distribution;
use crate::plan::{
    Arrivals, AutoScalingGroup, Capacity, Checkpoint, Cluster, InstancesDistribution,
    ManagedScaling, OnNoCapacity, Provider, PullBehavior, Retry, Rework, Schedule, StrategyItem,
    Target, TerminationPolicy,
};
use crate::scenario::work::tasks::has_managed_scaling;
use crate::units::Span;
use jiff::tz::TimeZoneDatabase;
use std::collections::BTreeMap;

const ARRIVALS: &str = "    arrivals: { poisson: 5/h }\n";
const DURATION: &str = "    duration: 90s\n";

fn clocked(schedule: &str) -> String {
    with(ARRIVALS, &format!("    schedule: {schedule}\n"))
}

fn entry_with(line: &str) -> String {
    with(DURATION, &format!("{DURATION}    {line}\n"))
}

fn schedule(text: &str, set: &[&str]) -> Schedule {
    match &valid(text, set).study.variants[0].tasks[0].arrivals {
        Arrivals::Schedule(schedule) => schedule.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn tasks_arrive_by_schedule() {
    let five = schedule(&clocked("rate(5 minutes)"), &[]);
    let first = five.next_after(1_767_225_600).unwrap();
    assert_eq!(five.next_after(first), Some(first + 300));
}

#[test]
fn schedules_are_in_the_scenario_s_zone_or_their_own() {
    let zone = |name: &str| TimeZoneDatabase::bundled().get(name).unwrap();
    let text = clocked("\"cron(0 2 * * ? *)\"");
    let parse = |name: &str| {
        format!(
            "{:?}",
            Schedule::parse("cron(0 2 * * ? *)", &zone(name)).unwrap()
        )
    };
    let read = |set: &[&str]| format!("{:?}", schedule(&text, set));
    assert_eq!(read(&[]), parse("UTC"));
    assert_eq!(read(&["timeZone=Europe/Berlin"]), parse("Europe/Berlin"));
    assert_eq!(
        read(&[
            "timeZone=Europe/Berlin",
            "tasks.reports.timeZone=Asia/Tokyo"
        ]),
        parse("Asia/Tokyo")
    );
}

#[test]
fn an_unknown_zone_names_the_nearest() {
    check(
        &with("until: 7d", "until: 7d\ntimeZone: Europe/Berln"),
        r#"
error: there is no time zone `Europe/Berln`
  shop.yaml:4:11  timeZone
  4 | timeZone: Europe/Berln
    |           ^^^^^^^^^^^^
hint: did you mean `Europe/Berlin`? expected a zone of the IANA database such as `Europe/Berlin`"#,
    );
}

#[test]
fn a_wrong_schedule_is_refused_at_its_place() {
    for wrong in ["cron(0 2 * *)", "rate(0 minutes)", "daily"] {
        let found = problems(&clocked(wrong), &[]);
        assert!(
            found.contains("shop.yaml:16:15  tasks.reports.schedule\n"),
            "{found}"
        );
        assert_eq!(found.matches("error:").count(), 1, "{found}");
    }
}

#[test]
fn a_schedule_excludes_other_arrivals() {
    let text = with(ARRIVALS, &format!("{ARRIVALS}    schedule: rate(1 day)\n"));
    check(
        &text,
        r#"
error: an entry has one of `arrivals`, `schedule` and `trace`
  shop.yaml:17:15  tasks.reports.schedule
  17 |     schedule: rate(1 day)
     |               ^^^^^^^^^^^
hint: keep one of them"#,
    );
    // The key of a variant replaces the one of the base that it excludes.
    let text = format!(
        "{}variants: [{{ name: v, tasks: [{{ name: reports, schedule: rate(1 day) }}] }}]\n",
        super::VALID
    );
    schedule(&text, &[]);
    check(
        &clocked("rate(1 day)").replace("until: 7d", "until: drained"),
        r#"
error: these arrivals never end, so that a run with `until: drained` never ends
  shop.yaml:14:5  tasks.reports
  14 |   - name: reports
     |     ^
hint: give `arrivals` a `limit`, or `until` a duration"#,
    );
}

/// facts/ecs.md 96 and 97.
#[test]
fn tasks_may_have_to_be_on_distinct_instances() {
    let distinct = |text: &str| valid(text, &[]).study.variants[0].tasks[0].distinct_instance;
    assert!(!distinct(super::VALID));
    assert!(distinct(&entry_with(
        "placementConstraints: [{ type: distinctInstance }]"
    )));
}

#[test]
fn retries_are_read() {
    let retry = |text: &str| {
        valid(&entry_with(&format!("retry: {text}")), &[])
            .study
            .variants[0]
            .tasks[0]
            .retry
            .clone()
    };
    assert_eq!(
        valid(super::VALID, &[]).study.variants[0].tasks[0].retry,
        Retry::default()
    );
    let expected = Retry {
        attempts: Some(3),
        ..Retry::default()
    };
    assert_eq!(retry("{ attempts: 3 }"), expected);
    let expected = Retry {
        attempts: None,
        work: Rework::Restart,
        delay: Distribution::Exponential { mean: 10.0 },
        checkpoint: Checkpoint::Every(Span::seconds(600)),
    };
    assert_eq!(
        retry(
            "{ attempts: unlimited, delay: { exponential: { mean: 10s } }, checkpointEvery: 10m }"
        ),
        expected
    );
    assert_eq!(
        retry("{ attempts: 2, checkpoints: 4 }").checkpoint,
        Checkpoint::Parts(4)
    );
    assert_eq!(retry("{ attempts: 2, work: resume }").work, Rework::Resume);
    assert_eq!(retry("{ attempts: 2, work: redraw }").work, Rework::Redraw);
}

#[test]
fn impossible_retries_are_refused() {
    check(
        &entry_with("retry: { attempts: 0, checkpointEvery: 10m, checkpoints: 4 }"),
        r#"
error: `0` is not valid here
  shop.yaml:18:24  tasks.reports.retry.attempts
  18 |     retry: { attempts: 0, checkpointEvery: 10m, checkpoints: 4 }
     |                        ^
hint: expected a whole number from 1 to 1000000

error: `checkpoints` and `checkpointEvery` exclude each other
  shop.yaml:18:62  tasks.reports.retry.checkpoints
  18 |     retry: { attempts: 0, checkpointEvery: 10m, checkpoints: 4 }
     |                                                              ^
hint: keep one of them"#,
    );
    check(
        &entry_with("retry: { attempts: 3, work: resume, checkpoints: 4 }"),
        r#"
error: checkpoints have an effect only with `work: restart`
  shop.yaml:18:54  tasks.reports.retry.checkpoints
  18 |     retry: { attempts: 3, work: resume, checkpoints: 4 }
     |                                                      ^
hint: set `work: restart`, or remove them"#,
    );
    check(
        &entry_with("retry: { checkpointEvery: 0s }"),
        r#"
error: `attempts` is missing
  shop.yaml:18:12  tasks.reports.retry
  18 |     retry: { checkpointEvery: 0s }
     |            ^
hint: add `attempts:`, the most attempts of a task, the first included; a start and a refusal each count; 1: no retry

error: time between checkpoints must be above 0
  shop.yaml:18:31  tasks.reports.retry.checkpointEvery
  18 |     retry: { checkpointEvery: 0s }
     |                               ^^"#,
    );
}

/// facts/ecs.md 54.
#[test]
fn without_managed_scaling_no_task_waits_in_provisioning() {
    check(
        &entry_with("onNoCapacity: provisioning"),
        r#"
error: no managed scaling would add instances for a task in PROVISIONING
  shop.yaml:18:19  tasks.reports.onNoCapacity
  18 |     onNoCapacity: provisioning
     |                   ^^^^^^^^^^^^
hint: name a capacity provider with an Auto Scaling group and managed scaling, or set `queue` or `fail`"#,
    );
}

/// With managed scaling tasks wait in PROVISIONING unless the entry says otherwise, and elsewhere in
/// the job queue, where no managed scaling sees them (facts/ecs.md 54).
#[test]
fn tasks_wait_where_managed_scaling_sees_them() {
    let strategy = "capacityProviderStrategy: [{ capacityProvider: ec2, weight: 1 }]";
    let to_group = |entry: &str| {
        let keys = "instanceTypes: [m6i.large], minSize: 0, maxSize: 4";
        let managed = "      managedScaling: { status: ENABLED }\n";
        group_of(keys, managed).replacen(DURATION, &format!("{DURATION}    {entry}\n"), 1)
    };
    let read = |text: &str| valid(text, &[]).study.variants[0].tasks[0].on_no_capacity;
    let managed = to_group(strategy);
    assert_eq!(read(&managed), OnNoCapacity::Provisioning);
    assert!(valid(&managed, &[]).warnings.is_empty());
    // `launchType: EC2` has no provider, and tasks of it make no group grow (facts/ecs.md 146).
    assert_eq!(read(&to_group("launchType: EC2")), OnNoCapacity::Queue);
    assert_eq!(read(VALID), OnNoCapacity::Queue);
    let queued = to_group(&format!("{strategy}\n    onNoCapacity: queue"));
    assert_eq!(read(&queued), OnNoCapacity::Queue);
    let warnings = format!("{:?}", valid(&queued, &[]).warnings);
    let warning = "tasks that wait in the job queue do not make `ec2` grow";
    assert!(warnings.contains(warning), "{warnings}");
}

fn group(managed_scaling: Option<ManagedScaling>) -> Provider {
    let group = AutoScalingGroup {
        types: vec![0],
        zones: vec![0],
        min_size: 0,
        max_size: 10,
        desired_capacity: 0,
        registered_at_start: true,
        mix: InstancesDistribution::default(),
        termination_policy: TerminationPolicy::Default,
        protected_from_scale_in: false,
        attributes: BTreeMap::new(),
        agent_version: None,
        root_volume: None,
        cpu_credits: None,
        boot: None,
        managed_scaling,
        managed_termination_protection: false,
        managed_draining: false,
        spot_instance_draining: false,
        pull_behavior: PullBehavior::Default,
        managed_instances: None,
    };
    Provider {
        name: "group".into(),
        capacity: Capacity::Group(Box::new(group)),
    }
}

/// facts/ecs.md 54.
#[test]
fn a_task_waits_in_provisioning_where_managed_scaling_sizes_every_group() {
    let scaling = ManagedScaling {
        target_capacity: 100,
        minimum_step: 1,
        maximum_step: 10_000,
        instance_warmup: Span::seconds(300),
    };
    let cluster = Cluster {
        providers: vec![group(Some(scaling)), group(Some(scaling)), group(None)],
        ..Cluster::default()
    };
    let item = |provider| StrategyItem {
        provider,
        base: 0,
        weight: 1,
    };
    for (target, expected) in [
        (Target::Provider(0), true),
        (Target::Provider(2), false),
        (Target::AnyInstance, false),
        (Target::Strategy(vec![item(0), item(1)]), true),
        (Target::Strategy(vec![item(0), item(2)]), false),
    ] {
        assert_eq!(
            has_managed_scaling(&target, &cluster),
            expected,
            "{target:?}"
        );
    }
}
