//! Scenario files: read into a positioned tree, merged with variants and `--set`, checked,
//! and turned into [`crate::plan::Study`]. Every problem is collected, each with its place.
//!
//! The keys, their types, defaults and docs are in tables ([`keys`], [`keys_work`],
//! [`aws`]), from which the JSON Schema and the reference are generated as well. No
//! simulation here, no printing.

mod arrivals;
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
mod files;
mod fitting;
mod fleet;
mod image_names;
pub mod keys;
pub mod keys_work;
mod law;
mod life;
mod load;
pub mod lookup;
mod merge;
mod placement;
pub mod problem;
mod raw;
mod reader;
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
mod study;
pub mod table;
mod taskdef;
mod trace;
mod trace_rows;
mod tree;
mod types;
mod work;

pub use embedded::Embedded;
pub use load::{Loaded, Request, load, load_text};
pub use lookup::{Catalog, CatalogType};
pub use problem::{Place, Problem, Problems, Severity};
pub use reference::reference;
pub use schema::schema;
pub use show::show;

#[cfg(test)]
mod tests;
