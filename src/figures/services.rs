//! The figures of services and of starts: one row per figure.

use super::definition::figures;
use serde::{Deserialize, Serialize};

figures! {
    /// Figures of services: `service.<name>…`; `all` is every service together.
    ServiceFigure {
        DesiredMean: "desired.mean", Count, Neither,
            "desired count, time mean; none for daemons, and `all` is without them in every level";
        RunningMean: "running.mean", Count, Neither,
            "tasks whose last and desired status are RUNNING, time mean";
        HealthyMean: "healthy.mean", Count, Neither, "tasks that count as healthy, time mean";
        PendingMean: "pending.mean", Count, Lower,
            "tasks with desired status RUNNING that are not yet RUNNING, time mean";
        AvailableShare: "available.share", Share, Higher,
            "since the desired count was first reached: share of time with at least desired × `minimumHealthyPercent` healthy tasks, rounded up, and at least one; 0 where it was never reached; of `all` the mean, weighted by that time";
        ShortfallMean: "shortfall.mean", Count, Lower,
            "since the desired count was first reached: healthy tasks missing from it, time mean; over the whole time where it was never reached; of `all` the sum of its services";
        ShortfallCount: "shortfall.count", Count, Lower,
            "intervals with fewer healthy tasks than desired, once the desired count was reached; the whole time is one where it never was";
        RecoveryMean: "recovery.mean", Seconds, Lower,
            "length of such an interval within the reported time; one open at the end counts up to there";
        RecoveryMax: "recovery.max", Seconds, Lower, "longest such interval";
        DetectMean: "detect.mean", Seconds, Lower,
            "from the loss of a healthy task (its host died, or its health check began to fail) until ECS noticed it; exits and Spot notices take no time and are not counted";
        DetectMax: "detect.max", Seconds, Lower, "longest of the same";
        ReplaceMean: "replace.mean", Seconds, Lower,
            "from the loss of a healthy task, for any reason but scale-in and draining, until a later task of the service became healthy (losses are matched in order); one open at the end counts up to there";
        ReplaceMax: "replace.max", Seconds, Lower, "longest of the same";
        StartMean: "start.mean", Seconds, Lower,
            "from submission to RUNNING, over the tasks submitted in the reported time";
        StartP50: "start.p50", Seconds, Lower, "median of the same";
        StartP95: "start.p95", Seconds, Lower, "95th percentile of the same";
        StartMax: "start.max", Seconds, Lower, "longest of the same";
        HealthyStartMean: "healthyStart.mean", Seconds, Lower,
            "from submission to the first time that the task counted as healthy";
        HealthyStartP95: "healthyStart.p95", Seconds, Lower, "95th percentile of the same";
        StartedCount: "started.count", Count, Neither, "tasks that became RUNNING";
        FailedStartsCount: "failedStarts.count", Count, Lower,
            "tasks that failed before they were RUNNING, or waited too long for capacity";
        PlacementFailuresCount: "placementFailures.count", Count, Lower,
            "attempts to place tasks that failed";
        StoppedCount: "stopped.count", Count, Neither, "tasks that stopped, for any reason";
        StoppedScaledInCount: "stopped.scaledIn.count", Count, Neither,
            "of the tasks stopped, those stopped by a scale-in";
        StoppedUnhealthyCount: "stopped.unhealthy.count", Count, Lower,
            "of the tasks stopped, those that failed their health checks";
        StoppedExitedCount: "stopped.exited.count", Count, Lower,
            "of the tasks stopped, those of which an essential container exited";
        StoppedUserInitiatedCount: "stopped.userInitiated.count", Count, Neither,
            "of the tasks stopped, those that an action stopped";
        StoppedDrainingCount: "stopped.draining.count", Count, Neither,
            "of the tasks stopped, those whose instance drained";
        StoppedCannotStartCount: "stopped.cannotStart.count", Count, Lower,
            "of the tasks stopped, those that lacked an image or a dependency";
        InterruptedCount: "interrupted.count", Count, Lower,
            "of the tasks stopped, those lost with an instance, a Fargate host or Fargate Spot capacity";
        RestartsCount: "restarts.count", Count, Lower, "containers restarted within their tasks";
        RunningMax: "running.max", Count, Neither,
            "largest number of RUNNING tasks at one time";
        RunningMin: "running.min", Count, Higher,
            "least number of RUNNING tasks at one time, since the desired count was first reached; over the whole time where it never was; of `all` since the last service reached it";
        WaitingMean: "waiting.mean", Count, Lower,
            "desired tasks without capacity: in PROVISIONING, or refused and tried again, time mean";
        WaitingAttributeMean: "waiting.attribute.mean", Count, Lower,
            "of the waiting tasks, those for which the closest instance lacks an attribute, time mean; here and below by the last task that found no room";
        WaitingMemberOfMean: "waiting.memberOf.mean", Count, Lower,
            "of the waiting tasks, those of which no instance meets `memberOf`, time mean";
        WaitingCpuMean: "waiting.cpu.mean", Count, Lower,
            "of the waiting tasks, those for which the closest instance has too little free CPU, time mean";
        WaitingMemoryMean: "waiting.memory.mean", Count, Lower,
            "of the waiting tasks, those for which it has too little free memory, time mean";
        WaitingPortsMean: "waiting.ports.mean", Count, Lower,
            "of the waiting tasks, those of which a host port is taken on it, time mean";
        WaitingGpuMean: "waiting.gpu.mean", Count, Lower,
            "of the waiting tasks, those for which it has too few free GPUs, time mean";
        WaitingInterfaceMean: "waiting.interface.mean", Count, Lower,
            "of the waiting tasks, those for which it has no free network interface, time mean";
        WaitingConstraintMean: "waiting.constraint.mean", Count, Lower,
            "of the waiting tasks, those that `distinctInstance` keeps from it, time mean";
        WaitingNoInstanceMean: "waiting.noInstance.mean", Count, Lower,
            "of the waiting tasks, those for which there is no instance at all, time mean";
        WaitingFargateMean: "waiting.fargate.mean", Count, Lower,
            "of the waiting tasks, those for which Fargate has no capacity, time mean";
        WaitingLimitMean: "waiting.limit.mean", Count, Lower,
            "of the waiting tasks, those that a limit of AWS holds back: tasks in PROVISIONING, or Fargate's launch rate or quota, time mean";
        WaitingQueueMean: "waiting.queue.mean", Count, Lower,
            "of the waiting tasks, those behind the head of the job queue, time mean";
        NeverCompleteCount: "neverComplete.count", Count, Lower,
            "services that never had as many healthy tasks as desired: 0 or 1 for one service";
        FirstCompleteAfter: "firstComplete.after", Seconds, Lower,
            "from the beginning of the reported time until as many tasks were healthy as desired for the first time; none where they never were; of `all` the longest";
    }
}

figures! {
    /// Figures of starts: `start.<kind>…`.
    StartFigure {
        Count: "count", Count, Neither,
            "starts of this kind, of tasks submitted in the reported time";
        WaitMean: "wait.mean", Seconds, Lower,
            "waiting for capacity: from submission to placement, before the steps of the start; zero for a task that was lost and starts again";
        ProvisioningMean: "provisioning.mean", Seconds, Lower,
            "in PROVISIONING: the microVM or the network interface";
        PendingMean: "pending.mean", Seconds, Lower, "in PENDING, until the agent begins";
        PullMean: "pull.mean", Seconds, Lower, "pulling and unpacking images";
        ContainersMean: "containers.mean", Seconds, Lower,
            "starting containers, with waits for `dependsOn`";
        PollingMean: "polling.mean", Seconds, Lower, "until the control plane reports RUNNING";
    }
}
