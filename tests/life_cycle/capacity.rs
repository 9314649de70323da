//! Capacity that comes and goes: managed scaling (facts/ecs.md 135 to 160), PROVISIONING
//! (54 to 56), draining (225) and Spot (228 to 234).

use crate::common::law::Moments;
use crate::world::*;
use ecsim::catalog::{InterruptionBand, SpotOffer};
use ecsim::plan::{Fault, FaultKind, Interruptions, Occurrence, SpotSeries};
use ecsim::simulation::{InstanceEnd, Rejection, ServiceEvent};

fn refused(diary: &Diary) -> Vec<(f64, Rejection)> {
    diary.times(|fact| match fact {
        Fact::TaskRejected(_, why) => Some(*why),
        _ => None,
    })
}

/// The instances that drain.
fn drained(diary: &Diary) -> Vec<usize> {
    let draining = diary.times(|fact| match fact {
        Fact::InstanceDraining(of) => Some(of.instance.index()),
        _ => None,
    });
    let mut ids: Vec<usize> = draining.into_iter().map(|(_, id)| id).collect();
    ids.sort_unstable();
    ids
}

/// The first seed with which something is so: which of several equal instances a group terminates
/// is random (facts/ecs.md 162).
fn seed_where(plan: &Plan, is_so: impl Fn(&Diary) -> bool) -> u64 {
    let seed = (1..200).find(|seed| is_so(&diary(plan, *seed)));
    seed.expect("one seed does")
}

/// Work that waits in PROVISIONING for a managed group of up to so many.
pub fn provisioned(times: &[u64], lasts: f64, group: AutoScalingGroup) -> Plan {
    let group = AutoScalingGroup {
        managed_scaling: managed(),
        ..group
    };
    let mut plan = plan(vec![provider(group)], 1, Span::hours(3));
    let mut tasks = work(times, vec![container("main")], lasts);
    tasks.on_no_capacity = OnNoCapacity::Provisioning;
    plan.tasks = vec![tasks];
    plan
}

#[test]
fn ecs_55_a_task_waits_in_provisioning_for_30_minutes() {
    let plan = provisioned(&[7], 10.0, group(0));
    let why = Rejection::ProvisioningTimedOut;
    assert_eq!(refused(&diary(&plan, 1)), [(1_807.0, why)]);
}

#[test]
fn ecs_56_at_most_500_tasks_wait_in_provisioning() {
    let mut plan = provisioned(&[7], 10.0, group(0));
    plan.tasks[0].count = 503.into();
    plan.until = Until::Elapsed(Span::seconds(100));
    let refused = refused(&diary(&plan, 1));
    assert_eq!(refused, [(7.0, Rejection::ProvisioningFull); 3]);
}

/// From nothing the first step is two instances, whatever is needed (facts/ecs.md 136, 137). The
/// next one waits until these are warm, counted from their launch (150).
#[test]
fn ecs_137_from_zero_the_first_step_is_two_instances() {
    let mut plan = provisioned(&[7], 1e6, group(20));
    plan.until = Until::Elapsed(Span::seconds(10 * 60));
    assert_eq!(diary(&plan, 1).scaled(), [(60.0, (0, 2))]);
    plan.tasks[0].count = 9.into();
    assert_eq!(diary(&plan, 1).scaled(), [(60.0, (0, 2)), (360.0, (2, 9))]);
    plan.assumptions = Assumptions {
        scale_out_in_warm_up: true,
        ..Assumptions::default()
    }
    .into();
    assert_eq!(diary(&plan, 1).scaled(), [(60.0, (0, 2)), (120.0, (2, 9))]);
}

/// The worked example of 150: 28 tasks, four per instance. Two instances at the first datapoint,
/// seven not before these are warm, whatever the warm-up is; it counts from their launch.
#[test]
fn ecs_150_a_further_scale_out_waits_for_the_warm_up() {
    for warm_up in [180, 300, 3_600] {
        let mut plan = provisioned(&[7], 1e6, group(20));
        plan.cluster.instance_types = vec![instance_type(4)];
        plan.tasks[0].count = 28.into();
        plan.delays = Delays::Realistic;
        plan.assumptions = Assumptions {
            provisioning_timeout: Span::hours(3),
            ..Assumptions::default()
        }
        .into();
        if let Capacity::Group(group) = &mut plan.cluster.providers[0].capacity
            && let Some(scaling) = &mut group.managed_scaling
        {
            scaling.instance_warmup = Span::seconds(warm_up);
        }
        let scaled = diary(&plan, 1).scaled();
        assert_eq!(scaled[0], (120.0, (0, 2)), "{warm_up}");
        let (at, step) = scaled[1];
        assert_eq!(step, (2, 7), "{warm_up}");
        assert_eq!(at, 120.0 + warm_up as f64);
    }
}

