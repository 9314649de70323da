//! Instances of one provider, type and zone, and the indexes over them.

use super::bitset::Bitset;
use super::grid::Grid;
use super::instance::NONE;
use super::ledger::Ledger;
use super::search::Search;
use super::tally::Tally;
use super::{Field, GroupId, Instance, InstanceId, ProviderId, Request, Shape, ZoneId};
use crate::catalog::{Architecture, OperatingSystem};
use crate::units::{Cpu, Memory};
use std::collections::BTreeMap;

/// Instances per block of the first-fit index.
const BLOCK: usize = 64;

/// A pool of at most this number of instances is quicker to scan than to index.
const SCANNED: usize = 32;

/// What the instances of a pool have in common.
#[derive(Clone, Debug)]
pub struct PoolSpec {
    /// The capacity provider.
    pub provider: ProviderId,
    /// The zone.
    pub zone: ZoneId,
    /// Index of the instance type in the plan.
    pub instance_type: usize,
    /// Registered CPU.
    pub cpu: Cpu,
    /// Registered memory.
    pub memory: Memory,
    /// Whole GPUs.
    pub gpus: u32,
    /// How many `awsvpc` tasks an instance can hold.
    pub task_interfaces: u32,
    /// The processor.
    pub architecture: Architecture,
    /// The operating system.
    pub operating_system: OperatingSystem,
    /// Attributes by name, the built-in ones among them (facts/ecs.md 40).
    pub attributes: BTreeMap<String, String>,
    /// An Auto Scaling group launches and terminates its instances.
    pub in_group: bool,
}

impl PoolSpec {
    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }
}

/// Which tasks are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// All tasks.
    All,
    /// Those of one group.
    Group(GroupId),
}

/// What a key puts first; see [`Cluster::least_free`](super::Cluster::least_free).
#[derive(Clone, Copy, Debug)]
pub(super) struct Order {
    pub(super) field: Field,
    pub(super) descending: bool,
    pub(super) least_other: bool,
}

/// Instances that are alike in everything but what they hold.
///
/// Empty instances are equal, so that of them only the first registered can ever be chosen
/// by the least (or most) of anything: in a large pool they wait in a set, and only used
/// instances are in the grid.
#[derive(Clone, Debug)]
pub struct Pool {
    /// What its instances have in common.
    pub spec: PoolSpec,
    /// Some instance was ever launched.
    pub(super) was_used: bool,
    instances: Vec<InstanceId>,
    empty: Bitset,
    /// Once the pool is large.
    grid: Option<Box<Grid>>,
    /// Instances by their tasks: of each group that spreads over instances, and of all.
    tallies: Vec<(Counted, Tally)>,
    /// Per block of instances, the most free CPU and memory; only for scanning policies.
    blocks: Option<Vec<(u64, u64)>>,
}

impl Pool {
    pub(super) fn new(spec: PoolSpec, keep_blocks: bool, counted: &[Counted]) -> Self {
        let blocks = keep_blocks.then(Vec::new);
        Self {
            spec,
            was_used: false,
            instances: Vec::new(),
            empty: Bitset::default(),
            grid: None,
            tallies: counted
                .iter()
                .map(|whose| (*whose, Tally::default()))
                .collect(),
            blocks,
        }
    }

    /// An instance without tasks, launched after all others, is one of the pool.
    pub(super) fn append(&mut self, instances: &mut [Instance], id: InstanceId) {
        let slot = self.instances.len();
        self.instances.push(id);
        instances[id.index()].slot = slot as u32;
        for (_, tally) in &mut self.tallies {
            tally.add(slot, 0);
        }
        if let Some(blocks) = &mut self.blocks {
            let full = (self.spec.cpu.as_base(), self.spec.memory.as_bytes());
            match blocks.get_mut(slot / BLOCK) {
                Some(block) => *block = full,
                None => blocks.push(full),
            }
        }
        if self.grid.is_some() {
            self.file_newcomer(instances, id);
        } else if self.instances.len() > SCANNED {
            self.index(instances);
        }
    }

    /// Makes the grid of a pool that has become large, and files all its instances.
    fn index(&mut self, instances: &mut [Instance]) {
        let grid = Grid::new(self.spec.cpu.as_base(), self.spec.memory.as_bytes());
        self.grid = Some(Box::new(grid));
        self.empty = Bitset::default();
        for slot in 0..self.instances.len() {
            self.file_newcomer(instances, self.instances[slot]);
        }
    }

    /// As [`file`](Self::file), away from where speed matters.
    #[inline(never)]
    fn file_newcomer(&mut self, instances: &mut [Instance], id: InstanceId) {
        self.file(instances, id);
    }

    /// The pool has these instances from now on, ascending, with these numbers of tasks of each
    /// of [`counted`](Self::counted). All indexes are made anew: that costs as much as there are
    /// instances, and comes only as often as instances come and go.
    pub(super) fn refill(
        &mut self,
        instances: &mut [Instance],
        ids: Vec<InstanceId>,
        counts: &[Vec<u32>],
    ) {
        self.instances = ids;
        for (slot, id) in self.instances.iter().enumerate() {
            instances[id.index()].slot = slot as u32;
        }
        for ((_, tally), counts) in self.tallies.iter_mut().zip(counts) {
            *tally = Tally::default();
            for (slot, count) in counts.iter().enumerate() {
                tally.add(slot, *count);
            }
        }
        self.grid = None;
        if self.instances.len() > SCANNED {
            self.index(instances);
        }
        if self.blocks.is_some() {
            let chunks = self.instances.chunks(BLOCK);
            let most = chunks.map(|block| most_free(instances, block)).collect();
            self.blocks = Some(most);
        }
    }

