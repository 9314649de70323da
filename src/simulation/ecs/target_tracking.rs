//! Service auto scaling by target tracking: two alarms for each policy watch the metric, and while one of
//! them is in ALARM the desired count is set (facts/ecs.md 173 to 184).

use super::services::set_desired;
use super::state::Ecs;
use super::tracker::ScaledOut;
use crate::cluster::ServiceId;
use crate::engine::Reader;
use crate::policy::services::{ScalableTarget, Tracked, target_tracking};
use crate::simulation::event::Ctx;
use crate::simulation::fact::{Fact, ServiceEvent};
use crate::simulation::life::Lives;

/// The alarms see the oldest value that they have not seen. While one is in ALARM its policy acts each
/// minute (facts/ecs.md 185).
pub(super) fn evaluate<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
) {
    let state = &mut ecs.services[service.index()];
    if state.tracker.policies.is_empty() {
        return;
    }
    let now = ctx.now();
    let running = lives.count_running(&state.tasks);
    let scaled_out = state.tracker.scaled_out.filter(|of| now < of.until);
    // In the cooldown of a scale-out what it has added counts as added: the need is that of the tasks
    // before it, and only a larger one scales out again (facts/ecs.md 179).
    let before = scaled_out.map_or(running, |of| of.running);
    let plans = &state.plan.target_tracking;
    let pairs = state.tracker.policies.iter_mut().zip(plans);
    let tracked = pairs.map(|(policy, plan)| policy.see_oldest(plan, running, before));
    let tracked: Vec<Tracked> = tracked.collect();
    let target = ScalableTarget {
        desired: state.desired,
        minimum: state.minimum,
        maximum: state.maximum,
    };
    let is_deploying = state.rollout.primary.is_in_progress();
    let may_scale_in = !is_deploying && now >= state.tracker.scale_in_after;
    let Some((to, number)) = target_tracking(&tracked, target, may_scale_in) else {
        return;
    };
    if lives.platform.outages().control_plane_is_out() {
        return; // ECS answers no call of UpdateService.
    }
    // A scale-out ends the cooldown of a scale-in at once (facts/ecs.md 179).
    let tracker = &mut state.tracker;
    if to < target.desired {
        tracker.scaled_out = None;
        tracker.scale_in_after = now + plans[number].scale_in_cooldown;
    } else {
        let (running, until) = (before, now + plans[number].scale_out_cooldown);
        tracker.scaled_out = Some(ScaledOut { running, until });
        tracker.scale_in_after = now;
    }
    let metric = state.tracker.policies[number].seen.unwrap_or_default();
    let scaled = ServiceEvent::Scaled {
        policy: u32::try_from(number).expect("few policies"),
        metric,
        running,
        from: target.desired,
        to,
    };
    ctx.report(Fact::Service(service, scaled));
    set_desired(ecs, lives, ctx, service, to);
}
