//! When standalone work arrives.

use super::{Schedule, Trace};
use crate::engine::random::Distribution;
use crate::units::{Rate, SimTime, Span};
use std::sync::Arc;

/// When the tasks of an entry arrive. Every arrival brings `count` tasks.
#[derive(Clone, Debug)]
pub enum Arrivals {
    /// Independent gaps with any law; the first arrival comes one gap after the start.
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
    /// At listed times, ascending.
    At(Arc<[SimTime]>),
    /// By the clock (facts of EventBridge Scheduler's cron and rate expressions).
    Schedule(Schedule),
    /// From a trace, which brings durations, sizes and counts of its own.
    Trace(Arc<Trace>),
}

/// A rate over time.
#[derive(Clone, Debug, PartialEq)]
pub enum RateShape {
    /// Always the same.
    Constant(Rate),
    /// `mean + amplitude × sin(2π × (t + shift) ÷ period)`, never below zero.
    Sinusoidal {
        /// The middle.
        mean: Rate,
        /// The swing to either side; at most `mean`.
        amplitude: Rate,
        /// The length of one wave.
        period: Span,
        /// How far into the wave the start lies.
        shift: Span,
    },
    /// Steps: from each offset on, that rate. The first offset is zero.
    Piecewise {
        /// Offset and rate, ascending by offset.
        steps: Vec<(Span, Rate)>,
        /// The length after which the pattern starts again; `None`: the last rate stays.
        every: Option<Span>,
    },
}

impl Arrivals {
    /// True when no draw is needed.
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

    /// True when the arrivals come to an end.
    pub fn is_finite(&self) -> bool {
        match self {
            Self::Renewal { limit, .. } | Self::Poisson { limit, .. } => limit.is_some(),
            Self::At(_) | Self::Trace(_) => true,
            Self::Schedule(schedule) => schedule.is_finite(),
        }
    }
}
