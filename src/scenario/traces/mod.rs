//! Reading recorded tasks from files.

pub(super) mod rows;
pub(super) mod shared;
pub(super) mod trace;
