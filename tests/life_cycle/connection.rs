//! Agents that lose their connection to ECS (facts/ecs.md 75, 138, 236).

use crate::world::*;
use ecsim::plan::{
    Action, ApiCall, ContainerInstanceStatus, Fault, FaultKind, InstanceSelection, Occurrence,
    Retry, Rework,
};

/// The agents of these instances are away from each of these seconds on, for so long.
pub fn away(plan: &mut Plan, instances: Vec<u32>, times: &[u64], lasts: f64) {
    plan.faults.push(Fault {
        name: "away".into(),
        kind: FaultKind::AgentDisconnect {
            provider: None,
            zone: None,
            instances: Some(instances),
        },
        occurs: Occurrence::At(times.iter().map(|second| at(*second)).collect()),
        lasts: Some(Distribution::Constant(lasts)),
    });
}

/// When ECS sees that an agent is away, and when it is back.
fn seen(diary: &Diary) -> Vec<(f64, bool)> {
    diary.times(|fact| match fact {
        Fact::AgentDisconnected(_) => Some(true),
        Fact::AgentReconnected(_) => Some(false),
        _ => None,
    })
}

/// Work on one large instance, that lasts so long.
fn jobs(times: &[u64], lasts: f64) -> Plan {
    let mut plan = plan(vec![fleet(1)], 8, Span::hours(1));
    plan.tasks = vec![work(times, vec![container("main")], lasts)];
    plan
}

#[test]
fn ecs_75_nothing_is_placed_while_the_agent_is_away_and_all_when_it_is_back() {
    let mut plan = jobs(&[50, 150, 160, 350], 10.0);
    away(&mut plan, vec![0], &[100], 200.0);
    let diary = diary(&plan, 1);
    assert_eq!(seen(&diary), [(100.0, true), (300.0, false)]);
    let placed: Vec<f64> = diary.placed(0).iter().map(|(at, _)| *at).collect();
    assert_eq!(placed, [50.0, 300.0, 300.0, 350.0]);
    // With another instance no task waits.
    let mut two = plan.clone();
    two.cluster.providers = vec![fleet(2)];
    let placed = crate::world::diary(&two, 1).placed(0);
    let first = |at, ordinal| (at, (ordinal, 0));
    let second = |at, ordinal| (at, (ordinal, 1));
    assert_eq!(
        placed,
        [
            first(50.0, 0),
            second(150.0, 1),
            second(160.0, 2),
            first(350.0, 3)
        ]
    );
}

/// What runs goes on and counts; that it has ended is heard of when the agent is back. Its
/// run time is what it was (facts/ecs.md 236).
#[test]
fn ecs_236_what_runs_goes_on_and_its_end_is_heard_of_later() {
    let mut plan = jobs(&[50, 290], 100.0);
    away(&mut plan, vec![0], &[100], 200.0);
    let diary = diary(&plan, 1);
    // One ends at 150 s and is heard of at 300 s; the other waits for the agent.
    assert_eq!(diary.started(0), [(50.0, 0), (300.0, 1)]);
    assert_eq!(diary.finished(0), [(300.0, 0), (400.0, 1)]);
    let mut long = plan.clone();
    long.tasks[0].duration = Distribution::Constant(400.0);
    long.tasks[0].arrivals = Arrivals::At([at(50)].into());
    assert_eq!(crate::world::diary(&long, 1).finished(0), [(450.0, 0)]);
}

/// A crash at 150 s is heard of at 300 s; the next attempt has only what the first left.
#[test]
fn work_that_failed_unheard_has_done_what_it_had_done() {
    let mut plan = jobs(&[50], 1_000.0);
    let mut crashing = container("main");
    crashing.behavior.run_time = Some(Distribution::Constant(100.0));
    crashing.behavior.exit_code = 1;
    plan.tasks[0].containers = [crashing].into();
    plan.tasks[0].retry = Retry {
        attempts: Some(2),
        work: Rework::Restart,
        ..Retry::default()
    };
    away(&mut plan, vec![0], &[100], 200.0);
    let lost = diary(&plan, 1).times(|fact| match fact {
        Fact::TaskInterrupted(_, _, what) => Some(what.lost),
        _ => None,
    });
    assert_eq!(lost, [(300.0, Span::seconds(100))]);
}

