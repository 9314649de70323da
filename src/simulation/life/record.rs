//! What is kept about a task's life in detail, about its containers' runs, and by the agent
//! of an instance.

use super::containers::{ContainersState, Health};
use crate::cluster::TaskId;
use crate::engine::random::{Purpose, StreamKey};
use crate::plan::Container;
use crate::simulation::fact::StopReason;
use crate::simulation::notice::Step;
use crate::units::{SimTime, Span};
use std::collections::VecDeque;

/// What an instance's agent keeps.
#[derive(Default)]
pub(super) struct Agent {
    /// Tasks that wait until those before them fit on the host (facts/ecs.md 66).
    pub(super) queue: VecDeque<TaskId>,
    /// When the control plane notices that the agent has no connection.
    pub(super) notice_due: Option<SimTime>,
    /// The control plane knows that the agent has no connection.
    pub(super) noticed: bool,
}

/// Keys of what is random in the lives of an entry's tasks.
pub(super) struct LifeKeys {
    pub(super) provisioning: StreamKey,
    pub(super) pending: StreamKey,
    pub(super) polling: StreamKey,
    pub(super) detach: StreamKey,
    pub(super) containers: Vec<ContainerKeys>,
}

pub(super) struct ContainerKeys {
    pub(super) start: StreamKey,
    pub(super) start_failure: StreamKey,
    pub(super) run_time: StreamKey,
    pub(super) crash: StreamKey,
    pub(super) memory: StreamKey,
    pub(super) growth: StreamKey,
    pub(super) healthy: StreamKey,
    pub(super) health_failure: StreamKey,
    pub(super) stop: StreamKey,
    /// The hash of entry and container, for faults.
    pub(super) name: String,
}

impl LifeKeys {
    pub(super) fn new(seed: u64, entry: &str, containers: &[Container]) -> Self {
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
pub(super) struct Life {
    pub(super) step: Step,
    /// When the step is over; reminders for other times are stale.
    pub(super) due: SimTime,
    pub(super) state: ContainersState,
    pub(super) runs: Vec<Run>,
    pub(super) marks: Marks,
    /// It counts as healthy for its service.
    pub(super) healthy: bool,
    /// A health check has found it unhealthy.
    pub(super) unhealthy: bool,
    /// Why it stops, once it does.
    pub(super) stop: Option<StopReason>,
    /// Containers still to be stopped, the next wave last.
    pub(super) waves: Vec<Vec<usize>>,
    /// When its containers had ended.
    pub(super) ended: SimTime,
    /// When it stopped by itself and why, while its agent could not say so.
    pub(super) unreported: Option<(SimTime, StopReason)>,
    pub(super) billed_since: Option<SimTime>,
}

/// One container's present run and what lies ahead of it.
#[derive(Default)]
pub(super) struct Run {
    /// The next thing that happens; reminders for other times are stale.
    pub(super) due: Option<SimTime>,
    /// How often it was started before.
    pub(super) number: u32,
    /// It has its image from the instance's cache, to be given back.
    pub(super) has_image: bool,
    pub(super) exit: Option<Exit>,
    /// A fault makes its health check fail.
    pub(super) check_fails: bool,
    /// What its health check will find, the next last.
    pub(super) verdicts: Vec<(SimTime, Health)>,
    /// When its health check begins to fail for good.
    pub(super) fails_from: Option<SimTime>,
    /// When those that wait for it give up.
    pub(super) deadline: Option<SimTime>,
}

#[derive(Clone, Copy)]
pub(super) struct Exit {
    pub(super) at: SimTime,
    pub(super) code: i32,
    pub(super) out_of_memory: bool,
}

/// When the steps of a start were over.
#[derive(Clone, Copy)]
pub(super) struct Marks {
    pub(super) provisioned: SimTime,
    pub(super) activated: SimTime,
    /// Pulls under way, since when some are, and how long some have been.
    pub(super) pulls: u32,
    pub(super) pulling_since: SimTime,
    pub(super) pulled: Span,
    pub(super) started: SimTime,
    /// No image had to be fetched.
    pub(super) cached: bool,
}

impl Life {
    pub(super) fn new(now: SimTime, state: ContainersState) -> Self {
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
            unreported: None,
            billed_since: None,
        }
    }

    /// True when nothing happens to its containers any more but their stop.
    pub(super) fn is_over(&self) -> bool {
        self.stop.is_some() || self.unreported.is_some() || self.step == Step::Dead
    }
}