/// Fifteen minutes below the target, then at most half of the group goes about every two minutes
/// (facts/ecs.md 148, 153).
#[test]
fn ecs_153_idle_instances_go_after_15_minutes_by_halves() {
    let group = AutoScalingGroup {
        desired_capacity: 8,
        ..group(20)
    };
    let mut plan = provisioned(&[], 10.0, group);
    if let Capacity::Group(group) = &mut plan.cluster.providers[0].capacity
        && let Some(scaling) = &mut group.managed_scaling
    {
        scaling.instance_warmup = Span::ZERO;
    }
    let scaled = diary(&plan, 1).scaled();
    let steps: Vec<(u32, u32)> = scaled.iter().map(|(_, step)| *step).collect();
    assert_eq!(steps, [(8, 4), (4, 2), (2, 1), (1, 0)]);
    let first = scaled[0].0;
    assert!((840.0..=900.0).contains(&first), "{first} s");
    for (turn, (at, _)) in scaled.iter().enumerate() {
        assert_eq!(*at, first + 120.0 * turn as f64);
    }
}

/// The step of 153 is an assumption: at least one goes.
#[test]
fn ecs_153_idle_instances_go_by_the_share_that_is_assumed() {
    let sizes = |percent: u32| {
        let group = AutoScalingGroup {
            desired_capacity: 8,
            ..group(20)
        };
        let mut plan = provisioned(&[], 10.0, group);
        if let Capacity::Group(group) = &mut plan.cluster.providers[0].capacity
            && let Some(scaling) = &mut group.managed_scaling
        {
            scaling.instance_warmup = Span::ZERO;
        }
        plan.assumptions = Assumptions {
            scale_in_step: Ratio::millionths(percent * 10_000).expect("a share"),
            ..Assumptions::default()
        }
        .into();
        let scaled = diary(&plan, 1).scaled();
        scaled.iter().map(|(_, (_, to))| *to).collect::<Vec<u32>>()
    };
    assert_eq!(sizes(25), [6, 5, 4, 3, 2, 1, 0]);
    assert_eq!(sizes(1), [7, 6, 5, 4, 3, 2, 1, 0]);
    assert_eq!(sizes(100), [0]);
}

/// A scale-out keeps everything for 15 minutes at least (facts/ecs.md 155).
#[test]
fn ecs_155_nothing_goes_within_15_minutes_of_a_scale_out() {
    let plan = provisioned(&[7, 907], 60.0, group(20));
    let scaled = diary(&plan, 1).scaled();
    let out = scaled.iter().filter(|(_, (from, to))| to > from);
    let outs: Vec<f64> = out.map(|(at, _)| *at).collect();
    let inward = scaled.iter().filter(|(_, (from, to))| to < from);
    let mut count = 0;
    for (at, _) in inward {
        count += 1;
        assert!(
            outs.iter().all(|out| at < out || *at >= out + 900.0),
            "{scaled:?}"
        );
    }
    assert!(count > 0, "in the end they go: {scaled:?}");
}

/// Protection holds what runs tasks; without it the group's policy chooses, here the oldest
/// (facts/ecs.md 158, 159).
#[test]
fn ecs_158_protection_keeps_the_instances_that_run_tasks() {
    for (protects, lost) in [(true, false), (false, true)] {
        let group = AutoScalingGroup {
            desired_capacity: 4,
            termination_policy: TerminationPolicy::OldestInstance,
            protected_from_scale_in: protects,
            managed_termination_protection: protects,
            ..group(4)
        };
        // First fit: the oldest instance runs it.
        let plan = provisioned(&[7], 1e6, group);
        let diary = diary(&plan, 1);
        let gone = diary.times(|fact| match fact {
            Fact::InstanceGone(of, end) => Some((of.instance.index(), *end)),
            _ => None,
        });
        assert!(!gone.is_empty());
        let busy_goes = gone.iter().any(|(_, (id, _))| *id == 0);
        assert_eq!(busy_goes, lost, "{gone:?}");
    }
}

