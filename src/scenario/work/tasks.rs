//! Reads the entries of `tasks`: arrivals, sizes, launch type and placement; and checks that the
//! tasks fit the capacity that they may run on. Services are read in [`super::service`], with
//! some of the functions here.

use super::alarms::AlarmNames;
use super::constraints::Constraints;
use super::fitting::{Fit, overrides};
use super::placement::{on_target, placement};
use super::queues::Queues;
use super::targets::LoadBalancers;
use super::taskdef::TaskDefinition;
use super::{arrivals, behavior, count, cpu_use, order, retry, scheduled};
use crate::engine::random::Distribution;
use crate::plan::{
    Arrivals, Capacity, Cluster, Container, OnNoCapacity, Provider, Target, TaskEntry,
};
use crate::scenario::capacity::cluster::ClusterRead;
use crate::scenario::capacity::fargate::check_placement;
use crate::scenario::keys::tasks::TASK_ENTRY;
use crate::scenario::laws::law;
use crate::scenario::laws::quantity::Quantity;
use crate::scenario::laws::schedule;
use crate::scenario::reading::names::{name_in_figures, without_arn};
use crate::scenario::reading::reader::{Cursor, Record};
use crate::scenario::traces::shared::Shared;
use crate::scenario::traces::trace::{self, Clock};
use crate::units::Ratio;
use std::collections::BTreeSet;

/// The parts of the scenario that entries of `tasks` and services refer to.
pub struct Surroundings<'r, 'a> {
    /// The task definitions; `None` for one with problems.
    pub definitions: &'r [Option<TaskDefinition<'a>>],
    /// Family and revision of all task definitions, also of those with problems.
    pub names: &'r [(String, u64)],
    /// The task groups of all entries and services.
    pub groups: BTreeSet<String>,
    /// The entries of `tasks` whose tasks an action starts.
    pub started: BTreeSet<String>,
    /// The names of the alarms of the scenario.
    pub alarms: &'r AlarmNames,
    /// The load balancers of the scenario.
    pub load_balancers: &'r LoadBalancers,
    /// The queues of the scenario.
    pub queues: &'r Queues,
    /// The start of the run, and the time zone of schedules and calendar times without their own.
    pub clock: Clock<'r>,
    /// The region; `None` when it has problems.
    pub region: Option<&'r str>,
    /// The share of its memory that an instance type registers if it was not measured.
    pub registered_share: Ratio,
    /// The state that the readers of all variants share.
    pub shared: &'r Shared,
}

