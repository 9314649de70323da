//! Checks of deployments, of the revisions that they move services to, and of alarms.

use super::super::{
    AlarmMetric, BadRelease, Capacity, DeploymentRules, LoadBalancerKind, MetricAlarm,
    MetricSources, NextRevision, Plan, Scheduling, Service, ServiceMetric, ShiftSteps,
    TrafficShift,
};
use super::at::At;
use super::{containers, rules, work};
use crate::policy::services::Threshold;
use crate::units::Ratio;
use std::collections::BTreeSet;

/// Checks `deployments` of a plan: what they name, the desired counts and the rules.
pub(super) fn check(plan: &Plan, at: &At<'_>) {
    if plan.deployments.len() > rules::MOST_DEPLOYMENTS {
        let message = format!("there are {} deployments", plan.deployments.len());
        return at.expected(message, &format!("at most {}", rules::MOST_DEPLOYMENTS));
    }
    let mut names = BTreeSet::new();
    for deployment in &plan.deployments {
        let at = at.key(&deployment.name);
        if !names.insert((&deployment.name, deployment.occurrence)) {
            at.problem(format!(
                "there are two deployments of this name with the number {}",
                deployment.occurrence
            ));
        }
        let length = plan.services.len();
        if !at
            .key("service")
            .index(deployment.service, length, "service")
        {
            continue;
        }
        let service = &plan.services[deployment.service];
        if let NextRevision::Number(number) = deployment.to
            && number > service.revisions.len()
        {
            at.key("revision").expected(
                format!("`{}` has no revision {number}", service.name),
                &format!("at most {}", service.revisions.len()),
            );
        }
        if let Some(of) = &deployment.rules {
            rules_of(plan, service, of, &at);
        }
        let Some(count) = deployment.desired_count else {
            continue;
        };
        let at = at.key("desiredCount");
        let (least, most) = (service.min_capacity, service.max_capacity);
        if service.scheduling == Scheduling::Daemon {
            at.problem(rules::DAEMON_HAS_NO_COUNT);
        } else if !(least..=most).contains(&count) {
            at.problem(format!(
                "{count} is outside of `minCapacity` {least} and `maxCapacity` {most}"
            ));
        }
    }
}

/// Checks the rules of a deployment of a service (facts/ecs.md 193, 209, 214).
pub(super) fn rules_of(plan: &Plan, service: &Service, of: &DeploymentRules, at: &At<'_>) {
    let at = at.key("deploymentConfiguration");
    let is_daemon = service.scheduling == Scheduling::Daemon;
    let (low, high) = (
        of.percentages.minimum_healthy_percent,
        of.percentages.maximum_percent,
    );
    if let Some(flaw) = rules::percentages(is_daemon, low, high) {
        at.flaw(flaw);
    }
    if let Some(breaker) = of.circuit_breaker {
        let (Threshold::BoundedPercent(value)
        | Threshold::UnboundedPercent(value)
        | Threshold::Count(value)) = breaker.threshold;
        if value == 0 {
            let at = at.key("deploymentCircuitBreaker");
            at.key("thresholdConfiguration")
                .expected("a threshold of 0 is not valid", "at least 1");
        }
    }
    if let Some(shift) = &of.shift {
        self::shift(service, shift, &at.key("strategy"));
        let balancer = MetricSources::of(plan, service).balancer;
        if balancer == Some(LoadBalancerKind::Network) && shift.needs_weights() {
            let at = at.key("strategy");
            at.problem(
                "CodeDeploy shifts requests in steps behind an Application Load Balancer only",
            );
        }
    }
    let alarms = of.alarms.iter().flat_map(|of| &of.alarms);
    for alarm in alarms {
        at.key("alarms").index(*alarm, plan.alarms.len(), "alarm");
    }
}

/// Checks a traffic shift (facts/ecs.md 216, 219, 220).
fn shift(service: &Service, shift: &TrafficShift, at: &At<'_>) {
    if service.scheduling == Scheduling::Daemon {
        at.problem("the deployments of a daemon cannot shift traffic");
    }
    let targets = service.targets.as_ref();
    if targets.is_none_or(|targets| targets.alternate.is_none()) {
        at.problem("a deployment that shifts traffic needs a second target group");
    }
    let share = match shift.steps {
        ShiftSteps::AllAtOnce => Ratio::ONE,
        ShiftSteps::Linear { step, .. } => step,
        ShiftSteps::Canary { share, .. } => share,
    };
    if share == Ratio::default() {
        at.expected("a step of 0 is not valid here", "above 0");
    }
}

