//! What the service scheduler decides: how many tasks to start and stop in one pass, which
//! ones to stop, and how long to wait after failures (facts/ecs.md 69 to 71, 91 to 93, 107,
//! 116, 117, 193 to 202, 225, 226).
//!
//! Pure decisions over plain counts. Where a started task goes is `placement`'s; when a pass
//! takes place, what it costs in time and what is told about it are the simulation's.

mod bounds;
mod reconcile;
mod stop_choice;
mod throttle;

pub use bounds::{Bounds, DeploymentConfiguration, within_capacity};
pub use reconcile::{Counts, Step, Stops, reconcile};
pub use stop_choice::{SpreadBy, StopCandidate, StopRule, choose_stop};
pub use throttle::{PlacementDelays, PlacementRetry, StartDelays, StartThrottle};
