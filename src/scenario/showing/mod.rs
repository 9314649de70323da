//! Writing: the effective scenario, the JSON Schema and the reference of all keys.

pub(super) mod assumptions;
pub(super) mod capacity;
pub(super) mod nodes;
pub(super) mod reference;
pub(super) mod schema;
pub(super) mod show;
pub(super) mod yaml;
