//! Field tables of queues of SQS, of the services that work on them, and of customized metrics.

use super::rates::{NOISE, RATE_FORMS};
use super::table::{Field, Table, Type};
use crate::plan::ServiceMetric;
use Type::{Bool, Choice, Cpu, Duration, Either, Factor, Integer, Law, List, Map, Name, Text};

/// An item of `queues`.
pub static QUEUE: Table = Table {
    name: "queue",
    doc: "A standard queue of Amazon SQS with the attributes of `create-queue` (facts/platform.md 12). Messages are not simulated one by one: rates are constant between two changes. One service works on it (`worker`).",
    fields: &[
        Field::new("queueName", Name, "name of the queue; it is part of the paths of its figures, and its random numbers depend on it").required(),
        Field::new(
            "messagesPerSecond",
            Either(&RATE_FORMS),
            "the rate of messages over time, in the forms of `requestsPerSecond`, such as `40/s`; the rates of a list are added",
        )
        .rule("none: the queue gets the dead letters of other queues only"),
        NOISE,
        Field::new(
            "visibilityTimeout",
            Either(&[Integer(1, 43_200), Duration]),
            "a message that was received and not deleted is visible again after this time: seconds, or a duration such as `5m`; from 1 s to 12 h (facts/platform.md 12.3)",
        )
        .preset("30"),
        Field::new(
            "messageRetentionPeriod",
            Either(&[Integer(60, 1_209_600), Duration]),
            "an older message is deleted: seconds, or a duration such as `4d`; from 1 min to 14 d (facts/platform.md 12.2)",
        )
        .preset("4d"),
        Field::new(
            "redrivePolicy",
            Map(&REDRIVE_POLICY),
            "where messages go that are received too often",
        )
        .rule("a message is received until it is deleted or too old"),
        Field::ignored("delaySeconds"),
        Field::ignored("maximumMessageSize"),
        Field::ignored("receiveMessageWaitTimeSeconds"),
        Field::ignored("policy"),
        Field::ignored("kmsMasterKeyId"),
        Field::ignored("sqsManagedSseEnabled"),
        Field::ignored("tags"),
        Field::described("queueArn"),
        Field::described("queueUrl"),
    ],
};

/// `redrivePolicy`.
pub static REDRIVE_POLICY: Table = Table {
    name: "redrivePolicy",
    doc: "The redrive policy of a queue (facts/platform.md 12.5).",
    fields: &[
        Field::new(
            "maxReceiveCount",
            Integer(1, 1_000),
            "a message that was received this often moves to the dead-letter queue when it would be received again",
        )
        .required(),
        Field::new(
            "deadLetterTargetArn",
            Text,
            "the dead-letter queue: the name or the ARN of another queue of the scenario",
        )
        .required(),
    ],
};

/// `worker`.
pub static WORKER: Table = Table {
    name: "worker",
    doc: "How the tasks of a service take messages from a queue. Each RUNNING task works on up to `concurrency` messages at once, which share its CPU; each of them uses at most one vCPU. A task that stops leaves its messages: they are visible again when their visibility timeout is over.",
    fields: &[
        Field::new("queueName", Name, "the queue, one of `queues`; no other service works on it").required(),
        Field::new(
            "cpuPerMessage",
            Law("a duration"),
            "time of one vCPU that a message needs, such as `15ms`, which is the same for every message; or a law such as `{ lognormal: { median: 10ms, p99: 60ms } }`, drawn for each",
        )
        .required(),
        Field::new(
            "latency",
            Duration,
            "time that a message takes beside its CPU time, in which it uses no CPU, such as the answer of a database",
        )
        .preset("0s"),
        Field::new(
            "concurrency",
            Integer(1, 1_000),
            "the messages that a task works on at once, such as its number of threads",
        )
        .preset("1"),
        Field::new("idleCpu", Cpu, "CPU that a RUNNING task uses without messages").preset("0"),
        Field::new(
            "cpuLimit",
            Cpu,
            "the most CPU that a task can use. A task with `cpu` at task level cannot use more than that (facts/ecs.md 251)",
        )
        .rule("the CPU that the task reserves"),
        Field::new(
            "waitTimeSeconds",
            Integer(1, 20),
            "`WaitTimeSeconds` of ReceiveMessage: a call waits this long for a message, and is billed also when it returns none; short polling (0) is not modelled yet (facts/platform.md 12.7)",
        )
        .preset("20"),
        Field::new(
            "maxNumberOfMessages",
            Integer(1, 10),
            "`MaxNumberOfMessages` of ReceiveMessage: the messages of one call while there is a backlog (facts/platform.md 12.7)",
        )
        .preset("1"),
        Field::new(
            "failureProbability",
            Factor,
            "probability that the processing of a message fails, such as `1%`: it is not deleted, and visible again when its visibility timeout is over",
        )
        .preset("0%"),
        Field::new(
            "extendsVisibility",
            Bool,
            "`true`: tasks extend the visibility timeout of the messages that they work on (`ChangeMessageVisibility`), so that none is delivered twice meanwhile",
        )
        .preset("false"),
    ],
};

