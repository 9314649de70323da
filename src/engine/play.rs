//! The loop of a simulation: it takes events from the agenda and gives them to a model.

use super::{Agenda, Phase, Reader, Scheduled};
use crate::units::{SimTime, Span};

/// A model that turns events into facts.
pub trait Model {
    /// What comes due.
    type Event: Scheduled;
    /// What happened.
    type Fact;

    /// Handles an event that is due now.
    fn handle<R: Reader<Self::Fact>>(
        &mut self,
        context: &mut Context<'_, Self::Event, R>,
        event: Self::Event,
    );

    /// An event will be handled soon. A model can read what the handler will need, so that it is in
    /// the processor's cache by then. Nothing may change.
    #[inline(always)]
    fn expect(&self, _event: &Self::Event) {}

    /// True when a pass is due before this instant ends.
    fn wants_pass(&self) -> bool;

    /// True after an error of the model; the loop ends as [`Ended::Stopped`]. Checked after
    /// each pass.
    fn has_failed(&self) -> bool {
        false
    }

    /// True when no later event can change the result; the loop ends as [`Ended::Drained`].
    /// Checked after each event.
    fn is_over(&self) -> bool {
        false
    }

    /// Runs the pass of an instant, in phase [`Phase::Decide`]. Afterwards
    /// [`wants_pass`](Self::wants_pass) is false until a later change requests another pass.
    fn pass<R: Reader<Self::Fact>>(&mut self, context: &mut Context<'_, Self::Event, R>);
}

/// What a handler of a [`Model`] can do outside of the model: read the time, schedule events,
/// and report facts.
pub struct Context<'a, E, R> {
    now: SimTime,
    agenda: &'a mut Agenda<E>,
    reader: &'a mut R,
}

impl<'a, E: Scheduled, R> Context<'a, E, R> {
    #[inline(always)]
    fn new(now: SimTime, agenda: &'a mut Agenda<E>, reader: &'a mut R) -> Self {
        Self {
            now,
            agenda,
            reader,
        }
    }

    /// The time of the event or pass that is being handled.
    #[inline]
    pub fn now(&self) -> SimTime {
        self.now
    }
    /// Schedules an event for a time that is not before [`now`](Self::now).
    ///
    /// # Panics
    /// In debug builds, when `time` is in the past.
    #[inline]
    pub fn at(&mut self, time: SimTime, event: E) {
        debug_assert!(time >= self.now, "nothing is scheduled in the past");
        self.agenda.push(time, event);
    }
    /// Schedules an event `span` after [`now`](Self::now).
    #[inline]
    pub fn after(&mut self, span: Span, event: E) {
        self.agenda.push(self.now + span, event);
    }
    /// Reports a fact that happens now.
    // Inlined, so that the fact itself need not be built where no reader uses it.
    #[inline(always)]
    pub fn report<F>(&mut self, fact: F)
    where
        R: Reader<F>,
    {
        self.reader.read(self.now, &fact);
    }

    /// True for a reader that uses few parts of the most frequent facts ([`Reader::reads_parts`]).
    #[inline(always)]
    pub fn reads_parts<F>(&self) -> bool
    where
        R: Reader<F>,
    {
        self.reader.reads_parts()
    }

    /// Reports one of the most frequent facts to such a reader. To any other it is to be reported.
    // Inlined, so that the code of the reader for this one kind of fact replaces the call, and only
    // what it uses of the fact is built.
    #[inline(always)]
    pub fn report_parts<F>(&mut self, fact: F)
    where
        R: Reader<F>,
    {
        self.reader.read_parts(self.now, &fact);
    }

    /// True when the reader wants repeated facts ([`Reader::wants_repeats`]).
    pub fn wants_repeats<F>(&self) -> bool
    where
        R: Reader<F>,
    {
        self.reader.wants_repeats()
    }

    /// False when the facts about single steps of a life are nothing to the reader
    /// ([`Reader::wants_steps`]).
    #[inline(always)]
    pub fn wants_steps<F>(&self) -> bool
    where
        R: Reader<F>,
    {
        self.reader.wants_steps()
    }

    /// True when the reader explains the run ([`Reader::wants_details`]).
    pub fn wants_details<F>(&self) -> bool
    where
        R: Reader<F>,
    {
        self.reader.wants_details()
    }
}

/// Reports a fact of one of the most frequent kinds. `$fact` stands in two places: built whole for
/// readers of all of it, and only by the parts that the other readers use.
// A macro, as the compiler would make one function of a closure that is called in two places.
macro_rules! tell {
    ($ctx:expr, $fact:expr) => {
        if $ctx.reads_parts() {
            $ctx.report_parts($fact)
        } else {
            std::hint::cold_path();
            $ctx.report($fact)
        }
    };
}
pub(crate) use tell;

