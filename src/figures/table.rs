//! The registry itself: one line per figure, by kind.

use super::{Better, Definition, Unit};

pub(super) const fn figure(
    suffix: &'static str,
    unit: Unit,
    better: Better,
    doc: &'static str,
) -> Definition {
    Definition {
        suffix,
        unit,
        better,
        pooled: false,
        doc,
    }
}

const fn pooled(suffix: &'static str, unit: Unit, doc: &'static str) -> Definition {
    Definition {
        suffix,
        unit,
        better: Better::Lower,
        pooled: true,
        doc,
    }
}

use Better::{Higher, Lower, Neither};
use Unit::{
    Count, Gib, GibHours, GpuHours, Gpus, Hours, Seconds, SecondsSquared, Share, Usd, Vcpu,
    VcpuHours,
};

/// Figures of money: `cost.<name>…`, with name `total`, `idle`, a service or a provider.
pub const COST: &[Definition] = &[
    figure("", Usd, Lower, "cost of the reported time of one run"),
    figure("perHour", Usd, Lower, "cost per reported hour"),
    figure(
        "perMonth",
        Usd,
        Lower,
        "cost of the reported time × 730 h (unless set) ÷ reported hours",
    ),
];

/// Figures of capacity: `capacity.<provider>…`; `all` is every provider together.
pub const CAPACITY: &[Definition] = &[
    figure("instances", Count, Neither, "instances, time mean"),
    figure(
        "instances.launched.count",
        Count,
        Neither,
        "instances launched in the reported time; a fixed fleet at its beginning",
    ),
    figure(
        "instances.launchesFailed.count",
        Count,
        Lower,
        "launches that failed: EC2 had no capacity, or the API failed them beside a zone outage",
    ),
    figure(
        "instances.interrupted.count",
        Count,
        Lower,
        "Spot instances that AWS took back",
    ),
    figure(
        "instances.failed.count",
        Count,
        Lower,
        "how often an instance failed, or went down with its zone",
    ),
    figure(
        "available.share",
        Share,
        Higher,
        "of the time of all instances from their registration until they were gone, the share in which they had not failed; none of Fargate",
    ),
    figure(
        "idleInstances.mean",
        Count,
        Lower,
        "Auto Scaling groups: registered instances with no task but daemons', time mean",
    ),
    figure("cpu.total", Vcpu, Neither, "registered CPU, time mean"),
    figure(
        "cpu.reserved",
        Share,
        Higher,
        "share of registered CPU that tasks have reserved, time mean; on Fargate always 1",
    ),
    figure(
        "cpu.used",
        Share,
        Higher,
        "share of registered CPU that running tasks asked for, time mean; on Fargate of the billed size",
    ),
    figure(
        "cpu.reservedHours",
        VcpuHours,
        Neither,
        "CPU reserved, integrated over time",
    ),
    figure("memory.total", Gib, Neither, "registered memory, time mean"),
    figure(
        "memory.reserved",
        Share,
        Higher,
        "share of registered memory that tasks have reserved, time mean; on Fargate always 1",
    ),
    figure(
        "memory.used",
        Share,
        Higher,
        "share of registered memory that running tasks asked for, time mean; on Fargate of the billed size",
    ),
    figure(
        "memory.reservedHours",
        GibHours,
        Neither,
        "memory reserved, integrated over time",
    ),
    figure("gpu.total", Gpus, Neither, "GPUs, time mean"),
    figure(
        "gpu.reserved",
        Share,
        Higher,
        "share of GPUs that tasks have reserved, time mean",
    ),
    figure(
        "gpu.stranded",
        Share,
        Lower,
        "share of reserved GPU time that nobody asked for: fractions take whole devices",
    ),
    figure(
        "gpu.reservedHours",
        GpuHours,
        Neither,
        "GPUs reserved, integrated over time",
    ),
    figure(
        "surplus.cpu",
        VcpuHours,
        Lower,
        "Fargate: CPU billed beyond what was asked for, by rounding up to a valid size",
    ),
    figure(
        "surplus.memory",
        GibHours,
        Lower,
        "Fargate: memory billed beyond what was asked for, by rounding up to a valid size",
    ),
];

