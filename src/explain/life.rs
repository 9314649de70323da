//! Reads the life of a task.

use super::about::is_cause;
use super::hosts::TaskName;
use super::needs::{Needs, is_on_fargate, target};
use super::notebook::Shared;
use super::story::{Freed, TaskOutcome, TaskStory, Told};
use crate::cluster::{InstanceId, ProviderId, WorkId};
use crate::engine::Reader;
use crate::plan::Plan;
use crate::simulation::{Fact, ServiceEvent, TaskFact};
use crate::units::SimTime;
use std::collections::BTreeMap;

/// At most this number of facts is kept; of later ones only those that end the life.
const MOST_FACTS: usize = 400;

/// Reads the facts about one task, until its life is over.
pub(super) struct TaskReader<'a> {
    plan: &'a Plan,
    book: Shared,
    work: WorkId,
    ordinal: u64,
    /// The capacity providers that it may use; empty for any.
    providers: Vec<usize>,
    /// The faults that are going on, and the one that began last, until it is told.
    faults: BTreeMap<(usize, u32), Told>,
    new_fault: Option<Told>,
    latest_change: Option<Told>,
    cause: Option<Told>,
    facts: Vec<Told>,
    left_out: u64,
    latest: Option<TaskFact>,
    outcome: TaskOutcome,
    /// The latest end of a task on Fargate, while the task waits.
    freed: Option<Freed>,
    /// When it was placed.
    placed: Option<SimTime>,
    /// When its life was over.
    ended: Option<SimTime>,
    /// The number of tasks of its entry or service.
    pub(super) tasks: u64,
}

impl<'a> TaskReader<'a> {
    pub(super) fn new(plan: &'a Plan, book: Shared, work: WorkId, ordinal: u64) -> Self {
        Self {
            plan,
            book,
            work,
            ordinal,
            providers: target(plan, work).providers(),
            faults: BTreeMap::new(),
            new_fault: None,
            latest_change: None,
            cause: None,
            facts: Vec::new(),
            left_out: 0,
            latest: None,
            outcome: TaskOutcome::Waiting,
            freed: None,
            placed: None,
            ended: None,
            tasks: 0,
        }
    }

    /// The story; `None` when the task did not exist.
    pub(super) fn story(self, seed: u64, end: SimTime) -> Option<TaskStory> {
        let latest = self.latest?;
        let mut book = self.book.open();
        Some(TaskStory {
            task: TaskName::new(self.plan, self.work, self.ordinal),
            is_service: matches!(self.work, WorkId::Service(_)),
            variant: self.plan.variant.clone(),
            seed,
            needs: Needs::of(
                self.plan,
                self.work,
                latest.task.revision,
                latest.task.shape,
            ),
            on_fargate: is_on_fargate(self.plan, self.work, &latest.task),
            cause: self.cause,
            facts: self.facts,
            left_out: self.left_out,
            waits: std::mem::take(&mut book.looks),
            obstacles: std::mem::take(&mut book.obstacles),
            supply: std::mem::take(&mut book.supply),
            quota: None,
            quota_use: book.quota_use.take(),
            freed: self.freed,
            trunking: None,
            max_size: None,
            choices: std::mem::take(&mut book.choices),
            outcome: self.outcome,
            end: self.ended.unwrap_or(end),
        })
    }

    fn keep(&mut self, at: SimTime, fact: &Fact) {
        match self.facts.len() < MOST_FACTS || self.is_over() {
            true => self.facts.push(Told { at, fact: *fact }),
            false => self.left_out += 1,
        }
    }

    /// A fault begins or is over. It is told where the task waits: an outage may keep it from its
    /// capacity.
    fn fault(&mut self, now: SimTime, fact: &Fact) {
        let told = Told {
            at: now,
            fact: *fact,
        };
        match fact {
            Fact::FaultBegan(of, number) => {
                self.faults.insert((*of, *number), told);
                self.new_fault = Some(told);
            }
            Fact::FaultEnded(of, number) => drop(self.faults.remove(&(*of, *number))),
            _ => return,
        }
        if self.waits() {
            self.new_fault = None;
            self.keep(now, fact);
        }
    }

    /// The fault that is the cause of what happens to the instance of the task at the same time.
    fn tell_fault(&mut self, now: SimTime) {
        if let Some(told) = self.new_fault.take().filter(|told| told.at == now) {
            self.keep(told.at, &told.fact);
        }
    }

