//! The limits of a deployment: in no world does the scheduler start tasks above `maximumPercent`, or
//! stop healthy ones below `minimumHealthyPercent` (facts/ecs.md 193, 194, 197, 225).

use ecsim::cluster::{RevisionId, WorkId};
use ecsim::plan::{DeploymentRules, FaultKind, Plan, Scheduling};
use ecsim::simulation::{Fact, ServiceEvent, StopReason, TaskFact};
use ecsim::units::SimTime;
use std::collections::BTreeMap;

/// A task whose desired status is RUNNING.
#[derive(Clone, Copy, Debug, Default)]
struct Wanted {
    /// The one with which it was created.
    revision: Option<RevisionId>,
    is_healthy: bool,
    is_running: bool,
    /// Its instance has failed, and the scheduler has not heard of it.
    is_dead: bool,
    instance: Option<usize>,
}

/// The tasks of a service, and what limits them.
struct Watched {
    is_daemon: bool,
    /// Some of its deployments shift traffic.
    shifts: bool,
    has_targets: bool,
    desired: u32,
    /// In force now; the first ones are those that were in force at the beginning of this instant.
    rules: Vec<DeploymentRules>,
    /// Its tasks whose desired status is RUNNING, by number.
    tasks: BTreeMap<u64, Wanted>,
}

/// What the limits of all services were and are.
pub struct Limits {
    services: Vec<Watched>,
    /// Changes of the rules that are still to come, in their order.
    changes: Vec<(SimTime, usize, DeploymentRules)>,
    now: SimTime,
    /// Changes of rules wait in an outage of the control plane for its end.
    pub is_watched: bool,
    /// Stops of healthy tasks and starts that were compared with a limit.
    pub compared: u64,
}

impl Limits {
    pub fn new(plan: &Plan) -> Self {
        let shifts = |index: usize| {
            let rules = plan.deployments.iter().filter(|of| of.service == index);
            let rules = rules.filter_map(|of| of.rules.as_ref());
            let mut all = rules.chain([&plan.services[index].deployment]);
            all.any(|rules| rules.shift.is_some())
        };
        let services = plan
            .services
            .iter()
            .enumerate()
            .map(|(index, service)| Watched {
                shifts: shifts(index),
                has_targets: service.targets.is_some(),
                is_daemon: service.scheduling == Scheduling::Daemon,
                desired: service.desired_count,
                rules: vec![service.deployment.clone()],
                tasks: BTreeMap::new(),
            });
        let changes = plan.deployments.iter().filter_map(|deployment| {
            let rules = deployment.rules.clone()?;
            Some((deployment.at, deployment.service, rules))
        });
        let mut changes: Vec<_> = changes.collect();
        changes.sort_by_key(|(at, ..)| *at);
        changes.reverse();
        let mut faults = plan.faults.iter().map(|fault| &fault.kind);
        Self {
            services: services.collect(),
            changes,
            now: SimTime::ZERO,
            is_watched: !faults.any(|kind| matches!(kind, FaultKind::ControlPlaneOutage)),
            compared: 0,
        }
    }

    /// Rules of an earlier instant no longer apply; those that change now may not have changed yet.
    fn go_to(&mut self, now: SimTime) {
        if now > self.now {
            for service in &mut self.services {
                let last = service.rules.len() - 1;
                service.rules.drain(..last);
            }
        }
        self.now = now;
        while self.changes.last().is_some_and(|(at, ..)| *at <= now) {
            let (at, service, rules) = self.changes.pop().expect("a change");
            let known = &mut self.services[service].rules;
            if at < now {
                known.clear();
            }
            known.push(rules);
        }
    }