/// EC2 has no capacity for a while: the group tries again after a minute, twice that and so
/// on, up to 15; once a launch has succeeded, it begins anew (facts/ecs.md 241). Another
/// `launchRetry` gives other delays.
#[test]
fn ecs_241_a_group_without_capacity_tries_again_at_delays_that_double() {
    let tries = |retry: Option<(u64, u64)>| {
        let group = AutoScalingGroup {
            min_size: 1,
            desired_capacity: 1,
            ..group(1)
        };
        let mut plan = plan(vec![provider(group)], 1, Span::hours(3));
        if let Some((first, longest)) = retry {
            let assumptions = Assumptions {
                launch_retry: (Span::seconds(first), Span::seconds(longest)),
                ..Assumptions::default()
            };
            plan.assumptions = assumptions.into();
        }
        let at_and_for = |name: &str, kind, seconds, lasts| Fault {
            name: name.into(),
            kind,
            occurs: Occurrence::At(vec![at(seconds)]),
            lasts: Some(Distribution::Constant(lasts)).filter(|_| lasts > 0.0),
        };
        let none = FaultKind::InsufficientCapacity {
            instance_type: None,
            zone: None,
            spot_only: false,
        };
        let loss = FaultKind::InstanceFailure {
            provider: None,
            zone: None,
            instances: None,
            repair_crews: None,
            replaced: false,
        };
        plan.faults = vec![
            at_and_for("none at first", none.clone(), 0, 2_000.0),
            at_and_for("none later", none, 5_000, 200.0),
            at_and_for("loss", loss, 5_001, 0.0),
        ];
        let diary = diary(&plan, 1);
        let failed = diary.times(|fact| matches!(fact, Fact::LaunchFailed { .. }).then_some(()));
        let launched = diary.times(|fact| matches!(fact, Fact::InstanceLaunched(_)).then_some(()));
        let times = |those: Vec<(f64, ())>| those.into_iter().map(|(at, ())| at).collect();
        let (failed, launched): (Vec<f64>, Vec<f64>) = (times(failed), times(launched));
        (failed, launched)
    };

    let (failed, launched) = tries(None);
    let first = [0.0, 60.0, 180.0, 420.0, 900.0, 1_800.0];
    let later = [5_001.0, 5_061.0, 5_181.0];
    assert_eq!(failed, [&first[..], &later[..]].concat());
    assert_eq!(launched, [2_700.0, 5_421.0]);

    let (failed, launched) = tries(Some((300, 600)));
    assert_eq!(failed, [0.0, 300.0, 900.0, 1_500.0, 5_001.0]);
    assert_eq!(launched, [2_100.0, 5_301.0]);
}

/// Four instances with a daemon each, the oldest with a replica too. Two are scaled in and
/// drain at 840 s: the replica stops a second later, when another is healthy, and the daemon
/// beside it once the replica is gone; the other daemon at once (facts/ecs.md 107, 160, 225).
/// Containers take five seconds to stop, and an instance that drains takes no new daemon.
#[test]
fn ecs_107_daemons_leave_last() {
    let group = AutoScalingGroup {
        desired_capacity: 4,
        termination_policy: TerminationPolicy::OldestInstance,
        managed_scaling: managed(),
        managed_draining: true,
        ..group(4)
    };
    let mut main = container("main");
    main.behavior.stop_time = Distribution::Constant(5.0);
    let mut web = service(1);
    web.demand.cpu = Drawn::Fixed(Cpu::units(768));
    web.containers = [main].into();
    let mut daemon = service(0);
    daemon.name = "daemon".into();
    daemon.scheduling = Scheduling::Daemon;
    daemon.deployment.percentages.minimum_healthy_percent = 0;
    daemon.deployment.percentages.maximum_percent = 100;
    daemon.demand.cpu = Drawn::Fixed(Cpu::units(256));
    daemon.containers = web.containers.clone();
    let mut plan = plan(vec![provider(group)], 1, Span::seconds(890));
    plan.services = vec![web, daemon];
    let seed = seed_where(&plan, |diary| drained(diary) == [0, 1]);
    let diary = diary(&plan, seed);
    let draining = StopReason::InstanceDraining;
    assert_eq!(diary.stopped(0), [(846.0, (0, draining))]);
    // The n-th daemon is on the n-th instance.
    let (stopping, stopped) = (diary.stopping(1), diary.stopped(1));
    assert_eq!(stopping, [(840.0, (1, draining)), (846.0, (0, draining))]);
    assert_eq!(stopped, [(845.0, (1, draining)), (851.0, (0, draining))]);
    let gone = diary.times(|fact| match fact {
        Fact::InstanceGone(of, _) => Some(of.instance.index()),
        _ => None,
    });
    assert_eq!(gone, [(845.0, 1), (851.0, 0)]);
    let hosts: Vec<usize> = diary.placed(1).iter().map(|(_, of)| of.1).collect();
    assert_eq!(hosts, [0, 1, 2, 3]);
}

