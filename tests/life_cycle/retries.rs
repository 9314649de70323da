//! Standalone tasks that are refused, and clients that submit them again (`retry`).

use crate::world::*;
use ecsim::plan::{Retry, Schedule};
use ecsim::runner::built_in_scheduler;
use ecsim::simulation::{Rejection, RunFailed};

/// A client that makes so many attempts with a delay between them.
fn retries(attempts: Option<u32>, delay: f64) -> Retry {
    Retry {
        attempts,
        delay: Distribution::Constant(delay),
        ..Retry::default()
    }
}

/// Six tasks of five minutes and one vCPU at once, on one instance with two vCPUs.
fn six_for_two(on_no_capacity: OnNoCapacity, retry: Retry) -> Plan {
    let mut plan = plan(vec![fleet(1)], 2, Span::hours(2));
    let mut tasks = work(&[0], Vec::new(), 300.0);
    tasks.count = 6.into();
    tasks.on_no_capacity = on_no_capacity;
    tasks.retry = retry;
    plan.tasks = vec![tasks];
    plan
}

fn ends(diary: &Diary) -> Vec<f64> {
    diary.finished(0).into_iter().map(|(at, _)| at).collect()
}

/// Refusals after which the task is submitted again.
fn put_off(diary: &Diary) -> Vec<(f64, Rejection)> {
    diary.times(|fact| match fact {
        Fact::SubmissionRefused(_, why) => Some(*why),
        _ => None,
    })
}

/// Refusals for good.
fn refused(diary: &Diary) -> Vec<(f64, Rejection)> {
    diary.times(|fact| match fact {
        Fact::TaskRejected(_, why) => Some(*why),
        _ => None,
    })
}

#[test]
fn a_refused_call_of_run_task_is_repeated_until_there_is_room() {
    let diary = diary(&six_for_two(OnNoCapacity::Fail, retries(Some(20), 60.0)), 1);
    assert_eq!(ends(&diary), [300.0, 300.0, 600.0, 600.0, 900.0, 900.0]);
    assert_eq!(refused(&diary), []);
    // Four tasks for five minutes and two for five more are refused once a minute.
    let put_off = put_off(&diary);
    assert_eq!(put_off.len(), 4 * 5 + 2 * 5);
    assert!(put_off.iter().all(|(_, why)| *why == Rejection::NoRoom));
}

#[test]
fn the_attempts_of_a_client_that_is_refused_are_limited() {
    let diary = diary(&six_for_two(OnNoCapacity::Fail, retries(Some(3), 60.0)), 1);
    assert_eq!(ends(&diary), [300.0, 300.0]);
    assert_eq!(put_off(&diary).len(), 4 * 2);
    assert_eq!(refused(&diary), [(120.0, Rejection::NoRoom); 4]);
}

/// The client waits at least a second after a refusal, so that it does not call for ever at one
/// time.
#[test]
fn a_client_without_delay_and_without_end_calls_once_a_second() {
    let diary = diary(&six_for_two(OnNoCapacity::Fail, retries(None, 0.0)), 1);
    assert_eq!(ends(&diary), [300.0, 300.0, 600.0, 600.0, 900.0, 900.0]);
    assert_eq!(put_off(&diary).len(), 4 * 300 + 2 * 300);
}

/// The job queue holds two tasks; those that find it full come again.
#[test]
fn a_task_that_finds_the_job_queue_full_comes_again() {
    let mut plan = six_for_two(OnNoCapacity::Queue, retries(Some(10), 60.0));
    plan.job_queue.limit = Some(2);
    let diary = diary(&plan, 1);
    assert_eq!(ends(&diary), [300.0, 300.0, 600.0, 600.0, 900.0, 900.0]);
    let put_off = put_off(&diary);
    assert_eq!(put_off.len(), 2 * 5);
    assert!(put_off.iter().all(|(_, why)| *why == Rejection::QueueFull));
}

