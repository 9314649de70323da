//! Starting on Fargate: how long one task takes, and how long thousands do.

use crate::world::*;
use ecsim::simulation::{Rejection, ServiceEvent};

/// 413 MB in private subnets took 57 s from creation to start on average, 53 to 62
/// (facts/platform.md 2.5.2; facts/validation.md 5).
#[test]
fn platform_2_5_2_a_task_with_413_megabytes_starts_in_57_seconds() {
    let mut plan = plan(vec![on_fargate()], 1, Span::hours(2));
    plan.images = vec![image(&[413])];
    plan.delays = Delays::Realistic;
    let times: Vec<u64> = (0..600).map(|turn| turn * 10).collect();
    let mut tasks = work(&times, vec![container("main")], 60.0);
    tasks.demand = fargate_service(0, 1_024, 2_048).demand;
    plan.tasks = vec![tasks];
    let starts = diary(&plan, 1).times(|fact| match fact {
        Fact::TaskStarted(of) => Some(seconds(of.task.started) - seconds(of.task.arrived)),
        _ => None,
    });
    assert_eq!(starts.len(), 600);
    let mean = starts.iter().map(|(_, took)| took).sum::<f64>() / 600.0;
    assert!((51.0..=63.0).contains(&mean), "{mean} s");
}

/// So many services that together want 3,500 tasks of a small image.
fn scale_out(services: u32) -> Diary {
    let mut plan = plan(vec![on_fargate()], 1, Span::seconds(600));
    plan.images = vec![image(&[50])];
    plan.delays = Delays::Realistic;
    let named = |number| Service {
        name: format!("service-{number}"),
        ..fargate_service(3_500 / services, 256, 512)
    };
    plan.services = (0..services).map(named).collect();
    diary(&plan, 1)
}

/// When the n-th of all tasks is RUNNING.
fn nth_started(diary: &Diary, n: usize) -> f64 {
    let started = diary.times(|fact| matches!(fact, Fact::TaskStarted(_)).then_some(()));
    started[n - 1].0
}

/// The published curve rises by 1,070 tasks a minute (facts/platform.md 2.4.6): that is the
/// account's launch rate of 20 a second (facts/ecs.md 45), and more than one service may
/// launch (500 a minute, facts/ecs.md 44). So it was not made with one service; here are
/// seven, which may launch 3,500 in a minute. The account's bucket gives the last
/// launch 170 s (W21), and 3,440 run between 3.3 and 5 minutes (facts/validation.md 5).
#[test]
fn w21_and_platform_2_4_5_3_500_tasks_of_seven_services_start_in_some_four_minutes() {
    let diary = scale_out(7);
    let placed = diary.times(|fact| matches!(fact, Fact::TaskPlaced(_)).then_some(()));
    assert_eq!(placed.len(), 3_500);
    for (n, exact) in [(100, 0.0), (500, 20.0), (3_500, 170.0)] {
        assert_eq!(placed[n - 1].0, exact, "the launch of task {n}");
    }
    let reached = nth_started(&diary, 3_440) / 60.0;
    assert!((3.3..=5.0).contains(&reached), "{reached} min");
}

/// One service launches 500 tasks a minute (facts/ecs.md 44): the last but sixty comes in the seventh
/// minute, which no published curve shows.
#[test]
fn ecs_44_one_service_alone_needs_seven_minutes() {
    let reached = nth_started(&scale_out(1), 3_440) / 60.0;
    assert!((6.83..=8.0).contains(&reached), "{reached} min");
}

/// Fargate bills from the beginning of the pull, and at least a minute (facts/pricing.md 2):
/// 900 MB at 15 MB/s are a minute.
#[test]
fn pricing_2_fargate_bills_from_the_beginning_of_the_pull() {
    let mut plan = plan(vec![on_fargate()], 1, Span::hours(1));
    plan.images = vec![image(&[900])];
    plan.delays = Delays::Realistic;
    plan.assumptions = Assumptions {
        status_polling: Distribution::Constant(7.0),
        ..sure()
    }
    .into();
    let mut tasks = work(&[0], vec![container("main")], 100.0);
    tasks.demand = fargate_service(0, 1_024, 2_048).demand;
    plan.tasks = vec![tasks];
    let price = Usd::nanos(3_600_000_000);
    if let Some(prices) = &mut plan.prices.fargate_x86 {
        prices.vcpu_hour = price;
    }
    // 60 s of pull, 0.6 s of start, 100 s of running; the second that has begun counts.
    assert_eq!(diary(&plan, 1).cost, 0.161);
}

