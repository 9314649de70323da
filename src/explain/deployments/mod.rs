//! The deployments of a service in a run, each as a story: what started it, its limits, what each
//! scheduling round decided and what came of it, how it ended and why, and what would have helped one
//! that makes no progress.

mod differs;
mod events;
mod reader;
mod stage;
mod story;
mod traffic;
mod tried;
mod tries;

pub(super) use reader::DeploymentReader;
pub use stage::{Stage, TaskCounts};
pub use story::{BreakerRule, DeploymentStory, Failure, Limits};
pub use traffic::{RequestsMet, StageName, TrafficStage, TrafficStep, TrafficStory};
pub use tried::{DeploymentChange, DeploymentEnd, DeploymentTry};
pub(super) use tries::{UntilEnded, higher_maximum, increases, lower_minimums, with_percents};
