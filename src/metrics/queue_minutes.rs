//! The metrics of a queue in each minute, as CloudWatch would have shown them (facts/platform.md 12.8).

use super::metric_series::MetricSeries;
use crate::plan::ServiceMetric;
use crate::simulation::Messages;
use crate::units::{SECOND, SimTime, Span};
use std::collections::BTreeMap;

/// Microseconds of a minute.
const MINUTE: u64 = 60 * SECOND;

/// The messages of a queue by minute. A report of messages does not pass the end of a minute.
#[derive(Clone, Debug, Default)]
pub(super) struct QueueMinutes {
    minutes: BTreeMap<u64, Messages>,
}

impl QueueMinutes {
    /// Adds what passed in the time that ends now.
    pub(super) fn add(&mut self, now: SimTime, passed: &Messages) {
        let minute = now.as_micros().saturating_sub(1) / MINUTE;
        self.minutes.entry(minute).or_default().add(passed);
    }

    /// The metrics of the queue with this name.
    pub(super) fn series(&self, queue: &str) -> Vec<MetricSeries> {
        let whole = |amount: u128| {
            let unit = u128::from(Messages::PER_MESSAGE);
            ((amount + unit / 2) / unit) as f64
        };
        let of = |metric: ServiceMetric, statistic, value: &dyn Fn(&Messages) -> f64| {
            let minutes = self.minutes.iter();
            let values = minutes.map(|(minute, of)| (SimTime::micros(minute * MINUTE), value(of)));
            MetricSeries {
                namespace: metric.namespace(),
                name: metric.name(),
                dimensions: vec![("QueueName", queue.to_string())],
                period: Span::micros(MINUTE),
                statistic,
                values: values.collect(),
            }
        };
        use ServiceMetric as M;
        vec![
            of(M::MessagesVisible, "Average", &|of| {
                whole(of.visible + of.by_chance)
            }),
            of(M::MessagesNotVisible, "Average", &|of| whole(of.in_flight)),
            of(M::AgeOfOldestMessage, "Maximum", &|of| {
                (of.oldest / SECOND) as f64
            }),
            of(M::MessagesSent, "Sum", &|of| whole(of.sent)),
            of(M::MessagesReceived, "Sum", &|of| whole(of.received)),
            of(M::MessagesDeleted, "Sum", &|of| whole(of.processed)),
        ]
    }
}
