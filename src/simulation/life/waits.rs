//! Why work waits: the first task that finds no room, and later one a minute, is compared with all
//! instances. More often would cost more than the placement itself.

use super::state::Lives;
use crate::cluster::WorkId;
use crate::engine::Reader;
use crate::simulation::event::Ctx;
use crate::simulation::fact::{Fact, Obstacle};
use crate::units::{SimTime, Span};

/// The shortest time between two reports about one entry or service.
const AGAIN: Span = Span::seconds(60);

/// True when a report about this work is due.
pub(in crate::simulation) fn is_due(lives: &Lives<'_>, work: WorkId, now: SimTime) -> bool {
    lives.waits_told[work].is_none_or(|told| now >= told + AGAIN)
}

/// Reports what keeps this work from its capacity, when a report is due.
pub(in crate::simulation) fn tell<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    work: WorkId,
    why: impl FnOnce(&Lives<'_>) -> Obstacle,
) {
    if is_due(lives, work, ctx.now()) {
        lives.waits_told[work] = Some(ctx.now());
        let why = why(lives);
        ctx.report(Fact::WorkWaits(work, why));
    }
}
