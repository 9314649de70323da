//! Reads the map of each kind of fault. Names of providers, zones, images, services and
//! containers become indices; unknown names are reported.

use super::ground::Ground;
use crate::cluster::WorkId;
use crate::engine::random::Distribution;
use crate::plan::{Capacity, Cluster, Count, FaultKind, FaultName, FleetMember};
use crate::scenario::capacity::fleet;
use crate::scenario::capacity::spot::used_type;
use crate::scenario::keys::faults::{
    AGENT_DISCONNECT, BAD_IMAGE, CONTAINER_FAULT, CONTROL_PLANE_OUTAGE, FARGATE_HOST_LOSS,
    INSTANCE_FAILURE, INSUFFICIENT_CAPACITY, REGISTRY_OUTAGE, ZONE_OUTAGE,
};
use crate::scenario::laws::law;
use crate::scenario::reading::reader::{Cursor, Record};

/// Reads a kind of fault. `None` when it has problems; `Some(None)` when the fault can never
/// occur in this cluster, for which a warning is reported.
pub fn read(name: FaultName, at: &Cursor<'_>, ground: &Ground<'_>) -> Option<Option<FaultKind>> {
    match name {
        FaultName::InstanceFailure => instance_failure(at, ground).map(Some),
        FaultName::AgentDisconnect => agent_disconnect(at, ground).map(Some),
        FaultName::ContainerCrash => {
            let (work, container) = container(at, ground)?;
            Some(Some(FaultKind::ContainerCrash { work, container }))
        }
        FaultName::HealthCheckFailure => {
            let (work, container) = container(at, ground)?;
            Some(Some(FaultKind::HealthCheckFailure { work, container }))
        }
        FaultName::OutOfMemory => {
            let (work, container) = container(at, ground)?;
            Some(Some(FaultKind::OutOfMemory { work, container }))
        }
        FaultName::RegistryOutage => {
            let record = at.record(&REGISTRY_OUTAGE)?;
            let registry = optional(record.get("registry"), |at| {
                ground.images.known_registry(at)
            });
            registry.map(|registry| Some(FaultKind::RegistryOutage { registry }))
        }
        FaultName::BadImage => {
            let image = at.record(&BAD_IMAGE)?.get("image")?;
            let image = ground.images.known(&image)?;
            Some(Some(FaultKind::BadImage { image }))
        }
        FaultName::ControlPlaneOutage => {
            at.record(&CONTROL_PLANE_OUTAGE)?;
            Some(Some(FaultKind::ControlPlaneOutage))
        }
        FaultName::ZoneOutage => zone_outage(at, ground).map(Some),
        FaultName::InsufficientCapacity => insufficient_capacity(at, ground),
        FaultName::FargateHostLoss => {
            at.record(&FARGATE_HOST_LOSS)?;
            Some(Some(FaultKind::FargateHostLoss))
        }
    }
}

/// The value of an optional key: `Some(None)` when the key is absent, `None` when its value has
/// problems.
pub(super) fn optional<'a, T>(
    at: Option<Cursor<'a>>,
    read: impl FnOnce(&Cursor<'a>) -> Option<T>,
) -> Option<Option<T>> {
    match at {
        Some(at) => read(&at).map(Some),
        None => Some(None),
    }
}

fn zone(at: Option<Cursor<'_>>, ground: &Ground<'_>) -> Option<Option<usize>> {
    optional(at, |at| fleet::zone(at, &ground.providers.cluster.zones))
}

fn instance_failure(at: &Cursor<'_>, ground: &Ground<'_>) -> Option<FaultKind> {
    let record = at.record(&INSTANCE_FAILURE)?;
    let (provider, zone, instances) = which_instances(
        &record,
        ground,
        "the hosts of Fargate tasks fail with `fargateHostLoss: {}`",
    );
    let crews = optional(record.get("repairCrews"), |at| at.integer(1, 1_000_000));
    Some(FaultKind::InstanceFailure {
        provider: provider?,
        zone: zone?,
        instances: instances?,
        repair_crews: crews?.map(|crews| crews as u32),
        replaced: false,
    })
}

fn agent_disconnect(at: &Cursor<'_>, ground: &Ground<'_>) -> Option<FaultKind> {
    let record = at.record(&AGENT_DISCONNECT)?;
    let hint = "only instances have agents that can lose their connection";
    let (provider, zone, instances) = which_instances(&record, ground, hint);
    Some(FaultKind::AgentDisconnect {
        provider: provider?,
        zone: zone?,
        instances: instances?,
    })
}

/// The value of an optional key; see [`optional`].
pub(super) type Read<T> = Option<Option<T>>;

/// Reads the keys that select instances: provider, zone, and numbers in the order of
/// registration. `on_fargate` is the hint for a provider on Fargate.
pub(super) fn which_instances(
    record: &Record<'_>,
    ground: &Ground<'_>,
    on_fargate: &str,
) -> (Read<usize>, Read<usize>, Read<Vec<u32>>) {
    let instances_at = record.get("instances");
    let provider = optional(record.get("capacityProvider"), |at| {
        provider(at, ground, on_fargate)
    });
    let listed = optional(instances_at.clone(), instances);
    if let (Some(at), Some(Some(listed)), Some(provider)) = (instances_at, &listed, provider)
        && !ground.registers
    {
        warn_of_missing(&at, listed, provider, ground.providers.cluster);
    }
    (
        provider,
        zone(record.get("availabilityZone"), ground),
        listed,
    )
}

