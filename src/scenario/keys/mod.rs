//! The keys of a scenario: their types, defaults and docs, in tables by subject. The readers, the
//! JSON Schema and the reference all use these tables.

pub mod assumptions;
pub mod behavior;
pub mod capacity;
pub mod containers;
pub mod counts;
pub mod faults;
pub mod groups;
pub mod images;
pub mod instance_types;
pub mod laws;
pub mod placement;
pub mod scenario;
pub mod services;
pub mod table;
pub mod task_definition;
pub mod tasks;
pub mod traces;
