//! Placement policies once more, as plainly as they can be said: a list of all instances,
//! what is on each, and one rule after the other. Compared with the built-in policies at
//! every placement.

use super::constraints::{Seen, meaning};
use super::worlds::{Site, sites};
use ecsim::cluster::{Cluster, Field, InstanceId, PerWork, Task};
use ecsim::engine::Reader;
use ecsim::plan::{NetworkMode, PlacementRule, Plan, Port, SpreadField, Strategy};
use ecsim::policy::placement::{OneByOne, Placement, Scheduler, Work, built_in};
use ecsim::simulation::Fact;
use ecsim::units::SimTime;
use std::sync::{Arc, Mutex};

/// Something on an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Resident {
    entry: usize,
    cpu: u64,
    memory: u64,
    gpus: u32,
}

/// All instances and what is on them; it follows placements and facts.
#[derive(Clone)]
pub struct Books(Arc<Mutex<Vec<Vec<Resident>>>>);

impl Books {
    /// Of a plan's instances, all empty.
    pub fn new(plan: &Plan) -> Self {
        Self(Arc::new(Mutex::new(vec![Vec::new(); sites(plan).len()])))
    }
}

impl Reader<Fact> for Books {
    fn read(&mut self, _now: SimTime, fact: &Fact) {
        let Fact::TaskFinished(of) = fact else { return };
        let Some(instance) = of.task.instance else {
            return;
        };
        let gone = resident(&of.task);
        let mut books = self.0.lock().expect("nobody has panicked");
        let there = &mut books[instance.index()];
        let at = there.iter().position(|resident| *resident == gone);
        there.remove(at.expect("what ends was there"));
    }
}

fn resident(task: &Task) -> Resident {
    Resident {
        entry: task.revision.index(),
        cpu: task.shape.cpu.as_base(),
        memory: task.shape.memory.as_bytes(),
        gpus: task.shape.gpus,
    }
}

/// The built-in policy of one entry, checked against the plain one.
struct Checked {
    entry: usize,
    plan: Arc<Plan>,
    sites: Vec<Site>,
    books: Books,
    inner: Box<dyn Placement>,
    greedy: bool,
    last: usize,
}

/// The built-in scheduler of a plan, every decision of which is checked. Without `greedy`
/// the policies do not say that they are, so that everybody is asked at every pass.
pub fn checked(plan: &Plan, books: &Books, greedy: bool) -> Box<dyn Scheduler> {
    let shared = Arc::new(plan.clone());
    let placements = plan.tasks.iter().enumerate().map(|(entry, planned)| {
        let checked = Checked {
            entry,
            plan: Arc::clone(&shared),
            sites: sites(plan),
            books: books.clone(),
            inner: built_in(&planned.placement),
            greedy,
            last: 0,
        };
        Box::new(checked) as Box<dyn Placement>
    });
    let placements = PerWork {
        entries: placements.collect(),
        services: Vec::new(),
    };
    Box::new(OneByOne::new(plan.job_queue.order, placements))
}

impl Checked {
    fn free(&self, books: &[Vec<Resident>], at: usize, field: Field) -> u64 {
        let kind = &self.plan.cluster.instance_types[self.sites[at].instance_type];
        let there = books[at].iter();
        match field {
            Field::Cpu => kind.cpu.as_base() - there.map(|r| r.cpu).sum::<u64>(),
            Field::Memory => kind.memory.as_bytes() - there.map(|r| r.memory).sum::<u64>(),
        }
    }

    fn ports(&self, entry: usize) -> &[Port] {
        &self.plan.tasks[entry].demand.host_ports
    }

    fn takes_interface(&self, entry: usize) -> bool {
        self.plan.tasks[entry].demand.network_mode == NetworkMode::Awsvpc
    }

    fn fits(&self, books: &[Vec<Resident>], at: usize, asks: &Resident) -> bool {
        let site = &self.sites[at];
        let kind = &self.plan.cluster.instance_types[site.instance_type];
        let planned = &self.plan.tasks[self.entry];
        let there = &books[at];
        let providers = planned.target.providers();
        let right_provider = providers.is_empty() || providers.contains(&site.provider);
        let wanted = planned.demand.architecture;
        let gpus: u32 = there.iter().map(|r| r.gpus).sum();
        let interfaces = there
            .iter()
            .filter(|r| self.takes_interface(r.entry))
            .count();
        let taken = |port: &Port| there.iter().any(|r| self.ports(r.entry).contains(port));
        right_provider
            && wanted.is_none_or(|wanted| wanted == kind.architecture)
            && asks.cpu <= self.free(books, at, Field::Cpu)
            && asks.memory <= self.free(books, at, Field::Memory)
            && asks.gpus + gpus <= kind.gpus
            && interfaces + usize::from(self.takes_interface(self.entry))
                <= kind.task_interfaces as usize
            && !self.ports(self.entry).iter().any(taken)
            && self.is_member(books, at)
    }

    /// True when an instance meets the constraints `memberOf` of the entry.
    fn is_member(&self, books: &[Vec<Resident>], at: usize) -> bool {
        let group = |r: &Resident| self.plan.tasks[r.entry].group.as_str();
        let seen = Seen {
            number: at,
            zone: &self.plan.cluster.zones[self.sites[at].zone],
            site: &self.sites[at],
            groups: books[at].iter().map(group).collect(),
        };
        let mut constraints = self.plan.tasks[self.entry].demand.member_of.iter();
        constraints.all(|of| meaning(of)(&seen))
    }

