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

    /// The metrics of the queue with this name. A count is of whole messages.
    pub(super) fn series(&self, queue: &str) -> Vec<MetricSeries> {
        let whole = |amount: u128| Messages::whole(amount) as f64;
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
        // Whole messages of each minute, that add up to those of all minutes.
        let count = |metric: ServiceMetric, amount: fn(&Messages) -> u128| {
            let mut all = 0;
            let minutes = self.minutes.iter().map(|(minute, passed)| {
                let before = Messages::whole(all);
                all += amount(passed);
                let value = (Messages::whole(all) - before) as f64;
                (SimTime::micros(minute * MINUTE), value)
            });
            let values = minutes.collect();
            MetricSeries {
                values,
                ..of(metric, "Sum", &|_| 0.0)
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
            count(M::MessagesSent, |of| of.sent),
            count(M::MessagesReceived, |of| of.received),
            count(M::MessagesDeleted, |of| of.processed),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 0.4 messages a minute: two in five minutes.
    #[test]
    fn the_messages_of_minutes_add_up_to_those_of_the_run() {
        let mut of = QueueMinutes::default();
        for minute in 1..=100 {
            let passed = Messages {
                sent: u128::from(Messages::PER_MESSAGE) * 2 / 5,
                ..Messages::default()
            };
            of.add(SimTime::micros(minute * MINUTE), &passed);
        }
        let series = of.series("jobs");
        let sent = series.iter().find(|of| of.name == "NumberOfMessagesSent");
        let values = &sent.expect("it is there").values;
        assert_eq!(values.iter().map(|(_, value)| value).sum::<f64>(), 40.0);
        assert!(values.iter().all(|(_, value)| *value <= 1.0));
    }
}
