//! A bill and its lines.

use crate::units::Usd;
use crate::usage::MeterKey;
use serde::{Deserialize, Serialize};

/// What a run's usage costs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bill {
    /// One line per meter, in the order of the ledger.
    pub lines: Vec<BillLine>,
}

/// What one meter's usage costs.
#[derive(Clone, Debug, PartialEq)]
pub struct BillLine {
    /// Whose usage it is.
    pub meter: MeterKey,
    /// Which AWS service sells it.
    pub service: Service,
    /// AWS's usage type: `USE2-BoxUsage:m6i.large`.
    pub usage_type: String,
    /// What is counted, for people: `m6i.large, on demand`.
    pub label: String,
    /// The pricing unit: `instance-hours`, `GB-months`, `vCPU-hours`, `GB-hours`.
    pub unit: &'static str,
    /// The quantity as metered, exact, in the base unit of the meter's item × µs.
    pub usage: u128,
    /// How much of `usage` AWS's whole seconds and its minimum have added.
    pub topped_up: u128,
    /// The quantity in pricing units, for reports; GB-months are the sum over the months.
    pub quantity: f64,
    /// Price of one pricing unit.
    pub price: Usd,
    /// Price × quantity, rounded half up to a nano-dollar (by month for GB-months).
    pub cost: Usd,
}

/// The AWS service that a line belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Service {
    /// Instances.
    #[serde(rename = "EC2")]
    Ec2,
    /// Volumes.
    #[serde(rename = "EBS")]
    Ebs,
    /// Tasks without instances.
    Fargate,
}

impl BillLine {
    /// What whole seconds and the minimum have added to the cost, in dollars: their share of
    /// the usage.
    pub fn topped_up_cost(&self) -> f64 {
        match self.usage {
            0 => 0.0,
            usage => self.cost.as_dollars_f64() * (self.topped_up as f64 / usage as f64),
        }
    }
}

impl Bill {
    /// The sum of all lines.
    pub fn total(&self) -> Usd {
        self.sum(|_| true)
    }

    /// The sum of the lines for which `wanted` holds.
    pub fn sum(&self, wanted: impl Fn(&BillLine) -> bool) -> Usd {
        self.lines
            .iter()
            .filter(|line| wanted(line))
            .map(|line| line.cost)
            .sum()
    }
}

impl Service {
    /// Every service, in the order of reports.
    pub const ALL: [Self; 3] = [Self::Ec2, Self::Ebs, Self::Fargate];

    /// Its name in reports and figures: `EC2`, `EBS`, `Fargate`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ec2 => "EC2",
            Self::Ebs => "EBS",
            Self::Fargate => "Fargate",
        }
    }
}
