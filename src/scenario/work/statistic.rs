//! Reads the statistic of a metric: `statistic`, `extendedStatistic`, `stat` and `metricAggregationType`.

use crate::plan::ServiceMetric;
use crate::scenario::reading::reader::{Cursor, Record};

/// The metric with the statistic of a record that has these keys; with its usual one where none is given.
pub fn of(
    record: &Record<'_>,
    keys: &[&'static str],
    metric: ServiceMetric,
) -> Option<ServiceMetric> {
    let mut given = keys.iter().filter_map(|key| record.get(key));
    let first = given.next();
    if let Some(second) = given.next() {
        second
            .problem("a metric has one statistic: `statistic` or `extendedStatistic`")
            .hint("keep one of them")
            .report();
        return None;
    }
    match first {
        Some(at) => named(&at, metric),
        None => Some(metric),
    }
}

/// The metric with the statistic that is named here.
pub fn named(at: &Cursor<'_>, metric: ServiceMetric) -> Option<ServiceMetric> {
    let typed = at.text()?;
    let all = metric.statistics();
    let found = all.iter().find(|(name, _)| *name == typed);
    if found.is_none() {
        at.problem(format!(
            "`{}` has no statistic `{typed}` in the model",
            metric.name()
        ))
        .among(typed, all.iter().map(|(name, _)| *name))
        .report();
    }
    found.map(|(_, metric)| *metric)
}
