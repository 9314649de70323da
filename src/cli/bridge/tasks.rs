//! `ECS Task State Change`.

use super::super::reasons::{OUT_OF_MEMORY, PROVISIONING_TIMED_OUT, stopped};
use super::new_task::{create, target};
use super::out::Out;
use crate::cluster::WorkId;
use crate::plan::Target;
use crate::report::{BridgeContainer, BridgeDetail, BridgeTask};
use crate::simulation::{ContainerExit, PassingStatus, StopReason, TaskFact};
use crate::units::SimTime;
use std::collections::BTreeMap;

type Key = (WorkId, u64);

/// The tasks that exist for ECS.
#[derive(Default)]
pub(super) struct Tasks {
    alive: BTreeMap<Key, BridgeTask>,
    /// Tasks in PROVISIONING that were created in this instant. `RunTask` may still refuse them.
    created: Vec<Key>,
    /// How often standalone tasks were lost and submitted again; none: never.
    lost: BTreeMap<Key, u32>,
}

const fn key(of: &TaskFact) -> Key {
    (of.work, of.task.ordinal)
}

impl Tasks {
    /// Writes the tasks that were created in the instant `at`, which is over.
    pub(super) fn created(&mut self, out: &mut Out<'_>, at: SimTime) {
        for key in std::mem::take(&mut self.created) {
            self.change(out, at, key, |_| {});
        }
    }

    /// A task has arrived: where it may wait in PROVISIONING, ECS creates it now.
    pub(super) fn arrived(&mut self, out: &Out<'_>, now: SimTime, of: &TaskFact) {
        if out.plan.provisions(of.work) {
            let task = create(out, now, of, self.attempt(of));
            self.alive.insert(key(of), task);
            self.created.push(key(of));
        }
    }

    /// A task has capacity.
    pub(super) fn placed(&mut self, out: &mut Out<'_>, now: SimTime, of: &TaskFact) {
        self.created(out, now);
        let mut task = match self.alive.remove(&key(of)) {
            Some(task) => task,
            None => create(out, now, of, self.attempt(of)),
        };
        let cluster = &out.plan.cluster;
        let zone = &cluster.zones[of.task.zone.index()];
        task.availability_zone = Some(zone.clone());
        if !matches!(target(out, of), Target::AnyInstance) {
            let name = |index: usize| cluster.providers[index].name.clone();
            task.capacity_provider_name = of.provider.map(|id| name(id.index()));
        }
        let on = of.task.instance;
        task.container_instance_arn = on.map(|id| out.ids.instance_arn(id));
        let has_interface = !task.attachments.is_empty();
        self.alive.insert(key(of), task);
        if has_interface {
            self.change(out, now, key(of), |task| attach(task, "ATTACHING"));
        } else {
            self.pending(out, now, of);
        }
    }

    /// The last status is one through which a task passes.
    pub(super) fn passes(
        &mut self,
        out: &mut Out<'_>,
        now: SimTime,
        of: &TaskFact,
        status: PassingStatus,
    ) {
        match status {
            PassingStatus::Pending => self.pending(out, now, of),
            PassingStatus::Deactivating => {
                self.change(out, now, key(of), |task| task.last_status = "DEACTIVATING");
            }
            PassingStatus::Stopping => {
                self.change(out, now, key(of), |task| task.last_status = "STOPPING");
            }
            PassingStatus::Deprovisioning => {
                let time = out.time(now);
                self.change(out, now, key(of), |task| {
                    task.last_status = "DEPROVISIONING";
                    task.execution_stopped_at = Some(time);
                    containers_stopped(task);
                });
            }
        }
    }

    fn pending(&mut self, out: &mut Out<'_>, now: SimTime, of: &TaskFact) {
        let is_pending = |task: &BridgeTask| task.last_status == "PENDING";
        if self.alive.get(&key(of)).is_some_and(is_pending) {
            return;
        }
        let time = out.time(now);
        self.change(out, now, key(of), |task| {
            task.last_status = "PENDING";
            task.connectivity = Some("CONNECTED");
            task.connectivity_at = Some(time);
            attach(task, "ATTACHED");
        });
    }

    /// The image of a container is being pulled.
    pub(super) fn pulling(&mut self, out: &Out<'_>, now: SimTime, of: &TaskFact) {
        if let Some(task) = self.alive.get_mut(&key(of)) {
            task.pull_started_at.get_or_insert_with(|| out.time(now));
        }
    }

    /// A container has started. Of a task that is not RUNNING yet, RUNNING tells of it.
    pub(super) fn container_started(
        &mut self,
        out: &mut Out<'_>,
        now: SimTime,
        of: &TaskFact,
        number: u8,
    ) {
        self.container(out, now, of, number, |container| {
            container.last_status = "RUNNING";
            (container.exit_code, container.reason) = (None, None);
        });
    }

    /// A container has exited.
    pub(super) fn container_exited(
        &mut self,
        out: &mut Out<'_>,
        now: SimTime,
        of: &TaskFact,
        number: u8,
        exit: ContainerExit,
    ) {
        self.container(out, now, of, number, |container| {
            container.last_status = "STOPPED";
            container.exit_code = Some(exit.code);
            container.reason = exit.out_of_memory.then_some(OUT_OF_MEMORY);
        });
    }

