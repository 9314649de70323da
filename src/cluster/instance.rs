//! One instance: what it has promised and what its containers hold.

use super::{Field, PoolId};
use crate::units::{Cpu, Memory};

/// No instance and no position: ends lists and marks what is in none.
pub(super) const NONE: u32 = u32::MAX;

/// One EC2 instance: launched, and sooner or later registered with the cluster. It fills a
/// line of the processor's cache: placement goes from instance to instance.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub struct Instance {
    pub(super) free_cpu: u64,
    pub(super) free_memory: u64,
    pub(super) free_interfaces: u32,
    pub(super) free_gpus: u32,
    pub(super) tasks: u32,
    /// Of the tasks, those of daemons: one per daemon service at most.
    pub(super) daemons: u16,
    /// The cell of the pool's grid that it is filed under.
    pub(super) cell: u16,
    pub(super) pool: PoolId,
    /// Position among the pool's instances, while it may be given tasks; else `NONE`.
    pub(super) slot: u32,
    /// Neighbours in the same cell of the pool's grid.
    pub(super) next: u32,
    pub(super) previous: u32,
    pub(super) held_cpu: u64,
    pub(super) held_memory: u64,
}

const _: () = assert!(size_of::<Instance>() == 64, "a line of the cache");

impl Instance {
    /// CPU not promised to any task.
    pub fn free_cpu(&self) -> Cpu {
        Cpu::base(self.free_cpu)
    }
    /// Memory not promised to any task.
    pub fn free_memory(&self) -> Memory {
        Memory::bytes(self.free_memory)
    }
    /// Free of one resource, in its base unit.
    #[inline]
    pub fn free(&self, field: Field) -> u64 {
        match field {
            Field::Cpu => self.free_cpu,
            Field::Memory => self.free_memory,
        }
    }
    /// Whole GPUs not promised to any task.
    pub fn free_gpus(&self) -> u32 {
        self.free_gpus
    }
    /// Tasks that it has been promised to.
    #[inline]
    pub fn tasks(&self) -> u32 {
        self.tasks
    }
    /// True when it has no tasks but those of daemons (facts/ecs.md 139).
    pub fn is_empty(&self) -> bool {
        self.tasks == u32::from(self.daemons)
    }
    /// True when it may be given tasks: ACTIVE, with a connected agent (facts/ecs.md 75).
    #[inline]
    pub fn is_accepting(&self) -> bool {
        self.slot != NONE
    }
    /// The pool it belongs to: its provider, type and zone.
    pub fn pool(&self) -> PoolId {
        self.pool
    }
}
