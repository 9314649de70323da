//! Reads `stepScaling`: step scaling policies, their alarms and their steps; and `monitoring`, which says
//! what metrics have a value each 20 seconds.

use super::alarms;
use super::customized::{self, OwnQueue};
use super::statistic;
use crate::plan::{
    Adjustment, AdjustmentType, MetricMath, MetricPeriod, PolicyAlarm, ServiceMetric,
    StepAdjustment, StepScaling, TreatMissingData,
};
use crate::scenario::keys::containers::MOST_SECONDS;
use crate::scenario::keys::step_scaling::{
    METRIC_CONFIGURATION, MONITORING, POLICY_ALARM, STEP_ADJUSTMENT, STEP_SCALING,
};
use crate::scenario::reading::reader::{Cursor, Record};
use crate::units::Span;

/// The most tasks of a service.
const MOST_TASKS: u64 = crate::plan::MOST_TASKS as u64;

/// The cooldown of a policy that names none (facts/ecs.md 186).
const COOLDOWN: u64 = 300;

/// Millionths in one.
const MILLION: f64 = 1e6;

/// Reads a step scaling policy of a service with this queue.
pub fn policy(at: &Cursor<'_>, queue: OwnQueue<'_>) -> Option<StepScaling> {
    let record = at.record(&STEP_SCALING)?;
    let alarm = record.get("alarm").and_then(|at| alarm(&at, queue));
    let kind = record.get("adjustmentType").and_then(|at| {
        at.choice(&[
            ("ChangeInCapacity", AdjustmentType::ChangeInCapacity),
            (
                "PercentChangeInCapacity",
                AdjustmentType::PercentChangeInCapacity,
            ),
            ("ExactCapacity", AdjustmentType::ExactCapacity),
        ])
    });
    let adjustment = kind.and_then(|kind| adjustment(&record, kind));
    let steps = record
        .get("stepAdjustments")
        .and_then(|at| steps(&at, kind?, alarm.as_ref()?));
    let cooldown = match record.get("cooldown") {
        Some(at) => at.integer(0, MOST_SECONDS),
        None => Some(COOLDOWN),
    };
    let alarm = aggregated(&record, alarm?)?;
    let name = match record.get("policyName") {
        Some(at) => at.text()?.to_string(),
        None => alarm.metric.name().to_string(),
    };
    Some(StepScaling {
        name,
        alarm,
        adjustment: adjustment?,
        steps: steps?,
        cooldown: Span::seconds(cooldown?),
    })
}

fn adjustment(record: &Record<'_>, kind: AdjustmentType) -> Option<Adjustment> {
    let least = match record.get("minAdjustmentMagnitude") {
        Some(at) if kind != AdjustmentType::PercentChangeInCapacity => {
            at.problem("`minAdjustmentMagnitude` is for `PercentChangeInCapacity` only")
                .hint("remove it")
                .report();
            return None;
        }
        Some(at) => at.integer(1, MOST_TASKS)? as u32,
        None => 0,
    };
    Some(Adjustment { kind, least })
}

/// The alarm with the statistic of `metricAggregationType`, which is that of the alarm where both are given: in
/// the model the value that breaches the threshold also chooses the step.
fn aggregated(record: &Record<'_>, alarm: PolicyAlarm) -> Option<PolicyAlarm> {
    let Some(at) = record.get("metricAggregationType") else {
        return Some(alarm);
    };
    let names = ["Average", "Minimum", "Maximum"];
    let name = at.choice(&names.map(|name| (name, name)))?;
    if alarm.math.is_some() && name != "Average" {
        at.problem("the statistics of the metrics of an expression are their `stat`")
            .hint("remove it, and give each `metricStat` its `stat`")
            .report();
        return None;
    }
    let of_alarm = record.get("alarm");
    let node = of_alarm.as_ref().map(|of_alarm| of_alarm.node);
    let is_given = node.is_some_and(|node| {
        node.get("statistic").is_some() || node.get("extendedStatistic").is_some()
    });
    // The default of AWS says nothing of metrics that are sums.
    let is_usual = name == "Average" && alarm.metric == alarm.metric.usual();
    if alarm.math.is_some() || is_usual && !is_given {
        return Some(alarm);
    }
    if is_given && name != alarm.metric.statistic() && !is_usual {
        at.problem(format!(
            "the alarm has the statistic `{}`: another one for the choice of the step is not modelled",
            alarm.metric.statistic()
        ))
        .hint("give both the same statistic, or remove one of them")
        .report();
        return None;
    }
    let metric = match is_given {
        true => alarm.metric,
        false => statistic::named(&at, alarm.metric)?,
    };
    Some(PolicyAlarm { metric, ..alarm })
}

