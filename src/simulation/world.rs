//! The state of a run, and the dispatch of each event and notice to its handler.

use super::clients::{Clients, actions, arrivals, autoscaling, retry, run_task, scheduled};
use super::ecs::{
    Ecs, alarms, daemons, deployments, managed_instances, managed_scaling as scaling, predictive,
    provisioning, rebalancing, replicas, services,
};
use super::event::{Ctx, Event};
use super::fact::Fact;
use super::faults::{self, Faults};
use super::life::{Lives, connection, fargate, hosts, runs, steps, targets, tasks};
use super::notice::{Deferred, Notice};
use super::pass::{self, Layers, Placing};
use super::platform::{groups, spot};
use super::traffic::{Traffic, calls, capacity_units, cpu, queues, requests};
use crate::cluster::ProviderId;
use crate::engine::{Model, Reader};

/// The state of one run, in layers.
pub struct World<'p> {
    /// All existing tasks, and the platform below them.
    pub(super) lives: Lives<'p>,
    pub(super) traffic: Traffic<'p>,
    pub(super) ecs: Ecs<'p>,
    pub(super) clients: Clients<'p>,
    pub(super) faults: Faults<'p>,
    pub(super) placing: Placing,
    /// The run ends when the last standalone task has left, even if services, faults or groups
    /// would continue.
    pub(super) ends_with_work: bool,
    /// Events since the start, in debug builds: capacity is checked after every 1,000.
    pub(super) checks: u32,
}

