//! ECS Managed Instances: the settings of a provider, what AWS does not publish, and the fee.

use super::InstanceType;
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
    /// The management fee of an instance per hour, on demand and on Spot alike: a share of the price on
    /// demand. From 1 July 2026 it is 35 % lower for G types and 60 % lower for P and Trn types
    /// (facts/pricing.md 2). `None` where the price is not known.
    pub fn fee_per_hour(&self, kind: &InstanceType, start_unix_seconds: i64) -> Option<Usd> {
        let family = if kind.own { "" } else { family(&kind.name) };
        let left_in_percent = match start_unix_seconds >= LOWER_FEES_FROM {
            true if family == "g" || family == "gr" => 65,
            true if family == "p" || family == "trn" => 40,
            _ => 100,
        };
        let share = u128::from(self.fee.as_millionths()) * left_in_percent;
        let whole = u128::from(Ratio::MILLIONTHS) * 100;
        Some(kind.price_per_hour?.times(share, whole))
    }
}

/// The letters before the generation in the name of an instance type: `g` of `g4dn.xlarge`.
fn family(name: &str) -> &str {
    let end = name.find(|c: char| !c.is_ascii_lowercase());
    &name[..end.unwrap_or(name.len())]
}
