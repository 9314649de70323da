//! Reads `scaling`: the bounds of the desired count of a service, and its scheduled changes.

use super::customized::{self, OwnQueue};
use super::scaling_target::target;
use super::{predictive_scaling, step_scaling};
use crate::plan::check::rules;
use crate::plan::{
    MathMetric, MetricMath, MetricPeriod, MetricSources, PredictiveScaling, ScalingMetric,
    ScheduledAction, ServiceMetric, StepScaling, TargetTracking,
};
use crate::scenario::keys::containers::MOST_SECONDS;
use crate::scenario::keys::load::TARGET_TRACKING;
use crate::scenario::keys::services::{
    MOST_TASKS, SCALABLE_TARGET_ACTION, SCALING, SCHEDULED_ACTION,
};
use crate::scenario::laws::schedule;
use crate::scenario::reading::reader::{Cursor, Record};
use crate::units::Span;
use jiff::tz::TimeZone;

/// The cooldown of a policy that names none (facts/ecs.md 178).
const COOLDOWN: Span = Span::seconds(300);

/// A scalable target (facts/ecs.md 173).
pub struct Scaling {
    /// The least desired count.
    pub min_capacity: u32,
    /// The largest desired count.
    pub max_capacity: u32,
    /// Changes at scheduled times, in the order of the file.
    pub scheduled: Vec<ScheduledAction>,
    /// Target tracking policies, in the order of the file.
    pub target_tracking: Vec<TargetTracking>,
    /// Step scaling policies, in the order of the file.
    pub step_scaling: Vec<StepScaling>,
    /// Predictive scaling policies, in the order of the file.
    pub predictive_scaling: Vec<PredictiveScaling>,
}

impl Scaling {
    /// The scaling of a service without `scaling`.
    pub fn none() -> Self {
        Self {
            min_capacity: 0,
            max_capacity: MOST_TASKS as u32,
            scheduled: Vec::new(),
            target_tracking: Vec::new(),
            step_scaling: Vec::new(),
            predictive_scaling: Vec::new(),
        }
    }

    /// The desired count, set to the nearer bound with a warning if it is outside of the bounds
    /// (facts/ecs.md 189).
    pub fn clamp(&self, at: &Cursor<'_>, count: u32) -> u32 {
        clamp(at, count, self.min_capacity, self.max_capacity)
    }
}

fn clamp(at: &Cursor<'_>, count: u32, least: u32, most: u32) -> u32 {
    let within = count.max(least).min(most);
    if within != count {
        at.problem(format!(
            "{count} is outside of `minCapacity` {least} and `maxCapacity` {most}: {within} is used"
        ))
        .warning()
        .report();
    }
    within
}

/// Reads `scaling`; `zone` is the time zone of schedules without a `timeZone`, `queue` that of the service.
pub fn read(at: &Cursor<'_>, zone: &TimeZone, queue: OwnQueue<'_>) -> Option<Scaling> {
    let record = at.record(&SCALING)?;
    let bounds = bounds(&record);
    let items = record.get("scheduledActions").map(|at| at.list());
    let scheduled: Vec<_> = items
        .unwrap_or_default()
        .iter()
        .map(|item| action(item, zone))
        .collect();
    let scheduled: Option<Vec<_>> = scheduled.into_iter().collect();
    let items = record.get("targetTracking").map(|at| at.list());
    let policies: Vec<_> = items
        .unwrap_or_default()
        .iter()
        .map(|item| policy(item, queue))
        .collect();
    let policies: Option<Vec<_>> = policies.into_iter().collect();
    let items = record.get("stepScaling").map(|at| at.list());
    let steps: Vec<_> = items
        .unwrap_or_default()
        .iter()
        .map(|item| step_scaling::policy(item, queue))
        .collect();
    let steps: Option<Vec<_>> = steps.into_iter().collect();
    let items = record.get("predictiveScaling").map(|at| at.list());
    let predictions: Vec<_> = items
        .unwrap_or_default()
        .iter()
        .map(predictive_scaling::policy)
        .collect();
    let predictions: Option<Vec<_>> = predictions.into_iter().collect();
    let (least, most) = bounds?;
    Some(Scaling {
        min_capacity: least?,
        max_capacity: most?,
        scheduled: scheduled?,
        target_tracking: policies?,
        step_scaling: steps?,
        predictive_scaling: predictions?,
    })
}

