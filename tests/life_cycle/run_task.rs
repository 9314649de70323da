//! The rate of calls of `RunTask`: queues that slow down, clients that are throttled
//! (facts/ecs.md 43, 47, 48).

use crate::world::*;
use ecsim::plan::{Retry, ThrottledRetry};
use ecsim::simulation::Rejection;

/// Tasks of a minute that arrive together, with room for all of them.
fn many(count: u64, on_no_capacity: OnNoCapacity) -> Plan {
    let mut plan = plan(vec![fleet(100)], 64, Span::hours(2));
    plan.delays = Delays::Realistic;
    plan.assumptions = sure().into();
    let mut tasks = work(&[0], Vec::new(), 60.0);
    tasks.count = u32::try_from(count).expect("a count").into();
    tasks.on_no_capacity = on_no_capacity;
    plan.tasks = vec![tasks];
    plan
}

/// The same on Fargate.
fn on_fargate_too(mut plan: Plan) -> Plan {
    plan.cluster.providers = vec![on_fargate()];
    let demand = &mut plan.tasks[0].demand;
    demand.on_fargate = true;
    demand.network_mode = NetworkMode::Awsvpc;
    demand.memory = MemoryDemand::Absolute(Drawn::Fixed(Memory::gib(2)));
    plan.assumptions = Assumptions {
        fargate_launch_bucket: (1_000_000, Decimal::whole(20)),
        ..sure()
    }
    .into();
    plan
}

/// Entries of single tasks, each at its own time.
fn one_by_one(plan: &mut Plan, times: impl Iterator<Item = u64>) {
    plan.tasks[0].arrivals = Arrivals::at(times.map(|millis| SimTime::ZERO + Span::millis(millis)));
    plan.tasks[0].count = 1.into();
}

fn throttled(diary: &Diary) -> Vec<(f64, u32)> {
    diary.times(|fact| match fact {
        Fact::RunTaskThrottled { tasks, .. } => Some(*tasks),
        _ => None,
    })
}

fn refused(diary: &Diary) -> usize {
    let rejected = diary.times(|fact| match fact {
        Fact::TaskRejected(_, Rejection::Throttled) => Some(()),
        _ => None,
    });
    rejected.len()
}

#[test]
fn facts_43_and_48_1000_tasks_are_100_calls_and_more_wait_for_40_a_second() {
    let diary = diary(&many(1_205, OnNoCapacity::Queue), 1);
    let placed = diary.placed(0);
    assert_eq!(placed.len(), 1_205);
    assert_eq!(placed.iter().filter(|(at, _)| *at == 0.0).count(), 1_000);
    // Twenty calls of ten and one of five.
    assert_eq!(placed[1_000].0, 0.025);
    assert_eq!(placed[1_204].0, 21.0 / 40.0);
    assert_eq!(throttled(&diary), []);
    assert_eq!(diary.finished(0).len(), 1_205);
}

#[test]
fn fact_47_fargate_takes_20_calls_a_second() {
    let diary = diary(&on_fargate_too(many(300, OnNoCapacity::Queue)), 1);
    let placed = diary.placed(0);
    assert_eq!(placed.iter().filter(|(at, _)| *at == 0.0).count(), 200);
    assert_eq!(placed[200].0, 0.05);
    assert_eq!(placed[299].0, 0.5);
}

#[test]
fn single_tasks_of_a_queue_are_placed_at_the_rate_of_calls() {
    let mut plan = many(1, OnNoCapacity::Queue);
    one_by_one(&mut plan, std::iter::repeat_n(0, 500));
    let placed = diary(&plan, 1).placed(0);
    assert_eq!(placed.iter().filter(|(at, _)| *at == 0.0).count(), 100);
    assert_eq!(placed[499].0, 10.0);
    // Below the rate no task waits.
    one_by_one(&mut plan, (0..500).map(|number| number * 25));
    let placed = diary(&plan, 1).placed(0);
    assert_eq!(placed[499].0, 12.475);
}

#[test]
fn a_call_that_is_throttled_is_repeated_and_then_its_tasks_are_refused() {
    let mut plan = many(1_500, OnNoCapacity::Fail);
    // Each call has one more attempt, within ten seconds.
    let retry = |attempts| ThrottledRetry {
        attempts,
        first: Span::seconds(10),
        longest: Span::seconds(20),
    };
    plan.assumptions = Assumptions {
        throttled_retry: retry(2),
        ..sure()
    }
    .into();
    let patient = diary(&plan, 1);
    let found = throttled(&patient);
    assert_eq!(found.len(), 50);
    assert!(found.iter().all(|(at, tasks)| *at == 0.0 && *tasks == 10));
    let placed = patient.placed(0);
    assert_eq!(placed.len(), 1_500);
    assert!(placed.iter().all(|(at, _)| *at < 10.0));
    let waits: Vec<f64> = placed.iter().map(|(at, _)| *at).collect();
    assert!(waits.windows(2).filter(|two| two[0] < two[1]).count() >= 45);
    // One attempt: every call beyond the burst is lost, and is told.
    plan.assumptions = Assumptions {
        throttled_retry: retry(1),
        ..sure()
    }
    .into();
    let hasty = diary(&plan, 1);
    assert_eq!((hasty.placed(0).len(), refused(&hasty)), (1_000, 500));
    assert_eq!(throttled(&hasty).len(), 50);
}

#[test]
fn the_retry_of_an_entry_follows_after_the_attempts_of_the_sdk() {
    let mut plan = many(1_500, OnNoCapacity::Fail);
    plan.assumptions = Assumptions {
        throttled_retry: ThrottledRetry {
            attempts: 1,
            ..ThrottledRetry::default()
        },
        ..sure()
    }
    .into();
    plan.tasks[0].retry = Retry {
        attempts: Some(20),
        delay: Distribution::Constant(30.0),
        ..Retry::default()
    };
    let diary = diary(&plan, 1);
    assert_eq!(diary.finished(0).len(), 1_500);
    assert_eq!(refused(&diary), 0);
    // After 30 s each of the 500 tasks is a call of its own; 100 of them find a token.
    let placed = diary.placed(0);
    assert_eq!(placed.iter().filter(|(at, _)| *at == 30.0).count(), 100);
    assert_eq!(placed.iter().filter(|(at, _)| *at == 60.0).count(), 100);
}

#[test]
fn without_realistic_delays_calls_have_no_rate() {
    let mut plan = many(5_000, OnNoCapacity::Fail);
    plan.delays = Delays::None;
    let diary = diary(&plan, 1);
    assert_eq!(diary.finished(0).len(), 5_000);
    assert_eq!(throttled(&diary), []);
}
