//! ECS Managed Instances: the settings of a provider, what AWS does not publish, and the fee.

use crate::units::{Ratio, Span, Usd};

/// The settings of a Managed Instances provider (facts/ecs.md 42a). Its types, zones and volumes are
/// those of the [`AutoScalingGroup`](super::AutoScalingGroup) that they belong to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ManagedInstances {
    /// `infrastructureOptimization.scaleInAfter`.
    pub scale_in_after: ScaleInAfter,
}

/// How long an instance is idle or underused before ECS removes it (facts/ecs.md 42j).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScaleInAfter {
    /// `null`: the assumption.
    #[default]
    Assumed,
    /// `-1`: ECS removes none.
    Never,
    /// 0 to 3,600 seconds.
    After(Span),
}

impl ManagedInstances {
    /// How long an instance is idle or underused before ECS removes it; `None`: it is not removed.
    pub fn scale_in_after(&self, assumed: &InstanceManagement) -> Option<Span> {
        match self.scale_in_after {
            ScaleInAfter::Assumed => Some(assumed.scale_in_after),
            ScaleInAfter::Never => None,
            ScaleInAfter::After(span) => Some(span),
        }
    }
}

/// What AWS does not publish of ECS Managed Instances, and three documented values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstanceManagement {
    /// From the first task that needs an instance until ECS launches instances; also the shortest
    /// time between two looks for idle and underused ones.
    pub look_interval: Span,
    /// The most waiting tasks that one new instance is chosen for.
    pub tasks_per_instance: u32,
    /// How long an instance is idle or underused before it is removed, where a provider sets none.
    pub scale_in_after: Span,
    /// The share of its price that the replacement of an underused instance must save.
    pub least_saving: Ratio,
    /// The age at which an instance is set to DRAINING.
    pub maximum_age: Span,
    /// How long an instance of that age may drain.
    pub drain_for: Span,
    /// The fee of general types as a share of their price on demand.
    pub fee: Ratio,
}

impl Default for InstanceManagement {
    fn default() -> Self {
        Self {
            look_interval: Span::seconds(5),
            tasks_per_instance: 1_000,
            scale_in_after: Span::seconds(90),
            least_saving: Ratio::millionths(200_000).expect("below one"),
            maximum_age: Span::hours(14 * 24),
            drain_for: Span::hours(7 * 24),
            fee: Ratio::millionths(120_000).expect("below one"),
        }
    }
}

/// 1 July 2026, 00:00 UTC, in Unix seconds: from then on the fee is lower for some types
/// (facts/pricing.md 2).
const LOWER_FEES_FROM: i64 = 1_782_864_000;

impl InstanceManagement {
    /// The management fee per hour of an instance with this price on demand, on demand and on Spot alike.
    /// From 1 July 2026 it is 35 % lower for G types and 60 % lower for P and Trn types
    /// (facts/pricing.md 2). `name` is that of a type of the catalog, empty for one's own.
    pub fn fee_per_hour(&self, name: &str, on_demand: Usd, start_unix_seconds: i64) -> Usd {
        let left_in_percent = match (start_unix_seconds >= LOWER_FEES_FROM, family(name)) {
            (true, "g" | "gr") => 65,
            (true, "p" | "trn") => 40,
            _ => 100,
        };
        let share = u128::from(self.fee.as_millionths()) * left_in_percent;
        on_demand.times(share, u128::from(Ratio::MILLIONTHS) * 100)
    }
}

/// The letters before the generation in the name of an instance type: `g` of `g4dn.xlarge`.
fn family(name: &str) -> &str {
    let end = name.find(|c: char| !c.is_ascii_lowercase());
    &name[..end.unwrap_or(name.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// AWS's example: 0.037 for a c6a.2xlarge, which costs 0.306 on demand (facts/pricing.md 2).
    #[test]
    fn pricing_2_the_fee_is_a_share_of_the_price_on_demand() {
        let fee = |name, price: &str, start| {
            let price = price.parse().expect("a price");
            let fee = InstanceManagement::default().fee_per_hour(name, price, start);
            fee.to_string()
        };
        let (before, after) = (LOWER_FEES_FROM - 1, LOWER_FEES_FROM);
        assert_eq!(fee("c6a.2xlarge", "0.306", after), "$0.03672");
        assert_eq!(fee("g5.xlarge", "1", before), "$0.12");
        assert_eq!(fee("g5.xlarge", "1", after), "$0.078");
        assert_eq!(fee("gr6.4xlarge", "1", after), "$0.078");
        assert_eq!(fee("p5.48xlarge", "1", after), "$0.048");
        assert_eq!(fee("trn1.2xlarge", "1", after), "$0.048");
        assert_eq!(fee("", "1", after), "$0.12");
    }
}
