//! One run over time, as the plots show it: levels, scaling, faults, interruptions and a deployment.

use crate::metrics::{Interruptions, RolloutPoint, StoryLevel};
use crate::plan::DeploymentConfiguration;
use crate::units::{SimTime, Span};
use serde::Serialize;

/// One run over time: at most 2,000 points of every level and of every metric.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Story {
    /// Its seed.
    pub seed: u64,
    /// The beginning of the reported time.
    pub origin: SimTime,
    /// The length of the reported time.
    pub length: Span,
    /// Width of a cell; the last one may be cut off.
    pub width: Span,
    /// Levels with their time means, one per cell.
    pub levels: Vec<(StoryLevel, Vec<f64>)>,
    /// The metric of managed scaling, for providers that have it.
    pub metrics: Vec<StoryMetric>,
    /// Every change of a group's desired capacity in the reported time.
    pub scalings: Vec<StoryScaling>,
    /// Every change of a service's desired count by a target tracking policy in the reported time; none
    /// in a plan without a load.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<StoryPolicy>,
    /// The targets of target tracking policies on the average CPU utilization of a service, in percent:
    /// each once, in ascending order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cpu_targets: Vec<f64>,
    /// Faults of instances, zones and services in the reported time. Faults that are drawn for each
    /// container or Fargate task are not listed.
    pub faults: Vec<StoryFault>,
    /// Interruptions by AWS in the reported time: of Spot instances and of tasks on Fargate Spot.
    pub interruptions: Vec<Interruptions>,
    /// The deployment that teaches most: the first that failed, else the longest; `None` without
    /// deployments in the reported time.
    pub rollout: Option<StoryRollout>,
}

/// A change of a service's desired count by a scaling policy or a scheduled action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StoryPolicy {
    /// Time of the change.
    pub at: SimTime,
    /// The service.
    pub service: String,
    /// The name of the policy or of the action.
    pub policy: String,
    /// Desired count before.
    pub from: u32,
    /// Desired count from now on.
    pub to: u32,
    /// Why, in words.
    pub why: String,
}

/// A deployment over time, up to the end of its rollback if it was rolled back.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StoryRollout {
    /// Its name, that of the revision.
    pub name: String,
    /// The service.
    pub service: String,
    /// Its beginning.
    pub from: SimTime,
    /// Its end, or that of the run.
    pub to: SimTime,
    /// How it ended, in words.
    pub outcome: String,
    /// The percentages that it kept to.
    #[serde(skip)]
    pub percentages: DeploymentConfiguration,
    /// The shares of the requests in this time that met its bad release, and that the release answered with
    /// an error; `None` where no request met one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub met: Option<[f64; 2]>,
    /// With a traffic shift: the strategy, or the deployment configuration of CodeDeploy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shift: Option<String>,
    /// The threshold of its circuit breaker at the desired count of its beginning.
    pub threshold: Option<u32>,
    /// The tasks at each change; at most 2,000 points.
    pub points: Vec<RolloutPoint>,
}

/// An occurrence of a fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StoryFault {
    /// Its name.
    pub name: String,
    /// Its beginning.
    pub from: SimTime,
    /// Its end; equal to `from` for a fault without duration.
    pub to: SimTime,
}

/// `CapacityProviderReservation` of one provider.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StoryMetric {
    /// The provider.
    pub provider: String,
    /// `targetCapacity` in percent.
    pub target: f64,
    /// The metric in percent, each value with the time from which it holds.
    pub points: Vec<(SimTime, f64)>,
}

/// A change of a group's desired capacity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StoryScaling {
    /// Time of the change.
    pub at: SimTime,
    /// The provider.
    pub provider: String,
    /// Instances desired before.
    pub from: u32,
    /// Instances desired from now on.
    pub to: u32,
    /// `above` or `below` the target, or `autoscaler`.
    pub reason: &'static str,
    /// Instances needed (M) and running (N), if the metric was the reason.
    pub measured: Option<(u32, u32)>,
    /// The metric in hundredths of a percent, if it was the reason.
    pub hundredths: Option<u64>,
}
