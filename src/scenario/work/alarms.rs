//! Reads `alarms`: alarms of CloudWatch on metrics that the model measures.

use super::statistic;
use super::works::Works;
use crate::cluster::WorkId;
use crate::plan::{
    AlarmMetric, Capacity, ComparisonOperator, MetricAlarm, MetricLack, MetricSources,
    ServiceMetric,
};
use crate::scenario::capacity::cluster::ClusterRead;
use crate::scenario::keys::deployments::ALARM;
use crate::scenario::keys::table::nearest;
use crate::scenario::reading::reader::{Cursor, Record};
use crate::scenario::reading::tree::{Node, Value};
use crate::units::Span;

/// The names of all alarms, also of those with problems, and the time for which deployments watch
/// them by default.
pub struct AlarmNames {
    names: Vec<String>,
    /// `assumptions.bakeTime`.
    pub bake_time: Span,
}

impl AlarmNames {
    /// The names of the alarms of a scenario.
    pub fn of(root: &Record<'_>, bake_time: Span) -> Self {
        let items = match root.get("alarms").map(|at| &at.node.value) {
            Some(Value::List(items)) => items.as_slice(),
            _ => &[],
        };
        let name = |item: &Node| item.get("alarmName")?.as_text().map(String::from);
        Self {
            names: items.iter().filter_map(name).collect(),
            bake_time,
        }
    }

    /// The index of the alarm that is named here. The description of a real service names alarms that
    /// the scenario does not define: these are told and left out.
    pub fn index(&self, at: &Cursor<'_>) -> Option<usize> {
        let name = at.text()?;
        let found = self.names.iter().position(|known| known == name);
        if found.is_none() {
            let names = self.names.iter().map(String::as_str);
            at.problem(format!(
                "`alarms` of the scenario has no `{name}`: it is left out"
            ))
            .nearest(nearest(name, names))
            .warning()
            .report();
        }
        found
    }
}

/// Reads `alarms`.
pub fn read(root: &Record<'_>, works: &Works, cluster: &ClusterRead<'_>) -> Vec<MetricAlarm> {
    let items = root.get("alarms").map(|at| at.entities(&["alarmName"]));
    let items = items.unwrap_or_default();
    items
        .iter()
        .filter_map(|at| alarm(at, works, cluster))
        .collect()
}

fn alarm(at: &Cursor<'_>, works: &Works, cluster: &ClusterRead<'_>) -> Option<MetricAlarm> {
    let record = at.record(&ALARM)?;
    let name = record.text("alarmName")?.to_string();
    let metric = metric(&record, works, cluster);
    let Condition {
        comparison,
        threshold,
        evaluation_periods,
        datapoints_to_alarm,
    } = condition(&record)?;
    Some(MetricAlarm {
        name,
        metric: metric?,
        comparison,
        threshold,
        evaluation_periods,
        datapoints_to_alarm,
    })
}

/// When an alarm is in ALARM.
pub struct Condition {
    /// `comparisonOperator`.
    pub comparison: ComparisonOperator,
    /// `threshold`, in millionths.
    pub threshold: u64,
    /// `evaluationPeriods`.
    pub evaluation_periods: u32,
    /// `datapointsToAlarm`.
    pub datapoints_to_alarm: u32,
}

/// Reads the condition of an alarm.
pub fn condition(record: &Record<'_>) -> Option<Condition> {
    let comparison = record
        .get("comparisonOperator")
        .and_then(|at| comparison(&at));
    let threshold = record.get("threshold").and_then(|at| threshold(&at));
    let periods = match record.get("evaluationPeriods") {
        Some(at) => at.integer(1, 1_440)? as u32,
        None => 1,
    };
    let datapoints = match record.get("datapointsToAlarm") {
        Some(at) => at.integer(1, periods.into())? as u32,
        None => periods,
    };
    Some(Condition {
        comparison: comparison?,
        threshold: threshold?,
        evaluation_periods: periods,
        datapoints_to_alarm: datapoints,
    })
}

/// A metric of the requests of a service with its statistic: the service must have what gives it values.
fn of_requests(record: &Record<'_>, works: &Works, usual: ServiceMetric) -> Option<AlarmMetric> {
    let service = of_service(record, works, |sources| sources.lack(usual));
    let metric = statistic::of(record, &["statistic", "extendedStatistic"], usual)?;
    Some(AlarmMetric::Service(service?, metric))
}

/// A metric of the target group of a service.
fn of_targets(
    record: &Record<'_>,
    works: &Works,
    metric: impl Fn(usize) -> AlarmMetric,
) -> Option<AlarmMetric> {
    let lack = |sources: &MetricSources| match sources.balancer {
        Some(_) => None,
        None => Some(MetricLack::TargetGroup),
    };
    of_service(record, works, lack).map(metric)
}

