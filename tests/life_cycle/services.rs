//! What the service scheduler does and when (facts/ecs.md 69 to 71, 91 to 119, 193 to 202).

use crate::world::*;
use ecsim::plan::{Field, StrategyItem};
use ecsim::simulation::ServiceEvent;

fn event(fact: &Fact) -> Option<ServiceEvent> {
    match fact {
        Fact::Service(_, event) => Some(*event),
        _ => None,
    }
}

/// Services on so many instances with so many vCPUs each.
fn on_hosts(services: Vec<Service>, hosts: u32, vcpus: u64) -> Plan {
    let mut plan = plan(vec![fleet(hosts)], vcpus, Span::hours(1));
    plan.services = services;
    plan
}

/// Two tasks on four hosts whose checks fail from second 100 on, probed every 10 s.
fn failing_checks(minimum: u32, maximum: u32) -> Diary {
    let main = probed(container("main"));
    let mut service = service(2);
    service.containers = [main].into();
    service.deployment.percentages.minimum_healthy_percent = minimum;
    service.deployment.percentages.maximum_percent = maximum;
    let mut plan = on_hosts(vec![service], 4, 1);
    plan.faults = vec![checks_fail(Some(0), 100)];
    plan.until = Until::Elapsed(Span::seconds(200));
    diary(&plan, 1)
}

/// Unhealthy since the third failure, at 120 s. The replacements pass their first check at
/// 130 s, and then the bad ones go.
#[test]
fn ecs_202_a_replacement_starts_first_and_then_the_bad_one_stops() {
    let diary = failing_checks(100, 200);
    let placed = diary.placed(0);
    let late: Vec<(f64, u64)> = placed[2..].iter().map(|(at, of)| (*at, of.0)).collect();
    assert_eq!(late, [(120.0, 2), (120.0, 3)]);
    let bad = StopReason::FailedHealthChecks;
    assert_eq!(diary.stopping(0), [(130.0, (0, bad)), (130.0, (1, bad))]);
}

/// Without room for more than two, the bad ones stop one at a time, each before its
/// replacement starts.
#[test]
fn ecs_202_without_room_the_bad_ones_stop_one_at_a_time() {
    let diary = failing_checks(50, 100);
    let bad = StopReason::FailedHealthChecks;
    let stopping = diary.stopping(0);
    assert_eq!(stopping[0], (120.0, (0, bad)));
    assert_eq!(stopping[1].1, (1, bad));
    assert_eq!(stopping.len(), 2);
    let placed = diary.placed(0);
    assert!((120.0..=121.0).contains(&placed[2].0));
    assert!(
        stopping[1].0 >= placed[2].0 + 10.0,
        "not before the first is healthy"
    );
    assert!((stopping[1].0..=stopping[1].0 + 1.0).contains(&placed[3].0));
}

#[test]
fn ecs_196_without_a_check_a_task_is_healthy_40_seconds_after_running() {
    let mut plan = on_hosts(vec![service(1)], 1, 1);
    plan.delays = Delays::Realistic;
    plan.assumptions = sure().into();
    let diary = diary(&plan, 1);
    // Two seconds for the agent, 0.4 s for the manifest, 0.6 s for the start.
    assert_eq!(diary.started(0), [(3.0, 0)]);
    assert_eq!(diary.healthy(0), [(43.0, 0)]);
}

/// Five tasks fill the first host and begin the second. The one whose host would have most
/// left is the one that is alone.
#[test]
fn ecs_91_with_binpack_the_task_goes_whose_host_would_have_most_left() {
    let mut service = scales_at(service(5), 10, 4);
    service.placement = PlacementRule::Ecs(vec![ecsim::plan::Strategy::Binpack(Field::Cpu)]);
    let diary = diary(&on_hosts(vec![service], 2, 4), 1);
    let placed = diary.placed(0);
    let alone = placed.iter().find(|(_, (_, host))| *host == 1);
    let alone = alone.expect("the second host has one").1.0;
    let why = StopReason::ScaledIn;
    assert_eq!(diary.stopping(0), [(600.0, (alone, why))]);
}

