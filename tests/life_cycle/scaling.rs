//! Managed scaling and the groups behind it: the published scale-in, the instances of the start, the
//! metric while it stays at its target, and surplus instances beside failed launches (facts/ecs.md
//! 135 to 163, 241).

use crate::capacity::provisioned;
use crate::world::*;
use ecsim::engine::Reader;
use ecsim::plan::{Field, Schedule, Strategy};

/// The published scale-in: a service falls from 1,000 to 100 tasks, three per instance. The group
/// goes from 334 to 34 instances in four steps, without overshoot, whether or not instances with
/// tasks are protected, and whether or not they drain (facts/ecs.md 153, 158 to 162).
#[test]
fn ecs_153_the_published_scale_in_does_not_overshoot() {
    for (protects, drains, delays) in [
        (true, true, Delays::Realistic),
        (false, true, Delays::Realistic),
        (false, false, Delays::Realistic),
        (false, true, Delays::None),
    ] {
        let diary = diary(&published(protects, drains, delays), 1);
        let scaled = diary.scaled();
        let sizes: Vec<u32> = scaled.iter().map(|(_, (_, to))| *to).collect();
        assert_eq!(sizes, [167, 84, 42, 34], "{protects} {drains}");
        for pair in scaled.windows(2) {
            let wait = pair[1].0 - pair[0].0;
            assert!((100.0..=150.0).contains(&wait), "{scaled:?}");
        }
        let needed = diary.times(|fact| match fact {
            Fact::CapacityMeasured { needed, .. } => Some(*needed),
            _ => None,
        });
        let after = needed.iter().filter(|(at, _)| *at > 3_700.0);
        let least = after.map(|(_, needed)| *needed).min();
        assert_eq!(least, Some(34), "{protects} {drains}");
    }
}

/// A service of 1,000 tasks on 334 instances that falls to 100 tasks after 59 minutes.
fn published(protects: bool, drains: bool, delays: Delays) -> Plan {
    let group = AutoScalingGroup {
        desired_capacity: 334,
        registered_at_start: true,
        managed_scaling: managed(),
        protected_from_scale_in: protects,
        managed_termination_protection: protects,
        managed_draining: drains,
        ..group(400)
    };
    let mut plan = plan(vec![provider(group)], 3, Span::hours(2));
    plan.delays = delays;
    let mut web = service(1_000);
    web.placement = PlacementRule::Ecs(vec![Strategy::Binpack(Field::Cpu)]);
    plan.services = vec![scales_at(web, 59, 100)];
    plan
}

/// The published start of ECS on EC2 (facts/platform.md 2.4.5), as its author's files describe it: five
/// services of 700 tasks, 15 tasks on an instance, a target of 95 %, a warm-up of one second. Sixty
/// tasks have room at once, and 500 wait in PROVISIONING all the time (facts/ecs.md 43, 117). The
/// chart has a step each minute: the instances that one minute asks for count in the metric of the
/// next, which takes a metric that is seen soon. The request comes just after a measurement. All
/// points from four minutes on are met within a quarter.
#[test]
fn platform_2_4_5_3_500_tasks_start_on_a_growing_group_as_published() {
    let assumptions = Assumptions {
        capacity_metric_delay: Span::seconds(15),
        ..Assumptions::default()
    };
    assert_starts_as_published(1, assumptions);
}

/// The same curve with the default delay of the metric, of a minute: instances count in the metric
/// as soon as they are launched, so that each minute asks for more; 300 tasks may wait in
/// PROVISIONING, the limit before that of today (facts/ecs.md 43, 138); and the request comes 21 s
/// after a measurement, so that the first new tasks start after 2.3 minutes, as published.
#[test]
fn platform_2_4_5_the_curve_is_met_where_launched_instances_count_at_once() {
    let assumptions = Assumptions {
        capacity_metric_launched: true,
        provisioning_limit: 300,
        ..Assumptions::default()
    };
    assert_starts_as_published(21, assumptions);
}

