//! Checks of images, registries and containers.

use super::super::{Behavior, Container, MOST_CONTAINERS, Plan};
use super::at::At;
use super::laws;
use crate::units::Span;

pub(super) fn images(plan: &Plan, at: &At<'_>) {
    for image in &plan.images {
        let at = at.key("images").key(&image.name);
        at.key("registry")
            .index(image.registry, plan.registries.len(), "registry");
    }
    for registry in &plan.registries {
        if let Some((pulls, per)) = registry.limit {
            let at = at.key("registries").key(&registry.name).key("pullLimit");
            if pulls == 0 || per == Span::ZERO {
                at.problem("`pulls` and `per` must be above 0");
            }
        }
    }
}

pub(super) fn containers(plan: &Plan, containers: &[Container], at: &At<'_>) {
    let at = at.key("containerDefinitions");
    if containers.len() > MOST_CONTAINERS {
        let message = format!("there are {} containers", containers.len());
        at.expected(message, &format!("at most {MOST_CONTAINERS}"));
    }
    if !containers.is_empty() && !containers.iter().any(|container| container.essential) {
        at.problem("a task needs an essential container");
    }
    for (index, container) in containers.iter().enumerate() {
        let at = at.key(&container.name);
        at.key("image")
            .index(container.image, plan.images.len(), "image");
        for (number, (other, _)) in container.depends_on.iter().enumerate() {
            if *other >= index {
                let at = at.key("dependsOn").item(number);
                at.expected(
                    format!("container {index} cannot wait for container {other}"),
                    "a container that stands before it",
                );
            }
        }
        if let Some(check) = &container.health_check
            && (check.interval == Span::ZERO || check.retries == 0)
        {
            at.key("healthCheck")
                .problem("`interval` and `retries` must be above 0");
        }
        behavior(&container.behavior, &at.key("behavior"));
    }
}

fn behavior(behavior: &Behavior, at: &At<'_>) {
    let laws = [
        ("timeToHealthy", Some(&behavior.time_to_healthy)),
        ("memoryGrowth", Some(&behavior.memory_growth)),
        ("stopTime", Some(&behavior.stop_time)),
        ("runTime", behavior.run_time.as_ref()),
        ("memoryUse", behavior.memory_use.as_ref()),
    ];
    for (key, law) in laws {
        if let Some(law) = law {
            laws::law(law, &at.key(key));
        }
    }
    for (key, rate) in [
        ("crashesPerHour", behavior.crashes_per_hour),
        ("healthFailuresPerHour", behavior.health_failures_per_hour),
    ] {
        if !(rate.is_finite() && rate >= 0.0) {
            at.key(key).problem(format!("{rate} is not a rate"));
        }
    }
    if !(0.0..=1.0).contains(&behavior.start_failure) {
        let message = format!("{} is not a share", behavior.start_failure);
        at.key("startFailure").expected(message, "0 to 1");
    }
}
