//! The tasks that wait in PROVISIONING for a provider of ECS Managed Instances, by zone and by what they
//! need. Zones come before packing (facts/ecs.md 42d).

use super::managed_offers::holds;
use super::state::Ecs;
use crate::cluster::{InstanceId, LaneId, Pending, ProviderId, Request, Shape};
use crate::policy::provisioning::managed_instances::{Batch, Offer, Work, zone_for};
use crate::simulation::life::Lives;
use std::collections::{BTreeMap, VecDeque};

/// Waiting tasks that are alike.
struct Alike {
    lane: LaneId,
    shape: Shape,
    /// By zone and type of the provider: whether a new instance has room for one.
    holds: Vec<Vec<bool>>,
    /// By zone: the tasks that are to start there.
    zones: Vec<VecDeque<Pending>>,
    /// Tasks that only an instance with certain other tasks takes, in any zone.
    anywhere: VecDeque<Pending>,
    /// By zone: whether all launches for them have failed at this look.
    closed: Vec<bool>,
}

impl Alike {
    /// By zone: whether the tasks may be launched for there.
    fn open(&self) -> Vec<bool> {
        let zones = self.holds.iter().zip(&self.closed);
        zones
            .map(|(holds, closed)| !closed && holds.contains(&true))
            .collect()
    }
}

/// The waiting tasks of a provider.
pub(super) struct Demand {
    all: Vec<Alike>,
    zones: usize,
}

impl Demand {
    /// The waiting tasks by zone. Each goes to the zone with the fewest tasks of its service or entry on
    /// instances that stay, of those where a type can hold it. Tasks that no type can hold are left out.
    pub(super) fn new(
        ecs: &Ecs<'_>,
        lives: &Lives<'_>,
        provider: ProviderId,
        offers: &[Vec<Offer>],
        waiting: &[Pending],
    ) -> Self {
        let mut counts = tasks_by_zone(ecs, lives, provider, waiting);
        let instances = instances_by_zone(lives, provider);
        let mut demand = Self {
            all: Vec::new(),
            zones: offers.len(),
        };
        let mut known: BTreeMap<(LaneId, [u64; 4]), usize> = BTreeMap::new();
        for pending in waiting {
            let key = (pending.lane, amounts(&pending.shape));
            let at = *known.entry(key).or_insert_with(|| {
                let request = lives.request(pending.lane, pending.shape);
                demand.add(pending, holds(offers, &request))
            });
            let alike = &mut demand.all[at];
            let counts = counts.get_mut(&pending.lane).expect("its lane is counted");
            if let Some(zone) = zone_for(counts, &instances, &alike.open()) {
                counts[zone] += 1;
                alike.zones[zone].push_back(*pending);
            } else if may_join(lives, pending) {
                alike.anywhere.push_back(*pending);
            }
        }
        demand
    }

    fn add(&mut self, first: &Pending, holds: Vec<Vec<bool>>) -> usize {
        self.all.push(Alike {
            lane: first.lane,
            shape: first.shape,
            zones: vec![VecDeque::new(); holds.len()],
            closed: vec![false; holds.len()],
            holds,
            anywhere: VecDeque::new(),
        });
        self.all.len() - 1
    }

    /// The first zone with a task that a new instance there can hold.
    pub(super) fn next_zone(&self) -> Option<usize> {
        let has_tasks = |zone: &usize| self.all.iter().any(|of| !of.zones[*zone].is_empty());
        (0..self.zones).find(has_tasks)
    }

    /// True when an instance in a zone may take some task.
    pub(super) fn has_tasks(&self, zone: usize) -> bool {
        let mut all = self.all.iter();
        all.any(|of| !of.zones[zone].is_empty() || !of.anywhere.is_empty())
    }

