//! A reader of facts that keeps its own books of a run and checks them at every fact: every
//! task is somewhere, no instance is over its capacity, and all integrals are kept as
//! integers. It knows the plan and the facts, and asks the program nothing else.

use super::worlds::{Site, sites};
use ecsim::cluster::Task;
use ecsim::engine::Reader;
use ecsim::plan::{NetworkMode, Plan, Target};
use ecsim::simulation::{Fact, Rejection};
use ecsim::units::SimTime;
use std::collections::BTreeMap;

/// A task's name: its entry and its ordinal.
pub type Name = (usize, u64);

/// The end of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// It ran to its end.
    Finished,
    /// It was refused.
    Rejected,
}

/// One task's life, times in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Life {
    pub arrived: u64,
    pub placed: Option<u64>,
    pub started: Option<u64>,
    pub ended: Option<(u64, End)>,
    pub instance: Option<usize>,
}

/// What the instance has given away, in base units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Used {
    cpu: u64,
    memory: u64,
    gpus: u32,
    interfaces: u32,
}

/// An integral of a level over time, in integers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Area {
    level: u128,
    since: u64,
    /// Level × µs.
    pub integral: u128,
}

impl Area {
    fn change(&mut self, now: u64, up: u128, down: u128) {
        self.integral += self.level * u128::from(now - self.since);
        self.since = now;
        self.level = self.level + up - down;
    }
}

/// The books.
pub struct Audit<'p> {
    plan: &'p Plan,
    sites: Vec<Site>,
    residents: Vec<BTreeMap<Name, Task>>,
    registered: usize,
    /// Every task that has arrived.
    pub lives: BTreeMap<Name, Life>,
    pub arrived: u64,
    pub finished: u64,
    pub rejected: u64,
    pub queued: u64,
    pub running: u64,
    /// Tasks in the system, waiting, and on capacity, over time.
    pub in_system: Area,
    pub waiting: Area,
    pub on_capacity: Area,
    /// CPU in use over time, and what each task took times how long.
    pub busy: Area,
    pub cpu_times_length: u128,
    /// Sums over tasks, in microseconds.
    pub sojourns: u128,
    pub waits: u128,
    pub lengths: u128,
    /// Lives of Fargate's tasks, for the bill.
    pub on_fargate: Vec<(Task, SimTime)>,
}

impl<'p> Audit<'p> {
    /// Books of a run of the plan.
    pub fn new(plan: &'p Plan) -> Self {
        let sites = sites(plan);
        Self {
            plan,
            residents: vec![BTreeMap::new(); sites.len()],
            sites,
            registered: 0,
            lives: BTreeMap::new(),
            arrived: 0,
            finished: 0,
            rejected: 0,
            queued: 0,
            running: 0,
            in_system: Area::default(),
            waiting: Area::default(),
            on_capacity: Area::default(),
            busy: Area::default(),
            cpu_times_length: 0,
            sojourns: 0,
            waits: 0,
            lengths: 0,
            on_fargate: Vec::new(),
        }
    }

    /// What an instance has given away is the sum of its tasks, and within what it has.
    fn check_instance(&self, instance: usize) {
        let mut used = Used::default();
        let mut ports = Vec::new();
        let site = &self.sites[instance];
        for ((entry, _), task) in &self.residents[instance] {
            let planned = &self.plan.tasks[*entry];
            used.cpu += task.shape.cpu.as_base();
            used.memory += task.shape.memory.as_bytes();
            used.gpus += task.shape.gpus;
            used.interfaces += u32::from(planned.demand.network_mode == NetworkMode::Awsvpc);
            let mut own = planned.demand.host_ports.clone();
            own.sort_unstable();
            own.dedup();
            ports.extend(own);
            let kind = &self.plan.cluster.instance_types[site.instance_type];
            let wanted = planned.demand.architecture;
            assert!(wanted.is_none_or(|wanted| wanted == kind.architecture));
            if let Target::Provider(provider) = planned.target {
                assert_eq!(provider, site.provider);
            }
        }
        let kind = &self.plan.cluster.instance_types[site.instance_type];
        assert!(used.cpu <= kind.cpu.as_base(), "{instance}: {used:?}");
        assert!(
            used.memory <= kind.memory.as_bytes(),
            "{instance}: {used:?}"
        );
        assert!(used.gpus <= kind.gpus, "{instance}: {used:?}");
        assert!(used.interfaces <= kind.task_interfaces, "{instance}");
        let taken = ports.len();
        ports.sort_unstable();
        ports.dedup();
        assert_eq!(taken, ports.len(), "{instance}: a port is taken twice");
    }

