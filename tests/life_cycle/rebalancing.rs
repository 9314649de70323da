//! Availability Zone rebalancing of services (facts/ecs.md 124 to 128).

use crate::world::*;
use ecsim::plan::{Count, StrategyItem};
use ecsim::simulation::ServiceEvent;

/// A service of `desired` tasks, spread over zones, on one host per zone with `vcpus` vCPUs each.
fn in_zones(desired: u32, vcpus: u64, zones: usize) -> Plan {
    let mut service = service(desired);
    service.placement = Service::default_placement();
    service.zone_rebalancing = true;
    let mut plan = plan(vec![fleet(zones as u32)], vcpus, Span::hours(2));
    plan.cluster.zones = ["a", "b", "c"][..zones]
        .iter()
        .map(|z| (*z).into())
        .collect();
    if let Capacity::Fleet(members) = &mut plan.cluster.providers[0].capacity {
        members[0].zones = (0..zones).collect();
    }
    plan.services = vec![service];
    plan
}

/// A zone has no instance and no room from `second` on, for `lasts` seconds.
fn zone_out(plan: &mut Plan, zone: usize, second: u64, lasts: f64) {
    plan.faults.push(Fault {
        name: "out".into(),
        kind: FaultKind::ZoneOutage {
            zone: Some(zone),
            share: Distribution::Constant(1.0),
        },
        occurs: Occurrence::At(vec![at(second)]),
        lasts: Some(Distribution::Constant(lasts)),
    });
}

/// The instances on which tasks run at the end, one host per zone.
fn hosts(diary: &Diary, zones: usize) -> Vec<usize> {
    let mut counts = vec![0; zones];
    for (_, fact) in &diary.facts {
        match fact {
            Fact::TaskStarted(of) => counts[of.task.instance.expect("on a host").index()] += 1,
            Fact::TaskStopped(of, _) if of.task.running => {
                counts[of.task.instance.expect("on a host").index()] -= 1;
            }
            _ => {}
        }
    }
    counts
}

fn events(diary: &Diary) -> Vec<(f64, ServiceEvent)> {
    diary.times(|fact| match fact {
        Fact::Service(_, event) => Some(*event),
        _ => None,
    })
}

/// Desired 2 over 2 zones, actual 2 and 0: one starts in the empty zone, then one stops in the full
/// one.
#[test]
fn ecs_126_a_zone_that_returns_gets_its_task_back() {
    let mut plan = in_zones(2, 4, 2);
    zone_out(&mut plan, 1, 600, 600.0);
    let played = diary(&plan, 1);
    assert_eq!(hosts(&played, 2), [1, 1]);
    let moved: Vec<_> = played
        .stopping(0)
        .into_iter()
        .filter(|(_, (_, why))| *why == StopReason::ZoneRebalancing)
        .collect();
    assert_eq!(moved.len(), 1);
    // Five minutes after the instance takes tasks again.
    let events = events(&played);
    let started = events
        .iter()
        .find(|(_, of)| *of == ServiceEvent::RebalancingStarted);
    let started = started.expect("it is rebalanced").0;
    assert!((1_500.0..1_600.0).contains(&started), "at {started}");
    // The new task was healthy before the old one stopped.
    let finished = events
        .iter()
        .find(|(_, of)| *of == ServiceEvent::RebalancingFinished);
    assert!(moved[0].0 >= finished.expect("it ends").0);
}

#[test]
fn ecs_124_a_service_without_it_stays_where_it_is() {
    let mut plan = in_zones(2, 4, 2);
    plan.services[0].zone_rebalancing = false;
    zone_out(&mut plan, 1, 600, 600.0);
    assert_eq!(hosts(&diary(&plan, 1), 2), [2, 0]);
}

#[test]
fn ecs_127_it_uses_only_the_room_that_there_is() {
    let mut plan = in_zones(6, 6, 3);
    // A host without room for a task: work fills it before the zone's tasks could return.
    let mut job = work(&[1_300], vec![container("main")], 10_000.0);
    job.demand.cpu = Drawn::Fixed(Cpu::vcpus(6));
    job.on_no_capacity = OnNoCapacity::Queue;
    plan.tasks = vec![job];
    zone_out(&mut plan, 2, 600, 600.0);
    let played = diary(&plan, 1);
    let events = events(&played);
    assert!(
        !events
            .iter()
            .any(|(_, of)| *of == ServiceEvent::RebalancingStarted)
    );
    assert_eq!(
        played.stopped(1).len(),
        2,
        "only those of the zone are lost"
    );
}

