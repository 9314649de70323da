//! Dot product: the instance whose vector of free capacity has the largest inner product with the
//! task's vector of needs. Not an ECS strategy (facts/validation.md section 3).

use super::{Placement, Work};
use crate::cluster::{Cluster, InstanceId};
use std::cmp::Reverse;

/// The largest `cpu × free cpu × M² + memory × free memory × C²`, where C and M are the
/// largest CPU and memory of any instance; ties to the earliest launch. CPU counts in ECS
/// units and memory in MiB, rounded up, so that the products fit 128 bits.
#[derive(Clone, Copy, Debug)]
pub struct DotProduct;

impl Placement for DotProduct {
    fn place(&mut self, work: &Work<'_>, cluster: &Cluster) -> Option<InstanceId> {
        let request = &work.request();
        let pools = cluster.pools().iter();
        let (most_cpu, most_memory) = pools.fold((0, 0), |most, pool| {
            let (cpu, memory) = (pool.spec.cpu.ceil_units(), pool.spec.memory.ceil_mib());
            (most.0.max(u128::from(cpu)), most.1.max(u128::from(memory)))
        });
        let cpu = u128::from(request.shape.cpu.ceil_units()) * most_memory * most_memory;
        let memory = u128::from(request.shape.memory.ceil_mib()) * most_cpu * most_cpu;
        let score = |_, instance: &crate::cluster::Instance| {
            let free_cpu = u128::from(instance.free_cpu().ceil_units());
            let free_memory = u128::from(instance.free_memory().ceil_mib());
            Reverse(cpu * free_cpu + memory * free_memory)
        };
        cluster.scan(request, score).map(|(_, id)| id)
    }

    fn is_greedy(&self) -> bool {
        true
    }
}
