//! The desired count that the scaling policies of a service ask for, as Application Auto Scaling combines
//! them (facts/ecs.md 176, 177, 181 to 184).

use crate::units::SimTime;
use serde::{Deserialize, Serialize};

/// What one policy sees and wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicyView {
    /// It asks for more tasks: the alarm above its target is in ALARM, or a step adds tasks.
    pub is_high: bool,
    /// It asks for fewer tasks.
    pub is_low: bool,
    /// It may scale in.
    pub scales_in: bool,
    /// A step scaling policy: it scales in whatever others see. Target tracking policies must agree.
    pub is_step: bool,
    /// Its alarms have just been evaluated. Of others only what they saw last counts.
    pub acts: bool,
    /// The number of tasks that it asks for.
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

/// What keeps scaling policies from acting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Restraint {
    /// A deployment is in progress: no scale-in (182).
    pub is_deploying: bool,
    /// No scale-in before this time: the cooldown of one before (179).
    pub no_scale_in_until: Option<SimTime>,
    /// In the cooldown of a scale-out, until this time: the need is that of the tasks before it (179).
    pub scaled_out_until: Option<SimTime>,
}

/// Why a policy whose alarm is in ALARM changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum HeldBy {
    /// The desired count is already what it asks for, or beyond it: tasks start or stop.
    DesiredCount,
    /// In the cooldown of a scale-out its need is counted from the tasks before it, and is not larger than
    /// what was added.
    ScaleOutCooldown(SimTime),
    /// The cooldown of a scale-in.
    ScaleInCooldown(SimTime),
    /// `MaxCapacity`.
    Maximum,
    /// `MinCapacity`.
    Minimum,
    /// Another policy asks for more tasks.
    OtherPolicy,
    /// A deployment is in progress.
    Deployment,
    /// `disableScaleIn`.
    ScaleInDisabled,
    /// The control plane is out.
    ControlPlane,
    /// `mode: ForecastOnly`.
    ForecastOnly,
}

/// The number of tasks that brings a metric to its target, when `running` tasks give the value `metric`:
/// running × metric ÷ target, rounded up (176, 177). Metric and target have the same unit; the target is
/// above zero. Without a running task, one where the metric is above the target (184).
pub fn capacity(running: u32, metric: u64, target: u64) -> u32 {
    if running == 0 {
        return u32::from(metric > target);
    }
    let needed = u128::from(running) * u128::from(metric);
    u32::try_from(needed.div_ceil(target.into())).unwrap_or(u32::MAX)
}

/// The desired count that the policies ask for, and which of them decides; `None`: it stays. The largest
/// capacity wins. They scale out if any policy wants it, and in only if all target tracking policies that
/// may scale in agree (181, 182); a step scaling policy scales in without them. A scale-out lifts the
/// desired count to the minimum at least, a scale-in lowers it to the maximum at least (183).
pub fn scaled(
    policies: &[PolicyView],
    target: ScalableTarget,
    may_scale_in: bool,
) -> Option<(u32, usize)> {
    let numbered = || policies.iter().enumerate();
    let high = numbered().filter(|(_, policy)| policy.is_high && policy.acts);
    if let Some((number, most)) = largest(high) {
        let to = most.max(target.minimum).min(target.maximum);
        return (to > target.desired).then_some((to, number));
    }
    if !may_scale_in || policies.iter().any(|policy| policy.is_high) {
        return None;
    }
    let agreed = agreed(policies);
    let low = numbered().filter(|(_, policy)| {
        policy.is_low
            && policy.scales_in
            && (policy.is_step && policy.acts || agreed && !policy.is_step)
    });
    let (number, most) = largest(low)?;
    let to = most.max(target.minimum).min(target.maximum);
    (to < target.desired).then_some((to, number))
}

/// Why the policy with a number, which asks for a change, does not decide.
pub fn held_by(
    policies: &[PolicyView],
    number: usize,
    target: ScalableTarget,
    restraint: Restraint,
) -> HeldBy {
    let policy = policies[number];
    if policy.is_high {
        if target.desired >= target.maximum {
            return HeldBy::Maximum;
        }
        return match restraint.scaled_out_until {
            _ if policy.capacity > target.desired => HeldBy::OtherPolicy,
            Some(until) => HeldBy::ScaleOutCooldown(until),
            None => HeldBy::DesiredCount,
        };
    }
    if !policy.scales_in {
        return HeldBy::ScaleInDisabled;
    }
    if policies.iter().any(|other| other.is_high) || !policy.is_step && !agreed(policies) {
        return HeldBy::OtherPolicy;
    }
    if restraint.is_deploying {
        return HeldBy::Deployment;
    }
    if let Some(until) = restraint.no_scale_in_until {
        return HeldBy::ScaleInCooldown(until);
    }
    match policy.capacity < target.desired {
        true if target.desired <= target.minimum => HeldBy::Minimum,
        true => HeldBy::OtherPolicy,
        false => HeldBy::DesiredCount,
    }
}

/// True when all target tracking policies that may scale in want to.
fn agreed(policies: &[PolicyView]) -> bool {
    let mut tracking = policies
        .iter()
        .filter(|policy| policy.scales_in && !policy.is_step);
    tracking.all(|policy| policy.is_low)
}

