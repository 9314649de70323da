//! ECS Managed Instances: which instances ECS launches for waiting tasks, what it puts on them, and when
//! it removes, replaces and ends them (facts/ecs.md 42d to 42m).

use crate::world::*;
use ecsim::catalog::{InterruptionBand, SpotOffer};
use ecsim::cluster::{InstanceId, ServiceId};
use ecsim::plan::{InstanceManagement, InstanceType, ManagedInstances, ScaleInAfter, StrategyItem};
use ecsim::simulation::{InstanceEnd, InstanceFact, LaunchFailure};
use std::sync::Arc;

const DAY: u64 = 86_400;

/// A type with so many vCPUs, 4 GiB for each, at 5 cents an hour for each.
fn sized(vcpus: u64) -> InstanceType {
    let price = Usd::nanos(50_000_000 * i128::from(vcpus));
    InstanceType {
        memory: Memory::gib(4 * vcpus),
        price_per_hour: Some(price),
        spot: Some(SpotOffer::at_price(
            InterruptionBand::Below5,
            Usd::nanos(price.as_nanos() / 4),
            price,
        )),
        ..instance_type(vcpus)
    }
}

/// A provider that may choose 2, 4 or 8 vCPUs in so many zones and removes after a minute.
pub fn managed(zones: usize) -> AutoScalingGroup {
    AutoScalingGroup {
        zones: (0..zones).collect(),
        root_volume: None,
        managed_instances: Some(ManagedInstances {
            scale_in_after: ScaleInAfter::After(Span::seconds(60)),
        }),
        ..AutoScalingGroup::managed_instances(vec![0, 1, 2])
    }
}

/// A plan with this provider and these services, whose tasks spread over zones, for so long.
pub fn world(group: AutoScalingGroup, services: Vec<Service>, seconds: u64) -> Plan {
    let mut plan = plan(vec![provider(group)], 2, Span::seconds(seconds));
    plan.cluster.instance_types = vec![sized(2), sized(4), sized(8)];
    plan.cluster.zones = ["a", "b", "c"].map(String::from).into();
    plan.delays = Delays::Realistic;
    plan.assumptions = sure().into();
    plan.services = services;
    for service in &mut plan.services {
        service.placement = Service::managed_placement();
    }
    plan
}

/// Launches with type and zone, in order.
pub fn launched(diary: &Diary) -> Vec<(f64, (usize, usize))> {
    diary.times(|fact| match fact {
        Fact::InstanceLaunched(of) => Some((of.instance_type, of.zone.index())),
        _ => None,
    })
}

pub fn gone(diary: &Diary) -> Vec<(f64, (usize, InstanceEnd))> {
    diary.times(|fact| match fact {
        Fact::InstanceGone(of, end) => Some((of.instance.index(), *end)),
        _ => None,
    })
}

pub fn draining(diary: &Diary) -> Vec<(f64, usize)> {
    diary.times(|fact| match fact {
        Fact::InstanceDraining(of) => Some(of.instance.index()),
        _ => None,
    })
}

/// Eight tasks of one vCPU wait in one zone: five seconds later ECS launches one instance that holds
/// all. The last two of ten get a small one.
#[test]
fn ecs_42d_waiting_tasks_share_the_type_that_is_cheapest_for_them() {
    for (tasks, wanted) in [(8, vec![2]), (10, vec![2, 0]), (3, vec![1]), (1, vec![0])] {
        let diary = diary(&world(managed(1), vec![service(tasks)], 300), 1);
        let launched = launched(&diary);
        let kinds: Vec<usize> = launched.iter().map(|(_, (kind, _))| *kind).collect();
        // Three vCPUs cost as much on 4 as on 2 and 2: fewer instances are chosen.
        assert_eq!(kinds, wanted, "{tasks}");
        assert!(launched.iter().all(|(at, _)| *at == 5.0), "{launched:?}");
        // 45 s of boot; the agent takes 2 s, the manifest 0.4 s and the container 0.6 s.
        let placed = diary.placed(0);
        assert_eq!(placed.len(), tasks as usize);
        assert!(placed.iter().all(|(at, _)| *at == 50.0), "{placed:?}");
    }
}