fn alarm(at: &Cursor<'_>, queue: OwnQueue<'_>) -> Option<PolicyAlarm> {
    let record = at.record(&POLICY_ALARM)?;
    let metric = watched(&record, queue);
    let condition = alarms::condition(&record);
    let missing = match record.get("treatMissingData") {
        Some(at) => at.choice(&[
            ("missing", TreatMissingData::Missing),
            ("ignore", TreatMissingData::Ignore),
            ("breaching", TreatMissingData::Breaching),
            ("notBreaching", TreatMissingData::NotBreaching),
        ]),
        None => Some(TreatMissingData::Missing),
    };
    let period = match record.get("period") {
        Some(at) => period(&at),
        None => Some(MetricPeriod::Minute),
    };
    let alarms::Condition {
        comparison,
        threshold,
        evaluation_periods,
        datapoints_to_alarm,
    } = condition?;
    let (metric, math) = metric?;
    Some(PolicyAlarm {
        metric,
        math,
        period: period?,
        comparison,
        threshold,
        evaluation_periods,
        datapoints_to_alarm,
        missing: missing?,
    })
}

/// Reads the metric of an alarm: one by its name, or an expression over several.
fn watched(
    record: &Record<'_>,
    queue: OwnQueue<'_>,
) -> Option<(ServiceMetric, Option<MetricMath>)> {
    match (record.get("metricName"), record.get("metrics")) {
        (Some(at), None) => {
            let keys = ["statistic", "extendedStatistic"];
            let metric = statistic::of(record, &keys, metric(&at)?)?;
            Some((metric, None))
        }
        (None, Some(at)) => {
            let math = customized::metrics(&at, queue)?;
            Some((ServiceMetric::Customized, Some(math)))
        }
        (Some(_), Some(at)) => {
            at.problem("an alarm has either `metricName` or `metrics`")
                .hint("keep one of them")
                .report();
            None
        }
        (None, None) => {
            if !record.is_mistyped("metricName") && !record.is_mistyped("metrics") {
                record
                    .at
                    .problem("`metricName` is missing")
                    .hint("add `metricName:`, the metric that the alarm watches")
                    .report();
            }
            None
        }
    }
}

fn metric(at: &Cursor<'_>) -> Option<ServiceMetric> {
    at.choice(&ServiceMetric::ALL.map(|metric| (metric.name(), metric)))
}

fn period(at: &Cursor<'_>) -> Option<MetricPeriod> {
    match at.integer(20, 60)? {
        60 => Some(MetricPeriod::Minute),
        20 => Some(MetricPeriod::TwentySeconds),
        _ => {
            at.problem("metrics have no such period")
                .expected("60, or 20")
                .report();
            None
        }
    }
}

