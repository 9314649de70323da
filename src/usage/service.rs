//! The AWS services that sell what can be billed.

use serde::{Deserialize, Serialize};

/// The AWS service that sells an item. Serialized as its name.
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
    /// The fee for Managed Instances.
    #[serde(rename = "ECS")]
    Ecs,
    /// Load balancers.
    #[serde(rename = "ELB")]
    Elb,
    /// Calls of queues.
    #[serde(rename = "SQS")]
    Sqs,
    /// Alarms.
    CloudWatch,
    /// Lines of the user's own.
    #[serde(rename = "extra")]
    Extra,
}

impl Service {
    /// Every service, in the order of reports.
    pub const ALL: [Self; 8] = [
        Self::Ec2,
        Self::Ebs,
        Self::Fargate,
        Self::Ecs,
        Self::Elb,
        Self::Sqs,
        Self::CloudWatch,
        Self::Extra,
    ];

    /// The names of all services, in the order of reports.
    pub const NAMES: [&'static str; Self::ALL.len()] = {
        let mut names = [""; Self::ALL.len()];
        let mut index = 0;
        while index < names.len() {
            names[index] = Self::ALL[index].name();
            index += 1;
        }
        names
    };

    /// Its name in reports and figures: `EC2`, `EBS`, `Fargate`, `ECS`, `ELB`, `SQS`,
    /// `CloudWatch`, `extra`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ec2 => "EC2",
            Self::Ebs => "EBS",
            Self::Fargate => "Fargate",
            Self::Ecs => "ECS",
            Self::Elb => "ELB",
            Self::Sqs => "SQS",
            Self::CloudWatch => "CloudWatch",
            Self::Extra => "extra",
        }
    }

    /// True when its usage types have the prefix of the region in us-east-1 too. EC2, EBS and ELB
    /// have none there (facts/pricing.md 4), and SQS has none either.
    pub const fn has_prefix_in_us_east_1(self) -> bool {
        match self {
            Self::Ec2 | Self::Ebs | Self::Elb | Self::Sqs => false,
            // A line of the user's own has no usage type of AWS, hence no prefix at all.
            Self::Extra => false,
            Self::Fargate | Self::Ecs | Self::CloudWatch => true,
        }
    }
}
