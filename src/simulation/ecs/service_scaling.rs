//! Service auto scaling by target tracking and by steps: alarms of each policy watch its metric, and while
//! one of them is in ALARM the desired count is set (facts/ecs.md 173 to 188).

use super::scaling_policies::{ScaledOut, Tasks};
use super::services::set_desired;
use super::state::Ecs;
use crate::cluster::ServiceId;
use crate::engine::Reader;
use crate::plan::MetricPeriod;
use crate::policy::services::{HeldBy, PolicyView, Restraint, ScalableTarget, held_by, scaled};
use crate::simulation::event::Ctx;
use crate::simulation::fact::{Fact, ServiceEvent};
use crate::simulation::life::Lives;
use crate::simulation::scaling::{PolicyLook, PolicyOutcome, Scaled};

/// The alarms on metrics with this period see the oldest value that they have not seen. While one is in
/// ALARM its policy acts in each period (facts/ecs.md 185).
pub(super) fn evaluate<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    period: MetricPeriod,
) {
    let state = &mut ecs.services[service.index()];
    if !state.scaling.watch(period) {
        return;
    }
    let now = ctx.now();
    let running = lives.count_running(&state.tasks);
    let scaled_out = state.scaling.scaled_out.filter(|of| now < of.until);
    // In the cooldown of a scale-out what it has added counts as added: the need is that of the tasks
    // before it, and only a larger one scales out again (facts/ecs.md 179).
    let tasks = Tasks {
        running,
        before: scaled_out.map_or(running, |of| of.running),
        desired: state.desired,
    };
    state.scaling.see_oldest(period);
    let views = state.scaling.views(period, tasks);
    // Of all policies the largest count wins: none goes below what is forecast (facts/ecs.md 181, 190).
    let forecast = state.predictions.iter().map(|of| of.bounds(now));
    let (least, most) = forecast.fold((0, 0), |a, b| (a.0.max(b.0), a.1.max(b.1)));
    let target = ScalableTarget {
        desired: state.desired,
        minimum: state.minimum.max(least),
        maximum: state.maximum.max(most),
    };
    let after = state.scaling.scale_in_after;
    let restraint = Restraint {
        is_deploying: state.rollout.primary.is_in_progress(),
        no_scale_in_until: (now < after).then_some(after),
        scaled_out_until: scaled_out.map(|of| of.until),
    };
    let may_scale_in = !restraint.is_deploying && restraint.no_scale_in_until.is_none();
    let decided = scaled(&views, target, may_scale_in);
    // In an outage of the control plane ECS answers no call of UpdateService.
    let is_out = lives.platform.outages().control_plane_is_out();
    if ctx.wants_details() {
        let seen = Seen {
            tasks,
            views: &views,
            target,
            restraint,
            decided,
            is_out,
        };
        tell(ecs, ctx, service, &seen);
    }
    if let Some(decided) = decided.filter(|_| !is_out) {
        set(ecs, lives, ctx, service, decided, tasks);
    }
}

/// Sets the desired count that a policy asks for, and begins its cooldown.
fn set<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    (to, number): (u32, usize),
    tasks: Tasks,
) {
    let now = ctx.now();
    let scaling = &mut ecs.services[service.index()].scaling;
    let policy = scaling.policy(number);
    let (by, (measured, metric)) = (policy.by, policy.seen);
    let (after_out, after_in) = policy.cooldowns();
    let is_out = to > tasks.desired;
    // A scale-out ends the cooldown of a scale-in at once (facts/ecs.md 179).
    if is_out {
        let (running, until) = (tasks.before, now + after_out);
        scaling.scaled_out = Some(ScaledOut { running, until });
        scaling.scale_in_after = now;
    } else {
        scaling.scaled_out = None;
        scaling.scale_in_after = now + after_in;
    }
    let scaled = Scaled {
        by,
        metric,
        measured,
        running: if is_out { tasks.before } else { tasks.running },
        from: tasks.desired,
        to,
    };
    ctx.report(Fact::Service(service, ServiceEvent::Scaled(scaled)));
    set_desired(ecs, lives, ctx, service, to);
}

/// What all policies of a service saw at one time.
struct Seen<'a> {
    tasks: Tasks,
    views: &'a [PolicyView],
    target: ScalableTarget,
    restraint: Restraint,
    decided: Option<(u32, usize)>,
    is_out: bool,
}

/// Reports what each policy that acts saw, and what came of it.
fn tell<R: Reader<Fact>>(ecs: &Ecs<'_>, ctx: &mut Ctx<'_, R>, service: ServiceId, seen: &Seen<'_>) {
    let scaling = &ecs.services[service.index()].scaling;
    for (number, view) in seen.views.iter().enumerate() {
        if !view.acts {
            continue;
        }
        let policy = scaling.policy(number);
        let wanted = (view.is_high || view.is_low).then_some(view.capacity);
        let outcome = match seen.decided.filter(|(_, by)| *by == number) {
            _ if wanted.is_none() => PolicyOutcome::Nothing,
            Some(_) if seen.is_out => PolicyOutcome::Held(HeldBy::ControlPlane),
            Some((to, _)) => PolicyOutcome::Scaled(to),
            None => {
                let why = held_by(seen.views, number, seen.target, seen.restraint);
                PolicyOutcome::Held(why)
            }
        };
        let (measured, metric) = policy.seen;
        let look = PolicyLook {
            by: policy.by,
            state: policy.state(),
            metric,
            measured,
            running: seen.tasks.running,
            desired: seen.tasks.desired,
            wanted,
            outcome,
        };
        ctx.report(Fact::PolicyEvaluated(service, look));
    }
}
