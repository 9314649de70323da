//! Metrics of services that scaling policies follow, and their periods.

use crate::units::Span;

/// A metric of a service, with its statistic, that scaling policies and alarms may follow (facts/ecs.md 251,
/// 252).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceMetric {
    /// `CPUUtilization`, in per cent of the CPU that the RUNNING tasks reserve.
    CpuUtilization,
    /// The `Minimum` of `CPUUtilization`: that of the RUNNING task with the least.
    CpuUtilizationMinimum,
    /// The `Maximum` of `CPUUtilization`: that of the RUNNING task with the most.
    CpuUtilizationMaximum,
    /// `MemoryUtilization`, in per cent of the memory that the RUNNING tasks reserve.
    MemoryUtilization,
    /// `RequestCount`: requests of a period.
    RequestCount,
    /// `RequestCountPerTarget`: requests of a period for each healthy target.
    RequestCountPerTarget,
    /// `HTTPCode_ELB_5XX_Count`: requests of a period without a target or an answer, or that timed out.
    Elb5xxCount,
    /// `HTTPCode_Target_5XX_Count`: requests of a period that the tasks answered with an error.
    Target5xxCount,
    /// The `Average` of `TargetResponseTime`, in seconds.
    TargetResponseTime,
    /// The `p50` of `TargetResponseTime`.
    TargetResponseTimeP50,
    /// The `p95` of `TargetResponseTime`.
    TargetResponseTimeP95,
    /// The `p99` of `TargetResponseTime`.
    TargetResponseTimeP99,
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

/// A name of CloudWatch with what it means.
struct Row {
    name: &'static str,
    unit: &'static str,
    namespace: &'static str,
    /// The metric by its statistics, the usual one first.
    statistics: &'static [(&'static str, ServiceMetric)],
}

/// The statistics of a metric with one value a minute: all are equal.
macro_rules! any_statistic {
    ($metric:ident) => {
        &[
            ("Average", ServiceMetric::$metric),
            ("Sum", ServiceMetric::$metric),
            ("Minimum", ServiceMetric::$metric),
            ("Maximum", ServiceMetric::$metric),
        ]
    };
}

/// A row of a queue.
macro_rules! of_queue {
    ($name:literal, $unit:literal, $metric:ident) => {
        Row {
            name: $name,
            unit: $unit,
            namespace: "AWS/SQS",
            statistics: any_statistic!($metric),
        }
    };
}

/// All metrics with a name in CloudWatch.
const ROWS: [Row; 13] = [
    Row {
        name: "CPUUtilization",
        unit: " %",
        namespace: "AWS/ECS",
        statistics: &[
            ("Average", ServiceMetric::CpuUtilization),
            ("Minimum", ServiceMetric::CpuUtilizationMinimum),
            ("Maximum", ServiceMetric::CpuUtilizationMaximum),
        ],
    },
    Row {
        name: "MemoryUtilization",
        unit: " %",
        namespace: "AWS/ECS",
        statistics: &[("Average", ServiceMetric::MemoryUtilization)],
    },
    Row {
        name: "RequestCount",
        unit: " requests a minute",
        namespace: "AWS/ApplicationELB",
        statistics: &[("Sum", ServiceMetric::RequestCount)],
    },
    Row {
        name: "RequestCountPerTarget",
        unit: " requests a minute",
        namespace: "AWS/ApplicationELB",
        statistics: &[("Sum", ServiceMetric::RequestCountPerTarget)],
    },
    Row {
        name: "HTTPCode_ELB_5XX_Count",
        unit: " requests a minute",
        namespace: "AWS/ApplicationELB",
        statistics: &[("Sum", ServiceMetric::Elb5xxCount)],
    },
    Row {
        name: "HTTPCode_Target_5XX_Count",
        unit: " requests a minute",
        namespace: "AWS/ApplicationELB",
        statistics: &[("Sum", ServiceMetric::Target5xxCount)],
    },
    Row {
        name: "TargetResponseTime",
        unit: " s",
        namespace: "AWS/ApplicationELB",
        statistics: &[
            ("Average", ServiceMetric::TargetResponseTime),
            ("p50", ServiceMetric::TargetResponseTimeP50),
            ("p95", ServiceMetric::TargetResponseTimeP95),
            ("p99", ServiceMetric::TargetResponseTimeP99),
        ],
    },
    of_queue!(
        "ApproximateNumberOfMessagesVisible",
        " messages",
        MessagesVisible
    ),
    of_queue!(
        "ApproximateNumberOfMessagesNotVisible",
        " messages",
        MessagesNotVisible
    ),
    of_queue!("ApproximateAgeOfOldestMessage", " s", AgeOfOldestMessage),
    of_queue!("NumberOfMessagesSent", " messages a minute", MessagesSent),
    of_queue!(
        "NumberOfMessagesReceived",
        " messages a minute",
        MessagesReceived
    ),
    of_queue!(
        "NumberOfMessagesDeleted",
        " messages a minute",
        MessagesDeleted
    ),
];

