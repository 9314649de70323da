//! The keys of a scenario: their types, defaults and docs, in tables by subject. The readers, the
//! JSON Schema and the reference all use these tables.

pub mod assumptions;
pub mod capacity;
pub mod faults;
pub mod laws;
pub mod scenario;
pub mod table;
pub mod task_definition;
pub mod work;