/// Checks the revisions of a service after its first.
pub(super) fn revisions(plan: &Plan, service: &Service, at: &At<'_>, has_sound_cluster: bool) {
    for revision in service.all_revisions().skip(1) {
        let at = at.key("revisions").key(revision.name);
        work::revision(plan, service, revision, &at, has_sound_cluster);
        if let Some(bad) = revision.bad {
            bad_release(plan, revision.containers.len(), bad, &at.key("bad"));
        }
    }
}

fn bad_release(plan: &Plan, containers: usize, bad: &BadRelease, at: &At<'_>) {
    if !(bad.probability > 0.0 && bad.probability <= 1.0) {
        at.key("probability").expected(
            format!("a probability of {} is not valid here", bad.probability),
            "above 0, at most 1",
        );
    }
    if let Some(zone) = bad.zone {
        let zones = plan.cluster.zones.len();
        at.key("availabilityZone").index(zone, zones, "zone");
    }
    if bad.containers.len() != containers {
        at.hint(
            format!(
                "the bad release has {} containers, the good one {containers}",
                bad.containers.len()
            ),
            "make them with `ReleaseFailure::containers`",
        );
    } else {
        containers::containers(plan, &bad.containers, at);
    }
}

/// Checks `alarms` of a plan.
pub(super) fn alarms(plan: &Plan, at: &At<'_>) {
    let mut names = BTreeSet::new();
    for alarm in &plan.alarms {
        let at = at.key(&alarm.name);
        if !names.insert(&alarm.name) {
            at.problem("there are two alarms of this name");
        }
        metric(plan, alarm, &at.key("metricName"));
        let (periods, datapoints) = (alarm.evaluation_periods, alarm.datapoints_to_alarm);
        if periods == 0 {
            at.key("evaluationPeriods")
                .expected("0 is not valid here", "at least 1");
        } else if !(1..=periods).contains(&datapoints) {
            at.key("datapointsToAlarm").expected(
                format!("{datapoints} is not valid here"),
                &format!("1 to {periods}, the evaluation periods"),
            );
        }
    }
}

fn metric(plan: &Plan, alarm: &MetricAlarm, at: &At<'_>) {
    match alarm.metric {
        AlarmMetric::RunningTaskCount(service)
        | AlarmMetric::PendingTaskCount(service)
        | AlarmMetric::DesiredTaskCount(service) => {
            at.index(service, plan.services.len(), "service");
        }
        AlarmMetric::HealthyHostCount(index) | AlarmMetric::UnhealthyHostCount(index) => {
            if at.index(index, plan.services.len(), "service")
                && plan.services[index].targets.is_none()
            {
                at.problem("this metric has no value without a target group");
            }
        }
        AlarmMetric::Service(index, metric) => {
            if at.index(index, plan.services.len(), "service") {
                of_service(plan, &plan.services[index], metric, at);
            }
        }
        AlarmMetric::CapacityProviderReservation(index) => {
            let providers = &plan.cluster.providers;
            let has_metric = |capacity: &Capacity| matches!(capacity, Capacity::Group(group) if group.managed_scaling.is_some());
            if at.index(index, providers.len(), "capacity provider")
                && !has_metric(&providers[index].capacity)
            {
                at.problem(format!(
                    "`{}` has no managed scaling, so that it has no `CapacityProviderReservation`",
                    providers[index].name
                ));
            }
        }
        AlarmMetric::CpuReservation | AlarmMetric::MemoryReservation => {}
    }
}

