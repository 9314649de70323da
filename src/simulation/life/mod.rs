//! The life of tasks, the same for every orchestrator: creation, placement, containers, health,
//! stop and end, on instances and on Fargate. Which tasks are created or stopped is decided in the
//! layers above.
//!
//! A task has a *detailed life* (steps, containers, image pulls) when these can change a result:
//! every task of a service, and standalone tasks by the rule in `revision.rs`. Other tasks only
//! start and finish.
//!
//! ```text
//!  created ─▶ (waits) ──▶ placed ──▶ started ──▶ finished, stopped or lost
//!                           │  with a detailed life: steps, containers, probes
//!                           └─────────────────────────────────────────────────▶
//! ```
//!
//! The layers above are informed by [`Notice`](super::notice::Notice)s.

pub(in crate::simulation) mod connection;
mod containers;
mod counts;
pub(in crate::simulation) mod creation;
pub(in crate::simulation) mod ending;
pub(in crate::simulation) mod fargate;
mod fargate_room;
mod fate;
pub(in crate::simulation) mod hazards;
mod health;
mod host_tasks;
pub(in crate::simulation) mod hosts;
pub(in crate::simulation) mod listener;
mod listener_rule;
mod memory;
pub(in crate::simulation) mod named;
mod probes;
mod record;
mod revision;
mod running;
pub(in crate::simulation) mod runs;
pub(in crate::simulation) mod serving;
mod serving_tasks;
pub(in crate::simulation) mod stage;
mod state;
pub(in crate::simulation) mod steps;
pub(in crate::simulation) mod stop;
mod target;
pub(in crate::simulation) mod targets;
pub(in crate::simulation) mod tasks;
pub(in crate::simulation) mod waits;

pub(in crate::simulation) use host_tasks::TasksOnHost;
pub(in crate::simulation) use record::TaskHealth;
pub(in crate::simulation) use revision::{BadNow, Revision};
pub(in crate::simulation) use serving_tasks::{Routed, ServingTasks, TargetClass};
pub(in crate::simulation) use state::Lives;
