//! Whether a plan can be played: every rule that a scenario file must meet as well, for plans
//! that are built by hand.
//!
//! A problem of a plan has no line; its path is that of the key in a scenario file, with names
//! of entities and positions in lists: `tasks.reports.arrivals.at.3`. [`rules`] has what the
//! readers of files ask too, so that both say the same.

mod arrivals;
mod at;
mod capacity;
mod containers;
mod faults;
mod laws;
pub mod rules;
mod whole;
mod work;
