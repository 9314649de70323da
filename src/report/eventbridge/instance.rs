//! `ECS Container Instance State Change`: the container instance as `DescribeContainerInstances`
//! shows it.

use super::BridgeNameValue;
use serde::Serialize;

/// The detail of a change of a container instance.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BridgeInstance {
    /// True while ECS sees its agent as connected.
    pub agent_connected: bool,
    /// Its attributes.
    pub attributes: Vec<BridgeNameValue>,
    /// The capacity provider.
    pub capacity_provider_name: String,
    /// The cluster.
    pub cluster_arn: String,
    /// The container instance.
    pub container_instance_arn: String,
    /// The EC2 instance.
    pub ec2_instance_id: String,
    /// The resources that it has.
    pub registered_resources: Vec<BridgeResource>,
    /// The resources that no task has reserved.
    pub remaining_resources: Vec<BridgeResource>,
    /// `ACTIVE`, `DRAINING` or `INACTIVE`.
    pub status: &'static str,
    /// The time of this change.
    pub updated_at: String,
    /// Counts the changes of the container instance.
    pub version: u64,
    /// Versions of its software: none, as nothing is known of them.
    pub version_info: BridgeVersion,
}

/// The versions of the software of a container instance.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct BridgeVersion {}

/// An amount of a resource.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum BridgeResource {
    /// `CPU` in units and `MEMORY` in MiB.
    #[serde(rename_all = "camelCase")]
    Integer {
        /// The resource.
        name: &'static str,
        /// `INTEGER`.
        #[serde(rename = "type")]
        kind: &'static str,
        /// The amount.
        integer_value: u64,
    },
    /// `PORTS` and `PORTS_UDP`, those in use, and `GPU`.
    #[serde(rename_all = "camelCase")]
    Set {
        /// The resource.
        name: &'static str,
        /// `STRINGSET`.
        #[serde(rename = "type")]
        kind: &'static str,
        /// The items.
        string_set_value: Vec<String>,
    },
}

impl BridgeResource {
    /// An amount.
    pub const fn integer(name: &'static str, integer_value: u64) -> Self {
        Self::Integer {
            name,
            kind: "INTEGER",
            integer_value,
        }
    }

    /// A set.
    pub const fn set(name: &'static str, string_set_value: Vec<String>) -> Self {
        Self::Set {
            name,
            kind: "STRINGSET",
            string_set_value,
        }
    }
}
