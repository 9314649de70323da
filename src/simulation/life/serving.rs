//! Counts the tasks of services with a load after each change of their lives.

use super::host_tasks::TasksOnHost;
use super::serving_tasks::{Counted, Route, ServingTasks, TargetClass};
use super::state::Lives;
use super::target::{Answers, Target, TargetState};
use crate::cluster::{InstanceId, RevisionId, ServiceId, Task, TaskId, WorkId};
use crate::simulation::notice::{Notice, Step};
use crate::units::Cpu;
use std::collections::BTreeSet;

/// The tasks of a service with a load that run and serve, by revision and class.
pub(in crate::simulation) fn serving(
    lives: &Lives<'_>,
    service: ServiceId,
) -> impl Iterator<Item = (RevisionId, TargetClass, ServingTasks)> {
    let serving = lives.serving.iter();
    serving.flat_map(move |all| all.of(service))
}

/// The number of revisions.
pub(in crate::simulation) fn revisions_count(lives: &Lives<'_>) -> usize {
    lives.revisions.len()
}

/// The instances whose tasks have changed since the last call, where the CPU of instances is shared.
pub(in crate::simulation) fn take_changed_hosts(lives: &mut Lives<'_>) -> BTreeSet<InstanceId> {
    let hosts = lives.serving.as_mut().and_then(|all| all.hosts.as_mut());
    hosts.map(|hosts| hosts.take_changed()).unwrap_or_default()
}

/// The tasks on an instance that use CPU, by revision and class.
pub(in crate::simulation) fn on_host(
    lives: &Lives<'_>,
    instance: InstanceId,
) -> impl Iterator<Item = (RevisionId, TargetClass, TasksOnHost)> {
    let hosts = lives.serving.iter().filter_map(|all| all.hosts.as_ref());
    hosts.flat_map(move |hosts| hosts.on(instance))
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
    let group = lives.revision(&task).targets.first().map(|of| of.group);
    let is_routed_directly = group.is_none();
    // The number of its zone, where the zones of its target group are kept apart.
    let zone = match group {
        Some(group) if !group.cross_zone => {
            u8::try_from(task.zone.index() + 1).expect("a checked plan has few zones")
        }
        _ => 0,
    };
    let Some(life) = lives.of(id) else { return };
    let is_alive = life.step != Step::Dead && life.unreported.is_none();
    let running = task.running && !task.stopping && is_alive;
    let route = match life.targets.as_ref().map(|targets| targets.first()) {
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
    let target = life.targets.as_ref().map(|targets| targets.first());
    let class = match running || route.is_some() {
        true => TargetClass {
            zone,
            step: target.map_or(0, Target::slow_step),
        },
        false => TargetClass::default(),
    };
    let now = Counted {
        running,
        route,
        class,
    };
    let was = std::mem::replace(&mut life.counted, now);
    moved(lives, &task, task.revision, (was, now));
}

/// Counts a task that was removed, before its life ends.
#[inline]
pub(super) fn left(lives: &mut Lives<'_>, id: TaskId, task: &Task) {
    if lives.serving.is_some() {
        count_out(lives, id, task);
    }
}

#[inline(never)]
fn count_out(lives: &mut Lives<'_>, id: TaskId, task: &Task) {
    let Some(life) = lives.of(id) else { return };
    let was = std::mem::take(&mut life.counted);
    moved(lives, task, task.revision, (was, Counted::default()));
}

/// A task that runs becomes one of the bad form of its release.
pub(in crate::simulation) fn turn_bad(lives: &mut Lives<'_>, id: TaskId, form: RevisionId) {
    let Some(task) = lives.tasks.get_mut(id) else {
        return;
    };
    let release = std::mem::replace(&mut task.revision, form);
    let task = *task;
    if lives.serving.is_none() {
        return;
    }
    let Some(life) = lives.of(id) else { return };
    let counted = life.counted;
    moved(lives, &task, release, (counted, Counted::default()));
    moved(lives, &task, form, (Counted::default(), counted));
}

/// A task of a revision moves from one count to another.
fn moved(lives: &mut Lives<'_>, task: &Task, revision: RevisionId, (was, now): (Counted, Counted)) {
    if was.class == now.class {
        return moved_in_class(lives, task, (revision, was.class), (was, now));
    }
    let none = Counted::default();
    moved_in_class(lives, task, (revision, was.class), (was, none));
    moved_in_class(lives, task, (revision, now.class), (none, now));
}

/// A task of a class of a revision moves from one count to another.
fn moved_in_class(
    lives: &mut Lives<'_>,
    task: &Task,
    (revision, class): (RevisionId, TargetClass),
    (was, now): (Counted, Counted),
) {
    let of = lives.revision_at(revision);
    let (work, uses_cpu) = (of.work, of.cpu_use > Cpu::ZERO);
    let Some(serving) = lives.serving.as_mut().filter(|_| was != now) else {
        return;
    };
    let has_load = match work {
        WorkId::Service(service) => serving.change(service, (revision, class), (was, now)),
        WorkId::Entry(_) => false,
    };
    if !has_load && !uses_cpu {
        return;
    }
    if let (Some(hosts), Some(instance)) = (&mut serving.hosts, task.instance) {
        let of_it = (revision, class);
        hosts.change((instance, of_it), task.shape.cpu, (was, now));
    }
    lives.platform.notify(match work {
        WorkId::Service(service) if has_load => Notice::ServingChanged(service),
        _ => Notice::CpuUseChanged,
    });
}
