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

pub use event::Event;
pub use fact::{
    Fact, InstanceEnd, InstanceFact, Interruption, LaunchFailure, Rejection, ScalingReason,
    ServiceEvent, StartUp, StopReason, TaskFact,
};
pub use world::{Outcome, Policies, World, run};

use crate::units::Span;

/// AWS bills at least a minute of an instance and of a Fargate task on Linux
/// (facts/pricing.md 2).
pub const BILLED_AT_LEAST: Span = Span::seconds(60);

/// No run lasts longer: a hundred years. Usage is kept by the hour, so that memory would not
/// suffice; and whoever comes here has mistaken a unit.
pub const LONGEST: Span = Span::hours(100 * 365 * 24);
