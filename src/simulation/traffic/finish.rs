//! The end of a run.

use super::state::Traffic;
use super::{capacity_units, cpu, queues, requests};
use crate::engine::Reader;
use crate::simulation::fact::Fact;
use crate::simulation::life::Lives;
use crate::units::SimTime;

/// At the end of a run: counts and bills what has passed since the last change.
pub(in crate::simulation) fn finish<R: Reader<Fact>>(
    traffic: &mut Traffic<'_>,
    lives: &mut Lives<'_>,
    end: SimTime,
    reader: &mut R,
) {
    requests::finish(traffic, end, reader);
    capacity_units::bill(traffic, lives, end);
    cpu::finish(traffic, lives, end, reader);
    queues::finish(traffic, lives, end, reader);
}
