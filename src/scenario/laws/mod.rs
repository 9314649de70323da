//! Readers that several subjects use: quantities, laws (probability distributions), columns of
//! data files, and schedules.

pub(super) mod clock;
pub(super) mod columns;
pub(super) mod law;
pub(super) mod numbers;
pub(super) mod quantity;
pub(super) mod schedule;
