//! The figures of standalone work: one row per figure.

use super::definition::figures;
use serde::{Deserialize, Serialize};

figures! {
    /// Figures of standalone work: `tasks.<entry>…`; `all` is every entry together.
    TaskFigure {
        ArrivedCount: "arrived.count", Count, Neither, "tasks that arrived in the reported time";
        ArrivedShare: "arrived.share", Share, Neither,
            "of all tasks that arrived, those of this entry";
        FinishedCount: "finished.count", Count, Higher,
            "of the tasks that arrived, those that finished before the end";
        FinishedShare: "finished.share", Share, Higher, "finished ÷ arrived";
        RejectedCount: "rejected.count", Count, Lower,
            "of the tasks that arrived, those rejected: no capacity, a full queue, or too large for any instance";
        RejectedShare: "rejected.share", Share, Lower, "rejected ÷ arrived";
        FailedCount: "failed.count", Count, Lower,
            "of the tasks that arrived, those that failed or were lost for good";
        FailedShare: "failed.share", Share, Lower, "failed ÷ arrived";
        InterruptedCount: "interrupted.count", Count, Lower,
            "resubmissions of the tasks that arrived, each after a loss or a failure";
        LostHours: "lost.hours", Hours, Lower,
            "run time of the tasks that arrived that was lost and had to be repeated";
        UnfinishedCount: "unfinished.count", Count, Lower,
            "of the tasks that arrived, those still waiting or running at the end";
        UnfinishedShare: "unfinished.share", Share, Lower, "unfinished ÷ arrived";
        UnplaceableCount: "unplaceable.count", Count, Lower,
            "of the rejected or skipped tasks, those that fit on no instance of the cluster";
        WaitedShare: "waited.share", Share, Lower, "of the tasks placed, those whose wait was above zero";
        WaitMean: "wait.mean", Seconds, Lower,
            "from arrival to placement, over the tasks that were placed";
        WaitVariance: "wait.variance", SecondsSquared, Lower, "variance of the wait within a run";
        WaitP50: "wait.p50", Seconds, Lower, "median wait";
        WaitP95: "wait.p95", Seconds, Lower, "95th percentile of the wait";
        WaitP99: "wait.p99", Seconds, Lower, "99th percentile of the wait";
        WaitMax: "wait.max", Seconds, Lower, "longest wait";
        WaitP50Pooled: "wait.p50.pooled", Seconds, Lower, pooled,
            "median wait over all seeds' tasks together";
        WaitP95Pooled: "wait.p95.pooled", Seconds, Lower, pooled,
            "95th percentile of the wait over all seeds' tasks together";
        WaitP99Pooled: "wait.p99.pooled", Seconds, Lower, pooled,
            "99th percentile of the wait over all seeds' tasks together";
        SojournMean: "sojourn.mean", Seconds, Lower,
            "from arrival to the end, over the tasks that finished";
        SojournVariance: "sojourn.variance", SecondsSquared, Lower,
            "variance of the sojourn within a run";
        SojournP50: "sojourn.p50", Seconds, Lower, "median sojourn";
        SojournP95: "sojourn.p95", Seconds, Lower, "95th percentile of the sojourn";
        SojournP99: "sojourn.p99", Seconds, Lower, "99th percentile of the sojourn";
        SojournP50Pooled: "sojourn.p50.pooled", Seconds, Lower, pooled,
            "median sojourn over all seeds' tasks together";
        SojournP95Pooled: "sojourn.p95.pooled", Seconds, Lower, pooled,
            "95th percentile of the sojourn over all seeds' tasks together";
        SojournP99Pooled: "sojourn.p99.pooled", Seconds, Lower, pooled,
            "99th percentile of the sojourn over all seeds' tasks together";
        RunningMean: "running.mean", Count, Neither,
            "tasks on capacity (starting or running), time mean";
        RunningVariance: "running.variance", Count, Neither,
            "variance over time of the tasks on capacity";
        RunningMax: "running.max", Count, Neither, "largest number of tasks on capacity at one time";
        WaitingMean: "waiting.mean", Count, Lower,
            "tasks without capacity, in the job queue or in PROVISIONING, time mean";
        WaitingMax: "waiting.max", Count, Lower,
            "largest number of tasks without capacity at one time";
        InSystemMean: "inSystem.mean", Count, Neither, "tasks waiting or on capacity, time mean";
        InSystemVariance: "inSystem.variance", Count, Neither,
            "variance over time of the tasks waiting or on capacity";
        WaitingAttributeMean: "waiting.attribute.mean", Count, Lower,
            "of the waiting tasks, those for which the closest instance lacks an attribute, time mean; here and below by the oldest waiting task, looked at once a minute at most";
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
        RunningMin: "running.min", Count, Neither, "least number of tasks on capacity at one time";
        PlacedCount: "placed.count", Count, Higher,
            "of the tasks that arrived, those that were placed";
    }
}