/// Reads the steps in the order of their intervals, and checks that these have no hole and no overlap
/// (facts/ecs.md 186).
fn steps(
    at: &Cursor<'_>,
    kind: AdjustmentType,
    alarm: &PolicyAlarm,
) -> Option<Vec<StepAdjustment>> {
    let items = at.list();
    if items.is_empty() {
        at.problem("a step scaling policy needs a step").report();
    }
    let read: Vec<_> = items.iter().map(|item| step(item, kind)).collect();
    let mut read: Vec<(StepAdjustment, &Cursor<'_>)> = read
        .into_iter()
        .zip(&items)
        .map(|(step, item)| Some((step?, item)))
        .collect::<Option<_>>()?;
    // Those without a lower bound come first: `None` is less than any bound.
    read.sort_by_key(|(step, _)| step.lower);
    for pair in read.windows(2) {
        let ([(before, _), (after, item)], threshold) = (pair, alarm.threshold) else {
            continue;
        };
        meets(item, before.upper, after.lower, threshold)?;
    }
    let (first, last) = (read.first()?, read.last()?);
    if let Some(upper) = last.0.upper.filter(|upper| *upper > 0) {
        let from = told(upper, alarm.threshold);
        last.1
            .problem(format!("no step holds a metric of {from} or more"))
            .hint("leave out `metricIntervalUpperBound` of the last step")
            .report();
        return None;
    }
    if let Some(lower) = first.0.lower.filter(|lower| *lower < 0) {
        let to = told(lower, alarm.threshold);
        first
            .1
            .problem(format!("no step holds a metric of {to} or less"))
            .hint("leave out `metricIntervalLowerBound` of the first step")
            .report();
        return None;
    }
    let is_from_above = alarm.comparison.is_from_above();
    let reaches = match is_from_above {
        true => last.0.upper.is_none() && first.0.lower.is_none_or(|lower| lower <= 0),
        false => first.0.lower.is_none() && last.0.upper.is_none_or(|upper| upper >= 0),
    };
    if !reaches {
        let side = if is_from_above { "above" } else { "below" };
        at.problem(format!(
            "the steps do not hold all values {side} the threshold, which breach the alarm"
        ))
        .hint("let a step begin or end at 0, the threshold, and the last one have no bound")
        .report();
        return None;
    }
    Some(read.into_iter().map(|(step, _)| step).collect())
}

/// Checks that a step begins where the one before it ends.
fn meets(at: &Cursor<'_>, upper: Option<i64>, lower: Option<i64>, threshold: u64) -> Option<()> {
    let problem = match (upper, lower) {
        (Some(upper), Some(lower)) if upper == lower => return Some(()),
        (Some(upper), Some(lower)) if upper < lower => format!(
            "the steps leave a hole: none holds a metric from {} to {}",
            told(upper, threshold),
            told(lower, threshold)
        ),
        (_, Some(lower)) => format!(
            "this step overlaps another one, which also holds a metric of {}",
            told(lower, threshold)
        ),
        (_, None) => "this step overlaps another one without a lower bound".into(),
    };
    at.problem(problem)
        .hint("let each step begin where the one before it ends (facts/ecs.md 186)")
        .report();
    None
}

/// A bound as a value of the metric: `70 (threshold 50 + 20)`.
fn told(bound: i64, threshold: u64) -> String {
    let (bound, threshold) = (bound as f64 / MILLION, threshold as f64 / MILLION);
    let sign = if bound < 0.0 { '−' } else { '+' };
    format!(
        "{} (threshold {threshold} {sign} {})",
        threshold + bound,
        bound.abs()
    )
}

fn step(at: &Cursor<'_>, kind: AdjustmentType) -> Option<StepAdjustment> {
    let record = at.record(&STEP_ADJUSTMENT)?;
    let bound = |key| match record.get(key) {
        Some(at) => bound(&at).map(Some),
        None => Some(None),
    };
    let (lower, upper) = (
        bound("metricIntervalLowerBound"),
        bound("metricIntervalUpperBound"),
    );
    let adjustment = record.get("scalingAdjustment").and_then(|at| by(&at, kind));
    let (lower, upper) = (lower?, upper?);
    if lower.is_none() && upper.is_none() && !record.has_mistyped() {
        at.problem("this step has no bound")
            .hint("give it `metricIntervalLowerBound: 0` or `metricIntervalUpperBound: 0`")
            .report();
        return None;
    }
    if let (Some(low), Some(high)) = (lower, upper)
        && low >= high
    {
        at.problem("the lower bound is not below the upper bound")
            .report();
        return None;
    }
    Some(StepAdjustment {
        lower,
        upper,
        adjustment: adjustment?,
    })
}

/// A finite number, which may be negative.
fn signed(at: &Cursor<'_>) -> Option<f64> {
    let text = at.text()?;
    let number = text.trim().replace('_', "").parse::<f64>();
    let number = number.ok().filter(|number| number.is_finite());
    if number.is_none() {
        at.bad_value(text, &format!("`{text}` is not a number"), "a number");
    }
    number
}

/// A bound in millionths.
fn bound(at: &Cursor<'_>) -> Option<i64> {
    const MOST: f64 = 1e9;
    let number = signed(at)?;
    if number.abs() > MOST {
        at.problem("this bound is too large")
            .expected("from -1000000000 to 1000000000")
            .report();
        return None;
    }
    // Half away from zero, as `as` truncates.
    Some((number * MILLION + 0.5_f64.copysign(number)) as i64)
}

/// Reads `scalingAdjustment`.
fn by(at: &Cursor<'_>, kind: AdjustmentType) -> Option<i32> {
    let number = signed(at)?;
    let most = MOST_TASKS as f64;
    let (least, most, expected) = match kind {
        AdjustmentType::ChangeInCapacity => (-most, most, "a whole number of tasks"),
        AdjustmentType::PercentChangeInCapacity => {
            (-100.0, 10_000.0, "whole per cent from -100 to 10000")
        }
        AdjustmentType::ExactCapacity => (0.0, most, "a whole number of tasks of at least 0"),
    };
    if number.fract() != 0.0 || !(least..=most).contains(&number) {
        at.problem("this is no adjustment of such a policy")
            .expected(expected)
            .report();
        return None;
    }
    Some(number as i32)
}

/// Reads `monitoring`: the metrics with a value each 20 seconds.
pub fn high_resolution(at: &Cursor<'_>) -> Option<Vec<ServiceMetric>> {
    let record = at.record(&MONITORING)?;
    let items = record.get("metricConfigurations").map(|at| at.list());
    let mut found = Vec::new();
    for item in items.unwrap_or_default() {
        let record = item.record(&METRIC_CONFIGURATION)?;
        let names = record.get("metricNames").map(|at| at.list());
        let names: Option<Vec<_>> = names?
            .iter()
            .map(|at| {
                let metrics = [
                    ServiceMetric::CpuUtilization,
                    ServiceMetric::MemoryUtilization,
                ];
                at.choice(&metrics.map(|metric| (metric.name(), metric)))
            })
            .collect();
        let period = period(&record.get("resolutionSeconds")?);
        if period? == MetricPeriod::TwentySeconds {
            found.extend(names?);
        }
    }
    Some(found)
}
