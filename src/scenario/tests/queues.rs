//! Queues, services that work on them, and customized metrics: what is read, and what is refused.

use super::{problems, valid, with};
use crate::plan::{MathMetric, MathStep, Plan, Redrive, ScalingMetric, ServiceMetric};
use crate::units::{Cpu, Span};

/// The valid scenario with these queues, and a service with these keys.
fn scenario(queues: &str, keys: &str) -> String {
    let added = format!(
        "queues: {queues}\nservices:\n  - {{ serviceName: web, taskDefinition: report, desiredCount: 2, {keys} }}\ntasks:\n"
    );
    with("tasks:\n", &added)
}

fn read(queues: &str, keys: &str) -> Plan {
    let study = valid(&scenario(queues, keys), &[]).study;
    assert!(study.warnings.is_empty(), "{:?}", study.warnings);
    study.variants[0].clone()
}

const JOBS: &str = "[{ queueName: jobs, messagesPerSecond: 1/s }]";
const WORKER: &str = "worker: { queueName: jobs, cpuPerMessage: 100ms }";

#[test]
fn queues_and_workers_are_read() {
    let plan = read(JOBS, WORKER);
    let queue = &plan.queues[0];
    assert_eq!((queue.name.as_str(), queue.rates.len()), ("jobs", 1));
    assert_eq!(queue.visibility_timeout, Span::seconds(30));
    assert_eq!(queue.retention, Span::hours(96));
    let worker = plan.services[0].worker.as_ref().unwrap();
    assert_eq!((worker.queue, worker.concurrency, worker.batch), (0, 1, 1));
    assert_eq!(worker.wait_time, Span::seconds(20));
    let plan = read(
        "[{ queueName: dead }, { queueName: jobs, messagesPerSecond: [1/s, { growth: { from: 1/s, perMonth: 5% } }], noise: 5%, \
         visibilityTimeout: 5m, messageRetentionPeriod: 86400, redrivePolicy: { maxReceiveCount: 5, deadLetterTargetArn: 'arn:aws:sqs:us-east-1:123456789012:dead' } }]",
        "worker: { queueName: jobs, cpuPerMessage: { exponential: { mean: 1s } }, latency: 2s, concurrency: 4, idleCpu: 0.1 vCPU, \
         cpuLimit: 2 vCPU, waitTimeSeconds: 10, maxNumberOfMessages: 10, failureProbability: 1%, extendsVisibility: true }",
    );
    let queue = &plan.queues[1];
    assert_eq!(queue.visibility_timeout, Span::seconds(300));
    assert_eq!(queue.retention, Span::hours(24));
    let redrive = Redrive {
        max_receive_count: 5,
        target: 0,
    };
    assert_eq!(queue.redrive, Some(redrive));
    let worker = plan.services[0].worker.as_ref().unwrap();
    assert_eq!((worker.queue, worker.batch), (1, 10));
    assert_eq!(worker.cpu_limit, Some(Cpu::vcpus(2)));
    assert!(worker.cpu_law.is_some() && worker.extends_visibility);
    assert_eq!(worker.failure_probability, 0.01);
}

/// A target tracking policy with these items of `metrics`.
fn tracking(metrics: &str) -> String {
    format!(
        "{WORKER}, scaling: {{ minCapacity: 0, maxCapacity: 9, targetTracking: [{{ targetValue: 15, customizedMetricSpecification: {{ {metrics} }} }}] }}"
    )
}

const TWO: &str = "{ id: m1, metricStat: { metric: { metricName: ApproximateNumberOfMessagesVisible, namespace: AWS/SQS, dimensions: [{ name: QueueName, value: jobs }] }, stat: Sum }, returnData: false }, \
     { id: m2, metricStat: { metric: { metricName: RunningTaskCount } }, returnData: false }";

#[test]
fn metric_math_is_read() {
    let plan = read(JOBS, &tracking("metricName: ApproximateAgeOfOldestMessage"));
    let policy = &plan.services[0].target_tracking[0];
    assert_eq!(policy.metric, ScalingMetric::Customized);
    let oldest = MathStep::Metric(MathMetric::Of(ServiceMetric::AgeOfOldestMessage));
    assert_eq!(policy.math.as_ref().unwrap().steps, [oldest]);
    let value = |expression: &str, visible: u64, tasks: u64| {
        let metrics = format!("metrics: [{TWO}, {{ id: e1, expression: '{expression}' }}]");
        let plan = read(JOBS, &tracking(&metrics));
        let math = plan.services[0].target_tracking[0].math.clone().unwrap();
        let value = math.value(|metric| match metric {
            MathMetric::RunningTaskCount => Some(tasks * 1_000_000),
            _ => Some(visible * 1_000_000),
        });
        value.map(|value| value as f64 / 1e6)
    };
    assert_eq!(value("m1 / m2", 30, 4), Some(7.5));
    assert_eq!(value("m1 / m2", 30, 0), None);
    assert_eq!(value("2*(m1 - 10) + m2/4", 30, 4), Some(41.0));
    assert_eq!(value("IF(m2 == 0, m1, m1/m2)", 30, 0), Some(30.0));
    assert_eq!(value("IF(m2>=4, 1.5, 0)", 30, 4), Some(1.5));
    let steps = "stepScaling: [{ adjustmentType: ExactCapacity, stepAdjustments: [{ metricIntervalLowerBound: 0, scalingAdjustment: 1 }], alarm: { metricName: ApproximateNumberOfMessagesVisible, comparisonOperator: GreaterThanOrEqualToThreshold, threshold: 1 } }]";
    let plan = read(
        JOBS,
        &format!("{WORKER}, scaling: {{ minCapacity: 0, maxCapacity: 9, {steps} }}"),
    );
    let alarm = &plan.services[0].step_scaling[0].alarm;
    assert_eq!(alarm.metric, ServiceMetric::MessagesVisible);
}

