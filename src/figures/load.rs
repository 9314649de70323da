//! The figures of services with a load: one row per figure.

use super::definition::figures;
use serde::{Deserialize, Serialize};

figures! {
    /// Figures of services with a load: `service.<name>…`; `all` is all of them together.
    LoadFigure {
        OfferedCount: "requests.offered.count", Count, Neither, "requests that arrived";
        ServedCount: "requests.served.count", Count, Neither, "requests that tasks served";
        ServedShare: "requests.served.share", Share, Higher,
            "share of the requests that arrived which tasks served";
        ErrorCount: "requests.errors.count", Count, Lower,
            "requests that tasks of a bad release answered with an error (HTTP 5xx)";
        RefusedCount: "requests.refused.count", Count, Lower,
            "requests that found no healthy task; behind a load balancer, no target (503)";
        FailedCount: "requests.failed.count", Count, Lower,
            "requests that a load balancer sent to a target which did not answer (502, 504)";
        TimedOutCount: "requests.timedOut.count", Count, Lower,
            "requests that waited for longer than the time-out of their client";
        RetriedCount: "requests.retried.count", Count, Lower,
            "of the requests that arrived, those that a client has sent before (`clientRetries`)";
        GivenUpCount: "requests.givenUp.count", Count, Lower,
            "of the requests that were not served, those that their client does not send again";
        ResponseMean: "response.mean", Seconds, Lower,
            "response time of the requests that tasks served: the wait in the service, the CPU time under the load of the task, and the latency";
        ResponseP50: "response.p50", Seconds, Lower, "median response time";
        ResponseP95: "response.p95", Seconds, Lower, "95th percentile of the response time";
        ResponseP99: "response.p99", Seconds, Lower, "99th percentile of the response time";
        ResponseP50Pooled: "response.p50.pooled", Seconds, Lower, pooled,
            "median response time over all seeds' requests together";
        ResponseP95Pooled: "response.p95.pooled", Seconds, Lower, pooled,
            "95th percentile of the response time over all seeds' requests together";
        ResponseP99Pooled: "response.p99.pooled", Seconds, Lower, pooled,
            "99th percentile of the response time over all seeds' requests together";
        CpuUtilizationMean: "cpu.utilization.mean", Share, Neither,
            "CPU that RUNNING tasks used ÷ what they reserved, over the reported time; without the delay of a metric";
        MemoryUtilizationMean: "memory.utilization.mean", Share, Neither,
            "memory that RUNNING tasks used ÷ what they reserved, over the reported time; without a value where the load says nothing of memory";
        CostPerMillionRequests: "costPerMillionRequests", Usd, Lower,
            "cost of the reported time of the whole run ÷ million requests served; of a service only where no other one has a load";
        ScaledOutCount: "scaledOut.count", Count, Neither,
            "times at which a scaling policy raised the desired count";
        ScaledInCount: "scaledIn.count", Count, Neither,
            "times at which a scaling policy lowered the desired count";
    }
}