    fn container(
        &mut self,
        out: &mut Out<'_>,
        now: SimTime,
        of: &TaskFact,
        number: u8,
        changes: impl FnOnce(&mut BridgeContainer),
    ) {
        let Some(task) = self.alive.get_mut(&key(of)) else {
            return;
        };
        if let Some(container) = task.containers.get_mut(usize::from(number)) {
            changes(container);
        }
        if task.last_status == "RUNNING" {
            self.change(out, now, key(of), |_| {});
        }
    }

    /// How often a standalone task was lost before.
    fn attempt(&self, of: &TaskFact) -> u32 {
        self.lost.get(&key(of)).copied().unwrap_or(0)
    }

    /// A task is RUNNING.
    pub(super) fn started(&mut self, out: &mut Out<'_>, now: SimTime, of: &TaskFact) {
        let time = out.time(now);
        self.change(out, now, key(of), |task| {
            task.last_status = "RUNNING";
            task.started_at = Some(time);
            for container in &mut task.containers {
                if container.last_status == "PENDING" {
                    container.last_status = "RUNNING";
                }
            }
        });
    }

    /// The desired status of a task is STOPPED. One whose target is to be deregistered is DEACTIVATING before it is
    /// STOPPING.
    pub(super) fn stopping(
        &mut self,
        out: &mut Out<'_>,
        now: SimTime,
        of: &TaskFact,
        why: StopReason,
    ) {
        let (time, reason) = (out.time(now), stopped(&out.ids, of, why));
        let has_targets = match of.work {
            WorkId::Service(service) => out.plan.services[service.index()].targets.is_some(),
            WorkId::Entry(_) => false,
        };
        self.change(out, now, key(of), |task| {
            let drains = has_targets && why.drains() && task.last_status == "RUNNING";
            task.desired_status = "STOPPED";
            if !drains {
                task.last_status = "STOPPING";
            }
            task.stopping_at = Some(time);
            task.stop_code = Some(why.code());
            task.stopped_reason = Some(reason);
        });
    }

    /// A standalone task without containers of its own has ended with exit code 0.
    pub(super) fn finished(&mut self, out: &mut Out<'_>, now: SimTime, of: &TaskFact) {
        if let Some(task) = self.alive.get_mut(&key(of)) {
            for container in &mut task.containers {
                container.exit_code.get_or_insert(0);
            }
        }
        let why = StopReason::EssentialContainerExited {
            code: 0,
            out_of_memory: false,
        };
        self.gone(out, now, of, why);
    }

    /// A task is STOPPED.
    pub(super) fn gone(&mut self, out: &mut Out<'_>, now: SimTime, of: &TaskFact, why: StopReason) {
        let reason = stopped(&out.ids, of, why);
        self.end(out, now, of, (why.code(), reason));
    }

    /// A standalone task was lost, and will be submitted again as another one.
    pub(super) fn interrupted(
        &mut self,
        out: &mut Out<'_>,
        now: SimTime,
        of: &TaskFact,
        why: StopReason,
    ) {
        self.gone(out, now, of, why);
        *self.lost.entry(key(of)).or_insert(0) += 1;
    }

    /// A task has waited in PROVISIONING for the longest time allowed.
    pub(super) fn timed_out(&mut self, out: &mut Out<'_>, now: SimTime, of: &TaskFact) {
        let (code, reason) = PROVISIONING_TIMED_OUT;
        self.end(out, now, of, (code, reason.into()));
    }

    /// `RunTask` refuses a task, so that it never exists.
    pub(super) fn refused(&mut self, of: &TaskFact) {
        if self.created.contains(&key(of)) {
            self.created.retain(|created| *created != key(of));
            self.alive.remove(&key(of));
        }
    }

    fn end(&mut self, out: &mut Out<'_>, now: SimTime, of: &TaskFact, why: (&'static str, String)) {
        self.created(out, now);
        let time = out.time(now);
        self.change(out, now, key(of), |task| {
            task.desired_status = "STOPPED";
            task.last_status = "STOPPED";
            task.stop_code = task.stop_code.or(Some(why.0));
            task.stopped_reason.get_or_insert(why.1);
            task.stopping_at.get_or_insert_with(|| time.clone());
            task.execution_stopped_at
                .get_or_insert_with(|| time.clone());
            task.stopped_at = Some(time);
            containers_stopped(task);
            attach(task, "DELETED");
        });
        self.alive.remove(&key(of));
    }

    /// Changes a task and writes the event.
    fn change(
        &mut self,
        out: &mut Out<'_>,
        now: SimTime,
        key: Key,
        changes: impl FnOnce(&mut BridgeTask),
    ) {
        let Some(task) = self.alive.get_mut(&key) else {
            return;
        };
        changes(task);
        task.version += 1;
        task.updated_at = out.time(now);
        let arn = task.task_arn.clone();
        out.send(now, arn, BridgeDetail::Task(Box::new(task.clone())));
    }
}

/// The status of the network interface of a task, if it has one.
fn attach(task: &mut BridgeTask, status: &'static str) {
    for attachment in &mut task.attachments {
        attachment.status = status;
    }
}

fn containers_stopped(task: &mut BridgeTask) {
    for container in &mut task.containers {
        container.last_status = "STOPPED";
    }
}
