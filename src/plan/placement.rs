//! The placement policies that are not ECS strategies, by their names in scenarios.

use crate::cluster::Field;
use crate::policy::placement::PlacementRule;

/// A placement policy that is not an ECS strategy, with its name.
#[derive(Debug)]
pub struct NamedPolicy {
    /// The name in scenarios.
    pub key: &'static str,
    /// The rule, and whether it needs a resource.
    pub form: PolicyForm,
}

/// Whether a policy needs a resource in addition to its name.
#[derive(Debug)]
pub enum PolicyForm {
    /// It needs none.
    Alone(PlacementRule),
    /// It needs the resource that it compares. The text says, in one line, which instance it
    /// chooses.
    OfResource(fn(Field) -> PlacementRule, &'static str),
}

/// All of these policies, in the order of the reference.
pub const POLICIES: &[NamedPolicy] = &[
    alone("firstFit", PlacementRule::FirstFit),
    alone("nextFit", PlacementRule::NextFit),
    NamedPolicy {
        key: "bestFit",
        form: PolicyForm::OfResource(PlacementRule::BestFit, "the instance with the least left"),
    },
    NamedPolicy {
        key: "worstFit",
        form: PolicyForm::OfResource(PlacementRule::WorstFit, "the instance with the most left"),
    },
    alone("fewestTasks", PlacementRule::FewestTasks),
    alone("dotProduct", PlacementRule::DotProduct),
];

const fn alone(key: &'static str, rule: PlacementRule) -> NamedPolicy {
    NamedPolicy {
        key,
        form: PolicyForm::Alone(rule),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The name of a rule that is not an ECS strategy. The match is exhaustive, so that a new rule
    /// does not compile until it is added here.
    fn classic(rule: &PlacementRule) -> Option<&'static str> {
        match rule {
            PlacementRule::Ecs(_) => None,
            PlacementRule::FirstFit => Some("firstFit"),
            PlacementRule::NextFit => Some("nextFit"),
            PlacementRule::BestFit(_) => Some("bestFit"),
            PlacementRule::WorstFit(_) => Some("worstFit"),
            PlacementRule::FewestTasks => Some("fewestTasks"),
            PlacementRule::DotProduct => Some("dotProduct"),
        }
    }

    #[test]
    fn every_name_has_its_rule() {
        for policy in POLICIES {
            let name = match &policy.form {
                PolicyForm::Alone(rule) => classic(rule),
                PolicyForm::OfResource(rule, _) => classic(&rule(Field::Cpu)),
            };
            assert_eq!(name, Some(policy.key));
        }
        assert_eq!(POLICIES.len(), 6);
    }
}
