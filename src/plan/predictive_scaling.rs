//! Predictive scaling policies of Application Auto Scaling (facts/ecs.md 190).

use super::ServiceMetric;
use crate::units::Span;

/// A predictive scaling policy: it forecasts the load of the next hours from that of past days, and raises the
/// desired count before each hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PredictiveScaling {
    /// `policyName`.
    pub name: String,
    /// The pair of metrics: the load that is forecast, and the metric that the tasks keep at the target.
    pub metric: PredictiveMetric,
    /// `targetValue`, in millionths of the unit of the metric that tasks keep; above zero.
    pub target: u64,
    /// `mode: ForecastAndScale`; false for `ForecastOnly`, which changes nothing.
    pub scales: bool,
    /// `schedulingBufferTime`: how long before an hour its tasks are started.
    pub buffer_time: Span,
    /// `maxCapacityBreachBehavior: IncreaseMaxCapacity` with its `maxCapacityBuffer` in per cent; `None`:
    /// `HonorMaxCapacity`.
    pub max_capacity_buffer: Option<u32>,
}

/// `predefinedMetricPairSpecification` of a predictive scaling policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PredictiveMetric {
    /// `ECSServiceCPUUtilization`: all CPU of the service, and `CPUUtilization`.
    CpuUtilization,
    /// `ECSServiceMemoryUtilization`: all memory of the service, and `MemoryUtilization`.
    MemoryUtilization,
    /// `ALBRequestCount`: all requests, and `RequestCountPerTarget`.
    AlbRequestCount,
}

impl PredictiveMetric {
    /// All metrics.
    pub const ALL: [Self; 3] = [
        Self::CpuUtilization,
        Self::MemoryUtilization,
        Self::AlbRequestCount,
    ];

    /// Its name in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CpuUtilization => "ECSServiceCPUUtilization",
            Self::MemoryUtilization => "ECSServiceMemoryUtilization",
            Self::AlbRequestCount => "ALBRequestCount",
        }
    }

    /// The metric that tasks keep at the target.
    pub const fn kept(self) -> ServiceMetric {
        match self {
            Self::CpuUtilization => ServiceMetric::CpuUtilization,
            Self::MemoryUtilization => ServiceMetric::MemoryUtilization,
            Self::AlbRequestCount => ServiceMetric::RequestCountPerTarget,
        }
    }
}