/// The index of the service of a metric that has no value without something.
fn of_service(
    record: &Record<'_>,
    works: &Works,
    lack: impl Fn(&MetricSources) -> Option<MetricLack>,
) -> Option<usize> {
    let at = record.get("service")?;
    let WorkId::Service(service) = works.service(&at)? else {
        return None;
    };
    if let Some(lack) = lack(&works.sources(service)) {
        let name = record.text("metricName").unwrap_or_default();
        at.problem(format!("`{name}` has no value without {}", lack.what()))
            .hint(lack.hint())
            .report();
        return None;
    }
    Some(service.index())
}

/// Reads `comparisonOperator`.
fn comparison(at: &Cursor<'_>) -> Option<ComparisonOperator> {
    at.choice(&[
        ("GreaterThanThreshold", ComparisonOperator::GreaterThan),
        (
            "GreaterThanOrEqualToThreshold",
            ComparisonOperator::GreaterThanOrEqualTo,
        ),
        ("LessThanThreshold", ComparisonOperator::LessThan),
        (
            "LessThanOrEqualToThreshold",
            ComparisonOperator::LessThanOrEqualTo,
        ),
    ])
}

/// A threshold in millionths.
fn threshold(at: &Cursor<'_>) -> Option<u64> {
    const MOST: f64 = 1e9;
    let number = at.number()?;
    if number > MOST {
        at.problem("this threshold is too large")
            .expected("at most 1000000000")
            .report();
        return None;
    }
    Some((number * 1e6 + 0.5) as u64)
}

/// Checks the statistic of a metric with one value a minute: all of them are equal.
fn check_statistic(record: &Record<'_>) -> Option<()> {
    if let Some(at) = record.get("statistic") {
        at.choice(&["Average", "Sum", "Minimum", "Maximum"].map(|name| (name, ())))?;
    }
    if let Some(at) = record.get("extendedStatistic") {
        at.problem("only `TargetResponseTime` has percentiles")
            .hint("remove it, or give `statistic`")
            .report();
        return None;
    }
    Some(())
}

/// Reads the metric and its dimension.
fn metric(record: &Record<'_>, works: &Works, cluster: &ClusterRead<'_>) -> Option<AlarmMetric> {
    let at = record.get("metricName")?;
    let name = at.choice(&[
        ("RunningTaskCount", "service"),
        ("PendingTaskCount", "service"),
        ("DesiredTaskCount", "service"),
        ("CPUUtilization", "service"),
        ("MemoryUtilization", "service"),
        ("RequestCount", "service"),
        ("RequestCountPerTarget", "service"),
        ("HTTPCode_ELB_5XX_Count", "service"),
        ("HTTPCode_Target_5XX_Count", "service"),
        ("TargetResponseTime", "service"),
        ("HealthyHostCount", "service"),
        ("UnHealthyHostCount", "service"),
        ("CPUReservation", ""),
        ("MemoryReservation", ""),
        ("CapacityProviderReservation", "capacityProvider"),
    ]);
    let dimension = name?;
    let text = at.node.as_text().unwrap_or_default();
    for key in ["service", "capacityProvider"] {
        match record.get(key) {
            Some(other) if key != dimension => {
                other
                    .problem(format!("the metric `{text}` has no `{key}`"))
                    .hint("remove it")
                    .report();
                return None;
            }
            None if key == dimension && !record.is_mistyped(key) => {
                at.problem(format!("the metric `{text}` needs `{key}`"))
                    .report();
                return None;
            }
            _ => {}
        }
    }
    let service = || {
        let WorkId::Service(service) = works.service(&record.get("service")?)? else {
            return None;
        };
        Some(service.index())
    };
    let mut of_service = ServiceMetric::ALL.into_iter();
    if let Some(metric) = of_service.find(|metric| metric.name() == text) {
        return of_requests(record, works, metric);
    }
    check_statistic(record)?;
    match text {
        "RunningTaskCount" => service().map(AlarmMetric::RunningTaskCount),
        "PendingTaskCount" => service().map(AlarmMetric::PendingTaskCount),
        "DesiredTaskCount" => service().map(AlarmMetric::DesiredTaskCount),
        "HealthyHostCount" => of_targets(record, works, AlarmMetric::HealthyHostCount),
        "UnHealthyHostCount" => of_targets(record, works, AlarmMetric::UnhealthyHostCount),
        "CPUReservation" => Some(AlarmMetric::CpuReservation),
        "MemoryReservation" => Some(AlarmMetric::MemoryReservation),
        _ => {
            let at = record.get("capacityProvider")?;
            let provider = cluster.providers().index(&at)?;
            let capacity = &cluster.cluster.providers[provider].capacity;
            let is_managed =
                matches!(capacity, Capacity::Group(group) if group.managed_scaling.is_some());
            if !is_managed {
                at.problem("this capacity provider has no managed scaling, which the metric is of")
                    .report();
                return None;
            }
            Some(AlarmMetric::CapacityProviderReservation(provider))
        }
    }
}