/// Two services with two tasks each: in each zone an instance holds one task of both.
#[test]
fn ecs_42d_zones_come_before_packing() {
    let mut other = service(2);
    other.name = "other".into();
    let plan = world(managed(2), vec![service(2), other], 300);
    let diary = diary(&plan, 1);
    let launched: Vec<(usize, usize)> = launched(&diary).iter().map(|(_, what)| *what).collect();
    assert_eq!(launched, [(0, 0), (0, 1)]);
    for service in 0..2 {
        let instances: Vec<usize> = diary
            .placed(service)
            .iter()
            .map(|(_, (_, on))| *on)
            .collect();
        assert_eq!(instances.len(), 2);
        assert_ne!(instances[0], instances[1]);
    }
    // A service of nine tasks has three in each zone, though one instance would hold eight.
    let diary = self::diary(&world(managed(3), vec![service(9)], 300), 1);
    let launched: Vec<(usize, usize)> = self::launched(&diary)
        .iter()
        .map(|(_, what)| *what)
        .collect();
    assert_eq!(launched, [(1, 0), (1, 1), (1, 2)]);
}

/// `tasksPerInstance: 1` gives each task an instance of its own; `distinctInstance` does the same.
#[test]
fn a_task_can_have_an_instance_of_its_own() {
    let mut alone = world(managed(1), vec![service(4)], 300);
    alone.assumptions = Arc::new(Assumptions {
        managed_instances: InstanceManagement {
            tasks_per_instance: 1,
            ..InstanceManagement::default()
        },
        ..sure()
    });
    let mut distinct = world(managed(1), vec![service(4)], 300);
    distinct.services[0].distinct_instance = true;
    for plan in [alone, distinct] {
        let diary = diary(&plan, 1);
        let kinds: Vec<usize> = launched(&diary)
            .iter()
            .map(|(_, (kind, _))| *kind)
            .collect();
        assert_eq!(kinds, [0, 0, 0, 0]);
        assert_eq!(diary.placed(0).len(), 4);
    }
}

/// At minute 10 a service falls from 8 tasks to none: a minute later ECS terminates the idle
/// instance. With `scaleInAfter: -1` it stays.
#[test]
fn ecs_42i_an_idle_instance_is_removed_after_the_delay() {
    let falls = || vec![scales_at(service(8), 10, 0)];
    let diary = diary(&world(managed(1), falls(), 3_600), 1);
    let gone = gone(&diary);
    assert_eq!(gone.len(), 1, "{gone:?}");
    let (at, what) = gone[0];
    assert_eq!(what, (0, InstanceEnd::ScaledIn));
    // The round of the service at 600 s stops the tasks; within 30 s they are gone.
    assert!((660.0..=710.0).contains(&at), "{at}");
    let mut never = managed(1);
    never.managed_instances = Some(ManagedInstances {
        scale_in_after: ScaleInAfter::Never,
    });
    assert!(self::gone(&self::diary(&world(never, falls(), 3_600), 1)).is_empty());
}

/// A task that starts while the instance is idle ends the wait (facts/ecs.md 42i).
#[test]
fn ecs_42i_a_new_task_keeps_an_idle_instance() {
    let service = scales_at(scales_at(service(2), 10, 0), 11, 2);
    let mut group = managed(1);
    group.managed_instances = Some(ManagedInstances {
        scale_in_after: ScaleInAfter::After(Span::seconds(120)),
    });
    let diary = diary(&world(group, vec![service], 3_000), 1);
    assert_eq!(launched(&diary).len(), 1);
    assert!(gone(&diary).is_empty());
}

/// The published walk-through in small: a service ends, and the other one has a task on an instance
/// that is twice as large as it needs. The instance is drained, a cheaper one is launched for the
/// task before it stops, and the old one ends.
#[test]
fn ecs_42k_an_underused_instance_is_replaced_by_a_cheaper_one() {
    let mut stays = service(1);
    stays.name = "stays".into();
    let plan = world(managed(1), vec![scales_at(service(6), 10, 0), stays], 3_600);
    let diary = diary(&plan, 1);
    let launched = launched(&diary);
    let kinds: Vec<usize> = launched.iter().map(|(_, (kind, _))| *kind).collect();
    assert_eq!(kinds, [2, 0], "{launched:?}");
    let drained = draining(&diary);
    assert_eq!(drained.len(), 1);
    assert_eq!(drained[0].1, 0);
    let gone = gone(&diary);
    assert_eq!(gone.len(), 1);
    assert_eq!(gone[0].1, (0, InstanceEnd::ScaledIn));
    // Start before stop: the new task runs before the old one stops.
    let started = diary.started(1);
    let stopping = diary.stopping(1);
    assert_eq!((started.len(), stopping.len()), (2, 1));
    assert!(started[1].0 <= stopping[0].0, "{started:?} {stopping:?}");
    assert_eq!(stopping[0].1, (0, StopReason::InstanceDraining));
}