/// Reads one entry. If its launch type is `FARGATE` and the cluster has no provider of this name,
/// one is added. `images` returns the index of an image by its name.
pub fn read(
    at: &Cursor<'_>,
    around: &Surroundings<'_, '_>,
    cluster: &mut ClusterRead<'_>,
    images: &mut dyn FnMut(&str) -> usize,
) -> Option<TaskEntry> {
    let mark = at.context.mark();
    let record = at.record(&TASK_ENTRY)?;
    let name = record.get("name").and_then(|at| name(&at));
    let definition = record
        .get("taskDefinition")
        .and_then(|at| definition(&at, around));
    let target = target(&record, cluster);
    let placement =
        placement(&record).map(|rule| on_target(rule, target.as_ref(), &cluster.cluster));
    let of_definition = definition.map(|definition| &definition.constraints);
    let constraints = Constraints::of_work(&record, of_definition);
    let count = count::read(&record);
    let on_no_capacity = on_no_capacity(&record, target.as_ref(), &cluster.cluster);
    let overrides = overrides(&record);
    let recorded = record.get("trace");
    let arrivals = arrivals(&record, around);
    let own_duration = record
        .get("duration")
        .map(|at| law::read(&at, Quantity::Seconds));
    let retry = retry::read(&record);
    let scheduled = scheduled::read(&record);
    let read_trace = recorded
        .as_ref()
        .and_then(|at| around.shared.trace(at, &around.clock));
    if recorded.is_some() && read_trace.is_none() && at.context.is_clean_since(mark) {
        // The trace has problems that were reported when an earlier variant read it.
        return None;
    }
    let (definition, constraints) = (definition?, constraints?);
    let mut containers = containers(at, &record, definition, images);
    let duration = duration(&record, own_duration, &mut containers);
    let (target, overrides) = (target?, overrides?);
    check_placement(&record, &target, &cluster.cluster);
    let group = match record.get("group") {
        Some(at) => at.text()?.to_string(),
        None => format!("family:{}", definition.family),
    };
    let fit = Fit {
        at,
        sizes_at: record.get("overrides"),
        definition,
        cluster: &cluster.cluster,
        target: target.clone(),
        constraints: &constraints,
        groups: &around.groups,
        region: around.region,
        registered_share: around.registered_share,
    };
    let demand = fit.demand(overrides, read_trace.as_deref());
    fit.check(&demand, read_trace.as_deref());
    cpu_use::check(&record, &fit, (&containers, &demand));
    let arrivals = match (&read_trace, &recorded) {
        (Some(read), Some(at)) => {
            for sentence in &read.repairs {
                at.note(sentence.clone());
            }
            let trace = trace::placeable(at, read, |row| fit.row(&demand, row));
            if trace.rows.is_empty() && trace.skipped_rows > 0 {
                at.problem("no row of the trace fits any instance").report();
            }
            Some(Arrivals::Trace(trace))
        }
        _ => arrivals,
    };
    if !at.context.is_clean_since(mark) {
        return None;
    }
    let (on_still_running, flexible_window) = scheduled?;
    Some(TaskEntry {
        name: name?,
        definition: definition.full_name(),
        group,
        target,
        placement: placement?,
        arrivals: arrivals?,
        count: count?,
        demand,
        duration: duration?,
        on_no_capacity: on_no_capacity?,
        distinct_instance: constraints.distinct_instance,
        containers: containers.into(),
        retry: retry?,
        on_still_running,
        flexible_window,
    })
}

/// Reads the name of an entry or a service. It is part of figure paths, where `all` is reserved.
pub fn name(at: &Cursor<'_>) -> Option<String> {
    let name = name_in_figures(at);
    if name.as_deref() == Some("all") {
        at.problem("`all` is reserved for figures").report();
    }
    name
}

/// The containers of a task definition, with the behavior of an entry or a service laid over.
pub fn containers(
    at: &Cursor<'_>,
    record: &Record<'_>,
    definition: &TaskDefinition<'_>,
    images: &mut dyn FnMut(&str) -> usize,
) -> Vec<Container> {
    let mut containers = definition.containers(images);
    if let Some(at) = record.get("behavior") {
        behavior::lay(&at, containers.iter_mut());
    }
    order::warn_of_waits(at, &containers);
    containers
}

/// Reads `arrivals` or `schedule`; `None` for an entry with a `trace`, which is read by its
/// caller.
fn arrivals(record: &Record<'_>, around: &Surroundings<'_, '_>) -> Option<Arrivals> {
    let (arrivals, clock, trace) = (
        record.get("arrivals"),
        record.get("schedule"),
        record.get("trace"),
    );
    let zone = schedule::zone(record, around.clock.zone);
    match (arrivals, clock, trace) {
        (Some(at), None, None) => arrivals::read(&at),
        (None, Some(at), None) => schedule::read(&at, &zone).map(Arrivals::Schedule),
        (None, None, Some(_)) => None,
        (Some(_), None, Some(trace)) => {
            trace
                .problem("an entry has either `arrivals` or a `trace`")
                .hint("keep one of them")
                .report();
            None
        }
        (_, Some(clock), _) => {
            clock
                .problem("an entry has one of `arrivals`, `schedule` and `trace`")
                .hint("keep one of them")
                .report();
            None
        }
        // Its tasks are those that actions start.
        (None, None, None)
            if record
                .text("name")
                .is_some_and(|name| around.started.contains(name)) =>
        {
            Some(Arrivals::At([].into()))
        }
        (None, None, None) => {
            let keys = ["arrivals", "schedule", "trace"];
            if !keys.iter().any(|key| record.is_mistyped(key)) {
                record
                    .at
                    .problem("one of `arrivals`, `schedule` and `trace` is missing")
                    .hint("give `arrivals`, such as `{ poisson: 22/s, limit: 1000 }`, a `schedule`, or a `trace`")
                    .report();
            }
            None
        }
    }
}

