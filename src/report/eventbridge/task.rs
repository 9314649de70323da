//! `ECS Task State Change`: the task as `DescribeTasks` shows it.

use serde::Serialize;

/// The detail of a change of a task.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BridgeTask {
    /// Its network interface, in `awsvpc` mode.
    pub attachments: Vec<BridgeAttachment>,
    /// The zone, once it is placed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub availability_zone: Option<String>,
    /// The capacity provider, where it was chosen by one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity_provider_name: Option<String>,
    /// The cluster.
    pub cluster_arn: String,
    /// `CONNECTED` from PENDING on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connectivity: Option<&'static str>,
    /// The time of that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connectivity_at: Option<String>,
    /// The container instance; none on Fargate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_instance_arn: Option<String>,
    /// Its containers.
    pub containers: Vec<BridgeContainer>,
    /// CPU in units, as text.
    pub cpu: String,
    /// The time of its creation.
    pub created_at: String,
    /// `RUNNING` or `STOPPED`.
    pub desired_status: &'static str,
    /// The time at which its containers had ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub execution_stopped_at: Option<String>,
    /// The task group.
    pub group: String,
    /// The last status.
    pub last_status: &'static str,
    /// `EC2` or `FARGATE`.
    pub launch_type: &'static str,
    /// Memory in MiB, as text.
    pub memory: String,
    /// Overrides of containers.
    pub overrides: BridgeOverrides,
    /// The platform version, on Fargate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform_version: Option<&'static str>,
    /// The beginning of the first image pull.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pull_started_at: Option<String>,
    /// The time at which it became RUNNING.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<String>,
    /// The deployment that started it, of a service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_by: Option<String>,
    /// Why it stops, as a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_code: Option<&'static str>,
    /// The time at which it became STOPPED.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped_at: Option<String>,
    /// Why it stops.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped_reason: Option<String>,
    /// The time at which its desired status became STOPPED.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopping_at: Option<String>,
    /// The task.
    pub task_arn: String,
    /// The revision of its task definition.
    pub task_definition_arn: String,
    /// The time of this change.
    pub updated_at: String,
    /// Counts the changes of the task.
    pub version: u64,
}

/// A container of a task.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BridgeContainer {
    /// The container.
    pub container_arn: String,
    /// Its exit code, where it exited by itself or was killed by the kernel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// Its image.
    pub image: String,
    /// `PENDING`, `RUNNING` or `STOPPED`.
    pub last_status: &'static str,
    /// Its name.
    pub name: String,
    /// Its network interface.
    pub network_interfaces: Vec<BridgeNetworkInterface>,
    /// Why it exited, where ECS says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// Its task.
    pub task_arn: String,
}

/// A network interface of a container.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BridgeNetworkInterface {
    /// The attachment of the task.
    pub attachment_id: String,
}

/// Something attached to a task: its network interface.
#[derive(Clone, Debug, Serialize)]
pub struct BridgeAttachment {
    /// Its id.
    pub id: String,
    /// `eni`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// `PRECREATED`, `ATTACHING`, `ATTACHED` or `DELETED`.
    pub status: &'static str,
    /// Names and values.
    pub details: Vec<BridgeNameValue>,
}

/// A name and a value.
#[derive(Clone, Debug, Serialize)]
pub struct BridgeNameValue {
    /// The name.
    pub name: String,
    /// The value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// What a task overrides of its task definition.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BridgeOverrides {
    /// One item per container.
    pub container_overrides: Vec<BridgeContainerOverride>,
}

/// What a task overrides of a container: nothing.
#[derive(Clone, Debug, Serialize)]
pub struct BridgeContainerOverride {
    /// The container.
    pub name: String,
}
