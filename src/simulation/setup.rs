//! The state of the world at time zero, built from a plan.

use super::clients::{Clients, actions};
use super::ecs::{Ecs, alarms, deployments, managed_scaling, services};
use super::event::Event;
use super::fact::Fact;
use super::faults::{self, Faults};
use super::life::Lives;
use super::life::Revision;
use super::pass::Placing;
use super::platform::instances::{self, Launch};
use super::platform::{GroupState, Platform, groups, spot};
use super::play::Policies;
use super::traffic::{Traffic, capacity_units, cpu, queues, requests};
use super::world::World;
use crate::cluster::{
    Cluster, GroupId, Known, MemberOf, PoolId, PoolSpec, ProviderId, Query, Requirement,
    RevisionId, WorkId, ZoneId,
};
use crate::engine::random::{Purpose, StreamKey};
use crate::engine::{Agenda, Reader};
use crate::plan::{
    Arrivals, AutoScalingGroup, Capacity, Count, Demand, FleetMember, PlacementRule, Plan,
    Scheduling, Target, TaskRevision, Until,
};
use crate::policy::placement::{counted_attributes, counted_by_instance, wants_blocks};
use crate::units::{Memory, SimTime};
use std::collections::BTreeMap;

/// Task groups by name, with their ids.
type Groups = BTreeMap<String, GroupId>;

impl<'p> World<'p> {
    /// The world at time zero.
    ///
    /// # Panics
    /// When the plan has a count that is still to be fitted (`count: fit`).
    pub fn new(plan: &'p Plan, seed: u64, policies: impl Into<Policies>) -> Self {
        let Policies {
            scheduler,
            autoscaler,
        } = policies.into();
        let groups = task_groups(plan);
        let mut cluster = Cluster::new(groups.len());
        keep_indexes(plan, &groups, &mut cluster);
        let mut platform = Platform::new(plan, seed, cluster);
        let joining = add_providers(plan, &mut platform, groups.len());
        for (rule, _) in rules(plan) {
            counted_attributes(rule).for_each(|name| platform.cluster_mut().count_by(name));
        }
        for (ordinal, instance) in (0..).zip(joining) {
            let launch = Launch::of_fleet(ordinal, instance.pool, instance.root_volume);
            instances::join_at_start(&mut platform, &launch);
        }
        groups::join_at_start(&mut platform);
        let key = |work| StreamKey::new(seed, Purpose::Placement, plan.work_name(work));
        let keys = plan.per_work(key);
        let mut world = Self {
            lives: Lives::new(platform),
            traffic: Traffic::new(plan, seed),
            ecs: Ecs::new(plan),
            clients: Clients::new(plan, autoscaler),
            faults: Faults::new(plan, seed),
            placing: Placing::new(scheduler, keys),
            ends_with_work: plan.until == Until::Drained && goes_on(plan),
            checks: 0,
        };
        for revision in plan.task_revisions() {
            world.add_revision_of(plan, seed, revision, &groups);
        }
        world
    }

    /// Adds a revision of an entry or a service.
    fn add_revision_of(&mut self, plan: &'p Plan, seed: u64, of: TaskRevision, groups: &Groups) {
        match of.work {
            WorkId::Entry(id) => {
                let entry = &plan.tasks[id.index()];
                let group = groups[entry.group.as_str()];
                let revision = Revision::of_entry(plan, seed, id, group);
                let demand = (&entry.demand, entry.distinct_instance, false);
                let revision = self.add_revision(revision, &entry.target, demand, groups);
                self.clients.add(entry, revision, seed);
            }
            WorkId::Service(id) => {
                let service = &plan.services[id.index()];
                let group = groups[service.group().as_str()];
                let revision = Revision::of_service(plan, seed, of, id, group);
                if of.is_bad {
                    let good = self.ecs.newest_revision(id);
                    let bad = self.lives.add_bad_form(good, revision);
                    return self.ecs.add_bad_form(id, bad);
                }
                let parts = service.revision(of.number);
                let is_daemon = service.scheduling == Scheduling::Daemon;
                let demand = (parts.demand, service.distinct_instance, is_daemon);
                let revision = self.add_revision(revision, parts.target, demand, groups);
                match of.number {
                    0 => self.ecs.add(plan, seed, id, revision),
                    _ => self.ecs.add_revision(id, revision),
                }
            }
        }
    }

