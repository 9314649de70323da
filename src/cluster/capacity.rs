//! The cluster: its pools and instances, all changes to them, and the searches over them.

use super::instance::NONE;
use super::ledger::Ledger;
use super::pool::Order;
use super::search::Search;
use super::{
    Counted, Field, GroupId, Instance, InstanceId, Lack, Pool, PoolId, PoolSpec, Request, Shape,
};
use crate::units::SimTime;

/// The capacity of a cluster and the tasks that it is promised to.
#[derive(Clone, Debug, Default)]
pub struct Cluster {
    pub(super) ledger: Ledger,
    pub(super) pools: Vec<Pool>,
    /// One per attribute that a `spread` strategy counts by.
    spreads: Vec<SpreadCounts>,
    /// True when pools keep the index of [`first_fit`](Self::first_fit).
    keep_blocks: bool,
    /// The counts of tasks by which pools order their instances, ascending.
    counted: Vec<Counted>,
}

/// The number of tasks of each group, by the values of one attribute (facts/ecs.md 84).
#[derive(Clone, Debug)]
struct SpreadCounts {
    attribute: String,
    /// Index of each pool's value.
    by_pool: Vec<u32>,
    /// Number of tasks at `value × groups + group`.
    counts: Vec<u32>,
}

impl Cluster {
    /// A cluster without pools. `groups` is the number of task groups of the plan; 0 counts as 1.
    pub fn new(groups: usize) -> Self {
        Self {
            ledger: Ledger {
                groups: groups.max(1),
                group_tasks: vec![Vec::new(); groups.max(1)],
                ..Ledger::default()
            },
            ..Self::default()
        }
    }

    /// Keeps the index that makes [`first_fit`](Self::first_fit) quick. It costs a little time
    /// per placement.
    ///
    /// # Panics
    /// When the cluster has instances already.
    pub fn keep_blocks(&mut self) {
        assert!(
            self.ledger.instances.is_empty(),
            "the index is chosen before instances join"
        );
        self.keep_blocks = true;
    }

    /// Keeps the instances of each pool in order of a count of their tasks, so that
    /// [`fewest`](Self::fewest) is quick for this count. Without it `fewest` scans, with the same
    /// result.
    ///
    /// # Panics
    /// When the cluster has pools already.
    pub fn keep_count(&mut self, counted: Counted) {
        assert!(
            self.pools.is_empty(),
            "counts are chosen before there are pools"
        );
        if let Err(place) = self.counted.binary_search(&counted) {
            self.counted.insert(place, counted);
        }
    }

    /// Adds a pool without instances.
    ///
    /// # Panics
    /// When attributes are counted already.
    pub fn add_pool(&mut self, spec: PoolSpec) -> PoolId {
        assert!(
            self.spreads.is_empty(),
            "pools are added before attributes are counted"
        );
        let id = PoolId::new(self.pools.len());
        self.pools
            .push(Pool::new(spec, self.keep_blocks, &self.counted));
        id
    }

    /// Counts tasks by the values of an attribute from now on, for
    /// [`tasks_by_attribute`](Self::tasks_by_attribute). Pools without the attribute share the
    /// empty value (facts/ecs.md 85).
    pub fn count_by(&mut self, attribute: &str) {
        if self.spreads.iter().any(|s| s.attribute == attribute) {
            return;
        }
        let mut values: Vec<&str> = Vec::new();
        let mut by_pool = Vec::new();
        for pool in &self.pools {
            let value = pool.spec.attribute(attribute).unwrap_or("");
            let index = values.iter().position(|v| *v == value).unwrap_or_else(|| {
                values.push(value);
                values.len() - 1
            });
            by_pool.push(index as u32);
        }
        let counts = vec![0; values.len() * self.ledger.groups];
        self.spreads.push(SpreadCounts {
            attribute: attribute.into(),
            by_pool,
            counts,
        });
    }

    /// Launches an instance with all its capacity free and admits it at once.
    pub fn register(&mut self, pool: PoolId) -> InstanceId {
        let id = self.launch(pool);
        self.admit(id);
        id
    }

    /// Launches an instance. It takes no tasks until it is [admitted](Self::admit).
    pub fn launch(&mut self, pool: PoolId) -> InstanceId {
        let id = InstanceId::new(self.ledger.instances.len());
        let home = &mut self.pools[pool.index()];
        home.was_used = true;
        let instance = home.new_instance(pool);
        self.ledger.instances.push(instance);
        self.ledger.ports.push(Vec::new());
        self.ledger.registered.push(SimTime::ZERO);
        id
    }

