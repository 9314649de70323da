//! Placement rules in the words of scenarios.

use crate::cluster::Field;
use crate::policy::placement::{PlacementRule, SpreadField, Strategy};

/// A rule in words of a scenario: `spread attribute:ecs.availability-zone, binpack memory`.
pub(super) fn described(rule: &PlacementRule) -> String {
    match rule {
        PlacementRule::Ecs(chain) if chain.is_empty() => "random".into(),
        PlacementRule::Ecs(chain) => {
            let names: Vec<String> = chain.iter().map(strategy).collect();
            names.join(", ")
        }
        PlacementRule::FirstFit => "firstFit".into(),
        PlacementRule::NextFit => "nextFit".into(),
        PlacementRule::BestFit(field) => format!("bestFit {}", resource(*field)),
        PlacementRule::WorstFit(field) => format!("worstFit {}", resource(*field)),
        PlacementRule::FewestTasks => "fewestTasks".into(),
        PlacementRule::DotProduct => "dotProduct".into(),
    }
}

/// One strategy of a chain.
pub(super) fn strategy(of: &Strategy) -> String {
    match of {
        Strategy::Binpack(field) => format!("binpack {}", resource(*field)),
        Strategy::Spread(SpreadField::InstanceId) => "spread instanceId".into(),
        Strategy::Spread(SpreadField::Attribute(name)) => format!("spread attribute:{name}"),
        Strategy::Random => "random".into(),
    }
}

/// The name of a resource in scenarios.
pub(super) const fn resource(of: Field) -> &'static str {
    match of {
        Field::Cpu => "cpu",
        Field::Memory => "memory",
    }
}
