//! Target tracking of Application Auto Scaling: the desired count that the policies of a service ask for
//! (facts/ecs.md 176, 177, 181 to 183).

/// What one target tracking policy sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tracked {
    /// Its alarm above the target is in ALARM.
    pub is_high: bool,
    /// Its alarm below the target is in ALARM.
    pub is_low: bool,
    /// It may scale in.
    pub scales_in: bool,
    /// The number of tasks that would bring the metric to its target: [`capacity`].
    pub capacity: u32,
}

/// The desired count of a service and its bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScalableTarget {
    /// The desired count.
    pub desired: u32,
    /// `MinCapacity`.
    pub minimum: u32,
    /// `MaxCapacity`.
    pub maximum: u32,
}

/// The number of tasks that brings a metric to its target, when `running` tasks give the value `metric`:
/// running × metric ÷ target, rounded up (176, 177). Metric and target have the same unit; the target is
/// above zero.
pub fn capacity(running: u32, metric: u64, target: u64) -> u32 {
    let needed = u128::from(running) * u128::from(metric);
    u32::try_from(needed.div_ceil(target.into())).unwrap_or(u32::MAX)
}

/// The desired count that the policies ask for, and which of them decides; `None`: it stays. The largest
/// capacity wins. They scale out if any policy wants it, and in only if all that may scale in agree and
/// `may_scale_in` holds (181, 182). A scale-out lifts the desired count to the minimum at least, a scale-in
/// lowers it to the maximum at least (183).
pub fn target_tracking(
    policies: &[Tracked],
    target: ScalableTarget,
    may_scale_in: bool,
) -> Option<(u32, usize)> {
    let numbered = || policies.iter().enumerate();
    let high = numbered().filter(|(_, policy)| policy.is_high);
    if let Some((number, most)) = largest(high) {
        let to = most.max(target.minimum).min(target.maximum);
        return (to > target.desired).then_some((to, number));
    }
    let low = numbered().filter(|(_, policy)| policy.scales_in);
    if !may_scale_in || low.clone().any(|(_, policy)| !policy.is_low) {
        return None;
    }
    let (number, most) = largest(low)?;
    let to = most.max(target.minimum).min(target.maximum);
    (to < target.desired).then_some((to, number))
}

/// The number of the first policy with the largest capacity, and that capacity.
fn largest<'a>(policies: impl Iterator<Item = (usize, &'a Tracked)>) -> Option<(usize, u32)> {
    let capacities = policies.map(|(number, policy)| (number, policy.capacity));
    capacities.reduce(|best, next| if next.1 > best.1 { next } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Tracked = Tracked {
        is_high: false,
        is_low: false,
        scales_in: true,
        capacity: 0,
    };

    fn high(capacity: u32) -> Tracked {
        Tracked {
            is_high: true,
            capacity,
            ..NONE
        }
    }

    fn low(capacity: u32) -> Tracked {
        Tracked {
            is_low: true,
            capacity,
            ..NONE
        }
    }

    fn decided(policies: &[Tracked], desired: u32, bounds: (u32, u32)) -> Option<u32> {
        let target = ScalableTarget {
            desired,
            minimum: bounds.0,
            maximum: bounds.1,
        };
        target_tracking(policies, target, true).map(|(to, _)| to)
    }

    #[test]
    fn fact_176_the_need_is_rounded_up() {
        assert_eq!(capacity(10, 75, 50), 15);
        assert_eq!(capacity(3, 75, 50), 5, "4.5 is 5");
        assert_eq!(capacity(10, 31, 50), 7, "6.2 is 7: 10 × 31 ÷ 7 is below 50");
        assert_eq!(capacity(0, 75, 50), 0);
        assert_eq!(capacity(u32::MAX, u64::MAX, 1), u32::MAX);
    }

    #[test]
    fn fact_181_any_policy_scales_out_and_all_must_agree_to_scale_in() {
        let all = (0, 100);
        assert_eq!(decided(&[high(6), high(8)], 4, all), Some(8));
        assert_eq!(decided(&[high(6), low(2)], 4, all), Some(6));
        assert_eq!(decided(&[low(2), low(3)], 4, all), Some(3));
        assert_eq!(decided(&[low(2), NONE], 4, all), None);
        let only_out = Tracked {
            scales_in: false,
            ..NONE
        };
        assert_eq!(decided(&[low(2), only_out], 4, all), Some(2));
        assert_eq!(decided(&[only_out], 4, all), None);
        assert_eq!(decided(&[high(4)], 4, all), None, "it has that number");
        assert_eq!(
            decided(&[high(3)], 4, all),
            None,
            "tasks that start will help"
        );
    }

    #[test]
    fn fact_182_no_scale_in_during_a_deployment() {
        let target = ScalableTarget {
            desired: 4,
            minimum: 0,
            maximum: 10,
        };
        assert_eq!(target_tracking(&[low(2)], target, false), None);
        assert_eq!(target_tracking(&[high(6)], target, false), Some((6, 0)));
    }

    #[test]
    fn fact_183_a_desired_count_outside_of_its_bounds() {
        assert_eq!(decided(&[high(2)], 1, (5, 10)), Some(5));
        assert_eq!(decided(&[low(0)], 1, (5, 10)), None);
        assert_eq!(decided(&[low(2)], 20, (5, 10)), Some(5));
        assert_eq!(decided(&[low(15)], 20, (5, 10)), Some(10));
        assert_eq!(decided(&[high(30)], 20, (5, 10)), None);
    }
}
