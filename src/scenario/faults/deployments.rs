//! Reads `deployments`. Each entry describes the revision that it moves its service to as a change of
//! the revision before: that of the entry for the same service that is listed before it, else that of
//! the service.

use super::releases::{Changes, Release, bad, changes};
use super::timing;
use crate::cluster::WorkId;
use crate::plan::check::rules;
use crate::plan::{
    Deployment, NextRevision, Query, Scheduling, Service, ServiceRevision, Target, Until,
};
use crate::scenario::capacity::cluster::ClusterRead;
use crate::scenario::capacity::images::Images;
use crate::scenario::keys::deployments::DEPLOYMENT;
use crate::scenario::keys::services::MOST_TASKS;
use crate::scenario::laws::schedule;
use crate::scenario::reading::merge;
use crate::scenario::reading::reader::{Cursor, Record};
use crate::scenario::reading::tree::Node;
use crate::scenario::work::constraints::Constraints;
use crate::scenario::work::fitting::{Fit, Overrides};
use crate::scenario::work::tasks::{self, Surroundings};
use crate::scenario::work::works::Works;
use crate::scenario::work::{
    behavior, code_deploy, deployment_rules, order, service_targets, taskdef,
};
use crate::units::{SimTime, Span};
use std::collections::BTreeMap;

/// What deployments refer to.
pub struct Ground<'g, 'r, 'a> {
    /// Task definitions, alarms, the clock.
    pub around: &'g Surroundings<'r, 'a>,
    /// The names of services.
    pub works: &'g Works,
    /// When the run ends; `None` when `until` has problems.
    pub until: Option<Until>,
}

/// The newest revision of a service while its deployments are read.
struct Chain {
    /// Its task definition with all changes.
    definition: Node,
    /// Family and revision.
    full_name: String,
    /// `behavior` of the service with all changes.
    behavior: Option<Node>,
    target: Target,
    /// The numbers of the revisions of each entry.
    numbers: BTreeMap<String, Vec<usize>>,
}

/// Reads `deployments`, and adds the revisions to their services. The deployments are returned in
/// order of time.
pub fn read(
    root: &Record<'_>,
    ground: &Ground<'_, '_, '_>,
    services: &mut [Service],
    cluster: &mut ClusterRead<'_>,
    images: &mut Images,
) -> Vec<Deployment> {
    let Some(at) = root.get("deployments") else {
        return Vec::new();
    };
    let mut chains: BTreeMap<usize, Chain> = BTreeMap::new();
    let mut made = Vec::new();
    for item in at.entities(&["name"]) {
        let read = entry(&item, root, ground, services, &mut chains, cluster, images);
        made.extend(read.unwrap_or_default());
    }
    if made.len() > rules::MOST_DEPLOYMENTS {
        at.problem(format!("there are {} deployments", made.len()))
            .expected(format!("at most {}", rules::MOST_DEPLOYMENTS))
            .hint("a schedule counts with all its times until the end of the run")
            .report();
    }
    made.sort_by_key(|deployment| deployment.at);
    made
}

