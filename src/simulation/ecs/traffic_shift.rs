//! The stages of a deployment that shifts traffic: blue/green, linear and canary (facts/ecs.md 217 to 220,
//! 224).
//!
//! ```text
//! SCALE_UP ──▶ PRODUCTION_TRAFFIC_SHIFT ──▶ BAKE_TIME ──▶ CLEAN_UP ──▶ COMPLETED
//!     │ too late  step by step │                │
//!     └────────────────────────┴────────────────┴──▶ FAILED: all requests go back at once
//! ```
//!
//! Stages with lifecycle hooks and test traffic take no time here, as hooks are not modelled. In CLEAN_UP
//! the deployment goes on as a rolling one whose new tasks are all healthy: the earlier ones stop.

use super::deployments::{deployment_failed, look_at_alarms, report};
use super::rollout::{Shift, ShiftStage};
use super::rounds::{schedule_round, schedule_round_at};
use super::state::Ecs;
use crate::cluster::ServiceId;
use crate::engine::Reader;
use crate::plan::ALL_REQUESTS;
use crate::policy::services::Counts;
use crate::simulation::event::Ctx;
use crate::simulation::fact::{DeploymentEvent, DeploymentFailure, Fact};
use crate::simulation::life::{Lives, listener};

/// Goes to the next stage where the present one is over. `counts` are the tasks of the new revision.
pub(super) fn pass_stage<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    counts: &Counts,
) {
    let primary = &ecs.services[service.index()].rollout.primary;
    let Some(shift) = primary.shift.filter(|_| primary.is_in_progress()) else {
        return;
    };
    let now = ctx.now();
    match shift.stage {
        ShiftStage::ScaleUp if counts.healthy >= counts.desired => {
            begin_step(ecs, lives, ctx, service, (shift, 0));
        }
        ShiftStage::ScaleUp => {
            let ends = shift.since + shift.rules.longest_scale_up();
            if now >= ends {
                let why = DeploymentFailure::StageTimedOut;
                return deployment_failed(ecs, lives, ctx, service, (why, shift.rules.rolls_back));
            }
            schedule_round_at(ecs, lives, ctx, service, ends);
        }
        ShiftStage::Step(number) => {
            let step = shift.rules.step(number);
            let ends = shift.since + step.lasts;
            if now < ends {
                return schedule_round_at(ecs, lives, ctx, service, ends);
            }
            if step.weight < ALL_REQUESTS {
                return begin_step(ecs, lives, ctx, service, (shift, number + 1));
            }
            ecs.services[service.index()].rollout.primary.shift = None;
            report(ecs, ctx, service, DeploymentEvent::CleansUp);
            schedule_round(ecs, lives, ctx, service);
        }
    }
}

/// Shifts requests to the new revision.
fn begin_step<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    (shift, number): (Shift, u32),
) {
    let now = ctx.now();
    let primary = &mut ecs.services[service.index()].rollout.primary;
    primary.shift = Some(Shift {
        stage: ShiftStage::Step(number),
        since: now,
        ..shift
    });
    let step = shift.rules.step(number);
    listener::weigh(lives, service, primary.number, step.weight);
    if number == 0 {
        // An alarm may have gone to ALARM since the deployment began.
        let period = lives.platform.plan().assumptions.alarm_poll_period;
        look_at_alarms(primary, ctx, service, period);
    }
    report(
        ecs,
        ctx,
        service,
        DeploymentEvent::TrafficShifted(step.weight),
    );
    schedule_round_at(ecs, lives, ctx, service, now + step.lasts);
}
