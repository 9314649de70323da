//! The books: a reader that knows where every task is, and what may happen to it.

use crate::limits::Limits;
use ecsim::cluster::WorkId;
use ecsim::engine::Reader;
use ecsim::plan::{Fault, FaultKind, Plan};
use ecsim::runner::built_in_scheduler;
use ecsim::simulation::{self, Fact, Requests, TaskFact};
use ecsim::units::SimTime;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    Waiting,
    OnCapacity,
    Running,
    Stopping,
    Gone,
}

/// What may happen on an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    Up,
    Draining,
    Down,
}

/// Where every task is, and what is the same twice.
pub struct Books {
    /// The limits of the number of tasks of services.
    pub limits: Limits,
    /// The requests of each service with a load.
    pub requests: BTreeMap<usize, Requests>,
    /// Visible messages and those in flight, by queue.
    pub messages: BTreeMap<usize, (u128, u128)>,
    pub tasks: BTreeMap<(WorkId, u64), Where>,
    /// Every instance that has registered.
    pub instances: BTreeMap<usize, Host>,
    /// Of those that are up or draining: ECS knows that their agents are away.
    pub away: BTreeSet<usize>,
    /// Faults that put the control plane out, and how many of them do.
    pub control_plane: Vec<usize>,
    pub out: u32,
    pub gone: u64,
    pub facts: u64,
    /// Facts of one instant.
    pub at_once: u32,
    pub hash: u64,
    pub last: SimTime,
}

impl Books {
    /// Nothing is placed or heard of where the agent is away.
    pub fn is_heard_of(&self, of: &TaskFact) {
        if let Some(instance) = of.task.instance {
            assert!(!self.away.contains(&instance.index()), "{of:?}");
        }
    }

    pub fn is_on_a_living_host(&self, of: &TaskFact) {
        if let Some(instance) = of.task.instance {
            assert_ne!(self.instances[&instance.index()], Host::Down, "{of:?}");
        }
    }

    pub fn go(&mut self, of: &TaskFact, from: &[Where], to: Where) {
        let name = (of.work, of.task.ordinal);
        let at = self.tasks.get_mut(&name).expect("who acts has arrived");
        assert!(from.contains(at), "{name:?} goes from {at:?} to {to:?}");
        *at = to;
        self.gone += u64::from(to == Where::Gone);
        if let Some(instance) = of.task.instance {
            let state = self.instances.get(&instance.index());
            assert!(state.is_some(), "an instance that has never registered");
        }
    }
}

impl Reader<Fact> for Books {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        assert!(now >= self.last, "time goes on");
        self.at_once = if now == self.last {
            self.at_once + 1
        } else {
            0
        };
        assert!(self.at_once < 20_000, "time stands still: {fact:?}");
        self.last = now;
        self.facts += 1;
        assert!(self.facts < 5_000_000, "it never ends");
        for byte in format!("{now:?} {fact:?}").bytes() {
            self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        self.limits.read(now, fact);
        use Where::{Gone, OnCapacity, Running, Stopping, Waiting};
        match fact {
            Fact::TaskArrived(of) => {
                let name = (of.work, of.task.ordinal);
                assert_eq!(self.tasks.insert(name, Waiting), None, "{name:?}");
            }
            Fact::TaskPlaced(of) => {
                if let Some(instance) = of.task.instance {
                    let is_up = self.instances.get(&instance.index());
                    assert_eq!(is_up, Some(&Host::Up), "placed where nobody may be");
                }
                self.is_heard_of(of);
                assert_eq!(self.out, 0, "placed without a control plane: {of:?}");
                self.go(of, &[Waiting], OnCapacity);
            }
            Fact::TaskStarted(of) => {
                self.is_on_a_living_host(of);
                self.is_heard_of(of);
                self.go(of, &[OnCapacity], Running);
            }
            Fact::TaskHealth(of, true) => self.is_on_a_living_host(of),
            Fact::TaskStopping(of, _) => self.go(of, &[OnCapacity, Running], Stopping),
            Fact::TaskFinished(of) => {
                let name = (of.work, of.task.ordinal);
                if self.tasks[&name] == Running {
                    self.is_on_a_living_host(of);
                }
                self.go(of, &[Running, Stopping], Gone);
            }
            Fact::TaskStopped(of, _) => {
                self.go(of, &[Waiting, OnCapacity, Running, Stopping], Gone);
            }
            Fact::TaskInterrupted(of, ..) => {
                self.go(of, &[OnCapacity, Running, Stopping], Waiting);
            }
            Fact::TaskRejected(of, _) => self.go(of, &[Waiting], Gone),
            Fact::SubmissionRefused(of, _) => self.go(of, &[Waiting], Waiting),
            Fact::InstanceRegistered(of) | Fact::InstanceRecovered(of) => {
                self.instances.insert(of.instance.index(), Host::Up);
                self.away.remove(&of.instance.index());
            }
            Fact::InstanceActivated(of) => {
                self.instances.insert(of.instance.index(), Host::Up);
            }
            Fact::InstanceDraining(of) => {
                self.instances.insert(of.instance.index(), Host::Draining);
            }
            Fact::InstanceFailed(of)
            | Fact::InstanceDeregistered(of)
            | Fact::InstanceGone(of, _) => {
                self.instances.insert(of.instance.index(), Host::Down);
                self.away.remove(&of.instance.index());
            }
            Fact::InstanceLaunched(of) => {
                assert_eq!(self.out, 0, "launched without a control plane: {of:?}");
            }
            Fact::FaultBegan(of, _) if self.control_plane.contains(of) => self.out += 1,
            Fact::FaultEnded(of, _) if self.control_plane.contains(of) => self.out -= 1,
            Fact::AgentDisconnected(of) => {
                let is_new = self.away.insert(of.instance.index());
                assert!(is_new, "whoever is away does not leave: {of:?}");
            }
            Fact::AgentReconnected(of) => {
                let was_away = self.away.remove(&of.instance.index());
                assert!(was_away, "whoever comes back was away: {of:?}");
            }
            Fact::Requests(service, passed) => {
                self.requests
                    .entry(service.index())
                    .or_default()
                    .add(passed);
            }
            Fact::Messages(queue, passed) => {
                let before = self.messages.entry(*queue).or_default();
                assert!(passed.adds_up(*before), "messages are lost: {passed:?}");
                *before = (passed.visible, passed.in_flight);
            }
            _ => {}
        }
    }
}

pub fn play(plan: &Plan, seed: u64) -> (Books, simulation::Outcome) {
    let is_outage = |fault: &Fault| matches!(fault.kind, FaultKind::ControlPlaneOutage);
    let faults = plan.faults.iter().enumerate();
    let outages = faults.filter(|(_, fault)| is_outage(fault));
    let mut books = Books {
        limits: Limits::new(plan),
        requests: BTreeMap::new(),
        messages: BTreeMap::new(),
        tasks: BTreeMap::new(),
        instances: BTreeMap::new(),
        away: BTreeSet::new(),
        control_plane: outages.map(|(number, _)| number).collect(),
        out: 0,
        gone: 0,
        facts: 0,
        at_once: 0,
        hash: 0,
        last: SimTime::ZERO,
    };
    let scheduler = built_in_scheduler(plan);
    let outcome = simulation::run(
        plan,
        seed,
        scheduler,
        simulation::Limits::default(),
        &mut books,
    );
    (books, outcome.expect("built-in policies do not fail"))
}
