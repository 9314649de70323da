//! Instances of Auto Scaling groups and fixed fleets: launches, failures, interruptions, and the
//! numbers of registered, failed and idle instances. Instances over time are in `timeline.rs`.

use super::Level;
use crate::cluster::{InstanceId, PerWork, ProviderId, WorkId};
use crate::plan::{Capacity, Plan, Scheduling};
use crate::simulation::{Fact, InstanceEnd, InstanceFact};
use crate::units::{SimTime, Span};
use std::collections::BTreeSet;

/// The instances of one capacity provider.
#[derive(Clone, Debug, Default)]
pub struct ProviderInstances {
    /// Instances launched in the reported time. A fixed fleet is launched at time zero.
    pub launched: u64,
    /// Launches that failed in the reported time: EC2 had no capacity, or the API returned an
    /// error.
    pub launches_failed: u64,
    /// Spot interruptions in the reported time.
    pub interrupted: u64,
    /// Instance failures in the reported time, those of a zone outage included.
    pub failed: u64,
    /// Number of instances from registration to termination, failed ones included.
    pub there: Level,
    /// Number of failed instances among those.
    pub down: Level,
    /// The time in the reported time for which burstable instances had no CPU credits and wanted more than
    /// their baseline, added up.
    pub throttled: Span,
    /// Surplus CPU credits that were charged in the reported time, in 1/128,000 vCPU × µs.
    pub surplus_credits: u128,
    /// Number of registered instances without tasks other than daemon tasks; `None` for a fixed
    /// fleet and on Fargate.
    pub idle: Option<Level>,
}

/// What decides whether an instance is idle.
#[derive(Clone, Copy, Debug)]
struct Occupancy {
    /// Tasks that are placed on it, daemon tasks left out.
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
    /// Number of instances of all providers from registration to termination, failed ones included.
    pub there: Level,
    /// Instances that have failed and are not terminated.
    failed: BTreeSet<InstanceId>,
    has_groups: bool,
    /// True for daemon services: an instance with only daemon tasks is idle.
    daemons: PerWork<bool>,
    /// By instance; empty in a plan without Auto Scaling groups.
    occupancies: Vec<Occupancy>,
}

impl Instances {
    /// Observers for the providers of a plan; `origin` is the beginning of the reported time.
    pub fn new(plan: &Plan, origin: SimTime) -> Self {
        let is_group = |capacity: &Capacity| matches!(capacity, Capacity::Group(_));
        let providers = plan.cluster.providers.iter();
        let is_daemon = |work| match work {
            WorkId::Entry(_) => false,
            WorkId::Service(id) => plan.services[id.index()].scheduling == Scheduling::Daemon,
        };
        Self {
            origin,
            has_groups: providers.clone().any(|p| is_group(&p.capacity)),
            providers: providers
                .map(|provider| ProviderInstances {
                    there: Level::new(origin),
                    down: Level::new(origin),
                    idle: is_group(&provider.capacity).then(|| Level::new(origin)),
                    ..ProviderInstances::default()
                })
                .collect(),
            there: Level::new(origin),
            failed: BTreeSet::new(),
            daemons: plan.per_work(is_daemon),
            occupancies: Vec::new(),
        }
    }

    #[inline(always)]
    pub(super) fn read(&mut self, now: SimTime, fact: &Fact) {
        match fact {
            Fact::InstanceLaunched(of) => self.launched(now, of),
            Fact::InstanceRegistered(of) => {
                self.providers[of.provider.index()].there.change(now, 1, 0);
                self.there.change(now, 1, 0);
                self.register(now, of, true);
            }
            Fact::InstanceRecovered(of) => {
                self.end_failure(now, of);
                self.register(now, of, true);
            }
            Fact::InstanceFailed(of) => {
                let provider = &mut self.providers[of.provider.index()];
                provider.failed += u64::from(now >= self.origin);
                provider.down.change(now, 1, 0);
                self.failed.insert(of.instance);
                self.register(now, of, false);
            }
            Fact::CpuCredits(of, amounts) if now > self.origin => {
                let provider = &mut self.providers[of.provider.index()];
                provider.throttled = provider.throttled.saturating_add(amounts.throttled);
                provider.surplus_credits += amounts.charged;
            }
            Fact::InstanceDeregistered(of) => {
                self.providers[of.provider.index()].there.change(now, 0, 1);
                self.there.change(now, 0, 1);
                self.register(now, of, false);
            }
            Fact::InstanceGone(of, end) => {
                let taken = *end == InstanceEnd::Interrupted && now >= self.origin;
                self.providers[of.provider.index()].interrupted += u64::from(taken);
                // An instance that was still booting had not been counted as there.
                if self.end_failure(now, of) || of.counted {
                    self.providers[of.provider.index()].there.change(now, 0, 1);
                    self.there.change(now, 0, 1);
                }
                self.register(now, of, false);
            }
            Fact::LaunchFailed { provider, .. } => {
                let failed = &mut self.providers[provider.index()].launches_failed;
                *failed += u64::from(now >= self.origin);
            }
            Fact::TaskPlaced(of) if self.has_groups => {
                self.occupy(now, (of.task.instance, of.work), true);
            }
            Fact::TaskFinished(of) | Fact::TaskStopped(of, _) | Fact::TaskInterrupted(of, ..)
                if self.has_groups && of.task.attempts > 0 =>
            {
                self.occupy(now, (of.task.instance, of.work), false);
            }
            _ => {}
        }
    }

