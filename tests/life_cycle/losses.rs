//! Instances that are lost: with their zone, before they have registered, or for a while; and
//! how their group replaces them (facts/ecs.md 165, 240).

use crate::world::*;
use ecsim::plan::{Fault, FaultKind, Occurrence};

/// An outage of the first zone from one second on, for so long.
fn outage(name: &str, second: u64, lasts: f64) -> Fault {
    Fault {
        name: name.into(),
        kind: FaultKind::ZoneOutage {
            zone: Some(0),
            share: Distribution::Constant(1.0),
        },
        occurs: Occurrence::At(vec![at(second)]),
        lasts: Some(Distribution::Constant(lasts)),
    }
}

/// A group of so many in two zones, whose instances register 45 s after their launch.
fn group_of(count: u32) -> Plan {
    let group = AutoScalingGroup {
        desired_capacity: count,
        zones: vec![0, 1],
        ..group(count)
    };
    let mut plan = plan(vec![provider(group)], 1, Span::hours(1));
    plan.cluster.zones = ["a", "b"].map(String::from).into();
    plan.delays = Delays::Realistic;
    plan.assumptions = Assumptions {
        sibling_launch_errors: (0.0, Span::ZERO),
        ..sure()
    }
    .into();
    plan
}

fn recovered(diary: &Diary) -> Vec<(f64, usize)> {
    diary.times(|fact| match fact {
        Fact::InstanceRecovered(of) => Some(of.instance.index()),
        _ => None,
    })
}

/// When each instance but the first was launched, and in which zone.
fn launched_later(diary: &Diary) -> Vec<(f64, usize)> {
    let launches = diary.times(|fact| match fact {
        Fact::InstanceLaunched(of) => Some(of.zone.index()),
        _ => None,
    });
    launches.into_iter().filter(|(at, _)| *at > 0.0).collect()
}

/// One instance of a fixed fleet is dead for good before its zone goes out: it stays so. The
/// others are back when the last of two outages is over.
#[test]
fn ecs_240_a_zone_brings_back_what_its_outage_has_taken() {
    let mut plan = plan(vec![fleet(3)], 1, Span::seconds(1_000));
    plan.faults = vec![
        instances_fail(vec![1], 50, None),
        outage("first", 100, 300.0),
        outage("second", 200, 500.0),
    ];
    assert_eq!(recovered(&diary(&plan, 1)), [(700.0, 0), (700.0, 2)]);
}

/// One that is repaired while its zone is out is back with the zone, as what lasts longer
/// counts.
#[test]
fn ecs_240_who_is_repaired_in_a_dead_zone_waits_for_it() {
    let mut plan = plan(vec![fleet(2)], 1, Span::seconds(1_000));
    plan.faults = vec![
        instances_fail(vec![0], 50, Some(100.0)),
        outage("out", 100, 300.0),
    ];
    assert_eq!(recovered(&diary(&plan, 1)), [(400.0, 0), (400.0, 1)]);
    plan.faults[0].lasts = Some(Distribution::Constant(500.0));
    assert_eq!(recovered(&diary(&plan, 1)), [(400.0, 1), (550.0, 0)]);
}

/// 400 tasks for Fargate, 100 at once and 20 a second; the first of two zones is out from 5 s
/// to 105 s. Those that the launch rate held for it go to the other one, for another token,
/// and nobody comes sooner than the rate lets him.
#[test]
fn ecs_240_fargate_launches_nothing_in_a_zone_that_has_gone_out() {
    let mut plan = plan(vec![on_fargate()], 1, Span::seconds(300));
    plan.cluster.zones = ["a", "b"].map(String::from).into();
    plan.delays = Delays::Realistic;
    plan.assumptions = Assumptions {
        sibling_launch_errors: (0.0, Span::ZERO),
        ..sure()
    }
    .into();
    let mut tasks = work(&[0], vec![container("main")], 1_000.0);
    tasks.demand = fargate_service(0, 256, 512).demand;
    tasks.count = 400.into();
    plan.tasks = vec![tasks];
    plan.faults = vec![outage("out", 5, 100.0)];
    let diary = diary(&plan, 1);
    let placed = diary.times(|fact| match fact {
        Fact::TaskPlaced(of) if of.task.attempts == 1 => Some(of.task.zone.index()),
        _ => None,
    });
    let in_dead_zone = |(at, zone): &&(f64, usize)| *zone == 0 && (5.0..105.0).contains(at);
    assert_eq!(placed.iter().find(in_dead_zone), None);
    assert_eq!(placed.len(), 400);
    for second in 1..300 {
        let until = f64::from(second);
        let so_far = placed.iter().filter(|(at, _)| *at <= until).count();
        assert!(
            so_far <= 100 + 20 * second as usize,
            "{so_far} by {until} s"
        );
    }
}

