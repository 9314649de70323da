//! Deployments: rolling replacement, the circuit breaker, alarms, rollback and bad releases
//! (facts/ecs.md 70, 108, 193 to 215).

use crate::world::*;
use ecsim::plan::{
    AlarmMetric, BadRelease, ComparisonOperator, Deployment, DeploymentAlarms, DeploymentRules,
    MetricAlarm, NextRevision, ReleaseFailure, ServiceRevision,
};
use ecsim::policy::services::{CircuitBreaker, DeploymentConfiguration, Threshold};
use ecsim::simulation::{DeploymentCause, DeploymentEvent, DeploymentFailure};
use std::collections::BTreeSet;

/// A plan with one service on `hosts` hosts with `vcpus` vCPUs each.
fn on_hosts(service: Service, hosts: u32, vcpus: u64) -> Plan {
    let mut plan = plan(vec![fleet(hosts)], vcpus, Span::hours(2));
    plan.services = vec![service];
    plan
}

/// Adds a revision that is like the first one. Returns its number.
fn revision(plan: &mut Plan, name: &str) -> usize {
    let service = &mut plan.services[0];
    service.revisions.push(ServiceRevision {
        name: name.into(),
        definition: service.definition.clone(),
        target: service.target.clone(),
        demand: service.demand.clone(),
        containers: service.containers.clone(),
        bad: None,
    });
    service.revisions.len()
}

/// Makes a revision bad.
fn spoil(plan: &mut Plan, number: usize, failure: ReleaseFailure) -> &mut BadRelease {
    let revision = &mut plan.services[0].revisions[number - 1];
    let containers = failure.containers(&revision.containers, &Distribution::Constant(60.0));
    revision.bad.insert(BadRelease {
        probability: 1.0,
        from: Span::ZERO,
        zone: None,
        failure,
        containers,
    })
}

/// Deploys a revision at a second.
fn deploy(plan: &mut Plan, second: u64, number: usize) -> &mut Deployment {
    plan.deployments.push(Deployment {
        name: format!("at {second}"),
        occurrence: 0,
        service: 0,
        at: at(second),
        to: NextRevision::Number(number),
        rules: None,
        desired_count: None,
    });
    plan.deployments.last_mut().expect("one was added")
}

/// Adds a new revision that is deployed at a second.
fn release(plan: &mut Plan, second: u64) -> usize {
    let number = revision(plan, &format!("release at {second}"));
    deploy(plan, second, number);
    number
}

fn percentages(minimum: u32, maximum: u32) -> DeploymentConfiguration {
    DeploymentConfiguration {
        minimum_healthy_percent: minimum,
        maximum_percent: maximum,
    }
}

fn breaker(rollback: bool) -> Option<CircuitBreaker> {
    Some(CircuitBreaker {
        rollback,
        ..CircuitBreaker::default()
    })
}

/// What happens to deployments, with the number of the revision.
pub fn deployments(diary: &Diary) -> Vec<(f64, (u32, DeploymentEvent))> {
    diary.times(|fact| match fact {
        Fact::Deployment(_, of) => Some((of.revision, of.event)),
        _ => None,
    })
}

/// The same without the counts of failed tasks and without the first deployment.
pub fn outcomes(diary: &Diary) -> Vec<(u32, DeploymentEvent)> {
    let all = deployments(diary).into_iter().map(|(_, of)| of);
    let after_first = all.skip_while(|of| *of != (0, DeploymentEvent::Completed));
    let counts = |event| {
        matches!(
            event,
            DeploymentEvent::FailedTasks(_) | DeploymentEvent::TurnedBad
        )
    };
    after_first
        .skip(1)
        .filter(|(_, event)| !counts(*event))
        .collect()
}

pub fn failed_tasks(diary: &Diary) -> Vec<u32> {
    let events = deployments(diary).into_iter();
    let counts = events.filter_map(|(_, (_, event))| match event {
        DeploymentEvent::FailedTasks(count) => Some(count),
        _ => None,
    });
    counts.collect()
}

