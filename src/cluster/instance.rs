//! One instance: the resources that it has promised and that its containers hold.

use super::{Field, PoolId, Request, Shape};
use crate::units::{Cpu, Memory};

/// The absent index: the end of a linked list, and the slot of an instance that takes no tasks.
pub(super) const NONE: u32 = u32::MAX;

/// One EC2 instance, from its launch on. It takes no tasks until it is
/// [admitted](super::Cluster::admit). Its size is one line of the processor's cache (64 bytes),
/// because placement reads many instances in a row.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub struct Instance {
    /// Not promised, in 1/128,000 vCPU.
    pub(super) free_cpu: u64,
    /// Not promised, in bytes.
    pub(super) free_memory: u64,
    /// Not promised: interfaces for `awsvpc` tasks.
    pub(super) free_interfaces: u32,
    pub(super) free_gpus: u32,
    /// Tasks that have a promise on this instance.
    pub(super) tasks: u32,
    /// The daemon tasks among `tasks`: at most one per daemon service.
    pub(super) daemons: u16,
    /// The cell of the pool's grid that lists the instance.
    pub(super) cell: u16,
    pub(super) pool: PoolId,
    /// Position in the pool's list of instances that take tasks; `NONE` while it takes none.
    pub(super) slot: u32,
    /// Neighbours in the linked list of its cell in the pool's grid; `NONE` at an end.
    pub(super) next: u32,
    pub(super) previous: u32,
    /// Occupied by containers, in 1/128,000 vCPU and in bytes.
    pub(super) held_cpu: u64,
    pub(super) held_memory: u64,
}

const _: () = assert!(
    size_of::<Instance>() == 64,
    "an instance fills one line of the cache"
);

impl Instance {
    /// The instance as one that takes tasks, outside of a pool.
    pub(super) fn accepting(mut self) -> Self {
        self.slot = 0;
        self
    }
    /// Promises resources to a task.
    #[inline(always)]
    pub(super) fn promise(&mut self, request: &Request<'_>) {
        let shape = &request.shape;
        self.free_cpu -= shape.cpu.as_base();
        self.free_memory -= shape.memory.as_bytes();
        self.free_interfaces -= shape.interfaces;
        self.free_gpus -= shape.gpus;
        self.tasks += 1;
        self.daemons += u16::from(request.requirement.daemon);
    }
    /// The resources that are not promised to any task.
    pub fn free_shape(&self) -> Shape {
        Shape {
            cpu: self.free_cpu(),
            memory: self.free_memory(),
            interfaces: self.free_interfaces,
            gpus: self.free_gpus,
        }
    }
    /// CPU not promised to any task.
    pub fn free_cpu(&self) -> Cpu {
        Cpu::base(self.free_cpu)
    }
    /// Memory not promised to any task.
    pub fn free_memory(&self) -> Memory {
        Memory::bytes(self.free_memory)
    }
    /// The amount of one resource that is not promised: CPU in 1/128,000 vCPU, memory in bytes.
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
    /// Number of tasks that have a promise on this instance, daemon tasks included.
    #[inline]
    pub fn tasks(&self) -> u32 {
        self.tasks
    }
    /// True when the instance has no task other than daemon tasks (facts/ecs.md 139).
    pub fn is_empty(&self) -> bool {
        self.tasks == u32::from(self.daemons)
    }
    /// True when tasks may be placed on the instance: its status is ACTIVE and its agent is
    /// connected (facts/ecs.md 75).
    #[inline]
    pub fn is_accepting(&self) -> bool {
        self.slot != NONE
    }
    /// The pool of the instance: its capacity provider, instance type and zone.
    pub fn pool(&self) -> PoolId {
        self.pool
    }
}
