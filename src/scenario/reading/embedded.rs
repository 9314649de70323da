//! The built-in catalog as a [`Catalog`] of scenarios.

use super::lookup::{Catalog, CatalogType};
use crate::catalog::{self, Architecture, FargatePrices, OperatingSystem, ServicePrices};
use crate::units::{Cpu, Memory, Ratio, Usd};

/// The built-in catalog ([`crate::catalog`]).
#[derive(Clone, Copy, Debug, Default)]
pub struct Embedded;

impl Catalog for Embedded {
    fn instance_type(&self, name: &str) -> Option<CatalogType> {
        let facts = catalog::instance_type(name)?;
        Some(CatalogType {
            vcpu: facts.vcpus,
            memory: facts.memory,
            measured_memory: facts.measured_memory(),
            gpus: facts.ecs_gpus(),
            other_gpus: facts.gpus - facts.ecs_gpus(),
            task_interfaces: facts.task_interfaces(),
            trunked_task_interfaces: facts.task_interfaces_with_trunk(),
            architecture: facts.architecture,
            operating_system: OperatingSystem::Linux,
        })
    }

    fn nearest_instance_type(&self, name: &str) -> Option<String> {
        catalog::nearest_instance_type(name).map(String::from)
    }

    fn smallest_instance_type(
        &self,
        cpu: Cpu,
        memory: Memory,
        gpus: u32,
        architecture: Option<Architecture>,
        share: Ratio,
    ) -> Option<String> {
        let found = catalog::smallest_instance_type(cpu, memory, gpus, architecture, share)?;
        Some(found.name.to_string())
    }

    fn on_demand_price(&self, region: &str, name: &str) -> Option<Usd> {
        catalog::on_demand_price(region, name)
    }

    fn fargate_prices(&self, region: &str, architecture: Architecture) -> Option<FargatePrices> {
        catalog::fargate_prices(region, architecture)
    }

    fn service_prices(&self, region: &str) -> Option<ServicePrices> {
        catalog::service_prices(region)
    }

    fn priced_regions(&self) -> Vec<&'static str> {
        catalog::regions().collect()
    }

    fn fargate_cpus(&self) -> Vec<u64> {
        catalog::fargate_cpus().collect()
    }

    fn fargate_memories(&self, cpu_units: u64) -> Option<Vec<u64>> {
        catalog::fargate_memories(cpu_units)
    }

    fn smallest_fargate(&self, cpu: Cpu, memory: Memory) -> Option<(Cpu, Memory)> {
        catalog::smallest_fargate(cpu, memory).map(|size| (size.cpu, size.memory))
    }
}