    /// Tasks of the entry's group on an instance.
    fn of_group(&self, books: &[Vec<Resident>], at: usize) -> usize {
        let group = &self.plan.tasks[self.entry].group;
        let same = |r: &&Resident| self.plan.tasks[r.entry].group == *group;
        books[at].iter().filter(same).count()
    }

    fn value(&self, at: usize, attribute: &str) -> String {
        let site = &self.sites[at];
        match attribute {
            "ecs.availability-zone" => self.plan.cluster.zones[site.zone].clone(),
            other => site.attributes.get(other).cloned().unwrap_or_default(),
        }
    }

    /// The instances that the rule may choose: one, unless chance decides.
    fn choices(&self, books: &[Vec<Resident>], asks: &Resident) -> Vec<usize> {
        let all = 0..self.sites.len();
        let fitting: Vec<usize> = all.filter(|at| self.fits(books, *at, asks)).collect();
        let free = |at: usize, field| self.free(books, at, field);
        let first = |found: Option<usize>| found.into_iter().collect();
        let candidates = fitting.iter().copied();
        match &self.plan.tasks[self.entry].placement {
            PlacementRule::Ecs(strategies) => self.chain(books, fitting, strategies),
            PlacementRule::FirstFit => first(candidates.min()),
            PlacementRule::NextFit => {
                let mut turn = candidates.clone().filter(|at| *at >= self.last);
                first(turn.next().or_else(|| candidates.min()))
            }
            PlacementRule::BestFit(field) => {
                first(candidates.min_by_key(|at| (free(*at, *field), *at)))
            }
            PlacementRule::WorstFit(field) => {
                first(candidates.max_by_key(|at| (free(*at, *field), usize::MAX - at)))
            }
            PlacementRule::FewestTasks => {
                first(candidates.min_by_key(|at| (books[*at].len(), *at)))
            }
            PlacementRule::DotProduct => {
                first(candidates.max_by_key(|at| (self.dot(books, *at, asks), usize::MAX - at)))
            }
        }
    }

    /// In ECS units and MiB, which the worlds' sizes are whole numbers of.
    fn dot(&self, books: &[Vec<Resident>], at: usize, asks: &Resident) -> u128 {
        let units = |base: u64| u128::from(base / 125);
        let mib = |bytes: u64| u128::from(bytes >> 20);
        let types = &self.plan.cluster.instance_types;
        let in_use = |site: &Site| &types[site.instance_type];
        let most_cpu = self
            .sites
            .iter()
            .map(|s| units(in_use(s).cpu.as_base()))
            .max();
        let most_memory = self
            .sites
            .iter()
            .map(|s| mib(in_use(s).memory.as_bytes()))
            .max();
        let (most_cpu, most_memory) = (most_cpu.unwrap_or(0), most_memory.unwrap_or(0));
        let cpu = units(asks.cpu) * units(self.free(books, at, Field::Cpu));
        let memory = mib(asks.memory) * mib(self.free(books, at, Field::Memory));
        cpu * most_memory * most_memory + memory * most_cpu * most_cpu
    }

    /// Each strategy keeps the best of what the one before has left; then the fewest tasks
    /// of the group, then the first to have registered.
    fn chain(
        &self,
        books: &[Vec<Resident>],
        mut left: Vec<usize>,
        strategies: &[Strategy],
    ) -> Vec<usize> {
        for strategy in strategies {
            left = match strategy {
                Strategy::Random => return left,
                Strategy::Binpack(field) => {
                    keep_least(&left, |at| self.free(books, at, *field) as usize)
                }
                Strategy::Spread(SpreadField::InstanceId) => {
                    keep_least(&left, |at| self.of_group(books, at))
                }
                Strategy::Spread(SpreadField::Attribute(name)) => keep_least(&left, |at| {
                    let value = self.value(at, name);
                    let same = (0..self.sites.len()).filter(|s| self.value(*s, name) == value);
                    same.map(|s| self.of_group(books, s)).sum()
                }),
            };
        }
        if strategies.is_empty() {
            return left;
        }
        left = keep_least(&left, |at| self.of_group(books, at));
        left.truncate(1);
        left
    }
}

fn keep_least(left: &[usize], key: impl Fn(usize) -> usize) -> Vec<usize> {
    let least = left.iter().map(|at| key(*at)).min();
    let best = left.iter().filter(|at| Some(key(**at)) == least);
    best.copied().collect()
}

impl Placement for Checked {
    fn place(&mut self, work: &Work<'_>, cluster: &Cluster) -> Option<InstanceId> {
        let asks = Resident {
            entry: self.entry,
            cpu: work.shape.cpu.as_base(),
            memory: work.shape.memory.as_bytes(),
            gpus: work.shape.gpus,
        };
        let shared = self.books.clone();
        let mut books = shared.0.lock().expect("nobody has panicked");
        let choices = self.choices(&books, &asks);
        let chosen = self.inner.place(work, cluster);
        let rule = &self.plan.tasks[self.entry].placement;
        match chosen {
            Some(id) => {
                let at = id.index();
                assert!(
                    choices.contains(&at),
                    "{rule:?} chose {at} for {asks:?}, not of {choices:?}"
                );
                self.last = at;
                books[at].push(asks);
            }
            None => assert!(choices.is_empty(), "{rule:?} chose nothing of {choices:?}"),
        }
        chosen
    }

    fn is_greedy(&self) -> bool {
        assert!(self.inner.is_greedy(), "all built-in policies are greedy");
        self.greedy
    }
}