    fn check_conservation(&self) {
        let gone = self.finished + self.rejected;
        assert_eq!(self.arrived, gone + self.running + self.queued);
        assert_eq!(self.arrived, self.lives.len() as u64);
    }

    fn arrive(&mut self, now: u64, name: Name) {
        self.arrived += 1;
        self.queued += 1;
        self.in_system.change(now, 1, 0);
        self.waiting.change(now, 1, 0);
        let life = Life {
            arrived: now,
            placed: None,
            started: None,
            ended: None,
            instance: None,
        };
        let known = self.lives.insert(name, life);
        assert_eq!(known, None, "{name:?} arrives twice");
    }

    fn place(&mut self, now: u64, name: Name, task: &Task) {
        self.queued -= 1;
        self.running += 1;
        let life = self.life(name);
        assert_eq!((life.placed, life.ended), (None, None), "{name:?}");
        life.placed = Some(now);
        life.instance = task.instance.map(|id| id.index());
        self.waits += u128::from(now - self.lives[&name].arrived);
        self.waiting.change(now, 0, 1);
        self.on_capacity.change(now, 1, 0);
        self.busy
            .change(now, u128::from(task.shape.cpu.as_base()), 0);
        if let Some(instance) = task.instance {
            self.residents[instance.index()].insert(name, *task);
            self.check_instance(instance.index());
        }
    }

    fn finish(&mut self, now: u64, name: Name, task: &Task) {
        self.running -= 1;
        self.finished += 1;
        let life = self.life(name);
        assert!(life.started.is_some() && life.ended.is_none(), "{name:?}");
        life.ended = Some((now, End::Finished));
        let life = *life;
        let placed = life.placed.expect("a task that ends was placed");
        let cpu = u128::from(task.shape.cpu.as_base());
        self.sojourns += u128::from(now - life.arrived);
        self.lengths += u128::from(now - placed);
        self.cpu_times_length += cpu * u128::from(now - placed);
        self.in_system.change(now, 0, 1);
        self.on_capacity.change(now, 0, 1);
        self.busy.change(now, 0, cpu);
        match task.instance {
            Some(instance) => {
                let left = self.residents[instance.index()].remove(&name);
                assert!(left.is_some(), "{name:?} was not where it ends");
                self.check_instance(instance.index());
            }
            None => self.on_fargate.push((*task, SimTime::micros(now))),
        }
    }

    fn reject(&mut self, now: u64, name: Name, why: Rejection) {
        self.queued -= 1;
        self.rejected += 1;
        assert_ne!(
            why,
            Rejection::ByScheduler,
            "built-in policies refuse nobody"
        );
        let life = self.life(name);
        assert_eq!((life.placed, life.ended), (None, None), "{name:?}");
        assert_eq!(life.arrived, now, "who is refused is refused at once");
        life.ended = Some((now, End::Rejected));
        self.in_system.change(now, 0, 1);
        self.waiting.change(now, 0, 1);
    }

    fn life(&mut self, name: Name) -> &mut Life {
        self.lives.get_mut(&name).expect("who acts has arrived")
    }
}

impl Reader<Fact> for Audit<'_> {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        let now = now.as_micros();
        let of = |task: &Task| (task.revision.index(), task.ordinal);
        match fact {
            Fact::InstanceRegistered(instance) => {
                let site = &self.sites[self.registered];
                let kind = &self.plan.cluster.instance_types[site.instance_type];
                assert_eq!(instance.provider.index(), site.provider);
                let has = (kind.cpu.as_base(), kind.memory.as_bytes(), kind.gpus);
                assert_eq!((instance.cpu, instance.memory, instance.gpus), has);
                self.registered += 1;
            }
            Fact::TaskArrived(fact) => self.arrive(now, of(&fact.task)),
            Fact::TaskPlaced(fact) => self.place(now, of(&fact.task), &fact.task),
            Fact::TaskStarted(fact) => {
                let life = self.life(of(&fact.task));
                assert!(life.placed.is_some() && life.started.is_none());
                life.started = Some(now);
            }
            Fact::TaskFinished(fact) => self.finish(now, of(&fact.task), &fact.task),
            Fact::TaskRejected(fact, why) => self.reject(now, of(&fact.task), *why),
            Fact::InstanceLaunched(_) | Fact::TasksSkipped { .. } | Fact::WorkWaits(..) => {}
            other => panic!("nothing but plain work happens here: {other:?}"),
        }
        self.check_conservation();
    }
}
