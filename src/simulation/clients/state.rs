//! The state of the clients.

use super::calls::Calls;
use super::refusals::{Endless, Refusals};
use super::source::Source;
use crate::cluster::{EntryId, Pending, PendingQueue, RevisionId, TaskId};
use crate::engine::Agenda;
use crate::plan::{Delays, Plan, TaskEntry};
use crate::policy::provisioning::Autoscaler;
use crate::simulation::event::Event;
use crate::simulation::life::Lives;
use crate::units::SimTime;

/// The state of the clients.
pub(in crate::simulation) struct Clients<'p> {
    /// By entry of the plan's `tasks`.
    pub(super) sources: Vec<Source<'p>>,
    /// The job queue.
    pub(super) waiting: PendingQueue,
    /// Tasks that were submitted since the last placement pass.
    pub(super) fresh: Vec<Pending>,
    /// A retried task re-entered the job queue and has not been offered since.
    pub(super) returned: bool,
    /// When a task arrived beyond the most that may exist; the run ends.
    pub(super) overloaded_at: Option<SimTime>,
    /// Actions that were due in an outage of the control plane, in order.
    pub(super) waiting_actions: Vec<u16>,
    /// The number of entries with further arrivals.
    pub(super) open_entries: usize,
    pub(super) autoscaler: Option<Box<dyn Autoscaler>>,
    /// Refusals of tasks that are submitted again for ever.
    pub(super) refusals: Refusals,
    /// The rate of calls of `RunTask`; `None` where calls have no limit.
    pub(super) calls: Option<Box<Calls>>,
}

impl<'p> Clients<'p> {
    /// The clients of a plan, without entries. Only realistic runs limit the rate of calls.
    pub(in crate::simulation) fn new(plan: &Plan, autoscaler: Option<Box<dyn Autoscaler>>) -> Self {
        let has_rate = plan.delays == Delays::Realistic;
        Self {
            sources: Vec::new(),
            waiting: PendingQueue::default(),
            fresh: Vec::new(),
            returned: false,
            overloaded_at: None,
            waiting_actions: Vec::new(),
            open_entries: 0,
            autoscaler,
            refusals: Refusals::default(),
            calls: has_rate.then(|| Box::new(Calls::new(&plan.assumptions))),
        }
    }

    /// Adds an entry of the plan's `tasks` with the revision of its tasks.
    pub(in crate::simulation) fn add(
        &mut self,
        entry: &'p TaskEntry,
        revision: RevisionId,
        seed: u64,
    ) {
        self.sources.push(Source::new(entry, revision, seed));
    }

    /// Schedules the first arrival of an entry.
    pub(in crate::simulation) fn begin(
        &mut self,
        number: usize,
        lives: &Lives<'_>,
        agenda: &mut Agenda<Event>,
    ) {
        let plan = lives.platform.plan();
        if let Some(time) = self.sources[number].next_time(plan, SimTime::ZERO) {
            self.open_entries += 1;
            let entry = EntryId::new(number);
            agenda.push(time, Event::WorkArrives { entry });
        }
    }

    /// True when the job queue holds no task, and none was submitted.
    #[inline]
    pub(in crate::simulation) fn has_no_pending(&self) -> bool {
        self.fresh.is_empty() && self.waiting.is_empty()
    }

    /// When a task arrived beyond the most that may exist; `None` while there is room for more.
    #[inline]
    pub(in crate::simulation) fn overloaded_at(&self) -> Option<SimTime> {
        self.overloaded_at
    }

    /// The entry whose tasks are refused for ever, with the last reason; `None` while there is hope.
    #[inline]
    pub(in crate::simulation) fn refused_for_ever(&self) -> Option<Endless> {
        self.refusals.endless()
    }

    /// True when no more work will arrive.
    #[inline]
    pub(in crate::simulation) fn arrivals_have_ended(&self) -> bool {
        self.open_entries == 0
    }

    /// The queues that a placement pass works on: the waiting and the submitted.
    #[inline]
    pub(in crate::simulation) fn queues(&mut self) -> (&mut PendingQueue, &mut Vec<Pending>) {
        (&mut self.waiting, &mut self.fresh)
    }

    /// The job queue.
    pub(in crate::simulation) fn waiting(&self) -> &PendingQueue {
        &self.waiting
    }

    /// True when a task is held until the tasks of an earlier arrival of its entry have left.
    pub(in crate::simulation) fn holds(&self, entry: EntryId, id: TaskId) -> bool {
        let mut held = self.sources[entry.index()].held.iter();
        held.any(|tasks| tasks.contains(&id))
    }

    /// True when the call of `RunTask` for a task is delayed.
    pub(in crate::simulation) fn delays(&self, id: TaskId) -> bool {
        let calls = self.calls.as_ref();
        calls.is_some_and(|calls| calls.delays(id))
    }

    /// True when a task re-entered the queue since the last pass, so that it has not been offered.
    pub(in crate::simulation) fn has_returned(&self) -> bool {
        self.returned
    }

    /// Sets whether the next pass has to offer all tasks of the queue again.
    pub(in crate::simulation) fn set_returned(&mut self, returned: bool) {
        self.returned = returned;
    }
}
