//! The state of a predictive scaling policy: the load of past hours, and the latest forecast (facts/ecs.md
//! 190).

use crate::plan::{Plan, PredictiveMetric, PredictiveScaling, Service};
use crate::policy::services::{Forecast, LoadHistory};
use crate::simulation::traffic::ServiceMetrics;
use crate::units::{SECOND, SimTime};

/// Seconds of an hour.
pub(super) const HOUR: i64 = 3_600;

/// A forecast is made in every sixth hour (facts/ecs.md 190).
const REFRESH_HOURS: i64 = 6;

/// A predictive scaling policy of a service.
pub(super) struct Prediction<'p> {
    pub(super) plan: &'p PredictiveScaling,
    history: LoadHistory,
    /// RUNNING tasks at the end of the last minute.
    running: u32,
    /// The hour of the latest forecast, and the forecast.
    forecast: Option<(i64, Forecast)>,
    /// What it asks for in the hour that has begun, and from the next hour on.
    pub(super) present: Ask,
    pub(super) next: Ask,
    /// When `next` becomes `present`.
    pub(super) next_from: SimTime,
}

/// What a policy asks for in an hour: the least desired count and, where it raises it, the largest.
#[derive(Clone, Copy, Default)]
pub(super) struct Ask {
    pub(super) least: u32,
    pub(super) most: u32,
}

impl<'p> Prediction<'p> {
    pub(super) fn of(service: &'p Service) -> Vec<Self> {
        let policies = service.predictive_scaling.iter();
        let policies = policies.map(|plan| Self {
            plan,
            history: LoadHistory::default(),
            running: 0,
            forecast: None,
            present: Ask::default(),
            next: Ask::default(),
            next_from: SimTime::ZERO,
        });
        policies.collect()
    }

    /// Keeps the load of a minute that ends now: the tasks that would have had the target, in millionths.
    pub(super) fn add(
        &mut self,
        plan: &Plan,
        now: SimTime,
        metrics: Option<ServiceMetrics>,
        running: u32,
    ) {
        // The mean of the tasks at both ends of the minute.
        let twice = u128::from(std::mem::replace(&mut self.running, running)) + u128::from(running);
        let Some(metrics) = metrics else { return };
        let load = match self.plan.metric {
            PredictiveMetric::AlbRequestCount => Some(u128::from(metrics.requests)),
            metric => metrics
                .value(metric.kept())
                .map(|value| u128::from(value) * twice / 2),
        };
        let Some(load) = load else { return };
        let millionths = load * 1_000_000 / u128::from(self.plan.target);
        // The minute belongs to the hour in which it began.
        let hour = hour_at(plan, now, -1);
        let load = u64::try_from(millionths).unwrap_or(u64::MAX);
        self.history.add(hour, load);
    }

    /// The bounds of the desired count that it asks for at a time; without a forecast the least is 0.
    pub(super) fn bounds(&self, now: SimTime) -> (u32, u32) {
        match now < self.next_from {
            // Before the hour begins the tasks of both are needed.
            true => (
                self.present.least.max(self.next.least),
                self.present.most.max(self.next.most),
            ),
            false => (self.next.least, self.next.most),
        }
    }

    /// Makes a forecast, where one is due. Returns the load that is forecast for the hour.
    pub(super) fn look(&mut self, hour: i64, now_hour: i64) -> Option<u64> {
        let is_old = |(made, _): &(i64, Forecast)| now_hour - made >= REFRESH_HOURS;
        if self.forecast.as_ref().is_none_or(is_old)
            && let Some(forecast) = self.history.forecast(now_hour)
        {
            self.forecast = Some((now_hour, forecast));
        }
        self.forecast.as_ref()?.1.load(hour)
    }
}

/// The number of the clock hour of a time, moved by some seconds.
pub(super) fn hour_at(plan: &Plan, at: SimTime, seconds: i64) -> i64 {
    let since_start = (at.as_micros() / SECOND).cast_signed() + seconds;
    (plan.start_unix_seconds + since_start).div_euclid(HOUR)
}
