//! A look at a task that has no capacity: what the instances lack for it, and what would place it.

use super::changes::{Tried, changes};
use super::expressions::{Expressions, Unmet};
use super::hosts::TaskName;
use super::refusals::Refusal;
use super::sight::Sight;
use crate::cluster::{Comparison, Lack, Lacks, PoolId, ProviderId};
use crate::simulation::HostState;
use crate::units::SimTime;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

/// Why a task had no capacity, from one time to another.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Look {
    /// The time of the first look with this result.
    #[serde(rename = "timeMicros")]
    pub at: SimTime,
    /// The time of the latest look with this result.
    #[serde(rename = "untilMicros")]
    pub until: SimTime,
    /// The instances that could be given tasks, and how many of them lacked what.
    #[serde(serialize_with = "by_code")]
    pub lacks: Lacks,
    /// Further instances of its capacity providers that were launched and have not registered.
    pub starting: u32,
    /// Further instances of its capacity providers that are given no tasks, because of their state.
    pub closed: u32,
    /// The head of the job queue, behind which the task stands.
    pub behind: Option<Behind>,
    /// Every instance; only of looks at which the reason changes, and of the last one.
    pub detail: Option<Detail>,
}

/// The head of a job queue that keeps the tasks behind it waiting (`order: headOfLine`).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Behind {
    /// The head.
    pub head: TaskName,
    /// The number of tasks before this one.
    pub before: usize,
    /// What the instances lack for the head.
    #[serde(serialize_with = "by_code")]
    pub lacks: Lacks,
}

/// Every instance at one look.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Detail {
    /// The instances of the task's capacity providers that refused it, in order of launch.
    pub refusals: Vec<Refusal>,
    /// The number of tasks before it in its queue.
    pub before: usize,
    /// The number of the closest matching instance (facts/ecs.md 115).
    pub closest: Option<u64>,
    /// The expressions of its constraints `memberOf` that some instances do not meet.
    pub member_of: Vec<Unmet>,
    /// True where no instance meets all of the expressions, though each of them is met by some.
    pub excluding: bool,
    /// Instances of capacity providers that the task may not use.
    pub elsewhere: Vec<Elsewhere>,
    /// The changes that would have placed it, each tried on a copy of the cluster, the smallest first.
    pub changes: Vec<Tried>,
}

/// Instances of a capacity provider that the task may not use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Elsewhere {
    /// The provider.
    pub provider: String,
    /// The number of its instances.
    pub instances: usize,
}

/// `{ "instances": 5, "RESOURCE:CPU": 4 }`.
fn by_code<S: Serializer>(lacks: &Lacks, to: S) -> Result<S::Ok, S::Error> {
    let counts = Lack::ALL.map(|lack| (lack.code(), lacks.count(lack)));
    let counts = counts.into_iter().filter(|(_, count)| *count > 0);
    let all = std::iter::once(("instances", lacks.instances));
    to.collect_map(all.chain(counts))
}

/// The same where there are counts.
pub(super) fn some_by_code<S: Serializer>(lacks: &Option<Lacks>, to: S) -> Result<S::Ok, S::Error> {
    match lacks {
        Some(lacks) => by_code(lacks, to),
        None => to.serialize_none(),
    }
}

impl Look {
    /// A look without detail. `head` is the head of the queue that keeps the task waiting.
    pub(super) fn at(sight: &Sight<'_>, head: Option<&Sight<'_>>) -> Self {
        let behind = head.map(|head| Behind {
            head: TaskName::new(sight.plan, head.work.work, head.work.ordinal()),
            before: sight.before.len(),
            lacks: head.lacks(),
        });
        Self {
            at: sight.work.now,
            until: sight.work.now,
            lacks: sight.lacks(),
            starting: sight.closed(true),
            closed: sight.closed(false),
            behind,
            detail: None,
        }
    }

    /// True when both have the same result. Which instance is the closest does not count.
    pub(super) fn is_as(&self, other: &Self) -> bool {
        let counts = |lacks: &Lacks| {
            let counts = Lack::ALL.map(|lack| lacks.count(lack));
            (lacks.instances, counts, lacks.closest())
        };
        let head = |look: &Self| look.behind.as_ref().map(|behind| behind.head.clone());
        counts(&self.lacks) == counts(&other.lacks)
            && (self.starting, self.closed) == (other.starting, other.closed)
            && head(self) == head(other)
    }

    /// What is compared to tell whether the reason has changed.
    pub(super) fn reason(&self) -> (bool, Lack) {
        (self.behind.is_some(), self.lacks.closest())
    }
}

impl Sight<'_> {
    /// How many of the instances that may be given tasks lack what, as facts count them.
    fn lacks(&self) -> Lacks {
        let providers = self.providers();
        let mut lacks = Comparison::new(self.cluster, self.request());
        let pools = self.cluster.pools().iter();
        let requirement = self.work.requirement;
        for (number, pool) in pools.enumerate() {
            let (id, instances) = (PoolId::new(number), pool.instances());
            if !providers.contains(&pool.spec.provider) {
                continue;
            }
            // Of another platform: none of them is ever the closest.
            if !requirement.allows(id) && !requirement.member_of.excludes(id) {
                let count = u32::try_from(instances.len()).unwrap_or(u32::MAX);
                lacks.add(count, Lack::Attribute);
                continue;
            }
            instances.iter().for_each(|id| lacks.look(*id));
        }
        lacks.result()
    }

    /// The number of instances of the task's providers that are given no tasks: those that have not
    /// registered yet, or all others.
    fn closed(&self, starting: bool) -> u32 {
        let providers = self.providers();
        let own = self
            .hosts()
            .filter(|id| providers.contains(&self.provider(*id)));
        let closed = own.filter(|id| {
            let starts = self.notes.state(*id) == HostState::Launching;
            starts == starting && !self.cluster.instance(*id).is_accepting()
        });
        u32::try_from(closed.count()).unwrap_or(u32::MAX)
    }

    /// Every instance, and the changes that would have placed the task.
    pub(super) fn detail(&self) -> Detail {
        let own = self.providers();
        let mut elsewhere: BTreeMap<ProviderId, usize> = BTreeMap::new();
        for id in self.hosts() {
            let provider = self.provider(id);
            if !own.contains(&provider) {
                *elsewhere.entry(provider).or_default() += 1;
            }
        }
        let named = |(provider, instances): (ProviderId, usize)| Elsewhere {
            provider: self.plan.cluster.providers[provider.index()].name.clone(),
            instances,
        };
        let expressions = Expressions::of(self);
        Detail {
            refusals: self.refusals(),
            before: self.before.len(),
            closest: self.lacks().closest_instance().map(|id| id.index() as u64),
            member_of: expressions.counted(self),
            excluding: expressions.excluding(self),
            elsewhere: elsewhere.into_iter().map(named).collect(),
            changes: changes(self),
        }
    }
}
