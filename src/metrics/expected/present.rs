//! The present values of levels: from the other observers of the run, and from facts where these
//! keep none.

use crate::cluster::InstanceId;
use crate::figures::{LevelOf, Of, ProviderLevel, ServiceLevel, TasksLevel};
use crate::metrics::Observed;
use crate::metrics::level_names::CapacityLevel;
use crate::metrics::reservations::measured;
use crate::plan::{Capacity, Plan, Provider};
use crate::simulation::Fact;
use crate::units::{Cpu, Memory};
use std::collections::BTreeMap;

/// Levels of instances that no other observer keeps.
#[derive(Clone, Debug)]
pub(super) struct Groups {
    /// Instances that launch or drain, with their provider.
    on_the_way: BTreeMap<InstanceId, (usize, Way)>,
    /// By provider: the desired capacity; `None` without an Auto Scaling group.
    desired: Vec<Option<u32>>,
    /// By provider: `CapacityProviderReservation` in hundredths of a percent.
    reservation: Vec<Option<u64>>,
    targets: Vec<u32>,
}

/// Where an instance is between two steps of its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Launching,
    Draining,
}

impl Groups {
    pub(super) fn new(plan: &Plan) -> Self {
        let providers = &plan.cluster.providers;
        let desired = |provider: &Provider| match &provider.capacity {
            Capacity::Group(group) => Some(group.desired_capacity),
            _ => None,
        };
        Self {
            on_the_way: BTreeMap::new(),
            desired: providers.iter().map(desired).collect(),
            reservation: vec![None; providers.len()],
            targets: providers.iter().map(Provider::target_capacity).collect(),
        }
    }

    pub(super) fn read(&mut self, fact: &Fact) {
        match fact {
            Fact::InstanceLaunched(of) => {
                let way = (of.provider.index(), Way::Launching);
                self.on_the_way.insert(of.instance, way);
            }
            Fact::InstanceDraining(of) => {
                let way = (of.provider.index(), Way::Draining);
                self.on_the_way.insert(of.instance, way);
            }
            Fact::InstanceRegistered(of)
            | Fact::InstanceActivated(of)
            | Fact::InstanceFailed(of)
            | Fact::InstanceDeregistered(of)
            | Fact::InstanceGone(of, _) => {
                self.on_the_way.remove(&of.instance);
            }
            Fact::GroupScaled { provider, to, .. } => {
                self.desired[provider.index()] = Some(*to);
            }
            Fact::CapacityMeasured { .. } => {
                if let Some((provider, hundredths)) = measured(fact, &self.targets) {
                    self.reservation[provider] = Some(hundredths);
                }
            }
            _ => {}
        }
    }

    fn count(&self, of: Of, way: Way) -> f64 {
        let those = self.on_the_way.values();
        let is_counted = |(provider, is): &&(usize, Way)| {
            *is == way && (of == Of::All || of == Of::One(*provider))
        };
        those.filter(is_counted).count() as f64
    }

    /// The value of a level now, in its unit.
    pub(super) fn level(&self, observed: &Observed, level: LevelOf) -> Option<f64> {
        match level {
            LevelOf::Capacity(of, level) => self.capacity(observed, of, level),
            LevelOf::Tasks(of, level) => {
                let work = match of {
                    Of::All => observed.work.all(),
                    Of::One(entry) => &observed.work.entries[entry],
                };
                let level = match level {
                    TasksLevel::Running => &work.running,
                    TasksLevel::Waiting => &work.waiting,
                    TasksLevel::InSystem => &work.in_system,
                };
                Some(level.level() as f64)
            }
            LevelOf::Service(of, level) => service(observed, of, level),
        }
    }

    fn capacity(&self, observed: &Observed, of: Of, level: ProviderLevel) -> Option<f64> {
        use CapacityLevel as L;
        let all = observed.instances.providers.len();
        let those = match of {
            Of::All => 0..all,
            Of::One(provider) => provider..provider + 1,
        };
        let sum = |level| -> i64 {
            let each = those.clone().map(|id| observed.levels.now(id, level));
            each.sum()
        };
        let share = |part, whole| {
            let whole = sum(whole);
            (whole > 0).then(|| sum(part) as f64 / whole as f64)
        };
        let instances = &observed.instances.providers;
        Some(match level {
            ProviderLevel::Instances => {
                let those = those.map(|id| instances[id].there.level());
                those.sum::<u64>() as f64
            }
            ProviderLevel::InstancesFailed => {
                let those = those.map(|id| instances[id].down.level());
                those.sum::<u64>() as f64
            }
            ProviderLevel::InstancesLaunching => self.count(of, Way::Launching),
            ProviderLevel::InstancesDraining => self.count(of, Way::Draining),
            ProviderLevel::InstancesDesired => {
                let desired: Vec<u32> = those.filter_map(|id| self.desired[id]).collect();
                let has_group = !desired.is_empty();
                let sum = desired.iter().map(|count| f64::from(*count)).sum();
                return has_group.then_some(sum);
            }
            ProviderLevel::Tasks => sum(L::Tasks) as f64,
            ProviderLevel::CpuTotal => Cpu::base(sum(L::CpuTotal) as u64).as_vcpus_f64(),
            ProviderLevel::CpuReserved => return share(L::CpuReserved, L::CpuTotal),
            ProviderLevel::CpuUsed => return share(L::CpuUsed, L::CpuTotal),
            ProviderLevel::MemoryTotal => Memory::bytes(sum(L::MemoryTotal) as u64).as_gib_f64(),
            ProviderLevel::MemoryReserved => return share(L::MemoryReserved, L::MemoryTotal),
            ProviderLevel::MemoryUsed => return share(L::MemoryUsed, L::MemoryTotal),
            ProviderLevel::GpuTotal => sum(L::GpuTotal) as f64,
            ProviderLevel::GpuReserved => return share(L::GpuReserved, L::GpuTotal),
            ProviderLevel::Reservation => {
                let Of::One(provider) = of else { return None };
                return self.reservation[provider].map(|hundredths| hundredths as f64 / 100.0);
            }
        })
    }
}

fn service(observed: &Observed, of: Of, level: ServiceLevel) -> Option<f64> {
    let services = &observed.services;
    let value = |work: &crate::metrics::ServiceWork| match level {
        ServiceLevel::Desired => work.desired.level(),
        ServiceLevel::Running => work.running.level(),
        ServiceLevel::Healthy => work.healthy.level(),
        ServiceLevel::Pending => work.pending.level(),
        ServiceLevel::Waiting => work.waiting.level(),
    };
    match of {
        Of::All => Some(services.replicas().map(value).sum::<u64>() as f64),
        Of::One(index) => {
            let has_desired = !services.is_daemon(index);
            let needs_desired = matches!(level, ServiceLevel::Desired | ServiceLevel::Waiting);
            (has_desired || !needs_desired).then(|| value(services.service(index)) as f64)
        }
    }
}
