//! Faults of containers at a listed time: crashes, failing health checks, exceeded memory limits.
//! Faults that are drawn for each container separately are in `life/hazards.rs`.

use crate::cluster::TaskId;
use crate::engine::Reader;
use crate::plan::FaultKind;
use crate::simulation::event::Ctx;
use crate::simulation::fact::Fact;
use crate::simulation::life::hazards::ContainerFilter;
use crate::simulation::life::{Lives, runs};

/// Applies a fault to every container that it concerns.
pub(super) fn apply_to_containers<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    kind: &FaultKind,
) {
    let Some(filter) = ContainerFilter::of(kind) else {
        return;
    };
    let mut affected: Vec<(TaskId, usize)> = Vec::new();
    for (id, task) in lives.tasks().with_ids() {
        let revision = lives.revision(task);
        for (number, container) in revision.containers.iter().enumerate() {
            if filter.concerns(revision.work, container) {
                affected.push((id, number));
            }
        }
    }
    for (id, container) in affected {
        match kind {
            FaultKind::HealthCheckFailure { .. } => runs::mark_unhealthy(lives, ctx, id, container),
            FaultKind::OutOfMemory { .. } => runs::crash(lives, ctx, id, container, true),
            _ => runs::crash(lives, ctx, id, container, false),
        }
    }
}
