//! Reads `services` with the keys of `create-service`, and checks that their tasks fit the capacity
//! that they may run on.

use super::constraints::Constraints;
use super::cpu_use;
use super::fitting::{Fit, Overrides};
use super::placement::{on_target, placement};
use super::scaling::{self, Scaling};
use super::targets::LoadBalancers;
use super::tasks::{self, Surroundings};
use super::traffic::{Served, Traffic};
use super::{code_deploy, deployment_rules, service_targets, step_scaling};
use crate::plan::{
    Cluster, DeploymentRules, Load, LoadBalancerKind, PlacementRule, Scheduling, Service,
    ServiceTargets, SpreadField, Strategy, Target,
};
use crate::scenario::capacity::cluster::ClusterRead;
use crate::scenario::capacity::fargate::check_placement;
use crate::scenario::keys::containers::MOST_SECONDS;
use crate::scenario::keys::services::{MOST_TASKS, SERVICE};
use crate::scenario::reading::reader::{Cursor, Record};
use crate::units::Span;

/// The most services of a cluster (facts/ecs.md 43).
const MOST_SERVICES: usize = 5_000;

/// Reads all services; those with problems are left out. `entries` are the names of the entries of
/// `tasks`, which services must not have: figures refer to both by name.
pub fn read_all(
    at: &Cursor<'_>,
    entries: &[&str],
    around: &Surroundings<'_, '_>,
    cluster: &mut ClusterRead<'_>,
    images: &mut dyn FnMut(&str) -> usize,
) -> Vec<Service> {
    let items = at.entities(&["serviceName"]);
    if items.len() > MOST_SERVICES {
        at.problem(format!("{} services are too many", items.len()))
            .expected(format!("at most {MOST_SERVICES} in a cluster"))
            .report();
    }
    items
        .iter()
        .filter_map(|item| read(item, entries, around, cluster, images))
        .collect()
}

fn read(
    at: &Cursor<'_>,
    entries: &[&str],
    around: &Surroundings<'_, '_>,
    cluster: &mut ClusterRead<'_>,
    images: &mut dyn FnMut(&str) -> usize,
) -> Option<Service> {
    let mark = at.context.mark();
    let record = at.record(&SERVICE)?;
    let name = record.get("serviceName").and_then(|at| name(&at, entries));
    let definition = record
        .get("taskDefinition")
        .and_then(|at| tasks::definition(&at, around));
    let target = tasks::target(&record, cluster);
    let scheduling = scheduling(&record);
    if scheduling == Some(Scheduling::Daemon) {
        check_daemon(&record, target.as_ref(), &cluster.cluster);
    }
    let placement = service_placement(&record, scheduling, target.as_ref(), &cluster.cluster);
    let of_definition = definition.map(|definition| &definition.constraints);
    let constraints = Constraints::of_work(&record, of_definition);
    let rules = rules(&record, around, scheduling);
    let grace = match record.get("healthCheckGracePeriodSeconds") {
        Some(at) => at.integer(0, MOST_SECONDS),
        None => Some(0),
    };
    let is_zonal = constraints.as_ref().map(Constraints::names_zones);
    let zone_rebalancing = zone_rebalancing(
        &record,
        (scheduling, is_zonal),
        placement.as_ref(),
        rules.as_ref(),
    );
    let traffic = Traffic::read(&record, around, (scheduling, name.as_deref()));
    let scaling = match record.get("scaling") {
        Some(at) => scaling::read(
            &at,
            around.clock.zone,
            traffic.own_queue(around.queues, name.as_deref()),
        ),
        None => Some(Scaling::none()),
    };
    let high_resolution = match record.get("monitoring") {
        Some(at) => step_scaling::high_resolution(&at),
        None => Some(Vec::new()),
    };
    let desired_count = desired_count(&record, scheduling, scaling.as_ref());
    if let Some(target) = &target {
        check_placement(&record, target, &cluster.cluster);
    }
    let (definition, constraints) = (definition?, constraints?);
    let containers = tasks::containers(at, &record, definition, images);
    let of_groups = service_targets::of_service(&record, around.load_balancers, &containers);
    let (targets, other_targets) = of_groups;
    let balancer = check_targets(&record, around, rules.as_ref(), targets.as_ref());
    let fit = Fit {
        at,
        sizes_at: None,
        definition,
        cluster: &cluster.cluster,
        target: target?,
        constraints: &constraints,
        groups: &around.groups,
        region: around.region,
        registered_share: around.registered_share,
    };
    let demand = fit.demand(Overrides::default(), None);
    fit.check(&demand, None);
    if let (Some(scaling), Some(fast)) = (&scaling, &high_resolution) {
        let of = Served {
            demand: &demand,
            largest: cpu_use::check(&record, &fit, (&containers, &demand)),
            scaling,
            balancer,
            high_resolution: fast,
        };
        traffic.check(&record, around, &of);
    }
    let target = fit.target;
    if !at.context.is_clean_since(mark) {
        return None;
    }
    let scaling = scaling?;
    Some(Service {
        name: name?,
        definition: definition.full_name(),
        target,
        placement: placement?,
        distinct_instance: constraints.distinct_instance,
        scheduling: scheduling?,
        desired_count: desired_count?,
        min_capacity: scaling.min_capacity,
        max_capacity: scaling.max_capacity,
        deployment: rules?,
        zone_rebalancing: zone_rebalancing?,
        health_check_grace_period: Span::seconds(grace?),
        demand,
        containers: containers.into(),
        scheduled: scaling.scheduled,
        target_tracking: scaling.target_tracking,
        step_scaling: scaling.step_scaling,
        predictive_scaling: scaling.predictive_scaling,
        high_resolution: high_resolution?,
        load: routed(traffic.load, targets.as_ref(), around.load_balancers),
        worker: traffic.worker,
        targets,
        other_targets,
        revisions: Vec::new(),
    })
}

