//! Scenario files: read into a positioned tree, merged with variants and `--set`, checked,
//! and turned into [`crate::plan::Study`]. Every problem is collected, each with its place.
//!
//! The keys, their types, defaults and docs are in tables ([`keys`], [`keys_work`],
//! [`aws`]), from which the JSON Schema and the reference are generated as well. No
//! simulation here, no printing.

mod arrivals;
mod assumptions;
pub mod aws;
mod behavior;
mod cluster;
mod columns;
mod constraints;
mod container;
mod draft;
mod embedded;
mod expect;
mod fargate;
mod fault_kinds;
mod faults;
mod files;
mod fitting;
mod fleet;
mod group;
mod group_types;
mod images;
pub mod keys;
pub mod keys_assumptions;
pub mod keys_capacity;
pub mod keys_faults;
pub mod keys_laws;
pub mod keys_work;
mod law;
mod life;
mod load;
pub mod lookup;
mod merge;
mod placement;
mod provider;
mod raw;
mod reader;
mod realistic_faults;
mod reference;
mod regions;
mod retry;
mod rows;
mod scaling;
mod schedule;
mod schema;
mod service;
mod set;
mod show;
mod show_capacity;
mod spot;
mod spot_series;
mod strategy;
mod study;
pub mod table;
mod taskdef;
mod trace;
mod trace_rows;
mod tree;
mod types;
mod without_effect;
mod work;
mod works;

pub use crate::plan::problem::{self, Place, Problem, Problems, Severity};
pub use embedded::Embedded;
pub use load::{Effective, Loaded, Request, load, load_text};
pub use lookup::{Catalog, CatalogType};
pub use reader::ticked;
pub use reference::reference;
pub use schema::schema;
pub use show::show;

#[cfg(test)]
mod tests;
