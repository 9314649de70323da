//! What became of the tasks, by entry and in all.

use super::{Level, Spread};
use crate::cluster::WorkId;
use crate::simulation::{Fact, Interruption, Rejection, TaskFact};
use crate::units::SimTime;

/// What became of the tasks of one entry.
#[derive(Clone, Debug, Default)]
pub struct EntryWork {
    /// Arrived in the reported time.
    pub arrived: u64,
    /// Of those, placed so far.
    pub placed: u64,
    /// Of those, finished.
    pub finished: u64,
    /// Of those, refused.
    pub rejected: u64,
    /// Of the refused, those that no instance could ever hold; and trace rows left out for
    /// the same reason.
    pub unplaceable: u64,
    /// Of those, failed or lost for good.
    pub failed: u64,
    /// How often one was lost or failed and submitted again.
    pub interrupted: u64,
    /// Run time that had to be done again, in µs.
    pub lost: u128,
    /// From arrival to the first placement, of those placed.
    pub waits: Spread,
    /// From arrival to the end, of those finished.
    pub sojourns: Spread,
    /// Tasks on capacity.
    pub running: Level,
    /// Tasks in the job queue.
    pub waiting: Level,
    /// Both together.
    pub in_system: Level,
}

impl EntryWork {
    fn new(origin: SimTime) -> Self {
        Self {
            running: Level::new(origin),
            waiting: Level::new(origin),
            in_system: Level::new(origin),
            ..Self::default()
        }
    }

    /// Arrived and neither finished nor failed nor refused.
    pub fn unfinished(&self) -> u64 {
        self.arrived - self.finished - self.rejected - self.failed
    }

    /// Arrived, and still without capacity.
    pub fn never_placed(&self) -> u64 {
        self.arrived - self.placed - self.rejected
    }

    fn arrive(&mut self, now: SimTime, counts: bool) {
        self.arrived += u64::from(counts);
        self.waiting.change(now, 1, 0);
        self.in_system.change(now, 1, 0);
    }

    fn place(&mut self, now: SimTime, of: Told, counts: bool) {
        self.waiting.change(now, 0, 1);
        self.running.change(now, 1, 0);
        if counts && of.attempts == 1 {
            self.placed += 1;
            self.waits.record(now - of.arrived);
        }
    }

    fn fail(&mut self, now: SimTime, counts: bool) {
        self.running.change(now, 0, 1);
        self.in_system.change(now, 0, 1);
        self.failed += u64::from(counts);
    }

    fn interrupt(&mut self, now: SimTime, what: Interruption, counts: bool) {
        self.running.change(now, 0, 1);
        self.waiting.change(now, 1, 0);
        if counts {
            self.interrupted += 1;
            self.lost += u128::from(what.lost.as_micros());
        }
    }

    fn finish_task(&mut self, now: SimTime, of: Told, counts: bool) {
        self.running.change(now, 0, 1);
        self.in_system.change(now, 0, 1);
        if counts {
            self.finished += 1;
            self.sojourns.record(now - of.arrived);
        }
    }

    fn reject(&mut self, now: SimTime, of: Told, why: Rejection, counts: bool) {
        self.waiting.change(now, 0, 1);
        self.in_system.change(now, 0, 1);
        // Who was placed before, and lost its place, has failed rather than been refused.
        if counts && of.attempts > 0 {
            self.failed += 1;
        } else if counts {
            self.rejected += 1;
            self.unplaceable += u64::from(why == Rejection::Unplaceable);
        }
    }

    fn levels(&mut self) -> [&mut Level; 3] {
        [&mut self.running, &mut self.waiting, &mut self.in_system]
    }
}

/// What is told of a task: not the whole of it, which then need not be in memory.
#[derive(Clone, Copy)]
struct Told {
    arrived: SimTime,
    attempts: u32,
}

/// What became of all tasks.
#[derive(Clone, Debug)]
pub struct Work {
    origin: SimTime,
    /// By entry.
    pub entries: Vec<EntryWork>,
    /// All together; kept apart only where there is more than one entry.
    all: Option<Box<EntryWork>>,
    /// The end of the run, once known.
    pub end: SimTime,
}

impl Work {
    /// For so many entries, counting from `origin` on.
    pub fn new(entries: usize, origin: SimTime) -> Self {
        Self {
            origin,
            entries: (0..entries).map(|_| EntryWork::new(origin)).collect(),
            all: (entries != 1).then(|| Box::new(EntryWork::new(origin))),
            end: origin,
        }
    }

    /// All entries together.
    pub fn all(&self) -> &EntryWork {
        match &self.all {
            Some(all) => all,
            None => &self.entries[0],
        }
    }

    #[inline(always)]
    pub(super) fn read(&mut self, now: SimTime, fact: &Fact) {
        match fact {
            Fact::TaskArrived(of) => self.each(of, |work, _, counts| work.arrive(now, counts)),
            Fact::TaskPlaced(of) => self.each(of, |work, of, counts| work.place(now, of, counts)),
            Fact::TaskFinished(of) => {
                self.each(of, |work, of, counts| work.finish_task(now, of, counts));
            }
            Fact::TaskStopped(of, _) => self.each(of, |work, _, counts| work.fail(now, counts)),
            Fact::TaskInterrupted(of, _, what) => {
                let what = *what;
                self.each(of, |work, _, counts| work.interrupt(now, what, counts));
            }
            Fact::TaskRejected(of, why) => {
                let why = *why;
                self.each(of, |work, of, counts| work.reject(now, of, why, counts));
            }
            Fact::TasksSkipped { entry, tasks } => {
                self.entries[*entry].unplaceable += tasks;
                if let Some(all) = &mut self.all {
                    all.unplaceable += tasks;
                }
            }
            _ => {}
        }
    }

    /// Tells a task's entry and all together, and whether the task counts. Those of services
    /// are told elsewhere.
    #[inline(always)]
    fn each(&mut self, of: &TaskFact, mut tell: impl FnMut(&mut EntryWork, Told, bool)) {
        let WorkId::Entry(entry) = of.work else {
            return;
        };
        let entry = &mut self.entries[entry.index()];
        let told = Told {
            arrived: of.task.arrived,
            attempts: of.task.attempts,
        };
        let counts = told.arrived >= self.origin;
        tell(entry, told, counts);
        if let Some(all) = self.all.as_deref_mut() {
            tell(all, told, counts);
        }
    }

    pub(super) fn finish(&mut self, end: SimTime) {
        self.end = end;
        for level in self.levels() {
            level.advance(end);
        }
    }

    /// The levels of each entry, and of all together.
    pub(super) fn levels(&mut self) -> impl Iterator<Item = &mut Level> {
        let works = self.entries.iter_mut().chain(self.all.as_deref_mut());
        works.flat_map(EntryWork::levels)
    }
}