/// Reads one entry: a deployment for each of its times.
fn entry(
    at: &Cursor<'_>,
    root: &Record<'_>,
    ground: &Ground<'_, '_, '_>,
    services: &mut [Service],
    chains: &mut BTreeMap<usize, Chain>,
    cluster: &mut ClusterRead<'_>,
    images: &mut Images,
) -> Option<Vec<Deployment>> {
    let mark = at.context.mark();
    let record = at.record(&DEPLOYMENT)?;
    let name = record.get("name").and_then(|at| tasks::name(&at));
    let times = times(&record, ground);
    let service_at = record.get("service")?;
    let WorkId::Service(number) = ground.works.service(&service_at)? else {
        return None;
    };
    let wanted = service_at.text()?;
    // A service with problems is not in the list, and there is no plan.
    let index = services.iter().position(|service| service.name == wanted)?;
    let service = &mut services[index];
    let chain = match chains.entry(number.index()) {
        std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
        std::collections::btree_map::Entry::Vacant(none) => {
            none.insert(first(root, service, ground)?)
        }
    };
    let rules = match record.get("deploymentConfiguration") {
        Some(at) => {
            let alarms = ground.around.alarms;
            let rules = deployment_rules::read(&at, Some(service.scheduling), alarms);
            let rules = rules.and_then(|rules| code_deploy::keep(&at, rules, &service.deployment));
            if let Some(rules) = &rules {
                deployment_rules::check_targets(&record, rules, service.targets.as_ref());
            }
            rules.map(Some)
        }
        None => Some(None),
    };
    let count = match record.get("desiredCount") {
        Some(at) => desired_count(&at, service).map(Some),
        None => Some(None),
    };
    let changes = changes(&record)?;
    let (name, times) = (name?, times?);
    let deployment = |occurrence: usize, to| Deployment {
        name: name.clone(),
        occurrence: u32::try_from(occurrence).expect("few deployments"),
        service: index,
        at: times[occurrence],
        to,
        rules: rules.clone().flatten(),
        desired_count: count.flatten(),
    };
    let release = match changes {
        Changes::BackTo(back) => {
            let to = earlier(&back, chain)?;
            let all = (0..times.len()).map(|occurrence| deployment(occurrence, to));
            return at.context.is_clean_since(mark).then(|| all.collect());
        }
        Changes::New(release) => release,
    };
    let revision = revision(&record, &release, ground, service, chain, cluster)?;
    let mut made = Vec::new();
    for occurrence in 0..times.len() {
        let named = match times.len() {
            1 => name.clone(),
            _ => format!("{name} {}", occurrence + 1),
        };
        let mut images = |image: &str| match release.builds {
            Some(layers) => images.build(image, &named, layers),
            None => images.index(image),
        };
        let containers = revision.containers(&mut images, at)?;
        for targets in service.all_targets() {
            service_targets::check_container(at, &targets.container, &containers);
        }
        let bad = match &release.bad {
            Some(at) => Some(bad(at, (&containers, service), &cluster.cluster)?),
            None => None,
        };
        service.revisions.push(ServiceRevision {
            name: named,
            definition: revision.full_name.clone(),
            target: revision.target.clone(),
            demand: revision.demand.clone(),
            containers: containers.into(),
            bad,
        });
        let number = service.revisions.len();
        let numbers = chain.numbers.entry(name.clone()).or_default();
        numbers.push(number);
        made.push(deployment(occurrence, NextRevision::Number(number)));
    }
    rules?;
    count?;
    at.context.is_clean_since(mark).then_some(made)
}

/// The times of an entry: `at`, or those of its `schedule` until the end of the run.
fn times(record: &Record<'_>, ground: &Ground<'_, '_, '_>) -> Option<Vec<SimTime>> {
    let zone = schedule::zone(record, ground.around.clock.zone);
    match (record.get("at"), record.get("schedule")) {
        (Some(at), None) => timing::times(&at, ground.until, "deployment begins"),
        (None, Some(at)) => {
            let schedule = schedule::read(&at, &zone)?;
            let start = ground.around.clock.start?;
            let Until::Elapsed(length) = ground.until? else {
                at.problem("a deployment by a schedule needs a run with a length")
                    .hint("give `until` a duration, or the deployment `at`")
                    .report();
                return None;
            };
            let times = by_clock(&schedule.starting_at(start), start, length);
            if times.is_empty() {
                at.problem("this schedule has no time in the run")
                    .warning()
                    .report();
            }
            Some(times)
        }
        (Some(_), Some(second)) => {
            second
                .problem("`at` and `schedule` exclude each other")
                .hint("keep one of them")
                .report();
            None
        }
        (None, None) => {
            if !record.has_mistyped() {
                let at = &record.at;
                at.problem("one of `at` and `schedule` is missing")
                    .hint("give `at: 2d` or `schedule: \"cron(0 10 ? * MON-FRI *)\"`")
                    .report();
            }
            None
        }
    }
}

