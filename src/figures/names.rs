//! The names of a plan that can stand in the paths of figures.

use super::measure::Of;
use crate::plan::{Delays, OnStillRunning, Plan};

/// The names of a plan that can stand in a path, and which kinds of figures it has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Capacity providers.
    pub providers: Vec<String>,
    /// Entries of `tasks`.
    pub tasks: Vec<String>,
    /// Services.
    pub services: Vec<String>,
    /// The indexes of services with a load.
    pub loads: Vec<usize>,
    /// Queues.
    pub queues: Vec<String>,
    /// True when the steps of a start take time (`delays: realistic`).
    pub starts: bool,
    /// True when calls of `RunTask` have a rate (`delays: realistic`).
    pub throttles: bool,
    /// True when arrivals of some schedule look at earlier tasks (`onStillRunning`).
    pub overlaps: bool,
    /// True when the plan has faults.
    pub faults: bool,
    /// True when the plan has Managed Instances, which have a fee.
    pub managed: bool,
    /// True when the plan has load balancers.
    pub load_balancers: bool,
    /// Entries of `deployments`.
    pub deployments: Vec<String>,
    /// True when the CPU credits of burstable instances are counted.
    pub credits: bool,
    /// True when alarms are on the bill of the plan.
    pub alarms: bool,
    /// True when the plan has lines of the user's own on its bill.
    pub extra: bool,
}

impl Names {
    /// True for a service with a load, and for all together where one has.
    pub(super) fn has_load(&self, of: Of) -> bool {
        match of {
            Of::All => !self.loads.is_empty(),
            Of::One(service) => self.loads.contains(&service),
        }
    }

    /// The names of a plan, in its order.
    pub fn of(plan: &Plan) -> Self {
        let providers = plan.cluster.providers.iter();
        Self {
            providers: providers.map(|provider| provider.name.clone()).collect(),
            tasks: plan.tasks.iter().map(|entry| entry.name.clone()).collect(),
            services: plan.services.iter().map(|s| s.name.clone()).collect(),
            loads: loads(plan),
            queues: plan.queues.iter().map(|of| of.name.clone()).collect(),
            starts: plan.delays == Delays::Realistic,
            throttles: plan.delays == Delays::Realistic,
            overlaps: (plan.tasks.iter())
                .any(|entry| entry.on_still_running != OnStillRunning::Start),
            faults: !plan.faults.is_empty(),
            managed: plan.has_managed_instances(),
            load_balancers: !plan.load_balancers.is_empty(),
            deployments: plan.deployment_names(),
            credits: plan.counts_cpu_credits(),
            alarms: plan.bills_alarms(),
            extra: !plan.prices.extra.is_empty(),
        }
    }
}

/// The indexes of the services with a load.
fn loads(plan: &Plan) -> Vec<usize> {
    let services = plan.services.iter().enumerate();
    let loaded = services.filter(|(_, service)| service.load.is_some());
    loaded.map(|(index, _)| index).collect()
}
