//! Effects of an instance on the tasks on it: its failure, termination, recovery, and the end of
//! its draining.

use super::ending::lose;
use super::record::Life;
use super::serving::recount;
use super::state::Lives;
use super::{connection, stop, targets};
use crate::cluster::{InstanceId, TaskId};
use crate::engine::Reader;
use crate::simulation::event::{Ctx, Event};
use crate::simulation::fact::{Fact, InstanceEnd, StopReason};
use crate::simulation::notice::Step;
use crate::simulation::platform::{State, instances};
use crate::units::{SimTime, Span};

/// Checks whether an instance has drained, after a task left it or after it became DRAINING. When
/// only daemons are left, they are stopped; when no task is left and its group scales it in, it is
/// terminated.
pub(in crate::simulation) fn task_left<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: InstanceId,
) {
    if !lives.platform.is_draining(id) {
        return;
    }
    let on_it = lives.tasks.on_instance(id);
    let is_daemon = |task: &TaskId| {
        let task = lives.tasks.get(*task);
        task.is_none_or(|task| lives.requirement(task.lane).daemon)
    };
    if on_it.is_empty() && lives.platform.machine(id).leaving {
        let end = instances::end_of_drain(&lives.platform, id, ctx.now());
        instances::terminate(&mut lives.platform, ctx, id, end);
    } else if on_it.iter().all(is_daemon) {
        // Daemons are stopped last (facts/ecs.md 107).
        for task in on_it {
            stop::stop(lives, ctx, task, StopReason::InstanceDraining);
        }
    }
}

/// An instance was terminated: its tasks die.
pub(in crate::simulation) fn gone<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: InstanceId,
) {
    let notice = lives.platform.plan().assumptions.termination_notice;
    die(lives, ctx, id, notice);
    lives.release_rooms(id);
}

/// An instance has failed: its tasks die.
pub(in crate::simulation) fn failed<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: InstanceId,
) {
    let notice = lives.platform.plan().assumptions.host_loss_notice;
    die(lives, ctx, id, notice);
}

/// The tasks on an instance die now. The control plane notices after `notice` (facts/ecs.md 237).
fn die<R: Reader<Fact>>(lives: &mut Lives<'_>, ctx: &mut Ctx<'_, R>, id: InstanceId, notice: Span) {
    all_die(lives, ctx, id);
    let notice = lives.platform.realistic(notice);
    if notice == Span::ZERO {
        lose_tasks(lives, ctx, id);
    } else if !lives.tasks.on_instance(id).is_empty() {
        ctx.after(notice, Event::InstanceLossNoticed { instance: id });
    }
}

/// Ends the detailed lives on an instance that has died; tasks without one are lost at once.
fn all_die<R: Reader<Fact>>(lives: &mut Lives<'_>, ctx: &mut Ctx<'_, R>, instance: InstanceId) {
    lives.agent(instance).queue.clear();
    for id in lives.tasks.on_instance(instance) {
        let now = ctx.now();
        // A host that failed is terminated later: its tasks die once.
        let alive = |life: &&mut Life| life.step != Step::Dead;
        if let Some(life) = lives.of(id).filter(alive) {
            life.step = Step::Dead;
            life.due = SimTime::MAX;
            life.ended = life.unreported.map_or(now, |(at, _)| at);
            recount(lives, id);
            targets::host_died(lives, ctx, id);
            if let Some(task) = lives.tasks.get(id).copied() {
                ctx.report(Fact::TaskDied(lives.fact(task)));
            }
            report_dead(lives, ctx, id);
        } else if lives.of(id).is_none() {
            // A task without a detailed life has no status that the control plane could still show.
            lose(lives, ctx, id, StopReason::HostGone);
        }
    }
}

/// Reports that a task is no longer healthy. The control plane may still count it as healthy.
fn report_dead<R: Reader<Fact>>(lives: &mut Lives<'_>, ctx: &mut Ctx<'_, R>, id: TaskId) {
    let Some(task) = lives.tasks.get(id).copied() else {
        return;
    };
    if lives.of(id).is_some_and(|life| life.healthy) {
        ctx.report(Fact::TaskHealth(lives.fact(task), false));
    }
}

/// The control plane notices that an instance has died: its tasks are lost. Ignored when the
/// instance has recovered.
pub(in crate::simulation) fn notice_loss<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: InstanceId,
) {
    let state = lives.platform.machine(id).state;
    if matches!(state, State::Gone | State::Failed) {
        lose_tasks(lives, ctx, id);
    }
}

/// Loses all tasks of an instance.
fn lose_tasks<R: Reader<Fact>>(lives: &mut Lives<'_>, ctx: &mut Ctx<'_, R>, id: InstanceId) {
    for task in lives.tasks.on_instance(id) {
        lose(lives, ctx, task, StopReason::HostGone);
    }
}

/// Deregisters an ACTIVE or DRAINING instance. With `force` the tasks on it are stopped at once;
/// without it the call fails while there are tasks (facts/ecs.md 238).
pub(in crate::simulation) fn deregister<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: InstanceId,
    force: bool,
) {
    let on_it = lives.tasks.on_instance(id);
    if !on_it.is_empty() && !force {
        let of = lives.platform.instance_fact(id);
        return ctx.report(Fact::InstanceDeregistrationFailed(of));
    }
    instances::deregister(&mut lives.platform, ctx, id);
    lives.agent(id).queue.clear();
    for task in on_it {
        lose(lives, ctx, task, StopReason::DeregistrationForced);
    }
}

/// An outage of its zone ends or fails an instance, in every state. Returns true when the instance
/// recovers with the zone: when it belongs to a fixed fleet.
pub(in crate::simulation) fn lose_zone<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: InstanceId,
) -> bool {
    let machine = lives.platform.machine(id);
    let (comes_back, state) = (!machine.in_group, machine.state);
    let platform = &mut lives.platform;
    match state {
        State::Pending | State::Booting => {
            instances::terminate(platform, ctx, id, InstanceEnd::Failed);
        }
        State::Active | State::Draining | State::Failed | State::Deregistered | State::Gone => {
            instances::fail(platform, ctx, id, comes_back);
        }
    }
    comes_back
}

/// An operator replaces a failed instance by another one with an empty disk. A fault that
/// disconnects the old agent also disconnects the new one, until it is over.
pub(in crate::simulation) fn replace<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: InstanceId,
) {
    if instances::replace(&mut lives.platform, id, ctx.now()) {
        recover(lives, ctx, id);
    }
}

/// A fault of a failed instance is over. With the last one, the instance recovers without tasks.
pub(in crate::simulation) fn recover<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: InstanceId,
) {
    if !instances::has_recovered(&mut lives.platform, ctx, id) {
        return;
    }
    // Tasks whose loss the control plane had not noticed are lost now.
    lose_tasks(lives, ctx, id);
    lives.agent(id).queue.clear();
    instances::come_back(&mut lives.platform, ctx, id);
    if lives.platform.is_disconnected(id) {
        connection::mark_disconnected(lives, ctx, id);
    } else {
        instances::open(&mut lives.platform, id);
    }
}
