//! The values of the figures of standalone work.

use crate::figures::{TaskFigure, WaitReason};
use crate::metrics::EntryWork;
use crate::units::HOUR;

/// The value of a figure of `work`: an entry, or all entries together. `all` is the work of all
/// entries, `micros` the reported time in µs. For a pooled figure `work` holds the tasks of all
/// seeds, and `micros` is not used.
pub(in crate::runner) fn tasks(
    figure: TaskFigure,
    work: &EntryWork,
    all: &EntryWork,
    micros: u64,
) -> Option<f64> {
    use TaskFigure as F;
    let count = |count: u64| Some(count as f64);
    let share = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
    let waiting = |reason| work.waiting_for.mean(reason, micros);
    match figure {
        F::ArrivedCount => count(work.arrived),
        F::ArrivedShare => share(work.arrived, all.arrived),
        F::FinishedCount => count(work.finished),
        F::FinishedShare => share(work.finished, work.arrived),
        F::RejectedCount => count(work.rejected),
        F::RejectedShare => share(work.rejected, work.arrived),
        F::FailedCount => count(work.failed),
        F::FailedShare => share(work.failed, work.arrived),
        F::InterruptedCount => count(work.interrupted),
        F::LostHours => Some(work.lost as f64 / HOUR as f64),
        F::UnfinishedCount => count(work.unfinished()),
        F::UnfinishedShare => share(work.unfinished(), work.arrived),
        F::PlacedCount => count(work.placed),
        F::UnplaceableCount => count(work.unplaceable),
        F::WaitedShare => share(work.waits.count - work.waits.zeros, work.waits.count),
        F::WaitMean => work.waits.mean(),
        F::WaitVariance => work.waits.variance(),
        F::WaitP50 | F::WaitP50Pooled => work.waits.quantile(0.50),
        F::WaitP95 | F::WaitP95Pooled => work.waits.quantile(0.95),
        F::WaitP99 | F::WaitP99Pooled => work.waits.quantile(0.99),
        F::WaitMax => (work.waits.count > 0).then(|| work.waits.maximum.as_seconds_f64()),
        F::SojournMean => work.sojourns.mean(),
        F::SojournVariance => work.sojourns.variance(),
        F::SojournP50 | F::SojournP50Pooled => work.sojourns.quantile(0.50),
        F::SojournP95 | F::SojournP95Pooled => work.sojourns.quantile(0.95),
        F::SojournP99 | F::SojournP99Pooled => work.sojourns.quantile(0.99),
        F::RunningMean => work.running.mean(micros),
        F::RunningVariance => work.running.variance(micros),
        F::RunningMin => work.running.least().map(|least| least as f64),
        F::RunningMax => count(work.running.maximum),
        F::WaitingMean => work.waiting.mean(micros),
        F::WaitingMax => count(work.waiting.maximum),
        F::WaitingAttributeMean => waiting(WaitReason::Attribute),
        F::WaitingCpuMean => waiting(WaitReason::Cpu),
        F::WaitingMemoryMean => waiting(WaitReason::Memory),
        F::WaitingPortsMean => waiting(WaitReason::Ports),
        F::WaitingGpuMean => waiting(WaitReason::Gpu),
        F::WaitingInterfaceMean => waiting(WaitReason::Interface),
        F::WaitingMemberOfMean => waiting(WaitReason::MemberOf),
        F::WaitingConstraintMean => waiting(WaitReason::Constraint),
        F::WaitingNoInstanceMean => waiting(WaitReason::NoInstance),
        F::WaitingFargateMean => waiting(WaitReason::Fargate),
        F::WaitingLimitMean => waiting(WaitReason::Limit),
        F::WaitingQueueMean => waiting(WaitReason::Queue),
        F::InSystemMean => work.in_system.mean(micros),
        F::InSystemVariance => work.in_system.variance(micros),
    }
}
