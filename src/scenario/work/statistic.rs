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
    let Some(at) = first else {
        return Some(metric);
    };
    let metric = named(&at, metric)?;
    let is_percentile = metric.statistic().starts_with('p');
    let is_extended = at.path.ends_with("extendedStatistic");
    let is_plain = at.path.ends_with(".statistic");
    if is_percentile && is_plain || !is_percentile && is_extended {
        let (what, key) = match is_percentile {
            true => ("a percentile", "extendedStatistic"),
            false => ("no percentile", "statistic"),
        };
        at.problem(format!("`{}` is {what}", metric.statistic()))
            .hint(format!("give it as `{key}`"))
            .report();
        return None;
    }
    Some(metric)
}

/// A statistic as CloudWatch shows it: `p99` for `p99.0`.
fn shown(typed: &str) -> &str {
    match typed.starts_with('p') && typed.contains('.') {
        true => typed.trim_end_matches('0').trim_end_matches('.'),
        false => typed,
    }
}

/// The metric with the statistic that is named here.
pub fn named(at: &Cursor<'_>, metric: ServiceMetric) -> Option<ServiceMetric> {
    let typed = shown(at.text()?);
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