    /// Which tasks are counted per instance.
    pub(super) fn counted(&self) -> impl Iterator<Item = Counted> {
        self.tallies.iter().map(|(whose, _)| *whose)
    }

    /// Puts an instance into the set of the empty or into the grid.
    #[inline(always)]
    fn file(&mut self, instances: &mut [Instance], id: InstanceId) {
        let instance = &instances[id.index()];
        if instance.tasks == 0 {
            self.empty.insert(instance.slot as usize);
        } else if let Some(grid) = &mut self.grid {
            grid.insert(instances, id);
        }
    }

    /// Those of its instances that take tasks, in order of launch.
    pub fn instances(&self) -> &[InstanceId] {
        &self.instances
    }

    /// True when an empty instance holds the shape.
    pub fn holds(&self, shape: &Shape) -> bool {
        shape.cpu <= self.spec.cpu
            && shape.memory <= self.spec.memory
            && shape.interfaces <= self.spec.task_interfaces
            && shape.gpus <= self.spec.gpus
    }

    /// Files an instance anew after its free capacity has changed. `before` is what was free
    /// of its CPU and memory, and `None` if it had no tasks.
    #[inline]
    pub(super) fn refile(
        &mut self,
        instances: &mut [Instance],
        id: InstanceId,
        before: Option<(u64, u64)>,
    ) {
        let slot = instances[id.index()].slot as usize;
        if let Some(grid) = &mut self.grid {
            match before {
                Some(free) => grid.remove(instances, id, free),
                None => self.empty.remove(slot),
            }
            self.file(instances, id);
        }
        if let Some(blocks) = &mut self.blocks {
            let start = slot / BLOCK * BLOCK;
            let end = (start + BLOCK).min(self.instances.len());
            blocks[slot / BLOCK] = most_free(instances, &self.instances[start..end]);
        }
    }

    /// Of those that fit, the one with the least key; see [`Cluster::least_free`](super::Cluster::least_free).
    #[inline]
    pub(super) fn extreme<K: Ord>(
        &self,
        ledger: &Ledger,
        order: Order,
        request: &Request<'_>,
        key: impl Fn(InstanceId, &Instance) -> K,
    ) -> Option<(K, InstanceId)> {
        let mut search = Search::new(ledger, request, key);
        let Some(grid) = &self.grid else {
            for id in &self.instances {
                search.offer(*id);
            }
            return search.best();
        };
        if let Some(slot) = self.empty.first() {
            search.offer(self.instances[slot]);
        }
        let need = (request.shape.cpu.as_base(), request.shape.memory.as_bytes());
        grid.search(
            order.field,
            order.descending,
            order.least_other,
            need,
            |head| {
                let mut found = false;
                let mut at = head;
                while at != NONE {
                    found |= search.offer(InstanceId::new(at as usize));
                    at = ledger.instances[at as usize].next;
                }
                found
            },
        );
        search.best()
    }

    /// The number of an instance's tasks changes.
    #[inline]
    pub(super) fn recount(&mut self, whose: Counted, slot: usize, from: u32, to: u32) {
        for (counted, tally) in &mut self.tallies {
            if *counted == whose {
                tally.change(slot, from, to);
            }
        }
    }

    /// Of those that fit, the one with the least key; see [`Cluster::fewest`](super::Cluster::fewest).
    pub(super) fn fewest<K: Ord>(
        &self,
        ledger: &Ledger,
        whose: Counted,
        first_is_best: bool,
        request: &Request<'_>,
        key: impl Fn(InstanceId, &Instance) -> K,
    ) -> Option<(K, InstanceId)> {
        let mut search = Search::new(ledger, request, key);
        let mut visit = |slot: usize| search.offer(self.instances[slot]);
        match self.tallies.iter().find(|(counted, _)| *counted == whose) {
            Some((_, tally)) => tally.search(first_is_best, visit),
            // This count is not kept: every instance is looked at.
            None => {
                for slot in 0..self.instances.len() {
                    visit(slot);
                }
            }
        }
        search.best()
    }

    pub(super) fn first_fit(&self, ledger: &Ledger, request: &Request<'_>) -> Option<InstanceId> {
        let (cpu, memory) = (request.shape.cpu.as_base(), request.shape.memory.as_bytes());
        for (number, block) in self.instances.chunks(BLOCK).enumerate() {
            let most = self.blocks.as_ref().map(|blocks| blocks[number]);
            if most.is_some_and(|(most_cpu, most_memory)| most_cpu < cpu || most_memory < memory) {
                continue;
            }
            if let Some(id) = block.iter().find(|id| ledger.fits(**id, request)) {
                return Some(*id);
            }
        }
        None
    }
}

/// The most free CPU and the most free memory of some instances.
fn most_free(instances: &[Instance], ids: &[InstanceId]) -> (u64, u64) {
    ids.iter().fold((0, 0), |most, id| {
        let instance = &instances[id.index()];
        (
            instance.free_cpu.max(most.0),
            instance.free_memory.max(most.1),
        )
    })
}
