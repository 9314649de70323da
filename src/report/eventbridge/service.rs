//! `ECS Service Action` and `ECS Deployment State Change`.

use serde::Serialize;

/// How serious an event is (facts/ecs.md 111).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum EventType {
    /// For information.
    Info,
    /// A warning.
    Warn,
    /// An error.
    Error,
}

/// The detail of an action of the service scheduler.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BridgeServiceAction {
    /// How serious it is.
    pub event_type: EventType,
    /// Its name.
    pub event_name: &'static str,
    /// The cluster.
    pub cluster_arn: String,
    /// The capacity providers that it is about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub capacity_provider_arns: Vec<String>,
    /// The closest matching container instance, of a placement that failed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub container_instance_arns: Vec<String>,
    /// Why a task was not placed: `RESOURCE:CPU`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// The time.
    pub created_at: String,
}

/// The detail of a change of a deployment.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BridgeDeployment {
    /// How serious it is.
    pub event_type: EventType,
    /// Its name.
    pub event_name: &'static str,
    /// The deployment.
    pub deployment_id: String,
    /// The time.
    pub updated_at: String,
    /// What happened, in words.
    pub reason: String,
}