/// Who is refused asks again at the pace that is assumed, until the zone is open.
#[test]
fn ecs_242_a_client_asks_again_after_the_time_assumed() {
    let started = |retry| {
        let mut plan = plan(vec![on_fargate()], 1, Span::hours(1));
        let mut tasks = work(&[10], vec![container("main")], 60.0);
        tasks.demand = fargate_service(0, 1_024, 2_048).demand;
        plan.tasks = vec![tasks];
        plan.faults = vec![Fault {
            name: "out".into(),
            kind: FaultKind::ZoneOutage {
                zone: None,
                share: Distribution::Constant(1.0),
            },
            occurs: Occurrence::At(vec![at(1)]),
            lasts: Some(Distribution::Constant(100.0)),
        }];
        plan.assumptions = Assumptions {
            fargate_retry: Span::seconds(retry),
            ..Assumptions::default()
        }
        .into();
        diary(&plan, 1).started(0)
    };
    assert_eq!(started(60), [(130.0, 0)]);
    assert_eq!(started(35), [(115.0, 0)]);
}

/// Work on Fargate of this many vCPUs that arrives at a second and runs so long.
fn of_vcpus(vcpus: u64, arrives: u64, lasts: f64) -> TaskEntry {
    let mut made = work(&[arrives], vec![container("main")], lasts);
    made.name = format!("at-{arrives}");
    made.demand = fargate_service(0, vcpus * 1_024, vcpus * 2_048).demand;
    made
}

fn with_quota(vcpus: u32) -> Plan {
    let mut plan = plan(vec![on_fargate()], 1, Span::hours(1));
    plan.delays = Delays::Realistic;
    plan.assumptions = Assumptions {
        fargate_vcpu_quota: vcpus,
        ..sure()
    }
    .into();
    plan
}

/// A quota of 4 vCPUs and one task that has them all. When it leaves, the two oldest of
/// those that wait go, with 3 vCPUs; the next needs 4 and keeps its turn, and the last waits
/// behind it though it would fit (facts/ecs.md 46, 242).
#[test]
fn ecs_46_who_leaves_lets_in_as_many_as_fit_the_oldest_first() {
    let mut plan = with_quota(4);
    plan.tasks = vec![
        of_vcpus(4, 0, 100.0),
        of_vcpus(2, 1, 100.0),
        of_vcpus(1, 2, 300.0),
        of_vcpus(4, 3, 100.0),
        of_vcpus(1, 4, 100.0),
    ];
    let diary = diary(&plan, 1);
    let placed = |entry: usize| diary.placed(entry)[0].0;
    let left = |entry: usize| diary.finished(entry)[0].0;
    assert_eq!(placed(0), 0.0);
    assert_eq!([placed(1), placed(2)], [left(0); 2]);
    assert!(left(1) < left(2));
    assert_eq!(placed(3), left(2));
    assert_eq!(placed(4), left(3));
}

/// One task takes 2 of 4 vCPUs, another needs 4 and waits, and one that arrives later waits
/// behind it; work that does not wait, and services, ask for themselves.
#[test]
fn ecs_46_who_arrives_waits_behind_those_who_wait() {
    let mut plan = with_quota(4);
    plan.tasks = vec![
        of_vcpus(2, 0, 100.0),
        of_vcpus(4, 1, 100.0),
        of_vcpus(1, 2, 100.0),
        of_vcpus(1, 3, 100.0),
    ];
    plan.tasks[3].on_no_capacity = OnNoCapacity::Fail;
    let diary = diary(&plan, 1);
    assert_eq!(diary.placed(3)[0].0, 3.0);
    assert_eq!(diary.placed(1)[0].0, diary.finished(3)[0].0);
    assert_eq!(diary.placed(2)[0].0, diary.finished(1)[0].0);
}

