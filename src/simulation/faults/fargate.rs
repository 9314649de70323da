//! Hosts of Fargate tasks that die.

use crate::cluster::TaskId;
use crate::engine::random::{Purpose, StreamKey};
use crate::engine::{Reader, Turn};
use crate::plan::{FaultKind, Occurrence};
use crate::simulation::{Event, Fact, World, fargate, tasks};
use crate::units::Span;

/// At a given time: the host of one Fargate task, by chance.
pub(super) fn lose_fargate_host<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    number: usize,
    occurrence: u32,
) {
    let on_fargate = world
        .tasks
        .with_ids()
        .filter(|(_, task)| world.entries[task.entry.index()].on_fargate && fargate::is_up(task));
    let all: Vec<TaskId> = on_fargate.map(|(id, _)| id).collect();
    if !all.is_empty() {
        let mut stream = world.faults.states[number]
            .choices
            .stream(u64::from(occurrence));
        let chosen = all[stream.below(all.len() as u64) as usize];
        fargate::lose_host(world, turn, chosen);
    }
}

/// A task has started on Fargate, whose host may die.
pub(in crate::simulation) fn fargate_task_placed<R>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
) {
    let Some(task) = world.tasks.get(id) else {
        return;
    };
    let entry = &world.entries[task.entry.index()];
    for state in &world.faults.states {
        if let (FaultKind::FargateHostLoss, Occurrence::Every(law)) =
            (&state.plan.kind, &state.plan.occurs)
        {
            let name = format!("{}/{}", state.plan.name, entry.name);
            let key = StreamKey::new(world.faults.seed, Purpose::FaultOccurrence, &name);
            let seconds = law.sample(&mut tasks::draws(key, task));
            let lives_on = Span::from_seconds_f64(seconds);
            turn.after(lives_on, Event::FargateHostFails { task: id });
        }
    }
}
