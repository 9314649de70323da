//! The cluster: its instances and pools, the only way to change them, and the searches.

use super::instance::NONE;
use super::ledger::Ledger;
use super::pool::Order;
use super::search::Search;
use super::{
    Counted, Field, GroupId, Instance, InstanceId, Lack, Pool, PoolId, PoolSpec, Request, Shape,
    Task,
};

/// A cluster's capacity and who has it.
#[derive(Clone, Debug, Default)]
pub struct Cluster {
    ledger: Ledger,
    pools: Vec<Pool>,
    spreads: Vec<SpreadCounts>,
    keep_blocks: bool,
    counted: Vec<Counted>,
}

/// Tasks per (value of an attribute, group).
#[derive(Clone, Debug)]
struct SpreadCounts {
    attribute: String,
    /// Value index by pool.
    by_pool: Vec<u32>,
    counts: Vec<u32>,
}

impl Cluster {
    /// An empty cluster for work of so many task groups.
    pub fn new(groups: usize) -> Self {
        Self {
            ledger: Ledger {
                groups: groups.max(1),
                ..Ledger::default()
            },
            ..Self::default()
        }
    }

    /// Keeps what makes scanning for the first fit quick, at a small cost per change.
    pub fn keep_blocks(&mut self) {
        assert!(
            self.ledger.instances.is_empty(),
            "asked for before instances join"
        );
        self.keep_blocks = true;
    }

    /// Keeps instances in order of how many tasks they have, for
    /// [`fewest`](Self::fewest).
    pub fn keep_count(&mut self, whose: Counted) {
        assert!(self.pools.is_empty(), "asked for before there are pools");
        if !self.counted.contains(&whose) {
            self.counted.push(whose);
        }
    }

    /// Adds a pool: instances of one provider, type and zone that are alike in everything.
    pub fn add_pool(&mut self, spec: PoolSpec) -> PoolId {
        assert!(
            self.spreads.is_empty(),
            "pools are known before attributes are counted"
        );
        let id = PoolId::new(self.pools.len());
        self.pools
            .push(Pool::new(spec, self.keep_blocks, &self.counted));
        id
    }

    /// Counts tasks by the values of an attribute from now on (for `spread`). Pools without
    /// the attribute share the value "" (facts/ecs.md 85).
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

    /// An instance joins with all its capacity free, and may be given tasks.
    pub fn register(&mut self, pool: PoolId) -> InstanceId {
        let id = self.launch(pool);
        self.admit(id);
        id
    }

    /// An instance is launched; it takes tasks once it is [admitted](Self::admit).
    pub fn launch(&mut self, pool: PoolId) -> InstanceId {
        let id = InstanceId::new(self.ledger.instances.len());
        let home = &mut self.pools[pool.index()];
        home.was_used = true;
        self.ledger.instances.push(Instance {
            free_cpu: home.spec.cpu.as_base(),
            free_memory: home.spec.memory.as_bytes(),
            free_interfaces: home.spec.task_interfaces,
            free_gpus: home.spec.gpus,
            tasks: 0,
            daemons: 0,
            cell: 0,
            pool,
            slot: NONE,
            next: NONE,
            previous: NONE,
            held_cpu: 0,
            held_memory: 0,
        });
        self.ledger.ports.push(Vec::new());
        if self.ledger.groups > 1 {
            self.ledger
                .group_tasks
                .resize(self.ledger.instances.len() * self.ledger.groups, 0);
        }
        id
    }

    /// An instance may be given tasks from now on: it has registered, or is back.
    pub fn admit(&mut self, id: InstanceId) {
        let instance = &mut self.ledger.instances[id.index()];
        if instance.is_accepting() {
            return;
        }
        let (pool, is_empty) = (instance.pool, instance.tasks == 0);
        let home = &mut self.pools[pool.index()];
        if is_empty && home.instances().last().is_none_or(|last| *last < id) {
            return home.append(&mut self.ledger.instances, id);
        }
        self.refill(pool, |ids| {
            let at = ids.partition_point(|other| *other < id);
            ids.insert(at, id);
        });
    }

    /// An instance may be given no more tasks: it drains, is disconnected or gone. What it
    /// has promised stays promised.
    pub fn withdraw(&mut self, id: InstanceId) {
        let instance = &mut self.ledger.instances[id.index()];
        if instance.is_accepting() {
            instance.slot = NONE;
            let pool = instance.pool;
            self.refill(pool, |ids| ids.retain(|other| *other != id));
        }
    }