/// The times of a schedule from the start of a run to its end.
fn by_clock(schedule: &crate::plan::Schedule, start: i64, length: Span) -> Vec<SimTime> {
    let mut times = Vec::new();
    let mut after = start - 1;
    while let Some(next) = schedule.next_after(after) {
        let Ok(since) = u64::try_from(next - start) else {
            break;
        };
        if Span::seconds(since) >= length || times.len() > rules::MOST_DEPLOYMENTS {
            break;
        }
        times.push(SimTime::ZERO + Span::seconds(since));
        after = next;
    }
    times
}

/// The revision of a service at its start.
fn first(root: &Record<'_>, service: &Service, ground: &Ground<'_, '_, '_>) -> Option<Chain> {
    let definitions = ground.around.definitions.iter().flatten();
    let mut named = definitions.filter(|d| d.full_name() == service.definition);
    let is_it =
        |at: &Cursor<'_>| at.node.get("serviceName").and_then(Node::as_text) == Some(&service.name);
    let mut items = root.get("services")?.list().into_iter();
    let behavior = items
        .find(is_it)
        .and_then(|at| at.node.get("behavior").cloned());
    Some(Chain {
        definition: named.next()?.at.node.clone(),
        full_name: service.definition.clone(),
        behavior,
        target: service.target.clone(),
        numbers: BTreeMap::new(),
    })
}

fn desired_count(at: &Cursor<'_>, service: &Service) -> Option<u32> {
    if service.scheduling == Scheduling::Daemon {
        at.problem("a daemon has no `desiredCount`")
            .hint("remove it: one task runs on every instance")
            .report();
        return None;
    }
    at.integer(0, MOST_TASKS).map(|count| count as u32)
}

/// The revision that `rollBackTo` names.
fn earlier(at: &Cursor<'_>, chain: &Chain) -> Option<NextRevision> {
    let name = at.text()?;
    match name {
        "previous" => return Some(NextRevision::Previous),
        "initial" => return Some(NextRevision::Number(0)),
        _ => {}
    }
    match chain.numbers.get(name).map(Vec::as_slice) {
        Some([only]) => Some(NextRevision::Number(*only)),
        Some(several) => {
            at.problem(format!("`{name}` has {} deployments", several.len()))
                .hint("`previous` names the revision whose deployment completed before")
                .report();
            None
        }
        None => {
            let known = chain.numbers.keys().map(String::as_str);
            let known = ["initial", "previous"].into_iter().chain(known);
            at.problem(format!(
                "no deployment `{name}` of this service is listed before"
            ))
            .among(name, known)
            .report();
            None
        }
    }
}

/// A revision whose images are not resolved yet.
struct Resolved {
    definition: Node,
    path: String,
    behavior: Option<Node>,
    full_name: String,
    target: Target,
    demand: crate::plan::Demand,
}

impl Resolved {
    /// Its containers; `images` returns the index of an image by its name.
    fn containers(
        &self,
        images: &mut dyn FnMut(&str) -> usize,
        at: &Cursor<'_>,
    ) -> Option<Vec<crate::plan::Container>> {
        let at = Cursor {
            context: at.context,
            node: &self.definition,
            path: self.path.clone(),
        };
        let definition = taskdef::read(&at)?;
        let mut containers = definition.containers(images);
        if let Some(node) = &self.behavior {
            let at = Cursor {
                context: at.context,
                node,
                path: at.path_of("behavior"),
            };
            behavior::lay(&at, containers.iter_mut());
        }
        order::warn_of_waits(&at, &containers);
        Some(containers)
    }
}

