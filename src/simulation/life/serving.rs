//! Counts the tasks of services with a load after each change of their lives.

use super::serving_tasks::{Counted, Route, ServingTasks};
use super::state::Lives;
use super::target::{Answers, TargetState};
use crate::cluster::{RevisionId, ServiceId, TaskId, WorkId};
use crate::simulation::notice::{Notice, Step};

/// The tasks of a service with a load that run and serve, by revision.
pub(in crate::simulation) fn serving(
    lives: &Lives<'_>,
    service: ServiceId,
) -> impl Iterator<Item = (RevisionId, ServingTasks)> {
    let serving = lives.serving.iter();
    serving.flat_map(move |all| all.of(service))
}

/// Counts a task after a change of its life.
#[inline]
pub(super) fn recount(lives: &mut Lives<'_>, id: TaskId) {
    if lives.serving.is_some() {
        count(lives, id);
    }
}

#[inline(never)]
fn count(lives: &mut Lives<'_>, id: TaskId) {
    let Some(task) = lives.tasks.get(id).copied() else {
        return;
    };
    let is_routed_directly = lives.revision(&task).targets.is_none();
    let Some(life) = lives.of(id) else { return };
    let is_alive = life.step != Step::Dead && life.unreported.is_none();
    let running = task.running && !task.stopping && is_alive;
    let route = match &life.target {
        // A target that has died gets requests until its load balancer finds it unhealthy.
        Some(target) => match target.state {
            TargetState::Initial => None,
            state => Some(Route {
                is_healthy: state == TargetState::Healthy,
                answers: target.answers == Answers::Well,
            }),
        },
        None => (is_routed_directly && running && life.healthy).then_some(Route {
            is_healthy: true,
            answers: true,
        }),
    };
    let now = Counted { running, route };
    let was = std::mem::replace(&mut life.counted, now);
    moved(lives, task.revision, (was, now));
}

/// Counts a task that was removed, before its life ends.
#[inline]
pub(super) fn left(lives: &mut Lives<'_>, id: TaskId, revision: RevisionId) {
    if lives.serving.is_some() {
        count_out(lives, id, revision);
    }
}

#[inline(never)]
fn count_out(lives: &mut Lives<'_>, id: TaskId, revision: RevisionId) {
    let Some(life) = lives.of(id) else { return };
    let was = std::mem::take(&mut life.counted);
    moved(lives, revision, (was, Counted::default()));
}

/// A task that runs becomes one of the bad form of its release.
pub(in crate::simulation) fn turn_bad(lives: &mut Lives<'_>, id: TaskId, form: RevisionId) {
    let Some(task) = lives.tasks.get_mut(id) else {
        return;
    };
    let release = std::mem::replace(&mut task.revision, form);
    if lives.serving.is_none() {
        return;
    }
    let Some(life) = lives.of(id) else { return };
    let counted = life.counted;
    moved(lives, release, (counted, Counted::default()));
    moved(lives, form, (Counted::default(), counted));
}

fn moved(lives: &mut Lives<'_>, revision: RevisionId, (was, now): (Counted, Counted)) {
    let WorkId::Service(service) = lives.revision_at(revision).work else {
        return;
    };
    if was != now
        && let Some(serving) = &mut lives.serving
        && serving.change(service, revision, (was, now))
    {
        lives.platform.notify(Notice::ServingChanged(service));
    }
}