/// The published scale-out of ECS on EC2 was flat until some 2.4 minutes after the request
/// and had risen by a tenth at three, read off a chart, ± 15 % (facts/platform.md 2.4.5;
/// facts/validation.md 5). A chart shows no single task: here it is the first tenth of the
/// tasks on new instances. The request comes at any second of CloudWatch's minute.
#[test]
fn platform_2_4_5_new_instances_run_their_first_tasks_after_some_two_and_a_half_minutes() {
    let after = |second: u64| {
        let small = AutoScalingGroup {
            desired_capacity: 2,
            registered_at_start: true,
            ..group(200)
        };
        let mut plan = provisioned(&[second], 1e6, small);
        plan.tasks[0].count = 102.into();
        plan.delays = Delays::Realistic;
        plan.until = Until::Elapsed(Span::seconds(10 * 60));
        plan.images = vec![image(&[20])];
        let diary = diary(&plan, second);
        let placed = diary.placed(0).into_iter();
        let on_new = placed.filter(|(_, (_, host))| *host >= 2);
        let new: Vec<u64> = on_new.map(|(_, (ordinal, _))| ordinal).collect();
        assert_eq!(new.len(), 100);
        let started = diary.started(0).into_iter();
        let mut started = started.filter(|(_, ordinal)| new.contains(ordinal));
        started.nth(9).expect("a tenth of a hundred").0 - second as f64
    };
    let mean = (60..120).map(after).sum::<f64>() / 3600.0;
    let (least, most) = (2.4 * 0.85, 2.5 * 1.15);
    assert!((least..=most).contains(&mean), "{mean} min");
}

// Spot.

/// A group of so many Spot instances.
fn spot(count: u32, group: AutoScalingGroup) -> Provider {
    let mut group = AutoScalingGroup {
        desired_capacity: count,
        max_size: count,
        ..group
    };
    group.mix.on_demand_percentage_above_base = 0;
    provider(group)
}

/// The only pool is recorded minute by minute: from the n-th on so many may be there.
fn recorded(plan: &mut Plan, minute: usize, then: u32) {
    let mut levels = vec![100; minute];
    levels.extend([then; 300]);
    recorded_as(plan, 60, &levels);
}

/// So many may be there, every so many seconds.
pub fn recorded_as(plan: &mut Plan, gap: u64, levels: &[u32]) {
    plan.spot.series = vec![SpotSeries {
        instance_type: None,
        zone: 0,
        gap: Span::seconds(gap),
        levels: levels.into(),
        is_binary: levels.iter().all(|level| *level <= 1),
    }];
    plan.cluster.instance_types[0].spot = Some(SpotOffer {
        band: InterruptionBand::From5To10,
        saving_percent: 70,
        price_per_hour: Some(Usd::nanos(1_000_000_000)),
    });
}

/// Two tasks on two instances, one of which gets its notice at ten minutes.
fn one_drains(minimum: u32, maximum: u32) -> Diary {
    let group = AutoScalingGroup {
        spot_instance_draining: true,
        ..group(2)
    };
    let mut plan = plan(vec![spot(2, group)], 4, Span::seconds(30 * 60));
    recorded(&mut plan, 12, 1);
    let mut service = service(2);
    service.placement = PlacementRule::FewestTasks;
    service.deployment.percentages.minimum_healthy_percent = minimum;
    service.deployment.percentages.maximum_percent = maximum;
    let mut main = container("main");
    main.behavior.stop_time = Distribution::Constant(5.0);
    service.containers = [main].into();
    plan.services = vec![service];
    diary(&plan, 1)
}