/// Without a strategy one of the host with the most goes.
#[test]
fn ecs_91_without_a_strategy_the_fullest_host_loses_one() {
    let diary = diary(&on_hosts(vec![scales_at(service(3), 10, 2)], 2, 2), 1);
    let hosts: Vec<usize> = diary.placed(0).iter().map(|(_, of)| of.1).collect();
    assert_eq!(hosts, [0, 0, 1]);
    let [(second, (gone, _))] = diary.stopping(0)[..] else {
        panic!("one stops")
    };
    assert_eq!((second, hosts[gone as usize]), (600.0, 0));
}

/// The third failure in a row is followed by 15 s, the next by twice that, up to 27 minutes
/// (facts/ecs.md 70, 71). Where nothing takes time a service is looked at once a second.
#[test]
fn ecs_71_starts_that_fail_are_throttled() {
    let mut plan = on_hosts(vec![service(1)], 1, 1);
    plan.images[0].missing = true;
    plan.until = Until::Elapsed(Span::hours(2));
    let diary = diary(&plan, 1);
    let times: Vec<f64> = diary.placed(0).iter().map(|(at, _)| *at).collect();
    let exact = [
        0.0, 1.0, 2.0, 17.0, 47.0, 107.0, 227.0, 467.0, 947.0, 1_907.0, 3_527.0, 5_147.0, 6_767.0,
    ];
    assert_eq!(times, exact);
    let impaired = diary.times(event);
    assert_eq!(impaired, [(2.0, ServiceEvent::StartImpaired)]);
}

/// Three passes 10 s apart, then 5, 10, and from then on 15 minutes (facts/ecs.md 117).
#[test]
fn ecs_117_a_service_without_room_tries_at_10_s_then_5_10_and_15_minutes() {
    let mut plan = on_hosts(Vec::new(), 1, 1);
    plan.tasks = vec![work(&[0], Vec::new(), 1e6)];
    // The work is there first: the service begins after ten minutes.
    plan.services = vec![scales_at(service(0), 10, 1)];
    plan.until = Until::Elapsed(Span::seconds(5_000));
    let diary = diary(&plan, 1);
    let failures = diary.times(|fact| match event(fact) {
        Some(ServiceEvent::PlacementFailed(lacks)) => Some(lacks.closest()),
        _ => None,
    });
    let times: Vec<f64> = failures.iter().map(|(at, _)| at - 600.0).collect();
    assert_eq!(
        times,
        [0.0, 10.0, 20.0, 320.0, 920.0, 1_820.0, 2_720.0, 3_620.0]
    );
    assert!(
        failures
            .iter()
            .all(|(_, lack)| *lack == ecsim::cluster::Lack::Cpu)
    );
}

/// Delays of 71 and 117, and the period before them, are assumptions.
#[test]
fn ecs_71_and_117_have_the_delays_that_are_assumed() {
    let mut plan = on_hosts(vec![service(1)], 1, 1);
    plan.images[0].missing = true;
    plan.until = Until::Elapsed(Span::seconds(40));
    plan.assumptions = Assumptions {
        start_throttle: StartDelays {
            failures: 2,
            first: Span::seconds(5),
            longest: Span::seconds(8),
        },
        ..sure()
    }
    .into();
    let throttled = diary(&plan, 1);
    let times: Vec<f64> = throttled.placed(0).iter().map(|(at, _)| *at).collect();
    assert_eq!(times, [0.0, 1.0, 6.0, 14.0, 22.0, 30.0, 38.0]);
    assert_eq!(throttled.times(event), [(1.0, ServiceEvent::StartImpaired)]);

    let mut plan = on_hosts(Vec::new(), 1, 1);
    plan.tasks = vec![work(&[0], Vec::new(), 1e6)];
    plan.services = vec![scales_at(service(0), 10, 1)];
    plan.until = Until::Elapsed(Span::seconds(800));
    plan.assumptions = Assumptions {
        service_scheduler_period: Span::seconds(20),
        placement_retry: PlacementDelays {
            failures: 2,
            delays: [Span::seconds(40), Span::seconds(50)].into(),
        },
        ..sure()
    }
    .into();
    let failures = diary(&plan, 1).times(|fact| match event(fact) {
        Some(ServiceEvent::PlacementFailed(_)) => Some(()),
        _ => None,
    });
    let times: Vec<f64> = failures.iter().map(|(at, ())| at - 600.0).collect();
    assert_eq!(times, [0.0, 20.0, 60.0, 110.0, 160.0]);
}

