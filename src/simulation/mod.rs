//! Verbs: what comes due, what happens, and the world in between.
//!
//! An [`Event`] is something that comes due; a [`Fact`] is something that happened. One
//! closed enum, one match, one handler per arm. Usage, figures, logs and tests read facts
//! only, and a run with no reader of them pays nothing.
//!
//! The state is in layers. A layer owns its part in private fields, calls those before it, and
//! tells those after it by a [`Notice`](notice::Notice):
//!
//! ```text
//! platform  ◀── life ◀────── ecs ◀────────── clients ◀──────── faults
//! instances     tasks        services        arrivals          what goes wrong
//! groups        containers   daemons         job queue
//! Spot          steps        PROVISIONING    retries
//! Fargate       probes       managed         autoscaler
//! images        agents       scaling
//! ```
//!
//! The order of one event: its handler changes the world; then the notices of what has changed
//! are told, the oldest first, until there are none; then comes the next event. The placement
//! pass closes an instant in which capacity or work has changed, and its notices are told
//! before the autoscaler of the user's own is asked.

mod clients;
mod ecs;
mod event;
mod fact;
mod faults;
mod life;
mod notice;
mod pass;
mod platform;
mod setup;
mod world;

pub use crate::plan::LONGEST;
pub use event::Event;
pub use fact::{
    Fact, InstanceEnd, InstanceFact, Interruption, LaunchFailure, Rejection, ScalingReason,
    ServiceEvent, StartUp, StopReason, TaskFact,
};
pub use platform::BILLED_AT_LEAST;
pub use world::{Outcome, Policies, World, run};
