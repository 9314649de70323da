//! An EC2 Auto Scaling group: where and what it launches, which instances it terminates,
//! when it tries again. How many it should have is decided elsewhere; starting and ending
//! instances is the simulation's.

mod launch;
mod purchase;
mod retry;
mod termination;

pub use launch::{AllocationStrategy, LaunchCandidate, types_in_order, zones_in_order};
pub use purchase::{InstancesDistribution, PurchaseOption};
pub use retry::LaunchRetry;
pub use termination::{TerminationCandidate, TerminationPolicy, Terminations};