/// What gives the metrics of a service their values.
pub struct Sources<'s> {
    /// Its load, its queue and its load balancer.
    pub metrics: MetricSources,
    /// The metrics with a value each 20 seconds.
    pub high_resolution: &'s [ServiceMetric],
}

/// Checks that the metrics of all policies of a service have values: that it has a load or a queue, a
/// target group, and metrics of high resolution where policies follow them.
pub fn check_metrics(at: &Cursor<'_>, scaling: &Scaling, sources: &Sources<'_>) {
    let Some(record) = at.record(&SCALING) else {
        return;
    };
    let tracked = scaling.target_tracking.iter().map(|policy| {
        let (name, period) = (policy.metric.name(), policy.metric.period());
        let metrics: Vec<ServiceMetric> = match &policy.math {
            Some(math) => math.metrics().filter_map(MathMetric::of_service).collect(),
            None => vec![policy.metric.metric()],
        };
        (policy.math.is_none().then_some(name), metrics, period)
    });
    let stepped = scaling.step_scaling.iter().map(|policy| {
        let alarm = &policy.alarm;
        let metrics: Vec<ServiceMetric> = match &alarm.math {
            Some(math) => math.metrics().filter_map(MathMetric::of_service).collect(),
            None => vec![alarm.metric],
        };
        let name = alarm.math.is_none().then(|| alarm.metric.name());
        (name, metrics, alarm.period)
    });
    let predicted = scaling.predictive_scaling.iter().map(|policy| {
        let (name, metric) = (policy.metric.name(), policy.metric.kept());
        (Some(name), vec![metric], MetricPeriod::Minute)
    });
    let of = |key| record.get(key).map(|at| at.list()).unwrap_or_default();
    let places = of("targetTracking").into_iter().chain(of("stepScaling"));
    let places = places.chain(of("predictiveScaling"));
    for ((name, metrics, period), at) in tracked.chain(stepped).chain(predicted).zip(places) {
        for metric in metrics {
            let name = name.unwrap_or_else(|| metric.name());
            check_metric(&at, (name, metric, period), sources);
        }
    }
}

fn check_metric(
    at: &Cursor<'_>,
    (name, metric, period): (&str, ServiceMetric, MetricPeriod),
    sources: &Sources<'_>,
) {
    if let Some(lack) = sources.metrics.lack(metric) {
        at.problem(format!("`{name}` has no value without {}", lack.what()))
            .hint(lack.hint())
            .report();
    } else if period == MetricPeriod::TwentySeconds
        && !sources.high_resolution.contains(&metric.usual())
    {
        at.problem(format!(
            "`{}` of the service has no value each 20 seconds",
            metric.name()
        ))
        .hint(
            "give the service `monitoring: { metricConfigurations: [{ metricNames: […], resolutionSeconds: 20 }] }`",
        )
        .report();
    } else if period == MetricPeriod::TwentySeconds && sources.metrics.has_queue {
        at.problem(format!(
            "the metrics of 20 seconds of a service with a `worker` are not modelled yet: `{}`",
            metric.name()
        ))
        .report();
    }
}

/// Reads a target tracking policy (facts/ecs.md 174 to 179).
fn policy(at: &Cursor<'_>, queue: OwnQueue<'_>) -> Option<TargetTracking> {
    let record = at.record(&TARGET_TRACKING)?;
    let (metric, math) = tracked(&record, queue);
    let target = record.get("targetValue").and_then(|at| {
        target(
            &at,
            metric
                .unwrap_or(ScalingMetric::ServiceAverageCpuUtilization)
                .metric(),
        )
    });
    let cooldown = |key| match record.get(key) {
        Some(at) => at.integer(0, MOST_SECONDS).map(Span::seconds),
        None => Some(COOLDOWN),
    };
    let cooldowns = (cooldown("scaleOutCooldown"), cooldown("scaleInCooldown"));
    let only_out = match record.get("disableScaleIn") {
        Some(at) => at.boolean(),
        None => Some(false),
    };
    let metric = metric?;
    let name = match record.get("policyName") {
        Some(at) => at.text()?.to_string(),
        None => metric.name().to_string(),
    };
    Some(TargetTracking {
        name,
        metric,
        math,
        target: target?,
        scale_out_cooldown: cooldowns.0?,
        scale_in_cooldown: cooldowns.1?,
        scales_in: !only_out?,
    })
}

