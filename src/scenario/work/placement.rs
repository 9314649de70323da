//! Reads how an instance is chosen for a task: the placement strategies of ECS, or one of the
//! bin-packing policies of the literature.

use crate::plan::{
    Cluster, Field, NamedPolicy, POLICIES, PlacementRule, PolicyForm, Service, SpreadField,
    Strategy, Target,
};
use crate::scenario::keys::placement::{PLACEMENT_POLICY, PLACEMENT_STRATEGY};
use crate::scenario::reading::reader::{Cursor, Record};

pub use crate::plan::check::rules::MOST_STRATEGIES;

/// The rule of work with this target: where no strategy is named, Managed Instances have their own
/// (facts/ecs.md 42f).
pub fn on_target(rule: PlacementRule, target: Option<&Target>, cluster: &Cluster) -> PlacementRule {
    let is_unnamed = matches!(&rule, PlacementRule::Ecs(strategies) if strategies.is_empty());
    let mut providers = target
        .map(Target::providers)
        .unwrap_or_default()
        .into_iter();
    let is_managed = |index: usize| {
        let provider = cluster.providers.get(index);
        provider.is_some_and(|provider| provider.capacity.is_managed_instances())
    };
    match is_unnamed && providers.any(is_managed) {
        true => Service::managed_placement(),
        false => rule,
    }
}

/// Reads the resource that a policy looks at.
pub fn resource(at: &Cursor<'_>) -> Option<Field> {
    at.choice(&[("cpu", Field::Cpu), ("memory", Field::Memory)])
}

/// Reads `placementStrategy` or `placementPolicy`; without both, ECS without strategies.
pub fn placement(record: &Record<'_>) -> Option<PlacementRule> {
    let strategy = record.get("placementStrategy");
    let policy = record.get("placementPolicy");
    match (strategy, policy) {
        (Some(_), Some(at)) => {
            at.problem("`placementStrategy` and `placementPolicy` exclude each other")
                .hint("keep one of them")
                .report();
            None
        }
        (None, None) => Some(PlacementRule::Ecs(Vec::new())),
        (None, Some(at)) => policy_rule(&at),
        (Some(at), None) => {
            let items = at.list();
            if items.len() > MOST_STRATEGIES {
                at.problem(format!("{} strategies are too many", items.len()))
                    .expected("at most 5")
                    .report();
            }
            let rules: Vec<_> = items.iter().map(strategy_rule).collect();
            let rules: Option<Vec<Strategy>> = rules.into_iter().collect();
            rules.map(PlacementRule::Ecs)
        }
    }
}

/// Reads `placementPolicy`: a name, or a map of a name and a resource.
pub fn policy_rule(at: &Cursor<'_>) -> Option<PlacementRule> {
    let Some(text) = at.node.as_text() else {
        let (key, field) = at.one_key(&PLACEMENT_POLICY)?;
        return match &policy(key)?.form {
            PolicyForm::OfResource(rule, _) => resource(&field).map(rule),
            PolicyForm::Alone(rule) => Some(rule.clone()),
        };
    };
    match policy(text).map(|policy| &policy.form) {
        Some(PolicyForm::Alone(rule)) => Some(rule.clone()),
        Some(PolicyForm::OfResource(..)) => {
            at.problem(format!("`{text}` needs a resource"))
                .expected(format!("`{{ {text}: cpu }}` or `{{ {text}: memory }}`"))
                .report();
            None
        }
        None => {
            at.problem(format!("`{text}` is not a placement policy"))
                .among(text, POLICIES.iter().map(|policy| policy.key))
                .report();
            None
        }
    }
}

fn policy(key: &str) -> Option<&'static NamedPolicy> {
    POLICIES.iter().find(|policy| policy.key == key)
}

/// Reads an item of `placementStrategy` (facts/ecs.md 79). As in ECS the case of `cpu`, `memory`
/// and `instanceId` does not matter; attribute names keep theirs.
pub fn strategy_rule(at: &Cursor<'_>) -> Option<Strategy> {
    let record = at.record(&PLACEMENT_STRATEGY)?;
    let kind = record
        .get("type")?
        .choice(&[("binpack", 0), ("spread", 1), ("random", 2)])?;
    let field_at = record.get("field");
    let text = match &field_at {
        Some(at) => Some(at.text()?),
        None => None,
    };
    let field = text.map(str::to_lowercase).unwrap_or_default();
    let wrong = |expected: &str| {
        let place = field_at.clone().unwrap_or_else(|| at.clone());
        let message = match text {
            Some(text) => format!("`{text}` is not a field of this strategy"),
            None => "`field` is missing".to_string(),
        };
        place.problem(message).expected(expected).report();
        None
    };
    match kind {
        0 => match field.as_str() {
            "cpu" => Some(Strategy::Binpack(Field::Cpu)),
            "memory" => Some(Strategy::Binpack(Field::Memory)),
            _ => wrong("`cpu` or `memory`"),
        },
        1 => match field.as_str() {
            "instanceid" | "host" => Some(Strategy::Spread(SpreadField::InstanceId)),
            _ => match text.and_then(|text| text.strip_prefix("attribute:")) {
                Some(name) if !name.is_empty() => {
                    Some(Strategy::Spread(SpreadField::Attribute(name.to_string())))
                }
                _ => wrong("`instanceId` or `attribute:ecs.availability-zone`"),
            },
        },
        _ if field.is_empty() => Some(Strategy::Random),
        _ => wrong("no field: `random` has none"),
    }
}