/// Lays the changes of an entry over the revision before it, and checks that its tasks fit the
/// capacity that they may run on.
fn revision(
    record: &Record<'_>,
    release: &Release<'_>,
    ground: &Ground<'_, '_, '_>,
    service: &Service,
    chain: &mut Chain,
    cluster: &mut ClusterRead<'_>,
) -> Option<Resolved> {
    let at = &record.at;
    let sources = at.context.sources;
    let mut is_changed = release.is_forced || release.builds.is_some();
    if let Some(at) = &release.definition {
        let named = tasks::definition(at, ground.around)?;
        is_changed |= named.full_name() != chain.full_name;
        chain.definition = named.at.node.clone();
        chain.full_name = named.full_name();
    }
    if let Some(at) = &release.changes {
        for key in ["family", "revision", "file"] {
            if let Some(node) = at.node.get(key) {
                let at = Cursor {
                    context: at.context,
                    node,
                    path: at.path_of(key),
                };
                at.problem(format!("`changes` cannot change `{key}`"))
                    .hint("name another definition in `taskDefinition`")
                    .report();
                return None;
            }
        }
        is_changed = true;
        merge::lay_value(&mut chain.definition, at.node, "changes", sources);
    }
    if let Some(at) = &release.behavior {
        is_changed = true;
        match &mut chain.behavior {
            Some(node) => merge::lay_value(node, at.node, "behavior", sources),
            None => chain.behavior = Some(at.node.clone()),
        }
    }
    if record.get("launchType").is_some() || record.get("capacityProviderStrategy").is_some() {
        let target = tasks::target(record, cluster)?;
        is_changed |= target != chain.target;
        chain.target = target;
    }
    if !is_changed {
        at.problem("nothing here starts a deployment (facts/ecs.md 204)")
            .expected(
                "a `taskDefinition`, `changes`, `behavior`, a launch type or a strategy that differ from those before",
            )
            .hint("to replace all tasks by equal ones, set `forceNewDeployment: true`")
            .report();
        return None;
    }
    let path = release
        .changes
        .as_ref()
        .map_or_else(|| at.path.clone(), |at| at.path.clone());
    let definition_at = Cursor {
        context: at.context,
        node: &chain.definition,
        path: path.clone(),
    };
    let definition = taskdef::read(&definition_at)?;
    let own = own_constraints(ground, service);
    let constraints = Constraints::of_revision(&definition.constraints, own, at);
    let fit = Fit {
        at,
        sizes_at: None,
        definition: &definition,
        cluster: &cluster.cluster,
        target: chain.target.clone(),
        constraints: &constraints,
        groups: &ground.around.groups,
        region: ground.around.region,
        registered_share: ground.around.registered_share,
    };
    let mark = at.context.mark();
    let demand = fit.demand(Overrides::default(), None);
    fit.check(&demand, None);
    check_daemon(at, service, demand.on_fargate);
    at.context.is_clean_since(mark).then(|| Resolved {
        definition: chain.definition.clone(),
        path,
        behavior: chain.behavior.clone(),
        full_name: chain.full_name.clone(),
        target: chain.target.clone(),
        demand,
    })
}

/// The constraints `memberOf` of a service itself, without those of its first task definition.
fn own_constraints<'s>(ground: &Ground<'_, '_, '_>, service: &'s Service) -> &'s [Query] {
    let definitions = ground.around.definitions.iter().flatten();
    let mut first = definitions.filter(|of| of.full_name() == service.definition);
    let count = first.next().map_or(0, |of| of.constraints.member_of.len());
    service.demand.member_of.get(count..).unwrap_or_default()
}

/// Reports a daemon that would move to Fargate (facts/ecs.md 106).
fn check_daemon(at: &Cursor<'_>, service: &Service, on_fargate: bool) {
    if service.scheduling == Scheduling::Daemon && on_fargate {
        at.problem("Fargate has no instances that a daemon could run on")
            .report();
    }
}