/// Asserts the curve for a request so many seconds after the measurement at one minute.
fn assert_starts_as_published(after: u32, assumptions: Assumptions) {
    let group = AutoScalingGroup {
        min_size: 1,
        desired_capacity: 4,
        registered_at_start: true,
        managed_scaling: managed().map(|scaling| ManagedScaling {
            target_capacity: 95,
            instance_warmup: Span::seconds(1),
            ..scaling
        }),
        protected_from_scale_in: true,
        managed_termination_protection: true,
        ..group(250)
    };
    let mut plan = plan(vec![provider(group)], 15, Span::seconds(12 * 60));
    plan.delays = Delays::Realistic;
    plan.images = vec![image(&[60])];
    plan.assumptions = assumptions.into();
    let request = f64::from(60 + after);
    let app = |number| {
        let mut app = scales_at(service(0), 1, 700);
        app.name = format!("app-{number}");
        let text = format!("at(1970-01-01T00:01:{after:02})");
        let schedule = Schedule::parse(&text, &jiff::tz::TimeZone::UTC);
        app.scheduled[0].schedule = schedule.expect("a time");
        app
    };
    plan.services = (0..5).map(app).collect();
    let diary = diary(&plan, 1);
    let started = diary.times(|fact| matches!(fact, Fact::TaskStarted(_)).then_some(()));
    let by = |minute: f64| {
        let end = request + minute * 60.0;
        started.partition_point(|(at, ())| *at <= end) as f64
    };
    assert_eq!([by(0.5), by(1.6)], [60.0, 60.0]);
    for (minute, published) in [
        (4.0, 820.0),
        (5.0, 1_120.0),
        (6.0, 1_520.0),
        (7.0, 2_070.0),
        (8.0, 2_640.0),
        (9.0, 3_230.0),
        (10.1, 3_460.0),
    ] {
        let ratio = by(minute) / published;
        assert!(
            (0.75..=1.25).contains(&ratio),
            "{minute} min: {}",
            by(minute)
        );
    }
}

/// The instances of a group at the start have run before: a service finds them at its first round.
/// By the other reading they boot, and a service without managed capacity comes again only after
/// three passes and five minutes (facts/ecs.md 117).
#[test]
fn instances_of_the_start_are_registered_at_time_zero_or_boot() {
    let starts = |registered: bool| {
        let group = AutoScalingGroup {
            min_size: 2,
            desired_capacity: 2,
            registered_at_start: registered,
            ..group(2)
        };
        let mut plan = plan(vec![provider(group)], 1, Span::hours(1));
        plan.delays = Delays::Realistic;
        plan.assumptions = sure().into();
        plan.services = vec![service(2)];
        let diary = diary(&plan, 1);
        let registered = diary.times(|fact| match fact {
            Fact::InstanceRegistered(_) => Some(()),
            _ => None,
        });
        let started = diary.started(0).into_iter().map(|(at, _)| at);
        (registered[0].0, started.collect::<Vec<f64>>(), diary.cost)
    };
    let (registered, started, _) = starts(true);
    assert_eq!(registered, 0.0);
    assert!(started.iter().all(|at| *at < 10.0), "{started:?}");
    let (registered, started, _) = starts(false);
    assert_eq!(registered, 45.0);
    assert!(started.iter().all(|at| *at > 320.0), "{started:?}");
}

/// A Spot pool without room at the start has no instances then: the group launches them later.
#[test]
fn instances_of_the_start_need_room_in_a_recorded_pool() {
    let times = |levels: &[u32]| {
        let mut group = AutoScalingGroup {
            desired_capacity: 3,
            registered_at_start: true,
            ..group(3)
        };
        group.mix.on_demand_percentage_above_base = 0;
        let mut plan = plan(vec![provider(group)], 1, Span::seconds(900));
        crate::capacity::recorded_as(&mut plan, 300, levels);
        let launched = diary(&plan, 1).times(|fact| match fact {
            Fact::InstanceLaunched(_) => Some(()),
            _ => None,
        });
        launched.into_iter().map(|(at, ())| at).collect::<Vec<_>>()
    };
    assert_eq!(times(&[3, 3, 3]), [0.0; 3]);
    // Refused at 0, 60 and 180 s; the record has room from 300 s on.
    assert_eq!(times(&[2, 3, 3]), [0.0, 0.0, 420.0]);
}

/// The facts of a run, the metric each minute as well.
struct Minutes(Diary);

impl Reader<Fact> for Minutes {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        self.0.read(now, fact);
    }

    fn wants_repeats(&self) -> bool {
        true
    }
}

