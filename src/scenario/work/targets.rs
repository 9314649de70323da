//! Reads `loadBalancers` of the scenario: load balancers with their target groups and listener rules.

use super::listener_rules::{self, RuleRates};
use super::rates::Ground;
use super::target_names::{containers, first_group, served};
use crate::plan::{
    DeregistrationEnd, LoadBalancer, LoadBalancerKind, LoadShape, Routing, SLOW_STARTS,
    TargetGroup, TargetHealthCheck,
};
use crate::scenario::keys::load_balancers::{LOAD_BALANCER, TARGET_GROUP};
use crate::scenario::reading::reader::{Cursor, Record};
use crate::scenario::reading::tree::Node;
use crate::scenario::traces::shared::Shared;
use crate::scenario::traces::trace::Clock;
use crate::units::Span;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// The longest deregistration delay (facts/platform.md 4.1.7).
const LONGEST_DELAY: Span = Span::seconds(3_600);

/// The load balancers of a scenario and their target groups.
#[derive(Clone, Debug, Default)]
pub struct LoadBalancers {
    /// The load balancers.
    pub load_balancers: Vec<LoadBalancer>,
    /// The target groups of all of them.
    pub target_groups: Vec<TargetGroup>,
    /// The names of all target groups, also of those with problems.
    pub(super) names: Vec<String>,
    /// The kinds of their load balancers.
    kinds: Vec<LoadBalancerKind>,
    /// The requests that listener rules send to target groups.
    rule_rates: RuleRates,
    /// The services that have been read, by the index of their target group.
    owners: RefCell<BTreeMap<usize, String>>,
}

impl LoadBalancers {
    /// The name of a target group by its index.
    pub fn name(&self, group: usize) -> &str {
        &self.names[group]
    }

    /// Notes that a target group is one of a service. Returns the name of another service that has it already.
    pub(super) fn take(&self, group: usize, service: &str) -> Option<String> {
        let mut owners = self.owners.borrow_mut();
        let owner = owners.entry(group).or_insert_with(|| service.to_string());
        (owner != service).then(|| owner.clone())
    }

    /// The kind of the load balancer of a target group by its index.
    pub fn kind(&self, group: usize) -> LoadBalancerKind {
        self.kinds[group]
    }

    /// The requests that listener rules send to the first target group of a service; `None`: no rule names it.
    pub fn rates_of(&self, service: &Node) -> Option<&[LoadShape]> {
        let group = first_group(service, |name| self.names.iter().any(|known| known == name));
        let rates = self.rule_rates.get(&group?)?;
        Some(rates.as_slice())
    }
}

