//! Reads the effective tree of one variant into its plan, and makes the study of all plans.

use super::work::{self, Found};
use super::{assumptions, costs, expect, unbilled};
use crate::plan::check::rules;
use crate::plan::{
    Action, Arrivals, Capacity, Cluster, Count, Delays, Fault, InstanceType, JobQueue, Plan,
    QueueOrder, Scheduling, Service, SpotMarket, Study, TaskEntry, Until,
};
use crate::scenario::capacity::images::{self, Images};
use crate::scenario::capacity::{cluster, spot};
use crate::scenario::faults::{actions, entries, ground, realistic};
use crate::scenario::keys::scenario::{DELAYS, JOB_QUEUE, SCENARIO};
use crate::scenario::laws::schedule;
use crate::scenario::reading::reader::{Context, Cursor, Record};
use crate::scenario::reading::tree::{Node, Value};
use crate::scenario::traces::shared::Shared;
use crate::scenario::traces::trace::Clock;
use crate::scenario::work::alarms::AlarmNames;
use crate::scenario::work::taskdef::{self, TaskDefinition};
use crate::scenario::work::tasks::Surroundings;
use crate::scenario::work::{never, queues, service_calls, targets, works};
use crate::units::{HOUR, Span};
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The name of the only variant of a scenario without `variants`.
pub const BASE: &str = "base";

/// Reads a variant's effective tree; `None` when it has problems.
pub fn plan(root: &Cursor<'_>, variant: &str, shared: &Shared) -> Option<Plan> {
    let context = root.context;
    let mark = context.mark();
    let record = root.record(&SCENARIO)?;
    check_version(&record);
    let name = name(&record);
    let region = cluster::region(&record);
    let start = start(&record);
    let zone = schedule::zone(&record, &TimeZone::UTC);
    let until = until(&record);
    let warm_up = record.parse_or::<Span>("warmUp");
    if let (Some(until), Some(warm_up)) = (until, warm_up)
        && let Some(flaw) = rules::length(until, warm_up)
    {
        record.flaw(flaw);
    }
    let is_realistic = entries::are_realistic(&record);
    let assumptions = assumptions::read(&record, is_realistic);
    // With assumptions that have problems there is no plan; the defaults let the other keys be
    // checked all the same.
    let assumed = assumptions.clone().unwrap_or_default();
    let share = assumed.registered_memory_share;
    let own = crate::scenario::capacity::types::own_types(&record, share);
    let mut cluster = record
        .get("cluster")
        .and_then(|at| cluster::read(&at, region.as_deref(), &own, share));
    let clock = clock(start, &zone, until);
    let load_balancers = targets::read(&record, region.as_deref(), (clock, shared));
    let (definitions, names) = definitions(&record);
    let mut images = images::read(&record, &assumed);
    let alarm_names = AlarmNames::of(&record, assumed.bake_time);
    let works = works::Works::of(&record);
    let queues = queues::read(&record, region.as_deref(), (clock, shared));
    let mut found = Found::default();
    if let Some(cluster) = cluster.as_mut() {
        let around = Surroundings {
            definitions: &definitions,
            names: &names,
            groups: works::groups(&record),
            started: works::started_by_actions(&record),
            alarms: &alarm_names,
            load_balancers: &load_balancers,
            queues: &queues,
            clock,
            region: region.as_deref(),
            registered_share: share,
            shared,
        };
        found = work::read(&record, &around, (&works, until), cluster, &mut images);
    }
    let Found {
        mut tasks,
        mut services,
        deployments,
        alarms,
    } = found;
    let calls = service_calls::read(&record, &works, (&services, until));
    check_drained(&record, until);
    cluster.iter().for_each(check_fit);
    let spot_and_faults = spot_and_faults(&record, cluster.as_ref(), &own, &works, &images, until);
    let job_queue = job_queue(&record);
    let delays = delays(&record);
    if let (Some(Delays::Realistic), Some(at)) = (delays, record.get("delays")) {
        images.note_assumed(&at);
    }
    let costs = costs::read(&record);
    if !context.is_clean_since(mark) {
        return None;
    }
    let (costs, region) = (costs?, region?);
    let (images, registries) = images.into_plan();
    let start = start?;
    let cluster = cluster?.cluster;
    warn_of_never(&record, &tasks, &services, &cluster);
    start_schedules(&mut tasks, &mut services, start);
    let mut plan = Plan {
        scenario: name?,
        variant: variant.to_string(),
        start_unix_seconds: start,
        time_zone: name_of_zone(&zone),
        until: until?,
        warm_up: warm_up?,
        cluster,
        job_queue: job_queue?,
        tasks,
        services,
        calls,
        load_balancers: load_balancers.load_balancers,
        target_groups: load_balancers.target_groups,
        queues: queues.queues,
        images,
        registries,
        spot: spot_and_faults.spot?,
        faults: spot_and_faults.faults,
        alarms,
        deployments,
        actions: spot_and_faults.actions,
        delays: delays?,
        launch_failures_without_faults: is_realistic
            .then(|| realistic::launch_failures_without(assumed.launch_failures)),
        assumptions: Arc::new(assumptions?),
        prices: costs.prices(&region, context.catalog),
        unbilled: Vec::new(),
        region,
    };
    plan.unbilled = unbilled::of(root.node, &plan);
    shrink(&mut plan);
    Some(plan)
}

