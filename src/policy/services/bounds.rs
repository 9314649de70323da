//! The least and the largest number of tasks of a service while tasks are replaced
//! (facts/ecs.md 193 to 195), and the limits of its desired count.

/// `deploymentConfiguration`: percentages of the desired count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeploymentConfiguration {
    /// `minimumHealthyPercent`, 0 to 100.
    pub minimum_healthy_percent: u32,
    /// `maximumPercent`, at least 100.
    pub maximum_percent: u32,
}

impl Default for DeploymentConfiguration {
    /// Replica services: 100 and 200 (facts/ecs.md 193).
    fn default() -> Self {
        Self {
            minimum_healthy_percent: 100,
            maximum_percent: 200,
        }
    }
}

/// Both limits as counts of tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// At least this number of tasks stay RUNNING and healthy; rounded up (193, 194).
    pub minimum_healthy: u32,
    /// At most this number of tasks are RUNNING or PENDING, of all deployments together; rounded
    /// down (193, 194).
    pub maximum_total: u32,
}

impl DeploymentConfiguration {
    /// The limits at a desired count. The minimum is rounded up, the maximum down.
    pub fn bounds(&self, desired: u32) -> Bounds {
        let part = |percent: u32| u64::from(desired) * u64::from(percent);
        let count = |tasks: u64| u32::try_from(tasks).unwrap_or(u32::MAX);
        Bounds {
            minimum_healthy: count(part(self.minimum_healthy_percent).div_ceil(100)),
            maximum_total: count(part(self.maximum_percent) / 100),
        }
    }
}

/// The desired count, limited to a scalable target's `MinCapacity` and `MaxCapacity`
/// (facts/ecs.md 173). When the minimum is above the maximum, the maximum applies.
pub fn within_capacity(desired: u32, minimum: u32, maximum: u32) -> u32 {
    desired.max(minimum).min(maximum)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(desired: u32, minimum: u32, maximum: u32) -> (u32, u32) {
        let configuration = DeploymentConfiguration {
            minimum_healthy_percent: minimum,
            maximum_percent: maximum,
        };
        let bounds = configuration.bounds(desired);
        (bounds.minimum_healthy, bounds.maximum_total)
    }

    #[test]
    fn fact_193_the_minimum_is_rounded_up_and_the_maximum_down() {
        assert_eq!(bounds(5, 50, 150), (3, 7));
        assert_eq!(bounds(1, 50, 150), (1, 1));
        assert_eq!(bounds(3, 100, 200), (3, 6));
        assert_eq!(bounds(0, 100, 200), (0, 0));
        let default = DeploymentConfiguration::default().bounds(4);
        assert_eq!((default.minimum_healthy, default.maximum_total), (4, 8));
    }

    #[test]
    fn fact_195_worked_examples() {
        let (minimum, _) = bounds(4, 50, 200);
        assert_eq!(4 - minimum, 2, "two may be stopped first");
        let (_, maximum) = bounds(4, 100, 200);
        assert_eq!(maximum - 4, 4, "four may be started first");
    }

    #[test]
    fn the_desired_count_stays_within_its_capacity() {
        assert_eq!(within_capacity(3, 4, 60), 4);
        assert_eq!(within_capacity(70, 4, 60), 60);
        assert_eq!(within_capacity(7, 4, 60), 7);
    }
}
