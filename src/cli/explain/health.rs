//! Why tasks of a service are unhealthy.

use super::words::{count, rounded, span};
use crate::plan::{INITIAL_REVISION, Plan, Service};
use crate::units::Span;

/// Which checks have found tasks of a service unhealthy, and when those of a load balancer do.
pub(super) fn unhealthy(plan: &Plan, service: &str, tasks: u32) -> String {
    let is = if tasks == 1 { "is" } else { "are" };
    let tasks = count(tasks.into(), "task");
    let mut services = plan.services.iter();
    let service = services.find(|of| of.name == service);
    let targets = service.and_then(|of| Some((of, of.targets.as_ref()?)));
    let Some((service, targets)) = targets else {
        return format!("A health check has found {tasks} unhealthy.");
    };
    let group = &plan.target_groups[targets.group];
    let check = &group.health_check;
    let failures = u64::from(check.unhealthy_threshold);
    let after = Span::micros(check.interval.as_micros().saturating_mul(failures));
    format!(
        "{tasks} {is} unhealthy, as found by a health check of a container or of the target group `{}`: a target whose container \
         `{}` does not answer is unhealthy {} after its registration ({failures} checks, one each {}), and \
         healthCheckGracePeriodSeconds is {}. {}",
        group.name,
        targets.container,
        span(after),
        span(check.interval),
        service.health_check_grace_period.ceil_seconds(),
        answers(service, &targets.container)
    )
}

/// When the container of a target group answers after its start, in each revision of the service.
fn answers(service: &Service, container: &str) -> String {
    let times = service.all_revisions().filter_map(|revision| {
        let mut containers = revision.containers.iter();
        let of = containers.find(|of| of.name == container)?;
        let seconds = of.behavior.time_to_healthy.mean()?;
        let time = rounded(Span::from_seconds_f64(seconds));
        Some(match revision.name {
            INITIAL_REVISION => time,
            name => format!("{time} in the revision `{name}`"),
        })
    });
    let times: Vec<String> = times.collect();
    format!(
        "The container answers `timeToHealthy` after its start, {} on average.",
        times.join(", ")
    )
}
