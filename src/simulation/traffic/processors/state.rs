//! The CPU of all instances that have tasks or credits.

use super::claims::Want;
use super::classes::Classes;
use super::credits::Credits;
use super::host::Host;
use super::shares::{OnHost, Scratch, Shares, SharesKey};
use super::timer::Timer;
use crate::cluster::{InstanceId, ServiceId};
use crate::plan::Plan;
use crate::simulation::event::{CpuEvent, Ctx, Event};
use crate::simulation::life::Lives;
use crate::simulation::life::serving::{on_host, take_changed_hosts};
use crate::simulation::platform::State;
use crate::units::SimTime;
use std::collections::{BTreeMap, BTreeSet};

/// The CPU of instances.
pub(in crate::simulation) struct Processors {
    /// Burstable instances.
    pub(in crate::simulation) hosts: BTreeMap<InstanceId, Host>,
    /// Other instances with tasks, and what decides which shares these have.
    plain: BTreeMap<InstanceId, SharesKey>,
    /// The shares of tasks on the other instances.
    alike: BTreeMap<SharesKey, Alike>,
    /// By the number in `classes`: what the tasks want.
    pub(in crate::simulation) wants: Vec<Want>,
    /// Revisions, and classes of their targets that get different shares of the requests.
    pub(in crate::simulation) classes: Classes,
    /// By service: its rate of requests or its tasks have changed.
    pub(in crate::simulation) changed: Vec<bool>,
    /// By service: the time at which no request waits any more, where tasks work on those that wait.
    pub(in crate::simulation) drained: Vec<Timer>,
    /// Burstable instances that are to be divided anew, whatever their tasks want.
    pub(in crate::simulation) stale: BTreeSet<InstanceId>,
    /// The instant for whose end an event is scheduled.
    due: Option<SimTime>,
    /// Burstable instances whose CPU was divided in this instant.
    divided: Vec<InstanceId>,
    scratch: Scratch,
}

/// Instances with equal tasks and without credits.
struct Alike {
    shares: Shares,
    /// Their number.
    hosts: u32,
    /// Instances have become like these since the CPU was divided last.
    is_stale: bool,
}

impl Processors {
    /// The instances of a plan; `None` where no CPU is shared.
    pub(in crate::simulation) fn new(plan: &Plan) -> Option<Box<Self>> {
        plan.shares_cpu().then(|| {
            Box::new(Self {
                hosts: BTreeMap::new(),
                plain: BTreeMap::new(),
                alike: BTreeMap::new(),
                wants: Vec::new(),
                classes: Classes::default(),
                changed: vec![false; plan.services.len()],
                drained: vec![Timer::default(); plan.services.len()],
                stale: BTreeSet::new(),
                due: None,
                divided: Vec::new(),
                scratch: Scratch::default(),
            })
        })
    }

    /// The rate of a service or its tasks have changed: CPU is divided anew at the end of this instant.
    pub(in crate::simulation) fn service_changed<R>(
        &mut self,
        ctx: &mut Ctx<'_, R>,
        service: ServiceId,
    ) {
        self.changed[service.index()] = true;
        self.request(ctx);
    }

    /// CPU is divided anew at the end of this instant.
    pub(in crate::simulation) fn request<R>(&mut self, ctx: &mut Ctx<'_, R>) {
        let now = ctx.now();
        if self.due != Some(now) {
            self.due = Some(now);
            ctx.at(now, Event::Cpu(CpuEvent::Divided));
        }
    }

    /// The end of the instant for which an event was scheduled.
    pub(in crate::simulation) const fn begin(&mut self) {
        self.due = None;
    }

    /// Takes over the tasks of the instances on which they have changed.
    pub(in crate::simulation) fn take_changes(&mut self, lives: &mut Lives<'_>) {
        let plan = lives.platform.plan();
        for id in take_changed_hosts(lives) {
            let there = on_host(lives, id);
            let tasks: Vec<_> = there
                .map(|(revision, class, of)| {
                    let number = self.classes.number((revision, class));
                    OnHost::new(number, &of)
                })
                .collect();
            let kind = &plan.cluster.instance_types[lives.platform.machine(id).instance_type];
            if kind.burstable().is_none() {
                self.move_to(id, Shares::new(kind.cpu, kind.speed, tasks));
            } else if let Some(host) = self.host(lives, id) {
                host.shares.tasks = tasks;
                self.stale.insert(id);
            }
        }
    }

