//! The decisions of an EC2 Auto Scaling group: the zone, type and purchase option of a launch,
//! which instances it terminates, and when it retries a failed launch. Its desired capacity is
//! decided in `managed_scaling`; launches and terminations are carried out in `simulation`.

mod launch;
mod purchase;
mod retry;
mod termination;

pub use launch::{AllocationStrategy, LaunchCandidate, types_in_order, zones_in_order};
pub use purchase::{InstancesDistribution, PurchaseOption};
pub use retry::LaunchRetry;
pub use termination::{TerminationCandidate, TerminationPolicy, Terminations};
