//! How a deployment ended, or why it makes no progress, in sentences.

use super::super::names::Plain;
use super::super::reasons;
use super::wording::{self, plain, refused};
use super::words::{About, count, span, time};
use crate::explain::{
    DeploymentChange, DeploymentEnd, DeploymentStory, DeploymentTry, Stage, StageName, TrafficStory,
};
use crate::simulation::{DeploymentFailure, Fact, ServiceEvent};

/// How it ended in a word, for the end of its stages.
pub(super) fn ended(story: &DeploymentStory) -> String {
    match (story.end, &story.next) {
        (DeploymentEnd::Completed, _) => "it is COMPLETED".into(),
        (DeploymentEnd::InProgress, _) => "the run ends, and it is IN_PROGRESS".into(),
        (DeploymentEnd::Superseded, next) => format!(
            "the newer deployment `{}` replaces it",
            next.as_deref().unwrap_or("?")
        ),
        (DeploymentEnd::Failed, Some(next)) => {
            format!("it is FAILED; the deployment `{next}` follows")
        }
        (DeploymentEnd::Failed, None) => "it is FAILED".into(),
    }
}

/// How it ended and why, in sentences.
pub(super) fn outcome(about: &About<'_>, story: &DeploymentStory) -> String {
    let (name, ended) = (&story.deployment, time(story.ended));
    let desired = story.limits.last().map_or(0, |limits| limits.desired);
    let healthy = story.tasks.new_healthy;
    match story.end {
        DeploymentEnd::Completed => format!(
            "The deployment `{name}` COMPLETED at {ended}, {} after it began.",
            span(story.ended.since(story.began))
        ),
        DeploymentEnd::Superseded => format!(
            "The deployment `{name}` was replaced at {ended} by a newer one, `{}`, before it was COMPLETED: {healthy} of \
             {desired} tasks of it were healthy.",
            story.next.as_deref().unwrap_or("?")
        ),
        DeploymentEnd::Failed => format!(
            "The deployment `{name}` FAILED at {ended}: {}. {}",
            failure(about, story),
            after_failure(story)
        ),
        DeploymentEnd::InProgress => in_progress(about, story, desired),
    }
}

fn in_progress(about: &About<'_>, story: &DeploymentStory, desired: u32) -> String {
    let (name, ended) = (&story.deployment, time(story.ended));
    let healthy = story.tasks.new_healthy;
    let head = format!("The deployment `{name}` is IN_PROGRESS at the end of the run, {ended}");
    if let Some(bakes) = story.bakes {
        let bakes = time(bakes);
        return format!(
            "{head}: all tasks were replaced at {bakes}, and its bake time is not over."
        );
    }
    let shifted = story.traffic.as_ref().map(TrafficStory::last);
    if let Some(stage) = shifted.filter(|_| !story.is_stalled() && story.tries.is_empty()) {
        let at = time(stage.at);
        let stage = match stage.stage {
            StageName::ScaleUp => "SCALE_UP",
            StageName::ProductionTrafficShift => "PRODUCTION_TRAFFIC_SHIFT",
            StageName::BakeTime => "BAKE_TIME",
            StageName::CleanUp => "CLEAN_UP",
        };
        return format!(
            "{head}, in its stage {stage}, which began at {at}: {healthy} of {desired} tasks of it are healthy."
        );
    }
    let old = story.tasks.old_healthy + story.tasks.old_other;
    let left = match old {
        0 => String::new(),
        1 => ", and 1 task of another revision is left".into(),
        old => format!(", and {old} tasks of other revisions are left"),
    };
    let state = format!("{healthy} of {desired} tasks of it are healthy{left}");
    let why = story.stages.last().map(|stage| waits(stage).join("; "));
    let why = why.filter(|why| !why.is_empty());
    if !story.is_stalled() {
        let why = why.map(|why| format!("; {why}")).unwrap_or_default();
        return format!("{head}: {state}{why}.");
    }
    let since = story.latest_progress;
    let mut text = format!(
        "{head}. It has made no progress for {}, since the time {} of the run: {state}.",
        span(story.ended.since(since)),
        time(since)
    );
    match deadlock(story) {
        Some(deadlock) => text += &format!(" {deadlock}"),
        None => text += &why.map(|why| format!(" Why: {why}.")).unwrap_or_default(),
    }
    if let Some(latest) = latest_failure(about, story) {
        text += &format!(" The latest failure: {latest}.");
    }
    text
}

/// Why neither the new tasks nor the old ones of a deployment can move. That old tasks hold the room is
/// told only where the deployment completed with fewer of them.
fn deadlock(story: &DeploymentStory) -> Option<String> {
    let stage = story.stages.last()?;
    let (round, [least, most]) = (&stage.round, story.percent);
    let (name, desired) = (&story.deployment, round.desired);
    let minimum = round.minimum_healthy;
    let old = count(
        u64::from(story.tasks.old_healthy + story.tasks.old_other),
        "task",
    );
    if round.is_blocked {
        return Some(format!(
            "Neither can move: minimumHealthyPercent {least} keeps at least {minimum} of {desired} tasks healthy, so \
             that none of the {old} of other revisions may stop, and maximumPercent {most} allows at most {} tasks in \
             all, so that none of `{name}` may start.",
            round.maximum_total
        ));
    }
    let is_room = |of: &DeploymentTry| {
        of.end == DeploymentEnd::Completed
            && matches!(of.change, DeploymentChange::MinimumHealthyPercent { .. })
    };
    let lacks = stage.lacks?;
    story.tries.iter().find(|of| is_room(of))?;
    Some(format!(
        "Neither can move: the {old} of other revisions hold the capacity that tasks of `{name}` need ({}), and \
         minimumHealthyPercent {least} keeps them, as at least {minimum} of {desired} tasks must stay healthy.",
        plain(&lacks)
    ))
}