/// The run time of the essential containers. If the entry or its trace gives one, it replaces
/// `runTime` of the essential containers, which is removed. Else each essential container must
/// have a `runTime`: that of a single one is the run time of the task, with several ones the
/// containers decide and the duration of the task is 0.
fn duration(
    record: &Record<'_>,
    own: Option<Option<Distribution>>,
    containers: &mut [Container],
) -> Option<Distribution> {
    let is_traced = record.get("trace").is_some();
    if own.is_some() || is_traced {
        for container in containers.iter_mut().filter(|c| c.essential) {
            container.behavior.run_time = None;
        }
        return own.unwrap_or(Some(Distribution::Constant(0.0)));
    }
    let essential = containers.iter().filter(|c| c.essential);
    let laws: Option<Vec<_>> = essential.map(|c| c.behavior.run_time.clone()).collect();
    match laws.as_deref() {
        Some([only]) => Some(only.clone()),
        Some(_) => Some(Distribution::Constant(0.0)),
        None if record.is_mistyped("duration") => None,
        None => {
            record
                .at
                .problem("`duration` is missing")
                .expected(
                    "a duration such as `90s`, or a law such as `{ exponential: { mean: 90s } }`",
                )
                .report();
            None
        }
    }
}

/// Reads `onNoCapacity`: what happens to a task that finds no capacity. Unless it is written, ECS
/// keeps the task in PROVISIONING where it can, and elsewhere the client queues it.
fn on_no_capacity(
    record: &Record<'_>,
    target: Option<&Target>,
    cluster: &Cluster,
) -> Option<OnNoCapacity> {
    let Some(at) = record.get("onNoCapacity") else {
        if has_managed_scaling(target?, cluster) {
            return Some(OnNoCapacity::Provisioning);
        }
        warn_of_queue(&record.at, target?, cluster);
        return Some(OnNoCapacity::Queue);
    };
    let choice = at.choice(&[
        ("queue", OnNoCapacity::Queue),
        ("fail", OnNoCapacity::Fail),
        ("provisioning", OnNoCapacity::Provisioning),
    ])?;
    if choice == OnNoCapacity::Provisioning && !has_managed_scaling(target?, cluster) {
        at.problem("no managed scaling would add instances for a task in PROVISIONING")
            .hint("name a capacity provider with an Auto Scaling group and managed scaling, or set `queue` or `fail`")
            .report();
        return None;
    }
    if choice == OnNoCapacity::Queue {
        warn_of_queue(&at, target?, cluster);
    }
    Some(choice)
}

/// Warns of tasks that wait in the job queue for a group with managed scaling, which does not see
/// them there.
fn warn_of_queue(at: &Cursor<'_>, target: &Target, cluster: &Cluster) {
    let mut providers = target.providers().into_iter();
    let managed = providers.find(|index| is_managed(*index, cluster));
    let Some(group) = managed.map(|index| &cluster.providers[index].name) else {
        return;
    };
    let hint = match has_managed_scaling(target, cluster) {
        true => "remove `onNoCapacity: queue`: tasks then wait in PROVISIONING, as on ECS",
        false => "give the strategy only providers with managed scaling",
    };
    at.problem(format!(
        "tasks that wait in the job queue do not make `{group}` grow"
    ))
    .hint(hint)
    .warning()
    .report();
}

/// True when every provider of the target has managed scaling or Managed Instances. Only then does
/// ECS create tasks without capacity, in PROVISIONING (facts/ecs.md 42d, 54).
pub fn has_managed_scaling(target: &Target, cluster: &Cluster) -> bool {
    let providers = target.providers();
    !providers.is_empty() && providers.iter().all(|index| is_managed(*index, cluster))
}

