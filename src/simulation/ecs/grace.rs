//! The grace period in which a service spares its unhealthy tasks (facts/ecs.md 203).

use crate::cluster::{TaskId, Tasks};
use crate::simulation::life::record::Life;
use crate::units::{SimTime, Span};

/// When the first of those that are unhealthy, and spared because they have just started, is
/// spared no longer.
pub(in crate::simulation) fn ends(
    of: &[TaskId],
    grace: Span,
    tasks: &Tasks,
    lives: &[Option<Box<Life>>],
    now: SimTime,
) -> Option<SimTime> {
    if grace == Span::ZERO {
        return None;
    }
    let end = |id: &TaskId| {
        let task = tasks.get(*id)?;
        let life = lives.get(id.slot())?.as_ref()?;
        (life.unhealthy && !task.stopping).then_some(task.started + grace)
    };
    let ends = of.iter().filter_map(end);
    ends.filter(|at| *at > now).min()
}
