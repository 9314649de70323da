//! Readers of the facts of a run.

use crate::units::SimTime;

/// An observer of facts, called for each fact at the moment at which a handler reports it.
pub trait Reader<F> {
    /// Reads one fact that happened at `now`. Calls come in order of time.
    fn read(&mut self, now: SimTime, fact: &F);

    /// True for a reader that uses only a few parts of the most frequent facts. It gets these by
    /// [`read_parts`](Self::read_parts), so that the other parts need not be copied.
    #[inline(always)]
    fn reads_parts(&self) -> bool {
        false
    }

    /// True for a reader to which every fact is nothing, and that is never done: a run may be played
    /// without it.
    #[inline(always)]
    fn reads_nothing(&self) -> bool {
        false
    }

    /// Reads one of the most frequent facts, as [`read`](Self::read), where
    /// [`reads_parts`](Self::reads_parts) is true. It is to be inlined.
    #[inline(always)]
    fn read_parts(&mut self, now: SimTime, fact: &F) {
        self.read(now, fact);
    }

    /// True when the run may end now. [`play`](super::play) checks it after each event and each
    /// pass, so that a run ends at the instant of the fact that makes it true.
    #[inline(always)]
    fn is_done(&self) -> bool {
        false
    }

    /// True for a reader that wants every step: a fact also where it repeats the one before at a
    /// regular time, such as a metric that stays at its target, and facts that only such readers
    /// use. Results of the run are the same.
    #[inline(always)]
    fn wants_repeats(&self) -> bool {
        false
    }

    /// False for a reader to which the facts about single steps of a life are nothing: they need not be
    /// reported where no reader wants them.
    #[inline(always)]
    fn wants_steps(&self) -> bool {
        true
    }

    /// True for a reader that explains a run: it also wants the facts that nothing but an
    /// explanation needs. Results of the run are the same.
    #[inline(always)]
    fn wants_details(&self) -> bool {
        false
    }
}

/// Ignores all facts. The compiler removes their construction.
impl<F> Reader<F> for () {
    #[inline(always)]
    fn read(&mut self, _now: SimTime, _fact: &F) {}

    #[inline(always)]
    fn reads_nothing(&self) -> bool {
        true
    }

    #[inline(always)]
    fn reads_parts(&self) -> bool {
        true
    }

    #[inline(always)]
    fn wants_steps(&self) -> bool {
        false
    }
}

/// Two readers: the first reads each fact before the second. Done when either is done.
impl<F, A: Reader<F>, B: Reader<F>> Reader<F> for (A, B) {
    #[inline(always)]
    fn read(&mut self, now: SimTime, fact: &F) {
        self.0.read(now, fact);
        self.1.read(now, fact);
    }

    #[inline(always)]
    fn reads_nothing(&self) -> bool {
        self.0.reads_nothing() && self.1.reads_nothing()
    }

    #[inline(always)]
    fn reads_parts(&self) -> bool {
        self.0.reads_parts() && self.1.reads_parts()
    }

    #[inline(always)]
    fn read_parts(&mut self, now: SimTime, fact: &F) {
        self.0.read_parts(now, fact);
        self.1.read_parts(now, fact);
    }

    #[inline(always)]
    fn is_done(&self) -> bool {
        self.0.is_done() || self.1.is_done()
    }

    #[inline(always)]
    fn wants_repeats(&self) -> bool {
        self.0.wants_repeats() || self.1.wants_repeats()
    }

    #[inline(always)]
    fn wants_steps(&self) -> bool {
        self.0.wants_steps() || self.1.wants_steps()
    }

    #[inline(always)]
    fn wants_details(&self) -> bool {
        self.0.wants_details() || self.1.wants_details()
    }
}

/// A reader that not every run has.
impl<F, R: Reader<F>> Reader<F> for Option<R> {
    #[inline(always)]
    fn read(&mut self, now: SimTime, fact: &F) {
        if let Some(reader) = self {
            reader.read(now, fact);
        }
    }

    #[inline(always)]
    fn reads_nothing(&self) -> bool {
        self.as_ref().is_none_or(R::reads_nothing)
    }

    #[inline(always)]
    fn reads_parts(&self) -> bool {
        self.is_none()
    }

    #[inline(always)]
    fn read_parts(&mut self, _now: SimTime, _fact: &F) {}

    #[inline(always)]
    fn is_done(&self) -> bool {
        self.as_ref().is_some_and(R::is_done)
    }

    #[inline(always)]
    fn wants_repeats(&self) -> bool {
        self.as_ref().is_some_and(R::wants_repeats)
    }

    #[inline(always)]
    fn wants_steps(&self) -> bool {
        self.as_ref().is_some_and(R::wants_steps)
    }

    #[inline(always)]
    fn wants_details(&self) -> bool {
        self.as_ref().is_some_and(R::wants_details)
    }
}

impl<F, R: Reader<F> + ?Sized> Reader<F> for &mut R {
    #[inline(always)]
    fn read(&mut self, now: SimTime, fact: &F) {
        (**self).read(now, fact);
    }

    #[inline(always)]
    fn reads_nothing(&self) -> bool {
        (**self).reads_nothing()
    }

    #[inline(always)]
    fn reads_parts(&self) -> bool {
        (**self).reads_parts()
    }

    #[inline(always)]
    fn read_parts(&mut self, now: SimTime, fact: &F) {
        (**self).read_parts(now, fact);
    }

    #[inline(always)]
    fn is_done(&self) -> bool {
        (**self).is_done()
    }

    #[inline(always)]
    fn wants_repeats(&self) -> bool {
        (**self).wants_repeats()
    }

    #[inline(always)]
    fn wants_steps(&self) -> bool {
        (**self).wants_steps()
    }

    #[inline(always)]
    fn wants_details(&self) -> bool {
        (**self).wants_details()
    }
}
