//! Ends runs at a fact, and reports progress.

use crate::engine::Reader;
use crate::runner::Progress;
use crate::simulation::Fact;
use crate::units::SimTime;
use std::sync::{Mutex, PoisonError};

/// True for the fact at which a run ends.
pub(super) type EndFact<'a> = Box<dyn Fn(SimTime, &Fact) -> bool + Sync + 'a>;

/// A reader that ends a run at the first fact for which `end` is true; never without `end`.
pub(super) struct StopAt<'e, 'a> {
    end: Option<&'e EndFact<'a>>,
    is_done: bool,
}

impl<'e, 'a> StopAt<'e, 'a> {
    pub fn new(end: Option<&'e EndFact<'a>>) -> Self {
        Self {
            end,
            is_done: false,
        }
    }
}

impl Reader<Fact> for StopAt<'_, '_> {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        if let Some(end) = self.end {
            self.is_done = self.is_done || end(now, fact);
        }
    }

    fn reads_nothing(&self) -> bool {
        self.end.is_none()
    }

    fn is_done(&self) -> bool {
        self.is_done
    }
}

/// A function that receives progress: the stage, its runs that have ended, and its runs in all.
pub(super) type OnProgress<'a> = Box<dyn Fn(&str, u64, u64) + Sync + 'a>;

/// Counts the runs of a stage and passes the count to a function.
pub(super) struct Counter<'t, 'a> {
    on_progress: Option<&'t OnProgress<'a>>,
    stage: Mutex<(String, u64, u64)>,
}

impl<'t, 'a> Counter<'t, 'a> {
    pub fn new(on_progress: Option<&'t OnProgress<'a>>) -> Self {
        Self {
            on_progress,
            stage: Mutex::default(),
        }
    }

    /// Changes the counts and passes them to the function, one call at a time.
    fn change(&self, change: impl FnOnce(&mut (String, u64, u64))) {
        let Some(on_progress) = self.on_progress else {
            return;
        };
        let mut stage = self.stage.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut stage);
        on_progress(&stage.0, stage.1, stage.2);
    }
}

impl Progress for Counter<'_, '_> {
    fn begin(&self, stage: &str, runs: u64) {
        self.change(|now| *now = (stage.to_string(), 0, runs));
    }

    fn advance(&self) {
        self.change(|now| now.1 += 1);
    }

    fn end(&self) {}
}
