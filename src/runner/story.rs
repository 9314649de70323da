//! One run over time, with names instead of ids, as the reports need it.

use super::scaled::{scaled_why, scaler_name};
use super::story_data::{Story, StoryFault, StoryMetric, StoryPolicy, StoryRollout, StoryScaling};
use crate::metrics::{PolicyDecision, RolloutStory, ScalingDecision, StoryLevel, StoryReader};
use crate::plan::{Capacity, NextRevision, Plan, ServiceMetric};
use crate::policy::provisioning::Reservation;
use crate::simulation::ScalingReason;
use crate::units::{SECOND, SimTime, Span};
use std::collections::BTreeSet;

/// The story of a run from its reader; `end` is the end of the run, to which open levels and
/// faults are extended.
pub fn story_of(plan: &Plan, seed: u64, mut reader: StoryReader, end: SimTime) -> Story {
    reader.finish(end);
    let origin = SimTime::ZERO + plan.warm_up;
    let has_load = plan.services.iter().any(|service| service.load.is_some());
    let levels = StoryLevel::ALL.into_iter();
    let has_credits = plan.counts_cpu_credits();
    let has_queues = !plan.queues.is_empty();
    let levels = levels.filter(|level| match level {
        level if level.is_of_requests() => has_load,
        level if level.is_of_messages() => has_queues,
        level if level.is_of_cpu() => has_load || has_queues,
        level if level.is_of_credits() => has_credits,
        _ => true,
    });
    let levels = levels.map(|level| (level, reader.means(level))).collect();
    Story {
        seed,
        origin,
        length: end.since(origin),
        width: reader.width(),
        levels,
        metrics: (0..plan.cluster.providers.len())
            .filter_map(|provider| metric(plan, provider, &reader))
            .collect(),
        scalings: reader.decisions.iter().map(|d| scaling(plan, d)).collect(),
        policies: reader.policies.iter().map(|d| policy(plan, d)).collect(),
        cpu_targets: cpu_targets(plan),
        faults: faults(plan, &reader, end),
        rollout: reader.rollout().map(|of| rollout(plan, of, end)),
        interruptions: reader.interruptions,
    }
}

/// The targets of target tracking policies on CPU, in percent.
fn cpu_targets(plan: &Plan) -> Vec<f64> {
    let policies = plan.services.iter().flat_map(|of| &of.target_tracking);
    let on_cpu = policies.filter(|of| of.metric.metric() == ServiceMetric::CpuUtilization);
    let targets: BTreeSet<u64> = on_cpu.map(|policy| policy.target).collect();
    targets.into_iter().map(|of| of as f64 / 1e6).collect()
}

/// A decision of a scaling policy or a scheduled action, with names and its reason in words.
fn policy(plan: &Plan, decision: &PolicyDecision) -> StoryPolicy {
    let (service, scaled) = (&plan.services[decision.service], &decision.scaled);
    StoryPolicy {
        at: decision.at,
        service: service.name.clone(),
        policy: scaler_name(service, scaled.by).to_string(),
        from: scaled.from,
        to: scaled.to,
        why: scaled_why(service, scaled),
    }
}

/// A deployment with names, and how it ended in words.
fn rollout(plan: &Plan, of: RolloutStory, end: SimTime) -> StoryRollout {
    let deployment = &plan.deployments[of.deployment];
    let service = &plan.services[deployment.service];
    // The rules are those of the last deployment up to this one that gives some.
    let before = plan.deployments[..=of.deployment].iter().rev();
    let mut of_service = before.filter(|before| before.service == deployment.service);
    let rules = of_service.find_map(|before| before.rules.as_ref());
    let rules = rules.unwrap_or(&service.deployment);
    let name = match deployment.to {
        NextRevision::Number(number) => service.revision(number).name,
        NextRevision::Previous => &deployment.name,
    };
    let took = |to: SimTime| to.since(of.from);
    let outcome = match (of.failed, of.to) {
        (None, Some(to)) => format!("completed after {}", rounded(took(to))),
        (None, None) => "not completed when the run ended".into(),
        (Some(failed), Some(to)) => format!(
            "failed after {}, and the rollback had completed after {}",
            rounded(took(failed)),
            rounded(took(to))
        ),
        (Some(failed), None) => format!("failed after {}", rounded(took(failed))),
    };
    let desired = of.points.first().map_or(0, |point| point.desired);
    StoryRollout {
        name: name.into(),
        service: service.name.clone(),
        from: of.from,
        to: of.to.unwrap_or(end),
        outcome,
        percentages: rules.percentages,
        met: met(&of),
        shift: rules.shift.map(|shift| shift.strategy().into()),
        threshold: rules
            .circuit_breaker
            .map(|breaker| breaker.threshold.failures(desired)),
        points: of.points,
    }
}

/// The shares of the requests in its time that met a bad release, and that it answered with an error.
fn met(of: &RolloutStory) -> Option<[f64; 2]> {
    let requests = of.requests;
    let share = |part: u128| part as f64 / requests.offered as f64;
    (requests.bad > 0).then(|| [share(requests.bad), share(requests.errors)])
}

/// A time in whole seconds.
fn rounded(span: Span) -> Span {
    Span::seconds((span.as_micros() + SECOND / 2) / SECOND)
}

/// Occurrences of faults that overlap the reported time.
fn faults(plan: &Plan, reader: &StoryReader, end: SimTime) -> Vec<StoryFault> {
    let spans = reader.faults.iter().map(|span| {
        let fault = &plan.faults[span.fault];
        // An occurrence with a duration that is still active ends with the run.
        let open = if fault.lasts.is_some() {
            end
        } else {
            span.from
        };
        StoryFault {
            name: fault.name.clone(),
            from: span.from,
            to: span.to.unwrap_or(open),
        }
    });
    let origin = SimTime::ZERO + plan.warm_up;
    spans.filter(|span| span.to >= origin).collect()
}

/// The metric of a provider; `None` where managed scaling measured nothing.
fn metric(plan: &Plan, provider: usize, reader: &StoryReader) -> Option<StoryMetric> {
    let named = &plan.cluster.providers[provider];
    let Capacity::Group(group) = &named.capacity else {
        return None;
    };
    let points = reader.metric(provider);
    if points.is_empty() {
        return None;
    }
    let points = points.iter();
    Some(StoryMetric {
        provider: named.name.clone(),
        target: group.managed_scaling?.target_capacity.into(),
        points: points
            .map(|point| (point.at, point.hundredths as f64 / 100.0))
            .collect(),
    })
}

/// A change of a group's desired capacity, with the metric if that was the reason.
fn scaling(plan: &Plan, decision: &ScalingDecision) -> StoryScaling {
    let (reason, measured) = match decision.why {
        ScalingReason::Above { needed, running } => ("above", Some((needed, running))),
        ScalingReason::Below { needed, running } => ("below", Some((needed, running))),
        ScalingReason::SetDesiredCapacity => ("setDesiredCapacity", None),
        ScalingReason::Autoscaler => ("autoscaler", None),
    };
    let hundredths = measured.map(|(needed, running)| {
        // The target of 100 is arbitrary: a measured metric does not depend on it.
        Reservation::Measured { needed, running }
            .metric(100)
            .hundredths()
    });
    StoryScaling {
        at: decision.at,
        provider: plan.cluster.providers[decision.provider].name.clone(),
        from: decision.from,
        to: decision.to,
        reason,
        measured,
        hundredths,
    }
}