/// Why it failed.
fn failure(about: &About<'_>, story: &DeploymentStory) -> String {
    let Some(failure) = &story.failure else {
        return "for no known reason".into();
    };
    match failure.why {
        DeploymentFailure::CircuitBreaker => {
            let latest = latest_failure(about, story);
            let latest = latest.map(|latest| format!("; the latest: {latest}"));
            format!(
                "the circuit breaker counted {}, its threshold{}",
                count(failure.failed_tasks.into(), "failed task"),
                latest.unwrap_or_default()
            )
        }
        DeploymentFailure::StageTimedOut => {
            "not all of its tasks were healthy within the longest time of a stage (24 h, with CodeDeploy 1 h)".into()
        }
        DeploymentFailure::Alarm(alarm) => {
            let name = &about.plan.alarms[alarm as usize].name;
            format!("the alarm `{name}` was in ALARM")
        }
    }
}

/// The latest failure of a task of it.
fn latest_failure(about: &About<'_>, story: &DeploymentStory) -> Option<String> {
    let told = story.latest_failure?;
    let at = time(told.at);
    match told.fact {
        Fact::TaskStopping(of, why) | Fact::TaskStopped(of, why) => {
            let reason = reasons::stopped(&Plain(about.plan), &of, why);
            let (service, ordinal) = (&story.service, of.task.ordinal);
            Some(format!(
                "task {service}/{ordinal} at {at}, {reason} ({})",
                why.code()
            ))
        }
        Fact::TaskRejected(of, why) => {
            let (service, ordinal) = (&story.service, of.task.ordinal);
            Some(format!(
                "task {service}/{ordinal} at {at}, {}",
                refused(about.plan, why)
            ))
        }
        Fact::Service(_, ServiceEvent::PlacementFailed(lacks)) => {
            Some(format!("a task was not placed at {at}, {}", plain(&lacks)))
        }
        _ => None,
    }
}

/// What follows after it has failed.
fn after_failure(story: &DeploymentStory) -> String {
    match (&story.next, story.is_rolled_back) {
        (Some(next), true) => {
            format!("The service was rolled back: the deployment `{next}` began.")
        }
        (Some(next), false) => format!("A newer deployment followed, `{next}`."),
        (None, _) => {
            let by_alarm = matches!(
                story.failure.as_ref().map(|of| of.why),
                Some(DeploymentFailure::Alarm(_))
            );
            let rolls_back = match by_alarm {
                true => story.alarms_roll_back,
                false => story.circuit_breaker.as_ref().is_some_and(|of| of.rollback),
            };
            let why = match rolls_back {
                true => "No deployment had completed to which it could be rolled back",
                false => "It was not rolled back, as `rollback` is not enabled",
            };
            let stays = match story.traffic {
                Some(_) => "both revisions and their shares of the requests stay as they are",
                None => "the service starts no more tasks of it",
            };
            format!("{why}: {stays}.")
        }
    }
}

/// Why it waits after a stage.
pub(super) fn waits(stage: &Stage) -> Vec<String> {
    let round = &stage.round;
    let mut found = Vec::new();
    let wants = round.start > 0 || round.start_kept > 0 || stage.refused > 0;
    if let Some(lacks) = stage.lacks.filter(|_| wants || round.pending > 0) {
        found.push(format!("a task was not placed, {}", plain(&lacks)));
    }
    if let Some(at) = round.retry_at.filter(|_| wants) {
        found.push(format!(
            "no start before {}, as tasks were not placed",
            time(at)
        ));
    }
    if let Some(at) = round.throttled_until.filter(|_| round.start > 0) {
        let at = time(at);
        found.push(format!(
            "no start before {at}, as tasks were refused, or failed, before they were RUNNING"
        ));
    }
    if let Some(obstacle) = stage.obstacle {
        found.push(wording::obstacle(obstacle).into());
    }
    if round.is_blocked {
        found.push(format!(
            "its limits allow neither a stop nor a start: at least {} healthy, at most {} in all",
            round.minimum_healthy, round.maximum_total
        ));
    }
    let acts = round.stop > 0 || round.start > 0 || round.start_kept > 0;
    if !acts && round.pending > 0 {
        found.push(format!("{} new are not healthy yet", round.pending));
    }
    if !acts && round.stopping > 0 {
        found.push(format!("{} stop", count(round.stopping.into(), "task")));
    }
    if !acts && round.unhealthy > 0 {
        found.push(format!("{} new are unhealthy", round.unhealthy));
    }
    if !acts && round.protected > 0 {
        found.push(format!(
            "{} may not stop, protected from scale-in",
            round.protected
        ));
    }
    found
}