/// The number of the first policy with the largest capacity, and that capacity.
fn largest<'a>(policies: impl Iterator<Item = (usize, &'a PolicyView)>) -> Option<(usize, u32)> {
    let capacities = policies.map(|(number, policy)| (number, policy.capacity));
    capacities.reduce(|best, next| if next.1 > best.1 { next } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: PolicyView = PolicyView {
        is_high: false,
        is_low: false,
        scales_in: true,
        is_step: false,
        acts: true,
        capacity: 0,
    };

    fn high(capacity: u32) -> PolicyView {
        PolicyView {
            is_high: true,
            capacity,
            ..NONE
        }
    }

    fn low(capacity: u32) -> PolicyView {
        PolicyView {
            is_low: true,
            capacity,
            ..NONE
        }
    }

    fn decided(policies: &[PolicyView], desired: u32, bounds: (u32, u32)) -> Option<u32> {
        let target = ScalableTarget {
            desired,
            minimum: bounds.0,
            maximum: bounds.1,
        };
        scaled(policies, target, true).map(|(to, _)| to)
    }

    #[test]
    fn fact_176_the_need_is_rounded_up() {
        assert_eq!(capacity(10, 75, 50), 15);
        assert_eq!(capacity(3, 75, 50), 5, "4.5 is 5");
        assert_eq!(capacity(10, 31, 50), 7, "6.2 is 7: 10 × 31 ÷ 7 is below 50");
        // Without a running task, by the smallest step (184).
        assert_eq!((capacity(0, 75, 50), capacity(0, 50, 50)), (1, 0));
        assert_eq!(capacity(u32::MAX, u64::MAX, 1), u32::MAX);
    }

    #[test]
    fn fact_181_any_policy_scales_out_and_all_must_agree_to_scale_in() {
        let all = (0, 100);
        assert_eq!(decided(&[high(6), high(8)], 4, all), Some(8));
        assert_eq!(decided(&[high(6), low(2)], 4, all), Some(6));
        assert_eq!(decided(&[low(2), low(3)], 4, all), Some(3));
        assert_eq!(decided(&[low(2), NONE], 4, all), None);
        let only_out = PolicyView {
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
        assert_eq!(scaled(&[low(2)], target, false), None);
        assert_eq!(scaled(&[high(6)], target, false), Some((6, 0)));
    }

    #[test]
    fn fact_183_a_desired_count_outside_of_its_bounds() {
        assert_eq!(decided(&[high(2)], 1, (5, 10)), Some(5));
        assert_eq!(decided(&[low(0)], 1, (5, 10)), None);
        assert_eq!(decided(&[low(2)], 20, (5, 10)), Some(5));
        assert_eq!(decided(&[low(15)], 20, (5, 10)), Some(10));
        assert_eq!(decided(&[high(30)], 20, (5, 10)), None);
    }

    fn step_in(capacity: u32) -> PolicyView {
        PolicyView {
            is_step: true,
            ..low(capacity)
        }
    }

    #[test]
    fn fact_181_a_step_scales_in_without_the_agreement_of_target_tracking() {
        let all = (0, 100);
        assert_eq!(decided(&[step_in(3)], 4, all), Some(3));
        assert_eq!(decided(&[step_in(2), NONE], 4, all), Some(2));
        assert_eq!(decided(&[step_in(2), low(3)], 4, all), Some(3));
        assert_eq!(decided(&[step_in(2), high(6)], 4, all), Some(6));
        let idle_step = PolicyView {
            is_step: true,
            ..NONE
        };
        assert_eq!(decided(&[idle_step, low(3)], 4, all), Some(3));
    }

    #[test]
    fn policies_of_another_period_count_with_what_they_saw_last() {
        let earlier = |policy: PolicyView| PolicyView {
            acts: false,
            ..policy
        };
        let all = (0, 100);
        assert_eq!(decided(&[earlier(high(8)), low(2)], 4, all), None);
        assert_eq!(decided(&[earlier(low(3)), low(2)], 4, all), Some(3));
        assert_eq!(decided(&[earlier(NONE), low(2)], 4, all), None);
        assert_eq!(decided(&[earlier(step_in(2)), high(5)], 4, all), Some(5));
    }

    #[test]
    fn a_policy_that_changes_nothing_is_told_why() {
        let target = |desired| ScalableTarget {
            desired,
            minimum: 2,
            maximum: 9,
        };
        let free = Restraint::default();
        let until = SimTime::micros(7);
        let out = Restraint {
            scaled_out_until: Some(until),
            ..free
        };
        let busy = Restraint {
            is_deploying: true,
            ..free
        };
        let after = Restraint {
            no_scale_in_until: Some(until),
            ..free
        };
        for (policies, desired, restraint, why) in [
            (vec![high(6)], 6, free, HeldBy::DesiredCount),
            (vec![high(6)], 6, out, HeldBy::ScaleOutCooldown(until)),
            (vec![high(20)], 9, free, HeldBy::Maximum),
            (vec![high(6), high(8)], 4, free, HeldBy::OtherPolicy),
            (vec![low(2), NONE], 4, free, HeldBy::OtherPolicy),
            (vec![low(3)], 4, busy, HeldBy::Deployment),
            (vec![low(3)], 4, after, HeldBy::ScaleInCooldown(until)),
            (vec![low(1)], 2, free, HeldBy::Minimum),
            (vec![low(4)], 4, free, HeldBy::DesiredCount),
        ] {
            assert_eq!(held_by(&policies, 0, target(desired), restraint), why);
        }
        let only_out = PolicyView {
            scales_in: false,
            ..low(3)
        };
        assert_eq!(
            held_by(&[only_out], 0, target(4), free),
            HeldBy::ScaleInDisabled
        );
    }
}