    /// Sets the time at which an instance registered, for constraints on `registeredAt`; without
    /// this call it is the start of the run.
    pub fn set_registered(&mut self, id: InstanceId, at: SimTime) {
        self.ledger.registered[id.index()] = at;
    }

    /// Lets an instance take tasks from now on: it has registered, or its agent is connected
    /// again. Without effect on an instance that takes tasks already.
    pub fn admit(&mut self, id: InstanceId) {
        let instance = &mut self.ledger.instances[id.index()];
        if instance.is_accepting() {
            return;
        }
        let (pool, is_empty) = (instance.pool, instance.tasks == 0);
        let home = &mut self.pools[pool.index()];
        // The usual case, a new instance, needs no rebuilding of the indexes.
        if is_empty && home.instances().last().is_none_or(|last| *last < id) {
            return home.append(&mut self.ledger.instances, id);
        }
        self.refill(pool, |ids| {
            let at = ids.partition_point(|other| *other < id);
            ids.insert(at, id);
        });
    }

    /// Stops an instance from taking tasks: it is draining, disconnected or terminated. Its
    /// promises stay. Without effect on an instance that takes no tasks.
    pub fn withdraw(&mut self, id: InstanceId) {
        let instance = &mut self.ledger.instances[id.index()];
        if instance.is_accepting() {
            instance.slot = NONE;
            let pool = instance.pool;
            self.refill(pool, |ids| ids.retain(|other| *other != id));
        }
    }

    /// Changes which instances of a pool take tasks, and rebuilds the pool's indexes.
    fn refill(&mut self, pool: PoolId, change: impl FnOnce(&mut Vec<InstanceId>)) {
        let ledger = &self.ledger;
        let count = |id: InstanceId, counted: Counted| match counted {
            Counted::Group(group) => ledger.tasks_of_group(id, group),
            Counted::All => ledger.instance(id).tasks,
        };
        let counts = |ids: &[InstanceId], counted| -> Vec<u32> {
            ids.iter().map(|id| count(*id, counted)).collect()
        };
        let pool = &mut self.pools[pool.index()];
        let mut ids = pool.instances().to_vec();
        change(&mut ids);
        let tallies: Vec<Vec<u32>> = pool
            .counted()
            .map(|counted| counts(&ids, counted))
            .collect();
        pool.refill(&mut self.ledger.instances, ids, &tallies);
    }

    /// All instances that were ever launched, in order of launch, terminated ones included.
    pub fn instances(&self) -> impl ExactSizeIterator<Item = (InstanceId, &Instance)> {
        self.ledger.instances()
    }

    /// One instance.
    #[inline]
    pub fn instance(&self, id: InstanceId) -> &Instance {
        self.ledger.instance(id)
    }

    /// Number of tasks of a group on an instance.
    #[inline]
    pub fn tasks_of_group(&self, id: InstanceId, group: GroupId) -> u32 {
        self.ledger.tasks_of_group(id, group)
    }

    /// True when the instance belongs to an eligible pool and has enough of every resource
    /// (facts/ecs.md 74).
    #[inline(always)]
    pub fn fits(&self, id: InstanceId, request: &Request<'_>) -> bool {
        self.ledger.fits(id, request)
    }

    /// The first resource or condition that the instance lacks for the request, in the order
    /// of facts/ecs.md 115; `None` when the request fits.
    pub fn lack(&self, id: InstanceId, request: &Request<'_>) -> Option<Lack> {
        self.ledger.lack(id, request)
    }

    /// True when the instance belongs to an Auto Scaling group.
    #[inline]
    pub fn is_in_group(&self, id: InstanceId) -> bool {
        self.pool(self.ledger.instances[id.index()].pool)
            .spec
            .in_group
    }

    /// All pools.
    pub fn pools(&self) -> &[Pool] {
        &self.pools
    }

    /// One pool.
    #[inline]
    pub fn pool(&self, id: PoolId) -> &Pool {
        &self.pools[id.index()]
    }

    /// Number of tasks of a group on all instances that have the same value of an attribute as
    /// this pool. A look-up for attributes given to [`count_by`](Self::count_by), else a scan.
    pub fn tasks_by_attribute(&self, attribute: &str, pool: PoolId, group: GroupId) -> u32 {
        let counted = self.spreads.iter().find(|s| s.attribute == attribute);
        if let Some(spread) = counted {
            let value = spread.by_pool[pool.index()] as usize;
            return spread.counts[value * self.ledger.groups + group.index()];
        }
        let value = |pool: &Pool| pool.spec.attribute(attribute).unwrap_or("").to_string();
        let wanted = value(self.pool(pool));
        let pools = self.pools.iter().filter(|pool| value(pool) == wanted);
        pools
            .flat_map(Pool::instances)
            .map(|id| self.tasks_of_group(*id, group))
            .sum()
    }

