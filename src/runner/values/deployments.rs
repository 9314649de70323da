//! The values of the figures of deployments.

use super::Run;
use crate::figures::{DeploymentFigure, Of};
use crate::simulation::Requests;

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
        let whole = |amount: u128| amount as f64 / Requests::PER_REQUEST as f64;
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
            F::ScaleUpMean => rollouts.scaled_up.mean(),
            F::TrafficShiftMean => rollouts.shifted.mean(),
            F::BadRequestsCount => self.requests_of(of).map(|_| whole(rollouts.release.bad)),
            F::BadRequestsShare => {
                let all = self.requests_of(of).filter(|all| *all > 0)?;
                Some(rollouts.release.bad as f64 / all as f64)
            }
            F::ErrorCount => self.requests_of(of).map(|_| whole(rollouts.release.errors)),
            F::BadRequestsDeploymentShare => {
                let during = rollouts.during;
                (during.offered > 0).then(|| during.bad as f64 / during.offered as f64)
            }
            F::ErrorsDeploymentShare => {
                let during = rollouts.during;
                (during.offered > 0).then(|| during.errors as f64 / during.offered as f64)
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

    /// All requests to the service of an entry in the reported time; `None` without a load.
    fn requests_of(&self, of: Of) -> Option<u128> {
        let requests = &self.played.observed.requests;
        let all = match of {
            Of::All => requests.all()?,
            Of::One(entry) => {
                let names = self.plan.deployment_names();
                let name = names.get(entry)?;
                let mut deployments = self.plan.deployments.iter();
                let first = deployments.find(|deployment| deployment.name == *name)?;
                *requests.service(first.service)?
            }
        };
        Some(all.passed.offered)
    }
}