pub const BEGAN: fn(u32) -> DeploymentEvent =
    |index| DeploymentEvent::Began(DeploymentCause::Planned(index));
pub const BACK: DeploymentEvent = DeploymentEvent::Began(DeploymentCause::RolledBack);
pub const TRIPPED: DeploymentEvent = DeploymentEvent::Failed(DeploymentFailure::CircuitBreaker);

/// After each instant in which tasks start or are to stop: the RUNNING tasks of the old and of the
/// new revision (ids 0 and 1), as "old+new".
fn steps(diary: &Diary, from: u64) -> Vec<String> {
    let (mut old, mut new) = (BTreeSet::new(), BTreeSet::new());
    let mut steps: Vec<(SimTime, String)> = Vec::new();
    for (now, fact) in &diary.facts {
        match fact {
            Fact::TaskStarted(of) if of.task.revision.index() == 0 => old.insert(of.task.ordinal),
            Fact::TaskStarted(of) => new.insert(of.task.ordinal),
            Fact::TaskStopping(of, _) if of.task.revision.index() == 0 => {
                old.remove(&of.task.ordinal)
            }
            Fact::TaskStopping(of, _) => new.remove(&of.task.ordinal),
            _ => continue,
        };
        let step = format!("{}+{}", old.len(), new.len());
        match steps.last_mut() {
            Some((at, last)) if at == now => *last = step,
            _ => steps.push((*now, step)),
        }
    }
    let late = steps.into_iter().filter(|(now, _)| *now >= at(from));
    late.map(|(_, step)| step).collect()
}

/// The published sequence: two start, two stop, and so on.
#[test]
fn ecs_198_six_tasks_with_room_for_eight_are_replaced_two_by_two() {
    let mut plan = on_hosts(service(6), 1, 8);
    release(&mut plan, 600);
    let played = diary(&plan, 1);
    let published = ["6+2", "4+2", "4+4", "2+4", "2+6", "0+6"];
    assert_eq!(steps(&played, 600), published);
    assert_eq!(
        outcomes(&played),
        [(1, BEGAN(0)), (1, DeploymentEvent::Completed)]
    );
}

#[test]
fn ecs_199_with_half_of_them_needed_three_stop_first() {
    let mut service = service(6);
    service.deployment.percentages = percentages(50, 200);
    let mut plan = on_hosts(service, 1, 10);
    release(&mut plan, 600);
    // Three stop and six start in the first round.
    assert_eq!(steps(&diary(&plan, 1), 600), ["3+6", "0+6"]);
}

#[test]
fn ecs_201_a_deployment_whose_percentages_round_to_the_same_number_is_stuck() {
    let mut service = service(1);
    service.deployment.percentages = percentages(100, 150);
    let mut plan = on_hosts(service, 1, 8);
    release(&mut plan, 600);
    let played = diary(&plan, 1);
    assert_eq!(outcomes(&played), [(1, BEGAN(0))]);
    assert!(steps(&played, 600).is_empty());
}

#[test]
fn ecs_205_a_newer_deployment_supersedes_an_older_one() {
    let mut plan = on_hosts(service(6), 1, 8);
    plan.delays = Delays::Realistic;
    plan.assumptions = sure().into();
    release(&mut plan, 600);
    release(&mut plan, 630);
    let played = diary(&plan, 1);
    let done = [
        (1, BEGAN(0)),
        (1, DeploymentEvent::Superseded),
        (2, BEGAN(1)),
        (2, DeploymentEvent::Completed),
    ];
    assert_eq!(outcomes(&played), done);
    // No more than the maximum of all three revisions together.
    assert_eq!(played.started(2).len(), 6);
}

