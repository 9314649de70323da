//! What work on ECS Managed Instances requires of its task definition.

use super::fitting::Fit;
use crate::cluster::NetworkMode;

impl Fit<'_, '_> {
    /// True when the tasks run on Managed Instances.
    pub(super) fn is_managed(&self) -> bool {
        let first = self.target.providers().first().copied();
        first
            .and_then(|index| self.cluster.providers.get(index))
            .is_some_and(|provider| provider.capacity.is_managed_instances())
    }

    /// The network mode. On Managed Instances it is `awsvpc` unless the definition says another, which
    /// must not be `bridge` (facts/ecs.md 42g).
    pub(super) fn network_mode(&self) -> NetworkMode {
        let managed = self.is_managed();
        match self.definition.network_mode {
            _ if self.is_fargate() => NetworkMode::Awsvpc,
            Some(NetworkMode::Bridge) if managed => {
                self.at
                    .problem(format!(
                        "`{}` has the network mode `bridge`, which Managed Instances do not have",
                        self.definition.full_name()
                    ))
                    .expected("`awsvpc`, `host` or `none`")
                    .report();
                NetworkMode::Bridge
            }
            Some(mode) => mode,
            None if managed => NetworkMode::Awsvpc,
            None => NetworkMode::Bridge,
        }
    }
}
