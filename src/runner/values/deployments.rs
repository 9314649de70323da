//! The values of the figures of deployments.

use super::Run;
use crate::figures::{DeploymentFigure, Of};

impl Run<'_> {
    /// The value of a figure of an entry of `deployments`, or of all together.
    pub(super) fn deployment(&self, of: Of, figure: DeploymentFigure) -> Option<f64> {
        use DeploymentFigure as F;
        let deployments = &self.played.observed.deployments;
        let rollouts = match of {
            Of::All => deployments.all(),
            Of::One(entry) => deployments.entry(entry).clone(),
        };
        let has_some = rollouts.began > 0;
        let count = |count: u64| Some(count as f64);
        match figure {
            F::Count => count(rollouts.began),
            F::CompletedCount => count(rollouts.completed.count),
            F::FailedCount => count(rollouts.failed),
            F::RolledBackCount => count(rollouts.rolled_back),
            F::SupersededCount => count(rollouts.superseded),
            F::BadCount => count(rollouts.bad),
            F::DurationMean => rollouts.completed.mean(),
            F::DurationMax => {
                let longest = rollouts.completed.maximum.as_seconds_f64();
                (rollouts.completed.count > 0).then_some(longest)
            }
            F::ExtraTasksMax => count(rollouts.extra_tasks).filter(|_| has_some),
            F::ExtraInstancesMax => count(rollouts.extra_instances).filter(|_| has_some),
            F::BelowMinimumMean => {
                let seconds = rollouts.below_minimum as f64 / 1e6;
                has_some.then(|| seconds / rollouts.began as f64)
            }
            F::FailedTasksMax => count(rollouts.failed_tasks).filter(|_| has_some),
        }
    }
}