/// The name of a time zone other than UTC.
fn name_of_zone(zone: &TimeZone) -> Option<String> {
    let name = zone.iana_name().filter(|name| *name != "UTC");
    name.map(str::to_owned)
}

/// The clock of a run.
const fn clock(start: Option<i64>, zone: &TimeZone, until: Option<Until>) -> Clock<'_> {
    Clock { start, zone, until }
}

/// Gives back the room that lists have kept to grow: a study has a plan per variant.
fn shrink(plan: &mut Plan) {
    plan.tasks.shrink_to_fit();
    plan.services.shrink_to_fit();
    plan.images.shrink_to_fit();
    plan.registries.shrink_to_fit();
    plan.cluster.instance_types.shrink_to_fit();
    plan.cluster.providers.shrink_to_fit();
    plan.cluster.zones.shrink_to_fit();
}

fn check_version(record: &Record<'_>) {
    if let Some(at) = record.get("ecsim")
        && at.node.as_text() != Some("1")
    {
        let text = at.node.as_text().unwrap_or_default();
        at.problem(format!("version `{text}` of the format is not known"))
            .expected("`1`")
            .report();
    }
}

/// Lets the schedules of entries and services begin at the scenario's `start`, in Unix seconds.
fn start_schedules(tasks: &mut [TaskEntry], services: &mut [Service], start: i64) {
    let of_tasks = tasks
        .iter_mut()
        .filter_map(|entry| match &mut entry.arrivals {
            Arrivals::Schedule(schedule) => Some(schedule),
            _ => None,
        });
    let of_services = services
        .iter_mut()
        .flat_map(|service| &mut service.scheduled)
        .map(|action| &mut action.schedule);
    for schedule in of_tasks.chain(of_services) {
        *schedule = schedule.clone().starting_at(start);
    }
}

/// The Spot market, the faults and the actions of a plan.
struct SpotAndFaults {
    spot: Option<SpotMarket>,
    faults: Vec<Fault>,
    actions: Vec<Action>,
}

/// Reads `spot`, `faults` and `actions`. They refer to instance types, images, entries and services
/// by name, so that these are read before.
fn spot_and_faults(
    record: &Record<'_>,
    cluster: Option<&cluster::ClusterRead<'_>>,
    own: &BTreeMap<String, Option<InstanceType>>,
    works: &works::Works,
    images: &Images,
    until: Option<Until>,
) -> SpotAndFaults {
    let mut found = SpotAndFaults {
        spot: None,
        faults: Vec::new(),
        actions: Vec::new(),
    };
    // Without a cluster no name can be looked up, and there is no plan.
    if let Some(cluster) = cluster {
        found.spot = spot::read(
            record,
            &spot::Ground {
                cluster: &cluster.cluster,
                own,
                until,
            },
        );
        let ground = ground::Ground {
            providers: cluster.providers(),
            own,
            works,
            images,
            registers: actions::registers(record),
            until,
        };
        found.faults = entries::read(record, &ground);
        found.actions = actions::read(record, &ground);
    }
    found
}

