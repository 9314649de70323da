//! The simulation of one run: events that are due, facts that they cause, and the state of the
//! cluster ([`World`]).
//!
//! An [`Event`] is scheduled for a time; a [`Fact`] has happened. Each kind of event has one
//! handler. Usage, figures, logs and tests read facts only. A fact that no reader uses costs no
//! time.
//!
//! The state is in layers. A layer owns its part of the state in private fields. It calls the
//! layers before it directly, and informs the layers after it by a `Notice` (`notice.rs`):
//!
//! ```text
//! platform  ◀── life ◀────── ecs ◀────────── clients ◀──────── faults
//! instances     tasks        services        arrivals          faults of
//! groups        containers   daemons         job queue         the plan
//! Spot          steps        PROVISIONING    retries
//! Fargate       probes       managed         autoscaler
//! images        agents       scaling
//! ```
//!
//! The order within one event: its handler changes the world; then its notices are delivered, the
//! oldest first, until none is left; then the next event is handled. The placement pass comes at
//! the end of an instant in which capacity or work has changed. Its notices are delivered before
//! the user's autoscaler, if there is one, decides.
//!
//! What is not here: prices (room `pricing`), figures (room `metrics`), and the rules of
//! policies ([`policy`](crate::policy)).

mod amounts;
mod clients;
mod ecs;
mod event;
mod fact;
mod fact_kind;
mod fact_subject;
mod faults;
mod life;
mod limits;
mod messages;
mod notice;
mod pass;
mod platform;
mod play;
mod response_times;
mod round;
mod scaling;
mod setup;
mod task_changes;
mod traffic;
mod view;
mod world;

pub use crate::plan::LONGEST;
pub use amounts::{CpuCreditAmounts, ReleaseRequests, Requests, part_of};
pub use event::{CpuEvent, Event};
pub use fact::{
    ContainerExit, DeploymentCause, DeploymentEvent, DeploymentFact, DeploymentFailure, Fact,
    InstanceEnd, InstanceFact, Interruption, LaunchFailure, Obstacle, Rejection, ScalingReason,
    ServiceEvent, StartUp, StopReason, TaskFact,
};
pub use limits::{Backlog, Endless, Limits, RunFailed};
pub use messages::Messages;
pub use platform::BILLED_AT_LEAST;
pub use play::{Outcome, Policies, run, run_for, run_watched};
pub use response_times::ResponseTimes;
pub use round::Round;
pub use scaling::{PolicyLook, PolicyOutcome, PolicyState, Scaled, ScaledBy};
pub use setup::task_groups;
pub use task_changes::{PassingStatus, TargetChange};
pub use view::{GroupView, HostState, MissingDaemon};
pub use world::World;