    /// A fact about the task itself.
    fn own(&mut self, now: SimTime, fact: &Fact, of: &TaskFact) {
        let mut book = self.book.open();
        match fact {
            Fact::TaskArrived(_) => {
                self.cause = self
                    .latest_change
                    .filter(|_| matches!(of.work, WorkId::Service(_)));
                self.facts.extend(self.faults.values().copied());
                book.begins_to_wait();
            }
            Fact::TaskInterrupted(..) | Fact::SubmissionRefused(..) => {
                self.outcome = TaskOutcome::Waiting;
                book.begins_to_wait();
            }
            Fact::TaskPlaced(_) => {
                self.outcome = TaskOutcome::Starting;
                self.placed = Some(now);
                book.ends_to_wait(now);
            }
            Fact::TaskStarted(_) => self.outcome = TaskOutcome::Running,
            Fact::TaskStopping(..) => self.outcome = TaskOutcome::Stopping,
            Fact::TaskFinished(_) => self.outcome = TaskOutcome::Finished,
            Fact::TaskStopped(..) => {
                self.outcome = TaskOutcome::Stopped;
                book.ends_to_wait(now);
            }
            Fact::TaskRejected(_, why) => {
                self.outcome = TaskOutcome::Refused;
                book.waits = false;
                book.refused = Some((*of, *why));
            }
            _ => {}
        }
        drop(book);
        self.latest = Some(*of);
        self.ended = self.is_over().then_some(now);
        self.keep(now, fact);
    }

    /// True when its life is over.
    fn is_over(&self) -> bool {
        matches!(
            self.outcome,
            TaskOutcome::Finished | TaskOutcome::Stopped | TaskOutcome::Refused
        )
    }

    /// True while it exists and has no capacity.
    fn waits(&self) -> bool {
        self.book.open().waits
    }

    /// True while it waits for capacity of this provider.
    fn waits_for(&self, provider: ProviderId) -> bool {
        let is_own = self.providers.is_empty() || self.providers.contains(&provider.index());
        is_own && self.waits()
    }

    /// Notes the end of a task on Fargate, while this one waits or is placed.
    fn note_freed(&mut self, now: SimTime, fact: &Fact, of: &TaskFact) {
        let is_end = matches!(fact, Fact::TaskFinished(_) | Fact::TaskStopped(..));
        // The end of the other task may be told after the placement, at the same time.
        if !is_end || of.task.instance.is_some() || of.provider.is_none() {
            return;
        }
        if self.waits() || self.placed == Some(now) {
            self.freed = Some(Freed {
                at: now,
                task: TaskName::new(self.plan, of.work, of.task.ordinal),
            });
        }
    }

    /// The instance on which the task is.
    fn host(&self) -> Option<InstanceId> {
        let is_there = self.outcome != TaskOutcome::Waiting;
        self.latest.filter(|_| is_there)?.task.instance
    }
}

impl Reader<Fact> for TaskReader<'_> {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        if self.is_over() {
            return;
        }
        let mut book = self.book.open();
        book.notes.read(fact);
        book.note_capacity(now, fact);
        drop(book);
        if let Some(of) = fact.task() {
            self.note_freed(now, fact, of);
            if of.work != self.work {
                return;
            }
            if matches!(fact, Fact::TaskArrived(_)) {
                self.tasks += 1;
            }
            if of.task.ordinal == self.ordinal {
                if matches!(
                    fact,
                    Fact::TaskStopping(..) | Fact::TaskDied(_) | Fact::TaskInterrupted(..)
                ) {
                    self.tell_fault(now);
                }
                self.own(now, fact, of);
            } else if is_cause(fact) {
                self.latest_change = Some(Told {
                    at: now,
                    fact: *fact,
                });
            }
            return;
        }
        match fact {
            Fact::Service(of, ServiceEvent::DesiredCountUpdated { .. })
                if WorkId::Service(*of) == self.work =>
            {
                self.latest_change = Some(Told {
                    at: now,
                    fact: *fact,
                });
            }
            // What its capacity providers do while it waits.
            Fact::GroupScaled { provider, .. } | Fact::LaunchFailed { provider, .. }
                if self.waits_for(*provider) =>
            {
                self.keep(now, fact);
            }
            Fact::FaultBegan(..) | Fact::FaultEnded(..) => self.fault(now, fact),
            Fact::InstanceRegistered(of) if self.waits_for(of.provider) => self.keep(now, fact),
            _ => {
                if fact
                    .instance()
                    .is_some_and(|of| Some(of.instance) == self.host())
                {
                    self.tell_fault(now);
                    self.keep(now, fact);
                }
            }
        }
    }

    fn wants_repeats(&self) -> bool {
        true
    }

    // After a refusal the watcher looks once more.
    fn is_done(&self) -> bool {
        self.is_over() && self.book.open().refused.is_none()
    }
}
