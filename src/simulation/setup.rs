//! From a plan to the world at time zero.

use super::arrivals::{Source, next_time};
use super::{Entry, Event, Fact, FleetMeter, ProviderState, World};
use crate::catalog::Architecture;
use crate::cluster::{
    Cluster, EntryId, GroupId, PendingQueue, PoolId, PoolSpec, ProviderId, Requirement, Tasks,
    ZoneId,
};
use crate::engine::random::{Purpose, StreamKey};
use crate::engine::{Agenda, Reader};
use crate::plan::{Arrivals, Capacity, Count, FleetMember, InstanceType, Plan, Target};
use crate::policy::placement::{Scheduler, counted_attributes, counted_by_instance, wants_blocks};
use crate::units::{SimTime, Span};
use crate::usage::{Item, MeterKey, Meters};
use std::collections::BTreeMap;

impl<'p> World<'p> {
    /// The world at time zero.
    ///
    /// # Panics
    /// When a count is still to be fitted.
    pub fn new(plan: &'p Plan, seed: u64, scheduler: Box<dyn Scheduler>) -> Self {
        let groups = groups_of(plan);
        let mut cluster = Cluster::new(groups.len());
        if plan
            .tasks
            .iter()
            .any(|entry| wants_blocks(&entry.placement))
        {
            cluster.keep_blocks();
        }
        for entry in &plan.tasks {
            let group = GroupId::new(groups[entry.group.as_str()]);
            if let Some(whose) = counted_by_instance(&entry.placement, group) {
                cluster.keep_count(whose);
            }
        }
        let mut meters = Meters::new(SimTime::ZERO + plan.warm_up);
        let mut fleet = Vec::new();
        let mut providers = Vec::new();
        let mut joining: Vec<PoolId> = Vec::new();
        for (number, provider) in plan.cluster.providers.iter().enumerate() {
            let mut state = ProviderState::default();
            match &provider.capacity {
                Capacity::Fleet(members) => {
                    let id = ProviderId::new(number);
                    join_fleet(plan, id, members, &mut cluster, &mut joining);
                    meter_fleet(plan, id, members, &mut meters, &mut fleet);
                }
                Capacity::Group(_) | Capacity::Fargate | Capacity::FargateSpot => {
                    let zones = plan.cluster.zones.len();
                    state.meters = (0..zones)
                        .map(|zone| {
                            [Architecture::X86, Architecture::Arm].map(|arch| {
                                let items = [
                                    Item::FargateCpu(arch),
                                    Item::FargateMemory(arch),
                                    Item::FargateStorage(arch),
                                ];
                                items.map(|item| {
                                    meters.register(MeterKey {
                                        provider: number,
                                        zone,
                                        item,
                                    })
                                })
                            })
                        })
                        .collect();
                    state.tasks = vec![0; zones * groups.len()];
                }
            }
            providers.push(state);
        }
        for name in plan
            .tasks
            .iter()
            .flat_map(|entry| counted_attributes(&entry.placement))
        {
            cluster.count_by(name);
        }
        for pool in joining {
            cluster.register(pool);
        }
        for fleet in &fleet {
            meters.start(fleet.meter, fleet.amount, SimTime::ZERO);
        }
        let requirements = plan
            .tasks
            .iter()
            .map(|entry| requirement(entry, &cluster, &groups))
            .collect();
        let key = |purpose, name: &str| StreamKey::new(seed, purpose, name);
        let placement_keys = plan
            .tasks
            .iter()
            .map(|entry| key(Purpose::Placement, &entry.name))
            .collect();
        let entries = plan
            .tasks
            .iter()
            .map(|entry| {
                let provider = match entry.target {
                    Target::Provider(index) => Some(ProviderId::new(index)),
                    Target::AnyInstance | Target::Strategy(_) => None,
                };
                Entry {
                    source: Source::new(&entry.arrivals),
                    arrivals: key(Purpose::Arrival, &entry.name),
                    cpu: key(Purpose::TaskCpu, &entry.name),
                    memory: key(Purpose::TaskMemory, &entry.name),
                    durations: key(Purpose::TaskDuration, &entry.name),
                    arrived: 0,
                    born: 0,
                    provider,
                    on_fargate: plan.is_on_fargate(&entry.target),
                    group: groups[entry.group.as_str()],
                    arm: entry.demand.architecture == Some(Architecture::Arm),
                    fixed_duration: Span::from_seconds_f64(entry.duration.mean().unwrap_or(0.0)),
                }
            })
            .collect();
        Self {
            plan,
            cluster,
            tasks: Tasks::default(),
            entries,
            requirements,
            placement_keys,
            scheduler,
            waiting: PendingQueue::default(),
            fresh: Vec::new(),
            freed: Vec::new(),
            placed: Vec::new(),
            refused: Vec::new(),
            dirty: false,
            failed: None,
            meters,
            fleet,
            providers,
            checks: 0,
        }
    }

