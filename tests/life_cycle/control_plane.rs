//! Outages of the control plane: nothing is placed, launched or replaced, and what runs goes
//! on (facts/platform.md 8.3.2 to 8.3.4).

use crate::world::*;
use ecsim::plan::{Fault, FaultKind, Occurrence};
use ecsim::simulation::{Rejection, ScalingReason, ServiceEvent};

/// The control plane is out from each of these seconds on, for so long.
fn out(plan: &mut Plan, times: &[u64], lasts: f64) {
    plan.faults.push(Fault {
        name: "out".into(),
        kind: FaultKind::ControlPlaneOutage,
        occurs: Occurrence::At(times.iter().map(|second| at(*second)).collect()),
        lasts: Some(Distribution::Constant(lasts)),
    });
}

/// Work that lasts 100 s on one large instance.
fn jobs(times: &[u64], on_no_capacity: OnNoCapacity) -> Plan {
    let mut plan = plan(vec![fleet(1)], 8, Span::hours(1));
    let mut tasks = work(times, vec![container("main")], 100.0);
    tasks.on_no_capacity = on_no_capacity;
    plan.tasks = vec![tasks];
    plan
}

fn placed(diary: &Diary) -> Vec<f64> {
    diary.placed(0).into_iter().map(|(at, _)| at).collect()
}

fn rejected(diary: &Diary) -> Vec<(f64, Rejection)> {
    diary.times(|fact| match fact {
        Fact::TaskRejected(_, why) => Some(*why),
        _ => None,
    })
}

fn launched(diary: &Diary) -> Vec<f64> {
    let launches = diary.times(|fact| matches!(fact, Fact::InstanceLaunched(_)).then_some(()));
    launches.into_iter().map(|(at, ())| at).collect()
}

#[test]
fn platform_8_3_3_what_runs_goes_on_and_nothing_is_placed() {
    let mut plan = jobs(&[50, 150, 160, 350], OnNoCapacity::Queue);
    out(&mut plan, &[100], 200.0);
    let queued = diary(&plan, 1);
    assert_eq!(placed(&queued), [50.0, 300.0, 300.0, 350.0]);
    assert_eq!(queued.finished(0)[0], (150.0, 0));
    let mut plan = jobs(&[50, 150, 350], OnNoCapacity::Fail);
    out(&mut plan, &[100], 200.0);
    let refused = diary(&plan, 1);
    assert_eq!(placed(&refused), [50.0, 350.0]);
    assert_eq!(rejected(&refused), [(150.0, Rejection::NoRoom)]);
}

#[test]
fn two_outages_are_over_with_the_last() {
    let mut plan = jobs(&[150], OnNoCapacity::Queue);
    out(&mut plan, &[100, 200], 150.0);
    assert_eq!(placed(&diary(&plan, 1)), [350.0]);
}

/// A task of a service that crashes is replaced when the control plane is back; so are
/// changes of the desired count carried out. On EC2 and on Fargate.
#[test]
fn services_replace_and_scale_when_the_control_plane_is_back() {
    for on_fargate_ in [false, true] {
        let (provider, mut service) = match on_fargate_ {
            false => (fleet(1), service(2)),
            true => (on_fargate(), fargate_service(2, 256, 512)),
        };
        service.containers = [exits(container("main"), 1e9, 0)].into();
        let mut plan = plan(vec![provider], 8, Span::hours(1));
        plan.services = vec![scales_at(service, 4, 3)];
        plan.faults.push(Fault {
            name: "crash".into(),
            kind: FaultKind::ContainerCrash {
                work: None,
                container: None,
            },
            occurs: Occurrence::At(vec![at(150)]),
            lasts: None,
        });
        out(&mut plan, &[100], 200.0);
        let diary = diary(&plan, 1);
        assert_eq!(placed(&diary), [0.0, 0.0, 300.0, 300.0, 300.0]);
        assert_eq!(diary.stopped(0).len(), 2);
        assert!(diary.stopped(0).iter().all(|(at, _)| *at == 150.0));
    }
}

/// A daemon stands on an instance that has joined meanwhile before others are placed there.
#[test]
fn daemons_come_first_when_the_control_plane_is_back() {
    let group = AutoScalingGroup {
        desired_capacity: 1,
        boot: Some(Distribution::Constant(150.0)),
        ..group(1)
    };
    let mut plan = plan(vec![provider(group)], 2, Span::hours(1));
    let mut daemon = service(0);
    daemon.scheduling = Scheduling::Daemon;
    daemon.deployment.percentages.minimum_healthy_percent = 0;
    daemon.deployment.percentages.maximum_percent = 100;
    plan.services = vec![daemon];
    plan.tasks = vec![work(&[120, 130], vec![container("main")], 1e6)];
    out(&mut plan, &[100], 200.0);
    let diary = diary(&plan, 1);
    assert_eq!(diary.placed(1), [(300.0, (0, 0))]);
    assert_eq!(placed(&diary), [300.0]);
}

