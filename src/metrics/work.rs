//! Standalone tasks: counts, waiting times and sojourn times, by entry of `tasks` and in total.

use super::{Level, Spread, Waiting};
use crate::cluster::{EntryId, WorkId};
use crate::simulation::{Fact, Interruption, Obstacle, Rejection, TaskFact};
use crate::units::SimTime;

/// The measurements of the standalone tasks of one entry, or of all entries together.
#[derive(Clone, Debug, Default)]
pub struct EntryWork {
    /// Tasks that arrived in the reported time. All counts but `interrupted`, `skipped`,
    /// `replaced` and `throttled` are of these tasks.
    pub arrived: u64,
    /// Tasks that were placed.
    pub placed: u64,
    /// Tasks that finished.
    pub finished: u64,
    /// Tasks that were refused without ever being placed.
    pub rejected: u64,
    /// Tasks that were refused because no instance could ever hold them, and the tasks of trace
    /// rows that were left out for the same reason.
    pub unplaceable: u64,
    /// Tasks that failed or were lost and are not retried.
    pub failed: u64,
    /// Number of times that one of these tasks was lost or failed and was submitted again.
    pub interrupted: u64,
    /// Arrivals of a schedule that were left out in the reported time.
    pub skipped: u64,
    /// Tasks that a later arrival replaced in the reported time.
    pub replaced: u64,
    /// Calls of `RunTask` that were throttled in the reported time.
    pub throttled: u64,
    /// Run time that has to be repeated, in µs.
    pub lost: u128,
    /// Waiting times: from arrival to the first placement.
    pub waits: Spread,
    /// Sojourn times: from arrival to the end, of the tasks that finished.
    pub sojourns: Spread,
    /// Tasks that have capacity.
    pub running: Level,
    /// Tasks without capacity.
    pub waiting: Level,
    /// Tasks with and without capacity.
    pub in_system: Level,
    /// The waiting tasks by what they lack. Of all entries together it is complete at the end of
    /// the run.
    pub waiting_for: Waiting,
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

    /// Number of tasks that arrived and have neither finished nor failed nor been refused.
    pub fn unfinished(&self) -> u64 {
        self.arrived - self.finished - self.rejected - self.failed
    }

    /// Number of tasks that arrived, were not refused and were never placed.
    pub fn never_placed(&self) -> u64 {
        self.arrived - self.placed - self.rejected
    }

    fn arrive(&mut self, now: SimTime, counts: bool) {
        self.arrived += u64::from(counts);
        self.waiting.change(now, 1, 0);
        self.in_system.change(now, 1, 0);
    }

    fn place(&mut self, now: SimTime, of: TaskTimes, counts: bool) {
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

    fn finish_task(&mut self, now: SimTime, of: TaskTimes, counts: bool) {
        self.running.change(now, 0, 1);
        self.in_system.change(now, 0, 1);
        if counts {
            self.finished += 1;
            self.sojourns.record(now - of.arrived);
        }
    }

    fn reject(&mut self, now: SimTime, of: TaskTimes, why: Rejection, counts: bool) {
        self.waiting.change(now, 0, 1);
        self.in_system.change(now, 0, 1);
        // A retried task that finds no capacity has failed: it was placed before.
        if counts && of.attempts > 0 {
            self.failed += 1;
        } else if counts {
            self.rejected += 1;
            self.unplaceable += u64::from(why == Rejection::Unplaceable);
        }
    }

    fn lacks(&mut self, now: SimTime, obstacle: Obstacle) {
        self.waiting_for.set(now, &mut self.waiting, obstacle);
    }

    fn levels(&mut self) -> [&mut Level; 3] {
        [&mut self.running, &mut self.waiting, &mut self.in_system]
    }
}

/// The values of a task that are needed here. A copy of the whole task would be slower.
#[derive(Clone, Copy)]
struct TaskTimes {
    arrived: SimTime,
    attempts: u32,
}

/// The measurements of all standalone tasks.
#[derive(Clone, Debug)]
pub struct Work {
    origin: SimTime,
    /// By entry.
    pub entries: Vec<EntryWork>,
    /// All entries together; `None` with one entry, whose measurements are the total.
    all: Option<Box<EntryWork>>,
    /// The end of the run; the beginning of the reported time before that.
    pub end: SimTime,
}

impl Work {
    /// Observers for a number of entries; `origin` is the beginning of the reported time.
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
            Fact::WorkWaits(WorkId::Entry(entry), why) => {
                self.entries[entry.index()].lacks(now, *why);
            }
            Fact::RunTaskThrottled { entry, .. } => {
                self.both(now, *entry, |work| work.throttled += 1);
            }
            Fact::ArrivalSkipped { entry } => self.both(now, *entry, |work| work.skipped += 1),
            Fact::ArrivalReplaced { entry, tasks } => {
                self.both(now, *entry, |work| work.replaced += u64::from(*tasks));
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

    /// Calls `apply` for the entry of a task and for the total, with whether the task counts. Tasks
    /// of services are left out.
    #[inline(always)]
    fn each(&mut self, of: &TaskFact, mut apply: impl FnMut(&mut EntryWork, TaskTimes, bool)) {
        let WorkId::Entry(entry) = of.work else {
            return;
        };
        let entry = &mut self.entries[entry.index()];
        let times = TaskTimes {
            arrived: of.task.arrived,
            attempts: of.task.attempts,
        };
        let counts = times.arrived >= self.origin;
        apply(entry, times, counts);
        if let Some(all) = self.all.as_deref_mut() {
            apply(all, times, counts);
        }
    }

    /// Calls `apply` for an entry and for the total, within the reported time.
    fn both(&mut self, now: SimTime, entry: EntryId, apply: impl Fn(&mut EntryWork)) {
        if now >= self.origin {
            apply(&mut self.entries[entry.index()]);
            self.all.as_deref_mut().into_iter().for_each(apply);
        }
    }

    pub(super) fn finish(&mut self, end: SimTime) {
        self.end = end;
        for level in self.levels() {
            level.advance(end);
        }
        for entry in &mut self.entries {
            entry.waiting_for.advance(end, &mut entry.waiting);
            if let Some(all) = &mut self.all {
                all.waiting_for.add(&entry.waiting_for);
            }
        }
    }

    /// The levels of each entry and of the total.
    pub(super) fn levels(&mut self) -> impl Iterator<Item = &mut Level> {
        let works = self.entries.iter_mut().chain(self.all.as_deref_mut());
        works.flat_map(EntryWork::levels)
    }
}
