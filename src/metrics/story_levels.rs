//! The levels of the timeline of one run: instances and tasks by state, as they are, which is not
//! always as ECS shows them.

use crate::cluster::{InstanceId, Task, WorkId};
use crate::simulation::TaskFact;
use crate::units::SimTime;
use serde::Serialize;
use std::collections::BTreeSet;

/// A level that is plotted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[repr(usize)]
pub enum StoryLevel {
    /// Instances from their launch until their agent registers.
    InstancesLaunching,
    /// On-demand instances that take tasks.
    InstancesOnDemand,
    /// Spot instances that take tasks.
    InstancesSpot,
    /// Instances that are draining.
    InstancesDraining,
    /// Instances that have failed and are not terminated.
    InstancesFailed,
    /// Tasks without capacity: in the job queue or in PROVISIONING.
    TasksWaiting,
    /// Tasks that have capacity and are not yet RUNNING.
    TasksStarting,
    /// Tasks that are RUNNING, whose desired status is RUNNING, and that are not down.
    TasksRunning,
    /// Tasks that ECS shows as RUNNING and that are down: their instance has failed or is
    /// terminated, or they were healthy and are so no more.
    TasksDown,
    /// Tasks of services, daemons included, that count as healthy and are not down.
    TasksHealthy,
    /// The sum of the desired counts of all services other than daemons.
    TasksDesired,
    /// Requests that arrive at services, in millionths per second.
    RequestsOffered,
    /// Requests that tasks serve, in millionths per second.
    RequestsServed,
    /// Requests that are refused or given up, in millionths per second.
    RequestsLost,
    /// CPU that tasks of services with a load or a queue use, in 1/128,000 vCPU.
    CpuUsed,
    /// CPU that RUNNING tasks of services with a load or a queue reserve, in 1/128,000 vCPU.
    CpuReserved,
    /// The median response time in µs × requests served, in 10⁻¹² per µs.
    ServedP50,
    /// The same for the 99th percentile.
    ServedP99,
    /// Messages that are sent to queues, in millionths per second.
    MessagesSent,
    /// Messages that tasks process, in millionths per second.
    MessagesProcessed,
    /// Messages that become too old or move to a dead-letter queue, in millionths per second.
    MessagesLost,
    /// Visible messages, in 10⁻¹².
    MessagesVisible,
    /// Messages in flight, in 10⁻¹².
    MessagesInFlight,
    /// CPU credits that burstable instances have, in millionths.
    CpuCredits,
    /// Surplus CPU credits that they have spent and that are neither paid back nor charged, in millionths.
    CpuSurplusCredits,
    /// Burstable instances that have no credits and want more CPU than their baseline.
    InstancesThrottled,
}

pub(super) const LEVELS: usize = 26;

impl StoryLevel {
    /// Every level.
    pub const ALL: [Self; LEVELS] = [
        Self::InstancesLaunching,
        Self::InstancesOnDemand,
        Self::InstancesSpot,
        Self::InstancesDraining,
        Self::InstancesFailed,
        Self::TasksWaiting,
        Self::TasksStarting,
        Self::TasksRunning,
        Self::TasksDown,
        Self::TasksHealthy,
        Self::TasksDesired,
        Self::RequestsOffered,
        Self::RequestsServed,
        Self::RequestsLost,
        Self::CpuUsed,
        Self::CpuReserved,
        Self::ServedP50,
        Self::ServedP99,
        Self::MessagesSent,
        Self::MessagesProcessed,
        Self::MessagesLost,
        Self::MessagesVisible,
        Self::MessagesInFlight,
        Self::CpuCredits,
        Self::CpuSurplusCredits,
        Self::InstancesThrottled,
    ];

    /// True for a level that only services with a load have.
    pub const fn is_of_requests(self) -> bool {
        matches!(
            self,
            Self::RequestsOffered
                | Self::RequestsServed
                | Self::RequestsLost
                | Self::ServedP50
                | Self::ServedP99
        )
    }

    /// True for a level of the CPU that tasks use.
    pub const fn is_of_cpu(self) -> bool {
        matches!(self, Self::CpuUsed | Self::CpuReserved)
    }

    /// True for a level of queues.
    pub const fn is_of_messages(self) -> bool {
        self as usize >= Self::MessagesSent as usize && !self.is_of_credits()
    }

    /// True for a level of the CPU credits of instances.
    pub const fn is_of_credits(self) -> bool {
        self as usize >= Self::CpuCredits as usize
    }
}

/// What is known of an instance.
#[derive(Clone, Copy, Debug, Default)]
struct Host {
    /// The level that it counts for.
    level: Option<StoryLevel>,
    /// Tasks on it that count as RUNNING and are not down.
    running: u64,
    /// The number of those that are healthy tasks of services.
    healthy: u64,
    /// The last time at which it failed or was terminated: its tasks that started before are down.
    lost: Option<SimTime>,
}

