//! The condition that an expression puts on the instances of one pool.

use super::Query;
use super::condition::{Condition, InstanceTest};
use super::expression::{Expression, Test, TextSubject, TextTest};
use super::values::Version;
use crate::cluster::{GroupId, InstanceId};
use std::collections::BTreeMap;

/// What is known of the instances of a pool before a run.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// Their attributes by name.
    pub attributes: &'a BTreeMap<String, String>,
    /// The version of their agents.
    pub agent_version: Option<&'a str>,
    /// The task groups of the run, by name; `None`: not known yet, so that every comparison with
    /// them may hold.
    pub groups: Option<&'a BTreeMap<String, GroupId>>,
    /// The start of the run, in seconds of Unix time.
    pub start: i64,
}

impl Query {
    /// The condition on the instances of a pool of which this is known.
    pub fn bind(&self, known: &Known<'_>) -> Condition {
        self.root.bind(known)
    }

    /// The condition that several expressions together put on the instances of a pool.
    pub fn bind_all(all: &[Self], known: &Known<'_>) -> Condition {
        let mut conditions = Vec::new();
        for query in all {
            match query.bind(known) {
                Condition::Always(true) => {}
                Condition::Always(false) => return Condition::Always(false),
                other => conditions.push(other),
            }
        }
        match conditions.len() {
            0 => Condition::Always(true),
            1 => conditions.remove(0),
            _ => Condition::All(conditions),
        }
    }
}

impl Expression {
    fn bind(&self, known: &Known<'_>) -> Condition {
        let bound = |parts: &[Self], neutral: bool| {
            let mut left = Vec::new();
            for part in parts {
                match part.bind(known) {
                    Condition::Always(holds) if holds == neutral => {}
                    Condition::Always(_) => return Err(Condition::Always(!neutral)),
                    other => left.push(other),
                }
            }
            match left.len() {
                0 => Err(Condition::Always(neutral)),
                1 => Err(left.remove(0)),
                _ => Ok(left),
            }
        };
        match self {
            Self::All(parts) => bound(parts, true).map_or_else(|only| only, Condition::All),
            Self::Any(parts) => bound(parts, false).map_or_else(|only| only, Condition::Any),
            Self::Not(inner) => match inner.bind(known) {
                Condition::Always(holds) => Condition::Always(!holds),
                other => Condition::Not(Box::new(other)),
            },
            Self::Test(test) => test.bind(known),
        }
    }
}

impl Test {
    fn bind(&self, known: &Known<'_>) -> Condition {
        match self {
            Self::AgentVersion(compare, wanted) => {
                let version = known.agent_version.and_then(Version::parse);
                let holds = version.is_some_and(|version| compare.holds(&version, wanted));
                Condition::Always(holds)
            }
            Self::RegisteredAt(compare, time) => {
                let start = known.start.saturating_mul(1_000_000);
                Condition::RegisteredAt(*compare, time.saturating_sub(start))
            }
            Self::RunningTasks(compare, number) => Condition::RunningTasks(*compare, *number),
            Self::Text(TextSubject::TaskGroup, test) => {
                let Some(groups) = known.groups else {
                    return Condition::HostsGroup(Vec::new());
                };
                let groups = groups.iter().filter(|(name, _)| test.holds(name));
                let groups: Vec<GroupId> = groups.map(|(_, group)| *group).collect();
                match groups.is_empty() {
                    true => Condition::Always(false),
                    false => Condition::HostsGroup(groups),
                }
            }
            Self::Text(TextSubject::InstanceId, test) => match test {
                TextTest::OneOf(ids) => {
                    let ids = ids.iter().filter_map(|id| instance(id));
                    Condition::Instance(InstanceTest::OneOf(ids.collect()))
                }
                TextTest::Matches(pattern) => {
                    Condition::Instance(InstanceTest::Matches(pattern.clone()))
                }
                // The parser lets none of these through.
                TextTest::Exists | TextTest::Ordered(..) => Condition::Always(true),
            },
            // Tasks are placed only where the agent is connected (facts/ecs.md 75).
            Self::Text(TextSubject::AgentConnected, test) => Condition::Always(test.holds("true")),
            Self::Text(TextSubject::Attribute(name), test) => {
                let value = known.attributes.get(name);
                Condition::Always(value.is_some_and(|value| test.holds(value)))
            }
        }
    }
}

/// The instance with an id such as `i-3`.
fn instance(id: &str) -> Option<InstanceId> {
    let number = id.strip_prefix("i-")?.parse::<u32>().ok()?;
    // Equality is that of texts (facts/ecs.md 102): `i-01` is no instance.
    if format!("i-{number}") != id {
        return None;
    }
    Some(InstanceId::new(number as usize))
}

impl TextTest {
    fn holds(&self, value: &str) -> bool {
        match self {
            Self::Exists => true,
            Self::OneOf(values) => values.iter().any(|wanted| wanted == value),
            Self::Matches(pattern) => pattern.matches(value),
            // Numbers by size, other texts by their characters.
            Self::Ordered(compare, wanted) => match (value.parse::<i64>(), wanted.parse::<i64>()) {
                (Ok(value), Ok(wanted)) => compare.holds(&value, &wanted),
                _ => compare.holds(value, wanted.as_str()),
            },
        }
    }
}
