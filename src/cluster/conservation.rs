//! A check of the ledgers against the tasks that they are about.

use super::{Cluster, InstanceId, Shape, Task};

impl Cluster {
    /// Compares both ledgers of every instance with the sums over its tasks. `placed` has all
    /// tasks on instances. `kept` has the capacity that is reserved for tasks that do not exist
    /// yet.
    ///
    /// # Panics
    /// When a ledger and a sum differ.
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
                "{id:?}: promised is not the sum of its tasks"
            );
            let holds = (instance.held_cpu, instance.held_memory);
            assert_eq!(
                holds,
                held[id.index()],
                "{id:?}: held is not the sum of its running tasks"
            );
        }
    }
}