/// Two attempts of half an hour each (facts/ecs.md 55).
#[test]
fn ecs_55_a_task_that_timed_out_in_provisioning_comes_again() {
    let group = AutoScalingGroup {
        managed_scaling: managed(),
        ..group(0)
    };
    let mut plan = plan(vec![provider(group)], 1, Span::hours(2));
    let mut tasks = work(&[7], vec![container("main")], 10.0);
    tasks.on_no_capacity = OnNoCapacity::Provisioning;
    tasks.retry = retries(Some(2), 60.0);
    plan.tasks = vec![tasks];
    let diary = diary(&plan, 1);
    let why = Rejection::ProvisioningTimedOut;
    assert_eq!(put_off(&diary), [(1_807.0, why)]);
    assert_eq!(refused(&diary), [(1_867.0 + 1_800.0, why)]);
}

/// The quota of Fargate has room for one task at a time.
#[test]
fn ecs_46_a_task_beyond_the_quota_of_fargate_comes_again() {
    let mut plan = plan(vec![on_fargate()], 1, Span::hours(1));
    let mut tasks = work(&[0], Vec::new(), 100.0);
    tasks.demand = fargate_service(0, 1_024, 2_048).demand;
    tasks.count = 3.into();
    tasks.on_no_capacity = OnNoCapacity::Fail;
    tasks.retry = retries(Some(10), 60.0);
    plan.tasks = vec![tasks];
    plan.assumptions = Assumptions {
        fargate_vcpu_quota: 1,
        ..sure()
    }
    .into();
    plan.delays = Delays::Realistic;
    let diary = diary(&plan, 1);
    let ends = ends(&diary);
    assert_eq!(ends.len(), 3);
    // One runs for 100 s, and the next begins at a full minute after its end.
    assert!(
        ends[1] > ends[0] + 100.0 && ends[2] > ends[1] + 100.0,
        "{ends:?}"
    );
    assert_eq!(refused(&diary), []);
    let put_off = put_off(&diary);
    assert!(
        put_off
            .iter()
            .all(|(_, why)| *why == Rejection::FargateQuota)
    );
}

#[test]
fn a_task_that_no_instance_could_hold_is_refused_at_once() {
    let mut plan = six_for_two(OnNoCapacity::Fail, retries(None, 60.0));
    plan.tasks[0].demand.cpu = Drawn::Fixed(Cpu::units(3 * 1_024));
    let diary = diary(&plan, 1);
    assert_eq!(refused(&diary), [(0.0, Rejection::Unplaceable); 6]);
    assert_eq!(put_off(&diary), []);
}

/// The room of two jobs is taken by a service, which leaves it at a day of the year, if at all.
fn played_until_drained(leaves: Option<u32>) -> Result<simulation::Outcome, RunFailed> {
    let mut plan = six_for_two(OnNoCapacity::Fail, retries(None, 600.0));
    plan.until = Until::Drained;
    let mut service = service(2);
    service.target = Target::AnyInstance;
    if let Some(day) = leaves {
        let text = format!("at(1970-01-{day:02}T00:00:00)");
        let schedule = Schedule::parse(&text, &jiff::tz::TimeZone::UTC);
        service.scheduled.push(ScheduledAction {
            name: "stop".into(),
            schedule: schedule.expect("a time"),
            desired_count: Some(0),
            min_capacity: None,
            max_capacity: None,
        });
    }
    plan.services = vec![service];
    plan.tasks[0].arrivals = Arrivals::at([at(60)]);
    let scheduler = built_in_scheduler(&plan);
    let limits = simulation::Limits::default();
    simulation::run(&plan, 1, scheduler, limits, &mut ())
}

#[test]
fn tasks_that_are_refused_for_ever_end_a_run_that_would_wait_for_them() {
    let endless = match played_until_drained(None) {
        Err(RunFailed::Endless(endless)) => endless,
        other => panic!("{other:?}"),
    };
    assert_eq!((endless.entry.index(), endless.jobs), (0, 6));
    assert_eq!((endless.since, endless.why), (at(60), Rejection::NoRoom));
    // Room that comes within the month is waited for.
    let end = played_until_drained(Some(29)).expect("all tasks end").end;
    assert!(
        end > at(28 * 86_400) && end < at(28 * 86_400 + 3_600),
        "{end:?}"
    );
}
