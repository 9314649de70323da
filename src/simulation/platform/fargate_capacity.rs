//! The state of one provider's Fargate capacity: its tasks by zone, quota, launch rate and meters.

use crate::catalog::Architecture;
use crate::cluster::{GroupId, ProviderId, ZoneId};
use crate::plan::Plan;
use crate::policy::rate::TokenBucket;
use crate::units::{Cpu, Decimal, Memory, SimTime, Span};
use crate::usage::{Item, MeterId, MeterKey, Meters, Owner};

/// Ephemeral storage that is included in the price of a task: 20 GiB (facts/ecs.md 26).
const STORAGE_INCLUDED: Memory = Memory::gib(20);

/// The period of a rate in millionths per second.
const A_MILLION_SECONDS: Span = Span::seconds(Decimal::MILLIONTHS);

/// The state of Fargate, or of Fargate Spot, for the tasks of one provider.
pub(in crate::simulation) struct FargateState {
    /// By zone, then architecture (x86, ARM): the meters of CPU, memory and storage.
    pub(super) meters: Vec<[[MeterId; 3]; 2]>,
    /// The number of tasks by zone × `groups` + task group.
    pub(super) tasks: Vec<u32>,
    pub(super) groups: usize,
    /// The CPU of all tasks, in 1/128,000 vCPU; it is limited by the quota.
    pub(super) cpu: u64,
    /// The rate of launches (facts/ecs.md 45, facts/platform.md 2.4.1).
    launches: TokenBucket,
}

/// The size of a Fargate task, which is billed. `storage` includes the free 20 GiB.
#[derive(Clone, Copy)]
pub(in crate::simulation) struct FargateSize {
    pub cpu: Cpu,
    pub memory: Memory,
    pub storage: Memory,
    pub arm: bool,
}

impl FargateState {
    /// Fargate for the tasks of one provider.
    pub(in crate::simulation) fn new(
        plan: &Plan,
        provider: ProviderId,
        spot: bool,
        groups: usize,
        meters: &mut Meters,
    ) -> Self {
        let zones = plan.cluster.zones.len();
        let items = |arch| match spot {
            false => [Item::FargateCpu(arch), Item::FargateMemory(arch)],
            true => [Item::FargateSpotCpu(arch), Item::FargateSpotMemory(arch)],
        };
        let mut register = |zone, item| {
            meters.register(MeterKey {
                owner: Owner::Provider(provider.index()),
                zone: Some(zone),
                item,
            })
        };
        let meters = (0..zones).map(|zone| {
            [Architecture::X86, Architecture::Arm].map(|arch| {
                let [cpu, memory] = items(arch);
                [cpu, memory, Item::FargateStorage(arch)].map(|item| register(zone, item))
            })
        });
        let (burst, per_second) = plan.assumptions.fargate_launch_bucket;
        Self {
            meters: meters.collect(),
            tasks: vec![0; zones * groups],
            groups,
            cpu: 0,
            launches: TokenBucket::new(burst, per_second.as_millionths(), A_MILLION_SECONDS),
        }
    }

    /// Reserves the next launch: the time at which the launch rate admits it, `now` or later.
    pub(in crate::simulation) fn admit(&mut self, now: SimTime) -> SimTime {
        self.launches.admit(now)
    }

    /// Adds a task.
    pub(in crate::simulation) fn occupy(&mut self, zone: ZoneId, group: GroupId, cpu: Cpu) {
        self.tasks[zone.index() * self.groups + group.index()] += 1;
        self.cpu += cpu.as_base();
    }

    /// Removes a task.
    pub(in crate::simulation) fn vacate(&mut self, zone: ZoneId, group: GroupId, cpu: Cpu) {
        self.tasks[zone.index() * self.groups + group.index()] -= 1;
        self.cpu -= cpu.as_base();
    }

    /// The meters of a task, each with the amount that it counts, in base units of its item.
    pub(super) fn metered(
        &self,
        zone: ZoneId,
        size: &FargateSize,
    ) -> impl Iterator<Item = (MeterId, u64)> + use<> {
        let included = STORAGE_INCLUDED.as_bytes();
        let amounts = [
            size.cpu.as_base(),
            size.memory.as_bytes(),
            size.storage.as_bytes().saturating_sub(included),
        ];
        let meters = self.meters[zone.index()][usize::from(size.arm)];
        let metered = meters.into_iter().zip(amounts);
        metered.filter(|(_, amount)| *amount > 0)
    }
}