    /// True when an empty instance of some eligible pool holds the request, and the pool has had
    /// an instance or belongs to an Auto Scaling group, which may launch one.
    pub fn could_ever_fit(&self, request: &Request<'_>) -> bool {
        self.could_ever_hold(&request.requirement.pools, &request.shape)
    }

    /// The same for some pools, whatever else a request requires.
    pub fn could_ever_hold(&self, pools: &[PoolId], shape: &Shape) -> bool {
        pools.iter().any(|pool| {
            let pool = &self.pools[pool.index()];
            (pool.spec.in_group || pool.was_used) && pool.holds(shape)
        })
    }

    /// True when the instance meets the constraints `memberOf` of an eligible request.
    pub fn is_member(&self, id: InstanceId, request: &Request<'_>) -> bool {
        self.ledger.is_member(id, request)
    }

    /// Promises an instance's capacity to a task.
    ///
    /// # Panics
    /// When the request does not fit the instance: the caller must have checked.
    pub fn promise(&mut self, id: InstanceId, request: &Request<'_>) {
        assert!(
            self.fits(id, request),
            "{id:?} has no room for {:?}",
            request.shape
        );
        let instance = &mut self.ledger.instances[id.index()];
        let before = (instance.tasks > 0).then_some((instance.free_cpu, instance.free_memory));
        instance.promise(request);
        let pool = instance.pool;
        self.pools[pool.index()].refile(&mut self.ledger.instances, id, before);
        if !request.requirement.ports.is_empty() {
            let ports = &mut self.ledger.ports[id.index()];
            ports.extend_from_slice(&request.requirement.ports);
            ports.sort_unstable();
        }
        self.count(id, pool, request.requirement.group, 1);
    }

    /// Ends the promise of a task. `request` is the one that was promised.
    pub fn release(&mut self, id: InstanceId, request: &Request<'_>) {
        let shape = &request.shape;
        let instance = &mut self.ledger.instances[id.index()];
        let before = (instance.free_cpu, instance.free_memory);
        instance.free_cpu += shape.cpu.as_base();
        instance.free_memory += shape.memory.as_bytes();
        instance.free_interfaces += shape.interfaces;
        instance.free_gpus += shape.gpus;
        instance.tasks -= 1;
        instance.daemons -= u16::from(request.requirement.daemon);
        let (pool, accepting) = (instance.pool, instance.is_accepting());
        let spec = &self.pools[pool.index()].spec;
        debug_assert!(
            instance.free_cpu <= spec.cpu.as_base(),
            "{id:?} freed more CPU than it has"
        );
        debug_assert!(
            instance.free_memory <= spec.memory.as_bytes(),
            "{id:?} freed more memory than it has"
        );
        if accepting {
            self.pools[pool.index()].refile(&mut self.ledger.instances, id, Some(before));
        }
        if !request.requirement.ports.is_empty() {
            self.ledger.ports[id.index()].retain(|port| !request.requirement.ports.contains(port));
        }
        self.count(id, pool, request.requirement.group, u32::MAX);
    }

    /// Adds `by` to all counts of tasks: 1 for a task that is added, `u32::MAX` for one that is
    /// removed, since adding it with wrap-around subtracts 1. `Instance::tasks` has changed
    /// already.
    #[inline(always)]
    fn count(&mut self, id: InstanceId, pool: PoolId, group: GroupId, by: u32) {
        let tasks = self.ledger.instances[id.index()].tasks;
        let of_group = self.ledger.count_of_group(id, group, by);
        if !self.counted.is_empty() && self.ledger.instances[id.index()].is_accepting() {
            let slot = self.ledger.instances[id.index()].slot as usize;
            let pool = &mut self.pools[pool.index()];
            pool.recount(Counted::All, slot, tasks.wrapping_sub(by), tasks);
            pool.recount(
                Counted::Group(group),
                slot,
                of_group.wrapping_sub(by),
                of_group,
            );
        }
        for spread in &mut self.spreads {
            let value = spread.by_pool[pool.index()] as usize;
            let count = &mut spread.counts[value * self.ledger.groups + group.index()];
            *count = count.wrapping_add(by);
        }
    }

