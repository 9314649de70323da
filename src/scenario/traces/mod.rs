//! Reading recorded tasks from files.

pub(super) mod rows;
pub(super) mod trace;
