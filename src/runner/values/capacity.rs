//! The values of the figures of capacity.

use super::Run;
use crate::figures::{CapacityFigure, Of};
use crate::metrics::{CapacityLevel as L, ProviderInstances};
use crate::units::{Cpu, GIB, HOUR};
use std::ops::Range;

impl Run<'_> {
    /// The value of a figure of capacity, in its unit.
    pub(super) fn capacity(&self, of: Of, figure: CapacityFigure) -> Option<f64> {
        use CapacityFigure as F;
        let providers = Providers { run: self, of };
        let (vcpu, gib) = (Cpu::BASE_PER_VCPU as f64, GIB as f64);
        match figure {
            F::Instances => providers.mean(L::Instances, 1.0),
            F::InstancesLaunchedCount => providers.count(|of| of.launched),
            F::InstancesLaunchesFailedCount => providers.count(|of| of.launches_failed),
            F::InstancesInterruptedCount => providers.count(|of| of.interrupted),
            F::InstancesFailedCount => providers.count(|of| of.failed),
            F::AvailableShare => providers.available(),
            F::IdleInstancesMean => providers.idle(),
            F::TasksMean => providers.mean(L::Tasks, 1.0),
            F::CpuTotal => providers.mean(L::CpuTotal, vcpu),
            F::CpuReserved => providers.share(L::CpuReserved, L::CpuTotal),
            F::CpuUsed => providers.share(L::CpuUsed, L::CpuTotal),
            F::CpuReservedHours => providers.hours(L::CpuReserved, vcpu),
            F::MemoryTotal => providers.mean(L::MemoryTotal, gib),
            F::MemoryReserved => providers.share(L::MemoryReserved, L::MemoryTotal),
            F::MemoryUsed => providers.share(L::MemoryUsed, L::MemoryTotal),
            F::MemoryReservedHours => providers.hours(L::MemoryReserved, gib),
            F::GpuTotal => providers.mean(L::GpuTotal, 1.0),
            F::GpuReserved => providers.share(L::GpuReserved, L::GpuTotal),
            F::GpuStranded => {
                let reserved = providers.integral(L::GpuReserved);
                share(
                    reserved - providers.integral(L::GpuUsedMillis) / 1000.0,
                    reserved,
                )
            }
            F::GpuReservedHours => providers.hours(L::GpuReserved, 1.0),
            F::SurplusCpu => providers.surplus_hours(L::CpuReserved, L::CpuAsked, vcpu),
            F::SurplusMemory => providers.surplus_hours(L::MemoryReserved, L::MemoryAsked, gib),
            F::ThrottledHours => {
                let throttled = providers
                    .instances()
                    .iter()
                    .map(|of| of.throttled.as_micros());
                Some(throttled.sum::<u64>() as f64 / HOUR as f64)
            }
            F::SurplusHours => {
                let charged = providers.instances().iter().map(|of| of.surplus_credits);
                Some(charged.sum::<u128>() as f64 / vcpu / HOUR as f64)
            }
            F::InstancesMax => {
                let instances = &self.played.observed.instances;
                let there = match of {
                    Of::All => &instances.there,
                    Of::One(provider) => &instances.providers[provider].there,
                };
                Some(there.maximum as f64)
            }
        }
    }
}

/// One capacity provider of a run, or all together.
struct Providers<'a> {
    run: &'a Run<'a>,
    of: Of,
}

impl Providers<'_> {
    /// The indices of the providers.
    fn range(&self) -> Range<usize> {
        match self.of {
            Of::All => 0..self.run.plan.cluster.providers.len(),
            Of::One(provider) => provider..provider + 1,
        }
    }

    fn instances(&self) -> &[ProviderInstances] {
        &self.run.played.observed.instances.providers[self.range()]
    }

    /// The integral of a level for each provider, in its base unit × µs.
    fn of_each(&self, level: L) -> impl Iterator<Item = i128> {
        let levels = &self.run.played.observed.levels;
        self.range()
            .map(move |provider| levels.capacity_integral(provider, level))
    }

    /// The integral of a level over the reported time, in its base unit × µs.
    fn integral(&self, level: L) -> f64 {
        self.of_each(level).sum::<i128>() as f64
    }

    /// The time mean of a level, divided by `unit` base units; `None` when the reported time is 0.
    fn mean(&self, level: L, unit: f64) -> Option<f64> {
        let micros = self.run.micros as f64;
        (micros > 0.0).then(|| self.integral(level) / micros / unit)
    }

    /// The integral of one level divided by that of another; `None` when the latter is 0.
    fn share(&self, part: L, whole: L) -> Option<f64> {
        share(self.integral(part), self.integral(whole))
    }

    /// The integral of a level over the reported time, in unit-hours.
    fn hours(&self, level: L, unit: f64) -> Option<f64> {
        Some(self.integral(level) / unit / HOUR as f64)
    }

    /// Billed minus requested, in unit-hours, on Fargate providers only.
    fn surplus_hours(&self, billed: L, asked: L, unit: f64) -> Option<f64> {
        let providers = &self.run.plan.cluster.providers;
        let each = self
            .range()
            .zip(self.of_each(billed).zip(self.of_each(asked)));
        let surplus: i128 = each
            .filter(|(provider, _)| providers[*provider].capacity.is_fargate())
            .map(|(_, (billed, asked))| billed - asked)
            .sum();
        Some(surplus as f64 / unit / HOUR as f64)
    }

    /// The sum of a count over the providers.
    fn count(&self, count: fn(&ProviderInstances) -> u64) -> Option<f64> {
        Some(self.instances().iter().map(count).sum::<u64>() as f64)
    }

    /// The share of all instances' registered time in which they had not failed.
    fn available(&self) -> Option<f64> {
        let all = self.instances().iter();
        let there: u128 = all.clone().map(|of| of.there.integral).sum();
        let down: u128 = all.map(|of| of.down.integral).sum();
        share((there - down) as f64, there as f64)
    }

    /// The time mean of idle instances of Auto Scaling groups; `None` without such a group.
    fn idle(&self) -> Option<f64> {
        let idle: Vec<_> = self
            .instances()
            .iter()
            .filter_map(|of| of.idle.as_ref())
            .collect();
        if idle.is_empty() {
            return None;
        }
        idle.iter().map(|level| level.mean(self.run.micros)).sum()
    }
}

/// `part` divided by `whole`; `None` when `whole` is 0.
fn share(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}