#[test]
fn queues_that_cannot_be_are_refused() {
    for (queues, keys, wanted) in [
        (
            "[{ queueName: jobs }]",
            WORKER,
            "no message is sent to `jobs`",
        ),
        (
            JOBS,
            "healthCheckGracePeriodSeconds: 0",
            "no service takes messages from `jobs`",
        ),
        (
            JOBS,
            "worker: { queueName: job, cpuPerMessage: 1s }",
            "there is no queue `job`\n",
        ),
        (
            JOBS,
            "worker: { queueName: job, cpuPerMessage: 1s }",
            "did you mean `jobs`?",
        ),
        (
            "[{ queueName: jobs.fifo, messagesPerSecond: 1/s }]",
            WORKER,
            "FIFO queues are not modelled yet",
        ),
        (
            "[{ queueName: jobs, messagesPerSecond: 1/s, visibilityTimeout: 0 }]",
            WORKER,
            "this time is out of range",
        ),
        (
            "[{ queueName: jobs, messagesPerSecond: 1/s, visibilityTimeout: -5 }]",
            WORKER,
            "this time is out of range",
        ),
        (
            "[{ queueName: jobs, messagesPerSecond: 1/s, visibilityTimeout: 1500ms }]",
            WORKER,
            "is not a whole number of seconds",
        ),
        (
            "[{ queueName: jobs, messagesPerSecond: 1000000000/s }]",
            WORKER,
            "at most 1,000,000 messages per second",
        ),
        (
            JOBS,
            "worker: { queueName: 'arn:aws:sqs:eu-north-1:123456789012:jobs', cpuPerMessage: 1s }",
            "this queue is in `eu-north-1`",
        ),
        (
            "[{ queueName: jobs, messagesPerSecond: 1/s, redrivePolicy: '{\"maxReceiveCount\": 3}' }]",
            WORKER,
            "`redrivePolicy` is a text here",
        ),
        (
            "[{ queueName: jobs, messagesPerSecond: 1/s, messageRetentionPeriod: 15d }]",
            WORKER,
            "from 1 min to 14 d",
        ),
        (
            "[{ queueName: jobs, messagesPerSecond: 1/s, redrivePolicy: { maxReceiveCount: 0, deadLetterTargetArn: jobs } }]",
            WORKER,
            "maxReceiveCount",
        ),
        (
            "[{ queueName: jobs, messagesPerSecond: 1/s, redrivePolicy: { maxReceiveCount: 3, deadLetterTargetArn: dead } }]",
            WORKER,
            "there is no queue `dead`",
        ),
        (
            "[{ queueName: jobs, messagesPerSecond: 1/s, redrivePolicy: { maxReceiveCount: 3, deadLetterTargetArn: dead } }, \
             { queueName: dead, redrivePolicy: { maxReceiveCount: 3, deadLetterTargetArn: jobs } }]",
            WORKER,
            "the dead letters of `jobs` come back to it",
        ),
        (
            JOBS,
            "worker: { queueName: jobs }",
            "`cpuPerMessage` is missing",
        ),
        (
            JOBS,
            "worker: { queueName: jobs, cpuPerMessage: 0s }",
            "this time must be above 0",
        ),
        (
            JOBS,
            "worker: { queueName: jobs, cpuPerMessage: [1s, 2s] }",
            "the CPU time of messages cannot be a sequence",
        ),
        (
            JOBS,
            "worker: { queueName: jobs, cpuPerMessage: 1s, concurrency: 0 }",
            "concurrency",
        ),
        (
            JOBS,
            "worker: { queueName: jobs, cpuPerMessage: 1s, waitTimeSeconds: 0 }",
            "a whole number from 1 to 20",
        ),
        (
            JOBS,
            "worker: { queueName: jobs, cpuPerMessage: 1s, idleCpu: 64 vCPU }",
            "leaves nothing of the",
        ),
        (
            JOBS,
            "worker: { queueName: jobs, cpuPerMessage: 1s, failureProbability: 101% }",
            "failureProbability",
        ),
        (
            JOBS,
            "worker: { queueName: jobs, cpuPerMessage: 2h }",
            "its visibility timeout is 30s",
        ),
        (
            JOBS,
            "worker: { queueName: jobs, cpuPerMessage: 1s }, load: { requestsPerSecond: 1/s, cpuPerRequest: 1ms }",
            "a service with a `worker` has no `load`",
        ),
        (
            JOBS,
            "schedulingStrategy: DAEMON, worker: { queueName: jobs, cpuPerMessage: 1s }",
            "a daemon",
        ),
    ] {
        let told = problems(&scenario(queues, keys), &[]);
        assert!(told.contains(wanted), "{queues} {keys}\n{told}");
        assert!(told.contains("shop.yaml:"), "{told}");
    }
}

