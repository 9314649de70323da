//! Questions about single runs: why a task waits or is where it is, what the scheduler saw of a service,
//! and the cluster at an instant.

use super::{Error, Scenario};
use crate::explain::{ExplainError, Replay, Scene, ServiceStory, TaskStory};
use crate::units::SimTime;
use std::sync::atomic::AtomicBool;

/// The run of a variant with a seed, about which questions are asked. Each question plays the run again,
/// with the built-in policies; the answers are data that serialise with ECS's codes.
///
/// ```
/// use ecsim::Scenario;
///
/// let scenario = Scenario::load("scenarios/quickstart.yaml")?.set("until=12h")?;
/// let story = scenario.explain("ec2", 1)?.task("web/0")?;
/// assert_eq!(story.choices.len(), 1); // Why its instance was chosen.
/// # Ok::<(), ecsim::Error>(())
/// ```
pub struct Explanation {
    replay: Replay<'static>,
}

/// A flag that is never set: a question is not interrupted.
static NEVER: AtomicBool = AtomicBool::new(false);

impl Scenario {
    /// The run of a variant with a seed, for questions about it.
    ///
    /// # Errors
    /// When there is no such variant, or no count fits (`count: fit`).
    pub fn explain(&self, variant: &str, seed: u64) -> Result<Explanation, Error> {
        let mut plans = self.plans().iter();
        let plan = plans.find(|plan| plan.variant == variant).ok_or_else(|| {
            let known = self.plans().iter().map(|plan| plan.variant.as_str());
            Error::unknown(format!("there is no variant `{variant}`"), variant, known)
        })?;
        let replay = Replay::new(plan, self.study().seeds, seed, &NEVER).map_err(error)?;
        Ok(Explanation { replay })
    }
}

impl Explanation {
    /// The life of a task with its causes; it is named as in `tasks.csv`: `web/3`.
    ///
    /// # Errors
    /// When there is no such task in this run.
    pub fn task(&self, name: &str) -> Result<TaskStory, Error> {
        self.replay.task(name).map_err(error)
    }

    /// What each round of the scheduler saw of a service.
    ///
    /// # Errors
    /// When there is no such service.
    pub fn service(&self, name: &str) -> Result<ServiceStory, Error> {
        self.replay.service(name).map_err(error)
    }

    /// Every instance with its tasks at a time, before and after its placement pass.
    ///
    /// # Errors
    /// When the run has ended before.
    pub fn at(&self, time: SimTime) -> Result<Scene, Error> {
        self.replay.at(time).map_err(error)
    }
}

/// A question without an answer, as an error of the façade.
fn error(error: ExplainError) -> Error {
    match error {
        ExplainError::Run(error) => Error::Run(error),
        error => Error::question(&error.to_string()),
    }
}
