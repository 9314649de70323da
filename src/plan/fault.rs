//! Faults: entries of a scenario's `faults`, and the retries of standalone tasks. Each fault has
//! its own streams of random numbers.

use crate::cluster::WorkId;
use crate::engine::random::Distribution;
use crate::units::{SimTime, Span};

/// An entry of `faults`.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Its name; it selects the streams of random numbers.
    pub name: String,
    /// The kind of fault, with its targets.
    pub kind: FaultKind,
    /// The times of its occurrences.
    pub occurs: Occurrence,
    /// Duration of an occurrence in seconds; unused by kinds without an end (crashes).
    pub lasts: Option<Distribution>,
}

/// The times at which a fault occurs.
#[derive(Clone, Debug)]
pub enum Occurrence {
    /// At these times.
    At(Vec<SimTime>),
    /// After gaps with this law, in seconds. Kinds that target instances, containers or Fargate
    /// tasks have a sequence of gaps for each of them, other kinds one sequence.
    Every(Distribution),
}

/// The kind of a fault, with its targets. An optional filter that is `None` selects all.
#[derive(Clone, Debug)]
pub enum FaultKind {
    /// An instance fails with all its tasks. If the fault has a duration, the instance returns
    /// after it, without tasks. If not, the instance is lost, and its Auto Scaling group replaces
    /// it.
    InstanceFailure {
        /// Only instances of this provider.
        provider: Option<usize>,
        /// Only instances in this zone.
        zone: Option<usize>,
        /// Only these instances, by order of registration from 0.
        instances: Option<Vec<u32>>,
        /// Number of repairs that can go on at once; `None`: no limit.
        repair_crews: Option<u32>,
        /// True when an operator replaces a lost instance of a fixed fleet, after
        /// [`fixed_fleet_replacement`](super::Assumptions::fixed_fleet_replacement).
        replaced: bool,
    },
    /// The agent of an instance loses its connection to ECS while the fault lasts
    /// (facts/ecs.md 75, 236).
    AgentDisconnect {
        /// Only instances of this provider.
        provider: Option<usize>,
        /// Only instances in this zone.
        zone: Option<usize>,
        /// Only these instances, by order of registration from 0.
        instances: Option<Vec<u32>>,
    },
    /// A container exits with code 1.
    ContainerCrash {
        /// Only containers of this service or entry.
        work: Option<WorkId>,
        /// Only containers of this name.
        container: Option<String>,
    },
    /// The health check of a container fails until the container stops.
    HealthCheckFailure {
        /// Only containers of this service or entry.
        work: Option<WorkId>,
        /// Only containers of this name.
        container: Option<String>,
    },
    /// A container is killed for its memory, with code 137.
    OutOfMemory {
        /// Only containers of this service or entry.
        work: Option<WorkId>,
        /// Only containers of this name.
        container: Option<String>,
    },
    /// Pulls from a registry fail while the fault lasts.
    RegistryOutage {
        /// Only this registry.
        registry: Option<usize>,
    },
    /// An image cannot be pulled while the fault lasts.
    BadImage {
        /// The image.
        image: usize,
    },
    /// A zone loses a share of its instances and Fargate tasks, and takes no launches while
    /// it lasts (facts/ecs.md 240).
    ZoneOutage {
        /// The zone; `None`: a random one each time.
        zone: Option<usize>,
        /// The share that is lost, 0 to 1.
        share: Distribution,
    },
    /// The region's control plane places, launches and replaces nothing while the fault lasts;
    /// running tasks continue (facts/platform.md 8.3.2, 8.3.3).
    ControlPlaneOutage,
    /// EC2 has no capacity for launches while the fault lasts (facts/ecs.md 241).
    InsufficientCapacity {
        /// Only of this type.
        instance_type: Option<usize>,
        /// Only in this zone.
        zone: Option<usize>,
        /// True: only Spot launches; false: On-Demand launches too.
        spot_only: bool,
    },
    /// The host of a Fargate task fails (facts/platform.md 8.2.5).
    FargateHostLoss,
}

/// Whether a kind of fault has a duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// A duration is required.
    Needed,
    /// A duration is optional: without one the fault is permanent.
    Possible,
    /// A duration is not allowed: the fault is momentary.
    Never,
}

/// Makes [`FaultName`] from the list of all kinds: the variant, the key, whether it ends.
macro_rules! fault_names {
    ($($name:ident $key:literal $ending:ident,)+) => {
        /// The kinds of faults, without their targets.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum FaultName {
            $(
                #[doc = concat!("[`FaultKind::", stringify!($name), "`].")]
                $name,
            )+
        }

        impl FaultName {
            /// All kinds, in the order of the reference.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The name in scenarios and messages.
            pub const fn key(self) -> &'static str {
                match self { $(Self::$name => $key,)+ }
            }

            /// Whether it has a duration.
            pub const fn ending(self) -> Ending {
                match self { $(Self::$name => Ending::$ending,)+ }
            }
        }

        impl FaultKind {
            /// The kind, without its targets.
            pub fn name(&self) -> FaultName {
                match self { $(Self::$name { .. } => FaultName::$name,)+ }
            }
        }
    };
}

fault_names! {
    InstanceFailure "instanceFailure" Possible,
    AgentDisconnect "agentDisconnect" Needed,
    ContainerCrash "containerCrash" Never,
    HealthCheckFailure "healthCheckFailure" Never,
    OutOfMemory "outOfMemory" Never,
    RegistryOutage "registryOutage" Needed,
    BadImage "badImage" Needed,
    ZoneOutage "zoneOutage" Needed,
    ControlPlaneOutage "controlPlaneOutage" Needed,
    InsufficientCapacity "insufficientCapacity" Needed,
    FargateHostLoss "fargateHostLoss" Never,
}

/// What happens to a standalone task that was lost, has failed or was refused.
#[derive(Clone, Debug, PartialEq)]
pub struct Retry {
    /// The largest number of attempts, the first included: starts, and submissions that were refused.
    /// 1: no retry, `None`: no limit.
    pub attempts: Option<u32>,
    /// The run time of the next attempt.
    pub work: Rework,
    /// Seconds from the loss, failure or refusal until it is submitted again.
    pub delay: Distribution,
    /// Checkpoints, which take no time: the run time before the last one is not repeated.
    pub checkpoint: Checkpoint,
}

/// The run time of an attempt after the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rework {
    /// The same run time as before, less what checkpoints have saved.
    Restart,
    /// The remaining run time.
    Resume,
    /// A run time that is drawn again.
    Redraw,
}

/// When the progress of a task is saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checkpoint {
    /// Never.
    None,
    /// After each of these lengths of run time.
    Every(Span),
    /// At the end of each of this number of equal parts of the run time.
    Parts(u32),
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: Some(1),
            work: Rework::Restart,
            delay: Distribution::Constant(0.0),
            checkpoint: Checkpoint::None,
        }
    }
}
