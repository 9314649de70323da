//! What strikes containers: crashes, failing health checks, memory.

use super::Faults;
use crate::cluster::{EntryId, TaskId};
use crate::engine::random::{Purpose, Stream, StreamKey};
use crate::engine::{Reader, Turn};
use crate::plan::{Container, FaultKind, Occurrence};
use crate::simulation::{Event, Fact, World, agent};

/// What faults do to a run of a container, in seconds from its start.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::simulation) struct Struck {
    pub crash: Option<f64>,
    pub out_of_memory: Option<f64>,
    pub unhealthy: Option<f64>,
}

impl Faults<'_> {
    /// What strikes a run of a container by itself: each fault by a key of its own, of which
    /// `draws` gives the run's stream.
    pub(in crate::simulation) fn strikes_container(
        &self,
        entry: EntryId,
        container: &Container,
        name: &str,
        draws: impl Fn(StreamKey) -> Stream,
    ) -> Struck {
        let mut struck = Struck::default();
        for state in &self.states {
            let Occurrence::Every(law) = &state.plan.occurs else {
                continue;
            };
            let Some((work, only)) = container_filter(&state.plan.kind) else {
                continue;
            };
            if !concerns(work, only, entry, container) {
                continue;
            }
            let name = format!("{}/{name}", state.plan.name);
            let key = StreamKey::new(self.seed, Purpose::FaultOccurrence, &name);
            let after = law.sample(&mut draws(key));
            let first = match state.plan.kind {
                FaultKind::OutOfMemory { .. } => &mut struck.out_of_memory,
                FaultKind::HealthCheckFailure { .. } => &mut struck.unhealthy,
                _ => &mut struck.crash,
            };
            *first = Some(first.map_or(after, |other| after.min(other)));
        }
        struck
    }
}

/// Whose containers a fault strikes, if it strikes containers.
fn container_filter(kind: &FaultKind) -> Option<(Option<usize>, Option<&str>)> {
    match kind {
        FaultKind::ContainerCrash { work, container }
        | FaultKind::HealthCheckFailure { work, container }
        | FaultKind::OutOfMemory { work, container } => Some((*work, container.as_deref())),
        _ => None,
    }
}

fn concerns(
    work: Option<usize>,
    only: Option<&str>,
    entry: EntryId,
    container: &Container,
) -> bool {
    work.is_none_or(|work| work == entry.index()) && only.is_none_or(|only| only == container.name)
}

/// At a given time: every container that it concerns.
pub(super) fn strike_containers<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    kind: &FaultKind,
) {
    let Some((work, only)) = container_filter(kind) else {
        return;
    };
    let mut struck: Vec<(TaskId, usize)> = Vec::new();
    for (id, task) in world.tasks.with_ids() {
        let containers = world.entries[task.entry.index()].containers;
        for (number, container) in containers.iter().enumerate() {
            if concerns(work, only, task.entry, container) {
                struck.push((id, number));
            }
        }
    }
    for (id, container) in struck {
        match kind {
            FaultKind::HealthCheckFailure { .. } => agent::sicken(world, turn, id, container),
            FaultKind::OutOfMemory { .. } => agent::strike(world, turn, id, container, true),
            _ => agent::strike(world, turn, id, container, false),
        }
    }
}
