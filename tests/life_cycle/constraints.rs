//! Constraints `memberOf` in runs: who is refused, who waits, who is placed when, and what is told.

use super::world::*;
use ecsim::cluster::{Field, Lack, Lacks};
use ecsim::plan::{Query, Strategy};
use ecsim::simulation::{Obstacle, Rejection, ServiceEvent};

fn query(text: &str) -> Vec<Query> {
    vec![Query::parse(text).expect("an expression")]
}

/// One fleet with these numbers of instances of two types of one vCPU.
fn two_types(of_first: u32, of_second: u32) -> Plan {
    let members = vec![member(0, of_first), member(1, of_second)];
    let fleet = Provider {
        name: "fleet".into(),
        capacity: Capacity::Fleet(members),
    };
    let mut plan = plan(vec![fleet], 1, Span::hours(2));
    let mut other = instance_type(1);
    other.name = "other.1".into();
    plan.cluster.instance_types.push(other);
    plan
}

fn rejected(diary: &Diary) -> Vec<(f64, Rejection)> {
    diary.times(|fact| match fact {
        Fact::TaskRejected(_, why) => Some(*why),
        _ => None,
    })
}

fn lacks(diary: &Diary) -> Vec<(f64, Lacks)> {
    diary.times(|fact| match fact {
        Fact::WorkWaits(_, Obstacle::NoRoom(lacks)) => Some(*lacks),
        _ => None,
    })
}

#[test]
fn fact_98_a_task_that_no_instance_allows_is_refused_or_waits_in_provisioning() {
    let mut plan = two_types(1, 0);
    let mut work = work(&[5], Vec::new(), 10.0);
    work.demand.member_of = query("attribute:ecs.instance-type == other.1");
    for on_no_capacity in [OnNoCapacity::Fail, OnNoCapacity::Queue] {
        work.on_no_capacity = on_no_capacity;
        plan.tasks = vec![work.clone()];
        let refused = vec![(5.0, Rejection::Unplaceable)];
        assert_eq!(rejected(&diary(&plan, 1)), refused);
    }
    // On a group with managed scaling it waits until the time in PROVISIONING is over (55).
    let group = AutoScalingGroup {
        managed_scaling: managed(),
        ..group(5)
    };
    plan.cluster.providers = vec![provider(group)];
    work.on_no_capacity = OnNoCapacity::Provisioning;
    plan.tasks = vec![work];
    let diary = diary(&plan, 1);
    assert_eq!(
        rejected(&diary),
        vec![(1_805.0, Rejection::ProvisioningTimedOut)]
    );
    // It makes the group not grow (144).
    assert_eq!(diary.scaled(), Vec::new());
}

#[test]
fn fact_144_waiting_tasks_count_for_the_group_whose_types_they_can_match() {
    let group = AutoScalingGroup {
        types: vec![0, 1],
        managed_scaling: managed(),
        ..group(9)
    };
    let mut plan = two_types(0, 0);
    plan.cluster.providers = vec![provider(group)];
    let entry = |name: &str, count: u64, text: &str| {
        let mut made = work(&vec![30; count as usize], Vec::new(), 4_000.0);
        made.name = name.into();
        made.on_no_capacity = OnNoCapacity::Provisioning;
        made.demand.member_of = query(text);
        made
    };
    plan.tasks = vec![
        entry("never", 7, "attribute:ecs.instance-type == third.1"),
        entry("late", 1, "runningTasksCount == 0"),
    ];
    let diary = diary(&plan, 1);
    // From zero the metric is 200 %: two instances (136). The first of them is enough.
    let to: Vec<u32> = diary.scaled().iter().map(|(_, (_, to))| *to).collect();
    assert_eq!(to.first(), Some(&2));
    assert!(to.iter().all(|to| *to <= 2), "{to:?}");
    assert_eq!(diary.placed(1).len(), 1);
    assert_eq!(diary.placed(0), Vec::new());
}

