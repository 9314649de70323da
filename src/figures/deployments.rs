//! The figures of deployments: one row per figure.

use super::definition::figures;
use serde::{Deserialize, Serialize};

figures! {
    /// Figures of deployments: `deployment.<name>…`; `all` is every entry of `deployments` together.
    DeploymentFigure {
        Count: "count", Count, Neither, "deployments that began in the reported time";
        CompletedCount: "completed.count", Count, Higher, "of those, the ones that completed";
        FailedCount: "failed.count", Count, Lower,
            "of those, the ones that failed, by the circuit breaker or by an alarm";
        RolledBackCount: "rolledBack.count", Count, Lower,
            "of the failed ones, those that were followed by a rollback";
        SupersededCount: "superseded.count", Count, Neither,
            "of those, the ones that a newer deployment replaced before they completed";
        BadCount: "bad.count", Count, Neither, "releases that turned bad";
        DurationMean: "duration.mean", Seconds, Lower,
            "from the beginning of a deployment until it completed, with its bake time";
        DurationMax: "duration.max", Seconds, Lower, "longest of the same";
        ScaleUpMean: "scaleUp.mean", Seconds, Lower,
            "with a strategy that shifts traffic: from the beginning of a deployment until its tasks are healthy and get the first requests";
        TrafficShiftMean: "trafficShift.mean", Seconds, Neither,
            "from then until all requests go to its tasks";
        BadRequestsCount: "badRequests.count", Count, Lower,
            "requests that were sent to tasks of its bad releases, whatever became of them: what users met of a bad release";
        BadRequestsShare: "badRequests.share", Share, Lower,
            "the same ÷ all requests to the service in the reported time";
        ErrorCount: "errors.count", Count, Lower,
            "those of them that were answered with an error (HTTP 5xx)";
        BadRequestsDeploymentShare: "badRequests.deploymentShare", Share, Lower,
            "requests that were sent to tasks of its bad releases ÷ all requests to the service, both from the beginning of a deployment until it or its rollback completed, after a failure without rollback until the next deployment: the share of users that met the release";
        ErrorsDeploymentShare: "errors.deploymentShare", Share, Lower,
            "requests that a bad release answered with an error ÷ all requests to the service, in the same time";
        ExtraTasksMax: "extraTasks.max", Count, Lower,
            "most tasks of the service with capacity during a deployment, beyond those at its beginning; on the way to a change of the desired count those of the change too";
        ExtraInstancesMax: "extraInstances.max", Count, Lower,
            "most registered instances of the cluster during a deployment, beyond those at its beginning";
        BelowMinimumMean: "belowMinimum.mean", Seconds, Lower,
            "per deployment: time with fewer healthy tasks than `minimumHealthyPercent` of the desired count; after a failure without rollback until the next deployment";
        FailedTasksMax: "failedTasks.max", Count, Lower,
            "largest `failedTasks` of a deployment: what its circuit breaker counts";
    }
}

figures! {
    /// The cost of deployments: `deployments.…`, in plans with deployments.
    DeploymentCostFigure {
        Cost: "cost", Usd, Lower,
            "cost of the reported time of one run, less that of the same run without its deployments";
        CostPerMonth: "costPerMonth", Usd, Lower,
            "the same × hours of the month ÷ reported hours";
    }
}
