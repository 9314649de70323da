//! From files and `--set` to a positioned, merged tree, and cursors that read it by the tables
//! of keys and collect problems. Nothing here knows what a key means.

pub(super) mod draft;
pub(super) mod embedded;
pub(super) mod files;
pub mod lookup;
pub(super) mod merge;
pub(super) mod names;
pub(super) mod raw;
pub(super) mod reader;
pub(super) mod rows;
pub(super) mod set;
pub(super) mod sources;
pub(super) mod tree;
