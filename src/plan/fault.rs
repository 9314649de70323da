//! What goes wrong, as entries beside the load. Each has a random stream of its own.

use crate::cluster::WorkId;
use crate::engine::random::Distribution;
use crate::units::{SimTime, Span};

/// An entry of `faults`.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Its name; the key of its randomness.
    pub name: String,
    /// What goes wrong.
    pub kind: FaultKind,
    /// When.
    pub occurs: Occurrence,
    /// Seconds until it is over; unused by what has no end (crashes).
    pub lasts: Option<Distribution>,
}

/// When something goes wrong.
#[derive(Clone, Debug)]
pub enum Occurrence {
    /// At these times.
    At(Vec<SimTime>),
    /// After gaps of seconds with this law: of each instance, container or Fargate task by
    /// itself where the kind is about them, else of the whole.
    Every(Distribution),
}

/// What goes wrong.
#[derive(Clone, Debug)]
pub enum FaultKind {
    /// An instance dies with all that runs on it. One that lasts comes back as it was, empty;
    /// one that does not is lost, and its Auto Scaling group replaces it.
    InstanceFailure {
        /// Only those of this provider.
        provider: Option<usize>,
        /// Only those in this zone.
        zone: Option<usize>,
        /// Only these, by order of registration.
        instances: Option<Vec<u32>>,
        /// So many repairs go on at once; `None`: all.
        repair_crews: Option<u32>,
        /// An operator replaces one of a fixed fleet that is lost for good, after
        /// [`fixed_fleet_replacement`](super::Assumptions::fixed_fleet_replacement).
        replaced: bool,
    },
    /// The agent of an instance loses its connection to ECS while it lasts
    /// (facts/ecs.md 75, 236).
    AgentDisconnect {
        /// Only those of this provider.
        provider: Option<usize>,
        /// Only those in this zone.
        zone: Option<usize>,
        /// Only these, by order of registration.
        instances: Option<Vec<u32>>,
    },
    /// A container exits with code 1.
    ContainerCrash {
        /// Only those of this service or entry.
        work: Option<WorkId>,
        /// Only containers of this name.
        container: Option<String>,
    },
    /// A container's health check fails from then on.
    HealthCheckFailure {
        /// Only those of this service or entry.
        work: Option<WorkId>,
        /// Only containers of this name.
        container: Option<String>,
    },
    /// A container is killed for its memory, with code 137.
    OutOfMemory {
        /// Only those of this service or entry.
        work: Option<WorkId>,
        /// Only containers of this name.
        container: Option<String>,
    },
    /// Pulls from a registry fail while it lasts.
    RegistryOutage {
        /// Only this registry.
        registry: Option<usize>,
    },
    /// An image cannot be pulled while it lasts.
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
    /// The region's control plane places, launches and replaces nothing while it lasts; what
    /// runs goes on (facts/platform.md 8.3.2, 8.3.3).
    ControlPlaneOutage,
    /// EC2 has no capacity for launches while it lasts (facts/ecs.md 241).
    InsufficientCapacity {
        /// Only of this type.
        instance_type: Option<usize>,
        /// Only in this zone.
        zone: Option<usize>,
        /// Only of Spot; else of both.
        spot_only: bool,
    },
    /// The host of a Fargate task dies (facts/platform.md 8.2.5).
    FargateHostLoss,
}

/// Whether a kind of fault has an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It is a state, which must end.
    Needed,
    /// It may be repaired, or not.
    Possible,
    /// It is over at once.
    Never,
}

/// Makes [`FaultName`] from the list of all kinds: the variant, the key, whether it ends.
macro_rules! fault_names {
    ($($name:ident $key:literal $ending:ident,)+) => {
        /// The kinds of faults, without what they strike.
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

            /// Whether it has an end.
            pub const fn ending(self) -> Ending {
                match self { $(Self::$name => Ending::$ending,)+ }
            }
        }

        impl FaultKind {
            /// The kind, without what it strikes.
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

/// How standalone work goes on after its task was lost or failed.
#[derive(Clone, Debug, PartialEq)]
pub struct Retry {
    /// How often a task is started at most, 1: no retry.
    pub attempts: Option<u32>,
    /// What the next attempt has to do.
    pub work: Rework,
    /// Seconds before it is submitted again.
    pub delay: Distribution,
    /// Checkpoints that cost nothing: the work is safe up to the last one.
    pub checkpoint: Checkpoint,
}

/// What an attempt after the first has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rework {
    /// All again, the same run time, but for what checkpoints have saved.
    Restart,
    /// Only what is left.
    Resume,
    /// A run time drawn anew.
    Redraw,
}

/// When work is saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checkpoint {
    /// Never.
    None,
    /// After every so much run time.
    Every(Span),
    /// At the ends of so many equal parts.
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
