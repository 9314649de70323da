//! What helps a deployment that makes no progress, and the instances that take no tasks.

use super::wording::plain;
use super::words::{count, rounded, state};
use crate::explain::{Closed, DeploymentChange, DeploymentEnd, DeploymentStory};
use crate::units::SimTime;

/// At most this number of instances that take no tasks is named.
const MOST_CLOSED: usize = 8;

/// The changes with which a deployment that makes no progress was tried again, each in a sentence.
pub(super) fn tries(story: &DeploymentStory) -> Vec<String> {
    let (enough, rest): (Vec<_>, Vec<_>) = story
        .tries
        .iter()
        .partition(|of| of.end == DeploymentEnd::Completed);
    let mut found: Vec<String> = enough
        .iter()
        .map(|of| {
            let ended = rounded(of.ended.since(SimTime::ZERO));
            let after = rounded(of.ended.since(story.began));
            let name = &story.deployment;
            let at = match story.began {
                SimTime::ZERO => String::new(),
                _ => format!(" at {ended},"),
            };
            format!(
                "with {}: the deployment `{name}` COMPLETED{at} {after} after it began",
                tried(&of.change)
            )
        })
        .collect();
    found.extend(rest.iter().map(|of| {
        let why = of.lacks.map(|lacks| format!(" ({})", plain(&lacks)));
        format!(
            "with {}: it had still not completed when the run ended{}",
            tried(&of.change),
            why.unwrap_or_default()
        )
    }));
    found
}

fn tried(change: &DeploymentChange) -> String {
    match change {
        DeploymentChange::MinimumHealthyPercent { from, to } => {
            format!("minimumHealthyPercent {to} instead of {from}")
        }
        DeploymentChange::MaximumPercent { from, to } => {
            format!("maximumPercent {to} instead of {from}")
        }
        DeploymentChange::MaxSize { provider, from, to } => {
            format!("maxSize {to} instead of {from} of the group `{provider}`")
        }
        DeploymentChange::FargateVcpuQuota { from, to } => {
            format!(
                "a quota of {to} vCPUs on Fargate instead of {from} (`assumptions.fargateVcpuQuota`), which all tasks on \
                 Fargate share"
            )
        }
        DeploymentChange::HealthCheckGracePeriod { from, to } => {
            format!("healthCheckGracePeriodSeconds {to} instead of {from}")
        }
        DeploymentChange::MoreInstances {
            instances,
            instance_type,
            provider,
            max_size,
        } => {
            let most = match max_size {
                Some(most) => format!(
                    " (minSize, desiredCapacity and maxSize larger by {instances}: maxSize {most})"
                ),
                None => String::new(),
            };
            format!(
                "{instances} more {instance_type} in `{provider}` from the start of the run on{most}"
            )
        }
    }
}

/// The instances that take no tasks at the end of the run: `1 instance takes no tasks: i-3 (DRAINING)`.
pub(super) fn closed(all: &[Closed]) -> Option<String> {
    let names = all.iter().take(MOST_CLOSED);
    let mut names: Vec<String> = names
        .map(|of| format!("{} ({})", of.host, state(of.state)))
        .collect();
    if all.len() > names.len() {
        names.push(format!("and {} more", all.len() - names.len()));
    }
    let verb = if all.len() == 1 { "takes" } else { "take" };
    (!all.is_empty()).then(|| {
        format!(
            "At the end of the run {} {verb} no tasks: {}.",
            count(all.len() as u64, "instance"),
            names.join(", ")
        )
    })
}
