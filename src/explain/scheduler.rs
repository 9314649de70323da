//! The built-in scheduler, which also notes what happens to one task: why it was placed where it was,
//! and each time it was not, what the instances lacked.

use super::chosen::choice;
use super::look::Look;
use super::notebook::{Notebook, Shared};
use super::sight::{Sight, is_head_of_line};
use crate::cluster::{Cluster, InstanceId};
use crate::plan::Plan;
use crate::policy::placement::{
    OneByOne, Pass, Placement, PolicyFailed, Scheduler, Work, built_in,
};
use std::sync::Arc;

/// The built-in scheduler of a plan, which notes what happens to the task of the notebook.
pub(super) fn noting_scheduler(plan: &Arc<Plan>, book: &Shared) -> Box<dyn Scheduler> {
    let placements = plan.per_work(|work| -> Box<dyn Placement> {
        let policy = built_in(plan.placement_of(work));
        if work != book.open().work {
            return policy;
        }
        Box::new(Noting {
            policy,
            plan: Arc::clone(plan),
            book: book.clone(),
        })
    });
    Box::new(Looking {
        inner: OneByOne::new(plan.job_queue.order, placements),
        plan: Arc::clone(plan),
        book: book.clone(),
    })
}

/// A policy that notes why it chooses an instance for the task.
struct Noting {
    policy: Box<dyn Placement>,
    plan: Arc<Plan>,
    book: Shared,
}

impl Placement for Noting {
    fn place(&mut self, work: &Work<'_>, cluster: &Cluster) -> Option<InstanceId> {
        let chosen = self.policy.place(work, cluster)?;
        let mut book = self.book.open();
        if work.ordinal() == book.ordinal {
            book.choices.push(choice(&self.plan, work, cluster, chosen));
        }
        Some(chosen)
    }

    fn is_greedy(&self) -> bool {
        self.policy.is_greedy()
    }
}

/// A scheduler that looks at the task after each pass in which it was not placed.
struct Looking {
    inner: OneByOne,
    plan: Arc<Plan>,
    book: Shared,
}

impl Scheduler for Looking {
    fn pass(&mut self, pass: &mut Pass<'_>) -> Result<(), PolicyFailed> {
        self.inner.pass(pass)?;
        let book = &mut *self.book.open();
        if book.is_due(pass.now()) {
            look(&self.plan, book, pass);
        }
        Ok(())
    }
}

/// Notes why the task was not placed in this pass, if it waits in its queue.
fn look(plan: &Plan, book: &mut Notebook, pass: &Pass<'_>) {
    let is_task = |work: &Work<'_>| work.work == book.work && work.ordinal() == book.ordinal;
    let Some(before) = pass.waiting().position(|work| is_task(&work)) else {
        return;
    };
    let is_head_of_line = pass.order().is_none() && is_head_of_line(plan, book.work);
    let notes = book.notes.clone();
    let sight = |place: usize| {
        let work = pass.waiting().nth(place)?;
        let task = pass.tasks.get(work.task)?;
        Some(Sight {
            plan,
            notes: &notes,
            cluster: pass.cluster,
            tasks: pass.tasks,
            requirements: pass.requirements,
            work,
            revision: task.revision,
            before: pass.waiting().take(place).collect(),
            starting: book.starting.clone(),
            is_head_of_line,
        })
    };
    let Some(task) = sight(before) else {
        return;
    };
    let head = (is_head_of_line && before > 0).then(|| sight(0)).flatten();
    book.keep(Look::at(&task, head.as_ref()), || task.detail());
}
