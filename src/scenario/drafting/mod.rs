//! New scenarios with comments: out of answers, or out of a folder of task definitions and
//! descriptions of services.

pub(super) mod answers;
pub(super) mod folder;
mod found;
