//! One service under observation: its levels, and what facts about its tasks change in them.

use super::Present;
use super::service_work::ServiceWork;
use super::stops::is_planned;
use crate::cluster::Task;
use crate::plan::{Scheduling, Service};
use crate::policy::services::{DeploymentConfiguration, within_capacity};
use crate::simulation::{Obstacle, ServiceEvent, StopReason};
use crate::units::{SimTime, Span};
use std::collections::BTreeMap;

/// A service under observation.
#[derive(Clone, Debug)]
pub(super) struct Observation {
    pub(super) work: ServiceWork,
    pub(super) is_daemon: bool,
    pub(super) percentages: DeploymentConfiguration,
    /// Tasks that have capacity and whose desired status is RUNNING.
    pub(super) placed: u64,
    /// Living tasks that have been healthy, by ordinal; true while they are.
    pub(super) healthy: BTreeMap<u64, bool>,
}

impl Observation {
    pub(super) fn new(service: &Service, origin: SimTime) -> Self {
        let mut work = ServiceWork::new(origin);
        let is_daemon = service.scheduling == Scheduling::Daemon;
        if !is_daemon {
            let (minimum, maximum) = (service.min_capacity, service.max_capacity);
            let desired = within_capacity(service.desired_count, minimum, maximum);
            work.desired.change(SimTime::ZERO, desired.into(), 0);
            work.waiting.change(SimTime::ZERO, desired.into(), 0);
            work.shortfall.set(SimTime::ZERO, origin, desired.into(), 0);
        }
        Self {
            work,
            is_daemon,
            percentages: service.deployment.percentages,
            placed: 0,
            healthy: BTreeMap::new(),
        }
    }

    /// Changes the desired count or the number of healthy tasks.
    pub(super) fn change(
        &mut self,
        now: SimTime,
        origin: SimTime,
        level: ShortfallLevel,
        up: u64,
        down: u64,
    ) {
        self.advance(now);
        match level {
            ShortfallLevel::Desired => {
                self.work.desired.change(now, up, down);
                self.place(now, 0, 0);
            }
            ShortfallLevel::Healthy => self.work.healthy.change(now, up, down),
        }
        if !self.is_daemon {
            let (desired, healthy) = (self.work.desired.level(), self.work.healthy.level());
            if self.work.shortfall.set(now, origin, desired, healthy) {
                self.work.running.restart_minimum(now);
            }
            self.work.losses.limit(self.missing());
        }
    }

    /// Changes the number of tasks that have capacity.
    pub(super) fn place(&mut self, now: SimTime, up: u64, down: u64) {
        self.placed = self.placed + up - down;
        if !self.is_daemon {
            let waiting = &mut self.work.waiting;
            let wanted = self.work.desired.level().saturating_sub(self.placed);
            waiting.change(now, wanted, waiting.level());
        }
    }

    /// A task found no room, for this reason.
    pub(super) fn lacks(&mut self, now: SimTime, obstacle: Obstacle) {
        let work = &mut self.work;
        work.waiting_for.set(now, &mut work.waiting, obstacle);
    }

    /// Its part of the tasks of all services; nothing for a daemon.
    pub(super) fn present(&self) -> Present {
        match self.is_daemon {
            true => Present::default(),
            false => Present {
                desired: self.work.desired.level(),
                healthy: self.work.healthy.level(),
                missing: self.missing(),
            },
        }
    }

    /// Number of healthy tasks below the desired count now; 0 for a daemon.
    pub(super) fn missing(&self) -> u64 {
        match self.is_daemon {
            true => 0,
            false => {
                let healthy = self.work.healthy.level();
                self.work.desired.level().saturating_sub(healthy)
            }
        }
    }

    pub(super) fn advance(&mut self, now: SimTime) {
        if self.is_daemon {
            return;
        }
        let (desired, healthy) = (self.work.desired.level(), self.work.healthy.level());
        let bounds = self
            .percentages
            .bounds(u32::try_from(desired).unwrap_or(u32::MAX));
        let minimum = u64::from(bounds.minimum_healthy).max(desired.min(1));
        self.work.shortfall.advance(now, desired, healthy, minimum);
    }