    /// Changes which instances of a pool take tasks.
    fn refill(&mut self, pool: PoolId, change: impl FnOnce(&mut Vec<InstanceId>)) {
        let groups = self.ledger.groups;
        let (tasks, group_tasks) = (&self.ledger.instances, &self.ledger.group_tasks);
        let count = |id: InstanceId, whose: Counted| match whose {
            Counted::Group(group) if groups > 1 => group_tasks[id.index() * groups + group.index()],
            _ => tasks[id.index()].tasks,
        };
        let counts = |ids: &[InstanceId], whose| -> Vec<u32> {
            ids.iter().map(|id| count(*id, whose)).collect()
        };
        let pool = &mut self.pools[pool.index()];
        let mut ids = pool.instances().to_vec();
        change(&mut ids);
        let tallies: Vec<Vec<u32>> = pool.counted().map(|whose| counts(&ids, whose)).collect();
        pool.refill(&mut self.ledger.instances, ids, &tallies);
    }

    /// All instances that were ever launched, in order of launch.
    pub fn instances(&self) -> impl ExactSizeIterator<Item = (InstanceId, &Instance)> {
        self.ledger.instances()
    }

    /// One instance.
    #[inline]
    pub fn instance(&self, id: InstanceId) -> &Instance {
        self.ledger.instance(id)
    }

    /// Tasks of a group on an instance.
    #[inline]
    pub fn tasks_of_group(&self, id: InstanceId, group: GroupId) -> u32 {
        self.ledger.tasks_of_group(id, group)
    }

    /// True when the instance belongs to an eligible pool and has room in every respect
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

    /// True when an Auto Scaling group launches and terminates an instance.
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

    /// Tasks of a group over all instances with the same value of an attribute as this
    /// pool. Quick for attributes that have been named to [`count_by`](Self::count_by).
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

    /// True when some instance of an eligible pool, there or still to come, would hold the
    /// request if it were empty.
    pub fn could_ever_fit(&self, request: &Request<'_>) -> bool {
        request.requirement.pools.iter().any(|pool| {
            let pool = &self.pools[pool.index()];
            (pool.spec.in_group || pool.was_used) && pool.holds(&request.shape)
        })
    }

    /// Promises an instance's capacity to a task.
    ///
    /// # Panics
    /// When it does not fit: a broken invariant of whoever decided.
    pub fn promise(&mut self, id: InstanceId, request: &Request<'_>) {
        assert!(
            self.fits(id, request),
            "{id:?} has no room for {:?}",
            request.shape
        );
        let shape = &request.shape;
        let instance = &mut self.ledger.instances[id.index()];
        let before = (instance.tasks > 0).then_some((instance.free_cpu, instance.free_memory));
        instance.free_cpu -= shape.cpu.as_base();
        instance.free_memory -= shape.memory.as_bytes();
        instance.free_interfaces -= shape.interfaces;
        instance.free_gpus -= shape.gpus;
        instance.tasks += 1;
        instance.daemons += u16::from(request.requirement.daemon);
        let pool = instance.pool;
        self.pools[pool.index()].refile(&mut self.ledger.instances, id, before);
        if !request.requirement.ports.is_empty() {
            let ports = &mut self.ledger.ports[id.index()];
            ports.extend_from_slice(&request.requirement.ports);
            ports.sort_unstable();
        }
        self.count(id, pool, request.requirement.group, 1);
    }

