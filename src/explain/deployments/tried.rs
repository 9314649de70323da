//! How a deployment ended, and the changes with which it was tried again.

use crate::cluster::Lacks;
use crate::units::SimTime;
use serde::Serialize;

/// How a deployment ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum DeploymentEnd {
    /// It is IN_PROGRESS at the end of the run.
    InProgress,
    /// COMPLETED.
    Completed,
    /// FAILED.
    Failed,
    /// A newer deployment replaced it.
    Superseded,
}

/// A change of the plan with which a deployment was tried again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    tag = "kind"
)]
pub enum DeploymentChange {
    /// Another `minimumHealthyPercent` of this deployment.
    MinimumHealthyPercent {
        /// The value of the plan.
        from: u32,
        /// The value that was tried.
        to: u32,
    },
    /// Another `maximumPercent` of this deployment.
    MaximumPercent {
        /// The value of the plan.
        from: u32,
        /// The value that was tried.
        to: u32,
    },
    /// More instances, from the start of the run on.
    MoreInstances {
        /// Their number.
        instances: u32,
        /// Their type; of an Auto Scaling group with several types the first.
        instance_type: String,
        /// Their capacity provider.
        provider: String,
        /// The `maxSize` of its Auto Scaling group that they need, where it must be raised.
        max_size: Option<u32>,
    },
    /// A larger `maxSize` of an Auto Scaling group that grows for waiting tasks.
    MaxSize {
        /// The capacity provider of the group.
        provider: String,
        /// The value of the plan.
        from: u32,
        /// The value that was tried.
        to: u32,
    },
    /// A longer `healthCheckGracePeriodSeconds` of the service.
    HealthCheckGracePeriod {
        /// The value of the plan, in seconds.
        from: u64,
        /// The value that was tried, in seconds.
        to: u64,
    },
    /// A larger quota of vCPUs on Fargate (`assumptions.fargateVcpuQuota`).
    FargateVcpuQuota {
        /// The value of the plan.
        from: u32,
        /// The value that was tried.
        to: u32,
    },
}

/// A change with which a deployment was tried again, and how the deployment then ended.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentTry {
    /// The change.
    #[serde(flatten)]
    pub change: DeploymentChange,
    /// How the deployment ended with it.
    pub end: DeploymentEnd,
    /// When it ended, or the end of the run.
    #[serde(rename = "endMicros")]
    pub ended: SimTime,
    /// True where none of its tasks has failed.
    #[serde(skip)]
    pub is_clean: bool,
    /// What the instances lacked at its last stage, where it had not completed.
    #[serde(skip)]
    pub lacks: Option<Lacks>,
}
