//! The readers of a run with expectations on levels or events.

use crate::engine::Reader;
use crate::metrics::{Checks, Observed};
use crate::simulation::Fact;
use crate::units::SimTime;

/// The readers of a run with checks. The checks read the levels of the metrics.
pub(super) struct Checked<'r, 'p> {
    pub(super) observed: Observed,
    pub(super) checks: Checks<'p>,
    pub(super) reader: &'r mut dyn Reader<Fact>,
}

impl Reader<Fact> for Checked<'_, '_> {
    #[inline(never)]
    fn read(&mut self, now: SimTime, fact: &Fact) {
        self.checks.pass_to(now, &self.observed);
        self.observed.read(now, fact);
        self.checks.read(now, fact);
        self.reader.read(now, fact);
    }

    fn is_done(&self) -> bool {
        self.reader.is_done()
    }

    fn wants_repeats(&self) -> bool {
        self.checks.wants_repeats() || self.reader.wants_repeats()
    }

    fn wants_details(&self) -> bool {
        self.checks.wants_details() || self.reader.wants_details()
    }
}
