//! Standalone tasks that are refused, and clients that submit them again (`retry`).

use crate::world::*;
use ecsim::plan::Retry;
use ecsim::simulation::Rejection;

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
