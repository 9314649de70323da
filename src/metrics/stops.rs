//! Stopped tasks of services, by reason.

use crate::simulation::StopReason;

/// Tasks that stopped in the reported time, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stops {
    /// The service was scaled in, had more tasks than its deployment allows, or was rebalanced over
    /// zones.
    pub scaled_in: u64,
    /// A deployment replaced it.
    pub replaced: u64,
    /// The task failed its health checks.
    pub unhealthy: u64,
    /// An essential container exited.
    pub exited: u64,
    /// The instance was draining.
    pub draining: u64,
    /// Lost with their capacity: an instance, a Fargate host or Fargate Spot taken back.
    pub interrupted: u64,
    /// An action stopped them.
    pub user_initiated: u64,
    /// An image could not be pulled, or a dependency could not be met.
    pub cannot_start: u64,
}

impl Stops {
    /// The sum of all reasons.
    pub const fn total(&self) -> u64 {
        self.scaled_in
            + self.replaced
            + self.unhealthy
            + self.exited
            + self.draining
            + self.interrupted
            + self.user_initiated
            + self.cannot_start
    }

    /// The count of a reason.
    pub(super) fn of(&mut self, why: StopReason) -> &mut u64 {
        match why {
            StopReason::ScaledIn | StopReason::ZoneRebalancing => &mut self.scaled_in,
            StopReason::Replaced => &mut self.replaced,
            StopReason::FailedHealthChecks | StopReason::FailedTargetHealthChecks => {
                &mut self.unhealthy
            }
            StopReason::EssentialContainerExited { .. } => &mut self.exited,
            StopReason::InstanceDraining => &mut self.draining,
            StopReason::HostGone
            | StopReason::SpotInterruption
            | StopReason::InfrastructureHealth => &mut self.interrupted,
            StopReason::UserInitiated | StopReason::DeregistrationForced => {
                &mut self.user_initiated
            }
            StopReason::CannotPullContainer | StopReason::DependencyFailed => {
                &mut self.cannot_start
            }
        }
    }

    /// Adds the counts of another service.
    pub(super) fn add(&mut self, other: &Self) {
        self.scaled_in += other.scaled_in;
        self.replaced += other.replaced;
        self.unhealthy += other.unhealthy;
        self.exited += other.exited;
        self.draining += other.draining;
        self.interrupted += other.interrupted;
        self.user_initiated += other.user_initiated;
        self.cannot_start += other.cannot_start;
    }
}

/// True when ECS stops a task that works: scale-in, a deployment or draining.
pub(super) fn is_planned(why: StopReason) -> bool {
    matches!(
        why,
        StopReason::ScaledIn
            | StopReason::ZoneRebalancing
            | StopReason::Replaced
            | StopReason::InstanceDraining
    )
}