    /// Takes a promise back.
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
            "{id:?} freed more memory"
        );
        if accepting {
            self.pools[pool.index()].refile(&mut self.ledger.instances, id, Some(before));
        }
        if !request.requirement.ports.is_empty() {
            self.ledger.ports[id.index()].retain(|port| !request.requirement.ports.contains(port));
        }
        self.count(id, pool, request.requirement.group, u32::MAX);
    }

    /// Adds one or, with `u32::MAX`, takes one away, wherever tasks are counted. The
    /// instance's own count has changed already.
    #[inline]
    fn count(&mut self, id: InstanceId, pool: PoolId, group: GroupId, by: u32) {
        let tasks = self.ledger.instances[id.index()].tasks;
        let mut of_group = tasks;
        if self.ledger.groups > 1 {
            let count =
                &mut self.ledger.group_tasks[id.index() * self.ledger.groups + group.index()];
            *count = count.wrapping_add(by);
            of_group = *count;
        }
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

    /// True when the host has room for a task's containers besides those it has
    /// (facts/ecs.md 66).
    pub fn can_hold(&self, id: InstanceId, shape: &Shape) -> bool {
        let instance = &self.ledger.instances[id.index()];
        let spec = &self.pools[instance.pool.index()].spec;
        instance.held_cpu + shape.cpu.as_base() <= spec.cpu.as_base()
            && instance.held_memory + shape.memory.as_bytes() <= spec.memory.as_bytes()
    }

    /// A task's containers start to occupy the host.
    #[inline]
    pub fn hold(&mut self, id: InstanceId, shape: &Shape) {
        let instance = &mut self.ledger.instances[id.index()];
        instance.held_cpu += shape.cpu.as_base();
        instance.held_memory += shape.memory.as_bytes();
        let spec = &self.pools[instance.pool.index()].spec;
        debug_assert!(
            instance.held_cpu <= spec.cpu.as_base(),
            "{id:?} holds more than it has"
        );
        debug_assert!(
            instance.held_memory <= spec.memory.as_bytes(),
            "{id:?} holds more"
        );
    }

    /// A task's containers are gone from the host.
    #[inline]
    pub fn let_go(&mut self, id: InstanceId, shape: &Shape) {
        let instance = &mut self.ledger.instances[id.index()];
        instance.held_cpu -= shape.cpu.as_base();
        instance.held_memory -= shape.memory.as_bytes();
    }

    /// Of the pool's instances that fit, the one with the least key. The key's order must
    /// put less free `field` first; nothing with more of it is looked at once one fits.
    /// `least_other`: of equals in `field` it puts less free of the other resource first.
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

    /// Of the pool's instances that fit, the one with the least key, where the key's order
    /// must put more free `field` first.
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

    /// Of the pool's instances that fit, the one with the least key, where the key's order
    /// must put fewer tasks first. `first_is_best`: and after them nothing but the order of
    /// registration. Quick for counts that [`keep_count`](Self::keep_count) keeps.
    pub fn fewest<K: Ord>(
        &self,
        pool: PoolId,
        whose: Counted,
        first_is_best: bool,
        request: &Request<'_>,
        key: impl Fn(InstanceId, &Instance) -> K,
    ) -> Option<(K, InstanceId)> {
        self.pools[pool.index()].fewest(&self.ledger, whose, first_is_best, request, key)
    }

    /// The pool's instance of the lowest index that fits.
    pub fn first_fit(&self, pool: PoolId, request: &Request<'_>) -> Option<InstanceId> {
        self.pools[pool.index()].first_fit(&self.ledger, request)
    }

    /// Of all instances of the eligible pools that fit, the one with the least key: a plain
    /// scan, and the oracle of the indexed searches.
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

    /// Compares every instance's ledgers with the tasks that are alive, and with what is kept
    /// for tasks that are still to come.
    ///
    /// # Panics
    /// When something was lost or made.
    pub fn check_conservation<'a>(
        &self,
        placed: impl Iterator<Item = (InstanceId, &'a Task)>,
        kept: impl Iterator<Item = (InstanceId, Shape)>,
    ) {
        let mut promised = vec![(0u64, 0u64, 0u32, 0u32, 0u32); self.ledger.instances.len()];
        let mut held = vec![(0u64, 0u64); self.ledger.instances.len()];
        let mut promise = |id: InstanceId, shape: &Shape| {
            let sum = &mut promised[id.index()];
            sum.0 += shape.cpu.as_base();
            sum.1 += shape.memory.as_bytes();
            sum.2 += shape.interfaces;
            sum.3 += shape.gpus;
            sum.4 += 1;
        };
        for (id, task) in placed {
            let shape = &task.shape;
            if task.promised {
                promise(id, shape);
            }
            if task.held {
                held[id.index()].0 += shape.cpu.as_base();
                held[id.index()].1 += shape.memory.as_bytes();
            }
        }
        for (id, shape) in kept {
            promise(id, &shape);
        }
        for (id, instance) in self.instances() {
            let spec = &self.pools[instance.pool.index()].spec;
            let used = (
                spec.cpu.as_base() - instance.free_cpu,
                spec.memory.as_bytes() - instance.free_memory,
                spec.task_interfaces - instance.free_interfaces,
                spec.gpus - instance.free_gpus,
                instance.tasks,
            );
            assert_eq!(
                used,
                promised[id.index()],
                "{id:?}: promised is the sum of its tasks"
            );
            let holds = (instance.held_cpu, instance.held_memory);
            assert_eq!(
                holds,
                held[id.index()],
                "{id:?}: held is the sum of its running tasks"
            );
        }
    }
}
