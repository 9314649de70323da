//! Deployments: the revisions that a service runs one after the other, and the rules of a
//! deployment (facts/ecs.md 193 to 215).

use super::{Container, Containers, Demand, Target, TrafficShift};
use crate::cluster::WorkId;
use crate::engine::random::Distribution;
use crate::policy::services::{Bounds, CircuitBreaker, DeploymentConfiguration};
use crate::units::{Ratio, SimTime, Span};

/// `deploymentConfiguration` of a service.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeploymentRules {
    /// `minimumHealthyPercent` and `maximumPercent` (facts/ecs.md 193).
    pub percentages: DeploymentConfiguration,
    /// The deployment circuit breaker; `None`: it is not enabled.
    pub circuit_breaker: Option<CircuitBreaker>,
    /// The alarms that end a deployment; `None`: they are not enabled.
    pub alarms: Option<DeploymentAlarms>,
    /// How requests are shifted to the new revision; `None`: the strategy is `ROLLING`, and tasks are
    /// replaced one after the other (facts/ecs.md 216).
    pub shift: Option<TrafficShift>,
}

/// `alarms` of a deployment configuration (facts/ecs.md 214, 215).
#[derive(Clone, Debug, PartialEq)]
pub struct DeploymentAlarms {
    /// The alarms, as indices into the plan's alarms.
    pub alarms: Vec<usize>,
    /// `rollback`: a failed deployment is followed by one of the revision that completed last.
    pub rollback: bool,
    /// The time for which alarms are still watched after all tasks are replaced.
    pub bake_time: Span,
}

impl DeploymentRules {
    /// The limits of the number of tasks at a desired count (facts/ecs.md 193).
    pub fn bounds(&self, desired: u32) -> Bounds {
        self.percentages.bounds(desired)
    }
}

/// A deployment at a time: a call of `UpdateService` that starts one (facts/ecs.md 204).
#[derive(Clone, Debug)]
pub struct Deployment {
    /// The name of its entry in `deployments`.
    pub name: String,
    /// Its number among the deployments of the entry, from 0.
    pub occurrence: u32,
    /// The service, as an index into the plan's services.
    pub service: usize,
    /// The time of the call. In an outage of the control plane it is made at its end.
    pub at: SimTime,
    /// The revision that the service runs from then on.
    pub to: NextRevision,
    /// The rules from then on; `None`: unchanged.
    pub rules: Option<DeploymentRules>,
    /// The desired count from then on; `None`: unchanged.
    pub desired_count: Option<u32>,
}

/// The revision that a deployment moves a service to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextRevision {
    /// The revision with this number; see [`Service::revision`](super::Service::revision).
    Number(usize),
    /// The revision that completed last before the one that the service runs.
    Previous,
}

/// What the tasks of a service are made of after a deployment.
#[derive(Clone, Debug)]
pub struct ServiceRevision {
    /// Its name in reports: the name of the deployment, with the number of the occurrence where
    /// there are several, such as `train 3`.
    pub name: String,
    /// Family and revision of its task definition, `web:3`.
    pub definition: String,
    /// Where its tasks may run.
    pub target: Target,
    /// The requirements of each task.
    pub demand: Demand,
    /// The containers of each task.
    pub containers: Containers,
    /// How it may turn out to be bad; `None`: it is good.
    pub bad: Option<BadRelease>,
}

/// A release that may be bad.
#[derive(Clone, Debug)]
pub struct BadRelease {
    /// The probability that the release is bad; above 0, at most 1.
    pub probability: f64,
    /// The time from the start of its deployment until it is bad.
    pub from: Span,
    /// The zone in which it is bad, as an index; `None`: in all.
    pub zone: Option<usize>,
    /// How it fails.
    pub failure: ReleaseFailure,
    /// The containers of tasks that start while it is bad.
    pub containers: Containers,
}

/// How the tasks of a bad release fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReleaseFailure {
    /// Tasks that start exit with code 1 before they are RUNNING. Running tasks are not affected.
    Start,
    /// Health checks fail.
    HealthCheck,
    /// The first essential container exits with code 1; see the run time of
    /// [`BadRelease::containers`].
    Crash,
    /// Its tasks answer this share of the requests with an error (HTTP 5xx). They are healthy.
    Errors(Ratio),
}

/// What the tasks of an entry or a service share: see [`Plan::task_revisions`](super::Plan::task_revisions).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskRevision {
    /// The entry or service.
    pub work: WorkId,
    /// The number of the service's [revision](super::Service::revision); 0 for an entry.
    pub number: usize,
    /// True for the tasks of a bad release.
    pub is_bad: bool,
}

impl ReleaseFailure {
    /// The share of the requests that its tasks answer with an error, in millionths.
    pub fn error_share(self) -> u32 {
        match self {
            Self::Errors(share) => share.as_millionths(),
            Self::Start | Self::HealthCheck | Self::Crash => 0,
        }
    }

    /// The containers of tasks that start while a release is bad: those of `good` with the failure.
    /// With [`Crash`](Self::Crash) the first essential container exits after a run time of
    /// `crash_after` seconds.
    pub fn containers(self, good: &[Container], crash_after: &Distribution) -> Containers {
        /// Seconds after which a container would be healthy that never is: longer than any run.
        const NEVER: f64 = 1e12;
        let mut containers = good.to_vec();
        match self {
            Self::Start => {
                for container in &mut containers {
                    container.behavior.start_failure = 1.0;
                }
            }
            Self::HealthCheck => {
                for container in &mut containers {
                    container.behavior.time_to_healthy = Distribution::Constant(NEVER);
                }
            }
            Self::Crash => {
                let first = containers.iter_mut().find(|c| c.essential);
                if let Some(container) = first {
                    container.behavior.run_time = Some(crash_after.clone());
                    container.behavior.exit_code = 1;
                }
            }
            Self::Errors(_) => {}
        }
        containers.into()
    }
}
