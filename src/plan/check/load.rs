//! Checks of the load of a service and of its scaling policies.

use super::super::{
    ClientRetries, Drawn, Load, MathMetric, MetricMath, MetricPeriod, MetricSources, Plan,
    ScalingMetric, Service, ServiceMetric, StepAdjustment,
};
use super::at::At;
use super::{laws, shapes};
use crate::engine::random::Distribution;
use crate::units::{Cpu, Span};

/// The longest connection.
const LONGEST_CONNECTION: Span = Span::hours(24);

pub(super) fn check(plan: &Plan, service: &Service, at: &At<'_>) {
    if let Some(load) = &service.load {
        check_load(service, load, &at.key("load"));
    }
    let at = at.key("scaling");
    let sources = MetricSources::of(plan, service);
    let check_metric = |of: (&str, ServiceMetric, MetricPeriod), at: &At<'_>| {
        check_metric((service, &sources), of, at);
    };
    for (index, policy) in service.target_tracking.iter().enumerate() {
        let at = at.key("targetTracking").item(index);
        let metric = policy.metric;
        if policy.math.is_some() != (metric == ScalingMetric::Customized) {
            at.problem("an expression belongs to a customized metric");
        }
        let read = policy.math.iter().flat_map(MetricMath::metrics);
        let read = read.filter_map(MathMetric::of_service);
        let own = policy.math.is_none().then(|| metric.metric());
        for of in read.chain(own) {
            check_metric((metric.name(), of, metric.period()), &at);
        }
        if policy.target == 0 {
            at.key("targetValue").problem("the target must be above 0");
        }
    }
    for (index, policy) in service.step_scaling.iter().enumerate() {
        let at = at.key("stepScaling").item(index);
        let alarm = &policy.alarm;
        if alarm.math.is_some() != (alarm.metric == ServiceMetric::Customized) {
            at.problem("an expression belongs to a customized metric");
        }
        let read = alarm.math.iter().flat_map(MetricMath::metrics);
        let read = read.filter_map(MathMetric::of_service);
        let own = alarm.math.is_none().then_some(alarm.metric);
        for of in read.chain(own) {
            check_metric((alarm.metric.name(), of, alarm.period), &at);
        }
        if !(1..=alarm.evaluation_periods).contains(&alarm.datapoints_to_alarm) {
            at.key("alarm")
                .problem("`datapointsToAlarm` is from 1 to `evaluationPeriods`");
        }
        check_steps(&policy.steps, &at.key("stepAdjustments"));
    }
    for (index, policy) in service.predictive_scaling.iter().enumerate() {
        let at = at.key("predictiveScaling").item(index);
        let metric = policy.metric;
        check_metric((metric.name(), metric.kept(), MetricPeriod::Minute), &at);
        if policy.target == 0 {
            at.key("targetValue").problem("the target must be above 0");
        }
        if policy.buffer_time > Span::hours(1) {
            at.key("schedulingBufferTime")
                .problem("the buffer time is at most an hour");
        }
    }
}

/// The metric of a policy has values.
fn check_metric(
    (service, sources): (&Service, &MetricSources),
    (name, metric, period): (&str, ServiceMetric, MetricPeriod),
    at: &At<'_>,
) {
    if let Some(lack) = sources.lack(metric) {
        at.hint(
            format!("`{name}` has no value without {}", lack.what()),
            lack.hint(),
        );
    }
    if metric.is_of_queue() {
        return;
    }
    if period == MetricPeriod::TwentySeconds && sources.has_queue {
        at.problem("a service that works on a queue has no metrics of 20 seconds");
    }
    if period == MetricPeriod::TwentySeconds && !service.high_resolution.contains(&metric.usual()) {
        at.problem(format!("`{}` has no value each 20 seconds", metric.name()));
    }
}

/// Each step begins where the one before it ends (facts/ecs.md 186).
fn check_steps(steps: &[StepAdjustment], at: &At<'_>) {
    if steps.is_empty() {
        at.problem("this list is empty");
    }
    for (index, pair) in steps.windows(2).enumerate() {
        if pair[0].upper.is_none() || pair[0].upper != pair[1].lower {
            at.item(index + 1)
                .problem("a step begins where the one before it ends");
        }
    }
}

fn check_load(service: &Service, load: &Load, at: &At<'_>) {
    let rates = at.key("requestsPerSecond");
    if load.rates.is_empty() {
        rates.problem("this list is empty");
    }
    for (index, shape) in load.rates.iter().enumerate() {
        shapes::check(shape, &rates.item(index));
    }
    if !(load.noise.is_finite() && load.noise >= 0.0) {
        at.key("noise")
            .problem("a standard deviation is not negative");
    }
    for (key, span) in [
        ("cpuPerRequest", load.cpu_per_request),
        ("timeout", load.timeout),
    ] {
        if span == Span::ZERO {
            at.key(key).problem("this time must be above 0");
        }
    }
    if let Some(law) = &load.cpu_law {
        check_law(law, load.cpu_per_request, &at.key("cpuPerRequest"));
    }
    if load.requests_per_connection == 0 {
        at.key("requestsPerConnection")
            .problem("a connection has at least one request");
    }
    if load.connection_duration > LONGEST_CONNECTION {
        at.key("connectionDuration")
            .problem("a connection is open for at most a day");
    }
    if load.max_concurrency == Some(0) {
        at.key("maxConcurrency")
            .problem("a task works on at least one request");
    }
    for revision in service.all_revisions() {
        let Drawn::Fixed(cpu) = revision.demand.cpu else {
            continue;
        };
        let Some(limit) = load.limit_of_task(revision.demand, cpu) else {
            continue;
        };
        if load.idle_cpu >= limit || limit == Cpu::ZERO {
            at.key("idleCpu").problem(format!(
                "revision `{}` has {limit} a task, which leaves nothing for requests",
                revision.name
            ));
        }
    }
    if let Some(retries) = &load.client_retries {
        let at = at.key("clientRetries");
        if !(1..=ClientRetries::MOST_ATTEMPTS).contains(&retries.attempts) {
            at.key("attempts").problem(format!(
                "the number of attempts is from 1 to {}",
                ClientRetries::MOST_ATTEMPTS
            ));
        }
        if retries.delay == Span::ZERO || !(1.0..=10.0).contains(&retries.backoff_rate) {
            at.problem("the delay must be above 0, and `backoffRate` from 1 to 10");
        }
    }
}

/// The law of CPU times has the mean of the load, up to the rounding to whole microseconds.
pub(super) fn check_law(law: &Distribution, mean: Span, at: &At<'_>) {
    laws::law(law, at);
    let micros = mean.as_micros() as f64;
    let is_mean = |of_law: f64| (of_law * 1e6 - micros).abs() <= 1.0 + micros * 1e-6;
    if !law.mean().is_some_and(is_mean) {
        at.problem(format!("the law of the CPU time has not the mean {mean}"));
    }
}
