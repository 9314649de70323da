//! The types of load balancers, and what a capacity unit of each has.

use serde::{Deserialize, Serialize};

/// The type of a load balancer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LoadBalancerKind {
    /// `application`: an Application Load Balancer.
    Application,
    /// `network`: a Network Load Balancer.
    Network,
}

/// What one capacity unit has for an hour: the unit of an hour is the largest of the parts
/// (facts/platform.md 4.3.1, 4.3.2). Each has 1 GB (10⁹ bytes) an hour as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CapacityUnit {
    /// New connections, or flows, per second.
    pub new_connections: u32,
    /// Active connections.
    pub active_connections: u32,
    /// Rules per second; `None`: they do not count.
    pub rules: Option<u32>,
}

/// The rules that are processed for each request without a charge (facts/platform.md 4.3.1).
pub const FREE_RULES: u32 = 10;

impl LoadBalancerKind {
    /// All types, in the order of reports.
    pub const ALL: [Self; 2] = [Self::Application, Self::Network];

    /// The value of `type`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::Network => "network",
        }
    }

    /// What one of its capacity units has; for a Network Load Balancer that of TCP.
    pub const fn capacity_unit(self) -> CapacityUnit {
        match self {
            Self::Application => CapacityUnit {
                new_connections: 25,
                active_connections: 3_000,
                rules: Some(1_000),
            },
            Self::Network => CapacityUnit {
                new_connections: 800,
                active_connections: 100_000,
                rules: None,
            },
        }
    }
}
