//! The tasks of all services at one time.

/// The tasks of all services other than daemons, at one time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Present {
    /// The sum of the desired counts.
    pub desired: u64,
    /// Tasks that count as healthy.
    pub healthy: u64,
    /// Healthy tasks below the desired count, summed over the services that lack some.
    pub missing: u64,
}

impl Present {
    /// Replaces the part of one service: `before` by `after`.
    pub(super) fn replace(&mut self, before: Self, after: Self) {
        self.desired = self.desired + after.desired - before.desired;
        self.healthy = self.healthy + after.healthy - before.healthy;
        self.missing = self.missing + after.missing - before.missing;
    }
}