/// Minimum 100: the replacement is healthy before the old one stops. Maximum 100 and minimum
/// 50: the old one stops before the replacement starts. Both 100: neither can happen, and the
/// task dies with its instance two minutes later (facts/ecs.md 201, 225, 228).
#[test]
fn ecs_225_tasks_of_a_draining_instance_are_replaced_within_the_limits() {
    let replacement = |diary: &Diary| {
        let [_, _, (at, (ordinal, _))] = diary.placed(0)[..] else {
            panic!("one is replaced: {:?}", diary.placed(0))
        };
        (at, ordinal)
    };
    let stopping = |diary: &Diary| diary.stopping(0).first().map(|(at, (_, why))| (*at, *why));
    let draining = StopReason::InstanceDraining;

    let first_new = one_drains(100, 200);
    let (at, new) = replacement(&first_new);
    assert_eq!(at, 600.0);
    let (at, why) = stopping(&first_new).expect("the old one stops");
    assert!((600.0..=601.0).contains(&at) && why == draining);
    let order = first_new.times(|fact| match fact {
        Fact::TaskHealth(of, true) if of.task.ordinal == new => Some("healthy"),
        Fact::TaskStopping(..) => Some("stopping"),
        _ => None,
    });
    let order: Vec<&str> = order.into_iter().map(|(_, what)| what).collect();
    assert_eq!(order, ["healthy", "stopping"]);

    let first_old = one_drains(50, 100);
    assert_eq!(stopping(&first_old), Some((600.0, draining)));
    let (_, new) = replacement(&first_old);
    let order = first_old.times(|fact| match fact {
        Fact::TaskPlaced(of) if of.task.ordinal == new => Some("placed"),
        Fact::TaskStopping(..) => Some("stopping"),
        _ => None,
    });
    let order: Vec<&str> = order.into_iter().map(|(_, what)| what).collect();
    assert_eq!(order, ["stopping", "placed"]);

    let neither = one_drains(100, 100);
    assert_eq!(stopping(&neither), None);
    let blocked = |diary: &Diary| {
        diary.times(|fact| matches!(fact, Fact::Service(_, ServiceEvent::Blocked)).then_some(()))
    };
    assert_eq!(blocked(&neither), [(600.0, ())]);
    assert_eq!(blocked(&first_new), []);
    assert_eq!(blocked(&first_old), []);
    let stopped = neither.stopped(0);
    assert_eq!(stopped.len(), 1);
    assert_eq!(
        (stopped[0].0, stopped[0].1.1),
        (720.0, StopReason::HostGone)
    );
}

/// An instance that boots for 200 s has its notice at 180 s: it drains once it has registered,
/// and gets no task (facts/ecs.md 229).
#[test]
fn ecs_229_who_has_its_notice_before_it_registers_drains_then() {
    let group = AutoScalingGroup {
        spot_instance_draining: true,
        boot: Some(Distribution::Constant(200.0)),
        ..group(1)
    };
    let mut plan = plan(vec![spot(1, group)], 4, Span::seconds(300));
    recorded(&mut plan, 5, 0);
    plan.tasks = vec![work(&[190], vec![container("main")], 10.0)];
    let diary = diary(&plan, 1);
    let registered = diary.times(|fact| matches!(fact, Fact::InstanceRegistered(_)).then_some(()));
    assert_eq!(registered, [(200.0, ())]);
    assert_eq!(life(&diary)[1], (200.0, "notice"));
    assert_eq!(diary.placed(0), []);
}

/// Times at which instances come, get their notice and go.
fn life(diary: &Diary) -> Vec<(f64, &'static str)> {
    diary.times(|fact| match fact {
        Fact::InstanceLaunched(_) => Some("launched"),
        Fact::InstanceDraining(_) => Some("notice"),
        Fact::InstanceGone(_, InstanceEnd::Interrupted) => Some("gone"),
        _ => None,
    })
}