impl World<'_> {
    /// Checks that every instance has promised and holds exactly what its tasks and its reserved
    /// daemons need.
    ///
    /// # Panics
    /// When it does not.
    pub(super) fn check_conservation(&self) {
        self.lives.check_conservation();
    }

    /// Does deferred work and delivers notices, the oldest first, until none is left; deferred work
    /// comes before the next notice. Handlers may cause more of both.
    #[inline(always)]
    fn deliver_notices<R: Reader<Fact>>(&mut self, ctx: &mut Ctx<'_, R>) {
        if self.lives.platform.has_consequences() {
            self.settle(ctx);
        }
    }

    #[inline(never)]
    fn settle<R: Reader<Fact>>(&mut self, ctx: &mut Ctx<'_, R>) {
        loop {
            if let Some(work) = self.lives.platform.next_deferred() {
                self.do_deferred(ctx, work);
            } else if let Some(notice) = self.lives.platform.next_notice() {
                self.deliver(ctx, notice);
            } else {
                return;
            }
        }
    }

    /// Delivers a notice to each layer that acts on it, the lower layers first.
    #[inline(never)]
    fn deliver<R: Reader<Fact>>(&mut self, ctx: &mut Ctx<'_, R>, notice: Notice) {
        let (traffic, lives, ecs) = (&mut self.traffic, &mut self.lives, &mut self.ecs);
        match notice {
            Notice::InstanceRegistered(id) => {
                spot::registered(&mut lives.platform, ctx, id);
                groups::instance_registered(&mut lives.platform, ctx, id);
                faults::instance_registered(&self.faults, lives, ctx, id);
            }
            Notice::InstanceReady(id) => {
                // Daemons get the capacity before any other task (facts/ecs.md 107).
                daemons::start(ecs, lives, ctx);
                managed_instances::ready(ecs, lives, ctx, id);
                rebalancing::instance_ready(ecs, lives, ctx);
                self.capacity_changed(ctx, id);
            }
            Notice::InstanceDraining(id) => {
                services::instance_drains(ecs, lives, ctx);
                self.capacity_changed(ctx, id);
                hosts::task_left(&mut self.lives, ctx, id);
            }
            Notice::InstanceLeaving(id) | Notice::TaskLeft(id) => hosts::task_left(lives, ctx, id),
            Notice::InstanceFailed(id) => {
                hosts::failed(lives, ctx, id);
                self.capacity_changed(ctx, id);
            }
            Notice::InstanceGone(id) => {
                hosts::gone(lives, ctx, id);
                cpu::instance_gone(traffic, lives, ctx, id);
                managed_instances::instance_gone(ecs, lives, ctx, id);
                self.capacity_changed(ctx, id);
                self.faults.instance_gone(id);
                groups::instance_gone(&mut self.lives.platform, ctx, id);
            }
            Notice::CapacityChanged(provider) => self.provider_changed(ctx, provider),
            Notice::ControlPlaneBack => self.resume(ctx),
            Notice::TaskPlaced(service) => services::task_placed(ecs, lives, ctx, service),
            Notice::TaskRunning(service, revision) => {
                services::task_running(ecs, lives, ctx, service, revision);
            }
            Notice::TaskHealthChanged(service, revision, healthy) => {
                services::health_changed(ecs, lives, ctx, service, (revision, healthy));
            }
            Notice::ServingChanged(service) => {
                requests::tasks_changed(traffic, lives, ctx, service)
            }
            Notice::CpuUseChanged => cpu::use_changed(traffic, ctx),
            Notice::TaskStopped(service, revision, was_running, why) => {
                services::task_stopped(ecs, lives, ctx, service, (revision, was_running, why));
                deployments::task_stopped(ecs, lives, ctx, service, (revision, was_running, why));
            }
            Notice::TaskRejected(service, revision, lacks, why) => {
                if services::could_not_place(ecs, lives, ctx, service, (revision, lacks, why)) {
                    deployments::task_not_launched(ecs, lives, ctx, service, revision);
                }
            }
            Notice::StartsDue(service, count) => replicas::start(ecs, lives, ctx, service, count),
            Notice::KeptStartsDue(service, count) => {
                replicas::start_kept(ecs, lives, ctx, service, count);
            }
            Notice::JobRefused(id, why) => {
                retry::job_refused(&mut self.clients, lives, ctx, id, why);
            }
            Notice::JobLeft(entry) => {
                scheduled::task_left(&mut self.clients, ecs, lives, ctx, entry);
            }
            Notice::JobStopped(of, why, ended) => {
                retry::job_stopped(&self.clients, lives, ctx, of, why, ended);
            }
        }
    }

    /// Does work of the life of tasks that a handler has put off.
    #[inline(always)]
    fn do_deferred<R: Reader<Fact>>(&mut self, ctx: &mut Ctx<'_, R>, work: Deferred) {
        let lives = &mut self.lives;
        match work {
            Deferred::HostRoomFreed(id) => steps::next_in_queue(lives, ctx, id),
            Deferred::FargateRoomFreed(provider) => fargate::launch_held_back(lives, ctx, provider),
            Deferred::StepOver(task, step) => steps::over(lives, ctx, task, step),
        }
    }

    fn capacity_changed<R>(&mut self, ctx: &mut Ctx<'_, R>, id: crate::cluster::InstanceId) {
        let provider = self.lives.platform.machine(id).provider;
        self.provider_changed(ctx, provider);
    }

    fn provider_changed<R>(&mut self, ctx: &mut Ctx<'_, R>, provider: ProviderId) {
        scaling::changed(&mut self.ecs, ctx, provider);
        managed_instances::changed(&mut self.ecs, &self.lives, ctx, provider);
    }

    /// The last outage of the control plane is over: everything that waited for a decision of it
    /// is continued, in the order of the layers.
    fn resume<R: Reader<Fact>>(&mut self, ctx: &mut Ctx<'_, R>) {
        // Capacity may have been freed on any instance during the outage, without a pass.
        self.lives.platform.offer_all_room();
        self.clients.set_returned(true);
        daemons::start(&mut self.ecs, &mut self.lives, ctx);
        services::resume(&mut self.ecs, &self.lives, ctx);
        services::resume_actions(&mut self.ecs, &mut self.lives, ctx);
        deployments::resume(&mut self.ecs, ctx);
        groups::resume(&self.lives.platform, ctx);
        scaling::resume(&mut self.ecs, ctx);
        managed_instances::resume(&mut self.ecs, &mut self.lives, ctx);
        autoscaling::resume(&self.clients, ctx);
        actions::resume(&mut self.clients, ctx);
    }
}