/// How many tasks a service starts in its first rounds, at 60 a minute.
#[test]
fn ecs_44_a_service_launches_at_once_what_its_burst_holds() {
    let launched = |burst| {
        let mut plan = on_hosts(vec![service(40)], 1, 40);
        plan.delays = Delays::Realistic;
        plan.until = Until::Elapsed(Span::seconds(15));
        plan.assumptions = Assumptions {
            service_launch_rate: 60,
            service_launch_burst: burst,
            ..sure()
        }
        .into();
        let placed = diary(&plan, 1).placed(0);
        let before = |end: f64| placed.iter().filter(|(at, _)| *at < end).count();
        (before(10.0), before(15.0))
    };
    assert_eq!(launched(Span::seconds(60)), (40, 40));
    assert_eq!(launched(Span::seconds(12)), (12, 22));
    // A round launches what became due since the round before, however short the burst is.
    assert_eq!(launched(Span::seconds(5)), (10, 20));
    assert_eq!(launched(Span::millis(1)), (10, 20));
}

/// A thousand tasks take two minutes, 500 in each (facts/ecs.md 44).
#[test]
fn ecs_44_a_thousand_launches_of_a_service_take_two_minutes() {
    let mut plan = on_hosts(vec![service(1_000)], 1, 1_000);
    plan.delays = Delays::Realistic;
    plan.assumptions = sure().into();
    plan.until = Until::Elapsed(Span::seconds(150));
    let placed = diary(&plan, 1).placed(0);
    let before = |end: f64| placed.iter().filter(|(at, _)| *at < end).count();
    assert_eq!([60.0, 110.0, 120.0].map(before), [500, 917, 1_000]);
}

/// Three tasks are desired and two have room. One exits each ten minutes after its start, and its
/// place is taken in the next round, though the third task found no place (facts/ecs.md 69, 117).
#[test]
fn ecs_69_a_task_that_stops_is_replaced_although_another_finds_no_room() {
    let mut service = service(3);
    service.containers = [exits(container("main"), 600.0, 0)].into();
    let mut plan = on_hosts(vec![service], 2, 1);
    plan.delays = Delays::Realistic;
    plan.assumptions = sure().into();
    let diary = diary(&plan, 1);
    let placed: Vec<f64> = diary.placed(0).iter().map(|(at, _)| *at).collect();
    let stopped: Vec<f64> = diary.stopped(0).iter().map(|(at, _)| *at).collect();
    assert_eq!(stopped[..4], [603.0, 603.0, 1_213.0, 1_213.0]);
    assert_eq!(placed[..6], [0.0, 0.0, 610.0, 610.0, 1_220.0, 1_220.0]);
}