    /// Adds a revision with a lane for each provider that its tasks may go to.
    fn add_revision(
        &mut self,
        revision: Revision<'p>,
        target: &'p Target,
        (demand, distinct_instance, daemon): (&Demand, bool, bool),
        groups: &Groups,
    ) -> RevisionId {
        let providers = match target {
            Target::AnyInstance => vec![None],
            _ => target.providers().into_iter().map(Some).collect(),
        };
        let mut ports = demand.host_ports.clone();
        ports.sort_unstable();
        ports.dedup();
        let (cluster, plan) = (self.lives.platform.cluster(), self.lives.platform.plan());
        let open: Vec<usize> = plan.cluster.providers_of(target).map(|(n, _)| n).collect();
        let lane = |provider: Option<usize>| {
            let mut pools = eligible_pools(cluster, demand, provider, &open);
            let member_of = member_of(cluster, demand, &pools, (groups, plan.start_unix_seconds));
            pools.retain(|pool| !member_of.excludes(*pool));
            let requirement = Requirement {
                pools,
                member_of,
                ports: ports.clone(),
                group: revision.group,
                distinct_instance,
                daemon,
            };
            (provider, requirement)
        };
        let lanes: Vec<_> = providers.into_iter().map(lane).collect();
        let items: &[_] = match target {
            Target::Strategy(items) => items,
            _ => &[],
        };
        self.lives.add_revision(revision, lanes, items)
    }

    /// Reports the instances that exist at time zero, and schedules the first event of each arrival
    /// process, fault, Spot pool, group and service. This order of calls decides the order of
    /// events at time zero.
    pub(super) fn begin<R: Reader<Fact>>(&mut self, agenda: &mut Agenda<Event>, reader: &mut R) {
        let platform = &self.lives.platform;
        for (id, _) in platform.instances() {
            let fact = platform.instance_fact(id);
            reader.read(SimTime::ZERO, &Fact::InstanceLaunched(fact));
            reader.read(SimTime::ZERO, &Fact::InstanceRegistered(fact));
        }
        let plan = platform.plan();
        for (entry, planned) in plan.tasks.iter().enumerate() {
            if let Arrivals::Trace(trace) = &planned.arrivals
                && trace.skipped_tasks > 0
            {
                let tasks = trace.skipped_tasks;
                reader.read(SimTime::ZERO, &Fact::TasksSkipped { entry, tasks });
            }
            self.clients.begin(entry, &self.lives, agenda);
        }
        faults::begin(&self.faults, &self.lives, agenda);
        spot::begin(&self.lives.platform, agenda);
        groups::begin(&self.lives.platform, agenda);
        managed_scaling::begin(&mut self.ecs, agenda);
        services::begin(&mut self.ecs, plan, agenda);
        deployments::begin(&self.ecs, plan, agenda, reader);
        requests::begin(&self.traffic, SimTime::ZERO + plan.warm_up, agenda);
        queues::begin(&self.traffic, agenda);
        capacity_units::begin(&mut self.lives, agenda);
        self.lives.platform.start_alarms();
        cpu::begin(&self.lives, agenda);
        alarms::begin(plan, agenda);
        actions::begin(&mut self.clients, plan, agenda);
    }
}

/// Adds the capacity of every provider. Returns the instances of fixed fleets, in the order in
/// which they register.
fn add_providers<'p>(plan: &'p Plan, platform: &mut Platform<'p>, groups: usize) -> Vec<Joining> {
    let mut joining: Vec<Joining> = Vec::new();
    for (number, provider) in plan.cluster.providers.iter().enumerate() {
        let id = ProviderId::new(number);
        match &provider.capacity {
            Capacity::Fleet(members) => {
                let cluster = platform.cluster_mut();
                join_fleet(plan, id, members, cluster, &mut joining);
                platform.add_fleet();
            }
            Capacity::Group(group) => {
                let pools = group_pools(plan, id, group, platform.cluster_mut());
                let seed = platform.seed();
                platform.add_group(GroupState::new(plan, seed, id, group, pools));
            }
            Capacity::Fargate => platform.add_fargate(id, false, groups),
            Capacity::FargateSpot => platform.add_fargate(id, true, groups),
        }
    }
    joining
}

/// True when the plan has event sources that never end by themselves: services, faults, Spot,
/// Auto Scaling groups or measurements of CPU credits.
fn goes_on(plan: &Plan) -> bool {
    let has_group =
        |provider: &crate::plan::Provider| matches!(provider.capacity, Capacity::Group(_));
    let providers = &plan.cluster.providers;
    !plan.services.is_empty()
        || !plan.faults.is_empty()
        || plan.has_spot()
        || plan.counts_cpu_credits()
        || providers.iter().any(has_group)
}

/// Makes the cluster maintain the indexes that the plan's placement rules use.
fn keep_indexes(plan: &Plan, groups: &Groups, cluster: &mut Cluster) {
    if rules(plan).any(|(rule, _)| wants_blocks(rule)) {
        cluster.keep_blocks();
    }
    for (rule, group) in rules(plan) {
        if let Some(whose) = counted_by_instance(rule, groups[&group]) {
            cluster.keep_count(whose);
        }
    }
}

