//! Whether the capacity of a plan can run its entries of `tasks` and its services.

use super::super::{
    Arrivals, Demand, Drawn, InstanceType, MemoryDemand, OnNoCapacity, PlacementRule, Plan,
    RevisionParts, Scheduling, Service, Target, TaskEntry,
};
use super::at::At;
use super::capacity::{is_fargate, name_in_figures, types_of};
use super::{arrivals, containers, laws, load, queues, rules, targets};
use crate::catalog;
use crate::cluster::NetworkMode;
use crate::units::{Cpu, Memory};
use std::collections::BTreeSet;

/// The names of all entries and services differ, because figures and faults refer to them by name.
pub(super) fn names(plan: &Plan, at: &At<'_>) {
    let mut names = BTreeSet::new();
    for work in plan.works() {
        let name = plan.work_name(work);
        let at = at.key("tasks").key(name);
        name_in_figures(name, &at);
        if !names.insert(name) {
            at.hint(
                format!("there are two entries or services `{name}`"),
                "figures and faults know work by its name: choose another",
            );
        }
    }
}

/// Checks an entry. `has_sound_cluster`: the cluster has no problems, so that the entry's needs can
/// be compared with it.
pub(super) fn entry(plan: &Plan, entry: &TaskEntry, at: &At<'_>, has_sound_cluster: bool) {
    arrivals::check(&entry.arrivals, plan.until, at);
    if entry.has_schedule_rules() && !matches!(entry.arrivals, Arrivals::Schedule(_)) {
        at.hint(
            "`on_still_running` and `flexible_window` need a schedule",
            "give the entry `Arrivals::Schedule`",
        );
    }
    laws::law(&entry.duration, &at.key("duration"));
    laws::law(&entry.retry.delay, &at.key("retry").key("delay"));
    rules::count(&entry.count)
        .into_iter()
        .for_each(|flaw| at.flaw(flaw));
    let is_provisioning = entry.on_no_capacity == OnNoCapacity::Provisioning;
    if is_provisioning && !plan.grows_for_tasks(&entry.target) {
        at.key("onNoCapacity").hint(
            "nothing here would add instances for a task in PROVISIONING",
            "name a capacity provider with managed scaling or Managed Instances, or set `queue` or `fail`",
        );
    }
    // The rows of a trace have their own sizes.
    let is_sized = !entry.arrivals.has_own_durations();
    let work = Work {
        plan,
        target: &entry.target,
        placement: &entry.placement,
        demand: &entry.demand,
    };
    work.check(at, has_sound_cluster, is_sized);
    containers::containers(plan, &entry.containers, at);
}

pub(super) fn service(plan: &Plan, service: &Service, at: &At<'_>, has_sound_cluster: bool) {
    let bounds = rules::capacity_bounds(service.min_capacity, service.max_capacity);
    if let Some(flaw) = bounds {
        at.key("scaling").flaw(flaw);
    } else if service.scheduling == Scheduling::Replica {
        let (least, most) = (service.min_capacity, service.max_capacity);
        let count = service.desired_count;
        if !(least..=most).contains(&count) {
            at.key("desiredCount").problem(format!(
                "{count} is outside of `minCapacity` {least} and `maxCapacity` {most}"
            ));
        }
    }
    load::check(plan, service, at);
    targets::service(plan, service, at);
    queues::service(plan, service, at);
    revision(plan, service, service.revision(0), at, has_sound_cluster);
}

/// Checks where the tasks of a revision of a service may run, what they demand and what they consist
/// of.
pub(super) fn revision(
    plan: &Plan,
    service: &Service,
    revision: RevisionParts<'_>,
    at: &At<'_>,
    has_sound_cluster: bool,
) {
    let mut providers = revision.target.providers().into_iter();
    if service.scheduling == Scheduling::Daemon && providers.any(|index| is_fargate(plan, index)) {
        at.key("schedulingStrategy")
            .problem("Fargate has no instances that a daemon could run on");
    }
    let work = Work {
        plan,
        target: revision.target,
        placement: &service.placement,
        demand: revision.demand,
    };
    work.check(at, has_sound_cluster, true);
    containers::containers(plan, revision.containers, at);
}

/// What an entry and a service have in common.
struct Work<'p> {
    plan: &'p Plan,
    target: &'p Target,
    placement: &'p PlacementRule,
    demand: &'p Demand,
}

