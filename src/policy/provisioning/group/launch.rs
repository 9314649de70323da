//! Where and what an Auto Scaling group launches next: zones and instance types in the
//! order in which they are tried, so that those without capacity can be skipped.

use crate::units::Usd;

/// Zones in the order to try, by index: the fewest instances of the group first, ties as
/// listed (facts/ecs.md 163, 241). `instances` has one count per zone of the group; `enabled`
/// says which of them may be launched into.
pub fn zones_in_order(instances: &[u32], enabled: &[bool]) -> Vec<usize> {
    let open = |zone: &usize| enabled.get(*zone).copied().unwrap_or(false);
    let mut zones: Vec<usize> = (0..instances.len()).filter(open).collect();
    // Stable, so that equals stay as listed.
    zones.sort_by_key(|zone| instances[*zone]);
    zones
}

/// How a group with several instance types chooses among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AllocationStrategy {
    /// In the order of the list.
    Prioritized,
    /// The lowest price first.
    LowestPrice,
    /// The pools with the most spare capacity first. AWS does not publish it; here the
    /// lowest interruption band, then the lowest price stand for it.
    CapacityOptimized,
    /// Spare capacity and price together. AWS does not publish how; here as
    /// [`AllocationStrategy::CapacityOptimized`].
    PriceCapacityOptimized,
}

/// An instance type that the group may launch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaunchCandidate {
    /// Its price of an hour, by the purchase option in question.
    pub price: Usd,
    /// How often its Spot instances are interrupted: the number of the published band, 0
    /// for the lowest. 0 for On-Demand.
    pub interruption_band: u32,
}

/// Instance types in the order to try, by index into the group's list; ties as listed.
pub fn types_in_order(strategy: AllocationStrategy, types: &[LaunchCandidate]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..types.len()).collect();
    // Stable sorts, so that equals stay as listed.
    match strategy {
        AllocationStrategy::Prioritized => {}
        AllocationStrategy::LowestPrice => order.sort_by_key(|index| types[*index].price),
        AllocationStrategy::CapacityOptimized | AllocationStrategy::PriceCapacityOptimized => {
            order.sort_by_key(|index| (types[*index].interruption_band, types[*index].price));
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fact_163_the_enabled_zone_with_the_fewest_comes_first() {
        assert_eq!(zones_in_order(&[2, 1, 1], &[true; 3]), [1, 2, 0]);
        assert_eq!(zones_in_order(&[2, 1, 1], &[true, false, true]), [2, 0]);
        assert_eq!(zones_in_order(&[0, 0, 0], &[true; 3]), [0, 1, 2]);
        assert!(zones_in_order(&[3], &[false]).is_empty());
    }

    #[test]
    fn types_are_tried_by_list_price_or_interruptions() {
        let candidate = |cents: i128, interruption_band| LaunchCandidate {
            price: Usd::nanos(cents * 10_000_000),
            interruption_band,
        };
        let types = [
            candidate(9, 1),
            candidate(7, 3),
            candidate(7, 0),
            candidate(12, 0),
        ];
        let order = |strategy| types_in_order(strategy, &types);
        assert_eq!(order(AllocationStrategy::Prioritized), [0, 1, 2, 3]);
        assert_eq!(order(AllocationStrategy::LowestPrice), [1, 2, 0, 3]);
        assert_eq!(order(AllocationStrategy::CapacityOptimized), [2, 3, 0, 1]);
        let both = order(AllocationStrategy::PriceCapacityOptimized);
        assert_eq!(both, [2, 3, 0, 1]);
    }
}
