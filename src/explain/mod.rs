//! The answer to "why?": the life of a task, the rounds of a service, and the cluster at an instant.
//!
//! A question is answered by a replay of the run with readers of detailed facts. Nothing is stored for
//! it, and a run that is not explained has no cost for it. The answers are data
//! ([`TaskStory`], [`ServiceStory`], [`DeploymentStory`], [`Scene`]), which serialise with ECS's codes; the program
//! (`cli/explain/`) puts them into words.
//!
//! - [`Replay`] answers questions about one run.
//! - [`TaskStory`] has the waits of a task with every instance and the rule that refused it, the
//!   changes that would have placed it, and why its instance was chosen.
//! - [`ServiceStory`] has what each round of the service scheduler saw.
//! - [`DeploymentStory`] has the stages of one deployment, what started it and how it ended.
//! - [`Scene`] has every instance with its tasks, before and after the placement pass of an instant.
//!
//! One place per rule: what an instance lacks is decided in `cluster/ledger.rs`, by how much in
//! `refusals.rs`; a change that is tried is one function of `changes.rs`; a choice is told by `chosen.rs`.

mod about;
mod at_end;
mod changes;
mod chosen;
mod deployments;
mod error;
mod expressions;
mod hosts;
mod life;
mod look;
mod max_size;
mod needs;
mod notebook;
mod notes;
mod placements;
mod policies;
mod quota;
mod refusals;
mod replay;
mod retries;
mod round_row;
mod rule;
mod scene;
mod scheduler;
mod service;
mod sight;
mod story;
mod supply;
mod trunking;
mod watcher;

pub use at_end::{Closed, WithoutRoom};
pub use changes::{Change, Tried};
pub use chosen::{Candidate, Choice, Narrowing};
pub use deployments::{
    BreakerRule, DeploymentChange, DeploymentEnd, DeploymentStory, DeploymentTry, Failure, Limits,
    RequestsMet, Stage, StageName, TaskCounts, TrafficStage, TrafficStep, TrafficStory,
};
pub use error::ExplainError;
pub use expressions::Unmet;
pub use hosts::{HostName, TaskName};
pub use look::{Behind, Detail, Elsewhere, Look};
pub use max_size::MaxSizeChange;
pub use needs::Needs;
pub use notebook::Obstructed;
pub use placements::{Reasons, explaining_scheduler};
pub use policies::PolicyRow;
pub use quota::{QuotaChange, QuotaUse};
pub use refusals::{Failed, Refusal, Shortfall, Taken};
pub use replay::Replay;
pub use round_row::{RefusedLater, RoundRow};
pub use scene::{HostView, Scene, TaskView};
pub use service::ServiceStory;
pub use story::{Freed, TaskOutcome, TaskStory, Told};
pub use supply::{Measured, Starting, Supply};
pub use trunking::{TrunkedType, Trunking};