/// Of two that have just been launched the one in the zone that dies is replaced at once, in
/// the other zone.
#[test]
fn ecs_240_who_boots_in_a_zone_that_dies_is_lost() {
    let mut plan = group_of(2);
    plan.faults = vec![outage("out", 20, 3_000.0)];
    let diary = diary(&plan, 1);
    assert_eq!(launched_later(&diary), [(20.0, 1)]);
    let registered = diary.times(|fact| match fact {
        Fact::InstanceRegistered(of) => Some(of.instance.index()),
        _ => None,
    });
    assert_eq!(registered, [(45.0, 1), (65.0, 2)]);
}

/// A failed instance of a group is back after a minute, or replaced after two minutes, also
/// if it were to come back later.
#[test]
fn ecs_165_a_group_replaces_what_has_failed_for_two_minutes() {
    let mut plan = group_of(2);
    plan.faults = vec![instances_fail(vec![0], 100, Some(60.0))];
    let back = diary(&plan, 1);
    assert_eq!(recovered(&back), [(160.0, 0)]);
    assert_eq!(launched_later(&back), []);
    plan.faults = vec![instances_fail(vec![0], 100, Some(600.0))];
    let replaced = diary(&plan, 1);
    assert_eq!(recovered(&replaced), []);
    assert_eq!(launched_later(&replaced), [(220.0, 0)]);
}

/// A pool on demand that has refused a launch has nothing for ten minutes, whoever asks
/// (facts/platform.md 8.4.8).
#[test]
fn platform_8_4_8_a_pool_on_demand_stays_dry() {
    let group = AutoScalingGroup {
        desired_capacity: 60,
        ..group(60)
    };
    let mut plan = plan(vec![provider(group)], 1, Span::hours(12));
    plan.delays = Delays::Realistic;
    let mut assumptions = sure();
    assumptions.launch_failures.on_demand = 0.1;
    assumptions.pool_dry = Distribution::Constant(600.0);
    plan.assumptions = assumptions.into();
    let dry_times: u32 = (1..=10).map(|seed| dry_times(&plan, seed)).sum();
    // Ten groups of 60 launches, of which one in ten finds no capacity.
    assert!((30..=90).contains(&dry_times), "{dry_times} times");
}

/// How often the pool was dry; no launch succeeds within ten minutes of one that failed.
fn dry_times(plan: &Plan, seed: u64) -> u32 {
    let tries = diary(plan, seed).times(|fact| match fact {
        Fact::InstanceLaunched(_) => Some(true),
        Fact::LaunchFailed { .. } => Some(false),
        _ => None,
    });
    let mut dry_since = None;
    let mut dry_times = 0;
    for (at, succeeds) in tries {
        match dry_since {
            None if !succeeds => dry_since = Some(at),
            Some(since) if succeeds => {
                assert!(at >= since + 600.0, "launched at {at}, dry since {since}");
                (dry_since, dry_times) = (None, dry_times + 1);
            }
            // Another draw when it was over.
            Some(since) if at >= since + 600.0 => dry_since = Some(at),
            _ => {}
        }
    }
    dry_times
}

/// Of 20 instances five fail. Two are replaced at a time, the next two when one of those has
/// registered, and so on.
#[test]
fn ecs_165_a_tenth_of_a_group_is_replaced_at_a_time() {
    let mut plan = group_of(20);
    plan.faults = vec![instances_fail(vec![0, 2, 4, 6, 8], 100, None)];
    let times: Vec<f64> = launched_later(&diary(&plan, 1))
        .into_iter()
        .map(|(at, _)| at)
        .collect();
    assert_eq!(times, [220.0, 220.0, 265.0, 265.0, 310.0]);
}
