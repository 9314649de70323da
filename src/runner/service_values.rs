//! The values of the registry's figures of services and of starts.

use super::Played;
use crate::figures::Figure;
use crate::metrics::{ServiceWork, Spread, StartKind};
use crate::plan::Plan;

/// A figure of a service, or of all together.
pub(super) fn service(
    plan: &Plan,
    figure: &Figure,
    played: &Played,
    all: &ServiceWork,
) -> Option<f64> {
    let services = &played.observed.services;
    let index = plan.services.iter().position(|s| s.name == figure.name);
    let work = index.map_or(all, |index| services.service(index));
    let has_count = index.is_none_or(|index| !services.is_daemon(index));
    let micros = played.reported(plan).as_micros();
    let count = |count: u64| Some(count as f64);
    let most = |of: &Spread| (of.count > 0).then(|| of.maximum.as_seconds_f64());
    let shortfall = &work.shortfall;
    match figure.definition.suffix {
        "desired.mean" => work.desired.mean(micros).filter(|_| has_count),
        "running.mean" => work.running.mean(micros),
        "healthy.mean" => work.healthy.mean(micros),
        "pending.mean" => work.pending.mean(micros),
        "available.share" => shortfall.availability(),
        "shortfall.mean" => shortfall.mean(),
        "shortfall.count" => count(shortfall.intervals.count).filter(|_| has_count),
        "recovery.mean" => shortfall.intervals.mean(),
        "recovery.max" => most(&shortfall.intervals),
        "detect.mean" => work.losses.detections.mean(),
        "detect.max" => most(&work.losses.detections),
        "replace.mean" => work.losses.replacements.mean(),
        "replace.max" => most(&work.losses.replacements),
        "start.mean" => work.starts.mean(),
        "start.p50" => work.starts.quantile(0.50),
        "start.p95" => work.starts.quantile(0.95),
        "start.max" => most(&work.starts),
        "healthyStart.mean" => work.healthy_starts.mean(),
        "healthyStart.p95" => work.healthy_starts.quantile(0.95),
        "started.count" => count(work.started),
        "failedStarts.count" => count(work.failed_starts),
        "placementFailures.count" => count(work.placement_failures),
        "stopped.count" => count(work.stopped.total()),
        "stopped.scaledIn.count" => count(work.stopped.scaled_in),
        "stopped.unhealthy.count" => count(work.stopped.unhealthy),
        "stopped.exited.count" => count(work.stopped.exited),
        "stopped.draining.count" => count(work.stopped.draining),
        "stopped.cannotStart.count" => count(work.stopped.cannot_start),
        "interrupted.count" => count(work.stopped.interrupted),
        "restarts.count" => count(work.restarts),
        other => unreachable!("`{other}` is in the registry of service figures"),
    }
}

/// A figure of the starts of one kind.
pub(super) fn start(figure: &Figure, played: &Played) -> Option<f64> {
    let kind = match figure.name.as_str() {
        "ec2Cold" => StartKind::Ec2Cold,
        "ec2Cached" => StartKind::Ec2Cached,
        "fargate" => StartKind::Fargate,
        other => unreachable!("`{other}` is a kind of start"),
    };
    let parts = played.observed.starts.kind(kind);
    match figure.definition.suffix {
        "count" => Some(parts.count as f64),
        "provisioning.mean" => parts.mean(parts.provisioning),
        "pending.mean" => parts.mean(parts.pending),
        "pull.mean" => parts.mean(parts.pull),
        "containers.mean" => parts.mean(parts.containers),
        "polling.mean" => parts.mean(parts.polling),
        other => unreachable!("`{other}` is in the registry of start figures"),
    }
}