impl Model for World<'_> {
    type Event = Event;
    type Fact = Fact;

    #[inline(always)]
    fn handle<R: Reader<Fact>>(&mut self, ctx: &mut Ctx<'_, R>, event: Event) {
        match event {
            Event::WorkArrives { entry } => {
                let (clients, ecs) = (&mut self.clients, &mut self.ecs);
                arrivals::due(clients, ecs, &mut self.lives, ctx, entry.index());
            }
            Event::TaskStarts { task } => tasks::start(&mut self.lives, ctx, task),
            Event::TaskFinishes { task } => tasks::finish(&mut self.lives, ctx, task),
            Event::TaskStepDue { task } => steps::due(&mut self.lives, ctx, task),
            Event::ContainerDue { task, container } => {
                runs::due(&mut self.lives, ctx, task, container.into());
            }
            _ => self.handle_other(ctx, event),
        }
        self.deliver_notices(ctx);
        if cfg!(debug_assertions) {
            self.checks += 1;
            if self.checks.is_multiple_of(1000) {
                self.check_conservation();
            }
        }
    }

    #[inline(always)]
    fn expect(&self, event: &Event) {
        if let Event::TaskFinishes { task }
        | Event::TaskStepDue { task }
        | Event::ContainerDue { task, .. } = event
        {
            self.lives.expect(*task);
        }
    }

    #[inline]
    fn wants_pass(&self) -> bool {
        self.lives.platform.pass_is_due()
    }

    fn has_failed(&self) -> bool {
        self.placing.failed.is_some()
    }

    #[inline]
    fn is_over(&self) -> bool {
        let is_done = self.lives.jobs() == 0 && self.clients.arrivals_have_ended();
        let has_failed =
            self.clients.overloaded_at().is_some() || self.clients.refused_for_ever().is_some();
        self.ends_with_work && is_done || has_failed
    }

    #[inline(always)]
    fn pass<R: Reader<Fact>>(&mut self, ctx: &mut Ctx<'_, R>) {
        let mut layers = Layers {
            lives: &mut self.lives,
            ecs: &mut self.ecs,
            clients: &mut self.clients,
            placing: &mut self.placing,
        };
        pass::run(&mut layers, ctx);
        self.deliver_notices(ctx);
        // The autoscaler sees the result of the pass, with all its consequences.
        autoscaling::after_pass(&mut self.clients, &self.ecs, &mut self.lives, ctx);
        self.deliver_notices(ctx);
    }
}

