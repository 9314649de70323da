//! What is noted about one task while its run is played again: by the scheduler, by the reader of facts
//! and by the watcher of the world.

use super::chosen::Choice;
use super::look::{Detail, Look};
use super::notes::Notes;
use super::quota::QuotaUse;
use super::supply::{Measured, Supply};
use crate::cluster::{InstanceId, ProviderId, WorkId};
use crate::simulation::{Fact, Obstacle, Rejection, TaskFact};
use crate::units::{SimTime, Span};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The shortest time between two looks at a waiting task; it doubles after every `LOOKS` looks, so that
/// a long wait costs no more than a short one.
const AGAIN: Span = Span::seconds(60);
const LOOKS: usize = 64;
/// At most this number of looks tell every instance: the first, and those at which the reason changes;
/// the last one besides.
const MOST_DETAILED: usize = 8;
/// At most this number of obstacles is kept.
const MOST_OBSTACLES: usize = 100;

/// What is noted about one task.
pub(super) struct Notebook {
    pub(super) notes: Notes,
    /// The task.
    pub(super) work: WorkId,
    pub(super) ordinal: u64,
    /// It exists and has no capacity.
    pub(super) waits: bool,
    /// It was refused for good, and the instances have not been looked at since.
    pub(super) refused: Option<(TaskFact, Rejection)>,
    pub(super) looks: Vec<Look>,
    pub(super) choices: Vec<Choice>,
    pub(super) obstacles: Vec<Obstructed>,
    /// The use of the quota of Fargate when the task first met it.
    pub(super) quota_use: Option<QuotaUse>,
    /// The capacity that was on its way at the last look.
    pub(super) supply: Vec<Supply>,
    /// The instances of its providers that are starting, each with the time at which it will register, in
    /// order of that time; as far as `starting_since` changes of instances.
    pub(super) starting: Vec<(SimTime, InstanceId)>,
    pub(super) starting_since: Option<u64>,
    /// By provider: the latest measurement of its capacity metric.
    pub(super) measured: BTreeMap<ProviderId, Measured>,
    /// The time of the next look, the number of looks so far, and that of changes of instances at the
    /// latest one.
    next_look: SimTime,
    looked: usize,
    changes: u64,
}

/// What kept a task from capacity besides instances, from one time to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Obstructed {
    /// The time from which on.
    #[serde(rename = "timeMicros")]
    pub at: SimTime,
    /// The time at which it was over; `None`: not in this wait.
    #[serde(rename = "untilMicros")]
    pub until: Option<SimTime>,
    /// The obstacle.
    pub why: Obstacle,
}

/// A notebook that the scheduler, the reader and the watcher share.
#[derive(Clone)]
pub(super) struct Shared(Arc<Mutex<Notebook>>);

impl Shared {
    pub(super) fn new(work: WorkId, ordinal: u64) -> Self {
        Self(Arc::new(Mutex::new(Notebook {
            notes: Notes::default(),
            work,
            ordinal,
            waits: false,
            refused: None,
            looks: Vec::new(),
            choices: Vec::new(),
            obstacles: Vec::new(),
            quota_use: None,
            supply: Vec::new(),
            starting: Vec::new(),
            starting_since: None,
            measured: BTreeMap::new(),
            next_look: SimTime::ZERO,
            looked: 0,
            changes: 0,
        })))
    }

    pub(super) fn open(&self) -> MutexGuard<'_, Notebook> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Notebook {
    /// It begins to wait, for the first time or again: the next pass is looked at.
    pub(super) fn begins_to_wait(&mut self) {
        self.waits = true;
        self.next_look = SimTime::ZERO;
    }

    /// It has capacity, or has left: what kept it from capacity is over.
    pub(super) fn ends_to_wait(&mut self, now: SimTime) {
        self.waits = false;
        self.note_obstacle(now, None);
    }

    /// Notes a measurement of a capacity metric.
    pub(super) fn note_capacity(&mut self, now: SimTime, fact: &Fact) {
        if let Fact::CapacityMeasured {
            provider,
            needed,
            running,
            ..
        } = fact
        {
            let measured = Measured {
                at: now,
                needed: *needed,
                running: *running,
            };
            self.measured.insert(*provider, measured);
        }
    }

    /// True when a look is due. It is due early when an instance has changed its state, as long as there
    /// were few looks.
    pub(super) fn is_due(&self, now: SimTime) -> bool {
        let has_changed = self.looked < LOOKS && self.notes.changes() != self.changes;
        self.waits && (now >= self.next_look || has_changed)
    }

    /// Keeps a look. `detail` tells every instance.
    pub(super) fn keep(&mut self, look: Look, detail: impl FnOnce() -> Detail) {
        let now = look.at;
        self.next_look = now + Span::micros(AGAIN.as_micros() << (self.looked / LOOKS).min(20));
        self.looked += 1;
        self.changes = self.notes.changes();
        if let Some(known) = self.looks.last_mut().filter(|known| known.is_as(&look)) {
            known.until = now;
            return;
        }
        let last = self.looks.last();
        let is_other = last.is_none_or(|last| last.reason() != look.reason());
        let detailed = self.looks.iter().filter(|look| look.detail.is_some());
        let is_detailed = is_other && detailed.count() < MOST_DETAILED;
        self.looks.push(Look {
            detail: is_detailed.then(detail),
            ..look
        });
    }

    /// Keeps the last look, which tells every instance.
    pub(super) fn keep_last(&mut self, look: Look, detail: impl FnOnce() -> Detail) {
        let known = self.looks.last_mut().filter(|known| known.is_as(&look));
        match known {
            Some(known) if known.detail.is_some() => known.until = look.at,
            _ => self.looks.push(Look {
                detail: Some(detail()),
                ..look
            }),
        }
    }

    /// Notes what keeps the task from capacity now, besides instances.
    pub(super) fn note_obstacle(&mut self, now: SimTime, why: Option<Obstacle>) {
        let last = self
            .obstacles
            .last_mut()
            .filter(|last| last.until.is_none());
        if let Some(last) = last {
            if Some(last.why) == why {
                return;
            }
            last.until = Some(now);
        }
        if let Some(why) = why.filter(|_| self.obstacles.len() < MOST_OBSTACLES) {
            self.obstacles.push(Obstructed {
                at: now,
                until: None,
                why,
            });
        }
    }
}