    fn launched(&mut self, now: SimTime, of: &InstanceFact) {
        self.providers[of.provider.index()].launched += u64::from(now >= self.origin);
        if self.has_groups {
            self.occupancies.push(Occupancy {
                tasks: 0,
                is_registered: false,
                provider: of.provider,
            });
        }
    }

    /// Ends the failure of an instance that has recovered or is terminated. Returns whether it had
    /// failed.
    fn end_failure(&mut self, now: SimTime, of: &InstanceFact) -> bool {
        let had_failed = self.failed.remove(&of.instance);
        if had_failed {
            self.providers[of.provider.index()].down.change(now, 0, 1);
        }
        had_failed
    }

    fn register(&mut self, now: SimTime, of: &InstanceFact, is_registered: bool) {
        if self.has_groups {
            self.change(now, of.instance.index(), |occupancy| {
                occupancy.is_registered = is_registered;
            });
        }
    }

    fn occupy(&mut self, now: SimTime, of: (Option<InstanceId>, WorkId), comes: bool) {
        let (Some(instance), work) = of else {
            return;
        };
        if self.daemons[work] {
            return;
        }
        self.change(now, instance.index(), |occupancy| {
            occupancy.tasks = if comes {
                occupancy.tasks + 1
            } else {
                occupancy.tasks - 1
            };
        });
    }

    fn change(&mut self, now: SimTime, index: usize, by: impl FnOnce(&mut Occupancy)) {
        let occupancy = &mut self.occupancies[index];
        let is_idle = |occupancy: &Occupancy| occupancy.is_registered && occupancy.tasks == 0;
        let before = is_idle(occupancy);
        by(occupancy);
        let after = is_idle(occupancy);
        if let Some(idle) = &mut self.providers[occupancy.provider.index()].idle
            && before != after
        {
            idle.change(now, after.into(), before.into());
        }
    }

    pub(super) fn finish(&mut self, end: SimTime) {
        self.there.advance(end);
        for level in self.levels() {
            level.advance(end);
        }
    }

    /// All levels of all providers.
    pub(super) fn levels(&mut self) -> impl Iterator<Item = &mut Level> {
        let providers = self.providers.iter_mut();
        providers.flat_map(|of| {
            [&mut of.there, &mut of.down]
                .into_iter()
                .chain(&mut of.idle)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::ZoneId;
    use crate::plan::{Cluster, Provider};
    use crate::units::Span;

    fn instance(id: usize, counted: bool) -> InstanceFact {
        InstanceFact {
            instance: InstanceId::new(id),
            provider: ProviderId::new(0),
            instance_type: 0,
            zone: ZoneId::new(0),
            spot: false,
            cpu: 1,
            memory: 1,
            gpus: 0,
            counted,
        }
    }

    /// The integrals of instances there and of failed instances, in instance µs up to 100 µs.
    fn played(facts: &[(u64, Fact)]) -> (u128, u128) {
        let plan = Plan {
            cluster: Cluster {
                providers: vec![Provider {
                    name: "fleet".into(),
                    capacity: Capacity::Fleet(Vec::new()),
                }],
                ..Cluster::default()
            },
            ..Plan::default()
        };
        let mut instances = Instances::new(&plan, SimTime::ZERO + Span::micros(10));
        for (at, fact) in facts {
            instances.read(SimTime::micros(*at), fact);
        }
        instances.finish(SimTime::micros(100));
        let provider = &instances.providers[0];
        (provider.there.integral, provider.down.integral)
    }

    #[test]
    fn an_instance_is_there_from_registration_until_it_is_gone() {
        let (of, end) = (instance(0, true), InstanceEnd::ScaledIn);
        let facts = [
            (0, Fact::InstanceLaunched(of)),
            (30, Fact::InstanceRegistered(of)),
            (50, Fact::InstanceDraining(of)),
            (70, Fact::InstanceGone(of, end)),
        ];
        assert_eq!(played(&facts), (40, 0));
        // An instance that never registers is never counted as there.
        let of = instance(0, false);
        let facts = [
            (0, Fact::InstanceLaunched(of)),
            (70, Fact::InstanceGone(of, end)),
        ];
        assert_eq!(played(&facts), (0, 0));
    }

    #[test]
    fn one_that_has_failed_is_there_until_it_is_back_or_gone() {
        let (up, down) = (instance(0, true), instance(0, false));
        let other = instance(1, true);
        let facts = [
            (0, Fact::InstanceRegistered(up)),
            (0, Fact::InstanceRegistered(other)),
            (5, Fact::InstanceFailed(up)),
            (25, Fact::InstanceRecovered(up)),
            (60, Fact::InstanceFailed(up)),
            (80, Fact::InstanceGone(down, InstanceEnd::Failed)),
        ];
        assert_eq!(played(&facts), (90 + 70, 15 + 20));
        // An instance that is never repaired counts as failed to the end.
        assert_eq!(played(&facts[..5]), (90 + 90, 15 + 40));
    }
}
