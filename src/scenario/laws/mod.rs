//! Readers that all subjects share: quantities, laws of chance, columns of files, schedules.

pub(super) mod columns;
pub(super) mod law;
pub(super) mod quantity;
pub(super) mod schedule;
