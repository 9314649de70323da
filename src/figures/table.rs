//! The figures of money, capacity, standalone work, faults and the run: one row per figure.

use super::definition::figures;
use serde::{Deserialize, Serialize};

figures! {
    /// Figures of money: `cost.<name>…`, with name `total`, `idle`, a service or a provider.
    CostFigure {
        Total: "", Usd, Lower, "cost of the reported time of one run";
        PerHour: "perHour", Usd, Lower, "cost per reported hour";
        PerMonth: "perMonth", Usd, Lower,
            "cost of the reported time × 730 h (unless set) ÷ reported hours";
    }
}

figures! {
    /// Figures of capacity: `capacity.<provider>…`; `all` is every provider together.
    CapacityFigure {
        Instances: "instances", Count, Neither, "instances, time mean";
        InstancesLaunchedCount: "instances.launched.count", Count, Neither,
            "instances launched in the reported time; a fixed fleet at its beginning";
        InstancesLaunchesFailedCount: "instances.launchesFailed.count", Count, Lower,
            "launches that failed: EC2 had no capacity, or the API failed them beside a zone outage";
        InstancesInterruptedCount: "instances.interrupted.count", Count, Lower,
            "Spot instances that AWS took back";
        InstancesFailedCount: "instances.failed.count", Count, Lower,
            "how often an instance failed, or went down with its zone";
        AvailableShare: "available.share", Share, Higher,
            "of the time of all instances from their registration until they were gone, the share in which they had not failed; none of Fargate";
        IdleInstancesMean: "idleInstances.mean", Count, Lower,
            "Auto Scaling groups: registered instances with no task but daemons', time mean";
        CpuTotal: "cpu.total", Vcpu, Neither, "registered CPU, time mean";
        CpuReserved: "cpu.reserved", Share, Higher,
            "share of registered CPU that tasks have reserved, time mean; on Fargate always 1";
        CpuUsed: "cpu.used", Share, Higher,
            "share of registered CPU that running tasks asked for, time mean; on Fargate of the billed size";
        CpuReservedHours: "cpu.reservedHours", VcpuHours, Neither,
            "CPU reserved, integrated over time";
        MemoryTotal: "memory.total", Gib, Neither, "registered memory, time mean";
        MemoryReserved: "memory.reserved", Share, Higher,
            "share of registered memory that tasks have reserved, time mean; on Fargate always 1";
        MemoryUsed: "memory.used", Share, Higher,
            "share of registered memory that running tasks asked for, time mean; on Fargate of the billed size";
        MemoryReservedHours: "memory.reservedHours", GibHours, Neither,
            "memory reserved, integrated over time";
        GpuTotal: "gpu.total", Gpus, Neither, "GPUs, time mean";
        GpuReserved: "gpu.reserved", Share, Higher,
            "share of GPUs that tasks have reserved, time mean";
        GpuStranded: "gpu.stranded", Share, Lower,
            "share of reserved GPU time that no task asked for: fractions take whole devices";
        GpuReservedHours: "gpu.reservedHours", GpuHours, Neither,
            "GPUs reserved, integrated over time";
        SurplusCpu: "surplus.cpu", VcpuHours, Lower,
            "Fargate: CPU billed beyond what was asked for, by rounding up to a valid size";
        SurplusMemory: "surplus.memory", GibHours, Lower,
            "Fargate: memory billed beyond what was asked for, by rounding up to a valid size";
        InstancesMax: "instances.max", Count, Neither,
            "most instances there at once, those that had failed among them; of `all` only where there is one provider";
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
            "of the tasks that arrived, those refused: no room, a full queue, or too large for any instance";
        RejectedShare: "rejected.share", Share, Lower, "rejected ÷ arrived";
        FailedCount: "failed.count", Count, Lower,
            "of the tasks that arrived, those that failed or were lost for good";
        FailedShare: "failed.share", Share, Lower, "failed ÷ arrived";
        InterruptedCount: "interrupted.count", Count, Lower,
            "how often one of the tasks that arrived was lost or failed and was submitted again";
        LostHours: "lost.hours", Hours, Lower,
            "run time of the tasks that arrived that had to be done again";
        UnfinishedCount: "unfinished.count", Count, Lower,
            "of the tasks that arrived, those still waiting or running at the end";
        UnfinishedShare: "unfinished.share", Share, Lower, "unfinished ÷ arrived";
        UnplaceableCount: "unplaceable.count", Count, Lower,
            "of the rejected or skipped tasks, those that no instance could ever hold";
        WaitedShare: "waited.share", Share, Lower, "of the tasks placed, those that waited at all";
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
        RunningMax: "running.max", Count, Neither, "most tasks on capacity at once";
        WaitingMean: "waiting.mean", Count, Lower, "tasks in the job queue, time mean";
        WaitingMax: "waiting.max", Count, Lower, "most tasks in the job queue at once";
        InSystemMean: "inSystem.mean", Count, Neither, "tasks waiting or on capacity, time mean";
        InSystemVariance: "inSystem.variance", Count, Neither,
            "variance over time of the tasks waiting or on capacity";
    }
}

figures! {
    /// What faults cost, and how often they struck: `faults.…`, in plans that have some.
    FaultFigure {
        Cost: "cost", Usd, Lower,
            "cost of the reported time of one run, less that of the same run without the plan's faults";
        CostPerMonth: "costPerMonth", Usd, Lower,
            "the same × 730 h (unless set) ÷ reported hours of the run with faults";
        StruckCount: "struck.count", Count, Neither,
            "times that a fault struck in the reported time; none where some are drawn for each container or Fargate task, which are not counted";
    }
}

figures! {
    /// Figures of the run itself: `run.…`.
    RunFigure {
        ReportedHours: "reportedHours", Hours, Neither, "length of the reported time";
    }
}