/// A service that finds PROVISIONING full tries again in each round, and does not wait for 5 minutes
/// after the third (facts/ecs.md 43, 117).
#[test]
fn ecs_117_a_service_that_finds_provisioning_full_tries_again_in_the_next_round() {
    let managed = AutoScalingGroup {
        managed_scaling: managed(),
        ..group(0)
    };
    let mut plan = plan(vec![provider(managed)], 1, Span::seconds(65));
    plan.services = vec![service(12)];
    plan.delays = Delays::Realistic;
    plan.assumptions = Assumptions {
        provisioning_limit: 10,
        ..sure()
    }
    .into();
    let full = diary(&plan, 1).times(|fact| match event(fact) {
        Some(ServiceEvent::ProvisioningLimitReached) => Some(()),
        _ => None,
    });
    let times: Vec<f64> = full.iter().map(|(at, ())| *at).collect();
    assert_eq!(times, [0.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0]);
}

/// Base 2 and weight 1 beside weight 3, ten tasks: 4 and 6. Weights 1 and 1: 5 and 5;
/// weights 1 and 4, five tasks: 1 and 4.
#[test]
fn ecs_129a_base_and_weights_split_a_service() {
    for (desired, items, split) in [
        (10, [(2, 1), (0, 3)], [4, 6]),
        (10, [(0, 1), (0, 1)], [5, 5]),
        (5, [(0, 1), (0, 4)], [1, 4]),
    ] {
        let mut service = service(desired);
        let item = |(provider, (base, weight))| StrategyItem {
            provider,
            base,
            weight,
        };
        service.target = Target::Strategy(items.into_iter().enumerate().map(item).collect());
        let mut plan = plan(vec![fleet(1), fleet(1)], 16, Span::seconds(60));
        plan.cluster.providers[1].name = "spot".into();
        plan.services = vec![service];
        let hosts = diary(&plan, 1).placed(0);
        let on = |host| hosts.iter().filter(|(_, of)| of.1 == host).count();
        assert_eq!([on(0), on(1)], split);
    }
}

/// Daemons come first on a new instance, before those who have waited for it
/// (facts/ecs.md 107), and one is on every instance (106).
#[test]
fn ecs_107_daemons_come_first_on_a_new_instance() {
    let mut agent = service(0);
    agent.name = "daemon".into();
    agent.scheduling = Scheduling::Daemon;
    agent.deployment.percentages.minimum_healthy_percent = 0;
    agent.deployment.percentages.maximum_percent = 100;
    agent.demand.cpu = Drawn::Fixed(Cpu::units(256));
    let mut web = service(8);
    web.demand.cpu = Drawn::Fixed(Cpu::units(768));
    let managed = AutoScalingGroup {
        managed_scaling: managed(),
        ..group(20)
    };
    let mut plan = plan(vec![provider(managed)], 1, Span::hours(1));
    plan.services = vec![web, agent];
    plan.delays = Delays::Realistic;
    let diary = diary(&plan, 1);
    let (web, daemons) = (diary.placed(0), diary.placed(1));
    assert_eq!(web.len(), 8);
    for (at, (_, host)) in &web {
        let first = daemons.iter().find(|(_, of)| of.1 == *host);
        let first = first.expect("a daemon is on every instance");
        assert!(first.0 <= *at);
    }
    let registered = diary.times(|fact| matches!(fact, Fact::InstanceRegistered(_)).then_some(()));
    assert_eq!(daemons.len(), registered.len());
}

/// A daemon of a quarter of a vCPU.
fn daemon() -> Service {
    let mut agent = service(0);
    agent.name = "daemon".into();
    agent.scheduling = Scheduling::Daemon;
    agent.deployment.percentages.minimum_healthy_percent = 0;
    agent.deployment.percentages.maximum_percent = 100;
    agent.demand.cpu = Drawn::Fixed(Cpu::units(256));
    agent
}

/// A job per second of these that runs for ever, of so many CPU units.
fn jobs(times: &[u64], units: u64) -> TaskEntry {
    let mut jobs = work(times, Vec::new(), 1e6);
    jobs.demand.cpu = Drawn::Fixed(Cpu::units(units));
    jobs
}

