//! The figures of money, capacity, standalone work, faults and the run: one row per figure.

use super::definition::figures;
use serde::{Deserialize, Serialize};

figures! {
    /// Figures of money: `cost.<name>…`, with name `total`, `idle`, a service or a provider.
    CostFigure {
        Total: "", Usd, Lower, "cost of the reported time of one run";
        PerHour: "perHour", Usd, Lower, "cost per reported hour";
        PerMonth: "perMonth", Usd, Lower,
            "cost of the reported time × hours of the month (730 unless `costs.perMonthHours` is set or the reported time is a calendar month) ÷ reported hours";
    }
}

figures! {
    /// Figures of capacity: `capacity.<provider>…`; `all` is every provider together.
    CapacityFigure {
        Instances: "instances", Count, Neither, "instances, time mean";
        InstancesLaunchedCount: "instances.launched.count", Count, Neither,
            "instances launched in the reported time; a fixed fleet at its beginning";
        InstancesLaunchesFailedCount: "instances.launchesFailed.count", Count, Lower,
            "launches that failed: EC2 had no capacity, or the API reported an error during an outage of another zone";
        InstancesInterruptedCount: "instances.interrupted.count", Count, Lower,
            "Spot instances that AWS interrupted";
        InstancesFailedCount: "instances.failed.count", Count, Lower,
            "failures of instances, with those of a zone outage";
        AvailableShare: "available.share", Share, Higher,
            "share of the time of all instances, from registration to termination, in which they had not failed; none for Fargate";
        IdleInstancesMean: "idleInstances.mean", Count, Lower,
            "Auto Scaling groups: registered instances with no task but daemons', time mean";
        CpuTotal: "cpu.total", Vcpu, Neither, "registered CPU, time mean";
        CpuReserved: "cpu.reserved", Share, Higher,
            "share of registered CPU that tasks have reserved, time mean; on Fargate always 1";
        CpuUsed: "cpu.used", Share, Higher,
            "share of registered CPU that running tasks requested, time mean; on Fargate of the billed size";
        CpuReservedHours: "cpu.reservedHours", VcpuHours, Neither,
            "CPU reserved, integrated over time";
        MemoryTotal: "memory.total", Gib, Neither, "registered memory, time mean";
        MemoryReserved: "memory.reserved", Share, Higher,
            "share of registered memory that tasks have reserved, time mean; on Fargate always 1";
        MemoryUsed: "memory.used", Share, Higher,
            "share of registered memory that running tasks requested, time mean; on Fargate of the billed size";
        MemoryReservedHours: "memory.reservedHours", GibHours, Neither,
            "memory reserved, integrated over time";
        GpuTotal: "gpu.total", Gpus, Neither, "GPUs, time mean";
        GpuReserved: "gpu.reserved", Share, Higher,
            "share of GPUs that tasks have reserved, time mean";
        GpuStranded: "gpu.stranded", Share, Lower,
            "share of reserved GPU time that no task requested: a fraction of a device reserves the whole device";
        GpuReservedHours: "gpu.reservedHours", GpuHours, Neither,
            "GPUs reserved, integrated over time";
        SurplusCpu: "surplus.cpu", VcpuHours, Lower,
            "Fargate: CPU billed above the request, which is rounded up to a valid size";
        SurplusMemory: "surplus.memory", GibHours, Lower,
            "Fargate: memory billed above the request, which is rounded up to a valid size";
        InstancesMax: "instances.max", Count, Neither,
            "largest number of registered instances at one time, failed ones included; of `all` only where there is one provider";
    }
}

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
        WaitingMean: "waiting.mean", Count, Lower, "tasks in the job queue, time mean";
        WaitingMax: "waiting.max", Count, Lower, "largest number of tasks in the job queue at one time";
        InSystemMean: "inSystem.mean", Count, Neither, "tasks waiting or on capacity, time mean";
        InSystemVariance: "inSystem.variance", Count, Neither,
            "variance over time of the tasks waiting or on capacity";
    }
}

figures! {
    /// The cost and the number of faults: `faults.…`, in plans with faults.
    FaultFigure {
        Cost: "cost", Usd, Lower,
            "cost of the reported time of one run, less that of the same run without the plan's faults";
        CostPerMonth: "costPerMonth", Usd, Lower,
            "the same × hours of the month ÷ reported hours of the run with faults";
        StruckCount: "struck.count", Count, Neither,
            "faults that occurred in the reported time; none where some are drawn for each container or Fargate task, which are not counted";
    }
}

figures! {
    /// Figures of the run itself: `run.…`.
    RunFigure {
        ReportedHours: "reportedHours", Hours, Neither, "length of the reported time";
    }
}