/// Reads `loadBalancers` of the scenario, and notes which containers services name under this key: the reader of task
/// definitions asks for them, so that this comes before it.
pub fn read(
    root: &Record<'_>,
    region: Option<&str>,
    (clock, shared): (Clock<'_>, &Shared),
) -> LoadBalancers {
    let ground = Ground {
        clock,
        shared,
        is_factor: false,
    };
    root.at.context.set_balanced(containers(root.at.node));
    let served = served(root);
    let mut all = LoadBalancers::default();
    let items = root.get("loadBalancers").map(|at| at.entities(&["name"]));
    for item in items.unwrap_or_default() {
        let Some(record) = item.record(&LOAD_BALANCER) else {
            continue;
        };
        let kind = match record.get("type") {
            Some(at) => at.choice(&LoadBalancerKind::ALL.map(|kind| (kind.name(), kind))),
            None => Some(LoadBalancerKind::Application),
        };
        let kind = kind.unwrap_or(LoadBalancerKind::Application);
        check_price(&item, kind, region);
        let cross_zone = cross_zone(&record, kind);
        let groups = record.get("targetGroups").map(|at| at.entities(&["name"]));
        let before = all.names.len();
        for item in groups.unwrap_or_default() {
            group(&item, (kind, cross_zone), &mut all);
        }
        let Some(name) = record.text("name") else {
            continue;
        };
        let around = listener_rules::Around {
            balancer: (name, kind),
            groups: &all.names[before..],
            served: &served,
            ground,
        };
        let count = listener_rules::read(&record, &around, &mut all.rule_rates);
        let rules = match record.get("rules") {
            Some(at) => at.integer(0, 100),
            None => Some(count as u64),
        };
        if let (Some(rules), Some(at)) = (rules, record.get("rules"))
            && rules < count as u64
        {
            at.problem(format!(
                "the load balancer has {count} `listenerRules`, and {rules} rules are counted in its capacity units"
            ))
            .hint("remove `rules`: it is by default their number")
            .warning()
            .report();
        }
        if let Some(rules) = rules {
            let rules = rules as u32;
            let name = name.to_string();
            all.load_balancers.push(LoadBalancer { name, kind, rules });
        }
    }
    all
}

/// Reports a load balancer whose price in the region is not known.
fn check_price(at: &Cursor<'_>, kind: LoadBalancerKind, region: Option<&str>) {
    let Some(region) = region else { return };
    let prices = at.context.catalog.service_prices(region);
    if prices
        .and_then(|prices| prices.load_balancer(kind))
        .is_none()
    {
        at.problem(format!(
            "no price of load balancers of type `{}` is known in `{region}`",
            kind.name()
        ))
        .hint("choose another region, or leave it out and give its costs under `costs.extra`")
        .report();
    }
}

/// Reads a target group of the load balancer that is read now.
fn group(at: &Cursor<'_>, of: (LoadBalancerKind, bool), all: &mut LoadBalancers) {
    let Some(record) = at.record(&TARGET_GROUP) else {
        return;
    };
    let Some(name) = record.text("name") else {
        return;
    };
    if all.names.iter().any(|known| known == name) {
        let at = record.get("name").unwrap_or_else(|| at.clone());
        at.problem(format!("two target groups have the name `{name}`"))
            .hint("names of target groups are unique in a Region")
            .report();
    }
    all.names.push(name.to_string());
    all.kinds.push(of.0);
    if let Some(group) = described(&record, name, of, all.load_balancers.len()) {
        all.target_groups.push(group);
    }
}

fn described(
    record: &Record<'_>,
    name: &str,
    (kind, cross_zone): (LoadBalancerKind, bool),
    load_balancer: usize,
) -> Option<TargetGroup> {
    let health_check = health_check(record, kind);
    let delay = match record.get("deregistrationDelay") {
        Some(at) => {
            let delay = at.parse::<Span>();
            if delay.is_some_and(|delay| delay > LONGEST_DELAY) {
                at.problem("this delay is too long")
                    .expected("at most 1h")
                    .report();
            }
            delay
        }
        None => record.parse_or::<Span>("deregistrationDelay"),
    };
    let ends = match record.get("deregistrationEnds") {
        Some(at) => at.choice(&[
            ("afterDelay", DeregistrationEnd::AfterDelay),
            ("whenIdle", DeregistrationEnd::WhenIdle),
        ]),
        None => Some(DeregistrationEnd::AfterDelay),
    };
    let algorithm = match record.get("loadBalancingAlgorithm") {
        Some(at) => algorithm(&at, kind),
        None => Some(Routing::of(kind)),
    };
    let slow_start = match record.get("slowStart") {
        Some(at) => slow_start(&at, kind, algorithm),
        None => Some(Span::ZERO),
    };
    let cross_zone = match record.get("crossZone") {
        Some(at) => at.boolean(),
        None => Some(cross_zone),
    };
    Some(TargetGroup {
        name: name.to_string(),
        load_balancer,
        health_check: health_check?,
        deregistration_delay: delay?,
        deregistration_ends: ends?,
        algorithm: algorithm?,
        slow_start: slow_start?,
        cross_zone: cross_zone?,
    })
}

/// Reads `crossZone` of a load balancer (facts/platform.md 4.1.9, 4.2.2).
fn cross_zone(record: &Record<'_>, kind: LoadBalancerKind) -> bool {
    let preset = kind == LoadBalancerKind::Application;
    let Some(at) = record.get("crossZone") else {
        return preset;
    };
    let value = at.boolean();
    if preset && value == Some(false) {
        at.problem("cross-zone load balancing of an Application Load Balancer is always on")
            .hint("write `crossZone: false` in its target groups")
            .report();
    }
    value.unwrap_or(preset)
}

/// Reads `slowStart`; zero is off (facts/platform.md 4.1.2).
fn slow_start(at: &Cursor<'_>, kind: LoadBalancerKind, algorithm: Option<Routing>) -> Option<Span> {
    let time = at.parse::<Span>()?;
    if time == Span::ZERO {
        return Some(time);
    }
    if kind == LoadBalancerKind::Network {
        at.problem("target groups of a Network Load Balancer have no slow start")
            .hint("remove it, or use `type: application`")
            .report();
        return None;
    }
    if algorithm == Some(Routing::LeastOutstanding) {
        at.problem("`least_outstanding_requests` excludes a slow start")
            .hint("remove one of both (facts/platform.md 4.1.2)")
            .report();
        return None;
    }
    let [least, most] = SLOW_STARTS;
    if time < least || time > most {
        at.problem(format!("a slow start of {time} is not valid here"))
            .expected("0s, or 30s to 15m")
            .report();
        return None;
    }
    Some(time)
}

/// Reads the health check of a target group.
fn health_check(record: &Record<'_>, kind: LoadBalancerKind) -> Option<TargetHealthCheck> {
    let preset = TargetHealthCheck::of(kind);
    let whole = |key, (least, most), preset: u64| match record.get(key) {
        Some(at) => at.integer(least, most),
        None => Some(preset),
    };
    let interval = whole("healthCheckIntervalSeconds", (5, 300), 30);
    let timeout = whole(
        "healthCheckTimeoutSeconds",
        (2, 120),
        preset.timeout.ceil_seconds(),
    );
    let threshold = |key, range, preset: u32| {
        let count = whole(key, range, preset.into())?;
        Some(count as u32)
    };
    let healthy = threshold("healthyThresholdCount", (2, 10), preset.healthy_threshold);
    let unhealthy = threshold(
        "unhealthyThresholdCount",
        (2, 10),
        preset.unhealthy_threshold,
    );
    let initial = threshold("initialThresholdCount", (1, 10), preset.initial_threshold);
    let (interval, timeout) = (interval?, timeout?);
    if timeout >= interval {
        let keys = ["healthCheckTimeoutSeconds", "healthCheckIntervalSeconds"];
        let at = keys.into_iter().find_map(|key| record.get(key))?;
        at.problem(format!(
            "the time-out ({timeout} s) is not shorter than the interval ({interval} s)"
        ))
        .report();
    }
    Some(TargetHealthCheck {
        interval: Span::seconds(interval),
        timeout: Span::seconds(timeout),
        healthy_threshold: healthy?,
        unhealthy_threshold: unhealthy?,
        initial_threshold: initial?,
    })
}

/// Reads `loadBalancingAlgorithm`.
fn algorithm(at: &Cursor<'_>, kind: LoadBalancerKind) -> Option<Routing> {
    if kind == LoadBalancerKind::Network {
        at.problem("a Network Load Balancer has no algorithm: it chooses by a hash of the flow")
            .hint("remove it, or use `type: application`")
            .report();
        return None;
    }
    at.choice(&[
        ("round_robin", Routing::RoundRobin),
        ("least_outstanding_requests", Routing::LeastOutstanding),
        ("weighted_random", Routing::Random),
    ])
}

/// The second target group of a service by its name, which stands here.
pub fn second(at: &Cursor<'_>, name: &str, all: &LoadBalancers, first: usize) -> Option<usize> {
    let Some(group) = all.names.iter().position(|known| known == name) else {
        let names = all.names.iter().map(String::as_str);
        at.problem(format!(
            "`loadBalancers` of the scenario describes no target group `{name}`"
        ))
        .among(name, names)
        .report();
        return None;
    };
    if group == first {
        at.problem(format!("`{name}` is the first target group as well"))
            .hint("each of the two revisions has a target group of its own")
            .report();
        return None;
    }
    // Target groups with problems are not in the list, and there is no plan.
    let balancer = |group: usize| Some(all.target_groups.get(group)?.load_balancer);
    if balancer(group) != balancer(first) {
        at.problem(format!(
            "`{name}` is a target group of another load balancer"
        ))
        .hint("one listener rule divides the requests between both target groups")
        .report();
        return None;
    }
    Some(group)
}
