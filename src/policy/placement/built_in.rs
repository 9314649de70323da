//! The policy that carries out a placement rule.

use super::{
    BestFit, DotProduct, EcsStrategies, FewestTasks, FirstFit, NextFit, Placement, PlacementRule,
    WorstFit,
};

/// The built-in policy of a rule, in its initial state.
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
