//! ECS Managed Instances and constraints: what ECS launches for tasks that may not go everywhere or may
//! not share an instance, and what it does while a type has no capacity.

use crate::managed_instances::{draining, gone, launched, managed, world};
use crate::world::*;
use ecsim::cluster::{Lack, Port, Protocol, Query};
use ecsim::policy::placement::Strategy;
use ecsim::simulation::{InstanceFact, Obstacle};

const HOUR: u64 = 3_600;

fn query(text: &str) -> Vec<Query> {
    vec![Query::parse(text).expect("an expression")]
}

/// A service with a name, which is its task group.
fn named(name: &str, tasks: u32) -> Service {
    Service {
        name: name.into(),
        ..service(tasks)
    }
}

/// Why work waits, without those that find no instance.
fn no_type(diary: &Diary) -> Vec<Lack> {
    let said = diary.times(|fact| match fact {
        Fact::WorkWaits(_, Obstacle::NoType(lack)) => Some(*lack),
        _ => None,
    });
    said.into_iter().map(|(_, lack)| lack).collect()
}

fn zones(diary: &Diary) -> Vec<usize> {
    let launched = launched(diary);
    launched.iter().map(|(_, (_, zone))| *zone).collect()
}

/// The zone of the constraint is seen when the zone of a launch is chosen (facts/ecs.md 144).
#[test]
fn ecs_144_an_instance_is_launched_where_the_constraint_allows() {
    let mut service = service(2);
    service.demand.member_of = query("attribute:ecs.availability-zone == b");
    let diary = diary(&world(managed(3), vec![service], HOUR), 1);
    assert_eq!(zones(&diary), [1]);
    let placed: Vec<f64> = diary.placed(0).iter().map(|(at, _)| *at).collect();
    assert_eq!(placed, [50.0, 50.0]);
    assert!(no_type(&diary).is_empty());
}

/// A constraint on the type, and one on the type with the zone.
#[test]
fn ecs_144_the_type_of_a_constraint_is_launched() {
    let mut plan = world(managed(3), vec![service(2)], HOUR);
    let text = format!(
        "attribute:ecs.instance-type == {} and attribute:ecs.availability-zone in [b, c]",
        plan.cluster.instance_types[2].name
    );
    plan.services[0].demand.member_of = query(&text);
    let diary = diary(&plan, 1);
    let places: Vec<(usize, usize)> = launched(&diary).iter().map(|(_, place)| *place).collect();
    assert_eq!(places, [(2, 1), (2, 2)]);
}

/// Nothing is launched for tasks that no instance could ever hold, and the reason is told
/// (facts/ecs.md 144).
#[test]
fn ecs_144_nothing_is_launched_for_what_can_never_be_there() {
    let with = |text: &str| {
        let mut service = service(2);
        service.demand.member_of = query(text);
        world(managed(2), vec![service], HOUR)
    };
    for text in [
        "attribute:stack == prod",
        "attribute:ecs.availability-zone == c",
        "attribute:ecs.cpu-architecture == arm64",
        "attribute:ecs.os-type == windows",
        "attribute:ecs.instance-type == none.8",
        "ec2InstanceId == i-7",
    ] {
        let diary = diary(&with(text), 1);
        assert!(launched(&diary).is_empty(), "{text}");
        let told = no_type(&diary);
        // At first, and after the 30 minutes of PROVISIONING.
        assert!(told.len() > 1, "{text}: {told:?}");
        assert!(told.iter().all(|lack| *lack == Lack::MemberOf), "{text}");
    }
    // Other tasks get theirs meanwhile, and the idle instance of others leaves.
    let mut plan = with("attribute:stack == prod");
    plan.services.push(named("other", 2));
    plan.services[1] = scales_at(plan.services[1].clone(), 10, 0);
    let diary = diary(&plan, 1);
    assert_eq!(diary.placed(1).len(), 2);
    assert_eq!(launched(&diary).len(), 2);
    assert_eq!(gone(&diary).len(), 2);
}

/// A daemon has the port on each new instance: the service that wants it gets none.
#[test]
fn a_port_that_each_daemon_takes_is_never_free() {
    let mut agent = named("agent", 0);
    agent.scheduling = Scheduling::Daemon;
    agent.deployment.percentages.minimum_healthy_percent = 0;
    agent.deployment.percentages.maximum_percent = 100;
    let mut web = service(1);
    for of in [&mut agent, &mut web] {
        of.demand.host_ports = vec![port(80)];
    }
    let diary = diary(&world(managed(1), vec![web, agent], HOUR), 1);
    assert!(launched(&diary).is_empty());
    assert!(no_type(&diary).iter().all(|lack| *lack == Lack::Ports));
}

fn port(number: u16) -> Port {
    Port {
        protocol: Protocol::Tcp,
        number,
    }
}

/// Seconds until all tasks of all services are placed, and the number of launches.
fn all_placed(plan: &Plan, tasks: usize) -> (f64, usize) {
    let diary = diary(plan, 1);
    let placed: Vec<f64> = diary
        .times(|fact| match fact {
            Fact::TaskPlaced(_) => Some(()),
            _ => None,
        })
        .into_iter()
        .map(|(at, ())| at)
        .collect();
    assert_eq!(placed.len(), tasks);
    (placed[tasks - 1], launched(&diary).len())
}

