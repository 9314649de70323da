//! When standalone work arrives.

use super::{Schedule, Trace};
use crate::engine::random::Distribution;
use crate::units::{Rate, SimTime, Span};
use std::sync::Arc;

/// The arrival process of an entry. Each arrival submits the entry's `count` of tasks; a row of a
/// trace has its own count.
#[derive(Clone, Debug)]
pub enum Arrivals {
    /// A renewal process: independent gaps from one law. The first arrival is one gap after the
    /// start.
    Renewal {
        /// Seconds between arrivals.
        gap: Distribution,
        /// The number of tasks after which no more arrive; `None`: no limit.
        limit: Option<u64>,
    },
    /// A Poisson process whose rate may change over time.
    Poisson {
        /// The rate over time.
        rate: RateShape,
        /// The number of tasks after which no more arrive; `None`: no limit.
        limit: Option<u64>,
    },
    /// Arrivals at listed times, ascending.
    At(Arc<[SimTime]>),
    /// Arrivals at the times of an EventBridge schedule expression.
    Schedule(Schedule),
    /// Arrivals recorded in a trace, whose rows have their own run times, sizes and counts.
    Trace(Arc<Trace>),
}

/// A rate over time.
#[derive(Clone, Debug, PartialEq)]
pub enum RateShape {
    /// A constant rate.
    Constant(Rate),
    /// `mean + amplitude × sin(2π × (t + shift) ÷ period)`, never below zero.
    Sinusoidal {
        /// The mean rate.
        mean: Rate,
        /// The largest deviation from the mean; at most `mean`.
        amplitude: Rate,
        /// The period of the sine.
        period: Span,
        /// The position in the period at time zero.
        shift: Span,
    },
    /// A constant rate from each offset to the next. The first offset is zero.
    Piecewise {
        /// Offset and rate, ascending by offset.
        steps: Vec<(Span, Rate)>,
        /// The length after which the pattern repeats; `None`: the last rate stays.
        every: Option<Span>,
    },
}

impl RateShape {
    /// Events per second at a time.
    pub fn at(&self, at: SimTime) -> f64 {
        match self {
            Self::Constant(rate) => rate.as_per_second(),
            Self::Sinusoidal {
                mean,
                amplitude,
                period,
                shift,
            } => {
                let elapsed = at.as_seconds_f64() + shift.as_seconds_f64();
                let turn = elapsed / period.as_seconds_f64();
                let wave = libm::sin(std::f64::consts::TAU * (turn - libm::floor(turn)));
                mean.as_per_second() + amplitude.as_per_second() * wave
            }
            Self::Piecewise { steps, every } => {
                let offset = match every {
                    Some(every) => at.as_micros() % every.as_micros(),
                    None => at.as_micros(),
                };
                let begun = steps.partition_point(|(from, _)| from.as_micros() <= offset);
                let step = begun.checked_sub(1).and_then(|last| steps.get(last));
                step.map_or(0.0, |(_, rate)| rate.as_per_second())
            }
        }
    }

    /// The most events per second.
    pub fn highest(&self) -> f64 {
        match self {
            Self::Constant(rate) => rate.as_per_second(),
            Self::Sinusoidal {
                mean, amplitude, ..
            } => mean.as_per_second() + amplitude.as_per_second(),
            Self::Piecewise { steps, .. } => {
                let rates = steps.iter().map(|(_, rate)| rate.as_per_second());
                rates.fold(0.0, f64::max)
            }
        }
    }
}

impl Arrivals {
    /// True when no random numbers are drawn.
    pub fn is_certain(&self) -> bool {
        match self {
            Self::Renewal { gap, .. } => gap.is_certain(),
            Self::Poisson { .. } => false,
            Self::At(_) | Self::Schedule(_) | Self::Trace(_) => true,
        }
    }

    /// True when each arrival brings its own duration.
    pub fn has_own_durations(&self) -> bool {
        matches!(self, Self::Trace(_))
    }

    /// True when the number of arrivals is finite.
    pub fn is_finite(&self) -> bool {
        match self {
            Self::Renewal { limit, .. } | Self::Poisson { limit, .. } => limit.is_some(),
            Self::At(_) | Self::Trace(_) => true,
            Self::Schedule(schedule) => schedule.is_finite(),
        }
    }
}
