//! What comes due about the CPU of instances.

use super::{measure, refresh};
use crate::engine::Reader;
use crate::simulation::event::{CpuEvent, Ctx};
use crate::simulation::fact::Fact;
use crate::simulation::life::Lives;
use crate::simulation::traffic::state::Traffic;

/// Something about the CPU of instances is due.
pub(in crate::simulation) fn due<R: Reader<Fact>>(
    traffic: &mut Traffic<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    event: CpuEvent,
) {
    match event {
        CpuEvent::Divided => refresh::divide(traffic, lives, ctx),
        CpuEvent::CreditsSpent { instance } => refresh::credits_spent(traffic, ctx, instance),
        CpuEvent::Drained { service } => refresh::drained(traffic, ctx, service),
        CpuEvent::CreditsMeasured => measure::due(traffic, lives, ctx),
    }
}
