//! Reads recorded requests as a rate over time: `trace` of a load.

mod counts;
mod files;
mod folded;
mod keys;
mod out_of_line;
mod read;
mod row;
mod series;

pub use read::{LoadTraceRead, read};