#[test]
fn fact_103_a_task_follows_another_group_in_the_same_instant() {
    let mut plan = two_types(2, 0);
    // It waits for a neighbor, which comes after 60 s and goes to the first instance.
    let mut follower = work(&[0], Vec::new(), 10.0);
    follower.name = "follower".into();
    follower.group = "family:follower".into();
    follower.demand.cpu = Drawn::Fixed(Cpu::units(100));
    follower.demand.member_of = query("task:group == family:leader");
    let mut leader = work(&[60], Vec::new(), 100.0);
    leader.name = "leader".into();
    leader.group = "family:leader".into();
    leader.demand.cpu = Drawn::Fixed(Cpu::units(100));
    plan.job_queue.order = ecsim::plan::QueueOrder::SkipAhead;
    plan.tasks = vec![follower, leader];
    let diary = diary(&plan, 1);
    assert_eq!(diary.placed(1), [(60.0, (0, 0))]);
    assert_eq!(diary.placed(0), [(60.0, (0, 0))]);
    let (at, first) = lacks(&diary)[0];
    let lacking = (first.instances, first.count(Lack::MemberOf));
    assert_eq!((at, lacking), (0.0, (2, 2)));
}

#[test]
fn fact_103_tasks_of_a_group_keep_apart() {
    let mut plan = two_types(3, 0);
    let mut web = service(5);
    web.demand.cpu = Drawn::Fixed(Cpu::units(100));
    web.demand.member_of = query("not(task:group == service:service)");
    web.placement = PlacementRule::Ecs(vec![Strategy::Binpack(Field::Cpu)]);
    plan.services = vec![web];
    let diary = diary(&plan, 1);
    let placed: Vec<usize> = diary.placed(0).iter().map(|(_, (_, on))| *on).collect();
    assert_eq!(placed, [0, 1, 2]);
    let failed = diary.times(|fact| match fact {
        Fact::Service(_, ServiceEvent::PlacementFailed(lacks)) => Some(lacks.closest()),
        _ => None,
    });
    assert_eq!(failed.first(), Some(&(0.0, Lack::MemberOf)));
}

#[test]
fn fact_106_a_daemon_is_for_the_instances_that_meet_its_constraints() {
    let mut plan = two_types(2, 3);
    let mut agent = service(0);
    agent.scheduling = Scheduling::Daemon;
    agent.deployment.percentages.minimum_healthy_percent = 0;
    agent.deployment.percentages.maximum_percent = 100;
    agent.demand.member_of =
        query("attribute:ecs.instance-type == other.1 and ec2InstanceId != i-3");
    plan.services = vec![agent];
    let diary = diary(&plan, 1);
    let placed: Vec<usize> = diary.placed(0).iter().map(|(_, (_, on))| *on).collect();
    assert_eq!(placed, [2, 4]);
    let failed = diary.times(|fact| match fact {
        Fact::Service(_, ServiceEvent::PlacementFailed(_)) => Some(()),
        _ => None,
    });
    assert_eq!(failed, Vec::new());
}

#[test]
fn fact_104_an_instance_has_registered_when_it_has_booted() {
    let group = AutoScalingGroup {
        min_size: 2,
        desired_capacity: 2,
        registered_at_start: true,
        ..group(3)
    };
    let mut plan = plan(vec![provider(group)], 4, Span::hours(1));
    plan.assumptions = sure().into();
    plan.delays = Delays::Realistic;
    plan.actions = vec![ecsim::plan::Action {
        at: at(600),
        call: ecsim::plan::ApiCall::SetDesiredCapacity {
            provider: 0,
            desired_capacity: 3,
        },
    }];
    // The run starts at 1970-01-01; the third instance registers after ten minutes.
    let mut old = work(&[1_000, 1_001], Vec::new(), 10.0);
    old.demand.member_of = query("registeredAt <= 1970-01-01T00:00:00Z");
    let mut new = work(&[1_000, 1_001], Vec::new(), 10.0);
    new.name = "new".into();
    new.demand.member_of = query("registeredAt > 1970-01-01T00:10:00");
    plan.tasks = vec![old, new];
    let diary = diary(&plan, 1);
    let on = |entry| -> Vec<usize> { diary.placed(entry).iter().map(|(_, (_, on))| *on).collect() };
    assert_eq!(on(0), [0, 0]);
    assert_eq!(on(1), [2, 2]);
}

#[test]
fn fact_123_an_instance_takes_no_tasks_before_its_trunk_is_attached() {
    let placed = |trunked| {
        let group = AutoScalingGroup {
            desired_capacity: 1,
            ..group(1)
        };
        let mut plan = plan(vec![provider(group)], 4, Span::hours(1));
        plan.cluster.instance_types[0].trunked = trunked;
        plan.assumptions = sure().into();
        plan.delays = Delays::Realistic;
        plan.tasks = vec![work(&[0], Vec::new(), 10.0)];
        diary(&plan, 1).placed(0)
    };
    assert_eq!(placed(false), [(45.0, (0, 0))]);
    assert_eq!(placed(true), [(55.0, (0, 0))]);
}