/// Tasks that may not share an instance are not chosen for one: all are placed when the first
/// instances have registered.
#[test]
fn tasks_that_may_not_share_an_instance_get_instances_at_once() {
    // The tasks of a service keep apart.
    let mut apart = named("web", 6);
    apart.demand.member_of = query("not(task:group == service:web)");
    let (at, launches) = all_placed(&world(managed(1), vec![apart.clone()], 2 * HOUR), 6);
    assert_eq!((at, launches), (50.0, 6));

    // Two services keep apart, each within itself is together.
    let mut one = named("one", 4);
    one.demand.member_of = query("not(task:group == service:two)");
    let mut two = named("two", 4);
    two.demand.member_of = query("not(task:group == service:one)");
    let (at, launches) = all_placed(&world(managed(1), vec![one, two], 2 * HOUR), 8);
    assert_eq!((at, launches), (50.0, 2));

    // Two services with the same host port.
    let mut web = named("web", 4);
    let mut api = named("api", 4);
    for of in [&mut web, &mut api] {
        of.demand.host_ports = vec![port(80)];
    }
    let (at, launches) = all_placed(&world(managed(1), vec![web, api], 2 * HOUR), 8);
    assert_eq!((at, launches), (50.0, 8));

    // With `distinctInstance` of two services, one task of each shares an instance.
    let mut web = named("web", 4);
    let mut api = named("api", 4);
    for of in [&mut web, &mut api] {
        of.distinct_instance = true;
    }
    let (at, launches) = all_placed(&world(managed(1), vec![web, api], 2 * HOUR), 8);
    assert_eq!((at, launches), (50.0, 4));
}

/// Tasks that must be beside others come to the instances that are launched for those.
#[test]
fn tasks_that_must_be_beside_others_share_their_instance() {
    let mut follower = named("follower", 2);
    follower.demand.cpu = Drawn::Fixed(Cpu::units(1_500));
    follower.demand.member_of = query("task:group == service:leader");
    for zones in [1, 2] {
        let services = vec![follower.clone(), named("leader", 1)];
        let (at, launches) = all_placed(&world(managed(zones), services, 2 * HOUR), 3);
        assert_eq!((at, launches), (50.0, 1));
    }
    // Alone they wait, and nothing is launched.
    let services = vec![follower, named("leader", 0)];
    let diary = diary(&world(managed(1), services, HOUR), 1);
    assert!(launched(&diary).is_empty() && no_type(&diary).is_empty());
}

/// The task of an underused instance goes to the instance that was launched for it, though other zones
/// have fewer instances (facts/ecs.md 42k).
#[test]
fn ecs_42k_a_cheaper_instance_is_used_by_the_tasks_it_was_launched_for() {
    let services = vec![scales_at(service(6), 10, 0), named("stays", 1)];
    let diary = diary(&world(managed(3), services, HOUR), 1);
    let places: Vec<(usize, usize)> = launched(&diary).iter().map(|(_, place)| *place).collect();
    assert_eq!(places, [(1, 0), (0, 1), (0, 2), (0, 0)]);
    let moved = diary.placed(1);
    assert_eq!(moved[1].1.1, 3, "{moved:?}");
    assert_eq!(gone(&diary).len(), 3);
}

/// The cheaper type has no capacity of its own for hours: the underused instance stays meanwhile, its
/// task is not moved for nothing, and it is replaced when there is capacity (facts/ecs.md 42k).
#[test]
fn ecs_42k_an_instance_stays_while_the_cheaper_type_has_no_capacity() {
    let refuse = |name: &str, instance_type| Fault {
        name: name.into(),
        kind: FaultKind::InsufficientCapacity {
            instance_type: Some(instance_type),
            zone: None,
            spot_only: false,
        },
        occurs: Occurrence::At(vec![at(60)]),
        lasts: Some(Distribution::Constant(5.0 * HOUR as f64)),
    };
    let services = vec![scales_at(service(6), 10, 0), named("stays", 1)];
    let mut plan = world(managed(1), services, 7 * HOUR);
    plan.faults = vec![refuse("two", 0), refuse("four", 1)];
    let diary = diary(&plan, 1);
    let drained = draining(&diary);
    assert_eq!(drained.len(), 1, "{drained:?}");
    assert!(drained[0].0 > 5.0 * HOUR as f64, "{drained:?}");
    assert_eq!(diary.started(1).len(), 2);
    let kinds: Vec<usize> = launched(&diary)
        .iter()
        .map(|(_, (kind, _))| *kind)
        .collect();
    assert_eq!(kinds, [2, 0]);
    // Two types are tried, less and less often: every 15 minutes at last.
    let failed = diary.times(|fact| matches!(fact, Fact::LaunchFailed { .. }).then_some(()));
    assert!((10..60).contains(&failed.len()), "{}", failed.len());
}

/// The same on Spot, where pools run dry by themselves: moves come to an end.
#[test]
fn ecs_42k_consolidation_ends_on_spot() {
    let mut group = managed(3);
    group.mix.on_demand_percentage_above_base = 0;
    let services = vec![scales_at(service(24), 10, 2), named("stays", 3)];
    let mut plan = world(group, services, 5 * HOUR);
    plan.spot.interruptions = ecsim::plan::Interruptions::PerHour(0.0);
    for service in &mut plan.services {
        service.placement = PlacementRule::Ecs(vec![Strategy::Binpack(ecsim::cluster::Field::Cpu)]);
    }
    for seed in 1..=5 {
        let diary = diary(&plan, seed);
        let starts = diary.started(0).len() + diary.started(1).len();
        assert!(starts <= 27 + 15, "{starts}");
        let late = draining(&diary)
            .iter()
            .filter(|(at, _)| *at > 2.0 * HOUR as f64)
            .count();
        assert_eq!(late, 0, "seed {seed}");
    }
    let is_spot = |fact: &Fact| {
        matches!(
            fact,
            Fact::InstanceLaunched(InstanceFact { spot: true, .. })
        )
    };
    assert!(diary(&plan, 1).facts.iter().any(|(_, fact)| is_spot(fact)));
}