/// Checks the target groups of a service against the rules of its deployments. Returns the kind of its load balancer.
fn check_targets(
    record: &Record<'_>,
    around: &Surroundings<'_, '_>,
    rules: Option<&DeploymentRules>,
    targets: Option<&ServiceTargets>,
) -> Option<LoadBalancerKind> {
    let kind = targets.map(|targets| around.load_balancers.kind(targets.group));
    if let Some(rules) = rules {
        deployment_rules::check_targets(record, rules, targets);
        if let Some(kind) = kind {
            code_deploy::check_balancer(record, rules, kind);
        }
    }
    kind
}

/// Reads `deploymentConfiguration`, and with the controller `CODE_DEPLOY` `deploymentGroup`.
fn rules(
    record: &Record<'_>,
    around: &Surroundings<'_, '_>,
    scheduling: Option<Scheduling>,
) -> Option<DeploymentRules> {
    let rules = match record.get("deploymentConfiguration") {
        Some(at) => deployment_rules::read(&at, scheduling, around.alarms),
        None => Some(deployment_rules::presets(scheduling)),
    };
    code_deploy::rules(record, scheduling, rules, around.alarms)
}

/// The load with the algorithm of its target group.
fn routed(
    load: Option<Load>,
    targets: Option<&ServiceTargets>,
    all: &LoadBalancers,
) -> Option<Load> {
    let load = load?;
    // A target group that has a problem is not in the list.
    let group = targets.and_then(|targets| all.target_groups.get(targets.group));
    let algorithm = group.map(|group| group.algorithm);
    Some(Load {
        routing: algorithm.unwrap_or(load.routing),
        ..load
    })
}

fn name(at: &Cursor<'_>, entries: &[&str]) -> Option<String> {
    let name = tasks::name(at)?;
    if entries.contains(&name.as_str()) {
        at.problem(format!("`{name}` is also the name of an entry of `tasks`"))
            .hint("choose another name: figures refer to both by name")
            .report();
    }
    Some(name)
}

fn scheduling(record: &Record<'_>) -> Option<Scheduling> {
    match record.get("schedulingStrategy") {
        Some(at) => at.choice(&[
            ("REPLICA", Scheduling::Replica),
            ("DAEMON", Scheduling::Daemon),
        ]),
        None => Some(Scheduling::Replica),
    }
}