impl ServiceMetric {
    /// All metrics with a name in CloudWatch, each with its usual statistic.
    pub const ALL: [Self; ROWS.len()] = {
        let mut all = [Self::CpuUtilization; ROWS.len()];
        let mut index = 0;
        while index < ROWS.len() {
            all[index] = ROWS[index].statistics[0].1;
            index += 1;
        }
        all
    };

    /// The names of [`ALL`](Self::ALL).
    pub const NAMES: [&'static str; ROWS.len()] = {
        let mut names = [""; ROWS.len()];
        let mut index = 0;
        while index < ROWS.len() {
            names[index] = ROWS[index].name;
            index += 1;
        }
        names
    };

    /// Its row, and the name of its statistic there; `None` for an expression.
    fn row(self) -> Option<(&'static Row, &'static str)> {
        ROWS.iter().find_map(|row| {
            let mut all = row.statistics.iter();
            let found = all.find(|(_, metric)| *metric == self)?;
            Some((row, found.0))
        })
    }

    /// Its name in CloudWatch.
    pub fn name(self) -> &'static str {
        self.row()
            .map_or("the customized metric", |(row, _)| row.name)
    }

    /// The unit of its values in messages.
    pub fn unit(self) -> &'static str {
        self.row().map_or("", |(row, _)| row.unit)
    }

    /// The namespace of CloudWatch that has it.
    pub fn namespace(self) -> &'static str {
        self.row().map_or("", |(row, _)| row.namespace)
    }

    /// Its statistic.
    pub fn statistic(self) -> &'static str {
        self.row().map_or("Average", |(_, statistic)| statistic)
    }

    /// The statistics of the metric of this name, the usual one first.
    pub fn statistics(self) -> &'static [(&'static str, Self)] {
        self.row().map_or(&[], |(row, _)| row.statistics)
    }

    /// The same metric with its usual statistic.
    pub fn usual(self) -> Self {
        self.statistics()
            .first()
            .map_or(self, |(_, metric)| *metric)
    }

    /// True for a metric of the queue of a service.
    pub fn is_of_queue(self) -> bool {
        self.namespace() == "AWS/SQS"
    }

    /// True for a metric of a target group.
    pub fn needs_targets(self) -> bool {
        let usual = self.usual();
        matches!(
            usual,
            Self::RequestCountPerTarget | Self::TargetResponseTime
        )
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_is_in_one_row_and_knows_its_statistics() {
        let p99 = ServiceMetric::TargetResponseTimeP99;
        assert_eq!((p99.name(), p99.statistic()), ("TargetResponseTime", "p99"));
        assert_eq!(p99.usual(), ServiceMetric::TargetResponseTime);
        assert!(p99.needs_targets() && !p99.is_of_queue());
        let most = ServiceMetric::CpuUtilizationMaximum;
        assert_eq!(
            (most.usual(), most.unit()),
            (ServiceMetric::CpuUtilization, " %")
        );
        assert!(ServiceMetric::MessagesSent.is_of_queue());
        for (metric, name) in ServiceMetric::ALL.into_iter().zip(ServiceMetric::NAMES) {
            assert_eq!((metric.name(), metric.usual()), (name, metric));
        }
    }
}
