//! Arrivals of a schedule while tasks of an earlier one exist (`onStillRunning`), and flexible time
//! windows.

use crate::world::*;
use ecsim::plan::{OnStillRunning, Retry, Schedule};
use ecsim::simulation::Rejection;

/// Two tasks every five minutes that run for `lasts` seconds, on a fleet with room for `room`.
fn every_five_minutes(policy: OnStillRunning, lasts: f64, room: u64) -> Plan {
    let mut plan = plan(vec![fleet(1)], room, Span::seconds(1_800));
    let mut tasks = work(&[], Vec::new(), lasts);
    let schedule = Schedule::parse("rate(5 minutes)", &jiff::tz::TimeZone::UTC);
    tasks.arrivals = Arrivals::Schedule(schedule.expect("a schedule"));
    tasks.count = 2.into();
    tasks.on_still_running = policy;
    plan.tasks = vec![tasks];
    plan
}

/// Seconds at which tasks arrive and are placed.
fn story(diary: &Diary) -> (Vec<f64>, Vec<f64>) {
    let arrived = diary.times(|fact| match fact {
        Fact::TaskArrived(_) => Some(()),
        _ => None,
    });
    let arrived = arrived.into_iter().map(|(at, ())| at).collect();
    let placed = diary.placed(0).into_iter().map(|(at, _)| at).collect();
    (arrived, placed)
}

fn skipped(diary: &Diary) -> Vec<f64> {
    let skipped = diary.times(|fact| matches!(fact, Fact::ArrivalSkipped { .. }).then_some(()));
    skipped.into_iter().map(|(at, ())| at).collect()
}

/// Each twice.
fn pairs(times: &[f64]) -> Vec<f64> {
    times.iter().flat_map(|at| [*at; 2]).collect()
}

#[test]
fn by_default_tasks_start_beside_those_that_still_run() {
    let played = diary(&every_five_minutes(OnStillRunning::Start, 700.0, 64), 1);
    let all = pairs(&[0.0, 300.0, 600.0, 900.0, 1_200.0, 1_500.0]);
    assert_eq!(story(&played), (all.clone(), all));
}

#[test]
fn an_arrival_is_skipped_while_earlier_tasks_run() {
    let played = diary(&every_five_minutes(OnStillRunning::Skip, 700.0, 64), 1);
    let begun = pairs(&[0.0, 900.0]);
    assert_eq!(story(&played), (begun.clone(), begun));
    assert_eq!(skipped(&played), [300.0, 600.0, 1_200.0, 1_500.0]);
    // Tasks that end at the time of the next arrival have left.
    let played = diary(&every_five_minutes(OnStillRunning::Skip, 300.0, 64), 1);
    assert!(skipped(&played).is_empty());
}

#[test]
fn a_queued_arrival_waits_for_the_last_of_the_earlier_tasks() {
    let played = diary(&every_five_minutes(OnStillRunning::Queue, 700.0, 64), 1);
    let (arrived, placed) = story(&played);
    assert_eq!(
        arrived,
        pairs(&[0.0, 300.0, 600.0, 900.0, 1_200.0, 1_500.0])
    );
    assert_eq!(placed, pairs(&[0.0, 700.0, 1_400.0]));
}

#[test]
fn a_replaced_arrival_is_stopped_and_not_tried_again() {
    // Room for three: one of the second two waits and is withdrawn.
    let mut plan = every_five_minutes(OnStillRunning::Replace, 700.0, 64);
    plan.tasks[0].retry = Retry {
        attempts: None,
        ..Retry::default()
    };
    let played = diary(&plan, 1);
    let all = pairs(&[0.0, 300.0, 600.0, 900.0, 1_200.0, 1_500.0]);
    assert_eq!(story(&played), (all.clone(), all));
    let stopped: Vec<f64> = played.stopped(0).into_iter().map(|(at, _)| at).collect();
    assert_eq!(stopped, pairs(&[300.0, 600.0, 900.0, 1_200.0, 1_500.0]));
    let replaced = played.times(|fact| match fact {
        Fact::ArrivalReplaced { tasks, .. } => Some(*tasks),
        _ => None,
    });
    assert_eq!(replaced.len(), 5);
    assert!(replaced.iter().all(|(_, tasks)| *tasks == 2));
}

