//! The classic placement policies by the names that scenarios give them.

use crate::cluster::Field;
use crate::policy::placement::PlacementRule;

/// A classic placement policy and its name.
#[derive(Debug)]
pub struct NamedPolicy {
    /// The name.
    pub key: &'static str,
    /// The rule, and what the name needs beside it.
    pub form: PolicyForm,
}

/// What a policy needs beside its name.
#[derive(Debug)]
pub enum PolicyForm {
    /// Nothing.
    Alone(PlacementRule),
    /// The resource that it looks at; and what it chooses, in a line.
    OfResource(fn(Field) -> PlacementRule, &'static str),
}

/// Every classic policy.
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

    /// The rules that are no ECS strategies. A new one does not compile until it stands here.
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
    fn every_name_stands_for_its_rule() {
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
