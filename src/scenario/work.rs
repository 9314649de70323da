//! Reading the entries of `tasks`: what arrives, where it may run, and whether it can run
//! there at all.

use super::cluster::{self, ClusterRead};
use super::fitting::{Fit, overrides};
use super::keys;
use super::law::{self, Quantity};
use super::placement::placement;
use super::reader::{Cursor, Record};
use super::taskdef::TaskDefinition;
use super::trace::{self};
use super::{arrivals, study::Shared};
use crate::engine::random::Distribution;
use crate::plan::{Arrivals, Capacity, OnNoCapacity, Provider, Retry, Target, TaskEntry};
use std::sync::Arc;

/// What entries are read against.
pub struct Surroundings<'r, 'a> {
    /// The task definitions; `None` for one that has problems of its own.
    pub definitions: &'r [Option<TaskDefinition<'a>>],
    /// The same, by `family:revision`, including those with problems.
    pub names: &'r [(String, u64)],
    /// The region.
    pub region: Option<&'r str>,
    /// What all variants share.
    pub shared: &'r Shared,
}

/// Reads one entry. The cluster gains a `FARGATE` provider when the launch type asks for
/// one that nobody listed.
pub fn read(
    at: &Cursor<'_>,
    around: &Surroundings<'_, '_>,
    cluster: &mut ClusterRead<'_>,
) -> Option<TaskEntry> {
    let mark = at.context.mark();
    let record = at.record(&keys::TASK_ENTRY)?;
    let name_at = record.get("name")?;
    let name = cluster::name_in_figures(&name_at);
    if name.as_deref() == Some("all") {
        name_at
            .problem("`all` is a name that figures use themselves")
            .report();
    }
    let definition = record
        .get("taskDefinition")
        .and_then(|at| definition(&at, around));
    let target = target(&record, cluster);
    let placement = placement(&record);
    let count = match record.get("count") {
        Some(at) => at.integer(1, 1_000_000),
        None => Some(1),
    };
    let on_no_capacity = match record.get("onNoCapacity") {
        Some(at) if at.node.as_text() == Some("provisioning") => {
            at.problem("`provisioning` is not modelled yet")
                .expected("`queue` or `fail`")
                .report();
            None
        }
        Some(at) => at.choice(&[("queue", OnNoCapacity::Queue), ("fail", OnNoCapacity::Fail)]),
        None => Some(OnNoCapacity::Queue),
    };
    let overrides = overrides(&record);
    let recorded = record.get("trace");
    let arrivals = match (record.get("arrivals"), &recorded) {
        (Some(at), None) => arrivals::read(&at),
        (None, Some(_)) => None,
        (Some(_), Some(trace)) => {
            trace
                .problem("an entry has either `arrivals` or a `trace`")
                .hint("keep one of them")
                .report();
            None
        }
        (None, None) if record.is_mistyped("arrivals") || record.is_mistyped("trace") => None,
        (None, None) => {
            at.problem("nothing says when these tasks arrive")
                .hint("give `arrivals`, such as `{ poisson: 22/s, limit: 1000 }`, or a `trace`")
                .report();
            None
        }
    };
    let duration = match (record.get("duration"), &recorded) {
        (Some(at), _) => law::read(&at, Quantity::Seconds),
        (None, Some(_)) => Some(Distribution::Constant(0.0)),
        (None, None) if record.is_mistyped("duration") => None,
        (None, None) => {
            at.problem("`duration` is missing")
                .expected(
                    "a duration such as `90s`, or a law such as `{ exponential: { mean: 90s } }`",
                )
                .report();
            None
        }
    };
    let read_trace = recorded.as_ref().and_then(|at| around.shared.trace(at));
    if recorded.is_some() && read_trace.is_none() && at.context.is_clean_since(mark) {
        // The same trace failed for an earlier variant and was reported there.
        return None;
    }
    let (definition, target, overrides) = (definition?, target?, overrides?);
    let group = match record.get("group") {
        Some(at) => at.text()?.to_string(),
        None => format!("family:{}", definition.family),
    };
    let fit = Fit {
        at,
        record: &record,
        definition,
        cluster: &cluster.cluster,
        target: target.clone(),
        region: around.region,
    };
    let demand = fit.demand(overrides, read_trace.as_deref());
    fit.check(&demand, read_trace.as_deref());
    let arrivals = match (&read_trace, &recorded) {
        (Some(read), Some(at)) => {
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
    Some(TaskEntry {
        name: name?,
        definition: definition.full_name(),
        group,
        target,
        placement: placement?,
        arrivals: arrivals?,
        count: count? as u32,
        demand,
        duration: duration?,
        on_no_capacity: on_no_capacity?,
        distinct_instance: false,
        containers: Arc::from([]),
        retry: Retry::default(),
    })
}

/// The task definition of an entry: `family` means its latest revision (facts/ecs.md 4).
fn definition<'r, 'a>(
    at: &Cursor<'_>,
    around: &'r Surroundings<'_, 'a>,
) -> Option<&'r TaskDefinition<'a>> {
    let text = at.text()?;
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
        at.problem(format!("there is no task definition `{text}`"))
            .among(text, names.iter().map(String::as_str))
            .report();
        return None;
    };
    around
        .definitions
        .iter()
        .flatten()
        .find(|d| d.family == *family && d.revision == *revision)
}

fn target(record: &Record<'_>, cluster: &mut ClusterRead<'_>) -> Option<Target> {
    let launch = record.get("launchType");
    let strategy = record.get("capacityProviderStrategy");
    // facts/ecs.md 2.
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
        Some(at) => at.choice(&[("EC2", false), ("FARGATE", true)])?,
        None => {
            if let Some(target) = &cluster.default_target {
                return Some(target.clone());
            }
            if cluster
                .at
                .node
                .get("defaultCapacityProviderStrategy")
                .is_some()
            {
                return None; // It has a problem of its own.
            }
            false
        }
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
