//! Instances of one capacity provider, type and zone, and the indexes that search them.

use super::bitset::Bitset;
use super::grid::Grid;
use super::instance::NONE;
use super::ledger::Ledger;
use super::search::Search;
use super::tally::{Seen, Tally};
use super::{Field, GroupId, Instance, InstanceId, PoolId, ProviderId, Request, Shape, ZoneId};
use crate::catalog::{Architecture, OperatingSystem};
use crate::units::{Cpu, Memory};
use std::collections::BTreeMap;

/// Instances per block.
const BLOCK: usize = 64;

/// Pools with at most this number of instances have no grid: a scan is quicker.
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
    /// CPU that each instance registers (facts/ecs.md 37).
    pub cpu: Cpu,
    /// Memory that each instance registers (facts/ecs.md 37 to 39).
    pub memory: Memory,
    /// Number of whole GPUs.
    pub gpus: u32,
    /// Number of `awsvpc` tasks that an instance can hold at once (facts/ecs.md 120).
    pub task_interfaces: u32,
    /// The processor.
    pub architecture: Architecture,
    /// The operating system.
    pub operating_system: OperatingSystem,
    /// Attributes by name, the built-in ones among them (facts/ecs.md 40).
    pub attributes: BTreeMap<String, String>,
    /// The version of the ECS agent; `None`: not known.
    pub agent_version: Option<String>,
    /// True when an Auto Scaling group launches and terminates the instances.
    pub in_group: bool,
}

impl PoolSpec {
    /// The value of an attribute; `None` when the instances lack it.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }
}

/// Which tasks of an instance are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Counted {
    /// All tasks.
    All,
    /// The tasks of one group.
    Group(GroupId),
}

/// By which free amounts a key orders instances; see
/// [`Cluster::least_free`](super::Cluster::least_free).
#[derive(Clone, Copy, Debug)]
pub(super) struct Order {
    /// The resource that the key compares first.
    pub(super) field: Field,
    /// True when more of it comes first.
    pub(super) descending: bool,
    /// True when the key compares the other resource next, ascending.
    pub(super) least_other: bool,
}

/// Instances that differ only in their tasks.
///
/// Instances without tasks have equal keys in every search, and ties go to the earliest launch.
/// So a search looks at one of them only, the first of a set, and the grid has the others.
#[derive(Clone, Debug)]
pub struct Pool {
    /// What its instances have in common.
    pub spec: PoolSpec,
    /// True when an instance was launched at some time.
    pub(super) was_used: bool,
    /// The instances that take tasks, ascending.
    instances: Vec<InstanceId>,
    /// Positions of the instances without tasks; kept only with a grid.
    empty: Bitset,
    /// The instances with tasks; `None` while the pool is small.
    grid: Option<Box<Grid>>,
    /// Positions of the instances by each kept count of tasks, in order of the counts.
    tallies: Vec<(Counted, Tally)>,
    /// The most free CPU and the most free memory of each block of instances; kept only for
    /// policies that take the first fit or the fewest tasks.
    blocks: Option<Vec<(u64, u64)>>,
}

impl Pool {
    pub(super) fn new(spec: PoolSpec, keep_blocks: bool, counted: &[Counted]) -> Self {
        let blocks = (keep_blocks || !counted.is_empty()).then(Vec::new);
        Self {
            spec,
            was_used: false,
            instances: Vec::new(),
            empty: Bitset::default(),
            grid: None,
            tallies: counted
                .iter()
                .map(|counted| (*counted, Tally::default()))
                .collect(),
            blocks,
        }
    }

    /// A new instance of the pool with this id. It has no tasks and takes none yet.
    pub(super) fn new_instance(&self, id: PoolId) -> Instance {
        Instance {
            free_cpu: self.spec.cpu.as_base(),
            free_memory: self.spec.memory.as_bytes(),
            free_interfaces: self.spec.task_interfaces,
            free_gpus: self.spec.gpus,
            tasks: 0,
            daemons: 0,
            cell: 0,
            pool: id,
            slot: NONE,
            next: NONE,
            previous: NONE,
            held_cpu: 0,
            held_memory: 0,
        }
    }

