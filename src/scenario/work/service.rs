//! Reads `services` with the keys of `create-service`, and checks that their tasks fit the capacity
//! that they may run on.

use super::constraints::distinct_instance;
use super::fitting::{Fit, Overrides};
use super::placement::{on_target, placement};
use super::scaling::{self, Scaling};
use super::tasks::{self, Surroundings};
use crate::plan::check::rules;
use crate::plan::{Cluster, PlacementRule, Scheduling, Service, Target};
use crate::scenario::capacity::cluster::ClusterRead;
use crate::scenario::capacity::fargate::warn_of_placement;
use crate::scenario::keys::containers::MOST_SECONDS;
use crate::scenario::keys::services::{
    DEPLOYMENT_ALARMS, DEPLOYMENT_CIRCUIT_BREAKER, DEPLOYMENT_CONFIGURATION, DEPLOYMENT_CONTROLLER,
    MOST_TASKS, SERVICE,
};
use crate::scenario::keys::table::Table;
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
    let distinct_instance = distinct_instance(&record);
    let percentages = percentages(&record, scheduling);
    let grace = match record.get("healthCheckGracePeriodSeconds") {
        Some(at) => at.integer(0, MOST_SECONDS),
        None => Some(0),
    };
    check_unmodelled(&record);
    let scaling = match record.get("scaling") {
        Some(at) => scaling::read(&at, around.clock.zone),
        None => Some(Scaling {
            min_capacity: 0,
            max_capacity: MOST_TASKS as u32,
            scheduled: Vec::new(),
        }),
    };
    let desired_count = desired_count(&record, scheduling, scaling.as_ref());
    if let Some(target) = &target {
        warn_of_placement(&record, target, &cluster.cluster);
    }
    let definition = definition?;
    let containers = tasks::containers(at, &record, definition, images);
    let fit = Fit {
        at,
        sizes_at: None,
        definition,
        cluster: &cluster.cluster,
        target: target?,
        region: around.region,
        registered_share: around.registered_share,
    };
    let demand = fit.demand(Overrides::default(), None);
    fit.check(&demand, None);
    let target = fit.target;
    if !at.context.is_clean_since(mark) {
        return None;
    }
    let (minimum_healthy_percent, maximum_percent) = percentages?;
    let scaling = scaling?;
    Some(Service {
        name: name?,
        definition: definition.full_name(),
        target,
        placement: placement?,
        distinct_instance: distinct_instance?,
        scheduling: scheduling?,
        desired_count: desired_count?,
        min_capacity: scaling.min_capacity,
        max_capacity: scaling.max_capacity,
        minimum_healthy_percent,
        maximum_percent,
        health_check_grace_period: Span::seconds(grace?),
        demand,
        containers: containers.into(),
        scheduled: scaling.scheduled,
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

/// Reads `minimumHealthyPercent` and `maximumPercent` (facts/ecs.md 108, 193).
fn percentages(record: &Record<'_>, scheduling: Option<Scheduling>) -> Option<(u32, u32)> {
    let is_daemon = scheduling == Some(Scheduling::Daemon);
    let presets: (u32, u32) = if is_daemon { (0, 100) } else { (100, 200) };
    let Some(at) = record.get("deploymentConfiguration") else {
        return Some(presets);
    };
    let record = at.record(&DEPLOYMENT_CONFIGURATION)?;
    check_deployment(&record);
    let low = match record.get("minimumHealthyPercent") {
        Some(at) => at.integer(0, 100).map(|n| n as u32),
        None => Some(presets.0),
    };
    let high = match record.get("maximumPercent") {
        Some(at) => at.integer(100, 10_000).map(|n| n as u32),
        None => Some(presets.1),
    };
    let (low, high) = (low?, high?);
    if let Some(flaw) = rules::percentages_of(is_daemon, low, high) {
        record.flaw(flaw);
    }
    Some((low, high))
}

/// Reports deployment strategies that are not modelled yet, and warns of the circuit breaker and
/// of alarms.
fn check_deployment(record: &Record<'_>) {
    if let Some(at) = record.get("strategy")
        && let Some(false) = at.choice(&[
            ("ROLLING", true),
            ("BLUE_GREEN", false),
            ("LINEAR", false),
            ("CANARY", false),
        ])
    {
        let text = at.node.as_text().unwrap_or_default();
        at.problem(format!("the strategy `{text}` is not modelled yet"))
            .expected("`ROLLING`")
            .report();
    }
    warn_if_enabled(
        record,
        "deploymentCircuitBreaker",
        &DEPLOYMENT_CIRCUIT_BREAKER,
    );
    warn_if_enabled(record, "alarms", &DEPLOYMENT_ALARMS);
}

fn warn_if_enabled(record: &Record<'_>, key: &'static str, table: &'static Table) {
    let Some(at) = record.get(key) else { return };
    let enable = at.record(table).and_then(|record| record.get("enable"));
    if enable.and_then(|at| at.boolean()) == Some(true) {
        warn(&at, key);
    }
}

/// Reports the warning that [`Status::Warned`](crate::scenario::keys::table::Status) keys have.
fn warn(at: &Cursor<'_>, key: &str) {
    at.problem(format!(
        "`{key}` would change the result but is not modelled yet"
    ))
    .warning()
    .report();
}

/// Reports values that are not modelled yet of keys that are modelled in part.
fn check_unmodelled(record: &Record<'_>) {
    const REBALANCING: &str = "availabilityZoneRebalancing";
    if let Some(at) = record.get(REBALANCING)
        && at.choice(&[("ENABLED", true), ("DISABLED", false)]) == Some(true)
    {
        warn(&at, REBALANCING);
    }
    let controller = record
        .get("deploymentController")
        .and_then(|at| at.record(&DEPLOYMENT_CONTROLLER)?.get("type"));
    if let Some(at) = controller
        && at.choice(&[("ECS", true), ("CODE_DEPLOY", false), ("EXTERNAL", false)]) == Some(false)
    {
        let text = at.node.as_text().unwrap_or_default();
        at.problem(format!(
            "the deployment controller `{text}` is not modelled yet"
        ))
        .expected("`ECS`")
        .report();
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
