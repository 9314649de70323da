//! What became of the instances of Auto Scaling groups and fleets: launches, losses, and how
//! many stand there with no task. How many there are over time is in `timeline.rs`.

use super::Level;
use crate::cluster::{ProviderId, Task};
use crate::plan::{Capacity, Plan, Scheduling};
use crate::simulation::{Fact, InstanceEnd, InstanceFact};
use crate::units::SimTime;

/// The instances of one capacity provider.
#[derive(Clone, Debug, Default)]
pub struct ProviderInstances {
    /// Launched in the reported time; a fixed fleet is launched at its beginning.
    pub launched: u64,
    /// Launches that failed: EC2 had no capacity, or the API failed them.
    pub launches_failed: u64,
    /// Spot instances that AWS took back.
    pub interrupted: u64,
    /// How often one failed, or went down with its zone.
    pub failed: u64,
    /// Of an Auto Scaling group: registered, with no task but daemons'.
    pub idle: Option<Level>,
}

/// An instance of an Auto Scaling group.
#[derive(Clone, Copy, Debug)]
struct Seat {
    tasks: u32,
    is_registered: bool,
    provider: ProviderId,
}

/// The instances of all providers.
#[derive(Clone, Debug)]
pub struct Instances {
    origin: SimTime,
    /// By provider.
    pub providers: Vec<ProviderInstances>,
    has_groups: bool,
    /// By entry: its tasks do not keep an instance busy.
    daemons: Vec<bool>,
    /// By instance, where there are groups.
    seats: Vec<Seat>,
}

impl Instances {
    /// For a plan, counting from `origin` on.
    pub fn new(plan: &Plan, origin: SimTime) -> Self {
        let is_group = |capacity: &Capacity| matches!(capacity, Capacity::Group(_));
        let providers = plan.cluster.providers.iter();
        let tasks = plan.tasks.iter().map(|_| false);
        let services = plan.services.iter();
        Self {
            origin,
            has_groups: providers.clone().any(|p| is_group(&p.capacity)),
            providers: providers
                .map(|provider| ProviderInstances {
                    idle: is_group(&provider.capacity).then(|| Level::new(origin)),
                    ..ProviderInstances::default()
                })
                .collect(),
            daemons: tasks
                .chain(services.map(|s| s.scheduling == Scheduling::Daemon))
                .collect(),
            seats: Vec::new(),
        }
    }

    #[inline]
    pub(super) fn read(&mut self, now: SimTime, fact: &Fact) {
        match fact {
            Fact::InstanceLaunched(of) => self.launched(now, of),
            Fact::InstanceRegistered(of) | Fact::InstanceRecovered(of) => {
                self.register(now, of, true);
            }
            Fact::InstanceFailed(of) => {
                self.providers[of.provider.index()].failed += u64::from(now >= self.origin);
                self.register(now, of, false);
            }
            Fact::InstanceGone(of, end) => {
                let taken = *end == InstanceEnd::Interrupted && now >= self.origin;
                self.providers[of.provider.index()].interrupted += u64::from(taken);
                self.register(now, of, false);
            }
            Fact::LaunchFailed { provider, .. } => {
                let failed = &mut self.providers[provider.index()].launches_failed;
                *failed += u64::from(now >= self.origin);
            }
            Fact::TaskPlaced(of) if self.has_groups => self.occupy(now, &of.task, true),
            Fact::TaskFinished(of) | Fact::TaskStopped(of, _) | Fact::TaskInterrupted(of, ..)
                if self.has_groups && of.task.attempts > 0 =>
            {
                self.occupy(now, &of.task, false);
            }
            _ => {}
        }
    }

    fn launched(&mut self, now: SimTime, of: &InstanceFact) {
        self.providers[of.provider.index()].launched += u64::from(now >= self.origin);
        if self.has_groups {
            self.seats.push(Seat {
                tasks: 0,
                is_registered: false,
                provider: of.provider,
            });
        }
    }

    fn register(&mut self, now: SimTime, of: &InstanceFact, is_registered: bool) {
        if self.has_groups {
            self.change(now, of.instance.index(), |seat| {
                seat.is_registered = is_registered;
            });
        }
    }

    fn occupy(&mut self, now: SimTime, task: &Task, comes: bool) {
        let Some(instance) = task.instance else {
            return;
        };
        if self.daemons[task.entry.index()] {
            return;
        }
        self.change(now, instance.index(), |seat| {
            seat.tasks = if comes {
                seat.tasks + 1
            } else {
                seat.tasks - 1
            };
        });
    }

    fn change(&mut self, now: SimTime, index: usize, by: impl FnOnce(&mut Seat)) {
        let seat = &mut self.seats[index];
        let is_idle = |seat: &Seat| seat.is_registered && seat.tasks == 0;
        let before = is_idle(seat);
        by(seat);
        let after = is_idle(seat);
        if let Some(idle) = &mut self.providers[seat.provider.index()].idle
            && before != after
        {
            idle.change(now, after.into(), before.into());
        }
    }

    pub(super) fn finish(&mut self, end: SimTime) {
        for idle in self.providers.iter_mut().filter_map(|p| p.idle.as_mut()) {
            idle.advance(end);
        }
    }
}