    /// Adds an instance without tasks that was launched after all others.
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

    /// Makes the grid and files all instances.
    fn index(&mut self, instances: &mut [Instance]) {
        let grid = Grid::new(self.spec.cpu.as_base(), self.spec.memory.as_bytes());
        self.grid = Some(Box::new(grid));
        self.empty = Bitset::default();
        for slot in 0..self.instances.len() {
            self.file_newcomer(instances, self.instances[slot]);
        }
    }

    /// As [`file`](Self::file), not inlined: it is called once per instance, not per task.
    #[inline(never)]
    fn file_newcomer(&mut self, instances: &mut [Instance], id: InstanceId) {
        self.file(instances, id);
    }

    /// Replaces the list of instances and rebuilds all indexes. `ids` ascend; `counts` has, for
    /// each of [`counted`](Self::counted), the number of tasks of each instance. The time is
    /// proportional to the number of instances; it is spent per change of the list only.
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

    /// The kept counts, in the order of the tallies.
    pub(super) fn counted(&self) -> impl Iterator<Item = Counted> {
        self.tallies.iter().map(|(counted, _)| *counted)
    }

    /// Adds an instance to the set of those without tasks, or to the grid.
    #[inline(always)]
    fn file(&mut self, instances: &mut [Instance], id: InstanceId) {
        let instance = &instances[id.index()];
        if instance.tasks == 0 {
            self.empty.insert(instance.slot as usize);
        } else if let Some(grid) = &mut self.grid {
            grid.insert(instances, id);
        }
    }

    /// The instances that take tasks, in order of launch.
    pub fn instances(&self) -> &[InstanceId] {
        &self.instances
    }

    /// True when an instance without tasks has enough of every resource.
    pub fn holds(&self, shape: &Shape) -> bool {
        shape.cpu <= self.spec.cpu
            && shape.memory <= self.spec.memory
            && shape.interfaces <= self.spec.task_interfaces
            && shape.gpus <= self.spec.gpus
    }

