//! Changes of a task between its placement and its end that facts report: the statuses through which it
//! passes, and what happens to its target.

use serde::{Deserialize, Serialize};

/// A last status through which a task passes (facts/ecs.md 50 to 53).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PassingStatus {
    /// `PENDING`: the agent, or Fargate, prepares its containers.
    Pending,
    /// `DEACTIVATING`: its target is deregistered; its containers run.
    Deactivating,
    /// `STOPPING`, after `DEACTIVATING`: the deregistration delay is over and its containers are being stopped.
    Stopping,
    /// `DEPROVISIONING`: its containers have ended and its network interface is detached.
    Deprovisioning,
}

/// What happens to the target of a task (facts/platform.md 4.1.4, 4.4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TargetChange {
    /// ECS registered it; the load balancer begins to check it.
    Registered,
    /// It is `healthy`: it gets requests.
    Healthy,
    /// It is `unhealthy`: it gets requests only when no target is healthy.
    Unhealthy,
    /// ECS deregistered it: it gets no new requests.
    Deregistered,
}