/// The service of desired count 6 has failed at the third failure: half of it.
#[test]
fn ecs_211_213_the_circuit_breaker_rolls_back_a_release_that_does_not_start() {
    let mut service = service(6);
    service.deployment.circuit_breaker = breaker(true);
    service.deployment.percentages = percentages(100, 150);
    let mut plan = on_hosts(service, 2, 8);
    let bad = release(&mut plan, 600);
    spoil(&mut plan, bad, ReleaseFailure::Start);
    let played = diary(&plan, 1);
    assert_eq!(failed_tasks(&played)[..3], [1, 2, 3]);
    let done = [
        (1, BEGAN(0)),
        (1, TRIPPED),
        (0, BACK),
        (0, DeploymentEvent::Completed),
    ];
    assert_eq!(outcomes(&played), done);
    assert_eq!(played.started(0).len(), 6, "no old task was stopped");
    // Revision ids: 0 at the start, 1 the release, 2 its bad form.
    assert!(played.started(2).is_empty());
}

#[test]
fn ecs_213_without_an_earlier_deployment_there_is_nothing_to_roll_back_to() {
    let mut service = service(4);
    service.deployment.circuit_breaker = breaker(true);
    service.containers = [exits(container("main"), 0.0, 1)].into();
    let mut plan = on_hosts(service, 1, 8);
    plan.services[0].containers = {
        let mut main = container("main");
        main.behavior.start_failure = 1.0;
        [main].into()
    };
    let played = diary(&plan, 1);
    let all: Vec<_> = deployments(&played).into_iter().map(|(_, of)| of).collect();
    assert_eq!(all.last(), Some(&(0, TRIPPED)));
    // At least as many as the threshold; nothing is started after the failure.
    let failed = played
        .times(|fact| matches!(fact, Fact::Deployment(_, of) if of.event == TRIPPED).then_some(()))
        [0]
    .0;
    assert!(played.placed(0).iter().all(|(at, _)| *at <= failed));
}

#[test]
fn ecs_211_after_a_failure_without_rollback_old_tasks_are_replaced_by_old_ones() {
    let mut service = service(4);
    service.deployment.circuit_breaker = breaker(false);
    let mut plan = on_hosts(service, 4, 4);
    let bad = release(&mut plan, 600);
    spoil(&mut plan, bad, ReleaseFailure::Start);
    plan.faults = vec![instances_fail(vec![0], 3_000, None)];
    let played = diary(&plan, 1);
    assert_eq!(outcomes(&played), [(1, BEGAN(0)), (1, TRIPPED)]);
    let lost = played
        .stopped(0)
        .iter()
        .filter(|(at, _)| *at >= 3_000.0)
        .count();
    let again = played
        .started(0)
        .iter()
        .filter(|(at, _)| *at >= 3_000.0)
        .count();
    assert!(lost > 0);
    assert_eq!(again, lost);
}

/// A task that becomes healthy sets the count back: a deployment of which every second task becomes
/// UNHEALTHY goes on (facts/ecs.md 208, 211).
#[test]
fn ecs_208_a_healthy_task_resets_the_count_unless_told_otherwise() {
    let play = |reset, seed| {
        let mut service = service(4);
        service.deployment.circuit_breaker = Some(CircuitBreaker {
            reset_on_healthy_task: reset,
            threshold: Threshold::Count(3),
            rollback: false,
        });
        service.deployment.percentages = percentages(50, 100);
        let mut plan = on_hosts(service, 1, 4);
        let number = release(&mut plan, 600);
        let mut main = probed(container("main"));
        main.behavior.time_to_healthy = Distribution::Exponential { mean: 120.0 };
        plan.services[0].revisions[number - 1].containers = [main].into();
        diary(&plan, seed)
    };
    let completed =
        |diary: &Diary| outcomes(diary).last() == Some(&(1, DeploymentEvent::Completed));
    let mut differ = 0;
    for seed in 1..40 {
        let (reset, kept) = (play(true, seed), play(false, seed));
        assert!(!failed_tasks(&kept).contains(&0));
        differ += u32::from(completed(&reset) && !completed(&kept));
        assert!(completed(&reset) || !completed(&kept), "seed {seed}");
    }
    assert!(differ > 0);
}