/// Three jobs and the daemon fill the host, and a fourth job waits. The daemon exits at
/// 103 s, three seconds of start and a hundred of life; its room is kept for the next one,
/// which comes in the next round (facts/ecs.md 107, 109).
#[test]
fn ecs_107_the_room_of_a_daemon_is_kept_for_the_next_one() {
    let mut agent = daemon();
    agent.containers = [exits(container("main"), 100.0, 0)].into();
    let mut plan = on_hosts(vec![agent], 1, 1);
    plan.tasks = vec![jobs(&[0, 0, 0, 0], 256)];
    plan.delays = Delays::Realistic;
    plan.assumptions = sure().into();
    plan.until = Until::Elapsed(Span::seconds(300));
    let diary = diary(&plan, 1);
    assert_eq!(diary.placed(0).len(), 3, "the fourth never has a place");
    let daemons: Vec<f64> = diary.placed(1).iter().map(|(at, _)| *at).collect();
    assert_eq!(daemons, [0.0, 110.0, 220.0]);
}

/// Two launches a minute: the daemons of four hosts come at 0, 30, 60 and 90 s, and jobs that would fill a host wait for ever, as room is kept for the daemons
/// (facts/ecs.md 44, 107).
#[test]
fn ecs_44_daemons_are_held_to_the_launch_rate() {
    let mut plan = on_hosts(vec![daemon()], 4, 1);
    plan.tasks = vec![jobs(&[0, 0, 0, 0], 1_024)];
    plan.delays = Delays::Realistic;
    plan.assumptions = Assumptions {
        service_launch_rate: 2,
        ..sure()
    }
    .into();
    let diary = diary(&plan, 1);
    let daemons: Vec<f64> = diary.placed(1).iter().map(|(at, _)| *at).collect();
    assert_eq!(daemons, [0.0, 30.0, 60.0, 90.0]);
    assert_eq!(diary.placed(0), []);
}

/// Two daemons that do not fit together: one keeps waiting, and says so as a service does
/// that finds no room (facts/ecs.md 109, 117).
#[test]
fn ecs_109_a_daemon_that_cannot_fit_keeps_waiting_and_says_so() {
    let mut large = daemon();
    large.demand.cpu = Drawn::Fixed(Cpu::units(900));
    large.containers = [exits(container("main"), 100.0, 0)].into();
    let mut plan = on_hosts(vec![large, daemon()], 1, 1);
    plan.until = Until::Elapsed(Span::seconds(1_000));
    let diary = diary(&plan, 1);
    assert_eq!(diary.placed(1), []);
    let failures = diary.times(|fact| match fact {
        Fact::Service(of, ServiceEvent::PlacementFailed(lacks)) => {
            Some((of.index(), lacks.closest()))
        }
        _ => None,
    });
    let cpu = (1, ecsim::cluster::Lack::Cpu);
    let times = [0.0, 10.0, 20.0, 320.0, 920.0];
    assert_eq!(failures, times.map(|at| (at, cpu)));
}

/// Checks of four daemons fail from second 100 on. One stops at 120 s; the next when its
/// replacement is healthy, ten seconds after its start, whatever `minimumHealthyPercent`
/// (facts/ecs.md 108, 194, 202).
#[test]
fn ecs_108_and_202_unhealthy_daemons_stop_one_at_a_time() {
    for minimum in [0, 100] {
        let mut agent = daemon();
        agent.deployment.percentages.minimum_healthy_percent = minimum;
        let main = probed(container("main"));
        agent.containers = [main].into();
        let mut plan = on_hosts(vec![agent], 4, 1);
        plan.faults = vec![checks_fail(Some(0), 100)];
        plan.until = Until::Elapsed(Span::seconds(200));
        let diary = diary(&plan, 1);
        let stopping: Vec<(f64, u64)> = diary
            .stopping(0)
            .iter()
            .map(|(at, (ordinal, _))| (*at, *ordinal))
            .collect();
        assert_eq!(stopping, [(120.0, 0), (130.0, 1), (140.0, 2), (150.0, 3)]);
        let hosts: Vec<usize> = diary.placed(0)[4..].iter().map(|(_, of)| of.1).collect();
        assert_eq!(hosts, [0, 1, 2, 3]);
    }
}

