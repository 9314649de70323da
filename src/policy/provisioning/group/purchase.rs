//! On-Demand or Spot: the purchase option of the next launch and the next termination of a mixed
//! group (facts/ecs.md 162, 168).

/// How an instance is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PurchaseOption {
    /// On demand.
    OnDemand,
    /// On the Spot market.
    Spot,
}

/// The instances distribution of a mixed instances policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstancesDistribution {
    /// `OnDemandBaseCapacity`: this number of instances is On-Demand first.
    pub on_demand_base: u32,
    /// `OnDemandPercentageAboveBaseCapacity`: the percentage of On-Demand instances above the base,
    /// 0 to 100.
    pub on_demand_percentage_above_base: u32,
}

impl Default for InstancesDistribution {
    /// facts/ecs.md 168: all On-Demand.
    fn default() -> Self {
        Self {
            on_demand_base: 0,
            on_demand_percentage_above_base: 100,
        }
    }
}

impl InstancesDistribution {
    /// The number of On-Demand instances among `total`. The share above the base is rounded up, in
    /// favour of On-Demand (an assumption).
    pub fn on_demand_of(&self, total: u32) -> u32 {
        let base = self.on_demand_base.min(total);
        let above = u64::from(total - base);
        let percent = u64::from(self.on_demand_percentage_above_base.min(100));
        let share = (above * percent).div_ceil(100);
        base + u32::try_from(share).expect("a share of a u32")
    }

    /// The purchase option of the next launch, given the number of instances of each option.
    pub fn next(&self, on_demand: u32, spot: u32) -> PurchaseOption {
        let total = on_demand.saturating_add(spot).saturating_add(1);
        if on_demand < self.on_demand_of(total) {
            PurchaseOption::OnDemand
        } else {
            PurchaseOption::Spot
        }
    }

    /// The purchase option of the next termination, given the number of instances of each option:
    /// it restores the ratio (162).
    pub fn first_to_go(&self, on_demand: u32, spot: u32) -> PurchaseOption {
        let total = on_demand.saturating_add(spot).saturating_sub(1);
        if on_demand > self.on_demand_of(total) {
            PurchaseOption::OnDemand
        } else {
            PurchaseOption::Spot
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use PurchaseOption::{OnDemand, Spot};

    fn launched(distribution: InstancesDistribution, count: u32) -> Vec<PurchaseOption> {
        let mut counts = (0, 0);
        let mut launched = Vec::new();
        for _ in 0..count {
            let option = distribution.next(counts.0, counts.1);
            match option {
                OnDemand => counts.0 += 1,
                Spot => counts.1 += 1,
            }
            launched.push(option);
        }
        launched
    }

    #[test]
    fn fact_168_all_is_on_demand_unless_set() {
        assert_eq!(launched(InstancesDistribution::default(), 3), [OnDemand; 3]);
    }

    #[test]
    fn fact_168_the_base_comes_first_then_the_share() {
        let distribution = InstancesDistribution {
            on_demand_base: 2,
            on_demand_percentage_above_base: 25,
        };
        let first = launched(distribution, 7);
        assert_eq!(
            first,
            [OnDemand, OnDemand, OnDemand, Spot, Spot, Spot, OnDemand]
        );
        assert_eq!(distribution.on_demand_of(1), 1);
        assert_eq!(distribution.on_demand_of(10), 4);
    }

    #[test]
    fn without_a_share_all_beyond_the_base_is_spot() {
        let distribution = InstancesDistribution {
            on_demand_base: 1,
            on_demand_percentage_above_base: 0,
        };
        assert_eq!(launched(distribution, 4), [OnDemand, Spot, Spot, Spot]);
    }

    #[test]
    fn fact_162_what_is_too_many_goes_first() {
        let half = InstancesDistribution {
            on_demand_base: 0,
            on_demand_percentage_above_base: 50,
        };
        assert_eq!(half.first_to_go(4, 2), OnDemand);
        assert_eq!(half.first_to_go(3, 3), Spot);
        assert_eq!(half.first_to_go(1, 5), Spot);
        assert_eq!(half.first_to_go(0, 0), Spot);
    }
}
