//! Writes `tasks.csv` and `events.jsonl` from the facts of one run, which is played again for them.

use super::service_events::{Sent, ServiceEvents};
use super::{described::Described, message, reasons};
use crate::cluster::{Task, WorkId};
use crate::engine::Reader;
use crate::explain::Reasons;
use crate::plan::Plan;
use crate::report::{EventAbout, EventRow, EventWriter, FolderFile, TaskRow, TaskWriter};
use crate::simulation::{Fact, StopReason, TaskFact};
use crate::units::SimTime;
use std::collections::BTreeMap;
use std::io;

/// A reader that writes the facts of one run to either file or to both.
pub(super) struct Journal<'a> {
    plan: &'a Plan,
    seed: u64,
    /// Instance type and zone of every instance, as indices of the plan, in order of launch.
    instances: Vec<(usize, usize)>,
    tasks: Option<&'a mut TaskWriter<FolderFile>>,
    events: Option<&'a mut EventWriter<FolderFile>>,
    reasons: Reasons,
    services: ServiceEvents,
    /// Tasks that have arrived and not ended, by entry and ordinal.
    alive: BTreeMap<(WorkId, u64), Alive>,
    /// The first failed write. Nothing is written after it.
    failed: Option<io::Error>,
}

/// A task that has not ended.
#[derive(Clone, Copy)]
struct Alive {
    fact: TaskFact,
    placed: bool,
    /// Time at which its latest attempt was RUNNING.
    running: Option<SimTime>,
    stopping: Option<StopReason>,
}

impl Alive {
    /// A task that waits.
    const fn waiting(fact: TaskFact) -> Self {
        Self {
            fact,
            placed: false,
            running: None,
            stopping: None,
        }
    }
}

impl<'a> Journal<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        seed: u64,
        tasks: Option<&'a mut TaskWriter<FolderFile>>,
        events: Option<&'a mut EventWriter<FolderFile>>,
        reasons: Reasons,
    ) -> Self {
        Self {
            plan,
            seed,
            instances: Vec::new(),
            tasks,
            events,
            reasons,
            services: ServiceEvents::new(plan),
            alive: BTreeMap::new(),
            failed: None,
        }
    }

    /// Writes the service events that are due until the end of the run, and the tasks that had not ended
    /// then.
    ///
    /// # Errors
    /// The first failed write of the run.
    pub(super) fn finish(mut self, end: SimTime) -> io::Result<()> {
        let sent = self.services.finish(end);
        self.service_events(sent);
        for alive in std::mem::take(&mut self.alive).into_values() {
            let task = &alive.fact.task;
            let outcome = match (alive.placed, task.running) {
                (false, _) => "waiting",
                _ if task.stopping => "stopping",
                (true, false) => "starting",
                (true, true) => "running",
            };
            let reason = alive.stopping.map(|why| self.stopped(&alive.fact, why));
            self.task_row(&alive, None, outcome, &reason.unwrap_or_default());
        }
        self.failed.map_or(Ok(()), Err)
    }

    /// ECS's stopped reason.
    fn stopped(&self, of: &TaskFact, why: StopReason) -> String {
        match self.tasks {
            Some(_) => reasons::explained(self.plan, of, why),
            None => String::new(),
        }
    }

    /// Writes a row of `tasks.csv`, where it is written at all.
    fn task_row(&mut self, of: &Alive, ended: Option<SimTime>, outcome: &str, reason: &str) {
        if self.failed.is_some() {
            return;
        }
        let (plan, fact, placed) = (self.plan, &of.fact, of.placed);
        let task = &fact.task;
        let Some(writer) = &mut self.tasks else {
            return;
        };
        let cluster = &plan.cluster;
        let instance = task.instance.map(|id| self.instances[id.index()].0);
        let group = plan.task_group(fact.work);
        let row = TaskRow {
            entry: plan.work_name(fact.work),
            ordinal: task.ordinal,
            group: &group,
            instance: instance.map_or("", |kind| &cluster.instance_types[kind].name),
            instance_index: task.instance.map(|id| id.index() as u64),
            zone: if placed {
                &cluster.zones[zone_of(task, &self.instances)]
            } else {
                ""
            },
            arrived: task.arrived,
            placed: placed.then_some(task.placed),
            ended,
            attempts: task.attempts,
            outcome,
            provider: match fact.provider {
                Some(id) if placed => &cluster.providers[id.index()].name,
                _ => "",
            },
            running: of.running,
            cpu: task.shape.cpu.as_base(),
            memory: task.shape.memory.as_bytes(),
            gpus: task.shape.gpus,
            reason,
        };
        if let Err(error) = writer.row(&plan.variant, self.seed, &row) {
            self.failed = Some(error);
        }
    }

    /// Writes the line of a fact, and the service events that come before it.
    fn event(&mut self, now: SimTime, fact: &Fact) {
        if self.events.is_none() {
            return;
        }
        let sent = self.services.read(now, fact);
        self.service_events(sent);
        if matches!(fact, Fact::Service(..)) {
            return;
        }
        let mut described = message::describe(self.plan, fact);
        if let (Fact::TaskPlaced(of), EventAbout::Task(event)) = (fact, &mut described.about) {
            event.placement = self.reasons.take(of.work, of.task.ordinal).map(Box::new);
        }
        self.event_row(now, described);
    }

    /// Writes service events.
    fn service_events(&mut self, sent: Vec<Sent>) {
        for (at, service, said) in sent {
            self.event_row(at, message::service(self.plan, service, &said));
        }
    }

    /// Writes a line of `events.jsonl`, where it is written at all.
    fn event_row(&mut self, now: SimTime, described: Described<'_>) {
        if self.failed.is_some() {
            return;
        }
        let plan = self.plan;
        let Some(writer) = &mut self.events else {
            return;
        };
        let row = EventRow {
            time: now,
            fact: described.fact,
            about: described.about,
            message: described.message,
            variant: &plan.variant,
            seed: self.seed,
        };
        if let Err(error) = writer.row(&row) {
            self.failed = Some(error);
        }
    }

    /// Removes a task that has ended.
    fn end(&mut self, of: &TaskFact, placed: bool) -> Alive {
        let known = self.alive.remove(&(of.work, of.task.ordinal));
        Alive {
            fact: *of,
            placed,
            ..known.unwrap_or(Alive::waiting(*of))
        }
    }
}