#[test]
fn metrics_that_cannot_be_are_refused() {
    let math =
        |expression: &str| format!("metrics: [{TWO}, {{ id: e1, expression: '{expression}' }}]");
    for (metrics, wanted) in [
        ("metricName: ApproximateNumberOfMessages".into(), "ApproximateNumberOfMessagesVisible"),
        (String::new(), "this metric has no name"),
        (format!("metrics: [{TWO}]"), "0 items return data"),
        (math("m1 / m3"), "`m3` is no number and no id of an item before it"),
        (math("m1 /"), "the expression ends too early"),
        (math("(m1 + m2"), "`)` is missing at the end"),
        (math("m1 m2"), "`m2` is not expected here"),
        (math("IF(m1, m2)"), "stands where `,` is expected"),
        (math("FILL(m1, 0)"), "`FILL` is no number"),
        (
            "metrics: [{ id: m1, metricStat: { metric: { metricName: RunningTaskCount, namespace: AWS/SQS } } }]".into(),
            "`RunningTaskCount` is not in this namespace",
        ),
        (
            "metrics: [{ id: m1, metricStat: { metric: { metricName: NumberOfMessagesSent, dimensions: [{ name: QueueName, value: other }] } } }]".into(),
            "there is no queue `other`",
        ),
        (
            "metrics: [{ id: m1, metricStat: { metric: { metricName: CPUUtilization, dimensions: [{ name: ServiceName, value: other }] } } }]".into(),
            "a policy reads metrics of its own service, not of `other`",
        ),
        ("metrics: [{ id: M, expression: '1' }]".into(), "`M` cannot be an id here"),
    ] {
        let told = problems(&scenario(JOBS, &tracking(&metrics)), &[]);
        assert!(told.contains(wanted), "{metrics}\n{told}");
    }
    let policy = "scaling: { minCapacity: 0, maxCapacity: 9, targetTracking: [{ targetValue: 15, customizedMetricSpecification: { metricName: NumberOfMessagesSent } }] }";
    let told = problems(&scenario("[]", policy), &[]);
    let wanted = "`NumberOfMessagesSent` has no value without a queue of the service";
    assert!(told.contains(wanted), "{told}");
    let policy =
        "scaling: { minCapacity: 0, maxCapacity: 9, targetTracking: [{ targetValue: 60 }] }";
    let told = problems(&scenario("[]", policy), &[]);
    assert!(told.contains("`metric` is missing"), "{told}");
}

#[test]
fn two_services_do_not_share_a_queue() {
    let second = format!(
        "tasks:\n  - {{ serviceName: other, taskDefinition: report, desiredCount: 1, {WORKER} }}\n"
    );
    let text = scenario(JOBS, WORKER).replace(
        "\ntasks:\n",
        &format!("\n{}tasks:\n", second.trim_start_matches("tasks:\n")),
    );
    let told = problems(&text, &[]);
    assert!(
        told.contains("the service `web` works on `jobs` already"),
        "{told}"
    );
}

#[test]
fn a_short_visibility_timeout_and_too_few_tasks_are_warned_of() {
    for (keys, wanted) in [
        (
            "worker: { queueName: jobs, cpuPerMessage: 40s }",
            "it is delivered again meanwhile",
        ),
        (
            "worker: { queueName: jobs, cpuPerMessage: 4s }",
            "up to 1.00 messages are sent per second, and 2 tasks work on 0.500: 0.250 per task",
        ),
        (
            "worker: { queueName: jobs, cpuPerMessage: 1500ms, failureProbability: 50% }",
            "up to 1.00 messages are sent per second, 2.00 with those that fail, and 2 tasks work on 1.33",
        ),
    ] {
        let warnings = valid(&scenario(JOBS, keys), &[]).study.warnings;
        assert!(
            warnings.iter().any(|told| told.contains(wanted)),
            "{warnings:?}"
        );
    }
}

#[test]
fn a_worker_names_its_queue_by_an_arn_too() {
    let worker =
        "worker: { queueName: 'arn:aws:sqs:us-east-1:123456789012:jobs', cpuPerMessage: 1s }";
    let plan = read(JOBS, worker);
    assert_eq!(plan.services[0].worker.as_ref().unwrap().queue, 0);
}
