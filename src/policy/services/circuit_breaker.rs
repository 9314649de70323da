//! The deployment circuit breaker: the number of failed tasks at which a deployment has failed
//! (facts/ecs.md 208 to 213).

/// `deploymentCircuitBreaker` of a service whose circuit breaker is enabled (facts/ecs.md 208).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CircuitBreaker {
    /// `rollback`: a failed deployment is followed by one of the revision that completed last.
    pub rollback: bool,
    /// `resetOnHealthyTask`: the count of failures becomes 0 when a task becomes healthy.
    pub reset_on_healthy_task: bool,
    /// `thresholdConfiguration`.
    pub threshold: Threshold,
}

/// `thresholdConfiguration`: the number of failed tasks at which a deployment has failed
/// (facts/ecs.md 208, 209).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threshold {
    /// `BOUNDED_PERCENT`: per cent of the desired count, rounded up, at least 3 and at most 200.
    BoundedPercent(u32),
    /// `UNBOUNDED_PERCENT`: per cent of the desired count, rounded up, at least 1. The least value
    /// is an assumption.
    UnboundedPercent(u32),
    /// `COUNT`: this number of tasks.
    Count(u32),
}

impl Default for CircuitBreaker {
    /// Without rollback; the other values are AWS's defaults.
    fn default() -> Self {
        Self {
            rollback: false,
            reset_on_healthy_task: true,
            threshold: Threshold::BoundedPercent(50),
        }
    }
}

impl Threshold {
    /// The number of failed tasks at which a deployment of a service with this desired count has
    /// failed.
    pub fn failures(self, desired: u32) -> u32 {
        let part = |percent: u32| {
            let tasks = (u64::from(desired) * u64::from(percent)).div_ceil(100);
            u32::try_from(tasks).unwrap_or(u32::MAX)
        };
        match self {
            Self::BoundedPercent(percent) => part(percent).clamp(3, 200),
            Self::UnboundedPercent(percent) => part(percent).max(1),
            Self::Count(count) => count,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fact_210_worked_examples() {
        let half = CircuitBreaker::default().threshold;
        assert_eq!(half.failures(1), 3);
        assert_eq!(half.failures(800), 200);
        assert_eq!(half.failures(25), 13, "12.5 is rounded up");
    }

    #[test]
    fn fact_209_only_bounded_percentages_are_clamped() {
        assert_eq!(Threshold::UnboundedPercent(50).failures(1), 1);
        assert_eq!(Threshold::UnboundedPercent(50).failures(800), 400);
        assert_eq!(Threshold::UnboundedPercent(50).failures(0), 1);
        assert_eq!(Threshold::Count(7).failures(800), 7);
    }
}
