//! The machinery of discrete-event simulation: agenda, loop, random streams, typed ids.
//! Knows nothing of clusters; `tests/engine_queue.rs` drives it with a queue model of about
//! twenty lines.
//!
//! The order of one instant: time, then [`Phase`], then insertion. A model may ask for one
//! coalesced *pass* in phase [`Phase::Decide`] of an instant; it is a flag, not an agenda
//! entry. What the pass schedules for the same instant in an earlier phase comes next: the
//! instant goes round again.

mod agenda;
mod heap;
mod ids;
pub mod random;

pub use agenda::Agenda;
pub use ids::Slab;
pub(crate) use ids::typed_id;

use crate::units::{SimTime, Span};

/// The order of events at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Phase {
    /// Work ends and frees what it held.
    Release = 0,
    /// Capacity becomes ready or comes back.
    Recover = 1,
    /// Capacity fails.
    Fail = 2,
    /// Idle capacity is switched off.
    Retire = 3,
    /// Work arrives.
    Arrive = 4,
    /// The placement pass.
    Decide = 5,
    /// Autoscaling looks and acts.
    Scale = 6,
    /// Metrics are sampled.
    Sample = 7,
}

/// Something that can come due.
pub trait Scheduled: Copy {
    /// Its place within an instant.
    fn phase(&self) -> Phase;
}

/// Someone who reads facts as they happen.
pub trait Reader<F> {
    /// A fact happened at `now`.
    fn read(&mut self, now: SimTime, fact: &F);

    /// True when the run may end now. It is asked after each event and each pass, so that a
    /// run ends at the instant of the fact that makes it true.
    #[inline(always)]
    fn is_done(&self) -> bool {
        false
    }
}

/// Nobody reads: facts cost nothing.
impl<F> Reader<F> for () {
    #[inline(always)]
    fn read(&mut self, _now: SimTime, _fact: &F) {}
}

/// Two readers, one after the other.
impl<F, A: Reader<F>, B: Reader<F>> Reader<F> for (A, B) {
    #[inline(always)]
    fn read(&mut self, now: SimTime, fact: &F) {
        self.0.read(now, fact);
        self.1.read(now, fact);
    }

    #[inline(always)]
    fn is_done(&self) -> bool {
        self.0.is_done() || self.1.is_done()
    }
}

impl<F, R: Reader<F> + ?Sized> Reader<F> for &mut R {
    #[inline(always)]
    fn read(&mut self, now: SimTime, fact: &F) {
        (**self).read(now, fact);
    }

    #[inline(always)]
    fn is_done(&self) -> bool {
        (**self).is_done()
    }
}

/// A model that turns events into facts.
pub trait Model {
    /// What comes due.
    type Event: Scheduled;
    /// What happened.
    type Fact;

    /// An event is due now.
    fn handle<R: Reader<Self::Fact>>(
        &mut self,
        turn: &mut Context<'_, Self::Event, R>,
        event: Self::Event,
    );

    /// True when a pass is due before this instant ends.
    fn wants_pass(&self) -> bool;

    /// True when the model cannot go on; the loop ends.
    fn has_failed(&self) -> bool {
        false
    }

    /// True when nothing that comes matters any more; the loop ends.
    fn is_over(&self) -> bool {
        false
    }

    /// The pass. Afterwards [`wants_pass`](Self::wants_pass) is false until something
    /// relevant changes again.
    fn pass<R: Reader<Self::Fact>>(&mut self, turn: &mut Context<'_, Self::Event, R>);
}

/// A handler's only door outward.
pub struct Context<'a, E, R> {
    now: SimTime,
    agenda: &'a mut Agenda<E>,
    reader: &'a mut R,
}

impl<E: Scheduled, R> Context<'_, E, R> {
    /// The time.
    #[inline]
    pub fn now(&self) -> SimTime {
        self.now
    }
    /// Schedules an event for a time that is not in the past.
    #[inline]
    pub fn at(&mut self, time: SimTime, event: E) {
        debug_assert!(time >= self.now, "nothing is scheduled in the past");
        self.agenda.push(time, event);
    }
    /// Schedules an event for later.
    #[inline]
    pub fn after(&mut self, span: Span, event: E) {
        self.agenda.push(self.now + span, event);
    }
    /// Something happened. What readers do about just this fact ends up here, inlined.
    #[inline(always)]
    pub fn report<F>(&mut self, fact: F)
    where
        R: Reader<F>,
    {
        self.reader.read(self.now, &fact);
    }
}

/// How a loop ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Nothing was left to do; the time of the last event.
    Drained(SimTime),
    /// The given end was reached.
    AtEnd,
    /// `keep_going` said no.
    Stopped,
    /// The reader was done ([`Reader::is_done`]); the time of the last event.
    Done(SimTime),
}

/// How often `keep_going` is asked, in events.
const ASK_EVERY: u32 = 1 << 14;

/// Plays a model from time zero. Of the instant `end` only what comes before
/// [`Phase::Arrive`] still happens: work that ends just then has ended; nobody arrives, and
/// there is no pass.
pub fn play<M, R>(
    model: &mut M,
    agenda: &mut Agenda<M::Event>,
    reader: &mut R,
    end: Option<SimTime>,
    mut keep_going: impl FnMut(&R) -> bool,
) -> Ended
where
    M: Model,
    R: Reader<M::Fact>,
{
    let mut now = SimTime::ZERO;
    let mut until_asked = ASK_EVERY;
    let last = end.map_or((SimTime::MAX, Phase::Sample), |end| (end, Phase::Arrive));
    loop {
        let due = agenda.peek();
        let instant_is_over = due.is_none_or(|due| due > (now, Phase::Decide));
        if model.wants_pass() && instant_is_over && (now, Phase::Decide) < last {
            model.pass(&mut Context {
                now,
                agenda,
                reader,
            });
            if model.has_failed() {
                return Ended::Stopped;
            }
            if reader.is_done() {
                return Ended::Done(now);
            }
            continue;
        }
        let Some(due) = due else {
            return Ended::Drained(now);
        };
        if due >= last {
            return Ended::AtEnd;
        }
        let Some((time, event)) = agenda.pop() else {
            return Ended::Drained(now);
        };
        now = time;
        model.handle(
            &mut Context {
                now,
                agenda,
                reader,
            },
            event,
        );
        if model.is_over() {
            return Ended::Drained(now);
        }
        if reader.is_done() {
            return Ended::Done(now);
        }
        until_asked -= 1;
        if until_asked == 0 {
            until_asked = ASK_EVERY;
            if !keep_going(reader) {
                return Ended::Stopped;
            }
        }
    }
}