/// On Fargate a client tries again every minute, unless it gives up at once.
#[test]
fn fargate_launches_nothing_meanwhile() {
    for (on_no_capacity, times, refused) in [
        (OnNoCapacity::Queue, vec![50.0, 330.0], 0),
        (OnNoCapacity::Fail, vec![50.0], 1),
    ] {
        let mut plan = jobs(&[50, 150], on_no_capacity);
        plan.cluster.providers = vec![on_fargate()];
        plan.tasks[0].demand = fargate_service(0, 256, 512).demand;
        out(&mut plan, &[100], 200.0);
        let diary = diary(&plan, 1);
        assert_eq!(placed(&diary), times);
        assert_eq!(
            rejected(&diary),
            vec![(150.0, Rejection::NoFargate); refused]
        );
    }
}

/// What the launch rate of Fargate had not admitted yet waits, too: a bucket of one that is
/// refilled once a second.
#[test]
fn the_launch_rate_of_fargate_admits_nobody_meanwhile() {
    let mut plan = jobs(&[97], OnNoCapacity::Queue);
    plan.cluster.providers = vec![on_fargate()];
    plan.tasks[0].demand = fargate_service(0, 256, 512).demand;
    plan.tasks[0].count = 5.into();
    plan.delays = Delays::Realistic;
    plan.assumptions = Assumptions {
        fargate_launch_bucket: (1, Decimal::whole(1)),
        ..sure()
    }
    .into();
    out(&mut plan, &[100], 30.0);
    // Those that were due at 100 s and 101 s try again a minute later.
    assert_eq!(placed(&diary(&plan, 1)), [97.0, 98.0, 99.0, 160.0, 161.0]);
}

/// A group launches nothing, and replaces what has failed when the outage is over.
#[test]
fn groups_launch_nothing_meanwhile() {
    let group = AutoScalingGroup {
        desired_capacity: 2,
        ..group(2)
    };
    let mut plan = plan(vec![provider(group)], 1, Span::hours(1));
    plan.faults.push(instances_fail(vec![0], 150, None));
    assert_eq!(launched(&diary(&plan, 1)), [0.0, 0.0, 150.0]);
    out(&mut plan, &[100], 200.0);
    let diary = diary(&plan, 1);
    assert_eq!(launched(&diary), [0.0, 0.0, 300.0]);
    let failures = diary.times(|fact| matches!(fact, Fact::LaunchFailed { .. }).then_some(()));
    assert_eq!(failures, [], "nothing was tried");
}

/// Managed scaling measures and decides nothing: who waits though there is room brings no
/// instances, and who waits for want of room does when the outage is over.
#[test]
fn managed_scaling_decides_nothing_meanwhile() {
    let managed_group = |desired| AutoScalingGroup {
        desired_capacity: desired,
        managed_scaling: managed(),
        ..group(8)
    };
    let mut plan = jobs(&[150], OnNoCapacity::Provisioning);
    plan.cluster.instance_types = vec![instance_type(1)];
    plan.until = Until::Elapsed(Span::seconds(700));
    plan.tasks[0].duration = Distribution::Constant(1e6);
    out(&mut plan, &[100], 200.0);
    plan.cluster.providers = vec![provider(managed_group(1))];
    let roomy = diary(&plan, 1);
    assert_eq!(roomy.scaled(), []);
    assert_eq!(placed(&roomy), [300.0]);
    plan.cluster.providers = vec![provider(managed_group(0))];
    let full = diary(&plan, 1);
    assert_eq!(full.scaled(), [(300.0, (0, 2))]);
    let why = full.times(|fact| match fact {
        Fact::GroupScaled { why, .. } => Some(matches!(why, ScalingReason::Above { .. })),
        _ => None,
    });
    assert_eq!(why, [(300.0, true)]);
    assert_eq!(placed(&full), [300.0]);
}

/// Whose time in PROVISIONING is over meanwhile has it again (facts/ecs.md 55).
#[test]
fn nobody_is_given_up_in_provisioning_meanwhile() {
    let group = AutoScalingGroup {
        managed_scaling: managed(),
        ..group(0)
    };
    let mut plan = jobs(&[10], OnNoCapacity::Provisioning);
    plan.cluster.providers = vec![provider(group)];
    plan.cluster.instance_types = vec![instance_type(1)];
    plan.until = Until::Elapsed(Span::hours(2));
    out(&mut plan, &[100], 3_600.0);
    let why = Rejection::ProvisioningTimedOut;
    assert_eq!(rejected(&diary(&plan, 1)), [(10.0 + 3.0 * 1_800.0, why)]);
}

/// At 120 s the desired count would be 3, and at 180 s 1; the outage is over at 300 s.
#[test]
fn scheduled_actions_wait_for_the_end_in_their_order() {
    let changes = |outage: bool| {
        let mut plan = plan(vec![fleet(1)], 8, Span::hours(1));
        let service = scales_at(scales_at(service(2), 2, 3), 3, 1);
        plan.services = vec![service];
        if outage {
            out(&mut plan, &[100], 200.0);
        }
        diary(&plan, 1).times(|fact| match fact {
            Fact::Service(_, ServiceEvent::DesiredCountUpdated { to, .. }) => Some(*to),
            _ => None,
        })
    };
    assert_eq!(changes(false), [(120.0, 3), (180.0, 1)]);
    assert_eq!(changes(true), [(300.0, 3), (300.0, 1)]);
}