    /// Updates the indexes after the free capacity of an instance has changed. `before` is its
    /// free CPU and memory before the change; `None` when it had no tasks.
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
        if self.blocks.is_some() {
            self.refile_block(instances, id, before);
        }
    }

    /// Updates the most free amounts of the block of an instance whose free capacity has changed.
    fn refile_block(&mut self, instances: &[Instance], id: InstanceId, before: Option<(u64, u64)>) {
        let Some(blocks) = &mut self.blocks else {
            return;
        };
        let instance = &instances[id.index()];
        let number = instance.slot as usize / BLOCK;
        let most = &mut blocks[number];
        let (cpu, memory) = (instance.free_cpu, instance.free_memory);
        let full = (self.spec.cpu.as_base(), self.spec.memory.as_bytes());
        let before = before.unwrap_or(full);
        // Only an instance that had the most can lower it.
        let may_fall =
            (cpu < before.0 && before.0 == most.0) || (memory < before.1 && before.1 == most.1);
        if may_fall {
            let start = number * BLOCK;
            let end = (start + BLOCK).min(self.instances.len());
            *most = most_free(instances, &self.instances[start..end]);
        } else {
            *most = (cpu.max(most.0), memory.max(most.1));
        }
    }

    /// The fitting instance with the least key; see
    /// [`Cluster::least_free`](super::Cluster::least_free).
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
        for id in self.alike(request) {
            if search.offer(id) {
                break; // Ties go to the earliest launch.
            }
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

    /// The place of a count among those that are kept.
    #[inline]
    fn kept(&self, counted: Counted) -> Option<usize> {
        let kept = self
            .tallies
            .binary_search_by_key(&counted, |(kept, _)| *kept);
        kept.ok()
    }

    /// Changes a kept count of an instance from `from` to `to`; nothing when it is not kept.
    #[inline]
    pub(super) fn recount(&mut self, counted: Counted, slot: usize, from: u32, to: u32) {
        if let Some(kept) = self.kept(counted) {
            self.tallies[kept].1.change(slot, from, to);
        }
    }

    /// The fitting instance with the least key; see [`Cluster::fewest`](super::Cluster::fewest).
    pub(super) fn fewest<K: Ord>(
        &self,
        ledger: &Ledger,
        counted: Counted,
        first_is_best: bool,
        request: &Request<'_>,
        key: impl Fn(InstanceId, &Instance) -> K,
    ) -> Option<(K, InstanceId)> {
        let mut search = Search::new(ledger, request, key);
        match self.kept(counted) {
            Some(kept) => self.tallies[kept].1.search(first_is_best, |slot| {
                if self.block_lacks(slot / BLOCK, &request.shape) {
                    return Seen::NoneFitsBefore((slot / BLOCK + 1) * BLOCK);
                }
                match search.offer(self.instances[slot]) {
                    true => Seen::Fits,
                    false => Seen::DoesNotFit,
                }
            }),
            // The count is not kept: scan.
            None => {
                for id in &self.instances {
                    search.offer(*id);
                }
            }
        }
        search.best()
    }

    /// The instances without tasks that a search must look at: the first, where all of them are
    /// alike for the request, else all, in order of launch.
    #[inline]
    fn alike(&self, request: &Request<'_>) -> impl Iterator<Item = InstanceId> {
        let are_alike = !request.requirement.member_of.tells_empty_apart;
        let next = move |slot: &usize| match are_alike {
            true => None,
            false => self.empty.next(slot + 1),
        };
        std::iter::successors(self.empty.first(), next).map(|slot| self.instances[slot])
    }

    /// All instances that fit, in any order.
    pub(super) fn fitting(&self, ledger: &Ledger, request: &Request<'_>) -> Vec<InstanceId> {
        let fits = |id: &InstanceId| ledger.fits(*id, request);
        let Some(grid) = &self.grid else {
            return self.instances.iter().copied().filter(fits).collect();
        };
        let mut found = Vec::new();
        let mut at = self.empty.first();
        while let Some(slot) = at {
            found.extend(Some(self.instances[slot]).filter(fits));
            at = self.empty.next(slot + 1);
        }
        let need = (request.shape.cpu.as_base(), request.shape.memory.as_bytes());
        grid.cells(need, |head| {
            let mut at = head;
            while at != NONE {
                found.extend(Some(InstanceId::new(at as usize)).filter(fits));
                at = ledger.instances[at as usize].next;
            }
        });
        found
    }

    /// True when no instance of a block has enough free CPU, or none has enough free memory.
    #[inline]
    fn block_lacks(&self, number: usize, shape: &Shape) -> bool {
        let most = self.blocks.as_ref().map(|blocks| blocks[number]);
        most.is_some_and(|(cpu, memory)| {
            cpu < shape.cpu.as_base() || memory < shape.memory.as_bytes()
        })
    }

    /// The earliest launched instance that fits. Blocks whose most free amounts are too small
    /// are skipped.
    pub(super) fn first_fit(&self, ledger: &Ledger, request: &Request<'_>) -> Option<InstanceId> {
        for (number, block) in self.instances.chunks(BLOCK).enumerate() {
            if self.block_lacks(number, &request.shape) {
                continue;
            }
            if let Some(id) = block.iter().find(|id| ledger.fits(**id, request)) {
                return Some(*id);
            }
        }
        None
    }
}

/// The most free CPU and the most free memory of some instances, each by itself.
fn most_free(instances: &[Instance], ids: &[InstanceId]) -> (u64, u64) {
    ids.iter().fold((0, 0), |most, id| {
        let instance = &instances[id.index()];
        (
            instance.free_cpu.max(most.0),
            instance.free_memory.max(most.1),
        )
    })
}