impl World<'_> {
    /// Handles all events but those of the life of tasks. Not inlined, so that the
    /// loop of the engine stays short.
    #[inline(never)]
    fn handle_other<R: Reader<Fact>>(&mut self, ctx: &mut Ctx<'_, R>, event: Event) {
        let (lives, ecs, faults) = (&mut self.lives, &mut self.ecs, &mut self.faults);
        match event {
            Event::WorkArrives { .. }
            | Event::TaskStarts { .. }
            | Event::TaskFinishes { .. }
            | Event::TaskStepDue { .. }
            | Event::ContainerDue { .. } => unreachable!("handled in `handle`"),
            Event::TargetDue { task } => targets::due(lives, ctx, task),
            Event::WorkResubmitted { .. }
            | Event::ScheduledWorkArrives { .. }
            | Event::RunTaskDue { .. } => self.handle_call(ctx, event),
            Event::ProvisioningTimeoutDue { task } => provisioning::expire(ecs, lives, ctx, task),
            Event::ReconcileService { service } => services::reconcile(ecs, lives, ctx, service),
            Event::ServiceActionDue { service, action } => {
                services::act(ecs, lives, ctx, service, action.into());
            }
            Event::InstanceStepDue { instance } => {
                groups::instance_due(&mut lives.platform, ctx, instance);
            }
            Event::InstanceLossNoticed { instance } => hosts::notice_loss(lives, ctx, instance),
            Event::AgentLossNoticed { instance } => {
                connection::notice_disconnect(lives, ctx, instance);
            }
            Event::SpotInterruptionDue { instance } => {
                spot::due(&mut lives.platform, ctx, instance)
            }
            Event::SpotPoolEventDue { pool } => {
                if let Some(event) = spot::pool_event(&mut lives.platform, ctx, pool as usize) {
                    fargate::spot_event(lives, ctx, &event);
                }
            }
            Event::FargateLaunchDue { task } => fargate::launch(lives, ctx, task),
            Event::FargateSpotInterruptionDue { task } => fargate::interrupt(lives, ctx, task),
            Event::ReconcileGroup { provider } => groups::due(&mut lives.platform, ctx, provider),
            Event::CapacityMeasured { provider } => scaling::measure(ecs, lives, ctx, provider),
            Event::CapacityEvaluated { provider } => scaling::evaluate(ecs, lives, ctx, provider),
            Event::ManagedInstancesDue { provider } => {
                managed_instances::due(ecs, lives, ctx, provider);
            }
            Event::ActionDue { action } => {
                actions::due(&mut self.clients, ecs, lives, ctx, action);
            }
            Event::AutoscalerDue => {
                autoscaling::decide(&mut self.clients, ecs, lives, ctx, false);
            }
            Event::DeploymentDue { .. }
            | Event::RebalanceDue { .. }
            | Event::LoadChanges { .. }
            | Event::QueueDue { .. }
            | Event::PredictionDue { .. }
            | Event::CapacityUnitsDue
            | Event::Cpu(_)
            | Event::CallsChanged
            | Event::AlarmsMeasured { .. }
            | Event::AlarmsEvaluated { .. }
            | Event::AlarmsPolled { .. }
            | Event::ReleaseTurnsBad { .. } => self.handle_service(ctx, event),
            Event::FaultBegins { fault } => faults::occur(faults, lives, ctx, fault.into()),
            Event::FaultEnds { fault, occurrence } => {
                faults::end(faults, lives, ctx, fault.into(), occurrence);
            }
            Event::InstanceFaultDue { fault, instance } => {
                faults::instance_fails(faults, lives, ctx, fault.into(), instance);
            }
            Event::FargateHostFaultDue { task } => fargate::lose_host(lives, ctx, task),
        }
    }

    /// Handles what happens to services beside their scheduling rounds.
    fn handle_service<R: Reader<Fact>>(&mut self, ctx: &mut Ctx<'_, R>, event: Event) {
        let (ecs, traffic, lives) = (&mut self.ecs, &mut self.traffic, &mut self.lives);
        match event {
            Event::DeploymentDue { deployment } => {
                if let Some((service, count)) = deployments::due(ecs, lives, ctx, deployment) {
                    services::set_desired(ecs, lives, ctx, service, count);
                }
            }
            Event::RebalanceDue { service } => rebalancing::due(ecs, lives, ctx, service),
            Event::PredictionDue { service, policy } => {
                predictive::due(ecs, lives, ctx, service, policy);
            }
            Event::LoadChanges { service } => {
                requests::load_changes(traffic, ctx, service);
            }
            Event::QueueDue { queue } => queues::due(traffic, lives, ctx, queue),
            Event::CapacityUnitsDue => capacity_units::due(traffic, lives, ctx),
            Event::Cpu(event) => cpu::due(traffic, lives, ctx, event),
            Event::CallsChanged => calls::settle(traffic, ctx),
            Event::AlarmsMeasured { period } => alarms::measure(ecs, traffic, lives, ctx, period),
            Event::AlarmsEvaluated { period } => alarms::evaluate(ecs, lives, ctx, period),
            Event::AlarmsPolled { service } => deployments::poll_alarms(ecs, lives, ctx, service),
            Event::ReleaseTurnsBad { service, revision } => {
                deployments::release_turns_bad(ecs, lives, ctx, service, revision.into());
            }
            _ => unreachable!("handled in `handle_other`"),
        }
    }

    /// Handles the calls of `RunTask` other than those of an ordinary arrival.
    fn handle_call<R: Reader<Fact>>(&mut self, ctx: &mut Ctx<'_, R>, event: Event) {
        let (clients, ecs, lives) = (&mut self.clients, &mut self.ecs, &mut self.lives);
        match event {
            Event::WorkResubmitted { task } => run_task::call_again(clients, ecs, lives, ctx, task),
            Event::RunTaskDue { call } => run_task::due(clients, ecs, lives, ctx, call),
            Event::ScheduledWorkArrives { entry, arrival } => {
                scheduled::within_window(clients, ecs, lives, ctx, (entry, arrival));
            }
            _ => unreachable!("handled in `handle_other`"),
        }
    }
}