/// Figures of standalone work: `tasks.<entry>…`; `all` is every entry together.
pub const TASKS: &[Definition] = &[
    figure(
        "arrived.count",
        Count,
        Neither,
        "tasks that arrived in the reported time",
    ),
    figure(
        "arrived.share",
        Share,
        Neither,
        "of all tasks that arrived, those of this entry",
    ),
    figure(
        "finished.count",
        Count,
        Higher,
        "of the tasks that arrived, those that finished before the end",
    ),
    figure("finished.share", Share, Higher, "finished ÷ arrived"),
    figure(
        "rejected.count",
        Count,
        Lower,
        "of the tasks that arrived, those refused: no room, a full queue, or too large for any instance",
    ),
    figure("rejected.share", Share, Lower, "rejected ÷ arrived"),
    figure(
        "failed.count",
        Count,
        Lower,
        "of the tasks that arrived, those that failed or were lost for good",
    ),
    figure("failed.share", Share, Lower, "failed ÷ arrived"),
    figure(
        "interrupted.count",
        Count,
        Lower,
        "how often one of the tasks that arrived was lost or failed and was submitted again",
    ),
    figure(
        "lost.hours",
        Hours,
        Lower,
        "run time of the tasks that arrived that had to be done again",
    ),
    figure(
        "unfinished.count",
        Count,
        Lower,
        "of the tasks that arrived, those still waiting or running at the end",
    ),
    figure("unfinished.share", Share, Lower, "unfinished ÷ arrived"),
    figure(
        "unplaceable.count",
        Count,
        Lower,
        "of the rejected or skipped tasks, those that no instance could ever hold",
    ),
    figure(
        "waited.share",
        Share,
        Lower,
        "of the tasks placed, those that waited at all",
    ),
    figure(
        "wait.mean",
        Seconds,
        Lower,
        "from arrival to placement, over the tasks that were placed",
    ),
    figure(
        "wait.variance",
        SecondsSquared,
        Lower,
        "variance of the wait within a run",
    ),
    figure("wait.p50", Seconds, Lower, "median wait"),
    figure("wait.p95", Seconds, Lower, "95th percentile of the wait"),
    figure("wait.p99", Seconds, Lower, "99th percentile of the wait"),
    figure("wait.max", Seconds, Lower, "longest wait"),
    pooled(
        "wait.p50.pooled",
        Seconds,
        "median wait over all seeds' tasks together",
    ),
    pooled(
        "wait.p95.pooled",
        Seconds,
        "95th percentile of the wait over all seeds' tasks together",
    ),
    pooled(
        "wait.p99.pooled",
        Seconds,
        "99th percentile of the wait over all seeds' tasks together",
    ),
    figure(
        "sojourn.mean",
        Seconds,
        Lower,
        "from arrival to the end, over the tasks that finished",
    ),
    figure(
        "sojourn.variance",
        SecondsSquared,
        Lower,
        "variance of the sojourn within a run",
    ),
    figure("sojourn.p50", Seconds, Lower, "median sojourn"),
    figure(
        "sojourn.p95",
        Seconds,
        Lower,
        "95th percentile of the sojourn",
    ),
    figure(
        "sojourn.p99",
        Seconds,
        Lower,
        "99th percentile of the sojourn",
    ),
    pooled(
        "sojourn.p50.pooled",
        Seconds,
        "median sojourn over all seeds' tasks together",
    ),
    pooled(
        "sojourn.p95.pooled",
        Seconds,
        "95th percentile of the sojourn over all seeds' tasks together",
    ),
    pooled(
        "sojourn.p99.pooled",
        Seconds,
        "99th percentile of the sojourn over all seeds' tasks together",
    ),
    figure(
        "running.mean",
        Count,
        Neither,
        "tasks on capacity (starting or running), time mean",
    ),
    figure(
        "running.variance",
        Count,
        Neither,
        "variance over time of the tasks on capacity",
    ),
    figure(
        "running.max",
        Count,
        Neither,
        "most tasks on capacity at once",
    ),
    figure(
        "waiting.mean",
        Count,
        Lower,
        "tasks in the job queue, time mean",
    ),
    figure(
        "waiting.max",
        Count,
        Lower,
        "most tasks in the job queue at once",
    ),
    figure(
        "inSystem.mean",
        Count,
        Neither,
        "tasks waiting or on capacity, time mean",
    ),
    figure(
        "inSystem.variance",
        Count,
        Neither,
        "variance over time of the tasks waiting or on capacity",
    ),
];

/// What faults cost, and how often they struck: `faults.…`, in plans that have some.
pub const FAULTS: &[Definition] = &[
    figure(
        "cost",
        Usd,
        Lower,
        "cost of the reported time of one run, less that of the same run without the plan's faults",
    ),
    figure(
        "costPerMonth",
        Usd,
        Lower,
        "the same × 730 h (unless set) ÷ reported hours of the run with faults",
    ),
    figure(
        "struck.count",
        Count,
        Neither,
        "times that a fault struck in the reported time; none where some are drawn for each container or Fargate task, which are not counted",
    ),
];

/// Figures of the run itself: `run.…`.
pub const RUN: &[Definition] = &[figure(
    "reportedHours",
    Hours,
    Neither,
    "length of the reported time",
)];
