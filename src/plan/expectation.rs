//! `expect:`: what the runs of a scenario must show.

use super::{EventField, EventKind};
use crate::units::SimTime;

/// One line of `expect:`.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    /// What is compared with the bounds.
    pub subject: Subject,
    /// The variant it is about; `None`: every variant.
    pub variant: Option<String>,
    /// The bounds, all of which must hold.
    pub bounds: Vec<Bound>,
    /// The least share of runs in which the bounds must hold, for a level and for events. A figure
    /// is compared once, by its mean over the seeds.
    pub in_seeds: f64,
}

/// What an expectation is about.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    /// The mean over the seeds of the figure with this path.
    Figure(String),
    /// A level at a time or within an interval, in each run.
    Level(LevelExpected),
    /// Events of a kind, in each run.
    Event(EventExpected),
}

/// A level, such as a number of tasks, at a time or within an interval.
#[derive(Clone, Debug, PartialEq)]
pub struct LevelExpected {
    /// Its path, as the list of levels has it.
    pub path: String,
    /// When.
    pub when: When,
}

/// When a level is compared. A level counts after all events of an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// At a time.
    At(SimTime),
    /// From a time on and up to, but without, another; to the end of the run without one.
    Within {
        /// The beginning.
        from: SimTime,
        /// The end.
        to: Option<SimTime>,
        /// Which value of the interval.
        of: Statistic,
    },
}

/// Which value of an interval is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statistic {
    /// Every value: the bounds hold all the time.
    Every,
    /// The mean over time.
    Mean,
    /// The least value.
    Min,
    /// The largest value.
    Max,
}

/// Events of a kind.
#[derive(Clone, Debug, PartialEq)]
pub struct EventExpected {
    /// The kind.
    pub kind: EventKind,
    /// Only those of this capacity provider.
    pub provider: Option<String>,
    /// Only those of this service or entry of `tasks`.
    pub work: Option<WorkName>,
    /// Only those with these values.
    pub filters: Vec<EventFilter>,
    /// Only those at this time or later.
    pub from: SimTime,
    /// Only those before this time.
    pub to: Option<SimTime>,
    /// What the bounds are about.
    pub tally: Tally,
}

/// The name of a service or of an entry of `tasks`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkName {
    /// A service.
    Service(String),
    /// An entry of `tasks`.
    Entry(String),
}

/// A value that an event must have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventFilter {
    /// The key of its line in `events.jsonl`.
    pub field: EventField,
    /// The value.
    pub value: FilterValue,
}

/// A value of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FilterValue {
    /// A name or a word.
    Text(String),
    /// A whole number.
    Number(i64),
}

/// What the bounds of an expectation on events are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tally {
    /// The time of the event with this number, from 1, in seconds. It must occur.
    TimeOf(u32),
    /// The number of events.
    Number,
}

/// A bound, in the unit of what it is about (dollars, seconds, fractions of one, …), with its text
/// as written.
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    /// How the value compares with the number.
    pub relation: Relation,
    /// The number.
    pub value: f64,
    /// As written: `$450`, `3m`.
    pub text: String,
}

impl Bound {
    /// True when a value satisfies the bound. `equals` allows a relative error of 1e-9, the rounding
    /// of a mean of floats.
    pub fn holds(&self, value: f64) -> bool {
        match self.relation {
            Relation::Below => value < self.value,
            Relation::Above => value > self.value,
            Relation::AtMost => value <= self.value,
            Relation::AtLeast => value >= self.value,
            Relation::Equals => {
                (value - self.value).abs() <= 1e-9 * value.abs().max(self.value.abs())
            }
        }
    }
}

/// How a value is compared with a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// Strictly less.
    Below,
    /// Strictly more.
    Above,
    /// At most.
    AtMost,
    /// At least.
    AtLeast,
    /// Equal, to a relative error of 1e-9.
    Equals,
}
