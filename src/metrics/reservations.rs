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
    /// By provider: `targetCapacity`; 100 without managed scaling.
    targets: Vec<u32>,
}

impl Reservations {
    pub(super) fn new(plan: &Plan) -> Self {
        let providers = &plan.cluster.providers;
        Self {
            points: vec![Vec::new(); providers.len()],
            targets: providers.iter().map(Provider::target_capacity).collect(),
        }
    }

    /// The points of a provider.
    pub(super) fn of(&self, provider: usize) -> &[MetricPoint] {
        &self.points[provider]
    }

    /// Thins what is too long, at the end of a run of this length in microseconds.
    pub(super) fn finish(&mut self, origin: SimTime, length: u64) {
        for points in &mut self.points {
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
        let points = &mut self.points[provider];
        let last = points.last().map(|last| last.hundredths);
        if last != Some(hundredths) {
            points.push(MetricPoint { at, hundredths });
        }
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

    #[test]
    fn a_long_metric_keeps_its_peaks() {
        let mut plan = Plan::default();
        plan.cluster.providers.push(Provider {
            name: "group".into(),
            capacity: crate::plan::Capacity::Fargate,
        });
        let mut reservations = Reservations::new(&plan);
        for minute in 0..100_000u32 {
            let needed = if minute == 77_777 { 9 } else { minute % 2 + 1 };
            let fact = Fact::CapacityMeasured {
                provider: ProviderId::new(0),
                needed,
                running: 1,
                at_target: false,
            };
            let at = SimTime::ZERO + Span::seconds(60 * u64::from(minute));
            reservations.read(at, &fact);
        }
        reservations.finish(SimTime::ZERO, Span::seconds(6_000_000).as_micros());
        let points = reservations.of(0);
        assert!(points.len() <= MOST_POINTS && points.len() > MOST_POINTS / 2);
        assert!(points.iter().any(|point| point.hundredths == 90_000));
        assert!(points.is_sorted_by_key(|point| point.at));
    }
}
