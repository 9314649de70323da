//! A metric: values of whole periods, which become visible some time later.

use crate::units::{SimTime, Span};
use std::collections::VecDeque;

/// How late a metric of 60 s is seen (facts/ecs.md 191, our assumption).
pub const PUBLICATION_DELAY: Span = Span::seconds(120);
/// How late a metric of 20 s is seen (191, our assumption).
pub const HIGH_RESOLUTION_DELAY: Span = Span::seconds(15);

/// One value of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Datapoint<T> {
    /// The end of its period.
    pub at: SimTime,
    /// The value; `None` for a period without data.
    pub value: Option<T>,
}

/// A metric with a period and a publication delay. It remembers what is not visible yet and
/// the newest datapoint that is.
#[derive(Clone, Debug)]
pub struct Metric<T> {
    period: Span,
    delay: Span,
    /// Oldest first.
    datapoints: VecDeque<Datapoint<T>>,
}

impl<T: Copy> Metric<T> {
    /// Without datapoints yet. Periods end at whole multiples of `period`.
    ///
    /// # Panics
    /// When the period is no time at all.
    pub fn new(period: Span, delay: Span) -> Self {
        assert!(period > Span::ZERO, "a period takes time");
        Self {
            period,
            delay,
            datapoints: VecDeque::new(),
        }
    }

    /// The first end of a period after `now`.
    pub fn next_end(&self, now: SimTime) -> SimTime {
        let period = self.period.as_micros();
        SimTime::micros((now.as_micros() / period + 1).saturating_mul(period))
    }

    /// Takes the value of the period that ends at `at`; says when it becomes visible.
    ///
    /// # Panics
    /// When it is not later than the datapoint before.
    pub fn publish(&mut self, at: SimTime, value: Option<T>) -> SimTime {
        let last = self.datapoints.back();
        assert!(
            last.is_none_or(|last| last.at < at),
            "periods end one after another"
        );
        let visible = at + self.delay;
        // What was superseded before this one came will never be asked for again.
        while self
            .datapoints
            .get(1)
            .is_some_and(|next| next.at + self.delay <= at)
        {
            self.datapoints.pop_front();
        }
        self.datapoints.push_back(Datapoint { at, value });
        visible
    }

    /// The newest datapoint that can be seen at `now`, an instant not before the end of the
    /// last period that was published.
    pub fn visible(&self, now: SimTime) -> Option<Datapoint<T>> {
        let seen = |datapoint: &&Datapoint<T>| datapoint.at + self.delay <= now;
        self.datapoints.iter().rev().find(seen).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> SimTime {
        SimTime::ZERO + Span::seconds(seconds)
    }

    #[test]
    fn fact_191_a_value_is_seen_two_minutes_after_its_period() {
        let mut metric = Metric::new(Span::seconds(60), PUBLICATION_DELAY);
        assert_eq!(metric.publish(seconds(60), Some(7)), seconds(180));
        assert_eq!(metric.visible(seconds(179)), None);
        let seen = metric.visible(seconds(180)).unwrap();
        assert_eq!((seen.at, seen.value), (seconds(60), Some(7)));
    }

    #[test]
    fn fact_191_the_benchmark_of_363_seconds_is_met() {
        // A load that changes just after a period has begun is whole in the next one; three
        // of them, and the delay: 60 + 180 + 120.
        let mut metric = Metric::new(Span::seconds(60), PUBLICATION_DELAY);
        let first = metric.next_end(metric.next_end(seconds(0)));
        let third = metric.next_end(metric.next_end(first));
        assert_eq!(metric.publish(third, Some(1)), seconds(360));
    }

    #[test]
    fn the_newest_visible_value_counts_and_the_rest_is_forgotten() {
        let mut metric = Metric::new(Span::seconds(20), HIGH_RESOLUTION_DELAY);
        for n in 1..=1_000 {
            metric.publish(seconds(20 * n), Some(n));
            let now = seconds(20 * n);
            let seen = metric.visible(now).map(|datapoint| datapoint.value);
            assert_eq!(seen, (n > 1).then_some(Some(n - 1)));
        }
        assert!(metric.datapoints.len() <= 3);
    }

    #[test]
    fn a_period_without_data_is_seen_as_such() {
        let mut metric = Metric::new(Span::seconds(60), Span::ZERO);
        metric.publish(seconds(60), Some(1));
        metric.publish(seconds(120), None);
        assert_eq!(metric.visible(seconds(119)).unwrap().value, Some(1));
        assert_eq!(metric.visible(seconds(120)).unwrap().value, None);
    }

    #[test]
    fn periods_end_at_whole_multiples() {
        let metric: Metric<u32> = Metric::new(Span::seconds(60), Span::ZERO);
        assert_eq!(metric.next_end(seconds(0)), seconds(60));
        assert_eq!(metric.next_end(seconds(59)), seconds(60));
        assert_eq!(metric.next_end(seconds(60)), seconds(120));
    }
}
