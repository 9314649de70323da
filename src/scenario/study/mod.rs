//! From the merged trees of a scenario to its study: one plan per variant.

pub(super) mod assumptions;
pub(super) mod expect;
pub(super) mod load;
pub(super) mod plans;
pub(super) mod without_effect;
