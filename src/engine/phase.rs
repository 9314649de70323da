//! The order of events at one instant.

/// The phase of an instant in which an event is handled. Events of one time are handled in
/// ascending order of phase, and events of one phase in the order in which they were scheduled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Phase {
    /// Work ends and frees what it held.
    Release = 0,
    /// Capacity becomes ready, or recovers from a failure.
    Recover = 1,
    /// Capacity fails.
    Fail = 2,
    /// Waits expire, and idle capacity is switched off.
    Retire = 3,
    /// Work arrives.
    Arrive = 4,
    /// The placement pass. No event has this phase: see [`Model::pass`](super::Model::pass).
    Decide = 5,
    /// Autoscaling reads its metrics and changes capacity.
    Scale = 6,
    /// Metrics are sampled, after everything else of the instant.
    Sample = 7,
}

impl Phase {
    /// All phases in order: the inverse of the cast to a number.
    pub(super) const ALL: [Self; 8] = [
        Self::Release,
        Self::Recover,
        Self::Fail,
        Self::Retire,
        Self::Arrive,
        Self::Decide,
        Self::Scale,
        Self::Sample,
    ];
}

/// An event that an [`Agenda`](super::Agenda) can hold.
pub trait Scheduled: Copy {
    /// The phase in which the event is handled. It is the same at every call.
    fn phase(&self) -> Phase;
}
