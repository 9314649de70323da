//! The reservation of each capacity provider over time.

use crate::engine::Reader;
use crate::plan::{Plan, Provider};
use crate::policy::provisioning::Percent;
use crate::policy::provisioning::reservation::metric;
use crate::simulation::Fact;
use crate::units::SimTime;

/// The largest number of points of a metric.
pub(super) const MOST_POINTS: usize = 2_000;

/// The reservation of a provider from a time on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MetricPoint {
    /// Time of the measurement.
    pub at: SimTime,
    /// `CapacityProviderReservation` in hundredths of a percent.
    pub hundredths: u64,
}

/// The reservations of all providers: a point per change.
#[derive(Clone, Debug)]
pub(super) struct Reservations {
    points: Vec<Vec<MetricPoint>>,
    /// By provider: true once an instance was needed or running.
    is_used: Vec<bool>,
    /// By provider: `targetCapacity`; 100 without managed scaling.
    targets: Vec<u32>,
}

impl Reservations {
    pub(super) fn new(plan: &Plan) -> Self {
        let providers = &plan.cluster.providers;
        Self {
            points: vec![Vec::new(); providers.len()],
            is_used: vec![false; providers.len()],
            targets: providers.iter().map(Provider::target_capacity).collect(),
        }
    }

    /// The points of a provider; none for one that never needed or had an instance.
    pub(super) fn of(&self, provider: usize) -> &[MetricPoint] {
        match self.is_used[provider] {
            true => &self.points[provider],
            false => &[],
        }
    }

    /// Keeps the points of the reported time, and thins what is too long, at the end of a run whose
    /// reported time has this length in microseconds.
    pub(super) fn finish(&mut self, origin: SimTime, length: u64) {
        for points in &mut self.points {
            begin_at(points, origin);
            if points.len() > MOST_POINTS {
                *points = thinned(points, origin, length);
            }
        }
    }
}

/// The provider of a measurement, and the metric in hundredths of a percent; `None` for other
/// facts. `targets` are the target capacities by provider.
pub(super) fn measured(fact: &Fact, targets: &[u32]) -> Option<(usize, u64)> {
    let Fact::CapacityMeasured {
        provider,
        needed,
        running,
        at_target,
    } = *fact
    else {
        return None;
    };
    let provider = provider.index();
    let percent = match at_target {
        true => Percent::whole(targets[provider]),
        false => metric(needed, running),
    };
    Some((provider, percent.hundredths()))
}

impl Reader<Fact> for Reservations {
    fn read(&mut self, at: SimTime, fact: &Fact) {
        let Some((provider, hundredths)) = measured(fact, &self.targets) else {
            return;
        };
        if let Fact::CapacityMeasured {
            needed, running, ..
        } = *fact
        {
            self.is_used[provider] |= needed > 0 || running > 0;
        }
        let points = &mut self.points[provider];
        let last = points.last().map(|last| last.hundredths);
        if last != Some(hundredths) {
            points.push(MetricPoint { at, hundredths });
        }
    }
}

/// Of the points up to the beginning of the reported time, keeps the last: its value holds then.
fn begin_at(points: &mut Vec<MetricPoint>, origin: SimTime) {
    let earlier = points.partition_point(|point| point.at <= origin);
    points.drain(..earlier.saturating_sub(1));
    if let Some(first) = points.first_mut() {
        first.at = first.at.max(origin);
    }
}

/// Keeps the least and the largest point of each of 1,000 parts of the time, in order of time.
fn thinned(points: &[MetricPoint], origin: SimTime, length: u64) -> Vec<MetricPoint> {
    let part = (length / (MOST_POINTS as u64 / 2)).max(1);
    let of = |point: &MetricPoint| point.at.since(origin).as_micros() / part;
    let mut kept = Vec::new();
    for group in points.chunk_by(|a, b| of(a) == of(b)) {
        let least = group.iter().min_by_key(|p| p.hundredths);
        let most = group.iter().max_by_key(|p| p.hundredths);
        let mut two: Vec<MetricPoint> = [least, most].into_iter().flatten().copied().collect();
        two.sort_by_key(|point| point.at);
        two.dedup();
        kept.extend(two);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::ProviderId;
    use crate::units::Span;

    fn reservations() -> Reservations {
        let mut plan = Plan::default();
        plan.cluster.providers.push(Provider {
            name: "group".into(),
            capacity: crate::plan::Capacity::Fargate,
        });
        Reservations::new(&plan)
    }

    /// Reads one measurement at a minute.
    fn measure(reservations: &mut Reservations, minute: u32, [needed, running]: [u32; 2]) {
        let fact = Fact::CapacityMeasured {
            provider: ProviderId::new(0),
            needed,
            running,
            at_target: needed == 0 && running == 0,
        };
        let at = SimTime::ZERO + Span::seconds(60 * u64::from(minute));
        reservations.read(at, &fact);
    }

    /// The points as minutes and hundredths of a percent.
    fn points(reservations: &Reservations) -> Vec<(u64, u64)> {
        let points = reservations.of(0).iter();
        let minute = |point: &MetricPoint| point.at.since(SimTime::ZERO).as_micros() / 60_000_000;
        points
            .map(|point| (minute(point), point.hundredths))
            .collect()
    }

    #[test]
    fn of_the_warm_up_the_last_value_is_kept() {
        let (origin, length) = (SimTime::ZERO + Span::seconds(300), 600_000_000);
        let mut reservations = reservations();
        for (minute, needed) in [(1, 2), (2, 3), (4, 1), (7, 2)] {
            measure(&mut reservations, minute, [needed, 1]);
        }
        let mut at_origin = reservations.clone();
        reservations.finish(origin, length);
        assert_eq!(points(&reservations), [(5, 10_000), (7, 20_000)]);
        // A change in the first moment of the reported time holds from there.
        at_origin.points[0].insert(
            3,
            MetricPoint {
                at: origin,
                hundredths: 30_000,
            },
        );
        at_origin.finish(origin, length);
        assert_eq!(points(&at_origin), [(5, 30_000), (7, 20_000)]);
    }

    #[test]
    fn a_group_that_never_has_an_instance_has_no_reservation() {
        let mut reservations = reservations();
        measure(&mut reservations, 1, [0, 0]);
        reservations.finish(SimTime::ZERO, 600_000_000);
        assert_eq!(points(&reservations), []);
    }

    #[test]
    fn a_long_metric_keeps_its_peaks() {
        let mut reservations = reservations();
        for minute in 0..100_000u32 {
            let needed = if minute == 77_777 { 9 } else { minute % 2 + 1 };
            measure(&mut reservations, minute, [needed, 1]);
        }
        reservations.finish(SimTime::ZERO, Span::seconds(6_000_000).as_micros());
        let points = reservations.of(0);
        assert!(points.len() <= MOST_POINTS && points.len() > MOST_POINTS / 2);
        assert!(points.iter().any(|point| point.hundredths == 90_000));
        assert!(points.is_sorted_by_key(|point| point.at));
    }
}
