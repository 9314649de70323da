//! Which instances an Auto Scaling group terminates when it is scaled in (facts/ecs.md 162).
//!
//! Instances are chosen one at a time. First the zone with the most instances is chosen, among the
//! zones that have an unprotected one. Then the termination policies apply in order; each keeps
//! some of the candidates. The last tie is decided at random.

use super::{InstancesDistribution, PurchaseOption};
use crate::units::{HOUR, SimTime};

/// How a group chooses an instance within the zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TerminationPolicy {
    /// In order: the purchase option that restores the ratio, the type that the allocation strategy
    /// prefers least, an old launch template, the least time to the next full hour.
    Default,
    /// The oldest launch.
    OldestInstance,
    /// The newest launch.
    NewestInstance,
    /// An old version of the launch template.
    OldestLaunchTemplate,
    /// The purchase option that restores the ratio, then the type that the allocation strategy
    /// prefers least.
    AllocationStrategy,
    /// The least time to the next full hour since its launch.
    ClosestToNextInstanceHour,
}

/// An instance of the group that is not terminating yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TerminationCandidate {
    /// Its zone, as an index.
    pub zone: usize,
    /// Time of its launch.
    pub launched: SimTime,
    /// True when it is protected from scale-in (158).
    pub protected: bool,
    /// Its purchase option.
    pub purchase: PurchaseOption,
    /// Rank of its type in the order of the allocation strategy, 0 for the first.
    pub type_rank: u32,
    /// True when it was launched from an older template than the group has now.
    pub is_outdated: bool,
    /// Its random number, by which the last tie is decided.
    pub key: u64,
}

/// The rules of one group at one time.
#[derive(Clone, Copy, Debug)]
pub struct Terminations<'a> {
    /// The policies, in order.
    pub policies: &'a [TerminationPolicy],
    /// The instances distribution of a mixed group.
    pub distribution: InstancesDistribution,
    /// The simulated time.
    pub now: SimTime,
}

impl Terminations<'_> {
    /// Indices of the instances to terminate, in order: `count` of them, or fewer when the others
    /// are protected.
    pub fn choose(&self, instances: &[TerminationCandidate], count: u32) -> Vec<usize> {
        let mut left: Vec<usize> = (0..instances.len()).collect();
        let mut chosen = Vec::new();
        for _ in 0..count {
            let Some(next) = self.next(instances, &left) else {
                break;
            };
            left.retain(|index| *index != next);
            chosen.push(next);
        }
        chosen
    }

    fn next(&self, instances: &[TerminationCandidate], left: &[usize]) -> Option<usize> {
        let mut candidates = in_fullest_zones(instances, left);
        for policy in self.policies {
            for step in steps(*policy) {
                self.narrow(*step, &mut candidates, instances, left);
            }
        }
        // At random, as EC2 Auto Scaling documents it. By age or id the fullest would go: binpack
        // fills those first.
        candidates
            .into_iter()
            .min_by_key(|index| instances[*index].key)
    }

    /// Keeps the candidates that one criterion terminates first.
    fn narrow(
        &self,
        step: Step,
        candidates: &mut Vec<usize>,
        instances: &[TerminationCandidate],
        left: &[usize],
    ) {
        let terminated = (step == Step::Purchase).then(|| self.purchase_to_go(instances, left));
        keep_least(candidates, |index| {
            let instance = &instances[index];
            let age = self.now.since(instance.launched).as_micros();
            match step {
                Step::Purchase => u64::from(Some(instance.purchase) != terminated),
                Step::LeastAligned => u64::from(u32::MAX - instance.type_rank),
                Step::Outdated => u64::from(!instance.is_outdated),
                Step::NextHour => HOUR - age % HOUR,
                Step::Oldest => instance.launched.as_micros(),
                Step::Newest => u64::MAX - instance.launched.as_micros(),
            }
        });
    }

    /// The purchase option that restores the ratio among the instances that are left.
    fn purchase_to_go(&self, all: &[TerminationCandidate], left: &[usize]) -> PurchaseOption {
        let spot = |index: &&usize| all[**index].purchase == PurchaseOption::Spot;
        let count = |n: usize| u32::try_from(n).expect("a group has fewer instances than that");
        let spots = left.iter().filter(spot).count();
        self.distribution
            .first_to_go(count(left.len() - spots), count(spots))
    }
}

/// One criterion of a policy.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Purchase,
    LeastAligned,
    Outdated,
    NextHour,
    Oldest,
    Newest,
}

/// The criteria of a policy, in order.
fn steps(policy: TerminationPolicy) -> &'static [Step] {
    match policy {
        TerminationPolicy::Default => &[
            Step::Purchase,
            Step::LeastAligned,
            Step::Outdated,
            Step::NextHour,
        ],
        TerminationPolicy::OldestInstance => &[Step::Oldest],
        TerminationPolicy::NewestInstance => &[Step::Newest],
        TerminationPolicy::OldestLaunchTemplate => &[Step::Outdated],
        TerminationPolicy::AllocationStrategy => &[Step::Purchase, Step::LeastAligned],
        TerminationPolicy::ClosestToNextInstanceHour => &[Step::NextHour],
    }
}

/// The unprotected instances in the zones with the most instances of the group. Protected instances
/// count for their zone, but a zone without an unprotected one is left out. With a tie the
/// instances of all tied zones stay, and the policies decide.
fn in_fullest_zones(instances: &[TerminationCandidate], left: &[usize]) -> Vec<usize> {
    let zones = instances.iter().map(|i| i.zone + 1).max().unwrap_or(0);
    let mut sizes = vec![0_u64; zones];
    for index in left {
        sizes[instances[*index].zone] += 1;
    }
    let open = |index: &usize| !instances[*index].protected;
    let mut open: Vec<usize> = left.iter().copied().filter(open).collect();
    keep_least(&mut open, |index| u64::MAX - sizes[instances[index].zone]);
    open
}

