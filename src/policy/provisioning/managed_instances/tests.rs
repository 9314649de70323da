//! Tests of the choice of types, zones and instances that leave.

use super::*;
use crate::catalog::{Architecture, OperatingSystem};
use crate::cluster::{
    Cluster, Condition, GroupId, MemberOf, PoolId, PoolSpec, Port, Protocol, ProviderId, Request,
    Requirement, Shape, ZoneId,
};
use crate::units::{Cpu, Memory, Ratio, SimTime, Usd};
use std::collections::BTreeMap;

const SAVING: Ratio = Ratio::millionths(200_000).expect("below one");
const NOW: SimTime = SimTime::ZERO;
const GROUPS: usize = 3;

fn shape(cpu: u64, gib: u64) -> Shape {
    Shape {
        cpu: Cpu::vcpus(cpu),
        memory: Memory::gib(gib),
        interfaces: 0,
        gpus: 0,
    }
}

/// vCPUs, GiB, GPUs and cents per hour.
type Type = (u64, u64, u32, i128);

/// The types of a provider in one zone, each with a number of instances.
struct World {
    cluster: Cluster,
    offers: Vec<Vec<Offer>>,
}

fn world(types: &[Type]) -> World {
    let mut cluster = Cluster::new(GROUPS);
    let zones = 2;
    for (kind, (cpu, gib, gpus, _)) in types.iter().enumerate() {
        for zone in 0..zones {
            cluster.add_pool(PoolSpec {
                provider: ProviderId::new(0),
                zone: ZoneId::new(zone),
                instance_type: kind,
                cpu: Cpu::vcpus(*cpu),
                memory: Memory::gib(*gib),
                gpus: *gpus,
                task_interfaces: 100,
                architecture: Architecture::X86,
                operating_system: OperatingSystem::Linux,
                attributes: BTreeMap::new(),
                agent_version: None,
                in_group: true,
            });
        }
    }
    let offer = |(kind, (.., cents)): (usize, &Type), zone| Offer {
        prospect: cluster.prospect(PoolId::new(kind * zones + zone), NOW),
        price: Usd::nanos(cents * 10_000_000),
    };
    let in_zone = |zone| types.iter().enumerate().map(|of| offer(of, zone)).collect();
    let offers = (0..zones).map(in_zone).collect();
    World { cluster, offers }
}

/// Tasks of a group may use the pools of these types.
fn requirement(group: usize, types: &[usize]) -> Requirement {
    let pools = types.iter().flat_map(|kind| [2 * kind, 2 * kind + 1]);
    Requirement {
        pools: pools.map(PoolId::new).collect(),
        ports: Vec::new(),
        group: GroupId::new(group),
        distinct_instance: false,
        member_of: MemberOf::default(),
        daemon: false,
    }
}

fn anywhere(group: usize) -> Requirement {
    requirement(group, &[0, 1, 2, 3])
}

/// A condition on the instances of all pools.
fn with_condition(condition: Condition) -> Requirement {
    let pools = anywhere(0).pools;
    let member_of = MemberOf::new(pools.into_iter().map(|pool| (pool, condition.clone())));
    Requirement {
        member_of,
        ..anywhere(0)
    }
}

/// Waiting tasks: what they need, their number, and their requirement.
type Waiting<'a> = (Shape, u32, &'a Requirement);

fn request<'a>((shape, _, requirement): &Waiting<'a>) -> Request<'a> {
    Request {
        shape: *shape,
        requirement,
    }
}

/// By batch and type: whether a new instance has room for one.
fn holds(world: &World, waiting: &[Waiting<'_>]) -> Vec<Vec<bool>> {
    let fits = |of: &Waiting<'_>| {
        let offers = world.offers[0].iter();
        offers
            .map(|offer| offer.prospect.fits(&request(of)))
            .collect()
    };
    waiting.iter().map(fits).collect()
}

fn work<'a>(waiting: &[Waiting<'a>], holds: &'a [Vec<bool>]) -> Work<'a> {
    let batch = |(of, holds): (&Waiting<'a>, &'a Vec<bool>)| Batch {
        request: request(of),
        count: of.1,
        holds,
    };
    Work::new(waiting.iter().zip(holds).map(batch).collect())
}