    /// The tasks that an instance in a zone may take.
    pub(super) fn work<'a>(&'a self, lives: &'a Lives<'_>, zone: usize) -> Work<'a> {
        let batch = |of: &'a Alike| Batch {
            request: request(lives, of),
            count: u32::try_from(of.zones[zone].len() + of.anywhere.len()).unwrap_or(u32::MAX),
            holds: &of.holds[zone],
        };
        Work::new(self.all.iter().map(batch).collect())
    }

    /// Takes tasks of a batch of [`work`](Self::work) that an instance in a zone takes.
    pub(super) fn take(&mut self, batch: usize, zone: usize, count: u32) -> Vec<Pending> {
        let of = &mut self.all[batch];
        let queue = &mut of.zones[zone];
        let own = queue.len().min(count as usize);
        let mut taken: Vec<Pending> = queue.drain(..own).collect();
        taken.extend(of.anywhere.drain(..count as usize - own));
        taken
    }

    /// No type is available for a batch in a zone: its tasks go to another zone, as the spread is only an
    /// aim. Without one they are left; false then.
    pub(super) fn close(&mut self, batch: usize, zone: usize) -> bool {
        let of = &mut self.all[batch];
        of.closed[zone] = true;
        let open = of.open();
        let tasks = std::mem::take(&mut of.zones[zone]);
        let mut others = (zone + 1..open.len()).chain(0..zone);
        match others.find(|other| open[*other]) {
            Some(other) => of.zones[other].extend(tasks),
            None => return false,
        }
        true
    }

    /// The lane of a batch.
    pub(super) fn lane(&self, batch: usize) -> LaneId {
        self.all[batch].lane
    }
}

fn request<'a>(lives: &'a Lives<'_>, of: &Alike) -> Request<'a> {
    lives.request(of.lane, of.shape)
}

/// A shape as a key.
fn amounts(of: &Shape) -> [u64; 4] {
    let (cpu, memory) = (of.cpu.as_base(), of.memory.as_bytes());
    [cpu, memory, of.interfaces.into(), of.gpus.into()]
}

/// True when other tasks on an instance can make it take the task.
fn may_join(lives: &Lives<'_>, pending: &Pending) -> bool {
    let requirement = lives.requirement(pending.lane);
    requirement.member_of.can_come_true_by_a_placement()
}

/// By lane of the waiting tasks and by zone of the provider: the tasks on instances that stay, and those
/// that wait for an instance that was launched for them.
fn tasks_by_zone(
    ecs: &Ecs<'_>,
    lives: &Lives<'_>,
    provider: ProviderId,
    waiting: &[Pending],
) -> BTreeMap<LaneId, Vec<u32>> {
    let zones = &lives.platform.group(provider).plan.zones;
    let mut counts: BTreeMap<LaneId, Vec<u32>> = BTreeMap::new();
    for pending in waiting {
        let none = || vec![0; zones.len()];
        counts.entry(pending.lane).or_insert_with(none);
    }
    let mut count = |lane: LaneId, id: InstanceId| {
        let zone = lives.platform.machine(id).zone.index();
        let zone = zones.iter().position(|known| *known == zone);
        if let Some((counts, zone)) = counts.get_mut(&lane).zip(zone) {
            counts[zone] += 1;
        }
    };
    for task in lives.tasks().iter().filter(|task| !task.stopping) {
        let stays = |id: &InstanceId| lives.platform.is_active(*id);
        if let Some(id) = task.instance.filter(stays) {
            count(task.lane, id);
        }
    }
    for (id, tasks) in ecs.fleets[provider.index()].iter().flat_map(|f| &f.bound) {
        tasks.iter().for_each(|pending| count(pending.lane, *id));
    }
    counts
}

/// By zone of the provider: its instances that come or are there.
fn instances_by_zone(lives: &Lives<'_>, provider: ProviderId) -> Vec<u32> {
    let group = lives.platform.group(provider);
    let mut instances = vec![0; group.plan.zones.len()];
    for id in group.members() {
        let machine = lives.platform.machine(*id);
        let zone = machine.zone.index();
        let mut zones = group.plan.zones.iter();
        if let Some(zone) = zones.position(|known| *known == zone)
            && machine.is_coming_or_there()
        {
            instances[zone] += 1;
        }
    }
    instances
}