/// A busy group of four stays at 100 % for an hour. A reader that wants repeated facts is told so
/// each minute, another one only at first; the run is the same.
#[test]
fn ecs_135_a_metric_at_its_target_is_reported_each_minute_to_who_wants_it() {
    let group = AutoScalingGroup {
        desired_capacity: 4,
        registered_at_start: true,
        managed_scaling: managed(),
        ..group(4)
    };
    let mut plan = plan(vec![provider(group)], 1, Span::seconds(3_600));
    plan.services = vec![scales_at(service(4), 30, 2)];
    let metric = |diary: &Diary| {
        diary.times(|fact| match fact {
            Fact::CapacityMeasured {
                needed, running, ..
            } => Some((*needed, *running)),
            _ => None,
        })
    };
    let seldom = metric(&diary(&plan, 1));
    let mut minutes = Minutes(Diary::default());
    let scheduler = ecsim::runner::built_in_scheduler(&plan);
    let limits = simulation::Limits::default();
    simulation::run(&plan, 1, scheduler, limits, &mut minutes).expect("it plays");
    let each = metric(&minutes.0);
    let times: Vec<f64> = each.iter().map(|(at, _)| *at).collect();
    let expected: Vec<f64> = (0..60).map(|minute| 60.0 * f64::from(minute)).collect();
    assert_eq!(times, expected);
    assert!(each[..30].iter().all(|(_, of)| *of == (4, 4)), "{each:?}");
    assert!(seldom.len() < 35, "{seldom:?}");
    let others = |diary: &Diary| {
        let facts = diary.facts.iter();
        let is_other = |(_, fact): &&(SimTime, Fact)| {
            !matches!(fact, Fact::CapacityMeasured { .. } | Fact::TaskStatus(..))
        };
        facts.filter(is_other).count()
    };
    assert_eq!(others(&diary(&plan, 1)), others(&minutes.0));
    assert_eq!(diary(&plan, 1).scaled(), minutes.0.scaled());
    // Whatever is reported seldom is reported each minute as well.
    assert!(seldom.iter().all(|point| each.contains(point)));
}

/// Tasks that do not fit the smallest instance type of the group hold the metric at its target, and
/// it is said (facts/ecs.md 140c).
#[test]
fn ecs_140_a_metric_that_is_held_at_its_target_is_reported_as_such() {
    let two = AutoScalingGroup {
        types: vec![0, 1],
        ..group(4)
    };
    let mut plan = provisioned(&[7], 10.0, two);
    plan.cluster.instance_types.push(instance_type(2));
    plan.tasks[0].demand.cpu = Drawn::Fixed(Cpu::vcpus(2));
    let held = diary(&plan, 1).times(|fact| match fact {
        Fact::CapacityMeasured { at_target, .. } => Some(*at_target),
        _ => None,
    });
    assert_eq!(held[..2], [(0.0, false), (60.0, true)]);
}

/// Two instances are there, and a third is refused until 3,000 s. The group shrinks to one, step by
/// step; a job that arrives before the last step protects the second instance. When the job has
/// ended the instance goes at once, not at the next attempt to launch.
#[test]
fn ecs_158_an_emptied_instance_goes_although_a_launch_has_failed() {
    let mut group = AutoScalingGroup {
        desired_capacity: 3,
        registered_at_start: true,
        protected_from_scale_in: true,
        managed_termination_protection: true,
        ..group(3)
    };
    group.mix.on_demand_percentage_above_base = 0;
    let mut plan = provisioned(&[0], 1e6, group);
    let mut job = work(&[970], vec![container("main")], 300.0);
    job.name = "job".into();
    job.on_no_capacity = OnNoCapacity::Provisioning;
    plan.tasks.push(job);
    plan.delays = Delays::Realistic;
    plan.assumptions = Assumptions {
        launch_retry: (Span::seconds(3_000), Span::seconds(3_000)),
        ..sure()
    }
    .into();
    crate::capacity::recorded_as(&mut plan, 6_000, &[2, 2]);
    let diary = diary(&plan, 1);
    let steps: Vec<(f64, (u32, u32))> = diary.scaled();
    assert_eq!(steps, [(900.0, (3, 2)), (1_020.0, (2, 1))]);
    let refused = diary.times(|fact| matches!(fact, Fact::LaunchFailed { .. }).then_some(()));
    assert_eq!(refused, [(0.0, ())]);
    let gone = diary.times(|fact| matches!(fact, Fact::InstanceGone(..)).then_some(()));
    let [(at, ())] = gone[..] else {
        panic!("one goes: {gone:?}")
    };
    assert!((1_270.0..1_300.0).contains(&at), "{at}");
}
