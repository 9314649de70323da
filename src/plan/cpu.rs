//! Where the CPU of instances is shared: what a task can use depends on its neighbours, on the CPU credits
//! or on the processor of its instance.

use super::{
    Capacity, Container, CpuCredits, Demand, Drawn, InstanceType, Load, LoadMode, Plan,
    REFERENCE_SPEED, Service,
};
use crate::catalog::{self, Burstable};
use crate::units::Cpu;

impl Load {
    /// The most CPU that a task can use by itself: `cpuLimit`, else what it reserves where that is a hard
    /// limit (facts/ecs.md 251); `None`: all that its instance has. A request by request simulation has no
    /// other CPU than `cpuLimit` or what the task reserves.
    pub fn limit_of_task(&self, demand: &Demand, reserved: Cpu) -> Option<Cpu> {
        match self.cpu_limit {
            Some(limit) if demand.caps_cpu() => Some(limit.min(reserved)),
            Some(limit) => Some(limit),
            None if demand.caps_cpu() || self.mode == LoadMode::Exact => Some(reserved),
            None => None,
        }
    }
}

impl Demand {
    /// True when a task cannot use more CPU than it reserves: its size has a `cpu`, or it runs on Fargate.
    pub const fn caps_cpu(&self) -> bool {
        self.on_fargate || self.cpu_is_limit
    }
}

impl InstanceType {
    /// Its CPU credits; `None` for a type that is not burstable, and for one of the user's own.
    pub fn burstable(&self) -> Option<Burstable> {
        catalog::burstable(&self.name).filter(|_| !self.own)
    }
}

/// The CPU that the containers of a task use beside the requests of a load.
pub fn cpu_use(containers: &[Container]) -> Cpu {
    let of_each = containers
        .iter()
        .map(|container| container.behavior.cpu_use);
    of_each.fold(Cpu::ZERO, Cpu::saturating_add)
}

impl Plan {
    /// True when the CPU that a task can use is not always the same: some task can use more than it
    /// reserves, or runs on a burstable type or on a processor of another speed, or uses CPU beside the requests of
    /// some load that shares it or of credits.
    pub fn shares_cpu(&self) -> bool {
        let mut services = self.services.iter();
        let is_shared = services.any(|service| {
            service.all_revisions().any(|revision| {
                let is_shared = |load: &Load| {
                    load.mode == LoadMode::Fluid
                        && !revision.demand.on_fargate
                        && (self.has_special_types() || bursts(load, revision.demand))
                };
                service.load.as_ref().is_some_and(is_shared)
            })
        });
        is_shared || self.uses_cpu() && self.is_concerned_by_use()
    }

    /// True when some work uses CPU beside the requests of a load.
    fn uses_cpu(&self) -> bool {
        let uses = |containers: &[Container]| cpu_use(containers) > Cpu::ZERO;
        let mut services = self.services.iter();
        let mut entries = self.tasks.iter();
        services.any(|service| service.all_revisions().any(|of| uses(of.containers)))
            || entries.any(|entry| uses(&entry.containers))
    }

    /// True when the CPU that work uses beside requests changes anything: credits, or what is left for requests.
    fn is_concerned_by_use(&self) -> bool {
        let mut types = self.cluster.instance_types.iter();
        let mut loads = self.services.iter().filter_map(|of| of.load.as_ref());
        types.any(|kind| kind.burstable().is_some())
            || loads.any(|load| load.mode == LoadMode::Fluid)
    }

    /// True when the CPU of the tasks of a service could change, with the fluid model.
    pub fn could_share_cpu(&self, service: &Service, load: &Load) -> bool {
        service.all_revisions().any(|revision| {
            let demand = revision.demand;
            let bursts = load.cpu_limit.is_none() && !demand.caps_cpu();
            !demand.on_fargate && (bursts || self.has_special_types())
        })
    }

    /// True when some instance type has CPU credits or another speed.
    fn has_special_types(&self) -> bool {
        let mut types = self.cluster.instance_types.iter();
        types.any(|kind| kind.burstable().is_some() || kind.speed != REFERENCE_SPEED)
    }

    /// True when the CPU credits of some instance are counted: its type is burstable, and the use of CPU is
    /// known of some work.
    pub fn counts_cpu_credits(&self) -> bool {
        let mut types = self.cluster.instance_types.iter();
        types.any(|kind| kind.burstable().is_some()) && self.shares_cpu()
    }

    /// The credit option that the instances of a type have in a capacity provider; of a fleet that of its
    /// first member with the type and with an option. `None`: that of the type's family.
    pub fn cpu_credits(&self, provider: usize, instance_type: usize) -> Option<CpuCredits> {
        match &self.cluster.providers[provider].capacity {
            Capacity::Group(group) => group.cpu_credits,
            Capacity::Fleet(members) => members
                .iter()
                .filter(|member| member.instance_type == instance_type)
                .find_map(|member| member.cpu_credits),
            Capacity::Fargate | Capacity::FargateSpot => None,
        }
    }
}

/// True when tasks of this demand can use more CPU than they reserve.
fn bursts(load: &Load, demand: &Demand) -> bool {
    match demand.cpu {
        Drawn::Fixed(reserved) => load
            .limit_of_task(demand, reserved)
            .is_none_or(|limit| limit > reserved),
        Drawn::From(_) => false,
    }
}