    /// An instance without credits has these tasks from now on.
    fn move_to(&mut self, id: InstanceId, shares: Shares) {
        let key = (!shares.tasks.is_empty()).then(|| shares.key());
        let before = match &key {
            Some(key) => self.plain.insert(id, key.clone()),
            None => self.plain.remove(&id),
        };
        if let Some(before) = before
            && let Some(alike) = self.alike.get_mut(&before)
        {
            alike.hosts -= 1;
            if alike.hosts == 0 {
                self.alike.remove(&before);
            }
        }
        if let Some(key) = key {
            let alike = self.alike.entry(key).or_insert_with(|| Alike {
                shares,
                hosts: 0,
                is_stale: true,
            });
            alike.hosts += 1;
            alike.is_stale = true;
        }
    }

    /// A burstable instance, from the first time on at which something is asked of it; `None` for one that
    /// is gone or not burstable.
    pub(in crate::simulation) fn host(
        &mut self,
        lives: &Lives<'_>,
        id: InstanceId,
    ) -> Option<&mut Host> {
        let machine = lives.platform.machine(id);
        let plan = lives.platform.plan();
        let kind = &plan.cluster.instance_types[machine.instance_type];
        let of = kind.burstable()?;
        if machine.state == State::Gone {
            return self.hosts.get_mut(&id);
        }
        Some(self.hosts.entry(id).or_insert_with(|| {
            let option = plan.cpu_credits(machine.provider.index(), machine.instance_type);
            let option = option.unwrap_or_else(|| of.family.default_option());
            let part = match machine.there_at_start {
                true => plan.assumptions.credits_at_start.as_millionths(),
                false => 0,
            };
            let credits = Credits::new(of, option, part, machine.launched);
            let shares = Shares::new(kind.cpu, kind.speed, Vec::new());
            Host::new(shares, credits, machine.launched)
        }))
    }

    /// The shares of tasks in the CPU of instances, and the number of instances with each.
    pub(in crate::simulation) fn shares(&self) -> impl Iterator<Item = (&Shares, u32)> {
        let alike = self
            .alike
            .values()
            .map(|alike| (&alike.shares, alike.hosts));
        alike.chain(self.hosts.values().map(|host| (&host.shares, 1)))
    }

    /// Divides the CPU of each instance that a change concerns. `touched` says of each service whether the
    /// CPU of its tasks may have changed.
    pub(in crate::simulation) fn divide(&mut self, now: SimTime, touched: &mut Vec<bool>) {
        touched.clear();
        touched.extend_from_slice(&self.changed);
        let (wants, changed) = (&self.wants, &self.changed);
        let service_of = |on: &OnHost| Some(wants[on.number].place?.0);
        let mut is_concerned = |shares: &Shares, is_stale: bool| {
            let services = shares.tasks.iter().filter_map(service_of);
            let is_concerned = is_stale || services.clone().any(|of| changed[of.index()]);
            if is_concerned {
                services.for_each(|of| touched[of.index()] = true);
            }
            is_concerned
        };
        for alike in self.alike.values_mut() {
            if is_concerned(&alike.shares, alike.is_stale) {
                alike.shares.divide(wants, None, &mut self.scratch);
            }
        }
        // Most instances have the tasks of the one before: its shares are used again.
        let mut last: Option<Shares> = None;
        for (id, host) in &mut self.hosts {
            if !is_concerned(&host.shares, self.stale.contains(id)) {
                continue;
            }
            host.pass(now);
            let (shares, credits) = (&mut host.shares, &host.credits);
            let is_like = last
                .as_ref()
                .is_some_and(|last| shares.take_over(last, credits));
            if !is_like {
                shares.divide(wants, Some(credits), &mut self.scratch);
                last = Some(shares.clone());
            }
            self.divided.push(*id);
        }
    }

    /// All changes are taken over.
    pub(in crate::simulation) fn settle<R>(&mut self, ctx: &mut Ctx<'_, R>) {
        self.divided.sort_unstable();
        self.divided.dedup();
        for id in self.divided.drain(..) {
            if let Some(at) = self.hosts.get_mut(&id).and_then(Host::schedule_empty) {
                ctx.at(at, Event::Cpu(CpuEvent::CreditsSpent { instance: id }));
            }
        }
        self.changed.fill(false);
        self.stale.clear();
        for alike in self.alike.values_mut() {
            alike.is_stale = false;
        }
    }
}