/// The strategy sends the next task to a provider without room in the zone with the fewest tasks: nothing
/// moves, as the task would start in another zone.
#[test]
fn ecs_127_the_room_is_that_of_the_provider_that_the_next_task_goes_to() {
    let mut plan = in_zones(6, 8, 2);
    plan.cluster.providers.push(Provider {
        name: "one-zone".into(),
        ..fleet(1)
    });
    let item = |provider, weight| StrategyItem {
        provider,
        base: 0,
        weight,
    };
    plan.services[0].target = Target::Strategy(vec![item(0, 1), item(1, 2)]);
    let played = diary(&plan, 1);
    // Two tasks of the first provider in zone b, four of the second in zone a.
    let zones = played.times(|fact| match fact {
        Fact::TaskStarted(of) => Some(of.task.zone.index()),
        _ => None,
    });
    let in_a = zones.iter().filter(|(_, zone)| *zone == 0).count();
    assert_eq!((in_a, zones.len()), (4, 6));
    assert_eq!(played.stopping(0), Vec::new());
}

/// Tasks stop in the zone with the most also where the base of its provider is for all of them; once they
/// are even nothing moves any more.
#[test]
fn ecs_127_tasks_stop_in_the_zone_with_the_most_whatever_their_provider() {
    let mut plan = in_zones(4, 8, 2);
    let fleet_in = |zone: usize| {
        let mut provider = plan.cluster.providers[0].clone();
        provider.name = format!("zone-{zone}");
        if let Capacity::Fleet(members) = &mut provider.capacity {
            members[0].zones = vec![zone];
            members[0].count = Count::Fixed(1);
        }
        provider
    };
    plan.cluster.providers = vec![fleet_in(0), fleet_in(1)];
    let item = |provider, base, weight| StrategyItem {
        provider,
        base,
        weight,
    };
    plan.services[0].target = Target::Strategy(vec![item(0, 4, 1), item(1, 0, 4)]);
    let played = diary(&plan, 1);
    assert_eq!(hosts(&played, 2), [2, 2]);
    assert_eq!(played.stopping(0).len(), 2);
}

#[test]
fn ecs_128_the_maximum_limits_how_many_move_at_a_time() {
    let mut plan = in_zones(6, 6, 3);
    plan.services[0].deployment.percentages.maximum_percent = 117;
    zone_out(&mut plan, 2, 600, 600.0);
    let played = diary(&plan, 1);
    assert_eq!(hosts(&played, 3), [2, 2, 2]);
    let events = events(&played);
    let times = events
        .iter()
        .filter(|(_, of)| *of == ServiceEvent::RebalancingStarted);
    assert_eq!(times.count(), 2, "one task at a time");
}

#[test]
fn tasks_on_fargate_are_rebalanced_too() {
    let mut plan = in_zones(6, 4, 3);
    plan.cluster.providers = vec![on_fargate()];
    let mut service = fargate_service(6, 256, 512);
    service.zone_rebalancing = true;
    service.placement = Service::default_placement();
    plan.services = vec![service];
    zone_out(&mut plan, 0, 600, 600.0);
    let played = diary(&plan, 1);
    let mut counts = [0_i32; 3];
    for (_, fact) in &played.facts {
        match fact {
            Fact::TaskStarted(of) => counts[of.task.zone.index()] += 1,
            Fact::TaskStopped(of, _) if of.task.running => counts[of.task.zone.index()] -= 1,
            _ => {}
        }
    }
    assert_eq!(counts, [2, 2, 2]);
}

/// Zones b and c have no task; b has no room, c has.
#[test]
fn ecs_127_of_the_zones_with_the_fewest_one_that_has_room() {
    let played = play(
        "\
ecsim: 1
name: tie
until: 1h
delays: none
cluster:
  availabilityZones: [us-east-1a, us-east-1b, us-east-1c]
  capacityProviders: [{ name: fleet, fleet: [{ instanceType: c6i.xlarge, count: 3 }] }]
taskDefinitions:
  - { family: web, cpu: 1 vCPU, memory: 1 GB, containerDefinitions: [{ name: web, image: w }] }
  - { family: big, cpu: 4 vCPU, memory: 1 GB, containerDefinitions: [{ name: web, image: w }] }
services:
  - { serviceName: web, taskDefinition: web, desiredCount: 4, launchType: EC2 }
tasks:
  - name: big
    taskDefinition: big
    placementConstraints: [{ type: memberOf, expression: 'attribute:ecs.availability-zone == us-east-1b' }]
    arrivals: { at: [0s] }
    duration: 10h
    onNoCapacity: queue
actions:
  - { at: 0s, updateContainerInstancesState: { status: DRAINING, availabilityZone: us-east-1b } }
  - { at: 0s, updateContainerInstancesState: { status: DRAINING, availabilityZone: us-east-1c } }
  - { at: 5m, updateContainerInstancesState: { status: ACTIVE } }
",
    );
    assert_eq!(hosts(&played, 3), [2, 1, 2], "the one on b is the big one");
}

