//! Writes `tasks.csv` and `events.jsonl` from the facts of one run, which is played again for them.

use super::message;
use crate::cluster::{Task, WorkId};
use crate::engine::Reader;
use crate::plan::Plan;
use crate::report::{EventRow, EventWriter, FolderFile, TaskRow, TaskWriter};
use crate::simulation::{Fact, TaskFact};
use crate::units::SimTime;
use std::collections::BTreeMap;
use std::io;

/// A reader that writes the facts of one run to either file or to both.
pub(super) struct Journal<'a> {
    pub(super) plan: &'a Plan,
    pub(super) seed: u64,
    /// Instance type and zone of every instance, as indices of the plan, in order of launch.
    pub(super) instances: Vec<(usize, usize)>,
    pub(super) tasks: Option<&'a mut TaskWriter<FolderFile>>,
    pub(super) events: Option<&'a mut EventWriter<FolderFile>>,
    /// Tasks that have arrived and not ended, by entry and ordinal; true when placed.
    alive: BTreeMap<(WorkId, u64), (TaskFact, bool)>,
    /// The first failed write. Nothing is written after it.
    failed: Option<io::Error>,
}

impl<'a> Journal<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        seed: u64,
        tasks: Option<&'a mut TaskWriter<FolderFile>>,
        events: Option<&'a mut EventWriter<FolderFile>>,
    ) -> Self {
        Self {
            plan,
            seed,
            instances: Vec::new(),
            tasks,
            events,
            alive: BTreeMap::new(),
            failed: None,
        }
    }

    /// Writes the tasks that had not ended at the end of the run.
    ///
    /// # Errors
    /// The first failed write of the run.
    pub(super) fn finish(mut self) -> io::Result<()> {
        for (of, placed) in std::mem::take(&mut self.alive).into_values() {
            let task = &of.task;
            let outcome = match (placed, task.running) {
                (false, _) => "waiting",
                _ if task.stopping => "stopping",
                (true, false) => "starting",
                (true, true) => "running",
            };
            self.task_row(&of, placed, None, outcome);
        }
        self.failed.map_or(Ok(()), Err)
    }

    /// Writes a row of `tasks.csv`, where it is written at all.
    fn task_row(&mut self, of: &TaskFact, placed: bool, ended: Option<SimTime>, outcome: &str) {
        if self.failed.is_some() {
            return;
        }
        let (plan, task) = (self.plan, &of.task);
        let Some(writer) = &mut self.tasks else {
            return;
        };
        let cluster = &plan.cluster;
        let instance = task.instance.map(|id| self.instances[id.index()].0);
        let group = plan.task_group(of.work);
        let row = TaskRow {
            entry: plan.work_name(of.work),
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
            provider: match of.provider {
                Some(id) if placed => &cluster.providers[id.index()].name,
                _ => "",
            },
        };
        if let Err(error) = writer.row(&plan.variant, self.seed, &row) {
            self.failed = Some(error);
        }
    }

    /// Writes a line of `events.jsonl`, where it is written at all.
    fn event_row(&mut self, now: SimTime, fact: &Fact) {
        if self.failed.is_some() {
            return;
        }
        let plan = self.plan;
        let Some(writer) = &mut self.events else {
            return;
        };
        let described = message::describe(plan, fact);
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
        self.event_row(now, fact);
        match fact {
            Fact::TaskArrived(of) | Fact::TaskInterrupted(of, ..) => {
                self.alive.insert(key(of), (*of, false));
            }
            Fact::TaskPlaced(of) | Fact::TaskStarted(of) | Fact::TaskStopping(of, _) => {
                let placed = of.task.attempts > 0;
                self.alive.insert(key(of), (*of, placed));
            }
            Fact::TaskFinished(of) => {
                self.alive.remove(&key(of));
                self.task_row(of, true, Some(now), "finished");
            }
            Fact::TaskStopped(of, _) => {
                self.alive.remove(&key(of));
                let placed = of.task.attempts > 0;
                self.task_row(of, placed, Some(now), "stopped");
            }
            Fact::TaskRejected(of, _) => {
                self.alive.remove(&key(of));
                self.task_row(of, false, None, "rejected");
            }
            _ => {}
        }
    }

    fn wants_repeats(&self) -> bool {
        self.events.is_some()
    }
}
