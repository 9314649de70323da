//! Writes the effective scenario (`ecsim show`), the JSON Schema (`ecsim schema`) and the reference
//! of all keys (`docs/scenario.md`).

pub(super) mod assumptions;
pub(super) mod capacity;
pub(super) mod nodes;
pub(super) mod reference;
pub(super) mod schema;
pub(super) mod show;
pub(super) mod yaml;