#[test]
fn ecs_211_tasks_that_run_and_fail_their_health_checks_count_as_failed() {
    let mut service = service(4);
    service.containers = [probed(container("main"))].into();
    service.deployment.circuit_breaker = breaker(true);
    let mut plan = on_hosts(service, 2, 8);
    let bad = release(&mut plan, 600);
    spoil(&mut plan, bad, ReleaseFailure::HealthCheck);
    let played = diary(&plan, 1);
    assert!(!played.started(2).is_empty(), "they run");
    let done = [
        (1, BEGAN(0)),
        (1, TRIPPED),
        (0, BACK),
        (0, DeploymentEvent::Completed),
    ];
    assert_eq!(outcomes(&played), done);
}

/// One failed pass counts once, though four tasks found no room (facts/ecs.md 117, 212).
#[test]
fn ecs_212_a_pass_that_finds_no_room_counts_as_a_failed_task() {
    let mut service = service(4);
    service.deployment.circuit_breaker = breaker(true);
    let mut plan = on_hosts(service, 1, 4);
    release(&mut plan, 600);
    let played = diary(&plan, 1);
    assert_eq!(failed_tasks(&played), [1, 2, 3]);
    let times: Vec<f64> = deployments(&played)
        .into_iter()
        .filter(|(_, (_, event))| matches!(event, DeploymentEvent::FailedTasks(_)))
        .map(|(at, _)| at)
        .collect();
    assert_eq!(times, [600.0, 610.0, 620.0]);
    let done = [
        (1, BEGAN(0)),
        (1, TRIPPED),
        (0, BACK),
        (0, DeploymentEvent::Completed),
    ];
    assert_eq!(outcomes(&played), done);
}

/// The start throttle of a service whose tasks fail ends with a deployment (facts/ecs.md 70).
#[test]
fn ecs_70_a_deployment_ends_the_wait_after_failed_starts() {
    let mut service = service(1);
    let mut main = container("main");
    main.behavior.start_failure = 1.0;
    service.containers = [main].into();
    let mut plan = on_hosts(service, 1, 4);
    let number = release(&mut plan, 5_200);
    plan.services[0].revisions[number - 1].containers = [container("main")].into();
    let played = diary(&plan, 1);
    // Without the deployment the next start would be at 6,767 s.
    assert_eq!(
        played.started(1),
        [(5_200.0, 1 + played.placed(0).len() as u64 - 1)]
    );
}

#[test]
fn a_service_goes_back_to_a_named_revision_and_to_the_one_before() {
    let mut plan = on_hosts(service(2), 1, 8);
    release(&mut plan, 600);
    release(&mut plan, 1_200);
    deploy(&mut plan, 1_800, 0);
    deploy(&mut plan, 2_400, 0).to = NextRevision::Previous;
    let played = diary(&plan, 1);
    let done = [
        (1, BEGAN(0)),
        (1, DeploymentEvent::Completed),
        (2, BEGAN(1)),
        (2, DeploymentEvent::Completed),
        (0, BEGAN(2)),
        (0, DeploymentEvent::Completed),
        (2, BEGAN(3)),
        (2, DeploymentEvent::Completed),
    ];
    assert_eq!(outcomes(&played), done);
    assert_eq!(played.started(0).len(), 4);
    assert_eq!(played.started(2).len(), 4);
}