/// Warns of numbers that no instance has. There is no warning in a cluster with an Auto Scaling
/// group or with `count: fit`, whose number of instances is not known before the run.
fn warn_of_missing(at: &Cursor<'_>, listed: &[u32], provider: Option<usize>, cluster: &Cluster) {
    let Some(counts) = fixed_counts(cluster) else {
        return;
    };
    let before = |index: usize| counts[..index].iter().sum::<u64>();
    let (first, end) = match provider {
        Some(index) => (before(index), before(index + 1)),
        None => (0, before(counts.len())),
    };
    let is_missing = |number: &u32| !(first..end).contains(&u64::from(*number));
    let Some(number) = listed.iter().copied().find(is_missing) else {
        return;
    };
    let whose = match provider {
        Some(index) => format!(" in `{}`", cluster.providers[index].name),
        None => String::new(),
    };
    let known = match end - first {
        0 => "none".to_string(),
        1 => format!("only instance {first}"),
        _ => format!("instances {first} to {}", end - 1),
    };
    at.problem(format!("there is no instance {number}{whose}"))
        .expected(format!(
            "numbers from 0 in the order of the file; there are {known}{whose}"
        ))
        .warning()
        .report();
}

/// The number of instances of each provider; `None` unless all providers are fleets with fixed
/// counts, or Fargate.
fn fixed_counts(cluster: &Cluster) -> Option<Vec<u64>> {
    let count = |member: &FleetMember| match member.count {
        Count::Fixed(count) => Some(u64::from(count)),
        Count::Fit { .. } => None,
    };
    let providers = cluster.providers.iter();
    providers
        .map(|provider| match &provider.capacity {
            Capacity::Fleet(members) => members.iter().map(count).sum(),
            Capacity::Group(_) => None,
            Capacity::Fargate | Capacity::FargateSpot => Some(0),
        })
        .collect()
}

/// The index of a provider with instances; a provider on Fargate is reported with the hint
/// `on_fargate`.
fn provider(at: &Cursor<'_>, ground: &Ground<'_>, on_fargate: &str) -> Option<usize> {
    let index = ground.providers.index(at)?;
    let provider = &ground.providers.cluster.providers[index];
    if provider.capacity.is_fargate() {
        at.problem(format!("`{}` has no instances", provider.name))
            .hint(on_fargate)
            .report();
        return None;
    }
    Some(index)
}

/// Reads a list of numbers of instances; returns them ascending, each once.
fn instances(at: &Cursor<'_>) -> Option<Vec<u32>> {
    let mark = at.context.mark();
    let items = at.list();
    if items.is_empty() && at.context.mark() == mark {
        at.problem("this list is empty")
            .hint("leave it out for all instances")
            .report();
    }
    if !at.context.is_clean_since(mark) {
        return None;
    }
    let numbers: Vec<_> = items
        .iter()
        .map(|item| item.integer(0, 10_000_000))
        .collect();
    let numbers: Option<Vec<u64>> = numbers.into_iter().collect();
    let mut numbers: Vec<u32> = numbers?.into_iter().map(|n| n as u32).collect();
    numbers.sort_unstable();
    numbers.dedup();
    Some(numbers)
}

/// Reads the keys that select containers: by service or entry, and by name.
fn container(at: &Cursor<'_>, ground: &Ground<'_>) -> Option<(Option<WorkId>, Option<String>)> {
    let record = at.record(&CONTAINER_FAULT)?;
    let work = match (record.get("service"), record.get("tasks")) {
        (Some(_), Some(tasks)) => {
            tasks
                .problem("`service` and `tasks` exclude each other")
                .hint("keep one of them")
                .report();
            None
        }
        (Some(service), None) => ground.works.service(&service).map(Some),
        (None, Some(tasks)) => ground.works.task(&tasks).map(Some),
        (None, None) => Some(None),
    };
    let work = work?;
    let container = optional(record.get("container"), |at| {
        ground.works.container(at, work)
    });
    Some((work, container?))
}

fn zone_outage(at: &Cursor<'_>, ground: &Ground<'_>) -> Option<FaultKind> {
    let record = at.record(&ZONE_OUTAGE)?;
    let zone = zone(record.get("availabilityZone"), ground);
    let share = match record.get("share") {
        Some(at) => law::share(&at),
        None => Some(Distribution::Constant(1.0)),
    };
    Some(FaultKind::ZoneOutage {
        zone: zone?,
        share: share?,
    })
}

fn insufficient_capacity(at: &Cursor<'_>, ground: &Ground<'_>) -> Option<Option<FaultKind>> {
    let record = at.record(&INSUFFICIENT_CAPACITY)?;
    let instance_type = optional(record.get("instanceType"), |at| {
        used_type(at, ground.providers.cluster, ground.own)
    });
    let zone = zone(record.get("availabilityZone"), ground);
    let spot_only = match record.get("spotOnly") {
        Some(at) => at.boolean(),
        None => Some(false),
    };
    let (instance_type, zone, spot_only) = (instance_type?, zone?, spot_only?);
    if instance_type == Some(None) {
        return Some(None);
    }
    Some(Some(FaultKind::InsufficientCapacity {
        instance_type: instance_type.flatten(),
        zone,
        spot_only,
    }))
}