impl Work<'_> {
    fn check(&self, at: &At<'_>, has_sound_cluster: bool, is_sized: bool) {
        if let PlacementRule::Ecs(strategies) = self.placement
            && strategies.len() > rules::MOST_STRATEGIES
        {
            let message = format!("{} strategies are too many", strategies.len());
            at.key("placementStrategy").expected(message, "at most 5");
        }
        let clean = at.found.borrow().len();
        self.target(at);
        self.laws(at);
        if at.found.borrow().len() > clean || !has_sound_cluster {
            return;
        }
        if self.is_on_fargate() {
            self.fargate(at, is_sized);
        } else {
            self.instances(at, is_sized);
        }
    }

    fn is_on_fargate(&self) -> bool {
        let providers = self.target.providers();
        providers
            .first()
            .is_some_and(|index| is_fargate(self.plan, *index))
    }

    /// The providers exist and are of one kind (facts/ecs.md 42, 129).
    fn target(&self, at: &At<'_>) {
        let at = at.key("capacityProviderStrategy");
        let providers = self.target.providers();
        for provider in &providers {
            at.index(
                *provider,
                self.plan.cluster.providers.len(),
                "capacity provider",
            );
        }
        let Target::Strategy(items) = self.target else {
            return;
        };
        if items.iter().all(|item| item.weight == 0) {
            at.problem("a capacity provider strategy needs one item with a weight above 0");
        }
        if let Some(second) = items.iter().filter(|item| item.base > 0).nth(1) {
            at.item(second.provider)
                .problem("only one item can have a `base`");
        }
        let mut seen = BTreeSet::new();
        if let Some(twice) = providers.iter().find(|index| !seen.insert(**index)) {
            at.problem(format!("capacity provider {twice} is listed twice"));
        }
        let known = &self.plan.cluster.providers;
        let kinds = providers.iter().filter_map(|index| known.get(*index));
        let kinds: BTreeSet<&str> = kinds.map(|provider| provider.capacity.kind()).collect();
        if kinds.len() > 1 {
            at.hint(
                "a strategy has one kind of capacity",
                "split the work into two entries, or keep one kind",
            );
        }
    }

    fn laws(&self, at: &At<'_>) {
        let at = at.key("overrides");
        if let Drawn::From(cpu) = &self.demand.cpu {
            laws::law(cpu, &at.key("cpu"));
        }
        match &self.demand.memory {
            MemoryDemand::Absolute(Drawn::From(memory)) => laws::law(memory, &at.key("memory")),
            MemoryDemand::PerVcpu(law) => laws::law(law, &at.key("memoryPerVcpu")),
            MemoryDemand::Absolute(Drawn::Fixed(_)) => {}
        }
    }

    /// The CPU and memory that are the same for every task.
    fn fixed(&self) -> (Cpu, Memory) {
        let cpu = match self.demand.cpu {
            Drawn::Fixed(cpu) => cpu,
            Drawn::From(_) => Cpu::ZERO,
        };
        let memory = match self.demand.memory {
            MemoryDemand::Absolute(Drawn::Fixed(memory)) => memory,
            _ => Memory::ZERO,
        };
        (cpu, memory)
    }

    fn fargate(&self, at: &At<'_>, is_sized: bool) {
        if !self.demand.on_fargate {
            at.hint(
                "this work is sent to Fargate with a demand for instances",
                "make it with `Demand::fargate`, or set `on_fargate`",
            );
        }
        if self.demand.network_mode != NetworkMode::Awsvpc {
            let mode = format!("{:?}", self.demand.network_mode).to_lowercase();
            at.key("networkMode").hint(
                format!("network mode `{mode}` does not exist on Fargate"),
                "set `Awsvpc`",
            );
        }
        if self.demand.gpus > 0 {
            at.problem("Fargate has no GPUs");
        }
        if !self.demand.member_of.is_empty() {
            at.key("placementConstraints").hint(
                "Fargate does not take placement constraints",
                "leave `member_of` empty",
            );
        }
        let prices = match self.demand.architecture {
            Some(catalog::Architecture::Arm) => self.plan.prices.fargate_arm,
            _ => self.plan.prices.fargate_x86,
        };
        if prices.is_none() {
            at.problem(format!(
                "no price of Fargate is known in `{}`",
                self.plan.region
            ));
        }
        let (cpu, memory) = self.fixed();
        if is_sized && catalog::smallest_fargate(cpu, memory).is_none() {
            at.hint(
                format!("a task may need {cpu}, {memory}, more than Fargate's largest size"),
                "ask for less, or run it on EC2",
            );
        }
    }

    fn instances(&self, at: &At<'_>, is_sized: bool) {
        if self.demand.on_fargate {
            return at.hint(
                "this work is sent to instances with a demand for Fargate",
                "make it with `Demand::new`, or send it to a Fargate provider",
            );
        }
        let types = self.types();
        if types.is_empty() {
            return at.hint(
                "there is no instance that these tasks could run on",
                "give a provider's `fleet` a count, or its `autoScalingGroup` a `maxSize`, above 0, or set `launchType: FARGATE`",
            );
        }
        let (cpu, memory) = self.fixed();
        let (cpu, memory) = if is_sized {
            (cpu, memory)
        } else {
            (Cpu::ZERO, Memory::ZERO)
        };
        if !types.iter().any(|kind| self.fits(kind, cpu, memory)) {
            at.hint(
                format!("a task may need {cpu}, {memory}, more than any instance here has"),
                "choose larger instances, or ask for less",
            );
        }
    }

    /// The instance types that the target has or can have instances of.
    fn types(&self) -> Vec<&InstanceType> {
        let providers = self.plan.cluster.providers_of(self.target);
        let types = providers.flat_map(|(_, provider)| types_of(&provider.capacity));
        types
            .filter_map(|index| self.plan.cluster.instance_types.get(index))
            .collect()
    }

    fn fits(&self, kind: &InstanceType, cpu: Cpu, memory: Memory) -> bool {
        let demand = self.demand;
        demand
            .architecture
            .is_none_or(|wanted| wanted == kind.architecture)
            && demand
                .operating_system
                .is_none_or(|wanted| wanted == kind.operating_system)
            && (demand.network_mode != NetworkMode::Awsvpc || kind.task_interfaces > 0)
            && cpu <= kind.cpu
            && memory <= kind.memory
            && demand.gpus <= kind.gpus
    }
}
