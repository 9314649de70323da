//! The CPU of instances: how tasks divide it, and the CPU credits of burstable types. What the tasks want,
//! and what they serve with what they get, is in `cpu`.

mod claims;
mod classes;
mod credits;
mod division;
mod host;
mod shares;
mod state;
mod timer;

pub(super) use claims::Want;
pub(super) use credits::CREDIT;
pub(super) use host::Host;
pub(super) use shares::{OnHost, Shares};
pub(super) use state::Processors;
