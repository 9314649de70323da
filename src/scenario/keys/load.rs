//! Field tables of the load of a service, and of the policies that scale with it.

use super::queues::CUSTOMIZED_METRIC;
use super::rates::{NOISE, RATE_FORMS};
use super::table::{Field, Table, Type};
use Type::{Bool, Choice, Cpu, Duration, Either, Integer, Law, Map, Name, Number, Size};

/// `load`.
pub static LOAD: Table = Table {
    name: "load",
    doc: "The requests that arrive at a service, and the CPU that they use. Requests are shared evenly among its healthy tasks and are not simulated one by one: rates are constant between two changes. A task shares its CPU evenly among the requests that it works on, each of which uses at most one vCPU.",
    fields: &[
        Field::new(
            "requestsPerSecond",
            Either(&RATE_FORMS),
            "the rate of requests over time, such as `40/s`; the rates of a list are added. Required, but for a service whose first target group is named by `listenerRules` of its load balancer, which say the rate",
        ),
        NOISE,
        Field::new(
            "cpuPerRequest",
            Law("a duration"),
            "time of one vCPU that a request needs, such as `15ms`, which is the same for every request; or a law such as `{ lognormal: { median: 10ms, p99: 60ms } }`, drawn for each",
        )
        .required(),
        Field::new(
            "latency",
            Duration,
            "time that a request takes beside its CPU time, in which it uses no CPU, such as the answer of a database",
        )
        .preset("0s"),
        Field::new(
            "maxConcurrency",
            Integer(1, 100_000),
            "the most requests that a task works on at once, such as its number of threads; others wait in the task in order of arrival",
        )
        .rule("no limit"),
        Field::new(
            "idleCpu",
            Cpu,
            "CPU that a RUNNING task uses without requests",
        )
        .preset("0"),
        Field::new(
            "idleMemory",
            Size,
            "memory that a RUNNING task uses without requests, for `MemoryUtilization`; no task ends for want of memory",
        )
        .preset("0 MiB"),
        Field::new(
            "memoryPerRequest",
            Size,
            "memory that a request uses while it is in a task, whether it is worked on or waits",
        )
        .preset("0 MiB"),
        Field::new(
            "cpuLimit",
            Cpu,
            "the most CPU that a task can use; no more than the `cpu` of the task as a whole, which is a hard limit (facts/ecs.md 251)",
        )
        .rule("the `cpu` of the task as a whole; where only containers have `cpu`, all that the instance has and its neighbours leave; with `mode: exact` the CPU that the task reserves"),
        Field::new(
            "timeout",
            Duration,
            "a request that has waited for this long is given up. 60 s is the idle timeout of an Application Load Balancer (facts/platform.md 4.1.9)",
        )
        .preset("60s"),
        Field::new(
            "clientRetries",
            Map(&CLIENT_RETRIES),
            "how clients send a request again that was refused, failed or timed out",
        )
        .rule("they do not"),
        Field::new(
            "requestSize",
            Size,
            "bytes of a request, for the capacity units of a load balancer; an assumption",
        )
        .preset("1 KiB"),
        Field::new(
            "responseSize",
            Size,
            "bytes of an answer, for the capacity units of a load balancer; an assumption",
        )
        .preset("10 KiB"),
        Field::new(
            "requestsPerConnection",
            Integer(1, 1_000_000),
            "requests that a client sends over one connection, for the capacity units of a load balancer; an assumption",
        )
        .preset("10"),
        Field::new(
            "connectionDuration",
            Duration,
            "time for which a connection is open, for the capacity units of a load balancer; 60 s is its idle timeout (facts/platform.md 4.1.9)",
        )
        .preset("60s"),
        Field::new(
            "mode",
            Choice(&["fluid", "exact"]),
            "`fluid`: rates are constant between two changes, and the run takes no longer with more requests; `exact`: requests are simulated one by one, each arrives at random and goes to a task at random",
        )
        .preset("fluid"),
    ],
};

/// `clientRetries`.
pub static CLIENT_RETRIES: Table = Table {
    name: "clientRetries",
    doc: "How clients send a request again that was not served. In an overload their retries are more load: it may last when its cause is over.",
    fields: &[
        Field::new(
            "attempts",
            Integer(1, 20),
            "the most times that a request is sent, the first included; 3 is the standard of AWS's SDKs",
        )
        .preset("3"),
        Field::new(
            "delay",
            Duration,
            "time from the loss of the first attempt to the second; in the fluid model retries begin with whole seconds",
        )
        .preset("1s"),
        Field::new(
            "backoffRate",
            Number,
            "the factor by which this time grows from attempt to attempt; from 1 to 10",
        )
        .preset("2"),
    ],
};

/// An item of `targetTracking`.
pub static TARGET_TRACKING: Table = Table {
    name: "targetTracking",
    doc: "A target tracking policy of Application Auto Scaling (facts/ecs.md 174 to 184). Its alarms see one value a minute, two minutes late: three above `targetValue` scale out, fifteen below nine tenths of it scale in; with a metric of high resolution one value each 20 seconds, 15 seconds late: three scale out, 45 scale in (facts/ecs.md 192). The desired count becomes running tasks × metric ÷ target, rounded up.",
    fields: &[
        Field::new("policyName", Name, "name of the policy").rule("that of the metric"),
        Field::new(
            "metric",
            Choice(&[
                "ECSServiceAverageCPUUtilization",
                "ECSServiceAverageCPUUtilizationHighResolution",
                "ECSServiceAverageMemoryUtilization",
                "ECSServiceAverageMemoryUtilizationHighResolution",
                "ALBRequestCountPerTarget",
            ]),
            "`PredefinedMetricType`: average CPU or memory utilization of the service in per cent of what its tasks reserve, with a value each minute or each 20 seconds (which needs `monitoring`), or requests of a minute for each target of its load balancer; the service needs `load`, or for its CPU a `worker`",
        )
        .rule("required without `customizedMetricSpecification`"),
        Field::new(
            "customizedMetricSpecification",
            Map(&CUSTOMIZED_METRIC),
            "a metric of the queue of the service, or metric math such as the backlog per task; excludes `metric`",
        ),
        Field::new("targetValue", Number, "the value of the metric that the policy keeps").required(),
        Field::new(
            "scaleOutCooldown",
            Type::Integer(0, super::containers::MOST_SECONDS),
            "seconds after a scale-out in which the need is counted from the tasks that ran before it, so that only a larger need scales out again (facts/ecs.md 178, 179)",
        )
        .preset("300"),
        Field::new(
            "scaleInCooldown",
            Type::Integer(0, super::containers::MOST_SECONDS),
            "seconds after a scale-in in which none follows (facts/ecs.md 178, 179)",
        )
        .preset("300"),
        Field::new("disableScaleIn", Bool, "`true`: the policy only scales out").preset("false"),
    ],
};
