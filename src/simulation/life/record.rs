//! What is kept about a task's life in detail, about its containers' runs, and by the agent
//! of an instance.

use super::containers::{ContainersState, Health};
use crate::cluster::{ImageCache, TaskId};
use crate::engine::random::{Purpose, StreamKey};
use crate::plan::{Container, PullBehavior};
use crate::simulation::StopReason;
use crate::units::{SimTime, Span};
use std::collections::VecDeque;

/// What an instance's agent keeps.
pub(in crate::simulation) struct Agent {
    /// Tasks that wait until those before them fit on the host (facts/ecs.md 66).
    pub queue: VecDeque<TaskId>,
    pub images: Option<Box<ImageCache>>,
    /// Images on their way, and until when.
    pub pulling: Vec<(usize, SimTime)>,
    pub pull_behavior: PullBehavior,
    /// For how many reasons it has no connection to ECS.
    pub(in crate::simulation) cuts: u32,
    /// When ECS notices that it has none.
    pub(in crate::simulation) missed_at: Option<SimTime>,
    /// ECS knows that it has none.
    pub(in crate::simulation) missed: bool,
}

impl Agent {
    pub(in crate::simulation) fn new(pull_behavior: PullBehavior) -> Self {
        Self {
            queue: VecDeque::new(),
            images: None,
            pulling: Vec::new(),
            pull_behavior,
            cuts: 0,
            missed_at: None,
            missed: false,
        }
    }

    /// True while it has no connection to ECS.
    pub(in crate::simulation) fn is_away(&self) -> bool {
        self.cuts > 0
    }

    /// The host is up again: nothing runs or is on its way; the disk is as it was, and so is
    /// what keeps it from ECS.
    pub(in crate::simulation) fn restart(&mut self) {
        self.queue.clear();
        self.pulling.clear();
    }
}

/// Keys of what is random in the lives of an entry's tasks.
pub(in crate::simulation) struct LifeKeys {
    pub(in crate::simulation) provisioning: StreamKey,
    pub(in crate::simulation) pending: StreamKey,
    pub(in crate::simulation) polling: StreamKey,
    pub(in crate::simulation) detach: StreamKey,
    pub(in crate::simulation) containers: Vec<ContainerKeys>,
}

pub(in crate::simulation) struct ContainerKeys {
    pub(in crate::simulation) start: StreamKey,
    pub(in crate::simulation) start_failure: StreamKey,
    pub(in crate::simulation) run_time: StreamKey,
    pub(in crate::simulation) crash: StreamKey,
    pub(in crate::simulation) memory: StreamKey,
    pub(in crate::simulation) growth: StreamKey,
    pub(in crate::simulation) healthy: StreamKey,
    pub(in crate::simulation) health_failure: StreamKey,
    pub(in crate::simulation) stop: StreamKey,
    /// The hash of entry and container, for faults.
    pub(in crate::simulation) name: String,
}

impl LifeKeys {
    pub(in crate::simulation) fn new(seed: u64, entry: &str, containers: &[Container]) -> Self {
        let key = |purpose| StreamKey::new(seed, purpose, entry);
        let of_container = |container: &Container| {
            let name = format!("{entry}/{}", container.name);
            let key = |purpose| StreamKey::new(seed, purpose, &name);
            ContainerKeys {
                start: key(Purpose::ContainerStart),
                start_failure: key(Purpose::ContainerStartFailure),
                run_time: key(Purpose::ContainerRunTime),
                crash: key(Purpose::ContainerCrash),
                memory: key(Purpose::ContainerMemory),
                growth: key(Purpose::ContainerMemoryGrowth),
                healthy: key(Purpose::ContainerHealthy),
                health_failure: key(Purpose::ContainerHealthFailure),
                stop: key(Purpose::ContainerStop),
                name,
            }
        };
        Self {
            provisioning: key(Purpose::TaskProvisioning),
            pending: key(Purpose::TaskPending),
            polling: key(Purpose::TaskPolling),
            detach: key(Purpose::InterfaceDetach),
            containers: containers.iter().map(of_container).collect(),
        }
    }
}