/// A service of two on two instances shrinks to one at a minute, when the agent of the
/// second is away: ECS wants its task stopped at once, and it stops when the agent hears it.
#[test]
fn ecs_236_a_stop_that_is_wanted_meanwhile_is_carried_out_at_the_reconnect() {
    let mut plan = plan(vec![fleet(2)], 1, Span::hours(1));
    let mut slow = container("main");
    slow.behavior.stop_time = Distribution::Constant(5.0);
    let mut service = service(2);
    service.containers = [slow].into();
    plan.services = vec![scales_at(service, 1, 1)];
    away(&mut plan, vec![0, 1], &[50], 100.0);
    let diary = diary(&plan, 1);
    let stopping = diary.stopping(0);
    assert_eq!(stopping.len(), 1);
    let (at, (ordinal, why)) = stopping[0];
    assert_eq!((at, why), (60.0, StopReason::ScaledIn));
    assert_eq!(diary.stopped(0), [(155.0, (ordinal, StopReason::ScaledIn))]);
    assert_eq!(diary.placed(0).len(), 2, "nobody is replaced");
}

/// ECS notices after a minute: until then it places, and the agent begins when it is back. A
/// routine reconnect within the minute is not noticed at all (facts/ecs.md 235, 236).
#[test]
fn ecs_236_ecs_notices_after_a_minute() {
    let mut plan = jobs(&[130, 170], 10.0);
    plan.delays = Delays::Realistic;
    plan.assumptions = sure().into();
    away(&mut plan, vec![0], &[100], 200.0);
    let long = diary(&plan, 1);
    assert_eq!(seen(&long), [(160.0, true), (300.0, false)]);
    assert_eq!(long.placed(0), [(130.0, (0, 0)), (300.0, (1, 0))]);
    // No pick-up for the first, who has waited for it: only the manifest and the start.
    assert_eq!(long.started(0), [(301.0, 0), (303.0, 1)]);
    plan.faults.clear();
    away(&mut plan, vec![0], &[100], 50.0);
    let short = diary(&plan, 1);
    assert_eq!(seen(&short), []);
    assert_eq!(short.placed(0), [(130.0, (0, 0)), (170.0, (1, 0))]);
    assert_eq!(short.started(0), [(151.0, 0), (173.0, 1)]);
}

/// Two reasons to be away: both must be over.
#[test]
fn who_is_cut_off_twice_is_back_when_both_are_over() {
    let mut plan = jobs(&[150], 10.0);
    away(&mut plan, vec![0], &[100, 200], 150.0);
    let diary = diary(&plan, 1);
    assert_eq!(seen(&diary), [(100.0, true), (350.0, false)]);
    assert_eq!(diary.placed(0), [(350.0, (0, 0))]);
}

/// An instance that fails meanwhile comes back without a connection, if it is not over yet.
#[test]
fn an_instance_that_comes_back_is_still_cut_off() {
    let mut plan = jobs(&[150], 10.0);
    away(&mut plan, vec![0], &[100], 200.0);
    plan.faults.push(instances_fail(vec![0], 50, Some(100.0)));
    // It is down when its agent is to be cut off: nothing happens to it.
    assert_eq!(diary(&plan, 1).placed(0), [(150.0, (0, 0))]);
    plan.faults[1].occurs = Occurrence::At(vec![at(120)]);
    let both = diary(&plan, 1);
    assert_eq!(seen(&both), [(100.0, true), (220.0, true), (300.0, false)]);
    assert_eq!(both.placed(0), [(300.0, (0, 0))]);
}

