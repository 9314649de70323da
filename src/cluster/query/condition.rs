//! What is left of an expression for the instances of one pool: their attributes are known, so that
//! only what changes in a run, or differs between the instances, is compared per instance.

use super::Pattern;
use crate::cluster::{GroupId, InstanceId};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// How two amounts are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Compare {
    /// `==`.
    Equal,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterOrEqual,
    /// `<`.
    Less,
    /// `<=`.
    LessOrEqual,
}

impl Compare {
    /// True when `left` stands in this relation to `right`.
    pub fn holds<T: Ord + ?Sized>(self, left: &T, right: &T) -> bool {
        let order = left.cmp(right);
        match self {
            Self::Equal => order == Ordering::Equal,
            Self::Greater => order == Ordering::Greater,
            Self::GreaterOrEqual => order != Ordering::Less,
            Self::Less => order == Ordering::Less,
            Self::LessOrEqual => order != Ordering::Greater,
        }
    }
}

/// A condition on an instance of a pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// The same for all instances of the pool.
    Always(bool),
    /// All of these.
    All(Vec<Self>),
    /// One of these.
    Any(Vec<Self>),
    /// Not this.
    Not(Box<Self>),
    /// A task of one of these groups has a promise on the instance (facts/ecs.md 103).
    HostsGroup(Vec<GroupId>),
    /// The number of tasks with a promise on the instance.
    RunningTasks(Compare, u64),
    /// The time of its registration, in microseconds from the start of the run, which is negative
    /// for a time before it.
    RegisteredAt(Compare, i64),
    /// Its id.
    Instance(InstanceTest),
}

/// A comparison of the id of an instance, which is `i-` and its number in order of launch from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InstanceTest {
    /// One of these.
    OneOf(Vec<InstanceId>),
    /// An id that matches.
    Matches(Pattern),
}

/// The state of an instance that conditions are about.
pub(in crate::cluster) trait Subject {
    /// True when a task of the group has a promise on it.
    fn hosts(&self, group: GroupId) -> bool;
    /// The number of tasks with a promise on it.
    fn tasks(&self) -> u64;
    /// The time of its registration, in microseconds from the start of the run.
    fn registered(&self) -> i64;
    /// Its id.
    fn id(&self) -> InstanceId;
}

impl Condition {
    /// True when an instance meets it.
    pub(in crate::cluster) fn holds(&self, of: &impl Subject) -> bool {
        match self {
            Self::Always(holds) => *holds,
            Self::All(parts) => parts.iter().all(|part| part.holds(of)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(of)),
            Self::Not(inner) => !inner.holds(of),
            Self::HostsGroup(groups) => groups.iter().any(|group| of.hosts(*group)),
            Self::RunningTasks(compare, number) => compare.holds(&of.tasks(), number),
            Self::RegisteredAt(compare, time) => compare.holds(&of.registered(), time),
            Self::Instance(InstanceTest::OneOf(ids)) => ids.contains(&of.id()),
            Self::Instance(InstanceTest::Matches(pattern)) => {
                pattern.matches(&format!("i-{}", of.id().index()))
            }
        }
    }

    /// True when two instances without tasks can differ in it.
    pub(in crate::cluster) fn tells_empty_apart(&self) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::tells_empty_apart),
            Self::Not(inner) => inner.tells_empty_apart(),
            Self::RegisteredAt(..) | Self::Instance(_) => true,
            Self::Always(_) | Self::HostsGroup(_) | Self::RunningTasks(..) => false,
        }
    }

    /// True when a placement can make it true on an instance. `negated`: it stands in a `not`.
    fn can_come_true(&self, negated: bool) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().any(|part| part.can_come_true(negated))
            }
            Self::Not(inner) => inner.can_come_true(!negated),
            Self::HostsGroup(_) => !negated,
            Self::RunningTasks(compare, _) => match compare {
                Compare::Equal => true,
                Compare::Greater | Compare::GreaterOrEqual => !negated,
                Compare::Less | Compare::LessOrEqual => negated,
            },
            Self::Always(_) | Self::RegisteredAt(..) | Self::Instance(_) => false,
        }
    }

    /// True when a placement of another task can make it true on an instance: then a task that found
    /// no instance may find one although no capacity was freed.
    pub fn can_come_true_by_a_placement(&self) -> bool {
        self.can_come_true(false)
    }
}
