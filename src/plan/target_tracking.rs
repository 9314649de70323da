//! Target tracking policies of Application Auto Scaling (facts/ecs.md 173 to 184).

use super::{MetricMath, MetricPeriod, ServiceMetric};
use crate::units::Span;

/// A target tracking policy: it keeps a metric of a service near a target by setting the desired count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetTracking {
    /// `policyName`.
    pub name: String,
    /// The metric.
    pub metric: ScalingMetric,
    /// The expression of [`ScalingMetric::Customized`]; `None` for any other metric.
    pub math: Option<MetricMath>,
    /// `targetValue`, in millionths of the metric's unit; above zero.
    pub target: u64,
    /// `scaleOutCooldown`: after a scale-out the need is counted from the tasks that ran before it, for
    /// this time (facts/ecs.md 178, 179).
    pub scale_out_cooldown: Span,
    /// `scaleInCooldown`: after a scale-in none follows for this time (facts/ecs.md 178, 179).
    pub scale_in_cooldown: Span,
    /// False with `disableScaleIn`: the policy only scales out.
    pub scales_in: bool,
}

/// A metric that a target tracking policy may follow (facts/ecs.md 174).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScalingMetric {
    /// `ECSServiceAverageCPUUtilization`, in per cent (facts/ecs.md 251).
    ServiceAverageCpuUtilization,
    /// `ECSServiceAverageCPUUtilizationHighResolution`: the same, with a value each 20 seconds.
    ServiceAverageCpuUtilizationHighResolution,
    /// `ECSServiceAverageMemoryUtilization`, in per cent (facts/ecs.md 251).
    ServiceAverageMemoryUtilization,
    /// `ECSServiceAverageMemoryUtilizationHighResolution`: the same, with a value each 20 seconds.
    ServiceAverageMemoryUtilizationHighResolution,
    /// `ALBRequestCountPerTarget`: requests of a minute for each healthy target.
    AlbRequestCountPerTarget,
    /// `CustomizedMetricSpecification`: an expression over metrics of the service and of its queue.
    Customized,
}

impl ScalingMetric {
    /// All predefined metrics.
    pub const ALL: [Self; 5] = [
        Self::ServiceAverageCpuUtilization,
        Self::ServiceAverageCpuUtilizationHighResolution,
        Self::ServiceAverageMemoryUtilization,
        Self::ServiceAverageMemoryUtilizationHighResolution,
        Self::AlbRequestCountPerTarget,
    ];

    /// Its name in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ServiceAverageCpuUtilization => "ECSServiceAverageCPUUtilization",
            Self::ServiceAverageCpuUtilizationHighResolution => {
                "ECSServiceAverageCPUUtilizationHighResolution"
            }
            Self::ServiceAverageMemoryUtilization => "ECSServiceAverageMemoryUtilization",
            Self::ServiceAverageMemoryUtilizationHighResolution => {
                "ECSServiceAverageMemoryUtilizationHighResolution"
            }
            Self::AlbRequestCountPerTarget => "ALBRequestCountPerTarget",
            Self::Customized => "customizedMetricSpecification",
        }
    }

    /// The metric of CloudWatch.
    pub const fn metric(self) -> ServiceMetric {
        match self {
            Self::ServiceAverageCpuUtilization
            | Self::ServiceAverageCpuUtilizationHighResolution => ServiceMetric::CpuUtilization,
            Self::ServiceAverageMemoryUtilization
            | Self::ServiceAverageMemoryUtilizationHighResolution => {
                ServiceMetric::MemoryUtilization
            }
            Self::AlbRequestCountPerTarget => ServiceMetric::RequestCountPerTarget,
            Self::Customized => ServiceMetric::Customized,
        }
    }

    /// The period of its values.
    pub const fn period(self) -> MetricPeriod {
        match self {
            Self::ServiceAverageCpuUtilizationHighResolution
            | Self::ServiceAverageMemoryUtilizationHighResolution => MetricPeriod::TwentySeconds,
            Self::ServiceAverageCpuUtilization
            | Self::ServiceAverageMemoryUtilization
            | Self::AlbRequestCountPerTarget
            | Self::Customized => MetricPeriod::Minute,
        }
    }
}