/// The index of a task's zone: that of its instance, else its own on Fargate.
fn zone_of(task: &Task, instances: &[(usize, usize)]) -> usize {
    task.instance
        .map_or(task.zone.index(), |id| instances[id.index()].1)
}

impl Reader<Fact> for Journal<'_> {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        let key = |of: &TaskFact| (of.work, of.task.ordinal);
        // Before the line is written: instances are numbered in the order of launches.
        if let Fact::InstanceLaunched(of) = fact {
            self.instances.push((of.instance_type, of.zone.index()));
        }
        if !matches!(
            fact,
            Fact::Requests(..) | Fact::CpuCredits(..) | Fact::Messages(..)
        ) {
            self.event(now, fact);
        }
        match fact {
            Fact::TaskArrived(of) | Fact::TaskInterrupted(of, ..) => {
                self.alive.insert(key(of), Alive::waiting(*of));
            }
            Fact::TaskPlaced(of) | Fact::TaskStarted(of) | Fact::TaskStopping(of, _) => {
                let alive = self.alive.entry(key(of)).or_insert(Alive::waiting(*of));
                alive.fact = *of;
                alive.placed = of.task.attempts > 0;
                match fact {
                    Fact::TaskStarted(_) => alive.running = Some(now),
                    Fact::TaskStopping(_, why) => alive.stopping = Some(*why),
                    _ => {}
                }
            }
            Fact::TaskFinished(of) => {
                let ended = self.end(of, true);
                self.task_row(&ended, Some(now), "finished", "");
            }
            Fact::TaskStopped(of, why) => {
                let ended = self.end(of, of.task.attempts > 0);
                let reason = self.stopped(of, *why);
                self.task_row(&ended, Some(now), "stopped", &reason);
            }
            Fact::TaskRejected(of, why) => {
                let ended = self.end(of, false);
                self.task_row(&ended, None, "rejected", why.name());
            }
            _ => {}
        }
    }

    fn wants_repeats(&self) -> bool {
        self.events.is_some()
    }
}
