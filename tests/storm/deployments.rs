//! Random deployments: new revisions, bad releases, circuit breakers and alarms.

use crate::common::worlds::Dice;
use crate::work::{containers, demand, target};
use ecsim::engine::random::Distribution;
use ecsim::plan::{
    AlarmMetric, BadRelease, CircuitBreaker, ComparisonOperator, Deployment, DeploymentAlarms,
    DeploymentConfiguration, DeploymentRules, MetricAlarm, NextRevision, Plan, ReleaseFailure,
    Scheduling, Service, ServiceRevision, Threshold,
};
use ecsim::units::{SimTime, Span};

/// Adds alarms, and to some services revisions and deployments of them.
pub fn releases(dice: &mut Dice, plan: &mut Plan) {
    for service in 0..plan.services.len() {
        if dice.one_in(2) {
            plan.alarms.push(alarm(dice, service));
        }
    }
    for service in 0..plan.services.len() {
        if dice.one_in(2) {
            release(dice, plan, service);
        }
    }
}

fn alarm(dice: &mut Dice, service: usize) -> MetricAlarm {
    let periods = dice.between(1, 3) as u32;
    MetricAlarm {
        name: format!("alarm-{service}"),
        metric: dice.of(&[
            AlarmMetric::PendingTaskCount(service),
            AlarmMetric::RunningTaskCount(service),
            AlarmMetric::DesiredTaskCount(service),
            AlarmMetric::CpuReservation,
            AlarmMetric::MemoryReservation,
        ]),
        comparison: dice.of(&[
            ComparisonOperator::GreaterThanOrEqualTo,
            ComparisonOperator::LessThan,
        ]),
        threshold: dice.of(&[1_000_000, 3_000_000, 50_000_000]),
        evaluation_periods: periods,
        datapoints_to_alarm: dice.between(1, periods.into()) as u32,
    }
}

fn release(dice: &mut Dice, plan: &mut Plan, index: usize) {
    let service = plan.services[index].clone();
    let revisions: Vec<ServiceRevision> = (1..=dice.between(1, 3))
        .map(|number| revision(dice, plan, &service, number))
        .collect();
    let most = revisions.len() as u64;
    for occurrence in 0..dice.between(1, 5) {
        let to = match dice.one_in(4) {
            true => NextRevision::Previous,
            false => NextRevision::Number(dice.between(0, most) as usize),
        };
        let is_replica = service.scheduling == Scheduling::Replica;
        plan.deployments.push(Deployment {
            name: format!("release-{index}"),
            occurrence: occurrence as u32,
            service: index,
            at: SimTime::micros(dice.below(60) * 60_000_000),
            to,
            rules: dice.one_in(2).then(|| rules(dice, plan, &service)),
            desired_count: (is_replica && dice.one_in(4)).then(|| dice.of(&[0, 2, 6])),
        });
    }
    plan.services[index].revisions = revisions;
    if dice.one_in(2) {
        plan.services[index].deployment = rules(dice, plan, &service);
    }
}

fn revision(dice: &mut Dice, plan: &Plan, service: &Service, number: u64) -> ServiceRevision {
    let is_bound = service.scheduling == Scheduling::Daemon || service.distinct_instance;
    let target = match is_bound || dice.one_in(2) {
        true => service.target.clone(),
        false => target(dice, plan),
    };
    let made = containers(dice, true);
    let failure = dice.of(&[
        ReleaseFailure::Start,
        ReleaseFailure::HealthCheck,
        ReleaseFailure::Crash,
    ]);
    let zones = plan.cluster.zones.len() as u64;
    let bad = dice.one_in(2).then(|| BadRelease {
        probability: dice.of(&[0.5, 1.0]),
        from: Span::seconds(dice.of(&[0, 600])),
        zone: dice.one_in(3).then(|| dice.below(zones) as usize),
        failure,
        containers: failure.containers(&made, &Distribution::Constant(dice.of(&[5.0, 200.0]))),
    });
    ServiceRevision {
        name: format!("revision-{number}"),
        definition: format!("{}:{}", service.name, number + 1),
        demand: demand(dice, plan.is_on_fargate(&target)),
        target,
        containers: made.into(),
        bad,
    }
}

fn rules(dice: &mut Dice, plan: &Plan, service: &Service) -> DeploymentRules {
    let is_daemon = service.scheduling == Scheduling::Daemon;
    let percentages = match is_daemon {
        true => DeploymentConfiguration {
            minimum_healthy_percent: dice.of(&[0, 50]),
            maximum_percent: 100,
        },
        false => DeploymentConfiguration {
            minimum_healthy_percent: dice.of(&[0, 50, 100]),
            maximum_percent: dice.of(&[110, 150, 200]),
        },
    };
    let alarms = plan.alarms.len() as u64;
    DeploymentRules {
        percentages,
        circuit_breaker: dice.one_in(2).then(|| CircuitBreaker {
            rollback: dice.one_in(2),
            reset_on_healthy_task: dice.one_in(2),
            threshold: dice.of(&[
                Threshold::BoundedPercent(50),
                Threshold::UnboundedPercent(20),
                Threshold::Count(2),
            ]),
        }),
        alarms: (alarms > 0 && dice.one_in(2)).then(|| DeploymentAlarms {
            alarms: vec![dice.below(alarms) as usize],
            rollback: dice.one_in(2),
            bake_time: Span::seconds(dice.of(&[0, 300])),
        }),
        // See `traffic.rs`: it needs two target groups.
        shift: None,
    }
}
