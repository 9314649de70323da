//! Scenario files: read into a positioned tree, merged with variants and `--set`, checked,
//! and turned into [`crate::plan::Study`]. Every problem is collected, each with its place.
//!
//! The keys, their types, defaults and docs are in tables ([`keys`]), from which the JSON
//! Schema and the reference are generated as well. No simulation here, no printing.
//!
//! The sub-rooms, each of which may import those before it:
//! `keys`, `reading`, `laws`, `capacity`, `traces`, `work`, `faults`, `study`, `showing`.

mod capacity;
mod faults;
pub mod keys;
mod laws;
mod reading;
mod showing;
mod study;
mod traces;
mod work;

pub use crate::plan::problem::{self, Place, Problem, Problems, Severity};
pub use keys::table;
pub use reading::embedded::Embedded;
pub use reading::lookup;
pub use reading::lookup::{Catalog, CatalogType};
pub use reading::reader::ticked;
pub use showing::reference::reference;
pub use showing::schema::schema;
pub use showing::show::show;
pub use study::load::{Effective, Loaded, Request, load, load_text};

#[cfg(test)]
mod tests;
