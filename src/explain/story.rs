//! The life of a task.

use super::about::is_cause;
use super::chosen::Choice;
use super::hosts::TaskName;
use super::look::Look;
use super::needs::{Needs, is_on_fargate, target};
use super::notebook::{Obstructed, Shared};
use super::quota::QuotaChange;
use super::supply::Supply;
use crate::cluster::{InstanceId, ProviderId, WorkId};
use crate::engine::Reader;
use crate::plan::Plan;
use crate::simulation::{Fact, Obstacle, Rejection, ServiceEvent, TaskFact};
use crate::units::SimTime;
use serde::Serialize;
use std::collections::BTreeMap;

/// At most this number of facts is kept; of later ones only those that end the life.
const MOST_FACTS: usize = 400;

/// The life of a task in one run, with the causes.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskStory {
    /// The task.
    #[serde(flatten)]
    pub task: TaskName,
    /// True for a task of a service.
    pub is_service: bool,
    /// The variant of the run.
    pub variant: String,
    /// The seed of the run.
    pub seed: u64,
    /// What it requires of an instance.
    pub needs: Needs,
    /// True when it runs on Fargate: then no instance is chosen.
    pub on_fargate: bool,
    /// The latest change of its service before it was created: the cause of its creation, as far as there
    /// is one.
    pub cause: Option<Told>,
    /// What happened to the task, and to its instance while it was there.
    pub facts: Vec<Told>,
    /// The number of further facts that are left out.
    pub left_out: u64,
    /// Why it had no capacity, in order of time.
    pub waits: Vec<Look>,
    /// What kept it from capacity besides instances, in order of time.
    pub obstacles: Vec<Obstructed>,
    /// The capacity that was on its way when it was refused, or at the end of the run while it waits.
    pub supply: Vec<Supply>,
    /// The least quota of Fargate with which it would not have waited for it, or been refused; each quota
    /// was tried by playing the run again.
    pub quota: Option<QuotaChange>,
    /// Why each of its instances was chosen.
    pub choices: Vec<Choice>,
    /// How it was at the end of its life or of the run.
    pub outcome: TaskOutcome,
    /// The end of its life, or that of the run.
    #[serde(rename = "endMicros")]
    pub end: SimTime,
}

/// A fact with its time.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Told {
    /// The time.
    #[serde(rename = "timeMicros")]
    pub at: SimTime,
    /// The fact.
    pub fact: Fact,
}

/// How a task was at the end of its life or of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum TaskOutcome {
    /// It had no capacity.
    Waiting,
    /// It had capacity and was not RUNNING yet.
    Starting,
    /// RUNNING.
    Running,
    /// It was stopping.
    Stopping,
    /// It ended with exit code 0.
    Finished,
    /// It has stopped.
    Stopped,
    /// It was refused.
    Refused,
}

impl TaskStory {
    /// True when the quota of Fargate has kept it waiting, or refused it.
    pub(super) fn met_the_quota(&self) -> bool {
        let refused = self.facts.iter().any(|told| {
            matches!(
                told.fact,
                Fact::TaskRejected(_, Rejection::FargateQuota)
                    | Fact::SubmissionRefused(_, Rejection::FargateQuota)
            )
        });
        let waits = |of: &Obstructed| of.why == Obstacle::FargateQuota;
        refused || self.obstacles.iter().any(waits)
    }
}

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
    is_over: bool,
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
            is_over: false,
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
            needs: Needs::of(self.plan, self.work, &latest.task),
            on_fargate: is_on_fargate(self.plan, self.work, &latest.task),
            cause: self.cause,
            facts: self.facts,
            left_out: self.left_out,
            waits: std::mem::take(&mut book.looks),
            obstacles: std::mem::take(&mut book.obstacles),
            supply: std::mem::take(&mut book.supply),
            quota: None,
            choices: std::mem::take(&mut book.choices),
            outcome: self.outcome,
            end: self.ended.unwrap_or(end),
        })
    }

    fn keep(&mut self, at: SimTime, fact: &Fact) {
        match self.facts.len() < MOST_FACTS || self.is_over {
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
        if self.latest.is_some() && self.outcome == TaskOutcome::Waiting {
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
                self.cause = self.latest_change;
                self.facts.extend(self.faults.values().copied());
                book.begins_to_wait();
            }
            Fact::TaskInterrupted(..) | Fact::SubmissionRefused(..) => {
                self.outcome = TaskOutcome::Waiting;
                book.begins_to_wait();
            }
            Fact::TaskPlaced(_) => {
                self.outcome = TaskOutcome::Starting;
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
        self.is_over = matches!(
            self.outcome,
            TaskOutcome::Finished | TaskOutcome::Stopped | TaskOutcome::Refused
        );
        self.ended = self.is_over.then_some(now);
        self.keep(now, fact);
    }

    /// True while it waits for capacity of this provider.
    fn waits_for(&self, provider: ProviderId) -> bool {
        let is_own = self.providers.is_empty() || self.providers.contains(&provider.index());
        is_own && self.latest.is_some() && self.outcome == TaskOutcome::Waiting
    }

    /// The instance on which the task is.
    fn host(&self) -> Option<InstanceId> {
        let is_there = self.outcome != TaskOutcome::Waiting;
        self.latest.filter(|_| is_there)?.task.instance
    }
}

impl Reader<Fact> for TaskReader<'_> {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        if self.is_over {
            return;
        }
        let mut book = self.book.open();
        book.notes.read(fact);
        book.note_capacity(now, fact);
        drop(book);
        if let Some(of) = fact.task() {
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
        self.is_over && self.book.open().refused.is_none()
    }
}
