//! Reads the facts of a run and hands each to what it changes: tasks, container instances, services.

use super::super::service_events::ServiceEvents;
use super::instances::Instances;
use super::out::Out;
use super::services;
use super::tasks::Tasks;
use crate::engine::Reader;
use crate::plan::Plan;
use crate::report::{EventWriter, FolderFile};
use crate::simulation::{Fact, Rejection, TaskFact};
use crate::units::SimTime;
use std::io;

/// A reader that writes the facts of one run to `eventbridge.jsonl`.
pub struct Bridge<'a> {
    out: Out<'a>,
    tasks: Tasks,
    instances: Instances,
    said: ServiceEvents,
    now: SimTime,
}

impl<'a> Bridge<'a> {
    /// Nothing is written yet.
    pub fn new(plan: &'a Plan, seed: u64, writer: &'a mut EventWriter<FolderFile>) -> Self {
        Self {
            out: Out::new(plan, seed, writer),
            tasks: Tasks::default(),
            instances: Instances::default(),
            said: ServiceEvents::new(plan),
            now: SimTime::ZERO,
        }
    }

    /// Writes what is due until the end of the run.
    ///
    /// # Errors
    /// The first failed write.
    pub fn finish(mut self, end: SimTime) -> io::Result<()> {
        self.tasks.created(&mut self.out, self.now);
        let sent = self.said.finish(end);
        services::send(&mut self.out, sent);
        self.out.finish()
    }

    fn task(&mut self, now: SimTime, fact: &Fact) {
        let (out, tasks) = (&mut self.out, &mut self.tasks);
        match fact {
            Fact::TaskArrived(of) => tasks.arrived(out, now, of),
            Fact::TaskPlaced(of) => {
                tasks.placed(out, now, of);
                self.instances.task(out, now, of, true);
            }
            Fact::TaskStatus(of, status) => tasks.passes(out, now, of, *status),
            Fact::ContainerPulling(of, _) => tasks.pulling(out, now, of),
            Fact::ContainerStarted(of, number) => tasks.container_started(out, now, of, *number),
            Fact::ContainerExited(of, number, exit) => {
                tasks.container_exited(out, now, of, *number, *exit);
            }
            Fact::TaskStarted(of) => tasks.started(out, now, of),
            Fact::TaskStopping(of, why) => {
                tasks.stopping(out, now, of, *why);
                self.gives_back(now, of, true);
            }
            Fact::TaskFinished(of) => {
                tasks.finished(out, now, of);
                self.gives_back(now, of, !of.task.stopping);
            }
            Fact::TaskStopped(of, why) => {
                tasks.gone(out, now, of, *why);
                self.gives_back(now, of, !of.task.stopping);
            }
            Fact::TaskInterrupted(of, why, _) => {
                tasks.interrupted(out, now, of, *why);
                self.gives_back(now, of, !of.task.stopping);
            }
            Fact::TaskRejected(of, why) | Fact::SubmissionRefused(of, why) => match why {
                Rejection::ProvisioningTimedOut => tasks.timed_out(out, now, of),
                _ => tasks.refused(of),
            },
            _ => {}
        }
    }

    /// The resources of a task are free, where they were not before (facts/ecs.md 68).
    fn gives_back(&mut self, now: SimTime, of: &TaskFact, is_first: bool) {
        if is_first {
            self.instances.task(&mut self.out, now, of, false);
        }
    }
}

impl Reader<Fact> for Bridge<'_> {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        if now > self.now {
            self.tasks.created(&mut self.out, self.now);
            self.now = now;
        }
        let sent = self.said.read(now, fact);
        services::send(&mut self.out, sent);
        let (out, instances) = (&mut self.out, &mut self.instances);
        match fact {
            Fact::InstanceRegistered(of) => instances.registered(out, now, of),
            Fact::InstanceDraining(of) => instances.changed(out, now, of, Some("DRAINING"), true),
            Fact::InstanceActivated(of) => instances.changed(out, now, of, Some("ACTIVE"), true),
            Fact::AgentDisconnected(of) => instances.changed(out, now, of, None, false),
            Fact::AgentReconnected(of) => instances.changed(out, now, of, None, true),
            Fact::InstanceGone(of, _) => instances.changed(out, now, of, Some("INACTIVE"), false),
            Fact::Deployment(service, of) => services::deployment(out, now, *service, of),
            _ => self.task(now, fact),
        }
    }

    fn wants_repeats(&self) -> bool {
        true
    }
}
