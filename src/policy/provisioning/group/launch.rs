//! The zones and instance types of an Auto Scaling group in the order in which a launch tries them.
//! The caller skips those without capacity.

use crate::units::Usd;

/// Indices of zones in the order to try: the fewest instances of the group first, ties in list
/// order (facts/ecs.md 163, 241). `instances` has the number of instances in each zone of the
/// group; `enabled` is true for zones that take launches.
pub fn zones_in_order(instances: &[u32], enabled: &[bool]) -> Vec<usize> {
    let open = |zone: &usize| enabled.get(*zone).copied().unwrap_or(false);
    let mut zones: Vec<usize> = (0..instances.len()).filter(open).collect();
    // The sort is stable: ties stay in list order.
    zones.sort_by_key(|zone| instances[*zone]);
    zones
}

/// How a group chooses among several instance types (facts/ecs.md 168).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AllocationStrategy {
    /// In the order of the list.
    Prioritized,
    /// The lowest price first.
    LowestPrice,
    /// The pools with the most spare capacity first. AWS does not publish spare capacity; here
    /// the lowest interruption band comes first, then the lowest price.
    CapacityOptimized,
    /// By spare capacity and price. AWS does not publish the rule; here the same order as
    /// [`AllocationStrategy::CapacityOptimized`].
    PriceCapacityOptimized,
}

/// An instance type that the group may launch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaunchCandidate {
    /// Its price per hour for the purchase option of the launch.
    pub price: Usd,
    /// The number of its published interruption band, 0 for the lowest; 0 for On-Demand.
    pub interruption_band: u32,
}

/// Indices into the group's list of instance types in the order to try; ties in list order.
pub fn types_in_order(strategy: AllocationStrategy, types: &[LaunchCandidate]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..types.len()).collect();
    // The sorts are stable: ties stay in list order.
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
