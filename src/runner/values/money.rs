//! The values of the figures of money.

use super::Run;
use crate::figures::{CostFigure, CostOf};
use crate::metrics::CapacityLevel;
use crate::units::{Cpu, GIB, Usd};
use crate::usage::{Item, Owner};

/// The weight of one vCPU against one GiB of memory when the price of an instance is divided
/// between them: the rounded ratio of Fargate's unit prices (9.11), which AWS's split cost
/// allocation uses too.
const CPU_WEIGHT: f64 = 9.0;

impl Run<'_> {
    /// The value of a figure of cost, in dollars.
    pub(super) fn cost(&self, of: CostOf, figure: CostFigure) -> Option<f64> {
        let cost = self.dollars(of);
        match figure {
            CostFigure::Total => Some(cost),
            CostFigure::PerHour => (self.hours() > 0.0).then(|| cost / self.hours()),
            CostFigure::PerMonth => self.per_month(cost),
        }
    }

    /// A cost of the reported time, in dollars, extrapolated to [`Plan::month`](crate::plan::Plan::month).
    pub(super) fn per_month(&self, cost: f64) -> Option<f64> {
        let (hours, month) = (self.hours(), f64::from(self.plan.month().hours));
        (hours > 0.0).then(|| cost * month / hours)
    }

    /// The cost of the run minus that of its twin, in dollars; `None` without a twin.
    pub(super) fn more_than(&self, twin: Option<Usd>) -> Option<f64> {
        let more = self.played.bill.total().as_nanos() - twin?.as_nanos();
        Some(Usd::nanos(more).as_dollars_f64())
    }

    /// The cost of the reported time in dollars.
    fn dollars(&self, of: CostOf) -> f64 {
        let bill = &self.played.bill;
        let sum = match of {
            CostOf::Total => bill.total(),
            CostOf::Idle => {
                let providers = 0..self.plan.cluster.providers.len();
                return providers.map(|provider| self.idle_cost(provider)).sum();
            }
            CostOf::Service(service) => bill.sum(|line| line.service == service),
            CostOf::Provider(provider) => self.cost_of_provider(provider),
        };
        sum.as_dollars_f64()
    }

    /// The sum of the lines of a capacity provider.
    fn cost_of_provider(&self, provider: usize) -> Usd {
        let bill = &self.played.bill;
        bill.sum(|line| line.meter.owner == Owner::Provider(provider))
    }

    /// The same without surplus CPU credits, which are CPU that tasks used.
    fn cost_of_registered(&self, provider: usize) -> Usd {
        let bill = &self.played.bill;
        bill.sum(|line| {
            let is_surplus = matches!(line.meter.item, Item::SurplusCpuCredits(_));
            line.meter.owner == Owner::Provider(provider) && !is_surplus
        })
    }

    /// The cost in dollars of a provider's capacity that no task has reserved: its cost,
    /// without surplus CPU credits, × the
    /// unreserved share of CPU and memory, weighted by [`CPU_WEIGHT`]. 0 on Fargate, where every
    /// task pays for its reservation only.
    fn idle_cost(&self, provider: usize) -> f64 {
        use CapacityLevel as L;
        if self.plan.cluster.providers[provider].capacity.is_fargate() {
            return 0.0;
        }
        let levels = &self.played.observed.levels;
        let level = |level| levels.capacity_integral(provider, level) as f64;
        let weigh = |cpu: f64, memory: f64| {
            CPU_WEIGHT * cpu / Cpu::BASE_PER_VCPU as f64 + memory / GIB as f64
        };
        let all = weigh(level(L::CpuTotal), level(L::MemoryTotal));
        let reserved = weigh(level(L::CpuReserved), level(L::MemoryReserved));
        let cost = self.cost_of_registered(provider).as_dollars_f64();
        if all > 0.0 {
            cost * (1.0 - reserved / all)
        } else {
            0.0
        }
    }
}