/// Half of four daemons are needed: two are replaced, then the others (facts/ecs.md 108).
#[test]
fn ecs_108_daemons_are_replaced_within_their_minimum() {
    let mut agent = service(0);
    agent.scheduling = Scheduling::Daemon;
    agent.containers = [probed(container("main"))].into();
    agent.deployment.percentages = percentages(50, 100);
    let mut plan = on_hosts(agent, 4, 4);
    release(&mut plan, 600);
    let played = diary(&plan, 1);
    let replaced: Vec<f64> = played.stopping(0).iter().map(|(at, _)| *at).collect();
    assert_eq!(replaced.len(), 4);
    assert_eq!(replaced[0], 600.0);
    assert_eq!(replaced[1], 600.0);
    assert!(
        replaced[2] >= 610.0,
        "the first two are healthy after their first check"
    );
    assert!(
        played
            .stopping(0)
            .iter()
            .all(|(_, (_, why))| *why == StopReason::Replaced)
    );
    let hosts: BTreeSet<usize> = played.placed(1).iter().map(|(_, of)| of.1).collect();
    assert_eq!(hosts.len(), 4, "one on each");
    assert_eq!(
        outcomes(&played),
        [(1, BEGAN(0)), (1, DeploymentEvent::Completed)]
    );
}

/// All healthy daemons are needed, so that the deployment is stuck, until they become UNHEALTHY: then the
/// new revision replaces them (facts/ecs.md 108, 202).
#[test]
fn ecs_108_the_new_revision_replaces_unhealthy_daemons() {
    let mut agent = service(0);
    agent.scheduling = Scheduling::Daemon;
    agent.containers = [probed(container("main"))].into();
    agent.deployment.percentages = percentages(100, 100);
    let mut plan = on_hosts(agent, 3, 4);
    release(&mut plan, 600);
    plan.faults.push(checks_fail(Some(0), 1_800));
    let played = diary(&plan, 1);
    let stops = played.stopping(0);
    assert_eq!(stops.len(), 3, "{stops:?}");
    assert!(stops.iter().all(|(at, _)| *at >= 1_800.0), "{stops:?}");
    assert_eq!(played.placed(0).len(), 3);
    assert_eq!(
        outcomes(&played),
        [(1, BEGAN(0)), (1, DeploymentEvent::Completed)]
    );
}

/// With a size of its own, the new daemon takes what the old one had, and more.
#[test]
fn a_daemon_may_become_larger() {
    let mut agent = service(0);
    agent.scheduling = Scheduling::Daemon;
    agent.deployment.percentages = percentages(0, 100);
    let mut plan = on_hosts(agent, 2, 4);
    let number = release(&mut plan, 600);
    plan.services[0].revisions[number - 1].demand.cpu = Drawn::Fixed(Cpu::vcpus(2));
    let played = diary(&plan, 1);
    assert_eq!(played.started(1).len(), 2);
    assert_eq!(
        outcomes(&played).last(),
        Some(&(1, DeploymentEvent::Completed))
    );
}

#[test]
fn ecs_134_a_deployment_moves_a_service_to_fargate() {
    let mut plan = on_hosts(service(2), 1, 8);
    plan.cluster.providers.push(on_fargate());
    let number = release(&mut plan, 600);
    let moved = fargate_service(2, 1024, 2048);
    let revision = &mut plan.services[0].revisions[number - 1];
    revision.demand = moved.demand;
    revision.target = Target::Provider(1);
    let played = diary(&plan, 1);
    assert!(played.placed(1).iter().all(|(_, of)| of.1 == usize::MAX));
    assert_eq!(
        outcomes(&played),
        [(1, BEGAN(0)), (1, DeploymentEvent::Completed)]
    );
}

