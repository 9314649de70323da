//! The interface to the catalog: instance types, Fargate sizes and prices by name.
//! [`Embedded`](super::embedded::Embedded) implements it with the built-in catalog; tests
//! implement it with a few types.

use crate::catalog::{Architecture, FargatePrices, OperatingSystem, ServicePrices};
use crate::units::{Cpu, Memory, Ratio, Usd};

/// An instance type of a catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CatalogType {
    /// Number of vCPUs.
    pub vcpu: u32,
    /// Memory as AWS advertises it.
    pub memory: Memory,
    /// Memory that an instance was measured to register with ECS; `None` where no measurement
    /// is known (facts/ecs.md 38).
    pub measured_memory: Option<Memory>,
    /// Number of GPUs that ECS assigns to tasks.
    pub gpus: u32,
    /// Number of GPUs that ECS does not assign, such as those of AMD.
    pub other_gpus: u32,
    /// The most `awsvpc` tasks of an instance without trunking (facts/ecs.md 120).
    pub task_interfaces: u32,
    /// The same with the account setting `awsvpcTrunking` (facts/ecs.md 121); `None` where
    /// trunking is not supported (facts/ecs.md 122).
    pub trunked_task_interfaces: Option<u32>,
    /// Processor architecture.
    pub architecture: Architecture,
    /// Operating system.
    pub operating_system: OperatingSystem,
}

/// Instance types, Fargate sizes and prices that a scenario refers to by name.
pub trait Catalog {
    /// The instance type of this name; `None` when it is unknown.
    fn instance_type(&self, name: &str) -> Option<CatalogType>;
    /// The known type whose name is most similar to an unknown one, for suggestions.
    fn nearest_instance_type(&self, name: &str) -> Option<String>;
    /// The smallest type with at least this CPU, registered memory and number of GPUs, for
    /// hints; `None` when there is none. A type without measured memory registers `share` of
    /// its advertised memory.
    fn smallest_instance_type(
        &self,
        cpu: Cpu,
        memory: Memory,
        gpus: u32,
        architecture: Option<Architecture>,
        share: Ratio,
    ) -> Option<String>;
    /// On-demand price per hour on Linux in a region; `None` when it is unknown.
    fn on_demand_price(&self, region: &str, name: &str) -> Option<Usd>;
    /// Prices of Fargate on Linux in a region; `None` when they are unknown.
    fn fargate_prices(&self, region: &str, architecture: Architecture) -> Option<FargatePrices>;
    /// Prices of storage and addresses in a region; `None` when they are unknown.
    fn service_prices(&self, region: &str) -> Option<ServicePrices>;
    /// The regions with prices of instances.
    fn priced_regions(&self) -> Vec<&'static str>;
    /// The CPU sizes of Fargate in ECS units, ascending (facts/ecs.md 25).
    fn fargate_cpus(&self) -> Vec<u64>;
    /// The memory sizes in MiB that Fargate allows with a CPU size in ECS units, ascending;
    /// `None` for a CPU size that Fargate does not have (facts/ecs.md 25).
    fn fargate_memories(&self, cpu_units: u64) -> Option<Vec<u64>>;
    /// The smallest size of Fargate with at least this CPU and memory; `None` when there is none.
    fn smallest_fargate(&self, cpu: Cpu, memory: Memory) -> Option<(Cpu, Memory)>;
}