/// A group that wants three of a pool that is recorded every five minutes. What a record no
/// longer counts is gone by then, two minutes after its notice, and nobody comes for less. The
/// group tries a minute, two, four and eight minutes after it finds no room, and anew from a
/// minute after a launch (facts/platform.md 8.4.1, facts/ecs.md 241).
#[test]
fn platform_8_4_1_a_recorded_pool_holds_what_its_record_says() {
    let times = |levels: &[u32]| {
        let group = AutoScalingGroup {
            spot_instance_draining: true,
            ..group(3)
        };
        let mut plan = plan(vec![spot(3, group)], 1, Span::seconds(30 * 60));
        recorded_as(&mut plan, 300, levels);
        life(&diary(&plan, 1))
    };
    let both = |at: f64, what| [(at, what); 2];
    let counted = [
        // The third is refused at once, at 60 s and at 180 s.
        &both(0.0, "launched")[..],
        &[(420.0, "launched")],
        // From three to one at 600 s.
        &both(480.0, "notice"),
        &both(600.0, "gone"),
        // Refused at 600, 660 and 780 s: at 780 s the record still says one.
        &both(1_020.0, "launched"),
        &[(1_380.0, "notice"); 3],
        &[(1_500.0, "gone"); 3],
    ];
    assert_eq!(times(&[2, 3, 1, 3, 3, 0]), counted.concat());
    // Zeros and ones: whether there are any. After 420 s the next try is at 900 s.
    let binary = [
        &[(900.0, "launched"); 3][..],
        &[(1_380.0, "notice"); 3],
        &[(1_500.0, "gone"); 3],
    ];
    assert_eq!(times(&[0, 0, 1, 1, 1, 0]), binary.concat());
    assert_eq!(times(&[0, 0, 1, 0, 0, 0]), []);
    assert_eq!(times(&[1, 1, 1, 1, 1, 1]), [(0.0, "launched"); 3]);
}

/// The record of a type goes before that of all types, in whatever order they stand.
#[test]
fn the_record_of_a_type_is_its_pools() {
    for of_type_first in [true, false] {
        let mut plan = plan(vec![spot(3, group(3))], 1, Span::seconds(10 * 60));
        recorded_as(&mut plan, 300, &[2, 2]);
        let all = plan.spot.series[0].clone();
        let of_type = SpotSeries {
            instance_type: Some(0),
            levels: [1, 1].into(),
            ..all.clone()
        };
        plan.spot.series = match of_type_first {
            true => vec![of_type, all],
            false => vec![all, of_type],
        };
        assert_eq!(life(&diary(&plan, 1)), [(0.0, "launched")]);
    }
}

/// AWS bills nothing for what it takes back within the first hour, and all of what it takes
/// back later (facts/pricing.md 2).
#[test]
fn pricing_2_the_first_hour_of_an_interrupted_spot_instance_is_free() {
    for (minute, dollars) in [(32, 4.0), (59, 4.0), (120, 6.0)] {
        let mut plan = plan(vec![spot(2, group(2))], 1, Span::hours(4));
        recorded(&mut plan, minute, 1);
        let diary = diary(&plan, 1);
        let gone = diary.times(|fact| match fact {
            Fact::InstanceGone(_, end) => Some(*end),
            _ => None,
        });
        let at = minute as f64 * 60.0;
        assert_eq!(gone, [(at, InstanceEnd::Interrupted)]);
        assert!(
            (diary.cost - dollars).abs() < 1e-6,
            "{} dollars",
            diary.cost
        );
    }
}

/// The band's chance and the share of a pool that an event takes are assumptions: with a
/// share of all, an event takes every instance there is.
#[test]
fn platform_8_4_4_and_8_4_9_bands_and_shares_are_those_assumed() {
    let struck = |chance: f64, share: Distribution| {
        let mut plan = plan(vec![spot(8, group(8))], 1, Span::hours(24 * 365));
        recorded(&mut plan, 1, 1);
        plan.spot.series.clear();
        let mut assumed = Assumptions {
            spot_event_share: share,
            spot_event_spread: Span::ZERO,
            ..Assumptions::default()
        };
        assumed.spot_band_chances[1] = chance;
        plan.assumptions = assumed.into();
        let gone = diary(&plan, 1).times(|fact| match fact {
            Fact::InstanceGone(_, InstanceEnd::Interrupted) => Some(()),
            _ => None,
        });
        let mut at_once = std::collections::BTreeMap::<u64, usize>::new();
        for (at, ()) in gone {
            *at_once.entry(at as u64).or_default() += 1;
        }
        at_once.into_values().collect::<Vec<usize>>()
    };
    let all = Distribution::Constant(1.0);
    assert!(struck(0.0, all.clone()).is_empty());
    let often = struck(0.9, all);
    // Some 28 events a year are expected.
    assert!((12..=50).contains(&often.len()), "{often:?}");
    assert!(often.iter().all(|victims| *victims == 8), "{often:?}");
    let few = struck(0.9, Distribution::Constant(0.1));
    assert!(few.len() > 2 * often.len(), "{few:?}");
    assert!(few.iter().all(|victims| *victims < 8), "{few:?}");
}

