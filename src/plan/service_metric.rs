//! Metrics of services that scaling policies follow, and their periods.

use crate::units::Span;

/// A metric of a service that a scaling policy may follow (facts/ecs.md 251, 252).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceMetric {
    /// `CPUUtilization`, in per cent of the CPU that the RUNNING tasks reserve.
    CpuUtilization,
    /// `MemoryUtilization`, in per cent of the memory that the RUNNING tasks reserve.
    MemoryUtilization,
    /// `RequestCount`: requests of a period.
    RequestCount,
    /// `RequestCountPerTarget`: requests of a period for each healthy target.
    RequestCountPerTarget,
}

impl ServiceMetric {
    /// All metrics.
    pub const ALL: [Self; 4] = [
        Self::CpuUtilization,
        Self::MemoryUtilization,
        Self::RequestCount,
        Self::RequestCountPerTarget,
    ];

    /// Its name in CloudWatch.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CpuUtilization => "CPUUtilization",
            Self::MemoryUtilization => "MemoryUtilization",
            Self::RequestCount => "RequestCount",
            Self::RequestCountPerTarget => "RequestCountPerTarget",
        }
    }

    /// The unit of its values in messages.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::CpuUtilization | Self::MemoryUtilization => " %",
            Self::RequestCount | Self::RequestCountPerTarget => " requests a minute",
        }
    }

    /// True for a metric of a target group.
    pub const fn needs_targets(self) -> bool {
        matches!(self, Self::RequestCountPerTarget)
    }
}

/// The period of a metric, which is also the period of the alarms on it (facts/ecs.md 192, 252).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MetricPeriod {
    /// 60 seconds.
    #[default]
    Minute,
    /// 20 seconds: a metric of high resolution.
    TwentySeconds,
}

impl MetricPeriod {
    /// Its length.
    pub const fn span(self) -> Span {
        match self {
            Self::Minute => Span::seconds(60),
            Self::TwentySeconds => Span::seconds(20),
        }
    }
}