    /// Reports what is there and schedules the first arrivals.
    pub(super) fn begin<R: Reader<Fact>>(&mut self, agenda: &mut Agenda<Event>, reader: &mut R) {
        for (_, instance) in self.cluster.instances() {
            let spec = &self.cluster.pool(instance.pool()).spec;
            let fact = Fact::InstanceRegistered {
                provider: spec.provider,
                instance_type: spec.instance_type,
                zone: spec.zone,
                cpu: spec.cpu.as_base(),
                memory: spec.memory.as_bytes(),
                gpus: spec.gpus,
            };
            reader.read(SimTime::ZERO, &fact);
        }
        for index in 0..self.plan.tasks.len() {
            if let Arrivals::Trace(trace) = &self.plan.tasks[index].arrivals
                && trace.skipped_tasks > 0
            {
                let tasks = trace.skipped_tasks;
                reader.read(
                    SimTime::ZERO,
                    &Fact::TasksSkipped {
                        entry: index,
                        tasks,
                    },
                );
            }
            let entry = EntryId::new(index);
            if let Some(time) = next_time(self, entry, SimTime::ZERO) {
                agenda.push(time, Event::WorkArrives { entry });
            }
        }
    }
}

/// Task groups by name, with their ids.
fn groups_of(plan: &Plan) -> BTreeMap<&str, usize> {
    let mut groups: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in &plan.tasks {
        let next = groups.len();
        groups.entry(&entry.group).or_insert(next);
    }
    groups
}

/// Pools of a fleet and the order in which its instances register: member by member, each
/// over its zones in turn, the turn going on from member to member.
fn join_fleet(
    plan: &Plan,
    provider: ProviderId,
    members: &[FleetMember],
    cluster: &mut Cluster,
    joining: &mut Vec<PoolId>,
) {
    let mut turn = 0;
    for member in members {
        let pools: Vec<PoolId> = member
            .zones
            .iter()
            .map(|zone| {
                let kind = &plan.cluster.instance_types[member.instance_type];
                let zone_name = &plan.cluster.zones[*zone];
                let attributes = attributes(kind, zone_name, member);
                cluster.add_pool(PoolSpec {
                    provider,
                    zone: ZoneId::new(*zone),
                    instance_type: member.instance_type,
                    cpu: kind.cpu,
                    memory: kind.memory,
                    gpus: kind.gpus,
                    task_interfaces: kind.task_interfaces,
                    architecture: kind.architecture,
                    operating_system: kind.operating_system,
                    attributes,
                })
            })
            .collect();
        for _ in 0..count_of(member) {
            joining.push(pools[turn % pools.len()]);
            turn += 1;
        }
    }
}

fn count_of(member: &FleetMember) -> u32 {
    match member.count {
        Count::Fixed(count) => count,
        Count::Fit { .. } => panic!("a count that is to fit is found before a run"),
    }
}

/// The built-in attributes (facts/ecs.md 40), then the custom ones.
fn attributes(kind: &InstanceType, zone: &str, member: &FleetMember) -> BTreeMap<String, String> {
    let architecture = match kind.architecture {
        Architecture::X86 => "x86_64",
        Architecture::Arm => "arm64",
    };
    let built_in = [
        ("ecs.availability-zone", zone.to_string()),
        ("ecs.instance-type", kind.name.clone()),
        ("ecs.cpu-architecture", architecture.to_string()),
        (
            "ecs.os-type",
            kind.operating_system.name().to_ascii_lowercase(),
        ),
    ];
    let custom = member
        .attributes
        .iter()
        .map(|(name, value)| (name.clone(), value.clone()));
    built_in
        .into_iter()
        .map(|(name, value)| (name.to_string(), value))
        .chain(custom)
        .collect()
}

/// Meters of a fleet's instances and root volumes, by zone.
fn meter_fleet(
    plan: &Plan,
    provider: ProviderId,
    members: &[FleetMember],
    meters: &mut Meters,
    fleet: &mut Vec<FleetMeter>,
) {
    let mut turn = 0;
    for member in members {
        let mut by_zone = vec![0u64; plan.cluster.zones.len()];
        for _ in 0..count_of(member) {
            by_zone[member.zones[turn % member.zones.len()]] += 1;
            turn += 1;
        }
        let volume = member
            .root_volume
            .map(|size| (Item::RootVolume, size.as_bytes()));
        for (zone, count) in by_zone
            .into_iter()
            .enumerate()
            .filter(|(_, count)| *count > 0)
        {
            let instances = (Item::Instance(member.instance_type), 1);
            for (item, each) in [Some(instances), volume].into_iter().flatten() {
                let key = MeterKey {
                    provider: provider.index(),
                    zone,
                    item,
                };
                let meter = meters.register(key);
                fleet.push(FleetMeter {
                    meter,
                    amount: each * count,
                });
            }
        }
    }
}

/// Which pools an entry's tasks may go to (facts/ecs.md 76, 78).
fn requirement(
    entry: &crate::plan::TaskEntry,
    cluster: &Cluster,
    groups: &BTreeMap<&str, usize>,
) -> Requirement {
    let eligible = |spec: &PoolSpec| {
        let providers = entry.target.providers();
        let right_provider = providers.is_empty() || providers.contains(&spec.provider.index());
        let demand = &entry.demand;
        right_provider
            && demand
                .architecture
                .is_none_or(|wanted| wanted == spec.architecture)
            && demand
                .operating_system
                .is_none_or(|wanted| wanted == spec.operating_system)
    };
    let pools = cluster.pools().iter().enumerate();
    let mut ports = entry.demand.host_ports.clone();
    ports.sort_unstable();
    ports.dedup();
    Requirement {
        pools: pools
            .filter(|(_, pool)| eligible(&pool.spec))
            .map(|(index, _)| PoolId::new(index))
            .collect(),
        ports,
        group: GroupId::new(groups[entry.group.as_str()]),
    }
}
