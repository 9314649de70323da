//! The state of the scaling policies of a service (facts/ecs.md 175 to 180, 186, 192).

use crate::monitoring::{Alarm, AlarmState};
use crate::plan::{
    ComparisonOperator, MathMetric, MetricMath, MetricPeriod, PolicyAlarm, Service, ServiceMetric,
    StepScaling, TargetTracking,
};
use crate::policy::services::{PolicyView, capacity};
use crate::simulation::scaling::{PolicyState, ScaledBy};
use crate::simulation::traffic::ServiceMetrics;
use crate::units::{SimTime, Span};
use std::collections::VecDeque;

/// The datapoints of the alarm above a target, all of which must breach (facts/ecs.md 175, 192).
const HIGH_DATAPOINTS: u32 = 3;

/// The time that the alarm below a target looks at, in which all datapoints must breach (facts/ecs.md
/// 175, 192).
const LOW_TIME: Span = Span::seconds(900);

/// Millionths in one.
const MILLION: u64 = 1_000_000;

/// The scaling policies of a service.
pub(super) struct ScalingPolicies<'p> {
    /// Target tracking policies, then step scaling policies, each in the order of the plan.
    policies: Vec<ScalingPolicy<'p>>,
    /// The cooldown of the latest scale-out, until it is over or a scale-in follows.
    pub(super) scaled_out: Option<ScaledOut>,
    /// No scale-in before this time (facts/ecs.md 179).
    pub(super) scale_in_after: SimTime,
}

/// A scale-out whose cooldown is not over.
#[derive(Clone, Copy)]
pub(super) struct ScaledOut {
    /// The tasks that were RUNNING when the first scale-out of this cooldown was decided.
    pub(super) running: u32,
    pub(super) until: SimTime,
}

/// The tasks of the service.
#[derive(Clone, Copy)]
pub(super) struct Tasks {
    /// RUNNING tasks.
    pub(super) running: u32,
    /// The tasks from which a scale-out counts.
    pub(super) before: u32,
    /// The desired count.
    pub(super) desired: u32,
}

/// The numbers of tasks of a service that metrics of Container Insights show.
#[derive(Clone, Copy)]
pub(super) struct Counts {
    /// `RunningTaskCount`.
    pub(super) running: u32,
    /// `DesiredTaskCount`.
    pub(super) desired: u32,
}

/// What a policy watches.
enum Watched<'p> {
    Metric(ServiceMetric),
    Math(&'p MetricMath),
}

impl<'p> Watched<'p> {
    const fn of(math: Option<&'p MetricMath>, metric: ServiceMetric) -> Self {
        match math {
            Some(math) => Self::Math(math),
            None => Self::Metric(metric),
        }
    }

    /// Its value in millionths; `None`: it has none.
    fn value(&self, metrics: Option<ServiceMetrics>, counts: Counts) -> Option<u64> {
        let of = |metric| metrics.and_then(|metrics| metrics.value(metric));
        match self {
            Self::Metric(metric) => of(*metric),
            Self::Math(math) => math.value(|metric| match metric {
                MathMetric::Of(metric) => of(metric),
                MathMetric::RunningTaskCount => Some(u64::from(counts.running) * MILLION),
                MathMetric::DesiredTaskCount => Some(u64::from(counts.desired) * MILLION),
            }),
        }
    }
}

/// A policy with its alarms.
pub(super) struct ScalingPolicy<'p> {
    pub(super) by: ScaledBy,
    rule: Rule<'p>,
    watched: Watched<'p>,
    pub(super) period: MetricPeriod,
    /// Values of the metric that the alarms have not seen, the oldest first, with the ends of their periods.
    unseen: VecDeque<(SimTime, Option<u64>)>,
    /// The value that they have seen last.
    pub(super) seen: (SimTime, Option<u64>),
}

/// The alarms of a policy, and what it makes of them.
enum Rule<'p> {
    Target {
        plan: &'p TargetTracking,
        high: Alarm<u64>,
        low: Alarm<u64>,
    },
    Steps {
        plan: &'p StepScaling,
        alarm: Alarm<u64>,
    },
}