/// While nothing can be launched the queue keeps its order: the oldest tries again each
/// minute, and nobody passes him (facts/ecs.md 46, 242).
#[test]
fn ecs_46_the_queue_keeps_its_order_while_launches_fail() {
    let mut plan = with_quota(4);
    plan.tasks = vec![
        of_vcpus(4, 0, 100.0),
        of_vcpus(2, 1, 100.0),
        of_vcpus(2, 2, 100.0),
        of_vcpus(2, 3, 100.0),
        of_vcpus(2, 170, 100.0),
    ];
    plan.faults = vec![Fault {
        name: "out".into(),
        kind: FaultKind::ZoneOutage {
            zone: None,
            share: Distribution::Constant(0.0),
        },
        occurs: Occurrence::At(vec![at(50)]),
        lasts: Some(Distribution::Constant(300.0)),
    }];
    let diary = diary(&plan, 1);
    let placed: Vec<f64> = (1..5).map(|entry| diary.placed(entry)[0].0).collect();
    assert!(placed[0] > 350.0 && placed.is_sorted(), "{placed:?}");
    assert!(placed[0] < 410.0 && placed[1] == placed[0], "{placed:?}");
}

/// What is larger than the quota could never go and is refused; a service says that it has
/// reached the limit, not that there is no capacity (facts/ecs.md 46, 112).
#[test]
fn ecs_112_the_quota_has_its_own_refusal_and_its_own_event() {
    let mut plan = with_quota(4);
    plan.tasks = vec![of_vcpus(8, 1, 100.0), of_vcpus(1, 2, 100.0)];
    plan.services = vec![scales_at(fargate_service(0, 2_048, 4_096), 1, 3)];
    plan.until = Until::Elapsed(Span::seconds(100));
    let diary = diary(&plan, 1);
    let refused = diary.times(|fact| match fact {
        Fact::TaskRejected(of, why) => Some((of.task.revision.index(), *why)),
        _ => None,
    });
    let quota = Rejection::FargateQuota;
    assert_eq!(refused[..2], [(1.0, (0, quota)), (60.0, (2, quota))]);
    let events = diary.times(|fact| match fact {
        Fact::Service(_, event) => Some(*event),
        _ => None,
    });
    let reached = ServiceEvent::FargateQuotaReached;
    assert!(events.contains(&(60.0, reached)), "{events:?}");
    let unavailable = |(_, event): &(f64, ServiceEvent)| *event == ServiceEvent::FargateUnavailable;
    assert!(!events.iter().any(unavailable));
}

/// A container that exits three seconds after its start, before the control plane would show
/// RUNNING: its task was RUNNING all the same, and starts are not throttled
/// (facts/ecs.md 63, 70). One that exits as it starts is throttled.
#[test]
fn ecs_70_a_task_whose_containers_ran_has_not_failed_to_start() {
    let impaired = |diary: &Diary| {
        let facts = diary.times(|fact| match fact {
            Fact::Service(_, ServiceEvent::StartImpaired) => Some(()),
            _ => None,
        });
        facts.len()
    };
    let mut ran = with_quota(4);
    let mut service = fargate_service(1, 256, 512);
    service.containers = [exits(container("main"), 3.0, 1)].into();
    ran.services = vec![service.clone()];
    let ran = diary(&ran, 1);
    assert_eq!(impaired(&ran), 0);
    let (started, stopping) = (ran.started(0), ran.stopping(0));
    assert!(started.len() > 50, "{} starts in an hour", started.len());
    for (started, stopping) in started.iter().zip(&stopping) {
        assert_eq!((started.0, started.1), (stopping.0, stopping.1.0));
    }
    let mut failed = with_quota(4);
    let mut main = container("main");
    main.behavior.start_failure = 1.0;
    service.containers = [main].into();
    failed.services = vec![service];
    let failed = diary(&failed, 1);
    assert_eq!((impaired(&failed), failed.started(0).len()), (1, 0));
}