/// Zone c has no instance that takes tasks until its agent is back at 30 minutes: the service, which is
/// uneven without it, is looked at until then.
#[test]
fn ecs_128_the_service_is_looked_at_again_after_a_zone_without_a_usable_instance() {
    let played = play(
        "\
ecsim: 1
name: sum
until: 1h
delays: none
cluster:
  availabilityZones: [us-east-1a, us-east-1b, us-east-1c]
  capacityProviders: [{ name: fleet, fleet: [{ instanceType: c6i.2xlarge, count: 3 }] }]
taskDefinitions:
  - { family: web, cpu: 1 vCPU, memory: 1 GB, containerDefinitions: [{ name: web, image: w }] }
services:
  - { serviceName: web, taskDefinition: web, desiredCount: 6, launchType: EC2 }
actions:
  - { at: 0s, updateContainerInstancesState: { status: DRAINING, instances: [1] } }
  - { at: 4m, updateContainerInstancesState: { status: ACTIVE, instances: [1] } }
faults:
  - { name: cut, agentDisconnect: { instances: [2] }, at: 3m, lasts: 27m }
",
    );
    assert_eq!(hosts(&played, 3), [2, 2, 2]);
}

/// FARGATE and FARGATE_SPOT place the first task of each in the first zone. The task that rebalancing starts
/// goes to the zone without one, whatever its capacity provider.
#[test]
fn ecs_127_on_two_fargate_providers_rebalancing_ends() {
    let played = play(
        "\
ecsim: 1
name: two
until: 6h
delays: none
cluster:
  availabilityZones: [us-east-1a, us-east-1b, us-east-1c]
  capacityProviders: [{ name: FARGATE }, { name: FARGATE_SPOT }]
taskDefinitions:
  - { family: web, cpu: '1024', memory: '2048', networkMode: awsvpc, containerDefinitions: [{ name: web, image: w }] }
services:
  - serviceName: web
    taskDefinition: web
    desiredCount: 3
    capacityProviderStrategy: [{ capacityProvider: FARGATE, weight: 1 }, { capacityProvider: FARGATE_SPOT, weight: 1 }]
",
    );
    let started = played.facts.iter().filter_map(|(_, fact)| match fact {
        Fact::TaskPlaced(of) => Some((of.task.ordinal, of.task.zone.index())),
        _ => None,
    });
    let mut zones: Vec<(u64, usize)> = started.collect();
    let stopped = played.stopping(0);
    assert_eq!(stopped.len(), 1, "{stopped:?}");
    zones.retain(|(ordinal, _)| *ordinal != stopped[0].1.0);
    let mut zones: Vec<usize> = zones.into_iter().map(|(_, zone)| zone).collect();
    zones.sort_unstable();
    assert_eq!(zones, [0, 1, 2]);
}

/// Zone b takes tasks again at 4 minutes. The first look at the service is at 5 minutes.
#[test]
fn ecs_127_protected_tasks_stop_rebalancing() {
    let scenario = |protection: &str| {
        play(&format!(
            "\
ecsim: 1
name: protected
until: 1h
delays: none
cluster:
  availabilityZones: [us-east-1a, us-east-1b]
  capacityProviders: [{{ name: fleet, fleet: [{{ instanceType: c6i.xlarge, count: 2 }}] }}]
taskDefinitions:
  - {{ family: web, cpu: 1 vCPU, memory: 1 GB, containerDefinitions: [{{ name: web, image: w }}] }}
services:
  - {{ serviceName: web, taskDefinition: web, desiredCount: 2, launchType: EC2 }}
actions:
  - {{ at: 0s, updateContainerInstancesState: {{ status: DRAINING, availabilityZone: us-east-1b }} }}
  - {{ at: 4m, updateContainerInstancesState: {{ status: ACTIVE }} }}
{protection}"
        ))
    };
    let first_start = |diary: &Diary| {
        diary
            .times(|fact| match fact {
                Fact::Service(_, ServiceEvent::RebalancingStarted) => Some(()),
                _ => None,
            })
            .first()
            .map(|(at, ())| *at)
    };
    let free = first_start(&scenario(""));
    assert_eq!(free, Some(301.0), "one second after the look");
    let protected = scenario(
        "  - { at: 3m, updateTaskProtection: { service: web, count: 1, expiresInMinutes: 20 } }\n",
    );
    let began = first_start(&protected).expect("after the protection");
    assert!((1380.0..1700.0).contains(&began), "{began}");
}
