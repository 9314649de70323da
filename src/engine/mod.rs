//! The machinery of discrete-event simulation: agenda, loop, random streams, typed ids.
//! Knows nothing of clusters.

pub mod random;