/// Reads the metric of a target tracking policy: a predefined one, or a customized one with its expression.
fn tracked(
    record: &Record<'_>,
    queue: OwnQueue<'_>,
) -> (Option<ScalingMetric>, Option<MetricMath>) {
    let customized = record.get("customizedMetricSpecification");
    match (record.get("metric"), customized) {
        (Some(at), None) => {
            let metrics = ScalingMetric::ALL.map(|metric| (metric.name(), metric));
            (at.choice(&metrics), None)
        }
        (None, Some(at)) => match customized::read(&at, queue) {
            Some(math) => (Some(ScalingMetric::Customized), Some(math)),
            None => (None, None),
        },
        (Some(_), Some(at)) => {
            at.problem("a policy has either `metric` or `customizedMetricSpecification`")
                .hint("keep one of them")
                .report();
            (None, None)
        }
        (None, None) => {
            if !record.is_mistyped("metric") {
                record
                    .at
                    .problem("`metric` is missing")
                    .hint(
                        "add `metric:`, or `customizedMetricSpecification` for a metric of a queue",
                    )
                    .report();
            }
            (None, None)
        }
    }
}

/// Reads both bounds, `None` for one that is absent. Reports a minimum above the maximum.
fn bounds(record: &Record<'_>) -> Option<(Option<u32>, Option<u32>)> {
    let read = |key| match record.get(key) {
        Some(at) => at.integer(0, MOST_TASKS).map(|n| Some(n as u32)),
        None => Some(None),
    };
    let (least, most) = (read("minCapacity"), read("maxCapacity"));
    let (least, most) = (least?, most?);
    if let (Some(low), Some(high)) = (least, most)
        && let Some(flaw) = rules::capacity_bounds(low, high)
    {
        record.flaw(flaw);
        return None;
    }
    Some((least, most))
}

/// Reads a scheduled action (facts/ecs.md 189).
fn action(at: &Cursor<'_>, zone: &TimeZone) -> Option<ScheduledAction> {
    let record = at.record(&SCHEDULED_ACTION)?;
    let zone = schedule::zone_at(either(&record, "timeZone", "timezone"), zone);
    let schedule = record
        .get("schedule")
        .and_then(|at| schedule::read(&at, &zone));
    let bounds = action_bounds(&record);
    let count_at = record.get("desiredCount");
    let count = match &count_at {
        Some(at) => at.integer(0, MOST_TASKS).map(|n| Some(n as u32)),
        None => Some(None),
    };
    let (least, most) = bounds?;
    let mut count = count?;
    if least.is_none() && most.is_none() && count.is_none() && !record.has_mistyped() {
        at.problem("this action changes nothing")
            .hint("give `desiredCount`, `minCapacity` or `maxCapacity`")
            .report();
        return None;
    }
    if let (Some(at), Some(written)) = (&count_at, count) {
        let (least, most) = (least.unwrap_or(0), most.unwrap_or(MOST_TASKS as u32));
        count = Some(clamp(at, written, least, most));
    }
    let written = record.get("schedule").and_then(|at| at.node.as_text());
    let name = match either(&record, "name", "scheduledActionName") {
        Some(at) => at.text()?,
        None => written.unwrap_or_default(),
    };
    Some(ScheduledAction {
        name: name.to_string(),
        schedule: schedule?,
        desired_count: count,
        min_capacity: least,
        max_capacity: most,
    })
}

/// The value of a key that also has a name in the API. Reports both at once.
fn either<'a>(record: &Record<'a>, key: &'static str, in_api: &'static str) -> Option<Cursor<'a>> {
    let (own, other) = (record.get(key), record.get(in_api));
    if let (Some(_), Some(other)) = (&own, &other) {
        other
            .problem(format!("this is the same as `{key}`"))
            .hint("give one of them")
            .report();
    }
    own.or(other)
}

/// The bounds that a scheduled action sets: its own keys, or those of `scalableTargetAction`.
fn action_bounds(record: &Record<'_>) -> Option<(Option<u32>, Option<u32>)> {
    let Some(at) = record.get("scalableTargetAction") else {
        return bounds(record);
    };
    for key in ["minCapacity", "maxCapacity"] {
        if let Some(own) = record.get(key) {
            own.problem(format!("`scalableTargetAction` has `{key}` here"))
                .hint("give it once")
                .report();
            return None;
        }
    }
    bounds(&at.record(&SCALABLE_TARGET_ACTION)?)
}
