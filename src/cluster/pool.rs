//! Instances of one provider, type and zone, and the indexes over them.

use super::bitset::Bitset;
use super::grid::Grid;
use super::{Cluster, Field, Instance, InstanceId, ProviderId, Request, Shape, ZoneId};
use crate::catalog::{Architecture, OperatingSystem};
use crate::units::{Cpu, Memory};
use std::collections::BTreeMap;

/// No instance, no cell.
pub(super) const NONE: u32 = u32::MAX;

/// Instances per block of the first-fit index.
const BLOCK: usize = 64;

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
}

impl PoolSpec {
    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }
}

/// Instances that are alike in everything but what they hold.
///
/// Empty instances are equal, so that of them only the first registered can ever be chosen:
/// they wait in a set, and only used instances are in the grid.
#[derive(Clone, Debug)]
pub struct Pool {
    /// What its instances have in common.
    pub spec: PoolSpec,
    instances: Vec<InstanceId>,
    empty: Bitset,
    grid: Grid,
    /// Per block of instances, the most free CPU and memory; only for scanning policies.
    blocks: Option<Vec<(u64, u64)>>,
}

impl Pool {
    pub(super) fn new(spec: PoolSpec, keep_blocks: bool) -> Self {
        let grid = Grid::new(spec.cpu.as_base(), spec.memory.as_bytes());
        let blocks = keep_blocks.then(Vec::new);
        Self {
            spec,
            instances: Vec::new(),
            empty: Bitset::default(),
            grid,
            blocks,
        }
    }

    pub(super) fn add(&mut self, id: InstanceId) -> u32 {
        let slot = self.instances.len();
        self.instances.push(id);
        self.empty.insert(slot);
        if let Some(blocks) = &mut self.blocks {
            let full = (self.spec.cpu.as_base(), self.spec.memory.as_bytes());
            match blocks.get_mut(slot / BLOCK) {
                Some(block) => *block = full,
                None => blocks.push(full),
            }
        }
        slot as u32
    }

    /// Its instances, in order of registration.
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

    /// Files an instance anew after its free capacity has changed.
    #[inline]
    pub(super) fn refile(&mut self, instances: &mut [Instance], id: InstanceId) {
        let instance = &instances[id.index()];
        let (old, slot) = (instance.cell, instance.slot as usize);
        let new = if instance.tasks == 0 {
            NONE
        } else {
            self.grid.cell_of(instance.free_cpu, instance.free_memory)
        };
        if old != new {
            if old == NONE {
                self.empty.remove(slot);
            } else {
                self.grid.remove(instances, id);
            }
            if new == NONE {
                self.empty.insert(slot);
            } else {
                self.grid.insert(instances, id, new);
            }
        }
        if let Some(blocks) = &mut self.blocks {
            let start = slot / BLOCK * BLOCK;
            let end = (start + BLOCK).min(self.instances.len());
            let most = self.instances[start..end].iter().fold((0, 0), |most, id| {
                let instance = &instances[id.index()];
                (
                    instance.free_cpu.max(most.0),
                    instance.free_memory.max(most.1),
                )
            });
            blocks[slot / BLOCK] = most;
        }
    }

    /// Of those that fit, the one with the least key; see [`Cluster::least_free`].
    #[inline]
    pub(super) fn extreme<K: Ord>(
        &self,
        cluster: &Cluster,
        field: Field,
        descending: bool,
        request: &Request<'_>,
        key: impl Fn(InstanceId, &Instance) -> K,
    ) -> Option<(K, InstanceId)> {
        let mut best: Option<(K, InstanceId)> = None;
        let mut consider = |id: InstanceId| {
            let fits = cluster.fits(id, request);
            if fits {
                let key = key(id, &cluster.instances[id.index()]);
                if best
                    .as_ref()
                    .is_none_or(|(least, at)| (&key, id) < (least, *at))
                {
                    best = Some((key, id));
                }
            }
            fits
        };
        if let Some(slot) = self.empty.first() {
            consider(self.instances[slot]);
        }
        let (cpu, memory) = (request.shape.cpu.as_base(), request.shape.memory.as_bytes());
        self.grid.search(field, descending, cpu, memory, |head| {
            let mut found = false;
            let mut at = head;
            while at != NONE {
                found |= consider(InstanceId::new(at as usize));
                at = cluster.instances[at as usize].next;
            }
            found
        });
        best
    }

    pub(super) fn first_fit(&self, cluster: &Cluster, request: &Request<'_>) -> Option<InstanceId> {
        let (cpu, memory) = (request.shape.cpu.as_base(), request.shape.memory.as_bytes());
        for (number, block) in self.instances.chunks(BLOCK).enumerate() {
            let most = self.blocks.as_ref().map(|blocks| blocks[number]);
            if most.is_some_and(|(most_cpu, most_memory)| most_cpu < cpu || most_memory < memory) {
                continue;
            }
            if let Some(id) = block.iter().find(|id| cluster.fits(**id, request)) {
                return Some(*id);
            }
        }
        None
    }
}
