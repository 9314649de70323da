//! Why an instance was chosen: the instances on which the task fitted, and which of them each part of
//! the placement rule kept.

use super::hosts::HostName;
use super::needs::{cpu_units, mebibytes};
use super::rule::{described, strategy};
use crate::cluster::{Cluster, Field, InstanceId, PoolId, Request};
use crate::plan::Plan;
use crate::policy::placement::{PlacementRule, SpreadField, Strategy, Work};
use crate::units::{Cpu, Memory, SimTime};
use serde::Serialize;

/// At most this number of candidates is listed.
const MOST_LISTED: usize = 20;

/// Why a task was placed where it was. The amounts are those just before its placement.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Choice {
    /// The time.
    #[serde(rename = "timeMicros")]
    pub at: SimTime,
    /// The instance that was chosen.
    pub chosen: HostName,
    /// The placement strategies or the policy, in the words of scenarios.
    pub rule: String,
    /// The number of instances that could be given the task: of its capacity providers and platform.
    pub eligible: usize,
    /// The number of those on which it fitted: the candidates.
    pub fitting: usize,
    /// What each part of the rule kept of the candidates, in order.
    pub steps: Vec<Narrowing>,
    /// The candidates, the chosen one first, then others in order of launch; of many the first ones.
    pub candidates: Vec<Candidate>,
}

/// A part of a placement rule, and how many candidates it kept.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Narrowing {
    /// The part of the rule: `binpack memory`.
    pub rule: String,
    /// The number of candidates that it kept.
    pub kept: usize,
    /// The values that the kept ones share and why: `0.5 vCPU free, the least`.
    pub because: String,
}

/// An instance on which the task fitted.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Candidate {
    /// The instance.
    #[serde(flatten)]
    pub host: HostName,
    /// CPU that was free.
    #[serde(rename = "freeCpuUnits", serialize_with = "cpu_units")]
    pub cpu: Cpu,
    /// Memory that was free.
    #[serde(rename = "freeMemoryMib", serialize_with = "mebibytes")]
    pub memory: Memory,
    /// Tasks on it.
    pub tasks: u32,
    /// Tasks of the same group on it.
    pub of_group: u32,
}

/// Why a policy with this rule has chosen an instance. The cluster is as it was before the choice.
pub(super) fn choice(plan: &Plan, work: &Work<'_>, cluster: &Cluster, id: InstanceId) -> Choice {
    let request = work.request();
    let pools = request.requirement.pools.iter();
    let pools = pools.map(|pool| (*pool, cluster.pool(*pool).instances()));
    let eligible = pools.clone().map(|(_, ids)| ids.len()).sum();
    let fitting = pools.flat_map(|(_, ids)| ids.iter().copied());
    let mut left: Vec<InstanceId> = fitting.filter(|id| cluster.fits(*id, &request)).collect();
    left.sort_unstable();
    let fitting = left.len();
    let others = left.iter().copied().filter(|other| *other != id);
    let listed: Vec<InstanceId> = std::iter::once(id)
        .chain(others)
        .take(MOST_LISTED)
        .collect();
    let rule = plan.placement_of(work.work);
    let mut steps = Vec::new();
    let mut is_random = false;
    for part in parts(rule) {
        is_random = part == Part::Random;
        let before = left.len();
        let step = narrow(&part, cluster, &request, &mut left);
        // The comparison that ends every chain is told only where it decides something.
        let is_idle = matches!(part, Part::FewestOfGroup(ref rule) if rule == TIE_BREAK)
            && left.len() == before;
        steps.extend(step.filter(|_| !is_idle));
        if left.len() <= 1 || is_random {
            break;
        }
    }
    if left.len() > 1 {
        let because = match (is_random, rule) {
            (true, _) => "chosen at random, all with the same probability".to_string(),
            (_, PlacementRule::NextFit) => {
                "the first from the instance of the placement before on".into()
            }
            _ => "the one that was launched first".into(),
        };
        steps.push(Narrowing {
            rule: if is_random {
                "random"
            } else {
                "equal candidates"
            }
            .into(),
            kept: 1,
            because,
        });
    }
    Choice {
        at: work.now,
        chosen: HostName::of(plan, cluster, id),
        rule: described(rule),
        eligible,
        fitting,
        steps,
        candidates: listed
            .iter()
            .map(|id| candidate(plan, cluster, &request, *id))
            .collect(),
    }
}

/// The last comparison of every chain of ECS strategies (facts/ecs.md 83).
const TIE_BREAK: &str = "fewest tasks of its group";

/// A part of a rule that compares instances.
#[derive(Clone, Debug, PartialEq)]
enum Part {
    Least(Field, String),
    Most(Field, String),
    Spread(String),
    FewestOfGroup(String),
    FewestTasks,
    Best,
    First,
    Random,
}

