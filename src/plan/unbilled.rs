//! What AWS bills beside the resources of a plan. It is not in the bill of a run: reports name it,
//! so that a bill is not taken for more than it is.

use serde::{Deserialize, Serialize};

/// Something that AWS bills and that no line of a run's bill has. Serialized in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Unbilled {
    /// The target groups of services are behind load balancers.
    #[serde(rename = "load balancers")]
    LoadBalancers,
    /// VPC Lattice in front of services.
    #[serde(rename = "VPC Lattice")]
    Lattice,
    /// Tasks in subnets without public addresses reach the internet through these.
    #[serde(rename = "NAT gateways or VPC endpoints")]
    NatGateways,
    /// Public addresses of tasks.
    #[serde(rename = "public IPv4 addresses")]
    PublicAddresses,
    /// What containers log.
    #[serde(rename = "logs")]
    Logs,
    /// Volumes of tasks on EFS or FSx.
    #[serde(rename = "file systems (EFS, FSx)")]
    FileSystems,
    /// EBS volumes that ECS attaches to tasks.
    #[serde(rename = "EBS volumes of tasks")]
    TaskVolumes,
    /// Secrets that containers get.
    #[serde(rename = "secrets")]
    Secrets,
    /// Names of services in Cloud Map.
    #[serde(rename = "service discovery (Cloud Map)")]
    Discovery,
    /// Images in ECR.
    #[serde(rename = "storage of images in ECR")]
    ImageStorage,
    /// CPU of burstable instances above their baseline.
    #[serde(rename = "surplus CPU credits of burstable instances")]
    CpuCredits,
    /// Metrics of services with a value each 20 seconds.
    #[serde(rename = "metrics of 20 seconds (CloudWatch)")]
    Metrics,
    /// Numbers of tasks that alarms and policies read.
    #[serde(rename = "Container Insights (CloudWatch)")]
    Insights,
    /// Data that leaves a zone or the region; for every plan.
    #[serde(rename = "data transfer")]
    Transfer,
    /// Discounts, such as Savings Plans, taxes and support; for every plan.
    #[serde(rename = "discounts, taxes and support")]
    Terms,
}

impl Unbilled {
    /// What every plan lacks.
    pub const ALWAYS: [Self; 2] = [Self::Transfer, Self::Terms];

    /// It in words: `load balancers`.
    pub const fn words(self) -> &'static str {
        match self {
            Self::LoadBalancers => "load balancers",
            Self::Lattice => "VPC Lattice",
            Self::NatGateways => "NAT gateways or VPC endpoints",
            Self::PublicAddresses => "public IPv4 addresses",
            Self::Logs => "logs",
            Self::FileSystems => "file systems (EFS, FSx)",
            Self::TaskVolumes => "EBS volumes of tasks",
            Self::Secrets => "secrets",
            Self::Discovery => "service discovery (Cloud Map)",
            Self::ImageStorage => "storage of images in ECR",
            Self::CpuCredits => "surplus CPU credits of burstable instances",
            Self::Metrics => "metrics of 20 seconds (CloudWatch)",
            Self::Insights => "Container Insights (CloudWatch)",
            Self::Transfer => "data transfer",
            Self::Terms => "discounts, taxes and support",
        }
    }
}
