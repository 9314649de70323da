//! Makes the study of a scenario from its merged trees: one plan per variant, the expectations,
//! and warnings of keys without effect.

pub(super) mod assumptions;
pub(super) mod costs;
pub(super) mod expect;
pub(super) mod load;
pub(super) mod plans;
pub(super) mod unbilled;
pub(super) mod without_effect;
mod work;