/// Keeps the indices with the least key.
fn keep_least(indices: &mut Vec<usize>, key: impl Fn(usize) -> u64) {
    let least = indices.iter().map(|index| key(*index)).min();
    indices.retain(|index| Some(key(*index)) == least);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Span;

    fn instance(key: u64, zone: usize, minute: u64) -> TerminationCandidate {
        TerminationCandidate {
            zone,
            launched: SimTime::ZERO + Span::seconds(60 * minute),
            protected: false,
            purchase: PurchaseOption::OnDemand,
            type_rank: 0,
            is_outdated: false,
            key,
        }
    }

    fn choose(
        policy: TerminationPolicy,
        instances: &[TerminationCandidate],
        count: u32,
    ) -> Vec<usize> {
        let rules = Terminations {
            policies: &[policy],
            distribution: InstancesDistribution::default(),
            now: SimTime::ZERO + Span::seconds(150 * 60),
        };
        rules.choose(instances, count)
    }

    #[test]
    fn fact_162_the_zone_with_most_comes_first() {
        let instances = [
            instance(0, 0, 0),
            instance(1, 1, 5),
            instance(2, 1, 6),
            instance(3, 1, 7),
            instance(4, 0, 8),
        ];
        let oldest = TerminationPolicy::OldestInstance;
        // Zone 1 has three; then both have two, and the oldest of all goes.
        assert_eq!(choose(oldest, &instances, 3), [1, 0, 2]);
        let newest = TerminationPolicy::NewestInstance;
        assert_eq!(choose(newest, &instances, 2), [3, 4]);
    }

    #[test]
    fn fact_162_a_zone_without_unprotected_instances_is_left_out() {
        let mut instances = [
            instance(0, 0, 0),
            instance(1, 0, 1),
            instance(2, 0, 2),
            instance(3, 1, 3),
        ];
        for instance in &mut instances[..3] {
            instance.protected = true;
        }
        assert_eq!(choose(TerminationPolicy::Default, &instances, 4), [3]);
    }

    #[test]
    fn fact_162_protected_instances_count_for_their_zone() {
        let mut instances = [instance(0, 0, 9), instance(1, 0, 1), instance(2, 1, 0)];
        instances[1].protected = true;
        let chosen = choose(TerminationPolicy::OldestInstance, &instances, 2);
        assert_eq!(chosen, [0, 2]);
    }

    #[test]
    fn fact_162_default_takes_old_templates_before_the_next_hour() {
        // At minute 150 those launched at 35, 91 and 40 have 5, 1 and 10 minutes to go.
        let mut instances = [instance(0, 0, 35), instance(1, 0, 91), instance(2, 0, 40)];
        let policy = TerminationPolicy::Default;
        assert_eq!(choose(policy, &instances, 3), [1, 0, 2]);
        instances[2].is_outdated = true;
        assert_eq!(choose(policy, &instances, 3), [2, 1, 0]);
        let next_hour = TerminationPolicy::ClosestToNextInstanceHour;
        assert_eq!(choose(next_hour, &instances, 1), [1]);
        let template = TerminationPolicy::OldestLaunchTemplate;
        assert_eq!(choose(template, &instances, 2), [2, 0]);
    }

    #[test]
    fn fact_162_mixed_groups_restore_their_ratio_first() {
        let mut instances = [
            instance(0, 0, 0),
            instance(1, 0, 1),
            instance(2, 0, 2),
            instance(3, 0, 3),
        ];
        for instance in &mut instances[2..] {
            instance.purchase = PurchaseOption::Spot;
        }
        instances[3].type_rank = 4;
        let distribution = InstancesDistribution {
            on_demand_base: 1,
            on_demand_percentage_above_base: 0,
        };
        for policy in [
            TerminationPolicy::Default,
            TerminationPolicy::AllocationStrategy,
        ] {
            let rules = Terminations {
                policies: &[policy],
                distribution,
                now: SimTime::ZERO,
            };
            // One On-Demand too many, then the Spot type of the last choice.
            let chosen = rules.choose(&instances, 2);
            assert!(chosen[0] < 2);
            assert_eq!(chosen[1], 3);
        }
    }

    #[test]
    fn fact_162_the_last_tie_is_decided_by_the_random_numbers() {
        // All are at the same point of their hour, whatever their age.
        let instances = [instance(8, 0, 60), instance(9, 0, 0), instance(3, 0, 0)];
        let chosen = choose(TerminationPolicy::Default, &instances, 3);
        assert_eq!(chosen, [2, 0, 1]);
        // Those of one launch are equally old.
        let chosen = choose(TerminationPolicy::OldestInstance, &instances, 3);
        assert_eq!(chosen, [2, 1, 0]);
        assert!(choose(TerminationPolicy::Default, &[], 3).is_empty());
    }

    #[test]
    fn policies_apply_in_order() {
        let mut instances = [instance(0, 0, 0), instance(1, 0, 1), instance(2, 0, 2)];
        instances[0].is_outdated = true;
        instances[1].is_outdated = true;
        let rules = Terminations {
            policies: &[
                TerminationPolicy::OldestLaunchTemplate,
                TerminationPolicy::NewestInstance,
            ],
            distribution: InstancesDistribution::default(),
            now: SimTime::ZERO,
        };
        assert_eq!(rules.choose(&instances, 3), [1, 0, 2]);
    }
}
