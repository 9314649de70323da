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
    /// `ApproximateNumberOfMessagesVisible` of the queue of the service (facts/platform.md 12.8).
    MessagesVisible,
    /// `ApproximateNumberOfMessagesNotVisible` of the queue of the service: messages in flight.
    MessagesNotVisible,
    /// `ApproximateAgeOfOldestMessage` of the queue of the service, in seconds.
    AgeOfOldestMessage,
    /// `NumberOfMessagesSent` to the queue of the service in a period.
    MessagesSent,
    /// `NumberOfMessagesReceived` from the queue of the service in a period.
    MessagesReceived,
    /// `NumberOfMessagesDeleted` from the queue of the service in a period.
    MessagesDeleted,
    /// An expression over metrics: `customizedMetricSpecification` of a target tracking policy.
    Customized,
}

impl ServiceMetric {
    /// All metrics with a name in CloudWatch.
    pub const ALL: [Self; 10] = [
        Self::CpuUtilization,
        Self::MemoryUtilization,
        Self::RequestCount,
        Self::RequestCountPerTarget,
        Self::MessagesVisible,
        Self::MessagesNotVisible,
        Self::AgeOfOldestMessage,
        Self::MessagesSent,
        Self::MessagesReceived,
        Self::MessagesDeleted,
    ];

    /// Its name in CloudWatch.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CpuUtilization => "CPUUtilization",
            Self::MemoryUtilization => "MemoryUtilization",
            Self::RequestCount => "RequestCount",
            Self::RequestCountPerTarget => "RequestCountPerTarget",
            Self::MessagesVisible => "ApproximateNumberOfMessagesVisible",
            Self::MessagesNotVisible => "ApproximateNumberOfMessagesNotVisible",
            Self::AgeOfOldestMessage => "ApproximateAgeOfOldestMessage",
            Self::MessagesSent => "NumberOfMessagesSent",
            Self::MessagesReceived => "NumberOfMessagesReceived",
            Self::MessagesDeleted => "NumberOfMessagesDeleted",
            Self::Customized => "the customized metric",
        }
    }

    /// The unit of its values in messages.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::CpuUtilization | Self::MemoryUtilization => " %",
            Self::RequestCount | Self::RequestCountPerTarget => " requests a minute",
            Self::MessagesVisible | Self::MessagesNotVisible => " messages",
            Self::AgeOfOldestMessage => " s",
            Self::MessagesSent | Self::MessagesReceived | Self::MessagesDeleted => {
                " messages a minute"
            }
            Self::Customized => "",
        }
    }

    /// The namespace of CloudWatch that has it.
    pub const fn namespace(self) -> &'static str {
        match self {
            Self::CpuUtilization | Self::MemoryUtilization => "AWS/ECS",
            Self::RequestCount | Self::RequestCountPerTarget => "AWS/ApplicationELB",
            _ => "AWS/SQS",
        }
    }

    /// True for a metric of the queue of a service.
    pub const fn is_of_queue(self) -> bool {
        matches!(
            self,
            Self::MessagesVisible
                | Self::MessagesNotVisible
                | Self::AgeOfOldestMessage
                | Self::MessagesSent
                | Self::MessagesReceived
                | Self::MessagesDeleted
        )
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