/// What a health check finds is heard of when the agent is back, and only then is the task
/// replaced.
#[test]
fn health_is_heard_of_when_the_agent_is_back() {
    let mut plan = plan(vec![fleet(1)], 4, Span::hours(1));
    let main = probed(container("main"));
    let mut service = service(1);
    service.containers = [main].into();
    plan.services = vec![service];
    plan.faults.push(checks_fail(None, 105));
    let unhealthy = |diary: &Diary| {
        diary.times(|fact| matches!(fact, Fact::TaskHealth(_, false)).then_some(()))
    };
    assert_eq!(unhealthy(&diary(&plan, 1)), [(130.0, ())]);
    away(&mut plan, vec![0], &[100], 200.0);
    let apart = diary(&plan, 1);
    assert_eq!(unhealthy(&apart)[0], (300.0, ()));
    let replaced: Vec<f64> = apart.placed(0).iter().map(|(at, _)| *at).collect();
    assert_eq!(replaced, [0.0, 300.0]);
    // It has been sick since 105 s, of which ECS hears now.
    let noticed = |diary: &Diary| {
        diary.times(|fact| match fact {
            Fact::LossNoticed(_, after) => Some(after.ceil_seconds()),
            _ => None,
        })
    };
    assert_eq!(noticed(&apart), [(300.0, 195)]);
    plan.faults[0].kind = FaultKind::ContainerCrash {
        work: None,
        container: None,
    };
    assert_eq!(noticed(&diary(&plan, 1)), [(300.0, 195)]);
}

/// A group does not replace what EC2 believes to be well, and managed scaling counts ACTIVE
/// instances, connected or not (facts/ecs.md 138).
#[test]
fn ecs_138_managed_scaling_counts_instances_whose_agent_is_away() {
    let group = AutoScalingGroup {
        desired_capacity: 1,
        registered_at_start: true,
        managed_scaling: managed(),
        ..group(4)
    };
    let mut plan = plan(vec![provider(group)], 1, Span::seconds(600));
    let mut tasks = work(&[10, 200], vec![container("main")], 1e6);
    tasks.on_no_capacity = OnNoCapacity::Provisioning;
    plan.tasks = vec![tasks];
    away(&mut plan, vec![0], &[100], 400.0);
    let diary = diary(&plan, 1);
    // One that runs and one that is needed beside it: not two new ones.
    assert_eq!(diary.scaled(), [(240.0, (1, 2))]);
    assert_eq!(diary.placed(0), [(10.0, (0, 0)), (240.0, (1, 1))]);
}

/// Each instance by itself, at exponential gaps after it was last connected.
#[test]
fn agents_are_away_as_often_and_as_long_as_the_entry_says() {
    let mut plan = plan(vec![fleet(20)], 1, Span::hours(1_000));
    plan.faults.push(Fault {
        name: "away".into(),
        kind: FaultKind::AgentDisconnect {
            provider: Some(0),
            zone: Some(0),
            instances: None,
        },
        occurs: Occurrence::Every(Distribution::Exponential {
            mean: 8.0 * 3_600.0,
        }),
        lasts: Some(Distribution::Constant(2.0 * 3_600.0)),
    });
    let seen = seen(&diary(&plan, 1));
    let losses = seen.iter().filter(|(_, lost)| *lost).count() as f64;
    // 20 instances × 1,000 h, a cycle of 10 h: 2,000 losses; the deviation of a cycle is 8 h.
    let deviation = (20.0 * 1_000.0 * 8.0 * 8.0 / 1_000.0_f64).sqrt();
    assert!((losses - 2_000.0).abs() < 4.0 * deviation, "{losses}");
}

/// An instance that is set back from DRAINING to ACTIVE is given no task before its agent is back.
#[test]
fn ecs_236_an_instance_that_is_active_again_waits_for_its_agent() {
    let mut plan = jobs(&[200], 10.0);
    away(&mut plan, vec![0], &[100], 200.0);
    for (second, status) in [
        (120, ContainerInstanceStatus::Draining),
        (150, ContainerInstanceStatus::Active),
    ] {
        let call = ApiCall::UpdateContainerInstancesState {
            instances: InstanceSelection {
                instances: Some(vec![0]),
                ..InstanceSelection::default()
            },
            status,
        };
        let at = at(second);
        plan.actions.push(Action { at, call });
    }
    let placed: Vec<f64> = diary(&plan, 1).placed(0).iter().map(|of| of.0).collect();
    assert_eq!(placed, [300.0]);
}