type Definitions<'a> = (Vec<Option<TaskDefinition<'a>>>, Vec<(String, u64)>);

/// A run until it is drained needs tasks.
fn check_drained(record: &Record<'_>, until: Option<Until>) {
    if until == Some(Until::Drained) && record.get("tasks").is_none() {
        record
            .at
            .problem("`until: drained` needs `tasks`, without which the run has no length")
            .hint("give `tasks`, or `until: 7d`")
            .report();
    }
}

/// The task definitions, and the family and revision of all of them, also of those with problems.
fn definitions<'a>(record: &Record<'a>) -> Definitions<'a> {
    let Some(at) = record.get("taskDefinitions") else {
        return (Vec::new(), Vec::new());
    };
    let names = match &at.node.value {
        Value::List(items) => items
            .iter()
            .filter_map(|item| {
                let family = item.get("family")?.as_text()?.to_string();
                let revision = item.get("revision").and_then(Node::as_text);
                Some((family, revision.map_or(Some(1), |text| text.parse().ok())?))
            })
            .collect(),
        _ => Vec::new(),
    };
    (taskdef::read_all(&at), names)
}

/// Reads the name of the scenario, which is also that of the report's folder.
fn name(record: &Record<'_>) -> Option<String> {
    let at = record.get("name")?;
    let text = at.text()?;
    let is_valid = (1..=100).contains(&text.len())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if !is_valid {
        at.problem(format!("`{text}` cannot be the name of a scenario"))
            .expected("up to 100 letters, digits, `-` and `_`: it names the report's folder")
            .report();
        return None;
    }
    Some(text.to_string())
}

fn start(record: &Record<'_>) -> Option<i64> {
    let Some(at) = record.get("start") else {
        return record
            .preset("start")?
            .parse::<jiff::Timestamp>()
            .ok()
            .map(|start| start.as_second());
    };
    let text = at.text()?;
    let Ok(start) = text.parse::<jiff::Timestamp>() else {
        at.bad_value(
            text,
            &format!("`{text}` is not a point in time"),
            "a date with time and zone such as `2026-11-02T00:00:00Z`",
        );
        return None;
    };
    let hour = (HOUR / 1_000_000) as i64;
    if start.as_second() % hour != 0 || start.subsec_nanosecond() != 0 {
        at.problem(format!("`{text}` is not a whole hour"))
            .expected("a start at a whole hour, because usage is metered by clock hour")
            .report();
        return None;
    }
    if !(EARLIEST_START..LATEST_START).contains(&start.as_second()) {
        at.problem(format!("`{text}` is out of range"))
            .expected("a start from 1970 to 2099")
            .report();
        return None;
    }
    Some(start.as_second())
}

/// The years 1970 and 2100 in Unix seconds. With the longest run of 100 years all times are within
/// the range of calendar functions.
const EARLIEST_START: i64 = 0;
const LATEST_START: i64 = 4_102_444_800;

fn until(record: &Record<'_>) -> Option<Until> {
    let at = record.get("until")?;
    if at.node.as_text() == Some("drained") {
        return Some(Until::Drained);
    }
    let until = Until::Elapsed(at.parse()?);
    if let Some(flaw) = rules::length(until, Span::ZERO) {
        at.flaw(flaw);
        return None;
    }
    Some(until)
}

