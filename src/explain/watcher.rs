//! Watches one task in the world of its run, for the causes of waiting that no placement pass sees.

use super::look::Look;
use super::needs::{asked, is_on_fargate};
use super::notebook::{Notebook, Shared};
use super::quota::QuotaUse;
use super::sight::{Sight, is_head_of_line};
use super::supply::supply;
use crate::cluster::{ProviderId, Task, TaskId};
use crate::engine::Watcher;
use crate::plan::Plan;
use crate::policy::placement::Work;
use crate::simulation::{Obstacle, Rejection, World};
use crate::units::{SimTime, Span};

/// After this number of instants in which the task waited, it is looked at once a minute only.
const MANY: u32 = 10_000;
const THEN_EVERY: Span = Span::seconds(60);

/// Watches the task of a notebook.
pub(super) struct TaskWatcher<'a> {
    plan: &'a Plan,
    book: Shared,
    id: Option<TaskId>,
    looked: u32,
    next: SimTime,
}

impl<'a> TaskWatcher<'a> {
    pub(super) fn new(plan: &'a Plan, book: Shared) -> Self {
        Self {
            plan,
            book,
            id: None,
            looked: 0,
            next: SimTime::ZERO,
        }
    }

    /// The task of the notebook among the living ones.
    fn find(&mut self, world: &World<'_>) -> Option<TaskId> {
        let book = self.book.open();
        let is_it =
            |task: &&Task| task.ordinal == book.ordinal && book.notes.work(task) == Some(book.work);
        let known = self
            .id
            .filter(|id| world.tasks().get(*id).filter(is_it).is_some());
        self.id = known.or_else(|| world.task_of(book.work, book.ordinal));
        self.id
    }

    /// Notes the instances of the task's providers that are starting.
    fn note_starting(&self, book: &mut Notebook, task: &Task, world: &World<'_>) {
        let target = asked(self.plan, book.work, task.revision).1;
        let providers = self.plan.cluster.providers_of(target);
        let starting = providers.flat_map(|(index, _)| world.starting(ProviderId::new(index)));
        book.starting = starting.collect();
        book.starting.sort_unstable();
        book.starting_since = Some(book.notes.changes());
    }

    /// Looks at the instances one last time: for a task that was refused, or that waits at the end of the
    /// run.
    fn look(&self, now: SimTime, world: &World<'_>, (id, task): (Option<TaskId>, &Task)) {
        let book = &mut *self.book.open();
        if is_on_fargate(self.plan, book.work, task) {
            return;
        }
        let notes = book.notes.clone();
        self.note_starting(book, task, world);
        let sight = |work: Work<'_>, task: &Task, before| Sight {
            plan: self.plan,
            notes: &notes,
            cluster: world.cluster(),
            tasks: world.tasks(),
            requirements: world.requirements(),
            work: world.work_of(work.work, task, now),
            revision: task.revision,
            before,
            starting: book.starting.clone(),
            is_head_of_line: id.is_some() && is_head_of_line(self.plan, book.work),
        };
        let before = world.before(id, book.work, now);
        let first = before.first().copied();
        let own = sight(world.work_of(book.work, task, now), task, before);
        let head = first.filter(|_| own.is_head_of_line).and_then(|first| {
            let id = world.task_of(first.work, first.ordinal())?;
            let task = world.tasks().get(id)?;
            Some(sight(first, task, Vec::new()))
        });
        book.supply = supply(&own, world, &book.measured);
        book.keep_last(Look::at(&own, head.as_ref()), || own.detail());
    }
}

impl Watcher<World<'_>> for TaskWatcher<'_> {
    fn before_pass(&mut self, now: SimTime, world: &World<'_>) {
        let book = &mut *self.book.open();
        if !book.is_due(now) || book.starting_since == Some(book.notes.changes()) {
            return;
        }
        let found = self.id.or_else(|| world.task_of(book.work, book.ordinal));
        if let Some(task) = found.and_then(|id| world.tasks().get(id)) {
            self.note_starting(book, task, world);
        }
    }

    fn instant_over(&mut self, now: SimTime, next: SimTime, world: &World<'_>) {
        let mut book = self.book.open();
        if let Some((of, why)) = book.refused.take() {
            if why == Rejection::FargateQuota {
                book.quota_use = Some(QuotaUse::of(self.plan, world, &of.task, now));
            }
            if !is_about_instances(why) {
                return book.note_obstacle(now, None);
            }
            // In an outage it is not what instances lack that refused it.
            if world.control_plane_is_out() {
                return book.note_obstacle(now, Some(Obstacle::ControlPlane));
            }
            drop(book);
            return self.look(now, world, (None, &of.task));
        }
        let waits = book.waits;
        drop(book);
        let is_last = next == SimTime::MAX;
        let is_due = is_last || self.looked < MANY || now >= self.next;
        if !waits || !is_due {
            return;
        }
        self.looked += 1;
        self.next = now + THEN_EVERY;
        let Some(id) = self.find(world) else {
            return;
        };
        let why = world.obstacle(id);
        let mut book = self.book.open();
        book.note_obstacle(now, why);
        if let (Some(Obstacle::FargateQuota), Some(task)) = (why, world.tasks().get(id))
            && book.quota_use.is_none()
        {
            book.quota_use = Some(QuotaUse::of(self.plan, world, task, now));
        }
        drop(book);
        let is_last = is_last && why.is_none();
        if let Some(task) = world.tasks().get(id).filter(|_| is_last) {
            self.look(now, world, (Some(id), task));
        }
    }
}

/// True for a refusal of a task for which no instance had room.
const fn is_about_instances(why: Rejection) -> bool {
    match why {
        Rejection::NoRoom
        | Rejection::QueueFull
        | Rejection::Unplaceable
        | Rejection::ByScheduler
        | Rejection::ProvisioningTimedOut
        | Rejection::ProvisioningFull
        | Rejection::NoFargate => true,
        Rejection::FargateQuota | Rejection::Throttled | Rejection::Replaced => false,
    }
}
