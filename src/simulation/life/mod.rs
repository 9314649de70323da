//! The life of a task: from its birth to its end, with its containers.

pub(in crate::simulation) mod connection;
pub(in crate::simulation) mod containers;
pub(in crate::simulation) mod probes;
pub(in crate::simulation) mod record;
pub(in crate::simulation) mod revision;
pub(in crate::simulation) mod runs;
pub(in crate::simulation) mod steps;
pub(in crate::simulation) mod stop;
pub(in crate::simulation) mod tasks;

/// What other parts ask of a task's life.
pub(in crate::simulation) mod agent {
    pub(in crate::simulation) use super::connection::{
        disconnect, is_missed, notice_disconnect, reconnect,
    };
    pub(in crate::simulation) use super::record::Agent;
    pub(in crate::simulation) use super::runs::{container_turn, sicken, strike};
    pub(in crate::simulation) use super::steps::{next_in_queue, receive, turn};
    pub(in crate::simulation) use super::stop::{forget, host_died, stop};
}