/// The parts of a rule in order. A chain of ECS strategies ends with the comparison of the tasks of the
/// group (facts/ecs.md 83).
fn parts(rule: &PlacementRule) -> Vec<Part> {
    match rule {
        PlacementRule::Ecs(chain) => {
            let mut parts: Vec<Part> = chain.iter().map(part).collect();
            if chain.is_empty() {
                parts.push(Part::Random);
            }
            if !parts.contains(&Part::Random) {
                parts.push(Part::FewestOfGroup(TIE_BREAK.into()));
            }
            parts
        }
        PlacementRule::BestFit(field) => vec![Part::Least(*field, described(rule))],
        PlacementRule::WorstFit(field) => vec![Part::Most(*field, described(rule))],
        PlacementRule::FewestTasks => vec![Part::FewestTasks],
        PlacementRule::FirstFit | PlacementRule::NextFit => vec![Part::First],
        PlacementRule::DotProduct => vec![Part::Best],
    }
}

fn part(of: &Strategy) -> Part {
    match of {
        Strategy::Binpack(field) => Part::Least(*field, strategy(of)),
        Strategy::Spread(SpreadField::InstanceId) => Part::FewestOfGroup(strategy(of)),
        Strategy::Spread(SpreadField::Attribute(name)) => Part::Spread(name.clone()),
        Strategy::Random => Part::Random,
    }
}

/// Keeps the candidates with the least value, and tells it; `None` where the part compares nothing that
/// can be told.
fn narrow(
    part: &Part,
    cluster: &Cluster,
    request: &Request<'_>,
    left: &mut Vec<InstanceId>,
) -> Option<Narrowing> {
    let group = request.requirement.group;
    let free = |id: InstanceId, field: Field| cluster.instance(id).free(field);
    let amount = |field: Field, of: u64| match field {
        Field::Cpu => Cpu::base(of).to_string(),
        Field::Memory => Memory::bytes(of).to_string(),
    };
    let pool = |id: InstanceId| cluster.instance(id).pool();
    let value = |id: InstanceId| match part {
        Part::Least(field, _) => free(id, *field),
        Part::Most(field, _) => u64::MAX - free(id, *field),
        Part::Spread(name) => cluster.tasks_by_attribute(name, pool(id), group).into(),
        Part::FewestOfGroup(_) => cluster.tasks_of_group(id, group).into(),
        Part::FewestTasks => cluster.instance(id).tasks().into(),
        Part::Best | Part::First | Part::Random => 0,
    };
    let least = left.iter().map(|id| value(*id)).min()?;
    left.retain(|id| value(*id) == least);
    let tasks = |count: u64| match count {
        1 => "1 task".to_string(),
        count => format!("{count} tasks"),
    };
    let (rule, because) = match part {
        Part::Least(field, rule) => {
            let free = amount(*field, least);
            (
                rule.clone(),
                format!("{} free, the least", of(*field, &free)),
            )
        }
        Part::Most(field, rule) => {
            let free = amount(*field, u64::MAX - least);
            (
                rule.clone(),
                format!("{} free, the most", of(*field, &free)),
            )
        }
        Part::Spread(name) => {
            let values = values(cluster, name, left.iter().map(|id| pool(*id)));
            let because = format!("{values}: {} of its group, the fewest", tasks(least));
            (format!("spread attribute:{name}"), because)
        }
        Part::FewestOfGroup(rule) => (
            rule.clone(),
            format!("{} of its group on the instance, the fewest", tasks(least)),
        ),
        Part::FewestTasks => (
            "fewestTasks".into(),
            format!("{}, the fewest", tasks(least)),
        ),
        Part::Best | Part::First | Part::Random => return None,
    };
    Some(Narrowing {
        rule,
        kept: left.len(),
        because,
    })
}

/// `1 vCPU`, `2 GiB of memory`.
fn of(field: Field, amount: &str) -> String {
    match field {
        Field::Cpu => amount.into(),
        Field::Memory => format!("{amount} of memory"),
    }
}

/// The values of an attribute in some pools, each once.
fn values(cluster: &Cluster, name: &str, pools: impl Iterator<Item = PoolId>) -> String {
    let mut values: Vec<&str> = Vec::new();
    for pool in pools {
        let value = cluster
            .pool(pool)
            .spec
            .attribute(name)
            .unwrap_or("no value");
        if !values.contains(&value) {
            values.push(value);
        }
    }
    values.join(", ")
}

fn candidate(plan: &Plan, cluster: &Cluster, request: &Request<'_>, id: InstanceId) -> Candidate {
    let instance = cluster.instance(id);
    Candidate {
        host: HostName::of(plan, cluster, id),
        cpu: instance.free_cpu(),
        memory: instance.free_memory(),
        tasks: instance.tasks(),
        of_group: cluster.tasks_of_group(id, request.requirement.group),
    }
}