impl<'p> ScalingPolicies<'p> {
    pub(super) fn new(service: &'p Service) -> Self {
        let index = |number: usize| u32::try_from(number).expect("few policies");
        let tracking = service.target_tracking.iter().enumerate();
        let tracking = tracking.map(|(number, plan)| {
            let by = ScaledBy::TargetTracking(index(number));
            let watched = Watched::of(plan.math.as_ref(), plan.metric.metric());
            ScalingPolicy::new(by, tracking_rule(plan), watched, plan.metric.period())
        });
        let steps = service.step_scaling.iter().enumerate();
        let steps = steps.map(|(number, plan)| {
            let (alarm, by) = (&plan.alarm, ScaledBy::StepScaling(index(number)));
            let rule = Rule::Steps {
                plan,
                alarm: watching(alarm),
            };
            let watched = Watched::of(alarm.math.as_ref(), alarm.metric);
            ScalingPolicy::new(by, rule, watched, alarm.period)
        });
        Self {
            policies: tracking.chain(steps).collect(),
            scaled_out: None,
            scale_in_after: SimTime::ZERO,
        }
    }

    /// True when a policy watches metrics with this period.
    pub(super) fn watch(&self, period: MetricPeriod) -> bool {
        self.policies.iter().any(|policy| policy.period == period)
    }

    /// True when a policy watches the number of tasks.
    pub(super) fn count_tasks(&self) -> bool {
        let counts = |policy: &ScalingPolicy<'_>| matches!(policy.watched, Watched::Math(_));
        self.policies.iter().any(counts)
    }

    pub(super) fn policy(&self, number: usize) -> &ScalingPolicy<'p> {
        &self.policies[number]
    }

    /// Adds the metrics of a period that ends now. The alarms of the policies see them later.
    pub(super) fn add(
        &mut self,
        now: SimTime,
        period: MetricPeriod,
        metrics: Option<ServiceMetrics>,
        counts: Counts,
    ) {
        for policy in &mut self.policies {
            if policy.period == period {
                let value = policy.watched.value(metrics, counts);
                policy.unseen.push_back((now, value));
            }
        }
    }

    /// The alarms on metrics with this period see the oldest values that they have not seen.
    pub(super) fn see_oldest(&mut self, period: MetricPeriod) {
        for policy in &mut self.policies {
            if policy.period == period
                && let Some(seen) = policy.unseen.pop_front()
            {
                policy.seen = seen;
                match &mut policy.rule {
                    Rule::Target { high, low, .. } => {
                        high.observe(seen.1);
                        low.observe(seen.1);
                    }
                    Rule::Steps { alarm, .. } => drop(alarm.observe(seen.1)),
                }
            }
        }
    }

    /// What all policies see and want. Those act whose metrics have this period.
    pub(super) fn views(&self, period: MetricPeriod, tasks: Tasks) -> Vec<PolicyView> {
        let views = self.policies.iter().map(|policy| PolicyView {
            acts: policy.period == period,
            ..policy.view(tasks)
        });
        views.collect()
    }
}

impl<'p> ScalingPolicy<'p> {
    fn new(by: ScaledBy, rule: Rule<'p>, watched: Watched<'p>, period: MetricPeriod) -> Self {
        Self {
            by,
            rule,
            watched,
            period,
            unseen: VecDeque::new(),
            seen: (SimTime::ZERO, None),
        }
    }

    /// Its cooldowns after a scale-out and after a scale-in.
    pub(super) fn cooldowns(&self) -> (Span, Span) {
        match &self.rule {
            Rule::Target { plan, .. } => (plan.scale_out_cooldown, plan.scale_in_cooldown),
            Rule::Steps { plan, .. } => (plan.cooldown, plan.cooldown),
        }
    }

