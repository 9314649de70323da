//! From a rule, which is data, to the policy that carries it out.

use super::{
    BestFit, DotProduct, EcsStrategies, FewestTasks, FirstFit, NextFit, Placement, PlacementRule,
    WorstFit,
};

/// The built-in policy of a rule.
pub fn built_in(rule: &PlacementRule) -> Box<dyn Placement> {
    match rule {
        PlacementRule::Ecs(strategies) => Box::new(EcsStrategies::new(strategies.clone())),
        PlacementRule::FirstFit => Box::new(FirstFit),
        PlacementRule::NextFit => Box::new(NextFit::default()),
        PlacementRule::BestFit(field) => Box::new(BestFit(*field)),
        PlacementRule::WorstFit(field) => Box::new(WorstFit(*field)),
        PlacementRule::FewestTasks => Box::new(FewestTasks),
        PlacementRule::DotProduct => Box::new(DotProduct),
    }
}