/// Looks at a model between the steps of [`play_watched`].
pub trait Watcher<M> {
    /// Called before each pass.
    fn before_pass(&mut self, now: SimTime, model: &M);

    /// Called when nothing more happens at `now`: the next event is at `next`, which is later; at the
    /// end of the run `next` is [`SimTime::MAX`].
    fn instant_over(&mut self, now: SimTime, next: SimTime, model: &M);
}

impl<M, W: Watcher<M> + ?Sized> Watcher<M> for &mut W {
    #[inline(always)]
    fn before_pass(&mut self, now: SimTime, model: &M) {
        (**self).before_pass(now, model);
    }

    #[inline(always)]
    fn instant_over(&mut self, now: SimTime, next: SimTime, model: &M) {
        (**self).instant_over(now, next, model);
    }
}

/// Looks at nothing. The compiler removes the calls.
impl<M> Watcher<M> for () {
    #[inline(always)]
    fn before_pass(&mut self, _now: SimTime, _model: &M) {}

    #[inline(always)]
    fn instant_over(&mut self, _now: SimTime, _next: SimTime, _model: &M) {}
}

/// Why a loop ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The agenda is empty, or [`Model::is_over`] is true; with the time of the last event.
    Drained(SimTime),
    /// The given end was reached.
    AtEnd,
    /// `keep_going` returned false, or the model has failed.
    Stopped,
    /// The reader was done ([`Reader::is_done`]); with the time of the last event.
    Done(SimTime),
}

/// The number of events between two calls of `keep_going`.
const ASK_EVERY: u32 = 1 << 14;

/// Plays a model from time zero until the agenda is empty or `end` is reached. `keep_going` is
/// called every 16,384 events; when it returns false, the loop stops.
///
/// Of the instant `end` only the phases before [`Phase::Arrive`] are handled: work that ends at
/// `end` has ended, but no work arrives at `end`, and there is no pass.
pub fn play<M, R>(
    model: &mut M,
    agenda: &mut Agenda<M::Event>,
    reader: &mut R,
    end: Option<SimTime>,
    keep_going: impl FnMut() -> bool,
) -> Ended
where
    M: Model,
    R: Reader<M::Fact>,
{
    play_watched(model, agenda, reader, end, keep_going, &mut ())
}

/// Like [`play`], with a watcher of the model.
#[inline(always)]
pub fn play_watched<M: Model, R: Reader<M::Fact>, W: Watcher<M>>(
    model: &mut M,
    agenda: &mut Agenda<M::Event>,
    reader: &mut R,
    end: Option<SimTime>,
    mut keep_going: impl FnMut() -> bool,
    watcher: &mut W,
) -> Ended {
    let mut now = SimTime::ZERO;
    let mut until_asked = ASK_EVERY;
    let last = end.map_or((SimTime::MAX, Phase::Sample), |end| (end, Phase::Arrive));
    loop {
        let due = agenda.peek();
        // The pass comes when no event of this instant is left before phase Decide.
        let instant_is_over = || due.is_none_or(|due| due > (now, Phase::Decide));
        if model.wants_pass() && instant_is_over() && (now, Phase::Decide) < last {
            watcher.before_pass(now, model);
            model.pass(&mut Context::new(now, agenda, reader));
            if model.has_failed() {
                return Ended::Stopped;
            }
            if reader.is_done() {
                return Ended::Done(now);
            }
            continue;
        }
        let Some(due) = due else {
            watcher.instant_over(now, SimTime::MAX, model);
            return Ended::Drained(now);
        };
        if due >= last {
            watcher.instant_over(now, SimTime::MAX, model);
            return Ended::AtEnd;
        }
        let Some((time, event)) = agenda.pop() else {
            return Ended::Drained(now);
        };
        if time > now {
            watcher.instant_over(now, time, model);
        }
        if let Some(events) = agenda.newly_reached() {
            events.for_each(|event| model.expect(event));
        }
        now = time;
        model.handle(&mut Context::new(now, agenda, reader), event);
        if model.is_over() {
            watcher.instant_over(now, SimTime::MAX, model);
            return Ended::Drained(now);
        }
        if reader.is_done() {
            return Ended::Done(now);
        }
        until_asked -= 1;
        if until_asked == 0 {
            until_asked = ASK_EVERY;
            if !keep_going() {
                return Ended::Stopped;
            }
        }
    }
}
