//! The decisions of the service scheduler: how many tasks to start and stop in one pass, which
//! tasks to stop, and how long to wait after failures (facts/ecs.md 69 to 71, 91 to 93, 107,
//! 116, 117, 193 to 202, 208 to 213, 225, 226).
//!
//! Pure functions of plain counts. The instance of a started task is chosen in `placement`. The
//! times of passes and the events of services are in `simulation`.

mod bounds;
mod circuit_breaker;
mod forecast;
mod rebalance;
mod reconcile;
mod scaling;
mod step_scaling;
mod stop_choice;
mod throttle;

pub use bounds::{Bounds, DeploymentConfiguration, within_capacity};
pub use circuit_breaker::{CircuitBreaker, Threshold};
pub use forecast::{Forecast, LoadHistory, forecast_capacity};
pub use rebalance::rebalance;
pub use reconcile::{Counts, Step, Stops, reconcile};
pub use scaling::{HeldBy, PolicyView, Restraint, ScalableTarget, capacity, held_by, scaled};
pub use step_scaling::{Adjustment, AdjustmentType, StepAdjustment};
pub use stop_choice::{SpreadBy, StopCandidate, StopChoice, StopRule};
pub use throttle::{PlacementDelays, PlacementRetry, StartDelays, StartThrottle};
