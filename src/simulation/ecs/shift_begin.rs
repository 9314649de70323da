//! The beginning of a deployment, as far as requests are concerned (facts/ecs.md 216 to 218).

use super::rollout::Primary;
use super::state::Ecs;
use crate::cluster::ServiceId;
use crate::simulation::fact::DeploymentCause;
use crate::simulation::life::{Lives, listener};
use crate::units::SimTime;

/// All requests go to the revision that served before. With a strategy that shifts traffic the deployment
/// gets the other target group, unless it is a rollback: that goes back to the earlier revision at once
/// (facts/ecs.md 217, 218).
pub(super) fn begin_shift(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    service: ServiceId,
    (number, before, cause): (usize, &Primary, DeploymentCause),
    now: SimTime,
) {
    let state = &mut ecs.services[service.index()];
    let kept = state.rollout.kept().map(|kept| kept.number);
    let earlier = before.shift.map(|shift| shift.earlier).or(kept);
    let earlier = earlier.unwrap_or(before.number);
    let shift = state.rules.shift.filter(|_| {
        let is_rollback = cause == DeploymentCause::RolledBack;
        earlier != number && !is_rollback && !state.is_daemon()
    });
    if let Some(rules) = shift {
        state.rollout.begin_shift(rules, earlier, now);
    }
    listener::deploy(lives, service, (earlier, number), shift.is_some());
}