/// A task: its work and its number.
type TaskKey = (WorkId, u64);

/// The present levels.
#[derive(Clone, Debug, Default)]
pub(super) struct StoryLevels {
    /// By level.
    pub now: [u64; LEVELS],
    hosts: Vec<Host>,
    /// RUNNING tasks of services that are healthy.
    healthy: BTreeSet<TaskKey>,
    /// RUNNING tasks that were healthy and are so no more, on instances that have not failed.
    sick: BTreeSet<TaskKey>,
}

impl StoryLevels {
    /// One more counts for a level.
    pub(super) fn up(&mut self, level: StoryLevel) {
        self.now[level as usize] += 1;
    }

    /// One less counts for a level.
    pub(super) fn down(&mut self, level: StoryLevel) {
        self.now[level as usize] -= 1;
    }

    /// Moves `count` from one level to another.
    fn shift(&mut self, from: StoryLevel, to: StoryLevel, count: u64) {
        self.now[from as usize] -= count;
        self.now[to as usize] += count;
    }

    fn host(&mut self, id: InstanceId) -> &mut Host {
        let index = id.index();
        if index >= self.hosts.len() {
            self.hosts.resize(index + 1, Host::default());
        }
        &mut self.hosts[index]
    }

    /// Moves an instance to another level, or to none.
    pub(super) fn instance(&mut self, id: InstanceId, to: Option<StoryLevel>) {
        let from = std::mem::replace(&mut self.host(id).level, to);
        if let Some(from) = from {
            self.down(from);
        }
        if let Some(to) = to {
            self.up(to);
        }
    }

    /// An instance has failed or is terminated: what ECS still shows as RUNNING on it is down.
    pub(super) fn lose(&mut self, now: SimTime, id: InstanceId) {
        let host = self.host(id);
        host.lost = Some(now);
        let running = std::mem::take(&mut host.running);
        let healthy = std::mem::take(&mut host.healthy);
        self.shift(StoryLevel::TasksRunning, StoryLevel::TasksDown, running);
        self.now[StoryLevel::TasksHealthy as usize] -= healthy;
    }

    /// True for a task that its instance has taken with it.
    fn is_lost(&self, task: &Task) -> bool {
        let host = task.instance.and_then(|id| self.hosts.get(id.index()));
        host.and_then(|host| host.lost)
            .is_some_and(|lost| task.started <= lost)
    }

    /// Changes the number of RUNNING tasks on the instance of a task.
    fn count(&mut self, task: &Task, change: impl FnOnce(&mut Host)) {
        if let Some(id) = task.instance {
            change(self.host(id));
        }
    }

    /// A task is RUNNING.
    pub(super) fn started(&mut self, of: &TaskFact) {
        self.shift(StoryLevel::TasksStarting, StoryLevel::TasksRunning, 1);
        self.count(&of.task, |host| host.running += 1);
    }

    /// A RUNNING task counts as healthy from now on, or no longer does.
    pub(super) fn health(&mut self, of: &TaskFact, healthy: bool) {
        let task = &of.task;
        if !task.running || task.stopping || self.is_lost(task) {
            return;
        }
        let key = (of.work, task.ordinal);
        if healthy {
            if self.sick.remove(&key) {
                self.shift(StoryLevel::TasksDown, StoryLevel::TasksRunning, 1);
                self.count(task, |host| host.running += 1);
            }
            if matches!(of.work, WorkId::Service(_)) && self.healthy.insert(key) {
                self.up(StoryLevel::TasksHealthy);
                self.count(task, |host| host.healthy += 1);
            }
        } else {
            self.unhealthy(of);
            if self.sick.insert(key) {
                self.shift(StoryLevel::TasksRunning, StoryLevel::TasksDown, 1);
                self.count(task, |host| host.running -= 1);
            }
        }
    }

    /// Removes a task from the healthy ones. Those of an instance that is lost are removed already.
    fn unhealthy(&mut self, of: &TaskFact) {
        let was = self.healthy.remove(&(of.work, of.task.ordinal));
        if was && !self.is_lost(&of.task) {
            self.down(StoryLevel::TasksHealthy);
            self.count(&of.task, |host| host.healthy -= 1);
        }
    }

    /// Removes a task that is to stop or has left from its level.
    pub(super) fn leave(&mut self, of: &TaskFact) {
        let task = &of.task;
        self.unhealthy(of);
        let was_sick = self.sick.remove(&(of.work, task.ordinal));
        if !task.running {
            return self.down(match task.attempts {
                0 => StoryLevel::TasksWaiting,
                _ => StoryLevel::TasksStarting,
            });
        }
        if was_sick || self.is_lost(task) {
            return self.down(StoryLevel::TasksDown);
        }
        self.down(StoryLevel::TasksRunning);
        self.count(task, |host| host.running -= 1);
    }
}
