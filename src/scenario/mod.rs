//! Scenario files. A file is parsed into a tree with positions, merged with its variants and with
//! `--set` options, checked, and turned into a [`crate::plan::Study`]. All problems are collected,
//! each with its file, line and column; reading does not stop at the first.
//!
//! The keys with their types, defaults and documentation are in tables ([`keys`]). The readers,
//! the JSON Schema and the reference are all made from these tables. There is no simulation here,
//! and nothing is printed.
//!
//! | folder | what it does |
//! |---|---|
//! | [`keys`] | tables of keys |
//! | `reading` | files, trees, merging, cursors, problems |
//! | `laws` | quantities, probability distributions, columns of files, schedules |
//! | `capacity` | zones, capacity providers, instance types, Fargate, Spot, images |
//! | `traces` | recorded tasks |
//! | `work` | task definitions, entries of `tasks`, services |
//! | `faults` | faults and the documented rates |
//! | `study` | the plans of all variants; warnings; expectations |
//! | `showing` | the effective scenario, the JSON Schema and the reference |
//! | `drafting` | new scenarios, out of answers or of files of AWS |
//!
//! Each folder may import those above it, `capacity` and `traces` not each other.

mod capacity;
mod drafting;
mod faults;
pub mod keys;
mod laws;
mod reading;
mod showing;
mod study;
mod traces;
mod work;

pub use crate::plan::problem::{self, Place, Problem, Problems, Severity};
pub use drafting::answers::{Answers, Place as AnsweredPlace, Work as AnsweredWork};
pub use drafting::folder::{Draft, draft};
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
