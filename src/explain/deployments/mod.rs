//! The deployments of a service in a run, each as a story: what started it, its limits, what each
//! scheduling round decided and what came of it, how it ended and why.

mod reader;
mod stage;
mod story;

pub(super) use reader::DeploymentReader;
pub use stage::{Stage, TaskCounts};
pub use story::{BreakerRule, DeploymentEnd, DeploymentStory, Failure, Limits};
