//! Reads `listenerRules` of a load balancer: requests that are divided among the target groups of several
//! services by weights.

use super::rates::{Ground, rates};
use super::target_names::{NAME_OR_ARN, forwarded, read_name};
use crate::plan::{LoadBalancerKind, LoadShape, MOST_TARGET_GROUPS, RateShape};
use crate::scenario::keys::listener_rules::{FORWARD, LISTENER_RULE, RULE_CHANGE, WEIGHTED_GROUP};
use crate::scenario::reading::reader::{Cursor, Record};
use crate::units::{Rate, Span};
use std::collections::{BTreeMap, BTreeSet};

/// The most rules of a load balancer (facts/platform.md 4.1.10).
const MOST_RULES: usize = 100;

/// The requests that listener rules send to target groups, by the name of the group; none where all rules have
/// problems.
pub type RuleRates = BTreeMap<String, Vec<LoadShape>>;

/// What the rules of a load balancer refer to.
pub struct Around<'r, 'g> {
    /// The name and the type of the load balancer.
    pub balancer: (&'r str, LoadBalancerKind),
    /// The names of its target groups.
    pub groups: &'r [String],
    /// The names of the target groups that are the first of a service with a load.
    pub served: &'r BTreeSet<String>,
    /// What surrounds a rate.
    pub ground: Ground<'g>,
}

/// Weights of target groups by their names, from a time on.
type Weights<'a> = (Span, Vec<(&'a str, u64)>);

/// Reads `listenerRules` of a load balancer, and adds the rates of its target groups. Returns the number of rules.
pub fn read(record: &Record<'_>, around: &Around<'_, '_>, all: &mut RuleRates) -> usize {
    let Some(at) = record.get("listenerRules") else {
        return 0;
    };
    // Their services are named by a rule, also where it has a problem.
    for group in forwarded(at.node) {
        all.entry(group).or_default();
    }
    if around.balancer.1 == LoadBalancerKind::Network {
        at.problem("listeners of a Network Load Balancer have no rules")
            .hint("give each service a `load` with `requestsPerSecond`, or use `type: application`")
            .report();
        return 0;
    }
    let rules = at.entities(&["name"]);
    if let Some(rule) = rules.get(MOST_RULES) {
        rule.problem(format!(
            "a load balancer has at most {MOST_RULES} rules, this one has {}",
            rules.len()
        ))
        .report();
    }
    for rule in &rules {
        self::rule(rule, around, all);
    }
    rules.len()
}

/// Reads a rule, and adds the rates of its target groups.
fn rule(at: &Cursor<'_>, around: &Around<'_, '_>, all: &mut RuleRates) -> Option<()> {
    let record = at.record(&LISTENER_RULE)?;
    let rates = record
        .get("requestsPerSecond")
        .and_then(|at| rates(&at, &around.ground));
    let first = record
        .get("forward")
        .and_then(|at| forward(&at, around))
        .map(|weights| (Span::ZERO, weights));
    let changes = changes(&record, around);
    let mut weights = vec![first?];
    weights.extend(changes?);
    let names: BTreeSet<&str> = weights
        .iter()
        .flat_map(|(_, of)| of.iter().map(|(name, _)| *name))
        .collect();
    let (name, rates) = (record.text("name")?, rates?);
    for group in names {
        let shape = LoadShape::OfRule {
            rule: format!("{}/{name}", around.balancer.0),
            rates: rates.clone(),
            share: Box::new(share(group, &weights)?),
        };
        all.entry(group.to_string()).or_default().push(shape);
    }
    Some(())
}

/// The share of a target group in the requests of a rule over time.
fn share(group: &str, weights: &[Weights<'_>]) -> Option<LoadShape> {
    let steps = weights.iter().map(|(from, weights)| {
        let all: u64 = weights.iter().map(|(_, weight)| weight).sum();
        let own = weights.iter().find(|(name, _)| *name == group);
        let own = own.map_or(0, |(_, weight)| *weight);
        let share = Rate::per_second(own as f64 / all as f64)?;
        Some((*from, share))
    });
    let steps: Option<Vec<(Span, Rate)>> = steps.collect();
    let shape = match steps?.as_slice() {
        [(_, only)] => RateShape::Constant(*only),
        several => RateShape::Piecewise {
            steps: several.to_vec(),
            every: None,
        },
    };
    Some(LoadShape::Rate(shape))
}

/// Reads `changes`.
fn changes<'a>(record: &Record<'a>, around: &Around<'_, '_>) -> Option<Vec<Weights<'a>>> {
    let Some(at) = record.get("changes") else {
        return Some(Vec::new());
    };
    let mut found: Vec<Weights<'a>> = Vec::new();
    for item in at.list() {
        let record = item.record(&RULE_CHANGE)?;
        let time_at = record.get("at")?;
        let time = around.ground.time(&time_at)?;
        let before = found.last().map_or(Span::ZERO, |(before, _)| *before);
        if time <= before {
            time_at
                .problem(format!("this change is not later than {before}"))
                .hint(
                    "write the changes in order of time; the first weights are those of `forward`",
                )
                .report();
        }
        let weights = forward(&record.get("forward")?, around)?;
        found.push((time, weights));
    }
    Some(found)
}

/// Reads `forward`: the weights of target groups.
fn forward<'a>(at: &Cursor<'a>, around: &Around<'_, '_>) -> Option<Vec<(&'a str, u64)>> {
    let record = at.record(&FORWARD)?;
    let groups_at = record.get("targetGroups")?;
    let items = groups_at.list();
    if items.len() > MOST_TARGET_GROUPS {
        items[MOST_TARGET_GROUPS]
            .problem(format!(
                "an action forwards to at most {MOST_TARGET_GROUPS} target groups, this one to {}",
                items.len()
            ))
            .report();
    }
    let mut found: Vec<(&str, u64)> = Vec::new();
    for item in &items {
        let (at, name, weight) = weighted(item)?;
        check_group(&at, name, around);
        if found.iter().any(|(known, _)| *known == name) {
            at.problem(format!("the target group `{name}` is named twice"))
                .report();
        }
        found.push((name, weight));
    }
    if found.iter().all(|(_, weight)| *weight == 0) {
        groups_at
            .problem("no target group has a weight above 0")
            .hint("give one a weight, such as `weight: 1`")
            .report();
        return None;
    }
    Some(found)
}

/// Reads a target group with its weight.
fn weighted<'a>(item: &Cursor<'a>) -> Option<(Cursor<'a>, &'a str, u64)> {
    let record = item.record(&WEIGHTED_GROUP)?;
    let weight = match record.get("weight") {
        Some(at) => at.integer(0, 999)?,
        None => 1,
    };
    let (at, name) = read_name(item, &record, NAME_OR_ARN)?;
    Some((at, name, weight))
}

/// Reports a target group that the load balancer does not have, or whose requests no service gets.
fn check_group(at: &Cursor<'_>, name: &str, around: &Around<'_, '_>) {
    if !around.groups.iter().any(|known| known == name) {
        let names = around.groups.iter().map(String::as_str);
        at.problem(format!("the load balancer has no target group `{name}`"))
            .among(name, names)
            .report();
    } else if !around.served.contains(name) {
        at.problem(format!(
            "no service with a `load` has `{name}` as its first target group: its requests would be lost"
        ))
        .hint("give a service `loadBalancers: [{ targetGroupName: …, containerName: … }]` and a `load`")
        .report();
    }
}
