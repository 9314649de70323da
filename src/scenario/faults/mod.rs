//! Reading what goes wrong.

pub(super) mod entries;
pub(super) mod ground;
pub(super) mod kinds;
pub(super) mod realistic;
pub(super) mod timing;
