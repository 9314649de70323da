//! Reads traces: recorded tasks in data files.

pub(super) mod left_out;
pub(super) mod rows;
pub(super) mod shared;
pub(super) mod stamps;
pub(super) mod trace;