/// Warns of entries and services that can never run.
fn warn_of_never(
    record: &Record<'_>,
    tasks: &[TaskEntry],
    services: &[Service],
    cluster: &Cluster,
) {
    // An action may give a group its instances.
    if record.get("actions").is_some() {
        return;
    }
    let place = |list: &'static str, key: &str, name: &str| {
        let items = record.get(list)?.entities(&[key]).into_iter();
        let mut named = items.filter(|at| at.node.get(key).and_then(Node::as_text) == Some(name));
        named.next()
    };
    let entries = tasks.iter().filter_map(|entry| {
        let at = place("tasks", "name", &entry.name)?;
        Some((at, &entry.name, &entry.target))
    });
    let replicas = services.iter().filter(|service| {
        let is_wanted = service.desired_count > 0 || !service.scheduled.is_empty();
        service.scheduling == Scheduling::Replica && is_wanted
    });
    let replicas = replicas.filter_map(|service| {
        let at = place("services", "serviceName", &service.name)?;
        Some((at, &service.name, &service.target))
    });
    let works = entries.chain(replicas);
    let works = works.map(|(at, name, target)| never::Placed { at, name, target });
    never::warn(&works.collect::<Vec<_>>(), cluster);
}

/// Reports counts with `fit` that have different bounds: all of them get the same number.
fn check_fit(read: &cluster::ClusterRead<'_>) {
    let mut bounds = read
        .cluster
        .providers
        .iter()
        .filter_map(|provider| match &provider.capacity {
            Capacity::Fleet(members) => Some(members),
            _ => None,
        })
        .flatten()
        .filter_map(|member| match member.count {
            Count::Fit { longest_wait } => Some(longest_wait),
            Count::Fixed(_) => None,
        });
    if let Some(first) = bounds.next()
        && let Some(other) = bounds.find(|bound| *bound != first)
    {
        let at = &read.at;
        at.problem(format!(
            "all counts with `fit` must have the same bound, not `{first}` and `{other}`"
        ))
        .hint("give all of them the same `longestWait`")
        .report();
    }
}

fn job_queue(record: &Record<'_>) -> Option<JobQueue> {
    let mut queue = JobQueue {
        order: QueueOrder::HeadOfLine,
        limit: None,
    };
    let Some(at) = record.get("jobQueue") else {
        return Some(queue);
    };
    let record = at.record(&JOB_QUEUE)?;
    if let Some(at) = record.get("order") {
        queue.order = at.choice(&[
            ("headOfLine", QueueOrder::HeadOfLine),
            ("skipAhead", QueueOrder::SkipAhead),
        ])?;
    }
    if let Some(at) = record.get("limit") {
        queue.limit = Some(at.integer(0, 1_000_000_000)? as u32);
    }
    Some(queue)
}

fn delays(record: &Record<'_>) -> Option<Delays> {
    let at = record.get("delays")?;
    match at.node.as_text() {
        Some("none") => Some(Delays::None),
        Some("realistic") => Some(Delays::Realistic),
        Some(text) => {
            at.bad_value(
                text,
                &format!("`{text}` is not a kind of delays"),
                "`none`, `realistic`, or a fixed start-up such as `{ start: 1500ms }`",
            );
            None
        }
        None => {
            let start = at.record(&DELAYS)?.get("start")?.parse::<Span>()?;
            Some(Delays::Start(start))
        }
    }
}

/// The study of the plans of the variants that were read; `root` is the base, `unread` are the
/// names of the other variants.
pub fn study(
    root: &Cursor<'_>,
    plans: Vec<Plan>,
    unread: &[&str],
    seeds: Option<u32>,
) -> Option<Study> {
    let context: &Context<'_> = root.context;
    let mark = context.mark();
    let record = root.record(&SCENARIO)?;
    let written = match record.get("seeds") {
        Some(at) => at.integer(1, 1_000_000)? as u32,
        None => record.preset("seeds")?.parse().ok()?,
    };
    let name = name(&record)?;
    let description = record.text("description").unwrap_or_default().to_string();
    let expectations = expect::read(&record, &plans, unread);
    context.is_clean_since(mark).then(|| Study {
        name,
        description,
        file: String::new(),
        seeds: seeds.unwrap_or(written),
        variants: plans,
        expectations,
        warnings: Vec::new(),
        left_out: Vec::new(),
        ignored: Vec::new(),
    })
}
