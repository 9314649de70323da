//! `tasks.csv` and `events.jsonl`: one run played again, its facts written down.

use crate::cluster::Task;
use crate::engine::Reader;
use crate::plan::Plan;
use crate::report::{EventId, EventRow, EventWriter, FolderFile, TaskRow, TaskWriter};
use crate::simulation::{Fact, Rejection};
use crate::units::SimTime;
use std::collections::BTreeMap;
use std::io;

/// Writes down the facts of one run.
pub(super) struct Journal<'a> {
    pub(super) plan: &'a Plan,
    pub(super) seed: u64,
    /// Type and zone of every instance, in order of registration.
    pub(super) instances: Vec<(usize, usize)>,
    pub(super) tasks: Option<&'a mut TaskWriter<FolderFile>>,
    pub(super) events: Option<&'a mut EventWriter<FolderFile>>,
    /// Those that have arrived and not left, by entry and ordinal.
    alive: BTreeMap<(usize, u64), (Task, bool)>,
    /// The first write that failed; nothing is written after it.
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

    /// Writes down who is still there at the end.
    pub(super) fn finish(mut self) -> io::Result<()> {
        for ((_, _), (task, placed)) in std::mem::take(&mut self.alive) {
            let outcome = match (placed, task.running) {
                (false, _) => "waiting",
                (true, false) => "starting",
                (true, true) => "running",
            };
            self.task_row(&task, placed, None, outcome);
        }
        self.failed.map_or(Ok(()), Err)
    }

    fn task_row(&mut self, task: &Task, placed: bool, ended: Option<SimTime>, outcome: &str) {
        if self.failed.is_some() {
            return;
        }
        let Some(writer) = &mut self.tasks else {
            return;
        };
        let entry = &self.plan.tasks[task.entry.index()];
        let cluster = &self.plan.cluster;
        let instance = task.instance.map(|id| self.instances[id.index()].0);
        let row = TaskRow {
            entry: &entry.name,
            ordinal: task.ordinal,
            group: &entry.group,
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
            attempts: u32::from(placed),
            outcome,
        };
        if let Err(error) = writer.row(&self.plan.variant, self.seed, &row) {
            self.failed = Some(error);
        }
    }

    fn event_row(&mut self, now: SimTime, fact: &str, ids: &[(&str, EventId<'_>)]) {
        if self.failed.is_some() {
            return;
        }
        let Some(writer) = &mut self.events else {
            return;
        };
        let row = EventRow {
            time: now,
            fact,
            ids,
        };
        if let Err(error) = writer.row(&self.plan.variant, self.seed, &row) {
            self.failed = Some(error);
        }
    }

    fn task_event(&mut self, now: SimTime, fact: &str, task: &Task, why: Option<&str>) {
        let entry = &self.plan.tasks[task.entry.index()];
        let mut ids = vec![
            ("entry", EventId::Name(&entry.name)),
            ("task", EventId::Number(task.ordinal)),
        ];
        if let Some(instance) = task.instance {
            ids.push(("instance", EventId::Number(instance.index() as u64)));
        }
        if let Some(why) = why {
            ids.push(("reason", EventId::Name(why)));
        }
        self.event_row(now, fact, &ids);
    }
}

fn zone_of(task: &Task, instances: &[(usize, usize)]) -> usize {
    task.instance
        .map_or(task.zone.index(), |id| instances[id.index()].1)
}

impl Reader<Fact> for Journal<'_> {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        let key = |task: &Task| (task.entry.index(), task.ordinal);
        match fact {
            Fact::InstanceRegistered {
                provider,
                instance_type,
                zone,
                ..
            } => {
                let number = self.instances.len() as u64;
                self.instances.push((*instance_type, zone.index()));
                let plan = self.plan;
                self.event_row(
                    now,
                    "InstanceRegistered",
                    &[
                        ("instance", EventId::Number(number)),
                        (
                            "provider",
                            EventId::Name(&plan.cluster.providers[provider.index()].name),
                        ),
                        (
                            "instanceType",
                            EventId::Name(&plan.cluster.instance_types[*instance_type].name),
                        ),
                        ("zone", EventId::Name(&plan.cluster.zones[zone.index()])),
                    ],
                );
            }
            Fact::TaskArrived(of) => {
                self.alive.insert(key(&of.task), (of.task, false));
                self.task_event(now, "TaskArrived", &of.task, None);
            }
            Fact::TaskPlaced(of) => {
                self.alive.insert(key(&of.task), (of.task, true));
                self.task_event(now, "TaskPlaced", &of.task, None);
            }
            Fact::TaskStarted(of) => {
                self.alive.insert(key(&of.task), (of.task, true));
                self.task_event(now, "TaskStarted", &of.task, None);
            }
            Fact::TaskFinished(of) => {
                self.alive.remove(&key(&of.task));
                self.task_event(now, "TaskFinished", &of.task, None);
                self.task_row(&of.task, true, Some(now), "finished");
            }
            Fact::TaskRejected(of, why) => {
                self.alive.remove(&key(&of.task));
                let why = match why {
                    Rejection::NoRoom => "noRoom",
                    Rejection::QueueFull => "queueFull",
                    Rejection::Unplaceable => "unplaceable",
                    Rejection::ByScheduler => "byScheduler",
                };
                self.task_event(now, "TaskRejected", &of.task, Some(why));
                self.task_row(&of.task, false, None, "rejected");
            }
            Fact::TasksSkipped { entry, tasks } => {
                let plan = self.plan;
                self.event_row(
                    now,
                    "TasksSkipped",
                    &[
                        ("entry", EventId::Name(&plan.tasks[*entry].name)),
                        ("tasks", EventId::Number(*tasks)),
                    ],
                );
            }
        }
    }
}