/// True when ECS adds instances to a provider for tasks that wait in PROVISIONING.
fn is_managed(provider: usize, cluster: &Cluster) -> bool {
    let provider = cluster.providers.get(provider);
    provider.is_some_and(|provider| provider.capacity.grows_for_tasks())
}

/// The task definition of an entry or a service; `family` without a revision means its latest one
/// (facts/ecs.md 4). Unknown names are reported; a definition with problems gives `None`.
pub fn definition<'r, 'a>(
    at: &Cursor<'_>,
    around: &'r Surroundings<'_, 'a>,
) -> Option<&'r TaskDefinition<'a>> {
    let text = without_arn(at.text()?, "task-definition");
    let (family, revision) = match text.split_once(':') {
        Some((family, revision)) => (family, revision.parse::<u64>().ok()),
        None => (text, None),
    };
    let is_exact = text.contains(':');
    let known = around
        .names
        .iter()
        .filter(|(name, number)| name == family && (!is_exact || Some(*number) == revision))
        .max_by_key(|(_, number)| *number);
    let Some((family, revision)) = known else {
        if around.shared.lacks_definitions {
            return None; // It may be in the file that could not be read.
        }
        let names: Vec<String> = around
            .names
            .iter()
            .map(|(name, revision)| match is_exact {
                true => format!("{name}:{revision}"),
                false => name.clone(),
            })
            .collect();
        let mut draft = at.problem(format!("there is no task definition `{text}`"));
        let of_family = around.names.iter().find(|(name, _)| name == family);
        if let (Some((_, known)), Some(revision)) = (of_family, revision) {
            draft = draft.hint(format!(
                "the definition of `{family}` has the revision {known}; to use it here, set its `revision: {revision}`"
            ));
        }
        draft.among(text, names.iter().map(String::as_str)).report();
        return None;
    };
    around
        .definitions
        .iter()
        .flatten()
        .find(|d| d.family == *family && d.revision == *revision)
}

/// The capacity that tasks may run on: by `launchType`, by `capacityProviderStrategy`, or by the
/// default strategy of the cluster.
pub fn target(record: &Record<'_>, cluster: &mut ClusterRead<'_>) -> Option<Target> {
    // Descriptions and templates leave the one empty that is not used.
    let is_there = |at: &Cursor<'_>| !at.node.is_empty() && at.node.as_text() != Some("");
    let (launch, strategy) = (
        record.get("launchType"),
        record.get("capacityProviderStrategy"),
    );
    let has_both = launch.is_some() && strategy.is_some();
    let launch = launch.filter(|at| is_there(at) || !has_both);
    let strategy = strategy.filter(|at| is_there(at) || !has_both);
    // A request has one of the two (facts/ecs.md 2).
    if let (Some(launch), Some(_)) = (&launch, &strategy) {
        launch
            .problem("`launchType` and `capacityProviderStrategy` exclude each other")
            .hint("keep one of them")
            .report();
        return None;
    }
    if let Some(at) = strategy {
        return cluster.strategy(&at);
    }
    let is_fargate = match &launch {
        Some(at) if at.node.as_text() == Some("FARGATE_SPOT") => {
            at.problem("`FARGATE_SPOT` is a capacity provider, not a launch type")
                .hint(
                    "write `capacityProviderStrategy: [{ capacityProvider: FARGATE_SPOT }]` \
                     instead of `launchType`",
                )
                .report();
            return None;
        }
        Some(at) => at.choice(&[("EC2", false), ("FARGATE", true)])?,
        None => return cluster.default_target(),
    };
    if !is_fargate {
        return Some(Target::AnyInstance);
    }
    let providers = &mut cluster.cluster.providers;
    let known = providers
        .iter()
        .position(|p| matches!(p.capacity, Capacity::Fargate));
    Some(Target::Provider(known.unwrap_or_else(|| {
        providers.push(Provider {
            name: "FARGATE".into(),
            capacity: Capacity::Fargate,
        });
        providers.len() - 1
    })))
}