#[test]
fn replaced_tasks_without_capacity_leave_their_queue() {
    // Room for one task: the other one waits in the job queue, or is to be tried again.
    for on_no_capacity in [OnNoCapacity::Queue, OnNoCapacity::Fail] {
        let mut plan = every_five_minutes(OnStillRunning::Replace, 700.0, 1);
        plan.tasks[0].on_no_capacity = on_no_capacity;
        plan.tasks[0].retry = Retry {
            attempts: None,
            delay: Distribution::Constant(7.0),
            ..Retry::default()
        };
        let played = diary(&plan, 1);
        let rejected = played.times(|fact| match fact {
            Fact::TaskRejected(of, why) => Some((of.task.ordinal, *why)),
            _ => None,
        });
        let of = |number: u64| (300.0 * number as f64, (2 * number - 1, Rejection::Replaced));
        assert_eq!(rejected, [1, 2, 3, 4, 5].map(of), "{on_no_capacity:?}");
        assert_eq!(played.stopped(0).len(), 5);
    }
}

/// A plan in which the tasks of a managed group, or of Fargate, wait for their capacity.
fn waiting(on_fargate: bool) -> Plan {
    let mut plan = every_five_minutes(OnStillRunning::Replace, 700.0, 4);
    plan.delays = Delays::Realistic;
    plan.until = Until::Elapsed(Span::hours(1));
    plan.tasks[0].containers = [exits(container("main"), 700.0, 0)].into();
    if on_fargate {
        plan.cluster.providers = vec![self::on_fargate()];
        let demand = &mut plan.tasks[0].demand;
        demand.on_fargate = true;
        demand.network_mode = NetworkMode::Awsvpc;
        demand.memory = MemoryDemand::Absolute(Drawn::Fixed(Memory::gib(2)));
        plan.assumptions = Assumptions {
            // Ten launches an hour, and room for three tasks.
            fargate_launch_bucket: (1, "0.002778".parse().expect("a rate")),
            fargate_vcpu_quota: 3,
            ..sure()
        }
        .into();
    } else {
        plan.cluster.providers = vec![provider(AutoScalingGroup {
            managed_scaling: managed(),
            ..group(1)
        })];
        plan.tasks[0].on_no_capacity = OnNoCapacity::Provisioning;
        plan.tasks[0].count = 9.into();
    }
    plan
}

#[test]
fn replaced_tasks_leave_provisioning_and_the_queues_of_fargate() {
    for on_fargate in [false, true] {
        let played = diary(&waiting(on_fargate), 1);
        let gone = played.stopped(0).len()
            + played
                .times(|fact| matches!(fact, Fact::TaskRejected(..)).then_some(()))
                .len();
        let replaced: u32 = played
            .times(|fact| match fact {
                Fact::ArrivalReplaced { tasks, .. } => Some(*tasks),
                _ => None,
            })
            .iter()
            .map(|(_, tasks)| tasks)
            .sum();
        assert!(replaced > 10, "{on_fargate} {replaced}");
        assert_eq!(gone as u32, replaced, "{on_fargate}");
    }
}

#[test]
fn arrivals_of_a_flexible_window_are_spread_over_it() {
    let mut plan = every_five_minutes(OnStillRunning::Start, 10.0, 64);
    plan.tasks[0].count = 1.into();
    plan.tasks[0].flexible_window = Span::seconds(900);
    plan.until = Until::Elapsed(Span::hours(1_000));
    let (arrived, _) = story(&diary(&plan, 1));
    assert!(
        (11_990..=12_000).contains(&arrived.len()),
        "{}",
        arrived.len()
    );
    // Uniform over 15 minutes: the mean delay is 450 s, by itself for each arrival.
    let mean = |times: &[f64]| times.iter().sum::<f64>() / times.len() as f64;
    let scheduled: Vec<f64> = (0..arrived.len()).map(|n| 300.0 * n as f64).collect();
    let late = mean(&arrived) - mean(&scheduled);
    assert!((late - 450.0).abs() < 15.0, "{late}");
    let within = |at: f64| {
        arrived
            .iter()
            .filter(|t| **t >= at && **t < at + 900.0)
            .count()
    };
    assert!((1..=6).contains(&within(90_000.0)));
    // Another seed, other delays; none without a window.
    assert_ne!(story(&diary(&plan, 2)).0, arrived);
    plan.tasks[0].flexible_window = Span::ZERO;
    assert_eq!(story(&diary(&plan, 1)).0[..3], [0.0, 300.0, 600.0]);
}

#[test]
fn a_drained_run_waits_for_windows_and_for_queued_arrivals() {
    let mut plan = every_five_minutes(OnStillRunning::Queue, 7_000.0, 64);
    let schedule = Schedule::parse("at(1970-01-01T00:10:00)", &jiff::tz::TimeZone::UTC);
    plan.tasks[0].arrivals = Arrivals::Schedule(schedule.expect("a time"));
    plan.tasks[0].flexible_window = Span::seconds(3_600);
    let mut second = plan.tasks[0].clone();
    second.name = "second".into();
    plan.tasks.push(second);
    plan.until = Until::Drained;
    let played = diary(&plan, 1);
    assert_eq!(played.finished(0).len() + played.finished(1).len(), 4);
}
