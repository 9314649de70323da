//! The figures of money, capacity, faults and the run: one row per figure.

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
            "share of registered CPU that running tasks used, time mean; on Fargate of the billed size. Of services with a `load` or a `worker` it is what they really used, of other tasks what they requested";
        CpuReservedHours: "cpu.reservedHours", VcpuHours, Neither,
            "CPU reserved, integrated over time";
        MemoryTotal: "memory.total", Gib, Neither, "registered memory, time mean";
        MemoryReserved: "memory.reserved", Share, Higher,
            "share of registered memory that tasks have reserved, time mean; on Fargate always 1";
        MemoryUsed: "memory.used", Share, Higher,
            "share of registered memory that running tasks used, time mean; on Fargate of the billed size. Of services whose `load` says what memory they use it is what they really used, of other tasks what they requested";
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
        TasksMean: "tasks.mean", Count, Neither,
            "tasks that have capacity of the provider (starting, running or stopping), time mean";
        InstancesMax: "instances.max", Count, Neither,
            "largest number of registered instances at one time, failed ones included";
        ThrottledHours: "cpuCredits.throttledHours", Hours, Lower,
            "burstable instances in standard mode: instance-hours without credits, in which they wanted more CPU than their baseline";
        SurplusHours: "cpuCredits.surplusHours", VcpuHours, Lower,
            "burstable instances in unlimited mode: surplus credits that were charged";
    }
}

impl CapacityFigure {
    /// True for the figures of CPU credits.
    pub const fn is_of_credits(self) -> bool {
        matches!(self, Self::ThrottledHours | Self::SurplusHours)
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
