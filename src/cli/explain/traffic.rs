//! How a deployment shifted the requests of its service, and what users met of its release.

use super::words::{About, paragraph, span, timed};
use crate::explain::{DeploymentEnd, DeploymentStory, StageName, TrafficStage, TrafficStory};
use crate::plan::ALL_REQUESTS;
use crate::units::Span;

/// The stages of a traffic shift with their weights and times.
pub(super) fn traffic(page: &mut String, about: &About<'_>, story: &DeploymentStory) {
    let Some(traffic) = &story.traffic else {
        return;
    };
    page.push('\n');
    let text = format!("How the requests were shifted: {}", planned(traffic));
    paragraph(page, "", &text, 2, about.width);
    for stage in &traffic.stages {
        timed(page, stage.at, &stage_text(story, traffic, stage), about);
    }
}

/// What is planned: `strategy CANARY: 10 % of the requests for 10m, then all of them; bake time 15m`.
fn planned(traffic: &TrafficStory) -> String {
    let who = match traffic.controller {
        "CODE_DEPLOY" => "CodeDeploy, deployment configuration",
        _ => "strategy",
    };
    let steps = match traffic.steps.as_slice() {
        [_] => "all of them at once".into(),
        [first, _] => format!(
            "{} for {}, then all of them",
            percent(first.weight_millionths),
            span(first.lasts)
        ),
        [first, .., last_but_one, _] => format!(
            "{} each {}, in {} steps",
            percent(first.weight_millionths),
            span(last_but_one.lasts),
            traffic.steps.len()
        ),
        [] => String::new(),
    };
    let bakes = match (traffic.controller, traffic.bake_time) {
        (_, Span::ZERO) => "no bake time".into(),
        ("CODE_DEPLOY", wait) => {
            format!("terminationWaitTimeInMinutes {}", wait.ceil_seconds() / 60)
        }
        (_, time) => format!("bake time {}", span(time)),
    };
    format!("{who} {}: {steps}; {bakes}", traffic.strategy)
}

fn stage_text(story: &DeploymentStory, traffic: &TrafficStory, of: &TrafficStage) -> String {
    let new = &story.revision;
    match (of.stage, of.weight_millionths) {
        (StageName::ScaleUp, _) => {
            format!("SCALE_UP: the tasks of `{new}` start beside the earlier ones, which serve")
        }
        (StageName::ProductionTrafficShift, 0) => {
            "all requests go to the earlier revision again".into()
        }
        (StageName::ProductionTrafficShift, ALL_REQUESTS) => {
            format!("PRODUCTION_TRAFFIC_SHIFT: all requests go to `{new}`")
        }
        (StageName::ProductionTrafficShift, weight) => format!(
            "PRODUCTION_TRAFFIC_SHIFT: {} of the requests go to `{new}`",
            percent(weight)
        ),
        (StageName::BakeTime, _) => format!(
            "BAKE_TIME: the tasks of both revisions run for {}",
            span(traffic.bake_time)
        ),
        (StageName::CleanUp, _) => "CLEAN_UP: the earlier tasks stop".into(),
    }
}

/// What users met while it was going on; nothing where the service has no load, or no request came.
pub(super) fn requests(page: &mut String, about: &About<'_>, story: &DeploymentStory) {
    let Some(met) = story.requests.filter(|met| met.offered > 0) else {
        return;
    };
    let share = |part: u64| {
        let millionths = u128::from(part) * 1_000_000 / u128::from(met.offered);
        percent(u32::try_from(millionths).unwrap_or(ALL_REQUESTS))
    };
    let until = match story.end {
        DeploymentEnd::InProgress => "the end of the run",
        DeploymentEnd::Completed => "it was COMPLETED",
        DeploymentEnd::Failed => "it FAILED",
        DeploymentEnd::Superseded => "it was replaced",
    };
    let text = match met.bad {
        0 => format!(
            "Until {until}, {} requests arrived; no task of a bad release got one.",
            met.offered
        ),
        bad => format!(
            "Until {until}, {} requests arrived. {bad} of them ({}) met the bad release: they were sent to its \
             tasks. It answered {} with an error ({} of all).",
            met.offered,
            share(bad),
            met.errors,
            share(met.errors)
        ),
    };
    paragraph(page, "", &text, 0, about.width);
}

/// `10 %`, `0.1 %`.
fn percent(millionths: u32) -> String {
    let hundredths = f64::from((millionths + 50) / 100) / 100.0;
    format!("{hundredths} %")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_have_at_most_two_decimals() {
        assert_eq!(percent(100_000), "10 %");
        assert_eq!(percent(1_000), "0.1 %");
        assert_eq!(percent(123_456), "12.35 %");
        assert_eq!(percent(ALL_REQUESTS), "100 %");
    }
}