#[test]
fn a_release_may_be_bad_in_one_zone_or_from_a_minute_on() {
    let mut service = service(4);
    service.containers = [probed(container("main"))].into();
    let mut plan = on_hosts(service, 2, 8);
    plan.cluster.zones.push("us-east-1b".into());
    if let Capacity::Fleet(members) = &mut plan.cluster.providers[0].capacity {
        members[0].zones = vec![0, 1];
    }
    plan.services[0].placement = Service::default_placement();
    let number = release(&mut plan, 600);
    let bad = spoil(&mut plan, number, ReleaseFailure::HealthCheck);
    bad.zone = Some(1);
    let played = diary(&plan, 1);
    // Revision ids: 1 good, 2 bad.
    assert!(played.placed(1).iter().all(|(_, of)| of.1 == 0));
    assert!(played.started(2).iter().all(|(at, _)| *at >= 600.0));
    let bad_hosts: BTreeSet<u32> = played
        .times(|fact| match fact {
            Fact::TaskStarted(of) if of.task.revision.index() == 2 => {
                of.task.instance.map(|id| id.index() as u32)
            }
            _ => None,
        })
        .into_iter()
        .map(|(_, host)| host)
        .collect();
    assert_eq!(bad_hosts, BTreeSet::from([1]));

    let bad = plan.services[0].revisions[number - 1]
        .bad
        .as_mut()
        .expect("it is bad");
    bad.zone = None;
    bad.from = Span::seconds(1_200);
    let played = diary(&plan, 1);
    let unhealthy = played.times(|fact| match fact {
        Fact::TaskHealth(of, false) => Some(of.task.revision.index()),
        _ => None,
    });
    // The third failed check of the tasks that run at 1,800 s.
    let first = unhealthy.first().expect("they fail");
    assert!((1_800.0..=1_830.0).contains(&first.0) && first.1 == 1);
}

#[test]
fn a_probability_is_drawn_once_for_each_release_and_seed() {
    let mut plan = on_hosts(service(1), 1, 8);
    let number = release(&mut plan, 600);
    spoil(&mut plan, number, ReleaseFailure::Start).probability = 0.25;
    let is_bad = |seed: &u64| {
        let played = diary(&plan, *seed);
        deployments(&played)
            .iter()
            .any(|(_, (_, event))| *event == DeploymentEvent::TurnedBad)
    };
    let bad = (1..=200).filter(is_bad).count();
    assert!(
        (30..=70).contains(&bad),
        "{bad} of 200 are bad, expected 50"
    );
}

/// The count of RUNNING tasks is below 4 in each minute after the crashes at 660 s.
fn crashing(rollback: bool) -> Plan {
    let mut service = service(4);
    service.deployment.alarms = Some(DeploymentAlarms {
        alarms: vec![0],
        rollback,
        bake_time: Span::seconds(600),
    });
    service.deployment.percentages = percentages(0, 100);
    let mut plan = on_hosts(service, 1, 4);
    plan.alarms = vec![MetricAlarm {
        name: "few".into(),
        metric: AlarmMetric::RunningTaskCount(0),
        comparison: ComparisonOperator::LessThan,
        threshold: 4_000_000,
        evaluation_periods: 1,
        datapoints_to_alarm: 1,
    }];
    plan
}

#[test]
fn ecs_214_an_alarm_ends_a_deployment_and_rolls_it_back() {
    let mut plan = crashing(true);
    plan.delays = Delays::Realistic;
    plan.assumptions = sure().into();
    let number = release(&mut plan, 1_200);
    spoil(&mut plan, number, ReleaseFailure::Crash);
    let played = diary(&plan, 1);
    let alarm = DeploymentEvent::Failed(DeploymentFailure::Alarm(0));
    let done = outcomes(&played);
    let bakes = DeploymentEvent::Replaced;
    assert_eq!(
        done[..4],
        [(1, BEGAN(0)), (1, bakes), (1, alarm), (0, BACK)]
    );
    assert_eq!(done.last(), Some(&(0, DeploymentEvent::Completed)));
    // Four stop at 1,200 s; the value of 1,260 s is seen two minutes later, and the deployment
    // looks at full minutes after its beginning.
    let failed = deployments(&played)
        .into_iter()
        .find(|(_, (_, event))| *event == alarm);
    let failed = failed.expect("it fails").0;
    assert_eq!(failed % 60.0, 0.0);
    assert!((1_320.0..=1_500.0).contains(&failed), "at {failed}");
}