/// A metric of the requests of a service has values.
fn of_service(plan: &Plan, service: &Service, metric: ServiceMetric, at: &At<'_>) {
    if metric.is_of_queue() || metric == ServiceMetric::Customized {
        return at.problem("alarms on metrics of queues belong to scaling policies");
    }
    let sources = MetricSources {
        has_queue: false,
        ..MetricSources::of(plan, service)
    };
    if let Some(lack) = sources.lack(metric) {
        at.hint(
            format!("this metric has no value without {}", lack.what()),
            lack.hint(),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{
        CircuitBreaker, ComparisonOperator, Deployment, DeploymentAlarms, FleetMember,
        InstanceType, Provider, ReleaseFailure, ServiceRevision, Target, Until,
    };
    use crate::units::{SimTime, Span};

    /// A service with one later revision, a deployment of it and an alarm; all is right.
    fn released() -> Plan {
        let mut plan = Plan::new("releases", "us-east-1");
        plan.until = Until::Elapsed(Span::hours(1));
        let large = InstanceType::of_catalog("m6i.large", "us-east-1");
        plan.cluster.instance_types.extend(large);
        let fleet = Provider::fleet("fleet", vec![FleetMember::new(0, 2)]);
        plan.cluster.providers.push(fleet);
        let mut web = Service::new("web", 2);
        web.revisions.push(ServiceRevision {
            name: "v2".into(),
            definition: "web:2".into(),
            target: web.target.clone(),
            demand: web.demand.clone(),
            containers: web.containers.clone(),
            bad: Some(BadRelease {
                probability: 0.5,
                from: Span::ZERO,
                zone: None,
                failure: ReleaseFailure::Start,
                containers: web.containers.clone(),
            }),
        });
        plan.services.push(web);
        plan.alarms.push(MetricAlarm {
            name: "pending".into(),
            metric: AlarmMetric::PendingTaskCount(0),
            comparison: ComparisonOperator::GreaterThan,
            threshold: 0,
            evaluation_periods: 2,
            datapoints_to_alarm: 2,
        });
        plan.deployments.push(Deployment {
            name: "v2".into(),
            occurrence: 0,
            service: 0,
            at: SimTime::ZERO,
            to: NextRevision::Number(1),
            rules: None,
            desired_count: None,
        });
        plan
    }

    /// What is changed, the key of the problem and a part of its text.
    type Mistake = (fn(&mut Plan), &'static str, &'static str);

    const MISTAKES: &[Mistake] = &[
        (
            |plan| plan.deployments[0].service = 3,
            "deployments.v2.service",
            "there is no service 3",
        ),
        (
            |plan| plan.deployments[0].to = NextRevision::Number(2),
            "deployments.v2.revision",
            "`web` has no revision 2",
        ),
        (
            |plan| {
                plan.services[0].max_capacity = 5;
                plan.deployments[0].desired_count = Some(6);
            },
            "deployments.v2.desiredCount",
            "6 is outside",
        ),
        (
            |plan| plan.deployments.push(plan.deployments[0].clone()),
            "deployments.v2",
            "two deployments of this name",
        ),
        (
            |plan| {
                plan.deployments[0].rules = Some(DeploymentRules {
                    circuit_breaker: Some(CircuitBreaker {
                        threshold: Threshold::Count(0),
                        ..CircuitBreaker::default()
                    }),
                    ..DeploymentRules::default()
                });
            },
            "deployments.v2.deploymentConfiguration.deploymentCircuitBreaker.thresholdConfiguration",
            "a threshold of 0",
        ),
        (
            |plan| {
                plan.services[0].deployment.alarms = Some(DeploymentAlarms {
                    alarms: vec![1],
                    rollback: true,
                    bake_time: Span::ZERO,
                });
            },
            "services.web.deploymentConfiguration.alarms",
            "there is no alarm 1",
        ),
        (
            |plan| plan.services[0].revisions[0].target = Target::Provider(4),
            "services.web.revisions.v2.capacityProviderStrategy",
            "there is no capacity provider 4",
        ),
        (
            |plan| {
                let bad = plan.services[0].revisions[0].bad.as_mut();
                bad.expect("it may be bad").probability = 1.5;
            },
            "services.web.revisions.v2.bad.probability",
            "a probability of 1.5",
        ),
        (
            |plan| {
                let bad = plan.services[0].revisions[0].bad.as_mut();
                bad.expect("it may be bad").zone = Some(9);
            },
            "services.web.revisions.v2.bad.availabilityZone",
            "there is no zone 9",
        ),
        (
            |plan| plan.alarms[0].datapoints_to_alarm = 3,
            "alarms.pending.datapointsToAlarm",
            "3 is not valid",
        ),
        (
            |plan| plan.alarms[0].metric = AlarmMetric::CapacityProviderReservation(0),
            "alarms.pending.metricName",
            "`fleet` has no managed scaling",
        ),
    ];

    #[test]
    fn every_mistake_of_a_deployment_is_told_at_its_key() {
        released().check().expect("without a mistake it is right");
        for (change, path, text) in MISTAKES {
            let mut plan = released();
            change(&mut plan);
            let problems = plan.check().expect_err(text).0;
            assert!(
                problems
                    .iter()
                    .any(|found| found.path == *path && found.message.contains(text)),
                "{path}: {text}\n{problems:#?}"
            );
        }
    }
}