    pub fn read(&mut self, now: SimTime, fact: &Fact) {
        if !self.is_watched {
            return;
        }
        self.go_to(now);
        match fact {
            Fact::Service(service, ServiceEvent::DesiredCountUpdated { to, .. }) => {
                self.services[service.index()].desired = *to;
            }
            Fact::TaskArrived(of) => self.starts(of),
            Fact::TaskPlaced(of) => self.is_placed(of),
            Fact::TaskStarted(of) => {
                if let Some(task) = self.task(of) {
                    task.is_running = true;
                }
            }
            // For the scheduler it is as healthy as before, until it hears of the instance.
            Fact::TaskDied(of) => {
                if let Some(task) = self.task(of) {
                    task.is_dead = true;
                }
            }
            Fact::TaskHealth(of, is_healthy) => {
                if let Some(task) = self.task(of)
                    && !task.is_dead
                {
                    task.is_healthy = *is_healthy;
                }
            }
            Fact::TaskStopping(of, why) | Fact::TaskStopped(of, why) => self.stops(of, Some(*why)),
            Fact::TaskRejected(of, _) => self.stops(of, None),
            _ => {}
        }
    }

    /// A task of a service whose desired status is RUNNING.
    fn task(&mut self, of: &TaskFact) -> Option<&mut Wanted> {
        let (service, number) = name(of)?;
        self.services[service].tasks.get_mut(&number)
    }

    /// A task was created: with it there are at most as many as `maximumPercent` allows.
    fn starts(&mut self, of: &TaskFact) {
        let Some((service, number)) = name(of) else {
            return;
        };
        let watched = &mut self.services[service];
        let started = Wanted {
            revision: Some(of.task.revision),
            ..Wanted::default()
        };
        watched.tasks.insert(number, started);
        if watched.is_daemon {
            return;
        }
        let desired = watched.desired;
        let most = watched
            .rules
            .iter()
            .map(|of| of.bounds(desired).maximum_total);
        let most = most.max().expect("rules");
        // While traffic is shifted each revision may have as many (facts/ecs.md 217).
        let counts = |task: &&Wanted| !watched.shifts || task.revision == started.revision;
        let tasks = watched.tasks.values().filter(counts).count();
        self.compared += 1;
        assert!(
            tasks <= most as usize,
            "service {service} has {tasks} tasks at {now:?}, at most {most} are allowed",
            now = self.now
        );
    }

    /// A task has an instance: a daemon has one task there that is not stopping (facts/ecs.md 106, 108).
    fn is_placed(&mut self, of: &TaskFact) {
        let Some((service, number)) = name(of) else {
            return;
        };
        let watched = &mut self.services[service];
        let instance = of.task.instance.map(|instance| instance.index());
        if watched.is_daemon {
            let mut others = watched.tasks.values();
            let is_alone = instance.is_none() || others.all(|other| other.instance != instance);
            assert!(is_alone, "two tasks of a daemon on {instance:?}: {of:?}");
        }
        if let Some(task) = watched.tasks.get_mut(&number) {
            task.instance = instance;
        }
    }

    /// A task is stopped. Where the scheduler chose a healthy one, as many are left as
    /// `minimumHealthyPercent` needs.
    fn stops(&mut self, of: &TaskFact, why: Option<StopReason>) {
        let Some((service, number)) = name(of) else {
            return;
        };
        let watched = &mut self.services[service];
        let Some(task) = watched.tasks.remove(&number) else {
            return;
        };
        let is_chosen = matches!(
            why,
            Some(
                StopReason::ScaledIn
                    | StopReason::Replaced
                    | StopReason::ZoneRebalancing
                    | StopReason::InstanceDraining
            )
        );
        if watched.is_daemon || !is_chosen || !task.is_healthy {
            return;
        }
        let desired = watched.desired;
        let least = watched
            .rules
            .iter()
            .map(|of| of.bounds(desired).minimum_healthy);
        let least = least.min().expect("rules");
        let counts_running = why == Some(StopReason::InstanceDraining) && !watched.has_targets;
        let healthy = watched
            .tasks
            .values()
            // Without a load balancer a task on a DRAINING instance counts from RUNNING on.
            .filter(|task| task.is_healthy || (counts_running && task.is_running))
            .count();
        self.compared += 1;
        assert!(
            healthy >= least as usize,
            "service {service} keeps {healthy} healthy tasks at {now:?}, at least {least} are needed: {why:?}",
            now = self.now
        );
    }
}

/// The service of a task, and its number there.
fn name(of: &TaskFact) -> Option<(usize, u64)> {
    match of.work {
        WorkId::Service(service) => Some((service.index(), of.task.ordinal)),
        WorkId::Entry(_) => None,
    }
}