/// `customizedMetricSpecification`.
pub static CUSTOMIZED_METRIC: Table = Table {
    name: "customizedMetricSpecification",
    doc: "A customized metric of a target tracking policy: one metric of CloudWatch, or metric math over several (facts/platform.md 12.9, 12.10). The metrics of AWS/SQS are those of the queue of the service. `{ metricName: ApproximateNumberOfMessagesVisible }` is one metric; the backlog per task is `metrics: [{ id: m1, metricStat: { metric: { metricName: ApproximateNumberOfMessagesVisible }, stat: Average }, returnData: false }, { id: m2, metricStat: { metric: { metricName: RunningTaskCount }, stat: Average }, returnData: false }, { id: e1, expression: m1 / m2 }]`.",
    fields: &[
        Field::new(
            "metricName",
            Choice(&METRIC_NAMES),
            "the metric, without `metrics`",
        ),
        Field::new(
            "metrics",
            List(&Map(&METRIC_DATA_QUERY)),
            "metrics and expressions, one of which returns the value",
        ),
        Field::new(
            "statistic",
            Choice(&["Average", "Sum", "Minimum", "Maximum"]),
            "the statistic of `metricName`, as in an alarm",
        )
        .rule("`Sum` of counts of requests, else `Average`"),
        Field::ignored("namespace"),
        Field::ignored("dimensions"),
        Field::ignored("unit"),
    ],
};

/// The metrics that a customized metric may read: numbers of tasks, and those of services and queues.
pub const METRIC_NAMES: [&str; 2 + ServiceMetric::NAMES.len()] = {
    let mut names = ["RunningTaskCount"; 2 + ServiceMetric::NAMES.len()];
    names[1] = "DesiredTaskCount";
    let mut index = 0;
    while index < ServiceMetric::NAMES.len() {
        names[2 + index] = ServiceMetric::NAMES[index];
        index += 1;
    }
    names
};

/// An item of `metrics` of a customized metric.
pub static METRIC_DATA_QUERY: Table = Table {
    name: "metricDataQuery",
    doc: "A metric, or an expression over others, of a customized metric.",
    fields: &[
        Field::new(
            "id",
            Name,
            "its name in expressions: letters, digits and `_`, the first a lower-case letter",
        )
        .required(),
        Field::new(
            "metricStat",
            Map(&METRIC_STAT),
            "the metric; excludes `expression`",
        ),
        Field::new(
            "expression",
            Text,
            "metric math with `+`, `-`, `*`, `/`, comparisons, `IF(condition, value, value)`, parentheses, numbers and ids, such as `m1 / m2`. A division by zero has no value, and a value below zero counts as zero",
        ),
        Field::new(
            "returnData",
            Bool,
            "`true` for the one item whose value the policy keeps",
        )
        .preset("true"),
        Field::ignored("label"),
    ],
};

/// `metricStat`.
pub static METRIC_STAT: Table = Table {
    name: "metricStat",
    doc: "A metric of CloudWatch with its statistic. Numbers of tasks and metrics of queues have one value a minute, so that all statistics are equal.",
    fields: &[
        Field::new("metric", Map(&METRIC), "the metric").required(),
        Field::new(
            "stat",
            Choice(&["Average", "Sum", "Minimum", "Maximum", "p50", "p95", "p99"]),
            "the statistic, as in an alarm; percentiles are of `TargetResponseTime`",
        )
        .rule("`Sum` of counts of requests, else `Average`"),
        Field::ignored("unit"),
        Field::ignored("period"),
    ],
};

/// `metric` of a `metricStat`.
pub static METRIC: Table = Table {
    name: "metric",
    doc: "A metric of CloudWatch: of the queue of the service (AWS/SQS), of its tasks (ECS/ContainerInsights, AWS/ECS), or of its target group (AWS/ApplicationELB).",
    fields: &[
        Field::new("metricName", Choice(&METRIC_NAMES), "its name").required(),
        Field::new(
            "namespace",
            Choice(&[
                "AWS/SQS",
                "ECS/ContainerInsights",
                "AWS/ECS",
                "AWS/ApplicationELB",
            ]),
            "its namespace",
        )
        .rule("that of the name"),
        Field::new(
            "dimensions",
            List(&Map(&DIMENSION)),
            "its dimensions: a `QueueName` must be that of the queue of the service, other names are not looked at",
        ),
    ],
};

/// An item of `dimensions`.
pub static DIMENSION: Table = Table {
    name: "dimension",
    doc: "A dimension of a metric.",
    fields: &[
        Field::new("name", Name, "its name").required(),
        Field::new("value", Name, "its value").required(),
    ],
};