/// The placement rule of each entry and service, with its task group.
fn rules(plan: &Plan) -> impl Iterator<Item = (&PlacementRule, String)> {
    let tasks = plan
        .tasks
        .iter()
        .map(|entry| (&entry.placement, entry.group.clone()));
    let services = plan
        .services
        .iter()
        .map(|service| (&service.placement, service.group()));
    tasks.chain(services)
}

/// The ids of the task groups of a plan by name: numbered in the order of entries, then services.
pub fn task_groups(plan: &Plan) -> Groups {
    let mut groups = Groups::new();
    for (_, group) in rules(plan) {
        let next = GroupId::new(groups.len());
        groups.entry(group).or_insert(next);
    }
    groups
}

/// An instance of a fixed fleet.
struct Joining {
    pool: PoolId,
    root_volume: Option<Memory>,
}

/// Adds the pools of a fleet, and its instances in the order in which they register: member by
/// member. Each instance goes to the next zone of its member, counting from the first instance of
/// the fleet, so that the next member continues where the one before ended.
fn join_fleet(
    plan: &Plan,
    provider: ProviderId,
    members: &[FleetMember],
    cluster: &mut Cluster,
    joining: &mut Vec<Joining>,
) {
    let mut launched = 0;
    for member in members {
        let place = |zone: &usize| (member.instance_type, *zone);
        let pools: Vec<PoolId> = member
            .zones
            .iter()
            .map(|zone| {
                let own = (&member.attributes, &member.agent_version);
                let spec = pool_spec(plan, provider, place(zone), own);
                cluster.add_pool(spec)
            })
            .collect();
        for _ in 0..count_of(member) {
            joining.push(Joining {
                pool: pools[launched % pools.len()],
                root_volume: member.root_volume,
            });
            launched += 1;
        }
    }
}

/// The pools of an Auto Scaling group: for each type, one per zone.
fn group_pools(
    plan: &Plan,
    provider: ProviderId,
    group: &AutoScalingGroup,
    cluster: &mut Cluster,
) -> Vec<Vec<PoolId>> {
    let mut pool = |kind: usize, zone: usize| {
        let own = (&group.attributes, &group.agent_version);
        let spec = pool_spec(plan, provider, (kind, zone), own);
        cluster.add_pool(PoolSpec {
            in_group: true,
            ..spec
        })
    };
    let types = group.types.iter();
    types
        .map(|kind| group.zones.iter().map(|zone| pool(*kind, *zone)).collect())
        .collect()
}

fn pool_spec(
    plan: &Plan,
    provider: ProviderId,
    (instance_type, zone): (usize, usize),
    (attributes, agent_version): (&BTreeMap<String, String>, &Option<String>),
) -> PoolSpec {
    let kind = &plan.cluster.instance_types[instance_type];
    PoolSpec {
        provider,
        zone: ZoneId::new(zone),
        instance_type,
        cpu: kind.cpu,
        memory: kind.memory,
        gpus: kind.gpus,
        task_interfaces: kind.task_interfaces,
        architecture: kind.architecture,
        operating_system: kind.operating_system,
        attributes: plan.cluster.attributes(instance_type, zone, attributes),
        agent_version: agent_version.clone(),
        in_group: false,
    }
}

fn count_of(member: &FleetMember) -> u32 {
    match member.count {
        Count::Fixed(count) => count,
        Count::Fit { .. } => panic!("`count: fit` is replaced by a number before a run"),
    }
}

/// The pools that tasks with a demand may go to: those of the provider (`None`: all that are `open`),
/// the processor architecture and the operating system that it requires (facts/ecs.md 76, 78).
fn eligible_pools(
    cluster: &Cluster,
    demand: &Demand,
    provider: Option<usize>,
    open: &[usize],
) -> Vec<PoolId> {
    let is_eligible = |spec: &PoolSpec| {
        let (processor, system) = (demand.architecture, demand.operating_system);
        let of = spec.provider.index();
        provider.map_or(open.contains(&of), |provider| of == provider)
            && processor.is_none_or(|wanted| wanted == spec.architecture)
            && system.is_none_or(|wanted| wanted == spec.operating_system)
    };
    let pools = cluster.pools().iter().enumerate();
    pools
        .filter(|(_, pool)| is_eligible(&pool.spec))
        .map(|(index, _)| PoolId::new(index))
        .collect()
}

/// What the constraints `memberOf` of a demand come to on these pools (facts/ecs.md 100 to 105).
fn member_of(
    cluster: &Cluster,
    demand: &Demand,
    pools: &[PoolId],
    (groups, start): (&Groups, i64),
) -> MemberOf {
    if demand.member_of.is_empty() {
        return MemberOf::default();
    }
    MemberOf::new(pools.iter().map(|pool| {
        let spec = &cluster.pool(*pool).spec;
        let known = Known {
            attributes: &spec.attributes,
            agent_version: spec.agent_version.as_deref(),
            groups: Some(groups),
            start,
        };
        (*pool, Query::bind_all(&demand.member_of, &known))
    }))
}