fn order(world: &World, waiting: &[Waiting<'_>], most: u32) -> Vec<usize> {
    let holds = holds(world, waiting);
    preferences(&work(waiting, &holds), &world.offers[0], most)
}

fn filled(world: &World, waiting: &[Waiting<'_>], kind: usize) -> Vec<(usize, u32)> {
    let holds = holds(world, waiting);
    let prospect = world.offers[0][kind].prospect.clone();
    work(waiting, &holds).fill(prospect, 100)
}

/// One task of 5 GiB and one of 9 GiB, with one vCPU each, share the cheapest type that holds
/// both (the published walk-through, facts/ecs.md 42d).
#[test]
fn ecs_42d_the_cheapest_type_that_holds_all_is_first() {
    let world = world(&[(2, 4, 0, 7), (2, 8, 0, 9), (2, 16, 0, 11), (4, 16, 0, 18)]);
    let any = anywhere(0);
    let waiting = [(shape(1, 5), 1, &any), (shape(1, 9), 1, &any)];
    assert_eq!(order(&world, &waiting, 100), [2, 3]);
    assert_eq!(filled(&world, &waiting, 2), [(1, 1), (0, 1)]);
}

#[test]
fn many_tasks_share_a_large_instance_and_few_a_small_one() {
    // The same price per vCPU in every size.
    let world = world(&[
        (2, 8, 0, 10),
        (4, 16, 0, 20),
        (8, 32, 0, 40),
        (16, 64, 0, 80),
    ]);
    let any = anywhere(0);
    let first = |count| order(&world, &[(shape(1, 2), count, &any)], 100)[0];
    let counts = [1, 2, 3, 4, 9, 40];
    assert_eq!(counts.map(first), [0, 0, 1, 1, 2, 3]);
    // An instance for each task.
    assert_eq!(order(&world, &[(shape(1, 2), 40, &any)], 1)[0], 0);
    let distinct = Requirement {
        distinct_instance: true,
        ..anywhere(0)
    };
    assert_eq!(order(&world, &[(shape(1, 2), 40, &distinct)], 100)[0], 0);
}

#[test]
fn types_that_cannot_hold_the_largest_task_are_left_out() {
    let world = world(&[(2, 8, 0, 10), (4, 16, 0, 20)]);
    let any = anywhere(0);
    let waiting = [(shape(1, 1), 5, &any), (shape(3, 4), 1, &any)];
    assert_eq!(order(&world, &waiting, 100), [1]);
    assert!(order(&world, &[(shape(5, 4), 1, &any)], 100).is_empty());
    assert!(order(&world, &[(shape(1, 1), 0, &any)], 100).is_empty());
    let second_only = requirement(0, &[1]);
    assert_eq!(order(&world, &[(shape(1, 1), 1, &second_only)], 100), [1]);
}

/// The rule of placement decides what shares an instance: host ports of two services, `distinctInstance`,
/// and `memberOf` on task groups.
#[test]
fn tasks_that_may_not_share_an_instance_are_not_put_together() {
    let world = world(&[(8, 32, 0, 40)]);
    let port = Port {
        protocol: Protocol::Tcp,
        number: 80,
    };
    let with_port = |group| Requirement {
        ports: vec![port],
        ..anywhere(group)
    };
    let (one, other) = (with_port(0), with_port(1));
    let waiting = [(shape(1, 1), 2, &one), (shape(1, 1), 2, &other)];
    assert_eq!(filled(&world, &waiting, 0), [(0, 1)]);
    let alone = Requirement {
        distinct_instance: true,
        ..anywhere(0)
    };
    let any = anywhere(1);
    let waiting = [(shape(1, 1), 3, &alone), (shape(1, 1), 2, &any)];
    assert_eq!(filled(&world, &waiting, 0), [(0, 1), (1, 2)]);
    let hosts = Condition::HostsGroup(vec![GroupId::new(1)]);
    let apart = with_condition(Condition::Not(Box::new(hosts.clone())));
    let waiting = [(shape(2, 1), 1, &any), (shape(1, 1), 3, &apart)];
    assert_eq!(filled(&world, &waiting, 0), [(0, 1)]);
    // And those that must: the larger ones wait for a task of the other group.
    let together = with_condition(hosts);
    let waiting = [(shape(2, 1), 2, &together), (shape(1, 1), 1, &any)];
    assert_eq!(filled(&world, &waiting, 0), [(1, 1), (0, 2)]);
}

/// The first type beats the second: it costs as much and holds more. The greedy order takes less work into
/// it, as the task of 4 vCPUs leaves no room for the small ones.
#[test]
fn a_type_that_another_beats_comes_after_it() {
    let world = world(&[(10, 16, 0, 40), (9, 16, 0, 40)]);
    let any = anywhere(0);
    let waiting = [
        (shape(6, 1), 1, &any),
        (shape(4, 1), 1, &any),
        (shape(1, 5), 3, &any),
    ];
    assert_eq!(filled(&world, &waiting, 0), [(0, 1), (1, 1)]);
    assert_eq!(filled(&world, &waiting, 1), [(0, 1), (2, 3)]);
    assert_eq!(order(&world, &waiting, 100), [0, 1]);
    // It does not, where it may not hold the same tasks.
    let second = requirement(1, &[1]);
    let waiting = [(shape(1, 1), 1, &any), (shape(1, 1), 9, &second)];
    assert_eq!(order(&world, &waiting, 100)[0], 1);
}

#[test]
fn types_with_gpus_are_for_tasks_with_gpus() {
    let world = world(&[(8, 32, 1, 30), (8, 32, 0, 40), (4, 16, 1, 20)]);
    let any = anywhere(0);
    let gpu = Shape {
        gpus: 1,
        ..shape(1, 1)
    };
    assert_eq!(order(&world, &[(shape(1, 1), 4, &any)], 100), [1]);
    let both = [(shape(1, 1), 1, &any), (gpu, 1, &any)];
    assert_eq!(order(&world, &both, 100), [2, 0]);
    let gpu_types = requirement(0, &[0, 2]);
    assert_eq!(order(&world, &[(shape(1, 1), 4, &gpu_types)], 100), [2, 0]);
}

#[test]
fn a_task_goes_to_the_open_zone_with_the_fewest() {
    let zone = |tasks: &[u32], open: &[bool]| zone_for(tasks, &[3, 1, 2], open);
    assert_eq!(zone(&[1, 0, 0], &[true; 3]), Some(1));
    assert_eq!(zone(&[0, 0, 0], &[true, false, true]), Some(2));
    assert_eq!(zone(&[0, 0, 0], &[false; 3]), None);
}

/// Types of 2, 4 and 8 vCPUs at 10 cents for two vCPUs.
fn sizes() -> World {
    world(&[(2, 8, 0, 10), (4, 16, 0, 20), (8, 32, 0, 40)])
}

/// Instances by type, zone and number of tasks of one vCPU; those of the `stays` may not leave.
fn next_of(
    instances: &[(usize, usize, u32)],
    stays: &[usize],
    of: &Requirement,
    (saving, dry): (Ratio, &[usize]),
) -> Option<(usize, Vec<usize>)> {
    let mut world = sizes();
    let one = Request {
        shape: shape(1, 2),
        requirement: of,
    };
    let ids: Vec<_> = instances
        .iter()
        .map(|(kind, zone, tasks)| {
            let id = world.cluster.register(PoolId::new(2 * kind + zone));
            (0..*tasks).for_each(|_| world.cluster.promise(id, &one));
            id
        })
        .collect();
    let host = |(at, (kind, zone, tasks)): (usize, &(usize, usize, u32))| Host {
        kind: *kind,
        zone: *zone,
        as_is: world.cluster.prospect_of(ids[at], NOW),
        tasks: match tasks {
            0 => Vec::new(),
            tasks => vec![HostedTasks {
                request: one,
                count: *tasks,
                holds: vec![true; 3],
            }],
        },
        may_leave: *tasks > 0 && !stays.contains(&at),
    };
    let hosts: Vec<Host<'_>> = instances.iter().enumerate().map(host).collect();
    let market = Market {
        offers: &world.offers,
        least_saving: saving,
        most_tasks: 100,
        is_dry: &|kind, _| dry.contains(&kind),
    };
    underused(&hosts, &market).map(|found| (found.host, found.replaced_by))
}

fn next(instances: &[(usize, usize, u32)], stays: &[usize]) -> Option<usize> {
    next_of(instances, stays, &anywhere(0), (SAVING, &[])).map(|(host, _)| host)
}

#[test]
fn the_one_with_the_least_work_leaves_if_others_of_its_zone_have_room() {
    assert_eq!(next(&[(1, 0, 3), (1, 0, 1)], &[]), Some(1));
    assert_eq!(next(&[(0, 0, 2), (0, 0, 1), (0, 0, 1)], &[]), Some(1));
    // Not into another zone, and not onto an instance that is idle itself.
    assert_eq!(next(&[(0, 0, 1), (0, 1, 1)], &[]), None);
    assert_eq!(next(&[(0, 0, 2), (0, 0, 0)], &[]), None);
    let busy = [(1, 0, 3), (1, 0, 1)];
    assert_eq!(next(&busy, &[1]), Some(0), "its three tasks fit there");
    assert_eq!(next(&busy, &[0, 1]), None);
    // Two others take two tasks each.
    assert_eq!(next(&[(1, 0, 2), (1, 0, 2), (2, 0, 4)], &[0, 1]), Some(2));
}

#[test]
fn one_that_a_cheaper_type_could_replace_leaves() {
    assert_eq!(next(&[(2, 0, 5), (2, 1, 4)], &[]), Some(1));
    assert_eq!(next(&[(2, 0, 5)], &[]), None);
    // 50 % less is not more than a share of 50 %.
    let half = Ratio::millionths(500_000).expect("below one");
    let of = |instance, saving, dry| next_of(&[instance], &[], &anywhere(0), (saving, dry));
    assert_eq!(of((2, 1, 4), half, &[]), None);
    assert_eq!(of((2, 1, 2), half, &[]), Some((0, vec![0])));
    assert_eq!(of((2, 1, 2), SAVING, &[]), Some((0, vec![0, 1])));
    // Types in which launches have failed lately do not count.
    assert_eq!(of((2, 1, 2), SAVING, &[0]), Some((0, vec![1])));
    assert_eq!(of((2, 1, 2), SAVING, &[0, 1]), None);
}

#[test]
fn tasks_that_no_other_instance_takes_stay() {
    assert_eq!(next(&[(1, 0, 3), (1, 0, 3)], &[]), None);
    let distinct = Requirement {
        distinct_instance: true,
        ..anywhere(0)
    };
    let both = [(0, 0, 1), (0, 0, 1)];
    assert_eq!(next_of(&both, &[], &distinct, (SAVING, &[])), None);
}