/// The life of one task.
pub(in crate::simulation) struct Life {
    pub(in crate::simulation) step: Step,
    /// When the step is over; reminders for other times are stale.
    pub(in crate::simulation) due: SimTime,
    pub(in crate::simulation) state: ContainersState,
    pub(in crate::simulation) runs: Vec<Run>,
    pub(in crate::simulation) marks: Marks,
    /// It counts as healthy for its service.
    pub healthy: bool,
    /// A health check has found it unhealthy.
    pub unhealthy: bool,
    /// Why it stops, once it does.
    pub(in crate::simulation) stop: Option<StopReason>,
    /// Containers still to be stopped, the next wave last.
    pub(in crate::simulation) waves: Vec<Vec<usize>>,
    /// When its containers had ended.
    pub(in crate::simulation) ended: SimTime,
    /// When it stopped by itself and why, while its agent could not say so.
    pub(in crate::simulation) unheard: Option<(SimTime, StopReason)>,
    pub(in crate::simulation) billed_since: Option<SimTime>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulation) enum Step {
    Provisioning,
    Pending,
    Queued,
    Activating,
    Polling,
    Running,
    Stopping,
    /// It is to stop, of which its agent hears when it is connected again.
    Apart,
    Deprovisioning,
    /// Its host is gone, which ECS has not noticed.
    Dead,
}

/// One container's present run and what lies ahead of it.
#[derive(Default)]
pub(in crate::simulation) struct Run {
    /// The next thing that happens; reminders for other times are stale.
    pub(in crate::simulation) due: Option<SimTime>,
    /// How often it was started before.
    pub(in crate::simulation) number: u32,
    /// It has its image from the instance's cache, to be given back.
    pub(in crate::simulation) has_image: bool,
    pub(in crate::simulation) exit: Option<Exit>,
    /// A fault makes its health check fail.
    pub(in crate::simulation) is_sick: bool,
    /// What its health check will find, the next last.
    pub(in crate::simulation) verdicts: Vec<(SimTime, Health)>,
    /// When its health check begins to fail for good.
    pub(in crate::simulation) fails_from: Option<SimTime>,
    /// When those that wait for it give up.
    pub(in crate::simulation) deadline: Option<SimTime>,
}

#[derive(Clone, Copy)]
pub(in crate::simulation) struct Exit {
    pub(in crate::simulation) at: SimTime,
    pub(in crate::simulation) code: i32,
    pub(in crate::simulation) out_of_memory: bool,
}

/// When the steps of a start were over.
#[derive(Clone, Copy)]
pub(in crate::simulation) struct Marks {
    pub(in crate::simulation) provisioned: SimTime,
    pub(in crate::simulation) activated: SimTime,
    /// Pulls under way, since when some are, and how long some have been.
    pub(in crate::simulation) pulls: u32,
    pub(in crate::simulation) pulling_since: SimTime,
    pub(in crate::simulation) pulled: Span,
    pub(in crate::simulation) started: SimTime,
    /// No image had to be fetched.
    pub(in crate::simulation) cached: bool,
}

impl Life {
    pub(in crate::simulation) fn new(now: SimTime, state: ContainersState) -> Self {
        let count = 0..state.len();
        Self {
            step: Step::Provisioning,
            due: now,
            state,
            runs: count.map(|_| Run::default()).collect(),
            marks: Marks {
                provisioned: now,
                activated: now,
                pulls: 0,
                pulling_since: now,
                pulled: Span::ZERO,
                started: now,
                cached: true,
            },
            healthy: false,
            unhealthy: false,
            stop: None,
            waves: Vec::new(),
            ended: now,
            unheard: None,
            billed_since: None,
        }
    }

    /// True when nothing happens to its containers any more but their stop.
    pub(in crate::simulation) fn is_over(&self) -> bool {
        self.stop.is_some() || self.unheard.is_some() || self.step == Step::Dead
    }
}