/// A rate of interruptions may be of any size: 0.5 an hour are 960 in ten days of 8 instances.
#[test]
fn spot_instances_are_interrupted_at_the_rate_that_is_asked_for() {
    let mut plan = plan(vec![spot(8, group(8))], 1, Span::hours(240));
    recorded(&mut plan, 1, 1);
    plan.spot.series.clear();
    plan.spot.interruptions = Interruptions::PerHour(0.5);
    plan.assumptions = Assumptions {
        spot_event_share: Distribution::Constant(0.1),
        ..Assumptions::default()
    }
    .into();
    let gone = diary(&plan, 1).times(|fact| match fact {
        Fact::InstanceGone(_, InstanceEnd::Interrupted) => Some(()),
        _ => None,
    });
    assert!((850..=1_070).contains(&gone.len()), "{}", gone.len());
}

/// A band of 5 to 10 % a month is 1.068e-4 interruptions per instance and hour (W22). Whole
/// pools lose instances together, so that a year of few instances says little: many runs,
/// whose mean is compared by its own interval.
#[test]
fn w22_spot_instances_are_interrupted_as_often_as_their_band_says() {
    let mut plan = plan(vec![spot(8, group(8))], 1, Span::hours(24 * 365));
    recorded(&mut plan, 1, 1);
    plan.spot.series.clear();
    let seen = crate::common::law::sample_in_batches(4_000, 50, |seed| {
        let gone = diary(&plan, seed).times(|fact| match fact {
            Fact::InstanceGone(_, InstanceEnd::Interrupted) => Some(()),
            _ => None,
        });
        [("per_hour", gone.len() as f64 / (8.0 * 24.0 * 365.0))]
    });
    let per_hour: &Moments = seen.of("per_hour");
    let (mean, half) = (per_hour.mean(), per_hour.half_width(0.001));
    assert!(half < 0.06 * mean, "{half} of {mean}");
    assert!((mean - 1.068e-4).abs() < half, "{mean} ± {half}");
}

/// The oldest of two instances has the longer task, and drains when one is too many. It fails
/// meanwhile: when it would be back it goes, as it was on its way out (facts/ecs.md 160, 162).
#[test]
fn ecs_160_who_fails_while_it_drains_does_not_come_back() {
    let group = AutoScalingGroup {
        managed_draining: true,
        ..group(2)
    };
    let mut plan = provisioned(&[0], 20_000.0, group);
    let mut short = work(&[1], vec![container("main")], 600.0);
    short.name = "short".into();
    short.on_no_capacity = OnNoCapacity::Provisioning;
    plan.tasks.push(short);
    let seed = seed_where(&plan, |diary| drained(diary).contains(&0));
    let draining = diary(&plan, seed).times(|fact| match fact {
        Fact::InstanceDraining(of) => Some(of.instance.index()),
        _ => None,
    });
    assert_eq!(draining[0], (1_500.0, 0));
    // It has registered at once.
    plan.faults = vec![Fault {
        occurs: Occurrence::Every(Distribution::Constant(1_600.0)),
        ..instances_fail(vec![0], 0, Some(50.0))
    }];
    plan.until = Until::Elapsed(Span::hours(5));
    let gone = diary(&plan, seed).times(|fact| match fact {
        Fact::InstanceGone(of, end) => Some((of.instance.index(), *end)),
        _ => None,
    });
    let first = gone.iter().find(|(_, (instance, _))| *instance == 0);
    assert_eq!(first, Some(&(1_650.0, (0, InstanceEnd::ScaledIn))));
}
