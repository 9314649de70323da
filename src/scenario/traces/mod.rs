//! Reads traces: recorded tasks in data files.

pub(super) mod left_out;
mod row;
pub(super) mod rows;
pub(super) mod shared;
mod spec;
pub(super) mod stamps;
pub(super) mod trace;
