//! Checks of plans that are built by hand, by the same rules as for scenario files.
//!
//! A problem of a plan has no line; its path is that of the key in a scenario file, with names
//! of entities and positions in lists: `tasks.reports.arrivals.at.3`. [`rules`] are
//! shared with the readers of files, so that both give the same messages.

mod actions;
mod arrivals;
mod at;
mod calls;
mod capacity;
mod containers;
mod deployments;
mod faults;
mod laws;
mod load;
mod queues;
pub mod rules;
pub mod shapes;
mod targets;
mod whole;
mod work;