    /// True when the host can hold a task's containers in addition to those that it holds
    /// (facts/ecs.md 66). Containers of stopped tasks may still hold capacity that is promised
    /// to new ones.
    pub fn can_hold(&self, id: InstanceId, shape: &Shape) -> bool {
        let instance = &self.ledger.instances[id.index()];
        let spec = &self.pools[instance.pool.index()].spec;
        instance.held_cpu + shape.cpu.as_base() <= spec.cpu.as_base()
            && instance.held_memory + shape.memory.as_bytes() <= spec.memory.as_bytes()
    }

    /// Adds a task's containers to what the host holds.
    #[inline]
    pub fn hold(&mut self, id: InstanceId, shape: &Shape) {
        let instance = &mut self.ledger.instances[id.index()];
        instance.held_cpu += shape.cpu.as_base();
        instance.held_memory += shape.memory.as_bytes();
        let spec = &self.pools[instance.pool.index()].spec;
        debug_assert!(
            instance.held_cpu <= spec.cpu.as_base(),
            "{id:?} holds more CPU than it has"
        );
        debug_assert!(
            instance.held_memory <= spec.memory.as_bytes(),
            "{id:?} holds more memory than it has"
        );
    }

    /// Removes a task's containers from what the host holds.
    #[inline]
    pub fn let_go(&mut self, id: InstanceId, shape: &Shape) {
        let instance = &mut self.ledger.instances[id.index()];
        instance.held_cpu -= shape.cpu.as_base();
        instance.held_memory -= shape.memory.as_bytes();
    }

    /// Of the pool's instances that fit, the one with the least key, with its key; ties go to
    /// the earliest launch. The key must compare the free amount of `field` first, ascending:
    /// the search ends at the least amount that fits. With `least_other` the key compares the
    /// free amount of the other resource next, ascending, and the search may end earlier.
    #[inline]
    pub fn least_free<K: Ord>(
        &self,
        pool: PoolId,
        field: Field,
        least_other: bool,
        request: &Request<'_>,
        key: impl Fn(InstanceId, &Instance) -> K,
    ) -> Option<(K, InstanceId)> {
        let order = Order {
            field,
            descending: false,
            least_other,
        };
        self.pools[pool.index()].extreme(&self.ledger, order, request, key)
    }

    /// Of the pool's instances that fit, the one with the least key, with its key; ties go to
    /// the earliest launch. The key must compare the free amount of `field` first, descending.
    #[inline]
    pub fn most_free<K: Ord>(
        &self,
        pool: PoolId,
        field: Field,
        request: &Request<'_>,
        key: impl Fn(InstanceId, &Instance) -> K,
    ) -> Option<(K, InstanceId)> {
        let order = Order {
            field,
            descending: true,
            least_other: false,
        };
        self.pools[pool.index()].extreme(&self.ledger, order, request, key)
    }

    /// Of the pool's instances that fit, the one with the least key, with its key; ties go to
    /// the earliest launch. The key must compare the number of `counted` tasks first, ascending.
    /// With `first_is_best` it compares nothing else, and the search ends at the first fit.
    /// Quick for counts given to [`keep_count`](Self::keep_count); else a scan.
    pub fn fewest<K: Ord>(
        &self,
        pool: PoolId,
        counted: Counted,
        first_is_best: bool,
        request: &Request<'_>,
        key: impl Fn(InstanceId, &Instance) -> K,
    ) -> Option<(K, InstanceId)> {
        self.pools[pool.index()].fewest(&self.ledger, counted, first_is_best, request, key)
    }

    /// All of the pool's instances that fit, in any order.
    pub fn fitting(&self, pool: PoolId, request: &Request<'_>) -> Vec<InstanceId> {
        self.pools[pool.index()].fitting(&self.ledger, request)
    }

    /// The earliest launched of the pool's instances that fit.
    pub fn first_fit(&self, pool: PoolId, request: &Request<'_>) -> Option<InstanceId> {
        self.pools[pool.index()].first_fit(&self.ledger, request)
    }

    /// Of all instances of the eligible pools that fit, the one with the least key, with its
    /// key; ties go to the earliest launch. It reads every instance; tests compare the indexed
    /// searches with it.
    pub fn scan<K: Ord>(
        &self,
        request: &Request<'_>,
        key: impl Fn(InstanceId, &Instance) -> K,
    ) -> Option<(K, InstanceId)> {
        let mut search = Search::new(&self.ledger, request, key);
        for pool in &request.requirement.pools {
            for id in self.pools[pool.index()].instances() {
                search.offer(*id);
            }
        }
        search.best()
    }
}
