//! The values of the figures of services and of starts.

use super::Run;
use crate::figures::{Of, ServiceFigure, StartFigure, StartKind, WaitReason};
use crate::metrics::{Level, ServiceWork, Spread};

impl Run<'_> {
    /// The value of a figure of a service, or of all services together.
    pub(super) fn service(&self, of: Of, figure: ServiceFigure) -> Option<f64> {
        use ServiceFigure as F;
        let services = &self.played.observed.services;
        // A daemon service has no desired count: figures that depend on it are `None`.
        let (work, has_count) = match of {
            Of::All => (&self.services, true),
            Of::One(index) => (services.service(index), !services.is_daemon(index)),
        };
        let micros = self.micros;
        let count = |count: u64| Some(count as f64);
        let most = |of: &Spread| (of.count > 0).then(|| of.maximum.as_seconds_f64());
        let shortfall = &work.shortfall;
        let waiting = |reason| work.waiting_for.mean(reason, micros).filter(|_| has_count);
        match figure {
            F::DesiredMean => work.desired.mean(micros).filter(|_| has_count),
            F::RunningMean => work.running.mean(micros),
            F::HealthyMean => work.healthy.mean(micros),
            F::PendingMean => work.pending.mean(micros),
            F::AvailableShare => shortfall.availability(),
            F::ShortfallMean => self.missing(of),
            F::ShortfallCount => count(shortfall.intervals.count).filter(|_| has_count),
            F::RecoveryMean => shortfall.intervals.mean(),
            F::RecoveryMax => most(&shortfall.intervals),
            F::DetectMean => work.losses.detections.mean(),
            F::DetectMax => most(&work.losses.detections),
            F::ReplaceMean => work.losses.replacements.mean(),
            F::ReplaceMax => most(&work.losses.replacements),
            F::StartMean => work.starts.mean(),
            F::StartP50 => work.starts.quantile(0.50),
            F::StartP95 => work.starts.quantile(0.95),
            F::StartMax => most(&work.starts),
            F::HealthyStartMean => work.healthy_starts.mean(),
            F::HealthyStartP95 => work.healthy_starts.quantile(0.95),
            F::StartedCount => count(work.started),
            F::FailedStartsCount => count(work.failed_starts),
            F::PlacementFailuresCount => count(work.placement_failures),
            F::StoppedCount => count(work.stopped.total()),
            F::StoppedScaledInCount => count(work.stopped.scaled_in),
            F::StoppedUnhealthyCount => count(work.stopped.unhealthy),
            F::StoppedExitedCount => count(work.stopped.exited),
            F::StoppedUserInitiatedCount => count(work.stopped.user_initiated),
            F::StoppedDrainingCount => count(work.stopped.draining),
            F::StoppedCannotStartCount => count(work.stopped.cannot_start),
            F::InterruptedCount => count(work.stopped.interrupted),
            F::RestartsCount => count(work.restarts),
            F::WaitingMean => work.waiting.mean(micros).filter(|_| has_count),
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
            F::NeverCompleteCount => count(shortfall.never_complete).filter(|_| has_count),
            F::FirstCompleteAfter => self.first_complete(of).filter(|_| has_count),
            F::RunningMin => count(self.running(of).least()?),
            F::RunningMax => count(self.running(of).maximum),
        }
    }

    /// The RUNNING tasks of a service, or of all together: a single service may be a daemon.
    fn running(&self, of: Of) -> &Level {
        let services = &self.played.observed.services;
        match of.only(self.plan.services.len()) {
            Some(only) => &services.service(only).running,
            None => &services.running,
        }
    }

    /// The missing tasks of a service; of all together the sum, each over its own counted time.
    fn missing(&self, of: Of) -> Option<f64> {
        let services = &self.played.observed.services;
        if let Of::One(index) = of {
            return services.service(index).shortfall.mean();
        }
        let means = services.replicas().filter_map(|s| s.shortfall.mean());
        means.reduce(|a, b| a + b)
    }

    /// Seconds until a service first had as many healthy tasks as desired, of all together the
    /// longest; `None` where one never had.
    fn first_complete(&self, of: Of) -> Option<f64> {
        let services = &self.played.observed.services;
        if let Of::One(index) = of {
            return first_complete(services.service(index));
        }
        let replicas = services.replicas().map(first_complete);
        replicas.reduce(|a, b| Some(a?.max(b?))).flatten()
    }

    /// The value of a figure of a kind of start, in seconds or as a count.
    pub(super) fn start(&self, kind: StartKind, figure: StartFigure) -> Option<f64> {
        let parts = self.played.observed.starts.kind(kind);
        let sum = match figure {
            StartFigure::Count => return Some(parts.count as f64),
            StartFigure::WaitMean => parts.wait,
            StartFigure::ProvisioningMean => parts.provisioning,
            StartFigure::PendingMean => parts.pending,
            StartFigure::PullMean => parts.pull,
            StartFigure::ContainersMean => parts.containers,
            StartFigure::PollingMean => parts.polling,
        };
        parts.mean(sum)
    }
}

/// Seconds until the desired count was first reached; `None` where it never was.
fn first_complete(work: &ServiceWork) -> Option<f64> {
    let shortfall = &work.shortfall;
    (shortfall.never_complete == 0).then(|| shortfall.first_wait as f64 / 1e6)
}
