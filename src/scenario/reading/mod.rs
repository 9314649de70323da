//! Parses files and `--set` options, merges them into one tree per variant, and offers cursors
//! that read a tree by the field tables and collect problems. The meaning of the keys is not
//! here: each subject has its readers in a folder beside this one.

pub(super) mod bounded;
mod cells;
mod common_log;
pub(super) mod doubles;
pub(super) mod draft;
pub(super) mod embedded;
pub(super) mod files;
pub(super) mod foreign;
pub mod lookup;
pub(super) mod merge;
pub(super) mod names;
mod packing;
pub(super) mod raw;
pub(super) mod reader;
pub(super) mod rows;
pub(super) mod services_file;
pub(super) mod set;
pub(super) mod sources;
pub(super) mod tables;
mod tar;
pub(super) mod template;
pub(super) mod tree;
pub(super) mod within;