#[test]
fn ecs_215_a_deployment_with_alarms_completes_after_its_bake_time() {
    let mut plan = crashing(true);
    plan.services[0].deployment.percentages = percentages(100, 200);
    if let Capacity::Fleet(members) = &mut plan.cluster.providers[0].capacity {
        members[0].count = ecsim::plan::Count::Fixed(2);
    }
    release(&mut plan, 1_200);
    let played = diary(&plan, 1);
    let of_release: Vec<(f64, DeploymentEvent)> = deployments(&played)
        .into_iter()
        .filter(|(_, (number, _))| *number == 1)
        .map(|(at, (_, event))| (at, event))
        .collect();
    let (replaced, completed) = (of_release[1], of_release[2]);
    assert_eq!(replaced.1, DeploymentEvent::Replaced);
    assert_eq!(completed, (replaced.0 + 600.0, DeploymentEvent::Completed));
}

#[test]
fn ecs_214_an_alarm_that_is_on_at_the_beginning_is_ignored() {
    let mut plan = crashing(true);
    // There is room for three only, so that the alarm is always on.
    plan.cluster.instance_types[0].cpu = Cpu::vcpus(3);
    release(&mut plan, 1_200);
    let played = diary(&plan, 1);
    let failed = deployments(&played)
        .into_iter()
        .any(|(_, (number, event))| number == 1 && matches!(event, DeploymentEvent::Failed(_)));
    assert!(!failed);
}

#[test]
fn platform_8_3_3_a_deployment_in_an_outage_of_the_control_plane_begins_at_its_end() {
    let mut plan = on_hosts(service(2), 1, 8);
    release(&mut plan, 600);
    plan.faults.push(Fault {
        name: "out".into(),
        kind: FaultKind::ControlPlaneOutage,
        occurs: Occurrence::At(vec![at(500)]),
        lasts: Some(Distribution::Constant(400.0)),
    });
    let played = diary(&plan, 1);
    let began = deployments(&played)
        .into_iter()
        .find(|(_, of)| *of == (1, BEGAN(0)));
    assert_eq!(began.map(|(at, _)| at), Some(900.0));
}

#[test]
fn new_rules_and_a_new_count_apply_from_the_deployment_on() {
    let mut plan = on_hosts(service(2), 1, 8);
    let number = revision(&mut plan, "v2");
    let deployment = deploy(&mut plan, 600, number);
    deployment.desired_count = Some(4);
    deployment.rules = Some(DeploymentRules {
        percentages: percentages(0, 100),
        ..DeploymentRules::default()
    });
    // Both old ones stop in the first round.
    assert_eq!(steps(&diary(&plan, 1), 600), ["0+4"]);
}

/// The worst of 10 releases of 100 tasks: no revision ever exceeds the maximum, and health never
/// falls below the minimum.
#[test]
fn ecs_194_a_train_of_releases_stays_within_the_percentages() {
    let mut service = service(20);
    service.containers = [probed(container("main"))].into();
    service.deployment.percentages = percentages(75, 125);
    let mut plan = on_hosts(service, 5, 8);
    plan.delays = Delays::Realistic;
    for second in (1..10).map(|number| number * 300) {
        release(&mut plan, second);
    }
    for seed in 1..4 {
        let (mut alive, mut healthy) = (BTreeSet::new(), BTreeSet::new());
        let mut was_full = false;
        for (now, fact) in &diary(&plan, seed).facts {
            match fact {
                Fact::TaskPlaced(of) => alive.insert(of.task.ordinal),
                Fact::TaskHealth(of, true) => healthy.insert(of.task.ordinal),
                Fact::TaskHealth(of, false) => healthy.remove(&of.task.ordinal),
                Fact::TaskStopping(of, _) => {
                    healthy.remove(&of.task.ordinal);
                    alive.remove(&of.task.ordinal)
                }
                _ => continue,
            };
            was_full |= healthy.len() == 20;
            assert!(alive.len() <= 25, "{} at {now}", alive.len());
            assert!(
                !was_full || healthy.len() >= 15,
                "{} at {now}",
                healthy.len()
            );
        }
    }
}
