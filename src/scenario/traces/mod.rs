//! Reads traces: recorded tasks in data files.

mod form;
pub(super) mod left_out;
pub(super) mod load;
mod row;
pub(super) mod rows;
pub(super) mod shared;
mod spec;
pub(super) mod stamps;
pub(super) mod trace;
mod usual_stamps;