/// A daemon's successor takes the room that its instance has kept, with no room beside it: no
/// placement fails, and it starts at the instant at which the first is unhealthy (facts/ecs.md 107).
#[test]
fn ecs_107_the_successor_of_a_daemon_takes_the_room_that_is_kept() {
    let mut agent = daemon();
    agent.deployment.percentages.minimum_healthy_percent = 0;
    agent.containers = [probed(container("main"))].into();
    let mut plan = on_hosts(vec![agent], 1, 1);
    // What the daemon leaves is taken.
    let mut job = work(&[1], Vec::new(), 1e6);
    job.demand.cpu = Drawn::Fixed(Cpu::units(1024 - 256));
    plan.services[0].demand.cpu = Drawn::Fixed(Cpu::units(256));
    plan.tasks = vec![job];
    plan.faults = vec![checks_fail(Some(0), 100)];
    plan.until = Until::Elapsed(Span::seconds(140));
    let diary = diary(&plan, 1);
    let placed: Vec<f64> = diary.placed(1).iter().map(|(at, _)| *at).collect();
    assert_eq!(placed, [0.0, 120.0]);
    let failures = diary.times(|fact| match event(fact) {
        Some(ServiceEvent::PlacementFailed(_)) => Some(()),
        _ => None,
    });
    assert_eq!(failures, []);
}

/// Where a host has room for two daemons, a replacement takes the room of the first: what is left
/// goes to jobs (facts/ecs.md 107, 108).
#[test]
fn ecs_107_a_replaced_daemon_leaves_no_promise_behind() {
    let mut agent = daemon();
    agent.deployment.percentages.minimum_healthy_percent = 0;
    agent.containers = [probed(container("main"))].into();
    let mut plan = on_hosts(vec![agent], 1, 1);
    plan.services[0].demand.cpu = Drawn::Fixed(Cpu::units(256));
    let job = |name: &str, second: u64, units: u64| {
        let mut job = work(&[second], Vec::new(), 1e6);
        job.name = name.into();
        job.demand.cpu = Drawn::Fixed(Cpu::units(units));
        job
    };
    plan.tasks = vec![job("early", 0, 256), job("late", 200, 512)];
    plan.faults = vec![checks_fail(Some(0), 100)];
    plan.until = Until::Elapsed(Span::seconds(210));
    let diary = diary(&plan, 1);
    let late: Vec<f64> = diary.placed(1).iter().map(|(at, _)| *at).collect();
    assert_eq!(late, [200.0]);
}

/// Three tasks are wanted and one finds room; another at 620 s, when a job has ended. That
/// one is placed makes the pass at 620 s the first that fails, not the third, though nothing
/// is RUNNING before the agents take their ten minutes (facts/ecs.md 117).
#[test]
fn ecs_117_a_task_that_is_placed_begins_the_count_of_failed_passes_anew() {
    let mut plan = on_hosts(vec![scales_at(service(0), 10, 3)], 1, 3);
    plan.tasks = vec![work(&[0], Vec::new(), 615.0), work(&[0], Vec::new(), 1e6)];
    plan.tasks[1].name = "long".into();
    plan.delays = Delays::Realistic;
    plan.assumptions = Assumptions {
        agent_pickup: Distribution::Constant(600.0),
        ..sure()
    }
    .into();
    plan.until = Until::Elapsed(Span::seconds(1_000));
    let failures = diary(&plan, 1).times(|fact| match event(fact) {
        Some(ServiceEvent::PlacementFailed(_)) => Some(()),
        _ => None,
    });
    let times: Vec<f64> = failures.iter().map(|(at, ())| *at).collect();
    assert_eq!(times, [600.0, 610.0, 620.0, 630.0, 640.0, 940.0]);
}