/// Two instances that are half empty become one: the tasks of the one with less work move, one
/// instance at a time. An instance with a standalone task stays.
#[test]
fn ecs_42k_tasks_move_to_the_room_of_other_instances() {
    let mut second = service(4);
    second.name = "second".into();
    let mut plan = world(managed(1), vec![service(8)], 3_600);
    second.placement = Service::managed_placement();
    // Eight tasks fill the large one; four more get another instance; then both shrink.
    plan.services[0] = scales_at(plan.services[0].clone(), 10, 4);
    plan.services
        .push(scales_at(scales_at(second, 1, 4), 10, 2));
    let diary = diary(&plan, 1);
    let gone = gone(&diary);
    assert_eq!(gone.len(), 1, "{gone:?}");
    let left = launched(&diary).len() - gone.len();
    assert_eq!(left, 1, "six tasks on one instance");
    // A standalone task on the smaller one: nothing is drained (facts/ecs.md 42k).
    let mut job = work(&[20], vec![container("main")], 3_000.0);
    job.on_no_capacity = OnNoCapacity::Provisioning;
    plan.tasks = vec![job];
    plan.services[1].desired_count = 3;
    plan.services[1].scheduled.clear();
    plan.services[1] = scales_at(plan.services[1].clone(), 10, 0);
    plan.services[0].scheduled.clear();
    plan.services[0] = scales_at(plan.services[0].clone(), 10, 7);
    plan.until = Until::Elapsed(Span::seconds(3_000));
    let diary = self::diary(&plan, 1);
    assert!(draining(&diary).is_empty(), "{:?}", draining(&diary));
}

/// After 14 days an instance drains: its service starts another task first. A standalone task goes on
/// until day 21, when the instance is terminated with it (facts/ecs.md 42l).
#[test]
fn ecs_42l_instances_are_replaced_after_14_days_and_end_on_day_21() {
    let plan = world(managed(1), vec![service(2)], 20 * DAY);
    let diary = diary(&plan, 1);
    let (drained, gone) = (draining(&diary), gone(&diary));
    assert_eq!(drained[0], (14.0 * DAY as f64 + 5.0, 0));
    assert_eq!(gone[0].1, (0, InstanceEnd::MaximumAge));
    let after = gone[0].0 - drained[0].0;
    assert!((40.0..240.0).contains(&after), "{after}");
    assert_eq!(launched(&diary).len(), 2);

    let mut job = work(&[0], vec![container("main")], 30.0 * DAY as f64);
    job.on_no_capacity = OnNoCapacity::Provisioning;
    job.retry.attempts = Some(1);
    let mut plan = world(managed(1), Vec::new(), 25 * DAY);
    plan.tasks = vec![job];
    let diary = self::diary(&plan, 1);
    assert_eq!(self::draining(&diary), [(14.0 * DAY as f64 + 5.0, 0)]);
    let end = (21.0 * DAY as f64 + 5.0, (0, InstanceEnd::MaximumAge));
    assert_eq!(self::gone(&diary), [end]);
}

/// EC2 has no capacity of the first choice: the next best type that holds the task is launched. With no
/// capacity at all in a zone, the task goes to another zone; with none anywhere ECS tries again after a
/// minute.
#[test]
fn a_launch_without_capacity_falls_to_another_type_and_another_zone() {
    let refuse = |instance_type, zone, from, lasts| Fault {
        name: format!("none-{zone:?}"),
        kind: FaultKind::InsufficientCapacity {
            instance_type,
            zone,
            spot_only: false,
        },
        occurs: Occurrence::At(vec![at(from)]),
        lasts: Some(Distribution::Constant(lasts)),
    };
    let mut plan = world(managed(2), vec![service(1)], 600);
    plan.faults = vec![refuse(Some(0), None, 0, 500.0)];
    let diary = diary(&plan, 1);
    let first = launched(&diary)[0].1;
    assert_eq!(first, (1, 0));
    plan.faults = vec![refuse(None, Some(0), 0, 500.0)];
    let diary = self::diary(&plan, 1);
    assert_eq!(launched(&diary)[0], (5.0, (0, 1)));
    plan.faults = vec![refuse(None, None, 0, 30.0)];
    let diary = self::diary(&plan, 1);
    assert_eq!(launched(&diary)[0], (65.0, (0, 0)));
    let failed = diary.times(|fact| match fact {
        Fact::LaunchFailed { why, .. } => Some(*why),
        _ => None,
    });
    assert_eq!(failed.len(), 6, "three types in two zones");
    assert!(
        failed
            .iter()
            .all(|(_, why)| *why == LaunchFailure::NoCapacity)
    );
}