/// Reports keys and capacity that a daemon cannot have (facts/ecs.md 106).
fn check_daemon(record: &Record<'_>, target: Option<&Target>, cluster: &Cluster) {
    const NOT_OF_DAEMONS: [&str; 4] = [
        "desiredCount",
        "placementStrategy",
        "placementPolicy",
        "scaling",
    ];
    for key in NOT_OF_DAEMONS {
        if let Some(at) = record.get(key) {
            at.problem(format!("a daemon has no `{key}`"))
                .hint("remove it: one task runs on every instance")
                .report();
        }
    }
    let providers = target.map(Target::providers).unwrap_or_default();
    let mut providers = providers.iter().filter_map(|at| cluster.providers.get(*at));
    if providers.any(|provider| provider.capacity.is_fargate())
        && let Some(at) = record.get("schedulingStrategy")
    {
        at.problem("Fargate has no instances that a daemon could run on")
            .hint("set `launchType: EC2`, or `schedulingStrategy: REPLICA`")
            .report();
    }
}

/// Reads how an instance is chosen. Without a strategy a replica service places a task in the zone
/// with the fewest of its tasks, and there on the instance with the fewest (facts/ecs.md 87).
fn service_placement(
    record: &Record<'_>,
    scheduling: Option<Scheduling>,
    target: Option<&Target>,
    cluster: &Cluster,
) -> Option<PlacementRule> {
    let is_daemon = scheduling == Some(Scheduling::Daemon);
    let rule = placement(record)?;
    let rule = match is_daemon {
        true => rule,
        false => on_target(rule, target, cluster),
    };
    match rule {
        PlacementRule::Ecs(strategies) if strategies.is_empty() && !is_daemon => {
            Some(Service::default_placement())
        }
        rule => Some(rule),
    }
}

/// Reads `availabilityZoneRebalancing`. Without the key a new service has it if it is eligible: a
/// replica service without a placement strategy, or whose first strategy is `spread` over zones, and
/// whose `maximumPercent` is above 100, without a constraint on the zone (facts/ecs.md 124, 125).
fn zone_rebalancing(
    record: &Record<'_>,
    (scheduling, is_zonal): (Option<Scheduling>, Option<bool>),
    placement: Option<&PlacementRule>,
    rules: Option<&DeploymentRules>,
) -> Option<bool> {
    let wanted = match record.get("availabilityZoneRebalancing") {
        Some(at) => Some((at.choice(&[("ENABLED", true), ("DISABLED", false)])?, at)),
        None => None,
    };
    let zone = |strategy: &Strategy| matches!(strategy, Strategy::Spread(SpreadField::Attribute(name)) if name == "ecs.availability-zone");
    let is_spread = match placement? {
        PlacementRule::Ecs(strategies) => strategies.first().is_none_or(zone),
        _ => false,
    };
    let flaw = if scheduling? == Scheduling::Daemon {
        Some("a daemon is not rebalanced over zones")
    } else if !is_spread {
        Some("its first placement strategy is not `spread` over `attribute:ecs.availability-zone`")
    } else if rules?.percentages.maximum_percent <= 100 {
        Some(
            "its `maximumPercent` is not above 100, so that no task can start before another stops",
        )
    } else if is_zonal? {
        Some("a placement constraint is about `attribute:ecs.availability-zone`")
    } else {
        None
    };
    match (wanted, flaw) {
        (Some((true, at)), Some(flaw)) => {
            at.problem("`availabilityZoneRebalancing` cannot be enabled here (facts/ecs.md 125)")
                .hint(flaw)
                .report();
            None
        }
        (Some((wanted, _)), _) => Some(wanted),
        (None, flaw) => Some(flaw.is_none()),
    }
}

/// Reads the desired count at the start, within the bounds of scaling (facts/ecs.md 189).
fn desired_count(
    record: &Record<'_>,
    scheduling: Option<Scheduling>,
    scaling: Option<&Scaling>,
) -> Option<u32> {
    if scheduling == Some(Scheduling::Daemon) {
        return Some(0);
    }
    let Some(at) = record.get("desiredCount") else {
        if !record.is_mistyped("desiredCount") && scheduling.is_some() {
            record
                .at
                .problem("`desiredCount` is missing")
                .hint("add `desiredCount:`, number of tasks of the service at the start")
                .report();
        }
        return None;
    };
    let count = at.integer(0, MOST_TASKS)? as u32;
    Some(scaling?.clamp(&at, count))
}