    /// Its alarms.
    pub(super) fn state(&self) -> PolicyState {
        let (high, low) = match &self.rule {
            Rule::Target { high, low, .. } => (high.state(), low.state()),
            Rule::Steps { plan, alarm } if plan.alarm.comparison.is_from_above() => {
                (alarm.state(), AlarmState::Ok)
            }
            Rule::Steps { alarm, .. } => (AlarmState::Ok, alarm.state()),
        };
        match (high, low) {
            (AlarmState::InsufficientData, _) | (_, AlarmState::InsufficientData) => {
                PolicyState::InsufficientData
            }
            (AlarmState::Alarm, _) => PolicyState::AlarmHigh,
            (_, AlarmState::Alarm) => PolicyState::AlarmLow,
            (AlarmState::Ok, AlarmState::Ok) => PolicyState::Ok,
        }
    }

    /// What it sees and wants. Without a value nothing is scaled (facts/ecs.md 180).
    fn view(&self, tasks: Tasks) -> PolicyView {
        let none = PolicyView {
            is_high: false,
            is_low: false,
            scales_in: true,
            is_step: matches!(self.rule, Rule::Steps { .. }),
            acts: false,
            capacity: 0,
        };
        match &self.rule {
            Rule::Target { plan, high, low } => {
                let none = PolicyView {
                    scales_in: plan.scales_in,
                    ..none
                };
                let Some(value) = self.seen.1 else {
                    return none;
                };
                let is_high = high.is_alarm();
                let from = if is_high { tasks.before } else { tasks.running };
                PolicyView {
                    is_high,
                    is_low: low.is_alarm(),
                    capacity: capacity(from, value, plan.target),
                    ..none
                }
            }
            Rule::Steps { plan, alarm } => match self.seen.1 {
                Some(value) if alarm.is_alarm() => stepped(plan, value, tasks, none),
                _ => none,
            },
        }
    }
}

/// What the step asks for that a value chooses (facts/ecs.md 186). A step that adds tasks counts from those
/// before the cooldown of a scale-out.
fn stepped(plan: &StepScaling, value: u64, tasks: Tasks, none: PolicyView) -> PolicyView {
    let offset = i128::from(value) - i128::from(plan.alarm.threshold);
    let offset = i64::try_from(offset).unwrap_or(i64::MAX);
    let is_above = match offset {
        0 => plan.alarm.comparison.is_from_above(),
        _ => offset > 0,
    };
    let step = plan.steps.iter().find(|step| step.holds(offset, is_above));
    let Some(step) = step else {
        return none;
    };
    let from = |tasks: u32| plan.adjustment.of(tasks, step.adjustment);
    let compared = match plan.adjustment.is_exact() {
        true => tasks.desired,
        false => tasks.running,
    };
    let adjusted = from(tasks.running);
    let is_high = adjusted > compared;
    PolicyView {
        is_high,
        is_low: adjusted < compared,
        capacity: if is_high {
            from(tasks.before)
        } else {
            adjusted
        },
        ..none
    }
}

/// The two alarms of a target tracking policy: above the target, and below nine tenths of it (facts/ecs.md
/// 175, 192).
fn tracking_rule(plan: &TargetTracking) -> Rule<'_> {
    let low = plan.target - plan.target / 10;
    let lows = LOW_TIME.as_micros() / plan.metric.period().span().as_micros();
    let lows = u32::try_from(lows).expect("few datapoints");
    let alarm = |comparison, threshold, count| Alarm::new(comparison, threshold, count, count);
    Rule::Target {
        plan,
        high: alarm(
            ComparisonOperator::GreaterThan,
            plan.target,
            HIGH_DATAPOINTS,
        ),
        low: alarm(ComparisonOperator::LessThan, low, lows),
    }
}

fn watching(plan: &PolicyAlarm) -> Alarm<u64> {
    let (points, periods) = (plan.datapoints_to_alarm, plan.evaluation_periods);
    Alarm::new(plan.comparison, plan.threshold, points, periods).treating(plan.missing)
}
