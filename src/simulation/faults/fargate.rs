//! Losses of Fargate hosts at a listed time.

use super::state::Faults;
use crate::cluster::TaskId;
use crate::engine::Reader;
use crate::simulation::event::Ctx;
use crate::simulation::fact::Fact;
use crate::simulation::life::{Lives, fargate};

/// Ends the host of one Fargate task, chosen at random.
pub(super) fn lose_fargate_host<R: Reader<Fact>>(
    faults: &mut Faults<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    number: usize,
    occurrence: u32,
) {
    let all: Vec<TaskId> = lives.on_fargate().map(|(id, _)| id).collect();
    if !all.is_empty() {
        let mut stream = faults.states[number].choices.stream(u64::from(occurrence));
        let chosen = all[stream.below(all.len() as u64) as usize];
        fargate::lose_host(lives, ctx, chosen);
    }
}
