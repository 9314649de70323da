//! Reads `faults`: the kinds of faults, their times, and the faults at documented rates; and
//! `actions` and `deployments`, which refer to the same parts of the plan.

pub(super) mod actions;
pub(super) mod deployments;
pub(super) mod entries;
pub(super) mod ground;
pub(super) mod kinds;
pub(super) mod realistic;
mod releases;
pub(super) mod timing;