    pub(super) fn started(&mut self, now: SimTime, origin: SimTime, task: &Task) {
        self.work.pending.change(now, 0, 1);
        self.work.running.change(now, 1, 0);
        self.work.started += u64::from(now >= origin);
        if task.arrived >= origin {
            self.work.starts.record(now - task.arrived);
        }
    }

    pub(super) fn health(&mut self, now: SimTime, origin: SimTime, task: &Task, healthy: bool) {
        // A stopping task serves no requests.
        let healthy = healthy && !task.stopping;
        let was = self.healthy.get(&task.ordinal).copied();
        if was.unwrap_or(false) == healthy {
            return;
        }
        self.healthy.insert(task.ordinal, healthy);
        if was.is_none() && task.arrived >= origin {
            self.work.healthy_starts.record(now - task.arrived);
        }
        if healthy {
            self.work.losses.healthy(now, task.ordinal, was.is_none());
        }
        let (up, down) = (u64::from(healthy), u64::from(!healthy));
        self.change(now, origin, ShortfallLevel::Healthy, up, down);
    }

    /// Records that ECS detects the loss of a task, `after` it occurred. A task that never was
    /// healthy is a failed start, not a loss.
    pub(super) fn loss_noticed(&mut self, now: SimTime, origin: SimTime, task: &Task, after: Span) {
        if self.healthy.contains_key(&task.ordinal) {
            // With an immediate detection no fact about its health came before.
            self.health(now, origin, task, false);
            let missing = self.missing();
            self.work.losses.noticed(now, task.ordinal, after, missing);
        }
    }

    /// Records that a task is to stop or has left. `why` is `None` for a task that never got
    /// capacity.
    pub(super) fn leave(
        &mut self,
        now: SimTime,
        origin: SimTime,
        task: &Task,
        why: Option<StopReason>,
    ) {
        let was = self.healthy.remove(&task.ordinal);
        if was == Some(true) {
            self.change(now, origin, ShortfallLevel::Healthy, 0, 1);
        }
        let unplanned = was.is_some() && why.is_some_and(|why| !is_planned(why));
        let missing = self.missing();
        self.work.losses.left(now, task.ordinal, unplanned, missing);
        let level = match task.running {
            true => &mut self.work.running,
            false => &mut self.work.pending,
        };
        level.change(now, 0, 1);
        if task.attempts > 0 {
            self.place(now, 0, 1);
        }
    }

    pub(super) fn stopped(&mut self, now: SimTime, origin: SimTime, task: &Task, why: StopReason) {
        if !task.stopping {
            self.leave(now, origin, task, Some(why));
        }
        if now < origin {
            return;
        }
        *self.work.stopped.of(why) += 1;
        let is_failure = matches!(
            why,
            StopReason::CannotPullContainer
                | StopReason::DependencyFailed
                | StopReason::EssentialContainerExited { .. }
        );
        self.work.failed_starts += u64::from(!task.running && is_failure);
    }
}

/// A level from which the shortfall follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ShortfallLevel {
    Desired,
    Healthy,
}

impl Observation {
    /// An attempt to place tasks failed.
    pub(super) fn not_placed(&mut self, now: SimTime, origin: SimTime, why: Obstacle) {
        self.work.placement_failures += u64::from(now >= origin);
        self.lacks(now, why);
    }

    pub(super) fn event(&mut self, now: SimTime, origin: SimTime, event: ServiceEvent) {
        match event {
            ServiceEvent::DesiredCountUpdated { from, to } if !self.is_daemon => {
                self.change(now, origin, ShortfallLevel::Desired, to.into(), from.into());
            }
            ServiceEvent::PlacementFailed(lacks) => {
                self.not_placed(now, origin, Obstacle::NoRoom(lacks));
            }
            ServiceEvent::FargateUnavailable => self.not_placed(now, origin, Obstacle::NoFargate),
            ServiceEvent::FargateQuotaReached => {
                self.not_placed(now, origin, Obstacle::FargateQuota);
            }
            ServiceEvent::ProvisioningLimitReached => {
                self.not_placed(now, origin, Obstacle::ProvisioningFull);
            }
            ServiceEvent::DesiredCountUpdated { .. }
            | ServiceEvent::Scaled(_)
            | ServiceEvent::SteadyState
            | ServiceEvent::RebalancingStarted
            | ServiceEvent::RebalancingFinished
            | ServiceEvent::StartImpaired
            | ServiceEvent::Blocked => {}
        }
    }
}
