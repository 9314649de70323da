//! What the scenario needs to know of the outside world. The catalog implements this; a
//! test brings a small one of its own.

use crate::catalog::{Architecture, FargatePrices, OperatingSystem, ServicePrices};
use crate::units::{Cpu, Memory, Ratio, Usd};

/// An instance type as a catalog knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CatalogType {
    /// vCPUs.
    pub vcpu: u32,
    /// Memory as AWS advertises it.
    pub memory: Memory,
    /// Memory that it registers with ECS, where somebody measured it (facts/ecs.md 38).
    pub measured_memory: Option<Memory>,
    /// Whole GPUs.
    pub gpus: u32,
    /// How many `awsvpc` tasks it holds without trunking (facts/ecs.md 120).
    pub task_interfaces: u32,
    /// The same with the account setting `awsvpcTrunking` (facts/ecs.md 121); `None` where
    /// trunking is not supported (facts/ecs.md 122).
    pub trunked_task_interfaces: Option<u32>,
    /// Its processor.
    pub architecture: Architecture,
    /// Its operating system.
    pub operating_system: OperatingSystem,
}

/// Numbers of the outside world that a scenario refers to by name.
pub trait Catalog {
    /// An instance type by name.
    fn instance_type(&self, name: &str) -> Option<CatalogType>;
    /// The known type whose name is nearest to a mistyped one.
    fn nearest_instance_type(&self, name: &str) -> Option<String>;
    /// A small type that registers at least so much, when `share` of the memory counts where
    /// nobody measured it, for hints; `None` when there is none or nobody knows.
    fn smallest_instance_type(
        &self,
        cpu: Cpu,
        memory: Memory,
        gpus: u32,
        architecture: Option<Architecture>,
        share: Ratio,
    ) -> Option<String>;
    /// Price of an hour on demand on Linux.
    fn on_demand_price(&self, region: &str, name: &str) -> Option<Usd>;
    /// Fargate's prices on Linux.
    fn fargate_prices(&self, region: &str, architecture: Architecture) -> Option<FargatePrices>;
    /// Prices of other services.
    fn service_prices(&self, region: &str) -> Option<ServicePrices>;
    /// The CPU sizes of Fargate in ECS units, ascending (facts/ecs.md 25).
    fn fargate_cpus(&self) -> Vec<u64>;
    /// The memory sizes in MiB that go with a CPU size of Fargate, ascending.
    fn fargate_memories(&self, cpu_units: u64) -> Option<Vec<u64>>;
    /// The smallest valid size of Fargate that holds so much.
    fn smallest_fargate(&self, cpu: Cpu, memory: Memory) -> Option<(Cpu, Memory)>;
}