/// `capacityOptionType: SPOT`: an interrupted instance drains at its notice, and its task is
/// replaced on another one.
#[test]
fn ecs_42m_spot_instances_are_interrupted_and_replaced() {
    let mut group = managed(1);
    group.mix.on_demand_percentage_above_base = 0;
    let mut plan = world(group, vec![service(2)], 12 * 3_600);
    plan.spot.interruptions = ecsim::plan::Interruptions::PerHour(0.5);
    let diary = diary(&plan, 1);
    let is_spot = |of: &InstanceFact| of.spot;
    assert!(diary.facts.iter().all(|(_, fact)| match fact {
        Fact::InstanceLaunched(of) => is_spot(of),
        _ => true,
    }));
    let ends = gone(&diary);
    let interrupted =
        |(_, (_, end)): &&(f64, (usize, InstanceEnd))| *end == InstanceEnd::Interrupted;
    let count = ends.iter().filter(interrupted).count();
    assert!(count > 1, "{ends:?}");
    let running = diary.started(0).len() - diary.stopped(0).len();
    assert!(running >= 2, "the service keeps its tasks");
}

/// EC2, Fargate and Managed Instances side by side; a task of the launch type EC2 never goes to a
/// Managed Instance (facts/ecs.md 42e).
#[test]
fn ecs_42e_providers_stand_side_by_side() {
    let mut plan = world(managed(1), vec![service(2)], 900);
    plan.cluster.providers.push(fleet(1));
    plan.cluster.providers.push(on_fargate());
    let mut on_ec2 = service(2);
    on_ec2.name = "on-ec2".into();
    on_ec2.target = Target::AnyInstance;
    let mut fargate = fargate_service(1, 1_024, 2_048);
    fargate.name = "on-fargate".into();
    fargate.target = Target::Provider(2);
    plan.services.push(on_ec2);
    plan.services.push(fargate);
    let prices = catalog_prices();
    plan.prices.fargate_x86 = Some(prices);
    let diary = diary(&plan, 1);
    let providers = |service: usize| -> Vec<Option<usize>> {
        let said = diary.times(|fact| match fact {
            Fact::TaskPlaced(of)
                if of.work == ecsim::cluster::WorkId::Service(ServiceId::new(service)) =>
            {
                Some(of.provider.map(|provider| provider.index()))
            }
            _ => None,
        });
        said.into_iter().map(|(_, provider)| provider).collect()
    };
    assert_eq!(providers(0), [Some(0), Some(0)]);
    assert_eq!(providers(1), [Some(1), Some(1)]);
    assert_eq!(providers(2), [Some(2)]);
    // A strategy does not mix them (facts/ecs.md 42).
    let item = |provider| StrategyItem {
        provider,
        base: 0,
        weight: 1,
    };
    for other in [1, 2] {
        plan.services[0].target = Target::Strategy(vec![item(0), item(other)]);
        let problems = plan.check().expect_err("two kinds");
        let text = format!("{problems:?}");
        assert!(text.contains("one kind of capacity"), "{text}");
    }
}

fn catalog_prices() -> ecsim::catalog::FargatePrices {
    ecsim::catalog::fargate_prices("us-east-1", ecsim::catalog::Architecture::X86)
        .expect("the catalog has prices of us-east-1")
}

/// A zone fails while an instance boots there: the tasks that waited for it get another one.
#[test]
fn tasks_of_an_instance_that_is_lost_while_it_boots_wait_for_another() {
    let mut plan = world(managed(2), vec![service(2)], 120);
    plan.faults = vec![Fault {
        name: "zone".into(),
        kind: FaultKind::ZoneOutage {
            zone: Some(1),
            share: Distribution::Constant(1.0),
        },
        occurs: Occurrence::At(vec![at(20)]),
        lasts: Some(Distribution::Constant(600.0)),
    }];
    let diary = diary(&plan, 1);
    assert_eq!(launched(&diary).len(), 3);
    let placed: Vec<usize> = diary.placed(0).iter().map(|(_, (_, on))| *on).collect();
    assert_eq!(placed.len(), 2);
    let booted = InstanceId::new(1);
    assert!(!placed.contains(&booted.index()), "{placed:?}");
}
