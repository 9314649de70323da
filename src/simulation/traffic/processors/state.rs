//! The CPU of all instances that have tasks or credits.

use super::claims::Want;
use super::credits::Credits;
use super::host::{Host, OnHost, Scratch};
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
    pub(in crate::simulation) hosts: BTreeMap<InstanceId, Host>,
    /// By revision: what its tasks want.
    pub(in crate::simulation) wants: Vec<Want>,
    /// By service: its rate of requests or its tasks have changed.
    pub(in crate::simulation) changed: Vec<bool>,
    /// Instances that are to be divided anew, whatever their tasks want.
    pub(in crate::simulation) stale: BTreeSet<InstanceId>,
    /// The instant for whose end an event is scheduled.
    due: Option<SimTime>,
    scratch: Scratch,
}

impl Processors {
    /// The instances of a plan; `None` where no CPU is shared.
    pub(in crate::simulation) fn new(plan: &Plan) -> Option<Box<Self>> {
        plan.shares_cpu().then(|| {
            Box::new(Self {
                hosts: BTreeMap::new(),
                wants: Vec::new(),
                changed: vec![false; plan.services.len()],
                stale: BTreeSet::new(),
                due: None,
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
        for id in take_changed_hosts(lives) {
            let Some(host) = self.host(lives, id) else {
                continue;
            };
            host.tasks.clear();
            let there = on_host(lives, id);
            host.tasks
                .extend(there.map(|(revision, of)| OnHost::new(revision, &of)));
            self.stale.insert(id);
        }
    }

    /// The CPU of an instance, from the first time on at which something is asked of it; `None` when the
    /// instance is gone.
    pub(in crate::simulation) fn host(
        &mut self,
        lives: &Lives<'_>,
        id: InstanceId,
    ) -> Option<&mut Host> {
        let machine = lives.platform.machine(id);
        if machine.state == State::Gone {
            return self.hosts.get_mut(&id);
        }
        Some(self.hosts.entry(id).or_insert_with(|| {
            let plan = lives.platform.plan();
            let kind = &plan.cluster.instance_types[machine.instance_type];
            let credits = kind.burstable().map(|of| {
                let option = plan.cpu_credits(machine.provider.index(), machine.instance_type);
                let option = option.unwrap_or_else(|| of.family.default_option());
                let part = match machine.there_at_start {
                    true => plan.assumptions.credits_at_start.as_millionths(),
                    false => 0,
                };
                Credits::new(of, option, part, machine.launched)
            });
            Host::new(kind.cpu, kind.speed, credits, machine.launched)
        }))
    }

    /// Divides the CPU of each instance that a change concerns. `touched` says of each service whether the
    /// CPU of its tasks may have changed.
    pub(in crate::simulation) fn divide<R>(
        &mut self,
        ctx: &mut Ctx<'_, R>,
        touched: &mut Vec<bool>,
    ) {
        touched.clear();
        touched.extend_from_slice(&self.changed);
        let (wants, changed) = (&self.wants, &self.changed);
        let service_of = |on: &OnHost| Some(wants[on.revision.index()].place?.0);
        let is_changed = |on: &OnHost| service_of(on).is_some_and(|of| changed[of.index()]);
        // Most instances of a cluster have equal tasks: what the last one got is used again.
        let mut last: Option<Host> = None;
        for (id, host) in &mut self.hosts {
            if !self.stale.contains(id) && !host.tasks.iter().any(is_changed) {
                continue;
            }
            for service in host.tasks.iter().filter_map(service_of) {
                touched[service.index()] = true;
            }
            host.pass(ctx.now());
            match last.as_ref().filter(|last| host.is_like(last)) {
                Some(last) => host.take_over(last),
                None => {
                    host.divide(wants, &mut self.scratch);
                    last = Some(host.clone());
                }
            }
            if let Some(at) = host.schedule_empty() {
                ctx.at(at, Event::Cpu(CpuEvent::CreditsSpent { instance: *id }));
            }
        }
    }

    /// All changes are taken over.
    pub(in crate::simulation) fn settle(&mut self) {
        self.changed.fill(false);
        self.stale.clear();
    }
}
